"""A training step side by side: symgrad's two ways, NumPy and C by hand, PyTorch eager, JAX jit, autograd.

`python -m tests.benchmarks.training [rounds]`: moons 100 x 2, 2-16-16-1 with relus, hinge loss, l2, full steps of
gradient descent, as in micrograd's demo; then a wide net, 784-128-10 with batches of 128, which stays with BLAS. The
peers take turns in one process, what is not installed is left out; the median of each counts. The goal: compiled, at
most the time of C by hand; by NumPy, at most twice the time of NumPy by hand; and less than the others.
"""

from __future__ import annotations

import ctypes
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from symgrad import compiled
from symgrad.graph import real, var
from symgrad.nn import losses
from symgrad.nn.data import moons
from symgrad.nn.layers import mlp
from symgrad.nn.objective import Layout, Objective
from symgrad.nn.optimise import optimiser
from symgrad.nn.task import Recipe, task_of
from symgrad.nn.training import train

DATA = moons(100)
X, Y = np.array(DATA.x), np.array(DATA.labels)
NET = mlp(2, [16, 16], 1, "relu").named("net")
START = NET.initial(1)
RATE, PENALTY = 0.1, 1e-4
STEPS = 200
Step = Callable[[], float]
Steps = Callable[[int], float]


def expressions() -> tuple[Any, Any]:
    """Loss and accuracy."""
    x, y = var("x", real(100, 2)), var("y", real(100))
    return losses.hinge(NET(x), y) + PENALTY * losses.l2(NET), losses.same_sign(NET(x), y)


def by_machine() -> Steps:
    """Whole steps by machine code, many at a call."""
    if not compiled.available():
        raise ImportError
    from symgrad.nn.compiled import Machine

    layout = Layout.of(START)
    machine = Machine(expressions()[0], layout, {"x": X, "y": Y}, {}, optimiser("descent"))
    theta = [layout.pack(START)]

    def steps(count: int) -> float:
        done = machine.steps(theta[0], {}, [RATE] * count)
        theta[0] = done.vector
        return float(done.losses[-1])

    return steps


C = """
#include <string.h>
#define N 100
#define H 16
#define P (2*H + H + H*H + H + H + 1)
static double g[P];
double steps(double *t, const double *X, const double *Y, double rate, double penalty, long count) {
  double *w0 = t, *b0 = w0 + 2*H, *w1 = b0 + H, *b1 = w1 + H*H, *w2 = b1 + H, *b2 = w2 + H;
  double *g0 = g, *c0 = g0 + 2*H, *g1 = c0 + H, *c1 = g1 + H*H, *g2 = c1 + H, *c2 = g2 + H;
  double loss = 0;
  for (long k = 0; k < count; k++) {
    memset(g, 0, sizeof g);
    loss = 0;
    for (int i = 0; i < N; i++) {
      double a[H], h[H], d[H], e[H], s = b2[0], x = X[2*i], y = X[2*i + 1];
      for (int j = 0; j < H; j++) { double z = b0[j] + x*w0[j] + y*w0[H + j]; a[j] = z > 0 ? z : 0; }
      for (int j = 0; j < H; j++) h[j] = b1[j];
      for (int m = 0; m < H; m++) for (int j = 0; j < H; j++) h[j] += a[m]*w1[m*H + j];
      for (int j = 0; j < H; j++) h[j] = h[j] > 0 ? h[j] : 0;
      for (int j = 0; j < H; j++) s += h[j]*w2[j];
      double margin = 1 - Y[i]*s;
      if (margin <= 0) continue;
      loss += margin/N;
      double ds = -Y[i]/N;
      for (int j = 0; j < H; j++) { g2[j] += h[j]*ds; d[j] = h[j] > 0 ? w2[j]*ds : 0; }
      c2[0] += ds;
      for (int m = 0; m < H; m++) {
        double r = 0;
        for (int j = 0; j < H; j++) r += w1[m*H + j]*d[j];
        e[m] = a[m] > 0 ? r : 0;
      }
      for (int m = 0; m < H; m++) for (int j = 0; j < H; j++) g1[m*H + j] += a[m]*d[j];
      for (int j = 0; j < H; j++) { c1[j] += d[j]; c0[j] += e[j]; g0[j] += x*e[j]; g0[H + j] += y*e[j]; }
    }
    for (int j = 0; j < P; j++) { loss += penalty*t[j]*t[j]; t[j] -= rate*(g[j] + 2*penalty*t[j]); }
  }
  return loss;
}
"""
"""The same step by hand: what hinge does not reach is left out, which a general program cannot know."""


def by_c() -> Steps:
    """C by hand."""
    if shutil.which("gcc") is None:
        raise ImportError
    folder = Path(tempfile.mkdtemp())
    (folder / "step.c").write_text(C)
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, "-o", folder / "step.so", folder / "step.c"], check=True)
    run = ctypes.CDLL(str(folder / "step.so")).steps
    run.restype = ctypes.c_double
    arrays = [Layout.of(START).pack(START), X.copy(), Y.astype(float)]
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in arrays]

    def steps(count: int) -> float:
        assert arrays
        return float(run(*pointers, ctypes.c_double(RATE), ctypes.c_double(PENALTY), ctypes.c_long(count)))

    return steps


def by_jax() -> Steps:
    """JAX: the whole step under jit."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy

    def loss_of(p: Any) -> Any:
        h = jax.nn.relu(X @ p["net.0.w"] + p["net.0.b"])
        h = jax.nn.relu(h @ p["net.1.w"] + p["net.1.b"])
        s = (h @ p["net.2.w"] + p["net.2.b"])[:, 0]
        return jnp.mean(jax.nn.relu(1 - Y * s)) + PENALTY * sum((v * v).sum() for v in p.values())

    def move(p: Any) -> Any:
        loss, g = jax.value_and_grad(loss_of)(p)
        return loss, {k: v - RATE * g[k] for k, v in p.items()}

    both = jax.jit(move)
    state = [{k: jnp.array(np.array(v)) for k, v in START.items()}]
    both(state[0])  # compiled

    def step() -> float:
        loss, state[0] = both(state[0])
        return float(loss)

    return one_by_one(step)


def one_by_one(step: Step) -> Steps:
    """A step as many."""

    def steps(count: int) -> float:
        last = 0.0
        for _ in range(count):
            last = step()
        return last

    return steps


def by_symgrad() -> Step:
    """Value, gradient and step of the prepared graph."""
    layout = Layout.of(START)
    objective = Objective(expressions()[0], layout, {"x": X, "y": Y})
    theta = [layout.pack(START)]

    def step() -> float:
        loss, g = objective.at(theta[0])
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


PEERS: dict[str, Callable[[], Steps]] = {
    "symgrad, compiled": by_machine,
    "C by hand": by_c,
    "symgrad, NumPy": lambda: one_by_one(by_symgrad()),
    "NumPy by hand": lambda: one_by_one(by_hand()),
    "JAX jit": by_jax,
    "PyTorch eager": lambda: one_by_one(by_torch()),
    "autograd": lambda: one_by_one(by_autograd()),
}


def loop(way: str) -> float:
    """Microseconds a step of `train`, with accuracy, gradient norm and a report of every twentieth step."""
    loss, accuracy = expressions()
    task = task_of(loss, accuracy, x=X, y=Y)
    ends = [r for r in train(task, Recipe(steps=20 * STEPS, rate=RATE, every=20, way=way), START) if r.ended]
    return ends[0].seconds / ends[0].step * 1e6


WIDE, BATCH = 784, 128


def wide() -> tuple[dict[str, Steps], float]:
    """A step of 784-128-10 on a batch of 128: symgrad's plan and NumPy by hand; and how far the losses are apart."""
    random = np.random.default_rng(0)
    x, classes = random.normal(size=(BATCH, WIDE)), random.integers(0, 10, size=BATCH)
    net = mlp(WIDE, [128], 10, "relu").named("net")
    start, hot = net.initial(1), np.eye(10)[classes]
    a, b = var("x", real(BATCH, WIDE)), var("y", real(BATCH, 10))
    layout = Layout.of(start)
    objective = Objective(losses.cross_entropy(net(a), b), layout, {"x": x, "y": hot})
    theta = [layout.pack(start)]
    w, c = (
        [np.array(start[f"net.{i}.w"]) for i in range(2)],
        [np.array(start[f"net.{i}.b"]) for i in range(2)],
    )

    def ours() -> float:
        loss, g = objective.at(theta[0])
        theta[0] = theta[0] - RATE * g
        return loss

    def hand() -> float:
        z = x @ w[0] + c[0]
        h = np.maximum(z, 0)
        s = h @ w[1] + c[1]
        s -= s.max(axis=1, keepdims=True)
        e = np.exp(s)
        total = e.sum(axis=1, keepdims=True)
        loss = (np.log(total)[:, 0] - (s * hot).sum(axis=1)).mean()
        ds = (e / total - hot) / BATCH
        dh = (ds @ w[1].T) * (z > 0)
        for k, (given, d) in enumerate(((x, dh), (h, ds))):
            w[k] -= RATE * (given.T @ d)
            c[k] -= RATE * d.sum(0)
        return float(loss)

    apart = max(abs(ours() - hand()) for _ in range(3))
    return {"symgrad, NumPy": one_by_one(ours), "NumPy by hand": one_by_one(hand)}, apart


def measured(peers: dict[str, Steps], rounds: int, count: int) -> tuple[dict[str, float], dict[str, float]]:
    """Microseconds a step, the median of rounds in turn; and the last losses."""
    taken: dict[str, list[float]] = {name: [] for name in peers}
    last: dict[str, float] = {}
    for _ in range(rounds):
        for name, steps in peers.items():
            begun = time.perf_counter()
            last[name] = steps(count)
            taken[name].append((time.perf_counter() - begun) / count * 1e6)
    return {name: statistics.median(times) for name, times in taken.items()}, last


def main() -> None:
    """Print microseconds a step, ratios to C and NumPy by hand, and the loss at the end of all."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    peers: dict[str, Steps] = {}
    prepared: dict[str, float] = {}
    for name, make in PEERS.items():
        begun = time.perf_counter()
        try:
            peers[name] = make()
        except ImportError:
            print(f"({name}: not installed)")
        prepared[name] = (time.perf_counter() - begun) * 1e3
    times, last = measured(peers, rounds, STEPS)
    hand = times["NumPy by hand"]
    print(
        f"{'us a step':18} {'median':>8} {'/ C':>7} {'/ hand':>7} {'ready, ms':>10}   loss after {rounds * STEPS} steps"
    )
    for name, middle in times.items():
        to_c = f"{middle / times['C by hand']:7.2f}" if "C by hand" in times else " " * 7
        print(
            f"{name:18} {middle:8.1f} {to_c} {middle / hand:7.2f} {prepared[name]:10.1f}   {last[name]:.12f}"
        )
    ways = ["compiled", "numpy"] if compiled.available() else ["numpy"]
    told = ", ".join(f"{loop(way):.1f} {way}" for way in ways)
    print(f"the whole training with accuracy and a report of every twentieth step: {told} us a step")
    both, apart = wide()
    times, _ = measured(both, rounds, 20)
    ratio = times["symgrad, NumPy"] / times["NumPy by hand"]
    print(
        f"784-128-10, batch 128: symgrad {times['symgrad, NumPy']:.0f} us, by hand {times['NumPy by hand']:.0f} us, "
        f"ratio {ratio:.2f}; losses apart by {apart:.0e}"
    )


if __name__ == "__main__":
    main()
