"""A function of two variables as data: heights on a grid, its gradient as arrows, and the way down from a point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from symgrad.engine.evaluate import run
from symgrad.engine.gradient import gradient
from symgrad.graph import Node, Program
from symgrad.symbolic.simplify import simplify

GRID = 96
ARROWS = 13
MOST_STEPS = 400
LEVELS = 12
LEVEL = 1e-4
"""Across the whole plot such a slope makes so small a part of its heights: it counts as flat."""
Array = Any


@dataclass(frozen=True)
class Surface:
    """A plot of two variables.

    Attributes:
        title: what is shown.
        along: the names of the variables.
        x, y: their ranges.
        heights: rows of values from the lowest y to the highest; nan where there is none.
        levels: the heights of the contours.
        arrows: places with the gradient there, (x, y, dx, dy).
        path: the steps down from the current point, if there is one.
        end: how the way down ended.
    """

    title: str
    along: tuple[str, str]
    x: tuple[float, float]
    y: tuple[float, float]
    heights: tuple[tuple[float, ...], ...]
    levels: tuple[float, ...]
    arrows: tuple[tuple[float, float, float, float], ...]
    path: tuple[tuple[float, float], ...] = ()
    end: str = ""


class Field:
    """A graph as a function of two variables with its gradient."""

    def __init__(self, root: Node, along: tuple[Node, Node], fixed: Mapping[Node, float]) -> None:
        self.along = along
        self.fixed = dict(fixed)
        self.program = Program([root, *simplify(gradient(root, along))])

    def __call__(self, x: Array, y: Array) -> list[Array]:
        """The value and both derivatives; nan where there is none."""
        import numpy as np

        bound = {
            v: a
            for v, a in {**self.fixed, self.along[0]: x, self.along[1]: y}.items()
            if v in self.program.slot
        }
        with np.errstate(all="ignore"):
            values = run(self.program, bound)
            return [
                np.broadcast_to(np.asarray(values[slot], dtype=float), np.shape(x))
                for slot in self.program.outputs
            ]


def surface(
    root: Node,
    along: tuple[Node, Node],
    spans: tuple[tuple[float, float], tuple[float, float]],
    fixed: Mapping[Node, float],
    at: tuple[float, float] | None = None,
    title: str = "",
) -> Surface:
    """Plot an expression over two of its variables; from a point `at` the way down is drawn."""
    import numpy as np

    field = Field(root, along, fixed)
    xs, ys = (np.linspace(*span, GRID + 1) for span in spans)
    heights, _, _ = field(*(a.ravel() for a in np.meshgrid(xs, ys)))
    heights = heights.reshape(len(ys), len(xs))
    ax, ay = (_inner(span) for span in spans)
    px, py = (a.ravel() for a in np.meshgrid(ax, ay))
    _, gx, gy = field(px, py)
    arrows = tuple(
        (float(a), float(b), float(c), float(d))
        for a, b, c, d in zip(px, py, gx, gy, strict=True)
        if math.isfinite(c) and math.isfinite(d)
    )
    finite = heights[np.isfinite(heights)]
    spread = float(finite.max() - finite.min()) if len(finite) else 0.0
    path, end = _descent(field, at, spans, spread) if at is not None and _inside(at, spans) else ((), "")
    rows = tuple(tuple(float(h) for h in row) for row in heights)
    return Surface(title, (along[0].name, along[1].name), *spans, rows, _levels(heights), arrows, path, end)


def _inner(span: tuple[float, float]) -> Array:
    import numpy as np

    step = (span[1] - span[0]) / ARROWS
    return np.linspace(span[0] + step / 2, span[1] - step / 2, ARROWS)


def _inside(at: tuple[float, float], spans: tuple[tuple[float, float], tuple[float, float]]) -> bool:
    return all(low <= a <= high for a, (low, high) in zip(at, spans, strict=True))


def _levels(heights: Array) -> tuple[float, ...]:
    """Heights of contours: as many between any two of them, so that deep valleys have lines too."""
    import numpy as np

    finite = heights[np.isfinite(heights)]
    if not len(finite) or finite.min() == finite.max():
        return ()
    return tuple(dict.fromkeys(float(v) for v in np.quantile(finite, np.linspace(0, 1, LEVELS + 2)[1:-1])))


def _descent(
    field: Field,
    at: tuple[float, float],
    spans: tuple[tuple[float, float], tuple[float, float]],
    spread: float,
) -> tuple[tuple[tuple[float, float], ...], str]:
    """Steps against the gradient, each shortened until the value falls enough, at most a twentieth of the plot."""
    import numpy as np

    def look(x: float, y: float) -> tuple[float, float, float]:
        value, dx, dy = field(np.array([x]), np.array([y]))
        return float(value[0]), float(dx[0]), float(dy[0])

    size = min(high - low for low, high in spans)
    x, y = at
    value, dx, dy = look(x, y)
    path = [(x, y)]
    length = size / 20
    for _ in range(MOST_STEPS):
        slope = math.hypot(dx, dy)
        if not math.isfinite(slope) or not math.isfinite(value):
            return tuple(path), "ends where there is no gradient"
        if slope * size <= LEVEL * spread:
            return tuple(path), f"ends at ({x:.4g}, {y:.4g}), where it is flat"
        length = min(2 * length, size / 20)
        while length > 1e-9 * size:
            u, v = x - length * dx / slope, y - length * dy / slope
            new = look(u, v)
            if new[0] <= value - 0.1 * length * slope:
                break
            length /= 2
        else:
            return tuple(path), f"reaches a minimum near ({x:.5g}, {y:.5g})"
        x, y = u, v
        value, dx, dy = new
        path.append((x, y))
        if not _inside((x, y), spans):
            return tuple(path), "leaves the plot"
    return tuple(path), f"is still going down at ({x:.5g}, {y:.5g})"


def contour(
    heights: tuple[tuple[float, ...], ...], level: float
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Marching squares: the pieces of a contour, in steps of the grid; cells with a missing corner have none."""
    found = []
    for j, (low, high) in enumerate(pairwise(heights)):
        for i in range(len(low) - 1):
            corners = (
                (i, j, low[i]),
                (i + 1, j, low[i + 1]),
                (i + 1, j + 1, high[i + 1]),
                (i, j + 1, high[i]),
            )
            values = [c[2] for c in corners]
            if not all(map(math.isfinite, values)) or min(values) > level or max(values) < level:
                continue
            cuts = [
                (a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1]))
                for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)
                if (a[2] < level) != (b[2] < level)
                for s in [(level - a[2]) / (b[2] - a[2])]
            ]
            if len(cuts) == 4 and (sum(values) / 4 < level) != (
                values[0] < level
            ):  # a saddle: the middle decides
                cuts = [cuts[3], *cuts[:3]]
            found += [(cuts[k], cuts[k + 1]) for k in range(0, len(cuts) - 1, 2)]
    return found
