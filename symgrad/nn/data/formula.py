"""A formula as a data set: points that a condition tells apart, or values of a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symgrad.engine.backprop import value_of
from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import REAL, Node, Program
from symgrad.nn.data.dataset import Data, counted, deviation, frozen
from symgrad.nn.init import generator
from symgrad.nn.model import as_node

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Ranges = Mapping[str, tuple[float, float]]


def classify(
    condition: Any, n: int = 200, ranges: Ranges | None = None, noise: float = 0.0, seed: int = 0
) -> Data:
    """Points drawn evenly in a box, 1 where the condition holds and -1 elsewhere.

    Args:
        condition: a condition, such as y > sin(x), on numbers.
        n: how many points.
        ranges: variable -> from and to; default -1 to 1.
        noise: how far points are moved (as a normal deviation) after they were judged.
        seed: decides the points.

    Raises:
        TypeMistake: SG201, it is no condition. UsageMistake: SG705.
    """
    root = as_node(condition)
    if root.type.kind != "bool":
        raise TypeMistake(
            "SG201", "a condition tells classes apart, such as y > sin(x), and this is a number"
        )
    n, noise = counted(n), deviation(noise)
    program, names = _prepared(root)
    random = generator("data", "classify", seed)
    x = _box(random, names, n, ranges)
    truth = value_of(program, dict(zip(names, x.T, strict=True)))
    x = x + noise * random.normal(size=x.shape) if noise else x
    return Data(_written(root), frozen(x), frozen(2.0 * truth - 1), names, "class", ("-1", "1"))


def sample(
    expression: Any, n: int = 100, ranges: Ranges | None = None, noise: float = 0.0, seed: int = 0
) -> Data:
    """Values of a function: of one variable at equal distances, of several at points drawn evenly in a box.

    Points at which it has no finite value are left out, and the notes say how many.

    Args:
        expression: a number made of numbers.
        n: how many points.
        ranges: variable -> from and to; default -1 to 1.
        noise: the normal deviation of what is added to the values.
        seed: decides points and noise.

    Raises:
        TypeMistake: SG201, it is a condition. UsageMistake: SG705.
    """
    import numpy as np

    root = as_node(expression)
    if root.type.kind != "real":
        raise TypeMistake("SG201", "a function of numbers is sampled, and this is a condition")
    n, noise = counted(n), deviation(noise)
    program, names = _prepared(root)
    random = generator("data", "sample", seed)
    x = _line(names[0], n, ranges) if len(names) == 1 else _box(random, names, n, ranges)
    y = value_of(program, dict(zip(names, x.T, strict=True)))
    finite = np.isfinite(y)
    lost = int((~finite).sum())
    notes = (f"{lost} of {n} points were left out: the function has no finite value there",) if lost else ()
    y = y + noise * random.normal(size=y.shape) if noise else y
    return Data(_written(root), frozen(x[finite]), frozen(y[finite]), names, "value", (), notes)


def _prepared(root: Node) -> tuple[Program, tuple[str, ...]]:
    program = Program([root])
    wrong = [v.name for v in program.variables if v.type != REAL]
    if wrong or not program.variables:
        what = f"`{wrong[0]}` is none" if wrong else "it has none"
        raise TypeMistake("SG215", f"a formula that gives data has numbers as variables, and {what}")
    return program, tuple(sorted(v.name for v in program.variables))


def _range(name: str, ranges: Ranges | None) -> tuple[float, float]:
    low, high = (ranges or {}).get(name, (-1.0, 1.0))
    if not low < high:
        raise UsageMistake("SG705", f"the range of `{name}` is empty: {low:g} to {high:g}")
    return low, high


def _line(name: str, n: int, ranges: Ranges | None) -> Array:
    import numpy as np

    return np.linspace(*_range(name, ranges), n)[:, None]


def _box(random: np.random.Generator, names: tuple[str, ...], n: int, ranges: Ranges | None) -> Array:
    import numpy as np

    low, high = np.array([_range(name, ranges) for name in names]).T
    return random.uniform(low, high, (n, len(names)))


def _written(root: Node) -> str:
    from symgrad.symbolic.text import text

    return text(root)
