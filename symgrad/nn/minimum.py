"""The minimum of any expression of any parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symgrad.nn.lbfgs import LBFGS
from symgrad.nn.model import as_node
from symgrad.nn.schedules import Schedule
from symgrad.nn.steps import Optimiser
from symgrad.nn.task import Recipe, Task, TrainingState
from symgrad.nn.training import train

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Minimum:
    """What a search found.

    Attributes:
        parameters: name -> value, a number or a read-only array.
        value: the expression there.
        gradient_norm: the length of the gradient there.
        steps: how many steps it took.
        ended: "converged" (the gradient is as small as asked, or no step leads down any more), "finished" (all steps
            are done), or "diverged".
    """

    parameters: Mapping[str, Any]
    value: float
    gradient_norm: float
    steps: int
    ended: str


BY_CURVATURE = LBFGS()


def minimise(
    expression: Any,
    start: Mapping[str, Any],
    *,
    fixed: Mapping[str, Any] | None = None,
    optimiser: Optimiser = BY_CURVATURE,
    rate: float | Schedule | None = None,
    steps: int = 1000,
    tolerance: float = 1e-8,
) -> Minimum:
    """Move the parameters named in `start` until the expression is smallest; all other variables are in `fixed`.

    Args:
        expression: an Expression or node, a single number.
        start: parameter -> first value.
        fixed: values of the other variables.
        optimiser: how parameters move.
        rate: the learning rate; default the optimiser's.
        steps: the most steps.
        tolerance: the length of the gradient (relative to 1 + |value|) at which it is small enough.
    """
    task = Task(as_node(expression), {}, dict(fixed or {}))
    recipe = Recipe(steps=steps, rate=rate, optimiser=optimiser)
    state = TrainingState.start(start, optimiser)
    for report in train(task, recipe, state):
        small = report.gradient_norm <= tolerance * (1 + abs(report.loss))
        if small or report.ended:
            break
    found = {k: v.item() if not v.shape else v for k, v in report.state.parameters.items()}
    ended = "converged" if small else report.ended
    return Minimum(found, report.loss, report.gradient_norm, report.step, ended)
