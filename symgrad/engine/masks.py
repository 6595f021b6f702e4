"""Flags of many points, and of arrays: one integer for each, with a bit for every kind of trouble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symgrad.engine.flags import BITS, BORDERS, at_kink, border
from symgrad.engine.reach import reached
from symgrad.graph import Node, Program
from symgrad.ops.op import Op
from symgrad.ops.types import comparison, elementwise, logical, selection

HUGE = 1e8
"""A function without a value at a point has a pole there if it is larger than this beside it."""


def masks(program: Program, values: list[Any], output: int, live: Sequence[bool], points: int) -> Any:
    """The mask of each point, from the values of all slots; what happened to slopes alone is for `steep` to add."""
    noted = []
    with np.errstate(all="ignore"):
        for slot in range(output + 1):
            args = program.args[slot]
            if args:
                bits = bits_of(program.nodes[slot], values[slot], [values[a] for a in args], live[slot])
                if bits is not None:
                    noted.append((slot, np.broadcast_to(bits, (points,))))
        total = np.zeros(points, dtype=np.uint16)
        if not noted:
            return total
        some = np.flatnonzero(np.bitwise_or.reduce([bits for _, bits in noted]))
        few = at(values, some, points)
        by_value = reached(program, few, output)
        bent = any((bits[some] & np.uint16(BORDERS)).any() for _, bits in noted)
        by_slope = reached(program, few, output, live) if bent else by_value
        for slot, bits in noted:
            here = bits[some]
            total[some] |= (here & ~np.uint16(BORDERS)) * by_value[slot]
            total[some] |= (here & np.uint16(BORDERS)) * by_slope[slot]
    return total


def at(values: list[Any], where: Any, points: int) -> list[Any]:
    """The values of all slots at some of many points; what depends on no variable is one number."""
    return [v[where] if getattr(v, "shape", None) == (points,) else v for v in values]


def bits_of(node: Node, y: Any, xs: list[Any], live: bool) -> Any:
    """The bit of what happened at each element of a node's value; None where nothing happened anywhere."""
    op = node.op
    if op.result is comparison:
        if not live:
            return None
        return _marked("branch", np.equal(xs[0], xs[1]) & np.isfinite(xs[0]))
    if op.result in (selection, logical):
        return None
    whole = bool(np.isfinite(y).all())
    if op.result is not elementwise:
        return _of_array(node, y, xs, live, whole)
    bits = None if whole else _broken(op, y, xs, dict(node.attrs))
    if live and op.kinks:
        bits = _either(bits, _marked(border(op), at_kink(op, xs) & np.isfinite(y)))
    if op.fades and not np.all(y):
        gone = np.equal(y, 0)
        for x in xs:
            gone = gone & np.not_equal(x, 0) & np.isfinite(x)
        bits = _either(bits, _marked("underflow", gone))
    return bits


def _marked(kind: str, where: Any) -> Any:
    return np.where(where, np.uint16(BITS[kind]), np.uint16(0)) if np.any(where) else None


def _either(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a | b


def _broken(op: Op, y: Any, xs: list[Any], attrs: dict[str, Any]) -> Any:
    """Why elements of a result are nan or infinite, where their operands are not."""
    y = np.asarray(y)
    bits = np.zeros(y.shape, dtype=np.uint16)
    bad = ~np.isfinite(y)
    of = [np.broadcast_to(x, y.shape)[bad] for x in xs]
    finite = np.logical_and.reduce([np.isfinite(x) for x in of])
    off = [np.isfinite(x) & ~op.domain_of(i).holds(x) for i, x in enumerate(of)]
    far = [np.isfinite(x) & ~op.domain_of(i).touches(x) for i, x in enumerate(of)]
    outside = np.logical_or.reduce(off)
    if op.valid is not None:
        outside = outside | (finite & ~op.valid(*of))
    at_pole = outside & ~np.logical_or.reduce(far) & _infinite_beside(op, of, off, attrs)
    without = np.where(outside, BITS["domain"], BITS["undefined"])
    without = np.where(at_pole, BITS["pole" if len(xs) == 1 else "undefined"], without)
    infinite = np.where(outside, BITS["pole"], BITS["overflow"])
    born = ~np.logical_or.reduce([np.isnan(x) for x in of])
    bits[bad] = np.where(np.isnan(y[bad]), np.where(born, without, 0), np.where(finite, infinite, 0))
    return bits if bits.any() else None


def _infinite_beside(op: Op, xs: list[Any], off: list[Any], attrs: dict[str, Any]) -> Any:
    """Whether an op without a value here is infinite beside the point; of 0/0: whether 1/0 is."""
    if len(xs) > 1:
        zero = np.logical_and.reduce([o | (x == 0) for x, o in zip(xs, off, strict=True)])
        ones = [np.where(o, x, 1.0) for x, o in zip(xs, off, strict=True)]
        return zero & np.isinf(op.array_fn(*ones, **attrs))
    sides = [np.asarray(op.array_fn(np.nextafter(xs[0], end), **attrs)) for end in (-np.inf, np.inf)]
    return np.logical_or.reduce([np.abs(side) > HUGE for side in sides])


def _of_array(node: Node, y: Any, xs: list[Any], live: bool, whole: bool) -> Any:
    """An op on arrays: whether it made something that is not finite, or stands at a kink, anywhere."""
    op = node.op
    if not whole:
        if not all(np.isfinite(x).all() for x in xs):
            return None
        return np.asarray(BITS["undefined" if np.isnan(y).any() else "overflow"])
    if live and op.kinks and np.any(at_kink(op, xs, dict(node.attrs))):
        return np.asarray(BITS[border(op)])
    return None
