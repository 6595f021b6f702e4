"""The installed program in a pseudo-terminal: what a person types, and what the screen shows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from symgrad.console.interrupt import Interrupt
from tests import snapshot
from tests.terminal import PATIENCE, Terminal, shown

SYMGRAD = str(Path(sys.executable).with_name("symgrad"))
PROMPT = r"^∂$(\n|.)*Tab completes"
Open = Callable[..., Terminal]

pytestmark = pytest.mark.xdist_group("terminal")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home for settings and state."""
    return tmp_path


@pytest.fixture
def opened(home: Path) -> Iterator[Open]:
    """Start sessions that share one home; all of them are ended after the test."""
    terminals: list[Terminal] = []

    def start(*arguments: str, prompt: str = PROMPT, **options: object) -> Terminal:
        places = {
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "HOME": str(home),
        }
        terminals.append(Terminal(SYMGRAD, *arguments, **{**places, **options}))  # type: ignore[arg-type]  # by name
        terminals[-1].wait(prompt)
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def test_typing_preview_and_answers(opened: Open, home: Path) -> None:
    """The preview follows what is typed and closes brackets; Enter gives the answer with its ticks."""
    screen = opened()
    screen.line("x = 2; y = x^2*sin(x)", r"y = 3\.6371\S+   ∂x 1\.9726\S+   ✓")
    screen.type("x^3*(y + 1")
    screen.wait(r"= 37\.0975\s+∂x 71\.4271.*with `\)`")
    snapshot.check("repl/preview.txt", shown(screen.text, home))
    screen.type(")\x15")
    screen.wait(PROMPT)
    screen.line("x^2*y", r"∂/∂x .*✓ 16 digits(.|\n)*✓ verified")
    screen.line("sqrtt(4)", "did you mean `sqrt`")
    screen.line("q = 5;")
    screen.type("x := 100")
    screen.wait("= 100")
    screen.type("\x15")
    screen.line("x", r"x = 2\.0")
    snapshot.check("repl/answers.txt", shown(screen.text, home))
    screen.line(":frad x", "did you mean `:grad`")
    screen.type("quit\r")
    assert 0 == screen.ended()


def test_completion_and_greek(opened: Open, home: Path) -> None:
    """Tab completes names, shows kinds where there are several, and makes letters; Enter takes what is seen."""
    screen = opened()
    screen.line("foo = 3")
    screen.type("fo\t")
    screen.wait(r"^∂ foo( = 3)?$(\n|.)*^= 3")
    screen.type("\x15sinh\t")
    screen.wait(r"^∂ sinh\($")
    screen.type("\x15:di\t")
    screen.wait(r"^∂ :diff$")
    screen.type("\x15\\alp\t")
    screen.wait(r"^∂ α$")
    screen.type("\x15\x0btan\t")
    screen.wait(r"tan\((.|\n)*function")
    snapshot.check("repl/completion.txt", shown(screen.text, home))
    screen.type("\x03")
    screen.line("foo", r"foo = 3\.0")


def test_several_lines(opened: Open) -> None:
    """Enter makes a line where the parser waits for more; a pasted conversation loses prompts and answers."""
    screen = opened()
    screen.type("y = (1 +\r")
    screen.wait("^… $|^…$")
    screen.line("  2)", r"y = 3\.0")
    screen.type("\x1b[200~∂ a = 4\r\n∂ a^2\r\na^2 = 17.0\r\n\x1b[201~")
    screen.wait(r"^∂ a = 4\n… a\^2$")
    screen.line("", r"a\^2 = 16\.0")
    assert "17.0" not in screen.text


def test_vi_keys_and_an_editor(opened: Open, home: Path) -> None:
    """`:edit` brings back what the editor wrote; after F4 Escape ends inserting, and Enter submits at once."""
    editor = home / "editor"
    editor.write_text('#!/bin/sh\necho "x^3 + 7" > "$1"\n')
    editor.chmod(0o755)
    screen = opened(EDITOR=str(editor))
    screen.line("x = 2;")
    screen.type(":edit\r")
    screen.wait(r"^∂ x\^3 \+ 7$")
    screen.line("", r"x\^3 \+ 7 = 15\.0")
    screen.type("\x1bOS2*3")
    screen.wait("^= 6")
    screen.type("\x1b")
    screen.type("0x\x1b\r")
    screen.wait(r"SG\d+")
    screen.line("4*5", r"4\*5 = 20\.0")


def test_history_across_sessions(opened: Open, home: Path) -> None:
    """Lines are there in the next session; Up finds those that begin alike; a leading blank keeps a line out."""
    first = opened()
    for text in ("alpha1 = 10", "beta1 = 20", " secret1 = 30"):
        first.line(text)
    first.type("\x04")
    assert 0 == first.ended()
    second = opened()
    second.type("al\x1b[A")
    second.wait(r"^∂ alpha1 = 10$")
    second.type("\x03")
    second.wait(PROMPT)
    second.type("bet")
    second.wait(r"^∂ beta1 = 20$")
    second.type("\x1b[C\r")
    second.wait(PROMPT)
    second.line("beta1", r"beta1 = 20\.0")
    assert "secret" not in (home / "state/symgrad/history").read_text(encoding="utf-8")


def test_interrupts(opened: Open) -> None:
    """Ctrl-C drops a line, stops a computation and keeps the session; twice on an empty line ends it."""
    screen = opened()
    screen.line("x = 2")
    screen.type("1 + 2 + garbage\x03")
    screen.wait(PROMPT)
    screen.type(":set preview off\r")
    screen.wait("preview = off")
    screen.type("diff(diff(diff(diff(x^x^x^x, x, 3), x, 3), x, 3), x, 3)")
    screen.wait(r"x, 3\)$")
    screen.type("\r")
    for _ in range(10):
        screen.read(0.2)
    assert "Tab completes" not in screen.text.split("x, 3)")[-1]
    screen.child.kill(signal.SIGINT)
    screen.wait("interrupted(.|\n)*" + PROMPT)
    screen.line("x", r"x = 2\.0")
    screen.type("\x03")
    screen.wait("Ctrl-C once more")
    screen.type("\x03\x03")
    assert 0 == screen.ended()


def test_no_interrupt_is_lost() -> None:
    """A Ctrl-C in the moment an object is deleted, where Python drops exceptions, comes again."""

    class Deleted:
        pass

    things = [Deleted()]
    reference = weakref.ref(things[0], lambda _: signal.raise_signal(signal.SIGINT))

    def working() -> None:
        things.clear()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            pass

    before = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt), Interrupt():
        working()
    assert reference() is None
    assert before is sys.unraisablehook


def test_a_crash_and_recovery(opened: Open, home: Path) -> None:
    """After kill -9 the next session offers what was defined, and `:recover` brings it back."""
    first = opened()
    first.line("x = 0.1; f(t) = t^2; y = f(x)", "y = ")
    first.line("z = 7")
    first.line(":undo", "undone")
    first.kill()
    second = opened()
    assert "a session was cut off (x, f, y); :recover brings it back" in second.text
    second.line(":recover", "recovered: x, f, y")
    second.line("y", r"y = 0\.010")
    snapshot.check("repl/recovery.txt", shown(second.text, home))
    second.type("\x04")
    assert 0 == second.ended()
    assert "cut off" not in opened().text


def test_a_hangup_keeps_the_session(opened: Open) -> None:
    """A closed window or a polite kill leaves the journal."""
    first = opened()
    first.line("x = 3")
    first.child.kill(signal.SIGTERM)
    first.ended()
    assert "cut off (x)" in opened().text


def test_two_at_once(opened: Open, home: Path) -> None:
    """Two sessions do not see each other's names, and both keep their history."""
    one, two = opened(), opened()
    for i in range(3):
        one.line(f"one{i} = {i}")
        two.line(f"two{i} = {i}")
    assert "cut off" not in two.text
    two.line("one0 + 1", "`one0` has no value")
    history = (home / "state/symgrad/history").read_text(encoding="utf-8").splitlines()
    assert {f'"{n}{i} = {i}"' for n in ("one", "two") for i in range(3)} <= set(history)


def test_a_narrow_screen(opened: Open, home: Path) -> None:
    """On forty columns nothing is lost and no line is torn by the preview."""
    screen = opened(columns=40)
    screen.line("x = 2; yy = x^2*sin(x) + exp(x)*cos(x)*x", "yy = ")
    screen.type("yy + x + x^2 + x^3 + x^4 + x^5 + x^6")
    screen.wait("^= ")
    snapshot.check("repl/narrow.txt", shown(screen.text, home))


@pytest.mark.parametrize("way", ["--plain", "dumb"])
def test_plain(way: str, opened: Open) -> None:
    """Without cursor movements: a simple prompt, words, no escape sequences, for old terminals and screen readers."""
    arguments, env = (["--plain"], {}) if way == "--plain" else ([], {"TERM": "dumb"})
    screen = opened(*arguments, prompt=r"^>", **env)
    screen.type("x = 2; x^2\r")
    screen.wait(r"(value\tx\^2|value +x\^2|x\^2) .*4\.0(.|\n)*(verified)(.|\n)*^>")
    screen.type("(1 +\r")
    screen.wait(r"^\.\.\.")
    screen.type("1)\r")
    screen.wait(r"2\.0(.|\n)*^>$")
    screen.type("\x04")
    assert 0 == screen.ended()


def test_no_color(opened: Open) -> None:
    """NO_COLOR: no cell of the screen has a colour."""
    screen = opened(NO_COLOR="1")
    screen.line("x = 2; x^2", "✓")
    screen.type("sin(x)")
    screen.wait("^= ")
    colours = {cell.fg for row in screen.screen.buffer.values() for cell in row.values()}
    assert {"default"} >= colours


def test_settings_are_read(opened: Open, home: Path) -> None:
    """config.toml and init.sg take effect; an unknown key is a warning."""
    folder = home / "config" / "symgrad"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("banner = false\nprevew = true\nprecision = 4\n", encoding="utf-8")
    (folder / "init.sg").write_text("tau = 2pi\n", encoding="utf-8")
    screen = opened()
    assert "did you mean `preview`?" in screen.text
    assert ":tour" not in screen.text
    screen.line("tau", r"tau = 6\.283 ")


def test_our_own_mistakes(opened: Open, home: Path) -> None:
    """A bug is one line and a report; the session goes on."""
    bug = home / "bug"
    bug.mkdir()
    (bug / "sitecustomize.py").write_text(
        "import symgrad.explain as e\ndef chain(*_):\n    raise KeyError('ours')\ne.chain = chain\n",
        encoding="utf-8",
    )
    screen = opened(PYTHONPATH=str(bug))
    screen.line("x = 2")
    screen.line(":explain x", "internal error: KeyError; this is a bug in symgrad(.|\n)*a report")
    screen.line("x", r"x = 2\.0")


def test_a_transcript(opened: Open, home: Path) -> None:
    """What is recorded, in the middle of a session too, is a document that `symgrad test` finds to be true."""
    screen = opened()
    screen.line("x = 2; y = x^2")
    screen.line(":transcript ~/notes.md", "recording in")
    screen.line("y", "y = .*✓")
    screen.line("y^2*x", "✓ verified")
    screen.line("sqrtt(y)", "did you mean")
    screen.line(":transcript off")
    screen.line(":test ~/notes.md", "5 answers are as")
    assert "∂ sqrtt(y)\n    error[SG102]" in (home / "notes.md").read_text(encoding="utf-8")


def test_a_pipe(home: Path) -> None:
    """Lines from a pipe: answers on one stream, mistakes on the other, the worst of them as exit code."""
    done = subprocess.run(
        [SYMGRAD],
        input="x = 2\ny = (x +\n1)\nsqrtt(y)\ny^2;\nans\n:quit\n7\n",
        capture_output=True,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONUTF8": "1"},
        check=False,
    )
    assert (2, "y = 3.0   ∂x 1.0   ✓\nans = 9.0   ∂x 6.0   ✓\n") == (done.returncode, done.stdout)
    assert done.stderr.startswith("error[SG102]")
    assert [] == list(home.rglob("*"))
