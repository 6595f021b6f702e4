"""Normal forms: expressions as quotients of polynomials in functions, so that equal ones become the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symgrad.equality.normal.powers import Powers
from symgrad.equality.normal.ratio import Ratio, TooLargeError
from symgrad.equality.normal.signs import Units
from symgrad.equality.normal.table import TABLE, atom
from symgrad.graph import CONST, VAR, Node, expand, postorder
from symgrad.ops.types import selection

SIZES = (24, 72)
"""Generators: small rings are faster."""
PASSES = 5
NODES = 3000


def difference(a: Node, b: Node, check: Callable[[], None], positive: Iterable[Node] = ()) -> Fraction | None:
    """What a - b is if it is one rational number wherever both are defined; None where that is not seen.

    Args:
        a: a scalar expression; conditions count as 1 and 0.
        b: another.
        check: called now and then; raises when the time is up.
        positive: variables that are taken to be positive.
    """
    roots = expand([a, b], lambda op: op.name not in TABLE)
    order = postorder(roots)
    if len(order) > NODES:
        return None
    for size in SIZES:
        units: Units = {}
        known: set[str] = set()
        try:
            for _ in range(PASSES):
                field = Powers(size, check, units, known)
                found = _ratios(field, roots, order, positive)
                gap = field.constant(field.sub(found[roots[0]], found[roots[1]]))
                if gap is not None or not field.stale:
                    return gap
        except TooLargeError:
            continue
    return None


def _ratios(
    field: Powers, roots: list[Node], order: list[Node], positive: Iterable[Node]
) -> dict[Node, Ratio]:
    """The normal form of each node."""
    always = _always(roots)
    found: dict[Node, Ratio] = {}
    for v in positive:
        name = str(field.generator(("var", v.name)).num)
        field.known.add(name)
        field.strict.add(name)
    for node in order:
        field.active = node in always
        if node.op is CONST:
            if node.value - node.value != 0:
                raise TooLargeError
            found[node] = field.number(Fraction(node.value))
        elif node.op is VAR:
            found[node] = field.generator(("var", node.name))
        else:
            make = TABLE.get(node.op.name)
            args = [found[a] for a in node.args]
            attrs = dict(node.attrs)
            found[node] = (
                make(field, *args) if make and not attrs else atom(field, node.op.name, *args, **attrs)
            )
    return found


def _always(roots: list[Node]) -> set[Node]:
    """The nodes that have to be defined wherever the roots are: all but those in branches."""
    seen: set[Node] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            chosen = node.args and node.op.result is selection
            todo += node.args[:1] if chosen else node.args
    return seen


__all__ = ["difference"]
