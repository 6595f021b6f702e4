"""Error functions and the normal distribution."""

from __future__ import annotations

from symgrad.domain import interval, open_unit
from symgrad.ops.arithmetic import div, number, pi_of, square
from symgrad.ops.op import op, section
from symgrad.ops.powers import exp, pow_, sqrt

section("Error functions")

exp_sq = op("exp_sq", "exp(x^2), accurate for large x.", "exp_sq(0) = 1", lambda g, y, x: g * (2 * x * y), ball="expsq",
            scalar="ball", expand=lambda x: exp(pow_(x, number(2, x))), hidden=True)
exp_neg_sq = op("exp_neg_sq", "exp(-x^2), accurate for large x.", "exp_neg_sq(0) = 1", lambda g, y, x: -g * (2 * x * y),
                ball="expnegsq", scalar="ball", expand=lambda x: exp(-pow_(x, number(2, x))), hidden=True)
erf = op("erf", "Error function.", "erf(0) = 0", lambda g, y, x: g * div(2 * exp_neg_sq(x), sqrt(pi_of(g))), sympy="erf",
         latex=r"\operatorname{{erf}}")
erfc = op("erfc", "Complementary error function, 1 - erf(x), accurate for large x.", "erfc(0) = 1",
          lambda g, y, x: -g * div(2 * exp_neg_sq(x), sqrt(pi_of(g))), scalar="ball", sympy="erfc",
          latex=r"\operatorname{{erfc}}")
erfi = op("erfi", "Imaginary error function, 2/sqrt(pi) times the integral of e^(t^2) from 0 to x.", "erfi(0) = 0",
          lambda g, y, x: g * div(2 * exp_sq(x), sqrt(pi_of(g))), scalar="ball", sympy="erfi",
          latex=r"\operatorname{{erfi}}")
erfinv = op("erfinv", "Inverse of erf.", "erfinv(0) = 0", lambda g, y, x: g * erfinv_slope(x),
            scalar="ball", domain=(open_unit,), sympy="erfinv", latex=r"\operatorname{{erf}}^{{-1}}")
erfcinv = op("erfcinv", "Inverse of erfc.", "erfcinv(1) = 0", lambda g, y, x: -g * erfcinv_slope(x),
             scalar="ball", domain=(interval(0.0, 2.0, "()"),), sympy="erfcinv", latex=r"\operatorname{{erfc}}^{{-1}}")
erfinv_slope = op("erfinv_slope", "Derivative of erfinv.", "erfinv_slope(0) = sqrt(pi)/2",
                  lambda g, y, x: g * (2 * erfinv(x) * square(y)), scalar="ball", domain=(open_unit,), hidden=True,
                  expand=lambda x: div(sqrt(pi_of(x)) * exp(pow_(erfinv(x), number(2, x))), 2))
erfcinv_slope = op("erfcinv_slope", "Derivative of erfcinv, up to its sign.", "erfcinv_slope(1) = sqrt(pi)/2",
                   lambda g, y, x: -g * (2 * erfcinv(x) * square(y)), scalar="ball", domain=(interval(0.0, 2.0, "()"),),
                   expand=lambda x: div(sqrt(pi_of(x)) * exp(pow_(erfcinv(x), number(2, x))), 2), hidden=True)
npdf = op("npdf", "Density of the standard normal distribution.", "npdf(0) = 1/sqrt(2*pi)", lambda g, y, x: -g * (x * y),
          scalar="ball", expand=lambda x: div(exp(div(-square(x), 2)), sqrt(2 * pi_of(x))))
ncdf = op("ncdf", "Distribution function of the standard normal distribution.", "ncdf(0) = 0.5",
          lambda g, y, x: g * npdf(x), scalar="ball", expand=lambda x: div(erfc(div(-x, sqrt(number(2, x)))), 2))
