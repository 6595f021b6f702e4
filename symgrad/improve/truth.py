"""The true value and partials of an expression at sampled points, by certified arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from symgrad.certified.prove import Budget, Enclosure, prove
from symgrad.engine.gradient import gradient
from symgrad.graph import Node
from symgrad.improve.sample import Point

TRIES = 12
"""Points drawn for one that is wanted: the others lie outside the domain."""

MOST_BITS = 4096


@dataclass(frozen=True)
class Truth:
    """What is true at some points.

    Attributes:
        wrt: the variables.
        points: the points at which the expression is defined.
        values: at each point the correctly rounded value, then the partials; None where one is not proved.
        enclosures: of the value at each point.
    """

    wrt: tuple[Node, ...]
    points: tuple[Point, ...]
    values: tuple[tuple[float | None, ...], ...]
    enclosures: tuple[Enclosure, ...]

    def halves(self) -> tuple[Truth, Truth]:
        """Every other point: some to search with, the others to judge by."""
        first, second = (
            Truth(self.wrt, self.points[k::2], self.values[k::2], self.enclosures[k::2]) for k in (0, 1)
        )
        return first, second


def truth(root: Node, wrt: Sequence[Node], draws: Iterator[Point], count: int, budget: Budget) -> Truth:
    """The truth at the first `count` points that lie in the domain, fewer if the budget ends."""
    roots = [root, *gradient(root, wrt)]
    points: list[Point] = []
    values: list[tuple[float | None, ...]] = []
    enclosures: list[Enclosure] = []
    for point in islice(draws, TRIES * count):
        found = prove(roots, bound(wrt, point), Budget(min(0.2, budget.seconds), MOST_BITS)).enclosures
        value, *partials = found
        if value is not None and value.finite and value.tight:
            nearest = value.nearest
            if nearest is not None and nearest - nearest == 0:
                points.append(point)
                enclosures.append(value)
                values.append((nearest, *[None if e is None or not e.tight else e.nearest for e in partials]))
        if len(points) == count or budget.spent():
            break
    return Truth(tuple(wrt), tuple(points), tuple(values), tuple(enclosures))


def bound(wrt: Sequence[Node], point: Point) -> dict[Node, float]:
    """A point as what interpreters take."""
    return {v: point[v.name] for v in wrt}
