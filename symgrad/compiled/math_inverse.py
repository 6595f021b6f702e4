"""Inverse trigonometric and hyperbolic functions.

atan: an argument above 1 by its reciprocal, then one polynomial on [0, 1]. asin and acos: a polynomial on [0, 1/2], and
above 1/2 the half-angle formula through sqrt((1 - x)/2), whose difference is exact. The inverse hyperbolic ones are
log1p of forms that neither cancel nor overflow.
"""

from __future__ import annotations

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import INF, NAN, Entry
from symgrad.compiled.math_algebraic import root_sq_minus_one
from symgrad.compiled.math_exponential import log, log1p_parts, log_of_parts
from symgrad.compiled.polynomials import ASIN, ATAN

PI = (3.141592653589793, 1.2246467991473532e-16)
PI_HALF = (1.5707963267948966, 6.123233995736766e-17)
LN2 = 0.6931471805599453


def small_atan(e: Emitter, t: Lane) -> Lane:
    """atan(t) for |t| <= 1."""
    z = t * t
    return e.fma(z * t, e.polynomial(z, ATAN), t)


def atan(e: Emitter, x: Lane) -> Lane:
    """The inverse tangent."""
    a = e.abs(x)
    large = a > 1
    t = e.exactly("div", e.where(large, e.constant(1.0), a), e.where(large, a, e.constant(1.0)))
    y = small_atan(e, t)
    return e.copysign(e.where(large, PI_HALF[0] - (y - PI_HALF[1]), y), x)


def atan2(e: Emitter, y: Lane, x: Lane) -> Lane:
    """The angle of the point (x, y)."""
    a, b = e.abs(y), e.abs(x)
    steep = a > b
    above = e.where(steep, b, a)
    below = e.where(steep, a, b)
    scale = e.where(
        below > 2.0**1000, e.constant(2.0**-100), e.where(below < 2.0**-900, e.constant(2.0**120), 1.0)
    )
    t = e.exactly("div", above * scale, below * scale)
    t = e.where(above.equals(below), e.where(above.equals(0), e.constant(0.0), 1.0), t)
    angle = small_atan(e, t)
    behind = e.bits(x) < 0
    base = [
        e.where(steep, e.constant(half), e.where(behind, whole, e.constant(0.0)))
        for half, whole in zip(PI_HALF, PI, strict=True)
    ]
    angle = e.where(steep ^ behind, -angle, angle)
    angle = e.copysign(base[0] + (base[1] + angle), y)
    return e.where(y.is_nan(), y, e.where(x.is_nan(), x, angle))


def arc_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane, Lane]:
    """(whether |x| > 1/2, t, asin(t)) where t is |x|, or sqrt((1 - |x|)/2) above 1/2."""
    a = e.abs(x)
    large = a > 0.5
    half = e.fma(a, -0.5, 0.5)
    t = e.where(large, e.sqrt(half), a)
    z = e.where(large, half, a * a)
    return large, t, e.fma(z * t, e.polynomial(z, ASIN), t)


def asin(e: Emitter, x: Lane) -> Lane:
    """The inverse sine."""
    large, _, y = arc_parts(e, x)
    return e.copysign(e.where(large, PI_HALF[0] - (2 * y - PI_HALF[1]), y), x)


def acos(e: Emitter, x: Lane) -> Lane:
    """The inverse cosine."""
    large, _, y = arc_parts(e, x)
    negative = e.bits(x) < 0
    double = y + y
    above = e.where(negative, PI[0] - (double - PI[1]), double)
    return e.where(large, above, PI_HALF[0] - (e.copysign(y, x) - PI_HALF[1]))


def log1p_positive(e: Emitter, x: Lane, k_more: Lane) -> Lane:
    """k_more*log(2) + log(1 + x) for finite x >= 0."""
    k, f = log1p_parts(e, x)
    return log_of_parts(e, k + k_more, f)


def asinh(e: Emitter, x: Lane) -> Lane:
    """By log1p(a + a^2/(1 + sqrt(1 + a^2))) with a = |x|; log(2a) beyond 2^60."""
    a = e.abs(x)
    huge = a > 2.0**60
    b = e.where(huge, e.constant(1.0), a)
    square = b * b
    u = b + e.exactly("div", square, 1 + e.sqrt(e.fma(b, b, 1.0)))
    y = log1p_positive(e, e.where(huge, a, u), e.where(huge, e.constant(1.0), 0.0))
    y = e.where(a < INF, y, a)
    return e.where(a < 2.0**-28, x, e.copysign(y, x))


def acosh(e: Emitter, x: Lane) -> Lane:
    """By log1p(t + sqrt(2t + t^2)) with t = x - 1; log(2x) beyond 2^60."""
    huge = x > 2.0**60
    t = x - 1
    b = e.where(huge, e.constant(1.0), t)
    u = b + e.sqrt(e.fma(b, b, b + b))
    y = log1p_positive(e, e.where(huge, x, u), e.where(huge, e.constant(1.0), 0.0))
    y = e.where(x < INF, y, x)
    return e.where(x < 1, e.constant(NAN), y)


def atanh(e: Emitter, x: Lane) -> Lane:
    """By log1p(2a/(1 - a))/2 with a = |x|."""
    a = e.abs(x)
    u = e.exactly("div", a + a, 1 - a)
    y = 0.5 * log1p_positive(e, u, e.constant(0.0))
    y = e.where(a.equals(1), e.constant(INF), y)
    y = e.where(a <= 1, y, NAN)
    return e.where(a < 2.0**-28, x, e.copysign(y, x))


def acoth(e: Emitter, x: Lane) -> Lane:
    """By log1p(2/(a - 1))/2 with a = |x|."""
    a = e.abs(x)
    y = 0.5 * log1p_positive(e, e.exactly("div", 2.0, a - 1), e.constant(0.0))
    y = e.where(a.equals(1), e.constant(INF), e.where(a < 1, NAN, y))
    return e.copysign(y, x)


def asech(e: Emitter, x: Lane) -> Lane:
    """By log1p(t + sqrt(2t + t^2)) with t = (1 - x)/x; log(2/x) near 0."""
    tiny = x < 2.0**-60
    t = e.exactly("div", 1 - x, e.where(tiny, e.constant(1.0), x))
    u = t + e.sqrt(e.fma(t, t, t + t))
    y = e.where(tiny, LN2 - log(e, e.abs(x)), log1p_positive(e, u, e.constant(0.0)))
    return e.where((x >= 0) & (x <= 1), y, NAN)


def acsch(e: Emitter, x: Lane) -> Lane:
    """By asinh(1/x); log(2/|x|) near 0, 1/x far out."""
    a = e.abs(x)
    tiny = a < 2.0**-60
    inverse = e.exactly("div", 1.0, a)
    b = e.where(tiny, e.constant(1.0), inverse)
    u = b + e.exactly("div", b * b, 1 + e.sqrt(e.fma(b, b, 1.0)))
    y = e.where(tiny, LN2 - log(e, a), log1p_positive(e, u, e.constant(0.0)))
    return e.copysign(e.where(inverse < 2.0**-28, inverse, y), x)


def asec(e: Emitter, x: Lane) -> Lane:
    """The angle of the point (1, sqrt(x^2 - 1)) or its mirror image."""
    root = root_sq_minus_one(e, x)
    y = atan2(e, root, e.copysign(e.constant(1.0), x))
    return e.where(e.abs(x) >= 1, y, NAN)


def acsc(e: Emitter, x: Lane) -> Lane:
    """By atan(1/sqrt(x^2 - 1)) with the sign of x."""
    root = root_sq_minus_one(e, x)
    y = atan(e, e.exactly("div", 1.0, e.abs(root)))
    return e.where(e.abs(x) >= 1, e.copysign(y, x), NAN)


def acot(e: Emitter, x: Lane) -> Lane:
    """By atan(1/x); nan at 0."""
    return e.where(x.equals(0), e.constant(NAN), atan(e, e.exactly("div", 1.0, x)))


TABLE = {
    "acot": Entry(acot, 3),
    "asec": Entry(asec, 4, (1.0, 9.0)),
    "acsc": Entry(acsc, 4, (1.0, 9.0)),
    "acoth": Entry(acoth, 4, (1.0, 9.0)),
    "asech": Entry(asech, 4, (0.1, 1.0)),
    "acsch": Entry(acsch, 4),
    "atan": Entry(atan, 2.5),
    "atan2": Entry(atan2, 3),
    "asin": Entry(asin, 2.5, (-1.0, 1.0)),
    "acos": Entry(acos, 2, (-1.0, 1.0)),
    "asinh": Entry(asinh, 4),
    "acosh": Entry(acosh, 4, (1.0, 5.0)),
    "atanh": Entry(atanh, 4, (-0.9, 0.9)),
}
