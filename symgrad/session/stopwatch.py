"""A limit on the time of a computation that nobody asked for, such as a preview.

The limit is looked at whenever one of our functions is called, in this thread alone. It is never reached while a module
is being imported, which must not be torn off.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = str(Path(__file__).resolve().parent.parent)

LOST = {"_forget", "__del__"}
"""Functions that Python calls when an object dies: it drops what they raise, and the limit with it."""


class TooLate(Exception):
    """The time is over."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooLate in what is called here once this thread has worked so long; a debugger has precedence."""
    end = time.thread_time() + seconds

    def watch(frame: FrameType, _event: str, _argument: Any) -> None:
        if (
            time.thread_time() > end
            and frame.f_code.co_filename.startswith(PACKAGE)
            and frame.f_code.co_name not in LOST
            and not _is_importing(frame)
        ):
            raise TooLate

    before = sys.gettrace()
    if before is not None:
        yield
        return
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(None)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported somewhere below."""
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_back is not None:
            file = frame.f_back.f_code.co_filename
            if file.startswith("<frozen importlib"):
                return True
        frame = frame.f_back
    return False
