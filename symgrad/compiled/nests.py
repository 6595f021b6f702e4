"""Steps over arrays as functions of LLVM's assembly: nests of loops, eight samples (or more) at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import FLOAT, TRUTH, Emitter, Lane
from symgrad.compiled.fields import (
    ALIKE,
    DATA,
    Builder,
    Copied,
    Each,
    Field,
    Product,
    Reduced,
    Step,
    Unwritten,
    affine,
)
from symgrad.compiled.pieces import LEAVES, call, together
from symgrad.compiled.plan import FUNCTIONS, Plan, make
from symgrad.compiled.share import shared

SPACES = ("%p", "%u", "%d", "%s")
HEAD = "(ptr %p, ptr %u, ptr %d, ptr %s, ptr %a)"
"""Parameters, what is alike for all samples, a block's data, what is computed of it, the sums over samples."""

Strides = tuple[int, ...]


class Shape(NamedTuple):
    """How blocks are cut.

    Attributes:
        vectors: of eight samples, side by side.
        tile: elements of a product of matrices that are summed at once.
    """

    vectors: int
    tile: int


class Writer:
    """A function under construction: loops around a body, and where the arrays are.

    Attributes:
        e: writes the body.
        index: the loops' counters.
    """

    def __init__(self, shape: Shape, many: bool) -> None:
        self.e = Emitter(LANES)
        self.vectors = shape.vectors if many else 1
        self.index: list[str] = []
        self._open: list[tuple[str, str, int, str]] = []
        self._loaded: dict[tuple[int, str], Lane] = {}

    def loop(self, count: int) -> None:
        """Open a loop."""
        e = self.e
        label, i, before = e.fresh()[1:], e.fresh(), e.block
        e.lines += [
            f"  br label %{label}",
            f"{label}:",
            f"  {i} = phi i64 [ 0, %{before} ], [ {i}.next, %{label}.end ]",
        ]
        e.block = label
        self.index.append(i)
        self._open.append((label, i, count, before))
        self._loaded.clear()

    @property
    def inside(self) -> tuple[str, str]:
        """The block where the innermost loop begins, and the one before it."""
        label, _, _, before = self._open[-1]
        return label, before

    def close(self) -> None:
        """Close the innermost loop."""
        e = self.e
        label, i, count, _ = self._open.pop()
        self.index.pop()
        e.lines += [
            f"  br label %{label}.end",
            f"{label}.end:",
            f"  {i}.next = add i64 {i}, 1",
            f"  {i}.more = icmp slt i64 {i}.next, {count}",
            f"  br i1 {i}.more, label %{label}, label %{label}.out",
            f"{label}.out:",
        ]
        e.block = f"{label}.out"
        self._loaded.clear()

    def place(self, first: int, steps: Strides, times: int = 1) -> str:
        """`times` times the place of an element at the loops' counters."""
        e = self.e
        total = str(first * times)
        for i, step in zip(self.index, steps, strict=True):
            if step:
                scaled = e.emit(f"mul i64 {i}, {step * times}", "i64").name if step * times != 1 else i
                total = e.emit(f"add i64 {total}, {scaled}", "i64").name if total != "0" else scaled
        return total

    def pointer(self, space: int, first: int, steps: Strides, v: int) -> str:
        """The address of an element."""
        e = self.e
        if space >= DATA:
            at = (
                self.place(first * self.vectors + v, steps, 1)
                if self.vectors == 1
                else self._spread(first, steps, v)
            )
            return e.emit(f"getelementptr {VECTOR}, ptr {SPACES[space]}, i64 {at}", "ptr").name
        return e.emit(
            f"getelementptr double, ptr {SPACES[space]}, i64 {self.place(first, steps)}", "ptr"
        ).name

    def _spread(self, first: int, steps: Strides, v: int) -> str:
        at = self.place(first, steps, self.vectors)
        return self.e.emit(f"add i64 {at}, {v}", "i64").name if v else at

    def load(self, space: int, first: int, steps: Strides, v: int, kind: str = "real") -> Lane:
        """Eight samples of an element, or what is the same for all of them."""
        e = self.e
        if space < DATA:
            v = 0
        pointer = self.pointer(space, first, steps, v)
        found = self._loaded.get((v, pointer))
        if found is None:
            found = Lane(e, e.fresh(), FLOAT)
            if space >= DATA:
                e.lines.append(f"  {found.name} = load {VECTOR}, ptr {pointer}, align 64")
            else:
                one = e.fresh()
                e.lines.append(f"  {one} = load double, ptr {pointer}, align 8")
                found = splat(e, one)
            self._loaded[v, pointer] = found
        return found if kind == "real" else found.differs(0.0)

    def store(self, space: int, first: int, steps: Strides, v: int, value: Lane) -> None:
        """Keep eight samples of an element, or what is the same for all of them."""
        e = self.e
        if value.kind == TRUTH:
            value = e.where(value, e.constant(1.0), 0.0)
        pointer = self.pointer(space, first, steps, v)
        if space >= DATA:
            e.lines.append(f"  store {VECTOR} {value.name}, ptr {pointer}, align 64")
        else:
            one = e.fresh()
            e.lines.append(f"  {one} = extractelement {VECTOR} {value.name}, i64 0")
            e.lines.append(f"  store double {one}, ptr {pointer}, align 8")

    def add(self, first: int, steps: Strides, values: Sequence[Lane], many: bool) -> None:
        """Let values go into a sum over samples; what is computed once is kept."""
        if not many:
            self.store(ALIKE, first, steps, 0, values[0])
            return
        e = self.e
        pointer = e.emit(f"getelementptr {VECTOR}, ptr %a, i64 {self.place(first, steps)}", "ptr").name
        total = values[0]
        for value in values[1:]:
            total = total + value
        old = Lane(e, e.fresh(), FLOAT)
        e.lines.append(f"  {old.name} = load {VECTOR}, ptr {pointer}, align 64")
        e.lines.append(f"  store {VECTOR} {(old + total).name}, ptr {pointer}, align 64")

    def text(self, name: str) -> str:
        """The whole function."""
        return "\n".join(
            [f"define internal void @{name}{HEAD} noinline {{", "entry:", *self.e.lines, "  ret void", "}"]
        )


def splat(e: Emitter, one: str) -> Lane:
    """A number in all lanes."""
    first = e.fresh()
    e.lines.append(f"  {first} = insertelement {VECTOR} poison, double {one}, i64 0")
    return e.emit(f"shufflevector {VECTOR} {first}, {VECTOR} poison, <{LANES} x i32> zeroinitializer", FLOAT)


# Steps


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
    import numpy as np

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
