"""Expressions as a graph: immutable, interned nodes, so that identity is equality and sharing is automatic."""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.ops.carrier import Arithmetic
from symgrad.ops.op import Op
from symgrad.ops.types import BOOL, REAL, Type

Attrs = tuple[tuple[str, Any], ...]
EXACT = 2**53
"""Integers up to this size are kept exactly; larger ones become the nearest double."""


class Leaf:
    """What stands in a leaf's `op`: one of the two kinds of leaf."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


CONST = Leaf("constant")
VAR = Leaf("variable")


class Node(Arithmetic):
    """One operation, constant or variable. Made by `apply`, `const` and `var` only, never changed.

    Attributes:
        op: the operation, or CONST or VAR for a leaf.
        args: the operands, in order (x*x has two).
        attrs: static keyword arguments as sorted pairs; a leaf keeps its value or name here.
        type: kind and shape.
    """

    __slots__ = ("__weakref__", "args", "attrs", "op", "type")

    op: Any
    args: tuple[Node, ...]
    attrs: Attrs
    type: Type

    @property
    def shape(self) -> tuple[int, ...]:
        """The declared or derived shape; () for a number."""
        return self.type.shape

    @property
    def value(self) -> Any:
        """A constant's value: an exact int, a float, a bool or a read-only array."""
        return self.attrs[0][1]

    @property
    def name(self) -> str:
        """A variable's name."""
        return str(self.attrs[0][1])

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Node:
        """Build the node of `op` on nodes and numbers: how nodes act as a carrier."""
        return apply(op, tuple(a if type(a) is Node else const(a) for a in args), attrs)

    @staticmethod
    def lift(value: Any) -> Node:
        """A number as a node."""
        return const(value)

    def __reduce__(self) -> tuple[Any, ...]:
        from symgrad.graph.program import Program, node_from_rows

        return (node_from_rows, (Program([self]).to_rows(),))

    def __copy__(self) -> Node:
        return self

    def __deepcopy__(self, memo: object) -> Node:
        return self

    def __repr__(self) -> str:
        if self.op is CONST or self.op is VAR:
            return f"<{self.op.name} {self.attrs[0][1]}>"
        return f"<node {self.op.name} of {len(self.args)}: {self.type}>"


class _Entry(weakref.ref["Node"]):
    """A weak reference that knows where it is kept, so that a dead node leaves the table."""

    __slots__ = ("key", "table")

    key: Any
    table: dict[Any, Any]


_interned: dict[Any, dict[Any, _Entry]] = {}
"""For each op (with its attributes, if it has any) operands -> node. The node's own tuple of operands is the key: a
graph of a million nodes is bound by memory and by the garbage collector, which both count objects."""


def _forget(entry: _Entry) -> None:
    """Called when a node dies."""
    if entry.table.get(entry.key) is entry:
        del entry.table[entry.key]


def _intern(
    table: dict[Any, _Entry], key: Any, op: Any, args: tuple[Node, ...], attrs: Attrs, type_: Type
) -> Node:
    node = Node.__new__(Node)
    node.op = op
    node.args = args
    node.attrs = attrs
    node.type = type_
    entry = table[key] = _Entry(node, _forget)
    entry.key = key
    entry.table = table
    return node


def _table(kind: Any) -> dict[Any, _Entry]:
    """The nodes of one kind."""
    table = _interned.get(kind)
    if table is None:
        table = _interned[kind] = {}
    return table


def _found(table: dict[Any, _Entry], key: Any) -> Node | None:
    """The living node of this key."""
    entry = table.get(key)
    return None if entry is None else entry()


def apply(op: Op, args: tuple[Node, ...], attrs: Mapping[str, Any] | None = None) -> Node:
    """The node of an operation on nodes; the same node whenever op, operands and attributes are the same.

    Raises:
        TypeMistake: SG209, wrong number of operands; SG2xx, their types or shapes do not fit.
    """
    pairs: Attrs = tuple(sorted(attrs.items())) if attrs else ()
    table = _table((op, pairs) if pairs else op)
    entry = table.get(args)
    if entry is not None and (node := entry()) is not None:
        return node
    if (arity := op.arity) is not None and arity != len(args):
        raise TypeMistake(
            "SG209", f"`{op.name}` takes {arity} argument{'s' * (arity != 1)}, found {len(args)}"
        )
    return _intern(table, args, op, args, pairs, op.result([a.type for a in args], attrs or {}))


def const(value: Any) -> Node:
    """A constant: int, float, bool, or an array of reals (also nested lists).

    Integers beyond 2^53 become the nearest double; constants differ by type, value and sign of zero.

    Raises:
        TypeMistake: SG211, the value is none of these.
    """
    kind = type(value)
    if kind is int:
        if not -EXACT <= value <= EXACT:
            value = float(value) if abs(value) < 2**1024 else math.copysign(math.inf, value)
            return const(value)
        key: Any = (int, value)
    elif kind is float:
        key = (float, value, math.copysign(1.0, value)) if value == value else (float, "nan")
    elif kind is bool:
        key = (bool, value)
    else:
        return _const_other(value)
    table = _table(CONST)
    node = _found(table, key)
    if node is None:
        node = _intern(table, key, CONST, (), (("value", value),), BOOL if kind is bool else REAL)
    return node


def _const_other(value: Any) -> Node:
    """A constant from NumPy's scalars, arrays and nested lists."""
    if isinstance(value, Node):
        return value
    import numpy as np

    if isinstance(value, np.bool_):
        return const(bool(value))
    if isinstance(value, int | np.integer):
        return const(int(value))
    if isinstance(value, float | np.floating):
        return const(float(value))
    try:
        array = np.array(value)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "bif":
        raise TypeMistake("SG211", f"a {type(value).__name__} is no number, condition or array of them")
    array = array if array.dtype.kind == "b" else array.astype(float)
    if array.shape == ():
        return const(array.item())
    array.setflags(write=False)
    key = (array.shape, array.dtype.kind, array.tobytes())
    table = _table(CONST)
    node = _found(table, key)
    if node is None:
        kind = "bool" if array.dtype.kind == "b" else "real"
        node = _intern(table, key, CONST, (), (("value", array),), Type(kind, array.shape))
    return node


def var(name: str, type: Type = REAL) -> Node:  # noqa: A002  # the natural word for a caller
    """A variable; variables of the same name and type are the same node."""
    table, key = _table(VAR), (name, type)
    node = _found(table, key)
    return _intern(table, key, VAR, (), (("name", name),), type) if node is None else node
