"""Verdicts at kinks, jumps, borders and holes: what the two sides of a point say about a slope."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from symgrad.certified.prove import Enclosure
from symgrad.certified.sides import Number, Side, Sides
from symgrad.certified.sides import same as equal
from symgrad.check.judge import measure
from symgrad.check.verdict import Partial, Witness
from symgrad.check.words import amount, apart, as_float, brief, signed
from symgrad.engine.flags import Flag

SIDES = "both sides"
UNDECIDED = ""
BENT, BROKEN, INFINITE = "bent", "broken", "infinite"
"""Slopes of both sides differ; there is a jump, or an end; a slope or limit is infinite, or there is none."""


@dataclass(frozen=True)
class Border:
    """Where a slope is asked for: the value there, what happens on both sides, and the flag that was raised."""

    value: Number | None
    sides: Sides
    flag: Flag | None = None


def judge_border(name: str, number: float, border: Border, quotient: Witness | None = None) -> Partial:
    """The verdict on a partial derivative at a point where Taylor arithmetic proves nothing.

    Args:
        name: the variable that moves.
        number: backprop's answer.
        border: value and sides.
        quotient: the second witness that a slope of both sides needs for a tick.
    """
    partial = _blank(name, number, border)
    undecided = _undecided(border)
    if undecided:
        open_ = "neither a slope nor its absence is proved: " if border.value is not None else ""
        return _said(partial, "unchecked", f"not checked: {open_}", undecided)
    if border.value is None:
        return _said(partial, "undefined", "undefined: ", hole(border.sides))
    if is_smooth(border):
        return _smooth(partial, border, quotient)
    kind, said = _difference(border)
    chosen = border.flag is not None and border.flag.kind == "branch" and math.isfinite(number)
    if (kind == INFINITE and not chosen) or (kind == BROKEN and not math.isfinite(number)):
        return _said(partial, "undefined", "undefined: ", said)
    return _said(partial, "convention", "", said, f"; {_choice(number, border.sides)}")


def _said(partial: Partial, status: str, before: str, said: str, after: str = "") -> Partial:
    """The verdict with its words, which are also what the sides have to say as a witness."""
    words = (Witness(SIDES, None, said),)
    return replace(partial, status=status, explanation=f"{before}{said}{after}", witnesses=words)


def _blank(name: str, number: float, border: Border) -> Partial:
    left, right = border.sides.left, border.sides.right
    limit, limits = None, None
    if left.limit is not None or right.limit is not None:
        if same(left.limit, right.limit):
            limit = None if same(left.limit, border.value) else as_float(left.limit)
        else:
            limits = as_float(left.limit), as_float(right.limit)
    return Partial(
        name,
        number,
        UNDECIDED,
        left=as_float(left.slope),
        right=as_float(right.slope),
        limit=limit,
        limits=limits,
        cause=border.flag.node if border.flag is not None else None,
    )


def same(a: Number | None, b: Number | None) -> bool:
    """Whether two numbers are proved to 17 digits and equal so far, or the same infinity."""
    return equal(a, b) or (isinstance(a, float) and isinstance(b, float) and a == b)


def is_smooth(border: Border) -> bool:
    """Whether the value is the limit of both sides and both slopes are one finite number: a derivative."""
    left, right = border.sides.left, border.sides.right
    equal = same(left.limit, right.limit) and same(left.limit, border.value)
    return equal and isinstance(left.slope, Enclosure) and same(left.slope, right.slope)


def _undecided(border: Border) -> str:
    """Why nothing can be said, or ""."""
    left, right = border.sides.left, border.sides.right
    for side, other, where in ((left, right, "left"), (right, left, "right")):
        lacks = side.limit is None or (
            side.slope is None and border.value is not None and _finite(side.limit)
        )
        if side.defined and (lacks or _loose(side.limit) or _loose(side.slope)):
            known = f"; slope {signed(other.slope)} from the other side" if other.slope is not None else ""
            return f"{side.reason or 'no digits are proved'} (from the {where}{known})"
    return "no digits of the value are proved" if _loose(border.value) else ""


def _finite(x: Number | None) -> bool:
    return isinstance(x, Enclosure)


def _loose(x: Number | None) -> bool:
    """Whether a number is enclosed, but not closely."""
    return isinstance(x, Enclosure) and not x.tight


def _smooth(partial: Partial, border: Border, quotient: Witness | None) -> Partial:
    """Both sides have one slope: the derivative. It takes a second witness for a tick."""
    slope = _tighter(border.sides.left.slope, border.sides.right.slope)
    witnesses = (Witness(SIDES, slope), *((quotient,) if quotient is not None else ()))
    slopes = signed(slope)
    measured = measure(partial.name, partial.number, slope, "", witnesses, lambda _: True)
    found = replace(measured, left=partial.left, right=partial.right, cause=partial.cause)
    if found.status == "rounding" and not found.digits:
        said = f"both sides have the slope {slopes}; {brief(partial.number)} is a convention"
        return replace(found, status="convention", explanation=said)
    beside = quotient.enclosure if quotient is not None else None
    confirmed = beside is not None and slope.overlaps(beside)
    if found.status == "verified" and not confirmed:
        reason = quotient.reason if quotient is not None and quotient.reason else "nothing confirms it"
        said = f"not checked: both sides have the slope {slopes}, but {reason}"
        return replace(found, status="unchecked", digits=None, ulp=None, explanation=said)
    return replace(found, explanation=f"{found.explanation}; the slopes of both sides agree")


def _tighter(a: Number | None, b: Number | None) -> Enclosure:
    assert isinstance(a, Enclosure)
    assert isinstance(b, Enclosure)
    return min(a, b, key=lambda e: float(e.ball.rad()))


def _choice(number: float, sides: Sides) -> str:
    """What backprop's number is."""
    if number != number:
        return "backprop has no number here"
    if sides.left.defined != sides.right.defined and as_float(_only(sides)[0].slope) == number:
        return "so is the number"
    return f"{brief(number)} is a convention"


def _difference(border: Border) -> tuple[str, str]:
    """What is at the point, and how the sides differ, in words."""
    left, right = border.sides.left, border.sides.right
    if not left.defined and not right.defined:
        return INFINITE, "defined at this point, but on neither side of it"
    if not left.defined or not right.defined:
        return _one_side(border)
    if not (same(left.limit, border.value) and same(right.limit, border.value)):
        infinite = isinstance(left.limit, float) or isinstance(right.limit, float)
        return INFINITE if infinite else BROKEN, _jump(border)
    assert left.slope is not None
    assert right.slope is not None
    slopes = f"slope {signed(left.slope)} from the left, {signed(right.slope)} from the right"
    steep = [isinstance(side.slope, float) for side in (left, right)]
    if all(steep):
        if left.slope == right.slope:
            return INFINITE, f"vertical tangent: slope {signed(left.slope)} from both sides"
        return INFINITE, f"cusp: {slopes}"
    return INFINITE if any(steep) else BENT, f"{_kind(border)}: {slopes}"


def _kind(border: Border) -> str:
    flag = border.flag
    return flag.kind if flag is not None and flag.kind in ("kink", "tie") else "kink"


def _one_side(border: Border) -> tuple[str, str]:
    """Of a function that ends here."""
    side, where = _only(border.sides)
    assert side.limit is not None
    if not same(side.limit, border.value):
        assert border.value is not None
        beside, here = apart(side.limit, border.value)
        said = f"jump: {beside} from the {where}, {here} here"
        return INFINITE, f"{said}; defined only to the {where}"
    assert side.slope is not None
    said = f"defined only to the {where}, with slope {signed(side.slope)}"
    if isinstance(side.slope, float):
        return INFINITE, f"vertical tangent: {said}"
    return BROKEN, f"border: {said}"


def _only(sides: Sides) -> tuple[Side, str]:
    return (sides.left, "left") if sides.left.defined else (sides.right, "right")


def _jump(border: Border) -> str:
    left, right = border.sides.left.limit, border.sides.right.limit
    assert left is not None
    assert right is not None
    assert border.value is not None
    here = f", {amount(border.value)} here"
    if same(left, right):
        beside, value = apart(left, border.value)
        return f"jump: {beside} on both sides, {value} here"
    known = same(left, border.value) or same(right, border.value)
    below, above = apart(left, right)
    return f"jump: {below} from the left, {above} from the right{'' if known else here}"


def hole(sides: Sides) -> str:
    """What the sides of an undefined value say, in words."""
    left, right = sides.left, sides.right
    if not left.defined and not right.defined:
        return "not defined here, nor on either side"
    if not left.defined or not right.defined:
        side, where = _only(sides)
        assert side.limit is not None
        if isinstance(side.limit, float):
            return f"pole: {signed(side.limit)}; defined only to the {where}"
        return f"limit {amount(side.limit)} from the {where}{_with(side)}; defined only to the {where}"
    assert left.limit is not None
    assert right.limit is not None
    if same(left.limit, right.limit):
        if isinstance(left.limit, float):
            return f"pole: {signed(left.limit)} from both sides"
        same_slope = same(left.slope, right.slope)
        return f"limit {amount(left.limit)} on both sides{_with(left) if same_slope else ''}"
    kind = "pole" if math.inf in map(_size, (left.limit, right.limit)) else "jump"
    return f"{kind}: {signed(left.limit)} from the left, {signed(right.limit)} from the right"


def _with(side: Side) -> str:
    return f" with slope {signed(side.slope)}" if side.slope is not None else ""


def _size(x: Number) -> float:
    return abs(x) if isinstance(x, float) else 0.0
