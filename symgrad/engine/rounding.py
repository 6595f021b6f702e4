"""Where rounding comes from: to first order, each node's error reaches the result times its adjoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from symgrad.engine.evaluate import run
from symgrad.engine.pullback import pullback
from symgrad.graph import Node, Program

UNIT = 2.0**-53
"""The unit roundoff of float64: the largest relative error of one correctly rounded operation."""


class Attribution(NamedTuple):
    """A first-order prediction of the absolute rounding error of a value.

    `total` bounds the sum; `causes` lists (node, its part), largest first. Source of the formula: the standard
    running error analysis, |error| <= sum over nodes of |adjoint| * |value| * u.
    """

    total: float
    causes: list[tuple[Node, float]]


def attribute(root: Node, bound: Mapping[Node, float]) -> Attribution:
    """Predict the rounding error of a scalar root at a point, node by node."""
    program = Program([root])
    values = run(program, bound)
    slots = [i for i, args in enumerate(program.args) if args and program.nodes[i].type.kind == "real"]
    adjoints = pullback(program, values, program.outputs[0], 1.0, slots)
    causes = []
    for slot, g in adjoints.items():
        part = abs(g * values[slot]) * UNIT
        if part == part and part > 0:
            causes.append((program.nodes[slot], part))
    causes.sort(key=lambda cause: -cause[1])
    return Attribution(math.fsum(part for _, part in causes if math.isfinite(part)), causes)
