"""One-sided limits and derivatives: what a function does as one variable comes to a point from either side."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from symgrad import balls
from symgrad.certified.prove import Budget, Enclosure, Spent, prove
from symgrad.graph import Node, Program

Number = Enclosure | float
"""A proven number; a float only where it is infinite."""

FIRST_BITS, MOST_BITS = 128, 8192
FIRST_TERMS, MOST_TERMS = 6, 48
NEXT_PASS = 3
"""How much longer a pass takes than the one before, at most in most cases: one op cannot be interrupted."""

FLOAT_BITS = 44
"""Relative accuracy that a value computed in float64 has to have, to count as the limit."""


@dataclass(frozen=True)
class Side:
    """What happens as the variable comes to the point from one side.

    Attributes:
        limit: of the value, to 17 digits; None where it is not decided, or there are no real values on this side.
        slope: the derivative from this side of the function completed by its limit; infinite at a vertical tangent,
            and, where the limit is infinite, what the derivative tends to.
        defined: False where there are no real values on this side.
        reason: why something was not decided, or not defined.
    """

    limit: Number | None = None
    slope: Number | None = None
    defined: bool = True
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether limit and slope are proved to 17 digits, and finite."""
        return all(isinstance(x, Enclosure) and x.tight for x in (self.limit, self.slope))


@dataclass(frozen=True)
class Sides:
    """Both sides of a point."""

    left: Side
    right: Side

    @property
    def continuous(self) -> bool:
        """Whether both sides have one finite limit."""
        return same(self.left.limit, self.right.limit)

    @property
    def smooth(self) -> bool:
        """Whether both sides have one finite limit and one finite slope."""
        return self.continuous and same(self.left.slope, self.right.slope)

    def agree_with(self, value: Enclosure | float) -> bool:
        """Whether both limits are the value at the point: a proven one, or one that float64 may have rounded."""
        return all(agrees(side.limit, value) for side in (self.left, self.right))


def same(a: Number | None, b: Number | None) -> bool:
    """Whether two numbers are finite, proved to 17 digits, and the same as far as they are proved."""
    if not (isinstance(a, Enclosure) and isinstance(b, Enclosure)):
        return False
    return a.tight and b.tight and a.overlaps(b)


def agrees(limit: Number | None, value: Enclosure | float) -> bool:
    """Whether a limit is a value."""
    if isinstance(value, Enclosure):
        return same(limit, value)
    if not (isinstance(limit, Enclosure) and limit.tight and math.isfinite(value)):
        return False
    return limit.contains(value) or (value != 0 and limit.error_of(value)[1] < 2.0**-FLOAT_BITS)


def nearest(x: Number | None) -> float | None:
    """The double nearest to a proven number; None if there is none."""
    return x.nearest if isinstance(x, Enclosure) else x


def text(x: Number | None, digits: int = 17) -> str:
    """A proven number in decimal, an infinity as `inf`; nothing for nothing."""
    if x is None:
        return ""
    return x.text(digits) if isinstance(x, Enclosure) else str(x)


def one_sided(root: Node, bound: Mapping[Node, float], along: Node, budget: Budget) -> Sides:
    """Limits and slopes of a scalar graph at an exact point from both sides, while `along` moves alone.

    Args:
        root: a scalar real node.
        bound: the exact double of each variable below it.
        along: the variable that moves.
        budget: where to stop.
    """
    from symgrad.certified.germs_interpret import has_germ
    from symgrad.certified.interpret import prepared

    program = prepared([root], has_germ)
    if len(program.nodes) > budget.nodes:
        return Sides(*[Side(reason=f"too large: {len(program.nodes)} operations")] * 2)
    if any(node.type.shape for node in program.nodes):
        return Sides(*[Side(reason="it contains arrays")] * 2)
    half = replace(budget, seconds=budget.left() / 2, started=time.monotonic())
    left = sifted(_side(program, bound, along, -1, half))
    return Sides(left, sifted(_side(program, bound, along, 1, budget)))


def settled(
    root: Node, bound: Mapping[Node, float], along: Node, budget: Budget, found: float | None = None
) -> Enclosure | None:
    """The derivative at a point where value, limits and slopes from both sides are proved to agree; else None.

    Nothing is proved of a point where float64 has `found` another value: here zero has no sign, there it may have one.
    """
    sides = one_sided(root, bound, along, budget)
    if not sides.smooth or not isinstance(sides.right.slope, Enclosure):
        return None
    value = prove([root], bound, budget).enclosures[0]
    if value is None or not sides.agree_with(value):
        return None
    return (
        sides.right.slope
        if found is None or value.contains(found) or value.error_of(found)[1] < 0.5
        else None
    )


def sifted(side: Side) -> Side:
    """A side without the numbers that are not proved to 17 digits."""
    limit, slope = (x if not isinstance(x, Enclosure) or x.tight else None for x in (side.limit, side.slope))
    if limit is side.limit and slope is side.slope:
        return side
    slope = None if limit is None else slope
    return replace(side, limit=limit, slope=slope, reason=side.reason or "out of precision")


def _side(program: Program, bound: Mapping[Node, float], along: Node, side: int, budget: Budget) -> Side:
    """One side, with more bits or terms as long as they may help."""
    from symgrad.certified.germs_interpret import side_of
    from symgrad.certified.germs_read import better, read

    best = Side(reason="out of time")
    bits, terms = FIRST_BITS, FIRST_TERMS
    while True:
        started = budget.left()
        try:
            with balls.precision(bits, terms):
                found, more = read(side_of(program, bound, along, side, budget.check), side, bits)
        except Spent:
            return better(Side(reason="out of time"), best)
        best = better(found, best)
        if not more:
            return best
        bits, terms = (bits * 2, terms) if more == "bits" else (bits + FIRST_BITS, terms * 2)
        if bits > min(MOST_BITS, budget.bits) or terms > MOST_TERMS:
            return best
        if budget.left() < NEXT_PASS * (started - budget.left()):
            return better(Side(reason="out of time"), best)


__all__ = ["Number", "Side", "Sides", "nearest", "one_sided", "same", "settled", "text"]
