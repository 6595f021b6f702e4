"""Accuracy rules for quotients: divide, so that what is large and what is small are computed apart."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.graph import Node, apply, const
from symgrad.symbolic.stable.chains import ADD, DIV, MUL, SUB, factors, product, terms, total
from symgrad.symbolic.stable.polynomial import (
    Polynomial,
    TooLarge,
    degree,
    factored,
    leading,
    letters,
    long_division,
    multiply,
    node_of,
    plus,
)  # fmt: skip
from symgrad.symbolic.stable.rational import fraction, reduced
from symgrad.symbolic.stable.rule import Table

REMEDIES = Table(direct=True)
MOVES = Table(direct=False)


@MOVES.procedure("quotient and remainder", (DIV, MUL), "the divisor is not 0")
def division(node: Node) -> Iterator[Node]:
    """(x + y)/(x - y) = 1 + 2*y/(x - y), by every letter."""
    found = numerator_and_denominator(node)
    if found is None:
        return
    above, below, below_node, outside = found
    for letter in letters(below):
        if degree(above, letter) < degree(below, letter):
            continue
        lead = node_of(leading(below, letter, degree(below, letter)))
        quotient, rest = long_division(above, below, letter)
        if quotient and rest:
            yield scaled(node_of(quotient) + rest_over(rest, below_node), outside)
        elif not quotient:
            k = degree(above, letter)
            if k == degree(below, letter):
                ratio = reduced(node_of(leading(above, letter, k)) / lead)
                remainder = remainder_by(above, below, letter, k)
                if remainder is not None:
                    yield scaled(ratio + reduced(remainder / lead) / below_node, outside)


def remainder_by(above: Polynomial, below: Polynomial, letter: Node, k: int) -> Node | None:
    """lead(below)*above - lead(above)*below: the remainder of one step, times the leading coefficient."""
    try:
        crossed = plus(
            multiply(above, leading(below, letter, k)), multiply(below, leading(above, letter, k)), -1
        )
    except TooLarge:
        return None
    return factored(crossed)


def rest_over(rest: Polynomial, below: Node) -> Node:
    """The fraction that stays after a division."""
    return apply(DIV, (factored(rest), below))


def scaled(node: Node, outside: tuple[Fraction, dict[Node, int]]) -> Node:
    """A node times the factors that a division left alone."""
    c, powers = outside
    return node if c == 1 and not powers else product(c, {**powers, node: powers.get(node, 0) + 1})


def numerator_and_denominator(
    node: Node,
) -> tuple[Polynomial, Polynomial, Node, tuple[Fraction, dict[Node, int]]] | None:
    """A quotient's sums above and below, and the factors that are neither."""
    found = factors(node)
    if found is None:
        return None
    c, powers = found
    sums = {n: e for n, e in powers.items() if e < 0}
    if not sums:
        return None
    below_node = product(Fraction(1), {n: -e for n, e in sums.items()})
    above_node = product(c, {n: e for n, e in powers.items() if e > 0})
    try:
        above, below = fraction(above_node), fraction(below_node)
        if above.below or below.below or len(below.above) < 2:
            return None
        return above.above, below.above, below_node, (Fraction(1), {})
    except TooLarge:
        return None


@MOVES.procedure("(a + b)/c = a/c + b/c", (DIV, MUL))
def apart(node: Node) -> Iterator[Node]:
    """A quotient of a sum as a sum of quotients."""
    found = factors(node)
    if found is None:
        return
    c, powers = found
    for n, e in powers.items():
        if e == 1 and (n.op is ADD or n.op is SUB):
            parts = terms(n)
            if parts is not None and len(parts) <= 6:
                others = {m: k for m, k in powers.items() if m is not n}
                yield total([(sign, reduced(part * product(c, others))) for sign, part in parts])


@MOVES.procedure("a/(a + b) = 1/(1 + b/a)", (DIV, MUL), "a is not 0")
def divided_through(node: Node) -> Iterator[Node]:
    """Numerator and denominator divided by one operand of the denominator."""
    found = factors(node)
    if found is None:
        return
    c, powers = found
    for n, e in powers.items():
        if e == -1 and (n.op is ADD or n.op is SUB):
            parts = terms(n)
            if parts is None or len(parts) > 4:
                continue
            above = product(c, {m: k for m, k in powers.items() if m is not n})
            for i, (sign, part) in enumerate(parts):
                rest = [(s * sign, reduced(p / part)) for k, (s, p) in enumerate(parts) if k != i]
                yield reduced(above / part) / total([(1, const(sign)), *[(s * sign, p) for s, p in rest]])
