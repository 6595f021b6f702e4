"""Building a million objects at once without the garbage collector looking on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 10_000
"""From about here on the collector takes as long as the work itself."""


@contextmanager
def undisturbed(count: int) -> Iterator[None]:
    """Pause the collector of cyclic garbage while about `count` objects are made, none of them garbage.

    It would look through all of them again and again.
    """
    pause = count > MANY and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()
