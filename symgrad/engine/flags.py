"""Why a number must be read with care: flags that name the node where something happened."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops.types import comparison, selection


@dataclass(frozen=True, slots=True)
class Flag:
    """What happened at a node.

    `kind` is one of domain, pole, overflow, undefined, kink, tie, jump, branch, vertical.
    """

    kind: str
    node: Node
    detail: str


def active(program: Program, values: list[Any], output: int) -> list[bool]:
    """Which slots the value really depends on at this point: of a choice only the branch taken."""
    on = [False] * len(program.nodes)
    on[output] = True
    for slot in range(output, -1, -1):
        if not on[slot]:
            continue
        args = program.args[slot]
        if program.nodes[slot].op is not CONST and args and program.nodes[slot].op.result is selection:
            condition = values[args[0]]
            if condition is True or condition is False:
                args = (args[0], args[1] if condition else args[2])
        for a in args:
            on[a] = True
    return on


def flags(program: Program, values: list[Any], output: int) -> tuple[Flag, ...]:
    """The flags of one point, in the order of the nodes; an array is flagged as a whole when it is not finite."""
    found = []
    for slot, on in enumerate(active(program, values, output)):
        node = program.nodes[slot]
        if on and node.op is not CONST and node.op is not VAR and node.args:
            flag = _flag(node, values[slot], [values[a] for a in program.args[slot]])
            if flag is not None:
                found.append(flag)
    return tuple(found)


def _flag(node: Node, y: Any, xs: list[Any]) -> Flag | None:
    op = node.op
    if not all(isinstance(v, float | bool) for v in (y, *xs)):
        return _array_flag(node, y, xs)
    if y != y and not any(x != x for x in xs):
        outside = _outside(op, xs)
        return Flag("domain", node, outside) if outside else Flag("undefined", node, _shown(node, xs))
    if isinstance(y, float) and math.isinf(y) and all(math.isfinite(x) for x in xs):
        return Flag("pole" if _outside(op, xs) else "overflow", node, _shown(node, xs))
    if op.result is comparison:
        return Flag("branch", node, "both sides are equal here") if xs[0] == xs[1] else None
    if op.kinks and (op.kinks(*xs) if callable(op.kinks) else xs[0] in op.kinks):
        kind = "jump" if op.jump else "tie" if len(xs) == 2 and xs[0] == xs[1] else "kink"
        return Flag(kind, node, _shown(node, xs))
    return None


def _outside(op: Any, xs: list[Any]) -> str:
    """Which argument leaves the op's domain, in words; "" if none does."""
    for i, x in enumerate(xs):
        if isinstance(x, float) and not math.isinf(x) and x not in op.domain_of(i):
            return f"{op.name} is defined for {op.domain_of(i).describe()}, not at {x!r}"
    if op.valid is not None and all(math.isfinite(x) for x in xs) and not op.valid(*xs):
        return f"{op.name} is not defined at {', '.join(repr(x) for x in xs)}"
    return ""


def _shown(node: Node, xs: list[Any]) -> str:
    """The operation with its operands' values, for a message."""
    if node.op.infix:
        return f"{xs[0]!r} {node.op.infix.strip()} {xs[1]!r}"
    return f"{node.op.name}({', '.join(repr(x) for x in xs)})"


def _array_flag(node: Node, y: Any, xs: list[Any]) -> Flag | None:
    import numpy as np

    def finite(v: Any) -> bool:
        return bool(np.all(np.isfinite(v)))

    if finite(y) or not all(finite(x) for x in xs):
        return None
    kind = "undefined" if bool(np.any(np.isnan(y))) else "overflow"
    return Flag(kind, node, f"{node.op.name} of finite arrays is not finite")
