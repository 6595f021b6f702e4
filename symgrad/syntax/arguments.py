"""Arguments that must be known before anything is evaluated: indices, counts, `axis=0`, `shape=[2, 3]`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.errors import Span, SymgradError, TypeMistake
from symgrad.graph import CONST, VAR, Node
from symgrad.syntax.ast import Apply, Ast, Keyword, Name, Number, Slice, ungrouped

LISTS = ("shape", "axes")
"""Attributes that are lists even when a single number is written."""


def known_integer(node: Any, place: Span | None) -> int:
    """The integer that a node is.

    Raises:
        TypeMistake: SG221, its value is not known before evaluation, or is no integer.
    """
    if type(node) is not Node or node.op is not CONST or type(node.value) is not int:
        hint = "indices and counts are fixed numbers"
        raise TypeMistake("SG221", "an integer is needed here, such as 0 or 2", place, hint=hint)
    return int(node.value)


def known_slice(tree: Slice, parts: Sequence[int], place: Span) -> slice:
    """Python's slice of the parts that were written; steps go forward."""
    left = iter(parts)
    start, stop, step = [None if part is None else next(left) for part in (*tree.parts, None)][:3]
    if step is not None and step < 1:
        raise TypeMistake("SG221", "the step of a slice must be positive", place)
    return slice(start, stop, step)


def index_key(base: Node, items: Sequence[Any]) -> tuple[Any, ...]:
    """The key of an `index`: integers, and (start, stop, step) within the axis.

    Raises:
        TypeMistake: SG221, an index is not known now; SG204, a slice is empty.
    """
    key: list[Any] = []
    for axis, item in enumerate(items):
        if not isinstance(item, slice):
            key.append(known_integer(item, None))
        elif axis >= len(base.shape):
            key.append((0, 0, 1))  # too many indices: the operation itself says so
        else:
            size = base.shape[axis]
            start, stop, step = item.indices(size)
            if stop <= start:
                message = f"this slice has no elements: the axis has {size}"
                raise TypeMistake("SG204", message, hint="indices count from 0, ranges are half-open")
            key.append((start, stop, step))
    return tuple(key)


def known_attribute(keyword: Keyword, place: Span) -> int | tuple[int, ...]:
    """An integer or a list of integers, as it is written: `axis=-1`, `shape=[2, 3]`.

    Raises:
        TypeMistake: SG221, it is neither, or no shape.
    """
    value = ungrouped(keyword.value)
    is_list = type(value) is Apply and value.op == "stack"
    numbers = [_literal(item) for item in (value.args if type(value) is Apply and is_list else (value,))]
    known = tuple(number for number in numbers if number is not None)
    if len(known) != len(numbers):
        raise TypeMistake("SG221", f"`{keyword.name}` must be an integer, or a list of integers", place)
    if keyword.name == "shape" and min(known) < 1:
        raise TypeMistake("SG221", "the sizes of a shape are at least 1", place)
    return known if is_list or keyword.name in LISTS else known[0]


def _literal(tree: Ast) -> int | None:
    sign = 1
    tree = ungrouped(tree)
    while type(tree) is Apply and tree.op == "neg":
        sign, tree = -sign, ungrouped(tree.args[0])
    return sign * tree.value if type(tree) is Number and type(tree.value) is int else None


def explained(error: SymgradError, trees: Sequence[Ast], args: Sequence[Any]) -> SymgradError:
    """Where a vector was needed and an undeclared variable given, say how it is declared."""
    if error.code == "SG202":
        for tree, arg in zip(trees, args, strict=False):
            if type(ungrouped(tree)) is Name and type(arg) is Node and arg.op is VAR and not arg.shape:
                error.message = f"`{arg.name}` is a single number here, and this needs a vector or matrix"
                library = f'types={{"{arg.name}": "real[3]"}} in the library'
                error.hint = f"declare it first: `{arg.name}: real[3]` ({library})"
                break
    return error
