"""The text of a kernel: a loop over blocks of eight points, its body in one function or, if it is long, in several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import FLOAT, INTEGER, TRUTH, Emitter, Lane
from symgrad.compiled.over_points import loop, mended
from symgrad.compiled.pieces import NARROW, REGISTERS, Calls, call, cut, pressure, size, together
from symgrad.compiled.plan import FUNCTIONS, Plan

INVERSES = ("inverse", "inverse times")
FOLLOWS = "unless nan"

BLOCK = 250
"""Instructions of one basic block of a long program: LLVM compares each load of a block with each store."""


class Text(NamedTuple):
    """A module, and what it needs besides.

    Attributes:
        body: LLVM's assembly.
        helpers: symbols that it calls, with the modules that define them.
    """

    body: str
    helpers: dict[str, str]


class Layout(NamedTuple):
    """What machine code finds in memory.

    Attributes:
        storage: what arrays hold, "double" or "float".
        numbers: whether inputs may be numbers, the same for all points: then each has a step, 0 or 1.
    """

    storage: str = "double"
    numbers: bool = False


CONTIGUOUS = Layout()


class Body:
    """Rows as instructions of one function."""

    def __init__(
        self, plan: Plan, kinds: Sequence[str], layout: Layout, called: Calls, lanes: int = LANES
    ) -> None:
        self.plan, self.kinds, self.called = plan, kinds, called
        self.storage, self.numbers = layout
        self.e = Emitter(lanes)
        self.lanes: dict[int, Lane] = {}
        self.most: list[Lane] = []

    def lane(self, row: int) -> Lane:
        """The value of a row that this function has, or can have at once."""
        found = self.lanes.get(row)
        if found is None:
            found = self.lanes[row] = self._leaf(row)
        return found

    def _leaf(self, row: int) -> Lane:
        name, _, extra = self.plan.rows[row]
        e = self.e
        if name == "constant":
            return e.constant(extra[0])
        if name == "truth":
            return e.truth(extra)
        if name != "input":
            raise KeyError(row)
        return self.load(extra)

    def load(self, i: int) -> Lane:
        """Eight values of an input."""
        e, kind = self.e, self.kinds[i]
        stored = "i8" if kind == "bool" else self.storage
        size = {"i8": 1, "float": 4, "double": 8}[stored]
        if self.numbers:
            e.lines.append(f"  %at{i} = mul i64 %i, %step{i}")
        at = f"%at{i}" if self.numbers else "%i"
        e.lines.append(f"  %from{i} = getelementptr {stored}, ptr %in{i}, i64 {at}")
        e.lines.append(f"  %raw{i} = load <{e.lanes} x {stored}>, ptr %from{i}, align {size}")
        raw = Lane(e, f"%raw{i}", FLOAT)
        if kind == "bool":
            return e.emit(f"icmp ne <{e.lanes} x i8> {raw.name}, zeroinitializer", TRUTH)
        if stored == "float":
            return e.emit(f"fpext <{e.lanes} x float> {raw.name} to {e.type(FLOAT)}", FLOAT)
        return raw

    def store(self, j: int, value: Lane) -> None:
        """Eight values of an output."""
        e = self.e
        name, stored = value.name, self.storage
        if value.kind == TRUTH:
            stored = "i8"
            name = e.emit(f"zext <{e.lanes} x i1> {value.name} to <{e.lanes} x i8>", "i8").name
        elif stored == "float":
            name = e.emit(f"fptrunc {e.type(FLOAT)} {value.name} to <{e.lanes} x float>", "float").name
        size = {"i8": 1, "float": 4, "double": 8}[stored]
        e.lines.append(f"  %to{j} = getelementptr {stored}, ptr %out{j}, i64 %i")
        e.lines.append(f"  store <{e.lanes} x {stored}> {name}, ptr %to{j}, align {size}")

    def compute(self, row: int) -> None:
        """Add the instructions of a row."""
        if row in self.lanes:
            return
        name, args, _ = self.plan.rows[row]
        given = [self.lane(a) for a in args]
        e = self.e
        if row in self.called:
            together = self.called[row]
            names = tuple(self.plan.rows[r].name for r in together)
            self.lanes.update(zip(together, call(e, names, given), strict=True))
            return
        if name == "inverse":
            lane = e.exactly("div", 1.0, given[0])
        elif name == "inverse times":
            lane = given[0] * given[1]
        elif name == FOLLOWS:
            bad = e.cast("sext", given[0].is_nan(), INTEGER)
            lane = e.from_bits(e.bits(given[1]) | bad)
        else:
            lane = FUNCTIONS[name](e, *given)
        self.lanes[row] = lane
        if name in INVERSES:
            self.most.append(e.abs(lane))

    def largest(self, before: Lane) -> Lane:
        """The largest shared reciprocal so far."""
        for one in self.most:
            before = self.e.where(one > before, one, before)
        return before


def pointers(inputs: Sequence[int], outputs: Sequence[int], count: int) -> list[str]:
    """Instructions that read where inputs and outputs are: pairs of address and step, then addresses."""
    lines = []
    for i in inputs:
        lines.append(f"  %ina{i} = getelementptr i64, ptr %args, i64 {2 * i}")
        lines.append(f"  %in{i} = load ptr, ptr %ina{i}")
        lines.append(f"  %stepa{i} = getelementptr i64, ptr %args, i64 {2 * i + 1}")
        lines.append(f"  %step{i} = load i64, ptr %stepa{i}")
    for j in outputs:
        lines.append(f"  %outa{j} = getelementptr i64, ptr %args, i64 {2 * count + j}")
        lines.append(f"  %out{j} = load ptr, ptr %outa{j}")
    return lines


def write(
    plan: Plan, kinds: Sequence[str], layout: Layout = CONTIGUOUS, inline: int = 0, narrow: bool = False
) -> Text:
    """The module of a plan without calls of NumPy.

    Args:
        plan: the steps.
        kinds: of the inputs, "real" or "bool".
        layout: of the arrays.
        inline: up to how many instructions the mathematical functions are written out.
        narrow: whether eight doubles take two registers or more, and registers are few.
    """
    written = size(plan) <= inline
    parts = cut(plan, written)
    called = [{} if written else together(plan, part) for part in parts]
    if len(parts) == 1:
        crowded = narrow and not called[0] and pressure(plan, parts[0]) > REGISTERS
        return _whole(plan, parts[0], kinds, layout, called[0], NARROW if crowded else LANES)
    bodies, functions, slots = _parts(plan, parts, kinds, layout, called)
    calls = [f"  call void @part{k}(ptr %args, ptr %scratch, i64 %i)" for k in range(len(parts))]
    scratch = [
        f"  %scratch = alloca [{slots + 1} x {VECTOR}], align 64",
        f"  store {VECTOR} zeroinitializer, ptr %scratch",
    ]
    calls.append(f"  %most.read = load {VECTOR}, ptr %scratch, align 64")
    return _text(bodies, [*functions, loop(scratch, calls, "loop", {"most": "%most.read"})])


def _text(bodies: Sequence[Body], functions: Sequence[str]) -> Text:
    """The module of some functions, with what they need."""
    helpers: dict[str, str] = {}
    declared: dict[str, None] = {}
    for body in bodies:
        helpers.update(body.e.helpers)
        declared.update(body.e.declared)
    return Text("\n".join([*declared, *functions]), helpers)


def _whole(
    plan: Plan, part: list[int], kinds: Sequence[str], layout: Layout, called: Calls, lanes: int
) -> Text:
    """The module of a plan that is one function; what is nan because the first result is gets that afterwards."""
    body = Body(plan, kinds, layout, called, lanes)
    e = body.e
    e.block = "loop"
    first = plan.outputs[0] if plan.outputs else None
    rows = enumerate(plan.outputs)
    # In a stage of a kernel the value may be an input: then nans follow at once.
    followed = {j: r for j, r in rows if plan.rows[r].name == FOLLOWS and plan.rows[r].args[0] == first}
    later = set(followed.values())
    for row in part:
        if row not in later:
            body.compute(row)
    for j, row in enumerate(plan.outputs):
        body.store(j, body.lane(plan.rows[row].args[1] if j in followed else row))
    carried = {"most": body.largest(Lane(e, "%most", FLOAT)).name}
    if followed:
        carried["nans"] = e.exactly("add", Lane(e, "%nans", FLOAT), body.lane(plan.outputs[0])).name
    head = pointers(range(len(plan.inputs)), range(len(plan.outputs)), len(plan.inputs))
    stored = (layout.storage, lanes, list(followed))
    return _text([body], [loop(head, e.lines, e.block, carried, lanes, mended(*stored) if followed else [])])


# Long programs


def _parts(
    plan: Plan, parts: list[list[int]], kinds: Sequence[str], layout: Layout, called: Sequence[Calls]
) -> tuple[list[Body], list[str], int]:
    """The functions of the parts, and how many values they pass on at most."""
    part_of = {row: k for k, part in enumerate(parts) for row in part}
    last = dict(part_of)
    for row, k in part_of.items():
        for a in plan.rows[row].args:
            if a in part_of:
                last[a] = max(last[a], k)
    outputs: dict[int, list[int]] = {}
    for j, row in enumerate(plan.outputs):
        outputs.setdefault(part_of.get(row, 0), []).append(j)
    place: dict[int, int] = {}
    free: list[int] = []
    ends: dict[int, list[int]] = {}
    slots = 0
    bodies: list[Body] = []
    functions: list[str] = []
    for k, part in enumerate(parts):
        body = Body(plan, kinds, layout, called[k])
        e, begun = body.e, 0
        for row in part:
            if len(e.lines) - begun > BLOCK:
                begun = len(e.lines)
                e.begin_block()
            for a in plan.rows[row].args:
                if a not in body.lanes and a in part_of and part_of[a] != k:
                    body.lanes[a] = _fetch(e, place[a], bodies[part_of[a]].lanes[a].kind)
            body.compute(row)
        free += ends.pop(k, [])
        for row in part:
            if last[row] > k:
                if not free:
                    slots += 1
                    free.append(slots)
                place[row] = free.pop()
                ends.setdefault(last[row], []).append(place[row])
                _keep(e, place[row], body.lanes[row])
        for j in outputs.get(k, ()):
            body.store(j, body.lane(plan.outputs[j]))
        if body.most:
            old = e.emit(f"load {VECTOR}, ptr %scratch, align 64", FLOAT)
            e.lines.append(f"  store {VECTOR} {body.largest(old).name}, ptr %scratch, align 64")
        used = sorted(plan.rows[r].extra for r in body.lanes if plan.rows[r].name == "input")
        head = pointers(used, outputs.get(k, ()), len(plan.inputs))
        functions.append(
            "\n".join(
                [
                    f"define internal void @part{k}(ptr %args, ptr %scratch, i64 %i) noinline {{",
                    "entry:",
                    *head,
                    *e.lines,
                    "  ret void",
                    "}",
                ]
            )
        )
        bodies.append(body)
    return bodies, functions, slots


def _fetch(e: Emitter, slot: int, kind: str) -> Lane:
    """A value that an earlier function kept."""
    place = e.emit(f"getelementptr {VECTOR}, ptr %scratch, i64 {slot}", "ptr")
    found = e.emit(f"load {VECTOR}, ptr {place.name}, align 64 ; {kind} {len(e.lines)}", FLOAT)
    return found if kind == FLOAT else found.differs(0.0)


def _keep(e: Emitter, slot: int, value: Lane) -> None:
    """Keep a value for later functions."""
    if value.kind == TRUTH:
        value = e.where(value, e.constant(1.0), 0.0)
    place = e.emit(f"getelementptr {VECTOR}, ptr %scratch, i64 {slot}", "ptr")
    e.lines.append(f"  store {VECTOR} {value.name}, ptr {place.name}, align 64")
