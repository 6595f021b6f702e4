"""A function of the vector mathematics beside what it promises, and small pieces that many of them are made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symgrad.compiled.emit import SHIFT, SHIFT_BITS, Emitter, Function, Lane

INF, NAN = math.inf, math.nan
LEAST = 2.2250738585072014e-308
"""The least normal double."""


@dataclass(frozen=True)
class Entry:
    """A function, and what it promises.

    Attributes:
        function: (emitter, arguments) -> value.
        bound: the largest error over all doubles, in ulps of the double nearest to the truth.
        typical: between which arguments its speed is measured.
        holds: where the bound holds, if not everywhere.
        where: the same in words.
    """

    function: Function
    bound: float
    typical: tuple[float, float] = (-3.0, 3.0)
    holds: Callable[..., bool] = lambda *_: True
    where: str = ""

    def __call__(self, e: Emitter, *xs: Lane, **attrs: Any) -> Lane:
        """The function's value."""
        return self.function(e, *xs, **attrs)


def clamp(e: Emitter, x: Lane, low: float, high: float) -> Lane:
    """x moved into [low, high]; nan stays. In this order each choice is one instruction, x86's maximum and minimum."""
    least, most = e.constant(low), e.constant(high)
    x = e.where(least > x, least, x)
    return e.where(most < x, most, x)


def nearest_integer(e: Emitter, x: Lane, factor: float, bias: int = 0) -> tuple[Lane, Lane]:
    """rint(x*factor) as a double, and a double whose low bits are that integer + `bias`; below 2^51."""
    t = e.fma(x, factor, SHIFT + bias)
    return e.exactly("sub", t, SHIFT + bias), t


def power_of_two(e: Emitter, n: Lane) -> Lane:
    """2^n for an n that is an integer of a normal double's exponent."""
    return e.from_bits(e.bits(e.exactly("add", n, SHIFT + 1023)) << 52)


def fast_two_sum(e: Emitter, a: Any, b: Any) -> tuple[Lane, Lane]:
    """a + b and its rounding error, for |a| >= |b| or a = 0 (Dekker)."""
    total = e.exactly("add", a, b)
    return total, e.exactly("sub", b, e.exactly("sub", total, a))


def two_product(e: Emitter, a: Lane, b: Lane) -> tuple[Lane, Lane]:
    """a*b and its rounding error."""
    product = e.exactly("mul", a, b)
    return product, e.fma(a, b, -product)


__all__ = [
    "INF",
    "LEAST",
    "NAN",
    "SHIFT_BITS",
    "Entry",
    "clamp",
    "fast_two_sum",
    "nearest_integer",
    "power_of_two",
    "two_product",
]
