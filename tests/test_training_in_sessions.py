"""`:train` and its kin: what they change, what they say, how one goes on, and how it is taken back."""

from __future__ import annotations

import re

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.session import recipes
from symgrad.session.curves import heights, in_ascii, spark, thinned
from symgrad.session.dialogue import replay, submit
from symgrad.session.learning import Training
from symgrad.session.results import Learned, Result
from symgrad.session.transcript import spoken
from symgrad.session.workspace import Workspace

NET = "data = moons(60, seed=1)\nnet = dense(2, 8, tanh, seed=1) >> dense(8, 1)\nL = hinge(net(data.x), data.y)\n"


def after(*lines: str) -> Workspace:
    """The workspace after some lines."""
    workspace = Workspace()
    for line in lines:
        workspace, _ = spoken(workspace, line)
    return workspace


def bits(workspace: Workspace) -> dict[str, bytes]:
    """All values, exactly."""
    return {n: np.asarray(v).tobytes() for n, v in workspace.session.values.items()}


def test_training_changes_parameters_and_is_one_step_back() -> None:
    """The loss falls, the classes come out right; `:undo` brings parameters and state back, `:redo` them again."""
    before = after(NET)
    trained, said = spoken(before, ":train L steps=300 optimiser=adam rate=0.05")
    undone, _ = spoken(trained, ":undo")
    redone, _ = spoken(undone, ":redo")

    assert "300/300  loss " in said
    assert "accuracy 100 %" in said
    assert bits(before) == bits(undone)
    assert undone.session.training is None
    assert bits(trained) == bits(redone) != bits(before)


def test_paused_and_gone_on_gives_the_same_bits() -> None:
    """Ctrl-C keeps what was done; `:train` goes on to the bits of a training that was never paused."""
    line = ":train L steps=40 optimiser=adam rate=0.05..0.01 batch=16 seed=3"
    whole = after(NET, line)
    asked = iter([False] * 13 + [True])
    paused, said = after(NET), ""
    for given in submit(paused, line, lambda: next(asked)):
        paused = given if isinstance(given, Workspace) else paused
        said += "".join(given.said) if isinstance(given, Learned) else ""
    going_on, _ = spoken(paused, ":train")
    again, _ = spoken(paused, line)

    assert "paused at step 13 of 40" in said
    assert bits(whole) != bits(paused)
    assert bits(whole) == bits(going_on) == bits(again)


def test_divergence_changes_nothing_and_is_explained() -> None:
    """A rate that is too large is told by the curvature, with one that is safe; and that one works."""
    before = after("param w: real = 1; L = 3*(w - 2)^2")
    end, said = spoken(before, ":train L steps=100 rate=0.5")

    assert bits(before) == bits(end)
    assert "rate 0.5 is above 2/λmax = 0.33 (largest curvature 6, along w)" in said
    safe = re.search(r"a safe rate here is (\S+)", said)
    assert safe is not None
    _, said = spoken(before, f":train L steps=100 rate={safe[1]}")
    assert "100/100" in said


def test_a_loss_that_is_no_number_is_traced() -> None:
    """The first part that is not finite is named."""
    _, said = spoken(after("param w: real = -1; L = log(w)^2"), ":train L")

    assert "the loss is no number before the first step: `log(w)` is nan" in said


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (":train", "SG515"),
        (":train x^2", "SG713"),
        (":train w^2 step=3", "SG515"),
        (":train w^2 steps=0", "SG515"),
        (":train w^2 rate=fast", "SG515"),
        (":train w^2 optimiser=adm", "SG706"),
        (":train w^2 by q", "SG110"),
        (":train w*sum(d.y) by d.y", "SG109"),
        (":train w*q", "SG103"),
        (":train [w, w]", "SG214"),
        (":train w^2 batch=3", "SG713"),
        (":train w*sum(d.y) batch=5", "SG713"),
        (":train w^2 way=fast", "SG705"),
        (":train w^2 adam", "SG515"),
        (":train w^2 numpy", "SG515"),
        (":train foo", "SG103"),
        (":train d", "SG713"),
    ],
)
def test_mistakes(line: str, code: str) -> None:
    """Each mistake is told before anything is changed."""
    workspace = after("param w: real = 1; x = 2; d = moons(4)")
    with pytest.raises(SymgradError) as caught:
        list(submit(workspace, line))

    assert code in (caught.value.code, {"SG101": "SG103"}.get(caught.value.code))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (":train w^2 adam", "write optimiser=adam"),
        (":train x^2", "`:train x^2 by x`"),
        (":train foo", "loss = mse(net(data.x), data.y)"),
        (":train net", "as in: :train mse(net(d.x), d.y)"),
        (":train w*sum(d.y) batch=5", "leave `batch` out"),
        ("param v = 3", "param w: real = 3"),
    ],
)
def test_hints_say_what_to_type(line: str, hint: str) -> None:
    """What is nearly right is answered by what would be."""
    workspace = after("param w: real = 1; x = 2; d = moons(4); net = dense(2, 1)")
    with pytest.raises(SymgradError) as caught:
        list(submit(workspace, line))

    assert hint in (caught.value.hint or "")


def test_a_way_is_taken_and_told() -> None:
    """`way=numpy` stays with NumPy, and a result tells how it was computed."""
    from symgrad import compiled

    line = ":train hinge(net(d.x), d.y) steps=30 way="
    ways = ["numpy", "compiled"] if compiled.available() else ["numpy"]
    before = after("d = moons(20); net = dense(2, 1)")
    for way in ways:
        (end,) = [r for r in submit(before, line + way) if isinstance(r, Learned) and r.ended]
        assert (way, 30) == (end.way, end.step)


def test_any_variables_can_be_trained() -> None:
    """`by` names what is changed; everything else is held fixed."""
    end = after("a = 1; b = 5", ":train (a*b - 10)^2 steps=50 rate=0.01 by a")

    assert end.session.values["a"] == pytest.approx(2)
    assert end.session.values["b"] == 5


def test_words_are_taken_apart_from_the_end() -> None:
    """Keywords of calls belong to the loss; settings may stand before or behind the names."""
    found = recipes.words("huber(f(x), y, delta=2) steps=5 by a, b rate=1..0.1")

    assert "huber(f(x), y, delta=2)" == found.loss
    assert {"steps": "5", "rate": "1..0.1"} == found.settings
    assert ("a", "b") == found.by


def test_scripts_train() -> None:
    """A script's `:train` is a line like others, and leaves a state to go on from."""
    results: list[Result] = []
    workspace = Workspace()
    for given in replay(workspace, f"{NET}:train L steps=5\nL\n"):
        if isinstance(given, Workspace):
            workspace = given
        elif isinstance(given, Result):
            results.append(given)

    assert isinstance(results[-2], Learned)
    assert isinstance(workspace.session.training, Training)
    assert 5 == workspace.session.training.state.step


def test_curves() -> None:
    """Curves fall and rise as their numbers do, in braille and in letters; what is no number does not hurt."""
    assert [4, 3, 1] == heights([3.0, 2.2, 1.0], 4)
    assert [4, 3, 2, 1] == heights([1e3, 1e2, 1e1, 1.0], 4)
    assert [4, 1, 0] == heights([float("inf"), 1.0, float("nan")], 4)
    assert [2.0, 4.0] == thinned([1.0, 2.0, 3.0, 4.0], 2)
    assert "⣷⣀" == spark([4.0, 3.0, 1.0, 1.0], 2)
    assert "#-" == in_ascii("⣷⣀").replace(".", "-")
