"""Ball functions: gamma and error functions, exponential integrals, Bessel functions and their kin."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb

NAN = arb.nan()
ZERO, ONE = arb(0), arb(1)
SMALL_INTEGER = 256


def lgamma(x: arb) -> arb:
    """log|gamma(x)|; Arb has it for positive x only, the reciprocal gamma function everywhere."""
    return x.lgamma() if x > 0 else -abs(x.rgamma()).log()


def monotone(f: Callable[[arb], arb], x: arb, y: arb) -> arb:
    """f(x) = y where Arb gave up on a wide ball, for a monotone f: from the ends of the ball."""
    if y.is_finite() or x.is_exact() or not x.is_finite():
        return y
    return f(x.lower()).union(f(x.upper()))


def digamma(x: arb) -> arb:
    """The derivative of log gamma."""
    return monotone(arb.digamma, x, x.digamma()) if x > 0 else x.digamma()


def polygamma(n: arb, x: arb) -> arb:
    """The n-th derivative of digamma, n = 0, 1, 2, ..."""
    if not (n.is_integer() and n >= 0):
        return NAN
    if n.is_zero():
        return digamma(x)
    y = plain_polygamma(n, x)
    return monotone(lambda end: plain_polygamma(n, end), x, y) if x > 0 else y


def plain_polygamma(n: arb, x: arb) -> arb:
    """What Arb makes of polygamma, real for real arguments."""
    return acb(x).polygamma(acb(n)).real


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
    return x.gamma_upper(a) if x > 0 else NAN


def igamma_lower(a: arb, x: arb) -> arb:
    """The lower incomplete gamma function, for x >= 0 and a > 0."""
    if x.is_zero():
        return ZERO if a > 0 else NAN
    return x.gamma_lower(a) if x > 0 else NAN


def gammainc(a: arb, x: arb) -> arb:
    """The lower incomplete gamma function divided by gamma(a)."""
    if not a > 0:
        return NAN
    if x.is_zero():
        return ZERO
    return x.gamma_lower(a, 1) if x > 0 else NAN


def gammaincc(a: arb, x: arb) -> arb:
    """The upper incomplete gamma function divided by gamma(a)."""
    if not a > 0:
        return NAN
    if x.is_zero():
        return ONE
    return x.gamma_upper(a, 1) if x > 0 else NAN


def ellipk(m: arb) -> arb:
    """The complete elliptic integral of the first kind, of the parameter m < 1."""
    return monotone(plain_ellipk, m, plain_ellipk(m)) if m < 1 else NAN


def plain_ellipk(m: arb) -> arb:
    """Arb's K; beyond 1 it would be complex."""
    return acb(m).elliptic_k().real


def ellipe(m: arb) -> arb:
    """The complete elliptic integral of the second kind, of the parameter m <= 1."""
    return monotone(plain_ellipe, m, plain_ellipe(m)) if m <= 1 else NAN


def plain_ellipe(m: arb) -> arb:
    """Arb's E."""
    return ONE if m == 1 else acb(m).elliptic_e().real


def jv(v: arb, x: arb) -> arb:
    """Bessel J; for negative x of integer order only."""
    return x.bessel_j(v)


def iv(v: arb, x: arb) -> arb:
    """Bessel I; for negative x of integer order only."""
    return x.bessel_i(v)


def yv(v: arb, x: arb) -> arb:
    """Bessel Y, for positive x."""
    return x.bessel_y(v) if x > 0 else NAN


def kv(v: arb, x: arb) -> arb:
    """Bessel K, for positive x."""
    return x.bessel_k(v) if x > 0 else NAN


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
