"""Hyperbolic functions.

tanh and sech^2 of one argument share everything: with m = e^(-2|x|) - 1 and r = 1/(2 + m), |tanh| = -m*r and
sech^2 = 4(1 + m)r^2. Nothing overflows. The rounding of 2 + m is made up for.
"""

from __future__ import annotations

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import Entry, clamp
from symgrad.compiled.math_exponential import exp_parts


def tanh_parts(e: Emitter, x: Lane) -> tuple[Lane, Lane, Lane, Lane]:
    """(t, m, d, r): t = e^(-2|x|), m = t - 1, d = 2 + m rounded, r = 1/d."""
    q, a, b, n = exp_parts(e, -2 * clamp(e, e.abs(x), 0.0, 373.0))
    scale = a * b
    m = e.fma(scale, q, scale - 1)
    d = m + 2
    return e.fma(a, q, a) * b, m, d, e.exactly("div", 1.0, d)


def tanh(e: Emitter, x: Lane) -> Lane:
    """tanh(x)."""
    _, m, d, r = tanh_parts(e, x)
    lost = e.exactly("sub", e.exactly("sub", d, 2.0), m)  # d = 2 + m + lost
    y = m * r
    y = e.fma(e.fma(y, lost, e.fma(-y, d, m)), r, y)
    return e.copysign(y, x)


def sech_squared(e: Emitter, x: Lane) -> Lane:
    """1/cosh(x)^2, sharing all of tanh."""
    t, _, _, r = tanh_parts(e, x)
    return 4 * t * (r * r)


TABLE = {"tanh": Entry(tanh, 2)}
