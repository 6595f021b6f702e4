"""A loss over many samples as a sum over samples: the graph of one sample, and what does not depend on any.

`mean(relu(1 - y*net(x))) + 1e-4*l2(net)` is the mean of a formula of one sample, and a formula of the parameters alone.
The walk knows for every node which axis counts the samples; each op keeps that axis, or sums over it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from symgrad.graph import VAR, Node, Program, Type, apply, real, var
from symgrad.ops import OPS
from symgrad.ops.linalg import product_type
from symgrad.ops.reductions import axes_of, reduction, same_type
from symgrad.ops.types import TypeRule

MEAN, SUM = var(" mean", real()), var(" sum", real())
"""The weight of a sample in a mean over samples and in a sum over them; zero for what only fills a block."""


class Inseparable(Exception):
    """The loss is no sum over samples, or this walk does not see it; the text says where."""


class Share(NamedTuple):
    """What a node of the loss over many samples is for one.

    Attributes:
        node: the node for one sample (its axis has length 1); of a sum over samples what does not depend on any.
        axis: which axis counted the samples; None if there was none.
        each: of a sum over samples what each sample adds to it.
    """

    node: Node | None
    axis: int | None = None
    each: Node | None = None


class Separated(NamedTuple):
    """A sum over samples.

    Attributes:
        each: what one sample adds, a number with the weights `MEAN` and `SUM` in it; None if there are no samples.
        rest: what is added once; None if nothing is.
    """

    each: Node | None
    rest: Node | None


def separated(root: Node, samples: Collection[str]) -> Separated:
    """A scalar as a sum over samples.

    Args:
        root: the scalar.
        samples: variables whose first axis counts the samples.

    Raises:
        Inseparable: it is not seen to be one.
    """
    program = Program([root])
    made: list[Share] = []
    for node, args in zip(program.nodes, program.args, strict=True):
        if node.op is VAR and node.name in samples:
            made.append(Share(var(node.name, Type(node.type.kind, (1, *node.type.shape[1:]))), 0))
            continue
        shares = [made[a] for a in args]
        if all(s.axis is None and s.each is None for s in shares):
            made.append(Share(node))
        elif any(s.each is not None for s in shares):
            made.append(_linear(node, shares))
        elif node.op.pointwise:
            made.append(_pointwise(node, shares))
        else:
            rule = BY_NAME.get(node.op.name) or BY_TYPE.get(node.op.result)
            if rule is None:
                raise Inseparable(f"`{node.op.name}` mixes the samples")
            made.append(rule(node, shares))
    found = made[program.outputs[0]]
    if found.axis is not None:
        raise Inseparable("it is one number for each sample")
    return Separated(found.each, found.node)


def _count(node: Node, share: Share) -> int:
    """How many samples there are."""
    assert share.axis is not None
    size: int = node.type.shape[share.axis]
    return size


def _again(node: Node, shares: list[Share], **attrs: Any) -> Node:
    """The op on one sample."""
    given = tuple(s.node for s in shares if s.node is not None)
    return apply(node.op, given, {**dict(node.attrs), **attrs})


def _pointwise(node: Node, shares: list[Share]) -> Share:
    rank = len(node.type.shape)
    places = {
        s.axis + rank - len(a.type.shape)
        for s, a in zip(shares, node.args, strict=True)
        if s.axis is not None
    }
    if len(places) > 1:
        raise Inseparable(f"`{node.op.name}` compares samples with each other")
    (axis,) = places
    for s, a in zip(shares, node.args, strict=True):
        own = axis - rank + len(a.type.shape)
        if s.axis is None and own >= 0 and a.type.shape[own] != 1:
            raise Inseparable(
                f"an operand of `{node.op.name}` has a value for each sample and is not among the data"
            )
    return Share(_again(node, shares), axis)


# Sums over samples: only what is linear may follow


def _linear(node: Node, shares: list[Share]) -> Share:
    """A sum over samples times something, or added to something."""
    form = LINEAR.get(node.op.name)
    if form is None or any(s.axis is not None for s in shares):
        raise Inseparable(f"`{node.op.name}` is applied to a sum over the samples")
    return form(node, shares)


def _plus(a: Node | None, b: Node | None, sign: int) -> Node | None:
    if b is None:
        return a
    if a is None:
        return b if sign > 0 else _made("neg", b)
    return _made("add" if sign > 0 else "sub", a, b)


def _made(name: str, *args: Any, **attrs: Any) -> Node:
    made: Node = OPS[name](*args, **attrs)
    return made


def _sum_of_two(sign: int) -> Callable[[Node, list[Share]], Share]:
    def form(_: Node, shares: list[Share]) -> Share:
        a, b = shares
        return Share(_plus(a.node, b.node, sign), None, _plus(a.each, b.each, sign))

    return form


def _scaled(node: Node, shares: list[Share]) -> Share:
    """A product or quotient with one factor that no sample knows."""
    if sum(s.each is not None for s in shares) > 1 or (
        node.op.name == DIVIDED and shares[1].each is not None
    ):
        raise Inseparable(f"`{node.op.name}` is applied to sums over the samples")

    def times(parts: list[Node | None]) -> Node | None:
        return None if None in parts else apply(node.op, tuple(p for p in parts if p is not None), {})

    each = times([s.node if s.each is None else s.each for s in shares])
    return Share(times([s.node for s in shares]), None, each)


DIVIDED = "div"

LINEAR: dict[str, Callable[[Node, list[Share]], Share]] = {
    "add": _sum_of_two(1),
    "sub": _sum_of_two(-1),
    "neg": lambda _, shares: Share(_plus(None, shares[0].node, -1), None, _plus(None, shares[0].each, -1)),
    "mul": _scaled,
    DIVIDED: _scaled,
}
"""Ops that a sum over samples may go through."""

WEIGHTS = {"sum": SUM, "mean": MEAN}
"""Reductions over the samples, and with which weight each sample counts."""


# What becomes of the axis of samples


def _reduced(node: Node, shares: list[Share]) -> Share:
    (share,), (old,) = shares, node.args
    rank = len(old.type.shape)
    axes = axes_of(dict(node.attrs).get("axis"), rank)
    assert share.axis is not None
    if share.axis not in axes:
        return Share(_again(node, shares, axis=axes), share.axis - sum(a < share.axis for a in axes))
    weight = WEIGHTS.get(node.op.name)
    if weight is None or len(axes) < rank:
        raise Inseparable(f"`{node.op.name}` over the samples gives more than a sum")
    return Share(None, None, _made("mul", weight, _again(node, shares)))


def _kept(node: Node, shares: list[Share]) -> Share:
    """An op along the last axis."""
    if shares[0].axis == len(node.type.shape) - 1:
        raise Inseparable(f"`{node.op.name}` mixes the samples")
    return Share(_again(node, shares), shares[0].axis)


def _reshaped(node: Node, shares: list[Share]) -> Share:
    (share,), (old,) = shares, node.args
    n, before = _count(old, share), math.prod(old.type.shape[: share.axis])
    for axis, size in enumerate(node.type.shape):
        if size == n and math.prod(node.type.shape[:axis]) == before:
            return Share(_again(node, shares, shape=_one(node.type.shape, axis)), axis)
    raise Inseparable("`reshape` mixes the samples with what they consist of")


def _one(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], 1, *shape[axis + 1 :])


def _broadcast(node: Node, shares: list[Share]) -> Share:
    assert shares[0].axis is not None
    axis = shares[0].axis + len(node.type.shape) - len(node.args[0].type.shape)
    return Share(_again(node, shares, shape=_one(node.type.shape, axis)), axis)


def _transposed(node: Node, shares: list[Share]) -> Share:
    axes = dict(node.attrs).get("axes")
    order = tuple(range(len(node.type.shape))[::-1] if axes is None else axes)
    assert shares[0].axis is not None
    return Share(_again(node, shares), order.index(shares[0].axis))


def _indexed(node: Node, shares: list[Share]) -> Share:
    axis, key = shares[0].axis, dict(node.attrs)["key"]
    assert axis is not None
    n = _count(node.args[0], shares[0])
    if axis < len(key):
        if isinstance(key[axis], int) or range(*slice(*key[axis]).indices(n)) != range(n):
            raise Inseparable("`index` takes some of the samples")
        key = (*key[:axis], (0, 1, 1), *key[axis + 1 :])
    return Share(_again(node, shares, key=key), axis - sum(isinstance(k, int) for k in key[:axis]))


def _beside(moved: int) -> Callable[[Node, list[Share]], Share]:
    """Operands put together along their first axis, or along a new first axis."""

    def rule(node: Node, shares: list[Share]) -> Share:
        axes = {s.axis for s in shares}
        (axis,) = axes if len(axes) == 1 else (None,)
        if axis is None or axis + moved == 0:
            raise Inseparable(f"`{node.op.name}` puts samples beside something else")
        return Share(_again(node, shares), axis + moved)

    return rule


def _matmul(node: Node, shares: list[Share]) -> Share:
    a, b = shares
    rank_a, rank_b = (len(x.type.shape) for x in node.args)
    rank = len(node.type.shape)
    # Axes as they count from the end; that over which products are summed is the last of `a`.
    of_a = None if a.axis is None else a.axis - rank_a
    of_b = None if b.axis is None else b.axis - rank_b
    if of_a == -1 and of_b == -1 and rank_a == rank_b == 1:
        return Share(None, None, _made("mul", SUM, _again(node, shares)))
    if of_a == -1 or of_b == (-1 if rank_b == 1 else -2):
        raise Inseparable("a product of matrices sums over the samples")
    if of_a is not None and of_b is not None:
        if of_a != of_b or of_a > -3:
            raise Inseparable("a product of matrices compares samples with each other")
        return Share(_again(node, shares), of_a + rank)
    if of_a is not None:
        return Share(_again(node, shares), of_a + rank + (rank_b == 1))
    assert of_b is not None
    return Share(_again(node, shares), of_b + rank + (rank_a == 1 and of_b < -1))


Rule = Callable[[Node, list[Share]], Share]

BY_TYPE: dict[TypeRule, Rule] = {product_type: _matmul, reduction: _reduced, same_type: _kept}
BY_NAME: dict[str, Rule] = {
    "reshape": _reshaped,
    "broadcast_to": _broadcast,
    "transpose": _transposed,
    "index": _indexed,
    "stack": _beside(1),
    "concat": _beside(0),
}
