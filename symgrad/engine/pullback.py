"""The one reverse sweep: numbers in, backprop; nodes in, the gradient as another graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symgrad.graph import Program
from symgrad.ops.logic import and_, where
from symgrad.ops.op import Guarded, shape_of
from symgrad.ops.tensor import broadcast_to, sum_to
from symgrad.ops.types import elementwise, selection

Part = tuple[Any, Any]
"""A contribution to an adjoint: the condition under which it exists (None: always), and its value."""


def pullback(program: Program, values: Sequence[Any], output: int, seed: Any, wrt: Iterable[int]) -> dict[int, Any]:
    """Adjoints of the slots in `wrt`: the derivative of slot `output`, times `seed`, by each of them.

    Feed it `values` as numbers or arrays and it is backprop; feed it the program's own nodes and it returns the
    gradient as nodes. Slots on which the output does not depend are left out. Rules run only on paths to `wrt`, and
    what a branch not taken would contribute is never formed (or is masked out, on arrays and nodes). Contributions
    are added in a fixed order, so results have the same bits on every run.

    Raises:
        TypeMistake: SG210, an op on the way has no derivative by one of its arguments.
    """
    wanted = set(wrt)
    live = _live(program, wanted, output)
    pending: dict[int, list[Part]] = {output: [(None, seed)]}
    found: dict[int, Any] = {}
    for slot in range(output, -1, -1):
        parts = pending.pop(slot, None)
        if parts is None or not live[slot]:
            continue
        guard, g = _merge(parts)
        if slot in wanted:
            found[slot] = g if guard is None else where(guard, g, 0.0)
        args = program.args[slot]
        if args:
            _push(program, values, slot, guard, g, live, pending)
    return found


def _live(program: Program, wanted: set[int], output: int) -> list[bool]:
    """Which slots lie on a path to a wanted one."""
    live = [False] * len(program.nodes)
    for slot, args in enumerate(program.args[: output + 1]):
        live[slot] = slot in wanted or any([live[a] for a in args])
    return live


def _merge(parts: list[Part]) -> Part:
    """The sum of contributions; under their common condition if they have one, else each masked by its own."""
    guard = parts[0][0]
    if all(other is guard for other, _ in parts):
        total = parts[0][1]
        for _, g in parts[1:]:
            total = total + g
        return guard, total
    total = None
    for condition, g in parts:
        g = g if condition is None else where(condition, g, 0.0)
        total = g if total is None else total + g
    return None, total


def _push(
    program: Program, values: Sequence[Any], slot: int, guard: Any, g: Any, live: list[bool], pending: dict[int, list[Part]]
) -> None:
    """Send the adjoint of one slot on to its live operands."""
    node, args = program.nodes[slot], program.args[slot]
    if guard is not None and node.op.result not in (elementwise, selection):
        guard, g = None, where(guard, g, 0.0)
    y, xs, attrs = values[slot], [values[a] for a in args], dict(node.attrs)
    for i, a in enumerate(args):
        rule = node.op.rule(i) if live[a] else None
        if rule is None:
            continue
        out = _call(rule, g, y, xs, attrs)
        condition = guard
        if type(out) is Guarded:
            if out.guard is False:
                continue
            condition = out.guard if guard is None or out.guard is True else and_(guard, out.guard)
            condition = guard if out.guard is True else condition
            out = out.value
        shape = shape_of(xs[i])
        if condition is not None and shape_of(condition) != shape:
            condition, out = None, where(condition, out, 0.0)
        if shape_of(out) != shape:
            out = sum_to(out, shape) if len(shape_of(out)) >= len(shape) else broadcast_to(out, shape=shape)
        pending.setdefault(a, []).append((condition, out))


def _call(rule: Any, g: Any, y: Any, xs: list[Any], attrs: dict[str, Any]) -> Any:
    """A rule's result; where Python's floats would raise (1/0, overflow of **), in NumPy's, which follow IEEE."""
    try:
        return rule(g, y, *xs, **attrs)
    except (ZeroDivisionError, OverflowError):
        import numpy as np

        with np.errstate(all="ignore"):
            return rule(np.float64(g), np.float64(y), *map(np.float64, xs), **attrs)
