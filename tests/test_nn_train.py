"""Optimisers, schedules and the training loop: pure, resumable bit for bit, and right beside PyTorch."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.graph import Node, const, real, var
from symgrad.nn import losses
from symgrad.nn.layers import dense, mlp
from symgrad.nn.minimum import minimise
from symgrad.nn.optimise import OPTIMISERS, optimiser
from symgrad.nn.schedules import SCHEDULES, Schedule, schedule
from symgrad.nn.steps import Descent, clip_norm, clip_value
from symgrad.nn.task import Progress, Recipe, Task, TrainingState, task_of
from symgrad.nn.training import train, trained

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(50, 2))
Y = np.sign(X[:, 0] * X[:, 1])
NET = mlp(2, [8, 8], 1).named("net")


def task(n: int = 50) -> Task:
    """A small problem of two classes."""
    x, y = var("x", real(n, 2)), var("y", real(n))
    loss = losses.hinge(NET(x), y) + 1e-4 * losses.l2(NET)
    return task_of(loss, losses.same_sign(NET(x), y), x=X[:n], y=Y[:n])


def bits(state: TrainingState) -> bytes:
    """The parameters as bytes."""
    return state.vector.tobytes()


TORCH: dict[str, Any] = {
    "descent": lambda t, p: t.optim.SGD(p, lr=0.05),
    "momentum": lambda t, p: t.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda t, p: t.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda t, p: t.optim.RMSprop(p, lr=0.05),
    "adam": lambda t, p: t.optim.Adam(p, lr=0.05),
    "adamw": lambda t, p: t.optim.AdamW(p, lr=0.05),
}


@pytest.mark.parametrize("name", TORCH)
def test_optimisers_step_as_in_pytorch(name: str) -> None:
    """Thirty steps on a curved function end where PyTorch's end."""
    torch = pytest.importorskip("torch")
    start = np.array([1.5, -0.7, 0.3])
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    peer, own = TORCH[name](torch, [theta]), optimiser(name)
    state, vector = own.init(start), start
    for _ in range(30):
        peer.zero_grad()
        (theta**4 / 4 + theta.sin()).sum().backward()
        peer.step()
        vector, state = own.step(vector, vector**3 + np.cos(vector), state, 0.05)

    assert np.allclose(theta.detach().numpy(), vector, rtol=1e-13, atol=1e-15)


def test_a_net_trains_as_in_pytorch() -> None:
    """Loss after loss, a net of ours is PyTorch's with the same initial values."""
    torch = pytest.importorskip("torch")
    params = NET.initial(1)
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in params.items()}
    peer = torch.optim.Adam(tensors.values(), lr=0.01)
    x, y = torch.tensor(X), torch.tensor(Y)
    for report in train(task(), Recipe(steps=20, rate=0.01, optimiser=optimiser("adam")), params):
        h = x
        for i in range(3):
            h = h @ tensors[f"net.{i}.w"] + tensors[f"net.{i}.b"]
            h = h.tanh() if i < 2 else h
        loss = (1 - y * h[:, 0]).relu().mean() + 1e-4 * sum((p * p).sum() for p in tensors.values())
        assert np.isclose(loss.item(), report.loss, rtol=1e-12)
        peer.zero_grad()
        loss.backward()
        peer.step()


@pytest.mark.parametrize("name", OPTIMISERS)
def test_optimisers_are_pure(name: str) -> None:
    """A step changes nothing that it is given, and a mapping moves as a vector does."""
    own = optimiser(name)
    params = {"a": np.array([1.0, -2.0]), "b": np.array(0.5)}
    grads = {"a": np.array([0.3, 0.1]), "b": np.array(-1.0)}
    vector, g = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.1, -1.0])

    def function(v: Any) -> tuple[float, Any]:
        return float(g @ v + 0.5 * (v - vector) @ (v - vector)), g + (v - vector)

    state = own.init(params)
    before = json.dumps({k: np.asarray(v).tolist() for k, v in state.items()})
    moved, after = own.step(params, grads, state, 0.1, function if own.searches else None)
    as_vector, _ = own.step(vector, g, own.init(vector), 0.1, function if own.searches else None)

    assert before == json.dumps({k: np.asarray(v).tolist() for k, v in state.items()})
    assert np.array_equal(as_vector, [*moved["a"], moved["b"]])
    assert [1.0, -2.0] == params["a"].tolist()
    assert all(isinstance(v, int | np.ndarray) for v in after.values())
    assert optimiser(**own.settings()) == own


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (schedule("constant", 0.5), [0.5, 0.5, 0.5]),
        (schedule("linear", 1.0, end=0.1), [1.0, 0.55, 0.1]),
        (schedule("cosine", 1.0), [1.0, 0.5, 0.0]),
        (schedule("step", 1.0, every=4, factor=0.5), [1.0, 0.5, 0.25]),
        (schedule("warmup", 1.0, first=4), [0.25, 1.0 * (1 + np.cos(np.pi / 6)) / 2, 0.0]),
    ],
    ids=lambda x: getattr(x, "kind", ""),
)
def test_schedules(made: Schedule, expected: list[float]) -> None:
    """Rates at the beginning, the middle and the end of ten steps."""
    assert np.allclose(expected, [made(0, 10), made(5, 10), made(10, 10)], atol=1e-15)
    assert schedule(**made.settings()) == made


def test_every_schedule_is_tested() -> None:
    """The table above has them all."""
    assert {"constant", "linear", "cosine", "step", "warmup"} == set(SCHEDULES)


def test_clipping() -> None:
    """A long gradient keeps its direction, or has its elements cut."""
    g = np.array([3.0, -4.0])

    assert np.allclose([0.6, -0.8], clip_norm(g, 1.0))
    assert g is clip_norm(g, 6.0)
    assert [3.0, -3.5] == clip_value(g, 3.5).tolist()
    start = TrainingState.start(NET.initial(), Descent()).vector
    moved = trained(task(), Recipe(1, 1.0, clip_value=0.01), NET.initial()).state.vector
    assert np.abs(moved - start).max() <= 0.01 + 1e-15


@pytest.mark.parametrize("batch", [None, 16])
@pytest.mark.parametrize("name", ["momentum", "adam", "lbfgs"])
def test_training_goes_on_bit_for_bit(name: str, batch: int | None) -> None:
    """Stopping after any step and going on ends in the same bits as not stopping."""
    recipe = Recipe(steps=12, optimiser=optimiser(name), batch=batch, seed=3)
    whole = list(train(task(), recipe, NET.initial(1)))
    again = trained(task(), recipe, NET.initial(1))
    assert bits(whole[-1].state) == bits(again.state)
    for k in (1, 5, 11):
        assert bits(whole[-1].state) == bits(trained(task(), recipe, whole[k].state).state)


def test_seeds_decide_the_order() -> None:
    """Another seed of the batches ends elsewhere."""
    recipe = Recipe(steps=5, batch=8)
    ends = {bits(trained(task(), replace(recipe, seed=s), NET.initial(1)).state) for s in (1, 2, 1)}

    assert 2 == len(ends)


def test_an_epoch_has_every_sample_once() -> None:
    """The batches of an epoch, the last one smaller, add up to the whole gradient."""
    x, y, w = var("x", real(50, 2)), var("y", real(50)), var("w", real(2))
    loss = OPS_sum((y - x @ w) ** 2)
    recipe = Recipe(steps=4, rate=1e-9, batch=16)
    reports = list(train(task_of(loss, x=X, y=Y), recipe, {"w": np.ones(2)}))

    assert np.isclose(((Y - X @ np.ones(2)) ** 2).sum(), sum(r.loss for r in reports[:-1]), rtol=1e-6)
    assert [0.0, 0.25, 0.5, 0.75, 1.0] == [r.epoch for r in reports]


def OPS_sum(x: Node) -> Node:
    """The sum of all elements."""
    from symgrad.ops import OPS

    made: Node = OPS["sum"](x)
    return made


def test_reports() -> None:
    """A report tells step, loss before the step, accuracy, gradient, rate and time; the last one the final loss."""
    reports = list(
        train(task(), Recipe(steps=40, rate=schedule("linear", 1.0, end=0.1), every=10), NET.initial(1))
    )

    assert [0, 10, 20, 30, 40] == [r.step for r in reports]
    assert ["", "", "", "", "finished"] == [r.ended for r in reports]
    assert reports[-1].loss < reports[0].loss
    assert np.allclose([1.0, 0.775, 0.55, 0.325, 0.1], [r.rate for r in reports])
    assert all(r.gradient_norm > 0 and 0 <= (r.accuracy or 0) <= 1 for r in reports)
    assert all(r.rate_of_examples > 0 and r.seconds_left >= 0 for r in reports[1:])


def test_stopping() -> None:
    """`should_stop` ends training after the step that is under way, with everything kept."""
    seen: list[Progress] = []
    for report in train(task(), Recipe(steps=100), NET.initial(1), lambda: len(seen) >= 3):
        seen.append(report)  # noqa: PERF402  # the list is what stops it

    assert "stopped" == seen[-1].ended
    assert 3 == seen[-1].step
    assert bits(seen[-1].state) == bits(trained(task(), Recipe(steps=3), NET.initial(1)).state)


def test_divergence_is_noticed() -> None:
    """Steps that are too large end in a report that says so."""
    end = trained(task(), Recipe(steps=100, rate=500.0), NET.initial(1))

    assert "diverged" == end.ended
    assert end.step < 100


def test_the_first_node_that_is_no_number_is_named() -> None:
    """A loss that is nan or infinite is traced to where that began."""
    w = var("w")
    loss = OPS_sum(const([1.0, 2.0]) * _log(w)) + w
    end = trained(Task(loss), Recipe(steps=100, rate=1.0), {"w": np.array(0.5)})

    assert "diverged" == end.ended
    assert "`log(w)` is nan" == str(end.trouble)


def _log(x: Node) -> Node:
    from symgrad.ops import OPS

    made: Node = OPS["log"](x)
    return made


@pytest.mark.parametrize("name", OPTIMISERS)
def test_any_expression_is_minimised(name: str) -> None:
    """Every optimiser finds the minimum of a bowl of three parameters in two variables."""
    a, v = var("a"), var("v", real(2))
    bowl = (a - 3) ** 2 + OPS_sum((v - const([1.0, -2.0])) ** 2) + a * 0 * var("k")
    found = minimise(
        bowl,
        {"a": 0.0, "v": [0.0, 0.0]},
        fixed={"k": 5.0},
        optimiser=optimiser(name, decay=0.0) if name == "adamw" else optimiser(name),
        rate=schedule("cosine", 0.1) if name in ("rmsprop", "adam", "adamw") else None,
        steps=600,
    )

    assert np.allclose([3.0, 1.0, -2.0], [found.parameters["a"], *found.parameters["v"]], atol=1e-3)
    assert isinstance(found.parameters["a"], float)


def test_rosenbrock_by_curvature() -> None:
    """L-BFGS walks Rosenbrock's valley to its end, to the last digits."""
    import symgrad

    x, y = symgrad.var("x"), symgrad.var("y")
    found = minimise((1 - x) ** 2 + 100 * (y - x**2) ** 2, {"x": -1.2, "y": 1.0})

    assert "converged" == found.ended
    assert 60 > found.steps
    assert np.allclose([1.0, 1.0], [found.parameters["x"], found.parameters["y"]], atol=1e-8)


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("SG706", lambda: optimiser("adamm")),
        ("SG706", lambda: optimiser("adam", beta=0.9)),
        ("SG706", lambda: schedule("linaer", 1.0)),
        ("SG706", lambda: schedule("linear", 1.0, stop=0.1)),
        ("SG713", lambda: minimise(var("x") ** 2, {"y": 1.0}, fixed={"x": 1.0})),
        ("SG214", lambda: minimise(var("v", real(2)), {"v": [1.0, 2.0]})),
        ("SG103", lambda: minimise(var("x") * var("y"), {"x": 1.0})),
        ("SG713", lambda: trained(Task(var("x") ** 2), Recipe(batch=3), {"x": 1.0})),
    ],
)
def test_mistakes(code: str, mistake: Any) -> None:
    """What cannot be trained is refused with a code."""
    with pytest.raises(SymgradError) as caught:
        mistake()

    assert code == caught.value.code


def test_batches_of_a_dense_net_of_as_many_units() -> None:
    """Batches are taken right also where a layer has as many units as there are samples."""
    net = (dense(2, 50, "tanh") >> dense(50, 1)).named("n")
    x, y = var("x", real(50, 2)), var("y", real(50))
    end = trained(task_of(losses.mse(net(x), y), x=X, y=Y), Recipe(steps=3, batch=7), net.initial())

    assert np.isfinite(end.loss)
