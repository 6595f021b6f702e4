"""Where things stand in a text, and what a witness said, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symgrad.session.display import display_safe, shorten, width

if TYPE_CHECKING:
    from symgrad.check.verdict import Witness
    from symgrad.expression import Expression
    from symgrad.graph import Node

CONTEXT = 12
"""Characters of a long text that are shown before the place that is pointed at."""


def written(expression: Expression, node: Node, most: int = 40) -> str:
    """A node as it was typed, or printed where it was not."""
    place = expression.origins.get(node)
    if place is not None and expression.source is not None and not _is_name(expression, node):
        return shorten(" ".join(expression.source[place.start : place.end].split()), most)
    from symgrad.symbolic.text import text

    return shorten(text(node), most)


def pointed(expression: Expression, node: Node, columns: int) -> tuple[str, str] | None:
    """The line of the text in which a node was typed, and the blanks and carets below it; None if it was not typed."""
    place, source = expression.origins.get(node), expression.source
    if place is None or source is None or "\n" in source[place.start : place.end]:
        return None
    if _is_name(expression, node):
        return None
    start = source.rfind("\n", 0, place.start) + 1
    line = source[start:].partition("\n")[0]
    before, inside = line[: place.start - start], line[place.start - start : place.end - start]
    lead = len(line) - len(line.lstrip())
    after = line[place.end - start :].rstrip()
    before = before[min(lead, len(before)) :]
    if width(display_safe(before + inside + after)) > columns and len(before) > CONTEXT:
        before = f"… {before[-CONTEXT:]}"
    head, body = display_safe(before), display_safe(inside)
    shown = head + body + display_safe(after)
    if width(shown) > columns:
        shown = f"{shown[: max(columns - 2, 8)]} …"
    return shown, " " * width(head) + "^" * max(1, min(width(body), columns - width(head)))


def _is_name(expression: Expression, node: Node) -> bool:
    """Whether what stands in the text for an operation is a name that was defined elsewhere."""
    place, source = expression.origins.get(node), expression.source
    return bool(
        node.args
        and place is not None
        and source is not None
        and source[place.start : place.end].isidentifier()
    )


def witness_said(witness: Witness) -> str:
    """A witness's number, or why there is none."""
    return witness.reason if witness.enclosure is None else witness.enclosure.text()
