"""Every function of the language on balls: real numbers with a proven error bound, and power series of them.

A ball is Arb's midpoint-radius interval (`flint.arb`). A ball function returns a ball that contains every value the
function takes on the input balls, and the indeterminate ball (nan) where it cannot: outside the real domain, at a pole,
or when the input is too wide to tell. A series function does the same with truncated power series (`flint.arb_series`).

This package is the one place that knows python-flint, and importing it does not import python-flint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from symgrad.balls.context import nearest, precision, to_double

if TYPE_CHECKING:  # python-flint takes 50 ms to import
    from flint import arb, arb_series

__all__ = ["ball", "constant", "nearest", "precision", "series", "to_double"]


@cache
def ball(name: str) -> Callable[..., arb] | None:
    """The function of this name on balls, or None if there is none."""
    from symgrad.balls.table import BALLS

    return BALLS.get(name)


@cache
def series(name: str) -> Callable[..., arb_series] | None:
    """The function of this name on power series, or None if there is none.

    An argument that depends on the series' variable is an `arb_series`, one that does not is an `arb`: a truncated
    series cannot tell a constant from x^100, and at the border of a domain that makes the difference. At least one
    argument is a series. The result has as many coefficients as `precision(bits, terms)` says; those it cannot enclose
    (no derivative there, or the constant term straddles a kink) are nan. NotImplementedError means that the function
    has no series in an argument that varies.
    """
    from symgrad.balls.series_table import lookup

    return lookup(name)


def constant(value: Any) -> arb:
    """An int, a bool or a float as the exact ball of the same value."""
    from flint import arb, fmpz

    if isinstance(value, int):
        whole = fmpz(value)
        with precision(max(64, whole.bit_length())):
            return arb(whole)
    return arb(value)
