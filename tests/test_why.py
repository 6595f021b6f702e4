"""Why a number is nan, infinite, zero or wrong: mechanisms, the nodes they are found at, and what is said."""

from __future__ import annotations

import json
import math
import random

import pytest

import symgrad
from symgrad.engine.births import births
from symgrad.engine.evaluate import run
from symgrad.errors import NameMistake
from symgrad.explain import MECHANISMS, why
from symgrad.explain.findings import operation
from symgrad.graph import Node, Program, apply, const, var
from symgrad.ops import OPS
from symgrad.session.dialogue import submit
from symgrad.session.display import plain
from symgrad.session.render import Layout, render
from symgrad.session.results import Result
from symgrad.session.workspace import Workspace
from symgrad.symbolic.text import text
from tests import snapshot
from tests.test_cli import ran

# expression, point, which number ("" the value, a variable its partial): mechanism, node
CASES = [
    ("x*log(x)", {"x": 0}, "", "indeterminate", "x*log(x)"),
    ("x/y", {"x": 0, "y": 0}, "", "indeterminate", "x/y"),
    ("exp(x) - exp(2*x)", {"x": 1000}, "", "indeterminate", "exp(x) - exp(2*x)"),
    ("exp(x)/(1 + exp(x))", {"x": 1000}, "", "indeterminate", "exp(x)/(1 + exp(x))"),
    ("log(x) + 1", {"x": -1}, "", "domain", "log(x)"),
    ("x^y", {"x": -2, "y": 0.5}, "", "domain", "x^y"),
    ("sin(1/x)", {"x": 0}, "", "domain", "sin(1/x)"),
    ("asin(2*x) + y", {"x": 1, "y": 0}, "y", "domain", "asin(2*x)"),
    ("1/x + 1", {"x": 0}, "", "pole", "1/x"),
    ("log(x)", {"x": 0}, "", "pole", "log(x)"),
    ("lgamma(x)", {"x": -1}, "", "pole", "lgamma(x)"),
    ("exp(x)*y", {"x": 1000, "y": 2}, "", "overflow", "exp(x)"),
    ("exp(x)", {"x": 1000}, "x", "overflow", "exp(x)"),
    ("1/(1 + exp(-x))", {"x": -1000}, "x", "overflow", "exp(-x)"),
    ("1e300*(1e300*exp(-x))", {"x": 800}, "", "underflow", "exp(-x)"),
    ("x*exp(-y)", {"x": 1, "y": 800}, "x", "underflow", "exp(-y)"),
    ("sqrt(x)", {"x": 0}, "x", "vertical", "sqrt(x)"),
    ("sqrt(x^2 + y^2)", {"x": 0, "y": 0}, "y", "vertical", "sqrt(x^2 + y^2)"),
    ("asin(x)", {"x": 1}, "x", "vertical", "asin(x)"),
    ("x^y", {"x": -2, "y": 3}, "y", "domain", "x^y"),
    ("tanh(3*x)", {"x": 400}, "x", "saturation", "tanh(3*x)"),
    ("tanh(3*x)", {"x": 10}, "x", "saturation", "tanh(3*x)"),
    ("sigmoid(x)*y", {"x": -800, "y": 1}, "x", "saturation", "sigmoid(x)"),
    ("exp(x)", {"x": -1000}, "x", "saturation", "exp(x)"),
    ("relu(x)*y", {"x": -2, "y": 1}, "x", "dead", "relu(x)"),
    ("max(x, y)", {"x": 1, "y": 2}, "x", "dead", "max(x, y)"),
    ("clip(x, 0, 1)", {"x": 3}, "x", "dead", "clip(x, 0, 1)"),
    ("if(y > 0, y, x)", {"x": 1, "y": 2}, "x", "branch not taken", "if(y > 0, y, x)"),
    ("if(x > 0, 1, 2)*y", {"x": 1, "y": 2}, "x", "condition", "x > 0"),
    ("floor(x)*y", {"x": 1.5, "y": 2}, "x", "flat", "floor(x)"),
    ("0*x + y", {"x": 1, "y": 2}, "x", "zero factor", "0*x"),
    ("x*y", {"x": 0, "y": 2}, "y", "zero factor", "x*y"),
    ("x^2 + 1", {"x": 0}, "x", "stationary", "x^2"),
    ("x - x", {"x": 3}, "x", "opposites", "x"),
    ("abs(x) + y", {"x": 0, "y": 1}, "x", "kink", "abs(x)"),
    ("max(x, y)", {"x": 1, "y": 1}, "x", "tie", "max(x, y)"),
    ("floor(x)", {"x": 2}, "", "jump", "floor(x)"),
    ("if(x < 1, x, 2*x)", {"x": 1}, "x", "branch", "x < 1"),
    ("(1 - cos(x))/x^2", {"x": 1e-8}, "", "cancellation", "1 - cos(x)"),
    ("(1 - cos(x))/x^2", {"x": 1e-8}, "x", "cancellation", "1 - cos(x)"),
    ("log(1 + x)", {"x": 1e-12}, "", "absorption", "1 + x"),
    ("tan(x*y)", {"x": 1e15, "y": 0.1}, "", "amplification", "tan(x*y)"),
    ("log(1 - exp(-x))", {"x": 1e-17}, "", "pole", "log(1 - exp(-x))"),
    ("x*y", {"x": 2, "y": 3}, "", "largest", "x*y"),
    ("x^2 + sin(x)", {"x": 5}, "x", "largest", "x^2"),
]  # fmt: skip


def findings(formula: str, at: dict[str, float], of: str | None = None) -> list[symgrad.explain.Finding]:
    """What is said about an expression at a point."""
    return symgrad.parse(formula).why({name: float(x) for name, x in at.items()}, of=of)


@pytest.mark.parametrize(("formula", "at", "of", "mechanism", "node"), CASES)
def test_mechanisms(formula: str, at: dict[str, float], of: str, mechanism: str, node: str) -> None:
    """The first finding names what happened, and the operation where it did."""
    first = findings(formula, at, of)[0]

    assert (mechanism, node) == (first.mechanism, text(first.node))
    assert of == first.target
    assert first.mechanism in MECHANISMS
    assert first.detail


def test_every_mechanism_is_shown() -> None:
    """The table of cases has one for each mechanism, but for those that need a large or an absent graph."""
    assert set(MECHANISMS) - {case[3] for case in CASES} <= {"accumulation", "absent"}


CURES = [
    ("x*log(x)", {"x": 0}, "xlogy(x, x)"),
    ("sin(x)/x", {"x": 0}, "sinc(x)"),
    ("sqrt(x^2 + y^2)", {"x": 0, "y": 0}, "hypot(x, y)"),
    ("log(1 + exp(x))", {"x": 1000}, "softplus(x)"),
    ("1/(1 + exp(-x))", {"x": -1000}, "sigmoid(x)"),
    ("log(exp(x) + exp(y))", {"x": 1000, "y": 999}, "logaddexp(x, y)"),
    ("x^(1/3)", {"x": -8}, "cbrt(x)"),
    ("log(1 + x)", {"x": 1e-12}, "log1p(x)"),
    ("exp(x) - 1", {"x": 1e-12}, "expm1(x)"),
]


@pytest.mark.parametrize(("formula", "at", "expected"), CURES)
def test_cures(formula: str, at: dict[str, float], expected: str) -> None:
    """A form that is known to help is offered, and it is finite where the other was not."""
    first = findings(formula, at)[0]
    assert first.better is not None
    better = symgrad.Expression(first.better[1])

    assert expected == str(better)
    assert math.isfinite(better({name: float(x) for name, x in at.items()}))


def test_whatever_is_in_trouble() -> None:
    """Without a target all numbers in trouble are explained; if none is, what contributes most."""
    assert {"x", "y"} == {f.target for f in findings("sqrt(x^2 + y^2)", {"x": 0, "y": 0})}
    assert not any(f.trouble for f in findings("x*y + exp(x)", {"x": 2, "y": 3}))
    with pytest.raises(NameMistake) as caught:
        findings("x*y", {"x": 2, "y": 3}, "z")
    assert "SG104" == caught.value.code


def test_arrays() -> None:
    """Arrays are explained element by element."""
    f = symgrad.parse("log(sum(v))", types={"v": "real[2]"})
    (first, *_) = f.why(v=[-1.0, -2.0])

    assert "domain" == first.mechanism
    assert {"", "v[0]", "v[1]"} == set(f.rounding(v=[3.0, 0.1]))


def test_a_planted_quotient_is_found() -> None:
    """In random graphs in which one node is 0/0, that node is blamed for the nan that arrives."""
    chance = random.Random(7)
    x, y = var("x"), var("y")
    for _ in range(60):
        planted = apply(OPS["div"], (apply(OPS["sub"], (x, x)), apply(OPS["mul"], (const(0), y))))
        pool: list[Node] = [x, y, const(2), planted]
        for _step in range(chance.randrange(4, 15)):
            name = chance.choice(["add", "mul", "sin", "tanh", "sub", "atan"])
            op = OPS[name]
            args = tuple(chance.choice(pool) for _ in range(op.arity or 1))
            pool.append(apply(op, args))
        root = apply(OPS["add"], (pool[-1], apply(OPS["cos"], (planted,))))
        found = why(root, {x: 0.7, y: 1.3}, "")
        assert planted in {f.node for f in found}
        assert ("indeterminate", planted) == (found[0].mechanism, found[0].node)


def test_long_chains() -> None:
    """Nothing recurses."""
    x = var("x")
    y: Node = x
    for _ in range(3000):
        y = apply(OPS["tanh"], (y + const(1),))
    found = why(y, {x: 0.5}, "x")
    assert {"saturation", "underflow"} & {f.mechanism for f in found}


def test_births_follow_the_value() -> None:
    """What does not reach the result is not blamed: a branch not taken, a nan that an op ignores."""
    for formula in ("if(x > 0, 1/(x - 1), log(-x))", "1/(x - 1) + 0*exp(x)"):
        f = symgrad.parse(formula)
        program = Program([f.node])
        values = run(program, {var("x"): 1.0})
        assert ["1/(x - 1)"] == [text(program.nodes[i]) for i in births(program, values, program.outputs[0])]


@pytest.mark.parametrize(
    ("formula", "xs", "expected"),
    [
        ("x*y", [0.0, -math.inf], "0*(-inf)"),
        ("x - y", [math.inf, math.inf], "inf - inf"),
        ("x^y", [-2.0, 0.5], "(-2)^0.5"),
        ("-x", [3.0], "-3"),
        ("if(x > y, x, y)", [True, 1.0, 2.0], "if(true, 1, 2)"),
        ("sin(x)", [1e22], "sin(1e22)"),
    ],
)
def test_operations_on_numbers(formula: str, xs: list[float], expected: str) -> None:
    """An operation on numbers is written as one writes it."""
    assert expected == operation(symgrad.parse(formula).node, xs)


TALKS = [
    "x = 1e-8\n(1 - cos(x))/x^2\n:why\n:why d/dx\n:rounding",
    "y = 0; L = y*log(y) + 1; L\n:why\n:why L d/dy",
    ":why sqrt(x^2 + y^2) x=0 y=0",
    ":why x*y + exp(x) x=2 y=3",
    ":why tanh(x) x=400",
    ":why 1/(1 + exp(-x)) x=-1000",
    ":why abs(x) + max(x, y) x=0 y=0",
    ":rounding x*sin(y) + 1 x=0.3 y=3",
    ":rounding x*log(x) x=0",
    ":rounding 2*x x=0.1",
]


def said(talk: str, columns: int = 80) -> str:
    """What a session answers, without verdicts."""
    workspace = Workspace()
    shown = []
    for line in talk.splitlines():
        shown.append(f"∂ {line}\n")
        for given in submit(workspace, line):
            if isinstance(given, Workspace):
                workspace = given
            elif isinstance(given, Result):
                shown.append(plain(render(given, Layout(columns))))
    return "".join(shown)


def test_talks() -> None:
    """What `:why` and `:rounding` say, on wide and on narrow screens."""
    snapshot.check("why.txt", "\n".join([*map(said, TALKS), *(said(talk, 40) for talk in TALKS[:3])]))


def test_json() -> None:
    """Findings and rounding errors as data, with places in the text."""
    found = json.loads(ran("why", "x*log(x)", "x=0", "--json").out)["findings"]
    assert [("indeterminate", [0, 8]), ("pole", [2, 8])] == [(f["mechanism"], f["span"]) for f in found]
    assert {"instead_of": "x*log(x)", "write": "xlogy(x, x)"} == found[0]["better"]
    numbers = json.loads(ran("rounding", "(1 - cos(x))/x^2", "x=1e-8", "--json").out)["rounding"]
    assert ["", "x"] == [n["of"] for n in numbers]
    assert "cos(x)" == numbers[1]["operations"][0]["node"]
    assert math.isclose(numbers[1]["predicted"], numbers[1]["actual"], rel_tol=0.1)


def test_nothing_to_explain() -> None:
    """Without an expression and without an answer there is a hint; conditions have nothing to explain."""
    assert "SG214" in ran("why", "x > 1", "x=1").err
    assert "SG214" in ran("rounding", "x > 1", "x=1").err
    assert 2 == ran("why").code
    assert "SG515" in ran("why", "x", "foo", "x=1").err


def test_a_way_out_has_a_value_itself() -> None:
    """sinc(1/x) is no way out at 0, where 1/x has no value; sinc(x) is one."""
    assert not any(f.better for f in symgrad.parse("x*sin(1/x)").why(x=0))
    assert any(f.better for f in symgrad.parse("sin(x)/x").why(x=0))
    assert "sinc" not in symgrad.parse("x*sin(1/x)").check(x=0, sympy=False).value.hint
    assert "sinc" in symgrad.parse("sin(x)/x").check(x=0, sympy=False).value.hint


def test_where_a_value_has_no_slope_the_point_lies_inside_of_the_domain() -> None:
    """atan2(0, 0) is a value: the advice is a point beside it."""
    (first, *_) = symgrad.parse("atan2(y, x)").why(x=0, y=0)

    assert "beside" in first.cure


def test_too_small_is_not_too_large() -> None:
    """Squares of 1e-200 are 0, so that 0/0 comes of an underflow."""
    value = symgrad.parse("x^2/x^2").check(x=1e-200, sympy=False).value

    assert "x^2 underflows here" == value.mechanism
