"""Inverse functions on germs at the ends of their domains."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.balls import exact
from symgrad.certified.germs import (
    UNIT,
    Germ,
    Outside,
    add,
    bounded,
    direction,
    known_sign,
    mul,
    negative,
    scaled,
    sign_of,
    sub,
)
from symgrad.certified.germs_elementary import ONE, asinh, plain, right_angle, symbol
from symgrad.certified.germs_piecewise import Unary
from symgrad.certified.germs_powers import ITERATED, ROOT_OF_LOG, log, signed, sqrt
from symgrad.certified.germs_regular import regular


def acos_near_one(g: Germ) -> Germ:
    """acos as 2 asin(sqrt((1 - g)/2)): nothing beyond 1."""
    small = sqrt(scaled(sub(ONE, g), exact.number(0.5)))
    return scaled(regular("asin", small), exact.number(2))


def at_ends(g: Germ, middle: Unary, end: Callable[[Germ, int], Germ], what: str) -> Germ:
    """A function on [-1, 1] that is no power series at the ends."""
    if g.huge or direction(g):
        raise Outside(f"{what} beyond 1")
    for s in (1, -1):
        room = sub(ONE, signed(g, s))
        if not room.terms or room.terms[0][0] > UNIT:  # at the end, or as near as is known
            if known_sign(room) < 0:
                raise Outside(f"{what} beyond 1")
            return end(g, s)
        if sign_of(room) < 0:
            raise Outside(f"{what} beyond 1")
    return middle(g)


def acos(g: Germ) -> Germ:
    """The inverse cosine."""

    def end(g: Germ, s: int) -> Germ:
        return acos_near_one(g) if s > 0 else sub(symbol("pi"), acos_near_one(negative(g)))

    return at_ends(g, plain("acos"), end, "acos")


def asin(g: Germ) -> Germ:
    """The inverse sine."""

    def end(g: Germ, s: int) -> Germ:
        return signed(sub(right_angle(), acos_near_one(signed(g, s))), s)

    return at_ends(g, plain("asin"), end, "asin")


def erfinv_end(g: Germ, s: int) -> Germ:
    """The inverse of erf, whose square is log(1/(1 - |g|)) up to iterated logarithms."""
    depth = negative(log(sub(ONE, signed(g, s))))
    return signed(sqrt(add(depth, bounded(ROOT_OF_LOG, ITERATED))), s)


def erfinv(g: Germ) -> Germ:
    """The inverse of erf."""
    return at_ends(g, plain("erfinv"), erfinv_end, "erfinv")


def erfcinv(g: Germ) -> Germ:
    """The inverse of the complement of erf."""
    return at_ends(sub(ONE, g), lambda _: regular("erfcinv", g), erfinv_end, "erfcinv")


def atanh(g: Germ) -> Germ:
    """The inverse hyperbolic tangent: half a logarithm at the ends."""

    def end(g: Germ, _: int) -> Germ:
        return scaled(sub(log(add(ONE, g)), log(sub(ONE, g))), exact.number(0.5))

    return at_ends(g, plain("atanh"), end, "atanh")


def acosh(g: Germ) -> Germ:
    """The inverse hyperbolic cosine: a root at 1, a logarithm at infinity."""
    room = sub(g, ONE)
    if sign_of(room) < 0:
        raise Outside("acosh below 1")
    if direction(g):
        return log(add(g, sqrt(mul(room, add(g, ONE)))))
    return scaled(asinh(sqrt(scaled(room, exact.number(0.5)))), exact.number(2))
