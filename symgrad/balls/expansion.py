"""What series functions are made of: constant terms, tails, and the series of which nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

from flint import arb, arb_series, ctx

Argument = arb | arb_series
NAN = arb.nan()


def centre(x: Argument) -> arb:
    """The constant term."""
    return x[0] if isinstance(x, arb_series) else x


def integer(n: arb) -> int:
    """An exact integer as an int."""
    whole = n.unique_fmpz()
    assert whole is not None
    return int(whole)


def tail(x: Argument) -> arb_series:
    """What is left without the constant term."""
    return arb_series([0, *x.coeffs()[1:]] if isinstance(x, arb_series) else [0])


def series_of(x: Argument) -> arb_series:
    """A ball as a constant series."""
    return x if isinstance(x, arb_series) else arb_series([x])


def nowhere() -> arb_series:
    """The series of which nothing is known."""
    return arb_series([NAN] * ctx.cap)


def once(x: arb_series, slope: arb) -> arb_series:
    """f(x) for f with one derivative, enclosed by `slope`, and no second one."""
    return arb_series([NAN, x[1] * slope, *[NAN] * (ctx.cap - 2)][: ctx.cap])


def inside(
    region: Callable[[arb], bool], f: Callable[[arb_series], arb_series]
) -> Callable[[arb_series], arb_series]:
    """f where the constant term lies in a region, nothing elsewhere.

    Arb gives a series with nothing after its constant term no second look: asin(1 + O(t)) comes out as a constant,
    though asin(1 - t^2) has no derivative. So the inside of a domain is asked for here.
    """
    return lambda x: f(x) if region(x[0]) else nowhere()


def apart_from(x: arb, point: int) -> bool:
    """Whether a ball lies on one side of a point."""
    return x < point or x > point


def quotient(a: Argument, b: Argument) -> arb_series:
    """a/b; nothing where b may vanish: Arb would divide t by t and lose a term."""
    return series_of(a) / series_of(b) if apart_from(centre(b), 0) else nowhere()


def reciprocal(x: arb_series) -> arb_series:
    """1/x."""
    return x.inv() if apart_from(x[0], 0) else nowhere()


def primitive(slope: arb_series, x: arb_series) -> arb_series:
    """The integral of slope dx: for the functions that are defined as integrals of algebraic ones."""
    return (slope * x.derivative()).integral()


def composed(outer: arb_series, x: Argument) -> arb_series:
    """outer(x - its constant term)."""
    return outer(tail(x))


def derivative(outer: Callable[[arb_series], arb_series], at: arb, n: int) -> arb_series:
    """The n-th derivative of a function as a series around a point, from its Taylor coefficients."""
    terms = ctx.cap
    ctx.cap = terms + n
    try:
        y = outer(arb_series([at, 1]))
    finally:
        ctx.cap = terms
    return arb_series([y[k + n] * (factorial(k + n) // factorial(k)) for k in range(terms)])
