"""Accuracy rewrites: a table of identities whose right sides lose fewer digits, and what of it fits a node.

Nothing here measures: whether a form is better depends on the point, and `symgrad.improve` finds out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symgrad.graph import Node
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.stable import arithmetic, exponentials, quotients, roots, trigonometry
from symgrad.symbolic.stable.rule import Rule, Suggestion, Table, replaced

TABLES = (exponentials, trigonometry, roots, arithmetic, quotients)
REMEDIES: tuple[Rule, ...] = tuple(rule for module in TABLES for rule in module.REMEDIES.rules)
MOVES: tuple[Rule, ...] = tuple(rule for module in TABLES for rule in module.MOVES.rules)
RULES = REMEDIES + MOVES


def suggest(node: Node, *, moves: bool = False) -> list[Suggestion]:
    """Other forms of one node that are known to lose fewer digits at their worst points, the likeliest first.

    Args:
        node: a number; other nodes have no suggestions.
        moves: also rearrangements that only prepare the ground for others.
    """
    found: dict[Node, Suggestion] = {}
    for rule, form in forms(node, RULES if moves else REMEDIES):
        new = simplify([form])[0]
        if new is not node and new not in found:
            found[new] = Suggestion(rule, new)
    return list(found.values())


def forms(node: Node, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    """What these rules make of one node, as they make it."""
    if node.type.kind == "real" and not node.type.shape and node.args:
        below = operations_near(node)
        for rule in rules:
            for form in rule.at(node, below):
                yield Suggestion(rule, form)


def operations_near(node: Node) -> frozenset[Any]:
    """The operations of a node and of what is a few steps below it, which is as deep as patterns go."""
    level, found = {node}, {node.op}
    for _ in range(DEEPEST):
        level = {a for n in level for a in n.args}
        found |= {n.op for n in level}
    return frozenset(found)


DEEPEST = 10
"""Chains of sums and products count each step."""

__all__ = ["MOVES", "REMEDIES", "RULES", "Rule", "Suggestion", "Table", "forms", "replaced", "suggest"]
