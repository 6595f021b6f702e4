"""Series functions: trigonometric and hyperbolic functions and their inverses.

Where a function of the whole series would cancel (tanh at 20, sin in degrees at 90) an addition theorem splits off the
constant term; inverse functions are the integrals of algebraic functions that define them.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, arb_series

from symgrad.balls import elementary
from symgrad.balls.cauchy import holomorphic
from symgrad.balls.expansion import (
    Argument,
    apart_from,
    centre,
    inside,
    nowhere,
    primitive,
    quotient,
    reciprocal,
    tail,
)

ONE = arb(1)


def in_unit(x: arb) -> bool:
    """Whether a ball lies between -1 and 1."""
    return x > -1 and x < 1


def tan_split(tan: arb, small: arb_series) -> arb_series:
    """tan(x0 + u) from tan(x0) and tan(u)."""
    return quotient(small * (1 + tan * tan), 1 - tan * small) if tan.is_finite() else nowhere()


def degrees(x: arb_series) -> tuple[arb_series, arb_series]:
    """sin and cos of an angle in degrees, exact where the constant terms are."""
    s, c = elementary.degrees(x[0])
    u, v = (tail(x) / 180).sin_cos_pi()
    return s * v + c * u, c * v - s * u


def tand(x: arb_series) -> arb_series:
    """tan of an angle in degrees."""
    u, v = (tail(x) / 180).sin_cos_pi()
    return tan_split(elementary.tand(x[0]), u / v)


def small_hyperbolics(x: arb_series) -> tuple[arb_series, arb_series]:
    """sinh and cosh of a series without its constant term."""
    t = tail(x).exp()
    s = t.inv()
    return (t - s) / 2, (t + s) / 2


def hyperbolics(x: arb_series) -> tuple[arb_series, arb_series]:
    """sinh and cosh."""
    s, c = x[0].sinh_cosh()
    u, v = small_hyperbolics(x)
    return s * v + c * u, c * v + s * u


def tanh(x: arb_series) -> arb_series:
    """What follows the constant term, by the addition theorem."""
    u, v = small_hyperbolics(x)
    return x[0].sech() ** 2 * u / (v + x[0].tanh() * u)  # sech^2 t/(1 + tanh t) with t = u/v, the small tanh


def coth(x: arb_series) -> arb_series:
    """What follows the constant term, by the addition theorem."""
    u, v = small_hyperbolics(x)
    csch = x[0].csch()
    return -(csch * csch * u) / (v + x[0].coth() * u)


def atan2(y: Argument, x: Argument) -> arb_series:
    """The angle, turned by that of the constant terms; nothing on the cut, where it jumps."""
    y0, x0 = centre(y), centre(x)
    if not (x0 > 0 or apart_from(y0, 0) or (isinstance(y, arb) and x0 < 0)):
        return nowhere()
    across = x0 * tail(y) - y0 * tail(x)
    along = x0 * x + y0 * y
    return quotient(across, along).atan()


def near_zero(x: arb_series, b: arb, sign: int) -> arb_series:
    """0F1(b, sign x^2/4), for b >= 1/2 at most exp(|x|^2/2): Bessel-like functions without cancellation at 0."""
    square = x * x
    bound = ((square[0].abs_upper() + 1) / 2).exp()
    return holomorphic(lambda z: (sign * z / 4).hypgeom_0f1(b), square, reach=ONE, bound=bound)


def sinc(x: arb_series) -> arb_series:
    """sin(x)/x."""
    return near_zero(x, arb(1.5), -1) if abs(x[0]) < 1 else quotient(x.sin(), x)


def sinc_prime(x: arb_series) -> arb_series:
    """The derivative of sinc."""
    if abs(x[0]) < 1:
        return -x / 3 * near_zero(x, arb(2.5), -1)
    s, c = x.sin_cos()
    return quotient(x * c - s, x * x)


def sinhc(x: arb_series) -> arb_series:
    """sinh(x)/x."""
    return near_zero(x, arb(1.5), 1) if abs(x[0]) < 1 else quotient(hyperbolics(x)[0], x)


def asinh(x: arb_series) -> arb_series:
    """The integral of 1/sqrt(1 + x^2)."""
    return primitive((1 + x * x).rsqrt(), x)


def acosh(x: arb_series) -> arb_series:
    """The integral of 1/sqrt(x^2 - 1)."""
    return primitive(((x - 1) * (x + 1)).rsqrt(), x) if x[0] > 1 else nowhere()


def atanh(x: arb_series) -> arb_series:
    """The integral of 1/(1 - x^2)."""
    return primitive(((1 - x) * (1 + x)).inv(), x) if in_unit(x[0]) else nowhere()


def asin(x: arb_series) -> arb_series:
    """The integral of 1/sqrt(1 - x^2)."""
    return primitive(((1 - x) * (1 + x)).rsqrt(), x) if in_unit(x[0]) else nowhere()


def inverted(f: Callable[[arb_series], arb_series]) -> Callable[[arb_series], arb_series]:
    """f(1/x)."""
    return lambda x: f(x.inv()) if apart_from(x[0], 0) else nowhere()


SERIES: dict[str, Callable[..., arb_series]] = {
    # trigonometric
    "sin": arb_series.sin,
    "cos": arb_series.cos,
    "tan": arb_series.tan,
    "cot": lambda x: quotient(x.cos(), x.sin()),
    "sec": lambda x: reciprocal(x.cos()),
    "csc": lambda x: reciprocal(x.sin()),
    "sinpi": arb_series.sin_pi,
    "cospi": arb_series.cos_pi,
    "sind": lambda x: degrees(x)[0],
    "cosd": lambda x: degrees(x)[1],
    "tand": tand,
    "sinhalfpisq": lambda x: (x * x / 2).sin_pi(),
    "coshalfpisq": lambda x: (x * x / 2).cos_pi(),
    "sinc": sinc,
    "sinc_prime": sinc_prime,
    "asin": asin,
    "acos": lambda x: -asin(x),
    "atan": arb_series.atan,
    "acot": inverted(arb_series.atan),
    "asec": inverted(lambda x: -asin(x)),
    "acsc": inverted(asin),
    "atan2": atan2,
    # hyperbolic
    "sinh": lambda x: hyperbolics(x)[0],
    "cosh": lambda x: hyperbolics(x)[1],
    "tanh": tanh,
    "coth": inside(lambda x: apart_from(x, 0), coth),
    "sech": lambda x: hyperbolics(x)[1].inv(),
    "csch": lambda x: reciprocal(hyperbolics(x)[0]),
    "sinhc": sinhc,
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "acoth": inverted(atanh),
    "asech": inverted(acosh),
    "acsch": inverted(asinh),
}
