"""A graph as nested loops over flat arrays of numbers: what plain C and plain Python are written from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.errors import UsageMistake
from symgrad.graph import CONST, VAR, Node, expand, postorder, rebuild
from symgrad.graph.walk import same
from symgrad.ops import OPS, Op
from symgrad.ops.linalg import product_type
from symgrad.ops.reductions import axes_of, kept_shape


@dataclass(frozen=True)
class Ref:
    """An element of an array: its place is offset + sum of strides times loop counters."""

    array: Node
    strides: tuple[int, ...]
    offset: int = 0


@dataclass(frozen=True)
class Loop:
    """For all counters below `sizes`: target = op(operands), or target is gathered from them.

    Attributes:
        sizes: how far each counter runs.
        target: what is set.
        op: the name of a pointwise op, or "copy".
        operands: what it is made of.
        gather: the op by which results are gathered into the target, which begins at `first`; "" to set it.
        first: where gathering begins.
    """

    sizes: tuple[int, ...]
    target: Ref
    op: str
    operands: tuple[Ref, ...]
    gather: str = ""
    first: float = 0.0


def strides(shape: Sequence[int]) -> tuple[int, ...]:
    """How far neighbours along each axis are apart in an array that lies row after row."""
    out, step = [], 1
    for n in reversed(shape):
        out.append(step)
        step *= n
    return tuple(reversed(out))


def spread(node: Node, shape: Sequence[int]) -> Ref:
    """An operand as it is spread over a shape: axes of one, and those it lacks, stand still."""
    have = node.type.shape
    own = [s if n != 1 else 0 for s, n in zip(strides(have), have, strict=True)]
    return Ref(node, (*(0,) * (len(shape) - len(have)), *own))


def loops(roots: Sequence[Node], pointwise: Callable[[str], bool]) -> list[Loop]:
    """The roots as loops, in the order in which they are to run; ops that have no loop become their bodies.

    Args:
        roots: what is computed.
        pointwise: whether the language has an op on numbers.

    Raises:
        UsageMistake: SG712, an op has neither a loop nor a body.
    """
    made = []
    for node in postorder(expanded(roots, pointwise)):
        if node.op is not CONST and node.op is not VAR and (node.args or node.op.arity == 0):
            made += _loop(node, pointwise)
    return made


def expanded(roots: Sequence[Node], pointwise: Callable[[str], bool]) -> list[Node]:
    """The roots with what has no loop replaced by its body, and by a better one where that overflows."""
    bodies = expand(roots, lambda op: not _known(op, pointwise) and op.name not in BETTER)
    better = rebuild(bodies, lambda node, args: BETTER.get(node.op.name, same)(node, args) if args else node)
    return expand(better, lambda op: not _known(op, pointwise))


def _shifted(node: Node, args: tuple[Node, ...]) -> Node:
    """logsumexp relative to the largest element."""
    axis = dict(node.attrs).get("axis")
    largest = OPS["amax"](args[0], axis=axis)
    shape = kept_shape(args[0].type.shape, axis)
    total = OPS["sum"](OPS["exp"](args[0] - OPS["reshape"](largest, shape=shape)), axis=axis)
    made: Node = largest + OPS["log"](total)
    return made


BETTER: dict[str, Callable[[Node, tuple[Node, ...]], Node]] = {"logsumexp": _shifted}
"""Ops whose body in the table is their definition, and overflows."""


def _known(op: Op, pointwise: Callable[[str], bool]) -> bool:
    return pointwise(op.name) if op.pointwise else op.result is product_type or op.name in MAKERS


def _loop(node: Node, pointwise: Callable[[str], bool]) -> list[Loop]:
    if node.op.pointwise and pointwise(node.op.name):
        shape = node.type.shape
        return [Loop(shape, spread(node, shape), node.op.name, tuple(spread(a, shape) for a in node.args))]
    maker = MAKERS.get(node.op.name) or (_product if node.op.result is product_type else None)
    if maker is None:
        raise UsageMistake("SG712", f"`{node.op.name}` has no counterpart in plain code")
    return maker(node, dict(node.attrs))


def _copy(node: Node, source: Ref, sizes: tuple[int, ...] | None = None, offset: int = 0) -> Loop:
    shape = node.type.shape if sizes is None else sizes
    return Loop(shape, Ref(node, strides(node.type.shape), offset), "copy", (source,))


def _product(node: Node, _attrs: dict[str, Any]) -> list[Loop]:
    """Products of vectors and matrices: rows, columns, and what is summed."""
    a, b = node.args
    if len(a.type.shape) > 2 or len(b.type.shape) > 2:
        raise UsageMistake("SG712", "products of stacks of matrices have no counterpart in plain code")
    k = a.type.shape[-1]
    n = a.type.shape[0] if len(a.type.shape) == 2 else 1
    m = b.type.shape[1] if len(b.type.shape) == 2 else 1
    left, right = Ref(a, (k, 0, 1)), Ref(b, (0, 1, m))
    return [Loop((n, m, k), Ref(node, (m, 1, 0)), "mul", (left, right), "add")]


def _reduction(gather: str, first: float) -> Callable[[Node, dict[str, Any]], list[Loop]]:
    def made(node: Node, attrs: dict[str, Any]) -> list[Loop]:
        shape = node.args[0].type.shape
        axes = axes_of(attrs.get("axis"), len(shape))
        rest = iter(strides(node.type.shape))
        target = Ref(node, tuple(0 if i in axes else next(rest) for i in range(len(shape))))
        return [Loop(shape, target, "copy", (Ref(node.args[0], strides(shape)),), gather, first)]

    return made


def _transposed(node: Node, attrs: dict[str, Any]) -> list[Loop]:
    own = strides(node.args[0].type.shape)
    axes = attrs.get("axes") or tuple(range(len(own)))[::-1]
    return [_copy(node, Ref(node.args[0], tuple(own[i] for i in axes)))]


def _indexed(node: Node, attrs: dict[str, Any]) -> list[Loop]:
    shape, own = node.args[0].type.shape, strides(node.args[0].type.shape)
    offset, kept = 0, []
    for i, (n, s) in enumerate(zip(shape, own, strict=True)):
        key = attrs["key"][i] if i < len(attrs["key"]) else (0, n, 1)
        if isinstance(key, int):
            offset += key % n * s
        else:
            start, _, step = slice(*key).indices(n)
            offset += start * s
            kept.append(step * s)
    return [_copy(node, Ref(node.args[0], tuple(kept), offset))]


def _joined(node: Node, _attrs: dict[str, Any]) -> list[Loop]:
    """Arrays one behind the other: stacked or joined, they lie the same way."""
    made, offset = [], 0
    for a in node.args:
        size = math.prod(a.type.shape)
        flat = Ref(node, (1,), offset)
        made.append(Loop((size,), flat, "copy", (Ref(a, (1,)),)))
        offset += size
    return made


def _flat(node: Node, _attrs: dict[str, Any]) -> list[Loop]:
    size = node.type.size
    return [Loop((size,), Ref(node, (1,)), "copy", (Ref(node.args[0], (1,)),))]


MAKERS: dict[str, Callable[[Node, dict[str, Any]], list[Loop]]] = {
    "sum": _reduction("add", 0.0),
    "prod": _reduction("mul", 1.0),
    "amax": _reduction("max", -math.inf),
    "amin": _reduction("min", math.inf),
    "reshape": _flat,
    "broadcast_to": lambda node, _attrs: [_copy(node, spread(node.args[0], node.type.shape))],
    "transpose": _transposed,
    "index": _indexed,
    "stack": _joined,
    "concat": _joined,
}
"""Ops on whole arrays as loops; products of matrices are told by their type rule."""
