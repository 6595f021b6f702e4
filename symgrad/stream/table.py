"""A piece of a table, and what reads and writes such pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, Any]

CHUNK = 1 << 17
"""Rows that are in memory at a time, from the beginning of the file: results do not depend on threads."""

MOST_PLACES = 3
"""Rows of each kind that a report names."""


@dataclass
class Trouble:
    """Rows without a result: how many, and the first of them (counted from 1, without the header)."""

    count: int = 0
    places: list[tuple[int, str]] = field(default_factory=list)

    def add(self, rows: Sequence[int] | Array, words: str | Sequence[str]) -> None:
        """Note some rows."""
        self.count += len(rows)
        for k in range(min(len(rows), MOST_PLACES - len(self.places))):
            self.places.append((int(rows[k]), words if isinstance(words, str) else words[k]))


@dataclass(frozen=True)
class Chunk:
    """Some rows.

    Attributes:
        first: the number of the first of them, from 1.
        count: how many.
        numbers: column -> numbers, of the columns that are computed with.
        missing: which rows cannot be computed, as a number is missing or unreadable; None: all can.
        carried: column -> values as they were read, for the result.
    """

    first: int
    count: int
    numbers: Mapping[str, Array]
    missing: Array | None
    carried: Mapping[str, Any]


class Source(Protocol):
    """A file that is read.

    Attributes:
        names: its columns.
        rows: how many rows it has, or about how many.
        nulls: rows in which a number is missing.
        bad: rows in which something is no number, or that do not fit the header.
    """

    names: list[str]
    rows: int
    nulls: Trouble
    bad: Trouble

    def chunks(self, used: Sequence[str], carried: Sequence[str]) -> Iterator[Chunk]:
        """The rows, piece by piece."""

    def kind(self, name: str) -> Any:
        """How a column is stored, for another file of the same format; else None."""

    def complete(self, used: Sequence[str]) -> bool:
        """Whether it is known beforehand that none of these columns lacks a number."""

    def close(self) -> None:
        """Be done with the file."""


class Sink(Protocol):
    """A file that is written."""

    def write(self, chunk: Chunk, results: Mapping[str, Array]) -> None:
        """Add rows: the carried columns, and beside them the results (none where something is missing)."""

    def close(self) -> None:
        """Complete the file."""
