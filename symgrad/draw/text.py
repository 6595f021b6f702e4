"""A picture as a tree of text: the result on top, operands below it, what is used twice told once and referred to."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from symgrad.draw.dot import visible
from symgrad.draw.picture import Box, Picture

Segments = list[tuple[str, str]]
"""Pieces of text with a style, as the screens of a session take them."""


class Signs(NamedTuple):
    """What the tree is drawn with."""

    fork: str
    last: str
    bar: str
    gap: str


LINES = Signs("├─ ", "└─ ", "│  ", "   ")
ASCII = Signs("|- ", "`- ", "|  ", "   ")
LEAST_ROOM = 34
"""Columns that a line keeps for its text; what is deeper begins at the margin again, under its number."""
PLAINER = str.maketrans({"×": "*", "−": "-", "…": "~", "·": "."})


def text(picture: Picture, columns: int = 80, *, ascii_only: bool = False) -> str:
    """The tree as plain text."""
    return "".join(part for _, part in segments(picture, columns, ascii_only=ascii_only))


def segments(picture: Picture, columns: int = 80, *, ascii_only: bool = False) -> Segments:
    """The tree in styled pieces, ended by a line end."""
    found = _Tree(picture, columns, ASCII if ascii_only else LINES).drawn()
    if not ascii_only:
        return found
    return [(style, _ascii(part)) for style, part in found]


def _ascii(text: str) -> str:
    """A text in ASCII: letters that it lacks by their code."""
    return text.translate(PLAINER).encode("ascii", "backslashreplace").decode("ascii")


class _Tree:
    """The walk over a picture. What was told is referred to by its number."""

    def __init__(self, picture: Picture, columns: int, signs: Signs) -> None:
        self.boxes: Mapping[str, Box] = {box.key: box for box in picture.boxes}
        self.operands = picture.operands()
        self.labels = {(edge.tail, edge.head): edge.label for edge in picture.edges if edge.label}
        self.root, self.columns, self.signs = picture.root, columns, signs
        self.caption, self.folded = picture.caption, picture.folded
        self.deepest = max(2, (columns - LEAST_ROOM) // 3)
        self.numbers = self._numbered()
        self.told: set[str] = set()
        self.out: Segments = []

    def _numbered(self) -> dict[str, str]:
        """A number for every box with operands that is used more than once, in the order of telling."""
        uses: dict[str, int] = {}
        for tails in self.operands.values():
            for tail in dict.fromkeys(tails):
                uses[tail] = uses.get(tail, 0) + 1
        order = self._telling()
        shared = [key for key in order if uses.get(key, 0) > 1 and self.operands[key]]
        return {key: f"#{i}" for i, key in enumerate(shared, 1)}

    def _telling(self) -> list[str]:
        """The boxes from the result down, each once."""
        seen: dict[str, None] = {}
        todo = [self.root]
        while todo:
            key = todo.pop()
            if key not in seen:
                seen[key] = None
                todo += reversed(self.operands[key])
        return list(seen)

    def drawn(self) -> Segments:
        """All trees: the first from the result, further ones from what was too deep to stand in it."""
        roots = [self.root]
        while roots:
            later: list[str] = []
            key = roots.pop(0)
            if key in self.told and key != self.root:
                continue
            if self.out:
                self.out.append(("", "\n"))
            self._tree(key, later)
            roots = later + roots
        if self.folded:
            self._fold_note()
        return self.out

    def _tree(self, root: str, later: list[str]) -> None:
        todo: list[tuple[str, str, str, int, str]] = [(root, "", "", 0, "")]
        while todo:
            key, lead, mark, depth, head = todo.pop()
            operands = self.operands[key]
            again = key in self.told
            deep = not again and bool(operands) and depth >= self.deepest
            if deep and key not in self.numbers:
                self.numbers[key] = f"#{len(self.numbers) + 1}"
            self._line(key, lead + mark, head, "above" if again else "below" if deep else "")
            if deep:
                later.append(key)
                continue
            if again:
                continue
            self.told.add(key)
            lead += "" if not mark else self.signs.gap if mark == self.signs.last else self.signs.bar
            below = [
                (a, lead, self.signs.last if i == len(operands) - 1 else self.signs.fork, depth + 1, key)
                for i, a in enumerate(operands)
            ]
            todo += reversed(below)

    def _line(self, key: str, lead: str, head: str, elsewhere: str) -> None:
        """One line: sign or name, number, value, gradient; of what stands elsewhere only where."""
        box = self.boxes[key]
        number = self.numbers.get(key, "")
        count = self.labels.get((key, head), "")
        line: Segments = [
            ("dim", lead),
            ("label" if not self.operands[key] else "strong", visible(box.title)),
        ]
        if number:
            line.append(("caret" if not elsewhere else "dim", f" {number}"))
        if count:
            line.append(("dim", f" (× {count})"))
        if elsewhere == "below" or (elsewhere == "above" and number):
            line.append(("dim", f" {elsewhere}"))
        elif not elsewhere:
            for text in box.lines:
                style = "warn" if text.startswith("!") else "number" if text.startswith("=") else ""
                line.append((style, f" {text}" if text.startswith("=") else f"  {text}"))
        self.out += _cut(line, self.columns)
        self.out.append(("", "\n"))

    def _fold_note(self) -> None:
        shown = ", ".join(self.folded[:6]) + (", ..." if len(self.folded) > 6 else "")
        self.out.append(("dim", f"\nfolded: {shown}\n"))


def _cut(line: Segments, columns: int) -> Segments:
    """A line without what no longer fits."""
    used = 0
    out: Segments = []
    for style, text in line:
        if used + _width(text) > columns:
            text = _head(text, columns - used - 1) + "…"  # noqa: PLW2901  # the same piece, cut
            return [*out, (style, text)]
        used += _width(text)
        out.append((style, text))
    return out


def _head(text: str, columns: int) -> str:
    while text and _width(text) > columns:
        text = text[:-1]
    return text


def _width(text: str) -> int:
    """The number of columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
