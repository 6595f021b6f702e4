"""What a function is where no ball can say it: at infinities and at poles, as IEEE 754 and C have it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

INF, NAN, HALF_PI = math.inf, math.nan, math.pi / 2

ODD = frozenset(
    (
        *("sin", "tan", "sinpi", "sind", "tand", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "cbrt"),
        *(
            "expm1",
            "log1p",
            "deg2rad",
            "rad2deg",
            "erf",
            "erfi",
            "erfinv",
            "si",
            "shi",
            "fresnels",
            "fresnelc",
        ),
        *(
            "j1",
            "i1",
            "lambertw",
            "softsign",
            "silu",
            "gelu",
            "elu",
            "selu",
            "leaky_relu",
            "sinc_prime",
            "neg",
        ),
        *("floor", "ceil", "trunc", "round", "sign"),
    )
)
"""Functions that are about a multiple of x at 0, so that the sign of zero survives."""

# name: (limit at -infinity, limit at infinity)
LIMITS: dict[str, tuple[float, float]] = {
    "acosh": (NAN, INF), "acot": (-0.0, 0.0), "acoth": (-0.0, 0.0), "acsc": (-0.0, 0.0), "acsch": (-0.0, 0.0),
    "airyai": (0.0, 0.0), "airyaiprime": (NAN, -0.0), "airybi": (0.0, INF), "airybiprime": (NAN, INF),
    "asec": (HALF_PI, HALF_PI), "asinh": (-INF, INF), "atan": (-HALF_PI, HALF_PI), "cbrt": (-INF, INF),
    "chi": (NAN, INF), "ci": (NAN, 0.0), "cosh": (INF, INF), "coth": (-1.0, 1.0), "csch": (-0.0, 0.0),
    "deg2rad": (-INF, INF), "digamma": (NAN, INF), "ei": (-0.0, INF), "ellipe": (INF, NAN), "ellipk": (0.0, NAN),
    "elu": (-1.0, INF), "erf": (-1.0, 1.0), "erfc": (2.0, 0.0), "erfi": (-INF, INF), "exp": (0.0, INF),
    "exp10": (0.0, INF), "exp2": (0.0, INF), "expm1": (-1.0, INF), "expnegsq": (0.0, 0.0), "expsq": (INF, INF),
    "factorial": (NAN, INF), "fresnelc": (-0.5, 0.5), "fresnels": (-0.5, 0.5), "gamma": (NAN, INF),
    "gelu": (-0.0, INF), "i0": (INF, INF), "i1": (-INF, INF), "j0": (0.0, 0.0), "j1": (0.0, 0.0), "k0": (NAN, 0.0),
    "k1": (NAN, 0.0), "lambertw": (NAN, INF), "lgamma": (INF, INF), "li": (NAN, INF), "log": (NAN, INF),
    "log10": (NAN, INF), "log1p": (NAN, INF), "log2": (NAN, INF), "ncdf": (0.0, 1.0), "npdf": (0.0, 0.0),
    "rad2deg": (-INF, INF), "rsqrt": (NAN, 0.0), "sech": (0.0, 0.0), "shi": (-INF, INF), "si": (-HALF_PI, HALF_PI),
    "sigmoid": (0.0, 1.0), "silu": (-0.0, INF), "sinc": (0.0, 0.0), "sinc_prime": (0.0, 0.0), "sinh": (-INF, INF),
    "sinhc": (INF, INF), "softplus": (0.0, INF), "softsign": (-1.0, 1.0), "sqrt": (NAN, INF), "tanh": (-1.0, 1.0),
    "y0": (NAN, 0.0), "y1": (NAN, 0.0), "zeta": (NAN, 1.0),
}  # fmt: skip

# name: {pole: value there}; at 0 the value for +0.0, and "odd" poles change sign with it
POLES: dict[str, dict[float, float]] = {
    "acoth": {-1.0: -INF, 1.0: INF}, "asech": {0.0: INF}, "atanh": {-1.0: -INF, 1.0: INF}, "chi": {0.0: -INF},
    "ci": {0.0: -INF}, "ei": {0.0: -INF}, "ellipk": {1.0: INF}, "factorial": {-1.0: NAN}, "k0": {0.0: INF},
    "k1": {0.0: INF}, "li": {1.0: -INF}, "log": {0.0: -INF}, "log10": {0.0: -INF}, "log1p": {-1.0: -INF},
    "log2": {0.0: -INF}, "logit": {0.0: -INF, 1.0: INF}, "y0": {0.0: -INF}, "y1": {0.0: -INF},
    "zeta": {1.0: INF},
}  # fmt: skip

# name: value at +0.0, which changes sign at -0.0
ODD_POLES: dict[str, float] = {
    "acot": HALF_PI, "acsch": INF, "cot": INF, "coth": INF, "csc": INF, "csch": INF, "digamma": -INF, "gamma": INF,
    "reciprocal": INF, "rsqrt": INF,
}  # fmt: skip


def at_edge(name: str, args: tuple[float, ...], attrs: Mapping[str, Any]) -> float:
    """The value at arguments where the ball function has none: a limit, an infinity or nan."""
    if any(x != x for x in args) or attrs:
        return NAN
    if name in SEVERAL:
        return SEVERAL[name](*args)
    if len(args) != 1:
        return NAN
    x = args[0]
    if math.isinf(x):
        return LIMITS.get(name, (NAN, NAN))[x > 0]
    if x == 0 and name in ODD_POLES:
        return math.copysign(1.0, x) * ODD_POLES[name]
    return POLES.get(name, {}).get(x, NAN)


def _pole_of_gamma(x: float) -> bool:
    return x <= 0 and x == math.floor(x)


def _lgamma(x: float) -> float:
    return INF if math.isinf(x) or _pole_of_gamma(x) else NAN


def _polygamma(n: float, x: float) -> float:
    if n < 0 or n != math.floor(n):
        return NAN
    if n == 0:
        return at_edge("digamma", (x,), {})
    if x == INF:
        return 0.0 if n % 2 else -0.0
    if math.isinf(x) or not _pole_of_gamma(x):
        return NAN
    if n % 2:
        return INF  # 1/x^(n+1), the same on both sides
    return math.copysign(INF, -x) if x == 0 else NAN


def _beta(a: float, b: float) -> float:
    small, large = sorted((a, b), key=abs)
    if math.isinf(large):
        return 0.0 if a > 0 and b > 0 else NAN
    return math.copysign(INF, small) if small == 0 and large > 0 else NAN


def _igamma(a: float, x: float) -> float:
    if math.isinf(a):
        return NAN
    if x == INF:
        return 0.0
    return INF if x == 0 and a <= 0 else NAN


def _logaddexp(a: float, b: float) -> float:
    return max(a, b)


def _hypot(a: float, b: float) -> float:
    return INF if math.isinf(a) or math.isinf(b) else NAN


def _bessel(at_zero: float, at_infinity: float) -> Callable[[float, float], float]:
    """The edges of a Bessel function of order at least 0."""

    def value(v: float, x: float) -> float:
        if math.isinf(v) or v < 0 or x < 0:
            return NAN
        return at_infinity if math.isinf(x) else at_zero if x == 0 else NAN

    return value


SEVERAL: dict[str, Callable[..., float]] = {
    "beta": _beta,
    "hypot": _hypot,
    "igamma": _igamma,
    "iv": _bessel(NAN, INF),
    "jv": _bessel(NAN, 0.0),
    "kv": _bessel(INF, 0.0),
    "lgamma": _lgamma,
    "logaddexp": _logaddexp,
    "polygamma": _polygamma,
    "yv": _bessel(-INF, 0.0),
}
