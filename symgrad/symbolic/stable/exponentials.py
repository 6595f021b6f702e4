"""Accuracy rules for exponentials, logarithms and hyperbolic functions."""

from __future__ import annotations

from symgrad.graph import Node, apply
from symgrad.ops import OPS
from symgrad.ops.activations import logaddexp, sigmoid, softplus
from symgrad.ops.gammas import gamma, lgamma
from symgrad.ops.gaussian import erf, erfc
from symgrad.ops.hyperbolic import acosh, asinh, atanh, cosh, coth, sinh, tanh
from symgrad.ops.powers import exp, expm1, hypot, log, log1p, sqrt, xlogy
from symgrad.ops.trigonometric import atan, tan
from symgrad.symbolic.stable.chains import whole
from symgrad.symbolic.stable.rational import reduced
from symgrad.symbolic.stable.rule import Table

REMEDIES = Table(direct=True)
MOVES = Table(direct=False)
remedy, move = REMEDIES.identity, MOVES.identity

PI = apply(OPS["pi"], ())


def positive(*xs: float) -> bool:
    """All numbers are above 0."""
    return min(xs) > 0


def second_whole(_a: Node, b: Node) -> bool:
    """The exponent is a whole number: then a power is better left as it is."""
    return whole(b) is not None


# exponentials: whole formulas first, their parts later
remedy(lambda a: (exp(a) - 1) / (exp(a) + 1), lambda a: tanh(reduced(a / 2)))
remedy(lambda a: 2 / (1 + exp(a)) - 1, lambda a: -tanh(reduced(a / 2)))
remedy(lambda a: exp(a) / (1 + exp(a)) ** 2, lambda a: 1 / (2 * cosh(reduced(a / 2))) ** 2)
remedy(lambda a: exp(a) / (1 + exp(a)), sigmoid)
remedy(lambda a: 1 / (1 + exp(a)), lambda a: sigmoid(-a))
remedy(lambda a: 2 * sigmoid(a) - 1, lambda a: tanh(reduced(a / 2)))
remedy(lambda a: (exp(a) - exp(-a)) / (exp(a) + exp(-a)), tanh)
remedy(lambda a: exp(a) / (exp(a) - 1), lambda a: -1 / expm1(-a))
remedy(lambda a: exp(a) / expm1(a), lambda a: -1 / expm1(-a))
remedy(lambda a: exp(a) - 2 + exp(-a), lambda a: 4 * sinh(reduced(a / 2)) ** 2)
remedy(lambda a: exp(a) - exp(-a), lambda a: 2 * sinh(a))
remedy(lambda a: exp(a) + exp(-a), lambda a: 2 * cosh(a))
remedy(lambda a: exp(a) - 1 / exp(a), lambda a: 2 * sinh(a))
remedy(lambda a: exp(a) + 1 / exp(a), lambda a: 2 * cosh(a))
remedy(lambda a: exp(a) - 1, expm1)
remedy(lambda a, b: exp(a) - exp(b), lambda a, b: exp(b) * expm1(reduced(a - b)))
remedy(lambda a, b: expm1(a) - expm1(b), lambda a, b: exp(b) * expm1(reduced(a - b)))
remedy(lambda a: 1 - sigmoid(a), lambda a: sigmoid(-a))
remedy(
    lambda a, b: sigmoid(a) - sigmoid(b),
    lambda a, b: sinh(reduced((a - b) / 2)) / (2 * cosh(reduced(a / 2)) * cosh(reduced(b / 2))),
)

# logarithms
remedy(lambda a: log(1 + exp(a)), softplus)
remedy(lambda a: log1p(exp(a)), softplus)
remedy(lambda a, b: log(exp(a) + exp(b)), logaddexp)
remedy(lambda a: log(1 - exp(a)), lambda a: log(-expm1(a)))
remedy(lambda a: log(1 - exp(a)), lambda a: log1p(-exp(a)))
remedy(lambda a: log(exp(a) - 1), lambda a: a + log1p(-exp(-a)))
remedy(lambda a, b: log(exp(a) - exp(b)), lambda a, b: a + log(-expm1(reduced(b - a))))
remedy(lambda a: log((1 + a) / (1 - a)), lambda a: 2 * atanh(a))
remedy(lambda a: log((1 - a) / (1 + a)), lambda a: -2 * atanh(a))
remedy(lambda a, b: log((a + b) / (a - b)), lambda a, b: 2 * atanh(b / a), "a is not 0", lambda a, _b: a != 0)
remedy(lambda a: log(1 + a) - log(1 - a), lambda a: 2 * atanh(a))
remedy(lambda a: log1p(a) - log1p(-a), lambda a: 2 * atanh(a))
remedy(lambda a: log(1 + a), log1p)
remedy(lambda a: log(a + sqrt(a**2 + 1)), asinh)
remedy(lambda a: log(a + sqrt(a**2 - 1)), acosh, "a >= 1", lambda a: a >= 1)
remedy(lambda a: log(a + hypot(a, 1)), asinh)
remedy(lambda a: log(tan(a + PI / 4)), lambda a: 2 * atanh(tan(a)))
remedy(lambda a: log(gamma(a)), lgamma)
remedy(
    lambda a, b: gamma(a) / gamma(b),
    lambda a, b: exp(lgamma(a) - lgamma(b)), "a, b > 0", positive,
)  # fmt: skip
remedy(lambda a: log(exp(a)), lambda a: a)
remedy(
    lambda a, b, c, d: a * log(b) - c * log(d),
    lambda a, b, c, d: reduced(a - c) * log(b) + c * log1p(reduced((b - d) / d)),
)
remedy(lambda a, b: log(a) - log(b), lambda a, b: log1p(reduced((a - b) / b)))
remedy(lambda a, b: log(a) - log(b), lambda a, b: log(reduced(a / b)))
remedy(lambda a, b: log(a / b), lambda a, b: log1p(reduced((a - b) / b)))
remedy(lambda a: a * log(a), lambda a: xlogy(a, a))
remedy(lambda a: 1 - erf(a), erfc)
remedy(lambda a: 1 - erfc(a), erf)

# hyperbolic functions
remedy(lambda a: cosh(a) - 1, lambda a: 2 * sinh(reduced(a / 2)) ** 2)
remedy(lambda a: cosh(a) - sinh(a), lambda a: exp(-a))
remedy(lambda a: cosh(a) + sinh(a), exp)
remedy(lambda a: cosh(a) ** 2 - 1, lambda a: sinh(a) ** 2)
remedy(lambda a: 1 - tanh(a) ** 2, lambda a: 1 / cosh(a) ** 2)
remedy(lambda a: 1 - tanh(a), lambda a: 2 * sigmoid(-2 * a))
remedy(lambda a: 1 + tanh(a), lambda a: 2 * sigmoid(2 * a))
remedy(lambda a: 1 / tanh(a) - 1, lambda a: 2 / expm1(2 * a))
remedy(lambda a: coth(a) - 1, lambda a: 2 / expm1(2 * a))
remedy(lambda a: 1 / tanh(a) ** 2 - 1, lambda a: 1 / sinh(a) ** 2)
remedy(lambda a: sinh(a) / cosh(a), tanh)
remedy(lambda a: (cosh(a) - 1) / sinh(a), lambda a: tanh(reduced(a / 2)))
remedy(
    lambda a, b: sinh(a) - sinh(b),
    lambda a, b: 2 * cosh(reduced((a + b) / 2)) * sinh(reduced((a - b) / 2)),
)
remedy(
    lambda a, b: cosh(a) - cosh(b),
    lambda a, b: 2 * sinh(reduced((a + b) / 2)) * sinh(reduced((a - b) / 2)),
)
remedy(lambda a, b: tanh(a) - tanh(b), lambda a, b: sinh(reduced(a - b)) / (cosh(a) * cosh(b)))
remedy(lambda a, b: coth(a) - coth(b), lambda a, b: sinh(reduced(b - a)) / (sinh(a) * sinh(b)))
remedy(lambda a: atan(exp(a)) - PI / 4, lambda a: atan(tanh(reduced(a / 2))))
remedy(lambda a: acosh(1 + a), lambda a: log1p(a + sqrt(a * (a + 2))), "a >= 0", lambda a: a >= 0)

# preparations
move(log, lambda a: log1p(reduced(a - 1)))
move(lambda a, b: log(a * b), lambda a, b: log(a) + log(b), "a, b > 0", positive)
move(lambda a, b: log(a / b), lambda a, b: log(a) - log(b), "a, b > 0", positive)
move(lambda a, b: log(a) + log(b), lambda a, b: log(a * b))
move(lambda a, b: log(a**b), lambda a, b: b * log(a), "a > 0", lambda a, _b: a > 0)
move(lambda a: log(sqrt(a)), lambda a: log(a) / 2)
move(lambda a, b: b * log(a), lambda a, b: log(a**b))
move(lambda a, b: exp(a) * exp(b), lambda a, b: exp(reduced(a + b)))
move(lambda a, b: exp(a) / exp(b), lambda a, b: exp(reduced(a - b)))
move(lambda a: 1 / exp(a), lambda a: exp(-a))
move(lambda a, b: exp(a + b), lambda a, b: exp(a) * exp(b))
move(lambda a: exp(log(a)), lambda a: a, "a > 0", positive)
move(lambda a, b: exp(a * log(b)), lambda a, b: b**a)
move(lambda a, b: exp(a + log(b)), lambda a, b: exp(a) * b)
move(lambda a, b: exp(a - log(b)), lambda a, b: exp(a) / b)
move(lambda a, b: a**b, lambda a, b: exp(b * log(a)), "a > 0", lambda a, _b: a > 0, unless=second_whole)
move(
    lambda a, b: (1 + a) ** b,
    lambda a, b: exp(b * log1p(a)),
    "a > -1",
    lambda a, _b: a > -1,
    unless=second_whole,
)
move(lambda a, b: a**b - 1, lambda a, b: expm1(b * log(a)), "a > 0", lambda a, _b: a > 0, unless=second_whole)
move(
    lambda a, b: (1 + a) ** b - 1,
    lambda a, b: expm1(b * log1p(a)),
    "a > -1",
    lambda a, _b: a > -1,
    unless=second_whole,
)
move(
    lambda a, b, c: a**c - b**c,
    lambda a, b, c: b**c * expm1(c * log1p(reduced((a - b) / b))),
    "a, b > 0",
    lambda a, b, _c: min(a, b) > 0,
    unless=lambda _a, _b, c: whole(c) is not None,
)
move(lambda a, b, c: a**b * a**c, lambda a, b, c: a ** reduced(b + c))
move(lambda a, b, c: (a**b) ** c, lambda a, b, c: a ** reduced(b * c), "a > 0", lambda a, _b, _c: a > 0)
move(lambda a: expm1(2 * a), lambda a: expm1(a) * (expm1(a) + 2))
move(sinh, lambda a: (exp(a) - exp(-a)) / 2)
move(cosh, lambda a: (exp(a) + exp(-a)) / 2)
move(tanh, lambda a: sinh(a) / cosh(a))
move(tanh, lambda a: -expm1(-2 * a) / (1 + exp(-2 * a)))
