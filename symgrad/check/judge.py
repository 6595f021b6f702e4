"""One number among its witnesses: who is outvoted, and how many digits of float64's answer are proved."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

from symgrad.certified.prove import NOWHERE, Enclosure
from symgrad.check.verdict import Partial, Witness, correct_digits
from symgrad.check.words import truth as shown_truth

ULPS = 16
"""A number this close to the truth still counts as verified; what is lost beyond is called rounding."""

Explained = Callable[[float], bool]


@dataclass(frozen=True)
class Doubts:
    """Whom to ask when a number is in doubt: both are called only then.

    Attributes:
        explained: whether rounding can explain the number.
        third: one more opinion, where two witnesses contradict each other.
    """

    explained: Explained
    third: Callable[[], Witness] | None = None


def judge(name: str, number: float, witnesses: tuple[Witness, ...], doubts: Doubts) -> Partial:
    """Decide on one number.

    Args:
        name: the variable's name.
        number: float64's answer.
        witnesses: Taylor arithmetic first: it uses no derivative rule of ours, so nothing is verified without it.
        doubts: whom else to ask.
    """
    disagreeing = outvoted([w for w in witnesses if w.speaks])
    if disagreeing and doubts.third is not None:
        witnesses = (*witnesses, doubts.third())
        disagreeing = outvoted([w for w in witnesses if w.speaks])
    if disagreeing:
        return _contradiction(name, number, disagreeing, witnesses)
    first = witnesses[0]
    if first.enclosure is None or not first.speaks:
        return _unproved(name, number, first.reason, witnesses)
    return measure(name, number, first.enclosure, first.reason, witnesses, doubts.explained)


def outvoted(speaking: list[Witness]) -> list[Witness]:
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


def _contradiction(name: str, number: float, wrong: list[Witness], witnesses: tuple[Witness, ...]) -> Partial:
    """Two proofs exclude each other: one of them has a bug."""
    trusted = [w for w in witnesses if w.speaks and w not in wrong]
    who, others = (", ".join(w.name for w in camp) for camp in (wrong, trusted))
    if trusted:
        said = f"{who} contradicts {others}: {_said(wrong[0])} against {_said(trusted[0])}"
    else:
        said = f"{who} contradict each other: {' against '.join(map(_said, wrong))}"
    best = trusted[0].enclosure if trusted else None
    return Partial(
        name,
        number,
        "mismatch",
        0,
        certified=best.text() if best is not None else None,
        explanation=f"{said}; please report this",
        witnesses=witnesses,
        truth=shown_truth(best) if best is not None else None,
    )


def _said(witness: Witness) -> str:
    return shown_truth(witness.enclosure) if witness.enclosure is not None else witness.reason


def _unproved(name: str, number: float, reason: str, witnesses: tuple[Witness, ...]) -> Partial:
    """Nothing is proved: because there is nothing (no derivative here), or because proof is out of reach."""
    if not math.isfinite(number) and reason == NOWHERE:
        what = "there is no derivative here" if number != number else "the slope is infinite here"
        return Partial(name, number, "undefined", explanation=f"undefined: {what}", witnesses=witnesses)
    said = f"not checked: {reason or 'nothing could be proved'}"
    return Partial(name, number, "unchecked", explanation=said, witnesses=witnesses)


def measure(
    name: str,
    number: float,
    truth: Enclosure,
    reason: str,
    witnesses: tuple[Witness, ...],
    explained: Explained,
) -> Partial:
    """Compare float64's number with a proven one."""
    text, exact, best = truth.text(), truth.nearest, shown_truth(truth)

    def verdict(status: str, digits: int | None, ulp: float | None, said: str) -> Partial:
        found = exact if digits is not None else None
        return Partial(name, number, status, digits, ulp, text, found, said, witnesses, truth=best)

    if not truth.tight:
        return verdict("unchecked", None, None, f"not checked: only {text} is proved ({reason})")
    if not math.isfinite(number):
        beyond = exact is not None and math.isinf(exact)
        said = f"the true value {best} exceeds float64" if beyond else _overflowed(number, best)
        return verdict("rounding", 0, None, said)
    absolute, relative = (0.0, 0.0) if truth.zero and number == 0 else truth.error_of(number)
    ulp = absolute / math.ulp(exact if exact is not None and math.isfinite(exact) else number)
    digits = correct_digits(relative, exact if exact is not None else 1.0)
    normal = exact is not None and abs(exact) >= sys.float_info.min
    if absolute == 0 or digits >= 15 or (ulp <= ULPS and normal):
        return verdict("verified", digits, ulp, "exact" if absolute == 0 else f"{digits} digits")
    if not explained(number):
        said = f"backprop says {number!r}, the truth is {best}: far more than rounding explains; please report this"
        return verdict("mismatch", digits, ulp, said)
    return verdict("rounding", digits, ulp, f"rounding: {_lost(digits)}; the true value is {best}")


def _overflowed(number: float, truth: str) -> str:
    return f"float64 gives {number!r}; the true value is {truth}"


def _lost(digits: int) -> str:
    if not digits:
        return "no digit is right"
    return f"only {digits} digit{'s are' if digits > 1 else ' is'} right"
