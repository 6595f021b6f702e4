"""Optimisers: pure functions from parameters, gradients and a state to new parameters and a new state.

They work on one vector of all parameters, and on mappings of names to arrays. A state is arrays and whole numbers, so
that it can be saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from symgrad.nn.objective import Layout
from symgrad.ops import OPS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Function = Callable[[Array], tuple[float, Array]]

State = Mapping[str, Any]
"""Name -> array or whole number."""

Parameters = TypeVar("Parameters", bound=Any)


@dataclass(frozen=True)
class Optimiser:
    """How parameters move: `init` gives the first state, `step` one step.

    Attributes:
        rate: the learning rate that suits most problems.
        searches: whether a step asks for the function at other points, and needs all data for it.
        elementwise: whether its step is a formula for each parameter by itself, which may be given variables too.
    """

    rate: ClassVar[float] = 0.1
    searches: ClassVar[bool] = False
    elementwise: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Its name in the language."""
        return type(self).__name__.lower()

    def __str__(self) -> str:
        settings = [
            f"{f.name}={getattr(self, f.name):g}" for f in fields(self) if getattr(self, f.name) != f.default
        ]
        return f"{self.name}({', '.join(settings)})" if settings else self.name

    def init(self, params: Any) -> State:
        """The state before the first step."""
        return self._start(Layout.of(params).size if isinstance(params, Mapping) else params.size)

    def step(
        self, params: Parameters, grads: Any, state: State, rate: float, function: Function | None = None
    ) -> tuple[Parameters, State]:
        """New parameters and the new state; nothing that is given is changed.

        Args:
            params: a vector, or name -> array.
            grads: the gradient there, alike.
            state: what `init` or the last step gave.
            rate: the learning rate of this step.
            function: vector -> value and gradient, for an optimiser that searches.
        """
        if not isinstance(params, Mapping):
            if function is None:
                return self._move(params, grads, state, rate)
            return self._search(params, grads, state, rate, function)
        layout = Layout.of(params)
        moved, state = self.step(layout.pack(params), layout.pack(grads), state, rate, function)
        return layout.unpack(moved), state  # type: ignore[return-value]  # a mapping comes back for a mapping

    def _start(self, _size: int) -> State:
        """The first state for a vector of this size."""
        return {}

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        """One step of a vector."""
        raise NotImplementedError

    def _search(
        self, theta: Any, g: Any, state: State, rate: float, _function: Function
    ) -> tuple[Any, State]:
        """One step of a vector that may ask for the function elsewhere."""
        return self._move(theta, g, state, rate)

    def settings(self) -> dict[str, Any]:
        """Its name and settings as plain data; `optimiser(**settings)` gives it back."""
        return {"name": self.name, **asdict(self)}


def _zeros(size: int) -> Array:
    import numpy as np

    return np.zeros(size)


def _root(x: Any) -> Any:
    return OPS["sqrt"](x)


@dataclass(frozen=True)
class Descent(Optimiser):
    """theta - rate*g: straight down."""

    elementwise: ClassVar[bool] = True

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        return theta - rate * g, state


@dataclass(frozen=True)
class Momentum(Optimiser):
    """The gradients of the past go on pushing: v = beta*v + g (Polyak 1964)."""

    elementwise: ClassVar[bool] = True
    beta: float = 0.9

    def _start(self, _size: int) -> State:
        return {"velocity": _zeros(_size)}

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        v = self.beta * state["velocity"] + g
        return theta - rate * v, {"velocity": v}


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that looks one push ahead (Nesterov 1983, in the form of Sutskever et al. 2013)."""

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        v = self.beta * state["velocity"] + g
        return theta - rate * (g + self.beta * v), {"velocity": v}


@dataclass(frozen=True)
class RMSprop(Optimiser):
    """Each parameter at its own pace: g over the root of its mean square (Hinton 2012)."""

    elementwise: ClassVar[bool] = True
    rate: ClassVar[float] = 0.01
    decay: float = 0.99
    eps: float = 1e-8

    def _start(self, _size: int) -> State:
        return {"square": _zeros(_size)}

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        square = self.decay * state["square"] + (1 - self.decay) * (g * g)
        return theta - rate * g / (_root(square) + self.eps), {"square": square}


@dataclass(frozen=True)
class Adam(Optimiser):
    """Momentum and own pace, both corrected for their start at zero (Kingma and Ba 2015)."""

    elementwise: ClassVar[bool] = True
    rate: ClassVar[float] = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def _start(self, _size: int) -> State:
        return {"mean": _zeros(_size), "square": _zeros(_size), "count": 0}

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        mean = self.beta1 * state["mean"] + (1 - self.beta1) * g
        square = self.beta2 * state["square"] + (1 - self.beta2) * (g * g)
        count = state["count"] + 1
        pace = _root(square / (1 - self.beta2**count)) + self.eps
        moved = theta - (rate / (1 - self.beta1**count)) * mean / pace
        return moved, {"mean": mean, "square": square, "count": count}


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weight decay beside the gradient instead of within it (Loshchilov and Hutter 2019)."""

    decay: float = 0.01

    def _move(self, theta: Any, g: Any, state: State, rate: float) -> tuple[Any, State]:
        return super()._move(theta * (1 - rate * self.decay), g, state, rate)


def clip_norm(g: Array, limit: float) -> Array:
    """A gradient no longer than `limit`, in its direction."""
    size = float((g @ g) ** 0.5)
    return g * (limit / size) if size > limit else g


def clip_value(g: Array, limit: float) -> Array:
    """A gradient with every element in +-`limit`."""
    return g.clip(-limit, limit)
