"""Tables as text: CSV with a header, read and written row by row, with quoting as it should be."""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symgrad.errors import UsageMistake
from symgrad.stream.place import INPUT, OUTPUT, PIPE, unreadable
from symgrad.stream.table import CHUNK, MOST_PLACES, Array, Chunk, Trouble

DELIMITERS = ",;\t"
NULLS = frozenset(("", "NA", "N/A", "null", "NULL", "None"))
SAMPLE = 1 << 16
GZIP = b"\x1f\x8b"
WITH_COMMA = str.maketrans(",.", "._")
"""To Python's numbers; what has a point becomes none."""
ROWS = CHUNK // 4
"""Rows of text take more memory than numbers."""


def _opened(path: Path) -> io.BufferedReader:
    piped = path == PIPE
    if piped and os.isatty(INPUT):
        raise unreadable(path, "it is a terminal", "as in: symgrad map 'x^2' - -o result.csv < data.csv")
    return io.BufferedReader(io.FileIO(INPUT if piped else path, closefd=not piped), SAMPLE)


class TextSource:
    """A CSV file: the first line names the columns. The delimiter is what the header has most of: comma, ; or tab.

    `comma`: decimals have a comma, and points are none.
    """

    def __init__(self, path: Path, *, comma: bool = False) -> None:
        self.path, self._comma = path, comma
        self.nulls, self.bad = Trouble(), Trouble()
        try:
            binary = _opened(path)
            sample, size = binary.peek(SAMPLE), os.fstat(binary.fileno()).st_size
        except OSError as error:
            raise unreadable(path, error.strerror or type(error).__name__) from None
        self._file = io.TextIOWrapper(binary, "utf-8-sig", newline="")
        self.rows = int(size / max(len(sample), 1) * sample.count(b"\n"))
        try:
            if sample[:2] == GZIP:
                raise unreadable(path, "it is compressed", f"gunzip it first: zcat {path} > table.csv")
            head = self._first()
            self.delimiter = max(DELIMITERS, key=head.count)
            whole = itertools.chain([head], self._file) if head else self._file
            self._lines = csv.reader(whole, delimiter=self.delimiter, strict=True)
            self.names = self._header()
        except UsageMistake:
            self._file.close()
            raise

    def _first(self) -> str:
        try:
            return self._file.readline()
        except UnicodeDecodeError:
            raise self._no_text() from None

    def _header(self) -> list[str]:
        found = self._some(1)
        if not found or not found[0]:
            raise unreadable(self.path, "it has no header")
        names = [name.strip() for name in found[0]]
        again = [name for name in names if names.count(name) > 1]
        if again:
            raise unreadable(self.path, f"two columns are called `{again[0]}`")
        return names

    def _some(self, count: int) -> list[list[str]]:
        try:
            return list(itertools.islice(self._lines, count))
        except csv.Error as error:
            raise unreadable(self.path, f"line {self._lines.line_num}: {error}") from None
        except UnicodeDecodeError:
            raise self._no_text() from None

    def _no_text(self) -> UsageMistake:
        hint = "write it as UTF-8, as in: iconv -f latin1 -t utf-8 OLD.csv > NEW.csv"
        return unreadable(self.path, f"{self._strange()} is no text in UTF-8", hint)

    def _strange(self) -> str:
        """The first line that is not UTF-8, if it can be read again."""
        if self.path != PIPE:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    try:
                        line.decode()
                    except UnicodeDecodeError:
                        return f"line {number}"
        return "it"

    def kind(self, name: str) -> None:
        """Everything is text."""

    def complete(self, used: Sequence[str]) -> bool:
        """Nobody knows before all is read, unless nothing is used."""
        return not used

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def chunks(self, used: Sequence[str], carried: Sequence[str]) -> Iterator[Chunk]:
        """The rows, piece by piece. Empty lines are no rows."""
        first, width = 1, len(self.names)
        while rows := self._some(ROWS):
            rows = [row for row in rows if row] if width > 1 else [row or [""] for row in rows]
            broken = np.array([len(row) != width for row in rows], dtype=bool)
            if broken.any():
                at = np.flatnonzero(broken)
                self.bad.add(at + first, [_fields(len(rows[i]), width) for i in at])
                rows = [(row + [""] * width)[:width] for row in rows]
            yield self._chunk(first, rows, broken, used, carried)
            first += len(rows)

    def _chunk(
        self, first: int, rows: list[list[str]], broken: Array, used: Sequence[str], carried: Sequence[str]
    ) -> Chunk:
        columns = dict(zip(self.names, zip(*rows, strict=True), strict=True)) if rows else {}
        bad, null = broken.copy(), np.zeros(len(rows), dtype=bool)
        numbers = {}
        for name in used:
            numbers[name] = self._numbers(name, columns.get(name, ()), first, bad, null)
        null &= ~bad
        self.nulls.add(np.flatnonzero(null) + first, "")
        missing = bad | null
        kept = {name: columns.get(name, ()) for name in carried}
        return Chunk(first, len(rows), numbers, missing if missing.any() else None, kept)

    def _numbers(self, name: str, cells: Sequence[str], first: int, bad: Array, null: Array) -> Array:
        """A column as numbers; what is none is noted."""
        shown = cells
        if self._comma:
            cells = [cell.translate(WITH_COMMA) for cell in cells]
        try:
            found = np.fromiter(map(float, cells), float, len(cells))
        except ValueError:
            found = np.full(len(cells), np.nan)
        else:
            if "_" not in "".join(cells):  # Python's numbers may have them; no other program's
                return found
        strange = []
        for i, cell in enumerate(cells):
            text = cell.strip()
            if text in NULLS:
                null[i] = True
                continue
            try:
                found[i] = float(text) if "_" not in text else _refuse(text)
            except ValueError:
                if not bad[i]:
                    strange.append(i)
                bad[i] = True
        words = [f"{name}: {shown[i]!r} is no number{_why(shown[i])}" for i in strange[:MOST_PLACES]]
        words += [""] * (len(strange) - len(words))
        self.bad.add([first + i for i in strange], words)
        return found


def _fields(count: int, width: int) -> str:
    return f"{count} field{'s' * (count != 1)}, where the header has {width}"


def _why(cell: str) -> str:
    """What is the matter with a number that others write like this."""
    if is_number(cell) and "_" not in cell:
        return ": with --comma decimals have a comma"
    if cell.count(",") == 1 and is_number(cell.replace(",", ".")):
        return ": decimals have a point, or with --comma a comma"
    return ""


def is_number(text: str) -> bool:
    """Whether this is a number and no name."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refuse(text: str) -> float:
    raise ValueError(text)


class TextSink:
    """A CSV file to be written: numbers with all the digits that identify them, nothing where there is none."""

    def __init__(
        self,
        path: Path,
        carried: Sequence[str],
        results: Sequence[str],
        delimiter: str = ",",
        *,
        comma: bool = False,
    ) -> None:
        piped = path == PIPE
        raw = io.FileIO(OUTPUT if piped else path, "w", closefd=not piped)
        self._file = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", newline="")
        self._comma = comma
        self._carried = list(carried)
        self._writer = csv.writer(self._file, delimiter=delimiter, lineterminator="\n")
        self._writer.writerow([*carried, *results])

    def write(self, chunk: Chunk, results: Mapping[str, Array]) -> None:
        """Add rows."""
        columns = [_cells(chunk.carried[name]) for name in self._carried]
        for values in results.values():
            cells = values.tolist()
            if self._comma:
                cells = [repr(x).replace(".", ",") for x in cells]
            if chunk.missing is not None:
                for i in np.flatnonzero(chunk.missing).tolist():
                    cells[i] = None
            columns.append(cells)
        self._writer.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        """Complete the file."""
        self._file.close()


def _cells(column: Any) -> Sequence[Any]:
    """A carried column as what the writer takes."""
    return column if isinstance(column, tuple) else column.to_pylist()
