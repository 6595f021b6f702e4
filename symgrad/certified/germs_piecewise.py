"""Functions with kinks and jumps on germs: the sign of a germ says on which side of a kink it is."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.balls import exact
from symgrad.certified.germs import (
    UNIT,
    ZERO,
    Germ,
    Unsettled,
    add,
    bounded,
    constant,
    direction,
    flat,
    huge,
    mul,
    negative,
    require_finite,
    scaled,
    sign_of,
    split,
    sub,
    truncated,
    whole,
)
from symgrad.certified.germs_powers import divide, exp, magnitude
from symgrad.certified.germs_regular import regular

Unary = Callable[[Germ], Germ]


def sign(g: Germ) -> Germ:
    """-1, 0 or 1."""
    return whole(sign_of(g))


def heaviside(g: Germ) -> Germ:
    """0, 1/2 or 1."""
    return scaled(whole(1 + sign_of(g)), exact.number(0.5))


def common(a: Germ, b: Germ) -> Germ:
    """What is known of something that is always one of two germs: the terms in which they agree."""
    difference = sub(a, b)
    if difference.zero:
        return a
    if difference.huge:
        raise Unsettled("a condition that is not decided")
    if difference.lead is None:
        return add(a, flat())
    return truncated(
        a, difference.lead, difference.why or "a condition that is decided differently again and again"
    )


def larger(a: Germ, b: Germ) -> Germ:
    """max(a, b)."""
    difference = sub(a, b)
    try:
        return a if sign_of(difference) >= 0 else b
    except Unsettled as error:
        if error.more:
            raise
        return common(a, b)


def smaller(a: Germ, b: Germ) -> Germ:
    """min(a, b)."""
    return negative(larger(negative(a), negative(b)))


def by_sign(above: Unary, below: Unary) -> Unary:
    """One function for g >= 0, an other for g < 0; both agree at 0."""
    return lambda g: above(g) if sign_of(g) >= 0 else below(g)


def floor(g: Germ) -> Germ:
    """The largest integer below; of something that grows, that with a bounded rest."""
    if g.huge:
        return huge(g.sign)
    if direction(g):
        return add(g, bounded(UNIT, "floor jumps for ever"))
    require_finite(g, "floor")
    c, w = split(g)
    whole_part = exact.floor(c)
    if whole_part is None:
        raise Unsettled("floor of a number that may be an integer", "bits")
    below = exact.is_zero(c - whole_part) and sign_of(w) < 0
    return constant(whole_part - 1 if below else whole_part)


def ceil(g: Germ) -> Germ:
    """The smallest integer above."""
    return negative(floor(negative(g)))


def towards_zero(f: Unary, reach: float) -> Unary:
    """An odd function that is f for g >= 0, and 0 as long as |g| < reach."""

    def function(g: Germ) -> Germ:
        if not g.huge and not direction(g) and (g.order is None or g.order > UNIT):
            c, _ = split(g)
            if abs(c) < exact.number(reach):
                return ZERO
        return f(g) if sign_of(g) >= 0 else negative(f(negative(g)))

    return function


trunc = towards_zero(floor, 1)
half_away = towards_zero(lambda g: floor(add(g, constant(exact.number(0.5)))), 0.5)


def remainder(rounding: Unary) -> Callable[[Germ, Germ], Germ]:
    """a - b*rounding(a/b)."""
    return lambda a, b: sub(a, mul(b, rounding(divide(a, b))))


def copysign(a: Germ, b: Germ) -> Germ:
    """|a| with the sign of b; a zero counts as positive."""
    return magnitude(a) if sign_of(b) >= 0 else negative(magnitude(a))


def softsign(g: Germ) -> Germ:
    """g/(1 + |g|)."""
    return divide(g, add(whole(1), magnitude(g)))


def expm1(g: Germ) -> Germ:
    """exp(g) - 1 of something bounded or negative."""
    return sub(exp(g), whole(1)) if direction(g) else regular("expm1", g)


LEAK, SELU_SCALE, SELU_ALPHA = 0.01, 1.0507009873554805, 1.6732632423543772  # doubles, as every net has them


def multiple(factor: float) -> Unary:
    """A multiple."""
    return lambda g: scaled(g, exact.number(factor))


def selu_below(g: Germ) -> Germ:
    """The left half of selu."""
    return multiple(SELU_SCALE)(multiple(SELU_ALPHA)(expm1(g)))


def identity(g: Germ) -> Germ:
    """g."""
    return g


PIECEWISE: dict[str, Callable[..., Germ]] = {
    "abs": magnitude,
    "sign": sign,
    "heaviside": heaviside,
    "floor": floor,
    "ceil": ceil,
    "trunc": trunc,
    "round": half_away,
    "mod": remainder(floor),
    "fmod": remainder(trunc),
    "max": larger,
    "min": smaller,
    "clip": lambda g, low, high: smaller(larger(g, low), high),
    "copysign": copysign,
    "relu": lambda g: larger(g, ZERO),
    "leaky_relu": by_sign(identity, multiple(LEAK)),
    "elu": by_sign(identity, expm1),
    "selu": by_sign(multiple(SELU_SCALE), selu_below),
    "softsign": softsign,
}
