"""Polynomials with exact coefficients, over whatever stands where a letter would stand."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

from symgrad.graph import Node, const
from symgrad.symbolic.simplify.order import Names
from symgrad.symbolic.stable.chains import negated, product

MOST_TERMS = 40
MOST_POWER = 16
MOST_DIVIDED = 400

Monomial = tuple[tuple[Node, int], ...]
"""Letters with their exponents, ordered by name."""
Polynomial = dict[Monomial, Fraction]


class TooLarge(Exception):
    """The expanded form has too many terms to be of use."""


def constant(value: Fraction | int) -> Polynomial:
    """A number as a polynomial."""
    return {(): Fraction(value)} if value else {}


def plus(a: Polynomial, b: Polynomial, sign: int = 1) -> Polynomial:
    """a + sign*b."""
    result = dict(a)
    for m, c in b.items():
        new = result.get(m, Fraction(0)) + sign * c
        if new:
            result[m] = new
        else:
            result.pop(m, None)
    return result


def join(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials."""
    powers = dict(a)
    for n, e in b:
        powers[n] = powers.get(n, 0) + e
    kept = [(n, e) for n, e in powers.items() if e]
    return tuple(sorted(kept, key=lambda power: _name(power[0])) if len(kept) > 1 else kept)


@lru_cache(maxsize=4096)
def _name(letter: Node) -> tuple[int, str, int]:
    """What letters are ordered by: the same in every run, as an address would not be."""
    return Names().of(letter)


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """The product."""
    result: Polynomial = {}
    if len(a) * len(b) > MOST_TERMS * 4:
        raise TooLarge
    for m, c in a.items():
        for n, d in b.items():
            result = plus(result, {join(m, n): c * d})
            if len(result) > MOST_TERMS:
                raise TooLarge
    return result


def raised(a: Polynomial, n: int) -> Polynomial:
    """a^n for n >= 0."""
    if n > MOST_POWER:
        raise TooLarge
    result = constant(1)
    for _ in range(n):
        result = multiply(result, a)
    return result


def divided(a: Polynomial, b: Polynomial) -> Polynomial | None:
    """a/b, if that is a polynomial."""
    if len(b) == 1:
        ((m, c),) = b.items()
        result: Polynomial = {}
        for n, d in a.items():
            joined = join(n, tuple((v, -e) for v, e in m))
            if any(e < 0 for _, e in joined):
                return None
            result[joined] = d / c
        return result
    for letter in letters(b):
        quotient, rest = long_division(a, b, letter)
        return quotient if not rest else None
    return None


def long_division(a: Polynomial, b: Polynomial, letter: Node) -> tuple[Polynomial, Polynomial]:
    """Quotient and remainder by falling powers of a letter, as far as the leading coefficient divides exactly."""
    degree_b = degree(b, letter)
    lead = leading(b, letter, degree_b)
    quotient: Polynomial = {}
    rest = a
    for _ in range(MOST_POWER):
        k = degree(rest, letter)
        if not rest or k < degree_b or degree_b == 0:
            break
        c = divided(leading(rest, letter, k), lead) if len(lead) == 1 or lead == constant(1) else None
        if c is None:
            break
        shift: Polynomial = multiply(c, {((letter, k - degree_b),) if k > degree_b else (): Fraction(1)})
        quotient = plus(quotient, shift)
        rest = plus(rest, multiply(shift, b), -1)
    return quotient, rest


def degree(a: Polynomial, letter: Node) -> int:
    """The highest exponent of a letter."""
    return max((dict(m).get(letter, 0) for m in a), default=0)


def leading(a: Polynomial, letter: Node, k: int) -> Polynomial:
    """The coefficient of letter^k."""
    return {
        tuple((n, e) for n, e in m if n is not letter): c for m, c in a.items() if dict(m).get(letter, 0) == k
    }


def letters(a: Polynomial) -> list[Node]:
    """The letters, in order of appearance."""
    return list(dict.fromkeys(n for m in a for n, _ in m))


def split(a: Polynomial) -> tuple[Fraction, Monomial, Polynomial]:
    """A polynomial as number * monomial * what has no common factor left and begins with a positive number."""
    first = next(iter(a.values()))
    content = Fraction(gcd(*[c.numerator for c in a.values()]), lcm(*[c.denominator for c in a.values()])) * (
        -1 if first < 0 and all(c < 0 for c in a.values()) else 1
    )
    shared = dict(next(iter(a)))
    for m in a:
        powers = dict(m)
        shared = {n: min(e, powers[n]) for n, e in shared.items() if n in powers}
    common: Monomial = tuple(shared.items())
    inverse = tuple((n, -e) for n, e in common)
    return content, common, {join(m, inverse): c / content for m, c in a.items()}


def monomial_node(m: Monomial, c: Fraction) -> Node:
    """The node of one term."""
    return product(c, dict(m))


def node_of(a: Polynomial) -> Node:
    """The sum of the terms, as they come: positive ones first."""
    if not a:
        return const(0)
    parts = sorted(a.items(), key=lambda item: item[1] < 0)
    (m, c), *rest = parts
    result = monomial_node(m, c)
    for m, c in rest:
        result = result + monomial_node(m, c) if c > 0 else result - monomial_node(m, -c)
    return result


def factored(a: Polynomial) -> Node:
    """The node of a polynomial with its common factor in front."""
    if not a:
        return const(0)
    content, common, rest = split(a)
    if len(rest) == 1:
        return node_of(a)
    inner = node_of(rest)
    if content == 1 and not common:
        return inner
    if content == -1 and not common:
        return negated(inner)
    return product(content, {**dict(common), inner: 1})


def rational_roots(a: Polynomial, letter: Node) -> tuple[list[Polynomial], Polynomial]:
    """The factors q*x^g - p of a polynomial in x, and what is left; g is what all exponents have in common."""
    g = gcd(*[dict(m).get(letter, 0) for m in a])
    linear: list[Polynomial] = []
    if g == 0:
        return linear, a
    rest = a
    while degree(rest, letter) > g:
        row = {dict(m).get(letter, 0) // g: c for m, c in rest.items()}
        root = _root(row)
        if root is None:
            break
        factor: Polynomial = {(): Fraction(-root.numerator), ((letter, g),): Fraction(root.denominator)}
        quotient, remainder = long_division(rest, factor, letter)
        if remainder:
            break
        linear.append(factor)
        rest = quotient
    return linear, rest


def _root(row: dict[int, Fraction]) -> Fraction | None:
    """A rational root of a polynomial with small coefficients, if it has one other than 0."""
    scale = lcm(*[c.denominator for c in row.values()])
    whole = {k: int(c * scale) for k, c in row.items()}
    low, high = abs(whole.get(0, 0)), abs(whole[max(whole)])
    if not low or max(low, high) > MOST_DIVIDED:
        return None
    for q in _divisors(high):
        for p in _divisors(low):
            for root in (Fraction(p, q), Fraction(-p, q)):
                if sum(c * root**k for k, c in whole.items()) == 0:
                    return root
    return None


def _divisors(n: int) -> list[int]:
    return [k for k in range(1, n + 1) if n % k == 0]
