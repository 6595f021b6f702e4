"""Contours, gradient arrows and the way down as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

from symgrad.plot.surface import ARROWS, Surface, contour
from symgrad.plot.svg import Frame, axes, document, text
from symgrad.plot.ticks import short

SIDE = 620
RAMP = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
"""Viridis: it is told apart by the colour-blind, and in grey."""


def svg(surface: Surface) -> str:
    """The picture."""
    frame = Frame(surface.x, surface.y, SIDE + 84, SIDE)
    x, y = surface.along
    body = [
        *_shades(frame, surface),
        *axes(frame, x, y),
        '<g clip-path="url(#inside)">',
        *_contours(frame, surface),
        *_arrows(frame, surface),
        *_path(frame, surface),
        "</g>",
        f'<text class="title" x="64" y="30">{text(_short(surface.title))}</text>',
    ]
    return document(surface.title, described(surface), frame, body)


def _short(title: str) -> str:
    return title if len(title) <= 70 else f"{title[:67]}..."


def described(surface: Surface) -> str:
    """What there is to see, in words."""
    finite = [h for row in surface.heights for h in row if math.isfinite(h)]
    heights = f"heights from {short(min(finite), 4)} to {short(max(finite), 4)}" if finite else "no heights"
    x, y = surface.along
    said = f"contours over {x} and {y}, {heights}; arrows point along the gradient"
    return said + (f"; the way down {surface.end}" if surface.end else "")


def _shades(frame: Frame, surface: Surface) -> Iterator[str]:
    """Each cell of the grid in the colour of its height, cells of one colour in a row as one."""
    rows = surface.heights
    yield '<g clip-path="url(#inside)" shape-rendering="crispEdges" opacity="0.55">'
    for j, row in enumerate(rows):
        colours = [_colour(surface, height) if math.isfinite(height) else "" for height in row]
        i = 0
        for colour, run in groupby(colours):
            count = len(list(run))
            left, bottom = frame.place(*_at(surface, i - 0.5, j - 0.5))
            right, top = frame.place(*_at(surface, i + count - 0.5, j + 0.5))
            i += count
            if colour:
                yield (
                    f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top + 0.3:.1f}"'
                    f' fill="{colour}"/>'
                )
    yield "</g>"


def _colour(surface: Surface, height: float) -> str:
    share = sum(level < height for level in surface.levels) / max(len(surface.levels), 1)
    return RAMP[min(int(share * len(RAMP)), len(RAMP) - 1)]


def _at(surface: Surface, i: float, j: float) -> tuple[float, float]:
    """A point of the grid in the plane."""
    n, m = len(surface.heights[0]) - 1, len(surface.heights) - 1
    return (
        surface.x[0] + (surface.x[1] - surface.x[0]) * i / n,
        surface.y[0] + (surface.y[1] - surface.y[0]) * j / m,
    )


def _contours(frame: Frame, surface: Surface) -> Iterator[str]:
    for level in surface.levels:
        lines = [
            "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(
                *frame.place(*_at(surface, *a)), *frame.place(*_at(surface, *b))
            )
            for a, b in contour(surface.heights, level)
        ]
        yield (
            f'<path d="{"".join(lines)}" fill="none" stroke="var(--ink)" stroke-width="1" opacity="0.55">'
            f"<title>height {short(level, 4)}</title></path>"
        )


def _arrows(frame: Frame, surface: Surface) -> Iterator[str]:
    longest = max((math.hypot(dx, dy) for *_, dx, dy in surface.arrows), default=0.0)
    room = (frame.right - 64) / ARROWS * 0.8
    for x, y, dx, dy in surface.arrows:
        size = math.hypot(dx, dy)
        if size > 1e-12 * longest:
            length = room * (0.35 + 0.65 * min(1.0, math.sqrt(size / longest)))
            at, up = frame.place(x, y)
            scale_x = (frame.right - 64) / (surface.x[1] - surface.x[0])
            scale_y = (frame.bottom - 46) / (surface.y[1] - surface.y[0])
            u, v = dx * scale_x, -dy * scale_y
            norm = math.hypot(u, v) or 1.0
            u, v = u / norm * length / 2, v / norm * length / 2
            tip = (at + u, up + v)
            head = [(tip[0] - 0.45 * u + k * 0.3 * v, tip[1] - 0.45 * v - k * 0.3 * u) for k in (1, -1)]
            yield (
                f'<path d="M{at - u:.1f} {up - v:.1f}L{tip[0]:.1f} {tip[1]:.1f}M{head[0][0]:.1f} {head[0][1]:.1f}'
                f'L{tip[0]:.1f} {tip[1]:.1f}L{head[1][0]:.1f} {head[1][1]:.1f}"'
                ' fill="none" stroke="var(--ink)" stroke-width="1.4"/>'
            )


def _path(frame: Frame, surface: Surface) -> Iterator[str]:
    if not surface.path:
        return
    points = " ".join("{:.1f},{:.1f}".format(*frame.place(x, y)) for x, y in surface.path)
    yield f'<polyline points="{points}" fill="none" stroke="#ffffff" stroke-width="6" opacity="0.8"/>'
    yield f'<polyline points="{points}" fill="none" stroke="#d81b60" stroke-width="2.6">'
    yield "<title>the way down</title></polyline>"
    for (x, y), radius in ((surface.path[0], 6), (surface.path[-1], 4.5)):
        at, up = frame.place(x, y)
        yield f'<circle cx="{at:.1f}" cy="{up:.1f}" r="{radius}" fill="#d81b60" stroke="#ffffff" stroke-width="1.5"/>'
