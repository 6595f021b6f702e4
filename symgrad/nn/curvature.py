"""The largest curvature of a loss, by exact Hessian-vector products, and what it says about learning rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from symgrad.engine.gradient import gradient, hvp
from symgrad.engine.plan import Plan
from symgrad.graph import Node, real, var
from symgrad.nn.init import generator
from symgrad.nn.objective import Layout
from symgrad.nn.steps import Descent, Momentum, Nesterov, Optimiser

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symgrad.nn.task import Task

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curvature:
    """The greatest eigenvalue of the Hessian at a point.

    Attributes:
        largest: the eigenvalue.
        error: there is an eigenvalue within this distance of it.
        place: the parameter along which its direction mostly points.
        loss: the loss at the point.
        offset: how far the point is, along the direction, from where the loss would be least along it.
        products: how many Hessian-vector products it took.
    """

    largest: float
    error: float
    place: str
    loss: float
    offset: float
    products: int


def curvature(task: Task, parameters: Mapping[str, Any], most: int = 60, seed: int = 0) -> Curvature:
    """The largest curvature of a task's loss over all samples, by Lanczos' method.

    Args:
        task: what is learned.
        parameters: where.
        most: how many Hessian-vector products it may take.
        seed: decides the direction it begins with.
    """
    import numpy as np

    layout = Layout.of(parameters)
    theta = layout.pack(parameters)
    product, loss, g = _prepared(task.loss, layout, {**task.data, **task.fixed}, theta)
    first = generator("curvature", seed).normal(size=layout.size)
    value, vector, error, count = lanczos(product, first, min(most, layout.size))
    slope = float(g @ vector)
    parts = {name: float((part * part).sum()) for name, part in layout.views(vector).items()}
    place = max(parts, key=lambda name: parts[name])
    offset = abs(slope) / value if value > 0 else math.inf if slope else 0.0
    return Curvature(value, error, place, loss, float(np.float64(offset)), count)


def _prepared(
    loss: Node, layout: Layout, fixed: Mapping[str, Any], theta: Array
) -> tuple[Callable[[Array], Array], float, Array]:
    """The Hessian at a point as a function of a direction, and loss and gradient there."""
    import numpy as np

    wrt = layout.nodes
    along = tuple(
        var(f" {name}", real(*shape)) for name, shape in zip(layout.names, layout.shapes, strict=True)
    )
    here = {**fixed, **layout.views(theta)}
    direction = np.zeros(layout.size)
    buffers = {f" {name}": view for name, view in layout.views(direction).items()}
    plan = Plan(hvp(loss, wrt, along), here, buffers)
    value, *slopes = Plan([loss, *gradient(loss, wrt)], here)({})

    def product(v: Array) -> Array:
        direction[...] = v
        plan.run()
        return np.concatenate([part.reshape(-1) for part in plan.outputs])

    return product, float(value), np.concatenate([part.reshape(-1) for part in slopes])


def lanczos(product: Callable[[Array], Array], first: Array, most: int) -> tuple[float, Array, float, int]:
    """The largest eigenvalue of a symmetric matrix that is known by its products, its vector, and a bound of its error.

    Every new direction is made orthogonal to all earlier ones, twice, so that rounding brings none of them back.
    """
    import numpy as np

    basis = [first / np.sqrt(first @ first)]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        w = product(basis[-1])
        diagonal.append(float(w @ basis[-1]))
        known = np.array(basis)
        for _ in range(2):
            w = w - known.T @ (known @ w)
        rest = float(np.sqrt(w @ w))
        small = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
        values, vectors = np.linalg.eigh(small)
        error = rest * abs(vectors[-1, -1])
        scale = max(abs(values[0]), abs(values[-1]))
        if len(basis) >= most or error <= 1e-9 * scale or rest <= 1e-14 * scale:
            return float(values[-1]), known.T @ vectors[:, -1], float(error), len(basis)
        beside.append(rest)
        basis.append(w / rest)


LIMITS: dict[type[Optimiser], Callable[[float], float]] = {
    Descent: lambda _b: 2.0,
    Momentum: lambda b: 2 * (1 + b),
    Nesterov: lambda b: 2 * (1 + b) / (1 + 2 * b),
}
"""Rate times curvature beyond which steps grow, by momentum."""


def growth(optimiser: Optimiser, product: float) -> float:
    """By what a displacement along a direction of curvature is multiplied in each step, in the end.

    Args:
        optimiser: descent, with or without momentum.
        product: rate times curvature.
    """
    import numpy as np

    b = getattr(optimiser, "beta", 0.0)
    left = 1 - product
    shapes = {
        Descent: [1.0, -left],
        Momentum: [1.0, -(left + b), b],
        Nesterov: [1.0, -(1 + b) * left, b * left],
    }
    return float(np.abs(np.roots(shapes[cast("type[Any]", type(optimiser))])).max())


@dataclass(frozen=True, eq=False)
class Forecast:
    """What the curvature says about a learning rate.

    Attributes:
        rate: the learning rate.
        limit: the greatest rate at which steps along the largest curvature do not grow; None where none is known.
        growth: by what displacements along it are multiplied in each step.
        steps: after how many steps the loss would be a thousandfold, if the curvature stayed as it is.
        safe: a rate with room to spare.
        curvature: the largest curvature.
        factor: the limit times the curvature.
    """

    rate: float
    limit: float | None
    growth: float
    steps: int | None
    safe: float | None
    curvature: Curvature
    factor: float = 2.0

    @property
    def diverges(self) -> bool:
        """Whether the rate is above the limit."""
        return self.limit is not None and self.rate > self.limit

    def __str__(self) -> str:
        top = self.curvature
        if self.limit is None:
            return f"the largest curvature is {top.largest:.3g} (along {top.place}); no limit on the rate follows"
        sign, what = (
            (">", "diverges while the loss curves like this")
            if self.diverges
            else ("<=", "the curvature does not make it diverge")
        )
        said = f"rate {self.rate:g} {sign} {self.factor:.3g}/lambda_max = {self.limit:.3g}: {what}"
        if self.diverges:
            said += f"; along {top.place} steps overshoot and grow {self.growth:.3g}-fold each"
            if self.steps is not None:
                said += f", the loss a thousandfold in {self.steps} step{'s' * (self.steps != 1)}"
            said += f"; a safe rate is {self.safe:.2g}"
        return said


def forecast(
    task: Task, parameters: Mapping[str, Any], rate: float, optimiser: Optimiser | None = None
) -> Forecast:
    """What the largest curvature says about a learning rate.

    It is exact for a loss that is quadratic. Elsewhere it holds near these parameters: up to about three times the
    limit nets are often thrown to where the loss curves less, and go on from there.
    """
    own = Descent() if optimiser is None else optimiser
    top = curvature(task, parameters)
    limits = LIMITS.get(type(own))
    if limits is None or top.largest <= 0:
        return Forecast(rate, None, 1.0, None, None, top)
    factor = limits(getattr(own, "beta", 0.0))
    limit = factor / top.largest
    grown = growth(own, rate * top.largest)
    steps = None
    if rate > limit and grown > 1 and top.offset > 0:
        share = top.largest * top.offset**2 / 2  # what the displacement adds to the loss now
        wanted = 1000 * max(abs(top.loss), 1e-300)
        steps = max(0, math.ceil(math.log(wanted / share) / (2 * math.log(grown))))
    return Forecast(rate, limit, grown, steps, limit / 2, top, factor)
