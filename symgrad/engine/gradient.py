"""Derivatives as graphs: the reverse sweep fed with nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.engine.pullback import pullback
from symgrad.errors import TypeMistake
from symgrad.graph import Node, Program, const, variables
from symgrad.graph.bulk import undisturbed
from symgrad.ops import OPS


def zero_like(node: Node) -> Node:
    """The zero of a node's shape."""
    return const(0) if not node.type.shape else OPS["broadcast_to"](const(0), shape=node.type.shape)


def gradient(root: Node, wrt: Sequence[Node], seed: Node | None = None) -> list[Node]:
    """The derivative of `root` by each node of `wrt` (any subexpressions, all their occurrences), as nodes.

    Args:
        root: a real scalar, or an array if `seed` is given.
        wrt: the nodes to differentiate by; the rest is held fixed.
        seed: the adjoint of `root`, of its shape: the result is then the vector-Jacobian product.

    Raises:
        TypeMistake: SG214, `root` is no real scalar and there is no seed.
    """
    if root.type.kind != "real":
        raise TypeMistake("SG214", "a condition has no derivative")
    if root.type.shape and seed is None:
        raise TypeMistake(
            "SG214",
            f"this is an array ({root.type}) and has a Jacobian, not a gradient",
            hint="use jacobian(...), or sum(...) to make it one number",
        )
    program = Program([root])
    slots = {program.slot[node]: node for node in wrt if node in program.slot}
    with undisturbed(len(program.nodes)):
        one = const(1) if seed is None else seed
        adjoints = pullback(program, program.nodes, program.outputs[0], one, slots)
    found = {slots[slot]: g for slot, g in adjoints.items()}
    return [_node(found[node], node) if node in found else zero_like(node) for node in wrt]


def _node(g: Any, node: Node) -> Node:
    """An adjoint as a node of its variable's shape (a rule may return a bare number)."""
    found = Node.lift(g)
    if found.type.shape != node.type.shape:
        found = Node.apply(OPS["broadcast_to"], (found,), {"shape": node.type.shape})
    return found


def derivative(root: Node, wrt: Node, order: int = 1) -> Node:
    """The `order`-th derivative of a scalar by a scalar node."""
    for _ in range(order):
        root = gradient(root, [wrt])[0]
    return root


def elements(node: Node) -> list[Node]:
    """A node's elements as scalar nodes, in row-major order."""
    import itertools

    if not node.type.shape:
        return [node]
    keys = itertools.product(*(range(n) for n in node.type.shape))
    return [OPS["index"](node, key=tuple(key)) for key in keys]


def jacobian(root: Node, wrt: Sequence[Node]) -> list[list[Node]]:
    """For each element of `root` (row-major) the derivative by each node of `wrt`."""
    return [gradient(element, wrt) for element in elements(root)]


def hessian(root: Node, wrt: Sequence[Node]) -> list[list[Node]]:
    """The second derivatives of a scalar by scalar nodes."""
    return [gradient(row, wrt) for row in gradient(root, wrt)]


def dot(a: Node, b: Node) -> Node:
    """The sum of the products of two nodes of one shape."""
    product: Node = a * b
    if product.type.shape:
        product = OPS["sum"](product)
    return product


def hvp(root: Node, wrt: Sequence[Node], direction: Sequence[Node]) -> list[Node]:
    """The Hessian-vector product: the gradient of the gradient's component along `direction` (held fixed)."""
    total = const(0)
    for g, v in zip(gradient(root, wrt), direction, strict=True):
        total = total + dot(g, v)
    return gradient(total, wrt)


def jvp(root: Node, wrt: Sequence[Node], direction: Sequence[Node]) -> Node:
    """The Jacobian-vector product: the derivative of `root` along `direction`, of the shape of `root`.

    Reverse mode twice: the pullback of a seed is linear in the seed, and its derivative by the seed is this product.
    """
    from symgrad.graph import var

    seed = var(" seed", root.type)
    back = gradient(root, wrt, seed)
    total = const(0)
    for g, v in zip(back, direction, strict=True):
        total = total + dot(g, v)
    return gradient(total, [seed])[0]


def real_variables(root: Node) -> list[Node]:
    """The variables one can differentiate by, in reading order."""
    return [v for v in variables(root) if v.type.kind == "real"]
