"""Lines added to files that several sessions share: each whole or not at all, readable by their owner alone."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

READ_AT_MOST = 8_000_000
FAR = 1 << 30
"""Windows locks a place in the file: one that no line reaches."""


@contextmanager
def locked(descriptor: int) -> Iterator[None]:
    """Wait for the file, and have it alone."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(descriptor, FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def try_lock(descriptor: int) -> bool:
    """Take the file for as long as this process has it open; False if another one has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def opened(path: Path) -> int:
    """A file that is read, and written at its end only; made for its owner alone if there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)


def append(path: Path, line: str) -> None:
    """Add a line with one write. A line before it that was torn off is ended first."""
    descriptor = opened(path)
    try:
        with locked(descriptor):
            write(descriptor, line)
    finally:
        os.close(descriptor)


def write(descriptor: int, line: str) -> None:
    """Add a line to an open file that nobody else writes to now."""
    size = os.fstat(descriptor).st_size
    torn = False
    if size:
        os.lseek(descriptor, size - 1, os.SEEK_SET)
        torn = os.read(descriptor, 1) != b"\n"
    os.write(descriptor, b"\n" * torn + line.encode("utf-8", "replace") + b"\n")


def sealed(data: Any) -> str:
    """Data as a line that tells whether it is whole."""
    text = json.dumps(data, separators=(",", ":"))
    return json.dumps({"crc": zlib.crc32(text.encode()), "data": data}, separators=(",", ":"))


def unsealed(line: str) -> Any:
    """The data of a line; None if it is torn or was changed."""
    try:
        found = json.loads(line)
        text = json.dumps(found["data"], separators=(",", ":"))
        return found["data"] if found["crc"] == zlib.crc32(text.encode()) else None
    except (ValueError, KeyError, TypeError):
        return None


def lines(path: Path) -> list[str]:
    """The lines of a file, of a very long one the last; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - READ_AT_MOST))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.split("\n")[int(size > READ_AT_MOST) :]
