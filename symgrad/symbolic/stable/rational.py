"""Fractions of polynomials: anything over one denominator, with what cancels exactly cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.graph import Node
from symgrad.ops import OPS
from symgrad.symbolic.stable.chains import (
    ADD,
    DIV,
    MUL,
    NEG,
    POW,
    RECIPROCAL,
    SQUARE,
    SUB,
    number,
    product,
    whole,
)
from symgrad.symbolic.stable.polynomial import (
    Monomial,
    Polynomial,
    TooLarge,
    constant,
    divided,
    factored,
    monomial_node,
    multiply,
    node_of,
    plus,
    raised,
    split,
)  # fmt: skip

EXP, SQRT = OPS["exp"], OPS["sqrt"]
MOST_READ = 200
"""Operations of a fraction that is read."""


def polynomial(node: Node) -> Polynomial:
    """A node as a polynomial in its letters; quotients by anything but numbers are letters.

    Raises:
        TooLarge: it has too many terms.
    """
    found = fraction(node)
    return found.above if not found.below else {((node, 1),): Fraction(1)}


class Quotient:
    """A polynomial over a product of powers of nodes.

    Attributes:
        above: the numerator.
        below: the denominator's factors (letters and sums, never numbers) with their exponents.
    """

    __slots__ = ("above", "below")

    def __init__(self, above: Polynomial, below: Mapping[Node, int] | None = None) -> None:
        self.above = above
        self.below = {n: e for n, e in (below or {}).items() if e}


def fraction(node: Node) -> Quotient:
    """A node over one common denominator.

    Raises:
        TooLarge: it has too many operations, or its numerator too many terms.
    """
    known = _read.get(node)
    if known is not None:
        return known
    if not _readable(node):
        raise TooLarge
    made: dict[Node, Quotient] = {}
    stack = [node]
    while stack:
        n = stack[-1]
        if n in made:
            stack.pop()
            continue
        known = _read.get(n)
        if known is not None:
            made[n] = known
            continue
        if n in _unreadable:
            raise TooLarge
        inner = [a for a in _operands(n) if a not in made]
        if inner:
            stack += inner
            continue
        stack.pop()
        made[n] = _remembered(n, made)
    return made[node]


def _readable(node: Node) -> bool:
    """Whether a fraction has few operations enough to be read."""
    seen, todo = {node}, [node]
    while todo and len(seen) <= MOST_READ:
        for a in _operands(todo.pop()):
            if a not in seen:
                seen.add(a)
                todo.append(a)
    return len(seen) <= MOST_READ


def _remembered(node: Node, made: Mapping[Node, Quotient]) -> Quotient:
    """One operation on fractions; what was found out is kept for a while, as forms share most of their parts."""
    if len(_read) + len(_unreadable) > MOST_KEPT:
        _read.clear()
        _unreadable.clear()
    try:
        found = _read[node] = _combined(node, made)
    except TooLarge:
        _unreadable.add(node)
        raise
    return found


_read: dict[Node, Quotient] = {}
_unreadable: set[Node] = set()
MOST_KEPT = 5000


def _operands(node: Node) -> tuple[Node, ...]:
    """The operands through which a fraction is read; none of a letter."""
    if node.op in (ADD, SUB, MUL, DIV, NEG, SQUARE, RECIPROCAL):
        return node.args
    if node.op is POW and whole(node.args[1]) is not None:
        return node.args[:1]
    return ()


def _combined(node: Node, made: Mapping[Node, Quotient]) -> Quotient:
    """One operation on fractions."""
    value = number(node)
    if value is not None:
        return Quotient(constant(value))
    op, args = node.op, [made[a] for a in _operands(node)]
    if not args:
        return _letter(node)
    a = args[0]
    if op is NEG:
        return Quotient(plus({}, a.above, -1), a.below)
    if op is ADD or op is SUB:
        return added(a, args[1], 1 if op is ADD else -1)
    if op is MUL:
        return _times(a, args[1])
    if op is DIV:
        return _times(a, _inverse(args[1]))
    n = 2 if op is SQUARE else -1 if op is RECIPROCAL else whole(node.args[1])
    assert n is not None
    return _power(a if n >= 0 else _inverse(a), abs(n))


def _letter(node: Node) -> Quotient:
    """exp(n*a) as exp(a)^n, anything else as it is."""
    if node.op is EXP:
        inner = polynomial(node.args[0])
        if len(inner) == 1:
            ((m, c),) = inner.items()
            if m and c.denominator == 1 and c not in (0, 1) and abs(c) <= 8:
                base = EXP(monomial_node(m, Fraction(1)))
                if c > 0:
                    return Quotient({((base, int(c)),): Fraction(1)})
                return Quotient(constant(1), {base: -int(c)})
    return Quotient({((node, 1),): Fraction(1)})


def _times(a: Quotient, b: Quotient) -> Quotient:
    below = dict(a.below)
    for n, e in b.below.items():
        below[n] = below.get(n, 0) + e
    return cancelled(Quotient(_unrooted(multiply(a.above, b.above)), below))


def _power(a: Quotient, n: int) -> Quotient:
    return Quotient(_unrooted(raised(a.above, n)), {d: e * n for d, e in a.below.items()})


def _inverse(a: Quotient) -> Quotient:
    """1/a: a sum becomes one factor of the denominator, a product several."""
    if not a.above:
        raise TooLarge
    content, common, rest = split(a.above)
    below: dict[Node, int] = dict(common)
    if len(rest) > 1:
        key = node_of(rest)
        below[key] = below.get(key, 0) + 1
    above: Polynomial = {(): 1 / content}
    for n, e in a.below.items():
        above = multiply(above, raised(polynomial(n), e))
    return cancelled(Quotient(above, below))


def added(a: Quotient, b: Quotient, sign: int) -> Quotient:
    """a + sign*b over the least common denominator that the factors show."""
    below = {n: max(a.below.get(n, 0), b.below.get(n, 0)) for n in {**a.below, **b.below}}
    return cancelled(Quotient(plus(over(a, below), over(b, below), sign), below))


def over(a: Quotient, below: Mapping[Node, int]) -> Polynomial:
    """The numerator over a denominator that contains its own."""
    result = a.above
    for n, e in below.items():
        result = multiply(result, raised(polynomial(n), e - a.below.get(n, 0)))
    return result


def cancelled(a: Quotient) -> Quotient:
    """Factors of the denominator that divide the numerator are taken out."""
    above, below = a.above, dict(a.below)
    if not above:
        return Quotient({})
    for n in list(below):
        divisor = polynomial(n)
        while below[n] > 0:
            found = divided(above, divisor)
            if found is None:
                break
            above, below[n] = found, below[n] - 1
    return Quotient(above, below)


def _unrooted(a: Polynomial) -> Polynomial:
    """The square of a root is what stands under it."""
    if not any(n.op is SQRT and e >= 2 for m in a for n, e in m):
        return a
    result: Polynomial = {}
    for m, c in a.items():
        result = plus(result, _without_squared_roots(m, c))
    return result


def _without_squared_roots(m: Monomial, c: Fraction) -> Polynomial:
    """sqrt(x)^2 = x inside a monomial."""
    for i, (n, e) in enumerate(m):
        if n.op is SQRT and e >= 2:
            rest: Polynomial = {(*m[:i], *(((n, e % 2),) if e % 2 else ()), *m[i + 1 :]): c}
            inner = polynomial(n.args[0])
            for _ in range(e // 2):
                rest = multiply(rest, inner)
            return _unrooted(rest)
    return {m: c}


def node_of_quotient(a: Quotient) -> Node:
    """The node of a fraction, numerator factored."""
    if not a.below or not a.above:
        return factored(a.above)
    content, common, rest = split(a.above)
    powers = dict(common)
    if len(rest) > 1:
        inner = node_of(rest)
        powers[inner] = powers.get(inner, 0) + 1
    for n, e in a.below.items():
        powers[n] = powers.get(n, 0) - e
    return product(content, powers)


def reduced(node: Node) -> Node:
    """What is left of a node when everything that cancels exactly has been cancelled; the node if that is too large."""
    try:
        return node_of_quotient(fraction(node))
    except TooLarge:
        return node


def identical(a: Node, b: Node) -> bool:
    """Whether two nodes are the same fraction of polynomials."""
    if a is b:
        return True
    try:
        return not added(fraction(a), fraction(b), -1).above
    except TooLarge:
        return False
