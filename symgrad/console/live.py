"""What is going on, on the screen: one line that is written over, or now and then a line where that cannot be."""

from __future__ import annotations

import time

from symgrad.console.screen import Screen
from symgrad.session import progress
from symgrad.session.curves import in_ascii
from symgrad.session.results import Counted, Learned

BEAT = 2.0
"""Seconds between two lines that stay."""


class Live:
    """Shows reports of something that goes on."""

    def __init__(self, screen: Screen, *, animated: bool) -> None:
        self.screen = screen
        self.animated = animated
        self._shown = False
        self._told = time.monotonic()

    def report(self, report: Learned | Counted) -> None:
        """Show how far it is."""
        if isinstance(report, Learned):
            segments, wish = progress.line(report, self.screen.columns, timed=True), "Ctrl-C pauses"
        else:
            segments, wish = progress.rows(report), "Ctrl-C ends it, and no file is written"
        if self.animated:
            hint = [("dim", f"{wish}\n")]
            if self._shown:
                self.screen.rewritable = 2
                self.screen.replace([*segments, *hint])
            else:
                self.screen.show([*segments, *hint])
            self._shown = True
        elif time.monotonic() - self._told >= BEAT:
            self._told = time.monotonic()
            self.screen.tell(segments)

    def ended(self) -> None:
        """Take away what was shown for the time being."""
        if self._shown:
            self.screen.rewritable = 2
            self.screen.replace([])
        self._shown = False
        self._told = time.monotonic()

    def result(self, result: Learned, *, plain: bool = False) -> None:
        """Show how it ended."""
        segments = progress.ended(result, self.screen.columns, timed=self.animated)
        self.screen.show([("", in_ascii(text)) for _, text in segments] if plain else segments)
