"""The table of partial derivatives: label, formula, number, and what is known about the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.session.display import Segments, beside, display_safe, shorten, width
from symgrad.session.numbers import number
from symgrad.session.results import Evaluated
from symgrad.session.verdicts import Mark, details

GAP = "   "
DEFINITIONS = 8
"""How many shared parts of large derivatives are shown."""
TICK = 14
"""Columns that stay free for `✓ 16 digits`, so that ticks can be put there later without moving anything."""
LINES = 3
"""A formula too wide for the table stands below its number on at most so many lines; `symgrad diff` prints all."""


@dataclass(frozen=True)
class Row:
    """One partial derivative as it is shown; `below` are pairs of words and numbers under it."""

    label: str
    formula: str
    number: str
    mark: Mark | None = None
    below: tuple[tuple[str, str], ...] = ()


def partials(result: Evaluated, columns: int, precision: int | None) -> Segments:
    """A line for each partial derivative after a blank line; nothing where there are none."""
    undefined = result.verdict is None or result.verdict.status == "undefined"
    if not result.grad or (not result.defined and undefined):
        return []
    definitions, formulas = _formulas(result)
    table = [_row(result, name, formulas.get(name, ""), precision) for name in result.grad]
    segments: Segments = [("", "\n")]
    for name, text in definitions[:DEFINITIONS]:
        segments += [("dim", "  with "), ("", f"{shorten(f'{name} = {text}', columns - 8)}\n")]
    if len(definitions) > DEFINITIONS:
        segments.append(
            ("dim", f"  and {len(definitions) - DEFINITIONS} more; `symgrad diff` prints all of them\n")
        )
    return [*segments, *_table(table, columns)]


def _formulas(result: Evaluated) -> tuple[Sequence[tuple[str, str]], dict[str, str]]:
    """The derivatives as text, what they share defined first."""
    if not result.derivatives:
        return (), {}
    from symgrad.symbolic.text import text_many

    definitions, bodies = text_many([d.node for d in result.derivatives.values()])
    return definitions, dict(zip(result.derivatives, map(display_safe, bodies), strict=True))


def _row(result: Evaluated, name: str, formula: str, precision: int | None) -> Row:
    shown = number(result.grad[name], precision)
    if result.verdict is None:
        return Row(f"∂/∂{name}", formula, shown)
    mark, below = details(result, name, precision)
    return Row(f"∂/∂{name}", formula, "" if below else shown, mark, below)


def _table(table: list[Row], columns: int) -> Segments:
    """Rows in columns; if a formula leaves no room for its number, formulas stand below."""
    labels = max(width(row.label) for row in table)
    numbers = aligned([row.number for row in table])
    digits = max(map(len, numbers))
    marks = [width(row.mark.text) for row in table if row.mark is not None]
    room = columns - 2 - labels - digits - 3 * len(GAP) - max([TICK, *(min(mark, 40) for mark in marks)])
    formulas = max(width(row.formula) for row in table)
    stacked = formulas > room
    segments: Segments = []
    for row, shown in zip(table, numbers, strict=True):
        line: Segments = [("label", f"  {padded(row.label, labels)}")]
        if formulas and not stacked:
            line.append(("", GAP + padded(row.formula, formulas)))
        line += [("", GAP), ("number", shown.ljust(digits))]
        if row.mark is not None:
            segments += beside(line, row.mark.style, row.mark.text, columns, len(GAP))
        else:
            segments += [*line, ("", "\n")]
        margin = f"  {' ' * labels}{GAP}"
        for label, text in row.below:
            segments += [("dim", f"{margin}{label}{GAP}"), ("number", f"{text}\n")]
        if stacked and row.formula:
            segments.append(("", _folded(f"= {row.formula}", margin, columns)))
    return trimmed(segments)


def aligned(numbers: list[str]) -> list[str]:
    """Numbers with room for a sign where one of them has one."""
    signed = any(text.startswith("-") for text in numbers)
    return [f" {text}" if signed and text and not text.startswith("-") else text for text in numbers]


def _folded(text: str, margin: str, columns: int) -> str:
    """A long formula on a few lines."""
    room = max(columns - len(margin) - 3, 24)
    text = shorten(text, room * LINES * 4 // 5)
    lines = []
    while len(text) > room:
        cut = max((text.rfind(sign, room // 2, room) for sign in " */("), default=-1) + 1 or room
        lines.append(text[:cut].rstrip())
        text = text[cut:]
    return "".join(f"{margin}{'  ' * bool(i)}{line}\n" for i, line in enumerate([*lines, text]))


def padded(text: str, columns: int) -> str:
    """A text with blanks up to a width."""
    return text + " " * (columns - width(text))


def trimmed(segments: Segments) -> Segments:
    """The same without blanks at the ends of lines."""
    out: Segments = []
    for style, text in segments:
        if text.startswith("\n"):
            while out and not out[-1][1].strip(" "):
                out.pop()
            if out:
                out[-1] = (out[-1][0], out[-1][1].rstrip(" "))
        out.append((style, text))
    return out
