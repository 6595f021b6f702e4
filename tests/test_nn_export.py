"""Exports: other programs give the same numbers, by test vectors that travel with them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.graph import Node, const, real, var
from symgrad.nn.data import moons
from symgrad.nn.export import save_onnx, to_c, to_onnx, to_python
from symgrad.nn.fitting import fit
from symgrad.nn.layers import dense, mlp, neuron
from symgrad.nn.model import Model, Parameter, custom
from symgrad.ops import OPS
from tests.conftest import Run

COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
ACTS = (
    "relu",
    "sigmoid",
    "softplus",
    "gelu",
    "silu",
    "elu",
    "selu",
    "leaky_relu",
    "softsign",
    "softmax",
    None,
)


def _op(name: str, *args: Node | float, **attrs: object) -> Node:
    made: Node = OPS[name](*args, **attrs)
    return made


def odd_model() -> Model:
    """Two inputs, and every kind of op on arrays."""
    v, m, p = var("v", real(3)), var("m", real(2, 3)), Parameter("p", real(3, 2))
    y = m @ v + _op("sum", v @ p.node) + _op("transpose", p.node) @ v
    rows = _op("stack", _op("index", v, key=(-1,)), _op("amax", v), _op("mean", m), _op("amin", m))
    wide = _op(
        "concat", y, rows, _op("index", m, key=(1, (0, 3, 2))), _op("sum", m, axis=0), _op("mean", m, axis=1)
    )
    choice = _op("where", wide > 0.25, wide * wide, const(1.0) / (1 + abs(wide)))
    return custom(choice + _op("broadcast_to", _op("logsumexp", v), shape=wide.type.shape), [v, m], [p])


MODELS: dict[str, Callable[[], Model]] = {
    "neuron": lambda: neuron(2),
    "mlp": lambda: mlp(2, [5, 4], 1),
    **{f"dense, {act}": lambda act=act: dense(2, 3, act) for act in ACTS},  # type: ignore[misc]  # a default binds it
}


@pytest.mark.parametrize("name", [*MODELS, "odd"])
def test_plain_python(name: str, tmp_path: Path, run: Run) -> None:
    """The written function needs no library and agrees with its test vectors; a changed number is noticed."""
    model = odd_model() if name == "odd" else MODELS[name]()
    source = to_python(model, model.initial(1), "net")
    file = tmp_path / "net.py"
    file.write_text(source)
    result = run(sys.executable, "-I", "-S", file)

    assert 0 == result.returncode, result.stdout + result.stderr
    file.write_text(source.replace("OUTPUTS = [[", "OUTPUTS = [[1 + "))
    assert 1 == run(sys.executable, "-I", "-S", file).returncode


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
def test_plain_c(tmp_path: Path) -> None:
    """Every model compiles without a warning and agrees with its test vectors."""
    for name, make in {**MODELS, "odd": odd_model}.items():
        model = make()
        file = tmp_path / "net.c"
        file.write_text(to_c(model, model.initial(1), "net"))
        words = [str(COMPILER), "-std=c99", "-Wall", "-Werror", "-Wno-unused-function", "-DCHECK", str(file)]
        built = subprocess.run(
            [*words, "-o", str(tmp_path / "net"), "-lm"], capture_output=True, text=True, check=False
        )
        assert 0 == built.returncode, built.stderr
        checked = subprocess.run([tmp_path / "net"], capture_output=True, text=True, check=False)
        assert 0 == checked.returncode, f"{name}: {checked.stdout}"


@pytest.mark.parametrize("name", MODELS)
def test_onnx(name: str) -> None:
    """ONNX's reference evaluator gives the model's values for any number of samples."""
    pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    model = MODELS[name]().named("net")
    params = model.initial(1)
    made = to_onnx(model, params)
    for n in (1, 13):
        x = np.random.default_rng(n).normal(size=(n, 2))
        (found,) = ReferenceEvaluator(made).run(None, {"x": x})
        near = 1e-6 if "gelu" in name else 1e-12  # the evaluator's erf is in float32
        assert np.allclose(model.value(params, x), found, rtol=near, atol=near)
    assert {"net.b" if name != "mlp" else "net.0.b"} <= {c.name for c in made.graph.initializer}


def test_a_trained_net_travels(tmp_path: Path) -> None:
    """A net that learned moons gives the same scores as ONNX, from a file."""
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    data = moons(40)
    found = fit(mlp(2, [8], 1), data, steps=50)
    save_onnx(tmp_path / "net.onnx", found.model, found.parameters)
    made = onnx.load(tmp_path / "net.onnx")
    ready = found.standard(data).x

    assert np.allclose(
        found.scores(data.x), ReferenceEvaluator(made).run(None, {"x": np.array(ready)})[0], rtol=1e-12
    )


def test_large_logits_do_not_overflow() -> None:
    """The written softmax survives logits beyond the range of exp."""
    model = dense(1, 2, "softmax")
    source = to_python(model, {"w": np.array([[1000.0, -1000.0]]), "b": np.zeros(2)}, "net")

    assert "amax" not in source
    scope: dict[str, Any] = {}
    code = compile(source.split("INPUTS = ")[0], "net", "exec")
    exec(code, scope)
    assert [1.0, 0.0] == scope["net"]([1.0])


@pytest.mark.parametrize("export", [to_c, to_python, to_onnx])
def test_what_has_no_counterpart_is_refused(export: Callable[..., object]) -> None:
    """An op that the other side lacks is named."""
    if export is to_onnx:
        pytest.importorskip("onnx")
    x, p = var("x", real(2)), Parameter("p", real(2))
    with pytest.raises(SymgradError, match="zeta") as caught:
        export(custom(_op("zeta", x + p.node + 3), [x], [p]), {"p": np.zeros(2)})

    assert "SG712" == caught.value.code
