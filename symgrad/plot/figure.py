"""What a plot shows, as data: curves of a function and its derivatives, where it is flat, its tangent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.certified.prove import Budget
from symgrad.certified.sides import nearest, one_sided
from symgrad.engine.gradient import gradient
from symgrad.errors import TypeMistake
from symgrad.graph import Node
from symgrad.plot.sampling import Break, Curve, Function, scale
from symgrad.symbolic.simplify import simplify

END = 1e-9
"""So close to an end of the range, as a share of it, a jump is not seen."""
MOST_MARKED = 12
"""So many places where the derivative vanishes are marked; an oscillation has more."""
STEEPER = 3.0
"""Derivatives may take up so many times the height of the function before they are cut off."""


@dataclass(frozen=True)
class Drawn:
    """A curve with its name; `order` 0 is a function, 1 its derivative, 2 the second."""

    label: str
    curve: Curve
    order: int = 0


@dataclass(frozen=True)
class Mark:
    """A place where the derivative of a curve is zero: a minimum, a maximum, or flat."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True)
class Tangent:
    """The line through a point of a curve with the slope it has there."""

    x: float
    y: float
    slope: float


@dataclass(frozen=True)
class Figure:
    """A plot of one variable.

    Attributes:
        title: what is shown.
        along: the name of the variable.
        x, y: the ranges.
        curves: what is drawn.
        marks: where the derivative of the first curve is zero; `unmarked` says how many more there are.
        breaks: where the first curve is not continuous.
        tangent: at the current point, if there is one in the range.
    """

    title: str
    along: str
    x: tuple[float, float]
    y: tuple[float, float]
    curves: tuple[Drawn, ...]
    marks: tuple[Mark, ...] = ()
    unmarked: int = 0
    breaks: tuple[Break, ...] = ()
    tangent: Tangent | None = None


def figure(
    roots: Sequence[tuple[str, Node]],
    along: Node,
    span: tuple[float, float],
    fixed: Mapping[Node, float],
    *,
    derivatives: int = 1,
    at: float | None = None,
    title: str = "",
) -> Figure:
    """Plot expressions in one variable.

    Args:
        roots: what is plotted, with names; of a single one the derivatives are plotted too.
        along: the variable.
        span: its range.
        fixed: the values of the other variables.
        derivatives: how many derivatives of a single expression are drawn.
        at: where the tangent touches.
        title: what stands above it.
    """
    low, high = span
    names = [name for name, _ in roots]
    functions = [Function(root, along, fixed) for _, root in roots]
    drawn = [Drawn(name, f.curve(low, high)) for name, f in zip(names, functions, strict=True)]
    first = roots[0][1]
    slopes = [Function(node, along, fixed) for node in _derivatives(first, along)]
    if len(roots) == 1:
        label = "f" if len(names[0]) > 24 else names[0]
        drawn[0] = Drawn(names[0], drawn[0].curve)
        for order, slope in enumerate(slopes[:derivatives], 1):
            prime = f"d{label}/d{along.name}" if label.isidentifier() else f"d/d{along.name}"
            name = prime if order == 1 else prime.replace("d", "d²", 1) + "²"
            drawn.append(Drawn(name, slope.curve(low, high), order))
    marks, more = _flat(functions[0], slopes, span) if slopes else ([], 0)
    tangent = _tangent(functions[0], slopes, at) if slopes and at is not None and low <= at <= high else None
    breaks = tuple(
        _named(_tidy(b, span), first, along, fixed)
        for b in drawn[0].curve.breaks
        if b.kind == "pole" or low < b.x - END * (high - low) < b.x + END * (high - low) < high
    )
    return Figure(
        title or ", ".join(names),
        along.name,
        span,
        _range(drawn, marks),
        tuple(drawn),
        tuple(marks),
        more,
        breaks,
        tangent,
    )


def _derivatives(root: Node, along: Node) -> list[Node]:
    """The first and second derivative, as far as there are any."""
    found: list[Node] = []
    for _ in range(2):
        try:
            root = simplify(gradient(root, [along]))[0]
        except TypeMistake:
            break
        found.append(root)
    return found


def _range(drawn: Sequence[Drawn], marks: Sequence[Mark]) -> tuple[float, float]:
    """The heights that are shown: those of the functions, and of derivatives as far as they are not much higher."""
    spans = [span for d in drawn if d.order == 0 and (span := _span(d.curve)) is not None]
    low = min([s[0] for s in spans] + [m.y for m in marks], default=-1.0)
    high = max([s[1] for s in spans] + [m.y for m in marks], default=1.0)
    height = (high - low) or abs(high) or 1.0
    for d in drawn:
        span = _span(d.curve) if d.order else None
        if span is not None:
            low = min(low, max(span[0], low - STEEPER / 2 * height))
            high = max(high, min(span[1], high + STEEPER / 2 * height))
    height = high - low
    if not height:
        return low - (abs(low) or 1.0), high + (abs(high) or 1.0)
    return low - 0.05 * height, high + 0.05 * height


def _span(drawn: Curve) -> tuple[float, float] | None:
    """The heights of a curve, evenly over its length; near poles it is cut off."""
    import numpy as np

    if not drawn.pieces:
        return None
    parts = []
    total = sum(xs[-1] - xs[0] for xs, _ in drawn.pieces) or 1.0
    for xs, ys in drawn.pieces:
        even = np.linspace(xs[0], xs[-1], max(2, int(400 * (xs[-1] - xs[0]) / total)))
        parts.append(np.interp(even, xs, ys))
    heights = np.concatenate(parts)
    low, high = (float(v) for v in (heights.min(), heights.max()))
    inner = [float(v) for v in np.quantile(heights, [0.12, 0.88])]
    middle = inner[1] - inner[0]
    if high - low > 6 * middle and any(b.kind in ("pole", "point", "edge", "jump") for b in drawn.breaks):
        return max(low, inner[0] - middle / 4), min(high, inner[1] + middle / 4)
    return low, high


def _flat(f: Function, slopes: Sequence[Function], span: tuple[float, float]) -> tuple[list[Mark], int]:
    """Where the derivative is zero: where it changes its sign without a jump, or touches zero where it turns.

    Of many the ones that are furthest apart, and how many there are besides.
    """
    if len(set(f.curve(*span).heights)) <= 1:
        return [], 0
    brackets = _changes(slopes[0], span)
    chosen = _apart(brackets)
    found = [root for bracket in chosen if (root := _root(slopes[0], *bracket)) is not None]
    if len(slopes) > 1 and len(brackets) < MOST_MARKED:
        size = scale(_heights(slopes[0], span))
        turns = [
            root
            for bracket in _apart(_changes(slopes[1], span))
            if (root := _root(slopes[1], *bracket)) is not None
        ]
        found += [(x, "flat") for x, _ in turns if abs(slopes[0].at(x)) < FLAT * size]
    marks: dict[float, Mark] = {}
    for x, kind in sorted(found):
        y = f.at(x)
        close = any(abs(k - x) < NEAR * (span[1] - span[0]) for k in marks)
        if math.isfinite(y) and not close:
            marks[x] = Mark(x, y, kind)
    return list(marks.values())[:MOST_MARKED], len(brackets) - len(chosen)


FLAT = 1e-12
NEAR = 1e-6
Bracket = tuple[float, float]


def _heights(f: Function, span: tuple[float, float]) -> Any:
    import numpy as np

    return np.array(f.curve(*span).heights)


def _changes(f: Function, span: tuple[float, float]) -> list[Bracket]:
    """The intervals of a curve in which it changes its sign, or is zero at the end of one."""
    found: list[Bracket] = []
    for xs, ys in f.curve(*span).pieces:
        last = None
        for x, y in zip(xs, ys, strict=True):
            if y and last is not None and (y < 0) != (last[1] < 0):
                found.append((last[0], x))
            if y:
                last = (x, y)
    return found


def _apart(brackets: list[Bracket]) -> list[Bracket]:
    """The brackets that are furthest from their neighbours."""
    if len(brackets) <= MOST_MARKED:
        return brackets
    starts = [a for a, _ in brackets]
    gaps = [
        min(b - a, c - b)
        for a, b, c in zip([-math.inf, *starts], starts, [*starts[1:], math.inf], strict=False)
    ]
    order = sorted(range(len(brackets)), key=lambda i: -gaps[i])[:MOST_MARKED]
    return [brackets[i] for i in sorted(order)]


def _root(f: Function, a: float, b: float) -> tuple[float, str] | None:
    """Where a function is zero between two points, and what its integral has there; None where it only jumps."""
    ya, yb = f.at(a), f.at(b)
    kind = "minimum" if ya < 0 else "maximum"
    least = min(abs(ya), abs(yb))
    for _ in range(100):
        middle = (a + b) / 2
        y = f.at(middle)
        if y == 0:
            return middle, kind
        if middle in (a, b) or not math.isfinite(y):
            break
        a, b = (middle, b) if (y < 0) == (ya < 0) else (a, middle)
    x = min(a, b, key=lambda x: abs(f.at(x)))
    return (x, kind) if abs(f.at(x)) <= 0.5 * least else None


def _tangent(f: Function, slopes: Sequence[Function], at: float) -> Tangent | None:
    y, slope = f.at(at), slopes[0].at(at)
    return Tangent(at, y, slope) if math.isfinite(y) and math.isfinite(slope) else None


def _tidy(found: Break, span: tuple[float, float]) -> Break:
    """A place that was found by halving, without its last digits."""
    small = abs(found.x) < 1e-12 * (span[1] - span[0])
    return Break(0.0 if small else float(f"{found.x:.13g}"), found.kind)


def _named(found: Break, root: Node, along: Node, fixed: Mapping[Node, float]) -> Break:
    """An undefined point by what certified arithmetic proves of its sides: a hole, a pole, a jump."""
    if found.kind != "point":
        return found
    point = {**fixed, along: found.x}
    sides = one_sided(root, point, along, Budget(seconds=1.0))
    limits = [nearest(side.limit) for side in (sides.left, sides.right)]
    if any(limit is not None and math.isinf(limit) for limit in limits):
        return Break(found.x, "pole")
    if None in limits:
        return Break(found.x, "point")
    return Break(found.x, "hole" if limits[0] == limits[1] else "jump")


__all__ = ["Break", "Drawn", "Figure", "Mark", "Tangent", "figure"]
