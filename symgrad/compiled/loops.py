"""Steps over arrays as loops of machine code."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from symgrad.compiled.calls import VECTOR
from symgrad.compiled.emit import FLOAT, Emitter, Lane
from symgrad.compiled.fields import Copied, Each, Field, Product, Reduced, Step, Unwritten, affine
from symgrad.compiled.lowering import Builder
from symgrad.compiled.nests import Shape, Strides, Writer
from symgrad.compiled.pieces import LEAVES, call, together
from symgrad.compiled.plan import FUNCTIONS, Plan, make
from symgrad.compiled.share import shared


def functions(builder: Builder, step: Step, name: str, shape: Shape) -> list[tuple[str, Writer]]:
    """The functions of a step by their names."""
    return WRITERS[type(step)](builder, step, name, shape)


def regular(given: Field) -> tuple[int, Strides]:
    """Where a field begins, and the steps along its axes."""
    found = affine(given.ids)
    assert found is not None, "the builder takes care of that"
    return found


def merged(shape: Sequence[int], fields: Sequence[Strides]) -> tuple[list[int], list[list[int]]]:
    """Loops over a shape with those joined that all fields run through evenly."""
    counts: list[int] = []
    steps: list[list[int]] = [[] for _ in fields]
    for axis, n in enumerate(shape):
        if counts and all(s[-1] == f[axis] * n for s, f in zip(steps, fields, strict=True)):
            counts[-1] *= n
            for s, f in zip(steps, fields, strict=True):
                s[-1] = f[axis]
        else:
            counts.append(n)
            for s, f in zip(steps, fields, strict=True):
                s.append(f[axis])
    return counts, steps


def rows_of(expressions: Sequence[object], inputs: Sequence[object]) -> Plan:
    """Scalar expressions as a plan that machine code computes alone."""
    plan = shared(make(expressions, inputs), strict=True)  # type: ignore[arg-type]  # nodes
    for row in plan.rows:
        if row.name == "numpy":
            raise Unwritten(f"machine code has no `{row.extra[0].name}`")
    return plan


def computed(
    e: Emitter,
    plan: Plan,
    given: Callable[[int], Lane],
    lanes: dict[int, Lane],
    rows: Sequence[int] | None = None,
) -> dict[int, Lane]:
    """The values of all rows (or some) beside those that are there already."""
    rows = [i for i in (range(len(plan.rows)) if rows is None else rows) if i not in lanes]
    calls = together(plan, [i for i in rows if plan.rows[i].name not in LEAVES])
    for i in rows:
        name, args, extra = plan.rows[i]
        if i in lanes:
            continue
        if name == "constant":
            lanes[i] = e.constant(extra[0])
        elif name == "truth":
            lanes[i] = e.truth(extra)
        elif name == "input":
            lanes[i] = given(extra)
        elif i in calls:
            names = tuple(plan.rows[r].name for r in calls[i])
            lanes.update(zip(calls[i], call(e, names, [lanes[a] for a in args]), strict=True))
        else:
            lanes[i] = FUNCTIONS[name](e, *[lanes[a] for a in args])
    return lanes


def _each(builder: Builder, step: Step, name: str, shape: Shape) -> list[tuple[str, Writer]]:
    assert isinstance(step, Each)
    writer = Writer(shape, step.many)
    owners = [o for o in step.values if o in builder.read or o in builder.sinks]
    if not owners:
        return []
    inputs = list(step.inputs.values())
    plan = rows_of([step.values[o] for o in owners], [v for _, v in inputs])
    places = [regular(f) for f, _ in inputs]
    own = tuple(math.prod(step.shape[i + 1 :]) for i in range(len(step.shape)))
    counts, steps = merged(step.shape, [own, *(p[1] for p in places)])
    for n in counts:
        writer.loop(n)
    found: list[list[Lane]] = []
    for v in range(writer.vectors):

        def given(i: int, v: int = v) -> Lane:
            field, _ = inputs[i]
            return writer.load(field.space, places[i][0], tuple(steps[i + 1]), v, field.kind)

        lanes = computed(writer.e, plan, given, {})
        found.append([lanes[o] for o in plan.outputs])
    for k, owner in enumerate(owners):
        values = [one[k] for one in found]
        _keep(builder, writer, owner, step.results[owner], tuple(steps[0]), values, step.many)
    for _ in counts:
        writer.close()
    return [(name, writer)]


def _keep(
    builder: Builder,
    writer: Writer,
    owner: int,
    out: Field,
    steps: Strides,
    lanes: Sequence[Lane],
    many: bool,
) -> None:
    """Store a result, or add it up, or both."""
    if owner in builder.read:
        for v, lane in enumerate(lanes):
            writer.store(out.space, int(out.ids.flat[0]), steps, v, lane)
    if owner in builder.sinks:
        writer.add(builder.sinks[owner], steps, lanes, many)


def _product(builder: Builder, step: Step, name: str, shape: Shape) -> list[tuple[str, Writer]]:
    assert isinstance(step, Product)
    a, b, out = step.a, step.b, step.out
    if out.ids.shape[-1] < out.ids.shape[-2]:  # a tile lies along the longer axis
        a, b = (x._replace(ids=x.ids.swapaxes(-1, -2)) for x in (b, a))
        out = out._replace(ids=out.ids.swapaxes(-1, -2))
    n = out.ids.shape[-1]
    most = max(1, shape.tile // (shape.vectors if step.many else 1))
    tile = next((t for t in range(min(most, n), 0, -1) if n % t == 0 and 2 * t > min(most, n)), min(most, n))
    made = [(name, _tiles(builder, Product(a, b, out, step.many), shape, 0, n // tile, tile))]
    if n % tile:
        made.append(
            (f"{name}.rest", _tiles(builder, Product(a, b, out, step.many), shape, n - n % tile, 1, n % tile))
        )
    return made


def _tiles(builder: Builder, step: Product, shape: Shape, start: int, count: int, tile: int) -> Writer:
    """`count` tiles of a product in each row, from column `start` on."""
    writer = Writer(shape, step.many)
    e, vectors = writer.e, writer.vectors
    a, b, out = step.a, step.b, step.out
    batch = out.ids.shape[:-2]
    (at_a, by_a), (at_b, by_b), (at_out, by_out) = (_stacked(x, batch) for x in (a, b, out))
    inner = a.ids.shape[-1]
    outer = [i for i in range(len(batch) + 1) if out.ids.shape[i] != 1]
    for i in outer:
        writer.loop(out.ids.shape[i])
    writer.loop(count)
    step_a = (*(by_a[i] for i in outer), 0)
    step_b = (*(by_b[i] if i < len(batch) else 0 for i in outer), by_b[-1] * tile)
    step_out = (*(by_out[i] for i in outer), by_out[-1] * tile)

    def products(k: tuple[int, ...]) -> list[list[Lane]]:
        extra_a, extra_b = ((by_a[-1],), (by_b[-2],)) if k else ((), ())
        left = [writer.load(a.space, at_a, step_a + extra_a, v) for v in range(vectors)]
        return [
            [
                left[v] * writer.load(b.space, at_b + (start + t) * by_b[-1], step_b + extra_b, v)
                for v in range(vectors)
            ]
            for t in range(tile)
        ]

    if inner == 1:
        sums = products(())
    else:
        writer.loop(inner)
        label, before = writer.inside
        totals = [[Lane(e, e.fresh(), FLOAT) for _ in range(vectors)] for _ in range(tile)]
        heads = len(e.lines)
        sums = [
            [total + one for total, one in zip(row, ones, strict=True)]
            for row, ones in zip(totals, products((0,)), strict=True)
        ]
        phis = [
            f"  {total.name} = phi {VECTOR} [ zeroinitializer, %{before} ], [ {new.name}, %{label}.end ]"
            for row, news in zip(totals, sums, strict=True)
            for total, new in zip(row, news, strict=True)
        ]
        e.lines[heads:heads] = phis
        writer.close()
    owner = out.owner
    for t, row in enumerate(sums):
        if owner in builder.read:
            for v, lane in enumerate(row):
                writer.store(out.space, at_out + (start + t) * by_out[-1], step_out, v, lane)
        if owner in builder.sinks:
            first = builder.sinks[owner] + (start + t) * by_out[-1]
            writer.add(first, step_out, row, step.many)
    for _ in range(len(outer) + 1):
        writer.close()
    return writer


def _stacked(given: Field, batch: tuple[int, ...]) -> tuple[int, Strides]:
    """A field with all axes of the stack; what is the same for all of the stack has steps of 0."""
    ids = np.broadcast_to(given.ids, (*batch, *given.ids.shape[-2:]))
    return regular(given._replace(ids=ids))


def _reduced(builder: Builder, step: Step, name: str, shape: Shape) -> list[tuple[str, Writer]]:
    assert isinstance(step, Reduced)
    writer = Writer(shape, step.many)
    e = writer.e
    first, along = regular(step.operand)
    _, own = regular(step.out)
    counts, (outer, kept) = merged(step.operand.ids.shape[:-1], [along[:-1], own])
    for n in counts:
        writer.loop(n)
    starts = [writer.load(step.operand.space, first, tuple(outer), v) for v in range(writer.vectors)]
    totals = [Lane(e, e.fresh(), FLOAT) for _ in starts]
    writer.loop(step.operand.ids.shape[-1] - 1)
    (label, before), heads = writer.inside, len(e.lines)
    news = [
        FUNCTIONS[step.name](
            e, total, writer.load(step.operand.space, first + along[-1], (*outer, along[-1]), v)
        )
        for v, total in enumerate(totals)
    ]
    e.lines[heads:heads] = [
        f"  {total.name} = phi {VECTOR} [ {start.name}, %{before} ], [ {new.name}, %{label}.end ]"
        for total, start, new in zip(totals, starts, news, strict=True)
    ]
    writer.close()
    _keep(builder, writer, step.out.owner, step.out, tuple(kept), news, step.many)
    for _ in counts:
        writer.close()
    return [(name, writer)]


def _copied(builder: Builder, step: Step, name: str, shape: Shape) -> list[tuple[str, Writer]]:
    assert isinstance(step, Copied)
    writer = Writer(shape, step.many)
    first = int(step.out.ids.flat[0])
    for v in range(writer.vectors):
        for i, source in enumerate(step.sources):
            value = writer.e.constant(0.0) if source is None else writer.load(*source, (), v)
            _keep_one(builder, writer, step, first, i, v, value)
    return [(name, writer)]


def _keep_one(
    builder: Builder, writer: Writer, step: Copied, first: int, i: int, v: int, value: Lane
) -> None:
    if step.out.owner in builder.read:
        writer.store(step.out.space, first + i, (), v, value)
    if step.out.owner in builder.sinks:
        writer.add(builder.sinks[step.out.owner] + i, (), [value], step.many)


WRITERS: dict[type, Callable[[Builder, Step, str, Shape], list[tuple[str, Writer]]]] = {
    Each: _each,
    Product: _product,
    Reduced: _reduced,
    Copied: _copied,
}
