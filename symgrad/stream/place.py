"""Where tables come from and go to, besides files."""

from __future__ import annotations

from pathlib import Path

from symgrad.errors import UsageMistake

PIPE = Path("-")
"""Standard input or output, as CSV."""
INPUT, OUTPUT = 0, 1
"""Their numbers: not Python's streams, which read and write text in pieces of their own."""


def unreadable(path: Path, reason: str, hint: str | None = None) -> UsageMistake:
    """The mistake of a file that cannot be read."""
    return UsageMistake("SG518", f"`{path}` cannot be read: {reason}", hint=hint)
