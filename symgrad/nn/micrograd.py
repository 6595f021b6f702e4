"""micrograd's neurons, layers and nets, of Values: the same classes, the same draws from `random`, the same texts."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from symgrad.engine.value import Value
from symgrad.nn.neurons import fire


class Module:
    """Something with parameters."""

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to 0."""
        for p in self.parameters():
            p.grad = 0

    def parameters(self) -> list[Value]:
        """The Values that training moves."""
        return []


class Neuron(Module):
    """relu(w @ x + b), or without the relu.

    Attributes:
        w: the weights, drawn from [-1, 1].
        b: the bias, 0.
        nonlin: whether the relu follows.
    """

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]  # noqa: S311  # not for secrets
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Iterable[Any]) -> Value:
        """What the neuron makes of numbers or Values."""
        return fire((self,), x)[0]

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side. The result is a list, or the one number of a single neuron."""

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Iterable[Any]) -> Any:
        """What the neurons make of numbers or Values."""
        plain = all(type(n).__call__ is Neuron.__call__ for n in self.neurons)
        out = fire(self.neurons, x) if plain else [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Those of each neuron in turn."""
        return [p for n in self.neurons for p in n.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(n) for n in self.neurons)}]"


class MLP(Module):
    """Layers one after the other; the last has no relu."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes = [nin, *nouts]
        last = len(sizes) - 2
        self.layers = [Layer(sizes[i], sizes[i + 1], nonlin=i != last) for i in range(last + 1)]

    def __call__(self, x: Iterable[Any]) -> Any:
        """What the neurons make of numbers or Values."""
        out: Any = x
        for layer in self.layers:
            out = layer(out)
        return out

    def parameters(self) -> list[Value]:
        """Those of each layer in turn."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"
