"""Losses: right against plain formulas, stable, and with gradients that certified arithmetic confirms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symgrad.engine.gradient import gradient
from symgrad.errors import SymgradError
from symgrad.graph import Node, const, real, var
from symgrad.nn import losses
from symgrad.nn.layers import dense, mlp, neuron
from symgrad.nn.model import Model
from symgrad.nn.task import Recipe, task_of
from symgrad.nn.training import trained
from symgrad.ops import OPS
from symgrad.session.session import Session
from tests.nets import Array, certified, close, computed

RANDOM = np.random.default_rng(5)
Z, S = RANDOM.normal(size=(6, 3)), RANDOM.normal(size=6)
CLASSES = np.array([0, 2, 1, 1, 0, 2])
HOT = np.eye(3)[CLASSES]
SIGNS = np.array([1.0, -1, -1, 1, 1, -1])
BITS = (SIGNS + 1) / 2
T = RANDOM.normal(size=6)


def softmax(z: Array) -> Array:
    """The plain formula."""
    out: Array = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return out


EXPECTED: dict[str, tuple[Array, Array, float]] = {
    "mse": (S, T, ((S - T) ** 2).mean()),
    "mae": (S, T, np.abs(S - T).mean()),
    "huber": (S, T, np.where(abs(S - T) <= 1, (S - T) ** 2 / 2, abs(S - T) - 0.5).mean()),
    "hinge": (S, SIGNS, np.maximum(0, 1 - SIGNS * S).mean()),
    "margin": (
        Z,
        CLASSES,
        float(
            np.mean(
                [
                    sum(max(0, z[j] - z[c] + 1) for j in range(3) if j != c)
                    for z, c in zip(Z, CLASSES, strict=True)
                ]
            )
        ),
    ),
    "binary_cross_entropy": (
        S,
        BITS,
        -(BITS * np.log(1 / (1 + np.exp(-S))) + (1 - BITS) * np.log(1 / (1 + np.exp(S)))).mean(),
    ),
    "cross_entropy": (Z, CLASSES, -np.log(softmax(Z)[range(6), CLASSES]).mean()),
}


@pytest.mark.parametrize("name", losses.LOSSES)
def test_values(name: str) -> None:
    """Each loss is the mean of what its formula says."""
    given, target, expected = EXPECTED[name]
    (found,) = computed([losses.LOSSES[name](given, target)], {})

    assert np.isclose(expected, found, rtol=1e-14)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_gradients_are_proved(name: str) -> None:
    """The gradient of each loss by what the model gives is that of certified arithmetic."""
    given, target, _ = EXPECTED[name]
    z = var("z", real(*given.shape))
    loss = losses.LOSSES[name](z, target)

    assert close(certified(loss, {"z": given}, [z]), computed(gradient(loss, [z]), {"z": given}))


@pytest.mark.parametrize("name", ["margin", "cross_entropy"])
def test_classes_may_be_rows(name: str) -> None:
    """Whole numbers and rows with a one say the same."""
    loss = losses.LOSSES[name]

    assert np.array_equal(*computed([loss(Z, CLASSES), loss(Z, HOT)], {}))


def test_a_column_is_compared_number_by_number() -> None:
    """n numbers given as a column of one are compared with n targets, not each with all."""
    assert np.array_equal(*computed([losses.mse(S, T), losses.mse(S[:, None], T)], {}))


@pytest.mark.parametrize("z", [-1e4, -800.0, 800.0, 1e4])
def test_cross_entropies_do_not_overflow(z: float) -> None:
    """Logits far beyond where exp overflows give exact losses."""
    binary, several = computed(
        [losses.binary_cross_entropy([z], [1.0]), losses.cross_entropy([[z, 0.0]], [0.0])], {}
    )

    assert max(0.0, -z) == binary == several


@pytest.mark.parametrize(
    ("expected", "accuracy"),
    [
        (np.mean(S * SIGNS > 0), losses.same_sign(S, SIGNS)),
        (np.mean((S > 0) == (BITS == 1)), losses.same_side(S, BITS)),
        (np.mean(Z.argmax(axis=1) == CLASSES), losses.same_class(Z, CLASSES)),
        (0.0, losses.same_class(np.zeros((4, 3)), [0, 1, 2, 0])),
    ],
)
def test_accuracies(expected: float, accuracy: Node) -> None:
    """Accuracies count what is right; a tie is not."""
    assert expected == computed([accuracy], {})[0]


def test_penalties() -> None:
    """l1 and l2 run over all parameters of a model, or over what is listed."""
    net = mlp(2, [3], 1)
    params = net.initial(2)
    flat = np.concatenate([p.ravel() for p in params.values()])
    found = computed([losses.l1(net), losses.l2(net), losses.l2([net.nodes[0]])], params)

    assert np.allclose([np.abs(flat).sum(), (flat**2).sum(), (params["0.w"] ** 2).sum()], found, rtol=1e-14)


PEERS = {
    "mse": ("mse_loss", T),
    "mae": ("l1_loss", T),
    "huber": ("huber_loss", T),
    "binary_cross_entropy": ("binary_cross_entropy_with_logits", BITS),
    "cross_entropy": ("cross_entropy", CLASSES),
}


@pytest.mark.parametrize("name", PEERS)
def test_losses_are_pytorchs(name: str) -> None:
    """Values and gradients are those of PyTorch's function."""
    torch = pytest.importorskip("torch")
    function, target = PEERS[name]
    given = EXPECTED[name][0]
    tensor = torch.tensor(given, requires_grad=True)
    peer = getattr(torch.nn.functional, function)(tensor, torch.tensor(target))
    peer.backward()
    z = var("z", real(*given.shape))
    loss = losses.LOSSES[name](z, target)
    value, slopes = computed([loss, *gradient(loss, [z])], {"z": given})

    assert np.isclose(peer.item(), value, rtol=1e-14)
    assert np.allclose(tensor.grad.numpy(), slopes, rtol=1e-13, atol=1e-16)


LAYERS: dict[str, Model] = {
    **{f"neuron, {a}": neuron(2, a) for a in ("tanh", "relu", "sigmoid", None)},
    **{f"dense, {a}": dense(2, 3, a) for a in ("tanh", "relu", "elu", "gelu", "silu", "softplus", "softmax")},
    "mlp": mlp(2, [3, 3], 2),
    "mlp of relus": mlp(2, [3], 2, "relu"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_of_layers_are_proved(name: str) -> None:
    """The gradient of a loss of every layer, by every parameter, is that of certified arithmetic."""
    net = LAYERS[name]
    x = np.random.default_rng(3).normal(
        size=(3, 2)
    )  # the same in whatever order tests run: relative errors are compared
    y = net(const(x))
    loss = losses.mse(y, np.linspace(-1, 1, y.type.size).reshape(y.type.shape))
    params = net.initial(4)

    expected = certified(loss, params, net.nodes)

    assert close(expected, computed(gradient(loss, net.nodes), params))


def test_the_certified_gradient_can_differ() -> None:
    """The comparison with certified arithmetic fails for a wrong gradient."""
    z = var("z", real(6))
    expected = certified(losses.mse(z, T), {"z": S}, [z])

    assert not close(expected, computed(gradient(losses.huber(z, T), [z]), {"z": S}))


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: losses.mse(S, T[:5]),
        lambda: losses.cross_entropy(Z, CLASSES[:4]),
        lambda: losses.hinge(Z, SIGNS),
    ],
)
def test_shapes_are_never_spread(mistake: Callable[[], object]) -> None:
    """A target of another shape is refused instead of being compared with everything."""
    with pytest.raises(SymgradError) as caught:
        mistake()

    assert "SG203" == caught.value.code


def trained_on(name: str, scores: int, targets: Array) -> None:
    """One step of a model with a loss on targets."""
    x, y = var("x", real(len(targets), 2)), var("data.y", real(*targets.shape))
    model = dense(2, scores) if scores else neuron(2, None)
    task = task_of(losses.LOSSES[name](model(x), y), **{"x": np.ones((len(targets), 2)), "data.y": targets})
    trained(task, Recipe(steps=1), model.initial())


@pytest.mark.parametrize(
    ("name", "scores", "targets", "said"),
    [
        ("cross_entropy", 2, SIGNS, "classes are 0..1 here, and data.y has -1"),
        ("margin", 2, CLASSES, "classes are 0..1 here, and data.y has 2"),
        ("cross_entropy", 3, CLASSES + 0.5, "classes are 0..2"),
        ("cross_entropy", 3, 2 * HOT, "sum to 1"),
        ("cross_entropy", 0, SIGNS, "sum to 1"),
        ("hinge", 0, BITS, "targets are -1 or 1 here, and data.y has 0"),
        ("hinge", 1, BITS, "targets are -1 or 1 here"),
        ("binary_cross_entropy", 0, SIGNS, "targets are 0 to 1 here, and data.y has -1"),
    ],
)
def test_targets_without_a_meaning_are_refused_in_training(
    name: str, scores: int, targets: Array, said: str
) -> None:
    """A class that does not exist would count as none, and the loss could fall without end."""
    with pytest.raises(SymgradError, match=said):
        trained_on(name, scores, targets)


@pytest.mark.parametrize(
    ("name", "scores", "targets"),
    [
        ("cross_entropy", 3, CLASSES),
        ("cross_entropy", 3, HOT),
        ("margin", 3, CLASSES),
        ("hinge", 0, SIGNS),
        ("binary_cross_entropy", 1, BITS),
    ],
)
def test_targets_with_a_meaning_are_trained_on(name: str, scores: int, targets: Array) -> None:
    """And what makes sense is let through."""
    trained_on(name, scores, targets)


def test_a_product_in_a_model_is_no_hinge() -> None:
    """relu(1 - x*w) inside of a model says nothing about x."""
    x, w = var("x", real(3)), var("w", real(3))
    given = OPS["relu"](1 - x * w)
    task = task_of(losses.mse(given, np.zeros(3)), x=np.array([0.3, 5, -2]))
    trained(task, Recipe(steps=1), {"w": np.ones(3)})


def test_constant_targets_without_a_meaning_are_refused() -> None:
    """Where they are known, at once."""
    for loss, scores, target in (
        (losses.cross_entropy, [1.0, 2.0], 2),
        (losses.margin, [1.0, 2.0], -1),
        (losses.cross_entropy, [1.0, 2.0], [1.0, 1.0]),
        (losses.hinge, 0.5, 0),
        (losses.binary_cross_entropy, 0.5, 2),
        (losses.cross_entropy, [1.0], 0),
        (losses.margin, [1.0], 0),
    ):
        with pytest.raises(SymgradError) as info:
            loss(scores, target)
        assert info.value.code == "SG203"
    with pytest.raises(SymgradError) as info:
        trained_on("cross_entropy", 2, SIGNS)
    assert info.value.hint == "write (data.y + 1)/2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mse([1, 2])", "`mse` takes 2 arguments, found 1"),
        ("mse()", "`mse` takes 2 arguments, found 0"),
        ("hinge([1, 2])", "`hinge` takes 2 arguments, found 1"),
        ("cross_entropy(3)", "`cross_entropy` takes 2 arguments, found 1"),
        ("huber(1)", "`huber` takes 2 or 3 arguments, found 1"),
        ("l2()", "`l2` takes 1 argument, found 0"),
    ],
)
def test_the_number_of_arguments_of_a_loss(text: str, said: str) -> None:
    """Too few are a mistake at the place, not a crash."""
    with pytest.raises(SymgradError, match=said) as info:
        Session().run(text)
    assert info.value.code == "SG209"
    assert info.value.span is not None
