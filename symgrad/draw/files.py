"""A picture as a file: the format follows from the ending of its name."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from symgrad.draw import mermaid, render
from symgrad.draw.dot import dot, visible
from symgrad.draw.picture import Picture
from symgrad.draw.text import text
from symgrad.errors import UsageMistake, did_you_mean
from symgrad.files import save


def encoded(picture: Picture, form: str) -> bytes:
    """The picture in a format: svg, png, pdf, dot, mermaid, md, html, txt.

    Raises:
        UsageMistake: SG530, there is no such format, or the Graphviz that is installed has it not; SG531, none is.
    """
    maker = MAKERS.get(form)
    if maker is None:
        near = did_you_mean(form, MAKERS)
        hint = f"did you mean `{near}`?" if near else f"formats: {', '.join(MAKERS)}"
        raise UsageMistake("SG530", f"there is no picture in the format `{form}`", hint=hint)
    return maker(picture)


def write(picture: Picture, path: Path) -> None:
    """Write a picture; where no program can make it, the DOT text is written beside and said so in the hint.

    Raises:
        UsageMistake: SG522, the file cannot be written; SG530 and SG531 as `encoded`.
    """
    form = path.suffix[1:].lower()
    try:
        data = encoded(picture, form)
    except UsageMistake as error:
        if error.code == "SG531":
            source = path.with_suffix(".dot")
            save(source, dot(picture).encode())
            error.hint = f"{source} has the graph in Graphviz's language; {error.hint}"
        raise
    save(path, data)


def page(picture: Picture) -> str:
    """A document of its own around the SVG: nothing in it is run, nothing is fetched."""
    title = html.escape(visible(picture.caption or "symgrad"))
    return PAGE.format(title=title, svg=accessible(render.svg(dot(picture)), picture))


def svg(picture: Picture, seconds: float = render.SECONDS) -> str:
    """The picture as an SVG element, with a title for those who listen. Raises as `encoded` does."""
    return accessible(render.svg(dot(picture), seconds), picture)


def accessible(element: str, picture: Picture) -> str:
    """An SVG element that says what it is; links that lead nowhere become groups."""
    said = html.escape(visible(f"graph of {picture.caption}" if picture.caption else "graph"), quote=True)
    element = re.sub(r"<svg ", f'<svg role="img" aria-label="{said}" ', element, count=1)
    element = re.sub(r'<a xlink:title="([^"]*)">', r"<g><title>\1</title>", element)
    return element.replace("</a>", "</g>")


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
  body {{ margin: 1rem; font-family: Helvetica, Arial, sans-serif; }}
  figure {{ margin: 0; overflow: auto; }}
  svg {{ max-width: none; }}
  @media print {{ svg {{ max-width: 100%; height: auto; }} }}
</style>
</head>
<body>
<figure>
{svg}
</figure>
</body>
</html>
"""

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

MAKERS: Mapping[str, Callable[[Picture], bytes]] = {
    "svg": lambda picture: (XML + svg(picture)).encode(),
    "png": lambda picture: render.rendered(dot(picture), "png"),
    "pdf": lambda picture: render.rendered(dot(picture), "pdf"),
    "dot": lambda picture: dot(picture).encode(),
    "gv": lambda picture: dot(picture).encode(),
    "mermaid": lambda picture: mermaid.mermaid(picture).encode(),
    "mmd": lambda picture: mermaid.mermaid(picture).encode(),
    "md": lambda picture: mermaid.document(picture).encode(),
    "html": lambda picture: page(picture).encode(),
    "txt": lambda picture: text(picture, 120).encode(),
}
"""Ending -> what makes it."""
