"""The functions of the language in mpmath, at as many digits as asked for, and the points to try them at.

mpmath and Arb share no code. Where mpmath is weak (overflow, cancellation, a missing function) the formula here goes
another way than `symgrad.balls` does, or the points leave the stretch out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from mpmath import mp, mpf

Real = Any  # mpmath has no types


class Reference(NamedTuple):
    """A function in mpmath, and the arguments to try."""

    value: Callable[..., Real]
    points: Sequence[tuple[float, ...]]


def signed(*sizes: float) -> list[tuple[float, ...]]:
    """Points and their negatives."""
    return [(s * x,) for x in sizes for s in (1, -1)]


def alone(*xs: float) -> list[tuple[float, ...]]:
    """Points of a function of one argument."""
    return [(x,) for x in xs]


UP, DOWN = math.nextafter(1.0, 2.0), math.nextafter(1.0, 0.0)
TINY = (5e-324, 2.5e-308, 1e-300, 1e-100, 1e-20, 1e-8)
MIDDLE = (0.001, 0.1, 0.3, 0.5, 0.75, DOWN, 1.0, UP, 1.1, math.pi / 2, 2.0, 2.5, math.pi, 5.25, 10.0)
LARGE = (25.5, 100.25, 709.0, 745.5, 1e3, 12345.678, 1e5)
HUGE = (1e10, 1e22, 1e100, 1e300, 1.7976931348623157e308)

ALL = [(0.0,), *signed(*TINY, *MIDDLE, *LARGE, *HUGE)]
TO_LARGE = [(0.0,), *signed(*TINY, *MIDDLE, *LARGE)]
TO_MIDDLE = [(0.0,), *signed(*TINY, *MIDDLE)]
POSITIVE = [p for p in ALL if p[0] > 0]
POSITIVE_TO_LARGE = [p for p in TO_LARGE if p[0] > 0]
NONZERO = [p for p in ALL if p[0] != 0]
NONZERO_TO_LARGE = [p for p in TO_LARGE if p[0] != 0]
UNIT = [p for p in ALL if abs(p[0]) <= 1]
OPEN_UNIT = [p for p in ALL if abs(p[0]) < 1]
BEYOND_UNIT = [p for p in ALL if abs(p[0]) >= 1]
STEPS = [*ALL, *signed(1.5, 2.5, 0.49999999999999994, 4503599627370495.5, 9007199254740993.0)]
GAMMA = [*POSITIVE_TO_LARGE, *alone(-0.5, -1.5, -2.25, -3.999, -20.5, -170.3, -1e-8, -1e-300)]
PAIRS = [(a, b) for a in (0.3, -2.5, 7.0, 1e-10, -1e10) for b in (0.7, -1.25, 3.0, 1e-5, -1e5)]
POSITIVE_PAIRS = [(a, b) for a in (0.3, 1.0, 2.5, 30.0, 1e-5) for b in (0.7, 1.0, 3.0, 25.5, 1e-10)]
LOWER_PAIRS = [*POSITIVE_PAIRS, (300.5, 250.0), (300.5, 310.0), (1000.0, 120.0), (2.5, 1e-100)]
SECOND_ORDERS = [
    *((v, x) for v in (0.5, 2.25, 7.1) for x in (1e-8, 0.3, 2.5, 10.0, 40.5)),
    *((v, x) for v in (0.0, 1.0, 2.0, 7.0) for x in (0.3, 2.5)),
]
ORDERS = [(v, x) for v in (0.0, 1.0, 2.0, 0.5, 2.25, 7.0, 0.1) for x in (1e-8, 0.3, 1.0, 2.5, 10.0, 40.5)]


def lgamma(x: Real) -> Real:
    """log|gamma(x)|."""
    return mp.log(abs(mp.gamma(x))) if abs(x) < 1e4 else mp.loggamma(x)


def half_away(x: Real) -> Real:
    """Rounded to an integer, halves away from zero."""
    return mp.sign(x) * mp.floor(abs(x) + mpf(0.5))


def cbrt(x: Real) -> Real:
    """The real cube root."""
    return mp.sign(x) * mp.cbrt(abs(x))


def degrees(f: Callable[[Real], Real]) -> Callable[[Real], Real]:
    """A function of an angle in degrees, from that of an angle in half turns."""
    return lambda x: f((x if abs(x) < 360 else x - 360 * mp.floor(x / 360)) / 180)


def power(x: Real, y: Real) -> Real:
    """x^y."""
    return mp.power(x, y) if x > 0 or y == int(y) else mp.nan


def ci(x: Real) -> Real:
    """The cosine integral."""
    return mp.ci(x).real


def bessel(f: Callable[[Real, Real], Real], v: int) -> Callable[[Real], Real]:
    """A Bessel function of fixed order."""
    return lambda x: f(v, x)


BESSEL_ALL = [(0.0,), *signed(1e-300, 1e-8, 0.3, 1.0, 2.5, 10.0, 40.5, 100.25)]
BESSEL_POSITIVE = alone(0.01, 0.3, 2.5)  # mpmath is slow at the second kinds of integer order
INTEGRALS = [p for p in TO_LARGE if 1e-300 <= abs(p[0]) <= 800]
ANGLES = [(float(15 * k),) for k in range(-25, 26)] + [
    (0.1,),
    (-1e-300,),
    (1e10,),
    (29.999999999999996,),
    (1e300,),
]

REFERENCES: dict[str, Reference] = {
    "add": Reference(lambda a, b: a + b, PAIRS),
    "sub": Reference(lambda a, b: a - b, PAIRS),
    "mul": Reference(lambda a, b: a * b, PAIRS),
    "div": Reference(lambda a, b: a / b, PAIRS),
    "neg": Reference(lambda x: -x, ALL),
    "fma": Reference(lambda a, b, c: a * b + c, [(*p, c) for p in PAIRS for c in (1.0, -0.3)]),
    "square": Reference(lambda x: x * x, ALL),
    "reciprocal": Reference(lambda x: 1 / x, NONZERO),
    "deg2rad": Reference(lambda x: x * mp.pi / 180, ALL),
    "rad2deg": Reference(lambda x: x * 180 / mp.pi, ALL),
    "pow": Reference(
        power,
        [
            *(
                (x, y)
                for x in (1e-300, 0.3, 1.0, 2.0, 12.5, 1e300)
                for y in (-3.0, -0.5, 0.0, 0.3, 1.5, 2.0, 100.0)
            ),
            *((x, y) for x in (-0.3, -2.0, -1e10) for y in (-3.0, -2.0, 0.0, 1.0, 3.0, 9007199254740992.0)),
            *((0.0, y) for y in (0.0, 2.0)),
            (209.0**4, 1.75),  # half way between two doubles
            (DOWN, 1e15),
            (UP, -1e17),
        ],
    ),
    "sqrt": Reference(mp.sqrt, [(0.0,), *POSITIVE]),
    "cbrt": Reference(cbrt, ALL),
    "rsqrt": Reference(lambda x: 1 / mp.sqrt(x), POSITIVE),
    "hypot": Reference(
        lambda a, b: mp.sqrt(a * a + b * b), [*PAIRS, (0.0, 0.0), (3e200, -4e200), (0.0, -2.0)]
    ),
    "exp": Reference(mp.exp, TO_LARGE),
    "exp2": Reference(lambda x: mp.power(2, x), TO_LARGE),
    "exp10": Reference(lambda x: mp.power(10, x), TO_LARGE),
    "expm1": Reference(mp.expm1, TO_LARGE),
    "log": Reference(mp.log, POSITIVE),
    "log2": Reference(lambda x: mp.log(x) / mp.log(2), POSITIVE),
    "log10": Reference(lambda x: mp.log(x) / mp.log(10), POSITIVE),
    "log1p": Reference(mp.log1p, [p for p in ALL if p[0] > -1]),
    "expsq": Reference(lambda x: mp.exp(x * x), TO_LARGE),
    "expnegsq": Reference(lambda x: mp.exp(-x * x), TO_LARGE),
    "xlogy": Reference(
        lambda a, b: a * mp.log(b) if a else a, [*POSITIVE_PAIRS, (-2.0, 0.3), (0.0, 0.0), (0.0, 2.0)]
    ),
    "xlog1py": Reference(
        lambda a, b: a * mp.log1p(b) if a else a, [*POSITIVE_PAIRS, (-2.0, -0.3), (0.0, -1.0)]
    ),
    "logit": Reference(lambda x: mp.log(x / (1 - x)), [p for p in POSITIVE if p[0] < 1]),
    "sigmoid": Reference(lambda x: 1 / (1 + mp.exp(-x)), TO_LARGE),
    "softplus": Reference(lambda x: mp.log1p(mp.exp(x)), TO_LARGE),
    "logaddexp": Reference(lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), [p for p in PAIRS if abs(p[0]) < 1e3]),
    "silu": Reference(lambda x: x / (1 + mp.exp(-x)), TO_LARGE),
    "npdf": Reference(mp.npdf, TO_LARGE),
    "ncdf": Reference(lambda x: mp.erfc(-x / mp.sqrt(2)) / 2, [p for p in TO_LARGE if abs(p[0]) < 1e4]),
    "gelu": Reference(lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, [p for p in TO_LARGE if abs(p[0]) < 1e4]),
    "sin": Reference(mp.sin, ALL),
    "cos": Reference(mp.cos, ALL),
    "tan": Reference(mp.tan, ALL),
    "cot": Reference(mp.cot, NONZERO),
    "sec": Reference(mp.sec, ALL),
    "csc": Reference(mp.csc, NONZERO),
    "sinpi": Reference(mp.sinpi, ALL),
    "cospi": Reference(mp.cospi, ALL),
    "sind": Reference(degrees(mp.sinpi), ANGLES),
    "cosd": Reference(degrees(mp.cospi), ANGLES),
    "tand": Reference(degrees(lambda x: mp.sinpi(x) / mp.cospi(x)), [p for p in ANGLES if p[0] % 180 != 90]),
    "sinhalfpisq": Reference(lambda x: mp.sinpi(x * x / 2), TO_LARGE),
    "coshalfpisq": Reference(lambda x: mp.cospi(x * x / 2), TO_LARGE),
    "sinc": Reference(mp.sinc, ALL),
    "sinc_prime": Reference(lambda x: -x / 3 * mp.hyp0f1(mpf(2.5), -x * x / 4), TO_LARGE),
    "asin": Reference(mp.asin, UNIT),
    "acos": Reference(mp.acos, UNIT),
    "atan": Reference(mp.atan, ALL),
    "acot": Reference(lambda x: mp.atan(1 / x), NONZERO),
    "asec": Reference(lambda x: mp.acos(1 / x), BEYOND_UNIT),
    "acsc": Reference(lambda x: mp.asin(1 / x), BEYOND_UNIT),
    "atan2": Reference(
        mp.atan2, [*PAIRS, (0.0, 2.0), (0.0, -2.0), (3.0, 0.0), (-3.0, 0.0), (1e-300, -1e300)]
    ),
    "sinh": Reference(mp.sinh, TO_LARGE),
    "cosh": Reference(mp.cosh, TO_LARGE),
    "tanh": Reference(mp.tanh, TO_LARGE),
    "coth": Reference(mp.coth, NONZERO_TO_LARGE),
    "sech": Reference(mp.sech, TO_LARGE),
    "csch": Reference(mp.csch, NONZERO_TO_LARGE),
    "sinhc": Reference(lambda x: mp.sinh(x) / x if x else mpf(1), TO_LARGE),
    "asinh": Reference(mp.asinh, ALL),
    "acosh": Reference(lambda x: mp.log(x + mp.sqrt(x * x - 1)), [p for p in POSITIVE if p[0] >= 1]),
    "atanh": Reference(mp.atanh, OPEN_UNIT),
    "acoth": Reference(lambda x: mp.atanh(1 / x), [p for p in BEYOND_UNIT if abs(p[0]) > 1]),
    "asech": Reference(lambda x: mp.log((1 + mp.sqrt(1 - x * x)) / x), [p for p in UNIT if p[0] > 0]),
    "acsch": Reference(lambda x: mp.asinh(1 / x), NONZERO),
    "abs": Reference(abs, ALL),
    "sign": Reference(mp.sign, ALL),
    "heaviside": Reference(lambda x: (1 + mp.sign(x)) / 2, ALL),
    "floor": Reference(mp.floor, STEPS),
    "ceil": Reference(mp.ceil, STEPS),
    "trunc": Reference(lambda x: mp.sign(x) * mp.floor(abs(x)), STEPS),
    "round": Reference(half_away, STEPS),
    "mod": Reference(lambda a, b: a - b * mp.floor(a / b), [*PAIRS, (6.0, 3.0), (-6.0, 3.0), (1e300, 3.0)]),
    "fmod": Reference(
        lambda a, b: a - b * mp.sign(a / b) * mp.floor(abs(a / b)),
        [*PAIRS, (6.0, 3.0), (-6.0, 3.0), (1e300, 3.0)],
    ),
    "max": Reference(max, PAIRS),
    "min": Reference(min, PAIRS),
    "clip": Reference(lambda x, a, b: min(max(x, a), b), [(x, -1.0, 2.5) for (x,) in ALL]),
    "copysign": Reference(lambda a, b: abs(a) * mp.sign(b), PAIRS),
    "relu": Reference(lambda x: max(x, mpf(0)), ALL),
    "leaky_relu": Reference(lambda x: x if x > 0 else mpf(0.01) * x, ALL),
    "elu": Reference(lambda x: x if x > 0 else mp.expm1(x), TO_LARGE),
    "selu": Reference(
        lambda x: mpf(1.0507009873554805) * (x if x > 0 else mpf(1.6732632423543772) * mp.expm1(x)), TO_LARGE
    ),
    "softsign": Reference(lambda x: x / (1 + abs(x)), ALL),
    "gamma": Reference(mp.gamma, GAMMA),
    "lgamma": Reference(lgamma, GAMMA),
    "digamma": Reference(mp.digamma, GAMMA),
    "polygamma": Reference(
        lambda n, x: mp.polygamma(int(n), x),
        [(n, x) for n in (0.0, 1.0, 2.0, 5.0) for x in (1e-5, 0.3, 1.0, 4.25, 60.5, -0.5, -2.75, -40.1)],
    ),
    "factorial": Reference(mp.factorial, [(x - 1,) for (x,) in GAMMA if abs(x) > 0.01]),
    "binomial": Reference(
        mp.binomial, [(n, k) for n in (0.5, 5.0, 7.0, 12.25, -1.5, 300.0) for k in (0.0, 1.0, 2.0, 3.5, 5.0)]
    ),
    "beta": Reference(mp.beta, POSITIVE_PAIRS),
    "lbeta": Reference(lambda a, b: mp.log(mp.beta(a, b)), POSITIVE_PAIRS),
    "igamma": Reference(
        mp.gammainc,
        [(a, x) for a in (-2.5, -1.0, 0.0, 0.3, 1.0, 4.5, 30.0) for x in (0.001, 0.3, 1.0, 4.25, 60.5)],
    ),
    "igamma_lower": Reference(lambda a, x: mp.gammainc(a, 0, x), LOWER_PAIRS),
    "gammainc": Reference(lambda a, x: mp.gammainc(a, 0, x, regularized=True), LOWER_PAIRS),
    "gammaincc": Reference(lambda a, x: mp.gammainc(a, x, regularized=True), POSITIVE_PAIRS),
    "zeta": Reference(
        mp.zeta, alone(-50.5, -7.0, -1.5, -2.0, 0.0, 0.5, DOWN, UP, 1.5, 2.0, 3.25, 30.0, 700.0)
    ),
    "erf": Reference(mp.erf, [p for p in TO_LARGE if abs(p[0]) < 800]),
    "erfc": Reference(mp.erfc, [p for p in TO_LARGE if abs(p[0]) < 800]),
    "erfi": Reference(mp.erfi, [p for p in TO_LARGE if abs(p[0]) < 800]),
    "erfinv": Reference(mp.erfinv, OPEN_UNIT),
    "erfcinv": Reference(
        lambda x: mp.erfinv(1 - x), alone(1e-300, 1e-20, 0.3, DOWN, UP, 1.75, 1.9999999999999998)
    ),
    "ei": Reference(mp.ei, INTEGRALS),
    "si": Reference(mp.si, INTEGRALS),
    "ci": Reference(ci, [p for p in INTEGRALS if p[0] > 0]),
    "shi": Reference(mp.shi, INTEGRALS),
    "chi": Reference(lambda x: mp.chi(x).real, [p for p in INTEGRALS if p[0] > 0]),
    "li": Reference(mp.li, [p for p in INTEGRALS if p[0] > 0 and p[0] != 1]),
    "fresnels": Reference(mp.fresnels, [p for p in INTEGRALS if abs(p[0]) > 1e-100]),
    "fresnelc": Reference(mp.fresnelc, [p for p in INTEGRALS if abs(p[0]) > 1e-100]),
    "jv": Reference(mp.besselj, [*ORDERS, (1.0, -2.5), (2.0, 0.0), (0.0, 0.0)]),
    "yv": Reference(mp.bessely, SECOND_ORDERS),
    "iv": Reference(mp.besseli, [*ORDERS, (1.0, -2.5), (2.0, 0.0), (0.0, 0.0)]),
    "kv": Reference(mp.besselk, SECOND_ORDERS),
    "j0": Reference(bessel(mp.besselj, 0), BESSEL_ALL),
    "j1": Reference(bessel(mp.besselj, 1), BESSEL_ALL),
    "y0": Reference(bessel(mp.bessely, 0), BESSEL_POSITIVE),
    "y1": Reference(bessel(mp.bessely, 1), BESSEL_POSITIVE),
    "i0": Reference(bessel(mp.besseli, 0), BESSEL_ALL),
    "i1": Reference(bessel(mp.besseli, 1), BESSEL_ALL),
    "k0": Reference(bessel(mp.besselk, 0), BESSEL_POSITIVE),
    "k1": Reference(bessel(mp.besselk, 1), BESSEL_POSITIVE),
    "airyai": Reference(mp.airyai, [p for p in TO_LARGE if abs(p[0]) < 200]),
    "airybi": Reference(mp.airybi, [p for p in TO_LARGE if abs(p[0]) < 200]),
    "airyaiprime": Reference(lambda x: mp.airyai(x, 1), [p for p in TO_LARGE if abs(p[0]) < 200]),
    "airybiprime": Reference(lambda x: mp.airybi(x, 1), [p for p in TO_LARGE if abs(p[0]) < 200]),
    "lambertw": Reference(
        lambda x: mp.lambertw(x).real, [*POSITIVE, *alone(0.0, -1e-8, -0.1, -0.3, -0.36787944)]
    ),
    "ellipk": Reference(mp.ellipk, [p for p in ALL if p[0] < 1 and abs(p[0]) < 1e50]),
    "ellipe": Reference(mp.ellipe, [p for p in TO_LARGE if p[0] <= 1]),
    "power_slope": Reference(
        lambda a, b: b * mp.power(a, b - 1) if b else b, [(2.5, 3.0), (-2.5, 3.0), (0.0, 0.0), (0.3, 0.7)]
    ),
    "power_log": Reference(
        lambda a, b: mp.power(a, b) * mp.log(a) if a else a, [(2.5, 3.0), (0.0, 3.0), (0.3, 0.7)]
    ),
    "sinc_slope": Reference(lambda x: mp.diff(mp.sinc, x, 2), alone(0.0, 0.3, 1.0, 5.25)),
    "zeta_slope": Reference(lambda x: mp.zeta(x, derivative=2), alone(-1.5, 0.5, 2.0, 30.0)),
    "igamma_order": Reference(
        lambda a, x: mp.diff(lambda s: mp.gammainc(s, x), a, 2),
        [(-1.0, 2.5)],
    ),
}
ATTRS = {"sinc_slope": {"n": 2}, "zeta_slope": {"n": 2}, "igamma_order": {"n": 2}, "power_log": {"n": 1}}
DIGITS = {"sinc_slope": 40, "igamma_order": 25}
"""Digits that numerical differentiation in mpmath can promise."""


def truth(value: Callable[..., Real], args: Iterable[float], digits: int = 65) -> Real:
    """mpmath's value at exact doubles, computed with rising precision until two agree to so many digits."""
    xs = [mpf(x) for x in args]
    last = None
    for extra in (30, 130, 400, 1000, 2500):
        with mp.workdps(digits + extra):
            y = mpf(value(*xs))
        if last is not None and abs(y - last) <= abs(y) * mpf(10) ** (-digits - 5):
            return y
        last = y
    raise AssertionError(f"mpmath does not settle at {args}")


def rounded(y: Real) -> float:
    """The double nearest to an mpmath number, also where it is subnormal or exceeds float64."""
    sign, mantissa, exponent, _ = y._mpf_
    if exponent > 2000:
        return -math.inf if sign else math.inf
    if exponent < -20000:
        return -0.0 if sign else 0.0
    size = Fraction(int(mantissa)) * Fraction(2) ** exponent
    try:
        return float(-size if sign else size)
    except OverflowError:
        return -math.inf if sign else math.inf
