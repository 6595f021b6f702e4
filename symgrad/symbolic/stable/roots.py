"""Accuracy rules for roots: differences by their conjugates, lengths without overflow."""

from __future__ import annotations

from symgrad.graph import const
from symgrad.ops.piecewise import copysign
from symgrad.ops.powers import cbrt, hypot, rsqrt, sqrt
from symgrad.symbolic.stable.rational import reduced
from symgrad.symbolic.stable.rule import Table

REMEDIES = Table(direct=True)
MOVES = Table(direct=False)
remedy, move = REMEDIES.identity, MOVES.identity


def positive(*xs: float) -> bool:
    """All numbers are above 0."""
    return min(xs) > 0


def first_not_zero(a: float, *_: float) -> bool:
    """The first letter is not 0."""
    return a != 0


remedy(lambda a, b: sqrt(a) - sqrt(b), lambda a, b: reduced(a - b) / (sqrt(a) + sqrt(b)))
remedy(
    lambda a, b: 1 / sqrt(a) - 1 / sqrt(b),
    lambda a, b: reduced(b - a) / (sqrt(a) * sqrt(b) * (sqrt(a) + sqrt(b))),
)
remedy(
    lambda a, b: cbrt(a) - cbrt(b),
    lambda a, b: reduced(a - b) / (cbrt(a) ** 2 + cbrt(a) * cbrt(b) + cbrt(b) ** 2),
)
remedy(lambda a, b: a - sqrt(b), lambda a, b: reduced(a**2 - b) / (a + sqrt(b)))
remedy(lambda a, b: sqrt(a**2 + b**2), hypot)
remedy(lambda a: sqrt(a**2 + 1), lambda a: hypot(a, 1))
remedy(lambda a: sqrt(a**2), abs)
remedy(lambda a, b: sqrt(a**2 - b**2), lambda a, b: sqrt(abs(a) - abs(b)) * sqrt(abs(a) + abs(b)))
remedy(lambda a, b: a - hypot(a, b), lambda a, b: -(b**2) / (a + hypot(a, b)))
remedy(
    lambda a, b: a / sqrt(a**2 + b),
    lambda a, b: copysign(const(1), a) / sqrt(1 + reduced(b / a**2)), "a is not 0", first_not_zero,
)  # fmt: skip
remedy(
    lambda a, b: a / hypot(a, b),
    lambda a, b: copysign(const(1), a) / hypot(1, b / a), "a is not 0", first_not_zero,
)  # fmt: skip
remedy(
    lambda a, b: sqrt(a**2 + b),
    lambda a, b: abs(a) * sqrt(1 + reduced(b / a**2)), "a is not 0", first_not_zero,
)  # fmt: skip

move(lambda a, b: sqrt(a**2 * b), lambda a, b: abs(a) * sqrt(b))
move(lambda a, b: sqrt(b / a**2), lambda a, b: sqrt(b) / abs(a))
move(lambda a, b: sqrt(a) * sqrt(b), lambda a, b: sqrt(reduced(a * b)))
move(lambda a, b: sqrt(a) / sqrt(b), lambda a, b: sqrt(reduced(a / b)))
move(lambda a, b: sqrt(a * b), lambda a, b: sqrt(a) * sqrt(b), "a, b >= 0", positive)
move(lambda a, b: sqrt(a / b), lambda a, b: sqrt(a) / sqrt(b), "a >= 0, b > 0", positive)
move(lambda a: sqrt(a) ** 2, lambda a: a, "a >= 0", positive)
move(lambda a, b: cbrt(a) * cbrt(b), lambda a, b: cbrt(reduced(a * b)))
move(lambda a, b: cbrt(a * b), lambda a, b: cbrt(a) * cbrt(b))
move(lambda a, b: cbrt(a / b), lambda a, b: cbrt(a) / cbrt(b))
move(lambda a: a ** (const(1) / 3), cbrt, "a >= 0", positive)
move(lambda a: a ** const(0.5), sqrt)
move(lambda a: a ** (const(1) / 2), sqrt)
move(lambda a: a ** (-const(1) / 2), lambda a: 1 / sqrt(a))
move(lambda a: a ** const(-0.5), lambda a: 1 / sqrt(a))
move(rsqrt, lambda a: 1 / sqrt(a))
