"""A graph on balls, and on power series of balls: enclosures of values and of Taylor coefficients."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symgrad import balls
from symgrad.balls import make
from symgrad.balls import series as series_of
from symgrad.graph import CONST, VAR, Node, Program, expand
from symgrad.ops.op import Op
from symgrad.ops.types import comparison, logical, selection

Truth = bool | None
"""Three-valued: None where a ball straddles the border of a condition."""


class NoEnclosure(Exception):
    """An op has no counterpart in ball arithmetic; the message says which and why."""


def has_ball(op: Op) -> bool:
    """Whether an op is evaluated natively on balls."""
    return op.result in CONDITIONS or balls.ball(op.ball or op.name) is not None


def has_series(op: Op) -> bool:
    """Whether an op is evaluated natively on power series of balls."""
    return op.result in CONDITIONS or series_of(op.series or op.ball or op.name) is not None


CONDITIONS = (comparison, logical, selection)


def prepared(roots: list[Node], native: Callable[[Op], bool], known: Program | None = None) -> Program:
    """The program of scalar roots with every op that is not native replaced by its body.

    `known` is the program of the roots as they are: where nothing has to be replaced, that is it.
    """
    if known is not None and all(native(op) for op in {node.op for node in known.nodes if node.args}):
        return known
    return Program(expand(roots, lambda op: not native(op)))


def enclose(program: Program, bound: Mapping[Node, float], stop: Callable[[], None]) -> list[Any]:
    """The ball (or three-valued truth) of every slot at the current precision.

    Args:
        program: scalars only, from `prepared(roots, has_ball)`.
        bound: the exact double of each variable.
        stop: called now and then; raises when the budget is spent.

    Raises:
        NoEnclosure: an op has neither a ball function nor a body.
    """
    return _interpret(program, lambda node: balls.constant(bound[node]), balls.ball, stop)


def expand_series(
    program: Program,
    bound: Mapping[Node, float],
    along: Node,
    stop: Callable[[], None],
    still: tuple[list[Any], list[int]] | None = None,
) -> list[Any]:
    """Every slot as a power series in t with the variable `along` at x + t: Taylor arithmetic, no derivative rules.

    Slots that do not depend on `along` are balls; `still` has them, if they are known from `enclose` at the same
    precision, and with them the slots that do depend (`moving`). For the other arguments see `enclose`.
    """

    def variable(node: Node) -> Any:
        x = balls.constant(bound[node])
        return make.variable(x) if node is along else x

    if still is None:
        return _interpret(program, variable, series_of, stop)
    known, moves = still
    values = list(known)
    for count, slot in enumerate(moves):
        if count % 256 == 0:
            stop()
        values[slot] = _slot(program.nodes[slot], program.args[slot], values, variable, series_of)
    return values


def moving(program: Program, wrt: Sequence[Node]) -> list[list[int]]:
    """For each of several variables the slots that depend on it, in order."""
    used_by: list[list[int]] = [[] for _ in program.nodes]
    for slot, args in enumerate(program.args):
        for a in args:
            used_by[a].append(slot)
    return [_above(program.slot[v], used_by) if v in program.slot else [] for v in wrt]


def _above(first: int, used_by: list[list[int]]) -> list[int]:
    """A slot and those that depend on it."""
    found = {first}
    todo = [first]
    while todo:
        for slot in used_by[todo.pop()]:
            if slot not in found:
                found.add(slot)
                todo.append(slot)
    return sorted(found)


def _interpret(
    program: Program,
    variable: Callable[[Node], Any],
    functions: Callable[[str], Callable[..., Any] | None],
    stop: Callable[[], None],
) -> list[Any]:
    values: list[Any] = []
    for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
        if slot % 256 == 0:
            stop()
        values.append(_slot(node, args, values, variable, functions))
    return values


def _slot(
    node: Node,
    args: tuple[int, ...],
    values: list[Any],
    variable: Callable[[Node], Any],
    functions: Callable[[str], Callable[..., Any] | None],
) -> Any:
    """What one slot holds."""
    op = node.op
    if op is CONST:
        return node.value if isinstance(node.value, bool) else balls.constant(node.value)
    if op is VAR:
        return variable(node)
    xs = [values[a] for a in args]
    if op.result in CONDITIONS:
        return _condition(op, xs, series=functions is series_of)
    name = op.ball or op.name
    function = balls.ball(name) if all(map(make.is_ball, xs)) else functions(op.series or name)
    if function is None:
        raise NoEnclosure(f"`{op.name}` has no counterpart in certified arithmetic")
    try:
        return function(*xs, **dict(node.attrs)) if node.attrs else function(*xs)
    except NotImplementedError as error:
        raise NoEnclosure(f"`{op.name}`: {error}") from None


def _condition(op: Op, xs: list[Any], *, series: bool) -> Any:
    """Comparisons, logic and choices with three truth values, of balls or of power series."""
    if op.result is comparison:
        return _compare(op, *xs)
    if op.result is selection:
        condition, a, b = xs
        return _either(a, b, series=series) if condition is None else (a if condition else b)
    # One side alone may decide: False and unknown is False, True or unknown is True.
    guesses = itertools.product(*[(False, True) if x is None else (x,) for x in xs])
    outcomes = {bool(op.scalar_fn(*guess)) for guess in guesses}
    return outcomes.pop() if len(outcomes) == 1 else None


def _compare(op: Op, a: Any, b: Any) -> Truth:
    """A comparison of balls, or of power series near t = 0 on both sides; None where that is not decided."""
    if a is b:
        return bool(op.scalar_fn(0.0, 0.0))
    difference = a - b
    head = make.coefficients(difference, 1)[0]
    if head == 0 and make.is_ball(difference):  # a series may be zero as far as it is known only
        return bool(op.scalar_fn(0.0, 0.0))
    if head > 0:
        return bool(op.scalar_fn(1.0, 0.0))
    if head < 0:
        return bool(op.scalar_fn(0.0, 1.0))
    return None


def _either(a: Any, b: Any, *, series: bool) -> Any:
    """What is known of a choice whose condition is not decided: of two balls the hull.

    Of power series nothing: the choice may change where t does, so that even of two constants it is no constant.
    """
    if a is b:
        return a
    if isinstance(a, bool) or a is None:
        return a if a == b else None
    if series:
        return make.nowhere()
    return a.union(b)
