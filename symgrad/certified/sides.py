"""One-sided limits and derivatives: what a function does as one variable comes to a point from either side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symgrad.certified.prove import Budget, Enclosure
from symgrad.graph import Node

Number = Enclosure | float
"""A proven number; a float only where it is infinite."""


@dataclass(frozen=True)
class Side:
    """What happens as the variable comes to the point from one side.

    Attributes:
        limit: of the value; None where it is not decided, or the function has no real values on this side.
        slope: the derivative from this side of the function completed by its limit; infinite at a vertical tangent.
        defined: False where there are no real values on this side.
        reason: why something was not decided.
    """

    limit: Number | None = None
    slope: Number | None = None
    defined: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Sides:
    """Both sides of a point."""

    left: Side
    right: Side


def one_sided(root: Node, bound: Mapping[Node, float], along: Node, budget: Budget) -> Sides:
    """Limits and slopes of a scalar graph at an exact point from both sides, while `along` moves alone."""
    raise NotImplementedError
