"""What a check says: one status for each partial derivative, and the worst of them for the whole."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from symgrad.certified.prove import NOWHERE, Enclosure
from symgrad.engine.flags import Flag

STATUSES = ("verified", "convention", "unchecked", "rounding", "undefined", "mismatch")
"""From best to worst: `rounding` means the rule is right and float64 lost digits, `convention` a kink, tie or jump."""

ULPS = 16
"""A number this close to the truth still counts as verified; what is lost beyond is called rounding."""


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
    """The verdict on one number: a partial derivative, or the value itself.

    Attributes:
        name: the variable (an element of an array as `v[0]`), or "" for the value.
        number: float64, by backprop.
        status: one of `STATUSES`.
        digits: correct significant digits of `number`; 17 when it is exact; None when not known.
        ulp: its distance from the truth in units in the last place; None when not known.
        certified: the truth in decimal, as many digits as are proved (at most 17); None when nothing is proved.
        certified_float: the double nearest to the truth, if that is certain.
        explanation: one sentence.
        witnesses: who was asked, and what they said.
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

    def __bool__(self) -> bool:
        return self.status == "verified"


@dataclass(frozen=True)
class Verdict:
    """The verdict on an expression at a point. True only when every partial derivative, and the value, is verified.

    Attributes:
        status: the worst of the partials' (and the value's) statuses.
        explanation: one sentence.
        value: the verdict on the value.
        partials: variable name -> verdict on that partial derivative.
        flags: what happened on the way.
    """

    status: str
    explanation: str
    value: Partial
    partials: dict[str, Partial] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()

    def __bool__(self) -> bool:
        return self.status == "verified"


Explained = Callable[[float], bool]


def correct_digits(error: float, truth: float) -> int:
    """How many significant digits are right when the relative error is `error`: at most half a unit in the last one."""
    if error == 0:
        return 17
    if truth == 0 or not error < 1:
        return 0
    return max(0, min(16, math.floor(1 - math.log10(2 * error))))


def judge(
    name: str, number: float, witnesses: tuple[Witness, ...], border: str, explained: Explained
) -> Partial:
    """Decide on one number.

    Args:
        name: the variable's name.
        number: float64's answer.
        witnesses: Taylor arithmetic first: it uses no derivative rule of ours, so nothing is verified without it.
        border: why the point is a border case (a kink, a tie ...), or "".
        explained: called only when digits are missing: whether rounding can explain the number.
    """
    taylor = witnesses[0]
    speaking = [w for w in witnesses if w.speaks]
    disagreeing = _outvoted(speaking)
    if border and (disagreeing or not taylor.speaks):
        return Partial(name, number, "convention", explanation=border, witnesses=witnesses)
    if disagreeing:
        return _contradiction(name, number, speaking, disagreeing, witnesses)
    if taylor.enclosure is None or not taylor.speaks:
        return _unproved(name, number, taylor.reason, witnesses)
    return _measure(name, number, taylor.enclosure, taylor.reason, witnesses, explained)


def _contradiction(
    name: str, number: float, speaking: list[Witness], wrong: list[Witness], witnesses: tuple[Witness, ...]
) -> Partial:
    """Two proofs exclude each other: one of them has a bug."""
    trusted = [w for w in speaking if w not in wrong]
    who, others = (", ".join(w.name for w in camp) for camp in (wrong, trusted))
    said = f"{who} contradicts {others}" if others else f"{who} contradict each other"
    best = (trusted or speaking)[0].enclosure
    certified = best.text() if best is not None and trusted else None
    return Partial(
        name, number, "mismatch", 0, None, certified, None, f"{said}: please report this", witnesses
    )


def _unproved(name: str, number: float, reason: str, witnesses: tuple[Witness, ...]) -> Partial:
    """Nothing is proved: because there is nothing (no derivative here), or because proof is out of reach."""
    if not math.isfinite(number) and reason == NOWHERE:
        what = "there is no derivative here" if number != number else "the slope is infinite here"
        return Partial(name, number, "undefined", explanation=f"undefined: {what}", witnesses=witnesses)
    said = f"not checked: {reason or 'nothing could be proved'}"
    return Partial(name, number, "unchecked", explanation=said, witnesses=witnesses)


def _outvoted(speaking: list[Witness]) -> list[Witness]:
    """The witnesses whose enclosures contradict the rest: the fewer ones of two camps; all, if there is no majority."""
    for one in speaking:
        camp = [w for w in speaking if _agree(one, w)]
        if len(camp) == len(speaking):
            continue
        rest = [w for w in speaking if w not in camp]
        if len(camp) == len(rest):
            return speaking
        return min(camp, rest, key=len)
    return []


def _agree(a: Witness, b: Witness) -> bool:
    return a.enclosure is not None and b.enclosure is not None and a.enclosure.overlaps(b.enclosure)


def _measure(
    name: str,
    number: float,
    truth: Enclosure,
    reason: str,
    witnesses: tuple[Witness, ...],
    explained: Explained,
) -> Partial:
    """Compare float64's number with a proven one."""
    text, exact = truth.text(), truth.nearest
    if not truth.tight:
        said = f"not checked: only {text} is proved ({reason})"
        return Partial(name, number, "unchecked", None, None, text, None, said, witnesses)
    if not math.isfinite(number):
        beyond = exact is not None and math.isinf(exact)
        said = (
            f"the true value {text} exceeds float64"
            if beyond
            else f"float64 overflowed; the true value is {text}"
        )
        return Partial(name, number, "rounding", 0, None, text, exact, said, witnesses)
    absolute, relative = (0.0, 0.0) if truth.zero and number == 0 else truth.error_of(number)
    ulp = absolute / math.ulp(exact if exact is not None and math.isfinite(exact) else number)
    digits = correct_digits(relative, exact if exact is not None else 1.0)
    normal = exact is not None and abs(exact) >= sys.float_info.min
    if absolute == 0 or digits >= 15 or (ulp <= ULPS and normal):
        return Partial(
            name, number, "verified", digits, ulp, text, exact, _praise(digits, absolute), witnesses
        )
    if not explained(number):
        said = f"backprop says {number!r}, the truth is {text}: far more than rounding explains; please report this"
        return Partial(name, number, "mismatch", digits, ulp, text, exact, said, witnesses)
    lost = "no digit is right" if digits == 0 else f"only {digits} digits are right"
    said = f"rounding: {lost}; the true value is {text}"
    return Partial(name, number, "rounding", digits, ulp, text, exact, said, witnesses)


def _praise(digits: int, absolute: float) -> str:
    return "exact" if absolute == 0 else f"{digits} digits"
