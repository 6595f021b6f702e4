"""Integrals without a closed form: exponential, sine, cosine, logarithmic, Fresnel."""

from __future__ import annotations

import math
from collections.abc import Callable

from symgrad.domain import INF, Domain, Interval, nonzero, positive
from symgrad.ops.arithmetic import div, divide, number, pi_of
from symgrad.ops.enclose import rounded
from symgrad.ops.hyperbolic import cosh, sinh
from symgrad.ops.op import op, section
from symgrad.ops.powers import exp, log, pow_
from symgrad.ops.trigonometric import cos, sin, sinc


def halves(f: Callable[[float], float], x: float) -> float:
    """f(x)/x for an f that grows like exp, also where f overflows and the quotient does not."""
    if abs(x) < LARGE:
        return divide(f(x), x)
    return divide(f(x - math.copysign(8.0, x)), x) * math.exp(8.0)



def sinhc_derivative(x: float, *, n: int) -> float:
    """The n-th derivative of sinh(x)/x: by its power series near 0."""
    if abs(x) >= n + 2:
        return rounded(sinhc_slope, (x,), {"n": n})
    return math.fsum(
        math.perm(2 * k, n) / math.factorial(2 * k + 1) * x ** (2 * k - n) for k in range((n + 1) // 2, n + 30)
    )


LARGE = 700.0

section("Exponential, sine and cosine integrals")

ei = op("ei", "Exponential integral: the integral of e^t/t from -infinity to x (principal value).", "ei(1) = 1.895117816355937",
        lambda g, y, x: g * exp_over(x), scalar="ball", domain=(nonzero,), sympy="Ei", latex=r"\operatorname{{Ei}}",
        aliases=("expi", "Ei"))
expint = op("expint", "Exponential integral E1: the integral of e^-t/t from x to infinity.", "expint(1) = -ei(-1)",
            lambda g, y, x: g * exp_over(-x), scalar=lambda x: -rounded(ei, (-x,), {}), domain=(nonzero,),
            latex=r"\operatorname{{E}}_1", expand=lambda x: -ei(-x))
exp_over = op("exp_over", "exp(x)/x, also where exp overflows.", "exp_over(1) = e", lambda g, y, x: g * (y * div(x - 1, x)),
              scalar=lambda x: halves(exp.scalar_fn, x) if x > 0 else divide(exp.scalar_fn(x), x), domain=(nonzero,), expand=lambda x: div(exp(x), x), hidden=True)
si = op("si", "Sine integral: the integral of sin(t)/t from 0 to x.", "si(0) = 0", lambda g, y, x: g * sinc(x),
        scalar="ball", sympy="Si", latex=r"\operatorname{{Si}}", aliases=("Si", "sinint", "sici"))
ci = op("ci", "Cosine integral: -(the integral of cos(t)/t from x to infinity).", "ci(1) = 0.33740392290096813",
        lambda g, y, x: g * div(cos(x), x), scalar="ball", domain=(positive,), sympy="Ci",
        latex=r"\operatorname{{Ci}}", aliases=("Ci", "cosint"))
shi = op("shi", "Hyperbolic sine integral: the integral of sinh(t)/t from 0 to x.", "shi(0) = 0",
         lambda g, y, x: g * sinhc(x), scalar="ball", sympy="Shi", latex=r"\operatorname{{Shi}}", aliases=("Shi",))
sinhc = op("sinhc", "sinh(x)/x, and 1 at 0.", "sinhc(0) = 1", lambda g, y, x: g * sinhc_slope(x, n=1),
           scalar=lambda x: 1.0 if x == 0 else halves(sinh.scalar_fn, x), expand=lambda x: div(sinh(x), x), hidden=True)
sinhc_slope = op("sinhc_slope", "The n-th derivative of sinhc.", "sinhc_slope(0, n=1) = 0",
                 lambda g, y, x, n: g * sinhc_slope(x, n=n + 1), scalar=sinhc_derivative, attrs=("n",), hidden=True,
                 expand=lambda x, n: div((cosh(x) if n % 2 else sinh(x)) - n * (sinhc(x) if n == 1 else sinhc_slope(x, n=n - 1)), x))
chi = op("chi", "Hyperbolic cosine integral.", "chi(1) = 0.8378669409802082", lambda g, y, x: g * cosh_over(x),
         scalar="ball", domain=(positive,), sympy="Chi", latex=r"\operatorname{{Chi}}", aliases=("Chi",))
cosh_over = op("cosh_over", "cosh(x)/x, also where cosh overflows.", "cosh_over(1) = cosh(1)", lambda g, y, x: g * div(sinh(x) - y, x),
               scalar=lambda x: halves(cosh.scalar_fn, x), domain=(nonzero,), expand=lambda x: div(cosh(x), x), hidden=True)
li = op("li", "Logarithmic integral: the integral of 1/log(t) from 0 to x (principal value).", "li(2) = 1.045163780117493",
        lambda g, y, x: div(g, log(x)), scalar="ball",
        domain=(Domain((Interval(0.0, 1.0, False, True), Interval(1.0, INF, True))),), sympy="li",
        latex=r"\operatorname{{li}}")
fresnels = op("fresnels", "Fresnel integral of sin(pi t^2/2) from 0 to x.", "fresnels(0) = 0",
              lambda g, y, x: g * sin_half_pi_sq(x), scalar="ball", sympy="fresnels", latex=r"S", aliases=("FresnelIntegral",))
fresnelc = op("fresnelc", "Fresnel integral of cos(pi t^2/2) from 0 to x.", "fresnelc(0) = 0",
              lambda g, y, x: g * cos_half_pi_sq(x), scalar="ball", sympy="fresnelc", latex=r"C")
sin_half_pi_sq = op("sin_half_pi_sq", "sin(pi x^2/2), accurate for large x.", "sin_half_pi_sq(1) = 1",
                    lambda g, y, x: g * (pi_of(g) * x * cos_half_pi_sq(x)), scalar="ball", ball="sinhalfpisq",
                    expand=lambda x: sin(div(pi_of(x) * pow_(x, number(2, x)), 2)), hidden=True)
cos_half_pi_sq = op("cos_half_pi_sq", "cos(pi x^2/2), accurate for large x.", "cos_half_pi_sq(1) = 0",
                    lambda g, y, x: -g * (pi_of(g) * x * sin_half_pi_sq(x)), scalar="ball", ball="coshalfpisq",
                    expand=lambda x: cos(div(pi_of(x) * pow_(x, number(2, x)), 2)), hidden=True)
