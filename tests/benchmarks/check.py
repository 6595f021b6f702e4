"""The time of a full check of a ten-op formula, warm, without SymPy and with it.

`python -m tests.benchmarks.check [runs]`; the goals are 10 ms and 60 ms. SymPy's answers are forgotten before each run.
"""

from __future__ import annotations

import statistics
import sys
import time

import symgrad
from symgrad.symbolic.sympy_client import shared

CASES = {
    "ten operations": ("x^2*sin(y) + exp(-x*y)/(1 + x)", {"x": 2.0, "y": 3.0}, False),
    "ten operations, with SymPy": ("x^2*sin(y) + exp(-x*y)/(1 + x)", {"x": 2.0, "y": 3.0}, True),
    "a kink": ("abs(x)*y + exp(-x*y)/(1 + x)", {"x": 0.0, "y": 3.0}, False),
    "digits lost": ("(1 - cos(x))/x^2", {"x": 1e-8}, False),
}
GOALS = {"ten operations": 10.0, "ten operations, with SymPy": 60.0}


def forget() -> None:
    """Let SymPy's client forget what it was told."""
    shared()._cache.clear()


def milliseconds(text: str, point: dict[str, float], *, sympy: bool) -> float:
    """The time of one check."""
    expression = symgrad.parse(text)
    forget()
    start = time.perf_counter()
    expression.check(point, sympy=sympy)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Check each case several times, and print the median."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for name, (text, point, sympy) in CASES.items():
        milliseconds(text, point, sympy=sympy)
        median = statistics.median(milliseconds(text, point, sympy=sympy) for _ in range(runs))
        goal = f"   (at most {GOALS[name]:g})" if name in GOALS else ""
        print(f"{name:28} {median:7.1f} ms{goal}")


if __name__ == "__main__":
    main()
