"""Bessel and Airy functions, and others that solve a differential equation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from symgrad.domain import INF, Domain, Interval, interval, positive, reals
from symgrad.ops.arithmetic import div, number
from symgrad.ops.enclose import rounded
from symgrad.ops.op import OPS, UNSPOKEN, Op, no_rule, op, section
from symgrad.ops.powers import exp


def bessel_defined(v: Any, x: Any) -> Any:
    """Whether J_v and I_v are real and finite: for x < 0 at integer orders only, at 0 not for other negative ones."""
    return (x > 0) | (v % 1 == 0) | ((x == 0) & (v >= 0))


BRANCH = -0.3678794411714423
"""The least double above -1/e, where lambertw begins."""



def elliptic_near_0(m: float, n: int, second: int) -> float:
    """The n-th derivative of K (second = 0) or E (second = 1) for small m, by their power series."""
    terms, c = [], math.pi / 2
    for k in range(n + 60):
        if k >= n:
            terms.append(c / (1 - 2 * k if second else 1) * math.perm(k, n) * m ** (k - n))
        c *= ((2 * k + 1) / (2 * k + 2)) ** 2
    return math.fsum(terms)


def elliptic_slope(name: str, second: int, body: Callable[..., Any]) -> Op:
    """The n-th derivative of a complete elliptic integral."""

    def value(x: float, *, n: int) -> float:
        return elliptic_near_0(x, n, second) if abs(x) < SMALL_PARAMETER else rounded(slope, (x,), {"n": n})

    slope = op(f"{name}_slope", f"The n-th derivative of {name}.", f"{name}_slope(0, n=1) = {'-' * second}pi/8",
               lambda g, y, x, n: g * slope(x, n=n + 1), scalar=value, domain=(interval(-INF, 1.0, "[)"),),
               attrs=("n",), expand=body, hidden=True)
    return slope


def _k_slope(x: Any, n: int) -> Any:
    """By the differential equation of K, (x(1-x)K')' = K/4, differentiated n - 2 times."""
    if n == 1:
        return div(ellipe(x) - (1 - x) * ellipk(x), 2 * x * (1 - x))
    lower = ellipk(x) if n == 2 else ellipk_slope(x, n=n - 2)
    return div((n - 1.5) ** 2 * lower - (n - 1) * (1 - 2 * x) * ellipk_slope(x, n=n - 1), x * (1 - x))


def _e_slope(x: Any, n: int) -> Any:
    """By the differential equation of E, x(1-x)E'' + (1-x)E' + E/4 = 0, differentiated n - 2 times."""
    if n == 1:
        return div(ellipe(x) - ellipk(x), 2 * x)
    lower = ellipe(x) if n == 2 else ellipe_slope(x, n=n - 2)
    rest = (n - 1 - (2 * n - 3) * x) * ellipe_slope(x, n=n - 1) + (0.25 - (n - 2) ** 2) * lower
    return -div(rest, x * (1 - x))


SMALL_PARAMETER = 0.1

section("Bessel functions and others")


no_order = no_rule("the derivative of a Bessel function by its order is not available",
                   "differentiate with respect to its argument, or use a number as the order")
jv = op("jv", "Bessel function of the first kind, order v.", "jv(0, 0) = 1", no_order,
        lambda g, y, v, x: g * jv_slope(v, x, n=1), scalar="ball", sympy="besselj", latex=r"J_{{{0}}}\left({1}\right)",
        valid=bessel_defined, aliases=("besselj", "bessel_jn", "jn", "BesselBase"))
yv = op("yv", "Bessel function of the second kind, order v.", "yv(0, 1) = y0(1)", no_order,
        lambda g, y, v, x: g * yv_slope(v, x, n=1), scalar="ball", sympy="bessely", latex=r"Y_{{{0}}}\left({1}\right)",
        domain=(reals, positive), aliases=("bessely",))
iv = op("iv", "Modified Bessel function of the first kind, order v.", "iv(0, 0) = 1", no_order,
        lambda g, y, v, x: g * iv_slope(v, x, n=1), scalar="ball", sympy="besseli", latex=r"I_{{{0}}}\left({1}\right)",
        valid=bessel_defined, aliases=("besseli",))
kv = op("kv", "Modified Bessel function of the second kind, order v.", "kv(0, 1) = k0(1)", no_order,
        lambda g, y, v, x: g * kv_slope(v, x, n=1), scalar="ball", sympy="besselk", latex=r"K_{{{0}}}\left({1}\right)",
        domain=(reals, positive), aliases=("besselk",))


def bessel_slope(name: str, before: int, after: int, **fields: Any) -> Op:
    """The n-th derivative of a Bessel function f: the mean of before*f(v - 1, x) and after*f(v + 1, x), differentiated."""

    def body(v: Any, x: Any, n: int) -> Any:
        def lower(v: Any) -> Any:
            return OPS[name](v, x) if n == 1 else slope(v, x, n=n - 1)

        first = lower(v - 1) if before > 0 else -lower(v - 1)
        return div(first + lower(v + 1) if after > 0 else first - lower(v + 1), 2)

    slope = op(
        f"{name}_slope", f"n-th derivative of {name} by its argument.", f"{name}_slope(1, 1, n=1) = ({name}(0, 1) - {name}(2, 1))/2",
        no_order, lambda g, y, v, x, n: g * slope(v, x, n=n + 1),
        scalar="ball", attrs=("n",), hidden=True, expand=body, **fields,
    )
    return slope


jv_slope = bessel_slope("jv", 1, -1, valid=bessel_defined)
yv_slope = bessel_slope("yv", 1, -1, domain=(reals, positive))
iv_slope = bessel_slope("iv", 1, 1, valid=bessel_defined)
kv_slope = bessel_slope("kv", -1, -1, domain=(reals, positive))

j0 = op("j0", "Bessel function of the first kind, order 0.", "j0(0) = 1", lambda g, y, x: -g * j1(x), scalar="ball",
        sympy=lambda sp, x: sp.besselj(0, x), latex="J_0", aliases=("besselj0",))
j1 = op("j1", "Bessel function of the first kind, order 1.", "j1(0) = 0", lambda g, y, x: g * jv_slope(number(1, x), x, n=1),
        scalar="ball", sympy=lambda sp, x: sp.besselj(1, x), latex="J_1", aliases=("besselj1",))
y0 = op("y0", "Bessel function of the second kind, order 0.", "y0(1) = 0.08825696421567697",
        lambda g, y, x: -g * y1(x), scalar="ball", domain=(positive,), sympy=lambda sp, x: sp.bessely(0, x), latex="Y_0")
y1 = op("y1", "Bessel function of the second kind, order 1.", "y1(1) = -0.7812128213002887",
        lambda g, y, x: g * yv_slope(number(1, x), x, n=1), scalar="ball", domain=(positive,),
        sympy=lambda sp, x: sp.bessely(1, x), latex="Y_1")
i0 = op("i0", "Modified Bessel function of the first kind, order 0.", "i0(0) = 1", lambda g, y, x: g * i1(x),
        scalar="ball", sympy=lambda sp, x: sp.besseli(0, x), latex="I_0")
i1 = op("i1", "Modified Bessel function of the first kind, order 1.", "i1(0) = 0",
        lambda g, y, x: g * iv_slope(number(1, x), x, n=1), scalar="ball", sympy=lambda sp, x: sp.besseli(1, x), latex="I_1")
k0 = op("k0", "Modified Bessel function of the second kind, order 0.", "k0(1) = 0.42102443824070834",
        lambda g, y, x: -g * k1(x), scalar="ball", domain=(positive,), sympy=lambda sp, x: sp.besselk(0, x), latex="K_0")
k1 = op("k1", "Modified Bessel function of the second kind, order 1.", "k1(1) = 0.6019072301972346",
        lambda g, y, x: g * kv_slope(number(1, x), x, n=1), scalar="ball", domain=(positive,),
        sympy=lambda sp, x: sp.besselk(1, x), latex="K_1")
lambertw = op("lambertw", "Lambert W, main branch: the w with w*e^w = x.", "lambertw(e) = 1",
              lambda g, y, x: g * lambertw_slope(x), scalar="ball", domain=(interval(BRANCH, INF),),
              sympy="LambertW", latex="W", aliases=("LambertW",))
lambertw_slope = op("lambertw_slope", "Derivative of lambertw, accurate near the branch point.", "lambertw_slope(0) = 1",
                    lambda g, y, x: -g * (y * y * (y * exp(lambertw(x))) * (2 + lambertw(x))), scalar="ball",
                    domain=(interval(BRANCH, INF),), expand=lambda x: div(exp(-lambertw(x)), 1 + lambertw(x)), hidden=True)
zeta = op("zeta", "Riemann zeta function.", "zeta(2) = pi^2/6", lambda g, y, x: g * zeta_slope(x, n=1), scalar="ball",
          domain=(Domain((Interval(-INF, 1.0, False, True), Interval(1.0, INF, True))),), sympy="zeta", latex=r"\zeta")
zeta_slope = op("zeta_slope", "n-th derivative of zeta.", "zeta_slope(2, n=1) = -0.937548254315844",
                lambda g, y, x, n: g * zeta_slope(x, n=n + 1), scalar="ball", attrs=("n",), hidden=True,
                refused={"sympy": "SymPy leaves it unevaluated", **UNSPOKEN})
airyai = op("airyai", "Airy function Ai.", "airyai(0) = 0.3550280538878172", lambda g, y, x: g * airyaiprime(x),
            scalar="ball", sympy="airyai", latex=r"\operatorname{{Ai}}")
airyaiprime = op("airyaiprime", "Derivative of the Airy function Ai.", "airyaiprime(0) = -0.2588194037928068",
                 lambda g, y, x: g * (x * airyai(x)), scalar="ball", sympy="airyaiprime", latex=r"\operatorname{{Ai}}'")
airybi = op("airybi", "Airy function Bi.", "airybi(0) = 0.6149266274460007", lambda g, y, x: g * airybiprime(x),
            scalar="ball", sympy="airybi", latex=r"\operatorname{{Bi}}")
airybiprime = op("airybiprime", "Derivative of the Airy function Bi.", "airybiprime(0) = 0.4482883573538264",
                 lambda g, y, x: g * (x * airybi(x)), scalar="ball", sympy="airybiprime", latex=r"\operatorname{{Bi}}'")
ellipk = op("ellipk", "Complete elliptic integral of the first kind, of the parameter m.", "ellipk(0) = pi/2",
            lambda g, y, x: g * ellipk_slope(x, n=1), scalar="ball",
            domain=(interval(-INF, 1.0, "[)"),), sympy="elliptic_k", latex="K", aliases=("elliptic_k",))
ellipk_slope = elliptic_slope("ellipk", 0, _k_slope)
ellipe = op("ellipe", "Complete elliptic integral of the second kind, of the parameter m.", "ellipe(0) = pi/2",
            lambda g, y, x: g * ellipe_slope(x, n=1), scalar="ball", domain=(interval(-INF, 1.0),),
            sympy="elliptic_e", latex="E", aliases=("elliptic_e",))
ellipe_slope = elliptic_slope("ellipe", 1, _e_slope)
