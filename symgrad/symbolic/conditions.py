"""Where one form of an expression is defined and another is not: what simplifying x/x to 1 leaves unsaid.

What an expression asks of its operands is read off the table: the domain of each operation's arguments. A demand is
kept for each simplified operand; products are not zero where no factor is. Demands inside the branches of a choice
bind only there, and are left out; so are those of arrays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from symgrad.domain import Domain, nonnegative, nonzero, positive, reals
from symgrad.graph import CONST, REAL, Node, postorder
from symgrad.ops import OPS
from symgrad.ops.types import selection
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.simplify.forms import Workshop
from symgrad.symbolic.simplify.numbers import is_number
from symgrad.symbolic.text import text

POW, SQRT, CBRT, ADD, MUL, DIV = (OPS[name] for name in ("pow", "sqrt", "cbrt", "add", "mul", "div"))
POSITIVE = frozenset(OPS[name] for name in ("exp", "cosh", "sigmoid", "softplus", "exp2", "exp10", "pi", "e"))
NONNEGATIVE = frozenset(OPS[name] for name in ("abs", "sqrt", "square", "hypot", "relu"))
MOST = 2_000
"""Operations up to which conditions are looked for."""
Demands = dict[Node, list[Domain]]


def lost(before: Iterable[Node], after: Iterable[Node]) -> list[str]:
    """What must hold for the first expressions to be defined and need not for the second ones: "x != 0"."""
    before, after = list(before), list(after)
    if len(postorder([*before, *after])) > MOST:
        return []
    kept = demands(after)
    found = []
    for node, domains in demands(before).items():
        for domain in domains:
            still = kept.get(node, [])
            if not all(x in domain for x in _telling(node, [domain, *still]) if all(x in d for d in still)):
                kept.setdefault(node, []).append(domain)
                name = text(node)
                found.append(domain.describe(name).removeprefix(f"all {name}, "))
    return found


def demands(roots: list[Node]) -> Demands:
    """For each operand, simplified, where it has to lie."""
    raw: list[tuple[Node, Domain]] = []
    for node in _unconditional(roots):
        if node.type is not REAL or not node.args:
            continue
        if node.op is POW:
            raw += _of_power(*node.args)
        raw += [(a, node.op.domain_of(i)) for i, a in enumerate(node.args) if i < len(node.op.domain)]
    asked = [(a, domain) for a, domain in raw if a.op is not CONST and domain != reals]
    products = Workshop().products
    found: Demands = {}
    for node, domain in zip(simplify([a for a, _ in asked]), [domain for _, domain in asked], strict=True):
        if domain == nonzero and (product := products.of(node)):
            for base in product.powers:
                _enter(found, base, nonzero)
        else:
            _enter(found, node, domain)
    return {node: _fewest(node, domains) for node, domains in found.items()}


def _fewest(node: Node, domains: list[Domain]) -> list[Domain]:
    """The same demands in fewer words: x != 0 and x >= 0 is x > 0, which says all that x != 0 says."""
    if nonzero in domains and nonnegative in domains:
        domains = [positive, *(d for d in domains if d not in (nonzero, nonnegative))]
    points = _telling(node, domains)
    for domain in [d for d in domains if len(domains) > 1]:
        others = [d for d in domains if d is not domain]
        if all(x in domain for x in points if all(x in d for d in others)):
            domains = others
    return domains


def _enter(found: Demands, node: Node, domain: Domain) -> None:
    """A demand, unless every point meets it; the root of something is not zero where that is not."""
    while domain == nonzero and node.op in (SQRT, CBRT):
        node = node.args[0]
    if node.op is CONST or (not node.args and node.op in POSITIVE):
        return
    if not all(x in domain for x in _telling(node, [domain])) and domain not in found.get(node, []):
        found.setdefault(node, []).append(domain)


def _of_power(base: Node, exponent: Node) -> list[tuple[Node, Domain]]:
    """What x^n asks of x, if n is a number."""
    if exponent.op is DIV and all(is_number(a) for a in exponent.args) and exponent.args[1].value:
        n = exponent.args[0].value / exponent.args[1].value
    elif is_number(exponent):
        n = exponent.value
    else:
        return []
    if n == int(n):
        return [(base, nonzero)] if n < 0 else []
    return [(base, positive if n < 0 else nonnegative)]


def _telling(node: Node, domains: list[Domain]) -> list[float]:
    """The ends of domains, and points on both sides of each, as far as the node can have such values."""
    ends = {end for d in domains for piece in d.intervals for end in (piece.low, piece.high)}
    finite = {0.0, -1.0, 1.0, *(end for end in ends if math.isfinite(end))}
    points = sorted({p for end in finite for p in (end - 0.5, end - 1e-9, end, end + 1e-9, end + 0.5)})
    sign = _sign(node)
    return [p for p in points if sign is None or p > 0 or (p == 0 and not sign)]


def _sign(root: Node) -> int | None:
    """1 if an expression is positive wherever it is defined, 0 if it is not negative, else None."""
    known: dict[Node, int | None] = {}
    for node in postorder([root]):
        below = [known[a] for a in node.args]
        known[node] = _own_sign(node, below)
    return known[root]


def _own_sign(node: Node, below: list[int | None]) -> int | None:
    op = node.op
    if op is CONST:
        return None if not is_number(node) or node.value < 0 else int(node.value > 0)
    if op in POSITIVE:
        return 1
    if op is ADD and None not in below:
        return int(1 in below)
    if op in (MUL, DIV) and None not in below:
        return int(0 not in below)
    if op is POW and is_number(node.args[1]) and node.args[1].value % 2 == 0:
        return 1 if below[0] == 1 else 0
    return 0 if op in NONNEGATIVE else None


def _unconditional(roots: list[Node]) -> list[Node]:
    """The nodes of graphs that do not lie in branches of choices alone."""
    found: dict[Node, None] = {}
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node not in found:
            found[node] = None
            todo += (
                node.args[:1]
                if node.op is not CONST and node.args and node.op.result is selection
                else node.args
            )
    return list(found)
