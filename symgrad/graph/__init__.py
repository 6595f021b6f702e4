"""Expressions as graphs of interned nodes."""

from symgrad.graph.node import CONST, VAR, Node, apply, const, var
from symgrad.graph.program import Program, node_from_rows, roots_from_rows
from symgrad.graph.walk import expand, postorder, rebuild, substitute, variables
from symgrad.ops.types import BOOL, REAL, Type, real

__all__ = [
    "BOOL",
    "CONST",
    "REAL",
    "VAR",
    "Node",
    "Program",
    "Type",
    "apply",
    "const",
    "expand",
    "node_from_rows",
    "postorder",
    "real",
    "rebuild",
    "roots_from_rows",
    "substitute",
    "var",
    "variables",
]
