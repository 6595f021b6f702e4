"""Training: a loop that yields what happens, and never touches a terminal, a file or a signal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symgrad.nn.batches import Batches, Compiled
from symgrad.nn.clock import Clock, troubled
from symgrad.nn.objective import Objective
from symgrad.nn.stepping import by_machine
from symgrad.nn.steps import clip_norm, clip_value
from symgrad.nn.targets import refuse_wrong_in
from symgrad.nn.task import Progress, Recipe, Task, TrainingState
from symgrad.nn.ways import chosen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def train(
    task: Task,
    recipe: Recipe,
    start: TrainingState | Mapping[str, Any],
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Progress]:
    """Train, and report; the last report has the final state.

    Args:
        task: what is to be learned.
        recipe: how.
        start: parameters, or the state of an earlier run of the same task and recipe, which then goes on.
        should_stop: asked after every step, or every few milliseconds; what is done by then is kept.

    Raises:
        TypeMistake: SG203, the targets mean nothing to the loss.
    """
    state = start if isinstance(start, TrainingState) else TrainingState.start(start, recipe.optimiser)
    refuse_wrong_in(task.loss, {**task.fixed, **task.data}, state.layout.names)
    batches = Batches(task, state.layout, None if recipe.optimiser.searches else recipe.batch, recipe.seed)
    batches.machine = chosen(task, recipe, state, batches)
    if batches.machine is not None and recipe.optimiser.elementwise:
        yield from by_machine(task, recipe, state, should_stop, batches)
        return
    clock = Clock(state.step, recipe.steps, batches)
    schedule = recipe.schedule
    ended = ""
    while not ended:
        objective = batches.objective(state.step) if state.step < recipe.steps else batches.whole()
        loss, g = objective.at(state.vector) if recipe.optimiser.elementwise else objective(state.vector)
        norm = float((g @ g) ** 0.5)
        ended = judged(state, recipe, loss, norm)
        if not ended and should_stop():
            ended = "stopped"
        if ended and batches.per_epoch > 1 and ended != "diverged":
            objective = batches.whole()
            loss, g = objective(state.vector)
            norm = float((g @ g) ** 0.5)
        rate = schedule(state.step, recipe.steps)
        if ended or state.step % recipe.every == 0:
            accuracy = objective.others[0].item() if task.accuracy is not None else None
            trouble = troubled(task, state) if ended == "diverged" else None
            yield clock.report(state, loss, accuracy, norm, rate, ended, trouble)
        if not ended:
            state = moved(state, recipe, objective, loss, g, rate)


def judged(state: TrainingState, recipe: Recipe, loss: float, norm: float) -> str:
    """Whether training ends here, and why."""
    if not abs(loss) + norm < math.inf:
        return "diverged"
    if state.first is not None and abs(loss) > recipe.blow_up * max(abs(state.first), 1e-3):
        return "diverged"
    if state.step >= recipe.steps:
        return "finished"
    return "converged" if state.optimiser.get("stalled") else ""


def moved(
    state: TrainingState, recipe: Recipe, objective: Objective | Compiled, loss: float, g: Array, rate: float
) -> TrainingState:
    """The state after one step."""
    if recipe.clip_value is not None:
        g = clip_value(g, recipe.clip_value)
    if recipe.clip_norm is not None:
        g = clip_norm(g, recipe.clip_norm)
    function = objective if recipe.optimiser.searches else None
    vector, optimiser = recipe.optimiser.step(state.vector, g, state.optimiser, rate, function)
    first = loss if state.first is None else state.first
    return TrainingState(state.layout, vector, optimiser, state.step + 1, first)


def trained(
    task: Task, recipe: Recipe, start: TrainingState | Mapping[str, Any], should_stop: Any = lambda: False
) -> Progress:
    """The last report of a whole training."""
    last: Progress | None = None
    for report in train(task, replace(recipe, every=max(recipe.steps, 1)), start, should_stop):
        last = report
    assert last is not None, "there is always a last report"
    return last
