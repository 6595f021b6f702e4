"""Balls and power series of them, made and taken apart by those who interpret graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # python-flint takes 50 ms to import
    from flint import arb, arb_series


def variable(x: arb) -> arb_series:
    """The power series x + t."""
    from flint import arb_series

    return arb_series([x, 1])


def is_ball(x: Any) -> bool:
    """Whether something is a ball, and not a power series or a truth value."""
    from flint import arb

    return isinstance(x, arb)


def unknown() -> arb:
    """The indeterminate ball, of which nothing is known."""
    from flint import arb

    return arb.nan()


def coefficients(x: Any, count: int) -> list[arb]:
    """The first `count` coefficients of a series; a ball is a constant series (or an unknown one, if it is unknown)."""
    from flint import arb

    if is_ball(x):
        return [x] + [arb(0) if x.is_finite() else arb.nan()] * (count - 1)
    found = list(x)[:count]
    return found + [arb(0)] * (count - len(found))
