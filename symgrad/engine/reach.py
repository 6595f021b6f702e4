"""Which nodes a result depends on at a point: of a choice the branch taken, of a maximum what attains it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from symgrad.graph import Program
from symgrad.ops.op import NO_RULES, Guarded, Op, shape_of
from symgrad.ops.types import POINTWISE, elementwise, logical, selection


def reached(
    program: Program, values: Sequence[Any], output: int, live: Sequence[bool] | None = None
) -> list[Any]:
    """For each slot whether the value at `output` depends on it here: a bool, or an array of them.

    Args:
        program: the graph.
        values: of each slot, at one point or at many.
        output: the slot of the result.
        live: given, the question is about slopes: which of these slots has a derivative rule that sends something.
    """
    on: list[Any] = [False] * len(program.nodes)
    on[output] = True
    for slot in range(output, -1, -1):
        args = program.args[slot]
        if on[slot] is False or not args:
            continue
        node = program.nodes[slot]
        if on[slot] is True and node.op.result is elementwise and (live is None or not live[slot]):
            for a in args:
                on[a] = True
            continue
        xs = [values[a] for a in args]
        parts = _parts(node.op, xs, on[slot])
        sends: list[Any] = [True] * len(args)
        if live is not None and live[slot]:
            attrs = dict(node.attrs)
            wanted = [live[a] for a in args]
            sends = [
                _sends(node.op, i, values[slot], xs, attrs) if want else True for i, want in enumerate(wanted)
            ]
        for a, part, sent in zip(args, parts, sends, strict=True):
            if on[a] is not True:
                on[a] = _plain(on[a] | _passed(part, sent, shape_of(values[a]), node.op))
    return on


def _parts(op: Op, xs: list[Any], here: Any) -> list[Any]:
    """For each operand where its value matters, given where the node's own does."""
    if op.result is selection:
        condition = xs[0]
        return [here, _both(here, condition), _both(here, condition ^ True)]
    if op.result is logical and len(xs) == 2:
        left, right = xs
        by_right = _plain(op(left, False) != op(left, True))
        by_left = _plain(op(False, right) != op(True, right)) | (
            by_right ^ True
        )  # both decide: the first is blamed
        return [_both(here, by_left), _both(here, by_right)]
    return [here] * len(xs)


def _sends(op: Op, i: int, y: Any, xs: list[Any], attrs: dict[str, Any]) -> Any:
    """Where the derivative rule of an operand contributes at all. Conditions and jumps have no rule, yet matter."""
    rule = op.rule(i)
    if rule is None or rule in NO_RULES or op.result is selection:
        return True
    try:
        out = quietly(rule, one_like(y), y, *xs, **attrs)
    except (ZeroDivisionError, OverflowError):
        return True
    return _plain(out.guard) if type(out) is Guarded else True


def one_like(y: Any) -> Any:
    """The adjoint 1 of a number, or of every element of an array."""
    if shape_of(y) == ():
        return 1.0
    import numpy as np

    return np.ones(y.shape)


def quietly(function: Callable[..., Any], *args: Any, **attrs: Any) -> Any:
    """A function without NumPy's warnings, if there are arrays among its arguments."""
    if not any(map(shape_of, args)):
        return function(*args, **attrs)
    import numpy as np

    with np.errstate(all="ignore"):
        return function(*args, **attrs)


def _both(a: Any, b: Any) -> Any:
    return _plain(a & b)


def _plain(x: Any) -> Any:
    """A truth as a bool where it is one: NumPy's own answers to `is False` with no."""
    return bool(x) if shape_of(x) == () else x


def _passed(part: Any, sent: Any, shape: tuple[int, ...], op: Op) -> Any:
    """Where an operand of this shape matters, given where the (broadcast) result does, and where its rule sends."""
    if op.result not in POINTWISE:
        return _both(part if type(part) is bool else bool(part.any()), sent)
    part = _both(part, sent)
    if type(part) is bool or part.shape == shape:
        return part
    part = part.any(axis=tuple(range(part.ndim - len(shape))))
    wide = tuple(i for i, n in enumerate(shape) if n == 1)
    return _plain(part.any(axis=wide, keepdims=True) if wide else part)
