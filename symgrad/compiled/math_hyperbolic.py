"""Hyperbolic functions.

tanh and sech^2 of one argument share everything: with m = e^(-2|x|) - 1 and r = 1/(2 + m), |tanh| = -m*r and
sech^2 = 4(1 + m)r^2. Nothing overflows. The rounding of 2 + m is made up for.
"""

from __future__ import annotations

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import Entry, clamp, nearest_integer, power_of_two
from symgrad.compiled.math_exponential import LN2_HIGH, LN2_LOW, LOG2_E, decay, exp_parts, scaled
from symgrad.compiled.polynomials import COSH, SINH


def tanh_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane, Lane, Lane, Lane]:
    """(t, m, m_low, d, r): t = e^(-2|x|), m + m_low = t - 1, d = 2 + m rounded, r = 1/d."""
    q, powers = exp_parts(e, -2 * clamp(e, e.abs(x), 0.0, 373.0))
    scale = powers[0] * powers[1]
    m = e.fma(scale, q, scale - 1)
    d = m + 2
    m_low = e.fma(scale, q, e.exactly("sub", scale - 1, m))
    return scaled(e, q, powers), m, m_low, d, e.exactly("div", 1.0, d)


def tanh(e: Emitter, x: Lane) -> Lane:
    """The hyperbolic tangent."""
    _, m, m_low, d, r = tanh_parts(e, x)
    lost = e.exactly("sub", e.exactly("sub", d, 2.0), m)  # d = 2 + m + lost
    y = m * r
    rest = e.fma(y, lost - m_low, e.fma(-y, d, m)) + m_low
    y = e.fma(rest, r, y)
    return e.copysign(y, x)


def sech_squared(e: Emitter, x: Lane) -> Lane:
    """1/cosh(x)^2, sharing all of tanh."""
    t, _, _, _, r = tanh_parts(e, x)
    return 4 * t * (r * r)


def halves(e: Emitter, x: Lane) -> tuple[Lane, Lane, Lane, Lane]:
    """(s, c, m, p) with |x| = n*log(2) + r: sinh(r), cosh(r) - 1, and (2^n -+ 2^-n)/4."""
    a = clamp(e, e.abs(x), 0.0, 710.48)
    n, t = nearest_integer(e, a, LOG2_E, 1023 - 2)
    r = e.fma(n, -LN2_LOW, e.fma(n, -LN2_HIGH, a))
    z = r * r
    s = e.fma(z * r, e.polynomial(z, SINH), r)
    large = e.from_bits(e.bits(t) << 52)  # 2^(n-2)
    some = e.constant(1000.0)
    small = power_of_two(e, -2 - e.where(some < n, some, n))  # 2^(-n-2), or as far below the other
    return s, z * e.polynomial(z, COSH), large - small, large + small


def sinh(e: Emitter, x: Lane) -> Lane:
    """The hyperbolic sine 2*(m*cosh(r) + p*sinh(r)), from polynomials that cosh shares: no division."""
    s, c, m, p = halves(e, x)
    y = 2 * e.fma(p, s, e.fma(m, c, m))
    return e.where(e.abs(x) < 2.0**-28, x, e.copysign(y, x))


def cosh(e: Emitter, x: Lane) -> Lane:
    """The hyperbolic cosine."""
    s, c, m, p = halves(e, x)
    return 2 * (p + e.fma(p, c, m * s))


def sech(e: Emitter, x: Lane) -> Lane:
    """2t/(1 + t^2) with t = e^-|x|."""
    t = decay(e, x)
    return e.exactly("div", t + t, e.fma(t, t, 1.0))


def csch(e: Emitter, x: Lane) -> Lane:
    """2t/((1 - t)(1 + t)) with t = e^-|x|."""
    a = e.abs(x)
    q, powers = exp_parts(e, -clamp(e, a, 0.0, 746.0))
    scale = powers[0] * powers[1]
    t = scaled(e, q, powers)
    less = -e.fma(scale, q, scale - 1)
    y = e.exactly("div", t + t, less * (t + 1))
    return e.copysign(e.where(a < 2.0**-500, e.exactly("div", 1.0, a), y), x)


TABLE = {
    "tanh": Entry(tanh, 2),
    "sinh": Entry(sinh, 3),
    "cosh": Entry(cosh, 2),
    "sech": Entry(sech, 3),
    "csch": Entry(csch, 4),
}
