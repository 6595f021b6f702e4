"""The time of symgrad.parse beside that of the bare LALR parse it stands on, on a sum of 1 MB.

`python -m tests.benchmarks.parse [runs]`; the goal is a ratio of at most 2.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable

import symgrad
from symgrad.syntax.grammar import parser

SIZE = 1_000_000


def sum_of(size: int) -> str:
    """A sum of products, calls and powers, about `size` characters long."""
    terms: list[str] = []
    length = 0
    while length < size - 40:
        n = len(terms)
        terms.append((f"{n}.5*x{n % 97}", f"sin(y{n % 89})", f"(a + {n})^2", f"-b{n % 83}/c{n % 79}")[n % 4])
        length += len(terms[-1]) + 3
    return " + ".join(terms)


def seconds(action: Callable[[], object]) -> float:
    """The time of one call."""
    gc.collect()
    start = time.perf_counter()
    result = action()
    taken = time.perf_counter() - start
    del result
    return taken


def main() -> None:
    """Parse in turn with both, and print what they took."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    text = sum_of(SIZE)
    bare = parser()
    symgrad.parse("x")
    actions = {"bare LALR parse": lambda: bare.parse(text), "symgrad.parse": lambda: symgrad.parse(text)}
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(runs):
        for name, action in actions.items():
            times[name].append(seconds(action))
    median = {name: statistics.median(taken) for name, taken in times.items()}
    for name in actions:
        print(f"{name:16} {median[name]:7.2f} s  {len(text) / median[name] / 1e6:6.2f} MB/s")
    print(f"ratio {median['symgrad.parse'] / median['bare LALR parse']:.2f}   (at most 2)")


if __name__ == "__main__":
    main()
