"""Trees become graphs: names get their meaning, types are checked, and every mistake has its place."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad import calculus
from symgrad.errors import CODES, LimitReached, NameMistake, SymgradError
from symgrad.graph import BOOL, CONST, REAL, VAR, Node, real, variables
from symgrad.ops import ALIASES, OPS
from symgrad.symbolic.simplify import simplify
from symgrad.syntax import tables
from symgrad.syntax.ast import Define
from symgrad.syntax.elaborate import Elaborated, elaborate, graphs, read, read_type
from symgrad.syntax.limits import Limits
from symgrad.syntax.names import is_function
from symgrad.syntax.parse import parse, parse_script
from symgrad.syntax.scope import Declared, Definition, FunctionDefinition, Meaning, Result, Value
from tests.conftest import Run

FORMS = calculus.FORMS


def scope(text: str, **others: Meaning) -> dict[str, Meaning]:
    """What the definitions of a script make of its names."""
    found: dict[str, Meaning] = dict(others)
    for statement in parse_script(text):
        assert isinstance(statement, Define)
        if statement.parameters is None:
            found[statement.name] = Definition(statement.value, text)
        else:
            names = tuple(p.id for p in statement.parameters)
            found[statement.name] = FunctionDefinition(names, statement.value, text)
    return found


def show(result: Result) -> str:
    """A graph as text: `mul(pow(x, 2), sin(y))`."""
    if isinstance(result, dict):
        return "{" + ", ".join(f"{name}: {show(node)}" for name, node in result.items()) + "}"
    if isinstance(result, tuple):
        return "(" + ", ".join(map(show, result)) + ")"
    assert isinstance(result, Node)
    if result.op is VAR:
        return result.name
    if result.op is CONST:
        return repr(result.value)
    inner = [*map(show, result.args), *(f"{k}={v}" for k, v in result.attrs)]
    return f"{result.op.name}({', '.join(inner)})" if inner else str(result.op.name)


def meaning(text: str, definitions: str = "", **types: Any) -> Elaborated:
    """The meaning of a text beside definitions."""
    return read(text, scope(definitions), types=types, forms=FORMS)


GRAPHS = {
    "x^2*sin(y)": "mul(pow(x, 2), sin(y))",
    "2 + 2.0": "add(2, 2.0)",
    "-2": "-2",
    "x^-2": "pow(x, -2)",
    "-x^2": "neg(pow(x, 2))",
    "-0": "neg(0)",
    "(x)": "x",
    "+x": "x",
    "e^x": "exp(x)",
    "e^2": "exp(2)",
    "(e)^x": "exp(x)",
    "2*e": "mul(2, e)",
    "2π": "mul(2, pi)",
    "gamma*gamma(x)": "mul(gamma, gamma(x))",
    "arcsin(x)": "asin(x)",
    "ln(x)": "log(x)",
    "log₂(x)": "log2(x)",
    "log(x, 2)": "div(log(x), log(2))",
    "pow(x, 2)": "pow(x, 2)",
    "max(x, y)": "max(x, y)",
    "max(x, y, z)": "max(max(x, y), z)",
    "hypot(x, y, z)": "hypot(hypot(x, y), z)",
    "max([x, y])": "amax(stack(x, y))",
    "x!": "factorial(x)",
    "|x|": "abs(x)",
    "√x": "sqrt(x)",
    "a < b": "lt(a, b)",
    "a < b < c": "and(lt(a, b), lt(b, c))",
    "a < b <= c == d": "and(and(lt(a, b), le(b, c)), eq(c, d))",
    "if x > 0 then 1 else y": "where(gt(x, 0), 1, y)",
    "if(x > 0, 1, y)": "where(gt(x, 0), 1, y)",
    "where(x > 0, 1, y)": "where(gt(x, 0), 1, y)",
    "[1, x]": "stack(1, x)",
    "[[1, 2], [3, 4]]": "stack(stack(1, 2), stack(3, 4))",
    "[1, 2, 3][1]": "index(stack(1, 2, 3), key=(1,))",
    "[1, 2, 3][-1]": "index(stack(1, 2, 3), key=(-1,))",
    "[1, 2, 3][:2]": "index(stack(1, 2, 3), key=((0, 2, 1),))",
    "[1, 2, 3][::2]": "index(stack(1, 2, 3), key=((0, 3, 2),))",
    "[[1, 2], [3, 4]][0, 1]": "index(stack(stack(1, 2), stack(3, 4)), key=(0, 1))",
    "sum([1, 2])": "sum(stack(1, 2))",
    "sum([1, 2], axis=0)": "sum(stack(1, 2), axis=0)",
    "sum([1, 2], axis=-1)": "sum(stack(1, 2), axis=-1)",
    "reshape([1, 2], shape=[2, 1])": "reshape(stack(1, 2), shape=(2, 1))",
    "reshape([1, 2], shape=2)": "reshape(stack(1, 2), shape=(2,))",
    "[1, 2] @ [3, 4]": "matmul(stack(1, 2), stack(3, 4))",
    "diff(x^2*y, x)": "mul(mul(2, x), y)",
    "diff(x^3, x, 2)": "mul(6, x)",
    "diff(x^3, x, 0)": "pow(x, 3)",
    "diff(sin(x*y), x*y)": "cos(mul(x, y))",
    "sin'(x)": "cos(x)",
    "sin''(x)": "neg(sin(x))",
    "sin'(2*x)": "cos(mul(2, x))",
    "grad(x*y)": "{x: y, y: x}",
}


@pytest.mark.parametrize("text", GRAPHS)
def test_meaning(text: str) -> None:
    """Texts and the graphs that they mean."""
    assert GRAPHS[text] == show(meaning(text).root)


DEFINED = {
    ("y = x^2", "y + 1"): "add(pow(x, 2), 1)",
    ("y = z; z = 2*x", "y"): "mul(2, x)",
    ("f(x, a) = a*x^2", "f(3, b)"): "mul(b, pow(3, 2))",
    ("f(x) = x + y; y = 2*x", "f(5)"): "add(5, mul(2, x))",
    ("f(x) = x^2; g(x) = f(x) + f(2*x)", "g(t)"): "add(pow(t, 2), pow(mul(2, t), 2))",
    ("f(x) = x^2", "f(f(x))"): "pow(pow(x, 2), 2)",
    ("f(x) = x^2", "f'(3)"): "6",
    ("f(x) = a*x", "f'(a)"): "a",
    ("f(x) = x*t; t = x^2", "f'(x)"): "pow(x, 2)",
    # A defined name is a variable of its own where one differentiates by it.
    ("y = x^2; L = y + x^2", "diff(L, y)"): "1",
    ("y = x^2; L = y + x^2", "diff(L, x^2)"): "2",
    ("y = x^2; L = y*y", "diff(L, y)"): "mul(2, pow(x, 2))",
    ("y = x^2; f(t) = t*y", "diff(f(3), y)"): "3",
    # So is a parameter, whatever the function is called with.
    ("g(x) = diff(x^3, x)", "g(2)"): "mul(3, pow(2, 2))",
    ("h(x) = diff(x*y, x)", "h(y)"): "y",
    ("e = 3", "e^x"): "pow(3, x)",
}


@pytest.mark.parametrize(("definitions", "text"), DEFINED)
def test_definitions_are_written_out(definitions: str, text: str) -> None:
    """Defined names and functions stand for what they mean, without mixing up names."""
    wanted, found = DEFINED[definitions, text], meaning(text, definitions).root

    assert isinstance(found, Node)
    assert wanted in (show(found), show(simplify([found])[0]))


def test_values_stay_variables() -> None:
    """A name with a value is a variable of the value's type: one can differentiate by it."""
    found = read("w*norm(v)", {"w": Value(2.0), "v": Value([1.0, 2.0])})

    assert ("w", "v") == found.variables
    assert [REAL, real(2)] == [v.type for v in variables(graphs(found.root)[0])]


def test_shared_definitions_are_written_out_once() -> None:
    """Definitions that double with each step make a small graph, not a tree of astronomic size."""
    text = "; ".join([f"a{i} = a{i - 1} + a{i - 1}" for i in range(1, 200)])
    functions = "; ".join(["f0(x) = x + 1", *(f"f{i}(x) = f{i - 1}(x)*f{i - 1}(x)" for i in range(1, 200))])

    assert 200 >= len(meaning("a199", text).origins)
    assert 1_000 >= len(meaning("f199(y)", functions).origins)


def test_variables_come_in_order_of_the_text() -> None:
    """The variables are listed as one reads; what the graph no longer has is left out."""
    assert ("z", "y", "x") == meaning("z + y*x^z").variables
    assert ("y",) == meaning("diff(x*y, x)").variables
    assert ("b", "a") == meaning("f(b)", "f(x) = x*a").variables


def test_origins_are_places() -> None:
    """Each node knows where it was written first; what a definition brought in stands where the definition was used."""
    found = read("x + sin(x)*2", forms=FORMS)
    places = {show(node): "x + sin(x)*2"[slice(*span)] for node, span in found.origins.items()}

    expected = {"x": "x", "sin(x)": "sin(x)", "2": "2"}
    assert expected | {"mul(sin(x), 2)": "sin(x)*2", "add(x, mul(sin(x), 2))": "x + sin(x)*2"} == places
    used = meaning("1 + y", "y = cos(t)")
    assert {"y"} == {
        used.text[slice(*span)] for node, span in used.origins.items() if show(node) in ("t", "cos(t)")
    }


def test_missing_values_are_named_together() -> None:
    """Evaluating with too few values is one mistake about all of them, at the first."""
    found = read("x*ya + z")
    error = found.missing(["x"])

    assert isinstance(error, NameMistake)
    assert ("SG103", 3) == (error.code, error.column)
    assert "`ya`, `z`" in error.message
    assert found.missing(["x", "ya", "z", "more"]) is None
    slip = read("alpha*x").missing(["alhpa", "x"])
    assert slip is not None
    assert "did you mean `alhpa`?" == slip.hint


MISTAKES = {
    "sqrtt(4) + y": ("SG102", "sqrtt", "did you mean `sqrt`?"),
    "x + tg(y)": ("SG102", "tg", "did you mean `tan`?"),
    "sen(y)": ("SG102", "sen", "did you mean `sin`?"),
    "ln10(y)": ("SG102", "ln10", "did you mean `log10`?"),
    "Sin(y)": ("SG102", "Sin", "did you mean `sin`?"),
    "x(y + 1)": ("SG102", "x", "for a product write `x*(y + 1)`"),
    "zork()": ("SG102", "zork", "functions are defined as in `f(x) = x^2`"),
    "pi(x)": ("SG101", "pi", "for a product write `pi*(x)`"),
    "y(x)": ("SG101", "y", "for a product write `y*(x)`"),
    "h(3)": ("SG101", "t", None),
    "sin": ("SG105", "sin", "write `sin(x)`"),
    "2*cos + 1": ("SG105", "cos", "write `cos(x)`"),
    "f + 1": ("SG106", "f", "write `f(x, a)`"),
    "loop": ("SG107", "loop", None),
    "again(2)": ("SG107", "again", None),
    "sin()": ("SG209", "sin", None),
    "sin(x, y)": ("SG209", "sin", None),
    "f(1)": ("SG209", "f", "it is defined as `f(x, a)`"),
    "max(x)": ("SG209", "max", None),
    "diff(x)": ("SG209", "diff", None),
    "atan2'(x)": ("SG209", "atan2", None),
    "f'(x, y)": ("SG209", "f", None),
    "x and y": ("SG201", "and", None),
    "not x": ("SG201", "not", None),
    "1 + (x < y)": ("SG201", "+", None),
    "if(x, 1, 2)": ("SG201", "if", None),
    "x[0]": ("SG202", "[", None),
    "2 + sum(x)": ("SG202", "sum", None),
    "x @ x": ("SG202", "@", None),
    "[1, 2] + [1, 2, 3]": ("SG203", "+", None),
    "[1, 2][2]": ("SG204", "[", None),
    "[1, 2][2:2]": ("SG204", "[", None),
    "[1, 2][0, 0]": ("SG202", "[", None),
    "sum([1, 2], axis=1)": ("SG205", "sum", None),
    "reshape([1, 2], shape=[3])": ("SG206", "reshape", None),
    "[1, [1, 2]]": ("SG207", "[", None),
    "det([1, 2])": ("SG208", "det", None),
    "[1, 2][x]": ("SG221", "[", None),
    "[1, 2][0.5]": ("SG221", "[", None),
    "[1, 2][::-1]": ("SG221", "::-1", None),
    "sum([1, 2], axis=x)": ("SG221", "axis", None),
    "broadcast_to(2, shape=[0])": ("SG221", "shape", None),
    "diff(x, x, x)": ("SG221", "x", None),
    "diff(x, x, -1)": ("SG221", "-", None),
    "reshape([1, 2])": ("SG222", "reshape", None),
    "index([1, 2])": ("SG222", "index", None),
    "sum([1, 2], axes=1)": ("SG223", "axes", "`sum` takes `axis=`"),
    "sum([1, 2], axis=0, axis=0)": ("SG223", "axis", None),
    "sin(x, axis=0)": ("SG223", "axis", None),
    "diff(x, x, n=2)": ("SG223", "diff", None),
    "1 + grad(x)": ("SG224", "+", None),
    "diff(grad(x), x)": ("SG224", "diff", None),
    "broadcast_to(2, shape=[10000, 10000])": ("SG405", "broadcast_to", None),
    "diff(x, x, 1000)": ("SG406", "1000", None),
}
SURROUNDINGS = (
    "f(x, a) = a*x; y = 2; loop = loop2 + 1; loop2 = loop; again(x) = again(x - 1); g(t) = t(2); h(x) = g(x)"
)


@pytest.mark.parametrize("text", MISTAKES)
def test_mistake(text: str) -> None:
    """Names, arities, types and shapes that do not fit: the code, the exact place, and the way out."""
    code, blamed, hint = MISTAKES[text]
    with pytest.raises(SymgradError) as caught:
        meaning(text, SURROUNDINGS)
    error = caught.value

    assert error.code == code
    assert error.span is not None
    place = text[slice(*error.span)]
    assert place == (blamed if blamed in text else text.partition("(")[0])
    assert hint in (None, error.hint)
    assert error.code in CODES


def test_declared_types() -> None:
    """Types are declared as they are written, and checked before anything runs."""
    assert real(2, 3) == read_type("real[2, 3]")
    assert BOOL == read_type("bool")
    assert real(2) == graphs(read("W @ x", types={"W": "real[2, 3]", "x": "real[3]"}).root)[0].type
    assert BOOL == graphs(read("p and x > 0", types={"p": "bool"}).root)[0].type
    with pytest.raises(SymgradError, match="SG203"):
        read("W @ x", types={"W": "real[2, 3]", "x": "real[2]"})
    with pytest.raises(SymgradError, match="SG035"):
        read("x", types={"x": "int"})


def test_the_size_written_out_is_limited() -> None:
    """A short text that stands for a huge graph is refused, and the limit can be raised."""
    doubling = "f0(x) = x + 1; " + "; ".join(
        f"f{i}(x) = f{i - 1}(2*x) + f{i - 1}(x + 3)" for i in range(1, 20)
    )
    with pytest.raises(LimitReached, match="SG404"):
        read("f19(y)", scope(doubling), limits=Limits(nodes=10_000))


def test_every_function_of_the_table_can_be_called() -> None:
    """Each spelling in the table means its operation when it is called."""
    needs = ("SG201", "SG202", "SG208")  # conditions, vectors, matrices
    for name in set(filter(is_function, (*OPS, *ALIASES))) - tables.load().keywords.keys():
        op = OPS.get(name) or next(o for o in OPS.values() if name in o.aliases)
        if op.arity is not None and not op.attrs and not op.hidden:
            arguments = ", ".join(["x", "y", "z", "w"][: op.arity])
            try:
                root = read(f"{name}({arguments})").root
            except SymgradError as error:
                assert error.code in needs, name  # noqa: PT017  # one of several outcomes
            else:
                assert isinstance(root, Node)
                assert root.op is op


TEXTS = st.recursive(
    st.sampled_from(["x", "y", "2", "pi", "e", "f", "v", "sin", "[1, 2]", "x < 1", "0"]),
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["sin", "max", "f", "sum", "diff", "grad", "f'", "where", "norm", "nope"]),
            inner,
            inner,
        ).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(inner, st.sampled_from(["+", "*", "^", "/", "@", "<", "==", "and"]), inner).map(" ".join),
        inner.map(lambda t: f"({t})"),
        inner.map(lambda t: f"-({t})[0]"),
        inner.map(lambda t: f"sin({t})"),
        inner.map(lambda t: f"sum({t}, axis=0)"),
        inner.map(lambda t: f"|{t}|"),
    ),
    max_leaves=8,
)


@given(TEXTS)
def test_any_tree_has_a_meaning_or_a_mistake(text: str) -> None:
    """Whatever parses either means something or is a mistake with a place inside the text."""
    try:
        found = meaning(text, "f(x) = x^2; v = [x, y]")
    except SymgradError as error:
        span = error.span
    else:
        span = None
        assert graphs(found.root)
    assert span is None or 0 <= span.start <= span.end <= len(text)


DEEP = """
import sys
from symgrad.syntax.elaborate import read
from symgrad.syntax.parse import parse
from symgrad.syntax.scope import Definition
read("x + sin(x)*2 < 3")
texts = [
    "(" * 10_000 + "x" + ")" * 10_000, "+".join(["x"] * 20_000), "-" * 30_000 + "x", "x^" * 20_000 + "x",
    "sin(" * 10_000 + "x" + ")" * 10_000, "if x>0 then 1 else " * 10_000 + "x", "x<" * 20_000 + "x",
]
scope = {f"a{i}": Definition(parse(f"a{i - 1} + 1"), "") for i in range(1, 5_000)}
sys.setrecursionlimit(200)
for text in texts:
    found = read(text)
    assert found.variables == ("x",)
    del found
assert read("a4999", scope).variables == ("a0",)
print("done")
"""


def test_depth_is_no_danger(run: Run) -> None:
    """Trees and chains of definitions far deeper than Python's stack get their meaning."""
    result = run(sys.executable, "-c", DEEP)

    assert "done" == result.stdout.strip(), result.stderr


def test_equal_texts_are_the_same_graph() -> None:
    """Nodes are interned: reading twice gives the same ones."""
    tree = parse("x*y")

    assert elaborate(tree, "x*y").root is elaborate(tree, "x*y").root
    assert read("x * (y)").root is elaborate(tree, "x*y", {"x": Declared(REAL)}).root


def test_definitions_may_stand_before_an_expression() -> None:
    """The text of a large formula reads back; what is no expression in the end stays a mistake."""
    found = read("t = x^2; f(u) = u + t; f(3)*t")

    assert found.root is read("(3 + x^2)*x^2").root
    assert found.variables == ("x",)
    for text in ("t = x^2", "x; y", "t = x; u = t", "t := x; t"):
        with pytest.raises(SymgradError):
            read(text)
