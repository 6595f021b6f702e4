"""Trigonometric functions and their inverses, in radians unless the name says otherwise."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import nonzero, outside_unit, unit
from symgrad.ops.arithmetic import div, divide, number, pi_of, reciprocal, square
from symgrad.ops.enclose import rounded
from symgrad.ops.numeric import numpy_of, patched
from symgrad.ops.op import op, section
from symgrad.ops.powers import near_one, pow_, root_one_minus_sq, root_sq_minus_one


def _sin_derivative(x: Any, n: int) -> Any:
    """The n-th derivative of sin."""
    return (sin(x), cos(x), -sin(x), -cos(x))[n % 4]


def angle_slope(a: float, b: float) -> float:
    """a/(a^2 + b^2), also where the squares overflow or underflow."""
    if math.isinf(a) != math.isinf(b) and a + b == a + b:
        return math.copysign(0.0, a)
    if not (math.isfinite(a) and math.isfinite(b)) or (a == 0 and b == 0):
        return math.nan
    a, b, k = near_one(a, b)
    try:
        return math.ldexp(a / (a * a + b * b), -k)
    except OverflowError:
        return math.copysign(math.inf, a)


def angle_slopes(a: Any, b: Any) -> Any:
    """`angle_slope` on arrays."""
    import numpy as np

    k = np.frexp(np.maximum(np.abs(a), np.abs(b)))[1]
    far = (np.isinf(a) != np.isinf(b)) & ~np.isnan(a + b)
    a, b = np.ldexp(a, -k), np.ldexp(b, -k)
    return np.where(far, 0.0, np.ldexp(a / (a * a + b * b), -k))


def sinc_slopes(x: Any, *, n: int) -> Any:
    """The n-th derivative of sinc on arrays; nan where digits would be lost, as they are beside its zeros.

    Near 0 by its power series, elsewhere by n*sinc^(n-1) + x*sinc^(n) = sin^(n), with a bound of what rounding does.
    """
    import numpy as np

    near = np.abs(x) < n + 0.5
    t = np.where(near, x, 0.0)
    first = (n + 1) // 2
    terms = [(-1) ** k * math.perm(2 * k, n) / math.factorial(2 * k + 1) for k in range(first, first + n + 14)]
    series, size = np.zeros_like(t), np.zeros_like(t)
    for c in reversed(terms):
        series, size = series * (t * t) + c, size * (t * t) + abs(c)
    series = np.where(KEPT * np.abs(series) > size, series * t ** (2 * first - n) + 0.0, np.nan)
    y = np.where(near, 1.0, x)
    slope = np.sin(y) / y
    error = np.abs(slope)
    for i in range(1, n + 1):
        wave = (np.sin(y), np.cos(y), -np.sin(y), -np.cos(y))[i % 4]
        slope = (wave - i * slope) / y
        error = (np.abs(wave) + i * error) / np.abs(y) + np.abs(slope)
    return np.where(near, series, np.where(error < KEPT * np.abs(slope), slope, np.nan))


KEPT = 8
"""A result may be so much smaller than what it is the sum of."""


section("Trigonometric functions")

sin = op("sin", "Sine of an angle in radians.", "sin(pi/2) = 1", lambda g, y, x: g * cos(x), array="numpy.sin",
         sympy="sin", latex=r"\sin")
cos = op("cos", "Cosine of an angle in radians.", "cos(0) = 1", lambda g, y, x: -g * sin(x), array="numpy.cos",
         sympy="cos", latex=r"\cos")
tan = op("tan", "Tangent of an angle in radians.", "tan(pi/4) = 1", lambda g, y, x: div(g, square(cos(x))),
         array="numpy.tan", sympy="tan", latex=r"\tan")
cot = op("cot", "Cotangent, cos(x)/sin(x).", "cot(pi/4) = 1", lambda g, y, x: -div(g, square(sin(x))), scalar="ball",
         array=numpy_of(lambda np, x: np.cos(x) / np.sin(x)),
         domain=(nonzero,), sympy="cot", latex=r"\cot", expand=lambda x: div(cos(x), sin(x)))
sec = op("sec", "Secant, 1/cos(x).", "sec(0) = 1", lambda g, y, x: g * (y * tan(x)), scalar="ball",
         array=numpy_of(lambda np, x: 1 / np.cos(x)), sympy="sec",
         latex=r"\sec", expand=lambda x: reciprocal(cos(x)))
csc = op("csc", "Cosecant, 1/sin(x).", "csc(pi/2) = 1", lambda g, y, x: -g * (y * cot(x)), scalar="ball",
         array=numpy_of(lambda np, x: 1 / np.sin(x)),
         domain=(nonzero,), sympy="csc", latex=r"\csc", expand=lambda x: reciprocal(sin(x)), aliases=("cosec",))
sinpi = op("sinpi", "sin(pi*x), exact at multiples of 1/2.", "sinpi(0.5) = 1",
           lambda g, y, x: g * (pi_of(g) * cospi(x)), scalar="ball", sympy=lambda sp, x: sp.sin(sp.pi * x))
cospi = op("cospi", "cos(pi*x), exact at multiples of 1/2.", "cospi(1) = -1",
           lambda g, y, x: -g * (pi_of(g) * sinpi(x)), scalar="ball", sympy=lambda sp, x: sp.cos(sp.pi * x))
sind = op("sind", "Sine of an angle in degrees.", "sind(30) = 0.5",
          lambda g, y, x: g * div(pi_of(g) * cosd(x), 180), scalar="ball", sympy=lambda sp, x: sp.sin(sp.pi * x / 180))
cosd = op("cosd", "Cosine of an angle in degrees.", "cosd(60) = 0.5",
          lambda g, y, x: -g * div(pi_of(g) * sind(x), 180), scalar="ball", sympy=lambda sp, x: sp.cos(sp.pi * x / 180))
tand = op("tand", "Tangent of an angle in degrees.", "tand(45) = 1",
          lambda g, y, x: g * div(pi_of(g), 180 * square(cosd(x))), scalar="ball", valid=lambda x: x % 180 != 90,
          sympy=lambda sp, x: sp.tan(sp.pi * x / 180))
sinc = op("sinc", "sin(x)/x, and 1 at 0 (unnormalised: no factor pi).", "sinc(0) = 1", lambda g, y, x: g * sinc_slope(x, n=1),
          scalar="ball", array=numpy_of(lambda np, x: np.where(np.isinf(x), 0.0, np.where(x == 0, 1.0, np.sin(x) / x))), sympy="sinc")
sinc_slope = op(
    "sinc_slope", "The n-th derivative of sinc.", "sinc_slope(0, n=1) = 0",
    lambda g, y, x, n: g * sinc_slope(x, n=n + 1),
    scalar="ball", attrs=("n",), hidden=True,
    array=patched(sinc_slopes, lambda x, *, n: sinc_slope.scalar_fn(x, n=n), lambda out, x: (out == out) | (x - x != 0)),
    expand=lambda x, n: div(_sin_derivative(x, n) - n * (sinc(x) if n == 1 else sinc_slope(x, n=n - 1)), x),
)
# (sin(x)/x)' as a reader expects it; the general body comes from differentiating x*sinc(x) = sin(x) n times.

section("Inverse trigonometric functions")

asin = op("asin", "Inverse sine, between -pi/2 and pi/2.", "asin(1) = pi/2",
          lambda g, y, x: div(g, root_one_minus_sq(x)), array="numpy.arcsin", domain=(unit,), sympy="asin",
          latex=r"\arcsin", aliases=("arcsin",))
acos = op("acos", "Inverse cosine, between 0 and pi.", "acos(1) = 0",
          lambda g, y, x: -div(g, root_one_minus_sq(x)), array="numpy.arccos", domain=(unit,), sympy="acos",
          latex=r"\arccos", aliases=("arccos",))
atan = op("atan", "Inverse tangent, between -pi/2 and pi/2.", "atan(1) = pi/4",
          lambda g, y, x: g * atan_slope(x), array="numpy.arctan", sympy="atan", latex=r"\arctan",
          aliases=("arctan",))
atan_slope = op("atan_slope", "1/(1 + x^2), also where the square overflows.", "atan_slope(1) = 0.5",
                lambda g, y, x: -g * (2 * (x * y) * y), scalar=lambda x: angle_slope(1.0, x),
                array=lambda x: angle_slopes(1.0, x), expand=lambda x: div(1, 1 + pow_(x, number(2, x))), hidden=True)
acot = op("acot", "Inverse cotangent, atan(1/x).", "acot(1) = pi/4", lambda g, y, x: -g * atan_slope(x),
          scalar=lambda x: rounded(acot, (x,), {}) if x else math.nan,
          array=numpy_of(lambda np, x: np.where(x == 0, np.nan, np.arctan(1 / x))), domain=(nonzero,), sympy="acot", latex=r"\operatorname{{arccot}}",
          expand=lambda x: atan(reciprocal(x)), aliases=("arccot",))
asec = op("asec", "Inverse secant, acos(1/x).", "asec(2) = pi/3", lambda g, y, x: g * asec_slope(x), scalar="ball",
          array=numpy_of(lambda np, x: np.arctan2(root_sq_minus_one.array_fn(x), np.sign(x))),
          domain=(outside_unit,), sympy="asec", latex=r"\operatorname{{arcsec}}",
          expand=lambda x: acos(reciprocal(x)), aliases=("arcsec",))
acsc = op("acsc", "Inverse cosecant, asin(1/x).", "acsc(2) = pi/6", lambda g, y, x: -g * asec_slope(x), scalar="ball",
          array=numpy_of(lambda np, x: np.arctan(np.sign(x) / root_sq_minus_one.array_fn(x))),
          domain=(outside_unit,), sympy="acsc", latex=r"\operatorname{{arccsc}}",
          expand=lambda x: asin(reciprocal(x)), aliases=("arccsc", "acosec"))
asec_slope = op(
    "asec_slope", "1/(|x|*sqrt(x^2 - 1)), also where the product overflows.", "asec_slope(1.25) = 16/15",
    lambda g, y, x: -g * (y * (reciprocal(x) + div(div(x, x - 1), x + 1))),
    scalar=lambda x: divide(1 / abs(x), root_sq_minus_one.scalar_fn(x)) if x else math.nan,
    array=lambda x: 1 / abs(x) / root_sq_minus_one.array_fn(x), domain=(outside_unit,), kinks=(),
    expand=lambda x: div(reciprocal(abs(x)), root_sq_minus_one(x)), hidden=True,
)
atan2 = op(
    "atan2", "Angle of the point (b, a): atan2(y, x), between -pi and pi.", "atan2(1, 1) = pi/4",
    lambda g, y, a, b: g * atan2_slope(b, a),
    lambda g, y, a, b: -g * atan2_slope(a, b),
    array="numpy.arctan2", valid=lambda a, b: (a != 0) | (b != 0), kinks=lambda a, b: (a == 0) & (b < 0), jump=True,
    sympy="atan2", aliases=("arctan2",),
)
atan2_slope = op(
    "atan2_slope", "a/(a^2 + b^2), also where the squares overflow or underflow.", "atan2_slope(1, 2) = 0.2",
    lambda g, y, a, b: g * ((atan2_slope(b, a) - y) * (atan2_slope(b, a) + y)),
    lambda g, y, a, b: -g * (2 * (y * atan2_slope(b, a))),
    scalar=angle_slope, array=angle_slopes, valid=lambda a, b: (a != 0) | (b != 0),
    expand=lambda a, b: div(a, pow_(a, number(2, a)) + pow_(b, number(2, b))), hidden=True,
)
