"""How far a long piece of work is: one line on the error stream, written over and gone in the end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")

OFTEN = 0.1
"""Seconds between two pictures."""


class Meter:
    """A progress line, if somebody watches."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._watched = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._start = self._last = time.monotonic()
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of about so many rows are done."""
        now = time.monotonic()
        if not self._watched or now - self._last < OFTEN:
            return
        self._last, self._drawn = now, True
        share = f", {min(99, 100 * done // total)} %" if total else ""
        speed = f", {done / (now - self._start) / 1e6:.2f} million rows/s"
        self._stream.write(f"\r\x1b[K{done:,} rows".replace(",", "_") + share + speed)
        self._stream.flush()

    def over(self, work: Iterable[T]) -> Iterator[T]:
        """What some work yields, with the line taken away before anything else is shown."""
        try:
            for found in work:
                self.clear()
                yield found
        finally:
            self.clear()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False
