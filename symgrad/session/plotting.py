"""Plots on the screen and as data."""

from __future__ import annotations

from typing import Any

from symgrad.plot import Figure, surface_terminal, terminal
from symgrad.session.display import Segments, display_safe
from symgrad.session.results import Plotted

MOST_POINTS = 400
"""Points of a curve that programs are given."""


def rendered(result: Plotted, columns: int, rows: int, signs: str) -> Segments:
    """The plot in characters, or where it was written."""
    if result.file:
        return [("", f"written: {display_safe(result.file)}\n")]
    plot = result.plot
    if isinstance(plot, Figure):
        lines = terminal.drawn(plot, columns, rows, signs)
    else:
        lines = surface_terminal.drawn(plot, columns, rows, signs)
    segments: Segments = []
    for line in lines:
        segments += [(style, display_safe(words)) for style, words in _trimmed(line)]
        segments.append(("", "\n"))
    return segments


def _trimmed(line: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A line without the blanks at its end."""
    line = list(line)
    while line and not line[-1][1].rstrip():
        line.pop()
    return [*line[:-1], (line[-1][0], line[-1][1].rstrip())] if line else line


def data(result: Plotted) -> dict[str, Any]:
    """The plot for programs."""
    plot = result.plot
    found: dict[str, Any] = {"expr": result.text, "file": result.file or None}
    if isinstance(plot, Figure):
        curves = [
            {
                "label": part.label,
                "order": part.order,
                "pieces": [_thinned(piece) for piece in part.curve.pieces],
            }
            for part in plot.curves
        ]
        t = plot.tangent
        return found | {
            "variable": plot.along,
            "range": plot.x,
            "heights": plot.y,
            "curves": curves,
            "stationary": [{"x": m.x, "y": m.y, "kind": m.kind} for m in plot.marks],
            "breaks": [{"x": b.x, "kind": b.kind} for b in plot.breaks],
            "tangent": None if t is None else {"x": t.x, "y": t.y, "slope": t.slope},
        }
    return found | {
        "variables": plot.along,
        "ranges": [plot.x, plot.y],
        "levels": plot.levels,
        "arrows": plot.arrows,
        "path": plot.path,
        "end": plot.end or None,
    }


def _thinned(piece: tuple[tuple[float, ...], tuple[float, ...]]) -> list[tuple[float, float]]:
    points = list(zip(*piece, strict=True))
    step = max(1, len(points) // MOST_POINTS)
    return [*points[:-1:step], points[-1]]
