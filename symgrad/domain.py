"""Where a function is defined: unions of intervals that can test a number, describe themselves and be sampled."""

from __future__ import annotations

import math
import random
import struct
from dataclasses import dataclass
from typing import Any

INF = math.inf


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers between `low` and `high`; an end belongs to it unless it is open."""

    low: float = -INF
    high: float = INF
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, x: float) -> bool:
        return bool(self.holds(x))

    def holds(self, x: Any) -> Any:
        """Whether it contains a number, or each of an array."""
        above = x > self.low if self.low_open else x >= self.low
        below = x < self.high if self.high_open else x <= self.high
        return above & below

    def describe(self, name: str) -> str:
        """The interval as inequalities about `name`."""
        if self.low == -INF and self.high == INF:
            return f"all {name}"
        low = "" if self.low == -INF else f"{self.low:.10g} {'<' if self.low_open else '<='} "
        high = "" if self.high == INF else f" {'<' if self.high_open else '<='} {self.high:.10g}"
        if not high:
            return f"{name} {'>' if self.low_open else '>='} {self.low:.10g}"
        return f"{low}{name}{high}"


@dataclass(frozen=True, slots=True)
class Domain:
    """A union of intervals, less the integers at or below `no_integers_to` where that is given.

    (The last is what gamma and its relatives need: they have poles at 0, -1, -2, ...)
    """

    intervals: tuple[Interval, ...] = (Interval(),)
    no_integers_to: float | None = None

    def __contains__(self, x: float) -> bool:
        return bool(self.holds(x))

    def holds(self, x: Any) -> Any:
        """Whether it contains a number, or each of an array."""
        inside = self.intervals[0].holds(x)
        for piece in self.intervals[1:]:
            inside = inside | piece.holds(x)
        if self.no_integers_to is not None:
            inside = inside & ((x > self.no_integers_to) | (x % 1 != 0))
        return inside

    def touches(self, x: Any) -> Any:
        """Whether numbers of it lie as near to a number as one likes; for each of an array."""
        near = (x >= self.intervals[0].low) & (x <= self.intervals[0].high)
        for piece in self.intervals[1:]:
            near = near | ((x >= piece.low) & (x <= piece.high))
        return near

    def describe(self, name: str = "x") -> str:
        """The domain in words, for docs and error messages."""
        merged: list[Interval] = []
        gaps = []
        for piece in sorted(self.intervals, key=lambda piece: piece.low):
            before = merged[-1] if merged else None
            if before is not None and before.high == piece.low and before.high_open and piece.low_open:
                merged[-1] = Interval(before.low, piece.high, before.low_open, piece.high_open)
                gaps.append(f"{name} != {piece.low:.10g}")
            else:
                merged.append(piece)
        whole = merged == [Interval()]
        text = " or ".join(piece.describe(name) for piece in merged)
        text = ", ".join(gaps if whole and gaps else [text, *gaps])
        if self.no_integers_to is not None:
            text += f", {name} not an integer <= {self.no_integers_to:.0f}"
        return text

    def sample(self, count: int, rng: random.Random) -> list[float]:
        """`count` doubles of the domain, uniform over bit patterns, so that huge and tiny ones occur."""
        found: list[float] = []
        while len(found) < count:
            interval = rng.choice(self.intervals)
            low, high = ordinal(max(interval.low, -MAX)), ordinal(min(interval.high, MAX))
            x = from_ordinal(rng.randint(low, high))
            if x in self:
                found.append(x)
        return found


MAX = 1.7976931348623157e308


def ordinal(x: float) -> int:
    """The position of a double in the ordered list of all doubles; 0 for both zeros."""
    bits: int = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF)


def from_ordinal(n: int) -> float:
    """The double at a position; the inverse of `ordinal`."""
    x: float = struct.unpack("<d", struct.pack("<q", abs(n)))[0]
    return x if n >= 0 else -x


def interval(low: float, high: float, ends: str = "[]") -> Domain:
    """A one-interval domain; `ends` is written as in mathematics: "[]", "(]", "[)", "()"."""
    return Domain((Interval(low, high, ends[0] == "(", ends[1] == ")"),))


reals = Domain()
positive = interval(0.0, INF, "(]")
nonnegative = interval(0.0, INF)
nonzero = Domain((Interval(-INF, 0.0, False, True), Interval(0.0, INF, True, False)))
unit = interval(-1.0, 1.0)
open_unit = interval(-1.0, 1.0, "()")
outside_unit = Domain((Interval(-INF, -1.0), Interval(1.0, INF)))
strictly_outside_unit = Domain((Interval(-INF, -1.0, False, True), Interval(1.0, INF, True, False)))
no_poles = Domain((Interval(),), no_integers_to=0.0)
