"""Results as text: pieces of (style, text) that a face joins, colours or feeds to its widgets."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from symgrad.expression import Expression
from symgrad.session import progress
from symgrad.session import summary as held_summary
from symgrad.session.display import Segments, display_safe, plain, shorten, width
from symgrad.session.held import MOST_NUMBERS, numbers_in
from symgrad.session.numbers import number
from symgrad.session.partials import GAP, padded, partials, trimmed
from symgrad.session.results import Defined, Evaluated, Learned, Listing, Result, Several, Symbolic, Text
from symgrad.session.verdicts import SIGNS, STYLES, comment, summary, undefined


@dataclass(frozen=True)
class Layout:
    """How wide the screen is, and how many digits are wanted (None: as many as identify the number)."""

    columns: int = 80
    precision: int | None = None


DEFAULT = Layout()
LONGEST = 60
"""Of an expression whose result stands on one line not more is shown."""


def render(result: Result, layout: Layout = DEFAULT) -> Segments:
    """Everything there is to show of a result, ended by a line end."""
    match result:
        case Evaluated() if result.looked and result.defined:
            many = numbers_in(result.grad) > MOST_NUMBERS
            table = held_summary.table(result) if many else partials(result, layout.columns, layout.precision)
            return [*head(result, layout), *table, *held_summary.note(result)]
        case Evaluated():
            table = partials(result, layout.columns, layout.precision)
            end = summary(result) if result.verdict is not None else _note(result)
            return [*head(result, layout), *table, *end]
        case Symbolic():
            return [("", f"{result.expression}\n")]
        case Several():
            return _several(result, layout)
        case Defined():
            return _defined(result, layout)
        case Listing():
            return _listing(result)
        case Learned():
            return progress.ended(result, layout.columns)
        case Text():
            return [("", result.text + "\n")]


def head(result: Evaluated, layout: Layout) -> Segments:
    """`x^2 = 4.0`, how it was read, and what is wrong with the value once that is known."""
    written = _written(result)
    if not result.defined and (result.verdict is None or result.verdict.status == "undefined"):
        return _undefined(written, result, layout.columns)
    shown = number(result.value, layout.precision)
    text = shorten(written, max(layout.columns - len(shown) - 3, layout.columns // 2))
    sign = " is " if isinstance(result.value, bool) else " = "
    segments: Segments = [("strong", text), ("", sign), ("number", shown)]
    if result.reading is not None:
        segments.append(("dim", f"{GAP}(read as {display_safe(shorten(result.reading, layout.columns))})"))
    said = comment(result.verdict.value) if result.verdict is not None else None
    if said is not None:
        room = layout.columns - width(text) - len(sign) - len(shown) - len(GAP)
        segments += [("", GAP if width(said.text) <= room else "\n  "), (said.style, said.text)]
    return [*segments, ("", "\n")]


def _written(result: Evaluated) -> str:
    """The text as it was typed, on one line."""
    return display_safe(" ".join(result.text.split("\n")).strip())


def _undefined(written: str, result: Evaluated, columns: int) -> Segments:
    """`log(x) is undefined at x = -1 (log(-1))`; the cause on a line of its own if there is no room."""
    *segments, (style, cause) = [("strong", shorten(written, columns)), *undefined(result)]
    if width(plain(segments) + cause) > columns and cause:
        cause = f"\n  {cause.strip()}"
    return [*segments, (style, cause), ("", "\n")]


def _note(result: Evaluated) -> Segments:
    """Why there are no derivatives, where a reader could expect them."""
    return [("dim", f"  {result.unchecked}\n")] if result.expression.type.shape else []


def in_one_line(result: Evaluated, precision: int | None = None) -> Segments:
    """`x^2 = 4.0   ∂x 4.0   ✓`."""
    segments: Segments = [("strong", shorten(_written(result), LONGEST))]
    if not result.defined and (result.verdict is None or result.verdict.status == "undefined"):
        return [*segments, *undefined(result), ("", "\n")]
    sign = " is " if isinstance(result.value, bool) else " = "
    segments += [("", sign), ("number", number(result.value, precision))]
    for name, g in result.grad.items():
        segments += [("label", f"{GAP}∂{name} "), ("number", number(g, precision))]
    if result.verdict is not None:
        status = result.verdict.status
        said = SIGNS[status] if status == "verified" else f"{SIGNS[status]} {status}"
        segments += [("", GAP), (STYLES[status], said)]
    return [*segments, ("", "\n")]


def _several(result: Several, layout: Layout) -> Segments:
    formulas = {key: shorten(str(entry), _room(entry)) for key, entry in result.entries.items()}
    labels = max((width(result.name(key)) for key in formulas), default=0)
    size = max(map(width, formulas.values()), default=0) if result.values else 0
    segments: Segments = []
    for key, formula in formulas.items():
        segments += [("label", padded(result.name(key), labels)), ("", GAP + padded(formula, size))]
        if key in result.values:
            shown = number(result.values[key], layout.precision)
            segments.append(("number", f"{GAP}{'' if shown.startswith('-') else ' '}{shown}"))
        segments.append(("", "\n"))
    return trimmed(segments)


def _room(entry: Expression) -> int:
    """How much of a formula is shown: of one that gives an array as much as stands on a line."""
    return LONGEST if entry.type.shape and len(str(entry)) > LONGEST else sys.maxsize


def _defined(result: Defined, layout: Layout) -> Segments:
    if result.kind == "value":
        shown = number(result.value, layout.precision)
        return [("strong", result.name), ("", " = "), ("number", shown), ("", "\n")]
    if result.kind == "function":
        return [("strong", display_safe(result.text)), ("", "\n")]
    if result.kind == "collection":
        return [("strong", result.name), ("", f": {result.value}\n")]
    sign = ":" if result.kind == "type" else " ="
    return [("strong", result.name), ("", f"{sign} {display_safe(result.text)}\n")]


def _listing(result: Listing) -> Segments:
    segments: Segments = [("strong", result.title + "\n")] if result.title else []
    if result.rows:
        widths = [max(map(width, column)) for column in zip(*result.rows, strict=True)]
        for row in result.rows:
            line = GAP.join(padded(cell, size) for cell, size in zip(row, widths, strict=True))
            segments.append(("", f"  {line.rstrip()}\n"))
    return segments
