"""What a line or a command gives: plain data, which the faces show as text, colours or JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from symgrad.engine.backprop import Result as EngineResult
from symgrad.engine.flags import Flag
from symgrad.expression import Expression
from symgrad.session.reports import (
    Accounted,
    Compared,
    Counted,
    Drawn,
    Explained,
    Improved,
    Learned,
    Plotted,
    Point,
    Told,
)

if TYPE_CHECKING:
    from symgrad.check import Verdict
    from symgrad.graph import Node


@dataclass(frozen=True)
class Origin:
    """What a formula was made from: a graph, and the variables it was differentiated by (none: another form)."""

    root: Node | None = None
    by: tuple[Node, ...] = ()


def _claimed(
    formulas: Mapping[str, Expression],
    values: Mapping[str, Any],
    origins: Mapping[str, Origin],
    point: Point,
    budget: float,
) -> Verdict:
    """The verdict on the values of formulas."""
    from symgrad.check import Claim, check_numbers

    claims = []
    for key, value in values.items():
        origin = origins.get(key, Origin())
        claims.append(Claim(key, formulas[key].node, value, origin.root, origin.by))
    return check_numbers(claims, point, budget)


@dataclass(frozen=True)
class Evaluated:
    """An expression's value and gradient at a point.

    Attributes:
        expression: what was evaluated.
        text: how it was written.
        point: the values of its variables.
        value: float, bool or array.
        grad: variable -> partial derivative at the point, in float64 by backprop.
        derivatives: variable -> partial derivative as an expression.
        flags: why the numbers must be read with care.
        reading: how the text was read, where that could surprise; else None.
        name: the defined name that was asked for, or None.
        verdict: what the check says; None before it (see `checked`).
        unchecked: why no check is possible, or "".
        note: what to do instead where there are no derivatives, or "".
        origin: where only the value was asked for, what it is a derivative (or another form) of.
        looked: of so many derivatives that they are summed up, what is known about them.
    """

    expression: Expression
    text: str
    point: Point
    value: Any
    grad: Mapping[str, Any] = field(default_factory=dict)
    derivatives: Mapping[str, Expression] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    reading: str | None = None
    name: str | None = None
    verdict: Verdict | None = None
    unchecked: str = ""
    note: str = ""
    origin: Origin | None = None
    looked: str = ""

    @property
    def defined(self) -> bool:
        """Whether the value is a number (or condition) at all; not nan and not infinite."""
        if isinstance(self.value, bool):
            return True
        if isinstance(self.value, float):
            return math.isfinite(self.value)
        import numpy as np

        return bool(np.all(np.isfinite(self.value)))

    def checked(self, *, budget: float = 2.0, sympy: bool = True) -> Evaluated:
        """The same with a verdict on each number; the budget (seconds) is for the check."""
        if self.unchecked or self.verdict is not None:
            return self
        if self.origin is None and (self.grad or self.flags):
            result = EngineResult(self.value, dict(self.grad), self.flags)
            return replace(
                self, verdict=self.expression.verdict(result, self.point, budget=budget, sympy=sympy)
            )
        if self.origin is None:
            return replace(self, verdict=self.expression.check(self.point, budget=budget, sympy=sympy))
        return replace(
            self,
            verdict=_claimed({"": self.expression}, {"": self.value}, {"": self.origin}, self.point, budget),
        )


@dataclass(frozen=True)
class Symbolic:
    """An expression some of whose variables have no value, or one that was asked for as a formula.

    Attributes:
        expression: what is shown.
        text: how it was written.
        missing: the variables that have no value, if that is why there is none.
        where: conditions under which it equals what it was made from, and that it does not show.
    """

    expression: Expression
    text: str
    missing: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Several:
    """A record (`grad(f)`) or matrix (`hessian(f)`) of expressions.

    Attributes:
        text: how it was written.
        entries: place -> formula.
        values: place -> value, of those that have one.
        label: how a place is shown.
        point: the values of the variables.
        origins: place -> what the formula was made from.
        verdict: what the check says; None before it (see `checked`).
    """

    text: str
    entries: Mapping[str, Expression]
    values: Mapping[str, Any] = field(default_factory=dict)
    label: str = "{}"
    point: Point = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    verdict: Verdict | None = None

    def checked(self, *, budget: float = 2.0) -> Several:
        """The same with a verdict on each number."""
        if self.verdict is not None or not self.values:
            return self
        found = _claimed(self.entries, self.values, self.origins, self.point, budget)
        return replace(self, verdict=found)

    def name(self, key: str) -> str:
        """An entry's name as it is shown: `∂/∂x`, `∂²/∂x∂y`, `0, 1`."""
        return self.label.format(key.replace(", ", "∂") if "∂" in self.label else key)


@dataclass(frozen=True)
class Defined:
    """A name got a meaning: `kind` is value, expression, function, type or collection (`value` says what it is)."""

    name: str
    kind: str
    text: str
    value: Any = None


@dataclass(frozen=True)
class Listing:
    """A table of words, such as the operations: a title, and rows of cells."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Text:
    """A text that is the answer, such as LaTeX; `data` is the same for programs; prose may be broken between words.

    Attributes:
        doubtful: whether a program that asked should be warned by the exit code.
        aside: whether it tells about a file that is the answer, so that `--quiet` leaves it out.
        rows: the same for `--plain`, if the text is not plain enough.
    """

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    prose: bool = False
    doubtful: bool = False
    aside: bool = False
    rows: Sequence[Sequence[str]] = ()


Result = (
    Learned
    | Drawn
    | Evaluated
    | Symbolic
    | Several
    | Defined
    | Listing
    | Text
    | Explained
    | Accounted
    | Told
    | Plotted
    | Compared
    | Improved
)

__all__ = [
    "Accounted",
    "Compared",
    "Counted",
    "Defined",
    "Drawn",
    "Evaluated",
    "Explained",
    "Improved",
    "Learned",
    "Listing",
    "Origin",
    "Plotted",
    "Point",
    "Result",
    "Several",
    "Symbolic",
    "Text",
    "Told",
]
