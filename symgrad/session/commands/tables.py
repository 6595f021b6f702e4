"""The command that computes a formula for every row of a file."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import UsageMistake
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.results import Result, Text
from symgrad.session.session import Session
from symgrad.session.timing import span


@command(
    "map EXPR DATA FILE [NAME=VALUE...]",
    "value and gradient for every row of a .csv or .parquet file, written to FILE (or: -o FILE); "
    "columns are the variables",
    "map 'x^2*sin(y)' data.csv result.parquet",
    2,
    3,
)
def _map(session: Session, arguments: Arguments) -> Iterator[Result]:
    from symgrad.stream import map_file

    text, data, *rest = arguments.texts
    if not rest:
        hint = "symgrad map EXPR data.csv -o result.parquet; inside: :map EXPR, data.csv, result.parquet"
        raise UsageMistake("SG515", "map: where does the result go?", hint=hint)
    expression = session.expression(text)
    found = map_file(
        expression.node,
        data,
        rest[0],
        session.values,
        drop="--drop" in arguments.switches,
        way=arguments.switches.get("--way"),
        progress=arguments.progress,
    )
    count = f"{found.rows:,} rows".replace(",", "_")
    lines = [f"{count} in {span(found.seconds)}: {', '.join(found.columns)} in {found.output}"]
    kinds = {"nulls": "lack a number", "bad": "cannot be read", "undefined": "have no finite value"}
    for kind, words in kinds.items():
        trouble = getattr(found, kind)
        if trouble.count:
            places = ", ".join(f"row {row}" + (f" ({said})" if said else "") for row, said in trouble.places)
            more = ", ..." if trouble.count > len(trouble.places) else ""
            lines.append(f"  {trouble.count:,} {words}: ".replace(",", "_") + places + more)
    data_ = {
        "file": str(found.output),
        "rows": found.rows,
        "columns": found.columns,
        "way": found.way,
        "seconds": found.seconds,
        "computing": found.computing,
        **{kind: {"count": t.count, "first": t.places} for kind in kinds for t in [getattr(found, kind)]},
    }
    doubtful = any(getattr(found, kind).count for kind in kinds)
    yield Text("\n".join(lines), data_, doubtful=doubtful)
