"""Exponentials and logarithms to base e, and what is made of one of them.

Exponentials: x = n*log(2) + r with |r| <= log(2)/2, exact but for one rounding by fused operations (Cody and Waite), a
polynomial of e^r - 1, and a scaling by 2^n in two steps, so that overflow and gradual underflow round once and by themselves.

Logarithms: x = 2^k*(1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), s = f/(2 + f), log(1 + f) = 2 atanh(s), arranged as in
fdlibm so that f itself is the leading term.
"""

from __future__ import annotations

from symgrad.compiled.emit import SHIFT, Emitter, Lane
from symgrad.compiled.entry import INF, LEAST, NAN, Entry, clamp, nearest_integer
from symgrad.compiled.polynomials import EXP, LOG

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.6931471805599453, 2.3190468138462996e-17
ONE_BITS = 0x3FF0000000000000
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
FRACTION = 0x000FFFFFFFFFFFFF
TWO_52_BITS, TWO_52 = 0x4330000000000000, 2.0**52


def small_expm1(e: Emitter, r: Lane) -> Lane:
    """e^r - 1 for |r| <= log(2)/2, within 0.8 ulp."""
    return e.fma(r * r, e.polynomial(r, EXP), r)


def exp_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane, Lane, Lane]:
    """(q, a, b, n) with e^x = (1 + q)*a*b, where a*b = 2^n and |n| may be 1077; x is not beyond 750."""
    n, t = nearest_integer(e, x, LOG2_E, 2046)
    r = e.fma(n, -LN2_LOW, e.fma(n, -LN2_HIGH, x))
    h = e.fma(n, 0.5, SHIFT + 1023)  # the low bits of t and h are n + 2046 and about n/2 + 1023
    a = e.from_bits((e.bits(t) - e.bits(h)) << 52)
    b = e.from_bits(e.bits(h) << 52)
    return small_expm1(e, r), a, b, n


def exp(e: Emitter, x: Lane) -> Lane:
    """e^x."""
    q, a, b, _ = exp_parts(e, clamp(e, x, -746.0, 710.0))
    return e.fma(a, q, a) * b


def decay(e: Emitter, x: Lane) -> Lane:
    """e^-|x|."""
    q, a, b, _ = exp_parts(e, -clamp(e, e.abs(x), 0.0, 746.0))
    return e.fma(a, q, a) * b


def expm1(e: Emitter, x: Lane) -> Lane:
    """e^x - 1 as 2*(2^(n-1)*q + (2^(n-1) - 1/2)); for n = 0 that is q."""
    n, t = nearest_integer(e, clamp(e, x, -40.0, 710.0), LOG2_E, 1022)
    r = e.fma(n, -LN2_LOW, e.fma(n, -LN2_HIGH, clamp(e, x, -40.0, 710.0)))
    q = small_expm1(e, r)
    a = e.from_bits(e.bits(t) << 52)
    y = e.fma(a, q, a - 0.5) * 2
    return e.where(e.abs(x) < 2.0**-54, x, e.where(n.equals(0), q, y))


def log_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane]:
    """(k, f) with x = 2^k*(1 + f) for positive finite x, also subnormal."""
    tiny = x < LEAST
    x = e.where(tiny, x * TWO_52, x)
    u = e.bits(x) + (ONE_BITS - SQRT_HALF_BITS)
    k = e.exactly("sub", e.from_bits(u.logical(52) | TWO_52_BITS), e.where(tiny, TWO_52 + 1075, TWO_52 + 1023))
    return k, e.exactly("sub", e.from_bits((u & FRACTION) + SQRT_HALF_BITS), 1.0)


def log_of_parts(e: Emitter, k: Lane, f: Lane, low: Lane | None = None) -> Lane:
    """k*log(2) + log(1 + f) (+ a small correction)."""
    s = e.exactly("div", f, f + 2)
    z = s * s
    half_square = 0.5 * f * f
    w = e.fma(s, e.fma(z, e.polynomial(z, LOG), half_square), k * LN2_LOW if low is None else e.fma(k, LN2_LOW, low))
    return e.fma(k, LN2_HIGH, f - (half_square - w))


def at_log_edges(e: Emitter, x: Lane, y: Lane) -> Lane:
    """y, but the logarithm's value at 0, negative numbers, infinity and nan."""
    y = e.where(x < INF, y, x)
    return e.where(x > 0, y, e.where(x.equals(0), e.constant(-INF), NAN))


def log(e: Emitter, x: Lane) -> Lane:
    """log(x)."""
    return at_log_edges(e, x, log_of_parts(e, *log_parts(e, x)))


def log1p_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane]:
    """(k, f) with 1 + x = 2^k*(1 + f), and f from x itself rather than from the rounded sum, for finite x > -1."""
    u = e.bits(x + 1) + (ONE_BITS - SQRT_HALF_BITS)
    exponent = u.logical(52)
    k = e.exactly("sub", e.from_bits(exponent | TWO_52_BITS), TWO_52 + 1023)
    scale = e.from_bits((2048 - exponent) << 52)  # 2^(2-k), a normal number for all k
    return k, e.fma(scale, 0.25 * x, e.fma(scale, 0.25, -1.0))


def log1p(e: Emitter, x: Lane) -> Lane:
    """log(1 + x)."""
    y = log_of_parts(e, *log1p_parts(e, x))
    y = e.where(x < INF, y, x)
    y = e.where(x > -1, y, e.where(x.equals(-1), e.constant(-INF), NAN))
    return e.where(e.abs(x) < 2.0**-54, x, y)


def log1p_unit(e: Emitter, t: Lane) -> Lane:
    """log(1 + t) for 0 <= t <= 1, where k is 0 or 1."""
    large = t > 0.41421356237309515
    f = e.where(large, e.fma(t, 0.5, -0.5), t)
    return log_of_parts(e, e.where(large, 1.0, e.constant(0.0)), f)


def softplus(e: Emitter, x: Lane) -> Lane:
    """log(1 + e^x)."""
    return e.where(0 >= x, e.constant(0.0), x) + log1p_unit(e, decay(e, x))


def sigmoid(e: Emitter, x: Lane) -> Lane:
    """1/(1 + e^-x): with t = e^-|x| either 1/(1 + t) or t/(1 + t), so that sigmoid(-x) shares all of it."""
    t = decay(e, x)
    return e.where(x < 0, t, 1.0) * e.exactly("div", 1.0, t + 1)


TABLE = {
    "exp": Entry(exp, 1),
    "expm1": Entry(expm1, 2),
    "log": Entry(log, 1, (0.01, 20.0)),
    "log1p": Entry(log1p, 2, (-0.9, 20.0)),
    "softplus": Entry(softplus, 3),
    "sigmoid": Entry(sigmoid, 3),
}
