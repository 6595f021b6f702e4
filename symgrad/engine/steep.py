"""Where a partial derivative that is not finite comes from: a vertical slope, a missing one, or inf*0."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from symgrad.engine.flags import BITS, Flag, shown
from symgrad.engine.pullback import pullback
from symgrad.engine.reach import one_like, reached
from symgrad.graph import Program
from symgrad.ops.op import Guarded
from symgrad.ops.types import elementwise

ORDINALS = ("first", "second", "third")


class Local(NamedTuple):
    """An op whose own slope by one operand is infinite or nan somewhere, though all numbers there are finite."""

    slot: int
    operand: int
    vertical: Any
    undefined: Any


def steep(program: Program, values: Sequence[Any], output: int, live: Sequence[bool]) -> Iterator[Local]:
    """The ops to blame, at one point or at many, output first."""
    on = reached(program, values, output, live)
    for slot in range(output, -1, -1):
        node, args = program.nodes[slot], program.args[slot]
        if on[slot] is False or not args or not live[slot] or node.op.result is not elementwise:
            continue
        y, xs = values[slot], [values[a] for a in args]
        usable = _finite(y, xs) & on[slot]
        if not np.any(usable):
            continue
        for i, a in enumerate(args):
            rule = node.op.rule(i) if live[a] else None
            if rule is None:
                continue
            slope = _slope(rule, y, xs, dict(node.attrs))
            if type(slope) is float and math.isfinite(slope):
                continue
            vertical, undefined = usable & np.isinf(slope), usable & np.isnan(slope)
            if vertical.any() or undefined.any():
                yield Local(slot, i, vertical, undefined)


def _finite(y: Any, xs: list[Any]) -> Any:
    """Where a value and its operands are finite."""
    if type(y) is float and all(type(x) is float for x in xs):
        return all(map(math.isfinite, (y, *xs)))
    return np.logical_and.reduce([np.isfinite(v) for v in np.broadcast_arrays(y, *xs)])


def _slope(rule: Any, y: Any, xs: list[Any], attrs: Mapping[str, Any]) -> Any:
    """An op's own slope, 0 where its rule contributes nothing."""
    if type(y) is float and all(type(x) is float for x in xs):
        with contextlib.suppress(ZeroDivisionError, OverflowError):
            out = rule(1.0, y, *xs, **attrs)
            return (out.value if out.guard else 0.0) if type(out) is Guarded else out
    with np.errstate(all="ignore"):
        out = rule(np.asarray(one_like(y)), np.asarray(y), *map(np.asarray, xs), **attrs)
        return np.where(out.guard, out.value, 0.0) if type(out) is Guarded else out


def steep_flags(
    program: Program, values: Sequence[Any], output: int, live: Sequence[bool], blamed: bool
) -> list[Flag]:
    """Flags for the partials of one point that are not finite; `blamed`: what is nan has its flags already."""
    out = []
    for local in steep(program, values, output, live):
        node = program.nodes[local.slot]
        xs = [values[a] for a in program.args[local.slot]]
        if local.vertical.any():
            out.append(Flag("vertical", node, shown(node, xs)))
        if local.undefined.any():
            which = f" by its {ORDINALS[local.operand]} operand" if len(xs) > 1 else ""
            out.append(Flag("undefined", node, f"{shown(node, xs)} has no slope{which}"))
            blamed = True
    if not blamed:
        out += _born(program, values, output, live)
    out.sort(key=lambda flag: program.slot[flag.node])
    return out


def _born(program: Program, values: Sequence[Any], output: int, live: Sequence[bool]) -> Iterator[Flag]:
    """Where a nan appears among the adjoints: an infinite slope meets a slope 0, or its opposite."""
    inner = [slot for slot in range(output + 1) if live[slot]]
    with np.errstate(all="ignore"):
        adjoints = pullback(program, values, output, one_like(values[output]), inner)
    missing = {slot for slot, g in adjoints.items() if np.isnan(g).any()}
    used: dict[int, list[int]] = {slot: [] for slot in missing}
    for u in adjoints:
        for a in set(program.args[u]) & missing:
            used[a].append(u)
    for slot, users in used.items():
        if not any(u in missing for u in users):
            node = program.nodes[users[0]] if len(users) == 1 else program.nodes[slot]
            xs = [values[a] for a in program.args[program.slot[node]]]
            said = (
                f"{shown(node, xs)}: its slope 0 meets an infinite one" if xs else "infinite slopes meet here"
            )
            yield Flag("undefined", node, said)


def steep_bits(
    program: Program, values: Sequence[Any], output: int, live: Sequence[bool], points: int
) -> Any:
    """The bits that `steep` adds to the masks of points."""
    bits = np.zeros(points, dtype=np.uint16)
    for local in steep(program, values, output, live):
        bits |= np.broadcast_to(np.where(local.vertical, BITS["vertical"], 0), points).astype(np.uint16)
        bits |= np.broadcast_to(np.where(local.undefined, BITS["undefined"], 0), points).astype(np.uint16)
    return bits
