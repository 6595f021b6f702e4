"""LLVM's assembly, written lane by lane: numbers with operators whose every use adds an instruction.

All values of a function have the same number of lanes, eight or one. Text is written directly, because building
objects first takes longer than everything else that a small kernel needs; equal instructions are written once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from symgrad.compiled.lane import FAST, FLOAT, INTEGER, TRUTH, Lane
from symgrad.compiled.slow import lane_by_lane


class Emitter:
    """One function under construction.

    Attributes:
        lanes: 8 or 1.
        lines: the instructions so far.
        declared: what the module has to declare or define besides, each once.
        helpers: symbols that it calls, with the modules that define them, for `helpers.provide`.
    """

    def __init__(self, lanes: int = 8) -> None:
        self.lanes = lanes
        self.lines: list[str] = []
        self.declared: dict[str, None] = {}
        self.helpers: dict[str, str] = {}
        self.block = "entry"
        self._count = 0
        self._made: dict[tuple[str, ...], Lane] = {}
        self._unsigned: dict[str, Lane] = {}  # the number that another is the negative of

    # Types and constants

    def type(self, kind: str) -> str:
        """The type of a value of all lanes."""
        return kind if self.lanes == 1 else f"<{self.lanes} x {kind}>"

    def constant(self, x: float) -> Lane:
        """A double, the same in all lanes."""
        bits = f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"
        return Lane(self, bits if self.lanes == 1 else f"splat (double {bits})", FLOAT)

    def integer(self, n: int) -> Lane:
        """An integer, the same in all lanes; beyond 63 bits as its two's complement."""
        n = (n + (1 << 63)) % (1 << 64) - (1 << 63)
        return Lane(self, str(n) if self.lanes == 1 else f"splat (i64 {n})", INTEGER)

    def truth(self, value: bool) -> Lane:
        """A truth, the same in all lanes."""
        word = "true" if value else "false"
        return Lane(self, word if self.lanes == 1 else f"splat (i1 {word})", TRUTH)

    def like(self, one: Lane, value: Any) -> Lane:
        """A constant of the kind of another value."""
        if one.kind == FLOAT:
            return self.constant(float(value))
        return self.integer(int(value)) if one.kind == INTEGER else self.truth(bool(value))

    def number(self, x: Any) -> Lane:
        """A double from a Python number; lanes stay as they are."""
        return x if isinstance(x, Lane) else self.constant(float(x))

    def known(self, x: Lane) -> float | None:
        """The number that a lane is in all cases, if it is a constant."""
        word = x.name.removeprefix("splat (double ").removesuffix(")")
        if x.kind != FLOAT or not word.startswith("0x"):
            return None
        return float(struct.unpack("<d", int(word, 16).to_bytes(8, "little"))[0])

    # Instructions

    def fresh(self) -> str:
        """A name for a value or block that is not in use."""
        self._count += 1
        return f"%v{self._count}"

    def begin_block(self) -> None:
        """What follows is another basic block."""
        label = self.fresh()
        self.lines += [f"  br label {label}", f"{label[1:]}:"]
        self.block = label[1:]

    def emit(self, instruction: str, kind: str) -> Lane:
        """Add an instruction, or find the equal one that is there already."""
        key = (instruction,)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Lane(self, self.fresh(), kind)
            self.lines.append(f"  {found.name} = {instruction}")
        return found

    def binary(self, op: str, a: Lane, b: Lane, kind: str | None = None) -> Lane:
        """An instruction on two values of one kind."""
        return self.emit(f"{op} {self.type(a.kind)} {a.name}, {b.name}", kind or a.kind)

    def unary(self, op: str, a: Lane) -> Lane:
        """An instruction on one value."""
        return self.emit(f"{op} {self.type(a.kind)} {a.name}", a.kind)

    def negative(self, x: Lane) -> Lane:
        """-x; of -x it is x."""
        if x.name in self._unsigned:
            return self._unsigned[x.name]
        y = self.unary("fneg", x)
        self._unsigned[y.name] = x
        return y

    def cast(self, op: str, a: Lane, kind: str) -> Lane:
        """The same bits or number as another kind."""
        return self.emit(f"{op} {self.type(a.kind)} {a.name} to {self.type(kind)}", kind)

    def call(self, name: str, *args: Lane, kind: str = FLOAT) -> Lane:
        """One of LLVM's own functions (`llvm.fma`), on all lanes."""
        suffix = {FLOAT: "f64", INTEGER: "i64", TRUTH: "i1"}[args[0].kind]
        full = f"@{name}.{suffix}" if self.lanes == 1 else f"@{name}.v{self.lanes}{suffix}"
        types = ", ".join(self.type(a.kind) for a in args)
        self.declared[f"declare {self.type(kind)} {full}({types})"] = None
        given = ", ".join(f"{self.type(a.kind)} {a.name}" for a in args)
        return self.emit(f"call {self.type(kind)} {full}({given})", kind)

    # What formulas are made of

    def fma(self, a: Any, b: Any, c: Any) -> Lane:
        """a*b + c, rounded once."""
        return self.call("llvm.fma", self.number(a), self.number(b), self.number(c))

    def sqrt(self, x: Lane) -> Lane:
        """The square root, correctly rounded."""
        return self.call("llvm.sqrt", x)

    def floor(self, x: Lane) -> Lane:
        """The integer below."""
        return self.call("llvm.floor", x)

    def ceil(self, x: Lane) -> Lane:
        """The integer above."""
        return self.call("llvm.ceil", x)

    def trunc(self, x: Lane) -> Lane:
        """The integer towards zero."""
        return self.call("llvm.trunc", x)

    def rint(self, x: Lane) -> Lane:
        """The nearest integer, halves to even."""
        return self.call("llvm.rint", x)

    def abs(self, x: Lane) -> Lane:
        """The size; of x and -x it is the same value."""
        return self.call("llvm.fabs", self._unsigned.get(x.name, x))

    def copysign(self, size: Lane, sign: Lane) -> Lane:
        """The size of one number with the sign of another."""
        return self.call("llvm.copysign", size, sign)

    def where(self, condition: Lane, a: Any, b: Any) -> Lane:
        """One of two numbers, lane by lane."""
        kind = a.kind if isinstance(a, Lane) else b.kind if isinstance(b, Lane) else FLOAT
        model = Lane(self, "", kind)
        a, b = (x if isinstance(x, Lane) else self.like(model, x) for x in (a, b))
        of, to = self.type(TRUTH), self.type(kind)
        return self.emit(f"select {of} {condition.name}, {to} {a.name}, {to} {b.name}", kind)

    def bits(self, x: Lane) -> Lane:
        """The 64 bits of a double."""
        return self.cast("bitcast", x, INTEGER)

    def from_bits(self, n: Lane) -> Lane:
        """The double that 64 bits mean."""
        return self.cast("bitcast", n, FLOAT)

    def to_integer(self, x: Lane) -> Lane:
        """A double that is an integer of at most 51 bits, as one: by adding 1.5*2^52, which every processor can."""
        shifted = self.emit(f"fadd {self.type(FLOAT)} {x.name}, {self.constant(SHIFT).name}", FLOAT)
        return self.bits(shifted) - self.integer(SHIFT_BITS)

    def to_float(self, n: Lane) -> Lane:
        """An integer of at most 51 bits as a double."""
        moved = self.from_bits(n + self.integer(SHIFT_BITS))
        return self.emit(f"fsub {self.type(FLOAT)} {moved.name}, {self.constant(SHIFT).name}", FLOAT)

    def exactly(self, op: str, a: Any, b: Any) -> Lane:
        """`add`, `sub`, `mul` or `div` that nothing may be merged with: for the tails of double-double arithmetic."""
        return self.binary(f"f{op}", self.number(a), self.number(b))

    def polynomial(self, x: Lane, coefficients: Sequence[float], ways: int = 0) -> Lane:
        """c[0] + c[1]*x + ... by Horner's rule, each step rounded once; a long one as several that run side by side."""
        ways = ways or (1 if len(coefficients) < 7 else 2 if len(coefficients) < 15 else 4)
        if ways > 1:
            square = x * x
            even, odd = (self.polynomial(square, coefficients[i::2], ways // 2) for i in (0, 1))
            return self.fma(odd, x, even)
        total = self.constant(coefficients[-1])
        for c in coefficients[-2::-1]:
            total = self.fma(total, x, c)
        return total

    def table(self, name: str, values: Sequence[float], index: Lane) -> Lane:
        """An element of a constant table for each lane."""
        body = ", ".join(f"double {self.scalar(v)}" for v in values)
        self.declared[f"@{name} = private unnamed_addr constant [{len(values)} x double] [{body}]"] = None
        if self.lanes == 1:
            place = self.emit(f"getelementptr double, ptr @{name}, i64 {index.name}", "ptr")
            return self.emit(f"load double, ptr {place.name}", FLOAT)
        n = self.lanes
        places = self.emit(f"getelementptr double, ptr @{name}, <{n} x i64> {index.name}", "ptr")
        gather = f"@llvm.masked.gather.v{n}f64.v{n}p0"
        self.declared[f"declare <{n} x double> {gather}(<{n} x ptr>, i32, <{n} x i1>, <{n} x double>)"] = None
        return self.emit(
            f"call <{n} x double> {gather}(<{n} x ptr> {places.name}, i32 8, <{n} x i1> splat (i1 true), "
            f"<{n} x double> poison)",
            FLOAT,
        )

    @staticmethod
    def scalar(x: float) -> str:
        """A double as LLVM writes it."""
        return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"

    def rarely(self, mask: Lane, quick: Lane, name: str, *args: Lane) -> Lane:
        """`quick`, but where `mask` holds the C function `name` of these arguments, called one lane at a time.

        For arguments so rare that a branch over all lanes costs less than computing both: huge angles, poles.
        """
        n, vector = self.lanes, self.type(FLOAT)
        doubles = ", ".join(["double"] * len(args))
        self.declared[f"declare double @{name}({doubles})"] = None
        rare, after = self.fresh()[1:], self.fresh()[1:]
        given = "".join(f", {vector} {a.name}" for a in args)
        if n == 1:
            some, call = mask.name, f"call double @{name}({given[2:]})"
        else:
            bits = self.emit(f"bitcast <{n} x i1> {mask.name} to i{n}", f"i{n}")
            some = self.emit(f"icmp ne i{n} {bits.name}, 0", "flag").name
            slow, text = lane_by_lane(len(args), n)
            self.helpers[slow] = text
            self.declared[
                f"declare {vector} @{slow}(ptr, i{n}, {', '.join([vector] * (len(args) + 1))}) cold"
            ] = None
            call = f"call {vector} @{slow}(ptr @{name}, i{n} {bits.name}, {vector} {quick.name}{given})"
        before = self.block
        result = self.fresh()
        self.lines += [
            f"  br i1 {some}, label %{rare}, label %{after}, !prof !0",
            f"{rare}:",
            f"  {result} = {call}",
            f"  br label %{after}",
            f"{after}:",
        ]
        self.declared['!0 = !{!"branch_weights", i32 1, i32 2000}'] = None
        self.block = after
        merged = Lane(self, self.fresh(), FLOAT)
        self.lines.append(
            f"  {merged.name} = phi {vector} [ {quick.name}, %{before} ], [ {result}, %{rare} ]"
        )
        return merged


SHIFT = 1.5 * 2.0**52
SHIFT_BITS = struct.unpack("<q", struct.pack("<d", SHIFT))[0]

Function = Callable[..., Lane]
"""A function of the vector mathematics: (emitter, arguments) -> value."""

__all__ = ["FAST", "FLOAT", "INTEGER", "SHIFT", "SHIFT_BITS", "TRUTH", "Emitter", "Function", "Lane"]
