"""Proven numbers in words: slopes with their sign, limits, and the truth with as many digits as it takes."""

from __future__ import annotations

import math

from symgrad import balls
from symgrad.certified.prove import Enclosure
from symgrad.certified.sides import Number

ENOUGH = 12
"""Digits from which on a number cannot be taken for a round one."""
MOST_DIGITS = 25


def brief(x: float) -> str:
    """A double as one says it: `0`, not `0.0`."""
    return repr(x + 0.0).removesuffix(".0")


def amount(x: Number) -> str:
    """A limit: the nearest double where that is certain; an infinity with its sign."""
    if isinstance(x, float):
        return "+inf" if x > 0 else "-inf"
    nearest = x.nearest
    return brief(nearest) if nearest is not None else x.text()


def signed(x: Number) -> str:
    """A slope, with its sign."""
    text = amount(x)
    return text if text.startswith(("-", "+")) or text == "0" else f"+{text}"


def apart(a: Number, b: Number) -> tuple[str, str]:
    """Two limits that differ, with as many digits as it takes to see that; else the second beside the first."""
    if amount(a) != amount(b) or isinstance(a, float) or isinstance(b, float):
        return amount(a), amount(b)
    for digits in (17, MOST_DIGITS):
        one, other = (stripped(x.text(digits)) for x in (a, b))
        if one != other:
            return one, other
    with balls.precision(a.bits):
        step = Enclosure(b.ball - a.ball, a.bits)
    size = amount(step)
    return amount(a), f"{size.removeprefix('-')} {'less' if size.startswith('-') else 'more'}"


def as_float(x: Number | None) -> float | None:
    """The double nearest to a proven number, if that is certain."""
    return x.nearest if isinstance(x, Enclosure) else x


def truth(x: Enclosure) -> str:
    """A proven number with 17 digits, or fewer if they are zeros, or more where a round number would be no truth."""
    if x.nearest is not None and math.isfinite(x.nearest) and x.error_of(x.nearest) == (0.0, 0.0):
        return brief(x.nearest)
    for digits in (17, 19, 22, MOST_DIGITS):
        text = x.text(digits)
        shown = stripped(text)
        if sum(c.isdigit() for c in shown.partition("e")[0]) >= ENOUGH or shown == text:
            return shown
    return stripped(x.text())


def stripped(text: str) -> str:
    """A decimal number without zeros at the end of its fraction."""
    mantissa, e, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").removesuffix(".")
    return mantissa + e + exponent
