"""Why a partial derivative is nan, infinite or zero: what happened to the adjoints on their way back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.engine import wide
from symgrad.engine.pullback import pullback
from symgrad.engine.wide import Wide
from symgrad.explain import forward
from symgrad.explain.findings import Finding, operation, short
from symgrad.explain.loss import lost_zero, name
from symgrad.graph import Node, Program
from symgrad.ops.op import Guarded
from symgrad.ops.types import selection

BITS = 192
BESIDE = "choose a point beside this one, or guard it: if(condition, formula, value)"
"""What helps where there is a value, but no slope."""


@dataclass(frozen=True)
class Edge:
    """What one node hands on to one of its operands in the sweep.

    Attributes:
        slot, operand: their places in the program.
        argument: which operand it is.
        g: the adjoint of the node.
        live: whether the op hands on anything here: not to a branch not taken; None where it has no rule.
        out: the contribution.
    """

    slot: int
    operand: int
    argument: int
    g: float
    live: bool | None
    out: float


class Sweep:
    """The adjoints of all nodes between the result and one variable, and what goes along the edges."""

    def __init__(self, program: Program, values: Sequence[Any], output: int, variable: int) -> None:
        self.program = program
        self.values = values
        self.output = output
        reached = [False] * (output + 1)
        for slot, args in enumerate(program.args[: output + 1]):
            reached[slot] = slot == variable or any(reached[a] for a in args)
        self.reached = reached
        way = [slot for slot, on in enumerate(reached) if on]
        self.adjoints = pullback(program, values, output, 1.0, way) if reached[output] else {}

    def edges(self) -> Iterator[Edge]:
        """The edges on the ways back to the variable, from the result on."""
        for slot in range(self.output, -1, -1):
            g = self.adjoints.get(slot)
            if g is None or not self.reached[slot]:
                continue
            for i, a in enumerate(self.program.args[slot]):
                if self.reached[a]:
                    live, out = self.slope(slot, i, float(g))
                    yield Edge(slot, a, i, float(g), live, out)

    def slope(self, slot: int, argument: int, g: float = 1.0) -> tuple[bool | None, float]:
        """What a node hands on for an adjoint: whether anything, and how much."""
        return slope(self.program.nodes[slot], argument, g, self.values[slot], self.operands(slot))

    def operands(self, slot: int) -> list[Any]:
        """The values of a node's operands."""
        return [self.values[a] for a in self.program.args[slot]]


def slope(node: Node, i: int, g: Any, y: Any, xs: Sequence[Any]) -> tuple[bool | None, float]:
    """What a node hands on to operand `i` for an adjoint: whether anything (None: it has no rule), and how much."""
    rule = node.op.rule(i)
    if rule is None:
        return None, 0.0
    try:
        out = rule(g, y, *xs, **dict(node.attrs))
    except (ZeroDivisionError, OverflowError):
        import numpy as np

        with np.errstate(all="ignore"):
            out = rule(np.float64(g), np.float64(y), *map(np.float64, xs), **dict(node.attrs))
    if type(out) is Guarded:
        return bool(out.guard), float(out.value) if out.guard else 0.0
    return True, float(out)


def nonfinite(sweep: Sweep, bound: Mapping[Node, float], target: str) -> list[Finding]:
    """The findings on a partial that is infinite or nan, from the result on."""
    found: list[Finding] = []
    for edge in sweep.edges():
        node = sweep.program.nodes[edge.slot]
        operand = name(sweep.program.nodes[edge.operand])
        xs = operation(node, sweep.operands(edge.slot))
        if edge.out == edge.out and (math.isfinite(edge.out) or not math.isfinite(edge.g)):
            continue
        if edge.g != edge.g:
            continue
        _, slope = sweep.slope(edge.slot, edge.argument)
        if not math.isfinite(sweep.values[edge.slot]):
            already = forward.nonfinite(sweep.program, sweep.values, edge.slot, bound)
            found += [f.about(target) for f in already if f.about(target) not in found]
        elif slope != slope:
            found.append(Finding("domain", node, node, target, f"{xs} has no slope by {operand}", BESIDE))
        elif math.isinf(slope):
            said = f"the slope of {xs} by {operand} is infinite"
            found.append(Finding("vertical", node, node, target, said))
        elif edge.out != edge.out:
            product = f"{short(edge.g)} * {short(slope)}"
            said = f"an adjoint of {short(edge.g)} meets the slope {short(slope)} of {xs}: {product} has no value"
            found.append(Finding("indeterminate", node, node, target, said))
        else:
            said = f"{short(edge.g)} times the slope {short(slope)} of {xs} exceeds float64"
            found.append(Finding("overflow", node, node, target, said))
    return found or _meeting(sweep, target)


def _meeting(sweep: Sweep, target: str) -> list[Finding]:
    """Contributions of inf and -inf to one adjoint, or a sum of them that overflows."""
    arrived: dict[int, list[float]] = {}
    for edge in sweep.edges():
        arrived.setdefault(edge.operand, []).append(edge.out)
    for slot in sorted(arrived, reverse=True):
        total = sweep.adjoints.get(slot, 0.0)
        if not math.isfinite(total) and len(arrived[slot]) > 1:
            node = sweep.program.nodes[slot]
            terms = " + ".join(map(short, arrived[slot]))
            kind = "indeterminate" if total != total else "overflow"
            return [Finding(kind, node, node, target, f"contributions to {name(node)} add up to {terms}")]
    return []


def vanishing(sweep: Sweep, bound: Mapping[Node, float], target: str) -> list[Finding]:
    """The findings on a partial that is zero: where each way back ends."""
    found: dict[tuple[str, Node], Finding] = {}
    arrived: dict[int, list[float]] = {}
    for edge in sweep.edges():
        arrived.setdefault(edge.operand, []).append(edge.out)
        if edge.out == 0 and edge.g != 0:
            for finding in _end(sweep, edge, bound, target):
                found.setdefault((finding.mechanism, finding.node), finding)
    for slot, parts in arrived.items():
        if sweep.adjoints.get(slot) == 0 and any(parts):
            node = sweep.program.nodes[slot]
            terms = " + ".join(f"({short(p)})" if p < 0 else short(p) for p in parts if p)
            said = f"the ways to {name(node)} contribute {terms} = 0"
            found.setdefault(("opposites", node), Finding("opposites", node, node, target, said))
    return list(found.values())


def _end(sweep: Sweep, edge: Edge, bound: Mapping[Node, float], target: str) -> list[Finding]:
    """Why nothing goes along an edge."""
    node, operand = sweep.program.nodes[edge.slot], sweep.program.nodes[edge.operand]
    op, xs = node.op, sweep.operands(edge.slot)
    written = operation(node, xs)
    if operand.type.kind == "bool" or node.type.kind == "bool":
        said = f"{target} only decides which branch is taken"
        where = operand if operand.type.kind == "bool" else node
        return [Finding("condition", where, where, target, said)]
    if edge.live is None:
        return [Finding("flat", node, node, target, f"{op.name} is constant between its jumps: {written}")]
    if not edge.live:
        kind = "branch not taken" if op.result is selection else "dead"
        said = (
            f"{name(operand)} is in the branch that is not taken"
            if op.result is selection
            else f"{written} does not depend on {name(operand)} = {short(sweep.values[edge.operand])}"
        )
        return [Finding(kind, node, node, target, said)]
    _, slope = sweep.slope(edge.slot, edge.argument)
    if slope != 0:
        said = f"{short(edge.g)} times the slope {short(slope)} of {written} is too small for float64"
        return [Finding("underflow", node, node, target, said)]
    return _borne(sweep, edge, bound, target) or [_flat(sweep, edge, target, written)]


def _borne(sweep: Sweep, edge: Edge, bound: Mapping[Node, float], target: str) -> list[Finding]:
    """Whether the slope is zero only because an operand has overflowed, or another one has underflowed."""
    found: list[Finding] = []
    for i, a in enumerate(sweep.program.args[edge.slot]):
        x = sweep.values[a]
        if isinstance(x, float) and math.isinf(x):
            found += forward.nonfinite(sweep.program, sweep.values, a, bound)
        elif x == 0 and i != edge.argument:
            found += lost_zero(sweep.program.nodes[a], bound)
    return [f.about(target) for f in found]


def _flat(sweep: Sweep, edge: Edge, target: str, written: str) -> Finding:
    """Why the slope of an operation is zero."""
    node = sweep.program.nodes[edge.slot]
    true = true_slope(node, edge.argument, sweep.operands(edge.slot))
    if true:
        if node.op.saturates:
            return Finding("saturation", node, node, target, f"{written} is flat: its slope is {true}")
        return Finding(
            "underflow", node, node, target, f"the slope of {written}, {true}, is too small for float64"
        )
    others = [x for i, x in enumerate(sweep.operands(edge.slot)) if i != edge.argument and type(x) is float]
    moved = [x if i != edge.argument else 2 * x + 1 for i, x in enumerate(sweep.operands(edge.slot))]
    if (
        0.0 in others
        and slope(node, edge.argument, 1.0, node.op.compute(moved, dict(node.attrs)), moved)[1] == 0
    ):
        operand = name(sweep.program.nodes[edge.operand])
        zero = next(
            node.args[i] for i, x in enumerate(sweep.operands(edge.slot)) if i != edge.argument and x == 0
        )
        said = f"{written} does not depend on {operand} while {name(zero)} is 0"
        return Finding("zero factor", node, node, target, said)
    said = f"the slope of {written} is exactly 0"
    return Finding("stationary", node, node, target, said)


def true_slope(node: Node, argument: int, xs: Sequence[Any]) -> str:
    """The slope of an operation at these operands without float64's limits, in a few digits; "" if it is zero."""
    from symgrad import balls

    rule = node.op.rule(argument)
    if rule is None:
        return ""
    with balls.precision(BITS):
        exact = [x if type(x) is bool else wide.exact(x) for x in xs]
        try:
            y = Wide.apply(node.op, exact, dict(node.attrs))
            out: Any = rule(Wide.lift(1.0), y, *exact, **dict(node.attrs))
        except NotImplementedError:
            return ""
        out = out.value if type(out) is Guarded else out
        if type(out) is not Wide or not out.ball.is_finite() or out.ball.mid() == 0:
            return ""
        return str(out.ball.mid().str(3, radius=False))


def saturated(sweep: Sweep, target: str) -> list[Finding]:
    """Operations that are nearly flat, on the ways back to a partial that is very small."""
    found: dict[Node, Finding] = {}
    for edge in sweep.edges():
        node = sweep.program.nodes[edge.slot]
        if node.op.saturates and edge.live:
            _, slope = sweep.slope(edge.slot, edge.argument)
            if abs(slope) < FLAT:
                written = operation(node, sweep.operands(edge.slot))
                said = f"{written} is flat: its slope is {short(slope)}"
                found.setdefault(node, Finding("saturation", node, node, target, said))
    return list(found.values())


FLAT = 1e-6
"""A saturating operation with a smaller slope stops a gradient."""
