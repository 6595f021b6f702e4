"""Why a value is not finite: what happened at the node where it began."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.engine.births import births
from symgrad.explain.findings import Finding, operation
from symgrad.explain.loss import lost_zero
from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops.op import Op

TINY, HUGE = 1e-150, 1e150
"""What stands for zero and infinity where an op is asked whether it depends on how they are reached."""


def nonfinite(
    program: Program, values: Sequence[Any], output: int, bound: Mapping[Node, float]
) -> list[Finding]:
    """The findings on a slot that is infinite or nan, the node where that began first."""
    found = []
    for slot in births(program, values, output):
        node, xs = program.nodes[slot], [values[a] for a in program.args[slot]]
        if node.op is CONST or node.op is VAR:
            said = f"the {'variable' if node.op is VAR else 'constant'} itself is {values[slot]!r}"
            found.append(Finding("domain", node, node, "", said))
            continue
        mechanism, said = _what(node, values[slot], xs)
        found.append(Finding(mechanism, node, node, "", said))
        zeros = [program.nodes[a] for a, x in zip(program.args[slot], xs, strict=True) if x == 0]
        found += [more for zero in zeros for more in lost_zero(zero, bound)]
    return found


def _what(node: Node, y: float, xs: list[Any]) -> tuple[str, str]:
    """The mechanism at a node that made an infinity or a nan, and a sentence."""
    op, written = node.op, operation(node, xs)
    if y == y:
        if outside(op, xs):
            return "pole", f"{written} is infinite"
        return "overflow", f"{written} exceeds float64's largest number, 1.8e308"
    if indeterminate(op, xs):
        return "indeterminate", f"{written} has no value"
    where = outside(op, xs)
    if not where and any(math.isinf(x) for x in xs):
        return "domain", f"{written}: {op.name} has no limit at infinity"
    return "domain", f"{written} is not a real number" + (f": {where}" if where else "")


def indeterminate(op: Op, xs: Sequence[Any]) -> bool:
    """Whether several zeros and infinities meet, each of which alone would do no harm: 0/0, 0*inf, inf - inf."""
    special = [x for x in xs if isinstance(x, float) and (x == 0 or math.isinf(x))]
    if len(special) < 2:
        return False
    y = op.compute([_nudged(x) for x in xs], {})
    return isinstance(y, float) and y == y


def _nudged(x: Any) -> Any:
    """A zero or infinity as an ordinary number of the same sign."""
    if not isinstance(x, float):
        return x
    return math.copysign(TINY if x == 0 else HUGE, x) if x == 0 or math.isinf(x) else x


def outside(op: Op, xs: Sequence[Any]) -> str:
    """Which argument leaves the op's domain, in words; "" if none does."""
    for i, x in enumerate(xs):
        if isinstance(x, float) and math.isfinite(x) and x not in op.domain_of(i):
            return f"{op.name} is defined for {op.domain_of(i).describe()}"
    if op.valid is not None and all(map(math.isfinite, xs)) and not op.valid(*xs):
        return f"{op.name} is not defined for these operands"
    return ""
