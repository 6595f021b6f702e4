"""Files of the session: text."""

from __future__ import annotations

from pathlib import Path

from symgrad import files
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
    """Write a file anew.

    Raises:
        UsageMistake: SG522, it cannot be written; what was there is as it was.
    """
    place = Path(path).expanduser()
    files.save(place, text.encode())
    return place
