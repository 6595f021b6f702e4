"""Points of a box of floats: drawn evenly over the floats, not over the reals, and the same ones every time."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Point = dict[str, float]
NEAR = 1.0 / 64
"""A given number stands for the numbers this near to it, relatively."""

AROUND_ZERO = 2.0**-30
"""The number 0 stands for numbers up to this size."""

WIDEST = 1e150
"""Without any range, numbers are drawn up to this size: beyond it the squares of everything overflow."""


class Range(NamedTuple):
    """The floats between two, both included."""

    low: float
    high: float

    @staticmethod
    def around(x: float) -> Range:
        """The neighbourhood of a number."""
        reach = abs(x) * NEAR if x else AROUND_ZERO
        return Range(x - reach, x + reach)

    def __str__(self) -> str:
        return f"{self.low!r}..{self.high!r}"


ANYTHING = Range(-WIDEST, WIDEST)


def ordinal(x: float) -> int:
    """The position of a double among all doubles."""
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def from_ordinal(n: int) -> float:
    """The double at a position."""
    (x,) = struct.unpack("<d", struct.pack("<q", abs(n)))
    return math.copysign(x, n) if n else 0.0


def draws(ranges: Mapping[str, Range], center: Mapping[str, float], seed: int = 0) -> Iterator[Point]:
    """Points without end: the given center first, then random ones."""
    if center:
        yield {name: center.get(name, _middle(r)) for name, r in ranges.items()}
    rng = random.Random(f"{seed} {sorted(ranges)}")  # noqa: S311  # the same points in every run
    ends = {name: (ordinal(r.low), ordinal(r.high)) for name, r in ranges.items()}
    while True:
        yield {name: from_ordinal(rng.randint(low, high)) for name, (low, high) in ends.items()}


def _middle(r: Range) -> float:
    return from_ordinal((ordinal(r.low) + ordinal(r.high)) // 2)
