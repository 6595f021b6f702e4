"""Series functions: real powers and the length of a vector."""

from __future__ import annotations

from flint import arb, arb_series

from symgrad.balls.expansion import Argument, apart_from, centre, nowhere, series_of
from symgrad.balls.powers import is_odd

LARGE = 2**20
"""Beyond this exponent powers go by the logarithm, not by multiplication."""


def power(x: Argument, y: Argument) -> arb_series:
    """x^y: integer constants as exponents for any base, all else for positive bases."""
    if isinstance(y, arb):
        return integer_power(series_of(x), y) if y.is_integer() else fractional_power(series_of(x), y)
    if isinstance(x, arb) and x.is_zero():
        return arb_series([0]) if y[0] > 0 else nowhere()
    if not centre(x) > 0:
        return nowhere()
    return (y * x.log()).exp()


def fractional_power(x: arb_series, y: arb) -> arb_series:
    """x^y for a constant y; at 0 only one side has a value."""
    return x**y if x[0] > 0 else nowhere()


def integer_power(x: arb_series, n: arb) -> arb_series:
    """x^n for an integer n."""
    if not apart_from(x[0], 0):
        return x**n if n >= 0 else nowhere()
    if abs(n) < LARGE:
        return x**n
    if x[0] > 0:
        return (n * x.log()).exp()
    y = (n * (-x).log()).exp()
    return -y if is_odd(n) else y


def power_slope(x: Argument, y: Argument) -> arb_series:
    """y*x^(y - 1), the derivative of a power by its base."""
    if isinstance(y, arb) and y.is_zero():
        return arb_series([0])
    return y * power(x, y - 1)


def power_log(x: Argument, y: Argument, n: int) -> arb_series:
    """x^y*log(x)^n, the n-th derivative of a power by its exponent."""
    if isinstance(x, arb) and x.is_zero():
        return power(x, y)
    if not centre(x) > 0:
        return nowhere()
    return power(x, y) * x.log() ** n


def hypot(a: Argument, b: Argument) -> arb_series:
    """sqrt(a^2 + b^2); along an axis |a| or |b|."""
    for zero, other in ((a, b), (b, a)):
        if isinstance(zero, arb) and zero.is_zero():
            x = series_of(other)
            return x if x[0] > 0 else -x if x[0] < 0 else nowhere()
    square = series_of(a * a + b * b)
    return square.sqrt() if square[0] > 0 else nowhere()
