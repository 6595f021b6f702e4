"""Two variables in a terminal: heights as shades, the gradient as arrows, and the way down."""

from __future__ import annotations

import math

from symgrad.plot.surface import Surface
from symgrad.plot.terminal import LEAST_ROWS, MOST_ROWS, NARROWEST, SIGNS, Line
from symgrad.plot.ticks import labels, short, ticks

SHADES = {"braille": " ░▒▓█", "blocks": " ░▒▓█", "ascii": " .:=#"}
ARROWS = {"braille": "→↗↑↖←↙↓↘", "blocks": "→↗↑↖←↙↓↘", "ascii": ">/^\\</v\\"}
EVERY = (8, 4)
"""An arrow for so many columns and rows."""


def drawn(surface: Surface, columns: int, rows: int, signs: str) -> list[Line]:
    """The lines of a map that fits a screen."""
    columns = max(columns, NARROWEST)
    height = max(LEAST_ROWS, min(MOST_ROWS, rows - 7))
    ys = ticks(*surface.y, max(2, height // 3))
    names = labels(ys)
    margin = max([len(name) for name in names], default=1) + 1
    width = min(columns - margin - 2, 3 * height)
    cells = _shaded(surface, width, height, signs)
    _arrows(surface, cells, signs)
    _path(surface, cells)
    sign = SIGNS[signs]
    at = {_row(surface, y, height): name for y, name in zip(ys, names, strict=True)}
    lines: list[Line] = [[("strong", f"  {surface.title}"[:columns])]]
    for j, row in enumerate(cells):
        name = at.get(j, "")
        lines.append([("dim", f"{name:>{margin}} {sign['tick'] if name else sign['axis']}"), *row])
    lines += _floor(surface, width, margin, signs)
    return [*lines, *_facts(surface, signs)]


def _row(surface: Surface, y: float, height: int) -> int:
    low, high = surface.y
    return min(height - 1, max(0, int((high - y) / (high - low) * height)))


def _column(surface: Surface, x: float, width: int) -> int:
    low, high = surface.x
    return min(width - 1, max(0, int((x - low) / (high - low) * width)))


def _shaded(surface: Surface, width: int, height: int, signs: str) -> list[list[tuple[str, str]]]:
    shades = SHADES[signs]
    n, m = len(surface.heights[0]), len(surface.heights)
    cells = []
    for j in range(height):
        row = surface.heights[min(m - 1, int((height - j - 0.5) / height * m))]
        line: list[tuple[str, str]] = []
        for i in range(width):
            value = row[min(n - 1, int((i + 0.5) / width * n))]
            share = sum(level < value for level in surface.levels) / max(len(surface.levels), 1)
            sign = shades[min(int(share * len(shades)), len(shades) - 1)] if math.isfinite(value) else "?"
            line.append(("dim", sign))
        cells.append(line)
    return cells


def _arrows(surface: Surface, cells: list[list[tuple[str, str]]], signs: str) -> None:
    """The directions in which the value grows fastest, as they look on the screen."""
    height, width = len(cells), len(cells[0])
    across = width / (surface.x[1] - surface.x[0])
    up = 2 * height / (surface.y[1] - surface.y[0])
    taken: set[tuple[int, int]] = set()
    for x, y, dx, dy in surface.arrows:
        i, j = _column(surface, x, width), _row(surface, y, height)
        if (dx or dy) and (i // EVERY[0], j // EVERY[1]) not in taken:
            taken.add((i // EVERY[0], j // EVERY[1]))
            turn = round(math.atan2(dy * up, dx * across) / (math.pi / 4)) % 8
            cells[j][i] = ("label", ARROWS[signs][turn])


def _path(surface: Surface, cells: list[list[tuple[str, str]]]) -> None:
    height, width = len(cells), len(cells[0])
    for (x, y), (u, v) in zip(surface.path, surface.path[1:], strict=False):
        for k in range(9):
            a, b = x + (u - x) * k / 8, y + (v - y) * k / 8
            if surface.x[0] <= a <= surface.x[1] and surface.y[0] <= b <= surface.y[1]:
                cells[_row(surface, b, height)][_column(surface, a, width)] = ("bad", "*")
    for (x, y), sign in zip(surface.path[:1] + surface.path[-1:], "ox", strict=False):
        cells[_row(surface, y, height)][_column(surface, x, width)] = ("strong", sign)


def _floor(surface: Surface, width: int, margin: int, signs: str) -> list[Line]:
    sign = SIGNS[signs]
    xs = ticks(*surface.x, max(2, width // 10))
    floor, below = [sign["floor"]] * width, [" "] * (width + margin + 2)
    for x, name in zip(xs, labels(xs), strict=True):
        column = _column(surface, x, width)
        floor[column] = sign["down"]
        start = max(0, min(len(below) - len(name), column + margin + 2 - len(name) // 2))
        if all(c == " " for c in below[max(0, start - 1) : start + len(name) + 1]):
            below[start : start + len(name)] = name
    return [
        [("dim", f"{' ' * margin} {sign['corner']}{''.join(floor)}")],
        [("dim", "".join(below).rstrip())],
    ]


def _facts(surface: Surface, signs: str) -> list[Line]:
    finite = [h for row in surface.heights for h in row if math.isfinite(h)]
    x, y = surface.along
    facts: list[Line] = []
    if finite:
        said = f"heights {short(min(finite), 4)} to {short(max(finite), 4)}; arrows: the gradient"
        facts.append([("dim", f"  {SHADES[signs][1:]} "), ("", f"{x} across, {y} up; {said}")])
    if surface.path:
        start = ", ".join(short(a, 4) for a in surface.path[0])
        facts.append([("bad", "  * "), ("", f"the way down from ({start}) {surface.end}")])
    return facts
