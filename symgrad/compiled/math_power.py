"""Powers and roots.

pow: log(a) as a sum of two doubles (about 2^-66), times the exponent, into the exponential. Where the exponent is a
known small integer or half, products instead. What is rare (a base that is zero, subnormal or not finite, a nan)
calls the C library.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import INF, LEAST, NAN, Entry, clamp, fast_two_sum, two_product
from symgrad.compiled.math_exponential import exp_parts, log, log_parts, scaled
from symgrad.compiled.polynomials import LOG_TAIL

THIRD = (0.3333333333333333, 1.850371707708594e-17)
LN2 = (0.693147180559663, 2.8235290563031577e-13)
"""log(2), the first part of 41 bits: its multiples by exponents are exact."""

SIGN = -(2**63)
LARGEST_PRODUCT = 64
Pair = tuple[Lane, Lane]


def log_pair(e: Emitter, a: Lane) -> Pair:
    """log(a) of a positive normal number, as a sum of two doubles."""
    k, f = log_parts(e, a)
    d = f + 2
    inverse = e.exactly("div", 1.0, d)
    s = f * inverse
    rest = e.fma(-s, d, f) - s * e.exactly("sub", f, e.exactly("sub", d, 2.0))
    s_low = rest * inverse  # f/(2 + f) = s + s_low
    z = e.exactly("mul", s, s)
    z_low = e.fma(s + s, s_low, e.fma(s, s, -z))
    c, c_low = fast_two_sum(e, THIRD[0], z * e.polynomial(z, LOG_TAIL))
    w = e.exactly("mul", z, c)
    w_low = e.fma(z, c_low + THIRD[1], e.fma(z_low, c, e.fma(z, c, -w)))
    double = s + s
    p, p_low = two_product(e, double, w)
    p_low = e.fma(double, w_low, e.fma(s_low + s_low, w, p_low))
    high, low = fast_two_sum(e, double, p)
    low = low + (p_low + (s_low + s_low))
    high, more = fast_two_sum(e, e.exactly("mul", k, LN2[0]), high)
    return high, more + e.fma(k, LN2[1], low)


def exp_of_product(
    e: Emitter, logarithm: Pair, b: Lane, b_low: Lane | None = None
) -> tuple[Lane, tuple[Lane, Lane]]:
    """e^(b*logarithm), in parts."""
    high, more = two_product(e, b, logarithm[0])
    low = e.fma(b, logarithm[1], more)
    if b_low is not None:
        low = e.fma(b_low, logarithm[0], low)
    moved = clamp(e, high, -746.0, 710.0)
    return exp_parts(e, moved, e.where(moved.equals(high), low, 0.0))


def pow_(e: Emitter, a: Lane, b: Lane) -> Lane:
    """a^b."""
    known = e.known(b)
    if known is not None and known in PLAIN:
        return PLAIN[known](e, a)
    if known is not None and known.is_integer() and 2 < abs(known) <= LARGEST_PRODUCT:
        return whole_power(e, a, int(known))
    return general_power(e, a, b)


def general_power(e: Emitter, a: Lane, b: Lane, b_low: Lane | None = None) -> Lane:
    """a^(b + b_low) for any exponent."""
    size = e.abs(a)
    y = scaled(e, *exp_of_product(e, log_pair(e, size), clamp(e, b, -(2.0**64), 2.0**64), b_low))
    half = 0.5 * b
    whole = e.floor(b).equals(b)
    odd = whole & e.floor(half).differs(half)
    negative = a < 0
    signed = e.where(negative, e.where(whole, e.where(odd, -y, y), NAN), y)
    usual = (size >= LEAST) & (size < INF) & b.equals(b)
    return e.rarely(~usual, signed, "pow", a, b)


def product(e: Emitter, a: Pair, b: Pair) -> Pair:
    """The product of two pairs."""
    high, low = two_product(e, a[0], b[0])
    return high, e.fma(a[0], b[1], e.fma(a[1], b[0], low))


def whole_power(e: Emitter, a: Lane, n: int) -> Lane:
    """a^n for a known whole n by squaring pairs of doubles, of 1/a where n is negative."""
    base = (a, e.constant(0.0))
    if n < 0:
        inverse = e.exactly("div", 1.0, a)
        base = (inverse, inverse * e.fma(-inverse, a, 1.0))
    result: Pair | None = None
    k = abs(n)
    while k:
        if k & 1:
            result = base if result is None else product(e, result, base)
        k >>= 1
        if k:
            base = product(e, base, base)
    assert result is not None
    high, low = result
    y = high + low
    return e.where(y.is_nan() | high.equals(0), high, y)  # the low part of an infinity or a zero says nothing


def root_power(e: Emitter, a: Lane) -> Lane:
    """a^(1/2): unlike the square root +0 at -0, and infinite at -infinity."""
    return e.where(a.equals(-INF), e.constant(INF), e.sqrt(a) + 0.0)


PLAIN: dict[float, Callable[[Emitter, Lane], Lane]] = {
    0.0: lambda e, _: e.constant(1.0),
    1.0: lambda _, a: a,
    2.0: lambda _, a: a * a,
    3.0: lambda e, a: e.exactly("mul", e.exactly("mul", a, a), a),
    4.0: lambda e, a: e.exactly("mul", e.exactly("mul", a, a), e.exactly("mul", a, a)),
    0.5: root_power,
    1.5: lambda e, a: e.abs(a) * root_power(e, a),
    -0.5: lambda e, a: e.exactly("div", 1.0, root_power(e, a)),
    -1.0: lambda e, a: e.exactly("div", 1.0, a),
    -2.0: lambda e, a: squared(e, e.exactly("div", 1.0, a)),
}


def squared(e: Emitter, x: Lane) -> Lane:
    """x*x."""
    return e.exactly("mul", x, x)


NEGLIGIBLE = 2.0**-64
"""An exponent with which every power is 1."""


def power_slope(e: Emitter, a: Lane, b: Lane) -> Lane:
    """b*a^(b - 1); 0 where b = 0. The rounding of b - 1 is made up for."""
    known = e.known(b)
    if known is not None:
        return (
            e.where(a.equals(a), e.constant(0.0), a)
            if known == 0
            else known * pow_(e, a, e.constant(known - 1))
        )
    less = e.exactly("sub", b, 1.0)
    part = e.exactly("sub", less, b)
    lost = e.exactly("sub", b, e.exactly("sub", less, part)) - e.exactly("add", part, 1.0)
    usual = (e.abs(b) < 2.0**60) & (e.abs(a) < math.inf)
    size = e.abs(a)
    y = b * general_power(e, size, less, e.where(usual, lost, 0.0))
    y = e.where(e.abs(b) < NEGLIGIBLE, e.exactly("div", b, size), y)  # where 1/a alone may overflow
    even = e.floor(b * 0.5).equals(b * 0.5)  # the sign follows b, as b - 1 may be rounded to an even number
    whole = e.floor(b).equals(b) & (e.abs(b) < math.inf)
    y = e.where(a < 0, e.where(whole, e.where(even, -y, y), NAN), e.where(b.equals(1), b, y))
    y = e.where(a.equals(0) | a.equals(math.inf), y, e.fma(b, 0.0, y))  # nan at infinite exponents
    zero = (b.equals(0) & a.equals(a)) | (a.equals(0) & (b > 1))
    return e.where(zero, e.constant(0.0), y)


def power_log(e: Emitter, a: Lane, b: Lane, n: int = 1) -> Lane:
    """a^b*log(a)^n; 0 at a = 0 for b > 0."""
    logarithm = log(e, a)
    y = pow_(e, a, b)
    for _ in range(n):
        y = y * logarithm
    return e.where(a.equals(0) & (b > 0), e.constant(0.0), e.where(a > 0, y, NAN))


def rsqrt(e: Emitter, x: Lane) -> Lane:
    """1/sqrt(x); nan below 0, infinite with the sign of a zero."""
    return e.exactly("div", 1.0, e.sqrt(x))


MAGIC = 0x553EEB851EB85000
"""4/3 of the bits of 1, less what makes the first guess of x^(-1/3) best."""


def cbrt(e: Emitter, x: Lane) -> Lane:
    """The real cube root: x^(-1/3) guessed from the bits, two steps of high order, and one that rounds."""
    a = e.abs(x)
    small, large = a < 2.0**-700, a > 2.0**700
    scale = e.where(small, e.constant(2.0**300), e.where(large, e.constant(2.0**-300), 1.0))
    back = e.where(small, e.constant(2.0**-100), e.where(large, e.constant(2.0**100), 1.0))
    m = a * scale
    third = e.to_integer(e.to_float(e.bits(m).logical(12)) * (1 / 3))
    y = e.from_bits(MAGIC - (third << 12))
    for _ in range(2):
        off = e.fma(-(m * y) * y, y, 1.0)
        y = e.fma(y * off, e.fma(off, e.fma(off, 14 / 81, 2 / 9), 1 / 3), y)
    c = m * (y * y)
    h, h_low = two_product(e, c, c)
    rest = e.fma(h, c, -m) + h_low * c
    c = e.fma(rest * (y * y), -1 / 3, c) * back
    return e.copysign(e.where((a > 0) & (a < INF), c, a), x)


def hypot(e: Emitter, a: Lane, b: Lane) -> Lane:
    """sqrt(a^2 + b^2) without overflow or underflow; infinite if one side is."""
    a, b = e.abs(a), e.abs(b)
    larger = e.where(a > b, a, b)
    huge, tiny = larger > 2.0**510, larger < 2.0**-400
    scale = e.where(huge, e.constant(2.0**-600), e.where(tiny, e.constant(2.0**600), 1.0))
    back = e.where(huge, e.constant(2.0**600), e.where(tiny, e.constant(2.0**-600), 1.0))
    p, q = a * scale, b * scale
    y = e.sqrt(e.fma(p, p, q * q)) * back
    return e.where(a.equals(INF) | b.equals(INF), e.constant(INF), y)


def usual_power(a: float, b: float) -> bool:
    """Whether nothing near a^b overflows or underflows."""
    return a > 0 and 1e-300 < a < 1e300 and abs(b * math.log(a)) < 690 and 1e-290 < abs(b) < 1e290


TABLE = {
    "pow": Entry(pow_, 2, (0.1, 5.0)),
    "power_slope": Entry(power_slope, 4, (0.1, 5.0), usual_power, "a > 0, nothing near over- or underflow"),
    "power_log": Entry(power_log, 4, (0.1, 5.0), usual_power, "a > 0, nothing near over- or underflow"),
    "rsqrt": Entry(rsqrt, 1.5, (0.1, 10.0)),
    "cbrt": Entry(cbrt, 1),
    "hypot": Entry(hypot, 1.5),
}
