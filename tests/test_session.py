"""The session: what statements mean, that a line that fails changes nothing, and that names follow each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.errors import SymgradError
from symgrad.session import Session
from symgrad.session.reading import reading
from symgrad.session.results import Defined, Evaluated, Several, Symbolic
from symgrad.syntax.parse import parse


def value(text: str, session: Session | None = None) -> object:
    """The value of the last statement of a text."""
    last = (session or Session()).run(text).results[-1]
    assert isinstance(last, Evaluated), last
    return last.value


def code(text: str, session: Session | None = None) -> str:
    """The code of the error that a text gives."""
    with pytest.raises(SymgradError) as caught:
        (session or Session()).run(text)
    assert caught.value.span is not None
    assert 0 <= caught.value.span.start <= caught.value.span.end <= len(text)
    assert text == caught.value.text or str(caught.value.text) in text
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 2; x^2", 4.0),
        ("x = 2\nx^2", 4.0),
        ("x = 2  # a comment\n\n# another\nx^2\n", 4.0),
        ("x = 2; y = x^2; x = 3; y", 9.0),
        ("a = 2; b = -3; c = 10; f = -2; L = (a*b + c)*f; L", -8.0),
        ("f(x, a) = a*x^2; f(3, 2)", 18.0),
        ("f(x) = g(x) + 1; g(x) = 2x; f(3)", None),
        ("g(x) = 2x; f(x) = g(x) + 1; f(3)", 7.0),
        ("g(x) = 2x; f(x) = g(x) + 1; g(x) = 3x; f(3)", 10.0),
        ("x = 2; f(x) = x^2; f(5) + x", 27.0),
        ("x = 1; x := x + 1; x := x + 1; x", 3.0),
        ("a = 1; b = 2; a, b := b, a; 10a + b", 21.0),
        ("x = 3; y = x^2; z := y; x = 4; y + 100z", 916.0),
        ("x = 2; diff(x^3, x)", 12.0),
        ("y = x^2; L = y + x^2; x = 3; diff(L, y)", 1.0),
        ("x = pi/2; sin(x)", 1.0),
        ("v = [3, 4]; norm(v)", 5.0),
        ("v: real[2]; v := [3, 4]; norm(v)", 5.0),
        ("x = 3; x + 1; ans*10", 40.0),
        ("x = 3; x + 1; ans + 1; ans + 1; _ + 1", 7.0),
        ("x = 3; x + 1; y = ans; 100; y", 4.0),
        ("x = 1; y = x + 1; x = -5; abs(y) > 3", True),
        ("gamma = 2; gamma*gamma(4)", 12.0),
    ],
)
def test_values(text: str, expected: float | bool | None) -> None:
    """Definitions follow their variables, `:=` computes now, functions are written out, `ans` is the last answer."""
    if expected is None:
        assert code(text) == "SG102"
    else:
        assert expected == value(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = x + 1", "SG107"),
        ("x = 2; x = x + 1", "SG107"),
        ("y = z; z = y + 1", "SG107"),
        ("a = b; b = c; c = 2a", "SG107"),
        ("f(x) = f(x - 1)", "SG107"),
        ("pi = 3", "SG109"),
        ("sin = 3", "SG109"),
        ("sin(x) = x", "SG109"),
        ("diff(f) = 2", "SG109"),
        ("ans = 3", "SG109"),
        ("e := 3", "SG109"),
        ("f(e) = 3", "SG109"),
        ("f(x) = ans*x", "SG109"),
        ("x := y", "SG103"),
        ("x, y := 1, z", "SG103"),
        ("x = 1/0", "SG301"),
        ("x := log(-1)", "SG301"),
        ("x = 2; sqrtt(x)", "SG102"),
        ("v = [1, 2]; v + [1, 2, 3]", "SG203"),
        ("x: complex", "SG035"),
        ("2 = x", "SG031"),
        ("x = 2; y = (1 + x", "SG011"),
    ],
)
def test_mistakes(text: str, expected: str) -> None:
    """What cannot be said is an error with a code and a place in the text."""
    assert expected == code(text)


@given(
    before=st.sampled_from(["", "x = 2", "x = 2; y = x^2", "f(x) = x^2; w = 3"]),
    text=st.sampled_from(
        [
            "q = 1; 1 +",
            "q = 1; u := 2; nope(1)",
            "x = 5; x = x + 1",
            "w, q := 1, zzz",
            "q: real[3]; q + [1, 2]",
            "f(x) = nope(x)",
        ]
    ),
)
def test_a_line_that_fails_changes_nothing(before: str, text: str) -> None:
    """The session before is as it was, and there is no other."""
    session = Session().run(before).session
    scope = dict(session.scope)
    with pytest.raises(SymgradError):
        session.run(text)
    assert scope == dict(session.scope)


def test_a_session_is_a_value() -> None:
    """Running a text leaves the session alone: undo is keeping the one before."""
    first = Session().run("x = 2; y = x^2").session
    second = first.run("x = 5").session

    assert (4.0, 25.0) == (value("y", first), value("y", second))


def test_results_are_data() -> None:
    """Each statement gives one result that says what it is."""
    outcome = Session().run("x = 2; f(a) = a^2; y = x*z; v: real[3]; y; x^2; grad(x*z)")

    assert ["value", "function", "expression", "type"] == [
        r.kind for r in outcome.results if isinstance(r, Defined)
    ]
    symbolic, evaluated, several = outcome.results[4:]
    assert isinstance(symbolic, Symbolic)
    assert ("z",) == symbolic.missing
    assert isinstance(evaluated, Evaluated)
    assert ({"x": 4.0}, {"x": 2.0}, None) == (evaluated.grad, evaluated.point, evaluated.verdict)
    assert evaluated.checked(sympy=False).verdict
    assert isinstance(several, Several)
    assert {"x": "z", "z": "x"} == {name: str(entry) for name, entry in several.entries.items()}
    assert {"z": 2.0} == several.values


def test_steps_come_one_by_one() -> None:
    """Results of the statements before a mistake are seen by those who ask step by step."""
    steps = Session().steps("x = 2; x^2; nope(x); x")
    assert [Defined, Evaluated] == [type(r) for _ in range(2) for r in next(steps).results]
    with pytest.raises(SymgradError):
        next(steps)


def test_every_missing_value_is_named() -> None:
    """An expression without all its values names the others at once, at their first use."""
    with pytest.raises(SymgradError) as caught:
        Session().bind({"x": 1.0}).evaluate("x*y*z")
    assert "`y`" in caught.value.message
    assert "`z`" in caught.value.message
    assert (2, 3) == caught.value.span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2x", "2*x"),
        ("2x + 3(y + 1)", "2*x + 3*(y + 1)"),
        ("2 sin(x) cos(y)", "2*sin(x)*cos(y)"),
        ("2^3^2", "2^(3^2)"),
        ("2^-x^2", "2^(-x^2)"),
        ("x^2^3^4", "x^(2^(3^4))"),
        ("2x^3^2", "2*x^(3^2)"),
        ("(a)(b)", "(a)*(b)"),
        ("x^2*sin(y)", None),
        ("2^(3^2)", None),
        ("-x^2", None),
    ],
)
def test_reading(text: str, expected: str | None) -> None:
    """What the reader added is written out, and means the same; where nothing was added nothing is said."""
    tree = parse(text)
    assert expected == reading(tree, text)
    if expected is not None:
        assert str(Session().expression(text)) == str(Session().expression(expected))
        assert reading(parse(expected), expected) is None


def test_a_large_text_is_quick() -> None:
    """Many statements, and a long one, take time in proportion."""
    text = "x = 1\n" + "\n".join(f"y{i} = x + {i}" for i in range(2000)) + "\ny1999"
    assert 2000.0 == value(text)
    assert 20_000.0 == value("x = 1; " + "+".join(["x"] * 20_000))
