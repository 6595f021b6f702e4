"""A picture in Graphviz's DOT language, by the `graphviz` package: left to right, numbers below titles."""

from __future__ import annotations

import html
import unicodedata
from typing import Any

from symgrad.draw import ramp
from symgrad.draw.picture import Box, Frame, Picture

FONT = "Helvetica"
SHAPES = {"op": "box", "group": "box", "variable": "box", "parameter": "box", "constant": "plaintext"}
STYLES = {
    "op": "rounded,filled",
    "group": "filled",
    "variable": "filled",
    "parameter": "filled",
    "constant": "",
}
TITLE, LINE, SMALL = "14", "11", "11"
LONGEST = 500
"""Characters of a text that is shown on pointing at a box."""


def dot(picture: Picture) -> str:
    """The picture in DOT. No text in it can become markup, a port, or an escape."""
    import graphviz

    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "bgcolor": "transparent",
            "nodesep": "0.18",
            "ranksep": "0.4",
            "fontname": FONT,
            "fontsize": SMALL,
            "fontcolor": ramp.LINE,
            "labelloc": "b",
            "labeljust": "l",
            "pad": "0.1",
        },
        node_attr={
            "fontname": FONT,
            "fontsize": TITLE,
            "fontcolor": ramp.INK,
            "margin": "0.1,0.05",
            "height": "0.3",
            "width": "0.3",
            "penwidth": "1",
        },
        edge_attr={
            "color": ramp.LINE,
            "fontname": FONT,
            "fontsize": SMALL,
            "fontcolor": ramp.LINE,
            "arrowsize": "0.7",
        },
    )
    graph.attr(**_effort(len(picture.boxes) + len(picture.edges)))
    if picture.caption:
        graph.attr(label=plain(picture.caption))
    for box in picture.boxes:
        graph.node(box.key, _label(box), **_look(box, root=box.key == picture.root))
    for edge in picture.edges:
        graph.edge(edge.tail, edge.head, **({"label": plain(edge.label)} if edge.label else {}))
    for i, frame in enumerate(picture.frames):
        _frame(graph, frame, f"{i}")
    return str(graph.source)


def _effort(size: int) -> dict[str, str]:
    """How long Graphviz may look for a better layout: its time grows with the cube of a graph's size."""
    return next(effort for most, effort in EFFORTS if size <= most)


EFFORTS: tuple[tuple[float, dict[str, str]], ...] = (
    (150, {}),
    (400, {"nslimit": "1", "nslimit1": "1", "mclimit": "0.5"}),
    (float("inf"), {"nslimit": "0.2", "nslimit1": "1", "mclimit": "0.1", "splines": "line"}),
)


def _look(box: Box, *, root: bool) -> dict[str, str]:
    """Shape, colours and the text for pointing at it."""
    look = {"shape": SHAPES[box.kind], "tooltip": plain(box.note[:LONGEST] or box.title)}
    if box.kind != "constant":
        look |= {"style": STYLES[box.kind], "fillcolor": ramp.fill(box)}
        look["color"] = ramp.ALARM if box.warn else ramp.BORDER
        if box.warn or root:
            look["penwidth"] = "2"
    else:
        look["fontcolor"] = ramp.LINE
    return look


def _label(box: Box) -> str:
    """The texts of a box under each other, as the markup that Graphviz calls HTML."""
    first = _markup(typeset(box))
    if box.kind == "constant" and not box.lines:
        return plain(box.title)
    rows = [first if box.kind == "constant" else f"<B>{first}</B>"]
    for line in box.lines:
        color = ramp.ALARM if line.startswith("!") else ramp.SOFT
        rows.append(f'<FONT POINT-SIZE="{LINE}" COLOR="{color}">{_markup(line)}</FONT>')
    cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{cells}</TABLE>>'


TYPESET = {"*": "×", "-": "−"}
"""Signs that are easier to see in another form."""


def typeset(box: Box) -> str:
    """The title of a box for the eye: `× L` where the language has `* L`."""
    sign, blank, name = box.title.partition(" ")
    return TYPESET.get(sign, sign) + blank + name if box.kind == "op" else box.title


def _frame(graph: Any, frame: Frame, number: str) -> None:
    """A frame and those inside it (as many levels as were opened)."""
    with graph.subgraph(name=f"cluster_{number}") as inside:
        inside.attr(
            label=plain(frame.title),
            labelloc="t",
            color=ramp.LINE,
            style="rounded",
            fontname=FONT,
            fontcolor=ramp.LINE,
        )
        for key in frame.members:
            inside.node(key)
        for i, inner in enumerate(frame.frames):
            _frame(inside, inner, f"{number}_{i}")


def visible(text: str) -> str:
    """A text in one line, without characters that no document may hold or that turn its direction."""
    return "".join(
        " " if c in "\t\n\r" else "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in UNSEEN else c
        for c in text
    )


UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _markup(text: str) -> str:
    """A text inside of markup: a backslash is doubled there too."""
    return html.escape(visible(text), quote=True).replace("\\", "&#92;&#92;") or " "


def plain(text: str) -> str:
    """A text that DOT shows as it is: `<b>` would be markup, a backslash would start an escape.

    What comes back is a string that knows that it is no markup: as a plain `str` it would be taken for some.
    """
    import graphviz

    found: str = graphviz.escape(visible(text))
    return found
