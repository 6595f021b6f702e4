"""What flags of many points cost where nothing is flagged: `python -m tests.benchmarks.masks`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad import parse
from symgrad.engine import masks
from symgrad.engine.evaluate import bind, run
from symgrad.engine.pullback import live_slots, pullback
from symgrad.graph import Program

POINTS = 100_000
FORMULAS = (
    "x*y + sin(x)*exp(-y) - x/(1 + y^2)",
    "(x + y)*(x - y) + x*y - y*x + 2*x + y",
    "sqrt(abs(x)) + max(x, y)*log(1 + x^2) - tanh(y)/(2 + x)",
    "if(x > y, x*y, exp(x) - y)*relu(x) + x - y*x",
)


def seconds(work: Callable[[], Any]) -> float:
    """The time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(text: str, point: dict[str, Any]) -> tuple[float, float]:
    """Milliseconds for value and gradient, and for the masks: medians of alternating runs."""
    program = Program([parse(text).node])
    bound, _ = bind(program.variables, point)
    output = program.outputs[0]
    slots = {program.slot[v] for v in program.variables}
    live = live_slots(program, slots, output)
    values = run(program, bound)

    def plain() -> Any:
        return pullback(program, run(program, bound), output, np.ones(POINTS), slots)

    def flagged() -> Any:
        return masks.masks(program, values, output, live, POINTS)

    with np.errstate(all="ignore"):
        both = [(seconds(plain), seconds(flagged)) for _ in range(41)]
    first, second = (1e3 * statistics.median(column) for column in zip(*both, strict=True))
    return first, second


def main() -> None:
    """A line for each formula of about ten operations."""
    rng = np.random.default_rng(0)
    point = {"x": rng.normal(size=POINTS), "y": rng.normal(size=POINTS)}
    for text in FORMULAS:
        a, b = measured(text, point)
        print(f"{a:7.2f} ms   flags {b:5.2f} ms   {100 * b / a:4.0f} %   {text}")


if __name__ == "__main__":
    main()
