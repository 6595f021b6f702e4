"""Steps over arrays as functions of LLVM's assembly: nests of loops, eight samples (or more) at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import FLOAT, TRUTH, Emitter, Lane
from symgrad.compiled.fields import ALIKE, DATA

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
