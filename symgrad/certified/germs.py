"""Germs: a function on a short interval right of t = 0, by what dominates it there.

A germ is a sum of terms c t^e l^-j with l = log(1/t), plus something that is at most a constant times a last
such monomial. Every monomial is positive, (e, j) compares as the monomials do (the smaller pair is the larger
function), and products add the pairs: so one arithmetic serves series in t, in roots of t, and in logarithms.
Coefficients are rational numbers or balls, exponents are rational. What is smaller than every power of t
(exp(-1/t)) is *flat*, what is larger than every power (exp(1/t)) is *huge*; of those only the sign is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from symgrad.balls import exact

Monomial = tuple[exact.Exact, exact.Exact]
Coefficient = Any  # `fmpq | arb`; mypy does not see into flint
Term = tuple[Monomial, Coefficient]
UNIT: Monomial = (0, 0)


class Unsettled(Exception):
    """Something could not be decided; `more` is what may help: "bits", "terms" or nothing."""

    def __init__(self, reason: str, more: str = "") -> None:
        super().__init__(reason)
        self.more = more


class Outside(Exception):
    """There is no real value on this side of the point; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Germ:
    """What is known of a function as t > 0 goes to 0.

    Attributes:
        terms: monomials with their coefficients, dominating ones first. A coefficient is never an exact zero.
        order: what is left out is at most a multiple of this monomial, which is smaller than all terms.
        flat: whether something flat may be left out where there is no order.
        sign: of a germ without terms that is flat or huge, if that is known.
        huge: larger than every power of 1/t; nothing else is known then.
        why: for an order that more terms would not improve, the reason.
    """

    terms: tuple[Term, ...] = ()
    order: Monomial | None = None
    flat: bool = False
    sign: int = 0
    huge: bool = False
    why: str = ""

    @property
    def exact(self) -> bool:
        """Whether the terms are all there is."""
        return self.order is None and not self.flat and not self.huge

    @property
    def zero(self) -> bool:
        """Whether the function is proved to be 0."""
        return not self.terms and self.exact

    @property
    def lead(self) -> Monomial | None:
        """A monomial that bounds the function; None if it is zero or flat."""
        return self.terms[0][0] if self.terms else self.order

    @property
    def constant(self) -> Coefficient | None:
        """The value of a function that is proved to be constant."""
        if not self.exact or len(self.terms) > 1 or (self.terms and self.terms[0][0] != UNIT):
            return None
        return self.terms[0][1] if self.terms else exact.ZERO


ZERO = Germ()


def huge(sign: int) -> Germ:
    """Something larger than every power of 1/t."""
    return Germ(sign=sign, huge=True)


def copied(g: Germ) -> Germ:
    """Another function of which the same is known: where two functions are one object, they are equal."""
    return Germ(g.terms, g.order, g.flat, g.sign, g.huge, g.why)


def flat(sign: int = 0) -> Germ:
    """Something smaller than every power of t."""
    return Germ(flat=True, sign=sign)


def bounded(order: Monomial, why: str) -> Germ:
    """Something of which a bound is all that will ever be known."""
    return Germ(order=order, why=why)


def constant(c: Coefficient) -> Germ:
    """A number."""
    return Germ(((UNIT, c),)) if not exact.is_zero(c) else ZERO


@cache
def whole(n: int) -> Germ:
    """An integer."""
    return constant(exact.number(n))


def monomial(m: Monomial, c: Coefficient) -> Germ:
    """One term."""
    return Germ(((m, c),)) if not exact.is_zero(c) else ZERO


def times(a: Monomial, b: Monomial) -> Monomial:
    """The product of monomials."""
    return (a[0] + b[0], a[1] + b[1])


def raised(m: Monomial, r: exact.Exact) -> Monomial:
    """A power of a monomial."""
    return (exact.whole_if(m[0] * r + exact.NOTHING), exact.whole_if(m[1] * r + exact.NOTHING))


def collect(
    terms: Sequence[Term], order: Monomial | None, *, flat: bool, why: str = "", sign: int = 0
) -> Germ:
    """A germ of terms in order of dominance: without exact zeros, and no longer than precision asks for."""
    kept = [(m, exact.lean(c)) for m, c in terms if not exact.is_zero(c) and (order is None or m < order)]
    most = exact.terms()
    if len(kept) > most:
        order, why = kept[most][0], ""
        kept = kept[:most]
    return Germ(tuple(kept), order, flat and order is None, sign if not kept else 0, why=why if order else "")


def tighter(a: Germ, b: Germ) -> tuple[Monomial | None, str]:
    """The order of a sum, and why it is no better."""
    if a.order is None or (b.order is not None and b.order < a.order):
        return b.order, b.why
    return a.order, a.why


def add(a: Germ, b: Germ) -> Germ:
    """The sum."""
    if a.huge or b.huge:
        if a.huge and b.huge and (not a.sign or a.sign != b.sign):
            raise Unsettled("a difference of two exponential infinities")
        return huge(a.sign if a.huge else b.sign)
    if a.zero or b.zero:
        return b if a.zero else a
    order, why = tighter(a, b)
    if not a.terms and not b.terms:
        return Germ((), order, order is None, a.sign if a.sign == b.sign else 0, why=why)
    total = dict(a.terms)
    for m, c in b.terms:
        total[m] = total[m] + c if m in total else c
    return collect(sorted(total.items(), key=first), order, flat=a.flat or b.flat, why=why)


def first(term: Term) -> Monomial:
    """The monomial of a term."""
    return term[0]


def negative(a: Germ) -> Germ:
    """-a."""
    return Germ(tuple((m, -c) for m, c in a.terms), a.order, a.flat, -a.sign, a.huge, a.why)


def sub(a: Germ, b: Germ) -> Germ:
    """The difference; of a function and itself it is exactly 0."""
    return ZERO if a is b else add(a, negative(b))


def mul(a: Germ, b: Germ) -> Germ:
    """The product."""
    if a.zero or b.zero:
        return ZERO
    if a.huge or b.huge:
        if (a.lead is None and not a.huge) or (b.lead is None and not b.huge):
            raise Unsettled("an exponentially small number times an exponentially large one")
        return huge(sign_of(a) * sign_of(b))
    if a.lead is None or b.lead is None:
        return flat(known_sign(a) * known_sign(b))
    orders = [
        (times(x.order, y.lead), x.why)
        for x, y in ((a, b), (b, a))
        if x.order is not None and y.lead is not None
    ]
    order, why = min(orders) if orders else (None, "")
    total: dict[Monomial, Coefficient] = {}
    for m, c in a.terms:
        for n, d in b.terms:
            mn = (m[0] + n[0], m[1] + n[1])
            if order is not None and mn >= order:
                break
            total[mn] = total[mn] + c * d if mn in total else c * d
    return collect(sorted(total.items(), key=first), order, flat=a.flat or b.flat, why=why)


def scaled(a: Germ, c: Coefficient) -> Germ:
    """A multiple."""
    return mul(a, constant(c))


def sign_of(a: Germ) -> int:
    """-1, 0 or 1 for all small t > 0.

    Raises:
        Unsettled: it is not known, or changes for ever.
    """
    if a.terms:
        c = a.terms[0][1]
        if c > 0:
            return 1
        if c < 0:
            return -1
        raise Unsettled("a number that may be zero", "bits")
    if a.zero:
        return 0
    if a.sign:
        return a.sign
    if a.order is None:
        raise Unsettled("the sign of something smaller than every power of the distance")
    raise Unsettled(a.why or "all known terms cancel", "" if a.why else "terms")


def known_sign(a: Germ) -> int:
    """The sign, or 0 where it is not known."""
    try:
        return sign_of(a)
    except Unsettled:
        return 0


def vanishes(a: Germ) -> bool:
    """Whether it goes to 0, as far as monomials tell."""
    return not a.huge and (a.lead is None or a.lead > UNIT)


def direction(a: Germ) -> int:
    """1 or -1 if it goes to an infinity, 0 if it stays bounded.

    Raises:
        Unsettled: neither is known.
    """
    if a.huge:
        return sign_of(a)
    if a.lead is None or a.lead >= UNIT:
        return 0
    return sign_of(a)


def require_finite(a: Germ, what: str) -> None:
    """Raise unless a function has a finite limit that is known."""
    if direction(a):
        raise Unsettled(f"{what} has no series at infinity")
    if a.order is not None and a.order <= UNIT:
        raise Unsettled(a.why or "too few terms", "" if a.why else "terms")


def split(a: Germ) -> tuple[Coefficient, Germ]:
    """The limit, and what goes to 0; `require_finite` holds."""
    if a.terms and a.terms[0][0] == UNIT:
        return a.terms[0][1], Germ(a.terms[1:], a.order, a.flat, why=a.why)
    return exact.ZERO, a


def compose(coefficients: Sequence[Coefficient], w: Germ, *, complete: bool = False) -> Germ:
    """A power series, of which some coefficients are given (or all), at something that vanishes."""
    if w.zero:
        return constant(coefficients[0])
    total = constant(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        total = add(mul(total, w), constant(c))
    if complete:
        return total
    if w.lead is None:
        return add(total, flat())
    return add(total, Germ(order=raised(w.lead, len(coefficients))))


def truncated(a: Germ, order: Monomial, why: str) -> Germ:
    """A germ known only up to an order."""
    return add(a, Germ(order=order, why=why))
