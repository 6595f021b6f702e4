"""The command that makes a page for the browser: sliders, the graph, the chain rule step by step."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from symgrad.errors import UsageMistake
from symgrad.session import files
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.commands.why import meant
from symgrad.session.results import Result, Text
from symgrad.session.session import Session

ENDINGS = (".html", ".htm")


@command(
    "view [EXPR] [NAME=VALUE...] [-o FILE] [train=NAMES]",
    "a page for the browser, in one file: a slider for each variable, the graph, the chain rule step by step, a plot",
    "view 'x^2*sin(y)' x=2 y=3 -o page.html",
    0,
    1,
)
def _view(session: Session, arguments: Arguments) -> Iterator[Result]:
    text = arguments.texts[0].strip().rstrip(",").rstrip() if arguments.texts else ""
    file = arguments.options.get("-o", "")
    if file and not file.lower().endswith(ENDINGS):
        raise UsageMistake("SG511", f"a page is written to a file that ends in .html, found `{file}`")
    expression, shown = meant(session, text or "ans")
    point = {name: v for name, v in session.values.items() if name in expression.variables}
    parameters = [name.strip() for name in arguments.options.get("train", "").split(",") if name.strip()]
    page = expression.to_html(point, parameters=parameters)
    if file:
        place = files.write(file, page)
        yield Text(f"written: {place}", {"expr": shown, "file": str(place)})
        return
    place = files.write(str(Path(tempfile.mkdtemp(prefix="symgrad-")) / "page.html"), page)
    opened = _opened(place)
    said = "opened" if opened else "open this in a browser"
    yield Text(f"{said}: {place.as_uri()}", {"expr": shown, "file": str(place), "opened": opened})


def _opened(place: Path) -> bool:
    """Show a file in the browser, where there is a desktop; a text browser would take the terminal away."""
    if not (
        sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    import webbrowser

    return webbrowser.open(place.as_uri())
