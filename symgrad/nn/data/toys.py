"""Small data sets made from a seed: shapes in the plane that a straight line cannot tell apart, and a few others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from symgrad.errors import UsageMistake
from symgrad.nn.data.dataset import Data, counted, deviation, frozen
from symgrad.nn.init import generator

if TYPE_CHECKING:
    import numpy as np

PLANE = ("x", "y")
TWO = ("-1", "1")


def _random(name: str, seed: int) -> np.random.Generator:
    return generator("data", name, seed)


def _plane(name: str, random: np.random.Generator, groups: list[Any], noise: float) -> Data:
    """Groups of points in the plane as classes, with noise, in an order drawn by the seed."""
    import numpy as np

    x = np.concatenate(groups)
    x += noise * random.normal(size=x.shape)
    numbers = np.repeat(np.arange(len(groups)), [len(g) for g in groups]).astype(float)
    y = 2 * numbers - 1 if len(groups) == 2 else numbers
    order = random.permutation(len(x))
    classes = TWO if len(groups) == 2 else tuple(map(str, range(len(groups))))
    return Data(name, frozen(x[order]), frozen(y[order]), PLANE, "class", classes)


def _parts(n: int, k: int) -> list[int]:
    """n as k numbers that differ by at most one."""
    return [n // k + (i < n % k) for i in range(k)]


def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> Data:
    """Two half circles that reach into each other."""
    import numpy as np

    n, noise = counted(n, 2), deviation(noise)
    random = _random("moons", seed)
    outer, inner = (np.linspace(0, np.pi, k) for k in _parts(n, 2))
    groups = [
        np.stack([np.cos(outer), np.sin(outer)], axis=1),
        np.stack([1 - np.cos(inner), 0.5 - np.sin(inner)], axis=1),
    ]
    return _plane("moons", random, groups, noise)


def circles(n: int = 100, noise: float = 0.05, seed: int = 0) -> Data:
    """A circle within a circle of twice its size."""
    import numpy as np

    n, noise = counted(n, 2), deviation(noise)
    random = _random("circles", seed)
    groups = []
    for k, radius in zip(_parts(n, 2), (1.0, 0.5), strict=True):
        t = 2 * np.pi * np.arange(k) / max(k, 1)
        groups.append(radius * np.stack([np.cos(t), np.sin(t)], axis=1))
    return _plane("circles", random, groups, noise)


def spirals(n: int = 200, noise: float = 0.02, seed: int = 0, turns: float = 1.5) -> Data:
    """Two arms that wind around each other."""
    import numpy as np

    n, noise = counted(n, 2), deviation(noise)
    random = _random("spirals", seed)
    groups = []
    for k, sign in zip(_parts(n, 2), (1, -1), strict=True):
        r = (np.arange(k) + 1) / max(k, 1)
        t = 2 * np.pi * turns * r
        groups.append(sign * np.stack([r * np.cos(t), r * np.sin(t)], axis=1))
    return _plane("spirals", random, groups, noise)


def blobs(n: int = 100, noise: float = 0.15, seed: int = 0, classes: int = 3) -> Data:
    """Clouds around points on a circle."""
    import numpy as np

    if type(classes) is not int or classes < 2:
        raise UsageMistake("SG705", f"there are two classes or more, not {classes}")
    n, noise = counted(n, classes), deviation(noise)
    random = _random("blobs", seed)
    corners = [np.array([np.cos(t), np.sin(t)]) for t in 2 * np.pi * np.arange(classes) / classes]
    groups = [np.tile(c, (k, 1)) for c, k in zip(corners, _parts(n, classes), strict=True)]
    return _plane("blobs", random, groups, noise)


def xor(n: int = 4, noise: float = 0.0, seed: int = 0) -> Data:
    """The corners of a square, opposite ones alike; more than four samples are spread around them."""
    import numpy as np

    n, noise = counted(n, 3), deviation(noise)
    random = _random("xor", seed)
    corners = np.array([[-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]])
    points = np.tile(corners, (-(-n // 4), 1))[:n]
    apart = points[:, 0] != points[:, 1]
    return _plane("xor", random, [points[~apart], points[apart]], noise)


def regression(n: int = 100, noise: float = 0.1, seed: int = 0, inputs: int = 3) -> Data:
    """A linear function of normal inputs, with noise."""
    if type(inputs) is not int or inputs < 1:
        raise UsageMistake("SG705", f"there are one or more inputs, not {inputs}")
    n, noise = counted(n), deviation(noise)
    random = _random("regression", seed)
    x, slopes = random.normal(size=(n, inputs)), random.normal(size=inputs)
    y = x @ slopes + noise * random.normal(size=n)
    columns = tuple(f"x{i}" for i in range(inputs))
    truth = " + ".join(f"{k:.3g}*{c}" for k, c in zip(slopes, columns, strict=True))
    return Data("regression", frozen(x), frozen(y), columns, "y", (), (f"y = {truth} and noise",))


def grid(n: int = 100, low: float = -1.0, high: float = 1.0, inputs: int = 2) -> Data:
    """Points at equal distances in a square (or cube), about `n` of them; there are no targets."""
    import numpy as np

    n = counted(n)
    if type(inputs) is not int or inputs < 1:
        raise UsageMistake("SG705", f"there are one or more inputs, not {inputs}")
    each = max(2, round(n ** (1 / inputs)))
    axes = np.meshgrid(*[np.linspace(low, high, each)] * inputs, indexing="ij")
    columns = PLANE if inputs == 2 else tuple(f"x{i}" for i in range(inputs))
    return Data("grid", frozen(np.stack([a.ravel() for a in axes], axis=1)), None, columns)


TOYS: dict[str, Callable[..., Data]] = {
    "xor": xor,
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "blobs": blobs,
    "regression": regression,
    "grid": grid,
}
"""The data sets that are made, by name."""
