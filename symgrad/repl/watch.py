"""Watching on a terminal: a screen of its own, keys one by one, and everything put back at the end."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from symgrad.console.screen import Screen
from symgrad.session.paint import ansi
from symgrad.session.watching import Watch, frame, learning, pressed

FRAME = 1 / 15
"""Seconds from one picture to the next."""
WAIT = 0.2
"""Seconds to wait for a key while nothing moves."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[2J\x1b[H\x1b[?25h\x1b[?1049l"


def possible() -> bool:
    """Whether keys can be read one by one here."""
    try:
        import termios  # noqa: F401  # not on Windows
    except ImportError:
        return False
    return sys.stdin.isatty() and sys.stdout.isatty()


def watched(watch: Watch, screen: Screen, should_stop: Callable[[], bool]) -> Watch:
    """Show it until the user has seen enough."""
    encoding = (getattr(screen.out, "encoding", "") or "").lower().replace("-", "")
    colored = screen.colored(screen.out) and encoding == "utf8"
    with _keys() as key, _own_screen(screen):
        steps: Iterator[Watch] | None = None
        while not watch.ended and not should_stop():
            if not watch.paused or watch.single:
                steps = steps or learning(watch)
                watch, going_on = _advanced(watch, steps)
                steps = steps if going_on else None
            _draw(screen, watch, colored=colored)
            found = key(WAIT if watch.paused else 0.0)
            if found:
                watch, steps = pressed(watch, found), None
    return watch


def _advanced(watch: Watch, steps: Iterator[Watch]) -> tuple[Watch, bool]:
    """Steps until it is time for the next picture, or one; whether there may be more."""
    end = time.perf_counter() + FRAME
    single = watch.single
    for after in steps:
        watch = after
        if single or watch.paused or time.perf_counter() >= end:
            return watch, not (single or watch.paused)
    return watch, False


def _draw(screen: Screen, watch: Watch, *, colored: bool) -> None:
    size = shutil.get_terminal_size()
    segments = frame(watch, size.columns, size.lines, plain=not colored)
    text = ansi(segments) if colored else "".join(piece for _, piece in segments)
    lines = text.split("\n")
    screen.out.write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")
    screen.out.flush()


@contextmanager
def _own_screen(screen: Screen) -> Iterator[None]:
    """The terminal's second screen, without a cursor."""
    screen.out.write(ENTER)
    try:
        yield
    finally:
        screen.out.write(LEAVE)
        screen.out.flush()


@contextmanager
def _keys() -> Iterator[Callable[[float], str]]:
    """Keys as they are pressed: a function that waits for one so long, and gives "" if there is none."""
    import os
    import select
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def key(seconds: float) -> str:
        ready, _, _ = select.select([descriptor], [], [], seconds)
        return os.read(descriptor, 16).decode("utf-8", "replace")[:1] if ready else ""

    try:
        tty.setcbreak(descriptor)
        yield key
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
