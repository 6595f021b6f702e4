"""Make a subexpression visible wherever it occurs up to the order and grouping of its factors or terms.

sin(x*y)*x*y contains x*y twice, but the graph ((sin(x*y)*x)*y) shows it once; here it becomes sin(x*y)*(x*y).
"""

from __future__ import annotations

from collections import Counter

from symgrad.graph import Node, apply, const, postorder
from symgrad.graph.walk import same
from symgrad.symbolic.simplify.order import ADD, DIV, MUL, NEG, PRODUCTS, SUB, SUMS
from symgrad.symbolic.simplify.sweep import use_counts

MANY = 16
"""A shared product inside a product is opened only up to this length: otherwise chains would cost their square."""

Part = tuple[Node, int]
"""A factor and its exponent 1 or -1, or a term and its sign."""


def expose(root: Node, target: Node) -> Node:
    """The same expression, with `target` an explicit node wherever it occurs as part of a product or sum."""
    kind = PRODUCTS if target.op in PRODUCTS else SUMS if target.op in SUMS else None
    if kind is None:
        return root
    wanted = Counter(_parts(target, None, kind, None))
    order = postorder([root])
    uses = use_counts([root], order)
    links = {a for node in order if node.op in kind for a in node.args if a.op in kind and uses[a] == 1} - {
        target
    }
    made: dict[Node, Node] = {}
    for node in order:
        if node in links:
            continue
        if node is target or node.op not in kind:
            made[node] = node if node is target else same(node, tuple([made[a] for a in node.args]))
            continue
        parts = _parts(node, target, kind, (links, made))
        regrouped = _regrouped(parts, wanted, target, kind)
        made[node] = _as_it_was(node, links, made) if regrouped is None else regrouped
    return made[root]


def _parts(
    top: Node, target: Node | None, kind: frozenset[object], inside: tuple[set[Node], dict[Node, Node]] | None
) -> list[Part]:
    """The parts of a chain; with `inside` (links, new nodes), links are followed freely and new nodes up to a limit."""
    parts: list[Part] = []
    todo: list[tuple[Node, int, bool]] = [(top, 1, inside is not None)]
    while todo:
        node, e, is_old = todo.pop()
        if is_old and inside is not None and node is not top and node not in inside[0]:
            node, is_old = inside[1][node], False
        crowded = not is_old and inside is not None and len(parts) + len(todo) > MANY
        if node is target or node.op not in kind or crowded:
            parts.append((node, e))
        elif node.op is NEG:
            parts.append((const(-1), 1))
            todo.append((node.args[0], e, is_old))
        else:
            todo.append((node.args[1], e if node.op in (MUL, ADD) else -e, is_old))
            todo.append((node.args[0], e, is_old))
    return parts


def _regrouped(
    parts: list[Part], wanted: Counter[Part], target: Node, kind: frozenset[object]
) -> Node | None:
    """The chain with the target in place of its parts as often as they occur; None if they do not."""
    available = Counter(parts)
    for sign in (1, -1):
        copies = min([available[node, e * sign] // n for (node, e), n in wanted.items()])
        if copies:
            taken = Counter({(node, e * sign): n * copies for (node, e), n in wanted.items()})
            rest = []
            for part in parts:
                if taken[part]:
                    taken[part] -= 1
                else:
                    rest.append(part)
            return _joined([*rest, *[(target, sign)] * copies], kind)
    return None


def _joined(parts: list[Part], kind: frozenset[object]) -> Node:
    """The chain of these parts, from left to right."""
    forward, backward = (MUL, DIV) if kind is PRODUCTS else (ADD, SUB)
    minus = (const(-1), 1)
    if kind is PRODUCTS and minus in parts and len(parts) > parts.count(minus):
        positive = _joined([part for part in parts if part != minus], kind)
        return apply(NEG, (positive,)) if parts.count(minus) % 2 else positive
    (first, e), *rest = parts
    if e < 0:
        first = apply(DIV, (const(1), first)) if kind is PRODUCTS else apply(NEG, (first,))
    for node, e in rest:
        first = apply(forward if e > 0 else backward, (first, node))
    return first


def _as_it_was(top: Node, links: set[Node], made: dict[Node, Node]) -> Node:
    """The chain on new operands."""
    new: dict[Node, Node] = {}
    todo = [top]
    while todo:
        node = todo[-1]
        pending = [a for a in node.args if a in links and a not in new]
        if pending:
            todo += pending
        else:
            todo.pop()
            new[node] = same(node, tuple([new[a] if a in new else made[a] for a in node.args]))
    return new[top]
