"""Accuracy rules for trigonometric functions and their inverses."""

from __future__ import annotations

from symgrad.graph import apply
from symgrad.ops import OPS
from symgrad.ops.powers import hypot, sqrt
from symgrad.ops.trigonometric import acos, asin, atan, atan2, cos, cot, sin, sinc, tan
from symgrad.symbolic.stable.rational import reduced
from symgrad.symbolic.stable.rule import Table

REMEDIES = Table(direct=True)
MOVES = Table(direct=False)
remedy, move = REMEDIES.identity, MOVES.identity

PI = apply(OPS["pi"], ())


def positive(*xs: float) -> bool:
    """All numbers are above 0."""
    return min(xs) > 0


remedy(lambda a: sin(a) / a, sinc)
remedy(lambda a: (1 - cos(a)) / sin(a), lambda a: tan(reduced(a / 2)))
remedy(lambda a: sin(a) / (1 + cos(a)), lambda a: tan(reduced(a / 2)))
remedy(lambda a: 1 - cos(a), lambda a: 2 * sin(reduced(a / 2)) ** 2)
remedy(lambda a: 1 + cos(a), lambda a: 2 * cos(reduced(a / 2)) ** 2)
remedy(lambda a: 1 - cos(a) ** 2, lambda a: sin(a) ** 2)
remedy(lambda a: 1 - sin(a) ** 2, lambda a: cos(a) ** 2)
remedy(lambda a: 1 / cos(a) ** 2 - 1, lambda a: tan(a) ** 2)
remedy(lambda a: cos(a) ** 2 + sin(a) ** 2, lambda _a: 1)
remedy(lambda a: cos(a) ** 2 - sin(a) ** 2, lambda a: cos(reduced(2 * a)))
remedy(
    lambda a, b: sin(a) - sin(b),
    lambda a, b: 2 * sin(reduced((a - b) / 2)) * cos(reduced((a + b) / 2)),
)
remedy(
    lambda a, b: cos(a) - cos(b),
    lambda a, b: -2 * sin(reduced((a - b) / 2)) * sin(reduced((a + b) / 2)),
)
remedy(lambda a, b: tan(a) - tan(b), lambda a, b: sin(reduced(a - b)) / (cos(a) * cos(b)))
remedy(lambda a, b: cot(a) - cot(b), lambda a, b: sin(reduced(b - a)) / (sin(a) * sin(b)))
remedy(lambda a, b: atan(a) - atan(b), lambda a, b: atan2(reduced(a - b), reduced(1 + a * b)))
remedy(lambda a, b: sin(a) * cos(b) - cos(a) * sin(b), lambda a, b: sin(reduced(a - b)))
remedy(lambda a, b: sin(a) * cos(b) + cos(a) * sin(b), lambda a, b: sin(reduced(a + b)))
remedy(lambda a, b: cos(a) * cos(b) + sin(a) * sin(b), lambda a, b: cos(reduced(a - b)))
remedy(lambda a, b: cos(a) * cos(b) - sin(a) * sin(b), lambda a, b: cos(reduced(a + b)))
remedy(lambda a: PI / 2 - acos(a), asin)
remedy(lambda a: PI / 2 - asin(a), acos)
remedy(lambda a: PI / 2 - atan(a), lambda a: atan2(1, a))
remedy(lambda a: PI - acos(a), lambda a: acos(-a))
remedy(lambda a: acos(1 - a), lambda a: 2 * asin(sqrt(reduced(a / 2))))
remedy(lambda a: PI / 2 - 2 * asin(sqrt(a)), lambda a: asin(reduced(1 - 2 * a)))
remedy(lambda a: cos(atan(a)), lambda a: 1 / hypot(1, a))
remedy(lambda a: sin(atan(a)), lambda a: a / hypot(1, a))
remedy(lambda a: tan(atan(a)), lambda a: a)
remedy(lambda a: sin(asin(a)), lambda a: a)
remedy(lambda a: cos(acos(a)), lambda a: a)
remedy(lambda a: cos(asin(a)), lambda a: sqrt((1 - a) * (1 + a)))
remedy(lambda a: sin(acos(a)), lambda a: sqrt((1 - a) * (1 + a)))
remedy(lambda a: tan(asin(a)), lambda a: a / sqrt((1 - a) * (1 + a)))
remedy(lambda a: tan(acos(a)), lambda a: sqrt((1 - a) * (1 + a)) / a)
remedy(lambda a, b: sin(atan2(a, b)), lambda a, b: a / hypot(a, b))
remedy(lambda a, b: cos(atan2(a, b)), lambda a, b: b / hypot(a, b))

move(acos, lambda a: 2 * asin(sqrt(reduced((1 - a) / 2))))
move(acos, lambda a: PI - 2 * asin(sqrt(reduced((1 + a) / 2))))
move(asin, lambda a: PI / 2 - 2 * asin(sqrt(reduced((1 - a) / 2))))
move(asin, lambda a: 2 * asin(sqrt(reduced((1 + a) / 2))) - PI / 2)
move(lambda a: asin(sqrt(a)), lambda a: acos(reduced(1 - 2 * a)) / 2)
move(lambda a, b: atan(a / b), atan2, "b > 0", lambda _a, b: b > 0)
move(lambda a: sin(a) / cos(a), tan)
move(lambda a: cos(a) / sin(a), cot)
move(tan, lambda a: sin(a) / cos(a))
move(cot, lambda a: cos(a) / sin(a))
move(lambda a: sin(a) * cos(a), lambda a: sin(reduced(2 * a)) / 2)
move(lambda a: sin(2 * a), lambda a: 2 * sin(a) * cos(a))
move(lambda a: cos(2 * a), lambda a: 1 - 2 * sin(a) ** 2)
move(lambda a: cos(2 * a), lambda a: (cos(a) - sin(a)) * (cos(a) + sin(a)))
move(lambda a, b: sin(a + b), lambda a, b: sin(a) * cos(b) + cos(a) * sin(b))
move(lambda a, b: cos(a + b), lambda a, b: cos(a) * cos(b) - sin(a) * sin(b))
move(lambda a, b: sin(a) * cos(b), lambda a, b: (sin(reduced(a + b)) + sin(reduced(a - b))) / 2)
