"""What a rule is: a name, and a function from a node to something simpler, or None where it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symgrad.graph import Node
from symgrad.ops import OPS, Op
from symgrad.symbolic.simplify.products import Products

Plain = Callable[[Node], Node | None]
Crafted = Callable[[Node, Products], Node | None]
"""A rule whose result is a product in order needs the means to make one."""


class Rule(NamedTuple):
    """One line of mathematics; the name is what an explanation shows."""

    name: str
    change: Crafted


class Step(NamedTuple):
    """A rule that fired: what stood before and what stands now."""

    rule: str
    before: Node
    after: Node


class Rules:
    """A table of rules by operation; its methods are decorators that enter a function."""

    def __init__(self, *others: Rules) -> None:
        self.table: dict[Op, list[Rule]] = {}
        for other in others:
            for op, rules in other.table.items():
                self.table.setdefault(op, []).extend(rules)

    def on(self, name: str, *ops: str) -> Callable[[Plain], Plain]:
        """Enter a rule for these operations."""

        def enter(change: Plain) -> Plain:
            self._enter(Rule(name, lambda node, _: change(node)), ops)
            return change

        return enter

    def crafted(self, name: str, *ops: str) -> Callable[[Crafted], Crafted]:
        """Enter a rule that makes products."""

        def enter(change: Crafted) -> Crafted:
            self._enter(Rule(name, change), ops)
            return change

        return enter

    def _enter(self, rule: Rule, ops: tuple[str, ...]) -> None:
        for op in ops:
            self.table.setdefault(OPS[op], []).append(rule)
