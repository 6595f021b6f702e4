"""Series functions: gamma and error functions, exponential integrals, Bessel functions and their kin."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import factorial

from flint import acb, acb_series, arb, arb_series, ctx

from symgrad.balls.cauchy import holomorphic
from symgrad.balls.expansion import (
    Argument,
    apart_from,
    centre,
    composed,
    derivative,
    inside,
    integer,
    nowhere,
    primitive,
    series_of,
    tail,
)
from symgrad.balls.powers import is_odd
from symgrad.balls.series_powers import power
from symgrad.balls.series_trigonometric import near_zero, sinc
from symgrad.balls.special import MOST_ORDER, unspoken

QUARTER = arb(0.25)


def lgamma(x: arb_series) -> arb_series:
    """log|gamma(x)|; Arb has it for positive x only, the reciprocal gamma function everywhere."""
    if x[0] > 0:
        return x.lgamma()
    y = x.rgamma()
    return -y.log() if y[0] > 0 else -(-y).log() if y[0] < 0 else nowhere()


def polygamma(n: Argument, x: Argument) -> arb_series:
    """The n-th derivative of digamma, itself the derivative of log gamma."""
    if isinstance(n, arb_series):
        raise NotImplementedError("polygamma has no derivative by its order, which is an integer")
    if not n <= MOST_ORDER:
        return nowhere()
    return composed(derivative(lgamma, centre(x), integer(n) + 1), x)


def beta(a: Argument, b: Argument) -> arb_series:
    """gamma(a) gamma(b)/gamma(a + b)."""
    return series_of(a).gamma() * series_of(b).gamma() * series_of(a + b).rgamma()


def lbeta(a: Argument, b: Argument) -> arb_series:
    """log|beta(a, b)|."""
    return lgamma(series_of(a)) + lgamma(series_of(b)) - lgamma(series_of(a + b))


def binomial(n: Argument, k: Argument) -> arb_series:
    """n over k: the falling factorial for a constant small integer k, by gamma functions otherwise."""
    if isinstance(k, arb) and k.is_integer() and 0 <= k <= 256:
        m = integer(k)
        return series_of(n - k + 1).rising(m) / factorial(m)
    return series_of(n + 1).gamma() * series_of(k + 1).rgamma() * series_of(n - k + 1).rgamma()


def igamma(a: Argument, x: Argument) -> arb_series:
    """The upper incomplete gamma function for x > 0, also by its first argument."""
    x0 = centre(x)
    if not x0 > 0:
        return nowhere()
    if isinstance(a, arb):
        return arb_series.gamma_upper(a, series_of(x))
    if unspoken(centre(a), x0):
        return arb_series([arb(0, math.inf)] * ctx.cap)
    slack = reach_of(x0).min(x0.lower() / (abs(centre(a)).upper() + 1).sqrt())
    return holomorphic(
        lambda s, z: z.gamma_upper(s), a, x, reach=slack, bound=igamma_bound(centre(a), x0, slack)
    )


def igamma_bound(a: arb, x: arb, slack: arb) -> arb:
    """A bound of |igamma| with both arguments within `slack` <= 1/4 of a and of x >= 2 slack.

    On the horizontal way from z to infinity t <= |t + iy| <= t sqrt(1 + (slack/low)^2), so the integrand is at most
    t^(Re s - 1) e^-t times (1 + (slack/low)^2)^(|a|/2) exp(|Im s| pi/2), of which the last is less than 2. What
    remains, convex in s, is largest at an end.
    """
    low = x.lower() - slack
    wider = ((1 + (slack / low) ** 2).log() * abs(a) / 2).exp()
    return low.gamma_upper(a - slack).max(low.gamma_upper(a + slack)) * wider * 2


def reach_of(x: arb) -> arb:
    """How far a positive argument may move, so that it stays in the right half plane."""
    return QUARTER.min(x.lower() / 2)


def igamma_lower(a: Argument, x: Argument) -> arb_series:
    """The lower incomplete gamma function."""
    return series_of(a).gamma() - igamma(a, x)


def gammaincc(a: Argument, x: Argument) -> arb_series:
    """The upper incomplete gamma function divided by gamma(a)."""
    return series_of(a).rgamma() * igamma(a, x)


def erfinv(
    forward: Callable[[arb_series], arb_series], inverse: Callable[[arb], arb]
) -> Callable[..., arb_series]:
    """The inverse of erf or erfc, by reverting its series."""

    def f(x: arb_series) -> arb_series:
        y0 = inverse(x[0])
        y = tail(forward(arb_series([y0, 1])))
        return composed(y.reversion(), x) if apart_from(y[1], 0) else nowhere()

    return f


def bessel_bound(v: arb, x: arb, slack: arb) -> arb:
    """A bound of |exp(-Re z) I|, |J|, |Y|, |exp(Re z) K| for order and argument within `slack` <= 1/4 of v and x > 0.

    By the integral representations (DLMF 10.9.6, 10.9.7, 10.32.4, 10.32.9) with |cos(nu theta)| <= cosh(pi/4) < 2,
    exp(|Im z|) < 2 and exp(-x sinh(t)) <= exp(x - x cosh(t)), all are below 4 + 4 exp(x) K_|v|(x) at the worst corner.
    """
    return 4 + 4 * (x.lower() - slack).bessel_k(abs(v).upper() + slack, scaled=True)


def off_axis(z: acb) -> acb:
    """A real ball with a little height: on wide real balls Arb integrates, for minutes, on complex ones it does not."""
    x = z.real
    return z if x.is_exact() or not z.imag.is_zero() else acb(x, arb(0, x.rad() / 1024))


def bessel(
    f: Callable[[acb, acb], acb], growth: int, sign: int
) -> Callable[[Argument, Argument], arb_series]:
    """A Bessel function as a series in its order, its argument, or both.

    Args:
        f: the function on complex balls, argument first.
        growth: 1 where it grows like exp(x), -1 where it falls like exp(-x), else 0.
        sign: around 0 it is a power times 0F1(v + 1, sign x^2/4); 0 for the second kinds, which have a pole there.
    """

    def series(v: Argument, x: Argument) -> arb_series:
        x0, v0 = centre(x), centre(v)
        fixed = isinstance(v, arb)
        if sign and fixed and v0.is_integer():
            odd = is_odd(v0)
            if x0 < 0:  # J and I are even or odd
                y = series(v, -x)
                return -y if odd else y
            if v0 < 0:
                y = series(-v, x)
                return -y if odd and sign < 0 else y
        if sign and fixed and v0 >= 0 and abs(x0) < 1:
            return power(x / 2, v) * (v0 + 1).rgamma() * near_zero(series_of(x), v0 + 1, sign)
        if not x0 > 0:
            return nowhere()
        slack = reach_of(x0)
        bound = bessel_bound(v0, x0, slack) * (growth * x0 + 1).exp().abs_upper()
        return holomorphic(lambda order, z: f(off_axis(z), order), v, x, reach=slack, bound=bound)

    return series


def of_order(f: Callable[[Argument, Argument], arb_series], v: int) -> Callable[[arb_series], arb_series]:
    """A Bessel function of fixed order."""
    return lambda x: f(arb(v), x)


bessel_j, bessel_y = bessel(acb.bessel_j, 0, -1), bessel(acb.bessel_y, 0, 0)
bessel_i, bessel_k = bessel(acb.bessel_i, 1, 1), bessel(acb.bessel_k, -1, 0)


def ellipk(m: arb_series) -> arb_series:
    """The complete elliptic integral of the first kind."""
    y = acb_series(m.coeffs()).elliptic_k()
    return arb_series([y[k].real for k in range(ctx.cap)])


def ellipe(m: arb_series) -> arb_series:
    """The complete elliptic integral of the second kind: (1 - m)(K + 2 m dK/dm)."""
    return (1 - m) * (ellipk(m) + 2 * m * composed(derivative(ellipk, m[0], 1), m))


def igamma_order(a: Argument, x: Argument, n: int) -> arb_series:
    """The n-th derivative of igamma by its first argument."""
    if not centre(x) > 0:
        return nowhere()
    if isinstance(x, arb):
        return composed(derivative(lambda s: igamma(s, x), centre(a), n), a)
    if isinstance(a, arb):  # by x it is the integrand with log(x)^n
        return -primitive(((a - 1) * x.log() - x).exp() * x.log() ** n, x)
    raise NotImplementedError(
        "a derivative of igamma by its first argument has no series in both arguments at once"
    )


def slope_of(f: Callable[[arb_series], arb_series]) -> Callable[..., arb_series]:
    """The n-th derivative of a function."""
    return lambda x, n: composed(derivative(f, x[0], n), x)


SERIES: dict[str, Callable[..., arb_series]] = {
    # gamma
    "gamma": arb_series.gamma,
    "lgamma": lgamma,
    "digamma": lambda x: polygamma(arb(0), x),
    "polygamma": polygamma,
    "factorial": lambda x: (x + 1).gamma(),
    "binomial": binomial,
    "beta": beta,
    "lbeta": lbeta,
    "igamma": igamma,
    "igamma_order": igamma_order,
    "igamma_lower": igamma_lower,
    "gammainc": lambda a, x: -gammaincc(a, x),
    "gammaincc": gammaincc,
    "zeta": arb_series.zeta,
    "zeta_slope": slope_of(arb_series.zeta),
    # error functions and integrals
    "erf": arb_series.erf,
    "erfc": arb_series.erfc,
    "erfi": arb_series.erfi,
    "erfinv": erfinv(arb_series.erf, arb.erfinv),
    "erfcinv": erfinv(arb_series.erfc, arb.erfcinv),
    "ei": arb_series.ei,
    "si": arb_series.si,
    "ci": arb_series.ci,
    "shi": arb_series.shi,
    "chi": arb_series.chi,
    "li": inside(lambda x: x > 0 and apart_from(x, 1), arb_series.li),
    "fresnels": arb_series.fresnel_s,
    "fresnelc": arb_series.fresnel_c,
    "sinc_slope": slope_of(sinc),
    # Bessel and others
    "jv": bessel_j,
    "yv": bessel_y,
    "iv": bessel_i,
    "kv": bessel_k,
    "j0": of_order(bessel_j, 0),
    "j1": of_order(bessel_j, 1),
    "y0": of_order(bessel_y, 0),
    "y1": of_order(bessel_y, 1),
    "i0": of_order(bessel_i, 0),
    "i1": of_order(bessel_i, 1),
    "k0": of_order(bessel_k, 0),
    "k1": of_order(bessel_k, 1),
    "airyai": arb_series.airy_ai,
    "airybi": arb_series.airy_bi,
    "airyaiprime": arb_series.airy_ai_prime,
    "airybiprime": arb_series.airy_bi_prime,
    "lambertw": arb_series.lambertw,
    "ellipk": inside(lambda m: m < 1, ellipk),
    "ellipe": inside(lambda m: m < 1, ellipe),
}
