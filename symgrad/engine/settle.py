"""The derivative where a rule has only a convention: proved from both sides, if both sides agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symgrad.errors import LimitReached
from symgrad.graph import VAR, Node, Program

MOST_NODES = 300
MOST_VARIABLES = 8
"""Larger questions keep backprop's conventions: one-sided series cost about a millisecond for each variable."""

SECONDS = 1.0


def settled(program: Program, bound: Mapping[Node, Any], wrt: Iterable[Node]) -> dict[Node, float]:
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
    from symgrad.certified.prove import Budget, prove
    from symgrad.certified.sides import one_sided

    value = prove([root], bound, Budget(seconds=SECONDS)).enclosures[0]
    if value is None or not value.tight:
        return {}
    found = {}
    for v in asked:
        try:
            sides = one_sided(root, bound, v, Budget(seconds=SECONDS))
        except NotImplementedError:  # TODO one-sided series are on their way
            return {}
        limit, slope = sides.left.limit, sides.left.slope
        if (
            not sides.smooth
            or limit is None
            or slope is None
            or isinstance(limit, float)
            or isinstance(slope, float)
        ):
            continue
        number = slope.nearest
        if number is not None and value.overlaps(limit):
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


def below(program: Program, flagged: Iterable[Node]) -> set[Node]:
    """The variables on which these nodes depend."""
    slots = {program.slot[node] for node in flagged}
    for slot in range(len(program.nodes) - 1, -1, -1):
        if slot in slots:
            slots.update(program.args[slot])
    return {program.nodes[slot] for slot in slots if program.nodes[slot].op is VAR}
