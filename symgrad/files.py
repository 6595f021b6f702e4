"""A file that is there when it is complete: a crash leaves the old one or the new one, never half."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symgrad.errors import UsageMistake


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place beside `path`, which is moved over it in the end; whatever goes wrong before, nothing is left.

    Raises:
        UsageMistake: SG522, it cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        temporary = Path(name)
        temporary.unlink()  # a file that is emptied rather than made is waited for by ext4 when it is closed
    except OSError as error:
        raise unwritable(path, error) from None
    try:
        yield temporary
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def save(path: Path, data: bytes) -> None:
    """Write a file anew, and wait until it is on the disk.

    Raises:
        UsageMistake: SG522, it cannot be written; what was there is as it was.
    """
    with whole(path) as place, place.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or those that new files get."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def unwritable(path: Path, error: OSError) -> UsageMistake:
    """The mistake of a file that cannot be written."""
    text = str(error).rsplit("] ", maxsplit=1)[-1]  # pyarrow's have a number and a long sentence before
    reason = error.strerror or text or type(error).__name__
    hint = None if path.parent.is_dir() else f"there is no folder `{path.parent}`: make it first"
    return UsageMistake("SG522", f"`{path}` cannot be written: {reason}", hint=hint)
