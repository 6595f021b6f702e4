"""Exponentials and logarithms to base e, and what is made of one of them.

Exponentials: x = n*log(2) + r with |r| <= log(2)/2, exact but for one rounding by fused operations (Cody and Waite),
a polynomial of e^r - 1, and a scaling by 2^n in two steps, so that overflow and gradual underflow round once and by
themselves.

Logarithms: x = 2^k*(1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), s = f/(2 + f), log(1 + f) = 2 atanh(s), arranged as in
fdlibm so that f itself is the leading term.
"""

from __future__ import annotations

from symgrad.compiled.emit import SHIFT, Emitter, Lane
from symgrad.compiled.entry import INF, LEAST, NAN, Entry, clamp, nearest_integer, two_product
from symgrad.compiled.polynomials import EXP, EXP2, EXP10, LOG

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.6931471805599453, 2.3190468138462996e-17
LOG2_10 = 3.321928094887362
LN10 = (2.302585092994046, -2.1707562233822494e-16)
LOG10_2 = (0.3010299956639812, -2.8037281277851704e-18)
LOG10_E = 0.4342944819032518
ONE_BITS = 0x3FF0000000000000
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
FRACTION = 0x000FFFFFFFFFFFFF
TWO_52_BITS, TWO_52 = 0x4330000000000000, 2.0**52


def small_expm1(e: Emitter, r: Lane) -> Lane:
    """e^r - 1 for |r| <= log(2)/2, within 0.8 ulp."""
    return e.fma(r * r, e.polynomial(r, EXP), r)


def exp_parts(e: Emitter, x: Lane, low: Lane | None = None) -> tuple[Lane, tuple[Lane, Lane]]:
    """(q, (a, b)) with e^(x + low) = (1 + q)*a*b and a*b = 2^n; x is not beyond 750, low far below 1."""
    n, t = nearest_integer(e, x, LOG2_E, 2046)
    r = e.fma(n, -LN2_HIGH, x)  # exact
    r = e.fma(n, -LN2_LOW, r) if low is None else r + e.fma(n, -LN2_LOW, low)
    return small_expm1(e, r), two_powers(e, n, t)


def two_powers(e: Emitter, n: Lane, t: Lane) -> tuple[Lane, Lane]:
    """Two normal powers of two whose product is 2^n; the low bits of t are n + 2046."""
    h = e.fma(n, 0.5, SHIFT + 1023)
    return e.from_bits((e.bits(t) - e.bits(h)) << 52), e.from_bits(e.bits(h) << 52)


def scaled(e: Emitter, q: Lane, powers: tuple[Lane, Lane], factor: Lane | float | None = None) -> Lane:
    """(1 + q)*a*b (times a factor), which overflows or underflows in the last product only."""
    a, b = powers
    y = e.fma(a, q, a)
    return (y if factor is None else y * factor) * b


def exp(e: Emitter, x: Lane) -> Lane:
    """e^x."""
    return scaled(e, *exp_parts(e, clamp(e, x, -746.0, 710.0)))


def decay(e: Emitter, x: Lane) -> Lane:
    """e^-|x|."""
    return scaled(e, *exp_parts(e, -clamp(e, e.abs(x), 0.0, 746.0)))


def exp2(e: Emitter, x: Lane) -> Lane:
    """2^x."""
    x = clamp(e, x, -1076.0, 1025.0)
    n, t = nearest_integer(e, x, 1.0, 2046)
    r = e.exactly("sub", x, n)
    rest = e.fma(r * r, e.polynomial(r, EXP2), r * LN2_LOW)
    return scaled(e, e.fma(r, LN2_HIGH, rest), two_powers(e, n, t))


def exp10(e: Emitter, x: Lane) -> Lane:
    """10^x, the reduced exponent times log(10) as a sum of two doubles, so that powers of ten are exact."""
    x = clamp(e, x, -324.0, 309.0)
    n, t = nearest_integer(e, x, LOG2_10, 2046)
    first = e.fma(n, -LOG10_2[0], x)
    r = e.fma(n, -LOG10_2[1], first)
    lost = e.fma(n, -LOG10_2[1], e.exactly("sub", first, r))
    high, low = two_product(e, r, e.constant(LN10[0]))
    low = low + e.fma(r, LN10[1], lost * LN10[0])
    return scaled(e, high + e.fma(r * r, e.polynomial(r, EXP10), low), two_powers(e, n, t))


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
    k = e.exactly(
        "sub", e.from_bits(u.logical(52) | TWO_52_BITS), e.where(tiny, TWO_52 + 1075, TWO_52 + 1023)
    )
    return k, e.exactly("sub", e.from_bits((u & FRACTION) + SQRT_HALF_BITS), 1.0)


def log_series(e: Emitter, f: Lane, low: Lane | None = None) -> Lane:
    """f - log(1 + f) (- low), which is small beside f."""
    s = e.exactly("div", f, f + 2)
    z = s * s
    half_square = 0.5 * f * f
    series = e.fma(z, e.polynomial(z, LOG), half_square)
    return half_square - (s * series if low is None else e.fma(s, series, low))


def log_of_parts(e: Emitter, k: Lane, f: Lane) -> Lane:
    """k*log(2) + log(1 + f)."""
    if e.known(k) == 0:
        return f - log_series(e, f)
    return e.fma(k, LN2_HIGH, f - log_series(e, f, k * LN2_LOW))


def at_log_edges(e: Emitter, x: Lane, y: Lane) -> Lane:
    """y, but the logarithm's value at 0, negative numbers, infinity and nan."""
    y = e.where(x < INF, y, x)
    return e.where(x > 0, y, e.where(x.equals(0), e.constant(-INF), NAN))


def log(e: Emitter, x: Lane) -> Lane:
    """The natural logarithm."""
    return at_log_edges(e, x, log_of_parts(e, *log_parts(e, x)))


def log2(e: Emitter, x: Lane) -> Lane:
    """The logarithm to base 2, exact for powers of two."""
    k, f = log_parts(e, x)
    return at_log_edges(e, x, e.fma(log_of_parts(e, e.constant(0.0), f), LOG2_E, k))


def log10(e: Emitter, x: Lane) -> Lane:
    """The logarithm to base 10, exact for powers of ten."""
    k, f = log_parts(e, x)
    y = e.fma(log_of_parts(e, e.constant(0.0), f), LOG10_E, k * LOG10_2[1])
    return at_log_edges(e, x, e.fma(k, LOG10_2[0], y))


def log1p_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane]:
    """(k, f) with 1 + x = 2^k*(1 + f), and f from x itself rather than from the rounded sum, for finite x > -1."""
    u = e.bits(x + 1) + (ONE_BITS - SQRT_HALF_BITS)
    exponent = u.logical(52)
    k = e.exactly("sub", e.from_bits(exponent | TWO_52_BITS), TWO_52 + 1023)
    scale = e.from_bits((2048 - exponent) << 52)  # 2^(2-k), a normal number for all k
    return k, e.fma(scale, 0.25 * x, e.fma(scale, 0.25, -1.0))


def log1p(e: Emitter, x: Lane) -> Lane:
    """The logarithm of 1 + x."""
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
    """The logarithm of 1 + e^x."""
    return e.where(x <= 0, e.constant(0.0), x) + log1p_unit(e, decay(e, x))


def sigmoid(e: Emitter, x: Lane) -> Lane:
    """The logistic function, 1 or t over 1 + t with t = e^-|x|: so that the one of -x shares all of it."""
    t = decay(e, x)
    return e.where(x < 0, t, 1.0) * e.exactly("div", 1.0, t + 1)


def logaddexp(e: Emitter, a: Lane, b: Lane) -> Lane:
    """The logarithm of e^a + e^b."""
    first = e.where(b > a, b, a)
    second = e.where(b > a, a, b)
    gap = e.exactly("sub", second, first)  # at most 0, and what its rounding lost:
    part = e.exactly("sub", gap, second)
    lost = e.exactly("sub", second, e.exactly("sub", gap, part)) - e.exactly("add", first, part)
    usual = gap > -746
    q, powers = exp_parts(e, e.where(usual, gap, e.constant(-746.0)), e.where(usual, lost, 0.0))
    y = first + log1p_unit(e, scaled(e, q, powers))
    y = e.where(first.equals(second), first + LN2_HIGH, e.where(usual, y, first))
    return e.where(a.is_nan(), a, e.where(b.is_nan(), b, y))


def logit(e: Emitter, x: Lane) -> Lane:
    """log(x/(1 - x)): with y = 1 - x exact in two parts, log1p((x - y)/y) near 1/2, elsewhere log of the quotient."""
    quotient = e.exactly("div", x, 1 - x)
    middle = e.exactly("div", 2 * x - 1, 1 - x)
    near = e.abs(middle) < 0.3
    k, f = log_parts(e, quotient)
    y = log_of_parts(e, e.where(near, e.constant(0.0), k), e.where(near, middle, f))
    return at_log_edges(e, quotient, y)


def xlogy(e: Emitter, a: Lane, b: Lane) -> Lane:
    """a*log(b), and 0 for a = 0 unless b is negative or nan."""
    return e.where(a.equals(0) & (b >= 0), e.constant(0.0), a * log(e, b))


def silu(e: Emitter, x: Lane) -> Lane:
    """x*sigmoid(x), the factor before the last scaling where the result may be subnormal."""
    q, powers = exp_parts(e, -clamp(e, e.abs(x), 0.0, 760.0))
    t = scaled(e, q, powers)
    below = scaled(e, q, powers, clamp(e, x, -760.0, 0.0))
    return e.exactly("div", e.where(x < 0, below, x), t + 1)


def sigmoid_gap(e: Emitter, a: Lane, b: Lane) -> Lane:
    """sigmoid(a - b), with the rounding of the difference made up for."""
    gap = a - b
    part = e.exactly("sub", gap, a)
    lost = e.exactly("sub", a, e.exactly("sub", gap, part)) - e.exactly("add", b, part)
    usual = e.abs(gap) < 750
    y = sigmoid(e, gap)
    return e.where(usual, e.fma(lost, y * sigmoid(e, -gap), y), y)


TABLE = {
    "silu": Entry(silu, 3),
    "sigmoid_gap": Entry(sigmoid_gap, 3),
    "exp": Entry(exp, 1),
    "exp2": Entry(exp2, 1),
    "exp10": Entry(exp10, 1),
    "expm1": Entry(expm1, 2.5),
    "log": Entry(log, 1, (0.01, 20.0)),
    "log2": Entry(log2, 2, (0.01, 20.0)),
    "log10": Entry(log10, 2, (0.01, 20.0)),
    "log1p": Entry(log1p, 2, (-0.9, 20.0)),
    "softplus": Entry(softplus, 3),
    "sigmoid": Entry(sigmoid, 3),
    "logit": Entry(logit, 4, (0.01, 0.99)),
    "xlogy": Entry(xlogy, 2, (0.01, 20.0)),
    "logaddexp": Entry(logaddexp, 3, holds=lambda a, b: max(a, b) > 0, where="max(a, b) > 0"),
}
