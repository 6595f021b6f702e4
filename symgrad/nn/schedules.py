"""Schedules: the learning rate of each step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from symgrad.errors import UsageMistake, did_you_mean


@dataclass(frozen=True)
class Schedule:
    """The rate at each step of n.

    Attributes:
        kind: a name in `SCHEDULES`.
        rate: where it begins (after a warm-up: what that leads to).
        end: where it ends: the rate that the step after the last would have.
        factor: by what `step` multiplies the rate.
        every: after how many steps it does.
        first: how many steps the warm-up takes.
    """

    kind: str
    rate: float
    end: float = 0.0
    factor: float = 0.1
    every: int = 100
    first: int = 10

    def __call__(self, step: int, steps: int) -> float:
        """The rate of a step, counted from 0."""
        return SCHEDULES[self.kind](self, step, max(steps, 1))

    def settings(self) -> dict[str, Any]:
        """It as plain data; `schedule(**settings)` gives it back."""
        return asdict(self)


def _wave(s: Schedule, k: int, n: int) -> float:
    """Along half a wave: slowly at both ends."""
    return s.end + (s.rate - s.end) * (1 + math.cos(math.pi * k / n)) / 2


def _warm(s: Schedule, k: int, n: int) -> float:
    """Evenly up, and then along half a wave down."""
    return s.rate * (k + 1) / s.first if k < s.first else _wave(s, k - s.first, max(n - s.first, 1))


SCHEDULES: dict[str, Callable[[Schedule, int, int], float]] = {
    "constant": lambda s, _k, _n: s.rate,
    "linear": lambda s, k, n: s.rate - (s.rate - s.end) * k / n,
    "cosine": _wave,
    "step": lambda s, k, _n: s.rate * float(s.factor) ** (k // s.every),
    "warmup": _warm,
}
"""The schedules by name: the rate at step k of n."""


def schedule(kind: str, rate: float, **settings: Any) -> Schedule:
    """The schedule of a name.

    Raises:
        UsageMistake: SG706, there is none, or it has no such setting.
    """
    if kind not in SCHEDULES:
        near = did_you_mean(kind, SCHEDULES)
        hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(SCHEDULES)}"
        raise UsageMistake("SG706", f"there is no schedule called `{kind}`", hint=hint)
    known = [f.name for f in fields(Schedule)][2:]
    for key in settings:
        if key not in known:
            raise UsageMistake(
                "SG706", f"a schedule has no setting `{key}`", hint=f"its settings: {', '.join(known)}"
            )
    return Schedule(kind, rate, **settings)


def as_schedule(rate: float | Schedule) -> Schedule:
    """A number as the constant schedule."""
    return rate if isinstance(rate, Schedule) else Schedule("constant", float(rate))
