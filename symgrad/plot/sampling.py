"""A function of one variable as curves: sampled more densely where it bends, and broken where it is not continuous."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symgrad.engine.evaluate import run
from symgrad.graph import Node, Program

Array = Any
"""A NumPy array: NumPy is imported at first use."""

FIRST = 256
"""Intervals to begin with."""
MOST = 6000
"""Points of one curve."""
ROUNDS = 9
BEND = 0.002
"""A point this far off the line between its neighbours, as a share of the height, asks for more points."""
STEEP = 0.04
"""A step this high, as a share of the height, is looked into: it may be a jump."""
HALVINGS = 80
STAYS = 0.5
"""A step is a jump if this share of it remains however closely one looks."""
GONE = 0.05
"""It is none when no more than this is left."""
HUGE = 1e6
"""Heights, beyond which a curve that goes on growing has a pole."""
SPIKE = 6.0
"""A peak this many heights above zero is looked into: it may be a pole."""
NEAR = 1e-6
TINY = 1e-9
MOST_LOOKED = 60
"""Peaks of one curve that are looked into; more would be noise."""
MOST_CALLS = 8000
"""Points at which jumps are looked for, one by one; a curve that needs more is noise."""


@dataclass(frozen=True)
class Break:
    """A place where a curve is not continuous: a pole, a jump, a hole, or the edge of where it is defined."""

    x: float
    kind: str


@dataclass(frozen=True)
class Curve:
    """Continuous pieces, each a row of x and a row of y, and what lies between them."""

    pieces: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]
    breaks: tuple[Break, ...] = ()

    @property
    def heights(self) -> list[float]:
        """All values of y."""
        return [y for _, ys in self.pieces for y in ys]


class Function:
    """A graph as a function of one of its variables, the others fixed."""

    def __init__(self, root: Node, along: Node, fixed: Mapping[Node, float]) -> None:
        self.program = Program([root])
        self.along = along
        self.fixed = dict(fixed)
        self.calls = 0
        self.curves: dict[tuple[float, float], Curve] = {}

    def at(self, x: float) -> float:
        """The value at one point; nan where there is none."""
        self.calls += 1
        bound = {**{v: a for v, a in self.fixed.items() if v in self.program.slot}, self.along: float(x)}
        return float(run(self.program, bound)[self.program.outputs[0]])

    def curve(self, low: float, high: float) -> Curve:
        """Its curve between two points, sampled once."""
        if (low, high) not in self.curves:
            self.curves[low, high] = curve(self, low, high)
        return self.curves[low, high]

    def __call__(self, xs: Array) -> Array:
        """The values at many points; nan where there is none."""
        import numpy as np

        with np.errstate(all="ignore"):
            bound = {**{v: x for v, x in self.fixed.items() if v in self.program.slot}, self.along: xs}
            ys = run(self.program, bound)[self.program.outputs[0]]
            return np.array(np.broadcast_to(np.asarray(ys, dtype=float), xs.shape))


def curve(f: Function, low: float, high: float) -> Curve:
    """The curve of a function between two points."""
    import numpy as np

    xs = np.linspace(low, high, FIRST + 1)
    ys = f(xs)
    height = scale(ys)
    for _ in range(ROUNDS):
        wanted = _wanted(xs, ys, height)
        if not wanted.any() or len(xs) + wanted.sum() > MOST:
            break
        middle = (xs[:-1][wanted] + xs[1:][wanted]) / 2
        xs, ys = _merged(xs, ys, middle, f(middle))
        height = scale(ys)
    poles = _spikes(f, xs, ys, height)
    if poles:
        more = np.array(sorted(poles))
        keep = ~np.isin(xs, more)
        xs, ys = _merged(xs[keep], ys[keep], more, np.full(len(more), math.nan))
    return _broken(f, xs, ys, height, poles)


def _spikes(f: Function, xs: Array, ys: Array, height: float) -> set[float]:
    """Where the curve goes to infinity with one sign on both sides, as 1/x^2 does: peaks that grow without end."""
    import numpy as np

    with np.errstate(all="ignore"):
        size = np.abs(ys)
        peak = (size[1:-1] >= size[:-2]) & (size[1:-1] >= size[2:]) & (size[1:-1] > SPIKE * height)
        peak &= np.sign(ys[:-2]) == np.sign(ys[2:])
    found = set()
    for i in (np.nonzero(peak)[0] + 1)[:MOST_LOOKED]:
        a, b = float(xs[i - 1]), float(xs[i + 1])
        for _ in range(HALVINGS):
            third = (b - a) / 3
            left, right = abs(f.at(a + third)), abs(f.at(b - third))
            if not (math.isfinite(left) and math.isfinite(right)) or max(left, right) > HUGE**2 * height:
                middle = (a + b) / 2
                round_ = float(f"{middle:.4g}") if abs(middle) > NEAR * (xs[-1] - xs[0]) else 0.0
                found.add(middle if math.isfinite(f.at(round_)) or abs(round_ - middle) > NEAR else round_)
                break
            a, b = (a + third, b) if left < right else (a, b - third)
    return found


def scale(ys: Array) -> float:
    """The height of a curve, whatever its poles do: between its outer twentieths."""
    import numpy as np

    finite = ys[np.isfinite(ys)]
    if not len(finite):
        return 1.0
    low, high = np.quantile(finite, [0.05, 0.95])
    return float(high - low) or float(abs(finite).max()) or 1.0


def _merged(xs: Array, ys: Array, more: Array, values: Array) -> tuple[Array, Array]:
    import numpy as np

    xs, ys = np.concatenate([xs, more]), np.concatenate([ys, values])
    order = np.argsort(xs, kind="stable")
    return xs[order], ys[order]


def _wanted(xs: Array, ys: Array, height: float) -> Array:
    """The intervals that need a point between."""
    import numpy as np

    finite = np.isfinite(ys)
    wide = (xs[1:] - xs[:-1]) > (xs[-1] - xs[0]) * 2.0**-14
    edge = finite[1:] != finite[:-1]
    with np.errstate(all="ignore"):
        share = (xs[1:-1] - xs[:-2]) / (xs[2:] - xs[:-2])
        off = np.abs(ys[:-2] + share * (ys[2:] - ys[:-2]) - ys[1:-1]) / height
        seen = np.minimum(np.abs(ys[1:-1]), np.minimum(np.abs(ys[:-2]), np.abs(ys[2:]))) < 20 * height
    bent = np.where(np.isfinite(off), off > BEND, False) & seen
    wanted = edge.copy()
    wanted[:-1] |= bent
    wanted[1:] |= bent
    return wanted & wide


def _broken(f: Function, xs: Array, ys: Array, height: float, poles: set[float]) -> Curve:
    """The points as continuous pieces."""
    pieces: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
    breaks: list[Break] = []
    px: list[float] = []
    py: list[float] = []

    def cut() -> None:
        if len(px) > 1 and px[-1] - px[0] > TINY * (xs[-1] - xs[0]):
            pieces.append((tuple(px), tuple(py)))
        px.clear()
        py.clear()

    for i, (x, y) in enumerate(zip(xs.tolist(), ys.tolist(), strict=True)):
        if not math.isfinite(y):
            if px:
                found = _edge(f, px, py, x, ys, i)
                breaks.append(Break(x, "pole") if x in poles else found)
            cut()
            continue
        if i and not math.isfinite(ys[i - 1]):
            start, value, kind = _begin(f, float(xs[i - 1]), x, y)
            px.append(start)
            py.append(value)
            if kind and i > 1 and not math.isfinite(ys[i - 2]):
                breaks.append(Break(start, kind))
        elif px and f.calls < MOST_CALLS and abs(y - py[-1]) > STEEP * height:
            gap = _gap(f, (px[-1], py[-1]), (x, y), height)
            if gap is not None:
                before, after, kind = gap
                px.append(before[0])
                py.append(before[1])
                cut()
                breaks.append(Break((before[0] + after[0]) / 2 + 0.0, kind))
                px.append(after[0])
                py.append(after[1])
        px.append(x)
        py.append(y)
    cut()
    return Curve(tuple(pieces), tuple(dict.fromkeys(breaks)))


def _edge(f: Function, px: list[float], py: list[float], x: float, ys: Array, i: int) -> Break:
    """The end of a piece before an undefined point: as far as there are values; a single such point may be a hole."""
    good, value, _ = _begin(f, x, px[-1], py[-1])
    px.append(good)
    py.append(value)
    alone = i + 1 < len(ys) and math.isfinite(ys[i + 1])
    return Break(x if alone else good, "point" if alone else "edge")


def _begin(f: Function, bad: float, good: float, value: float) -> tuple[float, float, str]:
    """The last point with a value on the way from one that has a value to one that has none."""
    for _ in range(HALVINGS):
        middle = (bad + good) / 2
        if middle in (bad, good):
            break
        y = f.at(middle)
        if math.isfinite(y):
            good, value = middle, y
        else:
            bad = middle
    return good, value, "edge"


Point = tuple[float, float]


def _gap(f: Function, start: Point, end: Point, height: float) -> tuple[Point, Point, str] | None:
    """The sides of a jump or pole between neighbours, if there is one: the step stays, however close one looks."""
    (a, ya), (b, yb) = start, end
    step = abs(yb - ya)
    for _ in range(HALVINGS):
        middle = (a + b) / 2
        if middle in (a, b):
            break
        y = f.at(middle)
        if not math.isfinite(y):
            return (a, ya), (b, yb), "pole" if max(abs(ya), abs(yb)) > HUGE * height else "edge"
        if abs(y - ya) >= abs(yb - y):
            b, yb = middle, y
        else:
            a, ya = middle, y
        if abs(yb - ya) < GONE * step:
            return None
    grown = max(abs(ya), abs(yb)) > HUGE * height
    if abs(yb - ya) < STAYS * step and not grown:
        return None
    return (a, ya), (b, yb), "pole" if grown else "jump"
