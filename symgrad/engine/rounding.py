"""Where rounding comes from: to first order, each node's own error reaches the result times its adjoint.

The own error of a node is what float64 made wrong there: its result beside the exact value of the operation on the very
same operands. So an exact operation (a difference of near numbers, a product by a power of two) contributes nothing.
Adjoints are taken at the exact values, which a result that cancels is far from. Source: the standard running error
analysis; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., chapter 3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from symgrad import balls
from symgrad.engine import compensated, wide
from symgrad.engine.evaluate import run
from symgrad.engine.gradient import gradient
from symgrad.engine.pullback import pullback
from symgrad.engine.wide import Wide
from symgrad.errors import TypeMistake
from symgrad.graph import CONST, VAR, Node, Program

UNIT = 2.0**-53
"""The unit roundoff of float64: the largest relative error of one correctly rounded operation."""

BITS = (192, 1024, 4096)
"""Precision is raised until every value has `ENOUGH` bits, in graphs of at most `MOST_RAISED` nodes."""

ENOUGH = 32
MOST_RAISED = 5000
Floats = Sequence[Any]
"""What float64 has in each slot: a float, a bool, or a pair of floats."""


class Attribution(NamedTuple):
    """A first-order prediction of the rounding error of a number.

    Attributes:
        total: the size of the predicted error; infinite where something overflowed, nan where nothing can be said.
        causes: (node, size of its part), largest first. For a partial derivative the nodes are those of its graph,
            most of which are nodes of the expression too.
        bound: the sum of the parts, which is larger than `total` where errors make up for each other.
    """

    total: float
    causes: list[tuple[Node, float]]
    bound: float


UNKNOWN = Attribution(math.nan, [], math.nan)
"""Where an op cannot be differentiated once more, or has no exact counterpart."""


def attribute(root: Node, bound: Mapping[Node, float]) -> Attribution:
    """The predicted rounding error of a scalar graph evaluated in float64, node by node."""
    program = Program([root])
    return _attributed(program, bound, run(program, bound))[0]


def attribute_partials(
    root: Node, bound: Mapping[Node, float], wrt: Sequence[Node], *, plain: bool = False
) -> list[Attribution]:
    """The predicted rounding error of the partial derivatives that backprop gives, node by node.

    Backprop at one point runs on pairs of doubles, where only functions are rounded to 53 bits; large graphs, and
    arrays (`plain`), are swept in plain ones.
    """
    program = Program(gradient(root, wrt))
    pairs = None
    value = Program([root])
    broken = not _finite(run(value, bound)[value.outputs[0]])  # then the engine does not trust pairs either
    if not plain and not broken and len(value.nodes) <= compensated.MOST_NODES:
        pairs = [v.parts if type(v) is compensated.Pair else v for v in compensated.run(program, bound)]
        if not all(math.isfinite(pairs[slot][0]) for slot in program.outputs):
            pairs = None
    return _attributed(program, bound, run(program, bound) if pairs is None else pairs)


def precise(program: Program, bound: Mapping[Node, float], floats: Floats) -> tuple[int, list[Any]]:
    """The exact value of every slot (as `Wide`, but where float64 is on the other side of a condition), and its bits.

    Raises:
        NotImplementedError: an op has no exact counterpart.
    """
    for bits in BITS:
        with balls.precision(bits):
            values = wide.run(program, bound, floats)
        if len(values) > MOST_RAISED or wide.digits(values) >= ENOUGH:
            break
    return bits, values


def _attributed(program: Program, bound: Mapping[Node, float], floats: Floats) -> list[Attribution]:
    """The attribution of each output to the nodes below it."""
    try:
        bits, values = precise(program, bound, floats)
        with balls.precision(bits):
            errors = _own_errors(program, floats)
            middle = [_between(value, x) for value, x in zip(values, floats, strict=True)]
            return [_one(program, middle, floats, errors, output) for output in program.outputs]
    except (NotImplementedError, TypeMistake):
        return [UNKNOWN for _ in program.outputs]


def _between(value: Any, x: Any) -> Any:
    """Halfway from the exact value to the computed one: slopes there make the prediction right to second order."""
    if type(value) is bool or not _finite(x):
        return value
    return Wide((value.ball + wide.exact(x).ball) / 2) if value.ball.is_finite() else wide.exact(x)


def _own_errors(program: Program, floats: Floats) -> dict[int, Any]:
    """For each slot that was rounded its own error, as a ball; None where it overflowed."""
    errors: dict[int, Any] = {}
    for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
        if node.op is CONST or node.op is VAR or node.type.kind == "bool":
            continue
        xs = [floats[a] for a in args]
        if not all(map(_finite, xs)):
            continue
        if not _finite(floats[slot]):
            errors[slot] = None
            continue
        y = Wide.apply(node.op, [x if type(x) is bool else wide.exact(x) for x in xs], dict(node.attrs))
        found = wide.exact(floats[slot]).ball
        own = found - (y.ball if type(y) is Wide else balls.constant(y))
        if not own.is_finite():
            own = found * UNIT
        if own != 0:
            errors[slot] = own.mid()
    return errors


def _finite(x: Any) -> bool:
    return math.isfinite(x[0] if type(x) is tuple else x)


def _one(
    program: Program, values: list[Any], floats: Floats, errors: Mapping[int, Any], output: int
) -> Attribution:
    """The attribution of one output."""
    adjoints = pullback(program, values, output, Wide.lift(1.0), [slot for slot in errors if slot <= output])
    if not _finite(floats[output]):
        born = sorted(slot for slot in adjoints if errors[slot] is None)
        return Attribution(math.inf, [(program.nodes[slot], math.inf) for slot in born], math.inf)
    parts: dict[int, Any] = {}
    for slot, g in adjoints.items():
        reach = g.ball if type(g) is Wide else balls.constant(g)
        if reach.is_finite() and reach.mid() != 0:
            if errors[slot] is None:
                return Attribution(math.inf, [(program.nodes[slot], math.inf)], math.inf)
            parts[slot] = reach.mid() * errors[slot]
    if type(floats[output]) is tuple:  # the pair becomes one double in the end
        high, low = floats[output]
        rounded = balls.constant(high + low) - wide.exact(floats[output]).ball
        parts[output] = parts.get(output, 0) + rounded
    sizes = ((program.nodes[slot], _size(part)) for slot, part in parts.items())
    causes = sorted((cause for cause in sizes if cause[1] > 0), key=lambda cause: -cause[1])
    total = _size(sum(parts.values(), balls.constant(0)))
    return Attribution(total, causes, math.fsum(size for _, size in causes))


def _size(ball: Any) -> float:
    """The size of a number as a double; one that is too small for a double, and not zero, is the smallest double."""
    middle = abs(ball.mid())
    return float(middle) or (0.0 if middle == 0 else math.ulp(0.0))
