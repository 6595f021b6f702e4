"""A conversation without a terminal: lines, commands, the way back, scripts, transcripts, and the tour."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.errors import SymgradError
from symgrad.session import Session
from symgrad.session.commands import COMMANDS, Arguments, Request
from symgrad.session.dialogue import bindings, entries, is_command, is_incomplete, replay, split, submit
from symgrad.session.results import Told
from symgrad.session.script import script
from symgrad.session.settings import SETTINGS, Settings, template
from symgrad.session.tour import LESSONS
from symgrad.session.transcript import compared, exchanges, prompted, spoken, unprompted
from symgrad.session.workspace import Workspace, same_definitions
from tests import snapshot
from tests.conftest import ROOT

QUIET = Workspace(settings=Settings(check=False))
ERRORS = [
    json.loads(line)
    for line in (ROOT / "tests/data/errors.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


def talked(*lines: str, workspace: Workspace = QUIET) -> tuple[Workspace, str]:
    """The workspace after some lines, and what the last one showed."""
    output = ""
    for line in lines:
        workspace, output = spoken(workspace, line)
    return workspace, output


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["x = 2"], ""),
        (["x = 2;"], ""),
        (["x = 1/4"], "x = 0.25\n"),
        (["x = 2", "y = x^2"], "y = 4.0   ∂x 4.0\n"),
        (["x = 2", "y = x^2", "x = 3", "y"], "y = 9.0   ∂x 6.0\n"),
        (["y = x^2"], "y = x^2\n"),
        (["x = 2", "x^2;"], ""),
        (["x = 2", "x := x + 1"], "x = 3.0\n"),
        (["2 + 3", "ans*2"], "ans*2 = 10.0\n"),
        (["x^2"], "x^2\n\n  ∂/∂x   2*x\n  `x` has no value: x = ...\n"),
        (["a, b := 1, 2", ":undo"], "undone: a, b := 1, 2\n"),
        (["x = 2", "x = 3", ":undo", "x"], "x = 2.0   ∂x 1.0\n"),
        (["x = 2", "x = 3", ":undo", ":redo", "x"], "x = 3.0   ∂x 1.0\n"),
        ([":undo"], "there is nothing to undo\n"),
        (["x = 2", ":undo", "y = 1", ":redo"], "there is nothing to redo\n"),
        ([":diff x^3*sin(x), x"], "x^3*cos(x) + 3*x^2*sin(x)\n"),
        ([":diff x^3, x x=2"], "3*x^2 = 12.0\n"),
        ([":diff 'x^3' x"], "3*x^2\n"),
        ([":latex x^2"], "x^{2}\n"),
        ([":simplify x*x"], "x^2\n"),
        (["v: real[3]", ":type v/2"], "real[3]\n  v: real[3]\n"),
        ([":set precision 4", "pi"], "pi = 3.142\n"),
        ([":set precision=4", "pi"], "pi = 3.142\n"),
        ([":vars"], "nothing is defined yet; try  x = 2\n"),
        ([":help SG019"], talked("?SG019")[1]),
        (["quit = 3", "quit"], "quit = 3.0   ∂quit 1.0\n"),
    ],
)  # fmt: skip
def test_lines(lines: list[str], expected: str) -> None:
    """What a line shows: of a definition its value, of what was just typed nothing."""
    assert expected == talked(*lines)[1]


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        (":frad x", "SG523", "did you mean `:grad`?"),
        (":set prevew off", "SG520", "did you mean `preview`?"),
        (":set keys vim", "SG521", "it can be emacs, vi"),
        (":set precision 99", "SG521", "it can be 0 to 17"),
        ("?sim", "SG519", "did you mean `sin`?"),
        (":diff", "SG515", "usage: :diff EXPR, BY [, ORDER], as in: :diff sin(x*y)*x*y, x*y"),
        (":load nowhere.sg", "SG518", None),
        (":save /nowhere/at/all.sg", "SG522", None),
        (":explain x*y, z", "SG104", None),
        (":explain [1, 2]", "SG214", None),
        (":tour 99", "SG515", None),
    ],
)
def test_mistakes_teach(line: str, code: str, hint: str | None) -> None:
    """A wrong command says what is wrong and what to do."""
    with pytest.raises(SymgradError) as caught:
        list(submit(QUIET, line))
    assert code == caught.value.code
    assert hint in (None, caught.value.hint)


@pytest.mark.parametrize("line", ["?sin", "sin?", "? sin", "help sin", ":help sin", ":h sin", ":? sin"])
def test_help_is_asked_for_in_many_ways(line: str) -> None:
    """Each of them gives the same page: sentence, derivative, example."""
    output = talked(line)[1]
    assert output.startswith("sin(x)   Sine")
    assert "∂/∂x" in output
    assert "sin(pi/2) = 1" in output


@pytest.mark.parametrize(
    "topic", [*COMMANDS, *(s.name for s in SETTINGS), "diff", "ans", "sqrt", ":explain", "SG014"]
)
def test_there_is_help_on_everything(topic: str) -> None:
    """Commands, settings, functions, own names and codes have a page."""
    _, output = talked("2 + 2", f"?{topic}")
    assert not output.startswith("error"), output


@pytest.mark.parametrize("name", [c.name for c in COMMANDS.values() if "FILE" not in c.usage and c.inside])
def test_every_example_runs(name: str) -> None:
    """The example of each command works in a session that is not empty."""
    workspace, _ = talked("x = 2; y = 3; z = 4; net = neuron(2)")
    output = talked(COMMANDS[name].shown, workspace=workspace)[1]
    assert not output.startswith("error"), output


@pytest.mark.parametrize("line", ["quit", "exit", ":quit", ":q"])
def test_quit(line: str) -> None:
    """Ending is asked for from whoever runs the conversation."""
    assert [Request("quit")] == list(submit(QUIET, line))


def test_the_chain_rule() -> None:
    """The story has each step forward, and each derivative as a product; its numbers are those of backprop."""
    workspace, output = talked("a = 2; b = -3; c = 10; f = -2; d = a*b + c", "L = d*f", ":explain L")
    pages = [
        output,
        talked("x = 2", ":explain x^2*sin(x) + x")[1],
        talked(":explain if x > 1 then x^3 else x x=2")[1],
    ]
    pages.append(talked(":explain x", workspace=workspace)[1])
    snapshot.check("chain.txt", "\n".join(pages[:3]))
    assert re.search(r"dL/da .*= 6 +product\n", output)


@given(
    st.sampled_from(
        ["x*y*x", "exp(x)/y", "x^y", "tanh(x*2 + y)", "sin(x)*sin(x)", "max(x, y)*x", "-x + 2y", "sqrt(x)"]
    )
)
def test_the_chain_rule_is_right(text: str) -> None:
    """The derivatives of the story are those of the sweep."""
    session = Session().bind({"x": 1.25, "y": 0.5})
    (told,) = [g for g in COMMANDS["explain"].run(session, Arguments((text,))) if isinstance(g, Told)]
    assert told.chain is not None
    assert session.evaluate(text).grad == pytest.approx(dict(told.chain.grad), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("(1 +", True), ("1 +", True), ("f(", True), ("[1,", True), ("if x > 1 then 2", True), ("x = ", True),
     ("1", False), ("x = 2", False), ("1 + )", False), (":diff (x", False), ("", False), ("sin x", False),
     ("?sin", False)],
)  # fmt: skip
def test_the_parser_decides_what_is_complete(text: str, expected: bool) -> None:
    """Where the text ends too early, Enter makes a new line."""
    assert expected == is_incomplete(text)


def test_entries() -> None:
    """A text of several lines is one entry after the other; brackets keep lines together."""
    text = "x = 2\n\n:vars\ny = (x +\n  1)\n# note\n?sin\n"
    assert ["x = 2", ":vars", "y = (x +\n  1)", "# note", "?sin"] == [entry for _, entry in entries(text)]
    assert all(text[start:].startswith(entry) for start, entry in entries(text))


def test_arguments() -> None:
    """Values stand at the end; commas inside brackets part nothing."""
    assert ("x^2*y", {"x": "2", "y": "3"}) == bindings("x^2*y x=2 y=3")
    assert ("x == 2", {}) == bindings("x == 2")
    assert ("max(x, y)", "x", "2") == split(COMMANDS["diff"], "max(x, y), x, 2")
    assert ("a, b",) == split(COMMANDS["latex"], "a, b")
    assert all(is_command(line) for line in (":x", "?", "? sin", "sin?", " :x"))


@pytest.mark.parametrize("row", ERRORS, ids=[row["id"] for row in ERRORS])
def test_hostile_lines_change_nothing_and_end_nothing(row: dict[str, str]) -> None:
    """Whatever is an error leaves the workspace exactly as it was; nothing else than an error comes out."""
    before = replace(QUIET, session=Session().run("x = 2; y = x^2; f(t) = t^2").session)
    after = before
    try:
        for given_ in submit(before, row["input"]):
            assert given_ != Request("quit")
            after = given_ if isinstance(given_, Workspace) else after
    except SymgradError:
        assert before is after
        assert {"x", "y", "f"} == set(after.session.scope)


SCRIPT = (
    "f(t) = g0*t^2; g0 = z; x = 2; y = x^2 + g0; v = [[1, 2], [3, 4.5]]; b: bool; q = 1 < 2; x + 1; w = ans*2"
)
SCRIPT += "; u = w + f(x)"


def test_a_session_is_a_script() -> None:
    """Run in an empty session, the script gives the same names with the same meanings."""
    session = Session().run(SCRIPT).session
    text = script(session)
    again = Session().run(text).session
    assert text == script(again)
    assert set(session.scope) == set(again.scope)
    assert str(session.expression("u + w")) == str(again.expression("u + w"))


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=3),
)
def test_a_script_keeps_every_bit(x: float, v: list[float]) -> None:
    """Numbers read back as they were."""
    import numpy as np

    session = Session().bind({"x": x, "v": np.array(v)})
    again = Session().run(script(session)).session
    assert (x, v) == (again.values["x"], again.values["v"].tolist())


def test_save_and_load(tmp_path: Path) -> None:
    """What was saved is loaded into another session, or run as a script; loading is undone as one step."""
    path = tmp_path / "s.sg"
    assert f"saved: symgrad run {path}\n" == talked(*SCRIPT.split("; "), f":save {path}")[1]
    workspace, output = talked(f":load {path}")
    assert output.startswith("loaded: x, v, b, q, g0, f, y, w, u")
    assert {} == dict(talked(":undo", workspace=workspace)[0].session.scope)
    assert "u" in talked(f":run {path}")[0].session.scope


def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path) -> None:
    """Saving over a file leaves no other file behind, and its owner alone may still read it."""
    path = tmp_path / "s.sg"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o600)
    talked("x = 2", f":save {path}")
    assert ("# A session", 0o600) == (path.read_text(encoding="utf-8")[:11], path.stat().st_mode & 0o777)
    assert [path] == list(tmp_path.iterdir())


def test_a_script_may_hold_commands() -> None:
    """Lines of a script that are commands are run; a mistake is shown in its line of the whole."""
    given_ = list(replay(QUIET, "x = 2\n:diff x^2, x\nx^3\n"))
    assert ["4.0", "8.0"] == [str(r.value) for r in given_ if hasattr(r, "grad")]
    with pytest.raises(SymgradError) as caught:
        list(replay(QUIET, "x = 2\n:vars\ny = nope(x)\n"))
    assert "nope" == str(caught.value.text)[slice(*caught.value.span or (0, 0))]


CONVERSATION = """\
Some words.

    ∂ x = 2; y = x^2
    y = 4.0   ∂x 4.0   ✓
    ∂ (x +
    … 1)
    (x + 1) = 3.0

      ∂/∂x   1   1.0   ✓ exact

    ✓ verified: backprop, SymPy and certified arithmetic agree
    ∂ sqrtt(x)
    error[SG102]: unknown function `sqrtt`
      1 │ sqrtt(x)
        │ ^^^^^
      help: did you mean `sqrt`?

```
∂ x
x = 2.0   ∂x 1.0   ✓
```
"""


def test_a_transcript_is_a_test() -> None:
    """A document whose answers are right passes; one that is not is told apart line by line."""
    assert ["4 answers are as `doc.md` shows them"] == [t.text for t in compared(CONVERSATION, "doc.md")]
    wrong = compared(CONVERSATION.replace("∂x 4.0", "∂x 4.1"), "doc.md")
    assert next(wrong).text == "doc.md:3: x = 2; y = x^2\n  - y = 4.0   ∂x 4.1   ✓\n  + y = 4.0   ∂x 4.0   ✓"
    with pytest.raises(SymgradError, match="1 of 4 answers"):
        next(wrong)


def test_a_pasted_transcript() -> None:
    """Of a pasted conversation only what was typed is left; other texts stay as they are."""
    assert "x = 2; y = x^2\n(x +\n1)\nsqrtt(x)\nx" == unprompted(CONVERSATION)
    assert "x = 2\nx + 1" == unprompted("x = 2\nx + 1")
    assert ["x = 2; y = x^2", "(x +\n1)", "sqrtt(x)", "x"] == [e.entry for e in exchanges(CONVERSATION)]
    assert "∂ (x +\n… 1)\n" == prompted("(x +\n1)")


def test_the_tour() -> None:
    """Enter alone goes through the whole tour without a mistake, and every number that it tells is right."""
    workspace, output = talked(":tour")
    pages = [output]
    for _ in LESSONS:
        workspace, output = spoken(workspace, "")
        assert "error" not in output
        pages.append(output)
    assert workspace.lesson is None
    snapshot.check("tour.txt", "".join(pages))


def test_the_tour_waits() -> None:
    """Other lines are done in between; the right one, however it is spaced, goes on; `:tour stop` ends it."""
    workspace, _ = talked(":tour", "2 + 2")
    assert 0 == workspace.lesson
    assert 1 == talked("x=3", workspace=workspace)[0].lesson
    assert talked(":tour stop", workspace=workspace)[0].lesson is None


def test_undo_keeps_the_last_answer_out() -> None:
    """A line that only asks is no step."""
    workspace, _ = talked("x = 2", "x^2", "x^3")
    assert 1 == len(workspace.past)
    assert same_definitions(workspace.session, talked("x = 2")[0].session) is False
    assert same_definitions(workspace.session, talked("7", workspace=workspace)[0].session)


def test_dependencies() -> None:
    """`:vars` tells what needs what, and what has no value."""
    _, output = talked("a = 2; y = a*z; f(t) = t*a; w = f(y)", ":vars")
    snapshot.check("vars.txt", output)


def test_settings_are_a_file() -> None:
    """The generated config.toml says every default; without its comment signs it is read as just these."""
    import tomllib

    text = re.sub(r"(?m)^# (\w+ = )", r"\1", template())
    data = tomllib.loads(text)
    assert {s.name: s.default for s in SETTINGS} == data
    settings = Settings()
    for name, value in data.items():
        settings = settings.changed(name, value)
    assert Settings() == settings


def test_commands_about_the_last_answer() -> None:
    """`:improve` and `:check` without an expression are about the last answer, also at other values."""
    workspace, _ = talked("x = 1e-8", "(1 - cos(x))/x^2")
    said = [talked(text, workspace=workspace)[1] for text in (":improve x=1e-9..1", ":check", ":check x=0.5")]
    assert all("(1 - cos(x))/x^2" in text for text in said)
    assert "sinc(x/2)^2/2" in said[0]
    assert "(:improve)" in said[1]
    assert "= 0.4896697524" in said[2]


def test_a_range_has_two_ends() -> None:
    """An open range says what it lacks."""
    assert "x=1..: a range has two ends" in talked(":improve x^2 x=1..")[1]
