"""Files of the session: read as text, and written so that a crash leaves the old file or the new one, never half."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from symgrad.errors import UsageMistake


def read(path: str) -> str:
    """The text of a file.

    Raises:
        UsageMistake: SG518, it cannot be read.
    """
    try:
        return Path(path).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise UsageMistake("SG518", f"`{path}` cannot be read: {reason}") from None


def write(path: str, text: str) -> Path:
    """Write a file anew: first beside its place, then over it.

    Raises:
        UsageMistake: SG522, it cannot be written; what was there is as it was.
    """
    place = Path(path).expanduser()
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError as error:
        raise _refused(path, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(place))
        temporary.replace(place)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise _refused(path, error) from None
    return place


def _mode(place: Path) -> int:
    """The permissions of the file that is replaced, or those that new files get."""
    try:
        return place.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _refused(path: str, error: OSError) -> UsageMistake:
    reason = error.strerror or type(error).__name__
    return UsageMistake("SG522", f"`{path}` cannot be written: {reason}")
