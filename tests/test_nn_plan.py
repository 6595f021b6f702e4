"""Prepared graphs compute what evaluation computes, in buffers of their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symgrad.engine.backprop import value_of
from symgrad.engine.gradient import gradient
from symgrad.engine.plan import INTO, Plan
from symgrad.errors import NameMistake, TypeMistake
from symgrad.graph import Node, Program, real, var, variables
from symgrad.nn import losses
from symgrad.nn.batch import batched
from symgrad.nn.layers import mlp
from symgrad.ops import OPS
from tests.strategies import formulas, language_graphs
from tests.test_scalarise import AT, GRAPHS

POINT = {
    "x": 0.75,
    "y": -1.25,
    "v": np.array([0.3, 1.7, 0.9]),
    "w": np.array([2.0, 0.4, 1.1]),
    "M": np.array([[2.0, 0.3, 0.1], [0.2, 1.5, 0.4], [0.7, 0.6, 3.0]]),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_plans_agree_with_evaluation(name: str) -> None:
    """A plan gives the values of evaluation, and again the second time."""
    root = GRAPHS[name]
    expected = value_of(Program([root]), AT)
    plan = Plan([root])
    plan({k: np.zeros_like(v) for k, v in AT.items()})

    assert np.allclose(expected, plan(AT)[0], rtol=4e-16, atol=0)


@pytest.mark.parametrize("act", ["tanh", "relu", "sigmoid", "softplus", "gelu", "elu"])
def test_a_training_step_agrees_with_evaluation(act: str) -> None:
    """Loss and gradient of a net on a batch are those of evaluation."""
    net = mlp(2, [5, 4], 1, act)
    x, y = var("x", real(9, 2)), var("y", real(9))
    loss = losses.hinge(net(x), y) + 1e-4 * losses.l2(net)
    roots = [loss, *gradient(loss, net.nodes)]
    random = np.random.default_rng(1)
    point = {"x": random.normal(size=(9, 2)), "y": np.sign(random.normal(size=9)), **net.initial(3)}
    expected = [value_of(Program([root]), point) for root in roots]

    for plan in (Plan(roots), Plan(roots, fixed={"x": point["x"], "y": point["y"]})):
        found = plan(point)
        assert all(np.allclose(a, b, rtol=1e-14, atol=1e-17) for a, b in zip(expected, found, strict=True))


def test_the_same_bits_each_time() -> None:
    """Running again, and preparing again, gives the same bits."""
    net = mlp(2, [8], 1)
    x = var("x", real(33, 2))
    loss = losses.mse(net(x), np.linspace(0, 1, 33))
    roots = [loss, *gradient(loss, net.nodes)]
    point = {"x": np.random.default_rng(0).normal(size=(33, 2)), **net.initial(1)}
    plan = Plan(roots)

    first = [a.tobytes() for a in plan(point)]

    assert first == [a.tobytes() for a in plan(point)]
    assert first == [a.tobytes() for a in Plan(roots)(point)]


def test_what_is_fixed_is_computed_once() -> None:
    """Ops on constants, and views, take no call."""
    x, w = var("x", real(3, 2)), var("w", real(2))
    root = OPS["sum"](OPS["reshape"](OPS["sin"](x), shape=(2, 3)) @ OPS["broadcast_to"](w, shape=(3, 2)))

    assert 3 == Plan([OPS["exp"](x * 1.0 + 1.0)]).calls
    assert 2 == Plan([root], fixed={"x": np.ones((3, 2))}).calls
    assert 0 == Plan([root], fixed={"x": np.ones((3, 2)), "w": np.ones(2)}).calls


@given(language_graphs())
@settings(max_examples=150)
def test_random_graphs_agree_with_evaluation(root: Node) -> None:
    """Whatever the language can write, a plan computes, twice alike; without variables to the bits of evaluation."""
    program = Program([root])
    bound = {name: value for name, value in POINT.items() if name in {v.name for v in program.variables}}
    with np.errstate(all="ignore"):
        expected = value_of(program, bound)
    plan = Plan([root])
    first, again = plan(bound)[0], plan(bound)[0]

    assert first.tobytes() == again.tobytes()
    if not any(v.type.shape for v in program.variables) and not bound:
        assert np.array_equal(expected, first, equal_nan=True)
    elif root.type.kind == "real" and np.isfinite(expected).all() and (np.abs(expected) < 1e200).all():
        assert np.isfinite(first).all()


@given(formulas(), st.integers(1, 4))
@settings(max_examples=150)
def test_many_points_are_a_batch(root: Node, n: int) -> None:
    """A formula of numbers, given an axis of samples and prepared, has the bits of evaluation at many points."""
    names = [v.name for v in variables(root)]
    assume(names)
    points = {name: np.linspace(-1.3, 2.1, n) + i for i, name in enumerate(names)}
    (many,) = batched([root], {v: var(v.name, real(n)) for v in variables(root)})

    assert np.array_equal(value_of(Program([root]), points), Plan([many])(points)[0], equal_nan=True)


def test_a_step_takes_few_calls() -> None:
    """A step of micrograd's demo takes no more calls than one would write by hand, about sixty."""
    net = mlp(2, [16, 16], 1, "relu")
    x, y = np.ones((100, 2)), np.ones(100)
    loss = losses.hinge(net(x), y) + 1e-4 * losses.l2(net)

    assert 63 >= Plan([loss, *gradient(loss, net.nodes)]).calls


def test_buffers_are_used_again() -> None:
    """A chain of a hundred ops needs two buffers, and views and outputs are never overwritten."""
    x: Node = var("x", real(4))
    y, kept = x, []
    for i in range(100):
        y = OPS["sin"](y)
        if i % 10 == 0:
            kept.append(OPS["reshape"](y, shape=(2, 2)))
    plan = Plan([y, *kept])
    point = {"x": np.arange(4.0)}
    expected = [value_of(Program([r]), point) for r in (y, *kept)]

    assert all(np.array_equal(a, b) for a, b in zip(expected, plan(point), strict=True))
    assert len({id(o) for o in plan.outputs}) == 11


def test_a_branch_that_is_zero_when_the_plan_is_made() -> None:
    """Only a constant zero is left out of a choice, not a number that happens to be zero before the first run."""
    x, y = var("x"), var("y")
    plan = Plan([OPS["where"](x > y, y, x), OPS["where"](x > y, y, 0.0)])
    assert [r.item() for r in plan({"x": -2.0, "y": 1.0})] == [-2.0, 0.0]


def test_an_input_without_a_value_is_named() -> None:
    """What lacks a value is said by name."""
    with pytest.raises(NameMistake, match=r"no value: y$"):
        Plan([var("x") + var("y")])({"x": 1.0})


@pytest.mark.parametrize("given", [1.0, np.ones((3, 1)), np.ones(4)])
def test_shapes_are_never_spread(given: object) -> None:
    """A value of another shape is refused, fixed or not."""
    v = var("v", real(3))
    for prepared in (lambda: Plan([v + 1])({"v": given}), lambda: Plan([v + 1], fixed={"v": given})):
        with pytest.raises(TypeMistake, match=r"`v` is declared real\[3\]"):
            prepared()


def test_special_calls_are_of_the_table() -> None:
    """Every op with a call of its own exists."""
    assert set(INTO) <= set(OPS)


def test_deep_graphs_do_not_recurse() -> None:
    """A chain of 20,000 ops is prepared and run."""
    x: Node = var("x", real(2))
    y = x
    for _ in range(10_000):
        y = OPS["sin"](y) + x
    assert np.isfinite(Plan([y])({"x": np.ones(2)})[0]).all()
