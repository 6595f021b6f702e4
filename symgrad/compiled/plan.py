"""What a kernel computes, step by step: the linear form after algebra that costs no accuracy worth naming.

Rows are made once each. Signs move to where they are free, small integer powers become products, and quotients by one
divisor share one reciprocal: a vector division takes as long as sixteen products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from symgrad.compiled.bodies import body_serves
from symgrad.compiled.math import FUSED, MATH
from symgrad.compiled.math_power import root_power
from symgrad.compiled.powers import MOST_FACTORS, ROOT, power, power_log, power_nth, power_slope
from symgrad.compiled.simple import SIMPLE
from symgrad.graph import CONST, VAR, Node, Program, expand
from symgrad.ops.op import Op

OBJECTS = 20
"""Python's objects that are made for each row, about."""

TIMES, OVER, MINUS = "mul", "div", "neg"
"""The rows that algebra looks at."""


class Row(NamedTuple):
    """A step: what is done to which rows; a constant or an input has neither operands nor a function."""

    name: str
    args: tuple[int, ...]
    extra: Any = None


class Plan:
    """Rows, operands before what is made of them.

    Attributes:
        rows: the steps.
        outputs: the rows of the results.
        inputs: what the inputs stand for.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.outputs: list[int] = []
        self.inputs: list[Any] = []
        self._made: dict[Row, int] = {}

    def row(self, name: str, *args: int, extra: Any = None) -> int:
        """The number of a row, a new one if it is not there."""
        row = Row(name, args, extra)
        found = self._made.get(row)
        if found is None:
            found = self._made[row] = len(self.rows)
            self.rows.append(row)
        return found

    # What rows are

    def number(self, x: float) -> int:
        """A constant."""
        return self.row("constant", extra=(x, math.copysign(1.0, x)))

    def value(self, row: int) -> float | None:
        """The number that a row is, if it is a constant."""
        name, _, extra = self.rows[row]
        return extra[0] if name == "constant" else None

    def opposite(self, row: int) -> int | None:
        """The row that this one is the negative of."""
        name, args, _ = self.rows[row]
        return args[0] if name == MINUS else None

    # Arithmetic with its small simplifications; those of constant factors cost or save half an ulp

    def neg(self, a: int) -> int:
        """-a."""
        known, inner = self.value(a), self.opposite(a)
        if known is not None:
            return self.number(-known)
        return self.row("neg", a) if inner is None else inner

    def add(self, a: int, b: int) -> int:
        """a + b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.number(x + y)
        minus_a, minus_b = self.opposite(a), self.opposite(b)
        if minus_b is not None:
            return self.sub(a, minus_b)
        if minus_a is not None:
            return self.sub(b, minus_a)
        return self.row("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.number(x - y)
        minus_b = self.opposite(b)
        return self.row("sub", a, b) if minus_b is None else self.add(a, minus_b)

    def mul(self, a: int, b: int) -> int:
        """a*b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.number(x * y)
        if y is not None:
            a, b, x, y = b, a, y, x
        if x is not None and abs(x) == 1:
            return b if x == 1 else self.neg(b)
        minus_a, minus_b = self.opposite(a), self.opposite(b)
        if minus_a is not None or minus_b is not None:
            product = self.mul(a if minus_a is None else minus_a, b if minus_b is None else minus_b)
            return product if minus_a is not None and minus_b is not None else self.neg(product)
        if x is not None and (inner := self.scaled(b)) is not None:
            factor, rest = inner
            if mild(x) and mild(factor):
                return self.mul(self.number(x * factor), rest)
        one, two = self.scaled(a), self.scaled(b)
        if a != b and one is not None and two is not None and mild(one[0]) and mild(two[0]):
            return self.mul(self.number(one[0] * two[0]), self.mul(one[1], two[1]))
        return self.row("mul", a, b)

    def scaled(self, row: int) -> tuple[float, int] | None:
        """(c, u) of a row c*u."""
        name, args, _ = self.rows[row]
        if name == TIMES and (c := self.value(args[0])) is not None:
            return c, args[1]
        return None

    def div(self, a: int, b: int) -> int:
        """a/b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None and y != 0:
            return self.number(x / y)
        if y is not None and mild(y):
            return self.mul(self.number(1 / y), a)
        minus_a, minus_b = self.opposite(a), self.opposite(b)
        if minus_a is not None or minus_b is not None:
            quotient = self.div(a if minus_a is None else minus_a, b if minus_b is None else minus_b)
            return quotient if minus_a is not None and minus_b is not None else self.neg(quotient)
        return self.row("div", a, b)

    def square(self, a: int) -> int:
        """a*a."""
        inner = self.opposite(a)
        return self.mul(a, a) if inner is None else self.mul(inner, inner)

    def root(self, a: int) -> int:
        """sqrt(a), without a sign at zero."""
        return self.add(self.row("sqrt", a), self.number(0.0))

    def whole_power(self, a: int, n: int) -> int:
        """a^n by products that powers of one base share."""
        if n == 1:
            return a
        if n % 2:
            return self.mul(self.whole_power(a, n - 1), a)
        return self.square(self.whole_power(a, n // 2))

    def power(self, a: int, b: int) -> int | None:
        """a^b of a known small integer b; else None."""
        n = self.value(b)
        if n is None or not 0 < abs(n) <= MOST_FACTORS or not n.is_integer():
            return None
        product = self.whole_power(a, int(abs(n)))
        return product if n > 0 else self.div(self.number(1.0), product)


def mild(x: float) -> bool:
    """Whether a number and its reciprocal are far from overflow and underflow."""
    return 2.0**-500 < abs(x) < 2.0**500


FORMS: dict[str, Callable[..., int]] = {
    "add": lambda plan, a, b: plan.add(a, b),
    "sub": lambda plan, a, b: plan.sub(a, b),
    "mul": lambda plan, a, b: plan.mul(a, b),
    "div": lambda plan, a, b: plan.div(a, b),
    "neg": lambda plan, a: plan.neg(a),
    "square": lambda plan, a: plan.square(a),
    "reciprocal": lambda plan, a: plan.div(plan.number(1.0), a),
    "pow": power,
    "power_slope": power_slope,
    "power_nth": power_nth,
    "power_log": power_log,
}
"""Ops that are more than one function of their operands: name -> (plan, operands' rows, attributes) -> row."""

NATIVE: dict[str, Callable[..., Any]] = {**SIMPLE, **MATH, ROOT: root_power}
"""Ops that machine code computes."""


def lacking(op: Op) -> bool:
    """Whether machine code knows an op by its body alone, and is as right with it."""
    known = op.name in FORMS or op.name in NATIVE
    return not known and op.expand is not None and body_serves(op)


def make(roots: Sequence[Node], inputs: Sequence[Node]) -> Plan:
    """The steps from the inputs to the roots, which are scalars."""
    program = Program(expand(roots, lacking))
    plan = Plan()
    plan.inputs = list(inputs)
    place = {node: plan.row("input", extra=i) for i, node in enumerate(inputs)}
    at: list[int] = []
    for node, args in zip(program.nodes, program.args, strict=True):
        rows = [at[a] for a in args]
        if node.op is VAR:
            at.append(place[node])
        elif node.op is CONST:
            value = node.value
            at.append(plan.row("truth", extra=value) if type(value) is bool else plan.number(float(value)))
        else:
            at.append(_row(plan, node, rows))
    plan.outputs = [at[o] for o in program.outputs]
    return plan


def _row(plan: Plan, node: Node, rows: list[int]) -> int:
    """The row of an operation."""
    op = node.op
    if not node.args:
        return plan.number(float(op.scalar_fn()))
    form = FORMS.get(op.name)
    if form is not None:
        if op.name in MERGED and (inner := plan.rows[rows[0]]).name in MERGED[op.name]:
            return plan.row(f"{op.name} {inner.name}", *inner.args)
        return form(plan, *rows, **dict(node.attrs))
    known = [x for x in map(plan.value, rows) if x is not None]
    if len(known) == len(rows) and op.name in MATH and not node.attrs:
        return plan.number(float(op.scalar_fn(*known)))
    if op.name not in NATIVE or any(value != 1 for _, value in node.attrs):
        return plan.row("numpy", *rows, extra=(op, node.attrs))
    return plan.row(op.name, *rows)


MERGED: dict[str, set[str]] = {}
for _outer, _inner in FUSED:
    MERGED.setdefault(_outer, set()).add(_inner)

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **NATIVE,
    **{f"{outer} {inner}": entry for (outer, inner), entry in FUSED.items()},
}
"""The name of a row -> (emitter, lanes) -> lane."""
