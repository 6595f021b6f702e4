"""The graph of a sweep as SVG: a box for each node, with places for its numbers, which the page keeps up to date."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from symgrad.graph import VAR, Node
from symgrad.page.layout import layout
from symgrad.page.sweep import Sweep, spoken
from symgrad.page.words import short, shown
from symgrad.symbolic.text import text

LETTER, LINE, MARGIN = 7.3, 17.0, 12.0
"""The width of a letter and the height of a line of 12 pixels monospace, and the space around them."""
NARROWEST, LONGEST = 17, 26
"""Letters that a box has room for at least, and of a title at most; a longer one is cut (hovering shows all of it)."""


def titles(sweep: Sweep) -> list[str]:
    """What stands in each box: a variable's name, or an operation on named operands, as in u1 = a*b."""
    names = dict(zip(sweep.nodes, sweep.names, strict=True))
    return [
        name if node.op is VAR else f"{name} = {text(spoken(node, names))}"
        for node, name in zip(sweep.nodes, sweep.names, strict=True)
    ]


def cut(title: str) -> str:
    """A title that fits into a box."""
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"


def svg(sweep: Sweep, data: Sequence[float | bool], grad: Sequence[float], parameters: set[int]) -> str:
    """The picture with the numbers at one point."""
    heads = [shown(title) for title in titles(sweep)]
    sizes = [_size(cut(head)) for head in heads]
    edges = [(tail, head) for head, row in enumerate(sweep.operands) for tail in row if tail is not None]
    slots = [i for row in sweep.operands for i, tail in enumerate(row) if tail is not None]
    found = layout(sizes, edges)
    parts = [
        f'<path class="edge" data-tail="{tail}" data-head="{head}" data-operand="{slot}" '
        f'd="{_curve(route)}" marker-end="url(#arrow)"/>'
        for (tail, head), slot, route in zip(edges, slots, found.routes, strict=True)
    ]
    for i, (node, head, size, place) in enumerate(zip(sweep.nodes, heads, sizes, found.places, strict=True)):
        kind = "op" if node.op is not VAR else "parameter" if i in parameters else "variable"
        root = " root" if node is sweep.root else ""
        parts.append(_box(i, node, head, size, place, kind + root, data[i], grad[i]))
    width, height = found.width + 2 * MARGIN, found.height + 2 * MARGIN
    return (
        f'<svg id="graph" role="group" aria-label="computation graph" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-MARGIN:.0f} {-MARGIN:.0f} {width:.0f} {height:.0f}">'
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        'markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="tip" d="M0 0.5 L7.5 4 L0 7.5 z"/></marker></defs>' + "".join(parts) + "</svg>"
    )


def _size(title: str) -> tuple[float, float]:
    return max(len(title), NARROWEST) * LETTER + 2 * MARGIN, 3 * LINE + MARGIN


def _box(
    i: int,
    node: Node,
    title: str,
    size: tuple[float, float],
    place: tuple[float, float],
    kind: str,
    value: float | bool,
    slope: float,
) -> str:
    width, height = size
    x, y = place
    rows = [f'<text class="title" x="{MARGIN:.0f}" y="{LINE:.0f}">{escape(cut(title))}</text>']
    numbers = [("data", short(value))]
    if node.type.kind == "real":
        numbers.append(("grad", short(slope)))
    for line, (word, number) in enumerate(numbers, 2):
        at = f'y="{line * LINE + 2:.0f}"'
        rows.append(f'<text class="word" x="{MARGIN:.0f}" {at}>{word}</text>')
        rows.append(f'<text class="{word}" x="{width - MARGIN:.0f}" {at} text-anchor="end">{number}</text>')
    return (
        f'<g class="box {kind}" data-box="{i}" transform="translate({x:.1f} {y:.1f})" tabindex="-1" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f'<rect width="{width:.1f}" height="{height:.0f}" rx="6"/>'
        f'<rect class="tint" width="{width:.1f}" height="{height:.0f}" rx="6"/>{"".join(rows)}</g>'
    )


def _curve(route: Sequence[tuple[float, float]]) -> str:
    """A route as a smooth path that leaves and arrives horizontally."""
    (x, y), *rest = route
    path = [f"M{x:.1f} {y:.1f}"]
    for a, b in rest:
        bend = (a - x) / 2
        path.append(f"C{x + bend:.1f} {y:.1f} {a - bend:.1f} {b:.1f} {a:.1f} {b:.1f}")
        x, y = a, b
    return "".join(path)
