"""What is shown: safe, aligned, inside the screen, and the same in every form of output."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from symgrad.errors import Span, SyntaxMistake
from symgrad.session import Session, jsonform, plain
from symgrad.session.diagnostic import diagnostic
from symgrad.session.display import cells, display_safe, shorten, width
from symgrad.session.display import plain as joined
from symgrad.session.numbers import jsonable, number
from symgrad.session.paint import ansi, encodable
from symgrad.session.render import Layout, in_one_line, render
from symgrad.session.results import Evaluated
from symgrad.session.sentences import later
from tests import snapshot

TEXTS = st.text(alphabet=st.characters(), max_size=60) | st.text(
    alphabet="x+ \t\n\r\x1b\x9b\u202e日é́", max_size=60
)
CONTROLS = ("Cc", "Cf", "Cs", "Zl", "Zp")


def harmless(text: str) -> bool:
    """Whether a terminal obeys nothing in a text but its line ends."""
    return not any(unicodedata.category(c) in CONTROLS for c in text if c != "\n")


@given(TEXTS)
def test_safe_text_is_harmless(text: str) -> None:
    """Whatever was typed, what is echoed has no control characters, and is on one line."""
    assert harmless(display_safe(text))
    assert "\n" not in display_safe(text)
    assert len(text) == len(cells(text))


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Co")), max_size=20)
)
def test_width(text: str) -> None:
    """Columns are counted as terminals count them, but for the newest characters."""
    safe = display_safe(text)
    if all(unicodedata.category(c) not in ("Mc", "Lm", "Sk", "So") and not "ᄀ" <= c <= "ᇿ" for c in safe):
        assert abs(wcswidth(safe) - width(safe)) <= sum(not c.isascii() for c in safe) // 2


def test_width_of_what_people_type() -> None:
    """Greek, superscripts, accents and ideographs."""
    for text in ("x^2", "αβγ", "x²·√y", "é", "日本語", "∂/∂x │ ✓ …"):
        assert wcswidth(text) == width(text)


@given(TEXTS, st.integers(0, 60), st.integers(0, 60), st.integers(20, 120))
def test_a_diagnostic_is_harmless_and_fits(text: str, start: int, length: int, columns: int) -> None:
    """For any text and span the picture is safe, has two lines, and its carets stand inside the screen."""
    start = min(start, len(text))
    error = SyntaxMistake("SG030", "no", Span(start, min(start + length, len(text))), hint="help", text=text)
    shown = joined(diagnostic(error, columns))
    head, line, carets, hint, end = shown.split("\n")

    assert harmless(shown)
    assert ("error[SG030]: no", "  help: help", "") == (head, hint, end)
    assert "^" in carets
    assert max(width(line), width(carets)) <= max(columns, 30)


PICTURES = {
    "a word": ("sqrtt(4) + y", 0, 5),
    "the end": ("2+sin(pi", 8, 8),
    "a tab": ("x\t+\ty z", 6, 7),
    "wide characters": ("日本語 + x", 6, 7),
    "an escape sequence": ("x + \x1b[31my", 4, 5),
    "a reversed line": ("x + \u202ey", 4, 5),
    "not even text": ("x + \udc80", 4, 5),
    "the second line": ("a +\n  b c\n+ d", 8, 9),
    "more lines than one": ("(a +\n b", 0, 7),
    "in the middle of a long line": ("+".join(["abc"] * 60) + " + zz + " + "+".join(["abc"] * 60), 242, 244),
    "at the end of a long line": ("+".join(["abc"] * 60), 239, 239),
    "longer than the screen": ("x" * 300, 0, 300),
    "nothing": ("", 0, 0),
    "a blank line": ("   ", 3, 3),
}


def test_pictures() -> None:
    """The pictures of errors, as they are shown on 80 columns."""
    shown = []
    for name, (text, start, end) in PICTURES.items():
        error = SyntaxMistake("SG030", f"this is {name}", Span(start, end), hint="read it", text=text)
        shown.append(joined(diagnostic(error, 80)))
    snapshot.check("pictures.txt", "\n".join(shown))


def test_a_megabyte_is_pictured_quickly() -> None:
    """Only the neighbourhood of the place is looked at."""
    text = "x+" * 500_000
    shown = joined(diagnostic(SyntaxMistake("SG030", "no", Span(1_000_000, 1_000_000), text=text), 80))

    assert max(map(width, shown.splitlines())) <= 80


def test_caret_stands_below_the_place() -> None:
    """Under wide characters and tabs too, the caret's column is that of the character."""
    for text in ("日本語 + zz", "x\t\t+ zz", "é + zz", "\x1b + zz"):
        start = text.index("zz")
        _, line, carets, *_ = joined(
            diagnostic(SyntaxMistake("SG030", "no", Span(start, start + 2), text=text))
        ).split("\n")
        assert width(line[: line.index("zz")]) == carets.index("^^")


def evaluated(text: str, **point: float) -> Evaluated:
    """An expression at a point, without a verdict."""
    result = Session().bind(point).evaluate(text)
    assert isinstance(result, Evaluated)
    return result


CASES = {
    "verified": ("x^2*sin(y)", {"x": 2.0, "y": 3.0}),
    "no right digit": ("(1 - cos(x))/x^2", {"x": 1e-8}),
    "a kink": ("abs(x) + y", {"x": 0.0, "y": 1.0}),
    "a tie": ("max(x, y)", {"x": 1.0, "y": 1.0}),
    "a jump": ("floor(x)*y", {"x": 2.0, "y": 3.0}),
    "undefined": ("log(x)/y", {"x": -1.0, "y": 2.0}),
    "a pole": ("1/x", {"x": 0.0}),
    "overflow on the way": ("exp(x)/exp(y)", {"x": 800.0, "y": 799.0}),
    "read with signs added": ("2x^3^2", {"x": 1.1}),
    "no variables": ("2 + 2", {}),
    "a condition": ("x > 1", {"x": 2.0}),
    "an array": ("[x, x^2]", {"x": 2.0}),
    "long derivatives": ("exp(-(x-m)^2/(2*s^2))/(s*sqrt(2*pi))", {"x": 0.3, "m": 0.1, "s": 2.0}),
}


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_results(columns: int) -> None:
    """Results with and without a verdict, in every form of output, at three widths."""
    shown = []
    for name, (text, point) in CASES.items():
        first = evaluated(text, **point)
        last = first.checked(sympy=False)
        layout = Layout(columns)
        shown += [f"== {name}", joined(render(first, layout)), "-- checked", joined(render(last, layout))]
        if last.verdict is not None and last.verdict.status != "undefined":
            shown += ["-- below", joined(later(last, None, columns))]
        shown += [
            "-- in one line",
            joined(in_one_line(last)),
            "-- plain",
            plain.numbers(last, None) + plain.verdict(last),
        ]
    snapshot.check(f"results-{columns}.txt", "\n".join(shown))


def test_lines_fit_the_screen() -> None:
    """No row of a result is wider than the screen, but one that has only a number on it."""
    for text, point in CASES.values():
        for line in joined(render(evaluated(text, **point).checked(sympy=False), Layout(60))).splitlines():
            assert (
                width(line) <= 60 or "true value" in line or line.startswith(("⚠", "~", "✓", "  an array"))
            ), line


@given(TEXTS)
def test_json_is_strict_ascii(text: str) -> None:
    """Whatever is in a message, a line of JSON is one line of ASCII that reads back."""
    line = jsonform.line(jsonform.error_data(SyntaxMistake("SG030", text, Span(0, 1), text=text)))

    assert line.isascii()
    assert "\n" not in line
    back = json.loads(line, parse_constant=pytest.fail)
    assert (
        text.encode("utf-8", "replace") == back["error"]["message"].replace("�", "?").encode() or "�" in text
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (-float("inf"), "-inf"),
        (1.5, 1.5),
        (True, True),
        ([1.0, float("nan")], [1.0, "nan"]),
    ],
)
def test_jsonable(value: object, expected: object) -> None:
    """Numbers that are none become strings."""
    assert expected == jsonable(value)


def test_numbers() -> None:
    """Numbers print so that they read back the same; arrays with their middle left out."""
    import numpy as np

    assert "0.1" == number(0.1)
    assert "0.333" == number(1 / 3, 3)
    assert "true" == number(True)
    assert "[[1.0, 2.0], [3.0, 4.0]]" == number(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert "[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, …, 98.0, 99.0]" == number(np.arange(100.0))
    assert "2.5" == number(np.float64(2.5))


@given(st.text(max_size=300), st.integers(8, 80))
def test_shorten(text: str, most: int) -> None:
    """A shortened text is short enough, and a short one is left alone."""
    assert len(shorten(text, most)) <= max(most, 3)
    assert len(text) > most or shorten(text, most) == text


def test_colours_add_nothing_but_colours() -> None:
    """Without its escape sequences, coloured text is the plain text; a stream that lacks a sign gets it in ASCII."""
    import re

    segments = render(evaluated("x^2*sin(y)", x=2.0, y=3.0).checked(sympy=False))
    assert joined(segments) == re.sub(r"\x1b\[[0-9;]*m", "", ansi(segments))
    assert encodable(joined(segments), "ascii").isascii()
    assert "d/dx   2*x*sin(y)" in encodable(joined(segments), "ascii")
    assert "✓" in encodable(joined(segments), "utf-8")
    assert "\\u65e5" == encodable("日", "latin-1")
