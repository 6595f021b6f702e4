"""Forward mode: Taylor series through every op, against the reverse sweep and certified series."""

from __future__ import annotations

import math
from typing import Any

import pytest

from symgrad.certified.interpret import NoEnclosure
from symgrad.engine.jets import Jet, jvp, push, taylor, variable
from symgrad.graph import Node, Program, const, real, var
from symgrad.ops import OPS
from symgrad.ops.enclose import Enclosure
from symgrad.ops.op import Op
from tests.measure import Subject, at_kink, differentiable, points, sampled, scalar_ops

x = var("x")
ORDER = 3


def f(name: str, *args: Any, **attrs: Any) -> Node:
    """An op on nodes."""
    node: Node = OPS[name](*args, **attrs)
    return node


@pytest.mark.parametrize("op", [op for op in scalar_ops() if not op.hidden], ids=lambda op: op.name)
def test_forward_is_reverse(op: Op) -> None:
    """A derivative forward is the derivative backward, at points of every size."""
    subject = Subject(op)
    for point in sampled(op, 15)[:30]:
        value, partials = subject.computed(point)
        if at_kink(op, point) or not math.isfinite(value):
            continue
        bound = dict(zip(subject.vars, point, strict=True))
        for i, v in enumerate(subject.vars):
            if differentiable(op, i) and math.isfinite(partials[i]):
                assert (value, pytest.approx(partials[i], rel=1e-14, abs=1e-307)) == jvp(
                    subject.program, bound, {v: 1.0}
                )


@pytest.mark.parametrize("op", [op for op in scalar_ops() if not op.hidden], ids=lambda op: op.name)
def test_coefficients_are_those_of_certified_series(op: Op) -> None:
    """Taylor coefficients follow from the rules as they do from certified arithmetic, which has no rules."""
    subject, done = Subject(op), 0
    for point in points(op, 40, seed=3):
        if done == 4 or at_kink(op, point) or not all(0.05 < abs(a) < 8 for a in point):
            continue
        bound = dict(zip(subject.vars, point, strict=True))
        for i, v in enumerate(subject.vars):
            if not differentiable(op, i):
                continue
            found = taylor(subject.program, bound, v, ORDER)
            try:
                truth = [subject.slope(point, i, k) for k in range(1, ORDER + 1)]
            except NoEnclosure:
                continue
            scale = max(abs(c) for c in found)
            for k, true in enumerate(truth, 1):
                if true is not None:
                    assert true / math.factorial(k) == pytest.approx(found[k], rel=1e-10, abs=1e-12 * scale)
        done += 1


SIDES = {
    "abs": (f("abs", x), 0.0, [0, 1], [0, 1]),
    "max minus max": (f("max", x, const(0)) - f("max", -x, const(0)), 0.0, [0, 1], [0, -1]),
    "if at its border": (f("where", f("eq", x, const(0)), const(0), x), 0.0, [0, 1], [0, -1]),
    "floor": (f("floor", x), 2.0, [2, 0], [1, 0]),
    "mod": (f("mod", x, const(3)), 6.0, [0, 1], [3, -1]),
    "copysign": (f("copysign", const(2), x), 0.0, [2, 0], [-2, 0]),
    "relu": (f("relu", x), 0.0, [0, 1], [0, 0]),
    "clip": (f("clip", x, const(0), const(1)), 1.0, [1, 0], [1, -1]),
    "sin(x)/x": (f("sin", x) / x, 0.0, [1, 0], [1, 0]),
    "ties broken by the square": (f("max", x * x, x), 0.0, [0, 1], [0, 0]),
}


@pytest.mark.parametrize("case", SIDES)
def test_each_side_of_a_kink_has_its_own_series(case: str) -> None:
    """Comparisons are decided by the first coefficient that differs, to the right and to the left."""
    node, at, right, left = SIDES[case]
    program = Program([node])
    found = [push(program, {x: variable(at, 2, direction)}).c[:2] for direction in (1.0, -1.0)]

    assert [tuple(map(float, right)), tuple(map(float, left))] == found


def test_many_points_at_once() -> None:
    """Coefficients may be arrays: one series a point."""
    import numpy as np

    node = f("sin", x) * f("relu", x) + f("where", f("gt", x, const(0.5)), x * x, -x)
    xs = [-1.0, 0.25, 2.0]
    many = taylor(Program([node]), {x: np.array(xs)}, x, 2)
    single = [taylor(Program([node]), {x: p}, x, 2) for p in xs]

    assert np.array(single).T.tolist() == pytest.approx(np.array(many), rel=1e-15)


def test_coefficients_may_be_nodes() -> None:
    """The series of a formula is a list of formulas."""
    from symgrad.engine.evaluate import run

    a = var("a")
    coefficients = taylor(Program([f("exp", x) * f("erf", x)]), {x: a}, x, 2)
    program = Program(coefficients)
    values = run(program, {a: 0.7})

    expected = taylor(Program([f("exp", x) * f("erf", x)]), {x: 0.7}, x, 2)
    assert expected == pytest.approx([values[slot] for slot in program.outputs], rel=1e-14)


def test_coefficients_may_be_balls() -> None:
    """Series of enclosures contain the series in float64, pi included."""
    node = f("erf", x) * f("sqrt", x)
    balls = taylor(Program([node]), {x: Enclosure.lift(2.0)}, x, 3)
    floats = taylor(Program([node]), {x: 2.0}, x, 3)

    assert floats == pytest.approx([float(c.ball.mid()) for c in balls], rel=1e-13)
    assert all(float(c.ball.rad()) < 1e-13 for c in balls)


def test_arrays_are_pushed_element_by_element() -> None:
    """Reductions, products and linear algebra on vectors of series agree with the reverse sweep."""
    import numpy as np

    from symgrad.engine.backprop import evaluate

    v = var("v", real(3))
    matrix = f("outer", v, v) + const([[1.0, 2.0, 3.0], [0.0, 1.0, 4.0], [5.0, 6.0, 0.0]])
    nodes = [
        f("norm", v), f("sum", f("softmax", v) * v), f("amax", v), f("prod", v), f("logsumexp", v), v @ v,
        f("det", matrix), f("trace", f("inv", matrix)), f("sum", f("solve", matrix, v)), f("mean", v * x),
    ]  # fmt: skip
    at, direction = [1.0, 2.0, -3.0], [1.0, -0.5, 0.25]
    jets = np.empty(3, dtype=object)
    jets[:] = [variable(a, 1, d) for a, d in zip(at, direction, strict=True)]
    for node in nodes:
        program = Program([node])
        y = push(program, {v: jets, x: 2.0})
        result = evaluate(program, {"v": at, "x": 2.0} if x in program.slot else {"v": at})

        assert (result.value, float(np.dot(result.grad["v"], direction))) == pytest.approx(y.c, rel=1e-12)


def test_a_constant_is_a_series_too() -> None:
    """A program without the variable has no higher coefficients; outside a domain nothing is known."""
    assert [6.0, 0.0, 0.0] == taylor(Program([const(2) * const(3)]), {x: 1.0}, x, 2)
    assert all(c != c for c in taylor(Program([f("log", x)]), {x: -1.0}, x, 2))


def test_high_orders_cost_polynomially() -> None:
    """Sharing keeps the work of an order small: order 25 of tan(sin(x)) at once."""
    coefficients = taylor(Program([f("tan", f("sin", x))]), {x: 0.0}, x, 25)

    assert [0.0, 1.0, 0.0, 1 / 6, 0.0, -1 / 40] == pytest.approx(coefficients[:6], abs=1e-15)


def test_jets_know_their_order() -> None:
    """A product knows as much as its shorter factor."""
    product = Jet((1.0, 2.0, 3.0)) * Jet((1.0, 1.0))

    assert (1.0, 3.0) == product.c
