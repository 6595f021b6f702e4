"""A report of an internal error, kept for the user to send."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from pathlib import Path


def save(error: BaseException, words: list[str]) -> Path | None:
    """Write what happened to a file that only this user can read; None if no file can be written."""
    from symgrad import __version__
    from symgrad.session.doctor import state_folder

    text = [f"symgrad {__version__}, Python {sys.version}, {sys.platform}\n", f"arguments: {words!r}\n\n"]
    text += traceback.format_exception(error)
    name = f"report-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    for folder in (state_folder(), Path(tempfile.gettempdir())):
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(text)
        except OSError:
            continue
        return path
    return None
