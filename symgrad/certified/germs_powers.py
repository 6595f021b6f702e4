"""Powers, exponentials and logarithms of germs: they carry t^e and log(t) into each other."""

from __future__ import annotations

from fractions import Fraction

from symgrad.balls import exact
from symgrad.certified.germs import (
    UNIT,
    ZERO,
    Coefficient,
    Germ,
    Monomial,
    Outside,
    Unsettled,
    add,
    bounded,
    compose,
    constant,
    copied,
    direction,
    flat,
    huge,
    known_sign,
    monomial,
    mul,
    negative,
    raised,
    sign_of,
    whole,
)
from symgrad.certified.germs_regular import at_zero, regular

LARGE = 2**30
SLACK = Fraction(1, 16)
ROOT_OF_LOG: Monomial = (0, Fraction(-1, 2))
ITERATED = "the logarithm of a logarithm has no series here"


def relative(g: Germ) -> tuple[Monomial, Coefficient, Germ]:
    """The leading term of a germ that has a sign, as monomial and coefficient, and w in g = lead (1 + w)."""
    m, c = g.terms[0]
    inverse = (-m[0], -m[1])
    rest = Germ(g.terms[1:], g.order, g.flat, why=g.why)
    return m, c, mul(rest, monomial(inverse, exact.power(c, -1)))


def power(g: Germ, r: exact.Exact) -> Germ:
    """g^r for an exact r; a negative g needs an integer."""
    if r == 0:
        return whole(1)
    if r == 1:
        return g
    if g.order is not None and not g.terms and isinstance(r, int) and r > 0:
        return Germ(order=raised(g.order, r), why=g.why)
    sign = sign_of(g)
    if sign == 0:
        if r < 0:
            raise Outside("division by zero")
        return ZERO
    if sign < 0 and not isinstance(r, int):
        raise Outside("a root of a negative number")
    if not g.terms:
        s = 1 if isinstance(r, Fraction) or r % 2 == 0 else sign
        return huge(s) if g.huge == (r > 0) else flat(s)
    m, c, w = relative(g)
    return mul(monomial(raised(m, r), exact.power(c, r)), one_plus(w, r))


POWERS: dict[exact.Exact, str] = {-1: "inverse_1p", Fraction(1, 2): "sqrt_1p", Fraction(-1, 2): "rsqrt_1p"}


def one_plus(w: Germ, r: exact.Exact) -> Germ:
    """(1 + w)^r for something that vanishes."""
    if w.zero:
        return whole(1)
    if r in POWERS:
        return at_zero(POWERS[r], w)
    count = exact.terms()
    row: list[Coefficient] = []
    exponent: Coefficient = exact.of_fraction(r)
    coefficient: Coefficient = exact.ONE
    for k in range(count):
        row.append(coefficient)
        coefficient = exact.lean(coefficient * (exponent - k) / (k + 1))
    complete = isinstance(r, int) and 0 <= r < count
    return compose(row[: r + 1] if complete and isinstance(r, int) else row, w, complete=complete)


def reciprocal(g: Germ) -> Germ:
    """1/g."""
    return power(g, -1)


def divide(a: Germ, b: Germ) -> Germ:
    """a/b; of a function and itself exactly 1."""
    if a is b and sign_of(a):
        return whole(1)
    return mul(a, reciprocal(b))


def sqrt(g: Germ) -> Germ:
    """The square root."""
    return power(g, Fraction(1, 2))


def log(g: Germ) -> Germ:
    """The natural logarithm."""
    sign = sign_of(g)
    if sign <= 0:
        raise Outside("the logarithm of a negative number" if sign else "the logarithm of 0")
    if not g.terms:
        raise Unsettled("the logarithm of something exponentially small or large")
    (e, j), c, w = relative(g)
    total = add(constant(log_of(c)), at_zero("log1p", w))
    if e:
        total = add(monomial((0, -1), exact.of_fraction(-e)), total)
    return add(total, bounded(ROOT_OF_LOG, ITERATED)) if j else total


def log_of(c: Coefficient) -> Coefficient:
    """The logarithm of a positive coefficient, 0 exactly at 1."""
    return exact.ZERO if c == 1 else exact.as_ball(c).log()


def exp(g: Germ) -> Germ:
    """The exponential: of a multiple of log(t) a power of t, of anything larger flat or huge."""
    if g.huge or (g.lead is not None and g.lead < (0, -1)):
        return huge(1) if direction(g) > 0 else flat(1)
    if g.order == UNIT and g.why and (not g.terms or g.lead == UNIT):
        return bounded(UNIT, g.why)
    if g.lead is None or g.lead >= UNIT:
        return regular("exp", g)
    return of_logarithms(g)


def of_logarithms(g: Germ) -> Germ:
    """exp(a l + smaller), with l = log(1/t): t^-a times the rest."""
    slow = [(m, c) for m, c in g.terms if m < UNIT]
    rest = Germ(tuple(t for t in g.terms if t[0] >= UNIT), g.order, g.flat, why=g.why)
    a: Coefficient = exact.ZERO
    if slow and slow[0][0] == (0, -1):
        a, slow = slow[0][1], slow[1:]
    exponent = exact.exactly(a)
    if exponent is not None and not slow and (g.order is None or g.order > UNIT):
        return mul(monomial((-exponent, 0), exact.ONE), regular("exp", rest))
    if g.order is not None and g.order <= (0, -1):
        raise Unsettled(g.why or "too few terms", "" if g.why else "terms")
    if not abs(exact.as_ball(a)) < LARGE:
        raise Unsettled("a power with an exponent that is too large", "bits")
    ceiling = exact.ceiling(a, SLACK)
    return bounded((-ceiling, 0), "a power with an irrational exponent, or a power of logarithms")


def pow_(x: Germ, y: Germ) -> Germ:
    """x^y: by the exponent where that is a constant, else exp(y log x)."""
    fixed = y.constant
    if fixed is not None:
        r = exact.exactly(fixed)
        if r is not None:
            return power(x, r)
    sign = sign_of(x)
    if sign == 0:
        if sign_of(y) > 0:
            return ZERO
        raise Outside("0 to a negative power")
    if sign < 0:
        if fixed is not None and exact.may_be_integer(fixed):
            raise Unsettled("a negative base, and an exponent that may be an integer", "bits")
        raise Outside("a negative base to a power that is no integer")
    return exp(mul(y, log(x)))


def log_power(x: Germ, n: int) -> Germ:
    """log(x)^n."""
    return power(log(x), n)


def oscillation(what: str) -> Germ:
    """A function that stays bounded and has no limit."""
    return bounded(UNIT, f"{what} oscillates without a limit")


def signed(g: Germ, sign: int) -> Germ:
    """g or -g."""
    return g if sign >= 0 else negative(g)


def magnitude(g: Germ) -> Germ:
    """|g|; where the sign is never known a bound of g is one of |g|."""
    if not known_sign(g) and g.order is not None and not g.terms and g.why:
        return copied(g)
    return signed(g, sign_of(g))
