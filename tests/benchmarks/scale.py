"""Whether cost grows linearly: time per node of each interpreter at 1e4 and at 1e6 nodes.

`python -m tests.benchmarks.scale [runs]`; the goal is a ratio of at most 2.
It runs at a recursion limit of 200.
"""

from __future__ import annotations

import gc
import pickle
import statistics
import sys
import time
from collections.abc import Callable

import symgrad

SIZES = (10_000, 1_000_000)
POINT = {"x": 0.5}


def chain(size: int) -> symgrad.Expression:
    """A chain of about `size` ops: sines of sums."""
    x = symgrad.var("x")
    f = x
    for n in range(size // 2):
        f = symgrad.sin(f) + x if n % 2 else f * x
    return f


def phases(size: int) -> dict[str, float]:
    """Seconds of each phase of the life of one graph."""
    taken: dict[str, float] = {}
    made: dict[str, symgrad.Expression] = {}

    def timed(name: str, action: Callable[[], object]) -> None:
        gc.collect()
        start = time.perf_counter()
        action()
        taken[name] = time.perf_counter() - start

    timed("build", lambda: made.update(f=chain(size)))
    timed("value", lambda: made["f"](POINT))
    timed("value and gradient", lambda: made["f"].value_and_grad(POINT))
    timed("gradient graph", lambda: made.update(slope=made["f"].diff("x")))
    timed("text", lambda: str(made["f"]))
    timed("repr", lambda: repr(made["f"]))
    timed("pickle", lambda: pickle.loads(pickle.dumps(made["f"])))
    timed("delete", made.clear)
    return taken


def main() -> None:
    """Print nanoseconds per node at both sizes, and their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    sys.setrecursionlimit(200)
    phases(1000)
    found = {size: [phases(size) for _ in range(runs)] for size in SIZES}
    print(f"{'ns per node':20} {SIZES[0]:>10,} {SIZES[1]:>10,} {'ratio':>7}   (at most 2)")
    for name in found[SIZES[0]][0]:
        small, large = (statistics.median(p[name] for p in found[size]) / size * 1e9 for size in SIZES)
        print(f"{name:20} {small:10.0f} {large:10.0f} {large / small:7.2f}")


if __name__ == "__main__":
    main()
