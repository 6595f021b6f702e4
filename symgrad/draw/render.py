"""DOT to SVG by whatever Graphviz there is: the system's `dot`, or the pip-installable one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SECONDS = 10.0
"""A layout that takes longer is given up."""


def renderer() -> str | None:
    """The program that lays graphs out: $SYMGRAD_DOT, `dot`, or `graphviz-pure` beside this Python."""
    beside = Path(sys.executable).parent
    for candidate in (os.environ.get("SYMGRAD_DOT"), "dot", "graphviz-pure", str(beside / "graphviz-pure")):
        found = shutil.which(candidate) if candidate else None
        if found:
            return found
    return None


def svg(source: str) -> str | None:
    """The picture of a DOT text as an SVG element, or None where no renderer is installed or it gave up."""
    program = renderer()
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # a program that the user installed, on a text of our own making
            [program, "-Tsvg"], input=source, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    start = done.stdout.find("<svg")
    return done.stdout[start:] if done.returncode == 0 and start >= 0 else None
