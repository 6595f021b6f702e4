"""Which interpreter serves which op, and how: the matrix of the docs, computed from the table alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from symgrad import balls
from symgrad.ops.op import NO_RULES, OPS, Op


@dataclass(frozen=True)
class Refused:
    """An interpreter cannot serve an op, and why."""

    reason: str

    def __str__(self) -> str:
        return "refused"


Cell = str | Refused
"""How an interpreter serves an op: "native", "expanded" (through its body, or element by element), or Refused."""

EMPTY = Refused("")
"""No way to serve the op, and no reason given: the table lacks something, and a test fails."""


def _number(op: Op, given: object) -> Cell:
    """Values: a function of its own, or its body."""
    if given is not None or hasattr(math, op.name) or op.ball is not None:
        return "native"
    if op.expand is not None:
        return "expanded"
    return "native" if balls.ball(op.name) is not None else EMPTY


def _derivative(op: Op) -> Cell:
    """Derivatives: rules; None as a rule says that no gradient flows."""
    return "native" if op.arity is None or len(op.rules) == op.arity else EMPTY  # type: ignore[arg-type]  # counted


def _jets(op: Op) -> Cell:
    """Series: by the rules where an op acts on numbers, element by element where it acts on arrays."""
    return _derivative(op) if op.pointwise or not op.arity else "expanded"


def _certified(function: Callable[[str], object]) -> Callable[[Op], Cell]:
    def cell(op: Op) -> Cell:
        if op.pointwise and op.result is not OPS["add"].result:
            return "native"  # conditions and choices are logic, the same for all carriers
        if function(op.series or op.ball or op.name) is not None or (op.arity == 0 and balls.ball(op.name)):
            return "native"
        return "expanded" if op.expand is not None or not op.pointwise else EMPTY

    return cell


def _sympy(op: Op) -> Cell:
    if op.sympy:
        return "native"
    return "expanded" if op.expand is not None or not op.pointwise else EMPTY


def _written(op: Op) -> Cell:
    if not op.hidden:
        return "native"
    return "expanded" if op.expand is not None else EMPTY


INTERPRETERS: dict[str, Callable[[Op], Cell]] = {
    "value": lambda op: _number(op, op.scalar),
    "points": lambda op: _number(op, op.array or op.scalar),
    "pullback": _derivative,
    "gradient": _derivative,
    "jets": _jets,
    "ball": _certified(balls.ball),
    "series": _certified(balls.series),
    "sympy": _sympy,
    "text": _written,
    "latex": _written,
}
"""The columns of the matrix."""


def support(op: Op, interpreter: str) -> Cell:
    """How an interpreter serves an op."""
    reason = op.refused.get(interpreter)
    return INTERPRETERS[interpreter](op) if reason is None else Refused(reason)


def gaps(op: Op) -> dict[int, str]:
    """The arguments by which an op cannot be differentiated, and why."""
    rules = [] if op.arity is None else [op.rule(i) for i in range(op.arity)]
    return {i: rule.__doc__ or "" for i, rule in enumerate(rules) if rule in NO_RULES}
