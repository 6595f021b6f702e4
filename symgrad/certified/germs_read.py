"""What a germ says: its limit, its slope, and what it would take to say more."""

from __future__ import annotations

import math

from symgrad.balls import exact
from symgrad.certified.germs import UNIT, Coefficient, Germ, Monomial, Outside, Unsettled, sign_of, split
from symgrad.certified.germs_interpret import Slot
from symgrad.certified.prove import Enclosure
from symgrad.certified.sides import Number, Side

LINE: Monomial = (1, 0)
"""The monomial t."""


def read(found: Slot, side: int, bits: int) -> tuple[Side, str]:
    """One side of a function, and what may improve it: "bits", "terms" or nothing."""
    if isinstance(found, Outside):
        return Side(defined=False, reason=str(found)), ""
    if isinstance(found, Unsettled):
        return Side(reason=str(found)), found.more
    if isinstance(found, bool):
        return Side(reason="a condition has no derivative"), ""
    limit: Number | None = None
    try:
        limit = limit_of(found, bits)
        if isinstance(limit, float):
            return Side(limit, -side * limit), ""
        slope = slope_of(found, bits)
    except Unsettled as why:
        return Side(limit, reason=str(why)), why.more
    if isinstance(slope, float):
        return Side(limit, side * slope), "" if limit.tight else "bits"
    result = Side(limit, slope if side > 0 else Enclosure(-slope.ball, bits))
    return result, "" if result.settled else "bits"


def enclosure(c: Coefficient, bits: int) -> Enclosure:
    """A coefficient as a proven number."""
    ball = exact.unrounded(c)  # a jump may be small beside the value
    if not ball.is_finite():
        raise Unsettled("a number that could not be bounded", "bits")
    return Enclosure(ball, bits)


def require_order(g: Germ, above: Monomial, what: str) -> None:
    """Raise unless a germ is known beyond a monomial."""
    if g.order is not None and g.order <= above:
        raise Unsettled(g.why or f"{what} needs more terms", "" if g.why else "terms")


def limit_of(g: Germ, bits: int) -> Number:
    """The limit."""
    if g.huge or (g.terms and g.terms[0][0] < UNIT):
        return math.copysign(math.inf, sign_of(g))
    require_order(g, UNIT, "the limit")
    return enclosure(split(g)[0], bits)


def slope_of(g: Germ, bits: int) -> Number:
    """The slope of a germ with a finite limit, by t."""
    rest = split(g)[1]
    if rest.terms and rest.terms[0][0] < LINE:
        return math.copysign(math.inf, sign_of(rest))
    require_order(g, LINE, "the slope")
    if rest.terms and rest.terms[0][0] == LINE:
        return enclosure(rest.terms[0][1], bits)
    return enclosure(exact.ZERO, bits)


def better(new: Side, old: Side) -> Side:
    """The side of which more is known; of two that say as much the newer, which is the tighter one."""
    return new if knowledge(new) >= knowledge(old) else old


def knowledge(side: Side) -> int:
    """How much is known of a side."""
    return 3 if not side.defined else (side.limit is not None) + (side.slope is not None)
