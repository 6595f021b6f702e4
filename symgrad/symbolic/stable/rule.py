"""What an accuracy rule is: an identity of two forms, and where it holds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from symgrad.graph import Node, postorder, substitute, var
from symgrad.symbolic.stable.chains import POW, PRODUCTS, SUMS
from symgrad.symbolic.stable.match import fits
from symgrad.symbolic.text import text

Form = Callable[..., Any]
Change = Callable[[Node], Iterator[Node]]


class Suggestion(NamedTuple):
    """Another form of one node, and the rule that gives it."""

    rule: Rule
    node: Node


@dataclass(frozen=True, eq=False)
class Rule:
    """One line of the table.

    Attributes:
        name: the identity, as one reads it.
        where: the side condition in words; "" where it holds wherever the left side is defined.
        change: a node -> its other forms by this rule.
        direct: whether it is a remedy by itself; other rules only prepare one.
        left, right: the two forms, of an identity; None for a rule that is a procedure.
        valid: whether numbers for the letters, in order, fulfil the side condition.
        heads: the operations of nodes at which it can fit.
        needs: operations that such a node must have below it.
    """

    name: str
    where: str
    change: Change
    direct: bool = True
    left: Node | None = None
    right: Node | None = None
    valid: Callable[..., bool] | None = None
    heads: frozenset[Any] = frozenset()
    needs: frozenset[Any] = frozenset()

    def at(self, node: Node, below: frozenset[Any]) -> Iterator[Node]:
        """The other forms of a node which has these operations in it and below it."""
        return self.change(node) if node.op in self.heads and self.needs <= below else iter(())


class Table:
    """Rules under one heading; its methods enter them."""

    def __init__(self, *, direct: bool) -> None:
        self.direct = direct
        self.rules: list[Rule] = []

    def identity(
        self,
        left: Form,
        right: Form,
        where: str = "",
        valid: Callable[..., bool] | None = None,
        unless: Callable[..., bool] | None = None,
    ) -> None:
        """Enter an identity: two functions of the same letters, written with operators and ops.

        The right side may reduce what it is given: it is called anew for each node that fits, `unless` it should not.
        """
        named = left if inspect.isfunction(left) else right
        letters = [var(name) for name in inspect.signature(named).parameters]
        pattern, model = Node.lift(left(*letters)), Node.lift(right(*letters))

        def change(node: Node) -> Iterator[Node]:
            for binding, rest in fits(pattern, node):
                given = [binding[v] for v in letters]
                if unless is None or not unless(*given):
                    yield rest.around(Node.lift(right(*given)))

        name = f"{text(pattern)} = {text(model)}"
        rule = Rule(
            name, where, change, self.direct, pattern, model, valid, heads(pattern.op), operations(pattern)
        )
        self.rules.append(rule)

    def procedure(self, name: str, ops: Iterable[Any], where: str = "") -> Callable[[Change], Change]:
        """Enter a function as a rule for these operations: a decorator."""

        def enter(change: Change) -> Change:
            self.rules.append(Rule(name, where, change, self.direct, heads=frozenset(ops)))
            return change

        return enter


def heads(op: Any) -> frozenset[Any]:
    """The operations of nodes that a pattern with this operation may fit: chains are one thing."""
    if op in SUMS:
        return SUMS
    return PRODUCTS if op in PRODUCTS else frozenset((op,))


def operations(pattern: Node) -> frozenset[Any]:
    """The functions in a pattern; sums, products and powers may be written in other ways."""
    return frozenset(
        n.op for n in postorder([pattern]) if n.args and not (n.op in SUMS or n.op in PRODUCTS or n.op is POW)
    )


def replaced(root: Node, place: Node, new: Node) -> Node:
    """A graph with one of its nodes replaced."""
    return substitute([root], {place: new})[0]
