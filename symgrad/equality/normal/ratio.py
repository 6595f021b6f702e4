"""Quotients of polynomials in generators (variables and functions), some of which obey a relation r^q = polynomial."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from symgrad.balls import polynomials
from symgrad.balls.polynomials import Exponents, Polynomial

Key = tuple[str | int, ...]

TERMS = 4000
"""Terms of a polynomial; beyond this nobody waits for the answer."""
FACTORED = 60
"""Terms of a polynomial that is taken apart into factors."""
DEGREE = 60


class TooLargeError(Exception):
    """The normal form has too many terms, generators, or no place in this arithmetic."""


class Ratio(NamedTuple):
    """A polynomial over a polynomial."""

    num: Polynomial
    den: Polynomial


class Part(NamedTuple):
    """A term of a ratio: a number times what `key` names."""

    factor: Fraction
    key: str
    rest: Ratio


class Field:
    """The arithmetic of ratios; every ratio is kept reduced by the relations of its generators."""

    def __init__(self, size: int, check: Callable[[], None]) -> None:
        self._free = polynomials.ring(size)
        self._check = check
        self.one_poly = self._free[0] ** 0
        self.one = Ratio(self.one_poly, self.one_poly)
        self.zero = Ratio(self.one_poly - self.one_poly, self.one_poly)
        self._made: dict[Key, Polynomial] = {}
        self.about: dict[str, tuple[Any, ...]] = {}
        self._relations: dict[int, tuple[int, Polynomial]] = {}
        self._size = size

    def generator(
        self, key: Key, power: int = 0, value: Polynomial | None = None, about: tuple[Any, ...] = ()
    ) -> Ratio:
        """The generator of this key; a new one obeys generator^power = value, if `power` is given.

        `about` is kept with it, behind the first word of its key.

        Later generators are greater, so that a relation leads from them to earlier ones.
        """
        found = self._made.get(key)
        if found is None:
            if not self._free:
                raise TooLargeError
            found = self._made[key] = self._free.pop()
            self.about[str(found)] = (key[0], *about)
            if power:
                self._relations[len(self._free)] = (power, found**power - value)
        return Ratio(found, self.one_poly)

    def obey(self, made: Ratio, power: int, value: Polynomial) -> None:
        """Let a generator obey made^power = value, a polynomial in itself and earlier ones of a lower degree."""
        index = next(i for i, d in enumerate(made.num.degrees()) if d)
        self._relations.setdefault(index, (power, made.num**power - value))

    def number(self, value: Fraction | int) -> Ratio:
        """A rational number."""
        return Ratio(polynomials.number(self.one_poly, Fraction(value)), self.one_poly)

    def reduced(self, p: Polynomial) -> Polynomial:
        """A polynomial with the powers that the relations know replaced."""
        self._check()
        if len(p) > TERMS:
            raise TooLargeError
        for i in sorted(self._relations):
            power, relation = self._relations[i]
            if p.degrees()[i] >= power:
                p = divmod(p, relation)[1]
                if len(p) > TERMS:
                    raise TooLargeError
        return p

    def times(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """A product of polynomials."""
        if len(a) * len(b) > 40 * TERMS:
            raise TooLargeError
        return self.reduced(a * b)

    def ratio(self, num: Polynomial, den: Polynomial) -> Ratio:
        """A quotient in lowest terms, as far as the relations let that be seen."""
        if not num:
            return self.zero
        if not den:
            raise TooLargeError
        if len(den) <= 300 and len(num) <= TERMS // 4:
            g = num.gcd(den)
            if not g.is_one():
                num, den = divmod(num, g)[0], divmod(den, g)[0]
        lead = polynomials.leading(den)
        if lead != 1:
            scale = polynomials.number(self.one_poly, 1 / lead)
            num, den = num * scale, den * scale
        return Ratio(num, den)

    def add(self, a: Ratio, b: Ratio) -> Ratio:
        """a + b."""
        if a.den == b.den:
            return self.ratio(a.num + b.num, a.den)
        g = a.den.gcd(b.den)
        left, right = divmod(a.den, g)[0], divmod(b.den, g)[0]
        num = self.times(a.num, right) + self.times(b.num, left)
        return self.ratio(self.reduced(num), self.times(a.den, right))

    def neg(self, a: Ratio) -> Ratio:
        """-a."""
        return Ratio(-a.num, a.den)

    def sub(self, a: Ratio, b: Ratio) -> Ratio:
        """a - b."""
        return self.add(a, self.neg(b))

    def mul(self, a: Ratio, b: Ratio) -> Ratio:
        """a * b."""
        if a is self.one:
            return b
        if b is self.one:
            return a
        a, b = self.ratio(a.num, b.den), self.ratio(b.num, a.den)
        return self.ratio(self.times(a.num, b.num), self.times(a.den, b.den))

    def inverse(self, a: Ratio) -> Ratio:
        """1/a."""
        return self.ratio(a.den, a.num)

    def div(self, a: Ratio, b: Ratio) -> Ratio:
        """a / b."""
        return self.mul(a, self.inverse(b))

    def power(self, a: Ratio, n: int) -> Ratio:
        """a^n for a whole n, by squaring."""
        if n < 0:
            a, n = self.inverse(a), -n
        terms = max(len(a.num), len(a.den))
        if n > DEGREE * 4 or (terms > 1 and math.comb(terms - 1 + n, n) > TERMS):
            raise TooLargeError
        result = self.one
        while n:
            if n & 1:
                result = self.mul(result, a)
            n >>= 1
            if n:
                a = self.mul(a, a)
        return result

    def constant(self, a: Ratio) -> Fraction | None:
        """The rational number that a ratio is, or None."""
        if not a.num:
            return Fraction(0)
        if a.num.is_constant() and a.den.is_constant():
            return polynomials.leading(a.num) / polynomials.leading(a.den)
        return None

    def parts(self, a: Ratio) -> list[Part]:
        """The terms of a ratio as numbers times monomials (over the denominator, where that is no monomial)."""
        found = []
        below = polynomials.terms(a.den)
        for exponents, factor in polynomials.terms(a.num):
            if len(below) == 1:
                shifted = tuple(x - y for x, y in zip(exponents, below[0][0], strict=True))
                above = self._monomial(tuple(max(x, 0) for x in shifted))
                under = self._monomial(tuple(max(-x, 0) for x in shifted))
                found.append(Part(factor / below[0][1], f"{above}/{under}", Ratio(above, under)))
            else:
                above = self._monomial(exponents)
                rest = self.ratio(above, a.den)
                found.append(Part(factor, f"{rest.num}/{rest.den}", rest))
        return found

    def _monomial(self, exponents: Exponents) -> Polynomial:
        return polynomials.monomial(self.one_poly, exponents)

    def factors(self, a: Ratio) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
        """A ratio as a number times powers of polynomials that have no common divisor."""
        above, over = self._factors(a.num)
        below, under = self._factors(a.den)
        return above / below, over + [(f, -e) for f, e in under]

    def _factors(self, p: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
        if len(p) <= FACTORED and sum(p.degrees()) <= DEGREE:
            return polynomials.factors(p)
        lead = polynomials.leading(p)
        return lead, [(p * polynomials.number(self.one_poly, 1 / lead), 1)]
