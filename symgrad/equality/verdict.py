"""What the comparison of two expressions says: equal, different or undecided, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STATUSES = ("equal", "different", "undecided")


@dataclass(frozen=True)
class Found:
    """Both expressions at one point.

    Attributes:
        point: variable -> exact double.
        left, right: the proven values in decimal; None where the expression is undefined.
        element: which element of an array this is about, as `[1, 0]`; "" for a number.
        bent: whether the side without a value would be the derivative at a kink or a jump.
    """

    point: Mapping[str, float]
    left: str | None
    right: str | None
    element: str = ""
    bent: bool = False


@dataclass(frozen=True)
class Equality:
    """Whether two expressions are equal; true only where that is proved.

    Attributes:
        status: one of `STATUSES`. `equal` means: wherever both are defined.
        explanation: one sentence.
        proof: how equality was proved: "the same expression", "simplification", "normal forms", "SymPy"; else "".
        counterexample: a point where they differ; None unless `different`.
        gaps: points where one of them is undefined and the other is not.
        agreed: how many certified points agree.
        digits: how many digits agree at each of them.
        hints: what may have gone wrong ("right = 2*left"), or where they are equal.
        reason: why nothing was decided.
    """

    status: str
    explanation: str
    proof: str = ""
    counterexample: Found | None = None
    gaps: tuple[Found, ...] = ()
    agreed: int = 0
    digits: int = 0
    hints: tuple[str, ...] = field(default=())
    reason: str = ""

    def __bool__(self) -> bool:
        return self.status == "equal"

    @property
    def everywhere(self) -> bool:
        """Whether they are equal, and no point was found where only one is defined."""
        return self.status == "equal" and not self.gaps
