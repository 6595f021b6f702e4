"""Exact numbers as graphs: what is no double becomes a sum or a quotient of doubles."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from symgrad.errors import UsageMistake
from symgrad.graph import Node, const
from symgrad.graph.node import EXACT
from symgrad.ops import OPS

BITS = 4096
"""Digits of an exact number, in bits."""
READABLE = 10_000
"""Denominators up to this are written as fractions, larger ones come from a double and become it again."""

_add, _mul, _div = (OPS[name] for name in ("add", "mul", "div"))


def exact(p: int, q: int = 1) -> Node:
    """The number p/q, exactly: an integer, a double, a sum of doubles, or a quotient of such.

    Raises:
        UsageMistake: SG601, its numerator or denominator is out of reach of doubles.
    """
    if abs(p) <= EXACT and q <= READABLE:
        return const(p) if q == 1 else quotient(const(p), const(q))
    if q & (q - 1) == 0:
        try:
            return _doubles(Fraction(p, q))
        except OverflowError:
            pass
    return _whole(p) if q == 1 else quotient(_whole(p), _whole(q))


def quotient(p: Node, q: Node) -> Node:
    """p/q as a node."""
    made: Node = _div(p, q)
    return made


def _doubles(number: Fraction) -> Node:
    """A binary fraction as the shortest sum of doubles."""
    parts: list[Node] = []
    while number:
        part = float(number)
        if not part:
            raise UsageMistake("SG601", "a constant of SymPy's answer is too small for a double")
        parts.append(const(int(part) if part.is_integer() and abs(part) <= EXACT else part))
        number -= Fraction(part)
    return reduce(_add, parts)


def _whole(n: int) -> Node:
    """An integer of any size up to `BITS`, in pieces that doubles hold."""
    if n.bit_length() > BITS:
        raise UsageMistake("SG601", "a constant of SymPy's answer is too large")
    if abs(n) <= EXACT:
        return const(n)
    if n.bit_length() < 1000:
        return _doubles(Fraction(n))
    high, low = divmod(n, 2**900)
    shifted: Node = _mul(_whole(high), const(2.0**900))
    return _add(shifted, _whole(low)) if low else shifted
