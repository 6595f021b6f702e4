"""micrograd's demo, unchanged but for its imports: a net of scalars learns to tell two moons apart.

The points are those of scikit-learn's make_moons(n_samples=100, noise=0.1), drawn here without it.
"""

import random

import numpy as np

from symgrad.engine import Value
from symgrad.nn import MLP


def make_moons(n_samples=100, noise=0.1):
    half = np.linspace(0, np.pi, n_samples // 2)
    outer, inner = np.c_[np.cos(half), np.sin(half)], np.c_[1 - np.cos(half), 1 - np.sin(half) - 0.5]
    order = np.arange(n_samples)
    np.random.shuffle(order)
    points, labels = np.r_[outer, inner][order], np.repeat([0, 1], n_samples // 2)[order]
    return points + np.random.normal(scale=noise, size=points.shape), labels


np.random.seed(1337)
random.seed(1337)
X, y = make_moons(n_samples=100, noise=0.1)
y = y * 2 - 1  # make y be -1 or 1

model = MLP(2, [16, 16, 1])  # 2-layer neural network
print(model)
print("number of parameters", len(model.parameters()))


def loss():
    inputs = [list(map(Value, xrow)) for xrow in X]
    # forward the model to get scores
    scores = list(map(model, inputs))
    # svm "max-margin" loss
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    # L2 regularization
    alpha = 1e-4
    reg_loss = alpha * sum((p * p for p in model.parameters()))
    total_loss = data_loss + reg_loss
    # also get accuracy
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
    return total_loss, sum(accuracy) / len(accuracy)


steps = 100
for k in range(steps):
    # forward
    total_loss, acc = loss()

    # backward
    model.zero_grad()
    total_loss.backward()

    # update (sgd)
    learning_rate = 1.0 - 0.9 * k / 100
    for p in model.parameters():
        p.data -= learning_rate * p.grad

    if k % 1 == 0:
        print(f"step {k} loss {total_loss.data}, accuracy {acc * 100}%")

assert acc == 1
