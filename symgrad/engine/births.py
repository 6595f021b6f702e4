"""Where infinities and nans are born: the nodes that made one out of finite operands."""

from __future__ import annotations

import math
from collections.abc import Sequence

from symgrad.engine.reach import reached
from symgrad.graph import Program


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
