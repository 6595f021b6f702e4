"""The series functions by name, and the two laws that all of them keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb_series, ctx

from symgrad.balls import series_elementary, series_piecewise, series_special, series_trigonometric
from symgrad.balls.expansion import NAN, Argument, centre, nowhere
from symgrad.balls.table import BALLS

SERIES: dict[str, Callable[..., arb_series]] = {
    **series_elementary.SERIES,
    **series_trigonometric.SERIES,
    **series_piecewise.SERIES,
    **series_special.SERIES,
}


def lookup(name: str) -> Callable[..., arb_series] | None:
    """The series function of this name, or None.

    Its constant term is what the ball function says, so it is as tight, and where that is undefined nothing is known.
    Terms that a division lost are unknown, not zero.
    """
    if name not in SERIES:
        return None
    expand, value_of = SERIES[name], BALLS[name]

    def function(*args: Argument, **attrs: Any) -> arb_series:
        value = value_of(*map(centre, args), **attrs)
        if not value.is_finite():
            return nowhere()
        if ctx.cap == 1:
            return arb_series([value])
        y = expand(*args, **attrs)
        known = min(y.prec, ctx.cap)
        return arb_series([value, *(y[k] for k in range(1, known)), *[NAN] * (ctx.cap - known)])

    function.__name__ = name
    return function
