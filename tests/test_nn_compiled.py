"""Trainings by machine code: the losses, gradients and steps of NumPy, for every loss, optimiser and batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symgrad import compiled
from symgrad.errors import SymgradError
from symgrad.graph import Node, const, real, var
from symgrad.nn import checkpoint, losses
from symgrad.nn.batches import Batches
from symgrad.nn.data import circles, moons, spirals, xor
from symgrad.nn.layers import dense, mlp
from symgrad.nn.objective import Layout, Objective
from symgrad.nn.optimise import OPTIMISERS, optimiser
from symgrad.nn.schedules import schedule
from symgrad.nn.separable import Inseparable, separated
from symgrad.nn.task import Recipe, Task, TrainingState, task_of
from symgrad.nn.training import train, trained
from symgrad.nn.ways import worthwhile
from symgrad.ops import OPS

needs_llvm = pytest.mark.skipif(not compiled.available(), reason="llvmlite is not installed")
pytestmark = needs_llvm

RANDOM = np.random.default_rng(4)
N = 21
X = RANDOM.normal(size=(N, 3))


def targets(loss: str) -> Any:
    """Targets that a loss takes."""
    if loss in ("cross_entropy", "margin"):
        return RANDOM.integers(0, 4, size=N).astype(float)
    signs = np.where(RANDOM.normal(size=N) > 0, 1.0, -1.0)
    return (signs + 1) / 2 if loss == "binary_cross_entropy" else signs


def compared(
    loss: Node,
    parameters: dict[str, Any],
    data: dict[str, Any],
    fixed: dict[str, Any] | None = None,
    rows: Any = None,
) -> None:
    """Value and gradient are those of NumPy."""
    from symgrad.nn.compiled import Machine

    layout = Layout.of(parameters)
    theta = layout.pack(parameters)
    value, g = Objective(loss, layout, {**data, **(fixed or {})})(theta)
    machine = Machine(loss, layout, data, fixed or {})
    again, slopes = machine.value(theta, rows)

    assert np.isclose(value, again, rtol=1e-12, atol=1e-14)
    assert np.allclose(g, slopes, rtol=1e-11, atol=1e-13 * max(1.0, np.abs(g).max()))


def net_of(outputs: int, activation: str = "tanh") -> Any:
    """A net of three inputs whose layers are no multiples of anything."""
    return mlp(3, [7, 5], outputs, activation).named("net")


@pytest.mark.parametrize("name", losses.LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus"])
def test_losses_and_gradients_are_those_of_numpy(name: str, activation: str) -> None:
    """Every loss of a net with a penalty, over samples that do not fill their last block."""
    net = net_of(4 if name in ("cross_entropy", "margin") else 1, activation)
    x, y = var("x", real(N, 3)), var("y", real(N))
    loss = losses.LOSSES[name](net(x), y) / 2 + 1e-2 * losses.l2(net) - losses.l1(net) / 1000

    compared(loss, net.initial(1), {"x": X, "y": targets(name)})
    compared(loss, net.initial(1), {"x": X, "y": targets(name)}, rows=np.arange(N)[::-1])


def _made(name: str, *args: Any, **attrs: Any) -> Node:
    made: Node = OPS[name](*args, **attrs)
    return made


x, y, w, m, s = var("x", real(N, 3)), var("y", real(N)), var("w", real(3)), var("m", real(3, 3)), var("s")
T = RANDOM.normal(size=N)
SHAPES: dict[str, Callable[[], Node]] = {
    "a dot product": lambda: _made("mean", (y - x @ w) ** 2),
    "a sum and a mean": lambda: _made("sum", (y - x @ w) ** 2) / N + s * _made("mean", _made("tanh", x @ m)),
    "a product of vectors": lambda: (y - x @ w) @ (y - x @ w),
    "a transpose": lambda: _made("mean", _made("transpose", m) @ _made("transpose", x)),
    "softmax": lambda: _made("mean", _made("softmax", x @ m) * x),
    "log_softmax": lambda: -_made("mean", _made("log_softmax", x @ m) * x) + s,
    "a norm": lambda: _made("mean", _made("norm", x @ m, axis=1)) + s**2,
    "slices": lambda: _made(
        "mean", _made("index", x @ m, key=((0, N, 1), (0, 2, 1))) * _made("index", w, key=((1, 3, 1),))
    ),
    "an element": lambda: (
        _made("mean", _made("index", x @ m, key=((0, N, 1), 1)) * y) + _made("index", w, key=(2,)) * s
    ),
    "stacking": lambda: _made("mean", x @ _made("stack", w, w * s, _made("exp", w))),
    "joining": lambda: (
        _made("sum", _made("concat", w, const([1.0, 2.0]), _made("stack", s, s)) ** 2) + _made("mean", x @ m)
    ),
    "the largest element": lambda: _made("mean", _made("amax", x @ m, axis=1)) + _made("amax", w),
    "what is computed once": lambda: _made("mean", (x @ _made("exp", m @ m)) ** 2) + _made("sum", m @ w),
    "no samples": lambda: (s - 3) ** 2 + _made("sum", (w - 1) ** 2) + _made("sum", m * m),
    "a fixed number": lambda: _made("mean", (y - x @ w) ** 2) * var("k") + s,
    "conditions": lambda: (
        _made("mean", _made("where", x @ w > y, (x @ w) ** 2, -y * s)) + 0 * _made("sum", m)
    ),
    "a slope of one": lambda: _made("sum", w) + s + _made("mean", x @ w),
    "gamma and erf": lambda: (
        _made("mean", _made("erf", x @ w) * _made("lgamma", 1.5 + _made("sigmoid", y))) + s
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_arrays_of_many_kinds(name: str) -> None:
    """Ops of arrays, with and without samples, give what NumPy gives."""
    parameters = {"w": RANDOM.normal(size=3), "m": RANDOM.normal(size=(3, 3)), "s": np.array(0.7)}

    compared(SHAPES[name](), parameters, {"x": X, "y": T}, {"k": 1.5})


@pytest.mark.parametrize("n", [1, 7, 8, 9, 16, 33])
def test_samples_that_only_fill_a_block_count_for_nothing(n: int) -> None:
    """Any number of samples, and any rows of them, also where the formula is not finite at 0."""
    a, b = var("a", real(n)), var("w")
    loss = _made("mean", _made("log", a) * b / a)
    values = 1 + RANDOM.uniform(size=n)
    compared(loss, {"w": 1.5}, {"a": values})
    from symgrad.nn.compiled import Machine

    machine = Machine(loss, Layout.of({"w": 1.5}), {"a": values}, {})
    rows = np.array([n - 1, 0])
    expected = (np.log(values[rows]) / values[rows]).mean()

    assert np.isclose(expected * 1.5, machine.value(np.array([1.5]), rows)[0], rtol=1e-13)
    assert np.isclose(expected, machine.value(np.array([1.5]), rows)[1][0], rtol=1e-13)


@pytest.mark.parametrize(
    "make",
    [
        lambda: _made("amax", x @ w),
        lambda: _made("exp", _made("mean", x @ w)),
        lambda: _made("mean", x @ w) * _made("mean", y),
        lambda: _made("sum", (x @ w - _made("mean", x @ w)) ** 2),
        lambda: _made("mean", _made("index", x @ w, key=((0, 5, 1),))),
        lambda: _made("sum", _made("transpose", x) @ x @ w),
        lambda: _made("mean", _made("softmax", x @ w)),
        lambda: _made("mean", x @ w - const(list(range(N)))),
        lambda: _made("mean", _made("reshape", x, shape=(3, N)) @ var("v", real(N))),
    ],
)
def test_what_is_no_sum_over_samples_is_left_to_numpy(make: Callable[[], Node]) -> None:
    """A loss in which samples meet is refused, and never taken apart wrongly."""
    with pytest.raises(Inseparable):
        separated(make(), {"x", "y"})


def problem(loss: str = "hinge", n: int = 45) -> Task:
    """A small net to train."""
    net = mlp(2, [8], 1).named("net")
    data = moons(n)
    a, b = var("x", real(n, 2)), var("y", real(n))
    root = losses.LOSSES[loss](net(a), b) + 1e-3 * losses.l2(net)
    return task_of(root, losses.same_sign(net(a), b), x=data.x, y=data.labels)


START = mlp(2, [8], 1).named("net").initial(1)


@pytest.mark.parametrize("batch", [None, 16])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_trainings_are_those_of_numpy(name: str, batch: int | None) -> None:
    """Report after report of each optimiser, with batches whose last is smaller."""
    recipe = Recipe(
        25, schedule("cosine", 0.02), optimiser(name), batch=batch, every=5, seed=2, way="compiled"
    )
    ours = list(train(problem(), recipe, START))
    theirs = list(train(problem(), replace(recipe, way="numpy"), START))

    assert {"compiled"} == {r.way for r in ours}
    assert {"numpy"} == {r.way for r in theirs}
    for a, b in zip(ours, theirs, strict=True):
        assert (a.step, a.ended, a.epoch, a.rate, a.accuracy) == (
            b.step,
            b.ended,
            b.epoch,
            b.rate,
            b.accuracy,
        )
        assert np.allclose(
            [a.loss, a.gradient_norm], [b.loss, b.gradient_norm], rtol=1e-7 if name == "lbfgs" else 1e-10
        )
        assert np.allclose(
            a.state.vector, b.state.vector, rtol=1e-6 if name == "lbfgs" else 1e-10, atol=1e-10
        )
        assert a.state.optimiser.keys() == b.state.optimiser.keys()
        for key, value in a.state.optimiser.items():
            assert np.allclose(value, b.state.optimiser[key], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(
    "clip", [{"clip_norm": 0.1}, {"clip_value": 0.02}, {"clip_norm": 0.1, "clip_value": 0.05}]
)
def test_clipping(clip: dict[str, float]) -> None:
    """Long gradients are cut as NumPy cuts them; the report has the length before."""
    recipe = Recipe(12, 0.5, optimiser("momentum"), way="compiled", **clip)  # type: ignore[arg-type]  # numbers
    for a, b in zip(
        train(problem(), recipe, START), train(problem(), replace(recipe, way="numpy"), START), strict=True
    ):
        assert np.isclose(a.gradient_norm, b.gradient_norm, rtol=1e-10)
        assert np.allclose(a.state.vector, b.state.vector, rtol=1e-10)


@pytest.mark.parametrize("name", ["descent", "adam", "lbfgs"])
@pytest.mark.parametrize("batch", [None, 16])
def test_going_on_gives_the_same_bits(name: str, batch: int | None, tmp_path: Path) -> None:
    """However a training is cut into calls, stopped, or saved and loaded, its bits are the same."""
    recipe = Recipe(17, 0.02, optimiser(name), batch=batch, every=1, way="compiled")
    whole = list(train(problem(), recipe, START))
    end = whole[-1].state.vector.tobytes()

    assert end == trained(problem(), recipe, START).state.vector.tobytes()
    for k in (1, 6, 16):
        file = tmp_path / f"{k}.safetensors"
        state = whole[k].state
        checkpoint.save(file, state.parameters, None, state, recipe, problem())
        again = checkpoint.resume(file, problem())
        found = checkpoint.load(file).recipe
        assert found == recipe
        assert end == trained(problem(), replace(recipe, every=4), again).state.vector.tobytes()


def test_stopping() -> None:
    """What was done when one asks to stop is kept, and the last report says so."""
    asked = iter([False, False, True])
    reports = list(train(problem(), Recipe(60, 0.1, every=10, way="compiled"), START, lambda: next(asked)))
    last = reports[-1]

    assert "stopped" == last.ended
    assert trained(problem(), Recipe(last.step, 0.1, way="compiled"), START).state.vector.tobytes() == (
        last.state.vector.tobytes()
    )


@pytest.mark.parametrize("way", ["compiled", "numpy"])
def test_divergence_is_told_the_same_way(way: str) -> None:
    """A rate that is too large ends both ways at the same step, with the parameters before it."""
    end = trained(problem("mse"), Recipe(100, 30.0, way=way), START)
    other = trained(problem("mse"), Recipe(100, 30.0, way="numpy"), START)

    assert ("diverged", other.step) == (end.ended, end.step)
    assert np.allclose(other.loss, end.loss, rtol=1e-6)


def test_a_loss_that_is_no_number_is_traced() -> None:
    """The first node that is nan is named, as by NumPy."""
    v = var("v", real(N))
    task = Task(_made("mean", _made("log", s) * v), {"v": np.abs(T)})
    rate = 50.0
    ends = [trained(task, Recipe(50, rate, way=way), {"s": np.array(0.5)}) for way in ("compiled", "numpy")]

    assert ["diverged", "diverged"] == [end.ended for end in ends]
    assert "`log(s)` is nan" == str(ends[0].trouble) == str(ends[1].trouble)
    assert ends[0].step == ends[1].step


@pytest.mark.parametrize(
    "data", [moons(80), circles(80), xor(40), spirals(80, noise=0.0)], ids=lambda d: str(d.name)
)
def test_nets_learn(data: Any) -> None:
    """The usual problems end near where NumPy's training ends."""
    from symgrad.nn.fitting import fit

    net = mlp(2, [12, 12], 1)
    found = fit(net, data, steps=400, way="compiled")

    assert "compiled" == found.last.way
    assert found.accuracy(data) >= (0.8 if data.name == "spirals" else 0.95)


def test_the_choice_follows_from_sizes() -> None:
    """Short trainings and wide nets stay with NumPy, long ones of small nets are compiled; no clock is asked."""

    def choice(task: Task, steps: int) -> bool:
        return worthwhile(
            task, Recipe(steps), Batches(task, LAYOUT if task is small else wide_layout, None, 0)
        )

    small = problem()
    net = dense(2, 300).named("a") >> dense(300, 300).named("b") >> dense(300, 1).named("c")
    a, b = var("x", real(45, 2)), var("y", real(45))
    wide = task_of(losses.mse(net(a), b), x=small.data["x"], y=small.data["y"])
    wide_layout = Layout.of(net.initial(1))

    assert [False, True] == [choice(small, 20), choice(small, 20_000)]
    assert [False, False] == [choice(wide, 20), choice(wide, 20_000)]
    assert "numpy" == trained(small, Recipe(20), START).way
    assert "compiled" == trained(small, Recipe(6000), START).way


LAYOUT = Layout.of(START)


def test_without_llvmlite_all_goes_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled elsewhere goes on; asking for machine code at the beginning is refused with a hint."""
    recipe = Recipe(20, 0.1, way="compiled")
    middle = list(train(problem(), recipe, START))[8].state
    monkeypatch.setattr(compiled, "available", lambda: False)
    end = trained(problem(), recipe, middle)

    assert ("finished", "numpy") == (end.ended, end.way)
    with pytest.raises(SymgradError, match="llvmlite") as caught:
        trained(problem(), recipe, START)
    assert "SG714" == caught.value.code
    assert "numpy" == trained(problem(), Recipe(20_000, 1e9), START).way


@pytest.mark.parametrize(
    ("code", "recipe", "loss"),
    [
        ("SG705", Recipe(way="fast"), None),
        ("SG715", Recipe(way="compiled"), _made("amax", x @ w)),
        ("SG715", Recipe(way="compiled"), _made("mean", x @ _made("inv", m) @ w)),
        ("SG103", Recipe(way="compiled"), _made("mean", x @ w * var("lacking"))),
        ("SG713", Recipe(way="compiled"), _made("mean", x)),
        ("SG713", Recipe(way="compiled"), _made("mean", var("x", real(N, 4)) @ var("w", real(4)))),
        ("SG213", Recipe(way="compiled"), _made("mean", var("x", real(N + 1, 3)) @ w)),
    ],
)
def test_mistakes(code: str, recipe: Recipe, loss: Node | None) -> None:
    """What cannot be compiled is said where it was asked for, and goes by NumPy where it was not."""
    task = problem() if loss is None else Task(loss, {"x": X, "y": T})
    start = START if loss is None else {"w": np.ones(3), "m": np.eye(3)}
    with pytest.raises(SymgradError) as caught:
        trained(task, recipe, start)

    assert code == caught.value.code
    if code == "SG715":
        assert "numpy" == trained(task, Recipe(2), start).way


def test_an_optimiser_of_ones_own_is_not_compiled_unasked() -> None:
    """An optimiser that does not say that it is a formula for each parameter moves by NumPy, the loss compiled."""
    from symgrad.nn.steps import Optimiser

    class Signs(Optimiser):
        def _move(self, theta: Any, g: Any, state: Any, rate: float) -> Any:
            return theta - rate * np.sign(g), state

    recipe = Recipe(9, 0.01, Signs(), way="compiled")
    one, other = (trained(problem(), replace(recipe, way=way), START) for way in ("compiled", "numpy"))

    assert ("compiled", "numpy") == (one.way, other.way)
    assert np.allclose(one.state.vector, other.state.vector, rtol=1e-12)
    assert TrainingState.start(START, Signs()).optimiser == {}
