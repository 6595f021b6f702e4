"""Arrays of a graph as places in memory, and the graph as steps over them: what one sample takes, for eight at once.

A sample's numbers are vectors of eight samples (or a few of these), so no axis of an array needs to be a multiple of
anything, and a transpose, slice or broadcast costs nothing: it is another list of places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from symgrad.graph import Node, var
from symgrad.ops.types import Type

Array = np.ndarray[Any, Any]

PARAMETERS, ALIKE, DATA, EACH = range(4)
"""Memory: parameters; what is the same for all samples; a block of samples; what is computed of it."""


class Unwritten(Exception):
    """The graph has something that this way does not compute; the text says what."""


class Field(NamedTuple):
    """An array.

    Attributes:
        space: which memory it is in.
        ids: where each element is in it; -1 for a zero that is nowhere.
        kind: "real" or "bool".
        owner: what computed it.
    """

    space: int
    ids: Array
    kind: str
    owner: int

    @property
    def many(self) -> bool:
        """Whether it differs from sample to sample."""
        return self.space >= DATA


class Fixed(NamedTuple):
    """An array known beforehand."""

    value: Array


Place = Field | Fixed


@dataclass
class Each:
    """Element by element: scalar expressions of what is loaded, for each element of a shape.

    Attributes:
        shape: without axes of one.
        many: whether it is done for every sample.
        inputs: what is loaded, with its places in this shape.
        values: owner -> expression.
        results: owner -> where it goes if something else reads it.
    """

    shape: tuple[int, ...]
    many: bool
    inputs: dict[Any, tuple[Field, Node]] = field(default_factory=dict)
    values: dict[int, Node] = field(default_factory=dict)
    results: dict[int, Field] = field(default_factory=dict)

    def load(self, given: Field, shape: tuple[int, ...]) -> Node:
        """An operand of a result of this shape (with axes of one) as a scalar."""
        if given.owner in self.values and aligned(given, self.results[given.owner]):
            return self.values[given.owner]
        ids = np.broadcast_to(given.ids, shape).reshape(self.shape)
        key = (given.space, ids.tobytes(), given.kind)
        if key not in self.inputs:
            fresh = var(f"x{len(self.inputs)}", Type(given.kind))
            self.inputs[key] = given._replace(ids=ids), fresh
        return self.inputs[key][1]


class Product(NamedTuple):
    """A product of matrices (or stacks of them): all with their two axes last."""

    a: Field
    b: Field
    out: Field
    many: bool


class Reduced(NamedTuple):
    """A reduction over the last axis of `operand`; `name` is the op of two that is done."""

    name: str
    operand: Field
    out: Field
    many: bool


class Copied(NamedTuple):
    """Elements from anywhere put in order: pairs of space and place, None for a zero."""

    sources: tuple[tuple[int, int] | None, ...]
    out: Field
    many: bool


Step = Each | Product | Reduced | Copied


def aligned(view: Field, whole: Field) -> bool:
    """Whether a view shows all elements in their own order."""
    a, b = view.ids.reshape(-1), whole.ids.reshape(-1)
    same_axes = [n for n in view.ids.shape if n != 1] == [n for n in whole.ids.shape if n != 1]
    return same_axes and bool((a == b).all())


def affine(ids: Array) -> tuple[int, tuple[int, ...]] | None:
    """(place of the first element, steps along the axes); None if places are not regular."""
    first = int(ids.flat[0])
    steps = tuple(
        int(np.take(ids, 1, axis).flat[0]) - first if n > 1 else 0 for axis, n in enumerate(ids.shape)
    )
    grid = np.full(ids.shape, first)
    for axis, step in enumerate(steps):
        along = [1] * ids.ndim
        along[axis] = -1
        grid = grid + step * np.arange(ids.shape[axis]).reshape(along)
    return (first, steps) if (ids == grid).all() and ids.min() >= 0 else None


def aligned_all(ids: Array) -> bool:
    """Whether places follow each other without gaps."""
    flat = ids.reshape(-1)
    return bool((np.diff(flat) == 1).all())
