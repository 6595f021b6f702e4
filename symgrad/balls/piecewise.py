"""Ball functions with kinks and jumps: on a ball that straddles one, the hull of what both sides give."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

NAN = arb.nan()
ZERO, ONE, HALF = arb(0), arb(1), arb(0.5)
LEAK = arb(0.01)
SELU_SCALE, SELU_ALPHA = arb(1.0507009873554805), arb(1.6732632423543772)  # doubles, as every net has them


def hull(f: Callable[[arb], arb], x: arb) -> arb:
    """An increasing function of a ball, from its ends."""
    return f(x.lower()).union(f(x.upper())) if x.is_finite() else NAN


def trunc(x: arb) -> arb:
    """The integer part, towards zero."""
    if x >= 0:
        return x.floor()
    return x.ceil() if x <= 0 else hull(trunc, x)


def half_away(x: arb) -> arb:
    """The nearest integer, halves away from zero."""
    if x.is_zero():
        return ZERO
    if not x.is_exact() or not x.is_finite():
        return hull(half_away, x)
    a = abs(x)
    whole = a.floor()
    border = whole + HALF  # adding the half to `a` instead could round
    size = whole + 1 if a >= border else whole if a < border else whole.union(whole + 1)
    return size if x > 0 else -size


def mod(a: arb, b: arb) -> arb:
    """a - b*floor(a/b), with the sign of b."""
    if exact(a, b):
        return NAN if b.is_zero() else remainder(a, b, flooring=True)
    q = (a / b).floor()
    if q.is_integer():
        return a - b * q
    if a.is_nan() or not (b > 0 or b < 0):
        return NAN
    return ZERO.union(b.upper()).union(b.lower())


def fmod(a: arb, b: arb) -> arb:
    """a - b*trunc(a/b), with the sign of a, as in C."""
    if exact(a, b):
        return NAN if b.is_zero() else remainder(a, b, flooring=False)
    q = trunc(a / b)
    if q.is_integer():
        return a - b * q
    if a.is_nan() or not (b > 0 or b < 0):
        return NAN
    size = abs(b).upper()
    if a >= 0:
        return ZERO.union(size)
    return ZERO.union(-size) if a <= 0 else (-size).union(size)


def exact(*xs: arb) -> bool:
    """Whether all of these are single points."""
    return all(x.is_exact() and x.is_finite() for x in xs)


def remainder(a: arb, b: arb, *, flooring: bool) -> arb:
    """The remainder of exact numbers, in integers: exact however large a/b is."""
    opposite = (a < 0) != (b < 0)
    if abs(a) < abs(b):
        return a + b if flooring and opposite and not a.is_zero() else a
    (m, i), (n, j) = (tuple(map(int, x.man_exp())) for x in (a, b))
    low = min(i, j)
    divisor = abs(n) << (j - low)  # no longer than a's mantissa, for |b| <= |a|
    rest = abs(m) * pow(2, i - low, divisor) % divisor
    if flooring and opposite and rest:
        rest = divisor - rest
    negative = b < 0 if flooring else a < 0
    return arb((-rest if negative else rest, low))


def sign(x: arb) -> arb:
    """-1, 0 or 1; Arb calls the sign of nan [-1, 1]."""
    return NAN if x.is_nan() else x.sgn()


def heaviside(x: arb) -> arb:
    """0 below 0, 1 above, 1/2 at 0."""
    return (1 + sign(x)) / 2


def copysign(a: arb, b: arb) -> arb:
    """The size of a with the sign of b; a zero counts as positive, for a ball has no -0."""
    size = abs(a)
    if b >= 0:
        return size
    if b < 0:
        return -size
    return NAN if b.is_nan() else size.union(-size)


def branch(x: arb, above: Callable[[arb], arb], below: Callable[[arb], arb]) -> arb:
    """One function for x > 0, an other for x <= 0, both continuous up to 0."""
    if x > 0:
        return above(x)
    if x <= 0:
        return below(x)
    return above(ZERO.union(x.upper())).union(below(ZERO.union(x.lower()))) if x.is_finite() else NAN


def elu(x: arb) -> arb:
    """x above 0, else exp(x) - 1."""
    return branch(x, arb.__pos__, arb.expm1)


def selu(x: arb) -> arb:
    """The self-normalising elu."""
    return branch(x, lambda t: SELU_SCALE * t, lambda t: SELU_SCALE * SELU_ALPHA * t.expm1())


def leaky_relu(x: arb) -> arb:
    """x above 0, else x/100."""
    return branch(x, arb.__pos__, lambda t: LEAK * t)


def softsign(x: arb) -> arb:
    """x/(1 + |x|), increasing."""
    return x / (1 + abs(x)) if x >= 0 or x <= 0 else hull(softsign, x)


BALLS: dict[str, Callable[..., arb]] = {
    "abs": abs,
    "sign": sign,
    "heaviside": heaviside,
    "floor": arb.floor,
    "ceil": arb.ceil,
    "trunc": trunc,
    "round": half_away,
    "mod": mod,
    "fmod": fmod,
    "max": lambda a, b: a.max(b),
    "min": lambda a, b: a.min(b),
    "clip": lambda x, low, high: x.max(low).min(high),
    "copysign": copysign,
    "relu": lambda x: x.max(ZERO),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "softsign": softsign,
}
