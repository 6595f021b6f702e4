"""One child process running SymPy: how it is started, spoken to and ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

# The child finds its own libraries first: no folder of the user's comes before the standard library.
BOOT = (
    "import sys; sys.path += [p for p in sys.argv[1:] if p not in sys.path]; "
    "from symgrad.symbolic.sympy_worker import main; main()"
)

Message = dict[str, Any]


class Child:
    """The process, with a thread that reads its answers and one that writes to it, so that nothing here blocks.

    Attributes:
        answers: what it said, in order; None when it has ended.
        born: when it was started, by the monotonic clock.
        ready: whether it has said that SymPy is there, and `ready_at` when.
    """

    def __init__(self) -> None:
        package = Path(__file__).resolve().parents[2]
        path = [p for p in (*sys.path, str(package)) if Path(p).is_absolute()]
        # A session of its own: the terminal's Ctrl-C is the parent's affair.
        detached: dict[str, Any] = (
            {"start_new_session": True}
            if os.name == "posix"
            else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        )
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter, a constant program
            [sys.executable, "-P", "-X", "utf8", "-c", BOOT, *path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **detached,
        )
        self.born = time.monotonic()
        self.ready, self.ready_at = False, self.born
        self.answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._write)]
        for thread in self._threads:
            thread.start()

    def send(self, request: Message) -> None:
        """Send a request; it is written as soon as the process reads."""
        self._requests.put(json.dumps(request, separators=(",", ":")).encode() + b"\n")

    def _read(self) -> None:
        assert self._process.stdout is not None, "it was asked for"
        for line in self._process.stdout:
            try:
                self.answers.put(json.loads(line))
            except ValueError:
                break  # half a line: it was killed while writing
        self.answers.put(None)

    def _write(self) -> None:
        assert self._process.stdin is not None, "it was asked for"
        while (line := self._requests.get()) is not None:
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
            except OSError:
                return  # it is gone; the reader says so

    def kill(self) -> int:
        """End the process if it has not ended, leave nothing of it behind, and return its exit code."""
        self._requests.put(None)
        self._process.kill()
        code = self._process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was not written yet cannot be flushed any more
                    stream.close()
        return code
