"""The command that draws graphs: as a tree of text on the screen, or as a picture in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from symgrad.errors import UsageMistake
from symgrad.session import drawing
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.commands.why import meant
from symgrad.session.results import Drawn, Result
from symgrad.session.session import Session
from symgrad.syntax.parse import parse

GROUP = re.compile(r"([^\W\d]\w*)(?:\.\w+)+")
"""`net.0`: a part of `net`."""


@command(
    "draw [EXPR] [NAME=VALUE...] [-o FILE] [--errors] [--flags] [open=GROUP]",
    "the graph with data and gradient of each operation, as text or a file: svg, png, pdf, dot, mmd, md, html, txt",
    "draw '(a*b + c)*f' a=2 b=-3 c=10 f=-2",
    0,
    1,
)
def _draw(session: Session, arguments: Arguments) -> Iterator[Result]:
    text = arguments.texts[0].strip().rstrip(",").rstrip() if arguments.texts else "ans"
    text = text or "ans"
    option = arguments.options.get("open", "")
    model = drawing.model(session, text)
    if model is None:
        text, opened = _opened(session, text, option)
        expression, shown = meant(session, text)
    else:
        opened, (expression, shown) = _names(option), (model, text)
    missing = [name for name in expression.variables if name not in session.values]
    if model is not None:  # its inputs stand for any, whatever else bears their names
        missing = [name for name in expression.variables if "." not in name]
    point = {} if missing else {name: session.values[name] for name in expression.variables}
    picture = expression.picture(
        point,
        errors="--errors" in arguments.options,
        flags="--flags" in arguments.options,
        opened=opened,
        parts=drawing.parts(session, parse(text, session.limits), text),
    )
    note = f"without numbers: {_listed(missing)} no value" if missing and model is None else ""
    nodes = sum(box.size for box in picture.boxes)
    file = arguments.options.get("-o", "")
    drawn = Drawn(shown, point, picture, nodes, "", note)
    if file:
        from symgrad.draw import files

        try:
            files.write(picture, Path(file).expanduser())
        except UsageMistake as error:
            if error.code == "SG531":  # the tree of text is always possible
                yield drawn
            raise
        drawn = Drawn(shown, point, picture, nodes, file, note)
    yield drawn


def _listed(names: list[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:6]) + (" ..." if len(names) > 6 else "")
    return f"{listed} ha{'s' if len(names) == 1 else 've'}"


def _opened(session: Session, text: str, option: str) -> tuple[str, list[str]]:
    """What to draw, and which groups of it to open: `net.0` draws net, with that part of it opened."""
    opened = _names(option)
    part = GROUP.fullmatch(text)
    if part is None:
        return text, opened
    head = part[1] if part[1] in session.scope else "ans"
    return head, [text, *opened]


def _names(option: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", option) if name]
