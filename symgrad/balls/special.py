"""Ball functions: gamma and error functions, exponential integrals, Bessel functions and their kin."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import acb, arb, arb_series, ctx

from symgrad.balls.expansion import derivative, integer
from symgrad.balls.powers import is_odd

NAN = arb.nan()
ZERO, ONE = arb(0), arb(1)
SMALL_INTEGER = 256
LARGE_PARAMETER = 200
LARGE, MOST_BITS = 2800, 512
"""Where both arguments of igamma are large and nearly equal, Arb's complex function may lose all digits at any
precision, and the real ones take seconds at high ones: beyond so many bits nothing is said."""


def lgamma(x: arb) -> arb:
    """log|gamma(x)|; Arb has it for positive x only, the reciprocal gamma function everywhere."""
    return x.lgamma() if x > 0 else -abs(x.rgamma()).log()


def between(f: Callable[..., arb], *args: arb, rising: tuple[bool, ...] = (True,)) -> arb:
    """A function that is monotone in each argument, from its ends: tight, and quicker than some of Arb's wide balls."""
    if all(x.is_exact() for x in args):
        return f(*args)
    if not all(x.is_finite() for x in args):
        return NAN
    low = f(*(x.lower() if up else x.upper() for x, up in zip(args, rising, strict=True)))
    return low.union(f(*(x.upper() if up else x.lower() for x, up in zip(args, rising, strict=True))))


def unless_finite(y: arb, f: Callable[[arb], arb], x: arb) -> arb:
    """f(x) = y, from the ends of a wide ball where Arb gave up on it; f is monotone."""
    return y if y.is_finite() else between(f, x)


def digamma(x: arb) -> arb:
    """The derivative of log gamma."""
    return unless_finite(x.digamma(), arb.digamma, x) if x > 0 else x.digamma()


MOST_ORDER = 1000
"""Of polygamma: Arb's work and memory grow with the order, for huge ones until the process ends."""


def polygamma(n: arb, x: arb) -> arb:
    """The n-th derivative of digamma, n = 0, 1, 2, ..."""
    if not (n.is_integer() and 0 <= n <= MOST_ORDER):
        return NAN
    if n.is_zero():
        return digamma(x)
    y = plain_polygamma(n, x)
    return unless_finite(y, lambda end: plain_polygamma(n, end), x) if x > 0 else y


def plain_polygamma(n: arb, x: arb) -> arb:
    """Arb's polygamma; for negative x by reflection, since Arb walks there from the right step by step."""
    if not x < 0:
        return acb(x).polygamma(acb(n)).real
    order = integer(n)
    mirrored = acb(1 - x).polygamma(acb(n)).real
    slope = derivative(arb_series.cot_pi, x, order)[0]
    return (-mirrored if order % 2 else mirrored) - arb.pi() * slope


def beta(a: arb, b: arb) -> arb:
    """gamma(a) gamma(b)/gamma(a + b)."""
    return a.gamma() * b.gamma() * (a + b).rgamma()


def lbeta(a: arb, b: arb) -> arb:
    """log|beta(a, b)|."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def binomial(n: arb, k: arb) -> arb:
    """n over k: n (n-1) ... (n-k+1)/k! for a small integer k, by gamma functions otherwise."""
    if k.is_integer() and 0 <= k <= SMALL_INTEGER:
        return (n - k + 1).rising(k) / (k + 1).gamma()
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


def igamma(a: arb, x: arb) -> arb:
    """The upper incomplete gamma function, for x >= 0."""
    if x.is_zero():
        return a.gamma() if a > 0 else NAN
    if not x > 0:
        return NAN
    return between(lambda end: end.gamma_upper(a), x) if a.is_exact() else x.gamma_upper(a)


def igamma_lower(a: arb, x: arb) -> arb:
    """The lower incomplete gamma function, for x >= 0 and a > 0."""
    if not a > 0:
        return NAN
    if x.is_zero():
        return ZERO
    if not x > 0:
        return NAN
    return between(lambda end: lower_part(a, end, 0), x) if a.is_exact() else lower_part(a, x, 0)


def lower_part(a: arb, x: arb, regularized: int) -> arb:
    """The lower incomplete gamma function: Arb has its upper sister for all arguments, this one for small a only."""
    if 2 * x <= a:
        power = (a * x.log() - x).exp()
        return power * rising_sum(a, x) * (1 / a if not regularized else (a + 1).rgamma())
    if a < LARGE_PARAMETER:
        return x.gamma_lower(a, regularized)
    return (ONE if regularized else a.gamma()) - x.gamma_upper(a, regularized)


def rising_sum(a: arb, x: arb) -> arb:
    """1 + x/(a+1) + x^2/((a+1)(a+2)) + ..., for 0 < 2x <= a: what is left out is at most the last term."""
    total = term = ONE
    smallest = arb(2) ** -ctx.prec
    k = 0
    while term > smallest:
        k += 1
        term = term * x / (a + k)
        total += term
    return total + ZERO.union(term)


def gammainc(a: arb, x: arb) -> arb:
    """The lower incomplete gamma function divided by gamma(a)."""
    if not a > 0:
        return NAN
    if x.is_zero():
        return ZERO
    return between(lambda s, z: lower_part(s, z, 1), a, x, rising=(False, True)) if x > 0 else NAN


def gammaincc(a: arb, x: arb) -> arb:
    """The upper incomplete gamma function divided by gamma(a)."""
    if not a > 0:
        return NAN
    if x.is_zero():
        return ONE
    if unspoken(a, x):
        return arb(0, math.inf)
    return between(lambda s, z: z.gamma_upper(s, 1), a, x, rising=(True, False)) if x > 0 else NAN


def unspoken(a: arb, x: arb) -> bool:
    """Whether nothing is said about incomplete gamma functions at this precision."""
    return bool(ctx.prec > MOST_BITS and a > LARGE and x > LARGE)


def ellipk(m: arb) -> arb:
    """The complete elliptic integral of the first kind, of the parameter m < 1."""
    return unless_finite(plain_ellipk(m), plain_ellipk, m) if m < 1 else NAN


def plain_ellipk(m: arb) -> arb:
    """Arb's K; beyond 1 it would be complex."""
    return acb(m).elliptic_k().real


def ellipe(m: arb) -> arb:
    """The complete elliptic integral of the second kind, of the parameter m <= 1."""
    return unless_finite(plain_ellipe(m), plain_ellipe, m) if m <= 1 else NAN


def plain_ellipe(m: arb) -> arb:
    """Arb's E."""
    return ONE if m == 1 else acb(m).elliptic_e().real


def jv(v: arb, x: arb) -> arb:
    """Bessel J; for negative x of integer order only."""
    return x.bessel_j(v)


def iv(v: arb, x: arb) -> arb:
    """Bessel I; for negative x of integer order only. On wide balls Arb's real I takes seconds."""
    if x.is_exact() and v.is_exact():
        return x.bessel_i(v)
    if v.is_integer() and v >= 0 and x.is_finite():  # odd or even, and monotone from 0
        y = between(lambda end: end.bessel_i(v), x)
        return y if x > 0 or x < 0 or is_odd(v) else y.union(ZERO.bessel_i(v))
    if not x > 0 or not x.is_finite():
        return x.bessel_i(v)
    return acb(x, arb(0, x.rad() / 1024)).bessel_i(acb(v)).real


def yv(v: arb, x: arb) -> arb:
    """Bessel Y, for positive x."""
    return x.bessel_y(v) if x > 0 else NAN


def kv(v: arb, x: arb) -> arb:
    """Bessel K, for positive x; it grows with |v| and falls with x."""
    if not x > 0 or not (x.is_finite() and v.is_finite()):
        return NAN
    if x.is_exact() and v.is_exact():
        return x.bessel_k(v)
    return x.upper().bessel_k(v.abs_lower()).union(x.lower().bessel_k(v.abs_upper()))


BALLS: dict[str, Callable[..., arb]] = {
    # gamma
    "gamma": arb.gamma,
    "lgamma": lgamma,
    "digamma": digamma,
    "polygamma": polygamma,
    "factorial": lambda x: (x + 1).gamma(),
    "binomial": binomial,
    "beta": beta,
    "lbeta": lbeta,
    "igamma": igamma,
    "igamma_lower": igamma_lower,
    "gammainc": gammainc,
    "gammaincc": gammaincc,
    "zeta": arb.zeta,
    # error functions and integrals
    "erf": arb.erf,
    "erfc": arb.erfc,
    "erfi": arb.erfi,
    "erfinv": arb.erfinv,
    "erfcinv": arb.erfcinv,
    "ei": arb.ei,
    "si": arb.si,
    "ci": arb.ci,
    "shi": arb.shi,
    "chi": arb.chi,
    "li": arb.li,
    "fresnels": arb.fresnel_s,
    "fresnelc": arb.fresnel_c,
    # Bessel and others
    "jv": jv,
    "yv": yv,
    "iv": iv,
    "kv": kv,
    "j0": lambda x: jv(ZERO, x),
    "j1": lambda x: jv(ONE, x),
    "y0": lambda x: yv(ZERO, x),
    "y1": lambda x: yv(ONE, x),
    "i0": lambda x: iv(ZERO, x),
    "i1": lambda x: iv(ONE, x),
    "k0": lambda x: kv(ZERO, x),
    "k1": lambda x: kv(ONE, x),
    "airyai": arb.airy_ai,
    "airybi": arb.airy_bi,
    "airyaiprime": lambda x: x.airy_ai(derivative=1),
    "airybiprime": lambda x: x.airy_bi(derivative=1),
    "lambertw": arb.lambertw,
    "ellipk": ellipk,
    "ellipe": ellipe,
}
