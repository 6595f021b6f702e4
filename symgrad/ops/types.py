"""The type of an expression, real or bool with a shape, and the rules by which ops make new types."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symgrad.errors import TypeMistake

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Type:
    """`kind` is "real" or "bool"; a scalar has the shape ()."""

    kind: str
    shape: Shape = ()

    @cached_property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        return self.kind + (f"[{', '.join(map(str, self.shape))}]" if self.shape else "")


REAL = Type("real")
BOOL = Type("bool")
TypeRule = Callable[[Sequence[Type], Mapping[str, Any]], Type]


def real(*shape: int) -> Type:
    """The type of a real array of this shape."""
    return Type("real", shape) if shape else REAL


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The common shape of elementwise operands, as NumPy has it.

    Raises:
        TypeMistake: SG203, two sizes of an axis differ and neither is 1.
    """
    rank = max(map(len, shapes), default=0)
    out = [1] * rank
    for shape in shapes:
        for i, n in enumerate(shape, rank - len(shape)):
            if n != 1 and out[i] not in (1, n):
                listed = " and ".join(str(list(s)) for s in shapes)
                raise TypeMistake("SG203", f"the shapes {listed} do not fit together")
            out[i] = n if out[i] == 1 else out[i]
    return tuple(out)


def _require(types: Sequence[Type], kind: str) -> None:
    for type_ in types:
        if type_.kind != kind:
            wanted = "a number" if kind == "real" else "a condition"
            got = "a condition" if kind == "real" else "a number"
            raise TypeMistake("SG201", f"expected {wanted} here, found {got}")


def elementwise(types: Sequence[Type], attrs: Mapping[str, Any]) -> Type:
    """Numbers in, numbers out, element by element."""
    if len(types) == 1 and types[0] is REAL:
        return REAL
    if len(types) == 2 and types[0] is REAL and types[1] is REAL:
        return REAL
    _require(types, "real")
    return real(*broadcast([t.shape for t in types]))


def comparison(types: Sequence[Type], attrs: Mapping[str, Any]) -> Type:
    """Numbers in, conditions out."""
    return Type("bool", elementwise(types, attrs).shape)


def logical(types: Sequence[Type], attrs: Mapping[str, Any]) -> Type:
    """Conditions in, conditions out."""
    _require(types, "bool")
    return Type("bool", broadcast([t.shape for t in types]))


def selection(types: Sequence[Type], attrs: Mapping[str, Any]) -> Type:
    """A condition and two branches of one kind."""
    condition, *branches = types
    _require([condition], "bool")
    _require(branches, branches[0].kind)
    return Type(branches[0].kind, broadcast([t.shape for t in types]))


POINTWISE: tuple[TypeRule, ...] = (elementwise, comparison, logical, selection)
"""The type rules of ops that act element by element, with broadcasting."""
