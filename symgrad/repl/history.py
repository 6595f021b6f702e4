"""The lines of all sessions, in one file to which each session adds its own without disturbing the others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import History

from symgrad.session import store

LONGEST = 8_000
"""Bytes of an entry; longer ones are remembered in this session only."""
MOST = 10_000


class OwnHistory(History):
    """prompt_toolkit's History over a file of one JSON string a line."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def load_history_strings(self) -> Iterable[str]:
        """The newest first; lines that are torn are left out."""
        return reversed(loaded(self.path))

    def append_string(self, string: str) -> None:
        """Remember an entry, unless it begins with a blank or is the same as the last."""
        if is_kept(string) and self.get_strings()[-1:] != [string]:
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Add an entry to the file."""
        line = json.dumps(string, ensure_ascii=False)
        if len(line.encode("utf-8", "replace")) <= LONGEST:
            try:
                store.append(self.path, line)
            except OSError:
                return  # a full disk or a folder that cannot be written to must not end a session


def is_kept(entry: str) -> bool:
    """Whether an entry is remembered at all: a blank at its beginning keeps it out."""
    return bool(entry.strip()) and not entry.startswith(" ")


def loaded(path: Path) -> list[str]:
    """The entries of a file, oldest first."""
    found: list[str] = []
    for line in store.lines(path)[-MOST:]:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, str) and entry:
            found.append(entry)
    return found
