"""Elementary functions of germs at their singular points: poles, ends of domains, infinity."""

from __future__ import annotations

from symgrad.balls import exact
from symgrad.certified.germs import (
    UNIT,
    ZERO,
    Germ,
    Outside,
    Unsettled,
    add,
    constant,
    direction,
    flat,
    known_sign,
    mul,
    negative,
    scaled,
    sign_of,
    sub,
    whole,
)
from symgrad.certified.germs_piecewise import Unary
from symgrad.certified.germs_powers import (
    divide,
    exp,
    log,
    magnitude,
    oscillation,
    power,
    reciprocal,
    signed,
    sqrt,
)
from symgrad.certified.germs_regular import regular

ONE, TWO = whole(1), whole(2)


def plain(name: str) -> Unary:
    """A function that is analytic on the whole line."""
    return lambda g: regular(name, g)


def periodic(name: str) -> Unary:
    """A bounded function without limits at infinity."""
    return lambda g: oscillation(name) if g.huge or unbounded(g) else regular(name, g)


def unbounded(g: Germ) -> bool:
    """Whether it leaves every bound, or stays bounded without a limit, for all that is known."""
    return (g.lead is not None and g.lead < UNIT) or (g.order is not None and g.order <= UNIT and bool(g.why))


def square(g: Germ) -> Germ:
    """g^2."""
    return power(g, 2)


def log1p(g: Germ) -> Germ:
    """log(1 + g)."""
    return regular("log1p", g) if known_small(g) else log(add(ONE, g))


def known_small(g: Germ) -> bool:
    """Whether it is known to vanish."""
    return not g.huge and (g.lead is None or g.lead > UNIT)


def symbol(name: str) -> Germ:
    """A constant of mathematics."""
    return constant(exact.symbol(name))


def logarithm(base: str) -> Unary:
    """A logarithm to another base."""
    return lambda g: divide(log(g), symbol(base)) if g.constant is None else regular(base, g)


def exponential(base: str, name: str) -> Unary:
    """An exponential function to another base."""
    return lambda g: exp(mul(g, symbol(base))) if g.constant is None else regular(name, g)


def saturating(toward: Unary, inside: Unary, *, bounded: bool = True) -> Unary:
    """An odd function that is given for arguments that go to +infinity."""

    def function(g: Germ) -> Germ:
        if bounded and unbounded(g) and not known_sign(g):
            return oscillation("a bounded function")
        s = direction(g)
        return signed(toward(signed(g, s)), s) if s else inside(g)

    return function


def tanh_far(g: Germ) -> Germ:
    """tanh as (1 - exp(-2g))/(1 + exp(-2g))."""
    small = exp(scaled(g, exact.number(-2)))
    return divide(sub(ONE, small), add(ONE, small))


def atan_far(g: Germ) -> Germ:
    """atan as pi/2 - atan(1/g)."""
    return sub(right_angle(), regular("atan", reciprocal(g)))


def right_angle() -> Germ:
    """pi/2."""
    return scaled(symbol("pi"), exact.number(0.5))


def asinh_far(g: Germ) -> Germ:
    """asinh as log(g + sqrt(g^2 + 1))."""
    return log(add(g, sqrt(add(square(g), ONE))))


def erf_far(g: Germ) -> Germ:
    """erf as 1 - erfc."""
    return sub(ONE, erfc_far(g))


def erfc_far(g: Germ) -> Germ:
    """erfc, which is below exp(-g^2): smaller than every power if g^2 outgrows logarithms."""
    if not g.huge and square(g).lead >= (0, -1):  # type: ignore[operator]  # it goes to infinity, so it has a lead
        raise Unsettled("erfc of something that grows too slowly")
    return flat(1)


def erfc(g: Germ) -> Germ:
    """The complement of erf."""
    s = direction(g)
    if not s:
        return regular("erfc", g)
    return erfc_far(g) if s > 0 else sub(TWO, erfc_far(negative(g)))


def sigmoid(g: Germ) -> Germ:
    """1/(1 + exp(-g))."""
    s = direction(g)
    if not s:
        return regular("sigmoid", g)
    small = exp(negative(magnitude(g)))
    return reciprocal(add(ONE, small)) if s > 0 else divide(small, add(ONE, small))


def logit(g: Germ) -> Germ:
    """log(g/(1 - g)), by two logarithms at the ends."""
    inside = known_sign(g) > 0 and known_sign(sub(ONE, g)) > 0 and not known_small(g)
    return regular("logit", g) if inside and not known_small(sub(ONE, g)) else sub(log(g), log1p(negative(g)))


def softplus(g: Germ) -> Germ:
    """log(1 + exp(g))."""
    s = direction(g)
    if not s:
        return regular("softplus", g)
    rest = log1p(exp(negative(magnitude(g))))
    return add(g, rest) if s > 0 else rest


def ncdf(g: Germ) -> Germ:
    """The normal distribution function."""
    half = exact.number(0.5)
    return scaled(erfc(negative(divide(g, sqrt(TWO)))), half) if direction(g) else regular("ncdf", g)


def npdf(g: Germ) -> Germ:
    """The normal density."""
    bell = exp(scaled(square(g), exact.number(-0.5)))
    return divide(bell, sqrt(scaled(symbol("pi"), exact.number(2))))


def logaddexp(a: Germ, b: Germ) -> Germ:
    """log(exp(a) + exp(b))."""
    return add(a, softplus(sub(b, a)))


def cosh(g: Germ) -> Germ:
    """By exponentials at infinity."""
    if not direction(g):
        return regular("cosh", g)
    return scaled(add(exp(g), exp(negative(g))), exact.number(0.5))


def sinh(g: Germ) -> Germ:
    """By exponentials at infinity."""
    if not direction(g):
        return regular("sinh", g)
    return scaled(sub(exp(g), exp(negative(g))), exact.number(0.5))


def over(top: Unary, bottom: Unary) -> Unary:
    """A quotient of functions, with a pole where the denominator vanishes."""
    return lambda g: divide(top(g), bottom(g))


def one(_: Germ) -> Germ:
    """1."""
    return ONE


def xlogy(x: Germ, y: Germ) -> Germ:
    """x*log(y), 0 where x is 0."""
    return ZERO if x.zero and sign_of(y) >= 0 else mul(x, log(y))


def hypot(a: Germ, b: Germ) -> Germ:
    """sqrt(a^2 + b^2)."""
    if a.zero or b.zero:
        return magnitude(b if a.zero else a)
    return sqrt(add(square(a), square(b)))


def atan2(y: Germ, x: Germ) -> Germ:
    """The angle of (x, y), from -pi (not included) to pi."""
    if y.zero and x.zero:
        raise Outside("the angle of the origin")
    if known_sign(x) > 0:
        return atan(divide(y, x))
    if not y.zero and known_sign(y):
        return sub(signed(right_angle(), sign_of(y)), atan(divide(x, y)))
    turn = signed(symbol("pi"), sign_of(y))
    if sign_of(x) >= 0:
        raise Unsettled("an angle that is not decided")
    return add(turn, atan(divide(y, x)))


def sinc(g: Germ) -> Germ:
    """sin(g)/g, 1 at 0."""
    return ONE if g.zero else divide(sin(g), g)


def sinhc(g: Germ) -> Germ:
    """sinh(g)/g, 1 at 0."""
    return ONE if g.zero else divide(sinh(g), g)


sin, cos, erfi = periodic("sin"), periodic("cos"), plain("erfi")
tanh = saturating(tanh_far, plain("tanh"))
atan = saturating(atan_far, plain("atan"))
asinh = saturating(asinh_far, plain("asinh"), bounded=False)
erf = saturating(erf_far, plain("erf"))
