"""A terminal for tests: a program in a pseudo-terminal, and the screen as a person would see it."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pexpect
import pyte

HIDDEN = ("PYTHON", "PYTEST", "COV", "NO_COLOR", "COLUMNS", "LINES", "SYMGRAD")
"""Variables of the environment that would change what is tested."""
PATIENCE = float(os.environ.get("PATIENCE", "40"))
"""Seconds to wait for something on the screen; a busy machine needs them, an idle one does not."""


class Terminal:
    """A program on a screen. It answers the terminal's own questions, as real ones do."""

    def __init__(self, command: str, *arguments: str, columns: int = 80, rows: int = 40, **env: str) -> None:
        self.screen: Any = pyte.Screen(columns, rows)
        self.screen.write_process_input = self._answer
        self.stream = pyte.ByteStream(self.screen)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(HIDDEN)}
        self.child = pexpect.spawn(
            command,
            list(arguments),
            dimensions=(rows, columns),
            env={**inherited, "TERM": "xterm-256color", "LANG": "C.UTF-8", **env},
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None

    def _answer(self, text: str) -> None:
        self.child.send(text)

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program writes within some time; False when it has ended."""
        try:
            self.stream.feed(self.child.read_nonblocking(65536, seconds))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    @property
    def text(self) -> str:
        """The screen without blank ends."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n")

    def wait(self, pattern: str, above: int = 0) -> str:
        """Wait until the screen shows a pattern, below so many prompts, and return the screen."""
        end = time.monotonic() + PATIENCE
        while not self._shows(pattern, above):
            alive = self.read()
            if self._shows(pattern, above):
                break
            assert alive, f"the program ended, and nothing like {pattern!r} was seen:\n{self.text}"
            assert time.monotonic() < end, f"nothing like {pattern!r} was seen:\n{self.text}"
        return self.text

    def _shows(self, pattern: str, above: int) -> bool:
        text = self.text
        prompts = [found.start() for found in re.finditer("(?m)^∂", text)]
        if len(prompts) < above + bool(above):
            return False
        return re.search(pattern, text[prompts[above - 1] :] if above else text, re.MULTILINE) is not None

    def type(self, text: str) -> None:
        """Send keys."""
        self.child.send(text)

    def line(self, text: str, pattern: str = "") -> str:
        """Type a line, and wait for what it shows and the next prompt."""
        count = len(re.findall("(?m)^∂", self.text))
        self.type(text + "\r")
        return self.wait(rf"{pattern}(?:.|\n)*^∂$(?:\n|.)*Tab completes", count)

    def ended(self) -> int | None:
        """Wait for the end; the exit code."""
        end = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
        self.child.wait()
        code: int | None = self.child.exitstatus
        return code

    def kill(self) -> None:
        """End it as a crash would: nothing is tidied up."""
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def close(self) -> None:
        """Leave nothing behind."""
        self.child.close(force=True)


def shown(text: str, home: Path) -> str:
    """A screen as a snapshot keeps it: what differs from place to place is left out."""
    return re.sub(r"symgrad \d+\.\d+\.\d+", "symgrad VERSION", text.replace(str(home), "HOME")) + "\n"
