"""Ball functions: real powers, whose domain depends on whether the exponent is an integer."""

from __future__ import annotations

from flint import arb

NAN = arb.nan()
ZERO, ONE = arb(0), arb(1)


def power(x: arb, y: arb) -> arb:
    """x^y for real x and y: a negative base only to an exact integer, 0 to a positive power."""
    if x > 0:
        return x**y
    if not (x.is_finite() and y.is_finite()):
        return NAN
    if y.is_integer():
        return integer_power(x, y)
    if not x >= 0:
        return NAN
    if not y > 0:
        return NAN
    return ZERO if x.is_zero() else ZERO.union((x.upper() ** y).upper())


def integer_power(x: arb, n: arb) -> arb:
    """x^n for an exact integer n and x not positive throughout."""
    odd = is_odd(n)
    if x < 0:
        y = (-x) ** n
        return -y if odd else y
    if n.is_zero():
        return ONE
    if not n > 0:
        return NAN
    if x.is_zero():
        return ZERO
    high = signed_power(x.upper(), n)
    low = signed_power(x.lower(), n)
    return (-low).union(high) if odd and x.lower() < 0 else ZERO.union(low).union(high)


def signed_power(x: arb, n: arb) -> arb:
    """|x|^n, 0 at 0."""
    return ZERO if x.is_zero() else abs(x) ** n


def is_odd(n: arb) -> bool:
    """Whether an exact integer is odd."""
    mantissa, exponent = n.man_exp()  # the mantissa is odd or 0
    return int(exponent) == 0 and int(mantissa) != 0


def cbrt(x: arb) -> arb:
    """The real cube root, also of negative numbers and across 0."""
    if x > 0:
        return x.root(3)
    if x < 0:
        return -(-x).root(3)
    if x.is_zero():
        return ZERO
    if not x.is_finite():
        return NAN
    return (-x.abs_upper().root(3)).union(x.abs_upper().root(3))


def power_slope(x: arb, y: arb) -> arb:
    """y*x^(y - 1), the derivative of a power by its base; 0 where the exponent is 0."""
    return ZERO if y.is_zero() else y * power(x, y - 1)


def power_log(x: arb, y: arb, n: int) -> arb:
    """x^y*log(x)^n, the n-th derivative of a power by its exponent; 0 where the base is 0."""
    if x.is_zero() and y > 0:
        return ZERO
    return power(x, y) * x.log() ** n if x > 0 else NAN
