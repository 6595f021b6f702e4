"""The ball functions by name."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

from symgrad.balls import elementary, piecewise, slopes, special

BALLS: dict[str, Callable[..., arb]] = {
    **elementary.BALLS,
    **piecewise.BALLS,
    **special.BALLS,
    **slopes.BALLS,
}
