"""Simplified expressions: they read as in a textbook, keep value and gradient, never grow, and are done when done."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from symgrad.calculus import assumed
from symgrad.certified.prove import Budget, prove
from symgrad.engine.gradient import gradient, real_variables
from symgrad.graph import Node, apply, const, postorder, real, var
from symgrad.library import parse
from symgrad.ops import OPS
from symgrad.symbolic.occurrences import expose
from symgrad.symbolic.simplify import Step, simplify
from symgrad.symbolic.simplify.sweep import size
from symgrad.symbolic.text import text
from symgrad.syntax.elaborate import read
from tests.strategies import COMMON, SCALAR, X, Y, formulas, points

DERIVATIVES = [
    # polynomials
    ("5*x", "x", "5"),
    ("x^3 - 2x", "x", "3*x^2 - 2"),
    ("x^2 + 3*x + 2", "x", "2*x + 3"),
    ("(x + 1)*(x + 2)", "x", "2*x + 3"),
    ("x*x*x", "x", "3*x^2"),
    ("x^2*sin(y)", "x", "2*x*sin(y)"),
    ("x^2*sin(y)", "y", "x^2*cos(y)"),
    ("a*x^3 + b*x^2 + c*x + d", "x", "3*a*x^2 + 2*b*x + c"),
    ("(x - y)^2", "y", "-2*(x - y)"),
    ("v0*t - g*t^2/2", "t", "v0 - g*t"),
    ("1/2*k*x^2", "x", "k*x"),
    ("0.5*m*v^2", "v", "m*v"),
    ("pi*r^2", "r", "2*pi*r"),
    # quotients
    ("1/x", "x", "-1/x^2"),
    ("1/x^3", "x", "-3/x^4"),
    ("x*y/z", "z", "-x*y/z^2"),
    ("1/(x*y)", "x", "-1/(x^2*y)"),
    ("G*m*M/r^2", "r", "-2*G*M*m/r^3"),
    ("x/(x + 1)", "x", "1/(x + 1)^2"),
    ("(x - 1)/(x + 1)", "x", "2/(x + 1)^2"),
    ("(x^2 - 1)/(x^2 + 1)", "x", "4*x/(x^2 + 1)^2"),
    ("x/(1 + x^2)", "x", "(1 - x^2)/(1 + x^2)^2"),
    ("(a*x + b)/(c*x + d)", "x", "(a*d - b*c)/(c*x + d)^2"),
    ("V*S/(K + S)", "S", "K*V/(K + S)^2"),
    ("x*y/(x + y)", "x", "y^2/(x + y)^2"),
    ("(1 - cos(x))/x^2", "x", "sin(x)/x^2 - 2*(1 - cos(x))/x^3"),
    ("sin(x)/x", "x", "cos(x)/x - sin(x)/x^2"),
    # powers and roots
    ("x^-2", "x", "-2/x^3"),
    ("x^1.5", "x", "1.5*x^0.5"),
    ("x^(1/3)", "x", "x^(-2/3)/3"),
    ("x^n", "x", "n*x^(n - 1)"),
    ("x^n", "n", "x^n*log(x)"),
    ("2^x", "x", "2^x*log(2)"),
    ("3*a^x", "x", "3*a^x*log(a)"),
    ("x^x", "x", "x^x + x^x*log(x)"),
    ("sqrt(x)", "x", "1/(2*sqrt(x))"),
    ("x*sqrt(x)", "x", "3*sqrt(x)/2"),
    ("sqrt(x^2 + y^2)", "x", "x/sqrt(x^2 + y^2)"),
    ("1/sqrt(x^2 + y^2)", "y", "-y/sqrt(x^2 + y^2)^3"),
    ("cbrt(x)", "x", "1/(3*cbrt(x)^2)"),
    # exponentials and logarithms
    ("a*exp(-b*t)", "a", "exp(-b*t)"),
    ("a*exp(-b*t)", "b", "-a*t*exp(-b*t)"),
    ("a*exp(-b*t)", "t", "-a*b*exp(-b*t)"),
    ("x*exp(-x)", "x", "exp(-x) - x*exp(-x)"),
    ("exp(-x^2/2)", "x", "-x*exp(-x^2/2)"),
    ("exp(sin(x))", "x", "exp(sin(x))*cos(x)"),
    ("exp(-1/x)", "x", "exp(-1/x)/x^2"),
    ("x*log(x)", "x", "log(x) + 1"),
    ("log(x^2 + 1)", "x", "2*x/(x^2 + 1)"),
    ("log(log(x))", "x", "1/(x*log(x))"),
    ("log2(x)", "x", "1/(x*log(2))"),
    ("log(sqrt(x))", "x", "1/(2*x)"),
    ("log((1 + x)/(1 - x))", "x", "2/((1 + x)*(1 - x))"),
    # trigonometry
    ("sin(2*x)", "x", "2*cos(2*x)"),
    ("sin(x)*cos(x)", "x", "cos(x)^2 - sin(x)^2"),
    ("sin(x)^3", "x", "3*sin(x)^2*cos(x)"),
    ("sin(x)^2 + cos(x)^2", "x", "0"),
    ("cos(-x)", "x", "-sin(x)"),
    ("tan(x)", "x", "1/cos(x)^2"),
    ("A*cos(w*t + p)", "w", "-A*t*sin(t*w + p)"),
    ("asin(x)", "x", "1/sqrt(1 - x^2)"),
    ("atan(x)", "x", "1/(1 + x^2)"),
    ("atan2(y, x)", "y", "x/(x^2 + y^2)"),
    # hyperbolic functions and activations
    ("tanh(2*x + 1)", "x", "2*sech(2*x + 1)^2"),
    ("cosh(x)", "x", "sinh(x)"),
    ("1/(1 + exp(-x))", "x", "exp(-x)/(1 + exp(-x))^2"),
    ("sigmoid(x)", "x", "sigmoid(x)*sigmoid(-x)"),
    ("softplus(x)", "x", "sigmoid(x)"),
    ("log(sigmoid(x))", "x", "sigmoid(-x)"),
    ("erf(x)", "x", "2*exp(-x^2)/sqrt(pi)"),
    ("gamma(x)", "x", "gamma(x)*digamma(x)"),
    ("jv(2, x)", "x", "(jv(1, x) - jv(3, x))/2"),
    # choices
    ("abs(x) + y", "x", "sign(x)"),
    ("abs(x)^3", "x", "3*abs(x)^2*sign(x)"),
    ("relu(x)", "x", "if(x > 0, 1, 0)"),
    ("max(x, y)", "x", "if(x >= y, if(x == y, 0.5, 1), 0)"),
    ("clip(x, 0, 1)", "x", "if(x >= 0 and x <= 1, 1, 0)"),
    ("if(x < 0, -x, x^2)", "x", "if(x < 0, -1, 2*x)"),
]


@pytest.mark.parametrize(("formula", "name", "expected"), DERIVATIVES)
def test_derivatives_read_as_in_a_textbook(formula: str, name: str, expected: str) -> None:
    """Common formulas of every family have the derivative that one would write by hand, and it is right."""
    root = read(formula).root
    raw = gradient(root, [var(name)])[0]
    (derivative,) = simplify([raw])

    assert expected == text(derivative)
    for point in ({}, {"x": 0.75, "y": -1.25}, {"x": 2.5, "n": 3.0}):
        assert_same(raw, read(expected).root, point)


def assert_same(one: Node, other: Node, point: dict[str, float]) -> bool:
    """Two expressions have the same value at a point; False if that cannot be proved or the first has none."""
    bound = {v: point.get(v.name, 0.625) for v in {*real_variables(one), *real_variables(other)}}
    before, after = prove([one, other], bound, Budget(seconds=1.0, bits=600)).enclosures
    if before is None or not before.finite or after is None or not before.tight:
        return False

    assert after.finite
    assert before.overlaps(after), f"{text(one)} = {before} became {text(other)} = {after}"
    return after.tight


EXACT = [
    ("x*1 + 0*y", "x"),
    ("x - 0", "x"),
    ("-(-x)", "x"),
    ("a + (-b)", "a - b"),
    ("a - (-b)", "a + b"),
    ("-(a - b)", "b - a"),
    ("(-a)*b", "-a*b"),
    ("x/1", "x"),
    ("2*(3*x)", "6*x"),
    ("x + x", "2*x"),
    ("3*x + 4*x", "7*x"),
    ("x*y - y*x", "0"),
    ("x/3*3", "x"),
    ("1/2 + 1/3", "5/6"),
    ("0.1*3*x", "0.1*3*x"),
    ("0.1 + 0.2", "0.1 + 0.2"),
    ("0.5*x*2", "x"),
    ("x^0.1", "x^0.1"),
    ("x^1 + x^0", "x + 1"),
    ("x*x^2/x^3", "1"),
    ("sqrt(x)^2", "x"),
    ("log(exp(x))", "x"),
    ("sin(0) + cos(0)*x", "x"),
    ("if(1 < 2, x, y)", "x"),
    ("if(x < y, 2, 2)", "2"),
    ("if(not x < y, 1, 2)", "if(x < y, 2, 1)"),
    ("if(not x == y, 1, 2)", "if(x != y, 1, 2)"),
    ("z + (x - y)", "z + (x - y)"),
    ("y*x*sin(y)*2*exp(x)", "2*x*y*exp(x)*sin(y)"),
    ("[x, y][1]", "y"),
    ("reshape(transpose(transpose([[x, y]])), shape=[1, 2])", "[[x, y]]"),
]


@pytest.mark.parametrize(("before", "after"), EXACT)
def test_rules(before: str, after: str) -> None:
    """Each rule does what its name says, and numbers are computed only where that is exact."""
    assert after == text(simplify([read(before).root])[0])


def test_gradients_of_vectors_are_vectors() -> None:
    """The derivative by a vector is written as one where it is short."""
    v = var("v", real(2))
    root = read("v[0]*v[1]^2 + sum(v)", types={"v": real(2)}).root

    assert "1 + [v[1]^2, 2*v[0]*v[1]]" == text(simplify(gradient(root, [v]))[0])


@given(formulas(), points())
def test_keeps_the_value(root: Node, point: dict[str, float]) -> None:
    """A simplified expression has the same value, proved by certified arithmetic."""
    assume(root.type.kind == "real")

    assert_same(root, simplify([root])[0], point)


@given(formulas(steps=6, ops=COMMON), points())
def test_keeps_the_gradient(root: Node, point: dict[str, float]) -> None:
    """So have its derivatives, also the hidden operations that serve them."""
    for raw in gradient(root, real_variables(root)):
        assert_same(raw, simplify([raw])[0], point)


def test_roots_of_roots() -> None:
    """Square roots meet what they are roots of, which may be a square root that has met its own."""
    x = parse("x")
    roots = [x, parse("sqrt(x)"), parse("sqrt(sqrt(x))"), parse("sqrt(sqrt(sqrt(x)))")]
    for exponents in itertools.product((-3, -1, 2, 3), repeat=4):
        for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)):
            product = math.prod((roots[i] ** exponents[i] for i in order), start=parse("1"))
            total = sum(e / 2**i for i, e in enumerate(exponents))
            assert math.isclose(product.simplify()(x=1.7), 1.7**total, rel_tol=1e-13)


@given(formulas(steps=20, ops=COMMON))
def test_never_grows(root: Node) -> None:
    """There are never more operations than before."""
    assert size(postorder([root])) >= size(postorder(simplify([root])))


@given(formulas(steps=20, ops=COMMON))
@example(X * Y * 2 - Y * X)
def test_is_done_when_done(root: Node) -> None:
    """Simplifying again changes nothing, neither of an expression nor of its gradient."""
    for expressions in ([root], gradient(root, real_variables(root))):
        once = simplify(expressions)

        assert [text(n) for n in once] == [text(n) for n in simplify(once)]
        assert once == simplify(once)


@given(formulas(steps=14, ops=SCALAR))
@settings(max_examples=50)
def test_float64_loses_nothing_on_tame_numbers(root: Node) -> None:
    """In float64 the result is as close to the truth, up to a few roundings per operation."""
    values = dict.fromkeys(real_variables(root), 0.625)
    proved = prove([root], values, Budget(seconds=0.5, bits=600)).enclosures[0]
    assume(proved is not None and proved.tight)

    assert proved is not None
    assert error(simplify([root])[0], proved) <= 8 * error(root, proved) + 1e-13


def error(root: Node, truth: object) -> float:
    """The relative error of float64's value."""
    from symgrad.engine.backprop import value_of
    from symgrad.graph import Program

    value = value_of(Program([root]), {v.name: 0.625 for v in real_variables(root)})
    found = truth.error_of(float(value))[1]  # type: ignore[attr-defined]  # an Enclosure
    return found if math.isfinite(found) else math.inf


def test_trace_names_the_rules() -> None:
    """A trace lists the rules that fired, with what they changed."""
    trace: list[Step] = []
    simplify([read("x*1 + sin(0)").root], trace)

    assert {"1*x = x", "a known value", "x + 0 = x"} == {step.rule for step in trace}
    assert all(step.before is not step.after for step in trace)


def test_shares() -> None:
    """Roots that are simplified together go on sharing what they share."""
    f = read("exp(sin(x*y)*x)").root
    rows = simplify(gradient(f, [X, Y]))

    assert len(postorder(rows)) < sum(len(postorder([row])) for row in rows) - 4


@pytest.mark.parametrize("size", [2_000, 16_000])
def test_long_chains(size: int) -> None:
    """Long sums and products cost what they are long, also where every part is shared."""
    total, product, both = X, X, X
    for n in range(size // 8):
        total = total + apply(OPS["sin"], (Y * const(n),))
        product = product * apply(OPS["sin"], (Y + n,))
        both = both * Y + apply(OPS["sin"], (both,))
    roots = simplify([total, product, both])

    assert len(postorder(roots)) <= 2 * size


@pytest.mark.parametrize(
    ("formula", "target", "expected"),
    [
        ("sin(x*y)*x*y", "x*y", "x*y*cos(x*y) + sin(x*y)"),
        ("y*z*x", "x*y", "z"),
        ("x*z/y", "x/y", "z"),
        ("a - x - y", "x + y", "-1"),
        ("(x + y)*z + y + x", "x + y", "1 + z"),
        ("x*y*x*y", "x*y", "2*x*y"),
        ("-x*y", "x*y", "-1"),
        ("x^2 + 2*x^2", "x^2", "3"),
        ("x*exp(z*y*x)", "x*y", "x*z*exp(x*y*z)"),
        ("sin(z)", "x*y", "0"),
    ],
)
def test_occurrences(formula: str, target: str, expected: str) -> None:
    """A product or sum is found wherever it occurs, in any order and grouping."""
    by = read(target).root
    root = expose(read(formula).root, by)

    assert expected == text(simplify(gradient(root, [by]))[0])
    assert_same(read(formula).root, root, {})


ARRAYS = [
    ("norm(v)", "v", "if(norm(v) > 0, v/norm(v), 0)"),
    ("max(v)", "v", "if(v == amax(v), 1/sum(if(v == amax(v), 1, 0)), 0)"),
    ("amin([x, y])", "x", "if(x == amin([x, y]), 1/sum(if([x, y] == amin([x, y]), 1, 0)), 0)"),
    ("norm([x, y])", "y", "if(norm([x, y]) > 0, y/norm([x, y]), 0)"),
    ("hypot(y, x)", "x", "if(hypot(x, y) > 0, x/hypot(x, y), 0)"),
    ("hypot(y, x)/hypot(x, y)", "x", "0"),
    ("hypot(x, y, z)", "y", "if(hypot(hypot(x, y), z) > 0 and hypot(x, y) > 0, y/hypot(hypot(x, y), z), 0)"),
    ("prod([x, y, z])", "y", "x*z"),
    ("prod(v)", "v", "[v[1]*v[2], v[0]*v[2], v[0]*v[1]]"),
    ("prod(u)", "u", "prod(if(diagonal(1, n=9) == 1, 1, u), axis=1)"),
    ("sum(prod(m, axis=0))", "m", None),
    ("prod(m)", "m", None),
    ("mean(v)", "v", "broadcast_to(1/3, shape=[3])"),
    ("sum(relu(v))", "v", "if(v > 0, 1, 0)"),
    ("sum(norm(m, axis=1))", "m", None),
    ("amax(m, axis=1)[0]", "m", None),
    ("m[0, 1]^2", "m", None),
    ("sum(m[:, 1]^2)", "m", None),
    ("sum(m[:, ::2]^2)", "m", None),
    ("sum(u[1:7:2]^2)", "u", None),
    ("sum(u[2:5]*v)", "u", "concat(broadcast_to(0, shape=[2]), v, broadcast_to(0, shape=[4]))"),
]
TYPES = {"u": "real[9]", "v": "real[3]", "m": "real[3, 3]"}


@pytest.mark.parametrize(("formula", "by", "expected"), ARRAYS)
def test_derivatives_of_arrays_are_written_in_the_language(
    formula: str, by: str, expected: str | None
) -> None:
    """They read well, and read back as an expression with the value that backpropagation finds."""
    rng = np.random.default_rng(1)
    f = parse(formula, TYPES)
    sizes = {"u": 9, "v": 3, "m": (3, 3)}
    point = {name: rng.normal(size=sizes[name]) if name in sizes else rng.normal() for name in f.variables}
    written = str(f.grad()[by])
    assert expected in (written, None)
    again = parse(written, TYPES)
    got = again({name: point[name] for name in again.variables})
    assert np.allclose(got, f.value_and_grad(point)[1][by], rtol=1e-14, atol=0)


CONDITIONS = [
    ("x/x", ["x != 0"]),
    ("x^2/x", ["x != 0"]),
    ("x^-1*x", ["x != 0"]),
    ("x*y/(x*y)", ["x != 0", "y != 0"]),
    ("(x - y)/(x - y)", ["x - y != 0"]),
    ("exp(log(x))", ["x > 0"]),
    ("sqrt(x)^2", ["x >= 0"]),
    ("x^0.5*x^0.5", ["x >= 0"]),
    ("sqrt(x)/sqrt(x)", ["x > 0"]),
    ("asin(x) - asin(x)", ["-1 <= x <= 1"]),
    ("gamma(x) - gamma(x)", ["x not an integer <= 0"]),
    # nothing is lost: the result asks the same, or the condition holds everywhere
    ("x/x*log(x)", []),
    ("x^2/x^3", []),
    ("exp(x)/exp(x)", []),
    ("(x^2 + 1)/(x^2 + 1)", []),
    ("log(exp(x))", []),
    ("if(x > 0, log(x), 0) - if(x > 0, log(x), 0)", []),
]


@pytest.mark.parametrize(("formula", "expected"), CONDITIONS)
def test_says_which_conditions_are_lost(formula: str, expected: list[str]) -> None:
    """Where the result is defined at more points, the condition of the original is told, and only there."""
    assert expected == assumed(read(formula).root)


@pytest.mark.parametrize(
    ("formula", "order", "expected"),
    [
        ("x^2/x", 1, ["x != 0"]),
        ("exp(log(x))", 1, ["x > 0"]),
        ("x^2/x", 2, ["x != 0"]),
        ("x^3*log(x)", 3, []),
    ],
)
def test_derivatives_say_which_conditions_are_lost(formula: str, order: int, expected: list[str]) -> None:
    """They are those that the simplification of each derivative loses."""
    assert expected == assumed(read(formula).root, var("x"), order)
