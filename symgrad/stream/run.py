"""Value and gradient of a formula for every row of a file, written to another, in constant memory."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symgrad.engine import ways
from symgrad.errors import NameMistake, TypeMistake, UsageMistake, did_you_mean
from symgrad.files import whole
from symgrad.graph import Node, Program
from symgrad.stream.parquet import ParquetSink, ParquetSource
from symgrad.stream.place import PIPE
from symgrad.stream.table import CHUNK, Array, Chunk, Sink, Source, Trouble
from symgrad.stream.text import TextSink, TextSource, is_number

VALUE = "value"
MOST_NAMED = 20
FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet"}


@dataclass
class Report:
    """What was done.

    Attributes:
        output: the new file.
        rows: how many rows it has.
        columns: the columns that were computed.
        way: how.
        expected: about how many rows there will be; 0 where nobody knows.
        seconds: how long it took, and how much of that was computing.
        nulls: rows without a result, as a number is missing.
        bad: rows without a result, as something is no number or the row does not fit the header.
        undefined: rows whose value is nan or infinite.
    """

    output: Path
    columns: list[str]
    way: str
    expected: int
    rows: int = 0
    seconds: float = 0.0
    computing: float = 0.0
    nulls: Trouble = field(default_factory=Trouble)
    bad: Trouble = field(default_factory=Trouble)
    undefined: Trouble = field(default_factory=Trouble)

    @property
    def piped(self) -> bool:
        """Whether the output is none that has a name."""
        return self.output == PIPE


class Task:
    """A formula and what its variables are: columns, or constants."""

    def __init__(self, root: Node, names: Sequence[str], constants: Mapping[str, Any]) -> None:
        self.program = Program([root])
        given = [v for v in self.program.variables if v.name not in constants]
        if root.type.shape or any(v.type.shape for v in given):
            raise TypeMistake("SG214", "a formula over rows is one number of numbers, and here is an array")
        self.constants = {v.name: constants[v.name] for v in self.program.variables if v.name in constants}
        both = [name for name in self.constants if name in names]
        if both:
            raise UsageMistake(
                "SG513", f"`{both[0]}` is a column of the table, and has a value: {constants[both[0]]!r}"
            )
        columns = [v for v in self.program.variables if v.name not in constants]
        for v in columns:
            if v.name not in names:
                near = did_you_mean(v.name, [name for name in names if name.isidentifier()])
                hint = f"did you mean `{near}`?" if near else _named(names)
                raise NameMistake("SG103", f"no column is called `{v.name}`, and it has no value", hint=hint)
        self.used = [v.name for v in columns]
        self.wrt = [v for v in columns if v.type.kind == "real"] if root.type.kind == "real" else []
        self.results = [VALUE, *(f"d_{v.name}" for v in self.wrt)]
        self.truth = "" if root.type.kind == "real" else VALUE
        self._spare: list[list[Array]] = [[], []]

    def compute(self, chunk: Chunk, way: str) -> dict[str, Array]:
        """The results of some rows; where something is missing, whatever comes."""
        numbers, count = dict(chunk.numbers), chunk.count
        there = None if chunk.missing is None else ~chunk.missing
        if there is not None:
            numbers = {name: x[there] for name, x in numbers.items()}
            count = int(there.sum())
        if not count:
            return {name: np.zeros(chunk.count, bool if self.truth else float) for name in self.results}
        if self.truth or not self.used:
            value = ways.value_of(self.program, {**self.constants, **numbers}, way)
            found = [np.broadcast_to(value, (count,))]
        else:
            point, out = {**self.constants, **numbers}, self._arrays(count)
            result = ways.evaluate(self.program, point, self.wrt, way=way, flags=False, out=out)
            found = [result.value, *(result.grad[v.name] for v in self.wrt)]
        if there is not None:
            found = [_scattered(x, there) for x in found]
        return dict(zip(self.results, found, strict=True))

    def _arrays(self, count: int) -> list[Array]:
        """Arrays for the results: those of the last piece are still being written, those before are free."""
        self._spare.reverse()
        if not self._spare[0] or len(self._spare[0][0]) < count:
            self._spare[0] = [np.empty(count) for _ in self.results]
        return [x[:count] for x in self._spare[0]]


def _named(names: Sequence[str]) -> str:
    """What columns there are, and why that may not help."""
    shown = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
    hint = f"the columns are: {shown}"
    if all(is_number(name) for name in names):
        return f"{hint}; the first line of a table names its columns"
    strange = next((name for name in names if not name.replace(".", "_").isidentifier()), None)
    return f"{hint}; rename `{strange}` if it is meant, to letters, digits and _" if strange else hint


def _scattered(x: Array, where: Array) -> Array:
    full = np.zeros(len(where), x.dtype)
    full[where] = x
    return full


def map_file(
    root: Node,
    data: str | Path,
    output: str | Path,
    constants: Mapping[str, Any] | None = None,
    *,
    drop: bool = False,
    way: str | None = None,
    comma: bool = False,
) -> Report:
    """Do all of `mapping`, and return its last report."""
    *_, report = mapping(root, data, output, constants, drop=drop, way=way, comma=comma)
    return report


def mapping(
    root: Node,
    data: str | Path,
    output: str | Path,
    constants: Mapping[str, Any] | None = None,
    *,
    drop: bool = False,
    way: str | None = None,
    comma: bool = False,
) -> Generator[Report, None, None]:
    """Write value and partial derivatives of a formula beside every row of a table.

    Yields the same report again and again, after every piece of the table. The file is there when the last one has
    come; if nobody asks for the next one, there is none.

    Args:
        root: the formula; its variables are columns of the table.
        data: a CSV or Parquet file; `-` is CSV from the standard input.
        output: a file of either format, written anew: it is there when it is complete; `-` is the standard output.
        constants: variable -> number, for variables that are no columns.
        drop: whether the columns of the table are left out of the result.
        way: how to compute; default what suits the formula and the number of rows.
        comma: whether decimals of text have a comma, as in 1,5.

    Raises:
        UsageMistake: SG513, a column's name has a value; SG515, a file is of no known format; SG518, SG522, one
            cannot be read or written; SG714, pyarrow is missing.
        NameMistake: SG103, there is no column for a variable.
        TypeMistake: SG211, a column holds no numbers; SG214, the formula is no number.
    """
    source_path, target = Path(data).expanduser(), Path(output).expanduser()
    kinds = [_format(source_path), _format(target)]
    if target.exists() and source_path.exists() and target.samefile(source_path):
        raise UsageMistake("SG515", f"map: `{target}` would be written over what is read")
    start = time.perf_counter()
    if comma and "parquet" in kinds[:1]:
        raise UsageMistake("SG515", f"map: decimals of `{source_path}` are no text", hint="leave out --comma")
    source: Source = TextSource(source_path, comma=comma) if kinds[0] == "csv" else ParquetSource(source_path)
    with closing(source):
        task = Task(root, source.names, constants or {})
        carried = [] if drop else source.names
        twice = [name for name in task.results if name in carried]
        if twice:
            hint = "leave the table's columns out with --drop, or rename the column"
            raise UsageMistake("SG515", f"map: the table has a column `{twice[0]}` already", hint=hint)
        chosen = ways.choose(task.program, source.rows or (CHUNK if source_path == PIPE else 1), way)
        report = Report(target, task.results, chosen, source.rows, nulls=source.nulls, bad=source.bad)
        with nullcontext(PIPE) if target == PIPE else whole(target) as place:
            sink = _sink(kinds[1], place, task, carried, source, comma=comma)
            with closing(sink):
                for _ in _pipe(task, source, sink, carried, report):
                    report.seconds = time.perf_counter() - start
                    yield report
    report.seconds = time.perf_counter() - start
    yield report


def _format(path: Path) -> str:
    found = "csv" if path == PIPE else FORMATS.get(path.suffix.lower())
    if found is None:
        hint = "tables are .csv, .tsv, .txt, .parquet or .pq"
        raise UsageMistake("SG515", f"map: `{path}` is no table by its name", hint=hint)
    return found


def _sink(kind: str, place: Path, task: Task, carried: Sequence[str], source: Source, *, comma: bool) -> Sink:
    if kind == "csv":
        delimiter = source.delimiter if isinstance(source, TextSource) else ","
        return TextSink(place, carried, task.results, delimiter, comma=comma)
    kept = {name: source.kind(name) for name in carried}
    return ParquetSink(place, kept, task.results, task.truth, complete=source.complete(task.used))


def _pipe(task: Task, source: Source, sink: Sink, carried: Sequence[str], report: Report) -> Iterator[None]:
    """Read, compute and write at the same time, a piece of the table in each hand."""
    pieces = source.chunks(task.used, carried)
    written: Future[None] | None = None
    with ThreadPoolExecutor(1, "symgrad-read") as reader, ThreadPoolExecutor(1, "symgrad-write") as writer:
        coming: Future[Chunk | None] = reader.submit(next, pieces, None)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(next, pieces, None)
            start = time.perf_counter()
            results = task.compute(chunk, report.way)
            report.computing += time.perf_counter() - start
            _note(chunk, results[VALUE], report)
            if written is not None:
                written.result()
            written = writer.submit(sink.write, chunk, results)
            report.rows += chunk.count
            yield
        if written is not None:
            written.result()


def _note(chunk: Chunk, value: Array, report: Report) -> None:
    """Count the rows whose value is not finite."""
    if value.dtype == bool or np.isfinite(value).all():
        return
    lost = ~np.isfinite(value)
    if chunk.missing is not None:
        lost &= ~chunk.missing
    at = np.flatnonzero(lost)
    report.undefined.add(at + chunk.first, [repr(x) for x in value[at[:3]].tolist()])
