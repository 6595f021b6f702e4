"""What a session has defined, kept line by line on disk, so that nothing is lost with a closed window or a crash."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from symgrad.errors import SymgradError
from symgrad.session import store
from symgrad.session.doctor import state_folder
from symgrad.session.naming import ANSWERS
from symgrad.session.script import follows, statement
from symgrad.session.session import Session

KEPT = 5
"""So many sessions that were cut off are kept."""


class Journal:
    """The file of one session. It exists while the session lives; one that nobody holds is left from a crash.

    A full disk or a read-only folder must not end a session: then there is no journal.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder() / "sessions"
        self._path: Path | None = None
        self._descriptor: int | None = None

    def record(self, before: Session, after: Session) -> None:
        """Note what has changed between two sessions."""
        changed = {
            name: statement(name, meaning)
            for name, meaning in after.scope.items()
            if before.scope.get(name) is not meaning
            and name not in ANSWERS
            and not follows(name, after.scope)
        }
        gone = [name for name in before.scope if name not in after.scope]
        if not changed and not gone:
            return
        try:
            if self._descriptor is None:
                self._open()
            assert self._descriptor is not None
            store.write(self._descriptor, store.sealed({"set": changed, "drop": gone}))
        except OSError:
            self.close()

    def _open(self) -> None:
        self._path = self.folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.jsonl"
        self._descriptor = store.opened(self._path)
        store.try_lock(self._descriptor)

    def close(self, *, keep: bool = False) -> None:
        """The session has ended as it should, and the file goes with it, unless it is to be kept."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._path is not None and not keep:
            with contextlib.suppress(OSError):
                self._path.unlink()
            self._path = None

    def left(self) -> list[Path]:
        """The files of sessions that were cut off, the newest first; very old ones are removed."""
        try:
            found = sorted(self.folder.glob("*.jsonl"), key=lambda path: path.name, reverse=True)
        except OSError:
            return []
        orphans = [path for path in found if path != self._path and _abandoned(path)]
        for path in orphans[KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()
        return orphans[:KEPT]


def _abandoned(path: Path) -> bool:
    """Whether no living session holds a file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return store.try_lock(descriptor)
    finally:
        os.close(descriptor)


def statements(path: Path) -> dict[str, str]:
    """What was defined at the end of a file: name -> statement. Lines that are not whole are left out."""
    found: dict[str, str] = {}
    for line in store.lines(path):
        data = store.unsealed(line)
        if isinstance(data, Mapping):
            for name in data.get("drop", ()):
                found.pop(name, None)
            for name, text in data.get("set", {}).items():
                found.pop(name, None)
                found[name] = text
    return found


def restored(session: Session, found: Mapping[str, str]) -> tuple[Session, list[str]]:
    """The session with these statements, and the names that could not be brought back."""
    waiting = dict(found)
    progress = True
    while waiting and progress:  # a function may stand before one that it calls
        progress = False
        for name, text in list(waiting.items()):
            try:
                session = _replayed(session, text)
            except SymgradError:
                continue
            del waiting[name]
            progress = True
    return session, list(waiting)


def _replayed(session: Session, text: str) -> Session:
    """The session after a statement, or after the command that a data set from a file is."""
    if not text.startswith(":"):
        return session.run(text).session
    from symgrad.session.dialogue import submit
    from symgrad.session.workspace import Workspace

    for given in submit(Workspace(session), text):
        session = given.session if isinstance(given, Workspace) else session
    return session
