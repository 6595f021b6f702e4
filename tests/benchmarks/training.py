"""A training step side by side: symgrad's, NumPy by hand, PyTorch eager, autograd (the last two where installed).

`python -m tests.benchmarks.training [rounds]`: moons 100 x 2, 2-16-16-1 with relus, hinge loss, l2, one full step of
gradient descent, as in micrograd's demo. The peers take turns in one process; the median of each counts.
The goal is at most twice the time of NumPy by hand, and less than the others.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad.graph import real, var
from symgrad.nn import losses
from symgrad.nn.data import moons
from symgrad.nn.layers import mlp
from symgrad.nn.objective import Layout, Objective
from symgrad.nn.task import Recipe, task_of
from symgrad.nn.training import train

DATA = moons(100)
X, Y = np.array(DATA.x), np.array(DATA.labels)
NET = mlp(2, [16, 16], 1, "relu").named("net")
START = NET.initial(1)
RATE, PENALTY = 0.1, 1e-4
STEPS = 200
Step = Callable[[], float]


def expressions() -> tuple[Any, Any]:
    """Loss and accuracy."""
    x, y = var("x", real(100, 2)), var("y", real(100))
    return losses.hinge(NET(x), y) + PENALTY * losses.l2(NET), losses.same_sign(NET(x), y)


def by_symgrad() -> Step:
    """Value, gradient and step of the prepared graph."""
    layout = Layout.of(START)
    objective = Objective(expressions()[0], layout, {"x": X, "y": Y})
    theta = [layout.pack(START)]

    def step() -> float:
        loss, g = objective(theta[0])
        theta[0] = theta[0] - RATE * g
        return loss

    return step


def by_hand() -> Step:
    """The same, written by hand."""
    w = [np.array(START[f"net.{i}.w"]) for i in range(3)]
    b = [np.array(START[f"net.{i}.b"]) for i in range(3)]

    def step() -> float:
        z1 = X @ w[0] + b[0]
        h1 = np.maximum(z1, 0)
        z2 = h1 @ w[1] + b[1]
        h2 = np.maximum(z2, 0)
        s = (h2 @ w[2] + b[2])[:, 0]
        m = 1 - Y * s
        loss = np.maximum(m, 0).mean() + PENALTY * sum((p * p).sum() for p in (*w, *b))
        ds = (np.where(m > 0, -Y, 0) / len(Y))[:, None]
        d2 = (ds @ w[2].T) * (z2 > 0)
        d1 = (d2 @ w[1].T) * (z1 > 0)
        gw = (X.T @ d1, h1.T @ d2, h2.T @ ds)
        gb = (d1.sum(0), d2.sum(0), ds.sum(0))
        for i in range(3):
            w[i] -= RATE * (gw[i] + 2 * PENALTY * w[i])
            b[i] -= RATE * (gb[i] + 2 * PENALTY * b[i])
        return float(loss)

    return step


def by_torch() -> Step:
    """PyTorch, eager, on one thread."""
    import torch

    torch.set_num_threads(1)
    p = {k: torch.tensor(np.array(v), requires_grad=True) for k, v in START.items()}
    optimiser = torch.optim.SGD(p.values(), lr=RATE)
    x, y = torch.tensor(X), torch.tensor(Y)

    def step() -> float:
        h = (x @ p["net.0.w"] + p["net.0.b"]).relu()
        h = (h @ p["net.1.w"] + p["net.1.b"]).relu()
        s = (h @ p["net.2.w"] + p["net.2.b"])[:, 0]
        loss = (1 - y * s).relu().mean() + PENALTY * sum((v * v).sum() for v in p.values())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss.item())

    return step


def by_autograd() -> Step:
    """autograd."""
    import autograd
    import autograd.numpy as anp

    def loss_of(p: dict[str, Any]) -> Any:
        h = anp.maximum(X @ p["net.0.w"] + p["net.0.b"], 0)
        h = anp.maximum(h @ p["net.1.w"] + p["net.1.b"], 0)
        s = (h @ p["net.2.w"] + p["net.2.b"])[:, 0]
        return anp.mean(anp.maximum(1 - Y * s, 0)) + PENALTY * sum(anp.sum(v * v) for v in p.values())

    both = autograd.value_and_grad(loss_of)
    state = [{k: np.array(v) for k, v in START.items()}]

    def step() -> float:
        loss, g = both(state[0])
        state[0] = {k: v - RATE * g[k] for k, v in state[0].items()}
        return float(loss)

    return step


PEERS: dict[str, Callable[[], Step]] = {
    "NumPy by hand": by_hand,
    "symgrad": by_symgrad,
    "PyTorch eager": by_torch,
    "autograd": by_autograd,
}


def loop() -> float:
    """Milliseconds a step of `train`, with accuracy, gradient norm and a report of every step."""
    loss, accuracy = expressions()
    task = task_of(loss, accuracy, x=X, y=Y)
    for _ in train(task, Recipe(steps=3), START):
        pass
    times = [time.perf_counter() for _ in train(task, Recipe(steps=5 * STEPS, rate=RATE), START)]
    return statistics.median(np.diff(times)) * 1e3


def main() -> None:
    """Print milliseconds a step, ratios to NumPy by hand, and the loss at the end of all."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    begun = time.perf_counter()
    steps: dict[str, Step] = {"symgrad": by_symgrad()}
    prepared = (time.perf_counter() - begun) * 1e3
    for name, make in PEERS.items():
        try:
            steps[name] = make()
        except ImportError:
            print(f"({name} is not installed)")
    taken: dict[str, list[float]] = {name: [] for name in steps}
    last = {}
    for _ in range(rounds):
        for name, step in steps.items():
            for _ in range(STEPS):
                begun = time.perf_counter()
                last[name] = step()
                taken[name].append((time.perf_counter() - begun) * 1e3)
    hand = statistics.median(taken["NumPy by hand"])
    print(f"{'ms a step':16} {'median':>8} {'best':>8} {'to hand':>8}   loss after {rounds * STEPS} steps")
    for name in PEERS:
        if name in taken:
            middle = statistics.median(taken[name])
            print(f"{name:16} {middle:8.4f} {min(taken[name]):8.4f} {middle / hand:8.2f}   {last[name]:.12f}")
    print(f"symgrad's training loop with reports: {loop():.4f} ms a step")
    print(
        f"preparing loss and gradient: {prepared:.1f} ms      (goal: symgrad at most 2 times NumPy by hand)"
    )


if __name__ == "__main__":
    main()
