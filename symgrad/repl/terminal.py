"""The rich reader: prompt_toolkit with our lexer, completer, history, keys and preview."""

from __future__ import annotations

import signal
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from symgrad.repl.completer import WorkspaceCompleter
from symgrad.repl.history import OwnHistory
from symgrad.repl.keys import Dropped, bindings
from symgrad.repl.lexer import WorkspaceLexer
from symgrad.repl.toolbar import Toolbar
from symgrad.session import config
from symgrad.session.settings import Settings
from symgrad.session.transcript import MORE, PROMPT
from symgrad.session.workspace import Workspace

STYLE = Style.from_dict({
    "prompt": "ansicyan bold",
    "number": "",
    "function": "ansicyan",
    "defined": "ansigreen",
    "constant": "ansimagenta",
    "keyword": "ansimagenta",
    "command": "ansiyellow",
    "comment": "ansibrightblack",
    "unknown": "underline",
    "error": "ansired underline",
    "bottom-toolbar": "noreverse",
    "label": "ansicyan",
    "strong": "bold",
    "warn": "ansiyellow",
    "dim": "ansibrightblack",
    "auto-suggestion": "ansibrightblack",
    "matching-bracket.cursor": "bold",
    "matching-bracket.other": "bold underline",
})  # fmt: skip
AFTER = 0.05
"""Seconds after the first prompt until SymPy's process is started."""


def _continuation(_width: int, _line: int, is_wrapped: int) -> StyleAndTextTuples:
    """The prompt of further lines; none where a long line is only shown on several, so that it can be copied."""
    return [] if is_wrapped else [("class:dim", MORE)]


class Terminated(Exception):
    """The process is asked to end while it waits for a line."""


class TerminalReader:
    """Reads entries in a terminal, with everything that makes that pleasant."""

    interactive = True

    def __init__(self, settings: Settings, *, colored: bool) -> None:
        self.workspace = Workspace(settings=settings)
        self.history = OwnHistory(config.history_file())
        self.toolbar = Toolbar()
        self._started = False
        self._signal = 0
        self.session: PromptSession[str] = PromptSession(
            message=[("class:prompt", PROMPT)],
            prompt_continuation=_continuation,
            lexer=WorkspaceLexer(lambda: self.workspace),
            completer=WorkspaceCompleter(lambda: self.workspace),
            complete_while_typing=False,
            enable_history_search=True,
            history=self.history,
            auto_suggest=AutoSuggestFromHistory() if settings.suggest else None,
            multiline=True,
            key_bindings=bindings(),
            input_processors=[HighlightMatchingBracketProcessor(chars="[]()")],
            bottom_toolbar=self._toolbar,
            editing_mode=EditingMode.VI if settings.keys == "vi" else EditingMode.EMACS,
            enable_open_in_editor=True,
            tempfile_suffix=".sg",
            style=STYLE,
            include_default_pygments_style=False,
            color_depth=ColorDepth.DEPTH_4_BIT if colored else ColorDepth.DEPTH_1_BIT,
        )
        self.session.app.ttimeoutlen = 0.05
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._terminated)

    def read(self, workspace: Workspace, default: str = "") -> str:
        """The next entry. `:set` takes effect here."""
        changed = workspace.settings.keys != self.workspace.settings.keys
        self.workspace = workspace
        if changed:
            vi = workspace.settings.keys == "vi"
            self.session.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
        self.session.auto_suggest = AutoSuggestFromHistory() if workspace.settings.suggest else None
        self.toolbar.attach(workspace, self.session.app)
        try:
            return self.session.prompt(default=default, pre_run=self._first, handle_sigint=True)
        except Dropped:
            raise KeyboardInterrupt("text") from None
        except Terminated:
            raise SystemExit(128 + self._signal) from None
        finally:
            self.toolbar.settle()

    def lines(self) -> list[str]:
        """What was typed before, in this session and others."""
        return self.history.get_strings()

    def _first(self) -> None:
        """Behind the first prompt: SymPy's process, which nobody has to wait for then."""
        if self._started:
            return
        from asyncio import get_running_loop

        def begin() -> None:  # never called if a line is entered sooner: then the next prompt tries again
            self._started = True
            self.toolbar.start()
            if self.workspace.settings.check:
                from symgrad.symbolic.sympy_client import shared

                shared()

        get_running_loop().call_later(AFTER, begin)

    def _toolbar(self) -> Any:
        return self.toolbar.fragments(self.session.default_buffer.text)

    def _terminated(self, number: int, _frame: object) -> None:
        """SIGTERM and SIGHUP: the terminal is put in order, the journal stays, and the process ends."""
        app: Application[str] = self.session.app
        if not app.is_running or app.loop is None:
            raise SystemExit(128 + number)
        self._signal = number

        def leave() -> None:
            if app.is_running and not app.is_done:
                app.exit(exception=Terminated)

        app.loop.call_soon_threadsafe(leave)
