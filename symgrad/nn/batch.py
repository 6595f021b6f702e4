"""One graph for one sample made into one graph for many: a leading axis of samples through every op.

Substituting a matrix of samples for a vector would be wrong wherever an op looks at whole arrays (the sum of all
elements, a first axis, a shape), so each kind of op says here how it takes the extra axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from symgrad.errors import TypeMistake
from symgrad.graph import Node, apply, postorder
from symgrad.ops import OPS
from symgrad.ops.linalg import product_type
from symgrad.ops.reductions import reduction, same_type
from symgrad.ops.types import TypeRule


class Lifted(NamedTuple):
    """A node made anew, and whether its first axis counts samples."""

    node: Node
    many: bool


def batched(
    roots: Sequence[Node], samples: Mapping[Node, Node], same: Mapping[Node, Node] | None = None
) -> list[Node]:
    """The roots with some nodes replaced by arrays of `n` of them, sample by sample.

    Each replacement has one more axis than what it replaces, the first, and all have the same length; `same` are
    replacements for all samples alike. A root that does not depend on any sample gets no axis.

    Raises:
        TypeMistake: SG703, an op on the way cannot be applied to many samples at once.
    """
    n = max((new.type.shape[0] for new in samples.values()), default=0)
    made = {old: Lifted(new, many=False) for old, new in (same or {}).items()}
    made |= {old: Lifted(new, many=True) for old, new in samples.items()}
    for node in postorder(roots):
        if node in made:
            continue
        args = [made[a] for a in node.args]
        if any(a.many for a in args):
            made[node] = Lifted(_spread(node, args, n), many=True)
        else:
            made[node] = Lifted(_same(node, args), many=False)
    return [made[root].node for root in roots]


def _same(node: Node, args: list[Lifted]) -> Node:
    new = tuple(a.node for a in args)
    return node if new == node.args else apply(node.op, new, dict(node.attrs))


def _spread(node: Node, args: list[Lifted], n: int) -> Node:
    """One op over all samples."""
    if node.op.pointwise:
        return _pointwise(node, args)
    rule = BY_NAME.get(node.op.name) or BY_TYPE.get(node.op.result)
    if rule is None and node.op.expand is not None:
        (body,) = [node.op.expand(*node.args, **dict(node.attrs))]
        return batched([body], {a: new.node for a, new in zip(node.args, args, strict=True) if new.many})[0]
    if rule is None:
        raise TypeMistake(
            "SG703",
            f"`{node.op.name}` cannot be applied to {n} samples at once",
            hint="write the formula for all samples, or give it one sample at a time",
        )
    return rule(node, args, n)


def _pointwise(node: Node, args: list[Lifted]) -> Node:
    """Element by element: operands of fewer axes get axes of one behind that of the samples."""
    rank = len(node.type.shape)
    new = [
        _axes_of_one(a.node, rank - len(old.type.shape)) if a.many else a.node
        for a, old in zip(args, node.args, strict=True)
    ]
    return apply(node.op, tuple(new), dict(node.attrs))


def _axes_of_one(x: Node, count: int) -> Node:
    first, *rest = x.type.shape
    return _reshape(x, (first, *(1,) * count, *rest)) if count > 0 else x


def _reshape(x: Node, shape: tuple[int, ...]) -> Node:
    made: Node = OPS["reshape"](x, shape=shape)
    return made


def _transpose(x: Node, axes: tuple[int, ...]) -> Node:
    made: Node = OPS["transpose"](x, axes=axes)
    return made


def _product(a: Node, b: Node) -> Node:
    made: Node = a @ b
    return made


def _all(x: Lifted, n: int) -> Node:
    """An operand with the axis of samples, also where it is the same for all."""
    if x.many:
        return x.node
    made: Node = OPS["broadcast_to"](x.node, shape=(n, *x.node.type.shape))
    return made


def _matmul(node: Node, args: list[Lifted], n: int) -> Node:
    """A product of vectors and matrices: a vector that is many becomes a matrix of one row or column."""
    a, b = args
    rank_a, rank_b = (len(x.type.shape) for x in node.args)
    if not b.many and rank_b <= 2:  # rows of samples, or stacks of matrices: the product spreads by itself
        return _product(a.node, b.node)
    if not a.many and rank_b == 1:
        return _product(b.node, a.node if rank_a == 1 else _transpose(a.node, (1, 0)))
    left, right = _all(a, n), _all(b, n)
    if rank_a == 1:
        left = _reshape(left, (n, 1, *left.type.shape[1:]))
    if rank_b == 1:
        right = _reshape(right, (*right.type.shape, 1))
    return _reshape(_product(left, right), (n, *node.type.shape))


def _reduced(node: Node, args: list[Lifted], _n: int) -> Node:
    """A reduction over some axes or all: never over that of the samples."""
    axis = dict(node.attrs).get("axis")
    rank = len(node.args[0].type.shape)
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    made: Node = node.op(args[0].node, axis=tuple(a % rank + 1 for a in axes))
    return made


def _kept(node: Node, args: list[Lifted], _n: int) -> Node:
    """An op along the last axis."""
    return _same(node, args)


def _reshaped(node: Node, args: list[Lifted], n: int) -> Node:
    return _reshape(args[0].node, (n, *node.type.shape))


def _broadcast(node: Node, args: list[Lifted], n: int) -> Node:
    missing = len(node.type.shape) - len(node.args[0].type.shape)
    made: Node = node.op(_axes_of_one(args[0].node, missing), shape=(n, *node.type.shape))
    return made


def _transposed(node: Node, args: list[Lifted], _n: int) -> Node:
    axes = dict(node.attrs).get("axes")
    order = range(len(node.type.shape))[::-1] if axes is None else axes
    return _transpose(args[0].node, (0, *(a + 1 for a in order)))


def _indexed(node: Node, args: list[Lifted], n: int) -> Node:
    made: Node = node.op(args[0].node, key=((0, n, 1), *dict(node.attrs)["key"]))
    return made


def _beside(node: Node, args: list[Lifted], n: int) -> Node:
    """Operands put together along their first axis, which is the second now."""
    swapped = (1, 0, *range(2, len(node.type.shape) + 1))
    new = [_all(a, n) for a in args]
    if len(new[0].type.shape) == len(node.type.shape) + 1:  # joined; stacking makes the new first axis itself
        new = [_transpose(x, swapped) for x in new]
    return _transpose(apply(node.op, tuple(new), dict(node.attrs)), swapped)


Rule = Callable[[Node, list[Lifted], int], Node]

BY_TYPE: dict[TypeRule, Rule] = {product_type: _matmul, reduction: _reduced, same_type: _kept}
BY_NAME: dict[str, Rule] = {
    "reshape": _reshaped,
    "broadcast_to": _broadcast,
    "transpose": _transposed,
    "index": _indexed,
    "stack": _beside,
    "concat": _beside,
}


def resized(roots: Sequence[Node], replaced: Mapping[Node, Node]) -> list[Node]:
    """The roots with variables of samples replaced by ones of fewer or more samples.

    Shapes that the roots mention themselves follow where the first axis counts samples.

    Raises:
        TypeMistake: SG2xx, something else in the roots has as many elements as there were samples.
    """
    made: dict[Node, Lifted] = {}
    (old,) = {v.type.shape[0] for v in replaced}
    (new,) = {v.type.shape[0] for v in replaced.values()}
    for node in postorder(roots):
        if node in replaced:
            made[node] = Lifted(replaced[node], many=True)
            continue
        args = [made[a] for a in node.args]
        many = any(a.many for a in args) and node.type.shape[:1] == (old,)
        attrs = {k: _resized(v, old, new) if many else v for k, v in node.attrs}
        fresh = apply(node.op, tuple(a.node for a in args), attrs) if args else node
        made[node] = Lifted(fresh, many)
    return [made[root].node for root in roots]


def _resized(value: object, old: int, new: int) -> object:
    """A static argument that mentions the number of samples first, as in shapes and in slices of the whole axis."""
    if isinstance(value, tuple) and value and value[0] == old:
        return (new, *value[1:])
    if isinstance(value, tuple) and value and value[0] == (0, old, 1):
        return ((0, new, 1), *value[1:])
    return value
