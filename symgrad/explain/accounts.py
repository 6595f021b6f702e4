"""The rounding error of each number of an expression, as predicted and as it is, and what each operation adds to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symgrad.certified.prove import Budget, Enclosure, prove
from symgrad.engine.backprop import Result, evaluate
from symgrad.engine.gradient import gradient, real_variables
from symgrad.engine.rounding import UNKNOWN, Attribution, attribute, attribute_partials
from symgrad.errors import LimitReached
from symgrad.explain.loss import place_of
from symgrad.graph import Node, Program

MOST_NODES = 100_000
MOST_PARTIALS = 5_000
"""Operations: the partials of larger expressions are left out."""


@dataclass(frozen=True)
class Line:
    """What one operation adds to an error.

    Attributes:
        node: the operation.
        place: the nearest node of the expression itself, for a node of its gradient graph; else `node`.
        share: its part of the sum of all parts, from 0 to 1; nan where something overflowed.
        error: its part.
    """

    node: Node
    place: Node
    share: float
    error: float


@dataclass(frozen=True)
class Account:
    """One number and its rounding error.

    Attributes:
        target: "" for the value, or the variable of a partial derivative.
        number: what float64 gives.
        predicted: the size of its error, to first order; infinite after an overflow, nan where nothing is known.
        bound: the sum of all parts, each at its largest.
        actual: an upper bound of the true error, from certified arithmetic; None where the truth is not known.
        lines: the operations, the largest part first.
    """

    target: str
    number: float
    predicted: float
    bound: float
    actual: float | None
    lines: tuple[Line, ...]


def accounts(
    root: Node, bound: Mapping[Node, float], *, budget: float = 2.0, result: Result | None = None
) -> list[Account]:
    """The account of the value, then of each partial derivative.

    Args:
        root: a real scalar graph of scalar variables.
        bound: the value of each variable.
        budget: seconds for certified arithmetic.
        result: the numbers, where they come from another graph (arrays).

    Raises:
        LimitReached: SG407, the expression is too large.
    """
    program = Program([root])
    if len(program.nodes) > MOST_NODES:
        said = f"{len(program.nodes)} operations: the limit is {MOST_NODES}"
        raise LimitReached("SG407", f"rounding is predicted node by node, and these are {said}")
    numbers = result or evaluate(program, {v.name: x for v, x in bound.items()})
    wrt = real_variables(root) if len(program.nodes) <= MOST_PARTIALS else []
    graphs = [root, *gradient(root, wrt)] if wrt else [root]
    found = [attribute(root, bound)]
    if wrt:
        found += attribute_partials(root, bound, wrt, plain=result is not None)
    shown = [float(numbers.value), *(float(numbers.grad[v.name]) for v in wrt)]
    if shown[0] != shown[0]:
        found = [found[0], *(UNKNOWN for _ in wrt)]
    truths = prove(graphs, bound, Budget(seconds=budget)).enclosures
    inside = set(program.nodes)
    targets = ["", *(v.name for v in wrt)]
    return [
        Account(target, x, a.total, a.bound, _actual(x, truth), _lines(a, inside))
        for target, x, a, truth in zip(targets, shown, found, truths, strict=True)
    ]


def _actual(number: float, truth: Enclosure | None) -> float | None:
    if truth is None or not truth.tight:
        return None
    if not math.isfinite(number):
        return math.inf
    return 0.0 if truth.zero and number == 0 else truth.error_of(number)[0]


def _lines(found: Attribution, inside: set[Node]) -> tuple[Line, ...]:
    causes: Sequence[tuple[Node, float]] = found.causes
    whole = found.bound if math.isfinite(found.bound) and found.bound > 0 else math.nan
    return tuple(Line(node, place_of(node, inside), part / whole, part) for node, part in causes)
