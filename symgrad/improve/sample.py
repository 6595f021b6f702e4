"""Points of a box of floats: drawn evenly over the floats, not over the reals, and the same ones every time."""

from __future__ import annotations

import itertools
import math
import random
import struct
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from symgrad.errors import NameMistake, TypeMistake

Point = dict[str, float]
NEAR = 1.0 / 64
"""A given number stands for the numbers this near to it, relatively."""

AROUND_ZERO = 2.0**-30
"""The number 0 stands for numbers up to this size."""

WIDEST = 1e150
"""Without any range, numbers are drawn up to this size: beyond it the squares of everything overflow."""


class Range(NamedTuple):
    """The floats between two, both included; `center` is the number of which this is the neighbourhood."""

    low: float
    high: float
    center: float | None = None

    @staticmethod
    def around(x: float) -> Range:
        """The neighbourhood of a number."""
        reach = abs(x) * NEAR if x else AROUND_ZERO
        return Range(x - reach, x + reach, x)

    def __str__(self) -> str:
        return f"{self.low!r}..{self.high!r}"


def ranged(given: Mapping[str, Any], names: Collection[str]) -> dict[str, float | Range]:
    """What a caller gives for variables: numbers as they are, pairs as ranges.

    Raises:
        NameMistake: SG104, there is no such variable.
        TypeMistake: SG211, something is neither a number nor a pair of numbers in order.
    """
    found: dict[str, float | Range] = {}
    for name, value in given.items():
        if name not in names:
            raise NameMistake("SG104", f"there is no variable `{name}` in this expression")
        ends = value if isinstance(value, tuple | list) else (value, value)
        numbers = [float(x) for x in ends if isinstance(x, float | int) and math.isfinite(x)]
        if len(numbers) != len(ends) or len(numbers) != 2 or numbers[0] > numbers[1]:
            raise TypeMistake(
                "SG211", f"the range of `{name}` is no pair of numbers", hint=f"{name}=(1e-9, 1e-3)"
            )
        found[name] = Range(*numbers) if isinstance(value, tuple | list) else numbers[0]
    return found


ANYTHING = Range(-WIDEST, WIDEST)


def ordinal(x: float) -> int:
    """The position of a double among all doubles."""
    bits: int = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def from_ordinal(n: int) -> float:
    """The double at a position."""
    (x,) = struct.unpack("<d", struct.pack("<q", abs(n)))
    return math.copysign(x, n) if n else 0.0


def draws(ranges: Mapping[str, Range], center: Mapping[str, float], seed: int = 0) -> Iterator[Point]:
    """Points without end: the given center, or both ends and small whole numbers; then random ones.

    Drawn evenly over the floats, most of -1..1 is smaller than 1e-100, and of 1..1e9 nothing is near 1e9 in size but
    by chance. So every third point is drawn so, every third evenly over the reals, and every third between in size.
    """
    if center:
        yield {name: center.get(name, _middle(r)) for name, r in ranges.items()}
    else:
        yield {name: r.low for name, r in ranges.items()}
        yield {name: r.high for name, r in ranges.items()}
        for x in SPECIAL:
            if any(r.low < x < r.high for r in ranges.values()):
                yield {name: x if r.low <= x <= r.high else _middle(r) for name, r in ranges.items()}
    rng = random.Random(f"{seed} {sorted(ranges)}")  # noqa: S311  # the same points in every run
    for k in itertools.count():
        yield {name: DRAWS[k % len(DRAWS)](r, rng) for name, r in ranges.items()}


def _any_float(r: Range, rng: random.Random) -> float:
    return from_ordinal(rng.randint(ordinal(r.low), ordinal(r.high)))


def _any_real(r: Range, rng: random.Random) -> float:
    return min(max(r.low + rng.random() * (r.high - r.low), r.low), r.high)


def _any_size(r: Range, rng: random.Random) -> float:
    """Up to twelve orders of magnitude below the larger end, if that is in the range; else any float of it."""
    top = max(abs(r.low), abs(r.high))
    x = top * 10.0 ** rng.uniform(-ORDERS, 0)
    fitting = [y for y in (x, -x) if r.low <= y <= r.high]
    return rng.choice(fitting) if fitting else _any_float(r, rng)


ORDERS = 12
SPECIAL = (0.0, 1.0, -1.0)
DRAWS = (_any_size, _any_float, _any_real)


def _middle(r: Range) -> float:
    return from_ordinal((ordinal(r.low) + ordinal(r.high)) // 2)
