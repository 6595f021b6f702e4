"""micrograd's neurons as steps of the tape: a sum of products is one Value, not one for each product and sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from symgrad.engine.records import Record
from symgrad.engine.value import Value


class Weighted(Protocol):
    """What a neuron has: weights, a bias, and whether a relu follows."""

    w: list[Value]
    b: Value
    nonlin: bool


def fire(neurons: Sequence[Weighted], inputs: Iterable[Any]) -> list[Value]:
    """b + w0*x0 + w1*x1 + ... for each neuron, summed in this order, and the relu of it where it has one.

    A weight or an input without a partner is left out, as micrograd does.
    """
    record = Affine([x if isinstance(x, Value) else Value(x) for x in inputs], neurons)
    xs, numbers = record.xs, record.numbers
    made = []
    for k, (weights, bias, relu) in enumerate(record.neurons()):
        ws = tuple([w.data for w in weights])
        numbers.append(ws)
        total = bias.data
        for w, x in zip(ws, xs):  # noqa: B905  # see above
            total += w * x
        if relu and total < 0:
            total = 0
        made.append(Value.result(total, "ReLU" if relu else "+", record, None, None, k))
    return made


class Affine(Record):
    """Neurons side by side as they were, weights, biases, relus, with their inputs and all numbers of the time.

    The k-th result has k as its `by_right`. A list for all neurons, and tuples of plain numbers, are what the garbage
    collector does not have to look at for every neuron.
    """

    __slots__ = ("biases", "numbers", "relus", "weights", "xs")

    def __init__(self, inputs: Sequence[Value], neurons: Sequence[Weighted]) -> None:
        super().__init__(inputs)
        self.xs = [x.data for x in inputs]
        self.weights = [n.w for n in neurons]
        self.biases = [n.b for n in neurons]
        self.relus = [n.nonlin for n in neurons]
        self.numbers: list[tuple[Any, ...]] = []

    def neurons(self) -> Iterable[tuple[list[Value], Value, bool]]:
        """Weights, bias and relu of each."""
        return zip(self.weights, self.biases, self.relus, strict=True)

    def push(self, made: Value, /) -> None:
        """All at once; nothing where the relu is off."""
        k = made.by_right
        if self.relus[k] and not made.data > 0:
            return
        g = made.grad
        self.biases[k].grad += g
        terms = zip(self.weights[k], self.inputs, self.numbers[k], self.xs)  # noqa: B905  # see above
        for weight, value, w, x in terms:
            weight.grad += g * x
            value.grad += g * w

    def unseen(self, made: Value, seen: set[Any], /) -> list[Value]:
        """The same inputs are met with every other neuron, and the same weights with every other input."""
        weights, bias = self.weights[made.by_right], self.biases[made.by_right]
        found = [] if bias.left is None else [bias]
        if self not in seen:
            seen.add(self)
            found += self.inputs
        if id(weights) not in seen:
            seen.add(id(weights))
            found += weights
        return found

    def children(self, made: Value, /) -> tuple[Value, ...]:
        """Put micrograd's products and sums into the place of this step, between `made` and what came before it."""
        k = made.by_right
        total, relu = self.biases[k], self.relus[k]
        terms = zip(self.weights[k], self.inputs, self.numbers[k], self.xs)  # noqa: B905  # see above
        steps = []
        for weight, value, w, x in terms:
            product = Value.result(w * x, "*", weight, x, value, w)
            total = Value.result(total.data + product.data, "+", total, 1, product, 1)
            steps += [product, total]
        for k, step in enumerate(steps):
            step.grad = made.grad * (made.data > 0) if relu else made.grad
            step.born = made.born - 1 + (k + 1) / (len(steps) + 1)
        if relu or not steps:
            made.left, made.by_left, made.by_right = total, (made.data > 0 if relu else 1), None
        else:
            made.left, made.by_left, made.right, made.by_right = total.left, 1, total.right, 1
        return (made.left,) if made.right is None else (made.left, made.right)
