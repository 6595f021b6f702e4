"""Two expressions made comparable: single numbers, element by element, with decimals as they are written."""

from __future__ import annotations

from fractions import Fraction

from symgrad.errors import TypeMistake
from symgrad.graph import CONST, Node, const, postorder, rebuild, variables
from symgrad.graph.scalarise import scalarise
from symgrad.graph.walk import same
from symgrad.ops import OPS
from symgrad.symbolic.exact import exact

Pair = tuple[str, Node, Node]
"""Which element, and the two scalar expressions."""
LONGEST = 25
"""Digits of a decimal, in either direction, that is taken as a fraction of whole numbers."""

_where = OPS["where"]
ONE, ZERO = const(1), const(0)


def pairs(left: Node, right: Node) -> list[Pair]:
    """The scalar expressions to compare, conditions as 1 and 0, one pair for each element of an array.

    Raises:
        TypeMistake: SG201, one is a condition and the other a number; SG203, their shapes differ; SG213, a variable
            has one shape here and another there.
        LimitReached: SG421, the arrays are too large.
    """
    _comparable(left, right)
    left, right = rebuild([left, right], _decimal)
    if not any(node.type.shape for node in postorder([left, right])):
        return [("", _number(left), _number(right))]
    a, b = scalarise([left, right])
    keys = [()] if not a.shape else list(_keys(a.shape))
    return [(str(list(key)) if key else "", _number(a[key]), _number(b[key])) for key in keys]


def _keys(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    import numpy as np

    return list(np.ndindex(*shape))


def _comparable(left: Node, right: Node) -> None:
    if left.type.kind != right.type.kind:
        raise TypeMistake("SG201", f"the left side is {left.type}, and the right side is {right.type}")
    if left.type.shape != right.type.shape:
        raise TypeMistake(
            "SG203",
            f"the left side is {left.type}, and the right side is {right.type}",
            hint="only expressions of one shape can be equal",
        )
    types = {v.name: v.type for v in variables(left)}
    for v in variables(right):
        if types.get(v.name, v.type) != v.type:
            raise TypeMistake(
                "SG213", f"`{v.name}` is {types[v.name]} on the left side and {v.type} on the right side"
            )


def _decimal(node: Node, args: tuple[Node, ...]) -> Node:
    """0.1 as 1/10: as it is written, not as the double nearest to it."""
    if node.op is not CONST or type(node.value) is not float or node.value - node.value != 0:
        return same(node, args) if args else node
    written = Fraction(repr(node.value))
    if node.value.is_integer() or max(len(str(written.numerator)), len(str(written.denominator))) > LONGEST:
        return node
    return exact(written.numerator, written.denominator)


def _number(node: Node) -> Node:
    """A condition as 1 where it holds, and 0 where not."""
    if node.type.kind == "real":
        return node
    made: Node = _where(node, ONE, ZERO)
    return made


def condition(node: Node) -> bool:
    """Whether this stands for a condition."""
    return node.op is _where and node.args[1:] == (ONE, ZERO)
