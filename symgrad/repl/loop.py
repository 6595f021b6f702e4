"""The loop: read an entry, do it, show what it gave. It owns the one variable that changes, the workspace."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from symgrad.console.interrupt import Interrupt
from symgrad.console.report import save
from symgrad.console.screen import Screen
from symgrad.errors import LimitReached, SymgradError
from symgrad.repl.reader import Reader
from symgrad.repl.show import Show
from symgrad.session.commands import Ongoing, Request
from symgrad.session.diagnostic import diagnostic
from symgrad.session.dialogue import entries, submit
from symgrad.session.display import Segments, plain
from symgrad.session.journal import Journal, restored, statements
from symgrad.session.results import Text
from symgrad.session.transcript import COLUMNS, block, unprompted
from symgrad.session.workspace import Workspace

TWICE = 1.0
"""Seconds within which a second Ctrl-C on an empty line ends the session."""


class Loop:
    """A conversation. It ends at the end of the input, by `:quit`, or by Ctrl-C twice; never by a mistake."""

    def __init__(
        self, workspace: Workspace, screen: Screen, reader: Reader, journal: Journal | None, show: Show
    ) -> None:
        self.workspace = workspace
        self.screen = screen
        self.reader = reader
        self.journal = journal
        self.worst = 0
        self.ended = False
        self.heard = False
        self.default = ""
        self._show = show
        self._interrupted = -TWICE
        self._requests: dict[str, Callable[[str], None]] = {
            "quit": self._quit,
            "edit": self._edit,
            "history": self._history,
            "recover": self._recover,
            "watch": self._watch,
        }

    def run(self) -> int:
        """Go on until the end; the exit code is the worst of all entries where nobody watches, else 0."""
        while not self.ended:
            default, self.default = self.default, ""
            try:
                text = self.reader.read(self.workspace, default)
            except EOFError:
                break
            except KeyboardInterrupt as interrupt:
                self._dropped(had_text=bool(interrupt.args))
                continue
            self.heard = True
            self.text(text)
        return 0 if self.reader.interactive else self.worst

    def text(self, text: str) -> None:
        """Do a text of one or more entries; after a mistake the others are left."""
        text = unprompted(text)
        if not text.strip():
            self.entry("")
        for _, entry in entries(text):
            if not self.entry(entry) or self.ended:
                return

    def entry(self, entry: str) -> bool:
        """Do one entry; whether it went well."""
        before = self.workspace
        said: list[Segments] = []
        try:
            with Interrupt() as should_stop:
                for given in submit(before, entry, should_stop):
                    if isinstance(given, Workspace):
                        self.workspace = given
                    elif isinstance(given, Request):
                        self._requests[given.what](given.argument)
                    elif isinstance(given, Ongoing):
                        self._show.ongoing(given.report)
                    else:
                        said.append(self._show.result(given, self.workspace.settings))
            self.worst = max(self.worst, self._show.code)
        except SymgradError as error:
            said.append(self._mistake(error))
        except KeyboardInterrupt:
            self._show.dropped()
            self.screen.tell([("dim", "\ninterrupted\n")])
        except MemoryError:
            said.append(self._mistake(LimitReached("SG499", "there is not enough memory for this")))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001  # the outermost loop: our bug must not end the session
            self._bug(error, entry)
        else:
            self._kept(before, entry, said)
            return True
        self._kept(before, entry, said)
        return False

    def _kept(self, before: Workspace, entry: str, said: list[Segments]) -> None:
        """Note what happened: in the journal, and in the transcript if there is one."""
        if self.journal is not None and self.workspace.session is not before.session:
            self.journal.record(before.session, self.workspace.session)
        place = before.transcript
        if place and entry.strip() and self.workspace.transcript == place:
            try:
                with Path(place).open("a", encoding="utf-8", newline="\n") as file:
                    file.write(block(entry, "".join(map(plain, said))))
            except OSError as error:
                self.screen.tell([("warn", f"the transcript cannot be written: {error.strerror}\n")])

    def _mistake(self, error: SymgradError) -> Segments:
        self.worst = max(self.worst, error.exit_code)
        self._show.mistake(error)
        return diagnostic(error, COLUMNS)

    def _bug(self, error: Exception, entry: str) -> None:
        self.worst = 70
        place = save(error, [entry])
        where = f"; a report is in {place}" if place is not None else ""
        said = f"internal error: {type(error).__name__}; this is a bug in symgrad, not in your input{where}\n"
        self.screen.tell([("bad", said)])

    def _dropped(self, *, had_text: bool) -> None:
        """Ctrl-C at the prompt: the line is gone; on an empty line the second one ends the session."""
        now = time.monotonic()
        if had_text:
            self._interrupted = -TWICE
        elif now - self._interrupted < TWICE:
            self.ended = True
        else:
            self._interrupted = now
            self.screen.tell([("dim", "Ctrl-C once more, or Ctrl-D, ends the session\n")])

    # What only a face can do

    def _quit(self, _: str) -> None:
        self.ended = True

    def _watch(self, text: str) -> None:
        from symgrad.repl import watch
        from symgrad.session.watching import kept, opened, summed_up

        settings = self.workspace.settings
        if not (self.reader.interactive and self._show.animated and watch.possible()) or settings.plain:
            self.entry(f":train {text}")
            return
        with Interrupt() as should_stop:
            seen = watch.watched(opened(self.workspace.session, text), self.screen, should_stop)
        self.workspace = self.workspace.advanced(kept(seen), f":watch {text}")
        if seen.last is not None:
            self._show.result(summed_up(seen, seen.last), settings)

    def _edit(self, _: str) -> None:
        from symgrad.repl.editor import edited

        before = next((line for line in reversed(self.reader.lines()) if not line.startswith(":")), "")
        text = edited(before)
        if text is None:
            self.screen.tell([("warn", "no editor was found: set $VISUAL or $EDITOR\n")])
        else:
            self.default = text.strip()

    def _history(self, word: str) -> None:
        found = [line for line in self.reader.lines() if word in line][-50:]
        text = "\n".join(f"  {line}" for line in found) or "nothing was typed before"
        self._show.result(Text(text), self.workspace.settings)

    def _recover(self, _: str) -> None:
        left = (self.journal or Journal()).left()
        if not left:
            self._show.result(Text("there is no session to recover"), self.workspace.settings)
            return
        before = self.workspace
        session, lost = restored(before.session, statements(left[0]))
        self.workspace = before.advanced(session, ":recover")
        names = [n for n, m in session.scope.items() if before.session.scope.get(n) is not m]
        said = f"recovered: {', '.join(names) or 'nothing'}" + (f"; lost: {', '.join(lost)}" if lost else "")
        self._show.result(Text(said), self.workspace.settings)
        if self.journal is not None:
            self.journal.record(before.session, session)
            left[0].unlink(missing_ok=True)
