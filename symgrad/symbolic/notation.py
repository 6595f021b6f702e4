"""What writing as text and as LaTeX have in common: sizes, names for what is shared, bodies of hidden operations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from symgrad.graph import CONST, VAR, Node, postorder, rebuild, var
from symgrad.graph.walk import same
from symgrad.ops import OPS, Op

LIMIT = 1000
"""Operations in an expression written out as a tree; a larger one gets names for the parts it shares."""
WORTH_A_NAME = 5
"""A shared part is named from this tree size on: x^2 and 2*sin(x) read better in place."""
MOST = 2**62
"""Tree sizes stop here: the tree of a small graph can have more nodes than there are atoms."""
CLOSED = 100
"""The precedence of what needs no brackets anywhere."""


def tree_sizes(order: Sequence[Node]) -> dict[Node, int]:
    """The number of nodes of each tree, without building any; at most `MOST`."""
    sizes: dict[Node, int] = {}
    for node in order:
        sizes[node] = min(1 + sum([sizes[a] for a in node.args]), MOST)
    return sizes


def tree_size(root: Node) -> int:
    """The number of nodes when shared ones are counted at every place they occur; at most `MOST`."""
    return tree_sizes(postorder([root]))[root]


def shared(roots: Sequence[Node], limit: int) -> list[Node]:
    """The nodes that deserve a name, operands first: none if the trees of the roots stay below `limit` together."""
    order = postorder(roots)
    sizes = tree_sizes(order)
    if sum(sizes[root] for root in roots) <= limit:
        return []
    uses = dict.fromkeys(order, 0)
    for node in order:
        for a in node.args:
            uses[a] += 1
    named = []
    for node in order:  # again, with every named part counting as one
        sizes[node] = 1 + sum([sizes[a] for a in node.args])
        if sizes[node] >= WORTH_A_NAME and uses[node] > 1:
            named.append(node)
            sizes[node] = 1
    return named


def fresh_names(order: Iterable[Node], count: int, stem: str) -> list[str]:
    """Names such as t1, t2, ... that no variable has."""
    taken = {node.name for node in order if node.op is VAR}
    names: list[str] = []
    i = 0
    while len(names) < count:
        i += 1
        if f"{stem}{i}" not in taken:
            names.append(f"{stem}{i}")
    return names


@cache
def _body(
    op: Op, attrs: tuple[tuple[str, Any], ...], types: tuple[Any, ...]
) -> tuple[Node, tuple[Node, ...]]:
    """The body of a hidden operation on placeholders, as tidy as it gets."""
    from symgrad.symbolic.simplify import simplify

    assert op.expand is not None
    places = tuple([var(f" {i}", type_) for i, type_ in enumerate(types)])
    body = op.expand(*places, **dict(attrs))
    return simplify([body])[0], places


def hidden(node: Node) -> bool:
    """Whether this operation has no spelling and must be written as its body."""
    return bool(node.args) and node.op.hidden and node.op.expand is not None


def visible(roots: Sequence[Node]) -> list[Node]:
    """The roots with the body of every hidden operation in its place, as a factor or term of what stands around it."""
    current = list(roots)
    while any(hidden(node) for node in postorder(current)):
        current = rebuild(current, Revealing().change)
    return current


class Revealing:
    """The change that puts bodies in place; products and sums above them are put in order."""

    def __init__(self) -> None:
        from symgrad.symbolic.simplify.regroup import Regrouping

        self.regrouping = Regrouping()
        self.new: set[Node] = set()

    def change(self, node: Node, args: tuple[Node, ...]) -> Node:
        """A node on revealed operands."""
        if hidden(node):
            body, places = _body(node.op, node.attrs, tuple([a.type for a in args]))
            put = dict(zip(places, args, strict=True))
            made = rebuild([body], lambda part, below: self._filled(part, below, put))[0]
        else:
            made = same(node, args)
            if self.new.isdisjoint(args):
                return made
        tidy = self.regrouping.tidy(made)
        if tidy is not made or hidden(node):
            self.new.add(tidy)
        return tidy

    def _filled(self, part: Node, below: tuple[Node, ...], put: dict[Node, Node]) -> Node:
        """A part of a body, operands in place."""
        return put[part] if part in put else self.regrouping.tidy(same(part, below))


@cache
def minus() -> Op:
    """The operation that is written as a minus sign before its operand: negative numbers bind like it."""
    return next(op for op in OPS.values() if op.prefix == "-")


@cache
def over() -> Op:
    """The operation that is written with a stroke: it spells infinity, 1/0."""
    return next(op for op in OPS.values() if op.infix == "/")


@cache
def equals() -> Op:
    """The operation that is written `==`: it spells the constants true, 1 == 1, and false, 1 == 2."""
    return next(op for op in OPS.values() if op.infix == "==")


def number_precedence(value: Any) -> int:
    """How tightly the spelling of a constant binds."""
    if isinstance(value, bool):
        return equals().precedence
    if not isinstance(value, int | float):
        return CLOSED
    if not math.isfinite(value):
        return over().precedence
    return minus().precedence if math.copysign(1.0, value) < 0 else CLOSED


def precedence(node: Node) -> int:
    """How tightly the spelling of a node binds; 100 is closed."""
    if node.op is VAR:
        return CLOSED
    return number_precedence(node.value) if node.op is CONST else node.op.precedence if node.args else CLOSED


def pieces(
    root: Node,
    names: Mapping[Node, str],
    spelled: Callable[[Node], Sequence[Node | str]],
    variable: Callable[[str], str],
    constant: Callable[[Any], str],
    defined: Node | None = None,
) -> list[str]:
    """The words of one expression, in order.

    Args:
        root: what is written.
        names: what stands for shared parts.
        spelled: the operands of an operation and the words around them, the last one first.
        variable: how a variable is written.
        constant: how a constant is written.
        defined: is written out although it has a name.
    """
    words: list[str] = []
    todo: list[Node | str] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            words.append(item)
        elif item in names and item is not defined:
            words.append(names[item])
        elif item.op is VAR:
            words.append(variable(item.name))
        elif item.op is CONST:
            words.append(constant(item.value))
        else:
            todo += spelled(item)
    return words
