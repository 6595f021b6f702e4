"""The linear form of a graph: instructions over slots, which interpreters loop over and pickles are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.graph.bulk import undisturbed
from symgrad.graph.node import CONST, VAR, Node, apply, const, var
from symgrad.graph.walk import postorder
from symgrad.ops.op import lookup
from symgrad.ops.types import Type

Row = list[Any]


class Program:
    """A tuple of roots as straight-line code.

    Attributes:
        nodes: what each slot holds, operands before what is made of them.
        args: for each slot the slots of its operands.
        outputs: the slots of the roots.
    """

    __slots__ = ("__weakref__", "_arrays", "_variables", "args", "nodes", "outputs", "slot")

    def __init__(self, roots: Iterable[Node]) -> None:
        roots = tuple(roots)
        self.nodes = postorder(roots)
        with undisturbed(len(self.nodes)):
            self.slot = {node: i for i, node in enumerate(self.nodes)}
            slot = self.slot
            self.args = [tuple([slot[a] for a in node.args]) for node in self.nodes]
        self.outputs = tuple(slot[root] for root in roots)
        self._variables: list[Node] | None = None
        self._arrays: bool | None = None

    @property
    def variables(self) -> list[Node]:
        """The variables, in order of first appearance."""
        if self._variables is None:
            self._variables = [node for node in self.nodes if node.op is VAR]
        return self._variables.copy()

    @property
    def has_arrays(self) -> bool:
        """Whether any node is an array."""
        if self._arrays is None:
            self._arrays = any(node.type.shape for node in self.nodes)
        return self._arrays

    def to_rows(self) -> list[Row]:
        """The program as plain lists that JSON and pickle take; the last row names the outputs."""
        with undisturbed(len(self.nodes)):
            rows = [_row(node, args) for node, args in zip(self.nodes, self.args, strict=True)]
        rows.append(["outputs", list(self.outputs)])
        return rows


def _row(node: Node, args: tuple[int, ...]) -> Row:
    """One instruction as a plain list."""
    if node.op is CONST:
        value = node.value
        plain = value if isinstance(value, int | float) else value.tolist()
        return ["const", plain.hex() if isinstance(plain, float) else plain, node.type.kind]
    if node.op is VAR:
        return ["var", node.name, node.type.kind, list(node.type.shape)]
    return [node.op.name, list(args), [list(pair) for pair in node.attrs]]


def _tuples(value: Any) -> Any:
    """Lists back to tuples, as attributes are kept (their nesting is bounded by the language, not by the user)."""
    return tuple(_tuples(v) for v in value) if isinstance(value, list | tuple) else value


def roots_from_rows(rows: list[Row]) -> list[Node]:
    """The roots that `Program.to_rows` wrote down.

    Raises:
        TypeMistake: SG2xx, a row does not fit its operands.
        KeyError: an op is unknown, as from a newer version.
    """
    made: list[Node] = []
    with undisturbed(len(rows)):
        for row in rows[:-1]:
            made.append(_node(row, made))
    if rows[-1][0] != "outputs":
        raise TypeMistake("SG212", "the rows of a program end with its outputs")
    return [made[i] for i in rows[-1][1]]


def _node(row: Row, made: list[Node]) -> Node:
    """The node of one row, whose operands are made already."""
    if row[0] == "const":
        value = row[1]
        return const(float.fromhex(value) if isinstance(value, str) else value)
    if row[0] == "var":
        return var(row[1], Type(row[2], tuple(row[3])))
    return apply(lookup(row[0]), tuple([made[i] for i in row[1]]), {k: _tuples(v) for k, v in row[2]})


def node_from_rows(rows: list[Row]) -> Node:
    """The only root of a program of one."""
    return roots_from_rows(rows)[0]
