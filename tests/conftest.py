"""What every test may rely on: where the project lies, quiet subprocesses, and one hypothesis profile."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "symgrad",
    derandomize="CI" in os.environ,  # there a change is judged, not its luck
    deadline=None,  # two cores and a lazy import make single examples slow; the test's own timeout guards
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("symgrad")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command without a terminal, a colour or an input, and return its exit code and both streams."""

    def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "COV"))}
        return subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env={**inherited, "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1", **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=280,
            check=False,
        )

    return run
