"""The command that computes a formula for every row of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from symgrad.errors import UsageMistake
from symgrad.session import progress
from symgrad.session.commands.registry import Arguments, Given, Ongoing, explorer_command
from symgrad.session.results import Counted, Text
from symgrad.session.timing import span
from symgrad.session.workspace import Workspace

KINDS = {
    "nulls": ("lacks a number", "lack a number"),
    "bad": ("cannot be read", "cannot be read"),
    "undefined": ("has no finite value", "have no finite value"),
}
"""What may be the matter with one row, and with several."""

MANY = 10_000
"""Rows from which their speed means something."""


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}".replace(",", "_")


@explorer_command(
    "map EXPR DATA [NAME=VALUE...] [-o FILE] [--drop] [--comma] [--way WAY]",
    "value and gradient for every row of a .csv or .parquet file (-: a pipe), in another; columns are the variables",
    "map 'x^2*sin(y)' data.csv -o result.parquet",
    2,
    2,
    verb=True,
)
def _map(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.stream import mapping

    session = workspace.session
    text, data = arguments.texts
    file = arguments.options.get("-o")
    if file is None:
        hint = "name a .csv or .parquet file: -o result.parquet" + (
            ", or -o - for a pipe" if arguments.piped else ""
        )
        raise UsageMistake("SG515", "map: where does the result go?", hint=hint)
    if not arguments.piped and "-" in (data, file):
        raise UsageMistake("SG515", "map: a session has no pipe", hint="name files instead of `-`")
    rows = mapping(
        session.expression(text).node,
        data,
        file,
        session.values,
        drop="--drop" in arguments.options,
        way=arguments.options.get("--way"),
        comma="--comma" in arguments.options,
    )
    with closing(rows):
        for found in rows:
            yield Ongoing(Counted(found.rows, found.expected, found.seconds))
    rate = f" ({progress.rate(found.rows / found.seconds)})" if found.rows >= MANY else ""
    place = "the output" if found.piped else found.output
    lines = [f"{_rows(found.rows)} in {span(found.seconds)}{rate}: {', '.join(found.columns)} in {place}"]
    plain = [("rows", str(found.rows)), ("file", str(found.output)), ("columns", *found.columns)]
    for kind, (one, several) in KINDS.items():
        trouble = getattr(found, kind)
        if trouble.count:
            words = one if trouble.count == 1 else several
            places = ", ".join(f"row {row}" + (f" ({said})" if said else "") for row, said in trouble.places)
            more = ", ..." if trouble.count > len(trouble.places) else ""
            lines.append(f"  {_rows(trouble.count)} {words}: {places}{more}")
            plain.append(
                (kind, str(trouble.count), *(f"row {row} {said}".strip() for row, said in trouble.places))
            )
    data_ = {
        "file": str(found.output),
        "rows": found.rows,
        "columns": found.columns,
        "way": found.way,
        "seconds": found.seconds,
        "computing": found.computing,
        **{kind: {"count": t.count, "first": t.places} for kind in KINDS for t in [getattr(found, kind)]},
    }
    doubtful = any(getattr(found, kind).count for kind in KINDS)
    yield Text("\n".join(lines), data_, doubtful=doubtful, aside=True, rows=plain)
