"""Lines from wherever they come: the common face of terminal and pipe, and plain reading without any magic."""

from __future__ import annotations

import sys
from typing import Protocol

from symgrad.session.dialogue import is_incomplete
from symgrad.session.workspace import Workspace


class Reader(Protocol):
    """What the loop needs to get its lines."""

    interactive: bool

    def read(self, workspace: Workspace, default: str = "") -> str:
        """The next entry, all of its lines. EOFError ends the session, KeyboardInterrupt drops the line."""

    def lines(self) -> list[str]:
        """What was typed before, oldest first."""


class PlainReader:
    """Reads lines as they are: from a pipe, a dumb terminal, or for a screen reader."""

    def __init__(self, *, interactive: bool) -> None:
        self.interactive = interactive
        self._typed: list[str] = []

    def read(self, workspace: Workspace, default: str = "") -> str:  # noqa: ARG002  # only the rich reader needs it
        """Lines up to the end of what they say; an empty line ends it too."""
        if default:
            return default
        text = self._line("> ")
        while is_incomplete(text):
            try:
                line = self._line("... ")
            except EOFError:
                break
            if not line.strip():
                break
            text += "\n" + line
        self._typed.append(text)
        return text

    def lines(self) -> list[str]:
        """What was typed before."""
        return self._typed

    def _line(self, prompt: str) -> str:
        """One line without its end."""
        if self.interactive:
            sys.stdout.write(prompt)
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")
