"""Rules for arrays: reshaping and spreading that change nothing, elements of what was just put together."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.graph import Node, Type, apply, const
from symgrad.ops import OPS
from symgrad.symbolic.simplify.choices import combined
from symgrad.symbolic.simplify.order import ADD
from symgrad.symbolic.simplify.rule import Rules

RULES = Rules()
SPREAD, RESHAPE, INDEX, STACK, SCATTER, TRANSPOSE = (
    OPS[name] for name in ("broadcast_to", "reshape", "index", "stack", "scatter", "transpose")
)
LONGEST = 16
"""Vectors up to this length are written out element by element."""


@RULES.on("the shape is the same", "reshape", "broadcast_to")
def unchanged(node: Node) -> Node | None:
    """A new shape that is the old one."""
    return node.args[0] if node.args[0].type == node.type else None


@RULES.on("the only element", "reshape")
def only_element(node: Node) -> Node | None:
    """An array of one element made a number is that element, which the language has a word for."""
    x = node.args[0]
    return (
        None if node.type.shape or not x.type.shape else apply(INDEX, (x,), {"key": (0,) * len(x.type.shape)})
    )


@RULES.on("only the last shape counts", "reshape", "broadcast_to")
def last_shape(node: Node) -> Node | None:
    """Two reshapings, two spreadings, or a single number made an array and then spread."""
    x = node.args[0]
    if x.op is node.op or (x.op in (RESHAPE, SPREAD) and x.args[0].type.shape == () and node.op is SPREAD):
        return apply(node.op, x.args, {"shape": node.type.shape})
    if x.op is SPREAD and x.args[0].type.shape == ():
        return spread(x.args[0], node.type)
    return None


@RULES.on("the transpose of a transpose", "transpose")
def twice(node: Node) -> Node | None:
    """Only where both reverse all axes."""
    x = node.args[0]
    plain = all(value is None for _, value in (*node.attrs, *x.attrs)) if x.op is TRANSPOSE else False
    return x.args[0] if plain else None


@RULES.on("an element of what is written out", "index")
def element(node: Node) -> Node | None:
    """[a, b][0] = a, and the elements of a spread number are that number."""
    x, key = node.args[0], dict(node.attrs)["key"]
    if x.op is SPREAD and x.args[0].type.shape == ():
        return x.args[0] if node.type.shape == () else spread(x.args[0], node.type)
    if x.op is not STACK or not isinstance(key[0], int):
        return None
    part = x.args[key[0]]
    return part if len(key) == 1 else apply(INDEX, (part,), {"key": key[1:]})


@RULES.on("a vector with one element", "scatter")
def written_out(node: Node) -> Node | None:
    """Zeros with a number at one place, as a vector the language can write: [0, x, 0]."""
    attrs = dict(node.attrs)
    key, shape = attrs["key"], attrs["shape"]
    if (
        len(shape) != 1
        or shape[0] > LONGEST
        or not isinstance(key[0], int)
        or node.args[0].type.kind != "real"
    ):
        return None
    parts = [const(0)] * shape[0]
    parts[key[0]] = node.args[0]
    return apply(STACK, tuple(parts))


@RULES.on("vectors add by elements", "add", "sub")
def by_elements(node: Node) -> Node | None:
    """[a, 0] + [0, b] = [a, b], also where the first stands at the end of a sum."""
    whole, b = node.args
    a = whole.args[1] if whole.op is ADD else whole
    if a.op is not STACK or b.op is not STACK or len(a.args) != len(b.args):
        return None
    joined = apply(STACK, tuple([combined(node.op, p, q) for p, q in zip(a.args, b.args, strict=True)]))
    return joined if a is whole else apply(ADD, (whole.args[0], joined))


def narrowed(parts: Sequence[tuple[Node, int]], type_: Type) -> list[tuple[Node, int]]:
    """Operands of an elementwise operation, a spread number as the number where another operand gives the shape."""
    result = list(parts)
    for i, (node, sign) in enumerate(result):
        if (
            node.op is SPREAD
            and not node.args[0].type.shape
            and any(other.type.shape == type_.shape for j, (other, _) in enumerate(result) if j != i)
        ):
            result[i] = node.args[0], sign
    return result


def fitted(node: Node, type_: Type) -> Node:
    """A number in place of an array of equal elements."""
    return node if node.type == type_ or node.type.shape else spread(node, type_)


def spread(number: Node, type_: Type) -> Node:
    """An array of equal elements."""
    return apply(SPREAD, (number,), {"shape": type_.shape})
