"""Many points at once: one sweep over arrays; the few points with flags are looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symgrad.engine.backprop import Result, at_point
from symgrad.engine.evaluate import run
from symgrad.engine.flags import BITS, BORDERS, BROKEN, KINDS, Flag
from symgrad.engine.masks import at, masks
from symgrad.engine.pullback import live_slots, pullback
from symgrad.engine.shapes import name_of, none_finite, over, partial, point_of
from symgrad.graph import Node, Program

MOST_SETTLED = 64
"""Distinct points of a batch that are asked for one-sided derivatives, the first ones; others keep the convention."""

MOST_NAMED = 3
"""Points of each kind of flag that are run again to name nodes."""


def at_points(program: Program, bound: Mapping[Node, Any], wrt: list[Node], points: int) -> Result:
    """Value, gradient and flags at many points of a program of scalars."""
    output = program.outputs[0]
    slots = {program.slot[v] for v in wrt if v in program.slot}
    live = live_slots(program, slots, output)
    with np.errstate(all="ignore"):
        values = run(program, bound)
        adjoints = pullback(program, values, output, np.ones(points), slots)
        value = over(values[output], points)
        found = masks(program, values, output, live, points)
        grad = {name_of(v): partial(adjoints.get(program.slot.get(v, -1)), value, v, points) for v in wrt}
        finite = np.isfinite(value)
        poles = np.isinf(value) & (found & BITS["pole"] != 0)
        if poles.any():
            for g in grad.values():
                g[poles] = none_finite(g[poles])
        doubtful = finite & ((found & BORDERS != 0) | _not_finite(grad, points))
        proved = (
            _settle(program, bound, wrt, np.flatnonzero(doubtful), grad) if wrt and doubtful.any() else {}
        )
        steep = np.flatnonzero(finite & _not_finite(grad, points))
        if steep.size:
            _blame(program, at(values, steep, points), live, steep, grad, found)
    named = _named(program, bound, wrt, found) if found.any() else ()
    return Result(value, grad, named, found, proved)


def _not_finite(grad: Mapping[str, Any], points: int) -> Any:
    """The points where a partial is infinite or nan."""
    bad = np.zeros(points, dtype=bool)
    for g in grad.values():
        bad |= ~np.isfinite(g)
    return bad


def _settle(
    program: Program, bound: Mapping[Node, Any], wrt: list[Node], where: Any, grad: dict[str, Any]
) -> dict[str, Any]:
    """Put proven partials in place at these points, as at one point; equal points are asked once.

    Returns for each variable the points at which its partial is proved.
    """
    proved: dict[str, Any] = {}
    coordinates = np.stack([np.asarray(bound[v], float)[where] for v in program.variables], axis=1)
    bits = coordinates.view(np.int64)  # 0 and -0 are two points
    _, first, which = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    for k in np.argsort(first)[:MOST_SETTLED]:
        result = at_point(program, point_of(bound, int(where[first[k]])), wrt)
        for name in result.proved:
            here = where[which == k]
            grad[name][here] = result.grad[name]
            proved.setdefault(name, np.zeros(len(grad[name]), dtype=bool))[here] = True
    return proved


def _blame(
    program: Program, values: list[Any], live: list[bool], where: Any, grad: Mapping[str, Any], found: Any
) -> None:
    """Add to the masks why partials of these points are not finite."""
    from symgrad.engine.steep import steep_bits

    bits = steep_bits(program, values, program.outputs[0], live, where.size)
    missing = np.zeros(where.size, dtype=bool)
    for g in grad.values():
        missing |= np.isnan(g[where])
    blamed = (found[where] | bits) & np.uint16(BROKEN) != 0
    bits[missing & ~blamed] |= np.uint16(BITS["undefined"])
    found[where] |= bits


def _named(program: Program, bound: Mapping[Node, Any], wrt: list[Node], found: Any) -> tuple[Flag, ...]:
    """Each flag once, from running the first points of each kind again."""
    chosen = {int(i) for kind in KINDS for i in np.flatnonzero(found & BITS[kind])[:MOST_NAMED]}
    first: dict[tuple[str, Node], Flag] = {}
    for i in sorted(chosen):
        for flag in at_point(program, point_of(bound, i), wrt).flags:
            if int(found[i]) & BITS[flag.kind]:
                first.setdefault((flag.kind, flag.node), flag)
    return tuple(first.values())
