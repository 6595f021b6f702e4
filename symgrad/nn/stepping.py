"""Training by machine code: many steps at a call, up to the next report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from symgrad.nn.batches import Batches
from symgrad.nn.clock import Clock, troubled
from symgrad.nn.task import Progress, Recipe, Task, TrainingState

MOST_WORK, MOST_STEPS = 5e7, 2000
"""Products of a call, about, and steps: some ten milliseconds, after which it is asked whether to stop."""


def by_machine(
    task: Task, recipe: Recipe, state: TrainingState, should_stop: Callable[[], bool], batches: Batches
) -> Iterator[Progress]:
    """Train, and report as `train` does; `should_stop` is asked between calls.

    A step has the same bits whichever steps are done in the same call.
    """
    machine, clock, schedule = batches.machine, Clock(state.step, recipe.steps, batches), recipe.schedule
    assert machine is not None
    work = 3 * max(batches.size, 1) * max(state.layout.size, 1)
    most = min(max(1, int(MOST_WORK / work)), MOST_STEPS)

    def report(loss: float, norm: float, rows: Any, ended: str = "") -> Progress:
        accuracy = batches.accuracy(state.vector, rows)
        trouble = troubled(task, state) if ended == "diverged" else None
        return clock.report(state, loss, accuracy, norm, schedule(state.step, recipe.steps), ended, trouble)

    while True:
        ended = "finished" if state.step >= recipe.steps else "stopped" if should_stop() else ""
        if ended:
            rows = batches.every_row
            loss, norm = machine.measure(state.vector, rows)
            high = math.inf if state.first is None else bound(recipe, state.first)
            good = abs(loss) + norm < math.inf and abs(loss) <= high
            yield report(loss, norm, rows, ended if good else "diverged")
            return
        begun = state.step
        count = min(recipe.every - begun % recipe.every, recipe.steps - begun, most)
        if state.first is None:
            count, limit = 1, math.inf
        else:
            limit = bound(recipe, state.first)
        rows = [batches.rows(step) for step in range(begun, begun + count)]
        rates = [schedule(step, recipe.steps) for step in range(begun, begun + count)]
        done = machine.steps(state.vector, state.optimiser, rates, None if rows[0] is None else rows, limit)
        if begun % recipe.every == 0 and done.steps:
            yield report(float(done.losses[0]), float(done.norms[0]), rows[0])
        first = float(done.losses[0]) if state.first is None else state.first
        state = TrainingState(
            state.layout,
            done.vector,
            done.optimiser,
            begun + done.steps,
            first if done.steps else state.first,
        )
        if done.steps < count:
            at = done.steps
            yield report(float(done.losses[at]), float(done.norms[at]), rows[at], "diverged")
            return


def bound(recipe: Recipe, first: float) -> float:
    """The loss beyond which a training diverges."""
    return recipe.blow_up * max(abs(first), 1e-3)
