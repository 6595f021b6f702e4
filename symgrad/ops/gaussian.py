"""Error functions and the normal distribution."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import interval, open_unit
from symgrad.ops.arithmetic import div, number, pi_of, square
from symgrad.ops.enclose import rounded
from symgrad.ops.op import op, section
from symgrad.ops.powers import exp, pow_, sqrt


def exact_square(x: Any) -> tuple[Any, Any]:
    """x^2 as an unevaluated sum of two arrays (Veltkamp and Dekker): exp would amplify the rounding of the square."""
    large = 134217729.0 * x
    high = large - (large - x)
    low = x - high
    product = x * x
    return product, ((high * high - product) + 2 * high * low) + low * low


def bell_value(x: float, sign: float, half: float = 1.0) -> float:
    """exp(sign*x^2*half) for half = 1 or 1/2, within an ulp or two."""
    if not abs(x) < FAR:
        return x if x != x else math.inf if sign > 0 else 0.0
    h, rest = exact_square(x)
    exponent = sign * half * h
    return math.exp(exponent) * (1 + sign * half * rest) if exponent < LARGEST_EXPONENT else math.inf


def distribution(x: float) -> float:
    """ncdf at one point: correctly rounded in the left tail, where erfc would amplify the rounding of its argument."""
    return 0.5 * math.erfc(-x * 0.7071067811865476) if x > -1 else rounded(ncdf, (x,), {})


def bell(x: Any, sign: float) -> Any:
    """exp(sign*x^2) on arrays."""
    import numpy as np

    h, rest = exact_square(np.clip(x, -40.0, 40.0))
    return np.exp(sign * h) * (1 + sign * rest)


def normal_density(x: Any) -> Any:
    """npdf on arrays."""
    import numpy as np

    h, rest = exact_square(np.clip(x, -60.0, 60.0))
    return np.exp(-h / 2) * (1 - rest / 2) * 0.3989422804014327


def tail(x: Any) -> Any:
    """erfc on arrays: the scaled function is smooth, and the bell is exact."""
    import numpy as np
    from scipy.special import erf, erfcx

    return np.where(x > HALF, erfcx(np.maximum(x, HALF)) * bell(x, -1.0), 1 - erf(x))


def normal_tail(x: Any) -> Any:
    """ncdf on arrays."""
    import numpy as np
    from scipy.special import erf, erfcx

    z = x * 0.7071067811865476
    h, rest = exact_square(np.clip(x, -60.0, 60.0))
    low = erfcx(np.maximum(-z, HALF)) * (np.exp(-h / 2) * (0.5 - rest / 4))
    return np.where(z < -HALF, low, 0.5 + 0.5 * erf(z))


HALF = 0.5
FAR = 60.0
LARGEST_EXPONENT = 709.78

section("Error functions")

exp_sq = op("exp_sq", "exp(x^2), accurate for large x.", "exp_sq(0) = 1", lambda g, y, x: g * (2 * x * y), ball="expsq",
            scalar=lambda x: bell_value(x, 1.0), array=lambda x: bell(x, 1.0), expand=lambda x: exp(pow_(x, number(2, x))), hidden=True)
exp_neg_sq = op("exp_neg_sq", "exp(-x^2), accurate for large x.", "exp_neg_sq(0) = 1", lambda g, y, x: -g * (2 * x * y),
                ball="expnegsq", scalar=lambda x: bell_value(x, -1.0), array=lambda x: bell(x, -1.0), expand=lambda x: exp(-pow_(x, number(2, x))), hidden=True)
erf = op("erf", "Error function.", "erf(0) = 0", lambda g, y, x: g * (div(2, sqrt(pi_of(g))) * exp_neg_sq(x)), saturates=True, sympy="erf",
         array="scipy.special.erf", latex=r"\operatorname{{erf}}")
erfc = op("erfc", "Complementary error function, 1 - erf(x), accurate for large x.", "erfc(0) = 1",
          lambda g, y, x: -g * (div(2, sqrt(pi_of(g))) * exp_neg_sq(x)), saturates=True, scalar="ball", array=tail, fades=True, sympy="erfc",
          latex=r"\operatorname{{erfc}}")
erfi = op("erfi", "Imaginary error function, 2/sqrt(pi) times the integral of e^(t^2) from 0 to x.", "erfi(0) = 0",
          lambda g, y, x: g * (div(2, sqrt(pi_of(g))) * exp_sq(x)), scalar="ball", sympy="erfi",
          latex=r"\operatorname{{erfi}}")
erfinv = op("erfinv", "Inverse of erf.", "erfinv(0) = 0", lambda g, y, x: g * erfinv_slope(x),
            scalar="ball", array="scipy.special.erfinv", domain=(open_unit,), sympy="erfinv", latex=r"\operatorname{{erf}}^{{-1}}")
erfcinv = op("erfcinv", "Inverse of erfc.", "erfcinv(1) = 0", lambda g, y, x: -g * erfcinv_slope(x),
             scalar="ball", domain=(interval(0.0, 2.0, "()"),), sympy="erfcinv", latex=r"\operatorname{{erfc}}^{{-1}}")
erfinv_slope = op("erfinv_slope", "Derivative of erfinv.", "erfinv_slope(0) = sqrt(pi)/2",
                  lambda g, y, x: g * (2 * erfinv(x) * square(y)), scalar="ball", domain=(open_unit,), hidden=True,
                  expand=lambda x: div(sqrt(pi_of(x)) * exp(pow_(erfinv(x), number(2, x))), 2))
erfcinv_slope = op("erfcinv_slope", "Derivative of erfcinv, up to its sign.", "erfcinv_slope(1) = sqrt(pi)/2",
                   lambda g, y, x: -g * (2 * erfcinv(x) * square(y)), scalar="ball", domain=(interval(0.0, 2.0, "()"),),
                   expand=lambda x: div(sqrt(pi_of(x)) * exp(pow_(erfcinv(x), number(2, x))), 2), hidden=True)
npdf = op("npdf", "Density of the standard normal distribution.", "npdf(0) = 1/sqrt(2*pi)", lambda g, y, x: -g * (x * y),
          scalar=lambda x: bell_value(x, -1.0, 0.5) * 0.3989422804014327, array=normal_density, fades=True, expand=lambda x: div(exp(div(-square(x), 2)), sqrt(2 * pi_of(x))))
ncdf = op("ncdf", "Distribution function of the standard normal distribution.", "ncdf(0) = 0.5",
          lambda g, y, x: g * npdf(x), saturates=True, scalar=distribution, array=normal_tail, fades=True, expand=lambda x: div(erfc(div(-x, sqrt(number(2, x)))), 2))
