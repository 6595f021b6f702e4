"""Lines of a story: folded where they are too wide, in columns where they fit."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.session.display import display_safe, folded, width

Page = list[tuple[str, str]]
"""Lines without their ends, each with its style."""
INDENT = "  "


def folded_lines(text: str, columns: int, margin: str, style: str = "") -> Page:
    """A line broken between words; what follows is indented."""
    text = display_safe(text)
    head = text[: len(text) - len(text.lstrip())]
    lines = folded(text.strip(), max(columns - len(margin), 20))
    return [(style, (head if not i else margin) + line) for i, line in enumerate(lines)]


def wrapped(text: str, columns: int) -> list[str]:
    """A remark broken between words."""
    head = text[: len(text) - len(text.lstrip())]
    return [
        head + INDENT * bool(i) + line for i, line in enumerate(folded(text.strip(), columns - len(head) - 2))
    ]


def table(rows: Sequence[tuple[str, ...]], columns: int) -> list[str]:
    """Rows in columns; one that is too wide has its cells below each other."""
    sizes: dict[int, int] = {}
    fitting = [row for row in rows if sum(map(width, row)) + len(row) + len(INDENT) <= columns]
    for row in fitting:
        for i, cell in enumerate(row[:-1]):
            sizes[i] = max(sizes.get(i, 0), width(cell))
    lines = []
    for row in rows:
        cells = [cell + " " * (sizes.get(i, 0) - width(cell)) for i, cell in enumerate(row)]
        line = f"{INDENT}{' '.join(cells)}".rstrip()
        lines.append(line if width(line) <= columns else _stacked(row, columns))
    return lines


def _stacked(row: tuple[str, ...], columns: int) -> str:
    first, *cells = (cell for cell in row if cell)
    if cells and len(first) + len(cells[0]) + 3 <= columns:
        first, cells = f"{first} {cells[0]}", cells[1:]
    margin = INDENT * 3
    parts = [line for cell in [first, *cells] for line in folded(cell, columns - len(margin) - 2)]
    return "\n".join(
        (INDENT if not i else margin if part.startswith("=") else margin + INDENT) + part
        for i, part in enumerate(parts)
    )
