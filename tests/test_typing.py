"""What helps while typing: completion, preview, colours; pure functions, tried without a terminal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symgrad
from symgrad.session import Session
from symgrad.session.complete import GREEK, complete, is_file_argument
from symgrad.session.preview import as_text, preview
from symgrad.session.stopwatch import TooLate, at_most
from symgrad.session.workspace import Workspace
from symgrad.syntax.accepts import accepted
from symgrad.syntax.highlight import pieces, unclosed
from tests.test_dialogue import ERRORS

SESSION = Session().run("x = 2; y = 3; foo = x*y; f(t) = t^2; v = [1, 2]; 1 + 1").session
TEXTS = [row["input"] for row in ERRORS if len(row["input"]) < 500]


def offered(text: str, cursor: int | None = None) -> list[str]:
    """The texts of the candidates at the end, or at the cursor."""
    found = complete(text, len(text) if cursor is None else cursor, Workspace(SESSION))
    return [candidate.text for candidate in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fo", ["foo"]),
        ("sinh", ["sinh("]),
        ("2 + fo", ["foo"]),
        ("2fo", ["foo"]),
        ("x ", []),
        ("x fo", []),
        ("foo*(", ["x", "y", "foo", "f(", "v", "ans"]),
        ("if x > 1 th", ["then"]),
        ("if x > 1 then 2 els", ["else"]),
        ("x # fo", []),
        (":di", ["diff"]),
        (":und", ["undo"]),
        (":diff fo", ["foo"]),
        (":diff foo, x*fo", ["foo"]),
        (":set ke", ["keys"]),
        (":set keys ", ["emacs", "vi"]),
        (":set nothing ", []),
        (":vars fo", []),
        ("?sinh", ["sinh"]),
        (":help und", ["undo"]),
        ("\\alp", ["α"]),
        ("2\\pi", ["π"]),
        ("\\thet", ["θ"]),
        ("1 + )fo", []),
    ],
)
def test_completion(text: str, expected: list[str]) -> None:
    """Own names first, functions with their bracket, and nothing where only an operator can stand."""
    found = offered(text)
    assert expected == (found[: len(expected)] if expected else found)


def test_completion_looks_at_the_cursor() -> None:
    """What stands behind the cursor is left alone."""
    assert ["foo"] == offered("2*fo + 1", 4)


@given(st.sampled_from(TEXTS), st.integers(0, 500))
def test_completion_takes_any_text(text: str, cursor: int) -> None:
    """Whatever stands there, candidates fit the word before the cursor."""
    cursor = min(cursor, len(text))
    for candidate in complete(text, cursor, Workspace(SESSION)):
        assert 0 <= candidate.start <= cursor


def test_every_greek_letter_is_a_name() -> None:
    """What is put in for a name of a letter is taken by the language."""
    letters = [sign for sign in GREEK.values() if sign.isalpha() and sign != "π"]
    assert all(Session().run(f"{sign} = 1") for sign in letters)


def test_files() -> None:
    """Commands that take a file complete files."""
    assert "dir/f" == is_file_argument(":load dir/f")
    assert is_file_argument(":diff x") is None


def test_accepted() -> None:
    """The parser tells what may follow; a text that is wrong accepts nothing."""
    assert {"NAME", "NUMBER", "LPAR", "MINUS"} <= accepted("x + ")
    assert "NAME" not in accepted("x ")
    assert {"PLUS", "RPAR"} <= accepted("(x ")
    assert frozenset() == accepted("x )")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2", "= 4   ∂x 4"),
        ("x^2*sin(y", "= 0.56448   ∂x 0.56448   ∂y -3.95997   with `)`"),
        ("[1, (x", "= [1, 2]   with `)]`"),
        ("q = x*y", "= 6   ∂x 3   ∂y 2"),
        ("x = 5; x*y", "= 15   ∂x 3   ∂y 5"),
        ("x := x + 1", "= 3   ∂x 1"),
        ("f'(x)", "= 4   ∂x 2"),
        ("x < 3", "= true"),
        ("1/(x - 2)", "infinite here"),
        ("log(-x)", "undefined here"),
        ("z^2 + x", "∂z 2*z   ∂x 1   no value: z"),
        ("h(a) = a", "a function: h(...) from here on"),
        (":diff x", ":diff EXPR, BY [, ORDER]   the derivative by a variable or a subexpression"),
        ("", ""),
        (":nope", ""),
        ("# a comment", ""),
    ],
)
def test_preview(text: str, expected: str) -> None:
    """Value and gradient of what is typed, brackets closed; formulas where there is no value."""
    assert as_text(preview(SESSION, text, seconds=5)).startswith(expected)


@pytest.mark.parametrize(
    "text", ["x +", "sqrtt(4)", "x )", "f(", "v + [1, 2, 3]", "1/2x", "x = x + 1", "if x"]
)
def test_preview_never_complains(text: str) -> None:
    """Where there is no answer nothing is said, and what was shown before stays."""
    assert preview(SESSION, text) is None


@given(st.sampled_from(TEXTS), st.integers(0, 500))
def test_preview_takes_any_text(text: str, cut: int) -> None:
    """At every moment of typing any text there is an answer of one line or none; nothing is defined by it."""
    before = dict(SESSION.scope)
    shown = preview(SESSION, text[:cut], 60)
    assert shown is None or (len(as_text(shown)) <= 60 + 12 and "\n" not in as_text(shown))
    assert before == dict(SESSION.scope)


@pytest.mark.parametrize(
    "text", ["x^(" * 5000, "diff(diff(diff(diff(x^x^x^x, x, 3), x, 3), x, 3), x, 3)", "+".join("x" * 3000)]
)
def test_preview_is_bounded(text: str) -> None:
    """What is too large is not looked at."""
    start = time.process_time()
    preview(SESSION, text)
    assert 0.5 > time.process_time() - start


def test_pieces_are_the_text() -> None:
    """The coloured pieces of any text, put together, are the text."""
    for text in TEXTS:
        assert text == "".join(piece.text for piece in pieces(text, SESSION.scope))


def test_pieces_have_kinds() -> None:
    """Names are coloured by what they mean here."""
    found = {piece.text: piece.kind for piece in pieces("x*sinn(z) + f(2)*pi if # hi", SESSION.scope)}
    expected = {
        "x": "defined",
        "sinn": "unknown",
        "z": "name",
        "f": "function",
        "2": "number",
        "pi": "constant",
    }
    assert expected | {"if": "keyword", " # hi": "comment"} == {
        k: v for k, v in found.items() if v not in ("operator", "")
    }


def test_unclosed() -> None:
    """The brackets that are open at the end, innermost first; wrong ones change nothing."""
    assert ")])" == unclosed("(a + [f(x")
    assert "" == unclosed("(a) + [b]")
    assert ")" == unclosed("(a ]")


def test_a_dying_node_does_not_end_the_limit() -> None:
    """Python calls us when a node dies, and drops what is raised there: the limit holds on."""
    doomed = [symgrad.var("doomed") + 0.123457]

    def work() -> None:
        doomed.clear()
        symgrad.parse("x + 1")

    with pytest.raises(TooLate), at_most(0):
        work()
