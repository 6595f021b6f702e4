"""Exponentials, logarithms, powers and roots."""

from __future__ import annotations

import functools
import math
import operator
from typing import Any

from symgrad.domain import INF, interval, nonnegative, outside_unit, positive, reals, unit
from symgrad.ops import pairs
from symgrad.ops.arithmetic import div, divide, number, reciprocal, square
from symgrad.ops.enclose import rounded
from symgrad.ops.logic import where
from symgrad.ops.numeric import numpy_of, patched
from symgrad.ops.op import Guarded, op, section


def constant_log(base: int, x: Any) -> Any:
    """log(base) in the arithmetic of `x`."""
    return log(number(base, x))


def power_defined(a: Any, b: Any) -> Any:
    """Whether a^b is real and finite: not for a negative base unless the exponent is an integer, not 0^negative."""
    return (a > 0) | ((a == 0) & (b >= 0)) | ((a < 0) & (b % 1 == 0))


def normal(x: float) -> bool:
    """Whether a result kept all its digits: neither underflow nor overflow, and no nan."""
    return SMALLEST <= abs(x) <= LARGEST


def pair_power(a: pairs.Pair, b: pairs.Pair) -> pairs.Pair | None:
    """a^b for the exponents of formulas: small integers and 1/2."""
    if b[1] == 0 and abs(b[0]) <= MOST_FACTORS and b[0] == math.floor(b[0]):
        return pairs.power(a, int(b[0]))
    return pairs.sqrt(a) if b == (0.5, 0.0) else None


def pair_slope(a: pairs.Pair, b: pairs.Pair) -> pairs.Pair | None:
    """b*a^(b-1) likewise."""
    lowered = pair_power(a, pairs.sub(b, (1.0, 0.0)))
    if b == (0.0, 0.0) and a[0] == a[0]:
        return b
    return None if lowered is None else pairs.mul(b, lowered)


MOST_FACTORS = 64
"""Beyond this a power by squaring is less accurate than the library's."""


def slope(a: float, b: float) -> float:
    """b*a^(b-1), the derivative of a^b by a; 0 when b = 0, also at a = 0."""
    if b == 0 or (a == 0 and b > 1):
        return 0.0 if a == a and b == b else math.nan
    if a < 0:
        if not float(b).is_integer():
            return math.nan
        return slope(-a, b) * (1.0 if math.fmod(b, 2) else -1.0)
    less = b - 1
    if math.isinf(a):
        return float(b * pow_.scalar_fn(a, less))
    if less + 1 == b and less - b == -1:  # b - 1 is exact
        p = pow_.scalar_fn(a, less)
        if normal(p) or a == 0:
            return float(b * p)
    return rounded(power_slope, (a, b), {}) if a else float(b * pow_.scalar_fn(0.0, less))


def slopes(a: Any, b: Any) -> Any:
    """`slope` on arrays, with the rounding of b - 1 made up for."""
    import numpy as np

    less = b - 1
    lost = (b - (less - (less - b))) + (-1 - (less - b))  # b - 1 = less + lost, exactly
    with np.errstate(all="ignore"):
        correction = np.where((lost != 0) & (a > 0) & np.isfinite(a), 1 + lost * np.log(np.abs(a)), 1.0)
        base = np.where((a == 0) & (lost != 0), 0.0, a)  # b is no integer: the sign of zero has no say
        base = np.where((a < 0) & ~(np.isfinite(b) & (b == np.floor(b))), np.nan, base)  # b - 1 may round to one
        return np.where(((b == 0) & (a == a)) | ((a == 0) & (b > 1)), 0.0, b * (np.float_power(base, less) * correction))


def trusted_slopes(out: Any, a: Any, b: Any) -> Any:
    """Where `slopes` kept all its digits."""
    import numpy as np

    size = np.abs(out)
    middle = (size > 1e-280) & (size < 1e280) & (np.abs(b) > 1e-20) & (np.abs(b) < 1e20)
    signed = (a == np.inf) | (np.abs(b) < 2.0**52)  # else b - 1 is rounded to an even number
    edge = (b == 0) | (a == 0) | (~np.isfinite(a) & signed) | ~np.isfinite(b)
    return middle | (edge & ~np.isnan(out)) | (a != a) | (b != b) | ((a < 0) & (b != np.floor(b)))


def log_odds(x: Any) -> Any:
    """log(x/(1 - x)) on arrays; near 1/2, where it vanishes, by log1p."""
    import numpy as np

    return np.where(abs(x - 0.5) < 0.25, np.log1p((2 * x - 1) / (1 - x)), np.log(x) - np.log1p(-x))


def falling(b: Any, n: int) -> Any:
    """b*(b - 1)*...*(b - n + 1)."""
    return functools.reduce(operator.mul, [b - i if i else b for i in range(n)])


def falling_slope(b: Any, n: int) -> Any:
    """The derivative of `falling` by b: for each factor the product of the others."""
    others = [[b - i if i else b for i in range(n) if i != k] for k in range(n)]
    return functools.reduce(operator.add, [functools.reduce(operator.mul, row) if row else 1 for row in others])


def nth_slope(a: float, b: float, *, n: int) -> float:
    """The n-th derivative of a^b by a."""
    if a != a or b != b:
        return math.nan
    if 0 <= b < n and float(b).is_integer():
        return 0.0
    if a < 0:
        if not float(b).is_integer():
            return math.nan
        return nth_slope(-a, b, n=n) * (1.0 if abs(math.fmod(b, 2)) == n % 2 else -1.0)
    p = pow_.scalar_fn(a, b - n)
    exact = float(b).is_integer() and abs(b) < EXACT
    return float(falling(b, n) * p) if a == 0 or (exact and normal(p)) else rounded(power_nth, (a, b), {"n": n})


def log_slope(a: float, b: float, *, n: int) -> float:
    """a^b*log(a)^n, the n-th derivative of a^b by b; its limit 0 at a = 0 for b > 0, none there for b <= 0."""
    if a <= 0:
        return 0.0 if a == 0 and b > 0 else math.nan
    p = pow_.scalar_fn(a, b)
    if normal(p) or not (math.isfinite(a) and math.isfinite(b)):
        return float(p * log.scalar_fn(a) ** n)
    return rounded(power_log, (a, b), {"n": n})


def log_slopes(a: Any, b: Any, *, n: int) -> Any:
    """`log_slope` on arrays, where nothing underflows."""
    import numpy as np

    return np.float_power(a, b) * np.log(a) ** n


def trusted_log_slopes(out: Any, a: Any, b: Any) -> Any:
    """Where `log_slopes` kept all its digits."""
    import numpy as np

    return (a > 0) & (np.abs(out) > 1e-290) & np.isfinite(out)


def near_one(a: float, b: float) -> tuple[float, float, int]:
    """a and b divided by a power of two, 2^k, that brings the larger one near 1; and k."""
    k = math.frexp(max(abs(a), abs(b)))[1]
    return math.ldexp(a, -k), math.ldexp(b, -k), k


def direction(a: float, b: float) -> float:
    """a/hypot(a, b), also where hypot overflows or underflows; 0 at the origin."""
    h = math.hypot(a, b)
    if h == 0:
        return 0.0
    if normal(h) or not (math.isfinite(a) and math.isfinite(b)):
        return a / h if h < math.inf or math.isfinite(a) else math.nan
    a, b, _ = near_one(a, b)
    return a / math.hypot(a, b)


def directions(a: Any, b: Any) -> Any:
    """`direction` on arrays, where hypot keeps its digits."""
    import numpy as np

    return a / np.hypot(a, b)


def trusted_hypot(out: Any, a: Any, b: Any) -> Any:
    """Where `directions` kept all its digits."""
    import numpy as np

    h = np.hypot(a, b)
    return (h >= SMALLEST) & (h <= LARGEST)


def xlogy_values(a: Any, b: Any) -> Any:
    """a*log(b) on arrays, and 0 where a = 0 unless b is negative."""
    import numpy as np

    return np.where((a == 0) & (b >= 0), 0.0, a * np.log(b))


EXACT = 2.0**52
LOG10_E = 0.4342944819032518
SMALLEST, LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308


section("Exponentials and logarithms")

exp = op("exp", "Exponential, e^x.", "exp(1) = e", lambda g, y, x: g * y, array="numpy.exp", saturates=True, fades=True, sympy="exp",
         latex="e^{{{0}}}", told=("exponential rule",))
exp2 = op("exp2", "Power of two, 2^x.", "exp2(3) = 8", lambda g, y, x: g * (y * constant_log(2, g)),
          array="numpy.exp2", saturates=True, fades=True, sympy=lambda sp, x: sp.Integer(2) ** x)
exp10 = op("exp10", "Power of ten, 10^x.", "exp10(3) = 1000", lambda g, y, x: g * (y * constant_log(10, g)), saturates=True,
           scalar=lambda x: pow_.scalar_fn(10.0, x),
           array=lambda x: pow_.array_fn(10.0, x), fades=True, sympy=lambda sp, x: sp.Integer(10) ** x)
expm1 = op("expm1", "exp(x) - 1, accurate near 0.", "expm1(0) = 0", lambda g, y, x: g * exp(x), array="numpy.expm1", saturates=True,
           sympy=lambda sp, x: sp.exp(x) - 1, expand=lambda x: exp(x) - 1)
log = op("log", "Natural logarithm.", "log(e^2) = 2", lambda g, y, x: div(g, x), array="numpy.log", domain=(positive,),
         sympy="log", latex=r"\ln", aliases=("ln",))
log2 = op("log2", "Logarithm to base 2.", "log2(8) = 3", lambda g, y, x: div(g, x * constant_log(2, g)),
          array="numpy.log2", domain=(positive,), sympy=lambda sp, x: sp.log(x) / sp.log(2), latex=r"\log_2")
log10 = op("log10", "Logarithm to base 10.", "log10(1000) = 3", lambda g, y, x: g * log10_slope(x),
           array="numpy.log10", domain=(positive,), sympy=lambda sp, x: sp.log(x) / sp.log(10), latex=r"\log_{{10}}",
           aliases=("lg",))
log10_slope = op("log10_slope", "1/(x*log(10)), also where the product overflows.", "log10_slope(1) = 1/log(10)",
                 lambda g, y, x: -div(g * y, x), scalar=lambda x: divide(LOG10_E, x), array=lambda x: LOG10_E / x,
                 domain=(positive,), expand=lambda x: div(div(1, constant_log(10, x)), x), hidden=True)
log1p = op("log1p", "log(1 + x), accurate near 0.", "log1p(0) = 0", lambda g, y, x: div(g, 1 + x), array="numpy.log1p",
           domain=(interval(-1.0, INF, "(]"),), sympy=lambda sp, x: sp.log(1 + x), expand=lambda x: log(1 + x))

section("Powers and roots")

pow_ = op(
    "pow", "Power: a real base to a real exponent; a negative base needs an integer exponent.", "2^10 = 1024",
    lambda g, y, a, b: g * power_slope(a, b),
    lambda g, y, a, b: g * power_log(a, b, n=1),
    scalar="pow", array="numpy.float_power", pair=pair_power, valid=power_defined, fades=True, sympy=lambda sp, a, b: a**b,
    infix="^", precedence=70, right=True, latex="{0}^{{{1}}}", aliases=("power", "Pow", "constpow", "**"),
    told=("power rule and exponential rule", "power rule", "exponential rule"),
)
power_slope = op(
    "power_slope", "b*a^(b - 1), the derivative of a power by its base; 0 where the exponent is 0.",
    "power_slope(3, 2) = 6",
    lambda g, y, a, b: g * power_nth(a, b, n=2),
    lambda g, y, a, b: g * (pow_(a, b - 1) + b * power_log(a, b - 1, n=1)),
    scalar=slope, array=patched(slopes, slope, trusted_slopes), pair=pair_slope, valid=power_defined,
    expand=lambda a, b: b * pow_(a, b - 1), hidden=True,
)
power_nth = op(
    "power_nth", "b*(b - 1)*...*(b - n + 1)*a^(b - n), the n-th derivative of a power by its base; 0 where a factor is 0.",
    "power_nth(3, 2, n=2) = 2",
    lambda g, y, a, b, n: g * power_nth(a, b, n=n + 1),
    lambda g, y, a, b, n: g * (falling_slope(b, n) * pow_(a, b - n) + falling(b, n) * power_log(a, b - n, n=1)),
    scalar=nth_slope, valid=power_defined, attrs=("n",), hidden=True,
    expand=lambda a, b, n: falling(b, n) * pow_(a, b - n),
)
power_log = op(
    "power_log", "a^b*log(a)^n, the n-th derivative of a power by its exponent; 0 where the base is 0.",
    "power_log(1, 2) = 0",
    lambda g, y, a, b, n: g * (b * power_log(a, b - 1, n=n) + n * (power_log(a, b - 1, n=n - 1) if n > 1 else pow_(a, b - 1))),
    lambda g, y, a, b, n: g * power_log(a, b, n=n + 1),
    scalar=log_slope, array=patched(log_slopes, log_slope, trusted_log_slopes), attrs=("n",),
    domain=(nonnegative, reals), hidden=True,
    expand=lambda a, b, n: pow_(a, b) * (log(a) if n == 1 else pow_(log(a), n)),
)
sqrt = op("sqrt", "Square root.", "sqrt(9) = 3", lambda g, y, x: div(g, 2 * y + 0.0), array="numpy.sqrt", pair=pairs.sqrt,
          domain=(nonnegative,), sympy="sqrt", latex=r"\sqrt{{{0}}}", aliases=("Sqrt",))
cbrt = op("cbrt", "Real cube root, also of negative numbers.", "cbrt(-8) = -2",
          lambda g, y, x: div(g, 3 * square(y)), array="numpy.cbrt",
          sympy=lambda sp, x: sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3), latex=r"\sqrt[3]{{{0}}}", aliases=("Cbrt",))
rsqrt = op("rsqrt", "Reciprocal square root.", "rsqrt(4) = 0.5", lambda g, y, x: -div(g * y, 2 * x),
           scalar="ball", array=numpy_of(lambda np, x: 1 / np.sqrt(x)), domain=(positive,), sympy=lambda sp, x: 1 / sp.sqrt(x), expand=lambda x: reciprocal(sqrt(x)))
hypot = op(
    "hypot", "Length of the vector (a, b) without overflow or underflow.", "hypot(3, 4) = 5",
    lambda g, y, a, b: Guarded(y > 0, g * hypot_slope(a, b)),
    lambda g, y, a, b: Guarded(y > 0, g * hypot_slope(b, a)),
    array="numpy.hypot", kinks=lambda a, b: (a == 0) & (b == 0), bend=(-1.0, 1.0), sympy=lambda sp, a, b: sp.sqrt(a**2 + b**2),
)
hypot_slope = op(
    "hypot_slope", "a/hypot(a, b), also where hypot overflows or underflows.", "hypot_slope(3, 4) = 0.6",
    lambda g, y, a, b: g * div(square(hypot_slope(b, a)), hypot(a, b)),
    lambda g, y, a, b: -g * div(y * hypot_slope(b, a), hypot(a, b)),
    scalar=direction, array=patched(directions, direction, trusted_hypot), valid=lambda a, b: (a != 0) | (b != 0),
    expand=lambda a, b: div(a, hypot(a, b)), hidden=True,
)
# The roots of 1 - x^2, 1 + x^2 and x^2 - 1, without the cancellation or overflow of the square.
root_one_minus_sq = op(
    "root_one_minus_sq", "sqrt(1 - x^2), accurate near 1.", "root_one_minus_sq(0) = 1", lambda g, y, x: -div(g * x, y),
    scalar=lambda x: sqrt.scalar_fn((1 - x) * (1 + x)), array=lambda x: sqrt.array_fn((1 - x) * (1 + x)), domain=(unit,),
    expand=lambda x: sqrt(1 - pow_(x, number(2, x))), hidden=True)
root_one_plus_sq = op(
    "root_one_plus_sq", "sqrt(1 + x^2) without overflow.", "root_one_plus_sq(0) = 1", lambda g, y, x: div(g * x, y),
    scalar=lambda x: math.hypot(1.0, x), array=lambda x: hypot.array_fn(1.0, x),
    expand=lambda x: sqrt(1 + pow_(x, number(2, x))), hidden=True)
root_sq_minus_one = op(
    "root_sq_minus_one", "sqrt(x^2 - 1), accurate near 1, without overflow.", "root_sq_minus_one(1) = 0",
    lambda g, y, x: g * div(x, y), scalar=lambda x: sqrt.scalar_fn(abs(x) - 1) * sqrt.scalar_fn(abs(x) + 1),
    array=lambda x: sqrt.array_fn(abs(x) - 1) * sqrt.array_fn(abs(x) + 1), domain=(outside_unit,),
    expand=lambda x: sqrt(pow_(x, number(2, x)) - 1), hidden=True)
xlogy = op(
    "xlogy", "x*log(y), and 0 where x = 0.", "xlogy(0, 0) = 0",
    lambda g, y, a, b: g * log(b),
    lambda g, y, a, b: Guarded(where(a > 0, a > 0, a < 0), g * div(a, b)),
    scalar=lambda a, b: 0.0 if a == 0 and b >= 0 else a * log.scalar_fn(b), array=xlogy_values,
    valid=lambda a, b: (b > 0) | ((a == 0) & (b == 0)), sympy=lambda sp, a, b: a * sp.log(b),
)
logit = op("logit", "Log-odds, log(x/(1 - x)); the inverse of sigmoid.", "logit(0.5) = 0",
           lambda g, y, x: div(g, x * (1 - x)), scalar="ball", array=log_odds, domain=(interval(0.0, 1.0, "()"),),
           sympy=lambda sp, x: sp.log(x / (1 - x)), expand=lambda x: log(x / (1 - x)))

