"""Trigonometric functions and their slow lanes.

x = n*pi/2 + r with pi/2 as a sum of three numbers: the first product is exact in a fused operation, the second has few
enough bits to be exact for |n| < 2^23, and the remainder is kept as a sum r + low, so that the result loses nothing of
it, even at the doubles nearest to a multiple of pi/2. sin, cos and tan of one argument share both polynomials.
Angles beyond LARGE are reduced one lane at a time (math_angles.py).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import INF, Entry, nearest_integer, two_product
from symgrad.compiled.math_angles import PI_HALF_HIGH, huge_angles
from symgrad.compiled.polynomials import COS, SIN

LARGE = 2.0**22
TWO_OVER_PI = 0.6366197723675814
PI_HALF = (PI_HALF_HIGH, 6.12323399409214e-17, 1.6446256936324258e-26)
PI = (3.141592653589793, 1.2246467991473532e-16)
DEGREE = (0.017453292519943295, 2.9486522708701687e-19)
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


def odd(quarters: Lane) -> Lane:
    """Whether the lowest bit is set: as the sign, which is where the processor looks."""
    return (quarters << 63) < 0


def sin(e: Emitter, x: Lane) -> Lane:
    """The sine."""
    s, c, q = turned(e, x)
    return turn(e, e.where(odd(q), c, s), q)


def cos(e: Emitter, x: Lane) -> Lane:
    """The cosine."""
    s, c, q = turned(e, x)
    return turn(e, e.where(odd(q), s, c), q + 1)


def tan(e: Emitter, x: Lane) -> Lane:
    """The tangent, as the quotient."""
    s, c, q = turned(e, x)
    swap = odd(q)
    above = e.where(swap, c, s)
    below = e.where(swap, s, c)
    return e.exactly("div", e.from_bits(e.bits(above) ^ (q << 63)), below)


def half_turns(e: Emitter, x: Lane) -> Turned:
    """sin and cos of pi*x: x less a multiple of 1/2 is exact."""
    x = e.where(e.abs(x) < 2.0**50, x, x - 2 * e.floor(0.5 * x))
    n, t = nearest_integer(e, x, 2.0)
    r = e.fma(n, -0.5, x)
    return Turned(*sin_cos(e, *times_pi(e, r, PI)), e.bits(t))


def times_pi(e: Emitter, r: Lane, factor: tuple[float, float]) -> tuple[Lane, Lane]:
    """r*factor as an angle less a small part."""
    high, low = two_product(e, r, e.constant(factor[0]))
    return high, -e.fma(r, factor[1], low)


def quarter_turns(e: Emitter, x: Lane) -> Turned:
    """sin and cos of x degrees: x less a multiple of 90 is exact."""
    a = e.abs(x)
    large = e.rarely((a > 2.0**40) & (a < INF), a, "fmod", a, e.constant(360.0))
    n, t = nearest_integer(e, large, 1 / 90)
    r = e.fma(n, -90.0, large)
    s, c = sin_cos(e, *times_pi(e, r, DEGREE))
    thirty = e.abs(r).equals(30)  # 1/2 is the one rational value between 0 and 45 degrees
    return Turned(e.where(thirty, e.copysign(e.constant(0.5), r), s), c, e.bits(t))


def sin_of(e: Emitter, x: Lane, turn_by: Turned) -> Lane:
    """The sine of a turned angle; a zero has the sign of x."""
    s, c, q = turn_by
    y = turn(e, e.where(odd(q), c, s), q)
    return e.where(y.equals(0), e.copysign(y, x), y)


def cos_of(e: Emitter, turn_by: Turned) -> Lane:
    """The cosine of a turned angle; +0 where it vanishes."""
    s, c, q = turn_by
    return turn(e, e.where(odd(q), s, c), q + 1) + 0.0


def sinpi(e: Emitter, x: Lane) -> Lane:
    """sin(pi*x)."""
    return sin_of(e, x, half_turns(e, x))


def cospi(e: Emitter, x: Lane) -> Lane:
    """cos(pi*x)."""
    return cos_of(e, half_turns(e, x))


def sind(e: Emitter, x: Lane) -> Lane:
    """sin of x degrees."""
    size = sin_of(e, e.abs(x), quarter_turns(e, x))
    return e.from_bits(e.bits(size) ^ (e.bits(x) & SIGN))


def cosd(e: Emitter, x: Lane) -> Lane:
    """cos of x degrees."""
    return cos_of(e, quarter_turns(e, x))


def sinc(e: Emitter, x: Lane) -> Lane:
    """sin(x)/x, and 1 at 0."""
    y = e.exactly("div", sin(e, x), x)
    y = e.where(e.abs(x).equals(INF), e.constant(0.0), y)
    return e.where(x.equals(0), e.constant(1.0), y)


SINC_SLOPE = [(-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(1, 15)]


def sinc_slope(e: Emitter, x: Lane) -> Lane:
    """The first derivative of sinc; up to 2 by its power series, as the difference cancels."""
    near = e.fma(x, e.polynomial(e.where(e.abs(x) < 2.0, x * x, 0.0), SINC_SLOPE), 0.0)  # +0 at 0
    far = e.exactly("div", e.exactly("sub", cos(e, x), sinc(e, x)), x)
    return e.where(e.abs(x) < 2.0, near, far)


TABLE = {
    "sin": Entry(sin, 1),
    "cos": Entry(cos, 1),
    "tan": Entry(tan, 3),
    "sinpi": Entry(sinpi, 1),
    "cospi": Entry(cospi, 1),
    "sind": Entry(sind, 1, (-200.0, 200.0)),
    "cosd": Entry(cosd, 1, (-200.0, 200.0)),
    "sinc": Entry(sinc, 2),
    "sinc_slope": Entry(sinc_slope, 4, holds=lambda x: abs(x) < 4, where="-4 < x < 4"),
}
