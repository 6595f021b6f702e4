"""A loss as a function of one vector of parameters: value and gradient at once, prepared for NumPy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symgrad.engine.gradient import gradient
from symgrad.engine.plan import Plan
from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import Node, real, var, variables
from symgrad.nn.model import as_node
from symgrad.ops.tensor import reshaped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Where each parameter lies in one vector of all of them.

    Attributes:
        names: the parameters, in order.
        shapes: their shapes.
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Layout:
        """The layout of these values."""
        import numpy as np

        return cls(tuple(parameters), tuple(np.shape(value) for value in parameters.values()))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(math.prod(shape) for shape in self.shapes)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The parameters as variables of graphs."""
        return tuple(var(name, real(*shape)) for name, shape in zip(self.names, self.shapes, strict=True))

    def pack(self, parameters: Mapping[str, Any]) -> Array:
        """Values of the parameters as one vector."""
        import numpy as np

        flat = [np.asarray(parameters[name], dtype=float).reshape(-1) for name in self.names]
        return np.concatenate(flat) if flat else np.zeros(0)

    def views(self, vector: Array) -> dict[str, Array]:
        """The parts of a vector under their names and in their shapes, without copying."""
        found, start = {}, 0
        for name, shape in zip(self.names, self.shapes, strict=True):
            stop = start + math.prod(shape)
            found[name] = vector[start:stop].reshape(shape)
            start = stop
        return found

    def unpack(self, vector: Array) -> dict[str, Array]:
        """The parameters that a vector holds, read-only."""
        kept = vector.copy()
        kept.setflags(write=False)
        return self.views(kept)

    def place(self, i: int) -> str:
        """The element at place `i` of the vector, as it is written: net.0.w[3, 1]."""
        from symgrad.graph.scalarise import element_name

        for name, shape in zip(self.names, self.shapes, strict=True):
            size = math.prod(shape)
            if i < size:
                key = []
                for n in reversed(shape):
                    key.append(i % n)
                    i //= n
                return element_name(name, tuple(reversed(key)))
            i -= size
        raise IndexError(i)


class Objective:
    """A scalar expression of parameters, prepared: calling it gives value and gradient at a vector.

    Attributes:
        layout: where the parameters lie in the vector.
        inputs: the buffers of variables that are neither parameters nor fixed; they are to be filled before a call.
        others: what further expressions were at the last call (overwritten by the next).
    """

    __slots__ = ("_g", "_loss", "_moved", "_plan", "_theta", "inputs", "layout", "others")

    def __init__(
        self,
        loss: Any,
        layout: Layout,
        fixed: Mapping[str, Any] | None = None,
        others: Sequence[Node] = (),
    ) -> None:
        """Prepare a loss.

        Raises:
            TypeMistake: SG214, it is no single number.
            UsageMistake: SG713, it depends on none of the parameters.
        """
        import numpy as np

        root = as_node(loss)
        wrt = layout.nodes
        if root.type.shape:
            raise TypeMistake("SG214", f"only a single number can be minimised, and this is {root.type}")
        if not set(wrt) & set(variables(root)):
            names = ", ".join(layout.names) or "none are given"
            raise UsageMistake("SG713", f"the loss depends on no parameter (the parameters: {names})")
        self.layout = layout
        self._theta, self._g = np.zeros(layout.size), np.zeros(layout.size)
        slopes, parts = gradient(root, wrt), list(layout.views(self._g).values())
        self._plan = Plan([root, *others, *slopes], fixed, layout.views(self._theta), _origins(slopes, parts))
        self.inputs = {k: v for k, v in self._plan.inputs.items() if k not in layout.names}
        self._loss = self._plan.outputs[0]
        self.others = self._plan.outputs[1 : 1 + len(others)]
        found = zip(parts, self._plan.outputs[-len(wrt) :], strict=True)
        self._moved = [(part, g) for part, g in found if not np.may_share_memory(part, g)]

    def at(self, theta: Array) -> tuple[float, Array]:
        """Value and gradient at a vector of parameters; the gradient is overwritten by the next call."""
        self._theta[...] = theta
        self._plan.run()
        for part, g in self._moved:
            part[...] = g
        return self._loss.item(), self._g

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Value and gradient at a vector of parameters."""
        loss, g = self.at(theta)
        return loss, g.copy()


def _origins(slopes: Sequence[Node], parts: Sequence[Array]) -> dict[Node, Array]:
    """What partials are other shapes of, with their parts of the gradient: they are computed there."""
    found: dict[Node, Array] = {}
    for slope, part in zip(slopes, parts, strict=True):
        while slope.args and slope.op.result is reshaped:
            (slope,) = slope.args  # noqa: PLW2901  # down to what is computed
        if slope.args:
            found.setdefault(slope, part.reshape(slope.type.shape))
    return found
