"""How far each slider goes: around its value, on round numbers, and inside the domain."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

HALVINGS = 30
STARTS = (1.0, 0.5, 2.0, -0.5, -2.0, 0.1, 5.0)
"""Where variables without a value start: the first of these where the expression has a value."""


class Range(NamedTuple):
    """The ends of a slider, and its step."""

    low: float
    high: float
    step: float


def around(value: float, defined: Callable[[float], bool]) -> Range:
    """A range about a value; where the function ends (log at 0) the slider ends too."""
    if not math.isfinite(value):
        return Range(-10.0, 10.0, 0.1)
    reach = max(2 * abs(value), 1.0) if value else 3.0
    low, high = value - reach, value + reach
    if defined(value):
        low, high = _border(value, low, defined), _border(value, high, defined)
    if not low < high:
        low, high = value - reach, value + reach
    step = _round((high - low) / 200)
    start = math.floor(low / step + 1e-9) if low == value - reach else math.ceil(low / step - 1e-6)
    end = math.ceil(high / step - 1e-9) if high == value + reach else math.floor(high / step + 1e-6)
    return Range(_tidy(start * step), _tidy(end * step), step)


def _border(inside: float, outside: float, defined: Callable[[float], bool]) -> float:
    """The way from a value to an end, cut where the function ends for good."""
    if defined(outside):
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if defined(middle):
            inside = middle
        else:
            outside = middle
    return inside


def _round(size: float) -> float:
    """1, 2 or 5 times a power of ten, about as large."""
    unit = 10.0 ** math.floor(math.log10(size))
    return _tidy(next(k for k in (1, 2, 5, 10) if k * unit >= size * 0.999) * unit)


def _tidy(x: float) -> float:
    return float(f"{x:.12g}")


def start(names: Sequence[str], finite: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """Values for variables that were given none, no two alike, such that the expression has a finite value."""
    points = [{name: _tidy(first * (1 + i / 2)) for i, name in enumerate(names)} for first in STARTS]
    return next(filter(finite, points), points[0])
