"""Learning rates side by side: what each leads to, where it diverges, and what the curvature says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symgrad.errors import UsageMistake
from symgrad.session.learning import because, begun, forecasted
from symgrad.session.progress import percent
from symgrad.session.recipes import SETTINGS, number, recipe, words
from symgrad.session.results import Listing, Text
from symgrad.session.session import Session

if TYPE_CHECKING:
    from symgrad.nn.diagnose import Trial

BAR = 24
SPREAD = 7
"""Rates between two ends."""


def rates_in(text: str) -> list[float]:
    """`0.01,0.1,1`, or `0.001..10`: at equal ratios.

    Raises:
        UsageMistake: SG515, these are no rates.
    """
    low, dots, high = text.partition("..")
    if not dots:
        return sorted(number("rates", part) for part in text.split(","))
    a, b = number("rates", low), number("rates", high)
    if not a < b:
        raise UsageMistake(
            "SG515", "rates go from a smaller one to a larger one", hint="as in rates=0.001..10"
        )
    found = [a * (b / a) ** (i / (SPREAD - 1)) for i in range(SPREAD)]
    return [float(f"{rate:.2g}") for rate in found]


def sweep(session: Session, text: str, should_stop: Callable[[], bool]) -> Iterator[Listing | Text]:
    """Train from here at each of several rates, and compare; nothing changes."""
    from symgrad.nn.diagnose import RATES, Trial, best
    from symgrad.nn.training import trained

    found = words(text, ("rates", *SETTINGS))
    if not found.loss:
        raise UsageMistake(
            "SG515", "sweep: of which loss?", hint="as in: :sweep loss rates=0.001..10 steps=50"
        )
    settings = {name: value for name, value in found.settings.items() if name not in ("rates", "rate")}
    rates = rates_in(found.settings["rates"]) if "rates" in found.settings else list(RATES)
    wanted, training = begun(session, found.loss, found.by, recipe(settings))
    trials = []
    for rate in rates:
        end = trained(wanted.task, replace(training.recipe, rate=rate), wanted.parameters, should_stop)
        if end.ended == "stopped":
            break
        trials.append(Trial(rate, end.loss, end.accuracy, end.step, end.ended))
    if trials:
        yield Listing(f"{training.recipe.steps} steps of {training.recipe.optimiser} each", rows(trials))
    top = best(trials)
    if top is not None:
        yield Text(f"best: rate {top.rate:g}, loss {top.loss:.4g}", {"rate": top.rate, "loss": top.loss})
    yield from curvature(session, found.loss, found.by, settings)


def rows(trials: Sequence[Trial]) -> tuple[tuple[str, ...], ...]:
    """A row for each rate; the bars are of the losses, logarithms where these differ much."""
    losses = [t.loss for t in trials if t.ended != "diverged"]
    floor = min((v for v in losses if v > 0), default=1.0)
    ceiling = max(losses, default=1.0)
    found = []
    for t in trials:
        if t.ended == "diverged":
            found.append((f"{t.rate:g}", f"diverges at step {t.steps}", "", ""))
            continue
        share = (
            math.log(max(t.loss, floor) / floor) / math.log(ceiling / floor) if ceiling > floor > 0 else 0.0
        )
        accuracy = "" if t.accuracy is None else percent(t.accuracy)
        found.append((f"{t.rate:g}", f"loss {t.loss:.4g}", accuracy, "█" * (1 + round(share * (BAR - 1)))))
    table = [("rate", "in the end", "accuracy", "the loss, short is good"), *found]
    return tuple(
        table if any(t.accuracy is not None for t in trials) else [(a, b, d) for a, b, _, d in table]
    )


def curvature(session: Session, loss: str, by: Sequence[str], settings: dict[str, str]) -> Iterator[Text]:
    """The largest curvature here, and the rates that follow."""
    wanted, training = begun(session, loss, by, recipe(settings))
    found = forecasted(wanted, training)
    if found is None or found.limit is None:
        said = f"no limit on the rate of {training.recipe.optimiser} follows"
        if found is not None:
            top = found.curvature
            said = f"the largest curvature is {top.largest:.3g} (along {top.place}); {said}"
        yield Text(said, prose=True)
        return
    top = found.curvature
    data = {"largest": top.largest, "along": top.place, "limit": found.limit, "safe": found.safe}
    if "rate" in settings:
        yield Text(because(found)[0], data, prose=True)
    said = f"the largest curvature is {top.largest:.3g} (along {top.place}): above rate {found.limit:.2g} steps grow"
    yield Text(f"{said}; {found.safe:.2g} is safe here", data, prose=True)
