"""Where infinities and nans are born: the nodes that made one out of finite operands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.engine.reach import reached
from symgrad.graph import Node, Program


@dataclass(frozen=True)
class Birth:
    """The first node, in the order of evaluation, whose result is not finite although all its operands are.

    Attributes:
        slot: its place in the program.
        node: the node.
        point: of many points the first at which it happened; None for one point.
        count: at how many points it happened.
    """

    slot: int
    node: Node
    point: int | None = None
    count: int = 1


def first_nonfinite(program: Program, values: Sequence[Any], points: int | None = None) -> Birth | None:
    """The first node that became infinite or nan, in values of one point or of many (points are the first axis).

    What a variable brings along counts too: data may contain nans. None if everything is finite.
    """
    for slot, node in enumerate(program.nodes):
        bad = _bad(values[slot], points)
        if bad is None:
            continue
        for a in program.args[slot]:
            earlier = _bad(values[a], points)
            bad = bad if earlier is None else bad & ~earlier
        if points is None:
            if bad:
                return Birth(slot, node)
        elif bad.any():
            return Birth(slot, node, int(bad.argmax()), int(bad.sum()))
    return None


def _bad(value: Any, points: int | None) -> Any:
    """At which points a value is not finite; None if it is finite everywhere."""
    if isinstance(value, float | int):
        return None if math.isfinite(value) else True
    import numpy as np

    wrong = ~np.isfinite(value)
    if not wrong.any():
        return None
    if points is None:
        return True
    return wrong.reshape(points, -1).any(axis=1) if np.shape(value)[:1] == (points,) else np.bool_(True)


def births(program: Program, values: Sequence[float], output: int) -> list[int]:
    """Why one value is not finite: the slots where that began, those of nans before those of infinities.

    A nan comes from the operands that are nan; where none is, it was born there, and infinite operands tell how.
    """
    on = reached(program, values, output)
    found: list[int] = []
    seen = {output}
    stack = [output]
    while stack:
        slot = stack.pop()
        y, args = values[slot], [a for a in program.args[slot] if on[a]]
        nans = [a for a in args if values[a] != values[a]] if y != y else []
        wrong = nans or [a for a in args if isinstance(values[a], float) and math.isinf(values[a])]
        if not nans and (y != y or not wrong):
            found.append(slot)
        for a in wrong:
            if a not in seen:
                seen.add(a)
                stack.append(a)
    return sorted(found, key=lambda slot: (values[slot] == values[slot], slot))
