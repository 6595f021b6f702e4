"""The functions neural nets are made of, in forms that neither overflow nor cancel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

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


class Root(NamedTuple):
    """A root of a derivative, where its terms cancel, as a sum of two doubles, and the Taylor series about it from t on."""

    high: float
    low: float
    series: tuple[float, ...]

    def near(self, x: Any) -> Any:
        """Whether cancellation costs digits."""
        return abs(x - self.high) <= RADIUS

    def value(self, x: Any) -> Any:
        """The derivative near its root, for numbers and arrays."""
        t = (x - self.high) - self.low
        y = self.series[-1]
        for c in reversed(self.series[:-1]):
            y = y * t + c
        return y * t


RADIUS = 0.45
SILU_ROOT = Root(
    -1.2784645427610737, -1.0946994183093437e-16,
    (0.2178117057198001, 0.1466487969969469, 0.018874814223782312, -0.015222655223188032, -0.006606589138356696,
     0.000126627410081122, 0.0007985218818397998, 0.00018570724361186496, -4.090534237428612e-05, -2.9733542213263917e-05,
     -2.942631888842464e-06, 2.346029682463866e-06, 8.599695028268575e-07, -3.051244750055421e-08, -9.266646309267441e-08,
     -1.8877622907727957e-08, 4.619379769031606e-09, 2.9177603026903803e-09, 2.3648315053103244e-10, -2.251366201881081e-10,
     -7.50344609385287e-11, 3.998547874723996e-12, 8.04274075537398e-12, 1.4842855116792256e-12),
)
GELU_ROOT = Root(
    -0.7517915246935645, 1.4956759177009883e-17,
    (0.4314939923140469, 0.388284982990552, -0.018199676398671087, -0.1140082332972217, -0.014771522148244337,
     0.019421679838189067, 0.004539228379125415, -0.002239538068073497, -0.0007448268386746817, 0.00018633974623233514,
     8.615947861116571e-05, -1.121438018842664e-05, -7.74846130700372e-06, 4.3284506257392273e-07, 5.702764979242107e-07,
     -1.6044265494246427e-09, -3.5459866461783865e-08, -1.396942086426202e-09, 1.90319840501314e-09, 1.4506418938779426e-10,
     -8.950037692726255e-11, -9.950340824808053e-12, 3.725967039270119e-12, 5.482292964742324e-13),
)


def away(f: Callable[[float], float], root: Root, least: tuple[float, float], entry: Callable[[], Op]) -> Callable[[float], float]:
    """`f`, but by its series near its root, and correctly rounded where its terms underflow."""

    def value(x: float) -> float:
        if root.near(x):
            return float(root.value(x))
        return rounded(entry(), (x,), {}) if least[0] < x < least[1] else f(x)

    return value


def all_away(f: Callable[[Any], Any], root: Root, least: tuple[float, float], entry: Callable[[], Op]) -> Callable[[Any], Any]:
    """`away` on arrays."""

    def values(x: Any) -> Any:
        import numpy as np

        return np.where(root.near(x), root.value(np.clip(x, root.high - 1, root.high + 1)), f(x))

    return patched(values, lambda x: entry().scalar_fn(x), lambda y, x: (x > least[1]) | (x < least[0]) | (x != x))


def product(weight: Op, least: float, entry: Callable[[], Op]) -> Callable[[float], float]:
    """x*weight(x) for a weight that underflows below `least`, where the product has lost digits."""
    return lambda x: x * float(weight.scalar_fn(x)) if x > least or x != x else rounded(entry(), (x,), {})


def products(weight: Op, least: float, entry: Callable[[], Op]) -> Callable[[Any], Any]:
    """`product` on arrays."""
    return patched(lambda x: x * weight.array_fn(x), lambda x: entry().scalar_fn(x), lambda y, x: (x > least) | (x != x))


def softsign_value(x: float) -> float:
    """x/(1 + |x|), also at infinities."""
    return x / (1 + abs(x)) if math.isfinite(x) else math.copysign(1.0, x) if x == x else x


section("Activations")

sigmoid = op("sigmoid", "Logistic function, 1/(1 + e^-x).", "sigmoid(0) = 0.5",
             lambda g, y, x: g * (y * sigmoid(-x)), saturates=True, scalar=sigmoid_value, array=sigmoid_values, fades=True,
             sympy=lambda sp, x: 1 / (1 + sp.exp(-x)), expand=lambda x: reciprocal(1 + exp(-x)), latex=r"\sigma",
             aliases=("expit", "logistic"))
softplus = op("softplus", "log(1 + e^x) without overflow.", "softplus(0) = log(2)", lambda g, y, x: g * sigmoid(x), saturates=True,
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
softsign = op("softsign", "x/(1 + |x|).", "softsign(1) = 0.5", lambda g, y, x: g * square(reciprocal(1 + abs(x))), saturates=True,
              scalar=softsign_value, expand=lambda x: div(x, 1 + abs(x)))
relu = op("relu", "max(x, 0); slope 0 at 0 by convention.", "relu(-2) = 0", lambda g, y, x: Guarded(x > 0, g),
          scalar=lambda x: x if x > 0 or x != x else 0.0, array=lambda x: _np("maximum")(x, 0.0), kinks=(0.0,), bend=(0.0, 1.0),
          sympy=lambda sp, x: sp.Piecewise((x, x > 0), (0, True)), expand=lambda x: where(x > 0, x, 0))
leaky_relu = op("leaky_relu", "x for x > 0, else x/100.", "leaky_relu(-1) = -0.01",
                lambda g, y, x: g * where(x > 0, 1.0, 0.01), kinks=(0.0,), bend=(0.01, 1.0), expand=lambda x: where(x > 0, x, 0.01 * x))
elu = op("elu", "x for x > 0, else e^x - 1.", "elu(0) = 0", lambda g, y, x: g * where(x > 0, 1.0, exp(x)), saturates=True,
         expand=lambda x: where(x > 0, x, expm1(x)))
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
selu = op("selu", "Self-normalising elu: scale*(x or alpha*(e^x - 1)).", "selu(0) = 0",
          lambda g, y, x: g * where(x > 0, SELU_SCALE, SELU_SCALE * SELU_ALPHA * exp(x)), saturates=True, kinks=(0.0,), bend=(SELU_SCALE, SELU_SCALE * SELU_ALPHA),
          expand=lambda x: where(x > 0, SELU_SCALE * x, SELU_SCALE * SELU_ALPHA * expm1(x)))
silu = op("silu", "x*sigmoid(x), also called swish.", "silu(0) = 0",
          lambda g, y, x: g * silu_slope(x), saturates=True, expand=lambda x: x * sigmoid(x), scalar=product(sigmoid, -708.0, lambda: silu),
          array=products(sigmoid, -708.0, lambda: silu),
          sympy=lambda sp, x: x / (1 + sp.exp(-x)), aliases=("swish",))
silu_slope = op("silu_slope", "Derivative of silu.", "silu_slope(0) = 0.5",
                lambda g, y, x: g * (sigmoid(x) * sigmoid(-x) * (2 + x * (sigmoid(-x) - sigmoid(x)))),
                scalar=away(lambda x: sigmoid_value(x) * (1 + x * sigmoid_value(-x)), SILU_ROOT, (-760.0, -700.0), lambda: silu_slope),
                array=all_away(lambda x: sigmoid_values(x) * (1 + x * sigmoid_values(-x)), SILU_ROOT, (-760.0, -700.0),
                               lambda: silu_slope),
                expand=lambda x: sigmoid(x) * (1 + x * sigmoid(-x)), hidden=True)
gelu = op("gelu", "x times the normal distribution function (the exact form).", "gelu(0) = 0",
          lambda g, y, x: g * gelu_slope(x), saturates=True, expand=lambda x: x * ncdf(x),
          scalar=product(ncdf, -36.0, lambda: gelu), array=products(ncdf, -36.0, lambda: gelu))
gelu_slope = op("gelu_slope", "Derivative of gelu.", "gelu_slope(0) = 0.5",
                lambda g, y, x: g * (2 * npdf(x) - x * (x * npdf(x))),
                scalar=away(lambda x: ncdf.scalar_fn(x) + x * npdf.scalar_fn(x), GELU_ROOT, (-40.0, -36.0), lambda: gelu_slope),
                array=all_away(lambda x: ncdf.array_fn(x) + x * npdf.array_fn(x), GELU_ROOT, (-40.0, -36.0), lambda: gelu_slope),
                expand=lambda x: ncdf(x) + x * npdf(x), hidden=True)
