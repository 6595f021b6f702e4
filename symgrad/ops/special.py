"""Gamma and error functions, the integrals named after their first users, Bessel functions and their kin."""

from __future__ import annotations

import math
from typing import Any

from symgrad.domain import INF, Domain, Interval, interval, no_poles, nonnegative, nonzero, open_unit, positive, reals
from symgrad.errors import TypeMistake
from symgrad.ops.arithmetic import div, divide, number, pi_of, square
from symgrad.ops.hyperbolic import cosh, sinh
from symgrad.ops.op import op, section
from symgrad.ops.powers import exp, log, pow_, sqrt
from symgrad.ops.trigonometric import cos, sin, sinc


def order_derivative(a: float, x: float, *, n: int) -> float:
    """The n-th derivative of igamma(a, x) by a, correctly rounded."""
    from symgrad.balls import nearest

    return float(nearest("igamma_order", a, x, n=n))


def zeta_derivative(x: float, *, n: int) -> float:
    """The n-th derivative of zeta, correctly rounded."""
    from symgrad.balls import nearest

    return float(nearest("zeta_slope", x, n=n))


def bessel_defined(v: float, x: float) -> bool:
    """Whether J_v and I_v are real and finite at x >= 0: for v < 0 not at 0."""
    return x > 0 or (x == 0 and v >= 0)


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
erfinv = op("erfinv", "Inverse of erf.", "erfinv(0) = 0", lambda g, y, x: g * div(sqrt(pi_of(g)) * exp_sq(y), 2),
            scalar="ball", domain=(open_unit,), sympy="erfinv", latex=r"\operatorname{{erf}}^{{-1}}")
erfcinv = op("erfcinv", "Inverse of erfc.", "erfcinv(1) = 0", lambda g, y, x: -g * div(sqrt(pi_of(g)) * exp_sq(y), 2),
             scalar="ball", domain=(interval(0.0, 2.0, "()"),), sympy="erfcinv", latex=r"\operatorname{{erfc}}^{{-1}}")
npdf = op("npdf", "Density of the standard normal distribution.", "npdf(0) = 1/sqrt(2*pi)", lambda g, y, x: -g * (x * y),
          scalar="ball", expand=lambda x: div(exp(div(-square(x), 2)), sqrt(2 * pi_of(x))))
ncdf = op("ncdf", "Distribution function of the standard normal distribution.", "ncdf(0) = 0.5",
          lambda g, y, x: g * npdf(x), scalar="ball", expand=lambda x: div(erfc(div(-x, sqrt(number(2, x)))), 2))

section("Gamma functions")

gamma = op("gamma", "Gamma function.", "gamma(5) = 24", lambda g, y, x: g * (y * digamma(x)), scalar="ball",
           domain=(no_poles,), sympy="gamma", latex=r"\Gamma", aliases=("tgamma",))
lgamma = op("lgamma", "log|gamma(x)|.", "lgamma(1) = 0", lambda g, y, x: g * digamma(x), scalar="ball",
            domain=(no_poles,), sympy=lambda sp, x: sp.log(sp.Abs(sp.gamma(x))) if x.is_negative else sp.loggamma(x),
            latex=r"\ln\left|\Gamma({0})\right|", aliases=("gammaln", "loggamma"))
digamma = op(
    "igamma", "Upper incomplete gamma function: the integral of t^(a-1) e^-t from x to infinity.",
    "igamma(1, 2) = exp(-2)",
    lambda g, y, a, x: g * igamma_order(a, x, n=1),
    lambda g, y, a, x: -g * (pow_(x, a - 1) * exp(-x)),
    scalar="ball", domain=(reals, positive), sympy="uppergamma", latex=r"\Gamma({0}, {1})",
    aliases=("uppergamma", "igammac"),
)
igamma_order = op(
    "igamma_order", "n-th derivative of igamma by its first argument.", "igamma_order(1, 2) = 0.48903...",
    lambda g, y, a, x, n: g * igamma_order(a, x, n=n + 1),
    lambda g, y, a, x, n: -g * (pow_(x, a - 1) * exp(-x) * pow_(log(x), number(n, x))),
    scalar=order_derivative, attrs=("n",), domain=(reals, positive), hidden=True,
    refused={"text": "has no body in other functions", "sympy": "SymPy has no closed form either"},
)

section("Exponential, sine and cosine integrals")

ei = op("ei", "Exponential integral: the integral of e^t/t from -infinity to x (principal value).", "ei(1) = 1.895117816355937",
        lambda g, y, x: g * div(exp(x), x), scalar="ball", domain=(nonzero,), sympy="Ei", latex=r"\operatorname{{Ei}}",
        aliases=("expi", "Ei"))
si = op("si", "Sine integral: the integral of sin(t)/t from 0 to x.", "si(0) = 0", lambda g, y, x: g * sinc(x),
        scalar="ball", sympy="Si", latex=r"\operatorname{{Si}}", aliases=("Si", "sinint"))
ci = op("ci", "Cosine integral: -(the integral of cos(t)/t from x to infinity).", "ci(1) = 0.33740392290096813",
        lambda g, y, x: g * div(cos(x), x), scalar="ball", domain=(positive,), sympy="Ci",
        latex=r"\operatorname{{Ci}}", aliases=("Ci", "cosint"))
shi = op("shi", "Hyperbolic sine integral: the integral of sinh(t)/t from 0 to x.", "shi(0) = 0",
         lambda g, y, x: g * sinhc(x), scalar="ball", sympy="Shi", latex=r"\operatorname{{Shi}}", aliases=("Shi",))
sinhc = op("sinhc", "sinh(x)/x, and 1 at 0.", "sinhc(0) = 1", lambda g, y, x: g * div(cosh(x) - y, x),
           scalar=lambda x: 1.0 if x == 0 else divide(sinh.scalar_fn(x), x), expand=lambda x: div(sinh(x), x), hidden=True)
chi = op("chi", "Hyperbolic cosine integral.", "chi(1) = 0.8378669409802082", lambda g, y, x: g * div(cosh(x), x),
         scalar="ball", domain=(positive,), sympy="Chi", latex=r"\operatorname{{Chi}}", aliases=("Chi",))
li = op("li", "Logarithmic integral: the integral of 1/log(t) from 0 to x (principal value).", "li(2) = 1.045163780117493",
        lambda g, y, x: div(g, log(x)), scalar="ball",
        domain=(Domain((Interval(0.0, 1.0, True, True), Interval(1.0, INF, True))),), sympy="li",
        latex=r"\operatorname{{li}}")
fresnels = op("fresnels", "Fresnel integral of sin(pi t^2/2) from 0 to x.", "fresnels(0) = 0",
              lambda g, y, x: g * sin_half_pi_sq(x), scalar="ball", sympy="fresnels", latex=r"S")
fresnelc = op("fresnelc", "Fresnel integral of cos(pi t^2/2) from 0 to x.", "fresnelc(0) = 0",
              lambda g, y, x: g * cos_half_pi_sq(x), scalar="ball", sympy="fresnelc", latex=r"C")
sin_half_pi_sq = op("sin_half_pi_sq", "sin(pi x^2/2), accurate for large x.", "sin_half_pi_sq(1) = 1",
                    lambda g, y, x: g * (pi_of(g) * x * cos_half_pi_sq(x)), scalar="ball", ball="sinhalfpisq",
                    expand=lambda x: sin(div(pi_of(x) * pow_(x, number(2, x)), 2)), hidden=True)
cos_half_pi_sq = op("cos_half_pi_sq", "cos(pi x^2/2), accurate for large x.", "cos_half_pi_sq(1) = 0",
                    lambda g, y, x: -g * (pi_of(g) * x * sin_half_pi_sq(x)), scalar="ball", ball="coshalfpisq",
                    expand=lambda x: cos(div(pi_of(x) * pow_(x, number(2, x)), 2)), hidden=True)

section("Bessel functions and others")


def order_rule(g: Any, y: Any, v: Any, x: Any) -> Any:
    """Refuse: the derivative of a Bessel function by its order is no elementary expression."""
    raise TypeMistake("SG210", "the derivative of a Bessel function by its order is not available",
                      hint="differentiate with respect to its argument, or use a number as the order")


jv = op("jv", "Bessel function of the first kind, order v.", "jv(0, 0) = 1", order_rule,
        lambda g, y, v, x: g * div(jv(v - 1, x) - jv(v + 1, x), 2), scalar="ball", sympy="besselj", latex=r"J_{{{0}}}\left({1}\right)",
        domain=(reals, nonnegative), valid=bessel_defined, aliases=("besselj",))
yv = op("yv", "Bessel function of the second kind, order v.", "yv(0, 1) = y0(1)", order_rule,
        lambda g, y, v, x: g * div(yv(v - 1, x) - yv(v + 1, x), 2), scalar="ball", sympy="bessely", latex=r"Y_{{{0}}}\left({1}\right)",
        domain=(reals, positive), aliases=("bessely",))
iv = op("iv", "Modified Bessel function of the first kind, order v.", "iv(0, 0) = 1", order_rule,
        lambda g, y, v, x: g * div(iv(v - 1, x) + iv(v + 1, x), 2), scalar="ball", sympy="besseli", latex=r"I_{{{0}}}\left({1}\right)",
        domain=(reals, nonnegative), valid=bessel_defined, aliases=("besseli",))
kv = op("kv", "Modified Bessel function of the second kind, order v.", "kv(0, 1) = k0(1)", order_rule,
        lambda g, y, v, x: -g * div(kv(v - 1, x) + kv(v + 1, x), 2), scalar="ball", sympy="besselk", latex=r"K_{{{0}}}\left({1}\right)",
        domain=(reals, positive), aliases=("besselk",))
j0 = op("j0", "Bessel function of the first kind, order 0.", "j0(0) = 1", lambda g, y, x: -g * j1(x), scalar="ball",
        sympy=lambda sp, x: sp.besselj(0, x), latex="J_0", aliases=("besselj0",))
j1 = op("j1", "Bessel function of the first kind, order 1.", "j1(0) = 0",
        lambda g, y, x: g * div(j0(x) - jv(number(2, x), x), 2), scalar="ball", sympy=lambda sp, x: sp.besselj(1, x),
        latex="J_1", aliases=("besselj1",))
y0 = op("y0", "Bessel function of the second kind, order 0.", "y0(1) = 0.08825696421567697",
        lambda g, y, x: -g * y1(x), scalar="ball", domain=(positive,), sympy=lambda sp, x: sp.bessely(0, x), latex="Y_0")
y1 = op("y1", "Bessel function of the second kind, order 1.", "y1(1) = -0.7812128213002887",
        lambda g, y, x: g * div(y0(x) - yv(number(2, x), x), 2), scalar="ball", domain=(positive,),
        sympy=lambda sp, x: sp.bessely(1, x), latex="Y_1")
i0 = op("i0", "Modified Bessel function of the first kind, order 0.", "i0(0) = 1", lambda g, y, x: g * i1(x),
        scalar="ball", sympy=lambda sp, x: sp.besseli(0, x), latex="I_0")
i1 = op("i1", "Modified Bessel function of the first kind, order 1.", "i1(0) = 0",
        lambda g, y, x: g * div(i0(x) + iv(number(2, x), x), 2), scalar="ball", sympy=lambda sp, x: sp.besseli(1, x),
        latex="I_1")
k0 = op("k0", "Modified Bessel function of the second kind, order 0.", "k0(1) = 0.42102443824070834",
        lambda g, y, x: -g * k1(x), scalar="ball", domain=(positive,), sympy=lambda sp, x: sp.besselk(0, x), latex="K_0")
k1 = op("k1", "Modified Bessel function of the second kind, order 1.", "k1(1) = 0.6019072301972346",
        lambda g, y, x: -g * div(k0(x) + kv(number(2, x), x), 2), scalar="ball", domain=(positive,),
        sympy=lambda sp, x: sp.besselk(1, x), latex="K_1")
lambertw = op("lambertw", "Lambert W, main branch: the w with w*e^w = x.", "lambertw(e) = 1",
              lambda g, y, x: g * div(exp(-y), 1 + y), scalar="ball", domain=(interval(-1 / math.e, INF),),
              sympy="LambertW", latex="W", aliases=("LambertW",))
zeta = op("zeta", "Riemann zeta function.", "zeta(2) = pi^2/6", lambda g, y, x: g * zeta_slope(x, n=1), scalar="ball",
          domain=(Domain((Interval(-INF, 1.0, False, True), Interval(1.0, INF, True))),), sympy="zeta", latex=r"\zeta")
zeta_slope = op("zeta_slope", "n-th derivative of zeta.", "zeta_slope(2) = -0.937548254315844",
                lambda g, y, x, n: g * zeta_slope(x, n=n + 1), scalar=zeta_derivative, attrs=("n",), hidden=True,
                refused={"text": "has no body in other functions", "sympy": "SymPy leaves it unevaluated"})
airyai = op("airyai", "Airy function Ai.", "airyai(0) = 0.3550280538878172", lambda g, y, x: g * airyaiprime(x),
            scalar="ball", sympy="airyai", latex=r"\operatorname{{Ai}}")
airyaiprime = op("airyaiprime", "Derivative of the Airy function Ai.", "airyaiprime(0) = -0.2588194037928068",
                 lambda g, y, x: g * (x * airyai(x)), scalar="ball", sympy="airyaiprime", latex=r"\operatorname{{Ai}}'")
airybi = op("airybi", "Airy function Bi.", "airybi(0) = 0.6149266274460007", lambda g, y, x: g * airybiprime(x),
            scalar="ball", sympy="airybi", latex=r"\operatorname{{Bi}}")
airybiprime = op("airybiprime", "Derivative of the Airy function Bi.", "airybiprime(0) = 0.4482883573538264",
                 lambda g, y, x: g * (x * airybi(x)), scalar="ball", sympy="airybiprime", latex=r"\operatorname{{Bi}}'")
ellipk = op("ellipk", "Complete elliptic integral of the first kind, of the parameter m.", "ellipk(0) = pi/2",
            lambda g, y, x: g * div(ellipe(x) - (1 - x) * y, 2 * x * (1 - x)), scalar="ball",
            domain=(interval(-INF, 1.0, "[)"),), sympy="elliptic_k", latex="K")
ellipe = op("ellipe", "Complete elliptic integral of the second kind, of the parameter m.", "ellipe(0) = pi/2",
            lambda g, y, x: g * div(y - ellipk(x), 2 * x), scalar="ball", domain=(interval(-INF, 1.0),),
            sympy="elliptic_e", latex="E")
