"""Learning rates explained: curvature against the whole Hessian, limits against what really happens."""

from __future__ import annotations

import numpy as np
import pytest

from symgrad.engine.gradient import gradient
from symgrad.engine.plan import Plan
from symgrad.graph import real, var
from symgrad.nn import losses
from symgrad.nn.curvature import LIMITS, curvature, forecast, growth
from symgrad.nn.data import moons
from symgrad.nn.diagnose import best, silent_units, summary, sweep
from symgrad.nn.layers import dense, mlp
from symgrad.nn.objective import Layout
from symgrad.nn.optimise import OPTIMISERS, optimiser
from symgrad.nn.task import Recipe, Task, task_of
from symgrad.nn.training import trained
from symgrad.ops import OPS

X = np.random.default_rng(4).normal(size=(30, 2)) * [1.0, 3.0]
LINE = dense(2, 1).named("n")


def linear() -> Task:
    """Least squares: its Hessian is known and the same everywhere."""
    x, y = var("x", real(30, 2)), var("y", real(30))
    return task_of(losses.mse(LINE(x), y), x=X, y=X @ [1.0, -2.0] + 0.5)


def net_task(act: str = "tanh") -> tuple[Task, dict[str, np.ndarray]]:
    """A small net on moons."""
    data, net = moons(30), mlp(2, [4], 1, act).named("n")
    x, y = var("x", real(30, 2)), var("y", real(30))
    task = task_of(losses.binary_cross_entropy(net(x), y), x=data.x, y=data.probabilities)
    return task, {k: np.array(v) for k, v in net.initial(2).items()}


def hessian(task: Task, parameters: dict[str, np.ndarray]) -> np.ndarray:
    """The whole Hessian by differences of exact gradients."""
    layout = Layout.of(parameters)
    plan = Plan(gradient(task.loss, layout.nodes), task.data)
    theta, h = layout.pack(parameters), 1e-5

    def slopes(v: np.ndarray) -> np.ndarray:
        return np.concatenate([g.ravel() for g in plan(layout.views(v))])

    return np.array([(slopes(theta + h * e) - slopes(theta - h * e)) / (2 * h) for e in np.eye(layout.size)])


def test_the_largest_curvature_is_the_hessians() -> None:
    """For a net, the largest eigenvalue is that of the whole Hessian; its error bound holds."""
    task, parameters = net_task()
    found = curvature(task, parameters)
    expected = float(np.linalg.eigvalsh(hessian(task, parameters))[-1])

    assert np.isclose(expected, found.largest, rtol=1e-6)
    assert found.error <= 1e-8
    assert found.products <= Layout.of(parameters).size
    assert found.place in parameters


def test_least_squares_by_hand() -> None:
    """For least squares the Hessian is 2/n times the matrix of products of the inputs."""
    a = np.column_stack([X, np.ones(30)])

    assert np.isclose(
        np.linalg.eigvalsh(2 / 30 * a.T @ a)[-1], curvature(linear(), LINE.initial()).largest, rtol=1e-12
    )


@pytest.mark.parametrize("name", [kind.__name__.lower() for kind in LIMITS])
def test_limits_are_where_divergence_begins(name: str) -> None:
    """A little below the limit training settles, a little above it blows up, with and without momentum."""
    task, own = linear(), optimiser(name)
    start = LINE.initial(1)
    limit = forecast(task, start, 1.0, own).limit
    assert limit is not None
    below, above = (
        trained(task, Recipe(steps=3000, rate=k * limit, optimiser=own, blow_up=1e3), start)
        for k in (0.97, 1.03)
    )

    assert ("finished", "diverged") == (below.ended, above.ended)
    assert below.loss < 1e-6
    assert not forecast(task, start, 0.97 * limit, own).diverges
    assert forecast(task, start, 1.03 * limit, own).diverges
    assert growth(own, limit * curvature(task, start).largest) == pytest.approx(1.0, abs=1e-6)


def test_the_blow_up_is_predicted() -> None:
    """The forecast says after how many steps the loss is a thousandfold, and training agrees."""
    task, start = linear(), LINE.initial(1)
    told = forecast(task, start, 0.3)
    happened = trained(task, Recipe(steps=500, rate=0.3, blow_up=1e3), start)

    assert "diverged" == happened.ended
    assert told.steps is not None
    assert 1 >= abs(told.steps - happened.step)
    assert "finished" == trained(task, Recipe(steps=500, rate=told.safe), start).ended
    assert str(told).startswith("rate 0.3 > 2/lambda_max = 0.1")
    assert "along n.w steps overshoot and grow" in str(told)


def test_no_limit_where_none_is_known() -> None:
    """Optimisers that set their own pace have no limit by curvature."""
    for name in set(OPTIMISERS) - {kind.__name__.lower() for kind in LIMITS}:
        told = forecast(linear(), LINE.initial(), 0.1, optimiser(name))
        assert (None, False) == (told.limit, told.diverges)
        assert "no limit on the rate" in str(told)


def test_curvature_downwards_gives_no_limit() -> None:
    """Where the loss curves nowhere upwards there is no limit."""
    w = var("w", real(2))
    told = forecast(Task(-OPS["sum"](w * w)), {"w": np.ones(2)}, 1.0)

    assert None is told.limit
    assert -2 == pytest.approx(told.curvature.largest)


def test_dead_and_saturated_units_are_named() -> None:
    """A relu that no sample reaches and a tanh far out are named with layer and place; healthy ones are not."""
    relus, tanhs = dense(2, 4, "relu") >> dense(4, 1), dense(2, 3, "tanh") >> dense(3, 1)
    dead = {k: np.array(v) for k, v in relus.named("n").initial(1).items()}
    far = {k: np.array(v) for k, v in tanhs.named("n").initial(1).items()}
    dead["n.0.b"][2] = -100
    far["n.0.b"][1] = 50

    assert ["layer 0: 1 relu unit dead (2)"] == summary(silent_units(relus.named("n"), dead, X))
    (found,) = silent_units(tanhs.named("n"), far, X)
    assert ("0", 1, "tanh", "saturated", 1.0) == (found.part, found.index, found.act, found.kind, found.share)
    assert "tanh 1 of layer 0 is saturated for 100 % of the samples" == str(found)
    assert [] == silent_units(tanhs.named("n"), tanhs.named("n").initial(1), X / 3)
    assert [] == silent_units(LINE, LINE.initial(), X)


def test_sweeps() -> None:
    """A sweep has a row for each rate; too small ones learn little, too large ones diverge, the best is between."""
    table = sweep(linear(), LINE.initial(1), Recipe(steps=60))
    winner = best(table)

    assert winner is not None
    assert winner.loss < table[0].loss
    assert "diverged" == table[-1].ended
    assert table[0].rate < winner.rate < table[-1].rate
    assert None is best([row for row in table if row.ended == "diverged"])
