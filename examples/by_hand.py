"""Training by hand with Values: forward, loss, zero the gradients, backward, a step; and what goes wrong."""

import random

from symgrad.engine import Value
from symgrad.nn import MLP

xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
random.seed(1)
net = MLP(3, [4, 4, 1])


def loss_of(model: MLP) -> Value:
    """The forward pass: what the net says of each sample, and how far off that is."""
    return sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))


first = loss_of(net).data
for _ in range(50):
    loss = loss_of(net)
    net.zero_grad()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.02 * p.grad
print(f"the loss fell from {first:.3g} to {loss_of(net).data:.3g}")
weight = net.parameters()[-1]
print(f"a weight: data {weight.data:.4f}, grad {weight.grad:.4f}")
assert loss_of(net).data < first


def descended(rate: float, *, zeroed: bool) -> list[float]:
    """Six steps down (w - 1)^2 from w = 3."""
    w, way = Value(3.0), []
    for _ in range(6):
        if zeroed:
            w.grad = 0.0
        ((w - 1) ** 2).backward()
        w.data -= rate * w.grad
        way.append(round(w.data, 3))
    return way


print("as it should be:", descended(0.3, zeroed=True))
print("not zeroed:     ", descended(0.3, zeroed=False), "(steps add up, and run past the goal)")
print(
    "too large:      ", descended(1.1, zeroed=True), "(above 2/curvature = 1 every step overshoots by more)"
)
assert abs(descended(0.3, zeroed=True)[-1] - 1) < 0.01
assert abs(descended(0.3, zeroed=False)[-1] - 1) > 0.1
assert abs(descended(1.1, zeroed=True)[-1] - 1) > 2
