"""What an accuracy rule is: an identity of two forms, and where it holds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from symgrad.graph import Node, substitute, var
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
    """

    name: str
    where: str
    change: Change
    direct: bool = True
    left: Node | None = None
    right: Node | None = None
    valid: Callable[..., bool] | None = None


class Table:
    """Rules under one heading; its methods enter them."""

    def __init__(self, *, direct: bool) -> None:
        self.direct = direct
        self.rules: list[Rule] = []

    def identity(
        self, left: Form, right: Form, where: str = "", valid: Callable[..., bool] | None = None
    ) -> None:
        """Enter an identity: two functions of the same letters, written with operators and ops.

        The right side may reduce what it is given: then it is called anew for each node that fits.
        """
        named = left if inspect.isfunction(left) else right
        letters = [var(name) for name in inspect.signature(named).parameters]
        pattern, model = Node.lift(left(*letters)), Node.lift(right(*letters))

        def change(node: Node) -> Iterator[Node]:
            for binding, rest in fits(pattern, node):
                yield rest.around(Node.lift(right(*[binding[v] for v in letters])))

        name = f"{text(pattern)} = {text(model)}"
        self.rules.append(Rule(name, where, change, self.direct, pattern, model, valid))

    def procedure(self, name: str, where: str = "") -> Callable[[Change], Change]:
        """Enter a function as a rule: a decorator."""

        def enter(change: Change) -> Change:
            self.rules.append(Rule(name, where, change, self.direct))
            return change

        return enter


def replaced(root: Node, place: Node, new: Node) -> Node:
    """A graph with one of its nodes replaced."""
    return substitute([root], {place: new})[0]
