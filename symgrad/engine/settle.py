"""The derivative where a rule has only a convention: proved from both sides, if both sides agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from symgrad.engine.evaluate import run
from symgrad.errors import LimitReached
from symgrad.graph import VAR, Node, Program

MOST_NODES = 300
MOST_VARIABLES = 8
"""Larger questions keep backprop's conventions: one-sided series cost about a millisecond for each variable."""

SECONDS = 1.0


def proved_partials(program: Program, bound: Mapping[Node, Any], wrt: Iterable[Node]) -> dict[Node, float]:
    """The proven partial derivatives of a real scalar by these variables at one point; what is not proved is left out.

    The derivative exists where the value is both one-sided limits and both one-sided slopes are equal.
    """
    asked = [v for v in wrt if v.op is VAR and not v.type.shape]
    root = program.nodes[program.outputs[0]]
    if not asked or len(asked) > MOST_VARIABLES or len(program.nodes) > MOST_NODES:
        return {}
    if any(node.type.shape for node in program.nodes):
        apart = _apart(root, bound)
        if apart is None:
            return {}
        root, bound = apart
    from symgrad.certified.prove import Budget
    from symgrad.certified.sides import settled

    value = _signed(root, bound)
    found = {}
    for v in asked:
        slope = settled(root, bound, v, Budget(seconds=SECONDS), value)
        number = None if slope is None else slope.nearest
        if number is not None:
            found[v] = number
    return found


def _apart(root: Node, bound: Mapping[Node, Any]) -> tuple[Node, dict[Node, Any]] | None:
    """The same without arrays; None if that is too large."""
    from symgrad.graph.scalarise import scalarise, scalarise_point

    try:
        scalar = scalarise([root], limit=MOST_NODES)[0].item()
    except LimitReached:
        return None
    return scalar, scalarise_point(bound)


def _signed(root: Node, bound: Mapping[Node, Any]) -> float | None:
    """The value in float64 where it may depend on the sign of a zero, which a proof does not know."""
    program = Program([root])
    values = run(program, bound)
    zeros = (v for v in values if v == 0 and type(v) is float)
    return values[program.outputs[0]] if any(math.copysign(1.0, v) < 0 for v in zeros) else None


def below(program: Program, flagged: Iterable[Node]) -> set[Node]:
    """The variables on which these nodes depend."""
    slots = {program.slot[node] for node in flagged}
    for slot in range(len(program.nodes) - 1, -1, -1):
        if slot in slots:
            slots.update(program.args[slot])
    return {program.nodes[slot] for slot in slots if program.nodes[slot].op is VAR}
