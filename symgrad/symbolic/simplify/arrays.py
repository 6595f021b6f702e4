"""Rules for arrays: reshaping and spreading that change nothing, elements of what was just put together."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.graph import CONST, Node, Type, apply, const
from symgrad.ops import OPS
from symgrad.symbolic.simplify.choices import combined
from symgrad.symbolic.simplify.order import ADD, MUL
from symgrad.symbolic.simplify.rule import Rule, Rules

RULES = Rules()
SPREAD, RESHAPE, INDEX, STACK, SCATTER, TRANSPOSE, OTHERS = (
    OPS[name] for name in ("broadcast_to", "reshape", "index", "stack", "scatter", "transpose", "prod_others")
)
LONGEST = 16
"""Vectors up to this length are written out element by element."""
REDUCTIONS = [op.name for op in OPS.values() if "axis" in op.attrs and op.arity == 1]


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


@RULES.on("axes in reverse are what a transpose means", "transpose")
def reversed_axes(node: Node) -> Node | None:
    """transpose(m, axes=[1, 0]) = transpose(m)."""
    axes = dict(node.attrs).get("axes")
    return (
        apply(TRANSPOSE, node.args)
        if axes is not None and tuple(axes) == tuple(reversed(range(len(axes))))
        else None
    )


@RULES.on("over all axes", *REDUCTIONS)
def over_all_axes(node: Node) -> Node | None:
    """sum(v, axis=0) = sum(v) of a vector."""
    x, axis = node.args[0], dict(node.attrs).get("axis")
    return (
        apply(node.op, (x,)) if axis is not None and not node.type.shape and node.op is not OTHERS else None
    )


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


@RULES.on("an element of what is computed by elements", "index")
def element_inside(node: Node) -> Node | None:
    """([x, y]*z)[0] = x*z, where all that is computed by elements ends at vectors that are written out."""
    key = dict(node.attrs)["key"]
    x = node.args[0]
    if node.type.shape or len(key) != 1 or not (x.args and x.op.pointwise):
        return None
    made: dict[Node, Node] = {}
    todo = [x]
    while todo:
        part = todo[-1]
        below = (
            [a for a in part.args if a.type.shape and a not in made]
            if part.args and part.op.pointwise
            else []
        )
        if below:
            todo += below
            continue
        todo.pop()
        one = _picked(part, key[0], x.type, made)
        if one is None or len(made) > LONGEST:
            return None
        made[part] = one
    return made[x]


def _picked(part: Node, i: int, type_: Type, made: dict[Node, Node]) -> Node | None:
    """Element i of a vector, its operands' elements being made; None if it is not at hand."""
    if part.type.shape != type_.shape:
        return None
    if part.args and part.op.pointwise:
        return apply(part.op, tuple([made.get(a, a) for a in part.args]), dict(part.attrs))
    if part.op is SPREAD and not part.args[0].type.shape:
        return part.args[0]
    if part.op is CONST:
        return const(part.value[i].item())
    return part.args[i] if part.op is STACK else None


@RULES.on("zeros with something in their midst", "scatter")
def written_out(node: Node) -> Node | None:
    """Zeros with a number, or a row, at one place, as the language can write it: [0, x, 0]."""
    attrs = dict(node.attrs)
    key, shape = attrs["key"], attrs["shape"]
    if node.type.size > LONGEST or not all(isinstance(k, int) for k in key):
        return None
    result = node.args[0]
    for depth in reversed(range(len(key))):
        parts = [const(0) if not shape[depth + 1 :] else spread(const(0), result.type)] * shape[depth]
        parts[key[depth]] = result
        result = apply(STACK, tuple(parts))
    return result


@RULES.on("the product of the others", "prod_others")
def others_written_out(node: Node) -> Node | None:
    """For each of two to four elements of a vector the product of the others."""
    (v,) = node.args
    if len(v.type.shape) != 1 or not 2 <= v.type.size <= 4:
        return None
    parts = [v.args[i] if v.op is STACK else apply(INDEX, (v,), {"key": (i,)}) for i in range(v.type.size)]
    products = []
    for i in range(len(parts)):
        first, *rest = parts[:i] + parts[i + 1 :]
        for part in rest:
            first = apply(MUL, (first, part))
        products.append(first)
    return apply(STACK, tuple(products))


@RULES.on("vectors add by elements", "add", "sub")
def by_elements(node: Node) -> Node | None:
    """[a, 0] + [0, b] = [a, b], also where the first stands at the end of a sum."""
    whole, b = node.args
    a = whole.args[1] if whole.op is ADD else whole
    if a.op is not STACK or b.op is not STACK or len(a.args) != len(b.args):
        return None
    joined = apply(STACK, tuple([combined(node.op, p, q) for p, q in zip(a.args, b.args, strict=True)]))
    return joined if a is whole else apply(ADD, (whole.args[0], joined))


def by_spreading(node: Node) -> Node | None:
    """An operation on elements without a spreading that happens by itself: v/broadcast_to(x, shape=[3]) = v/x.

    Where all operands are spread numbers, the result is the number that is spread.
    """
    if not any(a.op is SPREAD for a in node.args):
        return None
    args, attrs = list(node.args), dict(node.attrs)
    for i, a in enumerate(args):
        if a.op is SPREAD:
            shorter = apply(node.op, (*args[:i], a.args[0], *args[i + 1 :]), attrs)
            if shorter.type == node.type:
                args[i] = a.args[0]
    if any(a.type.shape for a in args):
        numbers = [a.args[0] if a.op is SPREAD else a for a in args]
        if not any(a.type.shape for a in numbers):
            return spread(apply(node.op, tuple(numbers), attrs), node.type)
    return None if args == list(node.args) else apply(node.op, tuple(args), attrs)


POINTWISE_RULE = Rule("elements meet by spreading", lambda node, _: by_spreading(node))
"""For every operation that works by elements, where it makes an array."""


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
