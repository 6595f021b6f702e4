"""Graphs as text: what is written reads back as the same graph, and reads well."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given

from symgrad.graph import Node, apply, const, postorder, real, substitute, var
from symgrad.ops import OPS
from symgrad.symbolic.text import text, text_many, tree_size
from symgrad.syntax.elaborate import read
from tests.strategies import TYPES, X, Y, language_graphs, numbers

V, M = var("v", real(3)), var("M", real(2, 2))


def node(name: str, *args: Node | float, **attrs: object) -> Node:
    """A node of the table's operation."""
    return apply(OPS[name], tuple(a if isinstance(a, Node) else const(a) for a in args), attrs)


@given(language_graphs())
def test_reads_back(root: Node) -> None:
    """Reading what was written gives the very same graph, over the whole table."""
    written = text(root, limit=10**9)

    assert root is read(written, types=TYPES).root, written


@given(language_graphs(steps=30))
def test_definitions_read_back(root: Node) -> None:
    """So it does when shared parts are written first, by name."""
    definitions, (body,) = text_many([root], limit=0)
    types, meaning = dict(TYPES), {}
    for name, value in definitions:
        (made,) = substitute([read(value, types=types).root], meaning)
        types[name] = made.type
        meaning[var(name, made.type)] = made

    assert substitute([read(body, types=types).root], meaning) == [root]


@given(numbers().filter(bool))
def test_numbers_read_back(value: float) -> None:
    """Every number keeps its type and its bits, and whole ones stay whole."""
    assert const(value) is read(text(const(value))).root


READINGS: dict[str, Callable[[], Node]] = {
    "x^2*sin(y)": lambda: X**2 * node("sin", Y),
    "-(x*y)": lambda: -(X * Y),
    "-x*y": lambda: -X * Y,
    "x - (y - 1)": lambda: X - (Y - 1),
    "x - y - 1": lambda: X - Y - 1,
    "x/(y/2)": lambda: X / (Y / 2),
    "x^-2": lambda: X**-2,
    "2^(-x)": lambda: 2 ** (-X),
    "(-x)^2": lambda: (-X) ** 2,
    "-x^2": lambda: -(X**2),
    "(x^y)^2": lambda: (X**Y) ** 2,
    "x^(y^2)": lambda: X ** (Y**2),
    "-(-x)": lambda: node("neg", -X),
    "-(2)": lambda: -const(2),
    "x*(-2)": lambda: X * -2,
    "-2*x": lambda: -2 * X,
    "x + (-x*y)": lambda: X + (-X) * Y,
    "1e-5*x": lambda: 1e-5 * X,
    "1e300": lambda: const(1e300),
    "-0.0": lambda: const(-0.0),
    "pi*x": lambda: apply(OPS["pi"], ()) * X,
    "if(x < y, x, -1)": lambda: node("where", X < Y, X, -1),
    "x < y and not x < 1 or y == 2": lambda: node(
        "or", node("and", X < Y, node("not", X < 1)), node("eq", Y, 2)
    ),
    "v[1]*M[0, 1]": lambda: node("index", V, key=(1,)) * node("index", M, key=(0, 1)),
    "sum(v[0:2])": lambda: node("sum", node("index", V, key=((0, 2, 1),))),
    "(v + v)[1]": lambda: node("index", V + V, key=(1,)),
    "sum(M, axis=0)": lambda: node("sum", M, axis=0),
    "reshape(M, shape=[4])": lambda: node("reshape", M, shape=(4,)),
    "transpose(M)": lambda: node("transpose", M, axes=None),
    "[x, [1, 2][0]]": lambda: node("stack", X, node("index", node("stack", 1, 2), key=(0,))),
    "M@v[0:2] + 1": lambda: M @ node("index", V, key=((0, 2, 1),)) + 1,
}


@pytest.mark.parametrize("written", READINGS)
def test_writes(written: str) -> None:
    """Brackets stand where they are needed, or where they help, and nowhere else."""
    assert written == text(READINGS[written]())


@pytest.mark.parametrize(
    ("written", "root"),
    [
        ("exp(-x^2)", lambda: node("exp_neg_sq", X)),
        ("y*x^(y - 1)", lambda: node("power_slope", X, Y)),
        ("(cos(x) - sinc(x))/x", lambda: node("sinc_slope", X, n=1)),
        ("3*y*x^(y - 1)", lambda: 3 * node("power_slope", X, Y)),
        ("2*x/(1 + y^2)", lambda: 2 * (X * node("atan_slope", Y))),
        ("zeta_slope{n=2}(x)", lambda: node("zeta_slope", X, n=2)),
        ("1/0 + x", lambda: const(float("inf")) + X),
        ("0/0", lambda: const(float("nan"))),
        ("1 == 1", lambda: const(True)),
        ("[[1.0, 2.0], [3.0, 4.5]]", lambda: const([[1, 2], [3, 4.5]])),
    ],
)
def test_writes_what_the_language_has_no_word_for(written: str, root: Callable[[], Node]) -> None:
    """Operations of derivative rules are written as their bodies; infinities and conditions as what makes them."""
    assert written == text(root())


def nested(depth: int) -> Node:
    """x under many sines and products, each used twice."""
    f = X
    for _ in range(depth):
        f = node("sin", f) * f
    return f


def test_names_what_is_shared() -> None:
    """A graph whose tree would not fit on the page is written with definitions, as long as the graph."""
    written = text(nested(60))

    assert written.startswith("t1 = ")
    assert 4000 > len(written)
    assert tree_size(nested(60)) > 2**60


def test_names_avoid_variables() -> None:
    """A name that a variable has is not given again."""
    definitions, bodies = text_many([substitute([nested(12)], {X: var("t1")})[0], X], limit=50)

    assert "t1" not in [name for name, _ in definitions]
    assert bodies[1] == "x"


def test_definitions_are_shared_by_several() -> None:
    """Several roots name their common parts once."""
    f = nested(8)
    definitions, bodies = text_many([f + 1, f + 2], limit=20)

    assert [f"{definitions[-1][0]} + {n}" for n in (1, 2)] == list(bodies)


DEEP = """
import sys
from symgrad.graph import apply, const, var
from symgrad.ops import OPS
from symgrad.symbolic.text import text
from symgrad.symbolic.latex import latex
from symgrad.symbolic.simplify import simplify
x = var("x")
f = g = x
for n in range(20_000):
    f = apply(OPS["sin"], (f,))
    g = g + x
sys.setrecursionlimit(200)
print(len(text(f)), len(text(g)), len(latex(f)) > 20_000, len(simplify([f, g])))
"""


def test_deep_graphs() -> None:
    """Depth is no danger: nothing recurses."""
    done = subprocess.run([sys.executable, "-c", DEEP], capture_output=True, text=True, check=True)

    assert ["100001", "80001", "True", "2"] == done.stdout.split()


def test_text_is_linear() -> None:
    """The text of a graph with definitions grows with its nodes, not with its tree."""
    lengths = [len(text(nested(n))) / len(postorder([nested(n)])) for n in (100, 1000)]

    assert lengths[1] < 1.5 * lengths[0]
