"""What keeps a net from learning: units that are dead or saturated, and learning rates side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symgrad.engine.gradient import gradient
from symgrad.engine.plan import Plan
from symgrad.graph import Node, real, var
from symgrad.nn.model import Model
from symgrad.nn.task import Recipe, Task
from symgrad.nn.training import trained
from symgrad.ops import OPS

FLAT = 0.01
"""A slope smaller than this part of the steepest lets next to no gradient through."""

MOSTLY = 0.95
"""A unit that is flat for at least this part of the samples is saturated."""


@dataclass(frozen=True)
class Silent:
    """A unit through which no gradient flows.

    Attributes:
        part: the layer.
        index: the unit's place in it.
        act: its activation.
        kind: "dead", "nearly dead" (its slope is 0 for all or most samples), "saturated" (next to 0 for most).
        share: for which part of the samples.
    """

    part: str
    index: int
    act: str
    kind: str
    share: float

    def __str__(self) -> str:
        where = f"{self.act} {self.index} of layer {self.part} is {self.kind}"
        if self.kind == "dead":
            return f"{where}: no sample gets through, nor any gradient"
        return f"{where} for {100 * self.share:.0f} % of the samples"


def silent_units(model: Model, parameters: Mapping[str, Any], x: Any) -> list[Silent]:
    """The dead and saturated units of a model on these samples.

    Every layer that ends in an activation of single numbers is looked at: the slope of the activation decides,
    whichever it is.
    """
    import numpy as np

    samples = np.asarray(x, dtype=float)
    given = var("x", real(*samples.shape))
    layers = {
        name: node for name, node in model.trace(given).items() if len(node.args) == 1 and node.op.pointwise
    }
    if not layers:
        return []
    values = Plan([node.args[0] for node in layers.values()])({**parameters, given.name: samples})
    found = []
    for (name, node), z in zip(layers.items(), values, strict=True):
        slopes = np.abs(_slopes(node, z)).reshape(len(samples), -1)
        steepest = float(np.abs(_slopes(node, np.linspace(-3, 3, 61))).max())
        for i, column in enumerate(slopes.T):
            off, flat = float((column == 0).mean()), float((column < FLAT * steepest).mean())
            if off == 1:
                found.append(Silent(name, i, node.op.name, "dead", off))
            elif flat >= MOSTLY:
                kind = "nearly dead" if off >= MOSTLY else "saturated"
                found.append(Silent(name, i, node.op.name, kind, flat))
    return found


def _slopes(node: Node, z: Any) -> Any:
    """The slopes of an activation at some numbers."""
    v = var("z", real(*z.shape))
    return Plan(gradient(OPS["sum"](node.op(v)), [v]))({"z": z})[0]


def summary(units: Sequence[Silent]) -> list[str]:
    """A line for each layer: how many of its units are silent, and which."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for unit in units:
        groups.setdefault((unit.part, unit.kind, unit.act), []).append(unit.index)
    return [
        f"layer {part}: {len(places)} {act} unit{'s' * (len(places) != 1)} {kind} ({', '.join(map(str, places))})"
        for (part, kind, act), places in groups.items()
    ]


@dataclass(frozen=True)
class Trial:
    """How training went at one learning rate: a row of the table of a sweep."""

    rate: float
    loss: float
    accuracy: float | None
    steps: int
    ended: str


RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def sweep(
    task: Task, parameters: Mapping[str, Any], recipe: Recipe, rates: Sequence[float] = RATES
) -> list[Trial]:
    """Train from the same parameters at each of several learning rates."""
    table = []
    for rate in rates:
        end = trained(task, replace(recipe, rate=rate), parameters)
        table.append(Trial(rate, end.loss, end.accuracy, end.step, end.ended))
    return table


def best(table: Sequence[Trial]) -> Trial | None:
    """The trial with the smallest loss, among those that did not diverge."""
    whole = [trial for trial in table if trial.ended != "diverged"]
    return min(whole, key=lambda trial: trial.loss, default=None)
