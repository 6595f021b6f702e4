"""A model and a data set, fitted: the loss, the measure and the optimiser that usually do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from symgrad.engine.plan import Plan
from symgrad.errors import TypeMistake, UsageMistake, did_you_mean
from symgrad.graph import Node, real, var
from symgrad.nn import losses
from symgrad.nn.data.dataset import Data, Standard
from symgrad.nn.model import Model
from symgrad.nn.optimise import optimiser
from symgrad.nn.schedules import Schedule
from symgrad.nn.steps import Adam, Optimiser
from symgrad.nn.task import Progress, Recipe, Task, TrainingState
from symgrad.nn.training import train
from symgrad.nn.ways import checked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

X, Y = "x", "y"
"""What inputs and targets are called in the expressions that are made here."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Attributes:
        model: what was fitted.
        parameters: the values that were found.
        standard: how inputs are measured.
        loss: the name of the loss.
        last: the last report of the training.
        classes: the names of the classes.
    """

    model: Model
    parameters: dict[str, Array]
    standard: Standard
    loss: str
    last: Progress
    classes: tuple[str, ...] = ()

    def scores(self, x: Any) -> Array:
        """What the model gives for inputs in their own measure."""
        import numpy as np

        inputs = (np.asarray(x, dtype=float) - self.standard.mean) / self.standard.scale
        return self.model.value(self.parameters, inputs)

    def accuracy(self, data: Data) -> float:
        """The part of a data set that is classified right."""
        return measured(losses.ACCURACIES[self.loss], self.model, self.parameters, self.standard(data))

    def __repr__(self) -> str:
        accuracy = "" if self.last.accuracy is None else f", accuracy {100 * self.last.accuracy:.4g} %"
        return f"{self.model!r}, fitted in {self.last.step} steps: {self.loss} {self.last.loss:.4g}{accuracy}"

    def _repr_html_(self) -> str:
        from symgrad.nn.shown import fit_html

        return fit_html(self)


def fitting_loss(model: Model, data: Data) -> str:
    """The loss that suits a data set: of numbers, of two classes, of several."""
    if not data.classes:
        return "mse"
    return "hinge" if len(data.classes) == 2 and model.output.type.size == 1 else "cross_entropy"


def task(model: Model, data: Data, loss: str = "", penalty: float = 0.0) -> Task:
    """Learning a data set as a task: the mean loss, and `penalty` times the sum of the squares of all parameters.

    Raises:
        UsageMistake: SG706, there is no such loss; TypeMistake: SG203, the model does not fit the data.
    """
    name = loss or fitting_loss(model, data)
    if name not in losses.LOSSES:
        near = did_you_mean(name, losses.LOSSES)
        hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(losses.LOSSES)}"
        raise UsageMistake("SG706", f"there is no loss called `{name}`", hint=hint)
    wanted = len(data.classes) if name in ("margin", "cross_entropy") else 1
    if model.output.type.size != wanted or [v.type.shape for v in model.inputs] != [(len(data.columns),)]:
        raise TypeMistake(
            "SG203",
            f"{data.name} asks for real[{len(data.columns)}] -> real[{wanted}], and the model is {model.signature}",
        )
    x, y = var(X, real(*data.x.shape)), var(Y, real(len(data)))
    given = model(x)
    root = losses.LOSSES[name](given, y)
    if penalty:
        root = root + penalty * losses.l2(model)
    judge = losses.ACCURACIES.get(name)
    targets = targets_of(name, data)
    return Task(root, {X: data.x, Y: targets}, {}, judge(given, y) if judge else None)


def targets_of(loss: str, data: Data) -> Array:
    """The targets in the numbers that a loss wants: two classes are -1 and 1, or 0 and 1."""
    return (
        data.labels if loss not in ("binary_cross_entropy", "cross_entropy", "margin") else data.probabilities
    )


def measured(judge: Callable[..., Node], model: Model, parameters: dict[str, Array], data: Data) -> float:
    """An accuracy of a model on a data set."""
    x, y = var(X, real(*data.x.shape)), var(Y, real(len(data)))
    name = next(k for k, v in losses.ACCURACIES.items() if v is judge)
    values = {X: data.x, Y: targets_of(name, data), **parameters}
    return float(Plan([judge(model(x), y)])(values)[0])


def fitting(
    model: Model, data: Data, loss: str = "", penalty: float = 0.0, seed: int = 0, **recipe: Any
) -> Iterator[Progress]:
    """Fit a model to standardised data, and report; see `fit`."""
    ready, _ = data.standardised()
    chosen = _recipe({"optimiser": Adam(), "seed": seed, "steps": 500, **recipe})
    if chosen.rate is None:
        chosen = replace(chosen, rate=Schedule("cosine", 3 * chosen.optimiser.rate))
    yield from train(
        task(model, ready, loss, penalty), chosen, TrainingState.start(model.initial(seed), chosen.optimiser)
    )


def _recipe(settings: dict[str, Any]) -> Recipe:
    """A recipe of settings; the optimiser may be given by name.

    Raises:
        UsageMistake: SG706, there is no such setting or optimiser; SG705, one has no meaning.
    """
    known = [f.name for f in fields(Recipe)]
    for key in settings:
        if key not in known:
            near = did_you_mean(key, known)
            hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(known)}"
            raise UsageMistake("SG706", f"a recipe has no setting `{key}`", hint=hint)
    chosen = settings["optimiser"]
    if isinstance(chosen, str):
        settings = {**settings, "optimiser": optimiser(chosen)}
    elif not isinstance(chosen, Optimiser):
        raise UsageMistake("SG706", f"{chosen!r} is no optimiser", hint="as in `optimiser='adam'`")
    for key in ("steps", "batch", "every"):
        value = settings.get(key)
        if (value is not None or key == "steps") and (type(value) is not int or value < 1):
            raise UsageMistake("SG705", f"`{key}` is a positive whole number, not {value}")
    rate = settings.get("rate")
    if isinstance(rate, int | float) and not 0 < rate < math.inf:
        raise UsageMistake("SG705", f"a rate is a positive number, not {rate:g}")
    checked(settings.get("way", ""))
    return Recipe(**settings)


def fit(model: Model, data: Data, loss: str = "", penalty: float = 0.0, seed: int = 0, **recipe: Any) -> Fit:
    """Fit a model to data: `fit(mlp(2, [16, 16], 1), moons())`.

    Args:
        model: a model with as many inputs as the data has columns.
        data: what is to be learned; its inputs are standardised.
        loss: a name in `losses.LOSSES`; default by the data.
        penalty: times the sum of the squares of all parameters.
        seed: decides the initial values and the order of batches.
        recipe: anything of `Recipe`; default 500 steps of Adam, from three times its rate along half a wave.
    """
    last: Progress | None = None
    for report in fitting(model, data, loss, penalty, seed, **{"every": 10**9, **recipe}):
        last = report
    assert last is not None, "there is always a last report"
    name = loss or fitting_loss(model, data)
    return Fit(model, last.state.parameters, Standard.of(data), name, last, data.classes)
