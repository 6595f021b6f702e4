"""Difference quotients over a tiny step, in certified arithmetic: a witness that knows neither rules nor series.

Over a step of 2^-400 and on both sides, the quotient differs from a derivative by about the step times the curvature:
by nothing that could be seen. That is no proof, as a function may change its mind on a still smaller scale, and so this
witness proves no digits; it stands beside another one that does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from symgrad import balls
from symgrad.balls import make
from symgrad.certified.prove import Budget, Enclosure, prove
from symgrad.check.verdict import Witness
from symgrad.graph import Node, const, substitute, var

QUOTIENTS = "difference quotients"
STEP_BITS = 300
"""The step is so many bits smaller than the point; at 0 it is 2^-400."""
RELATIVE = 2.0**-80
"""How closely the quotients of both sides have to agree; about zero to the square root of the step."""


def quotients(root: Node, bound: Mapping[Node, float], along: Node, budget: Budget) -> Witness:
    """The difference quotients to the left and to the right, if they agree: an enclosure a little wider than both."""
    step = _step(bound[along])
    right, left = (_quotient(root, bound, along, h, budget) for h in (step, -step))
    if right is None or left is None:
        return Witness(QUOTIENTS, reason="the function could not be evaluated beside the point")
    with balls.precision(right.bits):
        near = make.widened(right.ball, RELATIVE, math.sqrt(step))
        if not near.contains(left.ball):
            return Witness(QUOTIENTS, reason=f"{left.text(6)} to the left, {right.text(6)} to the right")
    return Witness(QUOTIENTS, Enclosure(near, right.bits))


def _step(x: float) -> float:
    exponent = math.frexp(x)[1] - STEP_BITS if x else -400
    return math.ldexp(1.0, max(exponent, -1000))


def _quotient(
    root: Node, bound: Mapping[Node, float], along: Node, step: float, budget: Budget
) -> Enclosure | None:
    """(f(x + h) - f(x))/h at the exact double h."""
    h = var(" step")
    beside = substitute([root], {along: const(bound[along]) + h})[0]
    return prove([(beside - root) / h], {**bound, h: step}, budget).enclosures[0]
