"""The samples of each step of a training, and the loss over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.engine.plan import Plan
from symgrad.errors import NameMistake, TypeMistake, UsageMistake
from symgrad.graph import Node, Type, var, variables
from symgrad.nn.batch import resized
from symgrad.nn.init import generator
from symgrad.nn.objective import Layout, Objective
from symgrad.nn.task import Task

if TYPE_CHECKING:
    from symgrad.nn.compiled import Machine


class Batches:
    """The losses of a task over batches of each size that occurs, prepared when they are first needed.

    Attributes:
        size: samples of a batch.
        per_epoch: batches in which all samples occur once.
        machine: the loss as machine code, if that is used.
    """

    def __init__(self, task: Task, layout: Layout, size: int | None, seed: int) -> None:
        """Prepare for batches of a size (None: all samples at once)."""
        n = task.samples
        if size is not None and (n == 0 or size < 1):
            raise UsageMistake(
                "SG713", "there are no samples to take batches of" if n == 0 else "a batch is empty"
            )
        if size is not None and size > n:
            raise UsageMistake(
                "SG713",
                f"a batch of {size} is more than the {n} samples that there are",
                hint="leave `batch` out: then every step takes all samples",
            )
        if len({len(values) for values in task.data.values()}) > 1:
            raise UsageMistake("SG713", "the data have different numbers of samples")
        self.task, self.layout, self.seed = task, layout, seed
        self.size = size or n
        self.per_epoch = max(1, -(-n // self.size)) if n else 1
        self.machine: Machine | None = None
        self._made: dict[int, Objective] = {}
        self._judges: dict[int, Plan] = {}
        self._order: tuple[int, Any] = (-1, None)

    def rows(self, step: int) -> Any:
        """The samples of a step; None: all."""
        if self.per_epoch == 1:
            return None
        epoch, k = divmod(step, self.per_epoch)
        if self._order[0] != epoch:
            self._order = (epoch, generator("shuffle", self.seed, epoch).permutation(self.task.samples))
        return self._order[1][k * self.size : (k + 1) * self.size]

    def objective(self, step: int) -> Objective | Compiled:
        """The loss of a step, with its batch in place."""
        import numpy as np

        rows = self.rows(step)
        if self.machine is not None:
            return Compiled(self, rows)
        if rows is None:
            return self._prepared(self.size)
        made = self._prepared(len(rows))
        for name, buffer in made.inputs.items():
            np.take(self.task.data[name], rows, axis=0, out=buffer, mode="clip")
        return made

    def whole(self) -> Objective | Compiled:
        """The loss of all samples."""
        return self._prepared(self.task.samples) if self.machine is None else Compiled(self, self.every_row)

    @property
    def every_row(self) -> Any:
        """All samples as rows of a step."""
        import numpy as np

        return None if self.per_epoch == 1 else np.arange(self.task.samples)

    def accuracy(self, theta: Any, rows: Any) -> float | None:
        """What part of some samples is right at a vector of parameters; None if that was not asked for."""
        task = self.task
        if task.accuracy is None:
            return None
        size = task.samples if rows is None else len(rows)
        plan = self._judges.get(size)
        if plan is None:
            roots = [task.accuracy] if size == task.samples else self._over([task.accuracy], size)
            plan = self._judges[size] = Plan(roots, task.fixed)
        data = task.data if rows is None else {name: values[rows] for name, values in task.data.items()}
        return float(plan({**data, **self.layout.views(theta)})[0])

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
                roots = self._over(roots, size)
            found = self._made[size] = Objective(roots[0], self.layout, fixed, roots[1:])
            lacking = set(found.inputs) - set(task.data)
            if lacking:
                raise NameMistake("SG103", f"these variables have no value: {', '.join(sorted(lacking))}")
        return found


class Compiled:
    """The loss over some samples by machine code, called as an `Objective` is."""

    def __init__(self, batches: Batches, rows: Any) -> None:
        self._batches, self._rows, self._theta = batches, rows, None

    def __call__(self, theta: Any) -> tuple[float, Any]:
        """Value and gradient at a vector of parameters."""
        return self.at(theta)

    def at(self, theta: Any) -> tuple[float, Any]:
        """The same."""
        assert self._batches.machine is not None
        self._theta = theta
        return self._batches.machine.value(theta, self._rows)

    @property
    def others(self) -> list[Any]:
        """The accuracy at the last call."""
        import numpy as np

        return [np.array(self._batches.accuracy(self._theta, self._rows))]


def shorter(v: Node, size: int) -> Node:
    """A variable of samples as one of `size` samples."""
    return var(v.name, Type(v.type.kind, (size, *v.type.shape[1:])))
