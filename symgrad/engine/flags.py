"""Why a number must be read with care: flags that name the node where something happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symgrad.engine.reach import reached
from symgrad.errors import Span
from symgrad.graph import Node, Program
from symgrad.ops.op import Op
from symgrad.ops.types import comparison, selection

KINDS = (
    "domain",
    "pole",
    "overflow",
    "underflow",
    "undefined",
    "kink",
    "tie",
    "jump",
    "branch",
    "vertical",
    "precision",
)
BITS = {kind: 1 << i for i, kind in enumerate(KINDS)}
"""The bit of each kind in a mask."""

BORDERS = BITS["kink"] | BITS["tie"] | BITS["jump"] | BITS["branch"]
"""Here the slope is a convention, unless both sides agree."""

BROKEN = BITS["domain"] | BITS["pole"] | BITS["overflow"] | BITS["undefined"]
"""Here a value is missing or infinite."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What happened at a node.

    Attributes:
        kind: one of `KINDS`. domain: outside the domain. pole: infinite. overflow, underflow: beyond float64.
            undefined: no value (0/0) or no slope. kink, tie, jump, branch: the slope is a convention, as the point
            lies where an op bends, where arguments are equal, where an op jumps, on the border of a condition.
            vertical: an infinite slope at a finite value. precision: few digits of the value are right.
        node: where.
        detail: the operation with its operands' values, or a sentence.
        slopes: at a kink or tie the smallest and largest slope, where the op knows them.
        span: the node's place in the text that was parsed, if there is one.
    """

    kind: str
    node: Node
    detail: str
    slopes: tuple[float, float] | None = None
    span: Span | None = None


def kinds_in(mask: int) -> tuple[str, ...]:
    """The kinds whose bits are set."""
    return tuple(kind for kind in KINDS if mask & BITS[kind])


def placed(flags: Sequence[Flag], places: Mapping[Node, Span]) -> tuple[Flag, ...]:
    """The flags with the places of their nodes."""
    return tuple(replace(flag, span=places.get(flag.node)) for flag in flags)


def flags(
    program: Program, values: list[Any], output: int, live: Sequence[bool] | None = None
) -> tuple[Flag, ...]:
    """What happened to the values of one point, in the order of the nodes; see `steep` for what happened to slopes.

    Args:
        program: the graph.
        values: of each slot.
        output: the slot of the result.
        live: which slots depend on a variable that one differentiates by: only they have slopes; default: all.
    """
    if live is None:
        live = [True] * len(program.nodes)
    noted = []
    for slot in range(output + 1):
        args = program.args[slot]
        if args:
            found = _noted(program.nodes[slot], values[slot], [values[a] for a in args], live[slot])
            if found is not None:
                noted.append((slot, found))
    if not noted:
        return ()
    by_value = reached(program, values, output)
    bent = any(type(bits) is not int or bits & BORDERS for _, bits in noted)
    by_slope = reached(program, values, output, live) if bent else by_value
    out = []
    for slot, bits in noted:
        node, xs = program.nodes[slot], [values[a] for a in program.args[slot]]
        if type(bits) is int:
            if (by_slope if bits & BORDERS else by_value)[slot] is not False:
                out.append(_flag(kinds_in(bits)[0], node, xs))
        else:
            out += _array_flags(node, xs, bits, by_value[slot], by_slope[slot])
    return tuple(out)


def at_kink(op: Op, xs: Sequence[Any], attrs: Mapping[str, Any] | None = None) -> Any:
    """Whether a point is a kink of an op, for numbers and arrays."""
    if callable(op.kinks):
        return op.kinks(*xs, **(attrs or {}))
    hit: Any = False
    for kink in op.kinks:
        hit = hit | (xs[0] == kink)
    return hit


FEW = 4
"""Elements of an array that a message shows."""


def border(op: Op) -> str:
    """What its kinks are called."""
    return "jump" if op.jump else "tie" if op.tie else "kink"


def _noted(node: Node, y: Any, xs: list[Any], live: bool) -> Any:
    """The bits of a node: an int for numbers, an array for arrays; None where nothing happened."""
    op = node.op
    if isinstance(y, float | bool) and all(isinstance(x, float | bool) for x in xs):
        if op.result is comparison:
            return BITS["branch"] if live and xs[0] == xs[1] and math.isfinite(xs[0]) else None
        if y - y == 0:
            if live and op.kinks and at_kink(op, xs):
                return BITS[border(op)]
            if y == 0 and op.fades and all(x != 0 and math.isfinite(x) for x in xs):
                return BITS["underflow"]
            return None
        if op.result is selection or any(x != x for x in xs) or (y == y and any(x - x != 0 for x in xs)):
            return None
    import numpy as np

    from symgrad.engine.masks import bits_of

    with np.errstate(all="ignore"):
        bits = bits_of(node, y, xs, live)
    return int(bits) if bits is not None and bits.shape == () else bits


def _flag(kind: str, node: Node, xs: list[Any]) -> Flag:
    """A flag with its words."""
    if node.op.result is comparison:
        return Flag(kind, node, "both sides are equal here")
    detail = (_outside(node.op, xs) if kind == "domain" else "") or shown(node, xs)
    return Flag(kind, node, detail, node.op.bend if kind in ("kink", "tie") else None)


def _outside(op: Op, xs: list[Any]) -> str:
    """Which argument leaves the op's domain, in words; "" if none does."""
    for i, x in enumerate(xs):
        if isinstance(x, float) and math.isfinite(x) and x not in op.domain_of(i):
            return f"{op.name} is defined for {op.domain_of(i).describe()}, not at {x!r}"
    if op.valid is not None and not any(map(_shape, xs)):
        return f"{op.name} is not defined at {', '.join(map(repr, xs))}"
    return ""


def _shape(x: Any) -> tuple[int, ...]:
    return getattr(x, "shape", ())


def shown(node: Node, xs: list[Any]) -> str:
    """The operation with its operands' values, for a message."""
    words = [_words(x) for x in xs]
    if node.op.infix:
        return f"{words[0]} {node.op.infix.strip()} {words[1]}"
    return f"{node.op.name}({', '.join(words)})"


def _words(x: Any) -> str:
    """A number, or a small array; larger ones are not shown."""
    if not _shape(x):
        return repr(x)
    return repr(x.tolist()) if x.size <= FEW else "..."


def _array_flags(node: Node, xs: list[Any], bits: Any, by_value: Any, by_slope: Any) -> list[Flag]:
    """One flag for each kind among the elements of an array, in the words of the first of them."""
    import numpy as np

    bent = bits & np.uint16(BORDERS)
    bits = np.where(by_slope, bent, 0) | np.where(by_value, bits - bent, 0)
    out = []
    for kind in kinds_in(int(np.bitwise_or.reduce(bits, axis=None))):
        first = np.unravel_index(int(np.argmax((bits & BITS[kind]) != 0)), bits.shape)
        out.append(_flag(kind, node, [np.broadcast_to(x, bits.shape)[first].item() for x in xs]))
    return out
