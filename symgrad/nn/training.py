"""Training: a loop that yields what happens, and never touches a terminal, a file or a signal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symgrad.engine.gradient import gradient
from symgrad.errors import NameMistake, TypeMistake, UsageMistake
from symgrad.graph import Node, Type, var, variables
from symgrad.nn.batch import resized
from symgrad.nn.init import generator
from symgrad.nn.objective import Layout, Objective
from symgrad.nn.steps import clip_norm, clip_value
from symgrad.nn.targets import refuse_wrong_in
from symgrad.nn.task import Progress, Recipe, Task, TrainingState
from symgrad.nn.trouble import Trouble, first_trouble

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Batches:
    """The losses of a task over batches of each size that occurs, prepared when they are first needed."""

    def __init__(self, task: Task, layout: Layout, size: int | None, seed: int) -> None:
        """Prepare for batches of a size (None: all samples at once)."""
        n = task.samples
        if size is not None and (n == 0 or size < 1):
            raise UsageMistake(
                "SG713", "there are no samples to take batches of" if n == 0 else "a batch is empty"
            )
        if len({len(values) for values in task.data.values()}) > 1:
            raise UsageMistake("SG713", "the data have different numbers of samples")
        self.task, self.layout, self.seed = task, layout, seed
        self.size = n if size is None else min(size, n)
        self.per_epoch = max(1, -(-n // self.size)) if n else 1
        self._made: dict[int, Objective] = {}
        self._order: tuple[int, Any] = (-1, None)

    def objective(self, step: int) -> Objective:
        """The loss of a step, with its batch in place."""
        import numpy as np

        epoch, k = divmod(step, self.per_epoch)
        if self.per_epoch == 1:
            return self._prepared(self.size)
        if self._order[0] != epoch:
            self._order = (epoch, generator("shuffle", self.seed, epoch).permutation(self.task.samples))
        rows = self._order[1][k * self.size : (k + 1) * self.size]
        made = self._prepared(len(rows))
        for name, buffer in made.inputs.items():
            np.take(self.task.data[name], rows, axis=0, out=buffer, mode="clip")
        return made

    def whole(self) -> Objective:
        """The loss of all samples."""
        return self._prepared(self.task.samples)

    def _over(self, roots: list[Node], size: int) -> list[Node]:
        """The loss over a batch."""
        used = [v for v in variables(*roots) if v.name in self.task.data]
        try:
            return resized(roots, {v: shorter(v, size) for v in used})
        except TypeMistake as error:
            raise UsageMistake(
                "SG713",
                f"the loss cannot be taken over batches: {error.message}",
                hint="write samples and targets as variables of the data, and means instead of sums over a number",
            ) from None

    def _prepared(self, size: int) -> Objective:
        found = self._made.get(size)
        if found is None:
            task, n = self.task, self.task.samples
            roots = [task.loss, *([] if task.accuracy is None else [task.accuracy])]
            fixed = dict(task.fixed)
            if size == n:
                fixed |= task.data
            else:
                roots = resized(
                    roots, {v: shorter(v, size) for v in variables(*roots) if v.name in task.data}
                )
            found = self._made[size] = Objective(roots[0], self.layout, fixed, roots[1:])
            lacking = set(found.inputs) - set(task.data)
            if lacking:
                raise NameMistake("SG103", f"these variables have no value: {', '.join(sorted(lacking))}")
        return found


def shorter(v: Node, size: int) -> Node:
    """A variable of samples as one of `size` samples."""
    return var(v.name, Type(v.type.kind, (size, *v.type.shape[1:])))


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
        should_stop: asked after every step; what is done by then is kept.

    Raises:
        TypeMistake: SG203, the targets mean nothing to the loss.
    """
    state = start if isinstance(start, TrainingState) else TrainingState.start(start, recipe.optimiser)
    refuse_wrong_in(task.loss, {**task.fixed, **task.data}, state.layout.names)
    batches = Batches(task, state.layout, None if recipe.optimiser.searches else recipe.batch, recipe.seed)
    clock = Clock(state.step, recipe.steps, batches)
    schedule = recipe.schedule
    ended = ""
    while not ended:
        objective = batches.objective(state.step) if state.step < recipe.steps else batches.whole()
        loss, g = objective(state.vector)
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


def troubled(task: Task, state: TrainingState) -> Trouble | None:
    """Where a loss over all samples, or its gradient, stops being finite."""
    roots = [task.loss, *gradient(task.loss, state.layout.nodes)]
    return first_trouble(roots, {**task.data, **task.fixed, **state.parameters})


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
    state: TrainingState, recipe: Recipe, objective: Objective, loss: float, g: Array, rate: float
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


class Clock:
    """What the time tells about a run."""

    def __init__(self, begun: int, steps: int, batches: Batches) -> None:
        """Start measuring at a step."""
        self.begun, self.steps, self.batches = begun, steps, batches
        self.start = time.perf_counter()

    def report(
        self,
        state: TrainingState,
        loss: float,
        accuracy: float | None,
        norm: float,
        rate: float,
        ended: str,
        trouble: Trouble | None,
    ) -> Progress:
        """What there is to say about a step."""
        seconds = time.perf_counter() - self.start
        done = state.step - self.begun
        speed = done / seconds if seconds > 0 else 0.0
        left = (self.steps - state.step) / speed if speed > 0 and not ended else 0.0
        epoch = state.step / self.batches.per_epoch
        size = max(self.batches.size, 1)
        return Progress(
            state.step,
            self.steps,
            epoch,
            loss,
            accuracy,
            norm,
            rate,
            seconds,
            speed * size,
            left,
            state,
            ended,
            trouble,
        )


def trained(
    task: Task, recipe: Recipe, start: TrainingState | Mapping[str, Any], should_stop: Any = lambda: False
) -> Progress:
    """The last report of a whole training."""
    last: Progress | None = None
    for report in train(task, replace(recipe, every=max(recipe.steps, 1)), start, should_stop):
        last = report
    assert last is not None, "there is always a last report"
    return last
