"""Polynomials with rational coefficients in many variables: exact sums, products, divisors and factors."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

Polynomial = Any
"""`flint.fmpq_mpoly`: knows +, -, *, ** and divmod."""
Exponents = tuple[int, ...]


def ring(size: int) -> list[Polynomial]:
    """The variables of a ring of polynomials; a divisor's leading term has the largest power of the first of them."""
    from flint import Ordering, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get([f"g{i}" for i in range(size)], Ordering.lex)
    return list(context.gens())


def number(like: Polynomial, value: Fraction) -> Polynomial:
    """A constant of the ring in which `like` is."""
    from flint import fmpq

    return like.context().constant(fmpq(value.numerator, value.denominator))


def terms(polynomial: Polynomial) -> list[tuple[Exponents, Fraction]]:
    """Exponents and coefficient of each term, the leading one first."""
    return [(tuple(map(int, e)), _fraction(c)) for e, c in polynomial.terms()]


def monomial(like: Polynomial, exponents: Exponents) -> Polynomial:
    """A product of powers in the ring in which `like` is."""
    from flint import fmpq

    return like.context().from_dict({exponents: fmpq(1)})


def leading(polynomial: Polynomial) -> Fraction:
    """The coefficient of the leading term."""
    return _fraction(polynomial.leading_coefficient())


def factors(polynomial: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
    """A polynomial as a number times powers of irreducible ones, whose leading coefficients are positive."""
    content, found = polynomial.factor()
    out = []
    unit = _fraction(content)
    for factor, power in found:
        if _fraction(factor.leading_coefficient()) < 0:
            out.append((-factor, int(power)))
            unit *= (-1) ** int(power)
        else:
            out.append((factor, int(power)))
    return unit, out


def primes(n: int) -> list[tuple[int, int]]:
    """A natural number as powers of primes."""
    from flint import fmpz

    return [(int(p), int(e)) for p, e in fmpz(n).factor()]


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))
