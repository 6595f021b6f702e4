"""What longer commands give: plain data too, told, drawn, plotted, compared, trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symgrad.expression import Expression

if TYPE_CHECKING:
    from symgrad.check import Partial, Verdict
    from symgrad.draw.picture import Picture
    from symgrad.equality import Equality
    from symgrad.explain import Account, Chain, Finding, Paths, Tale
    from symgrad.improve import Improvement
    from symgrad.plot import Figure, Surface

Point = Mapping[str, Any]
"""Variable name -> value."""


@dataclass(frozen=True)
class Learned:
    """What a training has come to; the last report says in `ended` why it ended, and others have "" there.

    Attributes:
        speed: steps per second.
        losses: what the loss was, at equal distances.
        ended: "finished", "stopped", "converged" or "diverged".
        said: remarks at the end.
        way: how it was computed, "compiled" or "numpy".
    """

    step: int
    steps: int
    loss: float
    accuracy: float | None
    gradient_norm: float
    rate: float
    speed: float
    seconds: float
    seconds_left: float
    losses: tuple[float, ...]
    ended: str = ""
    said: tuple[str, ...] = ()
    way: str = "numpy"


@dataclass(frozen=True)
class Counted:
    """How many rows of a file are done in how many seconds, and about how many there are (0: nobody knows)."""

    rows: int
    expected: int
    seconds: float


@dataclass(frozen=True)
class Explained:
    """Why numbers of an expression are what they are: findings, the most important first."""

    expression: Expression
    text: str
    point: Point
    value: Any
    grad: Mapping[str, Any]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Accounted:
    """The rounding errors of an expression's value and partial derivatives, operation by operation."""

    expression: Expression
    text: str
    point: Point
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Told:
    """How derivatives come about.

    Attributes:
        text: what was asked for.
        tales: with symbols, rule by rule, for each variable that was asked for.
        chain: with numbers, node by node; None where variables have no values.
        paths: as the sum over the paths to one variable, if one was asked for.
        proofs: name of a variable -> a point at which the end of its tale is proved; None: it is not.
        verdict: what the check says about the numbers.
        hint: what else to ask.
        page: which step is shown; None for all of them.
    """

    text: str
    tales: tuple[Tale, ...] = ()
    chain: Chain | None = None
    paths: Paths | None = None
    proofs: Mapping[str, Mapping[str, float] | None] = field(default_factory=dict)
    verdict: Verdict | None = None
    hint: str = ""
    page: int | None = None

    def mark(self, name: str) -> Partial | None:
        """What the check says about the derivative by a variable."""
        return None if self.verdict is None else self.verdict.partials.get(name)


@dataclass(frozen=True)
class Plotted:
    """A plot of one or two variables; `file` is where it was written, "" if it is to be shown."""

    text: str
    plot: Figure | Surface
    file: str = ""


@dataclass(frozen=True)
class Compared:
    """Whether two expressions are equal; `condition`: they are conditions, not numbers."""

    left: str
    right: str
    equality: Equality
    condition: bool = False


@dataclass(frozen=True)
class Improved:
    """A form of an expression that loses fewer digits, or why there is none."""

    text: str
    improvement: Improvement[Expression]


@dataclass(frozen=True)
class Drawn:
    """The graph of an expression as a picture of so many nodes; `file` is where it was written, or ""."""

    text: str
    point: Point
    picture: Picture
    nodes: int
    file: str = ""
    note: str = ""
