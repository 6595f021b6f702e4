"""The text of a kernel: a loop over blocks of eight points, its body in one function or, if it is long, in several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import FLOAT, INTEGER, TRUTH, Emitter, Lane
from symgrad.compiled.pieces import Calls, call, cut, size, together
from symgrad.compiled.plan import FUNCTIONS, Plan

LIMIT = 2.0**1022
"""A shared reciprocal beyond this has lost digits, or is infinite where a quotient may be finite."""

INVERSES = ("inverse", "inverse times")


class Text(NamedTuple):
    """A module, and what it needs besides.

    Attributes:
        body: LLVM's assembly.
        helpers: symbols that it calls, with the modules that define them.
    """

    body: str
    helpers: dict[str, str]


class Body:
    """Rows as instructions of one function."""

    def __init__(self, plan: Plan, kinds: Sequence[str], storage: str, called: Calls) -> None:
        self.plan, self.kinds, self.storage, self.called = plan, kinds, storage, called
        self.e = Emitter(LANES)
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
        e.lines.append(f"  %at{i} = mul i64 %i, %step{i}")
        e.lines.append(f"  %from{i} = getelementptr {stored}, ptr %in{i}, i64 %at{i}")
        e.lines.append(f"  %raw{i} = load <{LANES} x {stored}>, ptr %from{i}, align {size}")
        raw = Lane(e, f"%raw{i}", FLOAT)
        if kind == "bool":
            return e.emit(f"icmp ne <{LANES} x i8> {raw.name}, zeroinitializer", TRUTH)
        if stored == "float":
            return e.emit(f"fpext <{LANES} x float> {raw.name} to {VECTOR}", FLOAT)
        return raw

    def store(self, j: int, value: Lane) -> None:
        """Eight values of an output."""
        e = self.e
        name, stored = value.name, self.storage
        if value.kind == TRUTH:
            stored = "i8"
            name = e.emit(f"zext <{LANES} x i1> {value.name} to <{LANES} x i8>", "i8").name
        elif stored == "float":
            name = e.emit(f"fptrunc {VECTOR} {value.name} to <{LANES} x float>", "float").name
        size = {"i8": 1, "float": 4, "double": 8}[stored]
        e.lines.append(f"  %to{j} = getelementptr {stored}, ptr %out{j}, i64 %i")
        e.lines.append(f"  store <{LANES} x {stored}> {name}, ptr %to{j}, align {size}")

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
        elif name == "unless nan":
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


def write(plan: Plan, kinds: Sequence[str], storage: str = "double", inline: int = 0) -> Text:
    """The module of a plan without calls of NumPy.

    Args:
        plan: the steps.
        kinds: of the inputs, "real" or "bool".
        storage: what arrays hold, "double" or "float".
        inline: up to how many instructions the mathematical functions are written out.
    """
    written = size(plan) <= inline
    parts = cut(plan, written)
    single = len(parts) == 1
    called = [{} if written else together(plan, part) for part in parts]
    helpers: dict[str, str] = {}
    declared: dict[str, None] = {}
    functions: list[str] = []
    if single:
        body = Body(plan, kinds, storage, called[0])
        body.e.block = "loop"
        for row in parts[0]:
            body.compute(row)
        for j, row in enumerate(plan.outputs):
            body.store(j, body.lane(row))
        most = body.largest(Lane(body.e, "%most", FLOAT)).name
        lines, last_block, bodies = body.e.lines, body.e.block, [body]
        scratch: list[str] = []
    else:
        bodies, functions, slots = _parts(plan, parts, kinds, storage, called)
        lines = [f"  call void @part{k}(ptr %args, ptr %scratch, i64 %i)" for k in range(len(parts))]
        scratch = [
            f"  %scratch = alloca [{slots + 1} x {VECTOR}], align 64",
            f"  store {VECTOR} zeroinitializer, ptr %scratch",
        ]
        lines.append(f"  %most.read = load {VECTOR}, ptr %scratch, align 64")
        last_block, most = "loop", "%most.read"
    for body in bodies:
        helpers.update(body.e.helpers)
        declared.update(body.e.declared)
    every = range(len(plan.inputs))
    head = pointers(every, range(len(plan.outputs)), len(plan.inputs)) if single else scratch
    functions.append(_loop(head, lines, last_block, most))
    return Text("\n".join([*declared, *functions]), helpers)


def _loop(head: list[str], lines: list[str], block: str, most: str) -> str:
    """The function that goes through the points in steps of eight; the last block may overlap the one before."""
    return "\n".join(
        [
            "define i64 @kernel(ptr %args, i64 %start, i64 %stop) {",
            "entry:",
            *head,
            f"  %last = sub i64 %stop, {LANES}",
            "  br label %loop",
            "loop:",
            f"  %i = phi i64 [ %start, %entry ], [ %next, %{block} ]",
            f"  %most = phi {VECTOR} [ zeroinitializer, %entry ], [ {most}, %{block} ]",
            *lines,
            f"  %up = add i64 %i, {LANES}",
            "  %over = icmp sgt i64 %up, %last",
            "  %next = select i1 %over, i64 %last, i64 %up",
            "  %more = icmp slt i64 %i, %last",
            "  br i1 %more, label %loop, label %end",
            "end:",
            f"  %large = fcmp ogt {VECTOR} {most}, splat (double {Emitter.scalar(LIMIT)})",
            f"  %large.bits = bitcast <{LANES} x i1> %large to i{LANES}",
            f"  %result = zext i{LANES} %large.bits to i64",
            "  ret i64 %result",
            "}",
        ]
    )


# Long programs


def _parts(
    plan: Plan, parts: list[list[int]], kinds: Sequence[str], storage: str, called: Sequence[Calls]
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
        body = Body(plan, kinds, storage, called[k])
        e = body.e
        for row in part:
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
