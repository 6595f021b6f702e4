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
    record = Affine([x if isinstance(x, Value) else Value(x) for x in inputs])
    xs = record.xs
    made = []
    for neuron in neurons:
        weights, bias, relu = neuron.w, neuron.b, neuron.nonlin
        ws = [w.data for w in weights]
        total = bias.data
        for w, x in zip(ws, xs):  # noqa: B905  # see above
            total += w * x
        if relu and total < 0:
            total = 0
        row = (weights, bias, relu, ws)
        made.append(Value.result(total, "ReLU" if relu else "+", record, None, None, row))
    return made


class Affine(Record):
    """The inputs of neurons side by side, as Values and as the numbers they were.

    Each result keeps what its neuron was, weights, bias, relu and the weights' numbers, as `by_right`.
    """

    __slots__ = ("xs",)

    def __init__(self, inputs: Sequence[Value]) -> None:
        super().__init__(inputs)
        self.xs = [x.data for x in inputs]

    def push(self, made: Value, /) -> None:
        """All at once; nothing where the relu is off."""
        weights, bias, relu, ws = made.by_right
        if relu and not made.data > 0:
            return
        g = made.grad
        bias.grad += g
        for weight, value, w, x in zip(weights, self.inputs, ws, self.xs):  # noqa: B905  # see above
            weight.grad += g * x
            value.grad += g * w

    def unseen(self, made: Value, seen: set[Any], /) -> list[Value]:
        """The same inputs are met with every other neuron, and the same weights with every other input."""
        weights, bias, *_ = made.by_right
        found: list[Value] = []
        if self not in seen:
            seen.add(self)
            found += self.inputs
        if id(weights) not in seen:
            seen.add(id(weights))
            found += [*weights, bias]
        return found

    def children(self, made: Value, /) -> tuple[Value, ...]:
        """Put micrograd's products and sums into the place of this step, between `made` and what came before it."""
        weights, total, relu, ws = made.by_right
        terms = list(zip(weights, self.inputs, ws, self.xs))  # noqa: B905  # see above
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
