"""What is known of signs: absolute values, and polynomials that are not negative where both sides are defined."""

from __future__ import annotations

import math
from typing import Any

from symgrad.balls import polynomials
from symgrad.balls.polynomials import Polynomial
from symgrad.equality.normal.ratio import Field, Ratio, TooLargeError

Units = dict[tuple[str, ...], int]
"""For each kind of power the common denominator of its exponents: one generator serves x^(1/2) and x^(1/3)."""
MOST_UNIT = 60
POSITIVE = ("exp", "root", "pi", "abs")
STRICT = ("exp", "pi")
MOST_SUMMED = 20


class Signs(Field):
    """A field that knows signs.

    Attributes:
        units: found in this pass and those before; `stale` says that another pass will do better.
        known: polynomials that are not negative where both sides are defined.
        strict: names of generators that are positive.
        active: whether what is being written holds at every point, and not in a branch only.
    """

    def __init__(self, size: int, check: Any, units: Units, known: set[str]) -> None:
        super().__init__(size, check)
        self.units = units
        self.known = known
        self.strict: set[str] = set()
        self.roots: dict[str, tuple[int, Ratio, Ratio]] = {}
        self.stale = False
        self.active = True

    def unit(self, kind: tuple[str, ...], denominator: int) -> int:
        """The common denominator of the exponents of a kind."""
        before = self.units.get(kind, 1)
        found = math.lcm(before, denominator)
        if found > MOST_UNIT:
            raise TooLargeError
        if found != before:
            self.units[kind] = found
            self.stale = True
        return found

    def learn(self, p: Polynomial) -> None:
        """Note that a polynomial is not negative, if that holds everywhere."""
        if self.active and str(p) not in self.known:
            self.known.add(str(p))
            self.stale = True

    def kind(self, p: Polynomial) -> str:
        """What a polynomial is that is one positive generator; else ""."""
        return self._named(str(p))

    def positive(self, p: Polynomial) -> bool:
        """Whether a polynomial is known not to be negative."""
        return bool(self.kind(p)) or str(p) in self.known or self._by_terms(p, strict=False)

    def _by_terms(self, p: Polynomial, *, strict: bool) -> bool:
        """Whether no term of a polynomial is negative; `strict`: and one of them is positive."""
        if len(p) > MOST_SUMMED:
            return False
        certain = False
        for exponents, c in polynomials.terms(p):
            names = [(f"g{i}", e) for i, e in enumerate(exponents) if e]
            if c < 0 or any(e % 2 and n not in self.known and not self._named(n) for n, e in names):
                return False
            certain |= all(n in self.strict or self._named(n) in STRICT for n, _ in names)
        return certain or not strict

    def _named(self, name: str) -> str:
        kind: str = self.about.get(name, ("",))[0]
        return kind if kind in POSITIVE else ""

    def sign(self, u: Ratio) -> int | None:
        """1 or -1 where u > 0 or u <= 0 is certain (1 and -1 are not symmetric: `<` asks for this), else None."""
        c, found = self.factors(u)
        odd = [f for f, e in found if e % 2]
        if c > 0 and all(self._by_terms(f, strict=True) for f, _ in found):
            return 1
        return -1 if c < 0 and all(self.positive(f) for f in odd) else None

    def size(self, f: Polynomial) -> Ratio:
        """|f| of an irreducible polynomial."""
        if self.positive(f):
            return Ratio(f, self.one_poly)
        if str(-f) in self.known:
            return Ratio(-f, self.one_poly)
        return self.generator(("abs", str(f)), 2, self.times(f, f), (f,))

    def abs(self, u: Ratio) -> Ratio:
        """|u|."""
        if not u.num:
            return u
        c, found = self.factors(u)
        result = self.number(abs(c))
        for f, e in found:
            part = Ratio(f, self.one_poly) if e % 2 == 0 else self.size(f)
            result = self.mul(result, self.power(part, e))
        return result
