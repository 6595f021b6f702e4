"""Models are expressions with parameters: naming, sharing, composing, one sample and many."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from symgrad.engine.backprop import value_of
from symgrad.engine.plan import Plan
from symgrad.errors import SymgradError
from symgrad.graph import Node, Program, const, real, var, variables
from symgrad.nn.batch import batched
from symgrad.nn.data import moons
from symgrad.nn.init import KINDS, Init, constant, glorot, he, normal, uniform, zeros
from symgrad.nn.layers import dense, mlp, neuron
from symgrad.nn.model import Parameter, custom
from symgrad.ops import OPS
from tests.strategies import language_graphs

X = np.random.default_rng(0).normal(size=(7, 2))


@pytest.mark.parametrize(
    ("spelling", "signature", "count"),
    [
        ("neuron(2)", "real[2] -> real", 3),
        ("neuron(3, relu)", "real[3] -> real", 4),
        ("neuron(3, linear)", "real[3] -> real", 4),
        ("dense(2, 16, relu)", "real[2] -> real[16]", 48),
        ("dense(16, 1)", "real[16] -> real[1]", 17),
        ("mlp(2, [16, 16], 1)", "real[2] -> real[1]", 337),
        ("mlp(2, [3], 2, relu)", "real[2] -> real[2]", 17),
    ],
)
def test_constructors(spelling: str, signature: str, count: int) -> None:
    """A constructor gives the model that its spelling says, and the model says how it is spelled."""
    made = {
        "neuron(2)": neuron(2),
        "neuron(3, relu)": neuron(3, "relu"),
        "neuron(3, linear)": neuron(3, None),
        "dense(2, 16, relu)": dense(2, 16, "relu"),
        "dense(16, 1)": dense(16, 1),
        "mlp(2, [16, 16], 1)": mlp(2, [16, 16], 1),
        "mlp(2, [3], 2, relu)": mlp(2, [3], 2, OPS["relu"]),
    }[spelling]

    assert f"{spelling}: {signature}, {count} parameters" == repr(made)


def test_parameters_are_named_by_their_place() -> None:
    """Composing numbers the parts; naming a model gives its parameters their final names."""
    net = dense(2, 16, "tanh") >> dense(16, 1)

    assert ["0.w", "0.b", "1.w", "1.b"] == [p.name for p in net.parameters]
    assert ["net.0.w", "net.0.b", "net.1.w", "net.1.b"] == [p.name for p in net.named("net").parameters]
    assert ["0", "1"] == [part.name for part in net.parts]
    assert repr(net.named("net")).startswith("net = dense(2, 16, tanh) >> dense(16, 1): real[2] -> real[1]")


def test_composing_is_associative() -> None:
    """Where the brackets stand makes no difference, also in names."""
    a, b, c = dense(2, 3, "tanh"), dense(3, 4, "relu"), dense(4, 1)

    assert ((a >> b) >> c) == (a >> (b >> c))


def test_a_named_model_is_shared() -> None:
    """A model without a name is a recipe, used twice it has two sets of parameters; one with a name has one."""
    d = dense(3, 3, "tanh")
    shared = d.named("d")

    assert 2 * d.count == (d >> d).count
    assert d.count == (shared >> shared).count
    assert ["d.w", "d.b"] == [p.name for p in (shared >> shared).named("net").parameters]
    assert ["d", "d"] == [part.name for part in (shared >> shared).parts]


@pytest.mark.parametrize("model", [neuron(2), dense(2, 3, "relu"), mlp(2, [4, 4], 1)], ids=repr)
def test_many_samples_are_each_sample(model: Callable[..., object]) -> None:
    """A matrix of samples gives what each row gives."""
    params = model.initial(1)  # type: ignore[attr-defined]
    together = model.value(params, X)  # type: ignore[attr-defined]
    apart = [model.value(params, x) for x in X]  # type: ignore[attr-defined]

    assert np.allclose(together, apart, rtol=1e-14, atol=1e-15)
    assert np.array_equal(together, model(X, parameters=params))  # type: ignore[call-arg]


V, M, S = var("v", real(3)), var("m", real(2, 3)), var("s")


def _op(name: str, *args: Node | float, **attrs: object) -> Node:
    made: Node = OPS[name](*args, **attrs)
    return made


BODIES = {
    "elementwise": V * S + _op("sin", V),
    "broadcast": M * V + S,
    "sum of all": _op("sum", V * S),
    "sum of rows": _op("sum", M, axis=0),
    "mean of the last": _op("mean", M, axis=-1),
    "largest": _op("amax", M),
    "length": _op("norm", V),
    "softmax": _op("softmax", M),
    "log_softmax": _op("log_softmax", V),
    "inner": V @ V,
    "inner of a constant": const([1.0, 2.0, 3.0]) @ V,
    "constant matrix and vector": const([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]) @ V,
    "matrix and constant": M @ const([1.0, 2.0, 3.0]),
    "matrix and vector": M @ V,
    "vector and matrix": const([1.0, 2.0]) @ M,
    "matrices": M @ _op("transpose", M),
    "outer": _op("outer", V, V),
    "reshape": _op("reshape", M, shape=(3, 2)),
    "spread": _op("broadcast_to", V, shape=(2, 3)),
    "spread number": _op("broadcast_to", S, shape=(2,)),
    "element": _op("index", V, key=(1,)),
    "slice": _op("index", M, key=((0, 2, 1), 1)),
    "stack": _op("stack", S, S * S, const(2.0)),
    "stack of vectors": _op("stack", V, const([1.0, 2.0, 3.0])),
    "concat": _op("concat", V, const([1.0]), V),
    "choice": _op("where", V > S, V, 0.0),
    "polynomial": const(2) * S * S - 1,
}


@pytest.mark.parametrize("name", BODIES)
def test_every_kind_of_op_takes_many_samples(name: str) -> None:
    """The graph for many samples gives, row by row, what the graph for one sample gives."""
    random = np.random.default_rng(3)
    root, n = BODIES[name], 5
    values = {v.name: random.normal(size=(n, *v.type.shape)) for v in (V, M, S)}
    used = {v: var(v.name, real(n, *v.type.shape)) for v in (V, M, S)}
    (many,) = batched([root], used)
    one = Program([root])

    together = value_of(Program([many]), values)
    apart = [value_of(one, {k: x[i] for k, x in values.items()}) for i in range(n)]

    assert (n, *root.type.shape) == many.type.shape
    assert np.allclose(together, apart, rtol=1e-14, atol=1e-15)


@given(language_graphs())
@settings(max_examples=200)
def test_random_graphs_take_many_samples(root: Node) -> None:
    """Any graph of arrays gives for many samples, one by one, what it gives for each; or it is refused by name."""
    random, n = np.random.default_rng(8), 3
    moving = [v for v in variables(root) if v.name in ("v", "M", "x")]
    values = {v.name: random.uniform(0.2, 2, (n, *v.type.shape)) for v in moving}
    still = {v.name: random.uniform(0.2, 2, v.type.shape) for v in variables(root) if v not in moving}
    try:
        (many,) = batched([root], {v: var(v.name, real(n, *v.type.shape)) for v in moving})
    except SymgradError as error:
        assert error.code == "SG703"  # noqa: PT017  # both ends are right
        return
    assert ((n, *root.type.shape) if moving else root.type.shape) == many.type.shape
    if moving:
        together = Plan([many])({**values, **still})[0]
        apart = [Plan([root])({**{k: x[i] for k, x in values.items()}, **still})[0] for i in range(n)]
        scale = max(1.0, *(float(np.abs(a[np.isfinite(a)]).max(initial=0)) for a in map(np.asarray, apart)))
        assert np.allclose(together, apart, rtol=1e-9, atol=1e-9 * scale, equal_nan=True)


def test_what_cannot_be_batched_is_refused() -> None:
    """A determinant of many samples is refused by name instead of being computed wrongly."""
    square = var("q", real(2, 2))
    with pytest.raises(SymgradError) as caught:
        batched([_op("det", square)], {square: var("q", real(5, 2, 2))})

    assert "SG703" == caught.value.code


def test_initial_values_follow_from_seed_and_name() -> None:
    """The same seed gives the same bits, another seed or name others, whatever else the model has."""
    net, longer = mlp(2, [8], 1), dense(2, 8, "tanh") >> dense(8, 8) >> dense(8, 1)

    assert all(
        np.array_equal(a, b) for a, b in zip(net.initial(7).values(), net.initial(7).values(), strict=True)
    )
    assert np.array_equal(net.initial(7)["0.w"], longer.initial(7)["0.w"])
    assert not np.array_equal(net.initial(7)["0.w"], net.initial(8)["0.w"])
    assert not net.initial(7)["0.w"].flags.writeable


@pytest.mark.parametrize("init", [glorot(), he(), uniform(0.5), normal(0.1), zeros(), constant(2.0)], ids=str)
def test_initial_values_have_their_spread(init: Init) -> None:
    """Each way of drawing has the standard deviation that its name promises."""
    expected = {
        "glorot": np.sqrt(2 / (200 + 300)),
        "he": np.sqrt(2 / 200),
        "uniform": 0.5 / np.sqrt(3),
        "normal": 0.1,
        "zeros": 0.0,
        "constant": 0.0,
    }
    assert set(expected) == set(KINDS)
    assert np.isclose(expected[init.kind], init.draw("w", (200, 300)).std(), rtol=0.02)


def test_a_seed_of_its_own_wins() -> None:
    """A parameter with its own seed does not follow the model's."""
    own = glorot(seed=1)

    assert np.array_equal(own.draw("w", (3,), 5), own.draw("w", (3,), 6))


def test_custom_models() -> None:
    """Any expression with parameters is a model: it has values, and composes."""
    x, w = var("x", real(2)), Parameter("w", real(2), constant(2.0))
    m = custom(OPS["sum"](w.node * x * x), [x], [w])

    assert np.allclose((2 * X**2).sum(axis=1), m.value(m.initial(), X))
    assert ["m.w"] == [p.name for p in m.named("m").parameters]


def test_ops_compose_too() -> None:
    """`net >> tanh` applies the op to what the net gives."""
    net = dense(2, 3) >> OPS["tanh"]
    params = net.initial()

    assert np.allclose(np.tanh(X @ params["0.w"] + params["0.b"]), net.value(params, X), rtol=1e-15)


def test_parts_are_what_the_layers_give() -> None:
    """The trace names what each part of a model gives."""
    net = (dense(2, 3, "relu") >> dense(3, 1)).named("net")
    trace = net.trace(var("x", real(7, 2)))

    assert {"0": (7, 3), "1": (7, 1)} == {name: node.type.shape for name, node in trace.items()}


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("SG203", lambda: dense(2, 8) >> dense(9, 1)),
        ("SG203", lambda: dense(2, 8)(np.zeros(3))),
        ("SG209", lambda: dense(2, 8)(X, X)),
        ("SG102", lambda: dense(2, 8, "rellu")),
        ("SG704", lambda: dense(2, 8, "atan2")),
        ("SG704", lambda: dense(2, 8, "sum")),
        ("SG705", lambda: dense(2, 0)),
        ("SG701", lambda: Init("glorto")),
        ("SG702", lambda: custom(var("x"), [var("x")], [Parameter("w", real())])),
    ],
)
def test_mistakes(code: str, mistake: Callable[[], object]) -> None:
    """What cannot be a model is refused with a code of its own."""
    with pytest.raises(SymgradError) as caught:
        mistake()

    assert code == caught.value.code


def test_hidden_layers_are_a_list_and_one_input_is_singular() -> None:
    """mlp(2, 8, 1) says what to write."""
    with pytest.raises(SymgradError, match="a list of sizes, not 8") as info:
        mlp(2, 8, 1)  # type: ignore[arg-type]
    assert info.value.hint == "write [8]"
    with pytest.raises(SymgradError, match="takes 1 input, found 2"):
        dense(2, 3)(var("x", real(2)), var("y", real(2)))


def test_notebooks_show_a_table_of_the_parts() -> None:
    """Each part has its row, the numbers add up, and no name becomes markup."""
    from symgrad.nn.fitting import fit
    from symgrad.nn.shown import numbers_of

    net = mlp(2, [4], 1).named("net")
    shown = net._repr_html_()
    fitted = fit(mlp(2, [4], 1), moons(20), steps=3)._repr_html_()

    assert 2 == shown.count("<code>dense(")
    assert net.count == sum(numbers_of(net, part.name) for part in net.steps)
    assert "-&gt;" in shown
    assert "<th>accuracy</th>" in fitted
    assert "3, numpy" in fitted
