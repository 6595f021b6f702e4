"""The engine against oracles: finite differences, closed forms, and one way of computing against another."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symgrad.engine import gradient as g
from symgrad.engine.backprop import evaluate, value_of
from symgrad.engine.pullback import pullback
from symgrad.errors import NameMistake, TypeMistake
from symgrad.graph import Node, Program, const, real, var
from symgrad.ops import OPS

x, y, z = var("x"), var("y"), var("z")
sin, cos, exp, log, sqrt, where = (OPS[n] for n in ("sin", "cos", "exp", "log", "sqrt", "where"))


def at(node: Node, **point: float) -> float:
    """The value of a node at a point."""
    return float(value_of(Program([node]), point))


def grad(node: Node, **point: float) -> dict[str, float]:
    """The gradient of a node at a point, by backprop."""
    return evaluate(Program([node]), point).grad


SMOOTH = [
    x**2 * sin(y),
    exp(x * y) / (1 + z**2),
    log(x + sqrt(y)) - x**y,
    OPS["atan2"](x, y) * OPS["hypot"](y, z),
    (x + y * z) ** 3 / (x - 7),
    OPS["logsumexp"](OPS["stack"](x, y, z)),
]


@pytest.mark.parametrize("f", SMOOTH, ids=range(len(SMOOTH)))
def test_backprop_agrees_with_central_differences(f: Node) -> None:
    """Each partial of a smooth formula is the limit of difference quotients."""
    point = {"x": 1.3, "y": 0.7, "z": -0.4}
    found = grad(f, **point)
    for name, partial in found.items():
        h = 1e-6
        up, down = at(f, **{**point, name: point[name] + h}), at(f, **{**point, name: point[name] - h})

        assert partial == pytest.approx((up - down) / (2 * h), rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("f", SMOOTH, ids=range(len(SMOOTH)))
def test_the_gradient_graph_agrees_with_backprop(f: Node) -> None:
    """The sweep fed with nodes is the sweep fed with numbers."""
    point = {"x": 1.3, "y": 0.7, "z": -0.4}
    variables = g.real_variables(f)
    graphs = g.gradient(f, variables)

    assert {
        v.name: pytest.approx(at(d, **point), rel=1e-14) for v, d in zip(variables, graphs, strict=True)
    } == grad(f, **point)


@pytest.mark.parametrize("f", SMOOTH, ids=range(len(SMOOTH)))
def test_hessian_is_symmetric_and_hvp_and_jvp_are_its_products(f: Node) -> None:
    """Second derivatives commute; the products with a direction are those of the full matrix."""
    point = {"x": 1.3, "y": 0.7, "z": -0.4}
    wrt = g.real_variables(f)
    direction = [0.3, -1.1, 0.9][: len(wrt)]
    matrix = np.array([[at(e, **point) for e in row] for row in g.hessian(f, wrt)])
    product = [at(e, **point) for e in g.hvp(f, wrt, [const(d) for d in direction])]
    slope = at(g.jvp(f, wrt, [const(d) for d in direction]), **point)

    assert matrix == pytest.approx(matrix.T, rel=1e-12)
    assert product == pytest.approx(matrix @ direction, rel=1e-11)
    assert slope == pytest.approx(np.dot(list(grad(f, **point).values()), direction), rel=1e-13)


def test_an_operand_used_twice_counts_twice() -> None:
    """x*x has two edges to x, and max(x, x) shares its slope between them."""
    assert grad(x * x, x=3.0) == {"x": 6.0}
    assert grad(OPS["max"](x, x), x=3.0) == {"x": 1.0}


def test_the_branch_not_taken_contributes_nothing() -> None:
    """Neither an infinite slope nor a nan of the other branch reaches the gradient, at one point and at many."""
    f = where(x > 0, sqrt(x), const(0.0))
    h = where(OPS["ne"](x, 0), 1 / x, const(0.0))

    assert grad(f, x=-1.0) == {"x": 0.0}
    assert grad(h, x=0.0) == {"x": 0.0}
    assert evaluate(Program([f]), {"x": np.array([-1.0, 0.0, 4.0])}).grad["x"].tolist() == [0.0, 0.0, 0.25]
    assert at(g.gradient(f, [x])[0], x=-1.0) == 0.0
    assert at(g.gradient(h, [x])[0], x=0.0) == 0.0


def test_nested_branches_contribute_under_both_conditions() -> None:
    """A guard inside a guard holds where both conditions hold."""
    f = where(x > 0, where(y > 0, log(x * y), x), x * y)
    for point, expected in [
        ((2.0, 3.0), (0.5, 1 / 3)),
        ((2.0, -3.0), (1.0, 0.0)),
        ((-2.0, 3.0), (3.0, -2.0)),
    ]:
        found = grad(f, x=point[0], y=point[1])
        graphs = [at(d, x=point[0], y=point[1]) for d in g.gradient(f, [x, y])]

        assert tuple(found.values()) == pytest.approx(expected)
        assert tuple(graphs) == pytest.approx(expected)


def test_a_value_of_nan_has_a_gradient_of_nan() -> None:
    """No finite gradient is shown for an undefined value, at one point and at many."""
    assert math.isnan(grad(log(x), x=-1.0)["x"])
    assert math.isnan(grad(const(1e308) * 10 * x - const(1e308) * 10 * x, x=1.0)["x"])
    many = evaluate(Program([log(x)]), {"x": np.array([-1.0, 2.0])}).grad["x"]
    assert math.isnan(many[0])
    assert many[1] == 0.5


def test_one_undefined_partial_does_not_spoil_the_other() -> None:
    """(-2)^3 has a slope by its base, and none by its exponent."""
    found = grad(x**y, x=-2.0, y=3.0)

    assert found["x"] == 12.0
    assert math.isnan(found["y"])


def test_many_points_are_the_points_one_by_one() -> None:
    """A batch gives each point its own value and gradient, also for constants and array-valued variables."""
    f = SMOOTH[1]
    xs, ys = np.linspace(0.1, 2, 7), np.linspace(-1, 1, 7)
    many = evaluate(Program([f]), {"x": xs, "y": ys, "z": 0.5})
    for i in range(7):
        one = evaluate(Program([f]), {"x": xs[i], "y": ys[i], "z": 0.5})
        assert many.value[i] == pytest.approx(one.value, rel=1e-15)
        for name in "xyz":
            assert many.grad[name][i] == pytest.approx(one.grad[name], rel=1e-14)
    v = var("v", real(2))
    batch = evaluate(Program([OPS["sum"](v * v) * x]), {"v": np.arange(6.0).reshape(3, 2), "x": 2.0})
    assert batch.value.tolist() == [2.0, 26.0, 82.0]
    assert batch.grad["v"].tolist() == [[0.0, 4.0], [8.0, 12.0], [16.0, 20.0]]
    assert value_of(Program([const(3)]), {}) == 3


def test_derivatives_by_inner_nodes_hold_the_rest_fixed() -> None:
    """The derivative by a subexpression counts all its occurrences."""
    u = x * y
    f = sin(u) * u + x

    assert at(g.gradient(f, [u])[0], x=0.3, y=0.7) == pytest.approx(math.cos(0.21) * 0.21 + math.sin(0.21))


def test_array_gradients_agree_with_central_differences() -> None:
    """Reductions, products and broadcasting flow back to every element."""
    w, v, b = var("W", real(2, 3)), var("v", real(3)), var("b", real(2))
    f = OPS["sum"](OPS["tanh"](w @ v + b)) + OPS["norm"](v) * OPS["mean"](w * v)
    rng = np.random.default_rng(7)
    point = {"W": rng.normal(size=(2, 3)), "v": rng.normal(size=3), "b": rng.normal(size=2)}
    found = evaluate(Program([f]), point).grad
    for name, value in point.items():
        for index in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[index] = 1e-6
            up = value_of(Program([f]), {**point, name: value + step})
            down = value_of(Program([f]), {**point, name: value - step})
            assert found[name][index] == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-8)


def test_results_have_the_same_bits_on_every_run() -> None:
    """Accumulation order is fixed."""
    f = SMOOTH[2] * SMOOTH[1] + SMOOTH[0]
    point = {"x": 1.3, "y": 0.7, "z": -0.4}

    assert len({tuple(v.hex() for v in grad(f, **point).values()) for _ in range(3)}) == 1


def test_rules_off_the_path_are_never_run() -> None:
    """The slope of a power by its exponent needs log of the base; it is not asked for when the exponent is fixed."""
    program = Program([x ** const(3)])
    values = [-2.0, 3.0, -8.0]
    asked = pullback(program, values, 2, 1.0, [program.slot[x]])

    assert asked == {program.slot[x]: 12.0}


def test_missing_values_and_wrong_shapes_are_named() -> None:
    """A variable without value, and a value of the wrong shape, are the user's mistakes."""
    v = var("v", real(3))
    with pytest.raises(NameMistake) as missing:
        evaluate(Program([x * y]), {"x": 1.0})
    with pytest.raises(TypeMistake) as shape:
        evaluate(Program([OPS["sum"](v)]), {"v": [[1.0, 2.0]]})
    with pytest.raises(TypeMistake) as array:
        evaluate(Program([v * 2]), {"v": [1.0, 2.0, 3.0]})

    assert [missing.value.code, shape.value.code, array.value.code] == ["SG103", "SG213", "SG214"]
