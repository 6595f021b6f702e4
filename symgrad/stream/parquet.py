"""Tables as Parquet: columns of a file larger than memory. The only place that knows pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from symgrad.errors import TypeMistake, UsageMistake
from symgrad.stream.place import unreadable
from symgrad.stream.table import CHUNK, Array, Chunk, Trouble

BUFFER = 1 << 20
"""Bytes of each column that are read at a time where a group of rows is large."""

LARGE = 64 << 20
"""Bytes of a group of rows; smaller ones are read column by column at once, which is faster."""

PACKED = {
    "UNCOMPRESSED": "none",
    "SNAPPY": "snappy",
    "GZIP": "gzip",
    "BROTLI": "brotli",
    "LZ4": "lz4",
    "ZSTD": "zstd",
}
"""Pyarrow's names of compressions, when reading and when writing."""

NUMBERS = ("is_floating", "is_integer", "is_boolean", "is_decimal", "is_null")
"""Pyarrow's tests of types that are numbers."""


class Kept(NamedTuple):
    """How a column is stored, so that it is carried on like that.

    Attributes:
        field: its name and type.
        packed: its parts (one, if it is no structure) -> how they are compressed.
        coded: those parts that are dictionaries.
    """

    field: Any
    packed: dict[str, str]
    coded: list[str]


def _arrow() -> tuple[Any, Any]:
    """Pyarrow, and its part for Parquet."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        hint = "pip install 'symgrad[data]', or use CSV"
        raise UsageMistake("SG714", "Parquet needs pyarrow, which is not installed", hint=hint) from None
    return pa, pq


class ParquetSource:
    """A Parquet file."""

    def __init__(self, path: Path) -> None:
        self._pa, pq = _arrow()
        self.path = path
        self.nulls, self.bad = Trouble(), Trouble()
        try:
            self._file = pq.ParquetFile(path)
            self._meta = self._file.metadata
            groups = range(self._meta.num_row_groups)
            if any(self._meta.row_group(g).total_byte_size > LARGE for g in groups):
                self._file.close()
                self._file = pq.ParquetFile(path, buffer_size=BUFFER)
        except (OSError, self._pa.ArrowException) as error:
            raise unreadable(path, _reason(error)) from None
        self.names = list(self._file.schema_arrow.names)
        self.rows = int(self._meta.num_rows)
        again = [name for name in self.names if self.names.count(name) > 1]
        if again:
            self._file.close()
            raise unreadable(path, f"two columns are called `{again[0]}`")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def kind(self, name: str) -> Kept:
        """How a column is stored."""
        kept = self._file.schema_arrow.field(name)
        parts = {chunk.path_in_schema: chunk for chunk in reversed(self._parts(name))}
        packed = {path: PACKED.get(chunk.compression, "snappy") for path, chunk in parts.items()}
        coded = [path for path, chunk in parts.items() if chunk.has_dictionary_page]
        if _numeric(self._pa, kept.type):  # fewer values than rows are worth a dictionary, others cost time
            coded = [path for path in coded if "PLAIN" not in parts[path].encodings]
        return Kept(kept, packed, coded)

    def complete(self, used: Sequence[str]) -> bool:
        """Whether the file says of itself that none of these columns lacks a number."""
        return all(
            not self._file.schema_arrow.field(name).nullable
            or all(s is not None and s.has_null_count and not s.null_count for s in self._statistics(name))
            for name in used
        )

    def _statistics(self, name: str) -> list[Any]:
        return [chunk.statistics for chunk in self._parts(name)]

    def _parts(self, name: str) -> list[Any]:
        """What the file says of a column, or of the parts of a structure, in each group of rows."""
        paths = [self._meta.schema.column(i).path for i in range(self._meta.num_columns)]
        places = [i for i, path in enumerate(paths) if path == name or path.startswith(f"{name}.")]
        groups = [self._meta.row_group(g) for g in range(self._meta.num_row_groups)]
        return [group.column(i) for group in groups for i in places]

    def chunks(self, used: Sequence[str], carried: Sequence[str]) -> Iterator[Chunk]:
        """The rows, piece by piece."""
        for name in used:
            self._check(name)
        columns = list(dict.fromkeys([*used, *carried]))
        complete = self.complete(used)
        first = 1
        try:
            for group in range(self._file.num_row_groups):  # what was read of a group goes with it
                for batch in self._file.iter_batches(CHUNK, [group], columns):
                    chunk = self._chunk(first, batch, used, carried)
                    if complete and chunk.missing is not None:
                        raise unreadable(self.path, "numbers are missing, and it says of itself that none is")
                    yield chunk
                    first += batch.num_rows
        except (OSError, self._pa.ArrowException) as error:
            raise unreadable(self.path, _reason(error)) from None

    def _check(self, name: str) -> None:
        kind = self._file.schema_arrow.field(name).type
        if not _numeric(self._pa, kind):
            raise TypeMistake("SG211", f"the column `{name}` holds no numbers but {kind}")

    def _chunk(self, first: int, batch: Any, used: Sequence[str], carried: Sequence[str]) -> Chunk:
        missing = None
        numbers = {}
        for name in used:
            column = batch.column(name)
            if column.null_count:
                null = column.is_null().to_numpy(zero_copy_only=False)
                missing = null if missing is None else missing | null
            if not self._pa.types.is_float64(column.type):
                column = column.cast(self._pa.float64(), safe=False)
            numbers[name] = column.to_numpy(zero_copy_only=False)
        if missing is not None:
            self.nulls.add(np.flatnonzero(missing) + first, "")
        return Chunk(first, batch.num_rows, numbers, missing, {name: batch.column(name) for name in carried})


def _numeric(pa: Any, kind: Any) -> bool:
    return any(getattr(pa.types, test)(kind) for test in NUMBERS)


def _reason(error: Exception) -> str:
    """What pyarrow says, on one line."""
    return str(error).split("\n", maxsplit=1)[0]


class ParquetSink:
    """A Parquet file to be written: a group of rows for each piece."""

    def __init__(
        self,
        path: Path,
        carried: Mapping[str, Kept | None],
        results: Sequence[str],
        truth: str,
        *,
        complete: bool,
    ) -> None:
        self._pa, pq = _arrow()
        pa = self._pa
        fields = [
            pa.field(name, pa.string()) if kept is None else kept.field for name, kept in carried.items()
        ]
        kinds = {name: pa.bool_() if name == truth else pa.float64() for name in results}
        fields += [pa.field(name, kind, nullable=not complete) for name, kind in kinds.items()]
        self._schema = pa.schema(fields)
        self._carried, self._results = list(carried), list(results)
        packed = dict.fromkeys(results, "none")  # fresh doubles do not shrink
        coded = []
        for name, kept in carried.items():
            packed |= {name: "snappy"} if kept is None else kept.packed
            coded += [name] if kept is None else kept.coded
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression=packed,
            use_dictionary=coded,
            write_statistics=[name for name in packed if name not in results],
            write_batch_size=1 << 16,
        )

    def write(self, chunk: Chunk, results: Mapping[str, Array]) -> None:
        """Add rows."""
        pa = self._pa
        columns = [
            pa.array(c, pa.string()) if isinstance(c, tuple) else c
            for c in (chunk.carried[name] for name in self._carried)
        ]
        columns += [pa.array(results[name], mask=chunk.missing) for name in self._results]
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))

    def close(self) -> None:
        """Complete the file."""
        self._writer.close()
