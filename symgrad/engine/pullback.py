"""The one reverse sweep: numbers in, backprop; nodes in, the gradient as another graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symgrad.graph import Program
from symgrad.ops.logic import and_, or_, where
from symgrad.ops.op import Guarded, shape_of
from symgrad.ops.tensor import broadcast_to, sum_to
from symgrad.ops.types import elementwise, selection


def pullback(
    program: Program, values: Sequence[Any], output: int, seed: Any, wrt: Iterable[int]
) -> dict[int, Any]:
    """Adjoints of the slots in `wrt`: the derivative of slot `output`, times `seed`, by each of them.

    Feed it `values` as numbers or arrays and it is backprop; feed it the program's own nodes and it returns the
    gradient as nodes. Slots on which the output does not depend are left out. Rules run only on paths to `wrt`, and
    what a branch not taken would contribute is never formed (or is masked out, on arrays and nodes). Contributions
    are added in a fixed order, so results have the same bits on every run.

    Raises:
        TypeMistake: SG210, an op on the way has no derivative by one of its arguments.
    """
    wanted = set(wrt)
    live = live_slots(program, wanted, output)
    sweep = Sweep(output)
    sweep.add(output, None, seed)
    found: dict[int, Any] = {}
    for slot in range(output, -1, -1):
        g = sweep.totals[slot]
        if g is None or not live[slot]:
            continue
        guard = sweep.guards[slot]
        sweep.totals[slot] = None  # not needed again: memory is for the wanted ones
        if slot in wanted:
            found[slot] = g if guard is None else where(guard, g, 0.0)
        if program.args[slot]:
            _push(program, values, slot, guard, g, live, sweep)
    return found


class Sweep:
    """The adjoints so far, each with the condition under which it exists (None: always)."""

    __slots__ = ("guards", "totals")

    def __init__(self, output: int) -> None:
        self.totals: list[Any] = [None] * (output + 1)
        self.guards: list[Any] = [None] * (output + 1)

    def add(self, slot: int, guard: Any, g: Any) -> None:
        """Add a contribution: under the same condition as before the sum keeps it, else each is masked by its own."""
        total = self.totals[slot]
        if total is None:
            self.totals[slot] = g
            self.guards[slot] = guard
        elif self.guards[slot] is guard:
            self.totals[slot] = total + g
        else:
            self.totals[slot] = _masked(self.guards[slot], total) + _masked(guard, g)
            self.guards[slot] = _either(self.guards[slot], guard)


def _masked(guard: Any, g: Any) -> Any:
    return g if guard is None else where(guard, g, 0.0)


def _either(first: Any, second: Any) -> Any:
    """Where a sum exists: on arrays where one of its parts does, as for numbers; graphs would grow by that."""
    return None if first is None or second is None or hasattr(first, "op") else or_(first, second)


def live_slots(program: Program, wanted: set[int], output: int) -> list[bool]:
    """Which slots lie on a path to a wanted one."""
    live = [False] * len(program.nodes)
    for slot, args in enumerate(program.args[: output + 1]):
        if slot in wanted:
            live[slot] = True
        else:
            for a in args:
                if live[a]:
                    live[slot] = True
                    break
    return live


def _push(
    program: Program, values: Sequence[Any], slot: int, guard: Any, g: Any, live: list[bool], sweep: Sweep
) -> None:
    """Send the adjoint of one slot on to its live operands."""
    node, args = program.nodes[slot], program.args[slot]
    op = node.op
    if guard is not None and op.result not in (elementwise, selection):
        guard, g = None, where(guard, g, 0.0)
    y, xs = values[slot], [values[a] for a in args]
    attrs = dict(node.attrs) if node.attrs else NO_ATTRS
    for i, a in enumerate(args):
        rule = op.rule(i) if live[a] else None
        if rule is None:
            continue
        try:
            out = rule(g, y, *xs, **attrs)
        except (ZeroDivisionError, OverflowError):
            out = retry(rule, g, y, xs, attrs)
        if type(out) is float and guard is None and type(xs[i]) is float:
            sweep.add(a, None, out)
        else:
            _add(sweep, a, guard, out, xs[i])


NO_ATTRS: dict[str, Any] = {}


def _add(sweep: Sweep, slot: int, guard: Any, out: Any, x: Any) -> None:
    """Add a contribution that may be guarded, and may have to be brought to the shape of its operand `x`."""
    if type(out) is Guarded:
        if out.guard is False:
            return
        if out.guard is not True:
            guard = out.guard if guard is None else and_(guard, out.guard)
        out = out.value
    shape = shape_of(x)
    if guard is not None and shape_of(guard) != shape:
        guard, out = None, where(guard, out, 0.0)
    have = shape_of(out)
    if have != shape:
        out = sum_to(out, shape) if len(have) >= len(shape) else broadcast_to(out, shape=shape)
    sweep.add(slot, guard, out)


def retry(rule: Any, g: Any, y: Any, xs: list[Any], attrs: dict[str, Any]) -> Any:
    """A rule's result where Python's floats raise (1/0, overflow of **): in NumPy's floats, which follow IEEE."""
    import numpy as np

    with np.errstate(all="ignore"):
        out = rule(np.float64(g), np.float64(y), *map(np.float64, xs), **attrs)
    return out if type(out) is Guarded else float(out)
