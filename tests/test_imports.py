"""Starting is cheap: slow libraries are loaded when the first thing needs them, not before."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

SLOW = {
    *("asyncio", "flint", "graphviz", "http", "lark", "llvmlite", "matplotlib", "mpmath", "multiprocessing"),
    *("numpy", "onnx", "prompt_toolkit", "pyarrow", "safetensors", "scipy", "sympy", "unittest", "urllib"),
}
PROBE = (
    "import json, sys; before = set(sys.modules); {}; print(json.dumps(sorted(set(sys.modules) - before)))"
)


def loaded(run: Run, statement: str, tmp_path: Path) -> set[str]:
    """The modules that a statement loads into a fresh interpreter."""
    result = run(sys.executable, "-c", PROBE.format(statement), cwd=tmp_path)
    assert 0 == result.returncode, result.stderr
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_import_is_light(run: Run, tmp_path: Path) -> None:
    """`import symgrad` loads no library at all."""
    assert set() == SLOW & loaded(run, "import symgrad", tmp_path)


@pytest.mark.parametrize(
    "statement", ["symgrad.parse('x^2*sin(y)')", "symgrad.parse('x^2*sin(y)')(x=2.0, y=3.0)"]
)
def test_one_point_needs_only_the_parser(statement: str, run: Run, tmp_path: Path) -> None:
    """Parsing a formula, and its value at one point, need neither NumPy nor SymPy."""
    assert {"lark"} >= SLOW & loaded(run, f"import symgrad; {statement}", tmp_path)


def test_a_gradient_needs_only_the_parser(run: Run, tmp_path: Path) -> None:
    """Nor does a gradient at one point."""
    statement = "import symgrad; symgrad.parse('x^2*sin(y)').value_and_grad(x=2.0, y=3.0)"

    assert {"lark"} >= SLOW & loaded(run, statement, tmp_path)


def test_the_command_line_needs_only_the_parser(run: Run, tmp_path: Path) -> None:
    """The one-line form without its check answers before any slow library is loaded."""
    statement = (
        "import contextlib, io; from symgrad.cli import main; out = io.StringIO()\n"
        "with contextlib.redirect_stdout(out): code = main(['x^2*sin(y)', 'x=2', 'y=3', '--no-check'])\n"
        "assert not code and '0.5644800322394689' in out.getvalue()\npass"
    )

    assert {"lark"} >= SLOW & loaded(run, statement, tmp_path)


def test_a_session_starts_without_mathematics(run: Run, tmp_path: Path) -> None:
    """Up to its prompt a session loads prompt_toolkit and what that needs, and no NumPy, SymPy or flint."""
    statement = (
        "import io; from prompt_toolkit.application import create_app_session; "
        "from prompt_toolkit.output import DummyOutput; from prompt_toolkit.input import create_pipe_input\n"
        "from symgrad.repl.terminal import TerminalReader; from symgrad.repl import loop, start\n"
        "from symgrad.session.settings import Settings; from symgrad.session.workspace import Workspace\n"
        "with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):\n"
        "    keys.send_text(chr(4))\n"
        "    try: TerminalReader(Settings(), colored=False).read(Workspace())\n"
        "    except EOFError: pass\n"
        "pass"
    )
    found = loaded(run, statement, tmp_path)

    assert "prompt_toolkit" in found
    assert {"prompt_toolkit", "asyncio"} >= SLOW & found


def test_lines_from_a_pipe_need_no_prompt(run: Run, tmp_path: Path) -> None:
    """The same conversation over a pipe does not load prompt_toolkit."""
    statement = (
        "import io; from symgrad.cli import main; sys.stdin, sys.stdout = io.StringIO('x = 2; x^2'), io.StringIO()\n"
        "code = main(['repl', '--no-check']); out = sys.stdout.getvalue(); sys.stdout = sys.__stdout__\n"
        "assert not code and '4.0' in out\npass"
    )

    assert {"lark"} >= SLOW & loaded(run, statement, tmp_path)
