"""Training in a session: it changes the values of parameters, and keeps what is needed to go on.

Nothing here touches a terminal or a signal. What happens is yielded as data; whoever shows it may stop asking.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symgrad.session.curves import thinned
from symgrad.session.progress import percent
from symgrad.session.results import Learned
from symgrad.session.session import Session
from symgrad.session.tasks import Goal, goal, held_out
from symgrad.syntax.scope import Meaning, Value

if TYPE_CHECKING:
    from symgrad.nn.curvature import Forecast
    from symgrad.nn.task import Progress, Recipe, TrainingState

KEPT = 400
"""Losses that are kept for a curve."""
MOST_UNTOLD = 20
"""Steps between two reports: of a long training too one wants to see how far it is."""
BEAT = 0.1
"""Seconds between two reports."""


@dataclass(frozen=True, eq=False)
class Training:
    """Where a training stands: immutable, so that `:undo` brings it back together with the parameters.

    Attributes:
        loss: what is learned, as it was written.
        by: the names that were asked for.
        recipe: how.
        state: where it stands; the parameters in it are those of the session when it ended.
        losses: what the loss was.
    """

    loss: str
    by: tuple[str, ...]
    recipe: Recipe
    state: TrainingState
    losses: tuple[float, ...] = ()

    @property
    def paused(self) -> bool:
        """Whether steps are left."""
        return self.state.step < self.recipe.steps


def begun(session: Session, loss: str, by: Sequence[str], recipe: Recipe) -> tuple[Goal, Training]:
    """A training before its first step. Raises as `goal` does."""
    from symgrad.nn.task import TrainingState

    wanted = goal(session, loss, by)
    state = TrainingState.start(wanted.parameters, recipe.optimiser)
    return wanted, Training(loss, tuple(by), recipe, state)


def resumed(session: Session, old: Training) -> tuple[Goal, Training]:
    """A training that goes on: to its end if it was paused, else as many steps again.

    Parameters are taken as they are now. The optimiser's state goes on with them.
    """
    wanted = goal(session, old.loss, old.by)
    state = replace(old.state, vector=old.state.layout.pack(wanted.parameters))
    if not old.paused:
        state = replace(state, step=0, first=None)
    return wanted, replace(old, state=state, losses=old.losses if old.paused else ())


def learning(
    session: Session, wanted: Goal, training: Training, should_stop: Callable[[], bool]
) -> Iterator[Learned | Session]:
    """Train, and report now and then; the last report, whose `ended` says why, and a new session if anything changed.

    Args:
        session: where the parameters are.
        wanted: what is learned.
        training: where it begins.
        should_stop: asked after every step.
    """
    from symgrad.nn.training import train

    recipe = training.recipe
    losses = list(training.losses)
    every = max(1, min(recipe.steps // KEPT, MOST_UNTOLD))
    told = time.perf_counter()
    best = None
    for report in train(wanted.task, replace(recipe, every=every), training.state, should_stop):
        losses.append(report.loss)
        best = report
        now = time.perf_counter()
        if not report.ended and now - told >= BEAT:
            told = now
            yield reported(training, report, losses)
    assert best is not None, "there is always a last report"
    if best.ended == "diverged":
        yield reported(training, best, losses, diverged(wanted, training, best, losses))
        return
    kept = replace(training, state=best.state, losses=tuple(thinned(losses, KEPT)))
    yield moved(session, best.state.parameters, kept)
    yield reported(training, best, losses, remarks(session, wanted, training, best))


def moved(session: Session, parameters: Mapping[str, Any], training: Training) -> Session:
    """The session with trained parameters."""
    new: dict[str, Meaning] = {}
    for name, value in parameters.items():
        before = session.scope.get(name)
        role = before.role if isinstance(before, Value) else ""
        new[name] = Value(value if value.shape else float(value), role)
    return replace(session.extended(new), training=training)


def reported(
    training: Training, report: Progress, losses: Sequence[float], said: tuple[str, ...] = ()
) -> Learned:
    """A report as a result."""
    speed = (report.step - training.state.step) / report.seconds if report.seconds > 0 else 0.0
    return Learned(
        report.step,
        report.steps,
        report.loss,
        report.accuracy,
        report.gradient_norm,
        report.rate,
        speed,
        report.seconds,
        report.seconds_left,
        tuple(thinned(losses, KEPT)),
        report.ended,
        said,
        report.way,
    )


def remarks(session: Session, wanted: Goal, training: Training, last: Progress) -> tuple[str, ...]:
    """What is worth saying at the end: how to go on, and units that have stopped learning."""
    said: list[str] = []
    if training.recipe.way not in ("", last.way):
        said.append("llvmlite is not installed here: this went on by NumPy, whose last bits differ")
    if last.ended == "stopped":
        said.append(f"paused at step {last.step} of {last.steps}; `:train` goes on, `:undo` takes it back")
    tested = held_out(session, wanted)
    if tested is not None:
        loss, right = tested(last.state.parameters)
        accuracy = "" if right is None else f", accuracy {percent(right)}"
        said.append(f"held out: loss {loss:.4g}{accuracy}")
    if last.ended == "converged":
        said.append("converged: no step leads further down")
    return (*said, *silent(wanted, last.state.parameters))


def silent(wanted: Goal, parameters: Mapping[str, Any]) -> list[str]:
    """A line for each layer with units through which next to no gradient flows."""
    from symgrad.errors import SymgradError
    from symgrad.nn.diagnose import silent_units, summary

    if wanted.model is None:
        return []
    bundle, name = wanted.model
    values = {p.name: parameters.get(p.name, wanted.task.fixed.get(p.name)) for p in bundle.model.parameters}
    x = {**wanted.task.data, **wanted.task.fixed}.get(name)
    try:
        units = silent_units(bundle.model, values, x)
    except SymgradError:  # a model that takes the samples as one matrix has no units to look at
        return []
    return summary([unit for unit in units if unit.kind != "nearly dead"])


def diverged(wanted: Goal, training: Training, last: Progress, losses: Sequence[float]) -> tuple[str, ...]:
    """Why a loss grew beyond all bounds, and what to do."""
    first = losses[0]
    trouble = "" if last.trouble is None else f": {last.trouble}"
    if last.step == training.state.step:
        return (f"the loss is no number before the first step{trouble}",)
    said = [f"stopped at step {last.step}: the loss went from {first:.3g} to {last.loss:.3g}{trouble}"]
    forecast = forecasted(wanted, training)
    kept = "the parameters are as they were before this command"
    if forecast is not None and forecast.diverges:
        said += [*because(forecast), f"{kept}; a safe rate here is {forecast.safe:.2g}"]
    else:
        said.append(f"{kept}; try a smaller rate than {training.recipe.schedule(0, 1):g}, or clip=1")
    return tuple(said)


def forecasted(wanted: Goal, training: Training) -> Forecast | None:
    """What the curvature says about the first rate, where it can be known."""
    import math

    from symgrad.nn.curvature import forecast

    recipe = training.recipe
    found = forecast(wanted.task, wanted.parameters, recipe.schedule(0, recipe.steps), recipe.optimiser)
    return found if math.isfinite(found.curvature.largest) else None


def because(forecast: Forecast) -> list[str]:
    """`rate 50 is above 2/λmax = 0.61 (largest curvature 3.3, along net.1.w): steps overshoot and grow`."""
    top = forecast.curvature
    where = f"(largest curvature {top.largest:.3g}, along {top.place})"
    limit = f"{forecast.factor:.3g}/λmax = {forecast.limit:.2g}"
    if forecast.diverges:
        return [f"rate {forecast.rate:g} is above {limit} {where}: steps overshoot and grow"]
    return [f"rate {forecast.rate:g} is below {limit} {where}"]
