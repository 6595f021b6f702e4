"""A drawing as data: boxes with their texts, arrows between them, frames around them. Formats are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["op", "variable", "parameter", "constant", "group"]


@dataclass(frozen=True)
class Box:
    """What is drawn for one node of a graph, or for a folded group of them.

    Attributes:
        key: its name in this picture: letters, digits and _, safe in every format.
        title: what it is: the sign or name of an op, a variable's name, a number, a group's name.
        lines: what is known about it, ready to be read: value, gradient, error share, flags.
        weight: how strong its colour is, 0..1 (the size of the gradient); None: no colour.
        kind: what it stands for.
        note: what is shown where there is room, or on asking: the subexpression in full.
        size: how many nodes it stands for.
        warn: whether something is wrong here: no number, an infinite one, a flag.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    weight: float | None = None
    kind: Kind = "op"
    note: str = ""
    size: int = 1
    warn: bool = False


@dataclass(frozen=True)
class Edge:
    """An arrow from an operand to what is made of it; x*x has two. Those of one head are in the order of operands."""

    tail: str
    head: str
    label: str = ""


@dataclass(frozen=True)
class Frame:
    """A named frame around boxes (a definition, a layer that was opened) and around further frames."""

    title: str
    members: tuple[str, ...]
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes:
        boxes: operands before what is made of them; a constant once for each operation that uses it.
        edges: those of one head stand together, in the order of operands.
        root: the key of the box of the result; the last one.
        caption: one line about the whole: the expression, the point.
        frames: around boxes of one origin.
        folded: names of groups that stand as one box each, and can be opened.
    """

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    root: str
    caption: str = ""
    frames: tuple[Frame, ...] = ()
    folded: tuple[str, ...] = ()

    def operands(self) -> dict[str, list[str]]:
        """For each box the keys of its operands, in order."""
        found: dict[str, list[str]] = {box.key: [] for box in self.boxes}
        for edge in self.edges:
            found[edge.head].append(edge.tail)
        return found

    def all_frames(self) -> Iterator[Frame]:
        """Every frame, the outer ones first."""
        todo = list(self.frames)
        while todo:
            frame = todo.pop(0)
            yield frame
            todo[:0] = frame.frames
