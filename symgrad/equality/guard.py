"""A derivative that remembers what it is the derivative of: it exists only where that is defined, and has a slope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symgrad.certified.prove import Budget, prove
from symgrad.certified.sides import Number, Sides, one_sided
from symgrad.engine.backprop import evaluate
from symgrad.engine.flags import BITS, BORDERS
from symgrad.graph import Node, Program, const, postorder, rebuild, variables
from symgrad.graph.walk import same
from symgrad.ops import OPS

NOTHING = const(-0.0)
"""What changes no number when it is added, not even a zero; nobody writes it, so it marks what follows."""
SECONDS = 0.2
"""For both sides of one point."""

_add, _mul = OPS["add"], OPS["mul"]


def guarded(derivative: Node, original: Node, by: Node) -> Node:
    """The derivative, plus nothing times `by` times the original: the same number wherever the original is defined."""
    kept: Node = _add(derivative, _mul(_mul(NOTHING, by), original))
    return kept


def _is_guard(node: Node) -> bool:
    return node.op is _mul and node.args[0].op is _mul and node.args[0].args[0] is NOTHING


def bare(roots: Sequence[Node]) -> list[Node]:
    """The expressions without what they remember."""

    def without(node: Node, args: tuple[Node, ...]) -> Node:
        if node.op is _add and _is_guard(node.args[1]) and node.type == args[0].type:
            return args[0]
        return same(node, args) if args else node

    return rebuild(roots, without)


class Guard:
    """A function whose derivative stands in an expression, and the variables it is taken by."""

    def __init__(self, node: Node) -> None:
        self.original = node.args[1]
        self._program = Program([self.original])
        self._along = [v for v in variables(node.args[0]) if v in self._program.slot]

    def bent(self, point: Mapping[Node, float], budget: Budget) -> bool | None:
        """Whether there is certainly no derivative, though rules give a number: a kink, a jump; None: not decided."""
        named = {v.name: point[v] for v in variables(self.original)}
        along = [v.name for v in self._along]
        if not along:
            return False
        kinds = {
            flag.kind
            for flag in evaluate(self._program, named, self._along).flags
            if BITS[flag.kind] & BORDERS
        }
        if not kinds:
            return False
        found = []
        for v in self._along:
            limits = replace(Budget(), seconds=min(SECONDS, budget.left()))
            value = prove([self.original], point, limits).enclosures[0]
            found.append(_broken(one_sided(self.original, point, v, limits), value))
        if any(found):
            return True
        return None if None in found or "branch" in kinds else False


def guards(root: Node) -> list[Guard]:
    """All that an expression remembers."""
    return [Guard(node) for node in postorder([root]) if node.args and _is_guard(node)]


def _broken(sides: Sides, value: Number | None) -> bool | None:
    """Whether limits, or slopes, or value and limit, certainly differ."""
    limits = [sides.left.limit, sides.right.limit, value]
    slopes = [sides.left.slope, sides.right.slope]
    apart = [_apart(x, y) for these in (limits, slopes) for x in these for y in these if x is not y]
    if any(apart):
        return True
    return None if None in apart else False


def _apart(a: Number | None, b: Number | None) -> bool | None:
    """Whether two numbers differ; infinite ones are no limits."""
    if isinstance(a, float) or isinstance(b, float):
        return True
    return None if a is None or b is None else not a.overlaps(b)
