"""Difference quotients over a tiny step, in certified arithmetic: a witness that knows neither rules nor series.

Over a step of 2^-400 or less, on both sides, the quotient differs from a derivative by about the step times the
curvature: by nothing that could be seen. That is no proof, as a function may change its mind on a still smaller scale,
and so this witness proves no digits; it stands beside another one that does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from symgrad import balls
from symgrad.balls import make
from symgrad.certified.prove import Budget, Enclosure, prove
from symgrad.check.verdict import Witness
from symgrad.graph import Node, const, substitute
from symgrad.ops import OPS

QUOTIENTS = "difference quotients"
STEP_BITS = 400
"""The first step is 2^-400, or so many bits smaller than a point below 1."""
NEXT_BITS = {True: 1_000_000, False: 2_900}
"""A slope may be reached as slowly as that of |x|^1.01: then a much smaller step, from the point 0 and from others.

The latter costs bits: x + h has to differ from x within `HOPELESS_BITS`."""
RELATIVE, NEAR_ZERO = 2.0**-80, 2.0**-200
"""How closely the quotients of both sides have to agree."""


def quotients(root: Node, bound: Mapping[Node, float], along: Node, budget: Budget) -> Witness:
    """The difference quotients to the left and to the right, if they agree: an enclosure a little wider than both."""
    x = bound[along]
    first = STEP_BITS - min(math.frexp(x)[1], 0)
    found = _over(root, bound, along, first, budget)
    if found.enclosure is not None or budget.spent():
        return found
    later = _over(root, bound, along, NEXT_BITS[x == 0], budget)
    return later if later.enclosure is not None else found


def _over(root: Node, bound: Mapping[Node, float], along: Node, bits: int, budget: Budget) -> Witness:
    """The same over a step of so many bits."""
    right, left = (_quotient(root, bound, along, side, bits, budget) for side in (1.0, -1.0))
    if right is None or left is None:
        return Witness(QUOTIENTS, reason="the function could not be evaluated beside the point")
    with balls.precision(right.bits):
        near = make.widened(right.ball, RELATIVE, NEAR_ZERO)
        if not near.contains(left.ball):
            return Witness(QUOTIENTS, reason=f"{left.text(6)} to the left, {right.text(6)} to the right")
    return Witness(QUOTIENTS, Enclosure(near, right.bits))


def second_quotient(root: Node, bound: Mapping[Node, float], along: Node, budget: Budget) -> Witness:
    """(f(x + h) - 2f(x) + f(x - h))/h^2 at the first step: an enclosure a little wider than that."""
    bits = STEP_BITS - min(math.frexp(bound[along])[1], 0)
    right, left = (_beside(root, bound, along, side, bits) for side in (1.0, -1.0))
    step = _step(1.0, bits)
    found = prove([(right - root + left - root) / (step * step)], bound, budget).enclosures[0]
    if found is None or not found.tight:
        return Witness(QUOTIENTS, reason="the function could not be evaluated beside the point")
    with balls.precision(found.bits):
        return Witness(QUOTIENTS, Enclosure(make.widened(found.ball, RELATIVE, NEAR_ZERO), found.bits))


def _quotient(
    root: Node, bound: Mapping[Node, float], along: Node, side: float, bits: int, budget: Budget
) -> Enclosure | None:
    """(f(x + h) - f(x))/h for h = side 2^-bits; None if it has no digits."""
    slope = (_beside(root, bound, along, side, bits) - root) / _step(side, bits)
    found = prove([slope], bound, budget).enclosures[0]
    return found if found is not None and found.tight else None


def _beside(root: Node, bound: Mapping[Node, float], along: Node, side: float, bits: int) -> Node:
    """f(x + h)."""
    return substitute([root], {along: const(bound[along]) + _step(side, bits)})[0]


def _step(side: float, bits: int) -> Node:
    """side 2^-bits, a number that no double has to hold."""
    found: Node = OPS["pow"](const(2.0), const(-float(bits))) * const(side)
    return found
