"""Both sides of a point are looked at, and judged: where Taylor arithmetic proves nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from symgrad.certified.prove import Budget, Enclosure
from symgrad.certified.sides import one_sided
from symgrad.check.borders import Border, is_smooth, judge_border
from symgrad.check.judge import measure
from symgrad.check.quotients import quotients
from symgrad.check.verdict import Partial
from symgrad.engine.flags import Flag
from symgrad.graph import Node


@dataclass(frozen=True)
class Place:
    """A scalar graph at an exact point; its value there, if it has one; and what the answer may cost."""

    root: Node
    bound: Mapping[Node, float]
    value: Enclosure | None
    limits: Budget


def at_border(place: Place, along: Node, name: str, number: float, flag: Flag | None) -> Partial:
    """The verdict on the slope by one variable where both sides of the point have to be looked at."""
    if place.limits.spent():
        return Partial(name, number, "unchecked", explanation="not checked: out of time")
    border = Border(place.value, one_sided(place.root, place.bound, along, place.limits), flag)
    second = quotients(place.root, place.bound, along, place.limits) if is_smooth(border) else None
    found = judge_border(name, number, border, second)
    if number == number or place.value is None:
        return found
    from symgrad.check.holes import steady  # rules take a while to import

    return replace(found, hint=steady(place.root))


def of_signed_zero(found: Partial, root: Node, bound: Mapping[Node, float], limits: Budget) -> Partial:
    """The same verdict on a value, but that where a function jumps -0.0 may stand for the left side of zero.

    No real number is -0.0: proofs see 0 there, and float64's atan2(-0.0, -1) is the limit from the left by convention.
    """
    for v, x in bound.items():
        if x != 0 or math.copysign(1.0, x) > 0 or limits.spent():
            continue
        limit = one_sided(root, bound, v, limits).left.limit
        if isinstance(limit, Enclosure) and limit.tight and found.certified is not None:
            beside = measure("", found.number, limit, "", found.witnesses, lambda _: True)
            if beside.status == "verified":
                said = (
                    f"jump: the limit from the left, as {v.name} is -0.0; at {v.name} = 0 it is {found.truth}"
                )
                return replace(
                    found, status="convention", digits=beside.digits, ulp=beside.ulp, explanation=said
                )
    return found
