"""Series functions with kinks and jumps: the branch that the constant term decides, nothing where it does not."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, arb_series

from symgrad.balls import piecewise
from symgrad.balls.expansion import Argument, apart_from, centre, nowhere, once, series_of

Unary = Callable[[arb_series], arb_series]


def identity(x: arb_series) -> arb_series:
    """x."""
    return x


def by_sign(above: Unary, below: Unary) -> Unary:
    """One function right of 0, an other left of it."""
    return lambda x: above(x) if x[0] > 0 else below(x) if x[0] < 0 else nowhere()


def step(jumps: Callable[[arb], bool]) -> Unary:
    """A constant between jumps; its value comes from the ball function."""
    return lambda x: nowhere() if jumps(x[0]) else arb_series([0])


def choose(first: bool, second: bool, a: Argument, b: Argument) -> arb_series:
    """One of two arguments, if it is known which."""
    return series_of(a) if first else series_of(b) if second else nowhere()


def larger(a: Argument, b: Argument) -> arb_series:
    """max(a, b); a tie between two expressions is a kink."""
    return choose(a is b or centre(a) > centre(b), centre(b) > centre(a), a, b)


def smaller(a: Argument, b: Argument) -> arb_series:
    """min(a, b)."""
    return choose(a is b or centre(a) < centre(b), centre(b) < centre(a), a, b)


def clip(x: Argument, low: Argument, high: Argument) -> arb_series:
    """x moved into [low, high]."""
    if centre(x) > centre(low) and centre(x) < centre(high):
        return series_of(x)
    return smaller(larger(x, low), high)


def copysign(a: Argument, b: Argument) -> arb_series:
    """The size of a with the sign of b, which may be a constant 0."""
    x = series_of(a)
    size = by_sign(identity, lambda x: -x)(x)
    if centre(b) > 0 or (isinstance(b, arb) and b >= 0):
        return size
    return -size if centre(b) < 0 else nowhere()


def remainder(
    a: Argument, b: Argument, value: Callable[[arb, arb], arb], *, through_zero: bool
) -> arb_series:
    """a - q b with the constant integer q = (a0 - remainder)/b0; nothing where the remainder jumps."""
    a0, b0 = centre(a), centre(b)
    if through_zero and abs(a0) < abs(b0):
        return series_of(a)
    rest = value(a0, b0)
    exact = piecewise.exact(a0, b0)
    if rest.is_zero() if exact else (a0 / b0).contains_integer():
        return nowhere()
    return series_of(a - (a0 - rest) / b0 * b)


def elu(x: arb_series) -> arb_series:
    """x above 0, else exp(x) - 1; once differentiable at 0."""
    if x[0] > 0:
        return x
    y = x.exp()
    return y if x[0] < 0 else once(x, y[0].union(arb(1)))


def softsign(x: arb_series) -> arb_series:
    """x/(1 + |x|) as 1 - 1/(1 + |x|) with the sign of x; once differentiable at 0."""
    if x[0] > 0:
        return -(1 + x).inv()
    return (1 - x).inv() if x[0] < 0 else once(x, 1 / (1 + abs(x[0])) ** 2)


SERIES: dict[str, Callable[..., arb_series]] = {
    "abs": by_sign(identity, lambda x: -x),
    "sign": step(lambda x: not apart_from(x, 0)),
    "heaviside": step(lambda x: not apart_from(x, 0)),
    "floor": step(arb.contains_integer),
    "ceil": step(arb.contains_integer),
    "trunc": step(lambda x: not abs(x) < 1 and x.contains_integer()),
    "round": step(lambda x: (x - piecewise.HALF).contains_integer()),
    "mod": lambda a, b: remainder(a, b, piecewise.mod, through_zero=False),
    "fmod": lambda a, b: remainder(a, b, piecewise.fmod, through_zero=True),
    "max": larger,
    "min": smaller,
    "clip": clip,
    "copysign": copysign,
    "relu": by_sign(identity, lambda _: arb_series([0])),
    "leaky_relu": by_sign(identity, lambda x: x * piecewise.LEAK),
    "elu": elu,
    "selu": by_sign(
        lambda x: x * piecewise.SELU_SCALE, lambda x: x.exp() * (piecewise.SELU_SCALE * piecewise.SELU_ALPHA)
    ),
    "softsign": softsign,
}
