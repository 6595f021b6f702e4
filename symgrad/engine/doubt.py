"""Which of many points have to be looked at closely: one condition, as a graph beside value and partials.

It holds wherever something could happen that a fast way of computing does not know: at kinks, ties and borders, and
where something is not finite; on request also where a flag alone is raised. It may hold elsewhere too, as it does not
know which branch is taken.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from typing import Any

from symgrad.engine.pullback import live_slots
from symgrad.graph import Node, Program, const
from symgrad.ops import OPS
from symgrad.ops.carrier import Arithmetic
from symgrad.ops.op import Op
from symgrad.ops.types import comparison


class Question(Arithmetic):
    """A node under construction whose `==` asks for equality of values: conditions of the table become graphs."""

    __slots__ = ("node",)
    shape = ()

    def __init__(self, node: Node) -> None:
        self.node = node

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Question:
        """Build the node of an op."""
        return Question(op(*[a.node if type(a) is Question else const(a) for a in args], **attrs))

    @staticmethod
    def lift(value: Any) -> Question:
        """A number as a question."""
        return Question(const(value))

    def __eq__(self, other: object) -> Any:
        return OPS["eq"](self, other)

    def __ne__(self, other: object) -> Any:
        return OPS["ne"](self, other)

    def __hash__(self) -> int:
        return hash(self.node)

    def __mod__(self, other: Any) -> Any:
        return OPS["mod"](self, other)

    def __and__(self, other: Any) -> Any:
        return OPS["and"](self, other)

    def __or__(self, other: Any) -> Any:
        return OPS["or"](self, other)


def doubt(program: Program, wrt: Sequence[Node], *, flags: bool) -> Node:
    """When a point of this scalar program must be looked at closely, apart from infinite or missing results.

    Args:
        program: value and nothing else.
        wrt: what one differentiates by.
        flags: whether also all points count whose flags say something, though value and slopes are as they should be.
    """
    output = program.outputs[0]
    live = live_slots(program, {program.slot[v] for v in wrt if v in program.slot}, output)
    found: dict[Node, None] = {}
    sizes: dict[Node, None] = {}
    for slot in range(output + 1):
        node = program.nodes[slot]
        if not node.args:
            continue
        if live[slot]:
            found.update(dict.fromkeys(_borders(node)))
        if flags:
            if node.op.fades:
                found[OPS["eq"](node, const(0))] = None
            sizes.update(
                dict.fromkeys(
                    a for a in node.args if a.args and a.type.kind == "real" and not carries(node.op)
                )
            )
    if sizes:
        found[not_finite(sizes)] = None
    return reduce(OPS["or"], found) if found else const(False)


def not_finite(nodes: Iterable[Node]) -> Node:
    """Whether any of these is infinite or nan."""
    total = reduce(OPS["add"], [OPS["mul"](const(0.0), node) for node in nodes])
    made: Node = OPS["ne"](total, const(0))
    return made


def _borders(node: Node) -> Iterable[Node]:
    """When a node is at a kink, a tie, a jump or the border of a condition."""
    op = node.op
    if op.result is comparison:
        yield OPS["eq"](*node.args)
    elif callable(op.kinks):
        said = op.kinks(*map(Question, node.args), **dict(node.attrs))
        yield said.node if type(said) is Question else const(bool(said))
    else:
        yield from (OPS["eq"](node.args[0], const(kink)) for kink in op.kinks)


SAMPLES = (0.0, 1.0, -2.0, 0.5)


@cache
def carries(op: Op) -> bool:
    """Whether an op's result is infinite or nan wherever an operand is: found out by trying."""
    if op.arity is None or op.attrs:
        return False
    bad = (math.inf, -math.inf, math.nan)
    for i in range(op.arity):
        for x, others in itertools.product(bad, itertools.product(SAMPLES + bad, repeat=op.arity - 1)):
            xs = [*others[:i], x, *others[i:]]
            if math.isfinite(op.compute(xs, {})):
                return False
    return True
