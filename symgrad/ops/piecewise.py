"""Functions with kinks and jumps, and the conventions for their derivatives there."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import nonzero, reals
from symgrad.ops.arithmetic import div, divide
from symgrad.ops.logic import eq, ge, gt, le, lt, where
from symgrad.ops.op import Guarded, op, section


def sign_value(x: float) -> float:
    """-1, 0 or 1; nan stays nan."""
    return x if x != x else float((x > 0) - (x < 0))


def rounded_by(function: Any) -> Any:
    """A rounding to integers that lets infinities, nans and the sign of zero through."""

    def value(x: float) -> float:
        return math.copysign(float(function(x)), x) if math.isfinite(x) else float(x)

    return value


def half_away(x: float) -> int:
    """The nearest integer, halves away from zero (C's round; Python and NumPy round halves to even)."""
    size = abs(x)
    whole = math.floor(size)
    return int(math.copysign(whole + (size - whole >= 0.5), x))


def half_away_array(x: Any) -> Any:
    """`half_away` on arrays."""
    import numpy as np

    whole = np.trunc(x)
    return np.copysign(whole + np.where(np.abs(x - whole) >= 0.5, np.copysign(1.0, x), 0.0), x)


def mod_value(a: float, b: float) -> float:
    """a - b*floor(a/b), with the sign of b; nan for b = 0 or an infinite a."""
    if b == 0 or math.isinf(a) or a != a or b != b:
        return math.nan
    return a % b


def fmod_value(a: float, b: float) -> float:
    """C's fmod: a - b*trunc(a/b), with the sign of a; nan for b = 0 or an infinite a."""
    if b == 0 or math.isinf(a) or a != a or b != b:
        return math.nan
    return math.fmod(a, b)


def floor_division(a: float, b: float) -> float:
    """floor(a/b) without the rounding of a/b, which may reach the next integer; nan for b = 0 or an infinite a."""
    return math.nan if b == 0 or math.isinf(a) else a // b


def trunc_division(a: float, b: float) -> float:
    """trunc(a/b) without the rounding of a/b."""
    return math.nan if b == 0 or math.isinf(a) else math.copysign(abs(a) // abs(b), divide(a, b))


def _np_floor_division(a: Any, b: Any) -> Any:
    import numpy as np

    return np.where((b == 0) | np.isinf(a), np.nan, np.floor_divide(a, b))


def _np_trunc_division(a: Any, b: Any) -> Any:
    import numpy as np

    return np.copysign(_np_floor_division(np.abs(a), np.abs(b)), np.sign(a) * np.sign(b))


def _np_heaviside(x: Any) -> Any:
    import numpy as np

    return np.heaviside(x, 0.5)


def either(a: float, b: float, first: bool) -> float:
    """One of two numbers; nan if either is nan."""
    if a != a or b != b:
        return math.nan
    return a if first else b


def is_integer(x: Any) -> Any:
    """Whether a finite number is an integer, for numbers and arrays."""
    return x % 1 == 0


section("Kinks and jumps")

abs_ = op("abs", "Absolute value; slope 0 at 0 by convention.", "abs(-3) = 3", lambda g, y, x: g * sign(x), scalar=abs,
          array="numpy.abs", kinks=(0.0,), bend=(-1.0, 1.0), sympy="Abs", latex=r"\left|{0}\right|", aliases=("fabs", "absolute", "Abs"))
sign = op("sign", "-1, 0 or 1; slope 0 everywhere, also at the jump.", "sign(-2) = -1", None, scalar=sign_value,
          array="numpy.sign", kinks=(0.0,), jump=True, sympy="sign", latex=r"\operatorname{{sgn}}", aliases=("sgn",))
heaviside = op("heaviside", "0 below 0, 1 above, 1/2 at 0.", "heaviside(3) = 1", None,
               scalar=lambda x: x if x != x else 0.5 * (1 + sign_value(x)), kinks=(0.0,), jump=True,
               sympy=lambda sp, x: (1 + sp.sign(x)) / 2, array=lambda x: _np_heaviside(x), aliases=("step", "Heaviside"))
floor = op("floor", "Largest integer not above x.", "floor(2.7) = 2", None, scalar=rounded_by(math.floor),
           array="numpy.floor", kinks=is_integer, jump=True, sympy="floor", latex=r"\left\lfloor {0} \right\rfloor")
ceil = op("ceil", "Smallest integer not below x.", "ceil(2.1) = 3", None, scalar=rounded_by(math.ceil),
          array="numpy.ceil", kinks=is_integer, jump=True, sympy="ceiling", latex=r"\left\lceil {0} \right\rceil",
          aliases=("ceiling",))
trunc = op("trunc", "Integer part, rounded towards zero.", "trunc(-2.7) = -2", None, scalar=rounded_by(math.trunc),
           array="numpy.trunc", kinks=lambda x: is_integer(x) & (x != 0), jump=True,
           sympy=lambda sp, x: sp.sign(x) * sp.floor(sp.Abs(x)), aliases=("fix",))
round_ = op("round", "Nearest integer, halves away from zero.", "round(2.5) = 3", None, scalar=rounded_by(half_away),
            array=half_away_array, kinks=lambda x: 2 * x % 2 == 1, jump=True,
            sympy=lambda sp, x: sp.sign(x) * sp.floor(sp.Abs(x) + sp.Rational(1, 2)), aliases=("rint",))
mod = op("mod", "Remainder with the sign of the divisor: a - b*floor(a/b).", "mod(-1, 3) = 2",
         lambda g, y, a, b: g,
         lambda g, y, a, b: -g * floor_quotient(a, b),
         scalar=mod_value, array="numpy.mod", domain=(reals, nonzero), jump=True,
         kinks=lambda a, b: mod(a, b) == 0, sympy=lambda sp, a, b: a - b * sp.floor(a / b),
         expand=lambda a, b: a - b * floor_quotient(a, b), aliases=("remainder",))
fmod = op("fmod", "Remainder with the sign of the dividend, as in C: a - b*trunc(a/b).", "fmod(-1, 3) = -1",
          lambda g, y, a, b: g,
          lambda g, y, a, b: -g * trunc_quotient(a, b),
          scalar=fmod_value, array="numpy.fmod", domain=(reals, nonzero), jump=True,
          kinks=lambda a, b: (a != 0) & (fmod(a, b) == 0),
          sympy=lambda sp, a, b: a - b * sp.sign(a / b) * sp.floor(sp.Abs(a / b)),
          expand=lambda a, b: a - b * trunc_quotient(a, b), aliases=("rem",))
floor_quotient = op("floor_quotient", "floor(a/b) of the exact quotient.", "floor_quotient(-1, 3) = -1", None, None,
                    scalar=floor_division, array=lambda a, b: _np_floor_division(a, b), domain=(reals, nonzero), jump=True,
                    kinks=lambda a, b: mod(a, b) == 0, expand=lambda a, b: floor(div(a, b)), hidden=True)
trunc_quotient = op("trunc_quotient", "trunc(a/b) of the exact quotient.", "trunc_quotient(-1, 3) = 0", None, None,
                    scalar=trunc_division, array=lambda a, b: _np_trunc_division(a, b), domain=(reals, nonzero), jump=True,
                    kinks=lambda a, b: (a != 0) & (fmod(a, b) == 0),
                    expand=lambda a, b: trunc(div(a, b)), hidden=True)
max_ = op("max", "The larger of two; a tie splits the slope in halves.", "max(2, 3) = 3",
          lambda g, y, a, b: Guarded(ge(a, b), g * where(eq(a, b), 0.5, 1.0)),
          lambda g, y, a, b: Guarded(ge(b, a), g * where(eq(a, b), 0.5, 1.0)),
          scalar=lambda a, b: either(a, b, a >= b), array="numpy.maximum", kinks=lambda a, b: a == b, tie=True, bend=(0.0, 1.0), sympy="Max",
          latex=r"\max({0}, {1})", aliases=("fmax", "maximum", "Max"))
min_ = op("min", "The smaller of two; a tie splits the slope in halves.", "min(2, 3) = 2",
          lambda g, y, a, b: Guarded(le(a, b), g * where(eq(a, b), 0.5, 1.0)),
          lambda g, y, a, b: Guarded(le(b, a), g * where(eq(a, b), 0.5, 1.0)),
          scalar=lambda a, b: either(a, b, a <= b), array="numpy.minimum", kinks=lambda a, b: a == b, tie=True, bend=(0.0, 1.0), sympy="Min",
          latex=r"\min({0}, {1})", aliases=("fmin", "minimum", "Min"))
clip = op(
    "clip", "x moved into [low, high]; slope 1 on the closed interval.", "clip(5, 0, 1) = 1",
    lambda g, y, x, a, b: Guarded(where(ge(x, a), le(x, b), ge(x, a)), g),
    lambda g, y, x, a, b: Guarded(where(lt(x, a), le(a, b), lt(x, a)), g),
    lambda g, y, x, a, b: Guarded(where(gt(x, b), gt(x, b), lt(b, a)), g),
    scalar=lambda x, a, b: min_.scalar_fn(max_.scalar_fn(x, a), b), array="numpy.clip",
    kinks=lambda x, a, b: (x == a) | (x == b), bend=(0.0, 1.0), sympy=lambda sp, x, a, b: sp.Min(sp.Max(x, a), b),
    expand=lambda x, a, b: min_(max_(x, a), b), aliases=("clamp",),
)
copysign = op(
    "copysign", "The size of a with the sign of b.", "copysign(3, -2) = -3",
    lambda g, y, a, b: g * (sign(a) * copysign(1, b)),
    None,
    scalar=math.copysign, array="numpy.copysign", kinks=lambda a, b: (a == 0) | (b == 0), jump=True,
    expand=lambda a, b: where(where(eq(b, 0), lt(div(1, b), 0), lt(b, 0)), -abs(a), abs(a)),
    sympy=lambda sp, a, b: sp.Abs(a) * sp.sign(b),
)
