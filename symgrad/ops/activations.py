"""The functions neural nets are made of, in forms that neither overflow nor cancel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from symgrad.ops.arithmetic import div, reciprocal, square
from symgrad.ops.enclose import rounded
from symgrad.ops.gaussian import ncdf, npdf
from symgrad.ops.logic import where
from symgrad.ops.numeric import patched
from symgrad.ops.op import Guarded, Op, op, section
from symgrad.ops.powers import exp, expm1, log1p


def sigmoid_value(x: float) -> float:
    """1/(1 + e^-x) without overflow for large negative x."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    t = math.exp(x)
    return t / (1 + t)


def sigmoid_values(x: Any) -> Any:
    """`sigmoid_value` on arrays."""
    import numpy as np

    t = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, t) / (1 + t)


def shifted(a: float, b: float) -> float:
    """sigmoid(a - b) with the rounding of the difference made up for, which the exponential would amplify."""
    d = a - b
    if not math.isfinite(d):
        return sigmoid_value(d)
    part = d - a
    lost = (a - (d - part)) - (b + part)  # a - b = d + lost, exactly
    y = sigmoid_value(d)
    return y + lost * (y * sigmoid_value(-d))


def shifted_values(a: Any, b: Any) -> Any:
    """`shifted` on arrays."""
    import numpy as np

    d = a - b
    part = d - a
    lost = np.where(np.isfinite(d), (a - (d - part)) - (b + part), 0.0)
    y = sigmoid_values(d)
    return y + lost * (y * sigmoid_values(-d))


def softplus_values(x: Any) -> Any:
    """log(1 + e^x) on arrays."""
    import numpy as np

    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _np(name: str) -> Any:
    def function(*xs: Any) -> Any:
        import numpy as np

        return getattr(np, name)(*xs)

    return function


NEAR = 0.25
"""The distance from a root of a derivative at which cancellation begins to cost digits."""


def away(f: Callable[[float], float], root: float, entry: Callable[[], Op]) -> Callable[[float], float]:
    """`f` away from its root; near it the correctly rounded value, for there its terms cancel."""

    def value(x: float) -> float:
        return rounded(entry(), (x,), {}) if abs(x - root) <= NEAR else f(x)

    return value


def product(weight: Op) -> Callable[[float], float]:
    """x*weight(x) for a weight that falls to 0 faster than x grows: 0 at -infinity."""
    return lambda x: x * float(weight.scalar_fn(x)) if x != -math.inf else -0.0


def products(weight: Op) -> Callable[[Any], Any]:
    """`product` on arrays."""

    def values(x: Any) -> Any:
        import numpy as np

        return np.where(x == -np.inf, -0.0, x * weight.array_fn(x))

    return values


def softsign_value(x: float) -> float:
    """x/(1 + |x|), also at infinities."""
    return x / (1 + abs(x)) if math.isfinite(x) else math.copysign(1.0, x) if x == x else x


section("Activations")

sigmoid = op("sigmoid", "Logistic function, 1/(1 + e^-x).", "sigmoid(0) = 0.5",
             lambda g, y, x: g * (y * sigmoid(-x)), scalar=sigmoid_value, array=sigmoid_values,
             sympy=lambda sp, x: 1 / (1 + sp.exp(-x)), expand=lambda x: reciprocal(1 + exp(-x)), latex=r"\sigma",
             aliases=("expit", "logistic"))
softplus = op("softplus", "log(1 + e^x) without overflow.", "softplus(0) = log(2)", lambda g, y, x: g * sigmoid(x),
              scalar=lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x,
              array=softplus_values,
              sympy=lambda sp, x: sp.log(1 + sp.exp(x)), expand=lambda x: where(x > 0, x + log1p(exp(-x)), log1p(exp(x))),
              aliases=("log1pexp",))
logaddexp = op("logaddexp", "log(e^a + e^b) without overflow.", "logaddexp(0, 0) = log(2)",
               lambda g, y, a, b: g * sigmoid_gap(a, b),
               lambda g, y, a, b: g * sigmoid_gap(b, a),
               scalar="ball", array=patched(_np("logaddexp"), lambda a, b: logaddexp.scalar_fn(a, b), lambda y, a, b: abs(y) > 1), sympy=lambda sp, a, b: sp.log(sp.exp(a) + sp.exp(b)))
sigmoid_gap = op("sigmoid_gap", "sigmoid(a - b), accurate for large arguments.", "sigmoid_gap(2, 2) = 0.5",
                 lambda g, y, a, b: g * (y * sigmoid_gap(b, a)),
                 lambda g, y, a, b: -g * (y * sigmoid_gap(b, a)),
                 scalar=shifted, array=shifted_values, expand=lambda a, b: sigmoid(a - b), hidden=True)
softsign = op("softsign", "x/(1 + |x|).", "softsign(1) = 0.5", lambda g, y, x: g * square(reciprocal(1 + abs(x))),
              scalar=softsign_value, expand=lambda x: div(x, 1 + abs(x)))
relu = op("relu", "max(x, 0); slope 0 at 0 by convention.", "relu(-2) = 0", lambda g, y, x: Guarded(x > 0, g),
          scalar=lambda x: x if x > 0 or x != x else 0.0, array=lambda x: _np("maximum")(x, 0.0), kinks=(0.0,),
          sympy=lambda sp, x: sp.Piecewise((x, x > 0), (0, True)), expand=lambda x: where(x > 0, x, 0))
leaky_relu = op("leaky_relu", "x for x > 0, else x/100.", "leaky_relu(-1) = -0.01",
                lambda g, y, x: g * where(x > 0, 1.0, 0.01), kinks=(0.0,), expand=lambda x: where(x > 0, x, 0.01 * x))
elu = op("elu", "x for x > 0, else e^x - 1.", "elu(0) = 0", lambda g, y, x: g * where(x > 0, 1.0, exp(x)),
         expand=lambda x: where(x > 0, x, expm1(x)))
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
selu = op("selu", "Self-normalising elu: scale*(x or alpha*(e^x - 1)).", "selu(0) = 0",
          lambda g, y, x: g * where(x > 0, SELU_SCALE, SELU_SCALE * SELU_ALPHA * exp(x)), kinks=(0.0,),
          expand=lambda x: where(x > 0, SELU_SCALE * x, SELU_SCALE * SELU_ALPHA * expm1(x)))
silu = op("silu", "x*sigmoid(x), also called swish.", "silu(0) = 0",
          lambda g, y, x: g * silu_slope(x), expand=lambda x: x * sigmoid(x), scalar=product(sigmoid),
          array=products(sigmoid),
          sympy=lambda sp, x: x / (1 + sp.exp(-x)), aliases=("swish",))
silu_slope = op("silu_slope", "Derivative of silu.", "silu_slope(0) = 0.5",
                lambda g, y, x: g * (sigmoid(x) * sigmoid(-x) * (2 + x * (sigmoid(-x) - sigmoid(x)))),
                scalar=away(lambda x: sigmoid_value(x) * (1 + x * sigmoid_value(-x)), -1.2784645427610738, lambda: silu_slope),
                array=patched(lambda x: sigmoid_values(x) * (1 + x * sigmoid_values(-x)), lambda x: silu_slope.scalar_fn(x),
                              lambda y, x: abs(x + 1.2784645427610738) > NEAR),
                expand=lambda x: sigmoid(x) * (1 + x * sigmoid(-x)), hidden=True)
gelu = op("gelu", "x times the normal distribution function (the exact form).", "gelu(0) = 0",
          lambda g, y, x: g * gelu_slope(x), expand=lambda x: x * ncdf(x),
          scalar=product(ncdf), array=products(ncdf))
gelu_slope = op("gelu_slope", "Derivative of gelu.", "gelu_slope(0) = 0.5", lambda g, y, x: g * (2 * npdf(x) - x * (x * npdf(x))),
                scalar=away(lambda x: ncdf.scalar_fn(x) + x * npdf.scalar_fn(x), -0.7517915, lambda: gelu_slope),
                array=patched(lambda x: ncdf.array_fn(x) + x * npdf.array_fn(x), lambda x: gelu_slope.scalar_fn(x),
                              lambda y, x: abs(x + 0.7517915) > NEAR),
                expand=lambda x: ncdf(x) + x * npdf(x), hidden=True)
