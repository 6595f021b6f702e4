"""A plot as a file: SVG by our own writer, PNG and PDF by matplotlib where that is installed."""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from symgrad.errors import UsageMistake, did_you_mean
from symgrad.files import save
from symgrad.plot import surface_svg, surface_terminal, svg, terminal
from symgrad.plot.figure import Figure
from symgrad.plot.surface import Surface

Plot = Figure | Surface
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
LINES = ("-", "--", ":")


def encoded(plot: Plot, form: str) -> bytes:
    """The plot in a format: svg, png, pdf, txt.

    Raises:
        UsageMistake: SG530, there is no such format; SG533, matplotlib is needed for it and is not installed.
    """
    maker = MAKERS.get(form)
    if maker is None:
        near = did_you_mean(form, MAKERS)
        hint = f"did you mean `{near}`?" if near else f"formats: {', '.join(MAKERS)}"
        raise UsageMistake("SG530", f"there is no plot in the format `{form}`", hint=hint)
    return maker(plot)


def write(plot: Plot, path: Path) -> None:
    """Write a plot; the ending of the name says in which format.

    Raises:
        UsageMistake: SG522, the file cannot be written; SG530 and SG533 as `encoded`.
    """
    save(path, encoded(plot, path.suffix[1:].lower()))


def _svg(plot: Plot) -> bytes:
    return (svg.svg(plot) if isinstance(plot, Figure) else surface_svg.svg(plot)).encode()


def _text(plot: Plot) -> bytes:
    make = (
        terminal.drawn(plot, 80, 24, "braille")
        if isinstance(plot, Figure)
        else surface_terminal.drawn(plot, 80, 24, "braille")
    )
    return "".join("".join(words for _, words in line).rstrip() + "\n" for line in make).encode()


def _raster(form: str) -> Callable[[Plot], bytes]:
    def make(plot: Plot) -> bytes:
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure as Sheet
        except ImportError:
            hint = 'pip install "symgrad[plot]" brings it; -o plot.svg needs nothing'
            raise UsageMistake(
                "SG533", f"matplotlib writes {form.upper()}, and it is not installed", hint=hint
            ) from None
        sheet = Sheet(
            figsize=(7.6, 4.6) if isinstance(plot, Figure) else (7.0, 6.2), dpi=150, layout="constrained"
        )
        FigureCanvasAgg(sheet)
        axes = sheet.add_subplot()
        if isinstance(plot, Figure):
            _curves(axes, plot)
        else:
            _map(axes, plot)
        found = BytesIO()
        sheet.savefig(found, format=form)
        return found.getvalue()

    return make


def _curves(axes: Any, plot: Figure) -> None:
    """Curves as matplotlib draws them; names are words, never its mathematical markup."""
    for i, part in enumerate(plot.curves):
        for k, (xs, ys) in enumerate(part.curve.pieces):
            label = _plain(part.label) if not k else None
            axes.plot(xs, ys, LINES[part.order % 3], color=COLOURS[i % 4], label=label)
    for found in plot.breaks:
        if found.kind == "pole":
            axes.axvline(found.x, color="#9a6700", linestyle=":", linewidth=1)
    for mark in plot.marks:
        axes.plot([mark.x], [mark.y], "o", color="black", markerfacecolor="white")
        axes.annotate(
            f"({mark.x:.4g}, {mark.y:.4g})", (mark.x, mark.y), textcoords="offset points", xytext=(6, 6)
        )
    if plot.tangent is not None:
        t = plot.tangent
        axes.axline((t.x, t.y), slope=t.slope, color="black", linestyle="--", linewidth=0.8)
        axes.plot([t.x], [t.y], "ko")
    axes.set(xlim=plot.x, ylim=plot.y, xlabel=_plain(plot.along))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()


def _map(axes: Any, plot: Surface) -> None:
    import numpy as np

    heights = np.ma.masked_invalid(np.array(plot.heights))
    xs = np.linspace(*plot.x, heights.shape[1])
    ys = np.linspace(*plot.y, heights.shape[0])
    if plot.levels:
        axes.contourf(xs, ys, heights, sorted({-math.inf, *plot.levels, math.inf}), cmap="viridis", alpha=0.6)
        axes.contour(xs, ys, heights, sorted(plot.levels), colors="black", linewidths=0.5)
    if plot.arrows:
        x, y, dx, dy = np.array(plot.arrows).T
        size = np.hypot(dx, dy)
        size[size == 0] = 1.0
        axes.quiver(x, y, dx / size, dy / size, angles="xy", width=0.003)
    if plot.path:
        axes.plot(*np.array(plot.path).T, color="#d81b60", linewidth=2)
    axes.set(xlim=plot.x, ylim=plot.y, title=_plain(plot.title))
    axes.set_xlabel(_plain(plot.along[0]))
    axes.set_ylabel(_plain(plot.along[1]))


def _plain(words: str) -> str:
    return words.replace("$", r"\$")


MAKERS: dict[str, Callable[[Plot], bytes]] = {
    "svg": _svg,
    "png": _raster("png"),
    "pdf": _raster("pdf"),
    "txt": _text,
}
