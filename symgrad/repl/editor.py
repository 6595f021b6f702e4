"""A text written in the user's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

EDITORS = ("editor", "nano", "vi", "notepad")


def edited(text: str) -> str | None:
    """What the editor left of a text; None if there is no editor."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    command = shlex.split(said) if said else [found for name in EDITORS if (found := shutil.which(name))][:1]
    if not command:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.sg"
        path.write_text(text + "\n", encoding="utf-8")
        try:
            subprocess.run([*command, str(path)], check=False)  # noqa: S603  # the user's own command
        except OSError:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
