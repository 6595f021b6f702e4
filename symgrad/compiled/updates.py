"""The end of a training step in machine code: sums over samples to a gradient, and the optimiser's formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import FLOAT, Emitter, Lane
from symgrad.compiled.loops import computed, rows_of
from symgrad.compiled.nests import splat
from symgrad.compiled.plan import Plan
from symgrad.graph import Node


class Update(NamedTuple):
    """How parameters move.

    Attributes:
        results: new parameters, then the optimiser's new arrays.
        theta, g, rate, number: what they are made of; `number` of steps that are done.
        arrays: the optimiser's arrays.
    """

    results: Sequence[Node]
    theta: Node
    g: Node
    rate: Node
    number: Node
    arrays: Sequence[Node]


FOLDS = (
    ((0, 8, 2, 10, 4, 12, 6, 14), (1, 9, 3, 11, 5, 13, 7, 15)),
    ((0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)),
    ((0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15)),
)
"""Eight vectors to the vector of their sums in three rounds: each pair shuffled in two ways and added."""


def _folded(e: Emitter, vectors: list[Lane]) -> Lane:
    """The sums of eight vectors."""
    for ways in FOLDS:
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [_shuffled(e, a, b, ways[0]) + _shuffled(e, a, b, ways[1]) for a, b in pairs]
    return vectors[0]


def _shuffled(e: Emitter, a: Lane, b: Lane, order: Sequence[int]) -> Lane:
    mask = ", ".join(f"i32 {i}" for i in order)
    return e.emit(f"shufflevector {VECTOR} {a.name}, {VECTOR} {b.name}, <{LANES} x i32> <{mask}>", FLOAT)


def _vector(e: Emitter, base: str, at: str) -> Lane:
    """A load of eight doubles."""
    pointer = e.emit(f"getelementptr double, ptr {base}, i64 {at}", "ptr")
    found = Lane(e, e.fresh(), FLOAT)
    e.lines.append(f"  {found.name} = load {VECTOR}, ptr {pointer.name}, align 64")
    return found


def _keep(e: Emitter, base: str, at: str, value: Lane) -> None:
    pointer = e.emit(f"getelementptr double, ptr {base}, i64 {at}", "ptr")
    e.lines.append(f"  store {VECTOR} {value.name}, ptr {pointer.name}, align 64")


def _sum(e: Emitter, x: Lane) -> str:
    """The sum of all lanes, in one order."""
    for half in (4, 2, 1):
        order = [i + half if i + half < LANES else i for i in range(LANES)]
        x = x + _shuffled(e, x, x, order)
    one = e.fresh()
    e.lines.append(f"  {one} = extractelement {VECTOR} {x.name}, i64 0")
    return one


def _sums_at(e: Emitter, i: str) -> Lane:
    """Eight sums over all samples with what is added once."""
    vectors = []
    for k in range(LANES):
        at = e.emit(f"add i64 {i}, {k}", "i64").name
        pointer = e.emit(f"getelementptr {VECTOR}, ptr %a, i64 {at}", "ptr")
        vectors.append(Lane(e, e.fresh(), FLOAT))
        e.lines.append(f"  {vectors[-1].name} = load {VECTOR}, ptr {pointer.name}, align 64")
    return _folded(e, vectors) + _vector(e, "%u", i)


def finish(padded: int) -> tuple[str, Emitter]:
    """The gradient from the sums; gives loss, squared length of the gradient, and of the clipped one."""
    e = Emitter(LANES)
    clip = splat(e, "%clip")
    e.lines += [
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %entry ], [ %next, %loop ]",
    ]
    heads = len(e.lines)
    g = _sums_at(e, "%i")
    low = e.where(g > clip, clip, g)
    short = e.where(low < -clip, -clip, low)
    _keep(e, "%g", "%i", short)
    every, cut = Lane(e, "%all", FLOAT) + g * g, Lane(e, "%cut", FLOAT) + short * short
    e.lines[heads:heads] = [
        f"  %{name} = phi {VECTOR} [ zeroinitializer, %entry ], [ {new.name}, %loop ]"
        for name, new in (("all", every), ("cut", cut))
    ]
    e.lines += [
        f"  %next = add i64 %i, {LANES}",
        f"  %more = icmp slt i64 %next, {padded}",
        "  br i1 %more, label %loop, label %end",
        "end:",
    ]
    loss = e.fresh()
    e.lines.append(f"  {loss} = extractelement {VECTOR} {_sums_at(e, str(padded)).name}, i64 0")
    out = "{ double, double, double }"
    parts = [loss, _sum(e, every), _sum(e, cut)]
    whole = "poison"
    for k, part in enumerate(parts):
        fresh = e.fresh()
        e.lines.append(f"  {fresh} = insertvalue {out} {whole}, double {part}, {k}")
        whole = fresh
    head = f"define internal {out} @finish(ptr %a, ptr %u, ptr %g, double %clip) noinline {{"
    return "\n".join([head, "entry:", *e.lines, f"  ret {out} {whole}", "}"]), e


def moved(update: Update, padded: int) -> tuple[str, Emitter]:
    """The parameters and the optimiser's arrays after a step."""
    e = Emitter(LANES)
    inputs = [update.theta, update.g, *update.arrays, update.rate, update.number]
    plan = rows_of(update.results, inputs)
    known = len(inputs) - 2
    numbers = {known: splat(e, "%rate"), known + 1: splat(e, "%count")}
    lanes = computed(e, plan, numbers.__getitem__, {}, _alone(plan, known))
    factor = splat(e, "%factor")
    before = e.block
    e.lines += ["  br label %loop", "loop:", f"  %i = phi i64 [ 0, %{before} ], [ %next, %last ]"]
    e.block = "loop"

    def given(i: int) -> Lane:
        if i == 0:
            return _vector(e, "%p", "%i")
        if i == 1:
            return _vector(e, "%g", "%i") * factor
        return _vector(e, "%o", e.emit(f"add i64 %i, {(i - 2) * padded}", "i64").name)

    lanes = computed(e, plan, given, lanes)
    theta, *arrays = [lanes[o] for o in plan.outputs]
    _keep(e, "%p", "%i", theta)
    for k, array in enumerate(arrays):
        _keep(e, "%o", e.emit(f"add i64 %i, {k * padded}", "i64").name, array)
    e.lines += [
        "  br label %last",
        "last:",
        f"  %next = add i64 %i, {LANES}",
        f"  %more = icmp slt i64 %next, {padded}",
        "  br i1 %more, label %loop, label %end",
        "end:",
        "  ret void",
        "}",
    ]
    taken = "ptr %p, ptr %g, ptr %o, double %rate, double %count, double %factor"
    head = f"define internal void @update({taken}) noinline {{"
    return "\n".join([head, "entry:", *e.lines]), e


def _alone(plan: Plan, known: int) -> list[int]:
    """The rows that depend on a step's numbers alone: they are the same for all parameters."""
    alone: list[bool] = []
    for name, args, extra in plan.rows:
        alone.append(extra >= known if name == "input" else all(alone[a] for a in args))
    return [i for i, ok in enumerate(alone) if ok]
