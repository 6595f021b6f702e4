"""What a check says: one status for each partial derivative, and the worst of them for the whole."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from symgrad.certified.prove import Enclosure
from symgrad.engine.flags import Flag
from symgrad.graph import Node

STATUSES = ("verified", "convention", "unchecked", "rounding", "undefined", "mismatch")
"""From best to worst: `rounding` means the rule is right and float64 lost digits, `convention` a kink, tie or jump."""


@dataclass(frozen=True)
class Witness:
    """One independent opinion on a number: an enclosure, or the reason why there is none."""

    name: str
    enclosure: Enclosure | None = None
    reason: str = ""

    @property
    def speaks(self) -> bool:
        """Whether it bounds the number at all."""
        return self.enclosure is not None and self.enclosure.finite


@dataclass(frozen=True)
class Partial:
    """The verdict on one number: a partial derivative, the value itself, or an element of an array.

    Attributes:
        name: the variable (an element of an array as `v[0]`), or "" for the value.
        number: float64, by backprop.
        status: one of `STATUSES`.
        digits: correct significant digits of `number`; 17 when it is exact; None when not known.
        ulp: its distance from the truth in units in the last place; None when not known.
        certified: the truth in decimal, as many digits as are proved (at most 17); None when nothing is proved.
        certified_float: the double nearest to the truth, if that is certain.
        truth: the truth as it is shown: with fewer digits where it is a round number, with more where it is nearly one.
        explanation: one sentence.
        witnesses: who was asked, and what they said.
        left: the slope from the left, where the sides were looked at; None where it is not decided or does not exist.
        right: the slope from the right.
        limit: what the value comes to from both sides, where it is not the value.
        limits: what it comes to from the left and from the right, where these differ.
        cause: the operation that is to blame: where digits were lost, where a slope has two sides.
        mechanism: what happened there, in words: `1 - 1 cancels here`.
        hint: a way out.
        reproduce: for a mismatch, the command that shows it again.
    """

    name: str
    number: float
    status: str
    digits: int | None = None
    ulp: float | None = None
    certified: str | None = None
    certified_float: float | None = None
    explanation: str = ""
    witnesses: tuple[Witness, ...] = ()
    left: float | None = None
    right: float | None = None
    limit: float | None = None
    limits: tuple[float | None, float | None] | None = None
    cause: Node | None = None
    mechanism: str = ""
    hint: str = ""
    truth: str | None = None
    reproduce: str = ""

    def __bool__(self) -> bool:
        return self.status == "verified"


@dataclass(frozen=True)
class Verdict:
    """The verdict on an expression at a point. True only when every number of it is verified.

    Attributes:
        status: the worst of its numbers' statuses.
        explanation: one sentence.
        value: the verdict on the value; of an array on its worst element.
        partials: variable name -> verdict on that partial derivative.
        flags: what happened on the way.
        elements: of an array, or of several expressions: place -> verdict on that number.
    """

    status: str
    explanation: str
    value: Partial
    partials: dict[str, Partial] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    elements: dict[str, Partial] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.status == "verified"

    def _repr_mimebundle_(self, **_only: Any) -> dict[str, str]:
        """What a notebook shows: one line for each number, as text and as a table."""
        rows: list[tuple[str, ...]] = [
            (f"∂/∂{p.name}" if p.name in self.partials else p.name or "value", repr(p.number), p.status,
             "" if p.digits is None else str(p.digits), p.certified or "")
            for p in self.parts
        ]  # fmt: skip
        head = ("", "float64", "verdict", "digits", "certified")
        lines = [f"{self.status}: {self.explanation}", *("   ".join(filter(None, row)) for row in rows)]
        return {"text/plain": "\n".join(lines), "text/html": _table(self, head, rows)}

    @property
    def parts(self) -> tuple[Partial, ...]:
        """The verdicts on all numbers."""
        return (self.value, *self.partials.values(), *self.elements.values())


def _table(verdict: Verdict, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in HTML; every text in it is escaped."""
    body = [f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    top = f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"
    said = html.escape(f"{verdict.status}: {verdict.explanation}")
    return f"<p>{said}</p><table>{top}{''.join(body)}</table>"


def worst(parts: Iterable[Partial]) -> Partial:
    """The first of the worst; there is at least one."""
    return max(parts, key=lambda p: STATUSES.index(p.status))


def correct_digits(error: float, truth: float) -> int:
    """How many significant digits are right when the relative error is `error`: at most half a unit in the last one.

    Half a unit is less beside 9.9 than beside 1.1, so the leading digits of the truth count. 17 if it is exact.
    """
    if error == 0:
        return 17
    if truth == 0 or not error < 1:
        return 0
    size = math.log10(abs(truth)) if math.isfinite(truth) else 0.0
    return max(0, min(16, math.floor(1 - math.log10(2 * error) - (size - math.floor(size)))))
