"""A data set: samples, what they should give, and what their columns are called."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symgrad.errors import UsageMistake
from symgrad.nn.init import generator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Data:
    """Samples as rows.

    Attributes:
        name: where it is from.
        x: the inputs, real[n, columns].
        y: the targets, real[n]: numbers; -1 and 1 for two classes; 0, 1, 2 ... for more. None: there are no targets.
        columns: the names of the inputs.
        target: the name of what is to be found.
        classes: the names of the classes, in the order of their numbers; none for numbers.
        notes: what has to be known, such as rows that were left out.
    """

    name: str
    x: Array
    y: Array | None
    columns: tuple[str, ...]
    target: str = "y"
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        what = (
            f"{len(self.classes)} classes"
            if self.classes
            else "numbers"
            if self.y is not None
            else "no targets"
        )
        notes = "".join(f"; {note}" for note in self.notes)
        return (
            f"{self.name}: {len(self)} samples of {', '.join(self.columns)} -> {self.target} ({what}){notes}"
        )

    @property
    def labels(self) -> Array:
        """The targets; refused where there are none."""
        if self.y is None:
            raise UsageMistake("SG713", f"{self.name} has no targets")
        return self.y

    @property
    def probabilities(self) -> Array:
        """Two classes as 0 and 1."""
        return (self.labels + 1) / 2 if len(self.classes) == 2 else self.labels

    def rows(self, chosen: Any, name: str = "") -> Data:
        """Some of the samples."""
        y = None if self.y is None else frozen(self.y[chosen])
        return replace(self, name=name or self.name, x=frozen(self.x[chosen]), y=y)

    def split(self, held_out: float = 0.25, seed: int = 0) -> tuple[Data, Data]:
        """A part to learn from and a part held out, drawn by a seed; of each class the same part.

        Raises:
            UsageMistake: SG705, a part would be empty.
        """
        import numpy as np

        order = generator("split", seed).permutation(len(self))
        groups = (
            [order]
            if not self.classes or self.y is None
            else [order[self.y[order] == c] for c in np.unique(self.y)]
        )
        counts = [math.floor(held_out * len(g) + 0.5) for g in groups]
        if not 0 < sum(counts) < len(self):
            raise UsageMistake("SG705", f"{held_out:g} of {len(self)} samples leaves one of two parts empty")
        chosen = [np.sort(np.concatenate(parts)) for parts in zip(*self._cut(groups, counts), strict=True)]
        return self.rows(chosen[1], f"{self.name}, to learn"), self.rows(chosen[0], f"{self.name}, held out")

    @staticmethod
    def _cut(groups: list[Any], counts: list[int]) -> list[tuple[Any, Any]]:
        return [(g[:k], g[k:]) for g, k in zip(groups, counts, strict=True)]

    def standardised(self) -> tuple[Data, Standard]:
        """The data with every input brought to mean 0 and deviation 1, and how that is done to others."""
        standard = Standard.of(self)
        return standard(self), standard


@dataclass(frozen=True, eq=False)
class Standard:
    """Inputs shifted and scaled by what was measured on the part to learn from, and only there."""

    mean: Array
    scale: Array

    @classmethod
    def of(cls, data: Data) -> Standard:
        """Mean and deviation of each input; an input that does not vary is only shifted."""
        import numpy as np

        scale = data.x.std(axis=0)
        return cls(frozen(data.x.mean(axis=0)), frozen(np.where(scale > 0, scale, 1.0)))

    def __call__(self, data: Data) -> Data:
        """Other data in the same measure."""
        return replace(data, x=frozen((data.x - self.mean) / self.scale))

    def back(self, x: Any) -> Any:
        """Standardised inputs in their old measure."""
        return x * self.scale + self.mean


LARGEST = 10_000_000
"""The most samples of a data set that is made."""


def counted(n: Any, least: int = 1) -> int:
    """How many samples are wanted; 1e3 is a whole number too.

    Raises:
        UsageMistake: SG705, it is no whole number, or too small or great.
    """
    if isinstance(n, bool) or not isinstance(n, int | float) or not n % 1 == 0:
        raise UsageMistake("SG705", f"a data set has a positive whole number of samples, not {n}")
    if n < 1:
        raise UsageMistake("SG705", f"a data set has a positive whole number of samples, not {n:g}")
    if n < least:
        raise UsageMistake("SG705", f"this data set has at least {least} samples, not {n:g}")
    if n > LARGEST:
        raise UsageMistake("SG705", f"a data set has at most {LARGEST:g} samples, not {n:g}")
    return int(n)


def deviation(noise: Any) -> float:
    """How much noise is wanted.

    Raises:
        UsageMistake: SG705, it is no finite number, or negative.
    """
    if not isinstance(noise, int | float) or not 0 <= noise < math.inf:
        raise UsageMistake("SG705", f"noise is a number from 0, not {noise}")
    return float(noise)


def frozen(values: Any) -> Array:
    """An array of floats that cannot be changed."""
    import numpy as np

    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array
