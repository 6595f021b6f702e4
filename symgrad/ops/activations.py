"""The functions neural nets are made of, in forms that neither overflow nor cancel."""

from __future__ import annotations

import math

from symgrad.ops.arithmetic import div, reciprocal, square
from symgrad.ops.logic import where
from symgrad.ops.op import Guarded, op, section
from symgrad.ops.powers import exp, expm1, log1p
from symgrad.ops.special import ncdf, npdf


def sigmoid_value(x: float) -> float:
    """1/(1 + e^-x) without overflow for large negative x."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    t = math.exp(x)
    return t / (1 + t)


def sigmoid_values(x: object) -> object:
    """`sigmoid_value` on arrays."""
    import numpy as np

    t = np.exp(-np.abs(x))  # type: ignore[call-overload]  # any array-like of reals
    return np.where(x >= 0, 1, t) / (1 + t)  # type: ignore[operator]  # as above


section("Activations")

sigmoid = op("sigmoid", "Logistic function, 1/(1 + e^-x).", "sigmoid(0) = 0.5",
             lambda g, y, x: g * (y * sigmoid(-x)), scalar=sigmoid_value, array=sigmoid_values,
             sympy=lambda sp, x: 1 / (1 + sp.exp(-x)), expand=lambda x: reciprocal(1 + exp(-x)), latex=r"\sigma",
             aliases=("expit", "logistic"))
softplus = op("softplus", "log(1 + e^x) without overflow.", "softplus(0) = log(2)", lambda g, y, x: g * sigmoid(x),
              scalar=lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x,
              sympy=lambda sp, x: sp.log(1 + sp.exp(x)), expand=lambda x: where(x > 0, x + log1p(exp(-x)), log1p(exp(x))),
              aliases=("log1pexp",))
logaddexp = op("logaddexp", "log(e^a + e^b) without overflow.", "logaddexp(0, 0) = log(2)",
               lambda g, y, a, b: g * sigmoid(a - b),
               lambda g, y, a, b: g * sigmoid(b - a),
               scalar="ball", array="numpy.logaddexp", sympy=lambda sp, a, b: sp.log(sp.exp(a) + sp.exp(b)))
softsign = op("softsign", "x/(1 + |x|).", "softsign(1) = 0.5", lambda g, y, x: div(g, square(1 + abs(x))),
              expand=lambda x: div(x, 1 + abs(x)))
relu = op("relu", "max(x, 0); slope 0 at 0 by convention.", "relu(-2) = 0", lambda g, y, x: Guarded(x > 0, g),
          scalar=lambda x: x if x > 0 or x != x else 0.0, array=lambda x: x * (x > 0), kinks=(0.0,),
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
          lambda g, y, x: g * (sigmoid(x) * (1 + x * sigmoid(-x))), expand=lambda x: x * sigmoid(x),
          sympy=lambda sp, x: x / (1 + sp.exp(-x)), aliases=("swish",))
gelu = op("gelu", "x times the normal distribution function (the exact form).", "gelu(0) = 0",
          lambda g, y, x: g * (ncdf(x) + x * npdf(x)), expand=lambda x: x * ncdf(x))
