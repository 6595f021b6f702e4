"""What a model says about each point of the plane, with the samples that it learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symgrad.nn.model import Model
    from symgrad.session.tasks import Goal

RAMP = (25, 31, 67, 110, 153, 223, 216, 209, 173, 166)
"""Colours from one class to the other, of 256."""
POINTS = (18, 88)
CLASSES = (67, 173, 71, 133, 179, 73, 167, 243)
SAMPLES = (18, 88, 22, 53, 94, 23, 52, 232)
LETTERS, MARKS = ".:*-~^,;", "oxv#+&%@"
MARGIN = 0.1


@dataclass(frozen=True, eq=False)
class Plane:
    """A model of two inputs, and samples.

    Attributes:
        model: what is drawn.
        parameters: its values.
        x: samples.
        y: their targets, or None.
        low: the left lower corner.
        high: the right upper corner.
    """

    model: Model
    parameters: Mapping[str, Any]
    x: Any
    y: Any
    low: Any
    high: Any

    @property
    def ratio(self) -> float:
        """How much wider than high it is."""
        width, height = (self.high - self.low).tolist()
        return float(min(3.0, max(1 / 3, width / height))) if height > 0 else 1.0

    def scores(self, across: int, down: int) -> Any:
        """What the model gives on a grid of points, the upper ones first: [down, across, outputs]."""
        import numpy as np

        xs = np.linspace(self.low[0], self.high[0], across)
        ys = np.linspace(self.high[1], self.low[1], down)
        points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        return np.asarray(self.model.value(self.parameters, points)).reshape(down, across, -1)

    def colours(self, across: int, down: int) -> Any:
        """A colour of 256 for each point; samples stand out."""
        import numpy as np

        scores = self.scores(across, down)
        if scores.shape[-1] == 1:
            share = np.nan_to_num((np.tanh(scores[..., 0]) + 1) / 2)
            found = np.array(RAMP)[np.minimum((share * len(RAMP)).astype(int), len(RAMP) - 1)]
        else:
            found = np.array(CLASSES)[scores.argmax(axis=-1) % len(CLASSES)]
        rows, columns, kinds = self.samples(across, down)
        two = scores.shape[-1] == 1
        found[rows, columns] = np.array(POINTS if two else SAMPLES)[kinds % (2 if two else len(SAMPLES))]
        return found

    def letters(self, across: int, down: int) -> list[str]:
        """The same in letters: `.` and `:` for the two sides, `o` and `x` for the samples."""
        import numpy as np

        scores = self.scores(across, down)
        sides = scores[..., 0] > 0 if scores.shape[-1] == 1 else scores.argmax(axis=-1)
        found = np.array(list(LETTERS))[sides.astype(int) % len(LETTERS)]
        rows, columns, kinds = self.samples(across, down)
        found[rows, columns] = np.array(list(MARKS))[kinds % len(MARKS)]
        return ["".join(line) for line in found]

    def samples(self, across: int, down: int) -> tuple[Any, Any, Any]:
        """Row, column and class of each sample."""
        import numpy as np

        share = (self.x - self.low) / (self.high - self.low)
        columns = np.rint(share[:, 0] * (across - 1)).astype(int)
        rows = np.rint((1 - share[:, 1]) * (down - 1)).astype(int)
        y = np.zeros(len(self.x)) if self.y is None else self.y
        kinds = (y > 0).astype(int) if y.min() < 0 else y.astype(int)
        return rows, columns, kinds


def plane(wanted: Goal, parameters: Mapping[str, Any]) -> Plane | None:
    """The plane of a loss; None where its model does not take two inputs."""
    import numpy as np

    if wanted.model is None:
        return None
    bundle, name = wanted.model
    everything = {**wanted.task.data, **wanted.task.fixed}
    x = everything.get(name)
    if x is None or [v.type.shape for v in bundle.model.inputs] != [(2,)] or np.shape(x)[1:] != (2,):
        return None
    values = {p.name: parameters.get(p.name, everything.get(p.name)) for p in bundle.model.parameters}
    y = everything.get(name.removesuffix(".x") + ".y")
    size = np.maximum(x.max(axis=0) - x.min(axis=0), 1e-9)
    return Plane(bundle.model, values, x, y, x.min(axis=0) - MARGIN * size, x.max(axis=0) + MARGIN * size)
