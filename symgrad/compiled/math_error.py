"""The error functions, the normal distribution, and the slopes of activations.

Up to 0.9 a polynomial of erf(x)/x; beyond it e^(-x^2) times a polynomial of the scaled function, which decays
slowly, in t = (x - 3)/(x + 3). The square enters the exponential as a sum of two doubles, because e^(-x^2) would
amplify its rounding; all functions of one argument, and the derivatives' bells, share that exponential.
"""

from __future__ import annotations

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.entry import Entry, clamp, two_product
from symgrad.compiled.math_exponential import exp_parts, scaled
from symgrad.compiled.polynomials import ERF, ERFCX
from symgrad.ops.activations import GELU_ROOT, RADIUS, SILU_ROOT, Root

SQRT_HALF, SQRT_HALF_LOW = 0.7071067811865476, -4.833646656726457e-17
SQRT_TWO_PI = 0.3989422804014327
NEAR = 0.9
Bell = tuple[Lane, tuple[Lane, Lane]]


def bell(e: Emitter, x: Lane, factor: float, largest: float) -> Bell:
    """e^(factor*x^2) in parts; a power of two as factor keeps the square exact."""
    a = clamp(e, e.abs(x), 0.0, largest)
    high, low = two_product(e, a, a)
    return exp_parts(e, factor * high, factor * low)


def exp_neg_sq(e: Emitter, x: Lane) -> Lane:
    """e^(-x^2)."""
    return scaled(e, *bell(e, x, -1.0, 27.31))


def exp_sq(e: Emitter, x: Lane) -> Lane:
    """e^(x^2)."""
    return scaled(e, *bell(e, x, 1.0, 26.65))


def npdf(e: Emitter, x: Lane) -> Lane:
    """The density of the normal distribution."""
    return scaled(e, *bell(e, x, -0.5, 38.62), SQRT_TWO_PI)


def erfcx(e: Emitter, a: Lane, a_low: Lane | None = None) -> Lane:
    """e^(a^2)*erfc(a) at a + a_low, for 0.9 <= a <= 27.3."""
    more, line = a + 3, e.fma(a, 2.0, 1.0)
    inverse = e.exactly("div", 1.0, more * line)
    t = (a - 3) * (line * inverse)
    r = more * inverse  # 1/(1 + 2a), in which a step of Newton's makes up for what was rounded
    lost = e.fma(a, 2.0, e.exactly("sub", 1.0, line))
    lost = lost if a_low is None else e.fma(a_low, 2.0, lost)
    r = e.fma(r, e.fma(-lost, r, e.fma(-line, r, 1.0)), r)
    return e.fma(r, 1.25, e.polynomial(t, ERFCX) * r)


def small_erf(e: Emitter, x: Lane) -> Lane:
    """erf(x)/x - 1 for |x| <= 0.9."""
    return e.polynomial(x * x, ERF)


def erf(e: Emitter, x: Lane) -> Lane:
    """The error function."""
    a = e.abs(x)
    far = 1 - scaled(e, *bell(e, x, -1.0, 27.31), erfcx(e, clamp(e, a, NEAR, 27.31)))
    near = e.fma(a, small_erf(e, clamp(e, a, 0.0, 1.0)), a)
    return e.copysign(e.where(a < NEAR, near, far), x)


def erfc(e: Emitter, x: Lane) -> Lane:
    """1 - erf(x); beyond -0.9 it is 2 less the other tail."""
    a = e.abs(x)
    tail = scaled(e, *bell(e, x, -1.0, 27.31), erfcx(e, clamp(e, a, NEAR, 27.31)))
    far = e.where(x < 0, 2 - tail, tail)
    return e.where(a < NEAR, small_erfc(e, x), far)


def small_erfc(e: Emitter, x: Lane, low: Lane | None = None) -> Lane:
    """1 - erf(x + low) for |x| <= 0.9, the leading difference in two parts; erf' is about 1.128 - 0.77x^2."""
    less = e.exactly("sub", 1.0, x)
    lost = e.exactly("sub", e.exactly("sub", 1.0, less), x)
    if low is not None:
        lost = e.fma(e.fma(x * x, 0.77, -1.128), low, lost)
    return less - e.fma(x, small_erf(e, clamp(e, x, -1.0, 1.0)), -lost)


def over_root_two(e: Emitter, x: Lane, a: Lane) -> Lane:
    """What |x|/sqrt(2) is more than a, its rounded value."""
    size = clamp(e, e.abs(x), 0.0, 38.62)
    return e.fma(size, SQRT_HALF_LOW, e.fma(size, SQRT_HALF, -clamp(e, a, 0.0, 27.31)))


def normal(e: Emitter, x: Lane, factor: Lane | None) -> Lane:
    """The normal distribution function, times a factor: one rounding where the result is subnormal."""
    z = x * SQRT_HALF
    a = e.abs(z)
    q, (up, down) = bell(e, x, -0.5, 38.62)
    a_low = over_root_two(e, x, a)
    weight = 0.5 * erfcx(e, clamp(e, a, NEAR, 27.31), a_low)
    left = scaled(e, q, (up, down), weight if factor is None else weight * factor)
    right = 1 - scaled(e, q, (up, down), weight)
    near = 0.5 * small_erfc(e, -z, e.where(z < 0, a_low, -a_low))
    other = e.where(a < NEAR, near, right)
    return e.where(z <= -NEAR, left, other if factor is None else other * factor)


def ncdf(e: Emitter, x: Lane) -> Lane:
    """The normal distribution function."""
    return normal(e, x, None)


def gelu(e: Emitter, x: Lane) -> Lane:
    """x*ncdf(x)."""
    least = e.constant(-38.62)
    return normal(e, x, e.where(least > x, least, x))


def gelu_slope(e: Emitter, x: Lane) -> Lane:
    """ncdf(x) + x*npdf(x); by its series about the root where both cancel."""
    a = e.abs(x * SQRT_HALF)
    q, powers = bell(e, x, -0.5, 38.8)
    tail = 0.5 * erfcx(e, clamp(e, a, NEAR, 27.5))
    density = SQRT_TWO_PI * clamp(e, x, -38.8, 38.8)
    left = scaled(e, q, powers, tail + density)
    right = 1 + scaled(e, q, powers, density - tail)
    near = e.fma(density, scaled(e, q, powers), 0.5 * small_erfc(e, -(x * SQRT_HALF)))
    y = e.where(a < NEAR, near, e.where(x < 0, left, right))
    return near_root(e, x, GELU_ROOT, e.fma(x, 0.0, y))  # nan at infinities, as the sum has it


def near_root(e: Emitter, x: Lane, root: Root, y: Lane) -> Lane:
    """y, but near the root of a slope its power series there."""
    off = e.exactly("sub", x, root.high)
    t = off - root.low
    return e.where(e.abs(off) <= RADIUS, t * e.polynomial(t, root.series), y)


def silu_slope(e: Emitter, x: Lane) -> Lane:
    """sigmoid(x)*(1 + x*sigmoid(-x)) over one denominator, (1 + t)^2 with t = e^-|x|; by its series about its root."""
    q, powers = exp_parts(e, -clamp(e, e.abs(x), 0.0, 760.0))
    t = scaled(e, q, powers)
    one = t + 1
    below = scaled(e, q, powers, one + clamp(e, x, -760.0, 0.0))
    above = e.fma(clamp(e, x, 0.0, 1e3), t, one)
    y = e.exactly("div", e.where(x < 0, below, above), one * one)
    return near_root(e, x, SILU_ROOT, e.fma(x, 0.0, y))


TABLE = {
    "gelu_slope": Entry(gelu_slope, 6),
    "silu_slope": Entry(silu_slope, 4),
    "exp_neg_sq": Entry(exp_neg_sq, 2),
    "exp_sq": Entry(exp_sq, 2),
    "npdf": Entry(npdf, 3),
    "erf": Entry(erf, 2),
    "erfc": Entry(erfc, 4),
    "ncdf": Entry(ncdf, 4),
    "gelu": Entry(gelu, 4),
}
