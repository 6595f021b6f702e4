"""Results as a conversation shows them: a name's answer on one line where it fits, everything else in full."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace

from symgrad.session import summary as summary_of_many
from symgrad.session.display import Segments, plain, width
from symgrad.session.held import MOST_NUMBERS, numbers_in
from symgrad.session.partials import GAP, padded
from symgrad.session.render import Layout, in_one_line, render
from symgrad.session.results import Evaluated, Listing, Result, Symbolic, Text
from symgrad.session.sentences import summary

MOST_NAMES = 6
NARROW = 24
MOST_WRITTEN = 200
"""Operations: of larger expressions the derivatives are shown when they are asked for."""
DERIVATIVE = re.compile(r"['′]|\b(diff|grad|taylor|jacobian|hessian)\s*\(")


def answer(result: Result, layout: Layout) -> Segments:
    """What a session prints for a result."""
    layout = replace(layout, improve=":improve")
    if isinstance(result, Evaluated) and result.looked and result.defined and result.name is not None:
        many = numbers_in(result.grad) > MOST_NUMBERS
        line = (
            summary_of_many.in_one_line(result, layout.columns, layout.precision)
            if many
            else in_one_line(result, layout.precision)
        )
        if width(plain(line)) <= layout.columns:
            return line
    if isinstance(result, Evaluated) and result.name is not None and not result.unchecked:
        line = in_one_line(result, layout.precision)
        verdict = result.verdict
        if width(plain(line)) <= layout.columns and (verdict is None or verdict.status == "verified"):
            return line
    if isinstance(result, Symbolic) and result.missing:
        return [*render(result, layout), *_formulas(result), ("dim", _missing(result))]
    if isinstance(result, Text) and result.prose:
        return [("", "".join(_wrapped(line, layout.columns) + "\n" for line in result.text.split("\n")))]
    if isinstance(result, Listing) and result.rows:
        return _listing(result, layout.columns)
    segments = render(result, layout)
    if isinstance(result, Evaluated) and not result.grad and result.verdict is not None:
        return [
            *segments[: len(segments) - len(summary(result, layout.columns, layout.improve))],
            *_mark(result, layout),
        ]
    return segments


def _wrapped(line: str, columns: int, indent: str | None = None) -> str:
    """A line broken between words where it is too wide; what follows is indented like its beginning, and more."""
    if width(line) <= columns:
        return line
    margin = " " * (len(line) - len(line.lstrip()) + 2) if indent is None else indent
    return textwrap.fill(
        line,
        columns,
        subsequent_indent=margin,
        drop_whitespace=True,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listing(result: Listing, columns: int) -> Segments:
    """A table whose last cells are broken between words under each other."""
    *sizes, _ = (max(map(width, column)) for column in zip(*result.rows, strict=True))
    margin = 2 + sum(size + len(GAP) for size in sizes)
    segments: Segments = [("strong", result.title + "\n")] if result.title else []
    for row in result.rows:
        *cells, last = row
        line = (
            "  " + "".join(padded(cell, size) + GAP for cell, size in zip(cells, sizes, strict=True)) + last
        )
        room = margin if columns - margin > NARROW else 4
        segments.append(("", _wrapped(line.rstrip(), columns, " " * room) + "\n"))
    return segments


def _mark(result: Evaluated, layout: Layout) -> Segments:
    """The verdict on a number without variables: nothing to say where it is proved."""
    assert result.verdict is not None
    return summary(result, layout.columns, layout.improve) if result.verdict.status != "verified" else []


def _formulas(result: Symbolic) -> Segments:
    """The derivatives as formulas, where numbers are not to be had; of what is a derivative already none."""
    expression = result.expression
    plain_number = expression.type.kind == "real" and not expression.type.shape
    if not plain_number or DERIVATIVE.search(result.text) or len(expression.origins) > MOST_WRITTEN:
        return []
    formulas = {f"∂/∂{name}": str(derivative) for name, derivative in expression.grad().items()}
    if not expression.node.args:
        return []
    size = max(map(width, formulas))
    rows: Segments = []
    for label, formula in formulas.items():
        rows += [("label", f"  {label}{' ' * (size - width(label))}"), ("", f"   {formula}\n")]
    return [("", "\n"), *rows]


def _missing(result: Symbolic) -> str:
    """Which values would make it a number."""
    names = result.missing[:MOST_NAMES]
    more = " ..." if len(result.missing) > MOST_NAMES else ""
    listed = ", ".join(f"`{name}`" for name in names)
    verb = "has no value" if len(names) == 1 else "have no value"
    return f"  {listed}{more} {verb}: {'; '.join(f'{name} = ...' for name in names)}\n"
