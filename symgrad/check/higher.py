"""Derivatives of higher order where a function has a border, a hole or no value: what both sides say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symgrad.certified.prove import Enclosure
from symgrad.certified.sides import one_sided
from symgrad.check.borders import Border, is_smooth, judge_border
from symgrad.check.quotients import second_quotient
from symgrad.check.sides import Place
from symgrad.check.verdict import Partial
from symgrad.engine.gradient import gradient
from symgrad.graph import Node


def at_border_of_higher(place: Place, by: Sequence[Node], name: str, number: float) -> Partial:
    """The verdict on a derivative of order two or more where Taylor arithmetic finds none.

    A second derivative is the slope of the first one, where that exists: series of the rule on both sides, and beside
    them the second difference quotient, which knows no rule.
    """
    if place.value is None:
        return Partial(name, number, "undefined", explanation="undefined: the function has no value here")
    if len(by) != 2 or by[0] is not by[1]:
        said = "not checked: the function has a border here, where only first and second derivatives are looked at"
        return Partial(name, number, "unchecked", explanation=said)
    if place.limits.spent():
        return Partial(name, number, "unchecked", explanation="not checked: out of time")
    once = Border(place.value, one_sided(place.root, place.bound, by[0], place.limits))
    slope = once.sides.right.slope
    if not is_smooth(once) or not isinstance(slope, Enclosure):
        found = judge_border(name, number, once)
        return replace(
            found,
            explanation=f"{found.explanation} (of the function, so that there is no second derivative)",
            left=None,
            right=None,
        )
    rule = gradient(place.root, [by[0]])[0]
    twice = Border(slope, one_sided(rule, place.bound, by[0], place.limits))
    beside = second_quotient(place.root, place.bound, by[0], place.limits) if is_smooth(twice) else None
    found = judge_border(name, number, twice, beside)
    return replace(found, explanation=f"{found.explanation} (of the first derivative)")
