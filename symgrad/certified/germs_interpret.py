"""A graph on germs: what every node does on one side of a point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

from symgrad.balls import exact
from symgrad.certified.germs import (
    Germ,
    Outside,
    Unsettled,
    add,
    constant,
    known_sign,
    monomial,
    sign_of,
    sub,
)
from symgrad.certified.germs_piecewise import common
from symgrad.certified.germs_table import GERMS, apply
from symgrad.certified.interpret import CONDITIONS, has_series
from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops.op import Op
from symgrad.ops.types import comparison, selection

Failure = Unsettled | Outside
Slot = Germ | bool | Failure
"""What a node is on one side; a failure stays where it is unless somebody needs the value."""

CHECKED_EVERY = 16


def has_germ(op: Op) -> bool:
    """Whether an op is known to germs, by a rule of its own or as a power series."""
    return op.result in CONDITIONS or (op.ball or op.name) in GERMS or has_series(op)


def side_of(
    program: Program, bound: Mapping[Node, float], along: Node, side: int, stop: Callable[[], None]
) -> Slot:
    """The output of a program of scalars at `along` + side t, for t > 0 near 0."""
    slots: list[Slot] = []
    for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
        if slot % CHECKED_EVERY == 0:
            stop()
        try:
            slots.append(_slot(node, [slots[a] for a in args], bound, along, side))
        except (Unsettled, Outside) as failure:
            slots.append(failure)
        except (ArithmeticError, ValueError) as error:  # what flint says of series that it does not know
            slots.append(Unsettled(f"{node.op.name} has no series here ({error})"))
    return slots[program.outputs[0]]


def _slot(node: Node, xs: list[Slot], bound: Mapping[Node, float], along: Node, side: int) -> Slot:
    """One node."""
    op = node.op
    if op is CONST:
        return node.value if isinstance(node.value, bool) else _number(node.value)
    if op is VAR:
        x = _number(bound[node])
        return add(x, monomial((1, 0), exact.number(side))) if node is along else x
    if op.result is selection:
        return _select(*xs)
    if op.result is comparison:
        return _compare(op, *_values(xs))
    if op.result in CONDITIONS:
        return _logic(op, xs)
    germs = _values(xs)
    try:
        return apply(op.ball or op.name, germs, dict(node.attrs))
    except Unsettled:
        _require_domain(op, germs)
        raise


def _number(x: float) -> Germ:
    """A constant, which has to be finite."""
    if not math.isfinite(x):
        raise Outside("an infinity, or not a number")
    return constant(exact.number(x))


def _values(xs: list[Slot]) -> list[Germ]:
    """Operands that have to be there; what is outside a domain says so before what is undecided."""
    for kind in (Outside, Unsettled):
        for x in xs:
            if isinstance(x, kind):
                raise x
    return [x for x in xs if isinstance(x, Germ)]


def _require_domain(op: Op, germs: list[Germ]) -> None:
    """Raise if an argument is proved to lie outside the domain of an op."""
    for i, g in enumerate(germs):
        pieces = op.domain_of(i).intervals
        if all(_apart(g, piece.low, -1) or _apart(g, piece.high, 1) for piece in pieces):
            raise Outside(f"{op.name} is defined for {op.domain_of(i).describe()} only")


def _apart(g: Germ, end: float, side: int) -> bool:
    """Whether a germ is proved to lie beyond an end of an interval."""
    return math.isfinite(end) and known_sign(sub(g, _number(end))) == side


def _compare(op: Op, a: Germ, b: Germ) -> bool:
    """A comparison, by the first coefficient that differs."""
    return bool(op.scalar_fn(float(sign_of(sub(a, b))), 0.0))


def _logic(op: Op, xs: list[Slot]) -> Slot:
    """Logic with three truth values: one side alone may decide."""
    guesses = itertools.product(*[(x,) if isinstance(x, bool) else (False, True) for x in xs])
    outcomes = {bool(op.scalar_fn(*guess)) for guess in guesses}
    return outcomes.pop() if len(outcomes) == 1 else next(x for x in xs if not isinstance(x, bool))


def _select(condition: Slot, a: Slot, b: Slot) -> Slot:
    """A choice; where it is made again and again, what both branches have in common."""
    if isinstance(condition, bool):
        return a if condition else b
    if (
        isinstance(condition, Unsettled)
        and not condition.more
        and isinstance(a, Germ)
        and isinstance(b, Germ)
    ):
        return common(a, b)
    if isinstance(condition, Outside):
        return Unsettled(f"a condition on something undefined ({condition})")
    return condition
