"""Backprop that carries rounding errors along: pairs of doubles as a carrier of the ops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops import pairs
from symgrad.ops.carrier import Arithmetic
from symgrad.ops.op import Guarded, Op

MOST_NODES = 2000
"""Pairs cost about five times plain doubles; larger graphs are swept in plain ones."""

SMALL = 2.0**-10
"""A low part has to be so small, or to change the value so little: in sin(1e16 + 1) it is 1, and a line says nothing.

Functions vary by about 1 over distances of about 1, or over a part of their argument; then the error is that number
squared. Steeper ones, such as sin(pi x^2/2) far out, may turn round within a low part."""


class Pair(Arithmetic):
    """A number as an unevaluated sum of two doubles. Conditions on pairs are plain bools."""

    __slots__ = ("parts",)
    shape = ()

    def __init__(self, parts: pairs.Pair) -> None:
        self.parts = parts

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """Compute an op on pairs, floats and bools."""
        if op.pair is not None:
            result = op.pair(*[_parts(a) for a in args])
            if result is not None:
                return Pair(result) if type(result) is tuple else result
        return _first_order(op, args, attrs)

    @staticmethod
    def lift(value: float) -> Pair:
        """A float as a pair."""
        return Pair((float(value), 0.0))

    def __float__(self) -> float:
        return self.parts[0] + self.parts[1]


def _parts(a: Any) -> Any:
    """A pair as a tuple; a condition as it is."""
    if type(a) is Pair:
        return a.parts
    return a if type(a) is bool else (float(a), 0.0)


def _first_order(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
    """A function on pairs: its value at the high parts, and its slopes times the low parts, where these are small."""
    highs = [a.parts[0] if type(a) is Pair else a for a in args]
    y = op.compute(highs, attrs)
    if type(y) is bool or not math.isfinite(y):
        return y if type(y) is bool else Pair((y, 0.0))
    low, largest = 0.0, 0.0
    for i, a in enumerate(args):
        rule = op.rule(i) if type(a) is Pair and a.parts[1] else None
        if rule is not None:
            low += _slope(rule, y, highs, attrs) * a.parts[1]
            largest = max(largest, abs(a.parts[1]))
    near = max(largest, abs(low)) <= SMALL or abs(low) <= SMALL * abs(y)
    return Pair(pairs.settled(y, low) if near and math.isfinite(low) else (y, 0.0))


def _slope(rule: Any, y: float, xs: list[Any], attrs: Mapping[str, Any]) -> float:
    """A plain partial derivative; nan where Python's floats raise."""
    try:
        out = rule(1.0, y, *xs, **attrs)
    except (ZeroDivisionError, OverflowError):
        return math.nan
    if type(out) is Guarded:
        out = out.value if out.guard else 0.0
    return float(out)


def run(program: Program, bound: Mapping[Node, float]) -> list[Any]:
    """The value of every slot as a pair (conditions as bools); scalars only."""
    values: list[Any] = []
    for node, args in zip(program.nodes, program.args, strict=True):
        if args or (node.op is not CONST and node.op is not VAR):
            values.append(Pair.apply(node.op, [values[a] for a in args], dict(node.attrs)))
        else:
            value = node.value if node.op is CONST else bound[node]
            values.append(value if type(value) is bool else Pair.lift(value))
    return values
