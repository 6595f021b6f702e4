"""Remainders, and the slopes and roots of derivative rules in forms that neither overflow nor cancel."""

from __future__ import annotations

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import INF, NAN, Entry


def size_remainder(e: Emitter, a: Lane, b: Lane) -> Lane:
    """|a| - |b|*trunc(|a|/|b|), exact: the quotient may be one too large, and beyond 2^52 the C library is asked."""
    p, q = e.abs(a), e.abs(b)
    quotient = e.exactly("div", p, q)
    r = e.fma(-e.trunc(quotient), q, p)
    r = e.where(r < 0, e.exactly("add", r, q), r)
    r = e.where(p < q, p, r)
    return e.rarely((quotient >= 2.0**52) & (p < INF) & (q > 0), r, "fmod", p, q)


def undefined(e: Emitter, a: Lane, b: Lane, y: Lane) -> Lane:
    """y, but nan where a remainder is none."""
    return e.where((e.abs(a) < INF) & b.differs(0) & b.equals(b), y, NAN)


def fmod(e: Emitter, a: Lane, b: Lane) -> Lane:
    """The remainder with the sign of a."""
    return undefined(e, a, b, e.copysign(size_remainder(e, a, b), a))


def mod(e: Emitter, a: Lane, b: Lane) -> Lane:
    """The remainder with the sign of b."""
    r = size_remainder(e, a, b)
    signed = e.copysign(r, a)
    differs = ((e.bits(a) ^ e.bits(b)) < 0) & (r > 0)
    y = e.where(differs, e.exactly("add", signed, b), signed)
    return undefined(e, a, b, e.where(r.equals(0), e.copysign(r, b), y))


def size_quotient(e: Emitter, a: Lane, b: Lane) -> tuple[Lane, Lane]:
    """trunc(|a|/|b|) of the exact quotient, and whether something remains; beyond 2^52 the rounded quotient."""
    p, q = e.abs(a), e.abs(b)
    quotient = e.exactly("div", p, q)
    whole = e.trunc(quotient)
    r = e.fma(-whole, q, p)
    below = (r < 0) & (quotient < 2.0**52)
    remains = below | (~r.equals(0) & (p > 0) & (quotient < 2.0**52))
    return e.where(below, whole - 1, whole), remains


def floor_quotient(e: Emitter, a: Lane, b: Lane) -> Lane:
    """floor(a/b) of the exact quotient."""
    whole, remains = size_quotient(e, a, b)
    down = -(whole + e.where(remains, e.constant(1.0), 0.0))
    return undefined(e, a, b, e.where((e.bits(a) ^ e.bits(b)) < 0, down, whole))


def trunc_quotient(e: Emitter, a: Lane, b: Lane) -> Lane:
    """trunc(a/b) of the exact quotient."""
    whole, _ = size_quotient(e, a, b)
    return undefined(e, a, b, e.from_bits(e.bits(whole) ^ ((e.bits(a) ^ e.bits(b)) & SIGN)))


def softsign(e: Emitter, x: Lane) -> Lane:
    """x/(1 + |x|)."""
    y = e.exactly("div", x, 1 + e.abs(x))
    return e.where(e.abs(x).equals(INF), e.copysign(e.constant(1.0), x), y)


def scaled_reciprocal(e: Emitter, x: Lane, sign_of_square: float) -> Lane:
    """1/(1 +- x^2), also where the square overflows."""
    large = e.abs(x) > 2.0**500
    c = e.where(large, e.constant(2.0**-100), 1.0)
    y = x * c
    return e.exactly("div", 1.0, e.fma(y, sign_of_square * y, c * c)) * c * c


def atan_slope(e: Emitter, x: Lane) -> Lane:
    """1/(1 + x^2)."""
    return scaled_reciprocal(e, x, 1.0)


def atanh_slope(e: Emitter, x: Lane) -> Lane:
    """1/(1 - x^2) = 1/(1 - x)/(1 + x)."""
    return e.exactly("div", e.exactly("div", 1.0, 1 - x), 1 + x)


def root_one_minus_sq(e: Emitter, x: Lane) -> Lane:
    """sqrt(1 - x^2)."""
    return e.sqrt((1 - x) * (1 + x))


def root_one_plus_sq(e: Emitter, x: Lane) -> Lane:
    """sqrt(1 + x^2)."""
    a = e.abs(x)
    return e.where(a > 2.0**30, a, e.sqrt(e.fma(x, x, 1.0)))


def root_sq_minus_one(e: Emitter, x: Lane) -> Lane:
    """sqrt(x^2 - 1)."""
    a = e.abs(x)
    y = e.sqrt((a - 1) * (a + 1))
    return e.where(a > 2.0**30, a, y)


def square_sum(e: Emitter, a: Lane, b: Lane) -> tuple[Lane, Lane, Lane]:
    """(a and b over a power of two that brings the larger near 1, 1/that power)."""
    p, q = e.abs(a), e.abs(b)
    larger = e.where(p > q, p, q)
    exponent = e.bits(larger) & 0x7FF0000000000000
    least, most = e.integer(1 << 52), e.integer(0x7FC0000000000000)
    exponent = e.where(exponent < least, least, e.where(most < exponent, most, exponent))
    scale = e.from_bits(e.integer(0x7FD0000000000000) - exponent)  # 2^-k
    return a * scale, b * scale, scale


def atan2_slope(e: Emitter, a: Lane, b: Lane) -> Lane:
    """a/(a^2 + b^2), also where the squares overflow or underflow."""
    p, q, scale = square_sum(e, a, b)
    y = e.exactly("div", p, e.fma(p, p, q * q)) * scale
    far = e.abs(a).equals(INF) ^ e.abs(b).equals(INF)
    y = e.where(far, e.copysign(e.constant(0.0), a), y)
    return e.where(a.is_nan(), a, e.where(b.is_nan(), b, y))


def hypot_slope(e: Emitter, a: Lane, b: Lane) -> Lane:
    """a/hypot(a, b); 0 at the origin."""
    p, q, _ = square_sum(e, a, b)
    y = e.exactly("div", p, e.sqrt(e.fma(p, p, q * q)))
    y = e.where(a.equals(0) & b.equals(0), e.constant(0.0), y)
    return e.where(e.abs(b).equals(INF) & (e.abs(a) < INF), a * 0, y)


EXACT = 0.5
SIGN = -(2**63)
TABLE = {
    "mod": Entry(mod, EXACT),
    "fmod": Entry(fmod, EXACT),
    "floor_quotient": Entry(floor_quotient, 1.5),
    "trunc_quotient": Entry(trunc_quotient, 1.5),
    "softsign": Entry(softsign, 2),
    "atan_slope": Entry(atan_slope, 2),
    "atanh_slope": Entry(atanh_slope, 3, (-0.9, 0.9)),
    "root_one_minus_sq": Entry(root_one_minus_sq, 2, (-0.9, 0.9)),
    "root_one_plus_sq": Entry(root_one_plus_sq, 1.5),
    "root_sq_minus_one": Entry(root_sq_minus_one, 2, (1.0, 9.0)),
    "atan2_slope": Entry(atan2_slope, 3),
    "hypot_slope": Entry(hypot_slope, 2),
}
