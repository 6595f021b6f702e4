"""Taylor coefficients of any holomorphic function, proven, from its values on a circle.

For F holomorphic and bounded by M on |t| <= R, the discrete Fourier sum over N points of the circle |t| = r gives

    (1/N) sum_j F(r w^j) (r w^j)^-k  =  c_k + c_(k+N) r^N + c_(k+2N) r^2N + ...,    w = exp(2 pi i/N),

and by Cauchy |c_m| <= M/R^m, so what follows c_k is at most M R^-k q^N/(1 - q^N) with q = r/R. No derivative is written
down anywhere, which is why the results can witness against derivative rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from flint import acb, arb, arb_series, ctx

from symgrad.balls.expansion import nowhere

SHRINK_BITS = 16
"""r = R/2^16: each point of the circle proves 16 bits, and each order of the derivative costs 16 bits."""


def holomorphic(f: Callable[..., acb], *args: arb | arb_series, reach: arb, bound: arb) -> arb_series:
    """f(args) as a power series in t.

    Args:
        f: a function that is real for real arguments.
        args: balls and series of which at least one is a series.
        reach: f is holomorphic while the series move by no more than this from their constant terms,
        bound: and at most so large in modulus.
    """
    if not (bound.is_finite() and reach > 0):
        return nowhere()
    terms, bits = ctx.cap, ctx.prec
    rows = [[a] if isinstance(a, arb) else a.coeffs()[:terms] or [arb(0)] for a in args]
    radius = largest_radius(rows, reach)
    try:
        ctx.prec = bits + SHRINK_BITS * terms
        if radius is None:  # nothing moves, as far as the terms say
            return arb_series([f(*(acb(row[0]) for row in rows)).real])
        return arb_series(coefficients(lambda t: f(*(at(row, t) for row in rows)), radius, bound, bits))
    finally:
        ctx.prec = bits


def largest_radius(rows: Sequence[Sequence[arb]], reach: arb) -> arb | None:
    """A power of two R such that |t| <= R moves no argument by more than `reach`; None if nothing moves."""
    exponents = []
    for row in rows:
        for k, c in enumerate(row[1:], 1):
            if not c.is_zero():  # each term gets an equal share of the way
                exponents.append(float((reach / (c.abs_upper() * len(row))).log() / k) / math.log(2))
    if not exponents:
        return None
    return arb(2) ** math.floor(min(exponents)) if all(map(math.isfinite, exponents)) else arb.nan()


def at(row: Sequence[arb], t: acb) -> acb:
    """A truncated series at t, by Horner."""
    y = acb(row[-1])
    for c in reversed(row[:-1]):
        y = y * t + c
    return y


def coefficients(f: Callable[[acb], acb], radius: arb, bound: arb, bits: int) -> list[arb]:
    """The first Taylor coefficients of f, which is at most `bound` for |t| <= radius."""
    terms = ctx.cap
    half = (terms + bits // SHRINK_BITS) // 2 + 1
    points = 2 * half
    r = radius / 2**SHRINK_BITS
    roots = [acb(arb(j) / half).exp_pi_i() for j in range(points)]
    values = [f(r * w) for w in roots[: half + 1]]  # conjugate points have conjugate values
    q = arb(2) ** (-SHRINK_BITS * points)
    tail = bound * q / (1 - q)
    found = []
    for k in range(terms):
        total = values[0].real + (-1) ** k * values[half].real
        for j in range(1, half):
            w = roots[j * k % points]
            total += 2 * (values[j].real * w.real + values[j].imag * w.imag)
        found.append(total / points / r**k + arb(0, 1) * tail / radius**k)
    return found
