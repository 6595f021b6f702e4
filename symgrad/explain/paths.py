"""A derivative as the sum over all paths from the result to a variable: the largest of them, and what they cancel.

There may be more paths than anyone can count one by one. How many there are, and how large they are together, is found
by one walk over the graph; so are the largest ones, because the part of a largest path is a largest one itself.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

from symgrad.explain.chain import Chain, Link
from symgrad.graph import Node

SHOWN = 10
"""Paths that are told one by one."""


@dataclass(frozen=True)
class Path:
    """One way from the result down to a variable, and the product of the local derivatives along it."""

    links: tuple[Link, ...]
    product: float


@dataclass(frozen=True)
class Paths:
    """The paths to one variable.

    Attributes:
        by: the variable.
        largest: the paths with the largest products, largest first.
        count: how many there are in all.
        total: the derivative: the sum of all products.
        rest: the sum of those that are not among the largest.
        size: the sum of the absolute values of all products.
    """

    by: Node
    largest: tuple[Path, ...]
    count: int
    total: float
    rest: float
    size: float

    @property
    def cancelled(self) -> float:
        """How many decimal digits cancel when the products are added; infinite if nothing remains."""
        if not self.total:
            return math.inf if self.size else 0.0
        return math.log10(self.size / abs(self.total)) if math.isfinite(self.size) else 0.0


@dataclass(frozen=True)
class _Partial:
    """A path to some node, as the path to the node above and one link more."""

    product: float
    before: _Partial | None
    link: Link | None


def paths(story: Chain, by: Node, shown: int = SHOWN) -> Paths:
    """The paths from the result of a story to one of its variables."""
    best: dict[Node, list[_Partial]] = {story.root: [_Partial(1.0, None, None)]}
    number: dict[Node, int] = {story.root: 1}
    size: dict[Node, float] = {story.root: 1.0}
    for step in story.backward:
        found = [
            _Partial(before.product * link.number, before, link)
            for link in step.links
            for before in best[link.above]
        ]
        best[step.node] = heapq.nlargest(shown, found, key=lambda p: abs(p.product))
        number[step.node] = sum(number[link.above] for link in step.links)
        size[step.node] = sum(size[link.above] * abs(link.number) for link in step.links)
    largest = tuple(_written(found) for found in best.get(by, []))
    count, total = number.get(by, 0), story.adjoints.get(by, 0.0)
    rest = total - math.fsum(path.product for path in largest) if count > len(largest) else 0.0
    return Paths(by, largest, count, total, rest, size.get(by, 0.0))


def _written(end: _Partial) -> Path:
    links: list[Link] = []
    at: _Partial | None = end
    while at is not None and at.link is not None:
        links.append(at.link)
        at = at.before
    return Path(tuple(reversed(links)), end.product)
