"""Gamma functions: complete, incomplete, and their logarithmic derivatives."""

from __future__ import annotations

import math

from symgrad.domain import Domain, Interval, no_poles, nonnegative, positive, reals
from symgrad.ops.arithmetic import div, number
from symgrad.ops.enclose import rounded
from symgrad.ops.op import UNSPOKEN, no_rule, op, section
from symgrad.ops.powers import exp, log, pow_


def beta_slope_value(a: float, b: float) -> float:
    """Derivative of beta by a, correctly rounded; where gamma(a + b) has a pole, by the derivative of its reciprocal."""
    pole = a + b <= 0 and float(a + b).is_integer() and (a + b) - a == b
    if not pole or a + b < -170:
        return rounded(beta_slope, (a, b), {})
    n = int(-a - b)
    return float(gamma.scalar_fn(a) * gamma.scalar_fn(b) * (-1) ** n * math.factorial(n))


section("Gamma functions")

gamma = op("gamma", "Gamma function.", "gamma(5) = 24", lambda g, y, x: g * (y * digamma(x)), scalar="ball",
           domain=(no_poles,), fades=True, sympy="gamma", latex=r"\Gamma", aliases=("tgamma",))
lgamma = op("lgamma", "log|gamma(x)|.", "lgamma(1) = 0", lambda g, y, x: g * digamma(x), scalar="ball",
            domain=(no_poles,), sympy=lambda sp, x: sp.log(sp.Abs(sp.gamma(x))) if x.is_negative else sp.loggamma(x),
            latex=r"\ln\left|\Gamma({0})\right|", aliases=("gammaln", "loggamma"))
digamma = op("digamma", "Derivative of log(gamma(x)).", "digamma(2) - digamma(1) = 1", lambda g, y, x: g * polygamma(number(1, x), x),
             scalar="ball", domain=(no_poles,), sympy="digamma", latex=r"\psi", aliases=("psi",))
polygamma = op(
    "polygamma", "n-th derivative of digamma, for n = 0, 1, 2, ...", "polygamma(1, 1) = pi^2/6",
    no_rule("polygamma is defined for integer orders only", "use a number as the order"),
    lambda g, y, n, x: g * polygamma(n + 1, x),
    scalar=lambda n, x: rounded(polygamma, (n, x), {}) if math.isfinite(n) else math.nan, ball="polygamma",
    domain=(nonnegative, no_poles), valid=lambda n, x: (n >= 0) & (n % 1 == 0), sympy="polygamma",
    latex=r"\psi^{{\left({0}\right)}}\left({1}\right)",
)
trigamma = op("trigamma", "Derivative of digamma.", "trigamma(1) = pi^2/6", lambda g, y, x: g * polygamma(number(2, x), x),
              domain=(no_poles,), latex=r"\psi^{{\left(1\right)}}\left({0}\right)",
              expand=lambda x: polygamma(number(1, x), x))
factorial = op("factorial", "Factorial, gamma(x + 1).", "factorial(5) = 120", lambda g, y, x: g * (y * digamma_next(x)),
               scalar="ball", domain=(Domain((Interval(),), no_integers_to=-1.0),), sympy="factorial", latex="{0}!",
               postfix="!", precedence=95, expand=lambda x: gamma(x + 1))
digamma_next = op("digamma_next", "digamma(x + 1) of the exact sum.", "digamma_next(0) = digamma(1)",
                  lambda g, y, x: g * trigamma(x + 1), scalar="ball", domain=(Domain((Interval(),), no_integers_to=-1.0),),
                  expand=lambda x: digamma(x + 1), hidden=True)
beta = op("beta", "Beta function, gamma(a)*gamma(b)/gamma(a + b).", "beta(2, 3) = 1/12",
          lambda g, y, a, b: g * beta_slope(a, b),
          lambda g, y, a, b: g * beta_slope(b, a),
          scalar="ball", domain=(no_poles, no_poles), sympy="beta", latex=r"\mathrm{{B}}\left({0}, {1}\right)")
beta_slope = op("beta_slope", "Derivative of beta by its first argument.", "beta_slope(1, 1) = -1",
                lambda g, y, a, b: g * (y * digamma_gap(a, b) + beta(a, b) * (trigamma(a) - trigamma(a + b))),
                lambda g, y, a, b: g * (beta(a, b) * (digamma_gap(a, b) * digamma_gap(b, a) - trigamma(a + b))),
                scalar=beta_slope_value, domain=(positive, positive), hidden=True,
                expand=lambda a, b: beta(a, b) * (digamma(a) - digamma(a + b)))
digamma_gap = op("digamma_gap", "digamma(a) - digamma(a + b), without cancellation.", "digamma_gap(1, 1) = -1",
                 lambda g, y, a, b: g * (trigamma(a) - trigamma(a + b)),
                 lambda g, y, a, b: -g * trigamma(a + b),
                 scalar="ball", domain=(positive, positive), expand=lambda a, b: digamma(a) - digamma(a + b), hidden=True)
igamma = op(
    "igamma", "Upper incomplete gamma function: the integral of t^(a-1) e^-t from x to infinity.",
    "igamma(1, 2) = exp(-2)",
    lambda g, y, a, x: g * igamma_order(a, x, n=1),
    lambda g, y, a, x: -g * gamma_density(a, x),
    scalar="ball", domain=(reals, nonnegative), valid=lambda a, x: (x > 0) | (a > 0), sympy="uppergamma", latex=r"\Gamma({0}, {1})",
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
    refused={"sympy": "SymPy has no closed form for it", **UNSPOKEN},
)
gammaincc = op(
    "gammaincc", "Regularised upper incomplete gamma function, igamma(a, x)/gamma(a).", "gammaincc(1, 2) = exp(-2)",
    lambda g, y, a, x: g * gammaincc_order(a, x),
    lambda g, y, a, x: -g * gamma_pdf(a, x),
    scalar="ball", domain=(positive, nonnegative), latex=r"Q\left({0}, {1}\right)",
    expand=lambda a, x: div(igamma(a, x), gamma(a)),
)
gammainc = op(
    "gammainc", "Regularised lower incomplete gamma function, 1 - gammaincc(a, x).", "gammainc(1, 2) = 1 - exp(-2)",
    lambda g, y, a, x: -g * gammaincc_order(a, x),
    lambda g, y, a, x: g * gamma_pdf(a, x),
    scalar="ball", domain=(positive, nonnegative), latex=r"P\left({0}, {1}\right)",
    expand=lambda a, x: 1 - div(igamma(a, x), gamma(a)),
)
gamma_pdf = op(
    "gamma_pdf", "x^(a - 1)*e^-x/gamma(a), also where a factor overflows.", "gamma_pdf(1, 2) = exp(-2)",
    lambda g, y, a, x: g * (y * (log(x) - digamma(a))),
    lambda g, y, a, x: g * (y * (div(a - 1, x) - 1)),
    scalar="ball", domain=(positive, positive), expand=lambda a, x: div(gamma_density(a, x), gamma(a)), hidden=True,
)
gammaincc_order = op(
    "gammaincc_order", "Derivative of gammaincc by its first argument.", "gammaincc_order(1, 2) = 0.2208...",
    lambda g, y, a, x: g * (div(igamma_order(a, x, n=2) - digamma(a) * igamma_order(a, x, n=1), gamma(a))
                            - trigamma(a) * gammaincc(a, x) - digamma(a) * y),
    lambda g, y, a, x: -g * (gamma_pdf(a, x) * (log(x) - digamma(a))),
    scalar="ball", domain=(positive, positive), hidden=True,
    expand=lambda a, x: div(igamma_order(a, x, n=1), gamma(a)) - digamma(a) * gammaincc(a, x),
)
