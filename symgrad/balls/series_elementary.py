"""Series functions: arithmetic, powers, exponentials, logarithms and what nets are made of.

No derivative rule of `symgrad.ops` is used or copied here: these series are the witness against those.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, arb_series

from symgrad.balls.expansion import Argument, centre, inside, nowhere, quotient, reciprocal, series_of
from symgrad.balls.series_powers import hypot, power, power_log, power_slope


def positive(x: arb) -> bool:
    """Whether a ball lies right of 0."""
    return x > 0


def log(x: arb_series) -> arb_series:
    """The natural logarithm."""
    return x.log() if x[0] > 0 else nowhere()


def sigmoid(x: arb_series) -> arb_series:
    """1/(1 + exp(-x)), from the exponential that is small."""
    if x[0] < 0:
        t = x.exp()
        return t / (1 + t)
    return (1 + (-x).exp()).inv()


def softplus(x: arb_series) -> arb_series:
    """log(1 + exp(x)), from the exponential that is small."""
    return x + (1 + (-x).exp()).log() if x[0] > 0 else (1 + x.exp()).log()


def logaddexp(a: Argument, b: Argument) -> arb_series:
    """log(exp(a) + exp(b)), from the larger one."""
    if centre(a) >= centre(b):
        return a + softplus(series_of(b - a))
    return b + softplus(series_of(a - b))


def logit(x: arb_series) -> arb_series:
    """log(x/(1 - x))."""
    return x.log() - (1 - x).log()


def xlogy(x: Argument, y: Argument) -> arb_series:
    """x*log(y)."""
    if isinstance(x, arb) and x.is_zero():
        return arb_series([0])
    return x * log(series_of(y))


def ncdf(x: arb_series) -> arb_series:
    """The normal distribution function."""
    return (-x / arb(2).sqrt()).erfc() / 2


def npdf(x: arb_series) -> arb_series:
    """The normal density."""
    return (-(x * x) / 2).exp() / (2 * arb.pi()).sqrt()


SERIES: dict[str, Callable[..., arb_series]] = {
    # arithmetic
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": quotient,
    "neg": lambda x: -x,
    "fma": lambda a, b, c: series_of(a * b + c),
    "square": lambda x: x * x,
    "reciprocal": reciprocal,
    "deg2rad": lambda x: x * (arb.pi() / 180),
    "rad2deg": lambda x: x * (180 / arb.pi()),
    # powers, exponentials, logarithms
    "pow": power,
    "power_slope": power_slope,
    "power_log": power_log,
    "sqrt": inside(positive, arb_series.sqrt),
    "cbrt": lambda x: power(x, 1 / arb(3)) if x[0] > 0 else -power(-x, 1 / arb(3)),
    "rsqrt": inside(positive, arb_series.rsqrt),
    "hypot": hypot,
    "exp": arb_series.exp,
    "exp2": lambda x: (x * arb.const_log2()).exp(),
    "exp10": lambda x: (x * arb.const_log10()).exp(),
    "expm1": arb_series.exp,
    "log": log,
    "log2": lambda x: log(x) / arb.const_log2(),
    "log10": lambda x: log(x) / arb.const_log10(),
    "log1p": lambda x: log(1 + x),
    "expsq": lambda x: (x * x).exp(),
    "expnegsq": lambda x: (-(x * x)).exp(),
    "xlogy": xlogy,
    "xlog1py": lambda x, y: xlogy(x, 1 + y),
    "logit": logit,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "logaddexp": logaddexp,
    "silu": lambda x: x * sigmoid(x),
    "npdf": npdf,
    "ncdf": ncdf,
    "gelu": lambda x: x * ncdf(x),
}
