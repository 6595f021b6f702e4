"""Predicted rounding errors: beside the true ones, and the node that is to blame."""

from __future__ import annotations

import math
import sys

import pytest

import symgrad
from symgrad.engine.rounding import attribute, attribute_partials
from symgrad.graph import Node, apply, const, var, variables
from symgrad.ops import OPS
from symgrad.symbolic.text import text
from tests.accuracy import rows
from tests.rounding import LOST, predictions, share

X = var("x")


def bound_of(node: Node, **at: float) -> dict[Node, float]:
    """The variables of a graph with their values."""
    return {v: at[v.name] for v in variables(node)}


def test_predictions_on_data() -> None:
    """Where digits are lost, nine of ten errors are predicted within a factor of 100."""
    chosen = [row for name in ("herbie", "fpbench") for row in list(rows(name))[::2]]
    found = list(predictions(chosen))

    assert len(found) > 40
    assert share(found) >= 0.9
    assert share([p for p in found if p.what]) >= 0.9


def test_a_wrong_prediction_is_noticed() -> None:
    """The measure is no formality: other numbers fail it."""
    (found,) = [p for p in predictions(rows("fpbench")) if p.row["id"] == "fpbench-0053" and not p.what]

    assert found.good
    assert not type(found)(found.row, found.index, "", found.actual, 1e3 * found.actual).good
    assert LOST < 1


BLAME = [
    ("(1 - cos(x))/x^2", {"x": 1e-8}, "cos(x)"),
    ("sqrt(x + 1) - sqrt(x)", {"x": 1e15}, "sqrt(x)"),
    ("(x + y) - x", {"x": 1e17, "y": 1.0}, "x + y"),
    ("log(1 + x)", {"x": 1e-12}, "1 + x"),
    ("sin(x*y)", {"x": 1e15 + 0.3, "y": 3.1}, "x*y"),
    ("sqrt(1 - cos(x))", {"x": 1e-8}, "cos(x)"),
]


@pytest.mark.parametrize(("formula", "at", "expected"), BLAME)
def test_blame(formula: str, at: dict[str, float], expected: str) -> None:
    """The largest part of the error comes from the node where the digits were lost."""
    f = symgrad.parse(formula)
    found = attribute(f.node, bound_of(f.node, **at))
    enclosure = f.certify(at)
    assert enclosure is not None
    actual, _ = enclosure.error_of(f(at))

    assert expected == text(found.causes[0][0])
    assert actual / 10 <= found.total <= 10 * actual
    assert found.total <= found.bound * 1.0001


EXACT = [
    ("x - y", {"x": 0.3, "y": 0.25}),
    ("8*x/4", {"x": 0.1}),
    ("max(abs(-x), floor(x))", {"x": 0.1}),
    ("x*y", {"x": 3.0, "y": 5.5}),
    ("exp(x) - 1", {"x": 0.0}),
    ("if(x > 0, x, log(x))", {"x": 0.1}),
    ("sqrt(x)", {"x": 9.0}),
    ("0.1 + 0*x", {"x": 1.0}),
]


@pytest.mark.parametrize(("formula", "at"), EXACT)
def test_exact_operations_contribute_nothing(formula: str, at: dict[str, float]) -> None:
    """What float64 computes without rounding is predicted to have no error, also in partials."""
    f = symgrad.parse(formula)
    bound = bound_of(f.node, **at)

    assert (0.0, []) == attribute(f.node, bound)[:2]


def test_partials_on_pairs() -> None:
    """At one point backprop carries errors along: only functions lose digits; large graphs and arrays lose more."""
    f = symgrad.parse("(x + 1e8)*(x + 1e8) - x*x - 2e8*x")
    bound = bound_of(f.node, x=0.1)
    (paired,) = attribute_partials(f.node, bound, [X])
    (plain,) = attribute_partials(f.node, bound, [X], plain=True)

    assert paired.total == 0.0
    assert plain.bound > 1e-9
    g = symgrad.parse("(1 - cos(x))/x^2")
    (found,) = attribute_partials(g.node, bound_of(g.node, x=1e-8), [X])
    assert "cos(x)" == text(found.causes[0][0])
    assert 1e7 < found.total < 1e9


def test_overflow_is_reported() -> None:
    """Where something overflowed the prediction is infinite, and names the node; underflow is an error too."""
    f = symgrad.parse("exp(x)/(exp(x) - 1)")
    found = attribute(f.node, bound_of(f.node, x=709.85))
    assert (math.inf, "exp(x)") == (found.total, text(found.causes[0][0]))
    g = symgrad.parse("exp(-x)*exp(x)")
    found = attribute(g.node, bound_of(g.node, x=730.0))
    assert math.inf == found.total
    h = symgrad.parse("1e300*(1e300*exp(-x))")
    found = attribute(h.node, bound_of(h.node, x=760.0))
    assert "exp(-x)" == text(found.causes[0][0])
    assert 1e269 < found.total < 1e271


def test_large_graphs() -> None:
    """Linear, and without recursion."""
    y: Node = X
    for _ in range(3000):
        y = apply(OPS["sin"], (y,)) * const(1.1) + X
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    try:
        assert attribute(y, {X: 0.3}).total < 1e-15
        assert attribute_partials(y, {X: 0.3}, [X])[0].bound > 0
    finally:
        sys.setrecursionlimit(limit)
