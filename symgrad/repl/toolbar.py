"""The line below what is typed: its value and gradient, worked out by a thread that never holds up a key."""

from __future__ import annotations

import threading
import time

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples

from symgrad.session.display import Segments
from symgrad.session.preview import preview
from symgrad.session.workspace import Workspace

BUDGET = 0.03
"""Seconds for a preview. After one that took longer, the next waits until nothing was typed for a while."""
PAUSE = 0.25
WARM = ("x = 2; x^2", "sin(z)")
WARMING = 5.0
HINT = "Tab completes · ↑ earlier lines · :help"


class Toolbar:
    """Asks for the preview of each text that is shown, and shows the last answer, dimmed, until it is there."""

    def __init__(self) -> None:
        self._workspace = Workspace()
        self._app: Application[str] | None = None
        self._wanted: str | None = None
        self._answered: tuple[str, Segments] = ("", [])
        self._change = threading.Condition()
        self._working = threading.Lock()
        self._slow = False
        self._thread: threading.Thread | None = None

    def attach(self, workspace: Workspace, app: Application[str]) -> None:
        """From here on previews are about this workspace."""
        with self._change:
            self._workspace, self._app = workspace, app
            self._answered = ("", [])

    def start(self) -> None:
        """Begin to work, when the first prompt is on the screen."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="preview")
            self._thread.start()

    def settle(self) -> None:
        """Wait until the thread is idle: a line is about to be computed, and nothing else should be."""
        with self._change:
            self._wanted = None
        with self._working:
            pass

    def fragments(self, text: str) -> StyleAndTextTuples:
        """What the toolbar shows for a text now."""
        assert self._app is not None
        if not text.strip():
            vi = " · vi" if self._app.editing_mode.value == "VI" else ""
            return [("class:dim", (HINT + vi)[: self._columns()])]
        if not self._workspace.settings.preview:
            return []
        with self._change:
            answered, segments = self._answered
            if text not in (answered, self._wanted):
                self._wanted = text
                self._change.notify()
        if answered == text:
            return [(f"class:{style}" if style else "", piece) for style, piece in segments]
        return [("class:dim", piece) for _, piece in segments]

    def _columns(self) -> int:
        assert self._app is not None
        return self._app.output.get_size().columns

    def _work(self) -> None:
        """The thread: always the newest text, and only that."""
        with self._working:  # what the first preview would have to import
            for text in WARM:
                preview(Workspace().session, text, seconds=WARMING)
        while True:
            with self._change:
                while self._wanted is None:
                    self._change.wait()
                if self._slow:
                    self._rest()
                text, workspace, app = self._wanted, self._workspace, self._app
            assert app is not None
            with self._working:
                if not self._is_wanted():
                    continue
                began = time.perf_counter()
                found = self._preview(workspace, text)
                self._slow = time.perf_counter() - began > BUDGET
            with self._change:
                if self._wanted == text:
                    self._wanted = None
                    self._answered = (text, found if found is not None else self._answered[1])
            app.invalidate()

    def _is_wanted(self) -> bool:
        """Whether anybody still waits: a line that is entered is not previewed."""
        return self._wanted is not None

    def _rest(self) -> None:
        """Wait until the text has not changed for a while."""
        before: object = self
        while before != self._wanted:
            before = self._wanted
            self._change.wait(PAUSE)

    def _preview(self, workspace: Workspace, text: str) -> Segments | None:
        try:
            return preview(workspace.session, text, self._columns())
        except Exception:  # noqa: BLE001  # a bug in a preview is told when the line is entered, not while typing
            return None
