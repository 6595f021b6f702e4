"""Random graphs for hypothesis: typed, over the whole table, with shared nodes; and points to evaluate them at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from symgrad.errors import TypeMistake
from symgrad.graph import Node, Type, apply, const, real, var
from symgrad.ops import OPS
from symgrad.ops.types import elementwise

X, Y, Z = var("x"), var("y"), var("z")
V, W, M = var("v", real(3)), var("w", real(3)), var("M", real(3, 3))
ARRAYS = (V, W, M)
TYPES: dict[str, Type] = {node.name: node.type for node in ARRAYS}

SPELLED = [op for op in OPS.values() if not op.hidden and op.arity != 0]
CONSTANTS = [op for op in OPS.values() if op.arity == 0]
SCALAR = [op for op in SPELLED if op.result is elementwise and not op.attrs]

# Cheap in every interpreter, and what formulas are made of; the rest of the table is drawn from more rarely.
COMMON = [
    OPS[name]
    for name in ("add", "sub", "mul", "div", "neg", "pow", "exp", "log", "sqrt", "sin", "cos", "abs", "tanh")
]


def numbers() -> st.SearchStrategy[int | float]:
    """Numbers as people write them, and some that they do not."""
    simple = st.integers(-12, 12) | st.sampled_from([0.5, 1.5, -0.25, 0.1, 2.0, 3.7, 1e-5, 1e20, 2.5e-300])
    return simple | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)


def written() -> st.SearchStrategy[int | float]:
    """Numbers that the language has a word for: -0.0 is the negative of one."""
    return numbers().filter(lambda value: value != 0 or math.copysign(1.0, value) > 0)


def attributes(name: str, args: Sequence[Node], draw: Any) -> Any:
    """A static argument of this name that fits an operand."""
    shape = args[0].type.shape
    if name != "n" and not shape:
        raise TypeMistake("SG202", "a number has no axes")
    match name:
        case "axis":
            return draw(st.integers(-len(shape), len(shape) - 1))
        case "axes":
            return tuple(draw(st.permutations(range(len(shape)))))
        case "shape":
            return draw(st.sampled_from([shape[::-1], (1, *shape), (math.prod(shape),)]))
        case "key":
            picks = [st.integers(0, n - 1) | st.just((0, n, 1)) | st.just((1, n, 1)) for n in shape if n > 1]
            if not picks:
                raise TypeMistake("SG202", "there is nothing to choose from")
            return tuple(draw(pick) for pick in picks[: draw(st.integers(1, 2))])
        case _:
            return draw(st.integers(1, 3))


def grow(draw: Any, pool: list[Node], ops: Sequence[Any], steps: int) -> list[Node]:
    """Add up to `steps` operations on nodes of the pool to it; what does not type is left out."""
    for _ in range(steps):
        op = draw(st.sampled_from(COMMON) | st.sampled_from(ops))
        count = draw(st.integers(1, 3)) if op.arity is None else op.arity
        recent = st.integers(0, min(len(pool), 5) - 1).map(lambda i: pool[-1 - i])
        args = tuple(draw(recent | st.sampled_from(pool)) for _ in range(count))
        if op is OPS["pow"] and args[0].op is OPS["e"]:
            continue  # the language has no such thing: it reads e^x as exp(x)
        required = [name for name in op.attrs if name != "axis" or draw(st.booleans())]
        try:
            node = apply(op, args, {name: attributes(name, args, draw) for name in required})
        except TypeMistake:
            continue
        if math.prod(node.type.shape) <= 100:
            pool.append(node)
    return pool


@st.composite
def language_graphs(draw: Any, steps: int = 14) -> Node:
    """Graphs that the language can write, of any type."""
    leaves = [
        X,
        Y,
        *ARRAYS,
        const(draw(written())),
        const(draw(written())),
        apply(draw(st.sampled_from(CONSTANTS)), ()),
    ]
    return grow(draw, leaves, SPELLED, draw(st.integers(1, steps)))[-1]


@st.composite
def formulas(
    draw: Any,
    steps: int = 10,
    ops: Sequence[Any] = SCALAR,
    constants: st.SearchStrategy[int | float] = st.nothing(),  # noqa: B008
) -> Node:
    """Scalar graphs in x, y and z; `constants` beside those that people write."""
    pool = [
        const(draw(numbers().filter(lambda n: abs(n) < 1e6) | constants)),
        const(draw(st.integers(-4, 4))),
        Z,
        Y,
        X,
    ]
    return grow(draw, pool, ops, draw(st.integers(1, steps)))[-1]


def points() -> st.SearchStrategy[dict[str, float]]:
    """Values for x, y and z: tame ones, so that something is defined there."""
    value = st.sampled_from([0.5, 1.0, 2.0, -1.5, 0.3, 1.25, 3.0]) | st.floats(-4, 4, width=32)
    return st.fixed_dictionaries({"x": value, "y": value, "z": value})
