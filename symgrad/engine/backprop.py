"""Value, gradient and flags together: evaluate forward, sweep back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symgrad.engine import compensated
from symgrad.engine.evaluate import bind, has_arrays, run
from symgrad.engine.flags import Flag, flags
from symgrad.engine.pullback import pullback
from symgrad.errors import TypeMistake
from symgrad.graph import Node, Program


@dataclass(frozen=True)
class Result:
    """What evaluation gives.

    Attributes:
        value: float (bool for a condition, array for an array or for many points).
        grad: variable name -> partial derivative, of the variable's shape (points first).
        flags: why the numbers must be read with care; empty for many points.
    """

    value: Any
    grad: dict[str, Any]
    flags: tuple[Flag, ...] = ()


def value_of(program: Program, bindings: Mapping[str, Any], output: int = 0) -> Any:
    """The value alone; see `evaluate` for the arguments."""
    bound, points = bind(program.variables, bindings)
    slot = program.outputs[output]
    if points is None or not has_arrays(program):
        return _over(run(program, bound)[slot], points)
    return _stack([run(program, _point(bound, i))[slot] for i in range(points)])


def evaluate(program: Program, bindings: Mapping[str, Any], wrt: list[Node] | None = None) -> Result:
    """Value and gradient of the program's first output, by backprop.

    Args:
        program: its first output is a real scalar.
        bindings: variable name -> value; arrays with one more axis than declared are many points.
        wrt: the nodes to differentiate by; default all real variables.

    Raises:
        NameMistake: SG103, a variable has no value.
        TypeMistake: SG213, a shape is not the declared one; SG214, the output is an array.
    """
    root = program.nodes[program.outputs[0]]
    wrt = [v for v in program.variables if v.type.kind == "real"] if wrt is None else wrt
    if root.type.kind == "bool":
        wrt = []
    if root.type.shape and wrt:
        raise TypeMistake(
            "SG214",
            f"this is an array ({root.type}) and has a Jacobian, not a gradient",
            hint="use jacobian(...), or sum(...) to make it one number",
        )
    bound, points = bind(program.variables, bindings)
    if points is not None and has_arrays(program):
        rows = [_evaluate(program, _point(bound, i), wrt, None) for i in range(points)]
        grad = {name: _stack([row.grad[name] for row in rows]) for name in rows[0].grad}
        return Result(_stack([row.value for row in rows]), grad)
    return _evaluate(program, bound, wrt, points)


def _evaluate(program: Program, bound: Mapping[Node, Any], wrt: list[Node], points: int | None) -> Result:
    values = run(program, bound)
    output = program.outputs[0]
    value = _over(values[output], points)
    if isinstance(value, float):
        value = float(value)  # not NumPy's, which warns
    slots = {program.slot[v]: v for v in wrt if v in program.slot}
    adjoints = _adjoints(program, bound, values, slots, points)
    grad = {}
    for node in wrt:
        slot = program.slot.get(node)
        g = adjoints.get(slot) if slot is not None else None
        grad[_name(node)] = _settled(g, value, node, points)
    found = flags(program, values, output) if points is None else ()
    return Result(value, grad, found)


def _adjoints(
    program: Program,
    bound: Mapping[Node, Any],
    values: list[Any],
    slots: Mapping[int, Node],
    points: int | None,
) -> dict[int, Any]:
    """The adjoints of some slots.

    At one point, and for graphs of everyday size, rounding errors are carried along: the partials of a formula that
    cancels are then right nearly to the last digit. Plain doubles have the last word on infinities and nans.
    """
    if not slots:
        return {}
    output = program.outputs[0]
    if points is None and len(program.nodes) <= compensated.MOST_NODES and not has_arrays(program):
        pairs = compensated.run(program, bound)
        found = pullback(program, pairs, output, compensated.Pair.lift(1.0), slots)
        partials = {slot: float(g) for slot, g in found.items()}
        if all(map(math.isfinite, partials.values())):
            return partials
    return pullback(program, values, output, _ones(points), slots)


def _name(node: Node) -> str:
    return str(node.attrs[0][1]) if not node.args else repr(node)


def _settled(g: Any, value: Any, node: Node, points: int | None) -> Any:
    """A partial as it is shown: zero where nothing depends on the variable, nan where the value is nan."""
    if points is None and not node.type.shape:
        if value != value:
            return math.nan
        return 0.0 if g is None else float(g)
    import numpy as np

    shape = node.type.shape if points is None else (points, *node.type.shape)
    full = np.array(np.broadcast_to(0.0 if g is None else g, shape), dtype=float)
    undefined = np.isnan(value)
    full[undefined] = math.nan
    return full


def _ones(points: int | None) -> Any:
    if points is None:
        return 1.0
    import numpy as np

    return np.ones(points)


def _over(value: Any, points: int | None) -> Any:
    """A value over all points, also where it depends on no variable."""
    if points is None or getattr(value, "shape", None) == (points,):
        return value
    import numpy as np

    return np.broadcast_to(value, (points,)).copy()


def _point(bound: Mapping[Node, Any], i: int) -> dict[Node, Any]:
    """One point of many."""
    return {node: value[i] if node.type.shape else value[i].item() for node, value in bound.items()}


def _stack(values: list[Any]) -> Any:
    import numpy as np

    return np.array(values)
