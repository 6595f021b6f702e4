"""Exponentials, logarithms, powers and roots."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import INF, interval, nonnegative, positive, reals
from symgrad.ops.arithmetic import div, number, reciprocal, square
from symgrad.ops.logic import where
from symgrad.ops.op import Guarded, op, section



def constant_log(base: int, x: Any) -> Any:
    """log(base) in the arithmetic of `x`."""
    return log(number(base, x))


def power_defined(a: float, b: float) -> bool:
    """Whether a^b is real and finite: not for a negative base unless the exponent is an integer, not 0^negative."""
    return (a > 0) or (a == 0 and b >= 0) or (a < 0 and b == math.floor(b))


def slope(a: float, b: float) -> float:
    """b*a^(b-1), the derivative of a^b by a; 0 when b = 0, also at a = 0."""
    return 0.0 if b == 0 else b * pow_.scalar_fn(a, b - 1)


def slopes(a: Any, b: Any) -> Any:
    """`slope` on arrays."""
    import numpy as np

    return np.where(b == 0, 0.0, b * np.power(np.asarray(a, float), b - 1))


def log_slope(a: float, b: float, *, n: int) -> float:
    """a^b*log(a)^n, the derivative of a^b by b; its limit 0 at a = 0 for b > 0."""
    if a == 0 and b > 0:
        return 0.0
    logarithm = log.scalar_fn(a)
    return float(pow_.scalar_fn(a, b) * logarithm**n) if logarithm == logarithm else math.nan


section("Exponentials and logarithms")

exp = op("exp", "Exponential, e^x.", "exp(1) = e", lambda g, y, x: g * y, array="numpy.exp", sympy="exp",
         latex="e^{{{0}}}")
exp2 = op("exp2", "Power of two, 2^x.", "exp2(3) = 8", lambda g, y, x: g * (y * constant_log(2, g)),
          array="numpy.exp2", sympy=lambda sp, x: sp.Integer(2) ** x)
exp10 = op("exp10", "Power of ten, 10^x.", "exp10(3) = 1000", lambda g, y, x: g * (y * constant_log(10, g)),
           scalar="ball", sympy=lambda sp, x: sp.Integer(10) ** x)
expm1 = op("expm1", "exp(x) - 1, accurate near 0.", "expm1(0) = 0", lambda g, y, x: g * exp(x), array="numpy.expm1",
           sympy=lambda sp, x: sp.exp(x) - 1, expand=lambda x: exp(x) - 1)
log = op("log", "Natural logarithm.", "log(e^2) = 2", lambda g, y, x: div(g, x), array="numpy.log", domain=(positive,),
         sympy="log", latex=r"\ln", aliases=("ln",))
log2 = op("log2", "Logarithm to base 2.", "log2(8) = 3", lambda g, y, x: div(g, x * constant_log(2, g)),
          array="numpy.log2", domain=(positive,), sympy=lambda sp, x: sp.log(x) / sp.log(2), latex=r"\log_2")
log10 = op("log10", "Logarithm to base 10.", "log10(1000) = 3", lambda g, y, x: div(g, x * constant_log(10, g)),
           array="numpy.log10", domain=(positive,), sympy=lambda sp, x: sp.log(x) / sp.log(10), latex=r"\log_{{10}}",
           aliases=("lg",))
log1p = op("log1p", "log(1 + x), accurate near 0.", "log1p(0) = 0", lambda g, y, x: div(g, 1 + x), array="numpy.log1p",
           domain=(interval(-1.0, INF, "(]"),), sympy=lambda sp, x: sp.log(1 + x), expand=lambda x: log(1 + x))

section("Powers and roots")

pow_ = op(
    "pow", "Power: a real base to a real exponent; a negative base needs an integer exponent.", "2^10 = 1024",
    lambda g, y, a, b: g * power_slope(a, b),
    lambda g, y, a, b: g * power_log(a, b, n=1),
    scalar="pow", array="numpy.float_power", valid=power_defined, sympy=lambda sp, a, b: a**b,
    infix="^", precedence=70, right=True, latex="{0}^{{{1}}}", aliases=("power",),
)
power_slope = op(
    "power_slope", "b*a^(b - 1), the derivative of a power by its base; 0 where the exponent is 0.",
    "power_slope(3, 2) = 6",
    lambda g, y, a, b: g * (b * power_slope(a, b - 1)),
    lambda g, y, a, b: g * (pow_(a, b - 1) + b * power_log(a, b - 1, n=1)),
    scalar=slope, array=slopes, valid=power_defined, expand=lambda a, b: b * pow_(a, b - 1), hidden=True,
)
power_log = op(
    "power_log", "a^b*log(a)^n, the n-th derivative of a power by its exponent; 0 where the base is 0.",
    "power_log(1, 2) = 0",
    lambda g, y, a, b, n: g * (b * power_log(a, b - 1, n=n) + n * (power_log(a, b - 1, n=n - 1) if n > 1 else pow_(a, b - 1))),
    lambda g, y, a, b, n: g * power_log(a, b, n=n + 1),
    scalar=log_slope, attrs=("n",), domain=(nonnegative, reals), hidden=True,
    expand=lambda a, b, n: pow_(a, b) * (log(a) if n == 1 else pow_(log(a), n)),
)
sqrt = op("sqrt", "Square root.", "sqrt(9) = 3", lambda g, y, x: div(g, 2 * y), array="numpy.sqrt",
          domain=(nonnegative,), sympy="sqrt", latex=r"\sqrt{{{0}}}")
cbrt = op("cbrt", "Real cube root, also of negative numbers.", "cbrt(-8) = -2",
          lambda g, y, x: div(g, 3 * square(y)), array="numpy.cbrt",
          sympy=lambda sp, x: sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3), latex=r"\sqrt[3]{{{0}}}")
rsqrt = op("rsqrt", "Reciprocal square root.", "rsqrt(4) = 0.5", lambda g, y, x: -div(g * y, 2 * x),
           scalar="ball", domain=(positive,), sympy=lambda sp, x: 1 / sp.sqrt(x), expand=lambda x: reciprocal(sqrt(x)))
hypot = op(
    "hypot", "Length of the vector (a, b) without overflow or underflow.", "hypot(3, 4) = 5",
    lambda g, y, a, b: Guarded(y > 0, g * div(a, y)),
    lambda g, y, a, b: Guarded(y > 0, g * div(b, y)),
    array="numpy.hypot", kinks=lambda a, b: a == 0 and b == 0, sympy=lambda sp, a, b: sp.sqrt(a**2 + b**2),
)
xlogy = op(
    "xlogy", "x*log(y), and 0 where x = 0.", "xlogy(0, 0) = 0",
    lambda g, y, a, b: g * log(b),
    lambda g, y, a, b: Guarded(where(a > 0, a > 0, a < 0), g * div(a, b)),
    scalar=lambda a, b: 0.0 if a == 0 and b >= 0 else a * log.scalar_fn(b), array="scipy.special.xlogy",
    valid=lambda a, b: b > 0 or (a == 0 and b == 0), sympy=lambda sp, a, b: a * sp.log(b),
)
logit = op("logit", "Log-odds, log(x/(1 - x)); the inverse of sigmoid.", "logit(0.5) = 0",
           lambda g, y, x: div(g, x * (1 - x)), scalar="ball", domain=(interval(0.0, 1.0, "()"),),
           sympy=lambda sp, x: sp.log(x / (1 - x)), expand=lambda x: log(x / (1 - x)))

