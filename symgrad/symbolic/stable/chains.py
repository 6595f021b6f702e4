"""Sums and products as flat lists, so that a rule meets its operands wherever brackets put them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

from symgrad.graph import CONST, REAL, Node, apply, const
from symgrad.ops import OPS

ADD, SUB, NEG, MUL, DIV, POW, SQUARE, RECIPROCAL = (
    OPS[name] for name in ("add", "sub", "neg", "mul", "div", "pow", "square", "reciprocal")
)
SUMS = frozenset((ADD, SUB, NEG))
PRODUCTS = frozenset((MUL, DIV, NEG, SQUARE, RECIPROCAL))
MOST = 24
"""Operands of one chain; longer ones are left alone, as rules try all pairs."""

EXACT = 2**53
PLAIN_DENOMINATOR = 1024

Terms = list[tuple[int, Node]]
"""Operands of a sum, each with its sign."""
Powers = dict[Node, int]
"""Operands of a product, each with its exponent."""


def number(node: Node) -> Fraction | None:
    """The exact value of a constant that can be calculated with by hand: a whole number, a half, an eighth ...

    Other decimals stay what they are, symbols with a value: products of them would have to be rounded.
    """
    if node.op is not CONST or node.type is not REAL or not math.isfinite(node.value):
        return None
    found = Fraction(node.value)
    return found if found.denominator <= PLAIN_DENOMINATOR and abs(found.numerator) <= EXACT else None


def terms(node: Node) -> Terms | None:
    """The operands of a sum; a node that is no sum is its own; None if there are too many."""
    found: Terms = []
    todo = [(1, node)]
    while todo:
        sign, n = todo.pop()
        if n.op is ADD or n.op is SUB:
            a, b = n.args
            todo += [(sign if n.op is ADD else -sign, b), (sign, a)]
        elif n.op is NEG:
            todo.append((-sign, n.args[0]))
        else:
            found.append((sign, n))
        if len(found) + len(todo) > MOST:
            return None
    return found


def total(parts: Iterable[tuple[int, Node]]) -> Node:
    """The sum of signed operands, from left to right, a positive one in front if there is one."""
    rest = list(parts)
    first = next((i for i, (sign, _) in enumerate(rest) if sign > 0), None)
    if first is not None:
        rest.insert(0, rest.pop(first))
    if not rest:
        return const(0)
    sign, result = rest[0]
    if sign < 0:
        result = negated(result)
    for sign, node in rest[1:]:
        value = number(node)
        if value is not None and value < 0:
            sign, node = -sign, const(-node.value)  # noqa: PLW2901  # x + -1 is written x - 1
        result = result + node if sign > 0 else result - node
    return result


def factors(node: Node) -> tuple[Fraction, Powers] | None:
    """A product as an exact number and operands with whole exponents; None if there are too many."""
    coefficient = Fraction(1)
    powers: Powers = {}
    todo = [(1, node)]
    while todo:
        e, n = todo.pop()
        value = number(n)
        if value is not None and (value or e > 0):
            coefficient *= value**e
        elif n.op is MUL or n.op is DIV:
            a, b = n.args
            todo += [(e if n.op is MUL else -e, b), (e, a)]
        elif n.op is NEG:
            coefficient = -coefficient
            todo.append((e, n.args[0]))
            if e % 2 == 0:
                coefficient = -coefficient
        elif n.op is SQUARE:
            todo.append((2 * e, n.args[0]))
        elif n.op is RECIPROCAL:
            todo.append((-e, n.args[0]))
        elif n.op is POW and (k := whole(n.args[1])) is not None and k:
            todo.append((e * k, n.args[0]))
        else:
            powers[n] = powers.get(n, 0) + e
        if len(powers) + len(todo) > MOST or max(abs(coefficient.numerator), coefficient.denominator) > EXACT:
            return None
    return coefficient, {n: e for n, e in powers.items() if e}


def whole(node: Node) -> int | None:
    """The value of a small whole constant."""
    value = number(node)
    return int(value) if value is not None and value.denominator == 1 and abs(value) <= MOST else None


def product(coefficient: Fraction, powers: Mapping[Node, int]) -> Node:
    """The node of a product: what has a negative exponent below the bar."""
    above = [power(n, e) for n, e in powers.items() if e > 0]
    below = [power(n, -e) for n, e in powers.items() if e < 0]
    if coefficient == 0:
        return const(0)
    sign, size = (-1, -coefficient) if coefficient < 0 else (1, coefficient)
    if size.numerator != 1 or not above:
        above.insert(0, const(size.numerator))
    if size.denominator != 1:
        below.insert(0, const(size.denominator))
    result = times(above)
    if below:
        result = result / times(below)
    return -result if sign < 0 else result


def times(nodes: Iterable[Node]) -> Node:
    """A product from left to right."""
    first, *rest = nodes
    for node in rest:
        first = apply(MUL, (first, node))
    return first


def power(base: Node, exponent: int) -> Node:
    """base^exponent for a whole exponent."""
    return base if exponent == 1 else apply(POW, (base, const(exponent)))


def root_of(node: Node) -> Node | None:
    """What a square is the square of."""
    found = factors(node)
    if found is None:
        return None
    c, powers = found
    up, down = exact_root(c.numerator), exact_root(c.denominator)
    if up is None or down is None or any(e % 2 for e in powers.values()):
        return None
    return product(Fraction(up, down), {n: e // 2 for n, e in powers.items()})


def exact_root(n: int) -> int | None:
    """The whole square root of a whole number."""
    if n < 0:
        return None
    root = round(n**0.5)
    return root if root * root == n else None


def negated(node: Node) -> Node:
    """The opposite, without piling up signs."""
    if node.op is NEG:
        return node.args[0]
    if node.op is SUB:
        return apply(SUB, node.args[::-1])
    if node.op is CONST:
        return const(-node.value)
    if node.op is ADD:
        parts = terms(node)
        if parts is not None and any(sign < 0 for sign, _ in parts):
            return total([(-sign, n) for sign, n in parts])
    if node.op in PRODUCTS:
        found = factors(node)
        if found is not None and found[0] < 0:
            return product(-found[0], found[1])
    return apply(NEG, (node,))
