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


def nowhere() -> arb_series:
    """The power series of which nothing is known, not even that it is constant."""
    from symgrad.balls.expansion import nowhere

    return nowhere()


def widened(x: arb, relative: float, absolute: float) -> arb:
    """A ball with at least this radius, relative to its size or absolute."""
    from flint import arb

    return x + arb(0, x.abs_upper() * relative + arb(absolute))


def vanishes(x: arb, bits: int) -> bool:
    """Whether a ball contains zero, and nothing as large as 2^-bits."""
    from flint import arb

    return bool(x.contains(0)) and bool(x.abs_upper() < arb((1, -bits)))


Dyadic = tuple[int, int] | None
"""The number m*2^e as (m, e); None where it is no number."""


def parts(x: arb) -> tuple[Dyadic, Dyadic]:
    """Midpoint and radius of a ball, exactly, as plain data."""
    if not x.is_finite():
        return None, None
    (m, e), (r, k) = x.mid().man_exp(), x.rad().man_exp()
    return (int(m), int(e)), (int(r), int(k))


def from_parts(middle: Dyadic, radius: Dyadic) -> arb:
    """The ball with these parts."""
    from flint import arb

    if middle is None or radius is None:
        return arb.nan()
    return arb(middle, radius)


def coefficients(x: Any, count: int) -> list[arb]:
    """The first `count` coefficients of a series; a ball is a constant series (or an unknown one, if it is unknown)."""
    from flint import arb

    if is_ball(x):
        return [x] + [arb(0) if x.is_finite() else arb.nan()] * (count - 1)
    found = list(x)[:count]
    return found + [arb(0)] * (count - len(found))
