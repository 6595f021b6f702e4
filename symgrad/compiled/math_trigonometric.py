"""Trigonometric functions and their slow lanes.

x = n*pi/2 + r with pi/2 as a sum of three numbers: the first product is exact in a fused operation, the second has few
enough bits to be exact for |n| < 2^23, and the remainder is kept as a sum r + low, so that the result loses nothing of
it, even at the doubles nearest to a multiple of pi/2. sin, cos and tan of one argument share both polynomials.
Angles beyond LARGE are reduced one lane at a time (math_angles.py).
"""

from __future__ import annotations

from typing import NamedTuple

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import Entry, nearest_integer
from symgrad.compiled.math_angles import PI_HALF_HIGH, huge_angles
from symgrad.compiled.polynomials import COS, SIN

LARGE = 2.0**22
TWO_OVER_PI = 0.6366197723675814
PI_HALF = (PI_HALF_HIGH, 6.12323399409214e-17, 1.6446256936324258e-26)
SIGN = -(2**63)


class Turned(NamedTuple):
    """sin and cos of the reduced angle, and the number of quarter turns in the low bits."""

    sin: Lane
    cos: Lane
    quarters: Lane


def turned(e: Emitter, x: Lane) -> Turned:
    """x modulo pi/2."""
    n, t = nearest_integer(e, x, TWO_OVER_PI)
    first = e.fma(n, -PI_HALF[0], x)
    r = e.fma(n, -PI_HALF[1], first)
    low = e.fma(n, PI_HALF[2], e.fma(n, PI_HALF[1], e.exactly("sub", r, first)))  # the angle is r - low
    r, low, quarters = huge_angles(e, e.abs(x) > LARGE, x, r, low, e.bits(t))
    return Turned(*sin_cos(e, r, low), quarters)


def sin_cos(e: Emitter, r: Lane, low: Lane) -> tuple[Lane, Lane]:
    """sin(r - low) and cos(r - low) for |r| <= pi/4 and a low far below r; the zero keeps its sign."""
    z = r * r
    sin = r - e.fma(z * r, e.polynomial(z, SIN), low)
    half = 0.5 * z
    cos = e.exactly("sub", 1.0, half)
    rest = e.exactly("sub", e.exactly("sub", 1.0, cos), half)
    cos = cos + e.fma(z * z, e.polynomial(z, COS), e.fma(r, low, rest))
    return sin, cos


def turn(e: Emitter, y: Lane, quarters: Lane) -> Lane:
    """y with its sign turned where the second bit is set."""
    return e.from_bits(e.bits(y) ^ ((quarters << 62) & SIGN))


def odd(e: Emitter, quarters: Lane) -> Lane:
    """Whether the lowest bit is set: as the sign, which is where the processor looks."""
    return (quarters << 63) < 0


def sin(e: Emitter, x: Lane) -> Lane:
    """sin(x)."""
    s, c, q = turned(e, x)
    return turn(e, e.where(odd(e, q), c, s), q)


def cos(e: Emitter, x: Lane) -> Lane:
    """cos(x)."""
    s, c, q = turned(e, x)
    return turn(e, e.where(odd(e, q), s, c), q + 1)


def tan(e: Emitter, x: Lane) -> Lane:
    """tan(x), the quotient."""
    s, c, q = turned(e, x)
    swap = odd(e, q)
    above = e.where(swap, c, s)
    below = e.where(swap, s, c)
    return e.exactly("div", e.from_bits(e.bits(above) ^ (q << 63)), below)


TABLE = {
    "sin": Entry(sin, 1),
    "cos": Entry(cos, 1),
    "tan": Entry(tan, 3),
}
