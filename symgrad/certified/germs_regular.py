"""Functions of germs where they are analytic: power series, dense ones or term by term."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgrad.balls import exact
from symgrad.certified.germs import (
    Coefficient,
    Germ,
    Monomial,
    Unsettled,
    compose,
    constant,
    require_finite,
    split,
    vanishes,
)

MOST_ROOTS = 12
"""Exponents with a larger common denominator do not go through dense power series."""


def density(germs: Sequence[Germ]) -> int | None:
    """The q for which these are series in t^(1/q), without logarithms; None if there is none that is small."""
    q = 1
    for germ in germs:
        for (e, j), _ in germ.terms:
            if j:
                return None
            q = math.lcm(q, e.denominator)
    return q if q <= MOST_ROOTS else None


def known_count(germs: Sequence[Germ], q: int) -> int:
    """How many coefficients in t^(1/q) all of these are known to, at most as many as precision asks for."""
    return min([exact.terms(), *(math.ceil(g.order[0] * q) for g in germs if g.order is not None)])


def row_of(germ: Germ, q: int, count: int) -> list[Coefficient]:
    """The coefficients of a germ by powers of t^(1/q)."""
    row = [exact.ZERO] * count
    for (e, _), c in germ.terms:
        index = int(e * q)
        if index >= count:
            break
        row[index] = c
    return row


def from_row(row: Sequence[Coefficient], q: int, germs: Sequence[Germ]) -> Germ:
    """A germ from the coefficients that a function of germs has."""
    order: Monomial = (exact.whole_if(Fraction(len(row), q)), 0)
    why = ""
    for g in germs:
        if g.order is not None and g.order < order:
            order, why = g.order, g.why
    terms = [((exact.whole_if(Fraction(k, q)), 0), c) for k, c in enumerate(row)]
    return Germ(tuple((m, c) for m, c in terms if not exact.is_zero(c) and m < order), order, why=why)


def at_zero(name: str, w: Germ) -> Germ:
    """One of the functions with rational Taylor coefficients at 0, of something that vanishes."""
    if w.zero:
        return constant(exact.at_zero(name, [exact.ZERO])[0])
    q = density([w])
    count = known_count([w], q or 1)
    unit = [exact.ZERO, exact.ONE] + [exact.ZERO] * (exact.terms() - 2)
    if q is None or w.lead is None or w.flat or count < 1:
        return compose(exact.at_zero(name, unit), w)
    row = row_of(w, q, count)
    if not exact.rational(row):  # powers of w one by one keep the zeros of odd and even functions exact
        return compose(exact.at_zero(name, unit), w)
    return from_row(exact.at_zero(name, row), q, [w])


def regular(name: str, *germs: Germ, attrs: Mapping[str, Any] | None = None) -> Germ:
    """A function where all its arguments have limits at which it is analytic."""
    attrs = attrs or {}
    fixed = [g.constant for g in germs]
    numbers = [c for c in fixed if c is not None]
    if len(numbers) == len(germs):
        return constant(checked(exact.value(name, numbers, attrs), name))
    for g in germs:
        require_finite(g, name)
    if len(germs) == 1 and name in exact.AT_ZERO and vanishes(germs[0]):
        return at_zero(name, germs[0])
    moving = [g for g, c in zip(germs, fixed, strict=True) if c is None]
    q = density(moving)
    count = known_count(moving, q or 1)
    if q is None or count < 1 or any(g.flat for g in moving):
        return by_taylor(name, germs, fixed, attrs)
    rows = [row_of(g, q, count) if c is None else c for g, c in zip(germs, fixed, strict=True)]
    return from_row(analytic(name, rows, count, attrs), q, moving)


def analytic(name: str, rows: Sequence[Any], count: int, attrs: Mapping[str, Any]) -> list[Coefficient]:
    """The coefficients of a function of power series; it has to be analytic at the constant terms."""
    try:
        found = exact.series(name, rows, count, attrs)
    except NotImplementedError as error:
        raise Unsettled(str(error)) from None
    if found is None:
        raise Unsettled(f"{name} is not known to be smooth here", "bits")
    return found


def checked(c: Coefficient, name: str) -> Coefficient:
    """A value that exists."""
    if not exact.as_ball(c).is_finite():
        raise Unsettled(f"{name} is not defined here, or at the border of its domain", "bits")
    return c


def by_taylor(name: str, germs: Sequence[Germ], fixed: Sequence[Any], attrs: Mapping[str, Any]) -> Germ:
    """A function of one germ that is no series in a root of t."""
    moving = [i for i, c in enumerate(fixed) if c is None]
    if len(moving) > 1:
        raise Unsettled(f"{name} has no series in two arguments with logarithms")
    c, w = split(germs[moving[0]])
    count = exact.terms()
    rows = list(fixed)
    rows[moving[0]] = [c, exact.ONE] + [exact.ZERO] * (count - 2)
    return compose(analytic(name, rows, count, attrs), w)
