"""L-BFGS: steps by the curvature that the last gradients show, with SciPy's line search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from symgrad.nn.steps import Optimiser, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symgrad.nn.steps import Function

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class LBFGS(Optimiser):
    """Steps by the curvature that the last gradients show, with SciPy's Wolfe line search (Nocedal 1980)."""

    rate: ClassVar[float] = 1.0
    searches: ClassVar[bool] = True
    memory: int = 10

    def _start(self, _size: int) -> State:
        import numpy as np

        empty = np.zeros((0, _size))
        return {"steps": empty, "changes": empty, "stalled": 0}

    def _search(self, theta: Any, g: Any, state: State, rate: float, function: Function) -> tuple[Any, State]:
        import numpy as np

        function = remembered(function)
        steps, changes = state["steps"], state["changes"]
        direction = -two_loops(g, steps, changes)
        length = line_search(function, theta, g, direction) if g @ direction < 0 else None
        if length is None:  # forget what is known and go straight down
            steps, changes = steps[:0], changes[:0]
            direction = -g
            length = line_search(function, theta, g, direction)
        if length is None:
            return theta, {"steps": steps, "changes": changes, "stalled": 1}
        step = rate * length * direction
        moved = theta + step
        change = function(moved)[1] - g
        if step @ change > 1e-12 * np.sqrt((step @ step) * (change @ change)):
            steps = np.vstack([steps, step])[-self.memory :]
            changes = np.vstack([changes, change])[-self.memory :]
        return moved, {"steps": steps, "changes": changes, "stalled": 0}


def remembered(function: Function) -> Function:
    """The function with its last result kept: a line search asks for value and gradient one after the other."""
    last: list[Any] = []

    def value(theta: Array) -> tuple[float, Array]:
        if not last or (last[0] != theta).any():
            last[:] = [theta.copy(), function(theta)]
        found: tuple[float, Array] = last[1]
        return found

    return value


def two_loops(g: Array, steps: Array, changes: Array) -> Array:
    """The inverse Hessian that steps and changes of the gradient suggest, times `g` (Nocedal 1980)."""
    if not len(steps):
        size = float((g @ g) ** 0.5)
        return g / max(size, 1.0)
    q = g.copy()
    weights = 1 / (steps * changes).sum(axis=1)
    shares = []
    for s, y, w in zip(steps[::-1], changes[::-1], weights[::-1], strict=True):
        shares.append(w * (s @ q))
        q -= shares[-1] * y
    q *= (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1])
    for s, y, w, a in zip(steps, changes, weights, reversed(shares), strict=True):
        q += (a - w * (y @ q)) * s
    return q


def line_search(function: Function, theta: Array, g: Array, direction: Array) -> float | None:
    """How far to go along a direction: by Wolfe's conditions, else halving until it is downhill, else None."""
    import warnings

    from scipy.optimize import line_search as wolfe

    here = function(theta)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = wolfe(
            lambda x: function(x)[0], lambda x: function(x)[1], theta, direction, g, here, maxiter=20
        )[0]
    if found is not None:
        return float(found)
    length = 1.0
    for _ in range(50):
        if function(theta + length * direction)[0] < here:
            return length
        length /= 2
    return None
