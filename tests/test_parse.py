"""Texts become the trees that people mean, with exact places, at any depth."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.errors import CODES, LimitReached, Span, SymgradError
from symgrad.syntax.ast import Apply, Assign, Ast, Call, Declare, Define, Evaluate, children, outline
from symgrad.syntax.limits import UNTRUSTED, Limits
from symgrad.syntax.parse import parse, parse_script
from symgrad.syntax.reading import reading, rounded
from tests.conftest import Run

READINGS = {
    # arithmetic
    "1 + 2 + 3": "add(add(1, 2), 3)",
    "1 - 2 - 3": "sub(sub(1, 2), 3)",
    "1 - 2 + 3": "add(sub(1, 2), 3)",
    "a + b*c": "add(a, mul(b, c))",
    "a*b + c": "add(mul(a, b), c)",
    "a/b/c": "div(div(a, b), c)",
    "a/b*c": "mul(div(a, b), c)",
    "a*b/c": "div(mul(a, b), c)",
    "(a + b)*c": "mul(add(a, b), c)",
    "a @ b @ c": "matmul(matmul(a, b), c)",
    "a @ b * c": "mul(matmul(a, b), c)",
    "a @ b + c": "add(matmul(a, b), c)",
    # signs
    "-x": "neg(x)",
    "--x": "neg(neg(x))",
    "+x": "x",
    "-+-x": "neg(neg(x))",
    "a - -b": "sub(a, neg(b))",
    "a*-b": "mul(a, neg(b))",
    "-a*b": "mul(neg(a), b)",
    "-a/b": "div(neg(a), b)",
    "a/-b": "div(a, neg(b))",
    "-a + b": "add(neg(a), b)",
    # powers
    "a^b^c": "pow(a, pow(b, c))",
    "a**b**c": "pow(a, pow(b, c))",
    "(a^b)^c": "pow(pow(a, b), c)",
    "-a^2": "neg(pow(a, 2))",
    "(-a)^2": "pow(neg(a), 2)",
    "a^-b": "pow(a, neg(b))",
    "a^-b^c": "pow(a, neg(pow(b, c)))",
    "a^--b": "pow(a, neg(neg(b)))",
    "a^+b": "pow(a, b)",
    "-a^-b": "neg(pow(a, neg(b)))",
    "2*a^2": "mul(2, pow(a, 2))",
    "a^2*b": "mul(pow(a, 2), b)",
    "a/b^2": "div(a, pow(b, 2))",
    "2^-x*y": "mul(pow(2, neg(x)), y)",
    "sin(x)^2": "pow(sin(x), 2)",
    "x²": "pow(x, 2)",
    "-x²": "neg(pow(x, 2))",
    "x⁻¹²": "pow(x, -12)",
    "2x²": "mul(2, pow(x, 2))",
    # products without a sign
    "2x": "mul(2, x)",
    "-2x": "neg(mul(2, x))",
    "2x^2": "mul(2, pow(x, 2))",
    "2x*3y": "mul(mul(2, x), mul(3, y))",
    "2x/3": "div(mul(2, x), 3)",
    "2(x + 1)": "mul(2, add(x, 1))",
    "(a)(b)(c)": "mul(mul(a, b), c)",
    "2 sin(x) cos(y)": "mul(mul(2, sin(x)), cos(y))",
    "2sin(x)": "mul(2, sin(x))",
    "(x)y": "mul(x, y)",
    "sin(x)(y)": "mul(sin(x), y)",
    "(a)(b)^2": "mul(a, pow(b, 2))",
    "2 e^x": "mul(2, pow(e, x))",
    "2e5x": "mul(200000.0, x)",
    "1/(2x)": "div(1, mul(2, x))",
    "2^(3x)": "pow(2, mul(3, x))",
    "2x!": "mul(2, factorial(x))",
    "2x[0]": "mul(2, index(x, 0))",
    "2√x": "mul(2, sqrt(x))",
    "2|x|": "mul(2, abs(x))",
    "|x||y|": "mul(abs(x), abs(y))",
    # postfix
    "n!": "factorial(n)",
    "-n!": "neg(factorial(n))",
    "n!^2": "pow(factorial(n), 2)",
    "2^n!": "pow(2, factorial(n))",
    "n! !": "factorial(factorial(n))",
    "x!=y": "ne(x, y)",
    "v[0]": "index(v, 0)",
    "v[1:2]": "index(v, slice..(1, 2))",
    "v[:2]": "index(v, slice_.(2))",
    "v[1:]": "index(v, slice._(1))",
    "v[:]": "index(v, slice__)",
    "v[::2]": "index(v, slice__.(2))",
    "m[0, 1:2]": "index(m, 0, slice..(1, 2))",
    "m[0][1]": "index(index(m, 0), 1)",
    "v[0]^2": "pow(index(v, 0), 2)",
    "v[i + 1]": "index(v, add(i, 1))",
    "[1, 2][0]": "index(stack(1, 2), 0)",
    # brackets
    "[1, 2, 3]": "stack(1, 2, 3)",
    "[[1, 2], [3, 4]]": "stack(stack(1, 2), stack(3, 4))",
    "|x|": "abs(x)",
    "|-x|": "abs(neg(x))",
    "||x| - 1|": "abs(sub(abs(x), 1))",
    "|x - |y||": "abs(sub(x, abs(y)))",
    "|(|x|)|": "abs(abs(x))",
    "|x|^2": "pow(abs(x), 2)",
    "√(x + 1)": "sqrt(add(x, 1))",
    "√x + 1": "add(sqrt(x), 1)",
    "√sin(x)": "sqrt(sin(x))",
    # calls
    "f(x)": "f(x)",
    "f (x)": "f(x)",
    "f()": "f()",
    "f(x, y)": "f(x, y)",
    "f(g(x), y)": "f(g(x), y)",
    "f'(x)": "f'(x)",
    "f''(x)": "f''(x)",
    "f′(x)": "f'(x)",
    "sum(v, axis=0)": "sum(v, axis=(0))",
    "f(a=1, b=[2, 3])": "f(a=(1), b=(stack(2, 3)))",
    "x(y + 1)": "x(add(y, 1))",
    # conditions
    "a < b": "lt(a, b)",
    "a <= b": "le(a, b)",
    "a ≤ b": "le(a, b)",
    "a > b": "gt(a, b)",
    "a ≥ b": "ge(a, b)",
    "a == b": "eq(a, b)",
    "a ≠ b": "ne(a, b)",
    "a < b < c": "lt(lt(a, b), c)",
    "(a < b) == c": "eq(lt(a, b), c)",
    "a + 1 < b*2": "lt(add(a, 1), mul(b, 2))",
    "not a < b": "not(lt(a, b))",
    "not not p": "not(not(p))",
    "p and q or r": "or(and(p, q), r)",
    "p or q and r": "or(p, and(q, r))",
    "not p and q": "and(not(p), q)",
    "if p then a else b": "where(p, a, b)",
    "if (p) then a else b + 1": "where(p, a, add(b, 1))",
    "if p then a else if q then b else c": "where(p, a, where(q, b, c))",
    "if(p, a, b)": "where(p, a, b)",
    "2*if(p, a, b) + 1": "add(mul(2, where(p, a, b)), 1)",
    "1 + (if p then a else b)": "add(1, where(p, a, b))",
    # spellings
    "x·y": "mul(x, y)",
    "x × y ⋅ z": "mul(mul(x, y), z)",
    "x ÷ y": "div(x, y)",
    "x − y": "sub(x, y)",
    "2π": "mul(2, pi)",
    "α₁ + β": "add(α₁, β)",
    "µ": "μ",
    "x  +\t y # a comment (": "add(x, y)",
    "x +\n y\n": "add(x, y)",
    # numbers
    "1_000.5": "1000.5",
    ".5": "0.5",
    "2.": "2.0",
    "1e3": "1000.0",
    "1.5e-3": "0.0015",
    "00.5": "0.5",
    "007": "7",
    "9007199254740991": "9007199254740991",
    "9007199254740993": "9007199254740992.0",
}


@pytest.mark.parametrize("text", READINGS)
def test_reading(text: str) -> None:
    """The ladder of precedence, as a table of texts and trees."""
    assert READINGS[text] == outline(parse(text))


def nodes(tree: Ast) -> list[Ast]:
    """Every node of a tree."""
    found = [tree]
    for node in found:
        found.extend(children(node))
    return found


@pytest.mark.parametrize("text", READINGS)
def test_places_are_exact(text: str) -> None:
    """The text at a node's place, read alone, is that node; the text at an operator's place is an operator."""
    for node in nodes(parse(text)):
        if isinstance(node, Apply | Call) and text[node.start : node.end] not in ("", text):
            assert outline(node) == outline(parse(text[node.start : node.end]))
        if isinstance(node, Apply):
            assert text[slice(*node.mark)] == text[slice(*node.mark)].strip()
            assert node.start <= node.mark[0] <= node.mark[1] <= node.end
        if isinstance(node, Call):
            assert node.name == text[slice(*node.mark)]


def test_operators_have_places() -> None:
    """An operator is marked where it stands; an implied one is an empty place before its right side."""
    tree = parse("a**b + 2 x")
    assert isinstance(tree, Apply)
    power, product = tree.args
    assert isinstance(power, Apply)
    assert isinstance(product, Apply)

    assert (5, 6) == tree.mark
    assert (1, 3) == power.mark
    assert (9, 9) == product.mark


def test_statements() -> None:
    """A script is statements, separated by `;` and line ends; lines go on in brackets and after operators."""
    text = "x = 2; y = x^2 # twice\n\nf(x, a) = a*x^2;\nw, b := w - 1, b + 1\nW: real[2,3]\np: bool\n(1 +\n2)\n3 +\n4;"
    found = parse_script(text)

    kinds = [type(statement) for statement in found]
    assert [Define, Define, Define, Assign, Declare, Declare, Evaluate, Evaluate] == kinds
    _, _, f, both, matrix, flag, _, last = found
    assert isinstance(f, Define)
    assert isinstance(both, Assign)
    assert isinstance(matrix, Declare)
    assert isinstance(flag, Declare)
    assert isinstance(last, Evaluate)
    assert ("f", ["x", "a"]) == (f.name, [p.id for p in f.parameters or ()])
    assert (["w", "b"], ["sub(w, 1)", "add(b, 1)"]) == (
        [t.id for t in both.targets],
        [outline(v) for v in both.values],
    )
    assert ("W", "real", (2, 3)) == (matrix.name.id, matrix.kind, matrix.shape)
    assert ("bool", ()) == (flag.kind, flag.shape)
    assert "3 +\n4" == text[last.start : last.end]


@pytest.mark.parametrize("text", ["", "\n", ";", " ; \n;", "# nothing"])
def test_an_empty_script_says_nothing(text: str) -> None:
    """Blanks, separators and comments are no statements."""
    assert () == parse_script(text)


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("2x", "2*x"),
        ("2 sin(x)cos(x)", "2*sin(x)*cos(x)"),
        ("(a)(b)(c)", "(a)*(b)*(c)"),
        ("a^b^c", "a^(b^c)"),
        ("-x^2", "-(x^2)"),
        ("2^-x^2", "2^-(x^2)"),
        ("2x^2^3", "2*x^(2^3)"),
        ("2*x + 1", None),
    ],
)
def test_surprising_readings_are_echoed(text: str, echo: str | None) -> None:
    """What was implied is written in; the echo reads as the text did."""
    assert echo == reading(text, parse(text))
    if echo is not None:
        assert outline(parse(text)) == outline(parse(echo))
        assert reading(echo, parse(echo)) in (None, echo)


def test_rounded_integers_are_noted() -> None:
    """An integer that no double holds is read as the nearest one, and that is known."""
    text = "9007199254740993 + 9007199254740992 + 12"

    assert [(Span(0, 16), "9007199254740992")] == rounded(text, parse(text))


ALPHABET = "xyfsin2.5e_ +-*/^()[]|,!<>=:;'#\n²√π·½é\u200b\u0430\u0301if then else and not"


@given(st.one_of(st.text(max_size=40), st.text(ALPHABET, max_size=30)))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    """Whatever is typed: a tree, or a mistake with a known code and a place inside the text."""
    for read in (parse, parse_script):
        error = refusal(read, text)
        if error is not None:
            assert error.code in CODES
            assert error.span is not None
            assert 0 <= error.span.start <= error.span.end <= len(text)
            assert text == error.text
            assert error.message


def refusal(read: Callable[[str], object], text: str) -> SymgradError | None:
    """The mistake in a text, if there is one."""
    try:
        read(text)
    except SymgradError as error:
        return error
    return None


DEEP = """
import sys
from symgrad.errors import SymgradError
from symgrad.syntax.ast import outline
from symgrad.syntax.parse import parse
try:
    parse("x +* 2")
except SymgradError:
    pass
texts = [
    "(" * 10_000 + "x" + ")" * 10_000, "+".join(["x"] * 20_000), "-" * 30_000 + "x", "+" * 30_000 + "x",
    "x^" * 20_000 + "x", "[" * 10_000 + "x" + "]" * 10_000, "f(" * 10_000 + "x" + ")" * 10_000,
    "|" * 10_000 + "x" + "|" * 10_000, "2(" * 10_000 + "x" + ")" * 10_000, "not " * 20_000 + "x",
    "if c then a else " * 10_000 + "x", "x<" * 20_000 + "x", "(" * 10_000, "x+(" * 10_000 + ")", "v" + "[0]" * 20_000,
]
sys.setrecursionlimit(200)
for text in texts:
    try:
        tree = parse(text)
        outline(tree)
        del tree
    except SymgradError as error:
        str(error)
print("done")
"""


def test_depth_is_no_danger(run: Run) -> None:
    """Texts far deeper than Python's stack are read, outlined and forgotten."""
    assert "done" == run(sys.executable, "-c", DEEP).stdout.strip()


@pytest.mark.parametrize(
    ("text", "code", "limits"),
    [
        ("x" * 11, "SG401", Limits(text=10)),
        ("x+" * 6 + "x", "SG402", Limits(words=12)),
        ("(" * 11 + "x" + ")" * 11, "SG403", Limits(depth=10)),
        ("[" * 11 + "x" + "]" * 11, "SG403", Limits(depth=10)),
        ("x+" * 1_500 + "x", "SG402", UNTRUSTED),
    ],
)
def test_limits_are_named_and_can_be_raised(text: str, code: str, limits: Limits) -> None:
    """A limit that is reached says which one it is and how to raise it; without it the text is read."""
    with pytest.raises(LimitReached) as caught:
        parse(text, limits)

    assert code == caught.value.code
    assert "Limits(" in (caught.value.hint or "")
    assert parse(text)
