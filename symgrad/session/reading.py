"""How a text was read, where that could surprise: products without a sign, and powers of powers."""

from __future__ import annotations

from symgrad.syntax.ast import Apply, Ast, children, implied

LONGEST = 2000


def reading(tree: Ast, text: str) -> str | None:
    """The text with every sign and bracket written that the reader added; None where nothing was added.

    Powers inside an exponent get brackets (`2^3^2` is `2^(3^2)`), products without a sign get one (`2x` is `2*x`).
    """
    if len(text) > LONGEST:
        return None
    edits: list[tuple[int, int, str]] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        todo.extend(children(node))
        if type(node) is not Apply:
            continue
        if implied(node):
            edits.append((node.args[0].end, node.args[1].start, "*"))
        elif node.op == "pow" and type(node.args[1]) is Apply and _has_power(node.args[1]):
            exponent = node.args[1]
            edits += [(exponent.start, exponent.start, "("), (exponent.end, exponent.end, ")")]
    if not edits:
        return None
    pieces, position = [], 0
    for start, end, sign in sorted(edits):
        pieces += [text[position:start], sign]
        position = max(position, end)
    return "".join([*pieces, text[position:]])


def _has_power(node: Ast) -> bool:
    """Whether an exponent is itself a power, signs aside."""
    while type(node) is Apply and node.op == "neg":
        node = node.args[0]
    return type(node) is Apply and node.op == "pow"
