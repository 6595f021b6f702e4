"""What training is told and what it tells, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symgrad.graph import Node
from symgrad.nn.model import as_node
from symgrad.nn.objective import Layout
from symgrad.nn.schedules import Schedule, as_schedule
from symgrad.nn.steps import Descent, Optimiser, State
from symgrad.nn.trouble import Trouble

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


COMPILED, NUMPY = "compiled", "numpy"
"""The ways to train: with the same results within rounding, but not the same bits."""


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be learned.

    Attributes:
        loss: a scalar expression of parameters and data.
        data: variable name -> all samples, along the first axis; batches are taken from these.
        fixed: values of further variables.
        accuracy: an expression that is reported beside the loss.
    """

    loss: Node
    data: Mapping[str, Array] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    accuracy: Node | None = None

    @property
    def samples(self) -> int:
        """How many samples there are; 0 without data."""
        return next((len(values) for values in self.data.values()), 0)


@dataclass(frozen=True)
class Recipe:
    """How it is learned.

    Attributes:
        steps: how many steps in all.
        rate: the learning rate, or its schedule; default the optimiser's.
        optimiser: how parameters move.
        batch: samples in a step; None: all.
        seed: decides the order of the samples in each epoch.
        clip_norm: the greatest length of a gradient.
        clip_value: the greatest element of a gradient.
        every: steps from one report to the next.
        blow_up: a loss this many times the first one is taken for divergence.
        way: "compiled", "numpy", or "": by the size of the loss and the number of steps.
    """

    steps: int = 100
    rate: float | Schedule | None = None
    optimiser: Optimiser = Descent()  # noqa: RUF009  # frozen
    batch: int | None = None
    seed: int = 0
    clip_norm: float | None = None
    clip_value: float | None = None
    every: int = 1
    blow_up: float = 1e6
    way: str = ""

    @property
    def schedule(self) -> Schedule:
        """The learning rate of each step."""
        return as_schedule(self.optimiser.rate if self.rate is None else self.rate)


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Where training stands: all that is needed to go on, bit for bit.

    There is no state of random numbers: the order of an epoch follows from the seed and the epoch's number alone.

    Attributes:
        layout: where each parameter lies in the vector.
        vector: the parameters.
        optimiser: the optimiser's state.
        step: how many steps are done.
        first: the first loss, against which divergence is judged; None before the first step.
    """

    layout: Layout
    vector: Array
    optimiser: State
    step: int = 0
    first: float | None = None

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters as read-only arrays."""
        return self.layout.unpack(self.vector)

    @classmethod
    def start(cls, parameters: Mapping[str, Any], optimiser: Optimiser) -> TrainingState:
        """The state before the first step."""
        layout = Layout.of(parameters)
        vector = layout.pack(parameters)
        return cls(layout, vector, optimiser.init(vector))


@dataclass(frozen=True, eq=False)
class Progress:
    """What happened in a step.

    Attributes:
        step: steps done when it was reported; its loss is that of the parameters before its step, and the last
            report's, which makes no step, that of the final ones.
        steps: how many there will be.
        epoch: how many times all samples have been seen.
        loss: of the batch.
        accuracy: of the batch; None if none was asked for.
        gradient_norm: the length of the gradient, before clipping.
        rate: the learning rate.
        seconds: since the start of this run.
        rate_of_examples: samples per second (steps per second without data).
        seconds_left: estimated.
        state: where training stands.
        ended: "" while it goes on; else "finished", "stopped", "converged" or "diverged".
        trouble: where a loss that is no number came from.
        way: how it was computed, "compiled" or "numpy".
    """

    step: int
    steps: int
    epoch: float
    loss: float
    accuracy: float | None
    gradient_norm: float
    rate: float
    seconds: float
    rate_of_examples: float
    seconds_left: float
    state: TrainingState
    ended: str = ""
    trouble: Trouble | None = None
    way: str = "numpy"


def task_of(loss: Any, accuracy: Any = None, **data: Any) -> Task:
    """A task from expressions (or nodes) and the values of its data variables."""
    import numpy as np

    arrays = {name: np.asarray(values, dtype=float) for name, values in data.items()}
    return Task(as_node(loss), arrays, {}, None if accuracy is None else as_node(accuracy))
