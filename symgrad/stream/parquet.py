"""Tables as Parquet: columns of a file larger than memory. The only place that knows pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symgrad.errors import TypeMistake, UsageMistake
from symgrad.stream.place import unreadable
from symgrad.stream.table import CHUNK, Array, Chunk, Trouble

BUFFER = 1 << 20
"""Bytes of each column that are read at a time: a group of rows may be larger than memory."""


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
            self._file = pq.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False)
        except (OSError, self._pa.ArrowException) as error:
            raise unreadable(path, str(error).split("\n", maxsplit=1)[0]) from None
        self.names = list(self._file.schema_arrow.names)
        self.rows = int(self._file.metadata.num_rows)

    def kind(self, name: str) -> Any:
        """The type of a column."""
        return self._file.schema_arrow.field(name)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def chunks(self, used: Sequence[str], carried: Sequence[str]) -> Iterator[Chunk]:
        """The rows, piece by piece."""
        for name in used:
            self._check(name)
        columns = list(dict.fromkeys([*used, *carried]))
        first = 1
        try:
            for group in range(self._file.num_row_groups):  # what was read of a group goes with it
                for batch in self._file.iter_batches(CHUNK, [group], columns):
                    yield self._chunk(first, batch, used, carried)
                    first += batch.num_rows
        except (OSError, self._pa.ArrowException) as error:
            raise unreadable(self.path, str(error).split("\n", maxsplit=1)[0]) from None

    def _check(self, name: str) -> None:
        kind = self._file.schema_arrow.field(name).type
        types = self._pa.types
        if not any(
            test(kind)
            for test in (
                types.is_floating,
                types.is_integer,
                types.is_boolean,
                types.is_decimal,
                types.is_null,
            )
        ):
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


class ParquetSink:
    """A Parquet file to be written: a group of rows for each piece."""

    def __init__(
        self, path: Path, carried: Sequence[str], results: Sequence[str], kinds: Mapping[str, Any], truth: str
    ) -> None:
        self._pa, pq = _arrow()
        pa = self._pa
        fields = [kinds[name] or pa.field(name, pa.string()) for name in carried]
        fields += [pa.field(name, pa.bool_() if name == truth else pa.float64()) for name in results]
        self._schema = pa.schema(fields)
        self._carried, self._results = list(carried), list(results)
        packed = dict.fromkeys(results, "none") | dict.fromkeys(
            carried, "snappy"
        )  # fresh doubles do not shrink
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression=packed,
            use_dictionary=self._carried,
            write_statistics=self._carried,
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
