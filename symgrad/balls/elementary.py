"""Ball functions: arithmetic, powers, exponentials, trigonometric and hyperbolic functions.

Arb's own functions keep relative accuracy, so compositions here avoid cancellation and name an argument once where they
can: the enclosure of a wide ball is then tight.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from flint import arb

from symgrad.balls.powers import cbrt, power, power_log, power_slope

NAN = arb.nan()
ZERO, ONE = arb(0), arb(1)


def expsq(x: arb) -> arb:
    """exp(x^2)."""
    return (x * x).exp()


def expnegsq(x: arb) -> arb:
    """exp(-x^2)."""
    return (-(x * x)).exp()


def npdf(x: arb) -> arb:
    """The normal density."""
    return (-(x * x) / 2).exp() / (2 * arb.pi()).sqrt()


def ncdf(x: arb) -> arb:
    """The normal distribution function: by erfc, which keeps the digits of both tails."""
    return (-x / arb(2).sqrt()).erfc() / 2


def sigmoid(x: arb) -> arb:
    """1/(1 + exp(-x)), with x named once; where that overflows, from exp(x)."""
    y = 1 / (1 + (-x).exp())
    if x < 0 and not y.is_finite():
        t = x.exp()
        return t / (1 + t)
    return y


def softplus(x: arb) -> arb:
    """log(1 + exp(x))."""
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


def logaddexp(a: arb, b: arb) -> arb:
    """log(exp(a) + exp(b)), from the larger one."""
    return a + softplus(b - a) if a >= b else b + softplus(a - b)


def logit(x: arb) -> arb:
    """log(x/(1 - x)); near 1/2, where it vanishes, by log1p."""
    if x > 0.25 and x < 0.75 and x.is_exact():
        return ((2 * x - 1) / (1 - x)).log1p()
    return x.log() - (-x).log1p()


def xlogy(x: arb, y: arb) -> arb:
    """x*log(y), 0 where x is 0."""
    return ZERO if x.is_zero() and y >= 0 else x * y.log()


def xlog1py(x: arb, y: arb) -> arb:
    """x*log(1 + y), 0 where x is 0."""
    return ZERO if x.is_zero() and y >= -1 else x * y.log1p()


def hypot(a: arb, b: arb) -> arb:
    """sqrt(a^2 + b^2), also where both balls contain 0."""
    if a.is_zero():
        return size(b)
    if b.is_zero():
        return size(a)
    a, b = size(a), size(b)
    square = a * a + b * b
    if square > 0 or not square.is_finite():
        return square.sqrt()
    return ZERO.union(square.upper().sqrt())


def size(x: arb) -> arb:
    """|x| without negative points where the ball contains 0."""
    return abs(x) if x > 0 or x < 0 or not x.is_finite() else ZERO.union(x.abs_upper())


def sinc(x: arb) -> arb:
    """sin(x)/x, 1 at 0."""
    return x.sinc() if x.is_finite() else NAN


def sinc_prime(x: arb) -> arb:
    """The derivative of sinc, (x cos(x) - sin(x))/x^2; near 0 as -x/3 0F1(5/2, -x^2/4), which does not cancel."""
    if abs(x) < 1:
        return -x / 3 * (-x * x / 4).hypgeom_0f1(arb(2.5))
    s, c = x.sin_cos()
    return (x * c - s) / (x * x)


def sinhc(x: arb) -> arb:
    """sinh(x)/x, 1 at 0: as 0F1(3/2, x^2/4) near 0."""
    return (x * x / 4).hypgeom_0f1(arb(1.5)) if abs(x) < 1 else x.sinh() / x


def degrees(x: arb) -> tuple[arb, arb]:
    """sin and cos of an angle in degrees; exact where they are rational."""
    if not x.is_exact() or not x.is_finite():
        return (x / 180).sin_cos_pi()
    quarters, rest = quarter_turns(x)
    s, c = half_or_not(rest)
    return ((s, c), (c, -s), (-s, -c), (-c, s))[quarters % 4]


def quarter_turns(x: arb) -> tuple[int, arb]:
    """An exact number of degrees as the nearest multiple of 90 and the exact rest in [-45, 45]."""
    if abs(x) <= 45:
        return 0, x
    mantissa, exponent = map(int, x.man_exp())
    if exponent < 0:
        unit = 1 << -exponent
        quarters = (mantissa + 45 * unit) // (90 * unit)
        return quarters, arb((mantissa - quarters * 90 * unit, exponent))  # exact whatever the precision
    whole = mantissa * pow(2, exponent, 360) % 360
    quarters = (whole + 45) // 90
    return quarters, arb(whole - quarters * 90)


def half_or_not(rest: arb) -> tuple[arb, arb]:
    """sin and cos of -45 to 45 degrees; 1/2 is the one rational value that is not an end point."""
    s, c = (rest / 180).sin_cos_pi()
    if rest == 30:
        s = arb(0.5)
    elif rest == -30:
        s = arb(-0.5)
    return s, c


def tand(x: arb) -> arb:
    """tan of an angle in degrees; exact at multiples of 45."""
    s, c = degrees(x)
    if x.is_exact() and x.is_finite() and abs(quarter_turns(x)[1]) == 45:
        return ONE if s * c > 0 else -ONE
    return s / c


BALLS: dict[str, Callable[..., arb]] = {
    "pi": arb.pi,
    "e": arb.const_e,
    # arithmetic
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "fma": lambda a, b, c: a * b + c,
    "square": lambda x: size(x) * size(x),
    "reciprocal": lambda x: 1 / x,
    "deg2rad": lambda x: x * arb.pi() / 180,
    "rad2deg": lambda x: x * 180 / arb.pi(),
    # powers, exponentials, logarithms
    "pow": power,
    "power_slope": power_slope,
    "power_log": power_log,
    "sqrt": arb.sqrt,
    "cbrt": cbrt,
    "rsqrt": arb.rsqrt,
    "hypot": hypot,
    "exp": arb.exp,
    "exp2": lambda x: arb(2) ** x,
    "exp10": lambda x: arb(10) ** x,
    "expm1": arb.expm1,
    "log": arb.log,
    "log2": lambda x: x.log_base(2),
    "log10": lambda x: x.log_base(10),
    "log1p": arb.log1p,
    "expsq": expsq,
    "expnegsq": expnegsq,
    "xlogy": xlogy,
    "xlog1py": xlog1py,
    "logit": logit,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "logaddexp": logaddexp,
    "silu": lambda x: x * sigmoid(x),
    "npdf": npdf,
    "ncdf": ncdf,
    "gelu": lambda x: x * ncdf(x),
    # trigonometric
    "sin": arb.sin,
    "cos": arb.cos,
    "tan": arb.tan,
    "cot": arb.cot,
    "sec": arb.sec,
    "csc": arb.csc,
    "sinpi": arb.sin_pi,
    "cospi": arb.cos_pi,
    "sind": lambda x: degrees(x)[0],
    "cosd": lambda x: degrees(x)[1],
    "tand": tand,
    "sinhalfpisq": lambda x: (x * x / 2).sin_pi(),
    "coshalfpisq": lambda x: (x * x / 2).cos_pi(),
    "sinc": sinc,
    "sinc_prime": sinc_prime,
    "asin": arb.asin,
    "acos": arb.acos,
    "atan": arb.atan,
    "acot": lambda x: (1 / x).atan(),
    "asec": lambda x: (1 / x).acos(),
    "acsc": lambda x: (1 / x).asin(),
    "atan2": arb.atan2,
    # hyperbolic
    "sinh": arb.sinh,
    "cosh": arb.cosh,
    "tanh": arb.tanh,
    "coth": arb.coth,
    "sech": arb.sech,
    "csch": arb.csch,
    "sinhc": sinhc,
    "asinh": arb.asinh,
    "acosh": arb.acosh,
    "atanh": arb.atanh,
    "acoth": lambda x: (1 / x).atanh(),
    "asech": lambda x: (1 / x).acosh(),
    "acsch": lambda x: (1 / x).asinh(),
}
