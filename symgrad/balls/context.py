"""Precision, and the way between floats and balls."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from symgrad.balls.limits import ODD, at_edge

if TYPE_CHECKING:  # python-flint takes 50 ms to import
    from flint import arb

FIRST_BITS = 64
LAST_BITS = 4096
"""Enough for sin(1e300), which needs about 1100, and the Airy functions there, which need 1700."""

HOPELESS_BITS = 512
"""A ball that is still nan here is no lack of precision: the function is undefined."""

_LOCK = threading.RLock()
"""python-flint's precision is one setting for the whole process: one thread computes at a time."""


@contextmanager
def precision(bits: int, terms: int | None = None) -> Iterator[None]:
    """Compute with so many bits, and with power series of so many coefficients."""
    from flint import ctx

    with _LOCK:
        saved = ctx.prec, ctx.cap
        ctx.prec = bits
        if terms is not None:
            ctx.cap = terms
        try:
            yield
        finally:
            ctx.prec, ctx.cap = saved


def to_double(ball: arb) -> float | None:
    """The one double that all points of a ball round to (an infinity if they exceed float64), or None.

    Call it at the precision the ball was computed with: the ends of the ball are rounded outwards to that precision.
    """
    low = float(ball.lower())  # rounds to nearest even, also subnormals and overflow
    high = float(ball.upper())
    if low != high:
        return None
    return low or low + high  # -0.0 only if both ends are


def nearest(function: str, *args: float, max_bits: int = LAST_BITS, **attrs: Any) -> float:
    """The correctly rounded value of a function at doubles, with IEEE infinities at poles; nan outside its domain."""
    if not all(map(math.isfinite, args)):
        return at_edge(function, args, attrs)
    f, arb, ctx = _prepared(function)
    with _LOCK:
        saved = ctx.prec
        try:
            balls = [arb(x) for x in args]
            bits = FIRST_BITS
            while True:
                ctx.prec = bits
                y = f(*balls, **attrs)
                value = to_double(y)
                if value is not None:
                    return value or _signed_zero(value, function, args)
                if y.is_nan() and bits >= HOPELESS_BITS:
                    return at_edge(function, args, attrs)
                if bits >= max_bits:
                    return _tie(y)
                bits *= 2
        finally:
            ctx.prec = saved


@cache
def _prepared(function: str) -> tuple[Callable[..., arb], type[arb], Any]:
    """What `nearest` needs: looking it up once saves a microsecond a call."""
    from flint import arb, ctx

    from symgrad.balls.table import BALLS

    return BALLS[function], arb, ctx


def _signed_zero(value: float, function: str, args: tuple[float, ...]) -> float:
    """The zero of an odd function at -0.0 is -0.0."""
    return args[0] if function in ODD and args[0] == 0 else value


def _tie(y: arb) -> float:
    """What a ball of thousands of bits around the middle of two doubles means: the middle itself, rounded to even."""
    low, high = float(y.lower()), float(y.upper())
    if math.nextafter(low, math.inf) != high:
        return math.nan
    even = low / math.ulp(low) % 2 == 0
    return low if even else high
