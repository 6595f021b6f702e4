"""Gamma and error functions, the integrals named after their first users, Bessel functions and their kin."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from symgrad.domain import INF, Domain, Interval, interval, no_poles, nonnegative, nonzero, open_unit, positive, reals
from symgrad.errors import TypeMistake
from symgrad.ops.arithmetic import div, divide, number, pi_of, square
from symgrad.ops.hyperbolic import cosh, sinh
from symgrad.ops.enclose import rounded
from symgrad.ops.op import OPS, Op, Rule, op, section
from symgrad.ops.powers import exp, log, pow_, sqrt
from symgrad.ops.trigonometric import cos, sin, sinc


def no_rule(why: str, hint: str) -> Rule:
    """The rule of an argument by which no derivative is available: it raises SG210."""

    def refuse(g: Any, y: Any, *xs: Any) -> Any:
        raise TypeMistake("SG210", why, hint=hint)

    refuse.reason = why  # type: ignore[attr-defined]  # the support table tells it
    return refuse


def halves(f: Callable[[float], float], x: float) -> float:
    """f(x)/x for an f that grows like exp, also where f overflows and the quotient does not."""
    if abs(x) < LARGE:
        return divide(f(x), x)
    return divide(f(x - math.copysign(1.0, x)), x) * math.e


def bessel_defined(v: float, x: float) -> bool:
    """Whether J_v and I_v are real and finite: for x < 0 at integer orders only, at 0 not for other negative ones."""
    return x > 0 or v == math.floor(v) or (x == 0 and v >= 0)


BRANCH = -0.3678794411714423
"""The least double above -1/e, where lambertw begins."""

TINY = 1e-30
LARGE = 700.0


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

section("Gamma functions")

gamma = op("gamma", "Gamma function.", "gamma(5) = 24", lambda g, y, x: g * (y * digamma(x)), scalar="ball",
           domain=(no_poles,), sympy="gamma", latex=r"\Gamma", aliases=("tgamma",))
lgamma = op("lgamma", "log|gamma(x)|.", "lgamma(1) = 0", lambda g, y, x: g * digamma(x), scalar="ball",
            domain=(no_poles,), sympy=lambda sp, x: sp.log(sp.Abs(sp.gamma(x))) if x.is_negative else sp.loggamma(x),
            latex=r"\ln\left|\Gamma({0})\right|", aliases=("gammaln", "loggamma"))
digamma = op("digamma", "Derivative of log(gamma(x)).", "digamma(2) - digamma(1) = 1", lambda g, y, x: g * polygamma(number(1, x), x),
             scalar="ball", domain=(no_poles,), sympy="digamma", latex=r"\psi", aliases=("psi",))
polygamma = op(
    "polygamma", "n-th derivative of digamma, for n = 0, 1, 2, ...", "polygamma(1, 1) = pi^2/6",
    no_rule("polygamma is defined for integer orders only", "use a number as the order"),
    lambda g, y, n, x: g * polygamma(n + 1, x),
    scalar="ball", domain=(nonnegative, no_poles), valid=lambda n, x: n >= 0 and n == math.floor(n), sympy="polygamma",
    latex=r"\psi^{{\left({0}\right)}}\left({1}\right)",
)
trigamma = op("trigamma", "Derivative of digamma.", "trigamma(1) = pi^2/6", lambda g, y, x: g * polygamma(number(2, x), x),
              domain=(no_poles,), latex=r"\psi^{{\left(1\right)}}\left({0}\right)",
              expand=lambda x: polygamma(number(1, x), x))
factorial = op("factorial", "Factorial, gamma(x + 1).", "factorial(5) = 120", lambda g, y, x: g * (y * digamma(x + 1)),
               scalar="ball", domain=(Domain((Interval(),), no_integers_to=-1.0),), sympy="factorial", latex="{0}!",
               postfix="!", precedence=95, expand=lambda x: gamma(x + 1))
beta = op("beta", "Beta function, gamma(a)*gamma(b)/gamma(a + b).", "beta(2, 3) = 1/12",
          lambda g, y, a, b: g * (y * digamma_gap(a, b)),
          lambda g, y, a, b: g * (y * digamma_gap(b, a)),
          scalar="ball", domain=(positive, positive), sympy="beta", latex=r"\mathrm{{B}}\left({0}, {1}\right)")
digamma_gap = op("digamma_gap", "digamma(a) - digamma(a + b), without cancellation.", "digamma_gap(1, 1) = -1",
                 lambda g, y, a, b: g * (trigamma(a) - trigamma(a + b)),
                 lambda g, y, a, b: -g * trigamma(a + b),
                 scalar="ball", domain=(positive, positive), expand=lambda a, b: digamma(a) - digamma(a + b), hidden=True)
igamma = op(
    "igamma", "Upper incomplete gamma function: the integral of t^(a-1) e^-t from x to infinity.",
    "igamma(1, 2) = exp(-2)",
    lambda g, y, a, x: g * igamma_order(a, x, n=1),
    lambda g, y, a, x: -g * gamma_density(a, x),
    scalar="ball", domain=(reals, positive), sympy="uppergamma", latex=r"\Gamma({0}, {1})",
    aliases=("uppergamma", "igammac"),
)
gamma_density = op(
    "gamma_density", "x^(a - 1)*e^-x, also where one factor overflows.", "gamma_density(2, 1) = exp(-1)",
    lambda g, y, a, x: g * (y * log(x)),
    lambda g, y, a, x: g * (y * (div(a - 1, x) - 1)),
    scalar="ball", domain=(reals, positive), expand=lambda a, x: pow_(x, a - 1) * exp(-x), hidden=True,
)
igamma_order = op(
    "igamma_order", "n-th derivative of igamma by its first argument.", "igamma_order(1, 2, n=1) = 0.142711...",
    lambda g, y, a, x, n: g * igamma_order(a, x, n=n + 1),
    lambda g, y, a, x, n: -g * (gamma_density(a, x) * (log(x) if n == 1 else pow_(log(x), number(n, x)))),
    scalar="ball", attrs=("n",), domain=(reals, positive), hidden=True,
    refused={"sympy": "SymPy has no closed form for it"},
)
gammaincc = op(
    "gammaincc", "Regularised upper incomplete gamma function, igamma(a, x)/gamma(a).", "gammaincc(1, 2) = exp(-2)",
    lambda g, y, a, x: g * gammaincc_order(a, x),
    lambda g, y, a, x: -g * div(gamma_density(a, x), gamma(a)),
    scalar="ball", domain=(positive, positive), latex=r"Q\left({0}, {1}\right)",
    expand=lambda a, x: div(igamma(a, x), gamma(a)),
)
gammainc = op(
    "gammainc", "Regularised lower incomplete gamma function, 1 - gammaincc(a, x).", "gammainc(1, 2) = 1 - exp(-2)",
    lambda g, y, a, x: -g * gammaincc_order(a, x),
    lambda g, y, a, x: g * div(gamma_density(a, x), gamma(a)),
    scalar="ball", domain=(positive, positive), latex=r"P\left({0}, {1}\right)",
    expand=lambda a, x: 1 - div(igamma(a, x), gamma(a)),
)
gammaincc_order = op(
    "gammaincc_order", "Derivative of gammaincc by its first argument.", "gammaincc_order(1, 2) = 0.2208...",
    lambda g, y, a, x: g * (div(igamma_order(a, x, n=2) - digamma(a) * igamma_order(a, x, n=1), gamma(a))
                            - trigamma(a) * gammaincc(a, x) - digamma(a) * y),
    lambda g, y, a, x: -g * (div(gamma_density(a, x), gamma(a)) * (log(x) - digamma(a))),
    scalar="ball", domain=(positive, positive), hidden=True,
    expand=lambda a, x: div(igamma_order(a, x, n=1), gamma(a)) - digamma(a) * gammaincc(a, x),
)

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
sinhc = op("sinhc", "sinh(x)/x, and 1 at 0.", "sinhc(0) = 1", lambda g, y, x: g * div(cosh(x) - y, x),
           scalar=lambda x: 1.0 if x == 0 else halves(sinh.scalar_fn, x), expand=lambda x: div(sinh(x), x), hidden=True)
chi = op("chi", "Hyperbolic cosine integral.", "chi(1) = 0.8378669409802082", lambda g, y, x: g * cosh_over(x),
         scalar="ball", domain=(positive,), sympy="Chi", latex=r"\operatorname{{Chi}}", aliases=("Chi",))
cosh_over = op("cosh_over", "cosh(x)/x, also where cosh overflows.", "cosh_over(1) = cosh(1)", lambda g, y, x: g * div(sinh(x) - y, x),
               scalar=lambda x: halves(cosh.scalar_fn, x), domain=(nonzero,), expand=lambda x: div(cosh(x), x), hidden=True)
li = op("li", "Logarithmic integral: the integral of 1/log(t) from 0 to x (principal value).", "li(2) = 1.045163780117493",
        lambda g, y, x: div(g, log(x)), scalar="ball",
        domain=(Domain((Interval(0.0, 1.0, True, True), Interval(1.0, INF, True))),), sympy="li",
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

section("Bessel functions and others")


no_order = no_rule("the derivative of a Bessel function by its order is not available",
                   "differentiate with respect to its argument, or use a number as the order")
jv = op("jv", "Bessel function of the first kind, order v.", "jv(0, 0) = 1", no_order,
        lambda g, y, v, x: g * jv_slope(v, x, n=1), scalar="ball", sympy="besselj", latex=r"J_{{{0}}}\left({1}\right)",
        valid=bessel_defined, aliases=("besselj", "bessel_jn", "jn", "BesselBase"))
yv = op("yv", "Bessel function of the second kind, order v.", "yv(0, 1) = y0(1)", no_order,
        lambda g, y, v, x: g * yv_slope(v, x, n=1), scalar="ball", sympy="bessely", latex=r"Y_{{{0}}}\left({1}\right)",
        domain=(reals, positive), aliases=("bessely",))
iv = op("iv", "Modified Bessel function of the first kind, order v.", "iv(0, 0) = 1", no_order,
        lambda g, y, v, x: g * iv_slope(v, x, n=1), scalar="ball", sympy="besseli", latex=r"I_{{{0}}}\left({1}\right)",
        valid=bessel_defined, aliases=("besseli",))
kv = op("kv", "Modified Bessel function of the second kind, order v.", "kv(0, 1) = k0(1)", no_order,
        lambda g, y, v, x: g * kv_slope(v, x, n=1), scalar="ball", sympy="besselk", latex=r"K_{{{0}}}\left({1}\right)",
        domain=(reals, positive), aliases=("besselk",))


def bessel_slope(name: str, before: int, after: int, **fields: Any) -> Op:
    """The n-th derivative of a Bessel function f: the mean of before*f(v - 1, x) and after*f(v + 1, x), differentiated."""

    def body(v: Any, x: Any, n: int) -> Any:
        def lower(v: Any) -> Any:
            return OPS[name](v, x) if n == 1 else slope(v, x, n=n - 1)

        first = lower(v - 1) if before > 0 else -lower(v - 1)
        return div(first + lower(v + 1) if after > 0 else first - lower(v + 1), 2)

    slope = op(
        f"{name}_slope", f"n-th derivative of {name} by its argument.", f"{name}_slope(1, 1, n=1) = ({name}(0, 1) - {name}(2, 1))/2",
        no_order, lambda g, y, v, x, n: g * slope(v, x, n=n + 1),
        scalar="ball", attrs=("n",), hidden=True, expand=body, **fields,
    )
    return slope


jv_slope = bessel_slope("jv", 1, -1, valid=bessel_defined)
yv_slope = bessel_slope("yv", 1, -1, domain=(reals, positive))
iv_slope = bessel_slope("iv", 1, 1, valid=bessel_defined)
kv_slope = bessel_slope("kv", -1, -1, domain=(reals, positive))

j0 = op("j0", "Bessel function of the first kind, order 0.", "j0(0) = 1", lambda g, y, x: -g * j1(x), scalar="ball",
        sympy=lambda sp, x: sp.besselj(0, x), latex="J_0", aliases=("besselj0",))
j1 = op("j1", "Bessel function of the first kind, order 1.", "j1(0) = 0", lambda g, y, x: g * jv_slope(number(1, x), x, n=1),
        scalar="ball", sympy=lambda sp, x: sp.besselj(1, x), latex="J_1", aliases=("besselj1",))
y0 = op("y0", "Bessel function of the second kind, order 0.", "y0(1) = 0.08825696421567697",
        lambda g, y, x: -g * y1(x), scalar="ball", domain=(positive,), sympy=lambda sp, x: sp.bessely(0, x), latex="Y_0")
y1 = op("y1", "Bessel function of the second kind, order 1.", "y1(1) = -0.7812128213002887",
        lambda g, y, x: g * yv_slope(number(1, x), x, n=1), scalar="ball", domain=(positive,),
        sympy=lambda sp, x: sp.bessely(1, x), latex="Y_1")
i0 = op("i0", "Modified Bessel function of the first kind, order 0.", "i0(0) = 1", lambda g, y, x: g * i1(x),
        scalar="ball", sympy=lambda sp, x: sp.besseli(0, x), latex="I_0")
i1 = op("i1", "Modified Bessel function of the first kind, order 1.", "i1(0) = 0",
        lambda g, y, x: g * iv_slope(number(1, x), x, n=1), scalar="ball", sympy=lambda sp, x: sp.besseli(1, x), latex="I_1")
k0 = op("k0", "Modified Bessel function of the second kind, order 0.", "k0(1) = 0.42102443824070834",
        lambda g, y, x: -g * k1(x), scalar="ball", domain=(positive,), sympy=lambda sp, x: sp.besselk(0, x), latex="K_0")
k1 = op("k1", "Modified Bessel function of the second kind, order 1.", "k1(1) = 0.6019072301972346",
        lambda g, y, x: g * kv_slope(number(1, x), x, n=1), scalar="ball", domain=(positive,),
        sympy=lambda sp, x: sp.besselk(1, x), latex="K_1")
lambertw = op("lambertw", "Lambert W, main branch: the w with w*e^w = x.", "lambertw(e) = 1",
              lambda g, y, x: g * lambertw_slope(x), scalar="ball", domain=(interval(BRANCH, INF),),
              sympy="LambertW", latex="W", aliases=("LambertW",))
lambertw_slope = op("lambertw_slope", "Derivative of lambertw, accurate near the branch point.", "lambertw_slope(0) = 1",
                    lambda g, y, x: -g * (div(2 + lambertw(x), 1 + lambertw(x)) * (y * y)), scalar="ball",
                    domain=(interval(BRANCH, INF),), expand=lambda x: div(exp(-lambertw(x)), 1 + lambertw(x)), hidden=True)
zeta = op("zeta", "Riemann zeta function.", "zeta(2) = pi^2/6", lambda g, y, x: g * zeta_slope(x, n=1), scalar="ball",
          domain=(Domain((Interval(-INF, 1.0, False, True), Interval(1.0, INF, True))),), sympy="zeta", latex=r"\zeta")
zeta_slope = op("zeta_slope", "n-th derivative of zeta.", "zeta_slope(2, n=1) = -0.937548254315844",
                lambda g, y, x, n: g * zeta_slope(x, n=n + 1), scalar="ball", attrs=("n",), hidden=True,
                refused={"sympy": "SymPy leaves it unevaluated"})
airyai = op("airyai", "Airy function Ai.", "airyai(0) = 0.3550280538878172", lambda g, y, x: g * airyaiprime(x),
            scalar="ball", sympy="airyai", latex=r"\operatorname{{Ai}}")
airyaiprime = op("airyaiprime", "Derivative of the Airy function Ai.", "airyaiprime(0) = -0.2588194037928068",
                 lambda g, y, x: g * (x * airyai(x)), scalar="ball", sympy="airyaiprime", latex=r"\operatorname{{Ai}}'")
airybi = op("airybi", "Airy function Bi.", "airybi(0) = 0.6149266274460007", lambda g, y, x: g * airybiprime(x),
            scalar="ball", sympy="airybi", latex=r"\operatorname{{Bi}}")
airybiprime = op("airybiprime", "Derivative of the Airy function Bi.", "airybiprime(0) = 0.4482883573538264",
                 lambda g, y, x: g * (x * airybi(x)), scalar="ball", sympy="airybiprime", latex=r"\operatorname{{Bi}}'")
ellipk = op("ellipk", "Complete elliptic integral of the first kind, of the parameter m.", "ellipk(0) = pi/2",
            lambda g, y, x: g * ellipk_slope(x), scalar="ball",
            domain=(interval(-INF, 1.0, "[)"),), sympy="elliptic_k", latex="K", aliases=("elliptic_k",))
ellipk_slope = op(
    "ellipk_slope", "Derivative of ellipk, also at 0.", "ellipk_slope(0) = pi/8",
    lambda g, y, x: g * div(ellipe_slope(x) + ellipk(x) - (1 - x) * y - (2 - 4 * x) * y, 2 * x * (1 - x)),
    scalar=lambda x: math.pi / 8 if abs(x) < TINY else rounded(ellipk_slope, (x,), {}),
    domain=(interval(-INF, 1.0, "[)"),), hidden=True,
    expand=lambda x: div(ellipe(x) - (1 - x) * ellipk(x), 2 * x * (1 - x)),
)
ellipe = op("ellipe", "Complete elliptic integral of the second kind, of the parameter m.", "ellipe(0) = pi/2",
            lambda g, y, x: g * ellipe_slope(x), scalar="ball", domain=(interval(-INF, 1.0),),
            sympy="elliptic_e", latex="E", aliases=("elliptic_e",))
ellipe_slope = op(
    "ellipe_slope", "Derivative of ellipe, also at 0.", "ellipe_slope(0) = -pi/8",
    lambda g, y, x: g * div(-y - ellipk_slope(x), 2 * x),
    scalar=lambda x: -math.pi / 8 if abs(x) < TINY else rounded(ellipe_slope, (x,), {}),
    domain=(interval(-INF, 1.0, "[)"),), hidden=True, expand=lambda x: div(ellipe(x) - ellipk(x), 2 * x),
)
