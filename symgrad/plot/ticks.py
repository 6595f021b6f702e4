"""Round numbers along an axis, and how they are written."""

from __future__ import annotations

import math
from itertools import pairwise

STEPS = (1, 2, 2.5, 5, 10)


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers between two."""
    span = high - low
    if not (span > 0 and math.isfinite(span)) or most < 1:
        return []
    rough = span / most
    size = 10.0 ** math.floor(math.log10(rough))
    for step in (s * size for s in (*STEPS, 20, 25, 50)):
        first = math.ceil(low / step - 1e-9)
        found = [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
        if len(found) <= most:
            return [0.0 if abs(x) < step * 1e-9 else x for x in found]
    return []


def labels(values: list[float]) -> list[str]:
    """Ticks in the fewest digits that tell them apart: 0.5, 1000, 2e6."""
    if not values:
        return []
    largest = max(map(abs, values))
    step = min((b - a for a, b in pairwise(values)), default=largest or 1.0)
    digits = max(1, math.ceil(math.log10(max(largest, step) / step)) + 2) if step > 0 else 6
    return [short(x, min(digits, 15)) for x in values]


def short(x: float, digits: int = 6) -> str:
    """A number as one would write it: 1e6, 0.25, -3."""
    text = f"{x:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"
