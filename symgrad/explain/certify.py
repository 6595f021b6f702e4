"""The end of a story checked: the formula it ends in encloses the derivative that Taylor arithmetic finds by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.certified.prove import Budget, Enclosure, prove, prove_by_taylor
from symgrad.explain.telling import Tale
from symgrad.graph import VAR, Node, variables

CHOICES = (1.25, 0.75, 2.5, 0.3, -0.5, 1.7, 3.2, 0.1, -1.4, 5.5)


def certified(
    tale: Tale, point: Mapping[Node, float] | None = None, seconds: float = 1.0
) -> Mapping[str, float] | None:
    """A point at which the story's end is proved to be the derivative; None if there is no proof.

    Args:
        tale: a derivative told.
        point: where to look; None for any point at which the expression is defined.
        seconds: how long.
    """
    if tale.by.op is not VAR:
        return None
    budget = Budget(seconds=seconds)
    for bound in [point] if point is not None else _points(tale.root):
        if budget.spent():
            break
        if _proved(tale, bound, budget):
            return {v.name: x for v, x in bound.items()}
    return None


def _proved(tale: Tale, bound: Mapping[Node, float], budget: Budget) -> bool:
    told = prove([tale.together, tale.result], bound, budget).enclosures
    (true,) = prove_by_taylor(tale.root, bound, [tale.by], budget)
    return all(_same(true.enclosures[1], form) for form in told)


def _same(a: Enclosure | None, b: Enclosure | None) -> bool:
    return a is not None and b is not None and a.tight and b.tight and a.overlaps(b)


def _points(root: Node) -> Iterator[Mapping[Node, float]]:
    """Points that one would choose by hand, for every variable another one; the same ones each time."""
    names = [v for v in variables(root) if v.type.kind == "real"]
    for first in range(len(CHOICES)):
        yield {v: CHOICES[(first + i) % len(CHOICES)] for i, v in enumerate(names)}
