"""Sums of two doubles: arithmetic that carries its rounding errors along.

A pair (high, low) stands for high + low, about 32 digits. The error-free transformations are Knuth's sum and Dekker's
product; see Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., 4.3, 4.4 and 14.1. Where something is not
finite, or so large or small that the transformations fail, the low part is zero and nothing is gained.
"""

from __future__ import annotations

import math

Pair = tuple[float, float]

SPLIT = 134217729.0
"""2^27 + 1: cuts a double into two halves of 26 bits."""

LARGE, SMALL = 2.0**480, 2.0**-480
"""Between these the products of halves neither overflow nor underflow."""


def settled(high: float, low: float) -> Pair:
    """high + low with |low| at most half an ulp of high."""
    total = high + low
    if not math.isfinite(total):
        return total, 0.0
    return total, low - (total - high)


def add(a: Pair, b: Pair) -> Pair:
    """a + b."""
    total = a[0] + b[0]
    if not math.isfinite(total):
        return total, 0.0
    shift = total - a[0]
    error = (a[0] - (total - shift)) + (b[0] - shift)
    return settled(total, error + (a[1] + b[1]))


def neg(a: Pair) -> Pair:
    """-a."""
    return -a[0], -a[1]


def sub(a: Pair, b: Pair) -> Pair:
    """a - b."""
    return add(a, neg(b))


def mul(a: Pair, b: Pair) -> Pair:
    """a*b."""
    x, y = a[0], b[0]
    product = x * y
    if not (SMALL < abs(x) < LARGE and SMALL < abs(y) < LARGE):
        return product, 0.0
    t = SPLIT * x
    x_high = t - (t - x)
    x_low = x - x_high
    t = SPLIT * y
    y_high = t - (t - y)
    y_low = y - y_high
    error = ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
    return settled(product, error + (x * b[1] + a[1] * y))


def div(a: Pair, b: Pair) -> Pair:
    """a/b; IEEE's infinities and nan where b is 0."""
    if b[0] == 0:
        if a[0] == 0 or a[0] != a[0]:
            return math.nan, 0.0
        return math.copysign(math.inf, a[0]) * math.copysign(1.0, b[0]), 0.0
    quotient = a[0] / b[0]
    if not math.isfinite(quotient) or not math.isfinite(b[0]):
        return quotient, 0.0
    rest = sub(a, mul((quotient, 0.0), b))
    return settled(quotient, (rest[0] + rest[1]) / b[0])


def sqrt(a: Pair) -> Pair:
    """The square root; nan for negative numbers."""
    if not 0 < a[0] < math.inf:
        return (a[0] if a[0] >= 0 else math.nan), 0.0
    root = math.sqrt(a[0])
    rest = sub(a, mul((root, 0.0), (root, 0.0)))
    return settled(root, (rest[0] + rest[1]) / (2 * root))


def power(a: Pair, n: int) -> Pair:
    """a^n for a whole n, by squaring."""
    result, square, k = (1.0, 0.0), a, abs(n)
    while k:
        if k & 1:
            result = mul(result, square)
        k >>= 1
        if k:
            square = mul(square, square)
    return div((1.0, 0.0), result) if n < 0 else result
