"""Models in the language: names with parts, `>>`, parameters that are values, and what scripts make of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.session.results import Defined, Evaluated
from symgrad.session.script import script
from symgrad.session.session import Session

NET = "net = dense(2, 3, tanh) >> dense(3, 1)"


def value(text: str) -> Any:
    """The value of the last line of a text in a new session."""
    result = Session().run(text).results[-1]
    assert isinstance(result, Evaluated | Defined)
    return result.value


def test_a_neuron_has_the_value_and_slopes_of_the_lecture() -> None:
    """The neuron of the notes: 0.7071 with slopes 1, 0 and 0.5."""
    (*_, o) = (
        Session().run("n = neuron(2, tanh); n.w := [-3, 1]; n.b := 6.8813735870195432; n([2, 0])").results
    )
    assert isinstance(o, Evaluated)

    assert o.value == pytest.approx(0.7071067811865477, abs=1e-15)
    assert o.grad["n.w"] == pytest.approx([1.0, 0.0], abs=1e-15)
    assert o.grad["n.b"] == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tanh(x@net.0.w + net.0.b)@net.1.w + net.1.b", "net(x)"),
        ("net.1(net.0(x))", "net(x)"),
        ("net([x, x])[1]", "net(x)"),
        ("sum(net.0.w^2) + sum(net.0.b^2) + sum(net.1.w^2) + sum(net.1.b^2)", "l2(net)"),
        ("other(x)", "net(x)"),
        ("mean((net([x, 2*x]) - [1, 2])^2)", "mse(net([x, 2*x]), [1, 2])"),
    ],
)
def test_a_model_is_the_formula_that_it_stands_for(text: str, expected: str) -> None:
    """Calls, parts, samples, second names and penalties are abbreviations of formulas."""
    before = f"{NET}; other = net; x = [0.5, -0.25]; "
    if "mean" in text:
        before += "net.1.b := [0.125]; "
        text = text.replace("- [1, 2]", "- [[1], [2]]")

    assert value(before + text) == pytest.approx(value(before + expected), abs=1e-15)


def test_equal_seeds_give_equal_bits_and_others_others() -> None:
    """First values depend on the seed and the name alone."""
    first, again, other = (
        Session().run(f"net = dense(2, 3, seed={seed})").session.values["net.w"] for seed in (1, 1, 2)
    )

    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)


def test_a_new_model_takes_the_place_of_the_old_one_with_all_parts() -> None:
    """No parameter of an old model stays behind its name."""
    session = Session().run(f"{NET}; net = neuron(2)").session

    assert {"net", "net.w", "net.b"} == set(session.scope)


def test_a_part_takes_values_of_its_shape_only() -> None:
    """`net.w := ...` cannot change what the model is."""
    session = Session().run("net = dense(2, 2)").session
    with pytest.raises(SymgradError, match="real\\[2, 2\\]") as caught:
        session.run("net.w := [1, 2]")

    assert "SG213" == caught.value.code
    assert [[1, 0], [0, 1]] == session.run("net.w := [[1, 0], [0, 1]]").session.values["net.w"].tolist()


def test_a_step_down_the_gradient_lowers_the_loss() -> None:
    """The lesson by hand: loss, gradient, a step against it."""
    start = "param w: real[2] = normal(seed=1); L = (w@[1, 2] - 3)^2; "
    step = "w := w - 0.01*grad(L, w); "

    assert value(start + step + "L") < value(start + "L")


def test_a_script_of_a_session_defines_the_same_again() -> None:
    """What `:save` writes gives the same names, roles and bits."""
    session = (
        Session()
        .run(f"h = 3; {NET}; net.1.b := [0.1]; param q: real[2] = glorot(seed=3); y = sum(net([1, 2]))")
        .session
    )
    again = Session().run(script(session)).session

    assert set(session.scope) == set(again.scope)
    assert {n: np.asarray(v).tobytes() for n, v in session.values.items()} == {
        n: np.asarray(v).tobytes() for n, v in again.values.items()
    }
    assert [getattr(m, "role", "") for m in map(session.scope.get, sorted(session.scope))] == [
        getattr(m, "role", "") for m in map(again.scope.get, sorted(again.scope))
    ]
