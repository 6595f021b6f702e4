"""Exact arithmetic on the numbers of a formula: what cannot be computed without rounding is left as it stands."""

from __future__ import annotations

import math
from typing import NamedTuple

from symgrad.graph import CONST, REAL, Node, const

EXACT = 2**53
MOST_BITS = 2200
"""Powers of numbers beyond this size are not formed; every double fits."""


class Ratio(NamedTuple):
    """An exact number: numerator/denominator in lowest terms; `decimal` if it was written with a decimal point."""

    num: int
    den: int = 1
    decimal: bool = False


ZERO = Ratio(0)
ONE = Ratio(1)
MINUS_ONE = Ratio(-1)


def is_number(node: Node) -> bool:
    """Whether a node is a finite real constant (no array, no condition)."""
    return node.op is CONST and node.type is REAL and math.isfinite(node.value)


def ratio(node: Node) -> Ratio:
    """The exact value of a number."""
    value = node.value
    if type(value) is int:
        return Ratio(value)
    num, den = value.as_integer_ratio()
    return Ratio(num, den, not value.is_integer())


def reduced(num: int, den: int, *, decimal: bool) -> Ratio | None:
    """The number num/den if a constant, or a fraction of two, can hold it; else None."""
    if den < 0:
        num, den = -num, -den
    common = math.gcd(num, den)
    num, den = num // common, den // common
    if not decimal or den == 1:
        return Ratio(num, den) if -EXACT <= num <= EXACT and den <= EXACT else None
    try:
        value = num / den
    except OverflowError:
        return None
    exact = value.as_integer_ratio() == (num, den)
    return Ratio(num, den, decimal=True) if exact else None


def times(a: Ratio, b: Ratio) -> Ratio | None:
    """The product, if it is exact and no longer to write than its factors."""
    if not (a.decimal or b.decimal) and a.den == 1 and b.den == 1:
        num = a.num * b.num
        return Ratio(num) if -EXACT <= num <= EXACT else None
    return _short(reduced(a.num * b.num, a.den * b.den, decimal=a.decimal or b.decimal), a, b)


def plus(a: Ratio, b: Ratio) -> Ratio | None:
    """The sum, if it is exact and no longer to write than its terms."""
    total = a.num * b.den + b.num * a.den
    return _short(reduced(total, a.den * b.den, decimal=a.decimal or b.decimal), a, b)


def power(a: Ratio, n: int) -> Ratio | None:
    """a^n, if it is exact; None also for 0 to a negative power."""
    if a.num == 0 and n < 0:
        return None
    if abs(n) * max(a.num.bit_length(), a.den.bit_length()) > MOST_BITS:
        return None
    num, den = (a.num, a.den) if n >= 0 else (a.den, a.num)
    return reduced(num ** abs(n), den ** abs(n), decimal=a.decimal)


def negative(a: Ratio) -> Ratio:
    """-a."""
    return Ratio(-a.num, a.den, a.decimal)


def _short(result: Ratio | None, a: Ratio, b: Ratio) -> Ratio | None:
    """The result, unless it is a long decimal: 1.1 - 1 is exactly 0.10000000000000009, which nobody wants to read."""
    if result is None or not result.decimal:
        return result
    return result if written(result) <= written(a) + written(b) else None


def written(a: Ratio) -> int:
    """How many characters the number takes."""
    return len(repr(a.num / a.den)) if a.decimal else len(str(a.num)) + len(str(a.den))


def as_nodes(a: Ratio) -> tuple[Node, Node | None]:
    """The number as a constant, or as the two of a fraction."""
    if a.decimal:
        return const(a.num / a.den), None
    return const(a.num), None if a.den == 1 else const(a.den)
