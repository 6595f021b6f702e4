"""Trigonometric functions and their inverses, in radians unless the name says otherwise."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import nonzero, outside_unit, unit
from symgrad.ops.arithmetic import div, pi_of, reciprocal, square
from symgrad.ops.op import op, section
from symgrad.ops.powers import hypot, sqrt


def _sin_derivative(x: Any, n: int) -> Any:
    """The n-th derivative of sin."""
    return (sin(x), cos(x), -sin(x), -cos(x))[n % 4]


def sinc_derivative(x: float, *, n: int = 1) -> float:
    """The n-th derivative of sin(x)/x: by its power series near 0, by x*sinc(x) = sin(x) differentiated n times elsewhere."""
    if n == 1:
        from symgrad.balls import nearest

        return float(nearest("sinc_prime", x))
    if abs(x) < n + 2:
        terms = []
        for k in range((n + 1) // 2, n + 40):
            size = math.factorial(2 * k) / (math.factorial(2 * k - n) * math.factorial(2 * k + 1))
            terms.append((-1) ** k * x ** (2 * k - n) * size)
        return math.fsum(terms)
    value = float(sinc.scalar_fn(x))
    for k in range(1, n + 1):
        value = (_sin_derivative(x, k) - k * value) / x
    return value


section("Trigonometric functions")

sin = op("sin", "Sine of an angle in radians.", "sin(pi/2) = 1", lambda g, y, x: g * cos(x), array="numpy.sin",
         sympy="sin", latex=r"\sin")
cos = op("cos", "Cosine of an angle in radians.", "cos(0) = 1", lambda g, y, x: -g * sin(x), array="numpy.cos",
         sympy="cos", latex=r"\cos")
tan = op("tan", "Tangent of an angle in radians.", "tan(pi/4) = 1", lambda g, y, x: div(g, square(cos(x))),
         array="numpy.tan", sympy="tan", latex=r"\tan")
cot = op("cot", "Cotangent, cos(x)/sin(x).", "cot(pi/4) = 1", lambda g, y, x: -div(g, square(sin(x))), scalar="ball",
         domain=(nonzero,), sympy="cot", latex=r"\cot", expand=lambda x: div(cos(x), sin(x)))
sec = op("sec", "Secant, 1/cos(x).", "sec(0) = 1", lambda g, y, x: g * (y * tan(x)), scalar="ball", sympy="sec",
         latex=r"\sec", expand=lambda x: reciprocal(cos(x)))
csc = op("csc", "Cosecant, 1/sin(x).", "csc(pi/2) = 1", lambda g, y, x: -g * (y * cot(x)), scalar="ball",
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
          lambda g, y, x: g * div(pi_of(g), 180 * square(cosd(x))), scalar="ball",
          sympy=lambda sp, x: sp.tan(sp.pi * x / 180))
sinc = op("sinc", "sin(x)/x, and 1 at 0 (unnormalised: no factor pi).", "sinc(0) = 1", lambda g, y, x: g * sinc_slope(x, n=1),
          scalar="ball", sympy="sinc")
sinc_slope = op(
    "sinc_slope", "The n-th derivative of sinc.", "sinc_slope(0) = 0",
    lambda g, y, x, n: g * sinc_slope(x, n=n + 1),
    scalar=sinc_derivative, attrs=("n",), hidden=True,
    expand=lambda x, n: div(_sin_derivative(x, n) - n * (sinc(x) if n == 1 else sinc_slope(x, n=n - 1)), x),
)
# (sin(x)/x)' as a reader expects it; the general body comes from differentiating x*sinc(x) = sin(x) n times.

section("Inverse trigonometric functions")

asin = op("asin", "Inverse sine, between -pi/2 and pi/2.", "asin(1) = pi/2",
          lambda g, y, x: div(g, sqrt((1 - x) * (1 + x))), array="numpy.arcsin", domain=(unit,), sympy="asin",
          latex=r"\arcsin", aliases=("arcsin",))
acos = op("acos", "Inverse cosine, between 0 and pi.", "acos(1) = 0",
          lambda g, y, x: -div(g, sqrt((1 - x) * (1 + x))), array="numpy.arccos", domain=(unit,), sympy="acos",
          latex=r"\arccos", aliases=("arccos",))
atan = op("atan", "Inverse tangent, between -pi/2 and pi/2.", "atan(1) = pi/4",
          lambda g, y, x: div(g, 1 + square(x)), array="numpy.arctan", sympy="atan", latex=r"\arctan",
          aliases=("arctan",))
acot = op("acot", "Inverse cotangent, atan(1/x).", "acot(1) = pi/4", lambda g, y, x: -div(g, 1 + square(x)),
          scalar="ball", domain=(nonzero,), sympy="acot", latex=r"\operatorname{{arccot}}",
          expand=lambda x: atan(reciprocal(x)), aliases=("arccot",))
asec = op("asec", "Inverse secant, acos(1/x).", "asec(2) = pi/3",
          lambda g, y, x: div(g, abs(x) * sqrt((x - 1) * (x + 1))), scalar="ball", domain=(outside_unit,), sympy="asec",
          latex=r"\operatorname{{arcsec}}", expand=lambda x: acos(reciprocal(x)), aliases=("arcsec",))
acsc = op("acsc", "Inverse cosecant, asin(1/x).", "acsc(2) = pi/6",
          lambda g, y, x: -div(g, abs(x) * sqrt((x - 1) * (x + 1))), scalar="ball", domain=(outside_unit,), sympy="acsc",
          latex=r"\operatorname{{arccsc}}", expand=lambda x: asin(reciprocal(x)), aliases=("arccsc", "acosec"))
atan2 = op(
    "atan2", "Angle of the point (b, a): atan2(y, x), between -pi and pi.", "atan2(1, 1) = pi/4",
    lambda g, y, a, b: g * div(div(b, hypot(a, b)), hypot(a, b)),
    lambda g, y, a, b: -g * div(div(a, hypot(a, b)), hypot(a, b)),
    array="numpy.arctan2", valid=lambda a, b: a != 0 or b != 0, sympy="atan2", aliases=("arctan2",),
)
