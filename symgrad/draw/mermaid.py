"""A picture as a Mermaid flowchart, which many wikis and code hosts draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.draw import ramp
from symgrad.draw.dot import visible
from symgrad.draw.picture import Box, Frame, Picture

SHAPES = {
    "op": '("{}")',
    "group": '[["{}"]]',
    "variable": '["{}"]',
    "parameter": '["{}"]',
    "constant": '["{}"]',
}
STEPS = 5
"""Shades of the ramp; each is a class."""


def mermaid(picture: Picture) -> str:
    """The picture as a Mermaid flowchart, left to right."""
    lines = ["flowchart LR"]
    if picture.caption:
        lines.append(f"  %% {visible(picture.caption).replace('{', '(').replace('}', ')')}")
    framed = {key for frame in picture.all_frames() for key in frame.members}
    nodes = {
        box.key: f"{box.key}{SHAPES[box.kind].format(_label(box))}:::{_class(box)}" for box in picture.boxes
    }
    lines += [f"  {line}" for key, line in nodes.items() if key not in framed]
    for i, frame in enumerate(picture.frames):
        lines += _frame(frame, nodes, f"f{i}", "  ")
    for edge in picture.edges:
        arrow = f'-- "{escaped(edge.label)}" -->' if edge.label else "-->"
        lines.append(f"  {edge.tail} {arrow} {edge.head}")
    lines += [f"  {line}" for line in _classes()]
    return "\n".join(lines) + "\n"


def document(picture: Picture) -> str:
    """The flowchart in a Markdown document."""
    return f"```mermaid\n{mermaid(picture)}```\n"


def _label(box: Box) -> str:
    return "<br/>".join(escaped(text) for text in (box.title, *box.lines))


def _frame(frame: Frame, nodes: dict[str, str], key: str, indent: str) -> Iterator[str]:
    """A frame and those inside it (as many levels as were opened)."""
    yield f'{indent}subgraph {key} ["{escaped(frame.title)}"]'
    for member in frame.members:
        yield f"{indent}  {nodes[member]}"
    for i, inner in enumerate(frame.frames):
        yield from _frame(inner, nodes, f"{key}_{i}", f"{indent}  ")
    yield f"{indent}end"


def _class(box: Box) -> str:
    if box.warn:
        return "warn"
    if box.weight is None:
        return "group" if box.kind == "group" else "none"
    return f"g{round(box.weight * (STEPS - 1))}"


def _classes() -> Iterator[str]:
    ink = f"color:{ramp.INK},stroke:{ramp.BORDER}"
    for step in range(STEPS):
        box = Box("", "", weight=step / (STEPS - 1))
        yield f"classDef g{step} fill:{ramp.fill(box)},{ink}"
    yield f"classDef none fill:{ramp.NOTHING},{ink}"
    yield f"classDef group fill:{ramp.GROUP},{ink}"
    yield f"classDef warn fill:{ramp.NOTHING},color:{ramp.INK},stroke:{ramp.ALARM},stroke-width:2px"


PLAIN = frozenset(" .,+-/=:'×−…|·")


def escaped(text: str) -> str:
    """A text that Mermaid shows as it is: everything that could be markup by its code."""
    return "".join(c if c.isalnum() or c in PLAIN else f"#{ord(c)};" for c in visible(text))
