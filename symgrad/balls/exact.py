"""Exact rationals beside balls: the coefficients of expansions, where a zero has to be known as one.

1/6 as a ball minus 1/6 as a ball is a ball around 0, and nobody can divide by that. So coefficients stay rational
numbers as long as they are short, and power series of rational numbers are used where a function has one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series, fmpz

from symgrad.balls.table import BALLS

Coefficient = fmpq | arb
Exact = int | Fraction
LONGEST = 256
"""Rationals of more bits become balls: exactness is for the numbers of formulas."""

ZERO, ONE = fmpq(0), fmpq(1)
NOTHING = Fraction(0)


def terms() -> int:
    """How many terms of an expansion are kept: what `precision(bits, terms)` says."""
    return int(ctx.cap)


def of_fraction(x: Exact) -> Coefficient:
    """An exact number as a coefficient."""
    return lean(fmpq(x.numerator, x.denominator))


def number(x: float) -> Coefficient:
    """A float, int or bool as a coefficient, exactly."""
    numerator, denominator = x.as_integer_ratio()
    if numerator.bit_length() + denominator.bit_length() > LONGEST:
        return arb(x)
    return fmpq(numerator, denominator)


def is_zero(c: Coefficient) -> bool:
    """Whether a coefficient is exactly 0 (a ball around 0 is neither `== 0` nor `!= 0`)."""
    return bool(c == 0)


def rational(row: Sequence[Coefficient]) -> bool:
    """Whether all of these are rational numbers."""
    return all(isinstance(c, fmpq) for c in row)


def as_ball(c: Coefficient) -> arb:
    """A coefficient as a ball of the current precision."""
    return c if isinstance(c, arb) else arb(c)


def unrounded(c: Coefficient) -> arb:
    """A coefficient as a ball: a single point, however long, where it is a binary number."""
    if isinstance(c, arb):
        return c
    shift = int(c.q).bit_length() - 1
    return arb((int(c.p), -shift)) if int(c.q) == 1 << shift else arb(c)


def lean(c: Coefficient) -> Coefficient:
    """A coefficient, as a ball if it is a long rational."""
    return arb(c) if isinstance(c, fmpq) and c.height_bits() > LONGEST else c


def exactly(c: Coefficient) -> Exact | None:
    """The value of a coefficient that is a single rational number."""
    if isinstance(c, fmpq):
        return whole_if(Fraction(int(c.p), int(c.q)))
    if not (c.is_finite() and c.is_exact()):
        return None
    mantissa, exponent = map(int, c.man_exp())
    return whole_if(mantissa * Fraction(2) ** exponent) if abs(exponent) <= LONGEST else None


def whole_if(x: Fraction) -> Exact:
    """A fraction as an int where it is one."""
    return x.numerator if x.denominator == 1 else x


def may_be_integer(c: Coefficient) -> bool:
    """Whether a coefficient is not proved to be no integer."""
    return bool(as_ball(c).contains_integer())


def ceiling(c: Coefficient, step: Fraction) -> Exact:
    """A multiple of `step` above a coefficient."""
    return whole_if(Fraction(math.ceil(float(as_ball(c).upper()) / float(step)) + 1) * step)


def settled(c: Coefficient) -> Coefficient:
    """A coefficient as a rational, if it is a short exact number."""
    x = None if isinstance(c, fmpq) else exactly(c)
    return c if x is None else of_fraction(x)


def power(c: Coefficient, r: Exact) -> Coefficient:
    """c^r, rational where that is short; c is positive unless r is an integer."""
    if r == 0 or (isinstance(c, fmpq) and c == 1):
        return ONE
    if isinstance(r, int):
        if isinstance(c, fmpq) and c.height_bits() * abs(r) <= LONGEST:
            return c**r
        size = abs(as_ball(c)) ** r
        return -size if c < 0 and r % 2 else size
    rooted = exact_root(c, r.denominator) if isinstance(c, fmpq) else None
    if rooted is not None:
        return power(rooted, r.numerator)
    return (
        as_ball(c).root(r.denominator) ** r.numerator if r.denominator < LONGEST else as_ball(c) ** fmpq_of(r)
    )


def fmpq_of(r: Exact) -> arb:
    """An exact number as a ball."""
    return arb(fmpq(r.numerator, r.denominator))


def exact_root(c: fmpq, n: int) -> fmpq | None:
    """The n-th root of a positive rational, if that is rational."""
    if n > LONGEST:
        return None
    top, bottom = integer_root(c.p, n), integer_root(c.q, n)
    return None if top is None or bottom is None else fmpq(top, bottom)


def integer_root(x: fmpz, n: int) -> fmpz | None:
    """The n-th root of a positive integer, if that is an integer."""
    near = fmpz(round(math.exp(math.log(int(x)) / n)))
    return near if near**n == x else None


def value(name: str, xs: Sequence[Coefficient], attrs: Mapping[str, Any]) -> Coefficient:
    """A function at constants; nan where it has no value, or none that could be proved."""
    return settled(BALLS[name](*map(as_ball, xs), **attrs))


def one_plus(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """f(1 + x)."""
    return lambda x: f(1 + x)


# Functions whose Taylor coefficients at 0 are rational. Each lambda serves series of rationals and of balls alike.
AT_ZERO: dict[str, Callable[[Any], Any]] = {
    "exp": lambda x: x.exp(), "expm1": lambda x: x.exp() - 1,
    "sin": lambda x: x.sin(), "cos": lambda x: x.cos(), "tan": lambda x: x.tan(),
    "atan": lambda x: x.atan(), "asin": lambda x: x.asin(),
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2, "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "tanh": lambda x: 1 - 2 * (1 + (2 * x).exp()).inv(),
    "asinh": lambda x: ((1 + x * x).rsqrt() * x.derivative()).integral(),
    "atanh": lambda x: ((1 + x).log() - (1 - x).log()) / 2,
    "zeta_1p": lambda x: one_plus(lambda s: s.zeta(deflate=True))(arb_series(x.coeffs())),
    "log1p": one_plus(lambda x: x.log()), "inverse_1p": one_plus(lambda x: x.inv()),
    "sqrt_1p": one_plus(lambda x: x.sqrt()), "rsqrt_1p": one_plus(lambda x: x.rsqrt()),
}  # fmt: skip


def at_zero(name: str, row: Sequence[Coefficient]) -> list[Coefficient]:
    """A function of `AT_ZERO` of a series without constant term, to as many terms as the series has."""
    count = len(row)
    saved = ctx.cap
    ctx.cap = max(count, 2)
    try:
        y = AT_ZERO[name](
            fmpq_series([c for c in row if isinstance(c, fmpq)]) if rational(row) else series_of(row)
        )
        assert y.prec >= count
        return [lean(y[k]) for k in range(count)]
    finally:
        ctx.cap = saved


def series(
    name: str, rows: Sequence[Coefficient | Sequence[Coefficient]], count: int, attrs: Mapping[str, Any]
) -> list[Coefficient] | None:
    """The first coefficients of an analytic function of constants and of series; None where it is not analytic.

    Arb gives a series with nothing after its constant term no second look, so something always follows it here.
    """
    from symgrad.balls import series as series_function

    function = series_function(name)
    if function is None:
        return None
    saved = ctx.cap
    ctx.cap = max(count, 2)
    try:
        if count < 2 or not any(
            not is_zero(c) for row in rows if isinstance(row, Sequence) for c in row[1:count]
        ):
            probe = [arb_series([as_ball(r[0]), 1]) if isinstance(r, Sequence) else as_ball(r) for r in rows]
            if not finite(function(*probe, **attrs), 2):
                return None
        y = function(*[series_of(r) if isinstance(r, Sequence) else as_ball(r) for r in rows], **attrs)
        return [y[k] for k in range(count)] if finite(y, count) else None
    finally:
        ctx.cap = saved


def series_of(row: Sequence[Coefficient]) -> arb_series:
    """Coefficients as a power series."""
    return arb_series([as_ball(c) for c in row])


def finite(y: arb_series, count: int) -> bool:
    """Whether the first coefficients are known."""
    return y.prec >= count and all(y[k].is_finite() for k in range(count))


def symbol(name: str) -> Coefficient:
    """A constant of mathematics."""
    return CONSTANTS[name]()


CONSTANTS: dict[str, Callable[[], arb]] = {
    "pi": arb.pi,
    "log2": arb.const_log2,
    "log10": arb.const_log10,
    "e": arb.const_e,
    "euler": arb.const_euler,
}


def floor(c: Coefficient) -> fmpq | None:
    """The largest integer not above a coefficient; None where a ball touches one."""
    if isinstance(c, fmpq):
        return fmpq(c.floor())
    whole = c.floor().unique_fmpz()
    return None if whole is None or not (c > whole or c == whole) else fmpq(whole)
