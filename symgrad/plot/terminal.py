"""A plot in a terminal: curves on a canvas between labelled axes, and what is marked on them in words below."""

from __future__ import annotations

from itertools import pairwise

from symgrad.plot.canvas import Canvas
from symgrad.plot.figure import Figure
from symgrad.plot.ticks import labels, short, ticks

Line = list[tuple[str, str]]
STYLES = ("curve0", "curve1", "curve2", "curve3")
LETTERS = "*+.o"
MOST_ROWS = 24
LEAST_ROWS = 8
NARROWEST = 24
PLAIN = {"minimum": "o", "maximum": "o", "flat": "o", "hole": "O", "tangent": "@"} | {
    "axis": "|", "corner": "+", "floor": "-", "tick": "+", "down": "+",
}  # fmt: skip
FINE = {"minimum": "●", "maximum": "●", "flat": "●", "hole": "○", "tangent": "◆"} | {
    "axis": "│", "corner": "└", "floor": "─", "tick": "┼", "down": "┬",
}  # fmt: skip
SIGNS = {"braille": FINE, "blocks": FINE, "ascii": PLAIN}


def drawn(figure: Figure, columns: int, rows: int, signs: str) -> list[Line]:
    """The lines of a plot that fits a screen."""
    columns = max(columns, NARROWEST)
    facts = _facts(figure, columns, signs)
    height = max(LEAST_ROWS, min(MOST_ROWS, rows - 4 - len(facts)))
    low, high = figure.y
    marks = ticks(low, high, max(2, height // 3))
    names = labels(marks)
    margin = max([len(name) for name in names], default=1) + 1
    canvas = Canvas(columns - margin - 2, height, signs)
    _axes(canvas, figure)
    for i, part in reversed(list(enumerate(figure.curves))):
        for xs, ys in part.curve.pieces:
            _piece(canvas, figure, xs, ys, STYLES[i % len(STYLES)], LETTERS[i % len(LETTERS)])
    _marks(canvas, figure, signs)
    return [
        _legend(figure, signs),
        *_framed(canvas, figure, dict(zip(names, marks, strict=True)), margin, signs),
        *facts,
    ]


def place(canvas: Canvas, figure: Figure, x: float, y: float) -> tuple[float, float]:
    """Where a point lies, in dots."""
    (left, right), (low, high) = figure.x, figure.y
    across = (x - left) / ((right - left) or 1.0) * (canvas.width - 1) + 0.5
    return across, (high - y) / (high - low) * (canvas.height - 1) + 0.5


def _axes(canvas: Canvas, figure: Figure) -> None:
    """The lines x = 0 and y = 0, and those of poles."""
    (left, right), (low, high) = figure.x, figure.y
    gap = 2 if canvas.signs == "braille" else 1
    if low < 0 < high:
        for i in range(0, canvas.width, 2 * gap):
            canvas.dot(i, place(canvas, figure, left, 0.0)[1], "dim", ".")
    if left < 0 < right:
        for j in range(0, canvas.height, 2 * gap):
            canvas.dot(place(canvas, figure, 0.0, low)[0], j, "dim", ".")
    for found in figure.breaks:
        if found.kind == "pole":
            for j in range(0, canvas.height, 3):
                canvas.dot(place(canvas, figure, found.x, low)[0], j, "warn", ":")
    if figure.tangent is not None:
        t = figure.tangent
        start, end = (place(canvas, figure, x, t.y + t.slope * (x - t.x)) for x in figure.x)
        clipped = _clipped(start, end, float(canvas.height))
        if clipped is not None:
            canvas.line(*clipped, "good", "~", dash=3)


def _piece(
    canvas: Canvas, figure: Figure, xs: tuple[float, ...], ys: tuple[float, ...], style: str, letter: str
) -> None:
    points = [place(canvas, figure, x, y) for x, y in zip(xs, ys, strict=True)]
    for start, end in pairwise(points):
        clipped = _clipped(start, end, float(canvas.height))
        if clipped is not None:
            canvas.line(*clipped, style, letter)


Point = tuple[float, float]


def _clipped(start: Point, end: Point, height: float) -> tuple[Point, Point] | None:
    """The part of a line that lies on the canvas, from above to below."""
    (x, y), (u, v) = start, end
    if max(y, v) < 0 or min(y, v) > height:
        return None

    def cut(a: Point, b: Point) -> Point:
        for border in (0.0, height):
            if (a[1] < border) != (b[1] < border) and (a[1] < 0 or a[1] > height):
                share = (border - a[1]) / (b[1] - a[1])
                if border == (0.0 if a[1] < 0 else height):
                    return a[0] + share * (b[0] - a[0]), border
        return a

    return cut((x, y), (u, v)), cut((u, v), (x, y))


def _marks(canvas: Canvas, figure: Figure, signs: str) -> None:
    """Where the slope is zero, holes, and the current point."""
    cell = canvas.across, canvas.down
    spots = [(m.x, m.y, SIGNS[signs][m.kind], "strong") for m in figure.marks]
    if figure.tangent is not None:
        spots.append((figure.tangent.x, figure.tangent.y, SIGNS[signs]["tangent"], "good"))
    for x, y, sign, style in spots:
        if figure.y[0] <= y <= figure.y[1]:
            i, j = place(canvas, figure, x, y)
            canvas.write(int(i // cell[0]), int(j // cell[1]), sign, style)


def _legend(figure: Figure, signs: str) -> Line:
    """The names of the curves, each in its colour."""
    line: Line = [("", "  ")]
    for i, part in enumerate(figure.curves):
        sign = LETTERS[i % len(LETTERS)] * 2 if signs == "ascii" else "━━"
        line += [(STYLES[i % len(STYLES)], sign), ("", f" {part.label}   ")]
    return [*line[:-1], (line[-1][0], line[-1][1].rstrip())]


def _framed(canvas: Canvas, figure: Figure, marks: dict[str, float], margin: int, signs: str) -> list[Line]:
    """The canvas with its axes: numbers at the left and below."""
    sign = SIGNS[signs]
    at = {}
    for name, y in marks.items():
        at[int(place(canvas, figure, 0.0, y)[1] // canvas.down)] = name
    lines: list[Line] = []
    for row, cells in enumerate(canvas.lines()):
        name = at.get(row, "")
        lines.append([("dim", f"{name:>{margin}} {sign['tick'] if name else sign['axis']}"), *cells])
    xs = ticks(*figure.x, max(2, canvas.columns // 10))
    names = labels(xs)
    floor = [sign["floor"]] * canvas.columns
    below = [" "] * (canvas.columns + margin + 2)
    for x, name in zip(xs, names, strict=True):
        column = min(canvas.columns - 1, int(place(canvas, figure, x, 0.0)[0] // canvas.across))
        floor[column] = sign["down"]
        start = max(0, min(len(below) - len(name), column + margin + 2 - len(name) // 2))
        if all(c == " " for c in below[max(0, start - 1) : start + len(name) + 1]):
            below[start : start + len(name)] = name
    name = figure.along
    if all(c == " " for c in below[-len(name) - 1 :]):
        below[-len(name) :] = name
    lines.append([("dim", " " * margin + " " + sign["corner"] + "".join(floor))])
    lines.append([("dim", "".join(below).rstrip())])
    return lines


def _facts(figure: Figure, columns: int, signs: str) -> list[Line]:
    """What is marked, in words."""
    name = figure.along
    found = [f"{m.kind} ({short(m.x, 5)}, {short(m.y, 5)})" for m in figure.marks]
    if figure.unmarked:
        found.append(f"and {figure.unmarked} more")
    facts: list[Line] = []
    if found:
        facts += _list(SIGNS[signs]["flat"], "strong", found, columns)
    gaps = [
        f"{b.kind if b.kind != 'point' else 'undefined'} at {name} = {short(b.x, 5)}" for b in figure.breaks
    ]
    if gaps:
        more = [f"and {len(gaps) - 8} more"] if len(gaps) > 8 else []
        facts += _list(":" if signs == "ascii" else "┊", "warn", [*gaps[:8], *more], columns)
    if figure.tangent is not None:
        t = figure.tangent
        said = f"tangent at {name} = {short(t.x, 5)}: value {short(t.y, 6)}, slope {short(t.slope, 6)}"
        facts += _list(SIGNS[signs]["tangent"], "good", [said], columns)
    return facts


def _list(sign: str, style: str, items: list[str], columns: int) -> list[Line]:
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 6 <= columns:
            lines[-1] += f", {item}"
        else:
            lines.append(item)
    return [[(style, f"  {sign if not i else ' '} "), ("", line)] for i, line in enumerate(lines)]
