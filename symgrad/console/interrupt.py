"""Ctrl-C as a wish: what asks for it ends when it can, everything else is interrupted as ever. The end as an exit."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from symgrad.session.commands.registry import Arguments, Command, Given
    from symgrad.session.session import Session

LISTENING = 2.0
"""Seconds since somebody last asked: longer ago, and nobody listens."""

AGAIN = 0.01
"""Seconds until a Ctrl-C comes again that Python has lost."""


class Interrupt:
    """While it is entered, the first Ctrl-C is told to whoever asks; the second one, or if nobody asks, interrupts."""

    def __init__(self) -> None:
        self.asked = False
        self._listened = -LISTENING
        self._before: Any = None
        self._deadly: list[int] = []
        self._hook: Any = None
        self._inside = False

    def __call__(self) -> bool:
        """Whether the user wants it to stop."""
        self._listened = time.monotonic()
        return self.asked

    def __enter__(self) -> Self:
        self.asked = False
        self._listened = -LISTENING
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._handle)
            numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
            self._deadly = [n for n in numbers if signal.getsignal(n) is signal.SIG_DFL]
            for n in self._deadly:
                signal.signal(n, _leave)
            self._hook, sys.unraisablehook = sys.unraisablehook, self._lost
            self._inside = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside = False
        if self._hook is not None:
            sys.unraisablehook = self._hook
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        for n in self._deadly:
            signal.signal(n, signal.SIG_DFL)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked or time.monotonic() - self._listened > LISTENING:
            raise KeyboardInterrupt
        self.asked = True

    def _lost(self, unraisable: Any) -> None:
        """What is raised while an object is deleted goes nowhere: a Ctrl-C in such a moment comes a little later."""
        if unraisable.exc_type is not KeyboardInterrupt:
            self._hook(unraisable)
            return
        again = threading.Timer(AGAIN, self._again)
        again.daemon = True
        again.start()

    def _again(self) -> None:
        if self._inside:
            _thread.interrupt_main()


def _leave(number: int, _frame: FrameType | None) -> None:
    """An end from outside: what was begun is cleared away."""
    raise SystemExit(128 + number)


def interruptible(command: Command, session: Session, arguments: Arguments) -> Iterator[Given]:
    """The results of a command that is asked to end by Ctrl-C."""
    with Interrupt() as should_stop:
        yield from command.run(session, replace(arguments, should_stop=should_stop))
