"""Initial values of parameters: how they are drawn, and from which seed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symgrad.errors import UsageMistake, did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Init:
    """A way of drawing initial values.

    Attributes:
        kind: a name in `KINDS`.
        scale: half the width of `uniform`, the standard deviation of `normal`, the value of `constant`, a factor on
            the others.
        seed: its own seed; None: the seed of the model.
    """

    kind: str = "glorot"
    scale: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            near = did_you_mean(self.kind, KINDS)
            hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(KINDS)}"
            raise UsageMistake("SG701", f"there are no initial values called `{self.kind}`", hint=hint)

    def draw(self, name: str, shape: tuple[int, ...], seed: int = 0) -> NDArray[np.float64]:
        """The values of the parameter of this name: the same bits for the same seed and name."""
        import numpy as np

        random = generator("parameter", self.seed if self.seed is not None else seed, name)
        values = np.asarray(KINDS[self.kind](random, shape, self.scale), dtype=float).reshape(shape)
        values.setflags(write=False)
        return values

    def __str__(self) -> str:
        parts = [f"{self.scale:g}"] if self.scale != 1 else []
        parts += [f"seed={self.seed}"] if self.seed is not None else []
        return f"{self.kind}({', '.join(parts)})"


def generator(*words: str | int) -> np.random.Generator:
    """A random generator of its own for what the words name.

    PCG64 has the same stream in every NumPy; the words are hashed so that neighbouring seeds have nothing in common.
    """
    import numpy as np

    digest = hashlib.sha256("\0".join(map(str, words)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs and outputs a parameter of this shape connects: a matrix maps rows to columns."""
    if len(shape) < 2:
        return (shape[0], 1) if shape else (1, 1)
    return math.prod(shape[:-1]), shape[-1]


def _glorot(random: Any, shape: tuple[int, ...], scale: float) -> Any:
    """Uniform, with the variance that keeps signals as large forward as backward (Glorot and Bengio 2010)."""
    bound = scale * math.sqrt(6 / sum(fans(shape)))
    return random.uniform(-bound, bound, shape)


def _he(random: Any, shape: tuple[int, ...], scale: float) -> Any:
    """Normal, with the variance that makes up for the half that relu cuts off (He et al. 2015)."""
    return random.normal(0, scale * math.sqrt(2 / fans(shape)[0]), shape)


KINDS: dict[str, Callable[[Any, tuple[int, ...], float], Any]] = {
    "glorot": _glorot,
    "he": _he,
    "uniform": lambda random, shape, scale: random.uniform(-scale, scale, shape),
    "normal": lambda random, shape, scale: random.normal(0, scale, shape),
    "zeros": lambda _random, shape, _scale: [0.0] * math.prod(shape),
    "constant": lambda _random, shape, scale: [scale] * math.prod(shape),
}


def glorot(scale: float = 1.0, seed: int | None = None) -> Init:
    """Uniform in +-scale*sqrt(6/(inputs + outputs)): for tanh, sigmoid and linear layers."""
    return Init("glorot", scale, seed)


def he(scale: float = 1.0, seed: int | None = None) -> Init:
    """Normal with deviation scale*sqrt(2/inputs): for relu and its kin."""
    return Init("he", scale, seed)


def uniform(scale: float = 1.0, seed: int | None = None) -> Init:
    """Uniform in +-scale."""
    return Init("uniform", scale, seed)


def normal(scale: float = 1.0, seed: int | None = None) -> Init:
    """Normal with this standard deviation."""
    return Init("normal", scale, seed)


def zeros() -> Init:
    """All zero, as biases begin."""
    return Init("zeros")


def constant(value: float) -> Init:
    """All the same."""
    return Init("constant", value)
