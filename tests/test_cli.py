"""The command line: what it prints where, and its exit codes; in this process, as a process where that matters."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import symgrad
from symgrad.cli import main
from symgrad.cli.options import OPTIONS, understand
from symgrad.errors import UsageMistake
from symgrad.session.commands import COMMANDS, RESERVED
from tests import snapshot
from tests.conftest import ROOT, Run
from tests.test_render import harmless

SYMGRAD = str(Path(sys.executable).with_name("symgrad"))


class Ran(NamedTuple):
    """What a command line gave."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ran]


class Written(io.StringIO):
    """What a stream of an encoding takes in."""

    def __init__(self, encoding: str | None) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str | None:  # type: ignore[override]  # StringIO has none
        """What decides which signs are written."""
        return self._encoding


def ran(*argv: str, stdin: str = "", encoding: str | None = None) -> Ran:
    """Run a command line in this process, without a terminal; signs beyond ASCII want an encoding."""
    out, err = Written(encoding), Written(encoding)
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(stdin), out, err
    try:
        code = main(argv)
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No colours, a screen of 80 columns, and a state folder of our own."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


# What a user meets: every line of these is kept in a snapshot.
SESSIONS = {
    "answers": [
        ["x^2*sin(y)", "x=2", "y=3"],
        ["(1 - cos(x))/x^2", "x=1e-8"],
        ["abs(x) + y", "x=0", "y=1"],
        ["sin(x)/x", "x=0"],
        ["-x^2", "x=3"],
        ["x^2", "+", "1", "x=3"],
        ["-e", "-x", "x=3"],
        ["--", "-x", "x=3"],
        ["2x^3^2", "x=1.1"],
        ["x", "x=pi/2"],
        ["norm(v)", "v=[1, 2, 2]"],
        ["[x, x^2]", "x=2"],
        ["x > 1", "x=2"],
        ["x^2*sin(y)", "x=2", "y=3", "--plain"],
        ["x^2*sin(y)", "x=2", "y=3", "--quiet"],
        ["x^2*sin(y)", "x=2", "y=3", "--precision", "5"],
        ["x^2*sin(y)", "x=2", "y=3", "--json"],
        ["log(x)", "x=-1", "--json"],
        ["x^2*sin(y)", "x=2", "y=3", "--no-check", "--color=always"],
        ["grad(x*y)", "x=2", "y=3"],
        ["hessian(x^2*y)", "x=2", "y=3"],
        ["diff(x^3, x, 2)", "x=2"],
    ],
    "verbs": [
        ["grad", "x^2*sin(y)"],
        ["grad", "x^2*sin(y)", "x=2", "y=3"],
        ["diff", "sin(x*y)*x*y", "x*y"],
        ["diff", "x^3", "x", "2"],
        ["diff", "x^3", "x", "2", "x=2"],
        ["diff", "x^3"],
        ["hessian", "x^2*y"],
        ["hessian", "x^2*y", "x=2", "y=3"],
        ["check", "x^2*y", "x=2", "y=3"],
        ["type", "[x, y]/2"],
        ["type", "v/2", "v=[1, 2]"],
        ["simplify", "x*x + 0*y"],
        ["latex", "x^2/sqrt(y)"],
        ["latex", "x^2/sqrt(y)", "--json"],
        ["ops", "log"],
        ["ops", "abs"],
        ["explain", "SG014"],
        ["explain", "14", "--json"],
        ["diff", "x^3", "x", "--json"],
    ],
    "equality": [
        ["equal", "d/dx x^x", "x^x*(log(x) + 1)"],
        ["equal", "sqrt(x)^2 = x"],
        ["equal", "sqrt(x)^2", "x", "--strict"],
        ["equal", "sqrt(x^2)", "x"],
        ["equal", "d/dx sin(2x)", "cos(2x)"],
        ["equal", "d/dx sin(2x)", "cos(2x)", "--json"],
        ["equal", "pi", "22/7"],
        ["equal", "[x, 2x]", "[x, 3x]"],
        ["equal", "log(x)", "log(-x)"],
        ["equal", "1/0", "2/0"],
        ["equal", "[x, 1]", "x"],
        ["equal", "x > 0", "x"],
        ["equal", "x"],
        ["equal", "x = y = z"],
        ["equal", "d/dx x^2 + 1", "2x"],
        ["equal", "d/dx (x^2 + sinn(x))", "2x"],
        ["equal", "d/dx (x^2", "2x"],
        ["equal", "d^2/dx x^2", "2"],
    ],
    "mistakes": [
        [],
        ["sqrtt(4) + y", "y=1"],
        ["1/2x", "x=3"],
        ["2+sin(pi"],
        ["x*y", "x=1", "Y=2"],
        ["x*y*z", "x=1"],
        ["x*y", "x=1", "--json"],
        ["x^2", "x=1", "z=3"],
        ["x^2", "X=1"],
        ["x^2", "x=1", "x=2"],
        ["x^2", "x=foo(3)"],
        ["x^2", "x=y"],
        ["x^2", "x=1/0"],
        ["x^2", "x="],
        ["x", "e=3", "x=1"],
        ["x", "sin=3", "x=1"],
        ["x=2"],
        ["x^2", "x=1", "y"],
        ["y = x^2", "x=1"],
        ["x^2; x", "x=1"],
        ["--jsno", "x"],
        ["--frobnicate", "x"],
        ["--precision", "x"],
        ["x", "--precision"],
        ["x", "--precision=99", "x=1"],
        ["x", "--budget=soon", "x=1"],
        ["x", "--color=blue", "x=1"],
        ["x", "--json=1", "x=1"],
        ["-e", "x", "y", "x=1"],
        ["diff"],
        ["diff", "x*y"],
        ["diff", "x*y", "z"],
        ["diff", "x", "x", "two"],
        ["diff", "x", "x", "2", "3"],
        ["serve", "x"],
        ["ops", "sni"],
        ["ops", "nothinglikeit"],
        ["explain", "SG998"],
        ["run", "no/such/file.sg"],
        ["x + \x1b[31my", "x=1"],
        ["x + \udc80"],
        ["x + \u202ey"],
        ["x\t+ )"],
        ["sum(x)", "x=1"],
        ["[1, 2] + [1, 2, 3]"],
        ["(" * 3 + "x"],
        ["+".join(["abc"] * 40) + " + zz(1)"],
    ],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_sessions(name: str) -> None:
    """What each command line prints on both streams, and its exit code."""
    shown = []
    for argv in SESSIONS[name]:
        code, out, err = ran(*argv)
        words = " ".join(word if re.fullmatch(r"[\w.=-]+", word) else f"'{word!r}'"[1:-1] for word in argv)
        shown.append(f"$ symgrad {words}".rstrip() + f"\n{out}{err}[{code}]\n")
    snapshot.check(f"{name}.txt", "\n".join(shown))


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["x^2", "x=3"], 0),
        (["--help"], 0),
        (["-h"], 0),
        (["--version"], 0),
        ([], 2),
        (["log(x)", "x=-1"], 1),
        (["log(x)", "x=-1", "--no-check"], 1),
        (["(1 - cos(x))/x^2", "x=1e-8"], 1),
        (["abs(x)", "x=0"], 0),
        (["abs(x)", "x=0", "--strict"], 1),
        (["abs(x)", "x=0", "--strict", "--no-check"], 1),
        (["x > 1", "x=2", "--strict"], 0),
        (["floor(x)", "x=2", "--strict"], 1),
        (["[x, log(x)]", "x=-1"], 1),
        (["diff", "abs(x)", "x", "x=0", "--strict"], 1),
        (["grad", "sqrt(x)", "x=0"], 1),
        (["acos(cos(x))", "x=0"], 0),
        (["sqrt(x^2 + y^2)", "x=0", "y=0"], 0),
        (["sqrt(x^2 + y^2)", "x=0", "y=0", "--strict"], 1),
        (["if(x < 1, 0, 1)", "x=1", "--strict"], 1),
        (["diff", "log(x)", "x", "2", "x=-1"], 1),
        (["hessian", "log(x)*y", "x=-1", "y=2"], 1),
        (["grad(x^2)", "x=3", "--strict"], 0),
        (["1 +"], 2),
        (["x", "--nope"], 2),
        (["[" * 200_000], 3),
        (["diff(x^2, x, 1000)", "x=1"], 3),
        (["-", "x=2"], 0),
    ],
)
def test_exit_codes(argv: list[str], expected: int) -> None:
    """0 fine, 1 not to be trusted, 2 usage or syntax, 3 a limit."""
    assert expected == ran(*argv).code


def test_streams() -> None:
    """Answers go to the one stream, errors to the other; with --json everything is an answer."""
    assert ran("x^2", "x=3").err == ""
    assert ran("x^").out == ""
    assert json.loads(ran("x^", "--json").out)["error"]["code"] == "SG011"
    assert ran("x^", "--json").err == ""
    assert json.loads(ran("--nope", "--json").out)["error"]["code"] == "SG510"


def test_json_of_the_main_form() -> None:
    """The documented fields of an answer, and of an error."""
    found = json.loads(ran("a*exp(-b*t)", "a=2", "b=0.5", "t=1", "--json").out)

    assert 1 == found["symgrad"]
    assert "a*exp(-b*t)" == found["expr"]
    assert pytest.approx(-1.2130613194252668, rel=1e-15) == found["grad"]["b"]
    assert "verified" == found["check"]["status"]
    assert {"a", "b", "t"} == set(found["check"]["partials"])
    documented = {"status", "digits", "ulp", "certified", "explanation", "witnesses"}
    assert documented == set(found["check"]["partials"]["a"])
    error = json.loads(ran("x +* y", "--json").out)["error"]
    assert {"code", "message", "span", "column", "hint"} == set(error)


def test_lines() -> None:
    """One expression on each line: one line of JSON for each, mistakes among them; the exit code is the worst."""
    code, out, err = ran("-", "x=2", "--json", stdin="x^2\nx^\n# a comment\n\nx*q\nlog(-x)\r\nx^3")
    found = [json.loads(line) for line in out.splitlines()]

    assert (2, "") == (code, err)
    assert [4.0, "SG011", "SG103", "nan", 8.0] == [
        f["value"] if "value" in f else f["error"]["code"] for f in found
    ]
    code, out, err = ran("-", "x=2", "--no-check", stdin="x^2\nnope(x)\nx^3\n")
    assert ["x^2 = 4.0   ∂x 4.0", "x^3 = 8.0   ∂x 12.0"] == out.splitlines()
    assert err.startswith("line 2: error[SG102]")
    assert "4.0\n8.0\n" == ran("-", "x=2", "--quiet", "--no-check", stdin="x^2\nx^3\n").out
    assert "x^2\t4.0\td/dx=4.0\tverified\n" == ran("-", "x=2", "--plain", stdin="x^2\n").out


def test_run_a_script(tmp_path: Path) -> None:
    """`run` does the statements of a file; those before a mistake have shown their results."""
    script = tmp_path / "script.sg"
    script.write_text(
        "a = 2; b = -3\nL = a*b + 10  # a definition\nL\nf(x) = x^3 - 2x\nf'(a)\n", encoding="utf-8"
    )
    code, out, err = ran("run", str(script))

    assert (0, "") == (code, err)
    assert ["a = 2.0", "b = -3.0", "L = a*b + 10", "L = 4.0"] == out.splitlines()[:4]
    script.write_text("a = 2\na +* 3\n", encoding="utf-8")
    assert 2 == ran("run", str(script)).code
    script.write_text("a = 2\na + nope(a)\n", encoding="utf-8")
    code, out, err = ran("run", str(script))
    assert (2, "a = 2.0\n") == (code, out)
    assert "  2 │ a + nope(a)" in err


@pytest.mark.parametrize(
    ("argv", "words", "expression", "values"),
    [
        (["x^2", "x=3"], ("x^2",), None, {"x": "3"}),
        (["x^2", "+", "1", "x=3", "y=4"], ("x^2", "+", "1"), None, {"x": "3", "y": "4"}),
        (["-x^2", "x=3"], ("-x^2",), None, {"x": "3"}),
        (["-1"], ("-1",), None, {}),
        (["--x", "x=3"], ("--x",), None, {"x": "3"}),
        (["-e", "--json", "x=3"], (), "--json", {"x": "3"}),
        (["x=3", "-e", "x"], (), "x", {"x": "3"}),
        (["--", "-x", "+", "1", "x=3"], (), "-x + 1", {"x": "3"}),
        (["x == 1", "x=3"], ("x == 1",), None, {"x": "3"}),
        (["x", "==", "1", "x=3"], ("x", "==", "1"), None, {"x": "3"}),
        (["x<=1", "x = 3"], ("x<=1",), None, {"x": " 3"}),
        (["α", "α=3"], ("α",), None, {"α": "3"}),
        (["y = x^2", "x=3"], ("y = x^2",), None, {"x": "3"}),
        (["v[0]", "v=[1, 2]"], ("v[0]",), None, {"v": "[1, 2]"}),
        (["x", "x=-3"], ("x",), None, {"x": "-3"}),
    ],
)
def test_words(
    argv: list[str], words: tuple[str, ...], expression: str | None, values: dict[str, str]
) -> None:
    """Where the expression ends and the values begin."""
    options = understand(argv)
    assert (words, expression, values) == (options.words, options.expression, dict(options.values))


def test_every_option_and_verb_is_in_the_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help is made from the tables, and every example in them runs."""
    monkeypatch.chdir(tmp_path)  # some write files
    text = ran("--help").out
    assert all(option.name in text for option in OPTIONS if option.help)
    assert all(f"symgrad {c.brief}" in text for c in COMMANDS.values() if c.verb)
    assert not set(RESERVED) & set(COMMANDS)
    for command in COMMANDS.values():
        if command.verb and command.name not in ("map", "run", "test"):
            name, *rest = re.findall(r"'[^']*'|\S+", command.example)
            words = [name, *(word.strip("'") for word in rest)]
            assert 0 == ran(*words).code, command.example
            assert 1 == json.loads(ran(*words, "--json").out.splitlines()[0])["symgrad"], command.example


def test_each_verb_has_its_own_help() -> None:
    """`VERB --help` and `help VERB` tell how it is written, an example and its options; `help sin` is as it was."""
    for command in COMMANDS.values():
        if command.verb and command.name != "help":
            said = ran(command.name, "--help")
            assert said == ran("help", command.name)
            assert said.out.startswith(f"symgrad {command.usage}\n  {command.about}\n"), command.name
            assert f"symgrad {command.example}\n" in said.out
            assert said.code == 0
    assert "--way WAY   compute by engine" in ran("map", "--help").out
    assert "Sine of an angle" in ran("help", "sin").out
    assert ran("--help") == ran("x^2", "--help") == ran("help")


def test_every_operation_has_help() -> None:
    """`symgrad ops NAME` works for every operation and alias."""
    from symgrad.ops import ALIASES, OPS

    for name in [*(n for n, op in OPS.items() if not op.hidden), *ALIASES]:
        assert 0 == ran("ops", name).code, name


CASES = [
    json.loads(line) for line in (ROOT / "tests/data/errors.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_what_people_type() -> None:
    """Every input that was collected is answered or refused with a place inside of it."""
    for case in CASES:
        values = [f"{name}={value!r}" for name, value in case.get("at", {}).items()]
        code, out, _ = ran("-", *values, "--json", "--no-check", stdin=case["input"].replace("\n", " "))
        assert code in (0, 1, 2, 3), case["input"]
        for line in out.splitlines():
            span = json.loads(line).get("error", {}).get("span")
            assert span is None or 0 <= span[0] <= span[1] <= len(case["input"]), case["input"]


def test_colours() -> None:
    """Colours only where they are wanted."""
    assert "\x1b[" not in ran("x^2", "x=3", "--no-check").out
    assert "\x1b[" in ran("x^2", "x=3", "--no-check", "--color=always").out
    os.environ["FORCE_COLOR"] = "1"
    assert "\x1b[" in ran("x^2", "x=3", "--no-check").out
    assert "\x1b[" not in ran("x^2", "x=3", "--no-check", "--no-color").out
    os.environ["NO_COLOR"] = "1"
    assert "\x1b[" not in ran("x^2", "x=3", "--no-check").out
    del os.environ["FORCE_COLOR"], os.environ["NO_COLOR"]


def test_our_own_mistake_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An internal error is no traceback but a line, a report that only the user can read, and exit code 70."""

    def broken(*args: object) -> int:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("symgrad.cli.answer.one", broken)
    code, out, err = ran("x", "x=1", "--no-check")
    (report,) = (tmp_path / "symgrad").iterdir()

    assert (70, "") == (code, out)
    assert "this is a bug in symgrad" in err
    assert "Traceback" not in err
    assert str(report) in err
    assert "ZeroDivisionError: inside" in report.read_text(encoding="utf-8")
    assert 0 == report.stat().st_mode & 0o077
    assert "Traceback" in ran("x", "x=1", "--no-check", "--debug").err


def test_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and without a traceback."""

    def interrupted(*args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("symgrad.cli.answer.one", interrupted)
    assert 130 == ran("x", "x=1", "--no-check").code


ANYTHING = st.text(max_size=30) | st.text(
    alphabet="xy2.+-*/^()[],=|!<> sincotagrd'\t\n\x1b\x9b\u202e'", max_size=30
)


@given(ANYTHING, st.sampled_from(["1", "0", "-2", "1e-8"]))
@example("doctor", "1")
@example("--", "1")
@example("\udc80", "1")
@example("x" * 1000, "1")
@example("|" * 50, "1")
def test_any_text_gives_an_answer_or_a_mistake(text: str, x: str) -> None:
    """Whatever the expression, there is no traceback, a documented exit code, and no control character."""
    words = ["-e", text, f"x={x}", f"y={x}"]
    code, out, err = ran(*words, "--no-check", "--debug")

    assert code in (0, 1, 2, 3), err
    assert harmless(out.replace("\t", " "))
    assert harmless(err)
    code, out, err = ran(*words, "--no-check", "--json")
    found = json.loads(out, parse_constant=pytest.fail)
    assert (1, "") == (found["symgrad"], err)
    span = found.get("error", {}).get("span")
    assert span is None or span[0] <= span[1]
    code, out, err = ran("-", f"x={x}", f"y={x}", "--no-check", "--debug", stdin=text)
    assert code in (0, 1, 2, 3), err
    assert harmless(out.replace("\t", " ") + err)


@given(st.lists(ANYTHING, max_size=4))
def test_any_command_line_is_understood_or_refused(words: list[str]) -> None:
    """Splitting a command line never fails in another way than by a mistake with a code."""
    with suppress(UsageMistake):
        assert len(understand(words).words) <= len(words)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.sg")), ids=lambda p: p.name)
def test_example_scripts(path: Path) -> None:
    """Each example script runs to its end, and its numbers are verified, or what is learned is told."""
    code, out, err = ran("run", str(path))

    assert 0 == code
    assert all(re.match(r"\d+/\d+  loss ", line) for line in err.splitlines()), err  # a slow machine is told
    assert "verified" in out or "accuracy" in out


def test_options_are_looked_at_first() -> None:
    """A wrong option is told before anything is printed."""
    assert "" == ran("x", "x=1", "--budget=soon").out


def test_numbers_that_are_none_are_not_fine() -> None:
    """A slope that is infinite or nan never ends with 0, whatever the check could prove."""
    for argv in (["sqrt(x)", "x=0"], ["x^x", "x=0"], ["1/x", "x=0"], ["log(x)", "x=0"]):
        assert 1 == ran(*argv).code, argv


# As a process.


def test_the_installed_command(run: Run, tmp_path: Path) -> None:
    """The command and the module are the same program."""
    for command in ([SYMGRAD], [sys.executable, "-m", "symgrad"]):
        result = run(*command, "x^2", "x=3", "--quiet", "--no-check", cwd=tmp_path)
        assert (0, "9.0\n", "") == (result.returncode, result.stdout, result.stderr)
    assert f"symgrad {symgrad.__version__}\n" == run(SYMGRAD, "--version", cwd=tmp_path).stdout


def test_numbers_come_before_the_check(tmp_path: Path) -> None:
    """Value and gradient are in the pipe while SymPy is still being asked; interrupting it then is quiet."""
    process = subprocess.Popen(
        [SYMGRAD, "x^2*sin(y)", "x=2", "y=3"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    first = [process.stdout.readline() for _ in range(4)]
    process.send_signal(signal.SIGSTOP)
    assert "x^2*sin(y) = 0.5644800322394689\n" == first[0]
    assert first[3].startswith("  ∂/∂y   x^2*cos(y)")
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) in ((130, False), (0, False))
    assert process.returncode == 130 or "verified" in rest


def test_a_reader_that_leaves(tmp_path: Path) -> None:
    """A closed pipe ends the program quietly."""
    process = subprocess.Popen(
        [SYMGRAD, "-", "x=2", "--no-check"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(b"x^2\n" * 20_000, timeout=60)
    assert (0, b"") == (process.returncode, err)


def test_a_stream_without_unicode(run: Run, tmp_path: Path) -> None:
    """Where the encoding has no such signs, ASCII words stand instead."""
    plain = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    result = run(SYMGRAD, "x^2*sin(α)", "x=2", "α=3", cwd=tmp_path, **plain)

    assert 0 == result.returncode, result.stderr
    assert result.stdout.isascii()
    assert "d/dx" in result.stdout
    assert "ok verified" in result.stdout
    result = run(SYMGRAD, "sqrtt(α)", "--no-check", cwd=tmp_path, **plain)
    assert 2 == result.returncode
    assert "  1 | sqrtt(\\u03b1)" in result.stderr


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Arguments that are not in the locale's encoding are a mistake, not a crash."""
    if sys.platform == "win32":
        pytest.skip("arguments are text there")
    result = subprocess.run(
        [SYMGRAD.encode(), b"x + \xff", b"--no-check"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert 2 == result.returncode
    assert b"<U+DCFF>" in result.stderr


def shown_on_a_terminal(text: str) -> list[str]:
    """The lines that a terminal shows in the end, of output with colours, cursor movements up, and clearing below."""
    lines, row, column = [""], 0, 0
    for piece in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|[\s\S]", text):
        if piece.endswith("A") and piece.startswith("\x1b"):
            row -= int(piece[2:-1] or 1)
        elif piece == "\x1b[J":
            del lines[row + 1 :]
            lines[row] = lines[row][:column]
        elif piece == "\r":
            column = 0
        elif piece == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif not piece.startswith("\x1b"):
            lines[row] = lines[row][:column] + piece + lines[row][column + 1 :]
            column += 1
    return lines


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_ticks_appear_at_the_ends_of_the_rows(tmp_path: Path) -> None:
    """In a terminal the numbers are printed first, and later replaced by the same with ticks."""
    import pty
    import termios

    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (24, 80))
    env = {**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"}
    env.pop("COLUMNS")
    process = subprocess.Popen(
        [SYMGRAD, "x^2*sin(y)", "x=2", "y=3"], cwd=tmp_path, env=env, stdin=inner, stdout=inner, stderr=inner
    )
    os.close(inner)
    chunks = []
    with suppress(OSError):  # the other side is closed
        while chunk := os.read(outer, 4096):
            chunks.append(chunk)
    os.close(outer)
    text = b"".join(chunks).decode()
    first, last = text.split("checking …", 1)

    assert 0 == process.wait(60)
    assert "0.5644800322394689" in first
    assert "✓" not in first
    assert "\x1b[6A" in last
    assert [
        "x^2*sin(y) = 0.5644800322394689",
        "",
        "  ∂/∂x   2*x*sin(y)    0.5644800322394689   ✓ 16 digits",
        "  ∂/∂y   x^2*cos(y)   -3.9599699864017817   ✓ 16 digits",
        "",
        "✓ verified: backprop, SymPy and certified arithmetic agree",
        "",
    ] == shown_on_a_terminal(text)


def test_lines_from_a_pipe_as_json() -> None:
    """`symgrad --json < lines` gives one object for each result and each mistake, and nothing else."""
    code, out, err = ran("--json", stdin="x = 2\nx^2\nnope(x)\ngrad(x*y)\n")
    value, mistake, gradient = map(json.loads, out.splitlines())
    assert (2, "") == (code, err)
    assert ({"x": 4.0}, "verified") == (value["grad"], value["check"]["status"])
    assert "SG102" == mistake["error"]["code"]
    assert {"x": "y", "y": "x"} == gradient["formulas"]
