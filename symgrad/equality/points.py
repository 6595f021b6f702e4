"""Points at which two expressions are compared: simple ones first, then all kinds of doubles; always the same ones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from symgrad.domain import MAX, from_ordinal, ordinal
from symgrad.graph import CONST, Node, postorder

SIMPLE = (1.0, 2.0, 0.0, -1.0, 3.0, 0.5, -2.0, -0.5, 1.5, 0.25, -3.0, 5.0, 10.0, -10.0, 0.75, -1.5)
FEW = (1.0, 2.0, 3.0, 0.5, -1.0, 0.0, -2.0, 1.5, -0.5)
MIXED = (-1.0, 2.0, 0.5)
MOST_CONSTANTS = 8
RANDOM = 30
Point = tuple[float, ...]


def points(names: Sequence[str], roots: Sequence[Node]) -> Iterator[dict[str, float]]:
    """Points for these variables, simple ones first."""
    seen: set[Point] = set()
    for point in _points(len(names), special(roots)):
        if point not in seen:
            seen.add(point)
            yield dict(zip(names, point, strict=True))


def special(roots: Sequence[Node]) -> list[float]:
    """Numbers near which something may happen: the constants of the expressions."""
    found: dict[float, None] = {}
    for node in postorder(roots):
        if node.op is CONST and not isinstance(node.value, bool) and abs(node.value) < MAX:
            found[float(node.value)] = None
    return sorted(found, key=abs)[:MOST_CONSTANTS]


def _points(count: int, constants: list[float]) -> Iterator[Point]:
    if count == 0:
        yield ()
        return
    chance = random.Random(count)  # noqa: S311  # the same points in every run
    yield from _simple(count, chance)
    near = [c + d for c in constants for d in (0.0, 1.0, -1.0, 0.5)]
    for x in near:
        yield tuple(x if i == 0 or count == 1 else chance.choice(SIMPLE) for i in range(count))
        for place in range(1, min(count, 4)):
            yield tuple(x if i == place else chance.choice(SIMPLE) for i in range(count))
    for _ in range(RANDOM):
        yield tuple(chance.randint(1, 80) / 8 for _ in range(count))
        yield tuple(chance.randint(-80, 80) / 8 for _ in range(count))
        yield tuple(chance.randint(1, 63) / 64 for _ in range(count))
        yield tuple(chance.choice((-1, 1)) * 2 ** chance.uniform(-12, 12) for _ in range(count))
        yield tuple(_double(chance) for _ in range(count))


def _simple(count: int, chance: random.Random) -> Iterator[Point]:
    """Whole numbers and halves: of one variable all, of several different ones for each, and each at 0 and -1."""
    if count == 1:
        yield from ((x,) for x in SIMPLE)
        return
    if count == 2:
        yield from itertools.islice(sorted(itertools.product(FEW, FEW), key=_plainness), 60)
        return
    yield tuple(float(i + 1) for i in range(count))
    yield tuple(float(count - i) for i in range(count))
    yield (1.0,) * count
    yield (0.5,) * count
    for i, x in itertools.product(range(min(count, 6)), (0.0, -1.0)):
        yield tuple(x if j == i else float(j + 1) for j in range(count))
    yield (0.0,) * count
    for places in itertools.islice(itertools.permutations(range(count), 3), 24):  # (x^a)^b is not x^(a*b)
        mixed = dict(zip(places, MIXED, strict=True))
        yield tuple(mixed.get(i, 1.0) for i in range(count))
    for _ in range(12):
        yield tuple(chance.choice(FEW[:4]) for _ in range(count))
        yield tuple(chance.choice(SIMPLE) for _ in range(count))


def _plainness(point: Point) -> tuple[int, bool]:
    """Different small numbers first: at (0, 0) and (1, 1) too much is equal."""
    return sum(FEW.index(x) for x in point), point[0] == point[1]


def _double(chance: random.Random) -> float:
    """Any double, each as likely as the others."""
    return from_ordinal(chance.randint(ordinal(-1e200), ordinal(1e200)))
