"""What is installed and where things lie, for a bug report; asks nothing of the network."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from symgrad.draw.render import renderers
from symgrad.session.results import Text

LIBRARIES = (
    *("lark", "numpy", "scipy", "python-flint", "sympy", "prompt_toolkit", "ipython"),
    *("graphviz", "llvmlite", "pyarrow", "matplotlib", "onnx", "safetensors"),
)


def state_folder() -> Path:
    """Where this user's programs keep reports and histories."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()
    elif sys.platform == "darwin":
        base = "~/Library/Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "symgrad"


def report() -> Text:
    """Versions of everything that takes part, renderers, the terminal, and folders."""
    import symgrad

    rows = {
        "symgrad": symgrad.__version__,
        "python": f"{platform.python_version()} on {platform.platform(terse=True)}",
    }
    rows |= {name: _version(name) for name in LIBRARIES}
    rows["grammar"] = "found" if _grammar() else "missing: install symgrad again"
    rows["renderers"] = ", ".join(renderers()) or 'none: pip install "symgrad[draw]"'
    rows["encoding"] = sys.stdout.encoding or "unknown"
    rows["terminal"] = os.environ.get("TERM", "unknown")
    rows["reports"] = str(state_folder())
    size = max(map(len, rows))
    return Text("\n".join(f"{key.ljust(size)}   {value}" for key, value in rows.items()), {"versions": rows})


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _grammar() -> bool:
    from symgrad.syntax import tables

    try:
        tables.load()
    except OSError:
        return False
    return True
