"""A trained model is a formula, and the names of `symgrad.nn` are where they should be."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest

import symgrad
from symgrad.errors import SymgradError
from symgrad.nn.data import moons
from symgrad.nn.formulas import formula
from symgrad.nn.layers import dense, mlp, neuron
from tests.conftest import Run


def test_a_neuron_is_a_formula() -> None:
    """The neuron of the lesson, written out."""
    values = {"w": np.array([-3.0, 1.0]), "b": np.array(6.8813735870195432)}

    assert "tanh(x[1] - 3*x[0] + 6.881)" == formula(neuron(2), values)


@pytest.mark.parametrize("model", [neuron(2), dense(2, 2, "relu"), mlp(2, [3], 1)], ids=repr)
def test_the_formula_computes_what_the_model_does(model: symgrad.nn.Model) -> None:
    """Read again and evaluated, the formula gives the model's numbers."""
    params = model.initial(1)
    written = formula(model, params, digits=None)
    many = model.output.type.shape
    for x in moons(5).x:
        found = [
            symgrad.parse(f"({written})[{i}]" if many else written, types={"x": "real[2]"})(x=x)
            for i in range(model.output.type.size)
        ]
        assert np.allclose(model.value(params, x).reshape(-1), found, rtol=1e-13, atol=1e-15)


def test_a_large_model_is_no_formula() -> None:
    """Beyond what anyone reads there is a limit, said with a code."""
    net = mlp(2, [64, 64], 1)
    with pytest.raises(SymgradError) as caught:
        formula(net, net.initial())

    assert "SG421" == caught.value.code


def test_every_public_name_is_there() -> None:
    """Each name of `symgrad.nn` can be imported, and none is hidden by a module."""
    nn = importlib.import_module("symgrad.nn")
    for name in nn.__all__:
        importlib.import_module(f"symgrad.nn.{nn._HOMES[name].removeprefix('symgrad.nn.')}")
    found = {name: getattr(nn, name) for name in nn.__all__}

    assert [] == [name for name, value in found.items() if not callable(value)]
    assert set(nn.__all__) <= set(dir(nn))


def test_importing_is_light(run: Run) -> None:
    """`import symgrad.nn` loads no library."""
    probe = (
        "import sys, symgrad.nn; print([m for m in ('numpy', 'scipy', 'onnx', 'sympy') if m in sys.modules])"
    )

    assert "[]\n" == run(sys.executable, "-c", probe).stdout


def test_a_formula_needs_a_value_of_each_parameter() -> None:
    """In its shape."""
    with pytest.raises(SymgradError, match=r"these parameters have no value: b"):
        formula(dense(2, 1), {"w": [[1.0], [2.0]]})
    with pytest.raises(SymgradError, match=r"`w` is real\[2, 1\]"):
        formula(dense(2, 1), {"w": [1.0], "b": [0.0]})
