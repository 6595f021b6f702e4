"""Numbers without float64's limits as a carrier of the ops: balls of many bits, whose conditions are plain bools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad import balls
from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops.carrier import Arithmetic
from symgrad.ops.op import Op
from symgrad.ops.types import comparison, logical, selection


class Wide(Arithmetic):
    """A ball that stands for its midpoint: what float64 would give with as many digits as it takes.

    Where a condition is not decided its midpoint decides, so nothing here is a proof.
    """

    __slots__ = ("ball",)
    shape = ()

    def __init__(self, ball: Any) -> None:
        self.ball = ball

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """Compute an op; conditions become bools.

        Raises:
            NotImplementedError: an op has neither a ball function nor a body.
        """
        if op.result is selection:
            return args[1] if args[0] else args[2]
        if op.result is logical:
            return bool(op.scalar_fn(*args))
        xs = [a.ball if type(a) is Wide else balls.constant(a) for a in args]
        if op.result is comparison:
            return bool(op.scalar_fn(_sign(xs[0] - xs[1]), 0.0))
        function = balls.ball(op.ball or op.name)
        if function is not None:
            return Wide(function(*xs, **attrs))
        if op.expand is None:
            raise NotImplementedError(f"{op.name} has neither a ball function nor a body")
        return op.expand(*map(Wide, xs), **attrs)

    @staticmethod
    def lift(value: float) -> Wide:
        """A number of the same value."""
        return Wide(balls.constant(value))


def _sign(ball: Any) -> float:
    middle = ball.mid()
    return float(middle > 0) - float(middle < 0)


def exact(value: Any) -> Wide:
    """A float, or an unevaluated sum of two of them, as it is."""
    if type(value) is tuple:
        return Wide(balls.constant(value[0]) + balls.constant(value[1]))
    return Wide(balls.constant(value))


def run(program: Program, bound: Mapping[Node, float], taken: Sequence[Any]) -> list[Any]:
    """The value of every slot at the current precision, with the conditions as float64 decided them (in `taken`)."""
    values: list[Any] = []
    for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
        if node.type.kind == "bool":
            values.append(taken[slot])
        elif node.op is CONST:
            values.append(Wide(balls.constant(node.value)))
        elif node.op is VAR:
            values.append(Wide(balls.constant(bound[node])))
        else:
            y = Wide.apply(node.op, [values[a] for a in args], dict(node.attrs))
            values.append(y if type(y) is Wide else Wide.lift(y))
    return values


def digits(values: Sequence[Any]) -> int:
    """How many bits of the worst of these numbers are known; exact zeros and what is undefined do not count."""
    known = [
        v.ball.rel_accuracy_bits() for v in values if type(v) is Wide and v.ball.is_finite() and v.ball != 0
    ]
    return min(known, default=1 << 20)
