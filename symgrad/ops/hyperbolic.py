"""Hyperbolic functions and their inverses."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import INF, Domain, Interval, interval, nonzero, open_unit, strictly_outside_unit
from symgrad.ops.arithmetic import div, divide, number, reciprocal, square
from symgrad.ops.numeric import numpy_of
from symgrad.ops.op import op, section
from symgrad.ops.powers import pow_, root_one_minus_sq, root_one_plus_sq, root_sq_minus_one

not_unit = Domain((*strictly_outside_unit.intervals, Interval(-1.0, 1.0, True, True)))


def sech_value(x: float) -> float:
    """2/(e^x + e^-x) in a form that underflows gradually where cosh overflows."""
    t = math.exp(-abs(x))
    return 2 * t / (1 + t * t)


def sech_values(x: object) -> object:
    """`sech_value` on arrays."""
    import numpy as np

    t = np.exp(-np.abs(x))  # type: ignore[call-overload]  # any array-like of reals
    return 2 * t / (1 + t * t)


def inverse_csch(x: Any) -> Any:
    """acsch on arrays; where 1/x overflows, by the logarithm that it tends to."""
    import numpy as np

    return np.where(abs(x) > TINY, np.arcsinh(1 / x), np.copysign(np.log(2) - np.log(abs(x)), x))


TINY = 1e-300

section("Hyperbolic functions")

sinh = op("sinh", "Hyperbolic sine.", "sinh(0) = 0", lambda g, y, x: g * cosh(x), array="numpy.sinh", sympy="sinh",
          latex=r"\sinh")
cosh = op("cosh", "Hyperbolic cosine.", "cosh(0) = 1", lambda g, y, x: g * sinh(x), array="numpy.cosh", sympy="cosh",
          latex=r"\cosh")
tanh = op("tanh", "Hyperbolic tangent.", "tanh(0) = 0", lambda g, y, x: g * square(sech(x)), array="numpy.tanh", saturates=True,
          sympy="tanh", latex=r"\tanh")
coth = op("coth", "Hyperbolic cotangent, cosh(x)/sinh(x).", "coth(1) = 1/tanh(1)", lambda g, y, x: -g * square(csch(x)),
          scalar="ball", array=numpy_of(lambda np, x: 1 / np.tanh(x)), domain=(nonzero,), sympy="coth", latex=r"\coth", expand=lambda x: reciprocal(tanh(x)))
sech = op("sech", "Hyperbolic secant, 1/cosh(x).", "sech(0) = 1", lambda g, y, x: -g * (y * tanh(x)), scalar=sech_value,
          array=sech_values, fades=True, sympy="sech", latex=r"\operatorname{{sech}}", expand=lambda x: reciprocal(cosh(x)))
csch = op("csch", "Hyperbolic cosecant, 1/sinh(x).", "csch(1) = 1/sinh(1)", lambda g, y, x: -g * (y * coth(x)),
          scalar="ball", array=numpy_of(lambda np, x: np.where(abs(x) < 20, 1 / np.sinh(x), 2 * np.sign(x) * np.exp(-abs(x)))), domain=(nonzero,), fades=True, sympy="csch", latex=r"\operatorname{{csch}}",
          expand=lambda x: reciprocal(sinh(x)))

section("Inverse hyperbolic functions")

asinh = op("asinh", "Inverse hyperbolic sine.", "asinh(0) = 0", lambda g, y, x: div(g, root_one_plus_sq(x)),
           array="numpy.arcsinh", sympy="asinh", latex=r"\operatorname{{arsinh}}", aliases=("arcsinh", "arsinh"))
acosh = op("acosh", "Inverse hyperbolic cosine, at least 0.", "acosh(1) = 0",
           lambda g, y, x: div(g, root_sq_minus_one(x)), array="numpy.arccosh", domain=(interval(1.0, INF),),
           sympy="acosh", latex=r"\operatorname{{arcosh}}", aliases=("arccosh", "arcosh"))
atanh = op("atanh", "Inverse hyperbolic tangent.", "atanh(0) = 0", lambda g, y, x: g * atanh_slope(x),
           array="numpy.arctanh", domain=(open_unit,), sympy="atanh", latex=r"\operatorname{{artanh}}",
           aliases=("arctanh", "artanh"))
atanh_slope = op("atanh_slope", "1/(1 - x^2), accurate near 1, also where the square overflows.", "atanh_slope(0.5) = 4/3",
                 lambda g, y, x: g * (2 * (x * y) * y), scalar=lambda x: divide(divide(1.0, 1 - x), 1 + x),
                 array=lambda x: 1 / (1 - x) / (1 + x), domain=(not_unit,),
                 expand=lambda x: div(1, 1 - pow_(x, number(2, x))), hidden=True)
acoth = op("acoth", "Inverse hyperbolic cotangent, atanh(1/x).", "acoth(2) = log(3)/2",
           lambda g, y, x: g * atanh_slope(x), scalar="ball", array=numpy_of(lambda np, x: np.sign(x) * 0.5 * np.log1p(2 / (abs(x) - 1))),
           domain=(strictly_outside_unit,), sympy="acoth",
           latex=r"\operatorname{{arcoth}}", expand=lambda x: atanh(reciprocal(x)), aliases=("arccoth", "arcoth"))
asech = op("asech", "Inverse hyperbolic secant, acosh(1/x).", "asech(1) = 0",
           lambda g, y, x: -div(g, x * root_one_minus_sq(x)), scalar="ball", domain=(interval(0.0, 1.0, "(]"),),
           sympy="asech", latex=r"\operatorname{{arsech}}", expand=lambda x: acosh(reciprocal(x)),
           aliases=("arcsech", "arsech"))
acsch = op("acsch", "Inverse hyperbolic cosecant, asinh(1/x).", "acsch(1) = asinh(1)",
           lambda g, y, x: -g * acsch_slope(x), scalar="ball", array=inverse_csch, domain=(nonzero,), sympy="acsch",
           latex=r"\operatorname{{arcsch}}", expand=lambda x: asinh(reciprocal(x)), aliases=("arccsch", "arcsch"))
acsch_slope = op(
    "acsch_slope", "1/(|x|*sqrt(1 + x^2)), also where the product overflows.", "acsch_slope(0.75) = 16/15",
    lambda g, y, x: -g * (y * (reciprocal(x) + div(div(x, root_one_plus_sq(x)), root_one_plus_sq(x)))),
    scalar=lambda x: divide(1.0, abs(x)) / root_one_plus_sq.scalar_fn(x),
    array=lambda x: 1 / abs(x) / root_one_plus_sq.array_fn(x), domain=(nonzero,),
    expand=lambda x: div(reciprocal(abs(x)), root_one_plus_sq(x)), hidden=True,
)
