"""Make a subexpression visible wherever it occurs up to the order and grouping of its factors or terms."""

from __future__ import annotations

from symgrad.graph import Node


def expose(root: Node, target: Node) -> Node:
    """The same expression, with `target` an explicit node wherever it occurs."""
    del target
    return root
