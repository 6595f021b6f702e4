"""Powers, roots, exponentials, logarithms and absolute values in normal form, for real arguments.

Each rewriting holds wherever the expression it replaces is defined: log(u) = sum of e*log|f| over the factors f^e of u,
u^(p/q) = product of |f|^(e*p/q), and |f| = f only where f is known not to be negative.
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.balls import polynomials
from symgrad.balls.polynomials import Polynomial
from symgrad.equality.normal.ratio import Part, Ratio, TooLargeError
from symgrad.equality.normal.signs import Signs


class Powers(Signs):
    """A field that knows powers, roots, exponentials and logarithms."""

    def pi(self) -> Ratio:
        """The number pi is a generator like any other."""
        return self.generator(("pi",))

    # Logarithms

    def log(self, u: Ratio) -> Ratio:
        """The logarithm of u, where u > 0."""
        if not u.num:
            raise TooLargeError
        c, found = self.factors(u)
        self.learn(u.num * u.den)
        odd = [f for f, e in found if e % 2 and not self.positive(f)]
        if len(odd) == 1:
            self.learn(odd[0] if c > 0 else -odd[0])
        elif not odd and c < 0:
            raise TooLargeError
        result = self.zero
        for n, sign in ((abs(c.numerator), 1), (c.denominator, -1)):
            for p, e in polynomials.primes(n) if n > 1 else ():
                result = self.add(result, self.mul(self.number(sign * e), self._log_of_prime(p)))
        for f, e in found:
            result = self.add(result, self.mul(self.number(e), self._log_of(f)))
        return result

    def _log_of_prime(self, p: int) -> Ratio:
        return self.generator(("log", str(p)), about=(self.number(p),))

    def _log_of(self, f: Polynomial) -> Ratio:
        """log|f| of an irreducible polynomial."""
        kind = self.kind(f)
        if kind == "exp":
            _, unit, rest = self.about[str(f)]
            return self.mul(self.number(Fraction(1, unit)), rest)
        if kind == "root":
            _, unit, base = self.about[str(f)]
            return self.mul(self.number(Fraction(1, unit)), self.log(self.abs(base)))
        other, *known = self.about.get(str(f), ("",))
        if other == "abs":
            return self._log_of(known[0])
        if other == "pow":
            unit, base, rest = known
            return self.mul(self.mul(self.number(Fraction(1, unit)), rest), self.log(self.abs(base)))
        return self.generator(("log", str(f)), about=(Ratio(f, self.one_poly),))

    # Exponentials

    def exp(self, u: Ratio) -> Ratio:
        """e^u."""
        result = self.one
        for part in self.parts(u):
            result = self.mul(result, self._exp_of(part))
        return result

    def _exp_of(self, part: Part) -> Ratio:
        """e to one term: a power where the term has a logarithm."""
        for f, e in self.factors(part.rest)[1]:
            about = self.about.get(str(f), ("",))
            if e == 1 and about[0] == "log":
                rest = self.div(part.rest, Ratio(f, self.one_poly))
                return self._power_of_size(about[1], self.mul(self.number(part.factor), rest))
            if about[0] == "lambertw" and part.rest == Ratio(f, self.one_poly):
                return self.root(self.div(about[1], part.rest), part.factor)  # e^W = u/W
        kind = ("exp", part.key)
        unit = self.unit(kind, part.factor.denominator)
        made = self.generator(("exp", part.key, unit), about=(unit, part.rest))
        return self.power(made, int(part.factor * unit))

    def _power_of_size(self, base: Ratio, exponent: Ratio) -> Ratio:
        """|base|^exponent."""
        c = self.constant(exponent)
        size = self.abs(base)
        if c is not None:
            return self.root(size, c)
        return self._general(size, exponent)

    # Powers

    def pow(self, u: Ratio, v: Ratio) -> Ratio:
        """u^v."""
        c = self.constant(v)
        if c is not None:
            return self.power(u, int(c)) if c.denominator == 1 else self.root(u, c)
        base = self.constant(u)
        if base is not None:
            if base <= 0:
                raise TooLargeError
            return self.exp(self.mul(v, self.log(u)))
        return self._general(u, v)

    def _general(self, u: Ratio, v: Ratio) -> Ratio:
        """u^v of base and exponent with variables; products are taken apart only where all factors are positive."""
        unit, found = self.factors(u)
        if unit > 0 and len(found) + (unit != 1) > 1 and all(self.positive(f) for f, _ in found):
            result = self.exp(self.mul(v, self.log(self.number(unit)))) if unit != 1 else self.one
            for f, e in found:
                inner = self.mul(self.number(e), v)
                result = self.mul(result, self._general(Ratio(f, self.one_poly), inner))
            return result
        if len(found) > 1 and str(u.num * u.den) in self.known:
            return self.exp(self.mul(v, self.log(u)))
        if unit == 1 and len(found) == 1 and found[0][1] == 1:
            f = found[0][0]
            if self.kind(f) == "exp":
                return self.exp(self.mul(self._log_of(f), v))
        result = self.one
        for part in self.parts(v):
            c = self.constant(part.rest)
            if c is not None:
                result = self.mul(result, self.pow(u, self.number(c * part.factor)))
                continue
            name = f"{u.num}/{u.den}"
            kind_ = ("pow", name, part.key)
            common = self.unit(kind_, part.factor.denominator)
            made = self.generator(("pow", name, part.key, common), about=(common, u, part.rest))
            result = self.mul(result, self.power(made, int(part.factor * common)))
        return result

    def root(self, u: Ratio, c: Fraction) -> Ratio:
        """u^c for a fraction c; u is not negative where that is defined."""
        if not u.num:
            if c <= 0:
                raise TooLargeError
            return u
        if c.denominator == 1:
            return self.power(u, int(c))
        number, found = self.factors(u)
        result = self._number_root(abs(number), c)
        negative = number < 0
        odd = []
        for f, e in found:
            if self.positive(f):
                result = self.mul(result, self._of_factor(f, e * c))
            elif str(-f) in self.known:
                negative ^= e % 2 == 1
                result = self.mul(result, self._of_factor(-f, e * c))
            elif e % 2 == 0:
                result = self.mul(result, self._of_size(f, e * c))
            else:
                odd.append((f, e))
        return self.mul(result, self._rest(odd, c, negative))

    def _rest(self, odd: list[tuple[Polynomial, int]], c: Fraction, negative: bool) -> Ratio:
        """What stands under a root and may have either sign: one factor, or a product that is taken as a whole."""
        if not odd:
            if negative:
                raise TooLargeError
            return self.one
        if len(odd) == 1:
            f, e = odd[0]
            f = -f if negative else f
            self.learn(f)
            return self._of_factor(f, e * c)
        result, whole = self.one, self.one_poly
        for f, e in odd:
            whole = self.times(whole, f)
            if e != 1:
                result = self.mul(result, self._of_size(f, (e - 1) * c))
        return self.mul(result, self._of_factor(-whole if negative else whole, c))

    def _of_factor(self, f: Polynomial, c: Fraction) -> Ratio:
        """f^c where f is not negative."""
        kind = self.kind(f)
        if kind == "exp":
            return self.exp(self.mul(self.number(c), self._log_of(f)))
        if kind == "root":
            _, unit, base = self.about[str(f)]
            return self.root(base, c / unit)
        return self._root_generator(Ratio(f, self.one_poly), c)

    def _of_size(self, f: Polynomial, c: Fraction) -> Ratio:
        """|f|^c."""
        if c.denominator == 1 and c % 2 == 0:
            return self.power(Ratio(f, self.one_poly), int(c))
        size = self.size(f)
        return self.power(size, int(c)) if c.denominator == 1 else self._of_factor(size.num, c)

    def _number_root(self, number: Fraction, c: Fraction) -> Ratio:
        """A power of a positive rational number, by its primes."""
        result = self.one
        for n, sign in ((number.numerator, 1), (number.denominator, -1)):
            for p, e in polynomials.primes(n) if n > 1 else ():
                result = self.mul(result, self._root_generator(self.number(p), sign * e * c))
        return result

    def _root_generator(self, base: Ratio, c: Fraction) -> Ratio:
        """A power of what has no roots of its own."""
        if c.denominator == 1:
            return self.power(base, int(c))
        name = str(base.num)
        unit = self.unit(("root", name), c.denominator)
        beside = self._conjugate(base, unit)
        if beside is not None:
            return self.power(beside, int(c * unit))
        made = self.generator(("root", name, unit), unit, base.num, (unit, base))
        self.roots.setdefault(name, (unit, base, made))
        return self.power(made, int(c * unit))

    def _conjugate(self, base: Ratio, unit: int) -> Ratio | None:
        """sqrt(1 - sin) as |cos|/sqrt(1 + sin): a root by an earlier one, where the product of both is one term."""
        if len(base.num) < 2 or str(base.num) in self.roots:
            return None
        for other_unit, other, made in list(self.roots.values()):
            if other_unit == unit and len(other.num) > 1:
                product = self.times(base.num, other.num)
                if len(product) == 1 and product != base.num * other.num:
                    whole = self.root(Ratio(product, self.one_poly), Fraction(1, unit))
                    return self.div(whole, made)
        return None

    def cbrt(self, u: Ratio) -> Ratio:
        """The real cube root, also of what is negative."""
        if not u.num:
            return u
        number, found = self.factors(u)
        result = self.mul(
            self.number(1 if number > 0 else -1), self._number_root(abs(number), Fraction(1, 3))
        )
        for f, e in found:
            if self.positive(f):
                part = self._of_factor(f, Fraction(e, 3))
            else:
                part = self.power(self.generator(("cbrt", str(f)), 3, f), e)
            result = self.mul(result, part)
        return result
