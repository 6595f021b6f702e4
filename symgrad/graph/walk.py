"""Walks over graphs: order, variables, substitution, expansion. Nothing here recurses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from symgrad.graph.node import VAR, Node, apply
from symgrad.ops.op import Op


def postorder(roots: Iterable[Node]) -> list[Node]:
    """Every node below the roots once, operands before what is made of them, in reading order."""
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[Node] = list(roots)[::-1]
    while stack:
        node = stack[-1]
        if node in seen:
            stack.pop()
            continue
        pending = [a for a in node.args if a not in seen]
        if pending:
            pending.reverse()
            stack += pending
        else:
            stack.pop()
            seen.add(node)
            order.append(node)
    return order


def variables(*roots: Node) -> list[Node]:
    """The variables below the roots, in order of first appearance as one reads."""
    return [node for node in postorder(roots) if node.op is VAR]


def rebuild(roots: Iterable[Node], change: Callable[[Node, tuple[Node, ...]], Node]) -> list[Node]:
    """The roots made anew from the leaves up; `change(node, new operands)` gives each node's replacement."""
    roots = list(roots)
    made: dict[Node, Node] = {}
    for node in postorder(roots):
        made[node] = change(node, tuple([made[a] for a in node.args]))
    return [made[root] for root in roots]


def same(node: Node, args: tuple[Node, ...]) -> Node:
    """The node with new operands."""
    return node if args == node.args else apply(node.op, args, dict(node.attrs))


def substitute(roots: Iterable[Node], replacement: Mapping[Node, Node]) -> list[Node]:
    """The roots with some nodes replaced wherever they occur; what stands below a replaced node is left alone."""

    def change(node: Node, args: tuple[Node, ...]) -> Node:
        found = replacement.get(node)
        return same(node, args) if found is None else found

    return rebuild(roots, change)


def expand(roots: Iterable[Node], lacks: Callable[[Op], bool]) -> list[Node]:
    """The roots with every op that `lacks` something, and has a body, replaced by its body (as often as needed)."""
    current = list(roots)
    while any(n.args and n.op.expand and lacks(n.op) for n in postorder(current)):

        def change(node: Node, args: tuple[Node, ...]) -> Node:
            if node.args and node.op.expand and lacks(node.op):
                body: Node = node.op.expand(*args, **dict(node.attrs))
                return body
            return same(node, args)

        current = rebuild(current, change)
    return current
