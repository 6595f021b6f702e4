"""Everything that is inside: the value and the adjoint of every node at a point, for those who draw and explain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symgrad.engine import backprop, compensated
from symgrad.engine.evaluate import bind, has_arrays, run
from symgrad.engine.flags import Flag, flags
from symgrad.engine.pullback import live_slots, pullback
from symgrad.engine.shapes import partial
from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import VAR, Program


@dataclass(frozen=True)
class Anatomy:
    """A graph at one point.

    Attributes:
        program: the graph as slots; its first output is what was evaluated.
        values: the value of every slot.
        adjoints: the derivative of the output by every slot; None where it depends on no variable, or has none.
        flags: what must be read with care.
    """

    program: Program
    values: list[Any]
    adjoints: list[Any]
    flags: tuple[Flag, ...] = ()


def anatomy(program: Program, bindings: Mapping[str, Any]) -> Anatomy:
    """Values and adjoints at one point; those of variables are the numbers that `evaluate` gives.

    Raises:
        NameMistake: SG103, a variable has no value.
        TypeMistake: SG213, a shape is not the declared one.
        UsageMistake: SG505, these are many points.
    """
    bound, points = bind(program.variables, bindings)
    if points is not None:
        raise UsageMistake(
            "SG505", "one point is needed here, and these are many", hint="give single numbers"
        )
    output = program.outputs[0]
    values = run(program, bound)
    root = program.nodes[output]
    if root.type.kind == "bool" or root.type.shape:
        return Anatomy(program, values, [None] * len(values))
    found = _sweep(program, bound, values)
    if len(values) > compensated.MOST_NODES and math.isfinite(values[output]):
        return _large(program, values, found)
    result = backprop.evaluate(program, bindings)
    adjoints = [found.get(slot) for slot in range(len(values))]
    for slot, node in enumerate(program.nodes):
        if node.op is VAR and node.name in result.grad:
            adjoints[slot] = result.grad[node.name]
    return Anatomy(program, values, adjoints, result.flags)


def _large(program: Program, values: list[Any], found: dict[int, Any]) -> Anatomy:
    """Of a large graph, whose value is finite, `evaluate` has the same numbers: it sweeps in plain doubles too."""
    reals = [slot for slot, node in enumerate(program.nodes) if node.op is VAR and node.type.kind == "real"]
    adjoints = [found.get(slot) for slot in range(len(values))]
    for slot in reals:
        adjoints[slot] = partial(found.get(slot), 0.0, program.nodes[slot], None)
    output = program.outputs[0]
    live = live_slots(program, set(reals), output)
    return Anatomy(program, values, adjoints, flags(program, values, output, live))


def _sweep(program: Program, bound: Mapping[Any, Any], values: list[Any]) -> dict[int, Any]:
    """The adjoints of all slots that depend on a variable: on pairs of doubles where `evaluate` takes them."""
    wrt = _varying(program)
    output = program.outputs[0]
    try:
        if len(program.nodes) <= compensated.MOST_NODES and not has_arrays(program):
            pairs = compensated.run(program, bound)
            found = pullback(program, pairs, output, compensated.Pair.lift(1.0), wrt)
            adjoints = {slot: float(g) for slot, g in found.items()}
            if all(map(math.isfinite, adjoints.values())):
                return adjoints
        return backprop.quiet(lambda: pullback(program, values, output, 1.0, wrt), program)
    except TypeMistake:  # an op on the way has no derivative
        return {}


def _varying(program: Program) -> list[int]:
    """The slots of real numbers that depend on a variable."""
    varies = [node.op is VAR for node in program.nodes]
    for slot, args in enumerate(program.args):
        for a in args:
            varies[slot] |= varies[a]
    return [slot for slot, node in enumerate(program.nodes) if varies[slot] and node.type.kind == "real"]
