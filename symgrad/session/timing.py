"""How long an expression takes: reading it, one point, and many points by each way of computing them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from symgrad.expression import Expression

WORK = 1e7
"""Operations, of all points, that are timed at a time."""

FEWEST, MOST = 512, 100_000
"""Points."""

LONGEST = 0.5
"""Seconds for all points by one way: where they would take longer, a few tell."""

PATIENCE = 0.1
"""Seconds for each measurement, if one run takes less."""


@dataclass(frozen=True)
class Timing:
    """Seconds.

    Attributes:
        evaluate: value, gradient and flags at one point.
        points: how many points were computed at once.
        ways: way -> seconds until it is ready, and for each point once it is.
        chosen: the way that is taken for so many points.
    """

    evaluate: float
    points: int = 0
    ways: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    chosen: str = ""


def measure(expression: Expression, point: Mapping[str, Any]) -> Timing:
    """Time an expression at a point, and at many points beside it."""
    program = expression._program  # noqa: SLF001  # what is timed is what the expression computes with
    alone = _repeated(lambda: expression.evaluate(point))
    if not point or expression.type.kind != "real" or expression.type.shape:
        return Timing(alone)
    from symgrad import compiled
    from symgrad.engine import ways

    each = 100 if program.has_arrays else 1
    count = int(max(FEWEST, min(MOST, WORK / len(program.nodes) / each)))
    few, many = ({name: _beside(value, n) for name, value in point.items()} for n in (FEWEST, count))
    found = {}
    for way in ways.WAYS:
        small = len(program.nodes) <= (ways.MOST_COMPILED if way == ways.COMPILED else ways.MOST_NODES)
        if way == ways.ENGINE or (small and (way != ways.COMPILED or compiled.available())):
            asked = partial(Expression(expression.node).value_and_grad, way=way)
            trial = min(_once(partial(asked, few)) for _ in "ab") / FEWEST if way == ways.ENGINE else 0.0
            if trial * count > LONGEST:  # arrays are swept point by point
                found[way] = (0.0, trial)
                continue
            first, again = _once(partial(asked, many)), _repeated(partial(asked, many))
            found[way] = (max(first - again, 0.0), again / count)
    return Timing(alone, count, found, ways.choose(program, count))


def _beside(value: Any, count: int) -> Any:
    """Many values about one."""
    import numpy as np

    array = np.asarray(value)
    if array.dtype == bool:
        return np.broadcast_to(array, (count, *array.shape))
    steps = np.linspace(0, 1e-6, count).reshape(count, *[1] * array.ndim)
    return array * (1 + steps)


def _once(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _repeated(action: Callable[[], object]) -> float:
    """The best time of several runs."""
    best = spent = _once(action)
    runs = 1
    while spent < PATIENCE and runs < 1000:
        taken = _once(action)
        best, spent, runs = min(best, taken), spent + taken, runs + 1
    return best


def span(seconds: float) -> str:
    """A duration in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
