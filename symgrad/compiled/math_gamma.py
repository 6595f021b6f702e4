"""The gamma function, its logarithm and digamma.

gamma: Stirling's formula with log(y) as a sum of two doubles, for y = x or, below 8, y = x + 8, which is then divided
by x(x + 1)...(x + 7). lgamma and digamma: on [1, 2] a polynomial from which the roots are divided out; below 1 and (for
lgamma) up to 3 that with one step of the recurrence, beyond it Stirling's formula. Where x <= 0, gamma and lgamma call
the C library, and digamma is reflected.
"""

from __future__ import annotations

from symgrad.compiled.emit import SHIFT, Emitter, Lane
from symgrad.compiled.entry import INF, NAN, Entry, clamp, fast_two_sum, two_product
from symgrad.compiled.math_exponential import LN2_HIGH, LN2_LOW, exp_parts, log, log_parts, log_series, scaled
from symgrad.compiled.math_power import log_pair
from symgrad.compiled.math_trigonometric import sin_cos
from symgrad.compiled.polynomials import DIGAMMA_FAR, DIGAMMA_NEAR, GAMMA_FAR, LGAMMA_FAR, LGAMMA_NEAR

HALF_LOG_TWO_PI = (0.9189385332046728, -3.8782941580672414e-17)
DIGAMMA_ROOT = (0.46163214496836236, -1.5522348162858677e-17)
"""The root of digamma, less 1."""

PI = (3.141592653589793, 1.2246467991473532e-16)


def gamma(e: Emitter, x: Lane) -> Lane:
    """The gamma function."""
    positive = x > 0
    z = e.where(positive, clamp(e, x, 0.0, 180.0), e.constant(1.0))
    small = z < 8
    y = e.where(small, z + 8, z)
    lost = e.where(small, e.exactly("sub", z, e.exactly("sub", y, 8.0)), 0.0)
    u = e.exactly("div", 1.0, y)
    high, low = log_pair(e, y)
    more = e.fma(u, e.polynomial(u * u, GAMMA_FAR), lost * e.fma(u, -0.5, high))
    factor = y - 0.5
    p, p_low = two_product(e, factor, high)
    s, s_low = fast_two_sum(e, p, -y)
    s, t_low = fast_two_sum(e, s, HALF_LOG_TWO_PI[0])
    rest = e.fma(factor, low, p_low) + (s_low + (t_low + (HALF_LOG_TWO_PI[1] + more)))
    value = scaled(e, *exp_parts(e, s, rest))
    above, lost_above = fast_two_sum(e, 7.0, z)
    w = e.fma(z, above, z * lost_above)  # x(x + 7), (x + 1)(x + 6) = w + 6, ...
    product = (w * (w + 6)) * ((w + 10) * (w + 12))
    value = e.exactly("div", value, e.where(small, product, 1.0))
    value = e.where(x.is_nan(), x, value)
    return e.rarely(x <= 0, value, "tgamma", x)


def lgamma(e: Emitter, x: Lane) -> Lane:
    """The logarithm of |gamma(x)|."""
    low, middle, far = x < 1, x < 2, x >= 3
    of = e.where(low | far, x, x - 1)  # what the logarithm is of; below 2 it is not needed
    k, f = log_parts(e, of)
    series = f - log_series(e, f)
    near_log = e.fma(k, LN2_HIGH, e.fma(k, LN2_LOW, series))
    d = e.where(low, x, e.where(middle, x - 1, x - 2))
    d = clamp(e, d, 0.0, 1.0)
    polynomial = d * (d - 1) * e.polynomial(d - 0.5, LGAMMA_NEAR)
    step = e.where(low, -near_log, e.where(middle, e.constant(0.0), near_log))
    less_one = e.fma(k, LN2_HIGH, -1.0) + e.fma(k, LN2_LOW, series)
    u = e.exactly("div", 1.0, e.where(far, x, e.constant(3.0)))
    stirling = e.fma(x - 0.5, less_one, e.fma(u, e.polynomial(u * u, LGAMMA_FAR), HALF_LOG_TWO_PI[0] - 0.5))
    y = e.where(far, stirling, polynomial + step)
    y = e.where(x < INF, y, x)
    return e.rarely(x <= 0, y, "lgamma", x)


def digamma(e: Emitter, x: Lane) -> Lane:
    """The derivative of lgamma; for negative x by reflection, from digamma of 1 - x less pi/tan(pi*x)."""
    negative = x < 0
    z = e.where(negative, 1 - x, x)
    low, far = z < 1, z >= 2
    u = e.exactly("div", 1.0, z)
    v = u * u
    beyond = log(e, e.where(far, z, e.constant(2.0))) - e.fma(v, e.polynomial(v, DIGAMMA_FAR), 0.5 * u)
    d = clamp(e, e.where(low, z, z - 1), 0.0, 1.0)
    near = (e.exactly("sub", d, DIGAMMA_ROOT[0]) - DIGAMMA_ROOT[1]) * e.polynomial(d - 0.5, DIGAMMA_NEAR)
    y = e.where(far, beyond, e.where(low, near - u, near))
    t = e.fma(x, 2.0, SHIFT)
    r = e.fma(e.exactly("sub", t, SHIFT), -0.5, x)
    angle, angle_low = two_product(e, r, e.constant(PI[0]))
    s, c = sin_cos(e, angle, -e.fma(r, PI[1], angle_low))
    odd = (e.bits(t) << 63) < 0
    cot = e.exactly("div", e.where(odd, -s, c), e.where(odd, c, s))
    y = e.where(negative, e.fma(-PI[0], cot, y), y)
    pole = (x <= 0) & e.floor(x).equals(x)
    y = e.where(pole, e.where(x.equals(0), e.copysign(e.constant(INF), -x), NAN), y)
    return e.where(x.equals(-INF), e.constant(NAN), y)


TABLE = {
    "gamma": Entry(gamma, 8, (0.1, 20.0)),
    "lgamma": Entry(lgamma, 5, (0.1, 20.0)),
    "digamma": Entry(digamma, 5, (0.1, 20.0), lambda x: x > 0, "x > 0"),
}
