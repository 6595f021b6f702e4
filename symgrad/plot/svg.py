"""A plot as SVG: no library, no script; light and dark, with a title that is read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from symgrad.plot.figure import Figure
from symgrad.plot.ticks import labels, short, ticks

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 46, 44
STYLE = """
svg { --ink: #1b1f24; --dim: #59636e; --grid: #d8dee4; --back: #ffffff;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --warn: #9a6700; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e6edf3; --dim: #9198a1; --grid: #30363d; --back: #0d1117;
    --c0: #56b4e9; --c1: #ff9d5c; --c2: #3fd0a4; --c3: #e6a0c4; --warn: #d29922; } }
text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.small { font-size: 12px; fill: var(--dim); }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: var(--grid); stroke-width: 1; }
.axis { stroke: var(--dim); stroke-width: 1.2; }
.curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
.order1 { stroke-dasharray: 7 4; } .order2 { stroke-dasharray: 2 4; }
.pole { stroke: var(--warn); stroke-width: 1.2; stroke-dasharray: 3 5; }
.tangent { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 10 5; }
.mark { fill: var(--back); stroke: var(--ink); stroke-width: 1.8; }
.point { fill: var(--ink); }
.halo { paint-order: stroke; stroke: var(--back); stroke-width: 4px; stroke-linejoin: round; }
""".strip()


class Frame:
    """Where a point of the plane lies on the picture."""

    def __init__(
        self, x: tuple[float, float], y: tuple[float, float], width: int = WIDTH, height: int = HEIGHT
    ) -> None:
        self.x, self.y = x, y
        self.width, self.height = width, height
        self.right, self.bottom = width - RIGHT, height - BOTTOM

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point in pixels."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        reach = 50.0  # far outside, where numbers would grow without end
        up = min(max(up, -reach), reach)
        return LEFT + across * (self.right - LEFT), self.bottom - up * (self.bottom - TOP)

    def inside(self, x: float, y: float) -> bool:
        """Whether a point is shown."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]


def svg(figure: Figure) -> str:
    """The picture."""
    frame = Frame(figure.x, figure.y)
    body = [*_grid(frame, figure), *_breaks(frame, figure), *_curves(frame, figure), *_marks(frame, figure)]
    return document(figure.title, described(figure), frame, [*body, *_legend(figure)])


def document(title: str, description: str, frame: Frame, body: list[str]) -> str:
    """A whole file around what is drawn."""
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}"'
                f' width="{frame.width}" height="{frame.height}" role="img" aria-labelledby="title desc">'
            ),
            f'<title id="title">{text(title)}</title>',
            f'<desc id="desc">{text(description)}</desc>',
            f"<style>{STYLE}</style>",
            (
                f'<clipPath id="inside"><rect x="{LEFT}" y="{TOP}" width="{frame.right - LEFT}"'
                f' height="{frame.bottom - TOP}"/></clipPath>'
            ),
            f'<rect width="{frame.width}" height="{frame.height}" style="fill: var(--back)"/>',
            *body,
            "</svg>\n",
        ]
    )


def text(words: str) -> str:
    """Words that are no markup, without characters that XML forbids."""
    kept = (
        c if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff" else " " for c in words
    )
    return escape("".join(kept), {'"': "&quot;"})


def described(figure: Figure) -> str:
    """What there is to see, in words."""
    names = " and ".join(d.label for d in figure.curves)
    found = [f"{names} for {figure.along} from {short(figure.x[0])} to {short(figure.x[1])}"]
    found += [f"{m.kind} at ({short(m.x, 5)}, {short(m.y, 5)})" for m in figure.marks]
    found += [f"{b.kind} at {figure.along} = {short(b.x, 5)}" for b in figure.breaks[:8]]
    if figure.tangent is not None:
        found.append(
            f"tangent at {figure.along} = {short(figure.tangent.x, 5)}, slope {short(figure.tangent.slope, 5)}"
        )
    return "; ".join(found)


def axes(frame: Frame, below: str, beside: str = "") -> Iterator[str]:
    """Lines and numbers at round places."""
    xs, ys = ticks(*frame.x, 9), ticks(*frame.y, 8)
    for x, name in zip(xs, labels(xs), strict=True):
        at, _ = frame.place(x, frame.y[0])
        kind = "axis" if x == 0 else "grid"
        yield f'<line class="{kind}" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{frame.bottom}"/>'
        yield f'<text class="small" x="{at:.1f}" y="{frame.bottom + 18}" text-anchor="middle">{name}</text>'
    for y, name in zip(ys, labels(ys), strict=True):
        _, at = frame.place(frame.x[0], y)
        kind = "axis" if y == 0 else "grid"
        yield f'<line class="{kind}" x1="{LEFT}" y1="{at:.1f}" x2="{frame.right}" y2="{at:.1f}"/>'
        yield f'<text class="small" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{name}</text>'
    yield f'<text x="{(LEFT + frame.right) / 2:.0f}" y="{frame.height - 8}" text-anchor="middle">{text(below)}</text>'
    if beside:
        yield f'<text x="16" y="{(TOP + frame.bottom) / 2:.0f}" text-anchor="middle">{text(beside)}</text>'


def _grid(frame: Frame, figure: Figure) -> Iterator[str]:
    yield from axes(frame, figure.along)


def _curves(frame: Frame, figure: Figure) -> Iterator[str]:
    yield '<g clip-path="url(#inside)">'
    if figure.tangent is not None:
        t = figure.tangent
        ends = [frame.place(x, t.y + t.slope * (x - t.x)) for x in figure.x]
        (x, y), (u, v) = ends
        yield f'<line class="tangent" x1="{x:.2f}" y1="{y:.2f}" x2="{u:.2f}" y2="{v:.2f}"/>'
    for i, drawn in reversed(list(enumerate(figure.curves))):
        for xs, ys in drawn.curve.pieces:
            points = " ".join("{:.2f},{:.2f}".format(*frame.place(x, y)) for x, y in zip(xs, ys, strict=True))
            yield f'<polyline class="curve order{drawn.order}" style="stroke: var(--c{i % 4})" points="{points}"/>'
    yield "</g>"


def _breaks(frame: Frame, figure: Figure) -> Iterator[str]:
    for found in figure.breaks:
        if found.kind == "pole":
            at, _ = frame.place(found.x, figure.y[0])
            said = f"pole at {figure.along} = {short(found.x, 6)}"
            line = f'<line class="pole" x1="{at:.2f}" y1="{TOP}" x2="{at:.2f}" y2="{frame.bottom}">'
            yield f"{line}<title>{text(said)}</title></line>"


def _marks(frame: Frame, figure: Figure) -> Iterator[str]:
    holes = {found.x for found in figure.breaks if found.kind == "hole"}
    for xs, ys in figure.curves[0].curve.pieces:
        for x, y in ((xs[0], ys[0]), (xs[-1], ys[-1])):
            if any(abs(x - hole) <= 1e-9 * (figure.x[1] - figure.x[0]) for hole in holes) and frame.inside(
                x, y
            ):
                yield '<circle class="mark" r="4" cx="{:.2f}" cy="{:.2f}"/>'.format(*frame.place(x, y))
    taken: list[tuple[float, float, float]] = []
    for mark in figure.marks:
        if frame.inside(mark.x, mark.y):
            at, up = frame.place(mark.x, mark.y)
            yield f'<circle class="mark" r="4.5" cx="{at:.2f}" cy="{up:.2f}"><title>{mark.kind}</title></circle>'
            words = f"({short(mark.x, 4)}, {short(mark.y, 4)})"
            yield from _label(frame, at, up, words, taken, below=mark.kind == "minimum")
    t = figure.tangent
    if t is not None and frame.inside(t.x, t.y):
        at, up = frame.place(t.x, t.y)
        yield f'<circle class="point" r="4.5" cx="{at:.2f}" cy="{up:.2f}"/>'
        yield from _label(frame, at, up, f"slope = {short(t.slope, 5)}", taken, below=t.slope > 0)


def _label(
    frame: Frame, at: float, up: float, words: str, taken: list[tuple[float, float, float]], *, below: bool
) -> Iterator[str]:
    """Words beside a point, where no others stand; none where there is no room."""
    room = 7 * len(words) / 2
    at = min(max(at, LEFT + room), frame.right - room)
    for y in (up + 20, up - 11, up + 36, up - 27) if below else (up - 11, up + 20, up - 27, up + 36):
        free = all(abs(at - x) > room + other or abs(y - v) > 14 for x, v, other in taken)
        if TOP + 10 <= y <= frame.bottom - 4 and free:
            taken.append((at, y, room))
            yield f'<text class="small halo" x="{at:.1f}" y="{y:.1f}" text-anchor="middle">{text(words)}</text>'
            return


def _legend(figure: Figure) -> Iterator[str]:
    at = float(LEFT)
    for i, drawn in enumerate(figure.curves):
        name = drawn.label if len(drawn.label) <= 60 else f"{drawn.label[:57]}..."
        style = f'class="curve order{drawn.order}" style="stroke: var(--c{i % 4})"'
        yield f'<line {style} x1="{at:.0f}" y1="26" x2="{at + 30:.0f}" y2="26"/>'
        yield f'<text x="{at + 38:.0f}" y="30">{text(name)}</text>'
        at += 62 + 7.4 * len(name)
