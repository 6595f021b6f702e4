"""Special functions on germs: at poles, at logarithmic points, and where they run to infinity."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial, prod

from symgrad.balls import exact
from symgrad.certified.germs import (
    UNIT,
    ZERO,
    Coefficient,
    Germ,
    Outside,
    Unsettled,
    add,
    bounded,
    compose,
    constant,
    direction,
    huge,
    mul,
    negative,
    raised,
    scaled,
    sign_of,
    split,
    sub,
    vanishes,
    whole,
)
from symgrad.certified.germs_powers import divide, exp, log, magnitude, power, reciprocal, signed
from symgrad.certified.germs_regular import regular

ONE, TWO = whole(1), whole(2)
Unary = Callable[[Germ], Germ]
MOST_STEPS = 200
"""Poles further left are not stepped to."""

TOO_FAR = "an asymptotic series stands for the function here"


def symbol(name: str) -> Germ:
    """A constant of mathematics."""
    return constant(exact.symbol(name))


def pole(g: Germ) -> int | None:
    """m where the limit is the pole -m of the gamma function."""
    if g.huge or direction(g) or (g.order is not None and g.order <= UNIT):
        return None
    n = exact.exactly(split(g)[0])
    return -n if isinstance(n, int) and -MOST_STEPS <= n <= 0 else None


def shifted(g: Germ, n: int) -> Germ:
    """g + n."""
    return add(g, whole(n))


def gamma(g: Germ) -> Germ:
    """The gamma function: at a pole by stepping right."""
    if direction(g) > 0 and (g.huge or (g.lead is not None and g.lead <= (0, -1))):
        return huge(1)
    m = pole(g)
    if m is None:
        return regular("gamma", g)
    if shifted(g, m).zero:
        raise Outside("a pole of the gamma function")
    steps = ONE
    for i in range(m + 1):
        steps = mul(steps, shifted(g, i))
    return divide(regular("gamma", shifted(g, m + 1)), steps)


def lgamma(g: Germ) -> Germ:
    """log|gamma|."""
    if direction(g) > 0:
        stirling = sub(mul(sub(g, constant(exact.number(0.5))), log(g)), g)
        half_log = scaled(log(scaled(symbol("pi"), exact.number(2))), exact.number(0.5))
        return add(add(stirling, half_log), vanishing(g, -1))
    return regular("lgamma", g) if pole(g) is None else log(magnitude(gamma(g)))


def vanishing(g: Germ, r: exact.Exact) -> Germ:
    """Something bounded by a multiple of g^r, which is all that is said of it; g goes to infinity."""
    if g.lead is None:
        raise Unsettled(TOO_FAR)
    return bounded(raised(g.lead, r), TOO_FAR)


def polygamma(n: Germ, g: Germ) -> Germ:
    """The n-th derivative of digamma."""
    if n.constant is None:
        raise Outside("a polygamma function of an order that is no integer")
    order = exact.exactly(n.constant)
    m = pole(g)
    if m is None or not isinstance(order, int) or order < 0:
        return regular("polygamma", n, g)
    y = regular("polygamma", n, shifted(g, m + 1))
    for i in range(m + 1):
        if shifted(g, i).zero:
            raise Outside("a pole of a polygamma function")
        y = sub(y, scaled(power(shifted(g, i), -order - 1), exact.number((-1) ** order * factorial(order))))
    return y


def digamma(g: Germ) -> Germ:
    """The derivative of log gamma."""
    if direction(g) > 0:
        return add(sub(log(g), divide(ONE, scaled(g, exact.number(2)))), vanishing(g, -2))
    return regular("digamma", g) if pole(g) is None else polygamma(ZERO, g)


def rgamma(g: Germ) -> Germ:
    """1/gamma, which is 0 at the poles."""
    return ZERO if g.constant is not None and pole(g) is not None else reciprocal(gamma(g))


def beta(a: Germ, b: Germ) -> Germ:
    """gamma(a) gamma(b)/gamma(a + b)."""
    if pole(a) is None and pole(b) is None and pole(add(a, b)) is None:
        return regular("beta", a, b)
    return mul(mul(gamma(a), gamma(b)), rgamma(add(a, b)))


def rational_series(coefficient: Callable[[int], Fraction | int], w: Germ) -> Germ:
    """A convergent power series with rational coefficients of something that vanishes."""
    return compose([exact.of_fraction(coefficient(k)) for k in range(exact.terms())], w)


def near_zero(name: str, special: Callable[[Germ], Germ]) -> Callable[[Germ], Germ]:
    """A function with a rule of its own for arguments that vanish."""
    return lambda g: special(g) if vanishes(g) else regular(name, g)


def ei_near_zero(g: Germ) -> Germ:
    """Ei: euler + log|g| + sum g^k/(k k!)."""
    rest = rational_series(lambda k: Fraction(1, k * factorial(k)) if k else 0, g)
    return add(add(symbol("euler"), log(magnitude(g))), rest)


def ei(g: Germ) -> Germ:
    """The exponential integral."""
    if direction(g):
        return mul(divide(exp(g), g), add(ONE, vanishing(g, -1)))
    return ei_near_zero(g) if vanishes(g) else regular("ei", g)


def even_integral(sign: int) -> Callable[[Germ], Germ]:
    """Ci (sign -1) and Chi (sign 1): euler + log(g) + sum (sign g^2)^k/(2k (2k)!)."""

    def function(g: Germ) -> Germ:
        row = rational_series(lambda k: Fraction(sign**k, 2 * k * factorial(2 * k)) if k else 0, power(g, 2))
        return add(add(symbol("euler"), log(g)), row)

    return function


def settling(name: str, limit: Callable[[], Germ]) -> Callable[[Germ], Germ]:
    """An odd function that comes to a limit like 1/g."""

    def function(g: Germ) -> Germ:
        s = direction(g)
        return add(signed(limit(), s), vanishing(g, -1)) if s else regular(name, g)

    return function


def incomplete(a: Germ, x: Germ) -> Germ:
    """The lower incomplete gamma function over gamma(a), near x = 0: x^a e^-x/gamma(a+1) sum x^k/(a+1)_k."""
    order = None if a.constant is None else exact.exactly(a.constant)
    if not vanishes(x):
        return regular("gammainc", a, x)
    if order is None or not order > 0:
        raise Unsettled("an incomplete gamma function at 0 whose order is no positive rational number")
    if sign_of(x) < 0:
        raise Outside("an incomplete gamma function left of 0")

    def coefficient(k: int) -> Fraction:
        c = Fraction(1)
        for i in range(1, k + 1):
            c /= order + i
        return c

    scale = exact.power(exact.value("gamma", [exact.of_fraction(order + 1)], {}), -1)
    head = mul(power(x, order), exp(negative(x)))
    return scaled(mul(head, rational_series(coefficient, x)), scale)


def upper_incomplete(a: Germ, x: Germ) -> Germ:
    """Its complement."""
    return sub(ONE, incomplete(a, x)) if vanishes(x) else regular("gammaincc", a, x)


def igamma(a: Germ, x: Germ) -> Germ:
    """The upper incomplete gamma function."""
    return mul(upper_incomplete(a, x), regular("gamma", a)) if vanishes(x) else regular("igamma", a, x)


def zeta(g: Germ) -> Germ:
    """Riemann's zeta function: 1/(g - 1) and a power series at its pole."""
    w = sub(g, ONE)
    if not vanishes(w):
        return regular("zeta", g)
    row: list[Coefficient] = [exact.ZERO, exact.ONE] + [exact.ZERO] * (exact.terms() - 2)
    return add(reciprocal(w), compose(exact.at_zero("zeta_1p", row), w))


def elliptic(
    name: str, coefficient: Callable[[int], Fraction], shift: Callable[[int], Fraction], lift: int
) -> Unary:
    """K or E near m = 1 (DLMF 19.12.1 and 19.12.2): sums over powers of n = 1 - m, with log(1/n)/2 + d_k beside."""

    def function(m: Germ) -> Germ:
        n = sub(ONE, m)
        if not vanishes(n) or sign_of(n) <= 0:
            return regular(name, m)
        half_log = add(scaled(log(n), exact.number(-0.5)), scaled(symbol("log2"), exact.number(2)))
        logs = mul(rational_series(coefficient, n), half_log)
        rest = rational_series(lambda k: coefficient(k) * shift(k), n)
        total = mul(power(n, lift), add(logs, rest))
        return add(ONE, scaled(total, exact.number(0.5))) if lift else total

    return function


def rising(a: Fraction, k: int) -> Fraction:
    """a (a + 1) ... (a + k - 1)."""
    return prod((a + i for i in range(k)), start=Fraction(1))


def gap(k: int) -> Fraction:
    """psi(1 + k) - psi(1/2 + k) - 2 log(2)."""
    return -sum((Fraction(2, (2 * i + 1) * (2 * i + 2)) for i in range(k)), Fraction(0))


HALF = Fraction(1, 2)
ellipk = elliptic("ellipk", lambda k: rising(HALF, k) ** 2 / factorial(k) ** 2, gap, 0)
ellipe = elliptic(
    "ellipe",
    lambda k: rising(HALF, k) * rising(3 * HALF, k) / (rising(Fraction(2), k) * factorial(k)),
    lambda k: gap(k) - Fraction(1, (2 * k + 1) * (2 * k + 2)),
    1,
)

SPECIAL: dict[str, Callable[..., Germ]] = {
    "gamma": gamma,
    "lgamma": lgamma,
    "digamma": digamma,
    "polygamma": polygamma,
    "factorial": lambda g: gamma(shifted(g, 1)),
    "beta": beta,
    "gammainc": incomplete,
    "gammaincc": upper_incomplete,
    "igamma": igamma,
    "zeta": zeta,
    "ellipk": ellipk,
    "ellipe": ellipe,
    "ei": ei,
    "li": lambda g: ei(log(g)),
    "ci": near_zero("ci", even_integral(-1)),
    "chi": near_zero("chi", even_integral(1)),
    "si": settling("si", lambda: scaled(symbol("pi"), exact.number(0.5))),
    "fresnels": settling("fresnels", lambda: constant(exact.number(0.5))),
    "fresnelc": settling("fresnelc", lambda: constant(exact.number(0.5))),
}
