"""A graph in the language it came from: reading the text again gives the same graph.

What cannot be read back, because the language has no words for it: infinities and nan (1/0, 0/0), operations that serve
derivative rules alone and have no body (written `name{attributes}(operands)`), and constants the language cannot make.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from symgrad.graph import CONST, VAR, Node, postorder
from symgrad.ops import Op
from symgrad.symbolic.notation import (
    CLOSED,
    LIMIT,
    fresh_names,
    pieces,
    precedence,
    shared,
    tree_size,
    visible,
)

SPACED = 60
"""Operators that bind more loosely than this have blanks around them."""


class Texts(NamedTuple):
    """Several expressions that share definitions.

    Attributes:
        definitions: names and what they stand for, each using only earlier ones.
        bodies: the expressions.
    """

    definitions: tuple[tuple[str, str], ...]
    bodies: tuple[str, ...]


def text(root: Node, limit: int = LIMIT) -> str:
    """The expression in the language; beyond `limit` nodes as a tree, with its shared parts first: `t1 = ...; ...`."""
    definitions, (body,) = text_many([root], limit)
    return "; ".join([*(f"{name} = {value}" for name, value in definitions), body])


def text_many(roots: Sequence[Node], limit: int = LIMIT) -> Texts:
    """Several expressions; when they are large together, the parts that they share are defined once."""
    roots = visible(roots)
    named = shared(roots, limit)
    names: dict[Node, str] = {}
    if named:
        names = dict(zip(named, fresh_names(postorder(roots), len(named), "t"), strict=True))
    definitions = []
    for node, name in names.items():
        definitions.append((name, "".join(_pieces(node, names, node))))
    return Texts(
        tuple(definitions), tuple(names.get(root) or "".join(_pieces(root, names)) for root in roots)
    )


def _pieces(root: Node, names: dict[Node, str], defined: Node | None = None) -> list[str]:
    return pieces(root, names, lambda node: _spelled(node, names), str, constant, defined)


def _spelled(node: Node, names: dict[Node, str]) -> list[Node | str]:
    """The parts of an operation's spelling, last first."""
    op, args = node.op, node.args
    if op.infix and len(args) == 2:
        a, b = args
        right: list[Node | str] = [")", b, "("] if _right_needs(op, b, names) else [b]
        sign = op.infix if op.precedence >= SPACED or op.infix[0] == " " else f" {op.infix} "
        return (
            [*right, sign, ")", a, "("] if _binds(a, names) < op.precedence + op.right else [*right, sign, a]
        )
    if op.prefix:
        bare = _binds(args[0], names) >= op.precedence and (
            op.prefix[-1] == " " or not _unsafe(args[0], names)
        )
        return [args[0], op.prefix] if bare else [")", args[0], "(", op.prefix]
    if args and op.precedence < CLOSED:  # what stands behind its operand
        after = op.postfix or indices(dict(node.attrs)["key"])
        return [after, args[0]] if _binds(args[0], names) >= op.precedence else [after, ")", args[0], "("]
    if not args:
        return [op.name]
    opening, closing = op.brackets if any(op.brackets) else (f"{op.name}(", ")")
    if op.hidden:
        opening, attrs = f"{op.name}{{{', '.join(attributes(node))}}}(", []
    else:
        attrs = attributes(node)
    parts: list[Node | str] = [closing]
    for attribute in attrs:
        parts += [attribute, ", "]
    for a in args[:0:-1]:
        parts += [a, ", "]
    return [*parts, args[0], opening]


def _binds(node: Node, names: dict[Node, str]) -> int:
    return CLOSED if node in names else precedence(node)


def _right_needs(op: Op, node: Node, names: dict[Node, str]) -> bool:
    """Whether a right operand needs brackets: to be read back, or because its minus would stand beside an operator."""
    if op.right and node.op is CONST:
        return _binds(node, names) < op.precedence and not _is_negative(node)
    if _binds(node, names) <= op.precedence:  # also where a^(b^c) could do without: few readers know
        return True
    return op.infix[-1] != " " and _signed(node, names)


def _is_negative(node: Node) -> bool:
    value = node.value
    return type(value) in (int, float) and math.isfinite(value) and math.copysign(1.0, value) < 0


def _signed(node: Node, names: dict[Node, str]) -> bool:
    """Whether the spelling begins with a minus."""
    while node not in names:
        if node.op is CONST:
            return type(node.value) in (int, float) and math.copysign(1.0, node.value) < 0
        if node.op is VAR or not node.args:
            return False
        if node.op.prefix:
            return bool(node.op.prefix[-1] != " ")
        if not node.op.infix or _binds(node.args[0], names) < node.op.precedence + node.op.right:
            return False
        node = node.args[0]
    return False


def _unsafe(node: Node, names: dict[Node, str]) -> bool:
    """Whether a minus before this would be read as part of a number, or stand before another minus."""
    return (node.op is CONST and node not in names) or _signed(node, names)


def constant(value: Any) -> str:
    """A constant's shortest spelling that reads back as the same number."""
    if isinstance(value, bool):
        return "1 == 1" if value else "1 == 2"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _real(value)
    return _rows(value)


def _real(value: float) -> str:
    if not math.isfinite(value):
        return "0/0" if value != value else "1/0" if value > 0 else "-1/0"
    word = repr(value)
    mantissa, e, exponent = word.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else word


def _rows(array: Any) -> str:
    """An array as nested lists, row by row (an array has at most 64 axes)."""
    if not array.shape:
        return constant(array.item())
    return f"[{', '.join([_rows(row) for row in array])}]"


def attributes(node: Node) -> list[str]:
    """Static arguments as the language writes them, last first; those that are left open are left out."""
    return [f"{name}={_static(value)}" for name, value in reversed(node.attrs) if value is not None]


def _static(value: Any) -> str:
    return f"[{', '.join(map(_static, value))}]" if isinstance(value, tuple) else constant(value)


def indices(key: tuple[int | tuple[int | None, ...], ...]) -> str:
    """A key in its brackets: [0, 1:3]."""
    return f"[{', '.join([str(k) if isinstance(k, int) else _range(*k) for k in key])}]"


def _range(start: int | None, stop: int | None, step: int | None = None) -> str:
    ends = ":".join(["" if end is None else str(end) for end in (start, stop)])
    return ends if step in (None, 1) else f"{ends}:{step}"


__all__ = ["LIMIT", "Texts", "text", "text_many", "tree_size"]
