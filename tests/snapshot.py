"""Snapshots: what a user sees, kept as files in `tests/snapshots/`.

`SYMGRAD_SNAPSHOTS=write python -m pytest ...` writes them anew; a person reads the difference before it is committed.
"""

from __future__ import annotations

import os

from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "snapshots"


def check(name: str, actual: str) -> None:
    """Compare a text with the snapshot of this name."""
    path = FOLDER / name
    if os.environ.get("SYMGRAD_SNAPSHOTS") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(actual, encoding="utf-8", newline="\n")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    assert expected == actual, f"{path.name} is not what it was; see tests/snapshot.py"
