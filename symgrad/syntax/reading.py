"""How a text was read, for the echo: the text itself, with the signs and brackets that were implied written in."""

from __future__ import annotations

from symgrad.errors import Span
from symgrad.syntax.ast import Apply, Ast, Number, children, implied


def reading(text: str, tree: Ast) -> str | None:
    """The text with implied products as `*` and chained powers in brackets; None if there was nothing to imply."""
    edits: list[tuple[int, int, str]] = []
    for node in _walk(tree):
        if type(node) is not Apply:
            continue
        if implied(node):
            edits.append((node.args[0].end, node.args[1].start, "*"))
        last = node.args[-1]
        if node.op in ("pow", "neg") and type(last) is Apply and last.op == "pow":
            edits += [(last.start, last.start, "("), (last.end, last.end, ")")]
    if not edits:
        return None
    pieces: list[str] = []
    at = 0
    for start, end, written in sorted(edits, key=lambda edit: (edit[0], edit[2] != ")", edit[1])):
        pieces += [text[at:start], written]
        at = end
    return "".join([*pieces, text[at:]])


def rounded(text: str, tree: Ast) -> list[tuple[Span, str]]:
    """The integers of the text that no double holds exactly, each with the double that stands for it."""
    found = []
    for node in _walk(tree):
        if type(node) is Number and type(node.value) is float:
            word = text[node.start : node.end].replace("_", "")
            if word.isdigit() and len(word) < 400 and int(word) != int(node.value):
                found.append((Span(node.start, node.end), f"{int(node.value)}"))
    return found


def _walk(tree: Ast) -> list[Ast]:
    """Every node, in no particular order."""
    found = [tree]
    for node in found:
        found.extend(children(node))
    return found
