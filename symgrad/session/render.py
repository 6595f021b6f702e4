"""Results as text: pieces of (style, text) that a face joins, colours or feeds to its widgets."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from symgrad.expression import Expression
from symgrad.session import comparison, drawing, improvement, plotting, progress, reasons, story
from symgrad.session import summary as held_summary
from symgrad.session.display import Segments, beside, display_safe, folded, plain, shorten, width
from symgrad.session.held import MOST_NUMBERS, numbers_in
from symgrad.session.numbers import number
from symgrad.session.partials import GAP, aligned, padded, partials, trimmed
from symgrad.session.results import (
    Accounted,
    Compared,
    Defined,
    Drawn,
    Evaluated,
    Explained,
    Improved,
    Learned,
    Listing,
    Plotted,
    Result,
    Several,
    Symbolic,
    Text,
    Told,
)
from symgrad.session.sentences import COMMAND, summary, summary_of
from symgrad.session.verdicts import SIGNS, STYLES, comment, mark_at, undefined


@dataclass(frozen=True)
class Layout:
    """How wide and high the screen is, how many digits are wanted (None: as many as identify the number), which signs
    it has for plots: braille, blocks or ascii, and how the command `improve` is given.
    """

    columns: int = 80
    precision: int | None = None
    rows: int = 24
    signs: str = "braille"
    improve: str = COMMAND


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
            end = summary(result, layout.columns, layout.improve) if result.verdict is not None else []
            return [*head(result, layout), *table, *_note(result), *end]
        case Symbolic():
            where = f"  where {' and '.join(result.where)}\n" if result.where else ""
            return [("", f"{result.expression}\n"), ("dim", where)]
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
        case Compared():
            return comparison.rendered(result)
        case Explained():
            return reasons.explained(result, layout.columns)
        case Accounted():
            return reasons.accounted(result, layout.columns)
        case Drawn():
            return drawing.rendered(result, layout.columns)
        case Told():
            return story.rendered(result, layout.columns, layout.precision)
        case Plotted():
            return plotting.rendered(result, layout.columns, layout.rows, layout.signs)
        case Improved():
            return improvement.rendered(result, layout.columns)


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
    if said is None:
        return [*segments, ("", "\n")]
    if width(plain(segments)) + len(GAP) + width(said.text) <= layout.columns:
        return [*segments, ("", GAP), (said.style, said.text), ("", "\n")]
    lines = folded(said.text, layout.columns - 4)
    return [
        *segments,
        ("", "\n"),
        (said.style, "".join(f"  {'  ' * bool(i)}{line}\n" for i, line in enumerate(lines))),
    ]


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
    return [("dim", f"  {result.note}\n")] if result.expression.type.shape and result.note else []


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
    numbers = dict(
        zip(
            result.values, aligned([number(v, layout.precision) for v in result.values.values()]), strict=True
        )
    )
    digits = max(map(width, numbers.values()), default=0)
    segments: Segments = []
    for key, formula in formulas.items():
        line: Segments = [("label", padded(result.name(key), labels)), ("", GAP + padded(formula, size))]
        if key in result.values:
            line.append(("number", GAP + padded(numbers[key], digits)))
        mark = mark_at(result, key)
        segments += [*line, ("", "\n")] if mark is None else beside(line, *mark, layout.columns)
    if result.verdict is not None:
        segments += summary_of(result.verdict, layout.columns)
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
