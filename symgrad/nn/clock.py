"""Reports of a training: what the time tells beside what happened."""

from __future__ import annotations

import time

from symgrad.engine.gradient import gradient
from symgrad.nn.batches import Batches
from symgrad.nn.task import COMPILED, NUMPY, Progress, Task, TrainingState
from symgrad.nn.trouble import Trouble, first_trouble


class Clock:
    """What the time tells about a run."""

    def __init__(self, begun: int, steps: int, batches: Batches) -> None:
        """Start measuring at a step."""
        self.begun, self.steps, self.batches = begun, steps, batches
        self.way = NUMPY if batches.machine is None else COMPILED
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
            self.way,
        )


def troubled(task: Task, state: TrainingState) -> Trouble | None:
    """Where a loss over all samples, or its gradient, stops being finite."""
    roots = [task.loss, *gradient(task.loss, state.layout.nodes)]
    return first_trouble(roots, {**task.data, **task.fixed, **state.parameters})
