"""Data sets as parts of the language: `data = moons(100, noise=0.1)`, whose parts are `data.x` and `data.y`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import Node
from symgrad.nn.data.dataset import Data, Standard
from symgrad.nn.data.formula import classify, sample
from symgrad.nn.data.shipped import iris, penguins
from symgrad.nn.data.toys import blobs, circles, grid, moons, regression, spirals, xor
from symgrad.nn.model import join
from symgrad.syntax.scope import Bundle, Constructor, Value


@dataclass(frozen=True)
class DataBundle(Bundle):
    """A data set as a name means it; its columns are values beside it.

    Attributes:
        data: all samples.
        parts: some of them under names of their own: `train` and `test`.
        said: what was done to the inputs.
    """

    kind: ClassVar[str] = "data set"

    data: Data
    name: str = ""
    parts: tuple[tuple[str, Data], ...] = ()
    said: str = ""

    def named(self, name: str) -> DataBundle:
        """The data set under a name, which its columns bear."""
        return replace(self, name=name)

    def names(self) -> Sequence[str]:
        """The names of the columns."""
        return list(self.values())

    def values(self) -> Mapping[str, Value]:
        """Inputs and targets, of the parts too."""
        found: dict[str, Value] = {}
        for part, data in (("", self.data), *self.parts):
            found[join(self.name, part, "x")] = Value(data.x, "data")
            if data.y is not None:
                found[join(self.name, part, "y")] = Value(data.y, "data")
        return found

    def part(self, name: str) -> DataBundle | None:
        """The samples to learn from, or those to test with."""
        found = dict(self.parts).get(name)
        return None if found is None else DataBundle(found, join(self.name, name))

    def call(self, args: Sequence[Node]) -> Node:  # noqa: ARG002  # nothing can be given to data
        """Refused: data are no function."""
        raise TypeMistake(
            "SG226",
            f"`{self.name}` is a data set and no function",
            hint=f"its parts: {', '.join(self.names())}",
        )

    def then(self, after: Bundle) -> Bundle:  # noqa: ARG002  # whatever comes after
        """Refused: data are no model."""
        raise TypeMistake(
            "SG225", "`>>` joins two models", hint=f"a model is applied to data so: `net({self.name}.x)`"
        )

    def about(self) -> str:
        """How many samples of what, for what; what was left out."""
        data = self.data
        said = f"{len(data)} samples of {', '.join(data.columns)}"
        if data.classes:
            said += f", {len(data.classes)} classes ({', '.join(data.classes)})"
        elif data.y is not None:
            said += f", with numbers ({data.target})"
        counts = [f"{len(part)} in {name}" for name, part in self.parts]
        return "; ".join(filter(None, [said, ", ".join(counts), self.said, *data.notes]))


def split(data: Any, part: float = 0.8, seed: int = 0) -> DataBundle:
    """A data set with its samples in two parts: `data.train` to learn from, `data.test` held out.

    Raises:
        UsageMistake: SG705, one of the parts would be empty.
    """
    whole = _bundle(data)
    if not 0 < part < 1:
        raise UsageMistake(
            "SG705",
            f"the part to learn from is between 0 and 1, and this is {part:g}",
            hint="as in `split(iris(), 0.8)`",
        )
    learn, test = whole.data.split(1 - part, seed)
    return DataBundle(whole.data, "", (("train", learn), ("test", test)), whole.said)


def standardise(data: Any) -> DataBundle:
    """Every input with mean 0 and deviation 1; of a split data set both are measured on the part to learn from."""
    whole = _bundle(data)
    parts = dict(whole.parts)
    measure = Standard.of(parts.get("train", whole.data))
    where = " as measured on train" if parts else ""
    said = f"inputs standardised{where}"
    return DataBundle(
        measure(whole.data), "", tuple((name, measure(part)) for name, part in whole.parts), said
    )


def _bundle(data: Any) -> DataBundle:
    if not isinstance(data, DataBundle):
        raise TypeMistake(
            "SG221", "a data set is needed here", hint="as in `split(moons(100), 0.8)` or `split(data, 0.8)`"
        )
    return data


def _from_formula(make: Callable[..., Data], n: int) -> Callable[..., DataBundle]:
    """A data set from a formula; further keywords are the ranges of its variables."""

    def made(
        expression: Any, n: int = n, noise: float = 0.0, seed: int = 0, **ranges: Sequence[float]
    ) -> DataBundle:
        if isinstance(expression, Bundle):
            raise TypeMistake(
                "SG226",
                f"a {expression.kind} is no formula",
                hint="as in `sample(sin(x), n=100, x=[0, 6])`",
            )
        for name, ends in ranges.items():
            if not isinstance(ends, list) or len(ends) != 2:
                raise TypeMistake(
                    "SG209", f"`{name}` takes the ends of a range", hint=f"as in `{name}=[-3, 3]`"
                )
        found = make(expression, n, {k: (a, b) for k, (a, b) in ranges.items()}, noise, seed)
        unknown = [name for name in ranges if name not in found.columns]
        if unknown:
            raise TypeMistake(
                "SG209", f"the formula has no variable `{unknown[0]}`", hint="its ranges: x=[-3, 3]"
            )
        return DataBundle(found)

    return made


def _set(make: Callable[..., Data], example: str) -> Constructor:
    """A constructor of a data set."""

    def made(*args: Any, **keywords: Any) -> DataBundle:
        return DataBundle(make(*args, **keywords))

    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return Constructor(made, example, _summary(make))


def _summary(function: Callable[..., Any]) -> str:
    """The first line of a function's documentation as a remark."""
    said = (function.__doc__ or "").split("\n")[0].rstrip(".")
    return said[:1].lower() + said[1:]


DATA = {
    "moons": _set(moons, "moons(100, noise=0.1, seed=1)"),
    "circles": _set(circles, "circles(100, noise=0.05, seed=1)"),
    "spirals": _set(spirals, "spirals(200, noise=0.02, seed=1)"),
    "blobs": _set(blobs, "blobs(100, classes=3)"),
    "xor": _set(xor, "xor(4)"),
    "regression": _set(regression, "regression(100, noise=0.1, inputs=3)"),
    "grid": _set(grid, "grid(100)"),
    "iris": _set(iris, "iris()"),
    "penguins": _set(penguins, "penguins()"),
    "classify": Constructor(
        _from_formula(classify, 200),
        "classify(y > sin(x), n=200, x=[-3, 3], y=[-3, 3])",
        "points of which a condition says the class",
        1,
    ),
    "sample": Constructor(
        _from_formula(sample, 100), "sample(sin(x), n=100, x=[0, 6])", "values of a formula as data", 1
    ),
    "split": Constructor(
        split, "split(iris(), 0.8, seed=1)", "a data set in two parts, `data.train` and `data.test`", 1
    ),
    "standardise": Constructor(standardise, "standardise(iris())", "inputs with mean 0 and deviation 1", 1),
}
