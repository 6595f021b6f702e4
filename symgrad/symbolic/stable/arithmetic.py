"""Accuracy rules for sums, products and quotients: cancel exactly, then compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from symgrad.graph import Node, const
from symgrad.ops import OPS
from symgrad.symbolic.stable.chains import (
    ADD,
    DIV,
    MUL,
    POW,
    PRODUCTS,
    SUB,
    SUMS,
    factors,
    negated,
    power,
    product,
    root_of,
    terms,
    total,
)  # fmt: skip
from symgrad.symbolic.stable.polynomial import (
    Polynomial,
    TooLarge,
    degree,
    factored,
    leading,
    letters,
    multiply,
    node_of,
    plus,
    raised,
    rational_roots,
    split,
)  # fmt: skip
from symgrad.symbolic.stable.rational import Quotient, fraction, node_of_quotient, over, polynomial, reduced
from symgrad.symbolic.stable.rule import Table

REMEDIES = Table(direct=True)
MOVES = Table(direct=False)
SIN, COS, FMA = OPS["sin"], OPS["cos"], OPS["fma"]
RATIONAL = (ADD, SUB, MUL, DIV, POW)


@REMEDIES.procedure("over one denominator, cancelled exactly", RATIONAL)
def cancelling(node: Node) -> Iterator[Node]:
    """1/a - 1/b = (b - a)/(a*b) and (a + b)^2 - a^2 = b*(2*a + b), where terms cancel."""
    try:
        whole_fraction = fraction(node)
        apart = [fraction(n) for _, n in terms(node) or ()]
        count = sum(len(over(part, whole_fraction.below)) for part in apart)
    except TooLarge:
        return
    if len(whole_fraction.above) < count:
        yield node_of_quotient(whole_fraction)


@MOVES.procedure("over one denominator", RATIONAL)
def together(node: Node) -> Iterator[Node]:
    """1/a + 1/b = (a + b)/(a*b)."""
    yield reduced(node)


@REMEDIES.procedure("a^2 - b^2 = (a - b)*(a + b)", (ADD, SUB))
def difference_of_squares(node: Node) -> Iterator[Node]:
    """Two operands of a sum with opposite signs that are squares; what is inside is cancelled exactly."""
    parts = terms(node)
    if parts is None or len(parts) > 8:
        return
    for i, (s, a) in enumerate(parts):
        for j, (t, b) in enumerate(parts):
            if s < 0 or t > 0:
                continue
            p, q = root_of(a), root_of(b)
            if p is None or q is None:
                continue
            new = reduced(p - q) * reduced(p + q)
            rest = [part for k, part in enumerate(parts) if k not in (i, j)]
            yield total([*rest, (1, new)])


@MOVES.procedure("expanded", (MUL, POW, SUB, ADD))
def expanded(node: Node) -> Iterator[Node]:
    """Products of sums as a sum."""
    try:
        found = fraction(node)
    except TooLarge:
        return
    if not found.below:
        yield node_of(found.above)


@MOVES.procedure("a*b + a*c = a*(b + c)", (ADD, SUB))
def common_factor(node: Node) -> Iterator[Node]:
    """Factors that some operands of a sum share, one at a time."""
    parts = terms(node)
    if parts is None or len(parts) > 8:
        return
    seen: dict[Node, list[int]] = {}
    split = [factors(n) for _, n in parts]
    for i, found in enumerate(split):
        for n, e in (found[1] if found else {}).items():
            if e > 0:
                seen.setdefault(n, []).append(i)
    for letter, where in seen.items():
        if len(where) < 2:
            continue
        inner = total([(parts[i][0], without(parts[i][1], letter)) for i in where])
        rest = [part for i, part in enumerate(parts) if i not in where]
        yield total([*rest, (1, letter * reduced(inner))])


def without(node: Node, letter: Node) -> Node:
    """A product without one of its factors."""
    found = factors(node)
    assert found is not None
    c, powers = found
    return product(
        c, {n: (e - 1 if n is letter else e) for n, e in powers.items() if n is not letter or e > 1}
    )


@MOVES.procedure("(a + b) + c = a + (b + c)", (ADD, SUB))
def regrouped(node: Node) -> Iterator[Node]:
    """Two operands of a sum that are added first."""
    parts = terms(node)
    if parts is None or not 3 <= len(parts) <= 6:
        return
    for i in range(len(parts)):
        for j in range(i + 1, len(parts)):
            pair = total([parts[i], parts[j]])
            yield total([*[part for k, part in enumerate(parts) if k not in (i, j)], (1, reduced(pair))])


@MOVES.procedure("cos(a)^2 = 1 - sin(a)^2", RATIONAL)
def by_sines(node: Node) -> Iterator[Node]:
    """Even powers of a cosine become sines in the whole fraction, or the other way round, for one angle or all."""
    if not any(n.op is SIN or n.op is COS for n in near(node)):
        return
    try:
        found = fraction(node)
        for op, other in ((COS, SIN), (SIN, COS)):
            angles = [n for n in all_letters(found) if n.op is op]
            for chosen in [[n] for n in angles] + ([angles] if len(angles) > 1 else []):
                swap = {
                    n: plus({(): Fraction(1)}, {((other(n.args[0]), 2),): Fraction(1)}, -1) for n in chosen
                }
                new = exchanged(found, swap)
                if new is not None:
                    yield new
    except TooLarge:
        return


def near(node: Node) -> Iterator[Node]:
    """The letters of a fraction."""
    todo = [node]
    while todo:
        n = todo.pop()
        if n.op in RATIONAL or n.op in PRODUCTS or n.op in SUMS:
            todo += n.args
        else:
            yield n


def all_letters(a: Quotient) -> list[Node]:
    """The letters of numerator and denominator."""
    below = [polynomial(n) for n in a.below]
    return list(dict.fromkeys(n for p in (a.above, *below) for n in letters(p)))


def exchanged(a: Quotient, swap: Mapping[Node, Polynomial]) -> Node | None:
    """A fraction with the squares of some letters replaced; None if there are none."""
    above, changed = squares_replaced(a.above, swap)
    result = factored(above)
    for n, e in a.below.items():
        below, also = squares_replaced(polynomial(n), swap)
        changed = changed or also
        result = result / power(factored(below), e)
    return result if changed else None


def squares_replaced(a: Polynomial, swap: Mapping[Node, Polynomial]) -> tuple[Polynomial, bool]:
    """A polynomial with letter^2 replaced as often as it divides a term, and whether there was any."""
    result: Polynomial = {}
    changed = False
    for m, c in a.items():
        term: Polynomial = {tuple((n, e % 2 if n in swap else e) for n, e in m if n not in swap or e % 2): c}
        for n, e in m:
            if n in swap and e > 1:
                term = multiply(term, raised(swap[n], e // 2))
                changed = True
        result = plus(result, term)
    return result, changed


@MOVES.procedure("factored by its roots", (ADD, SUB, DIV))
def by_roots(node: Node) -> Iterator[Node]:
    """1 - 16*x + 15*x^2 = (1 - x)*(1 - 15*x): a polynomial in one letter, by its rational roots."""
    try:
        found = fraction(node)
        content, common, rest = split(found.above) if found.above else (Fraction(1), (), {})
    except TooLarge:
        return
    names = letters(rest)
    if len(names) != 1 or len(rest) < 2:
        return
    linear, left = rational_roots(rest, names[0])
    if not linear or len(linear) + (len(left) > 1) < 2:
        return
    parts = [node_of(p) for p in (*linear, left)]
    above: dict[Node, int] = dict(common)
    for n in parts:
        above[n] = above.get(n, 0) + 1
    yield product(content, {**above, **{n: -e for n, e in found.below.items()}})


@MOVES.procedure("Horner's form", (ADD, SUB))
def horner(node: Node) -> Iterator[Node]:
    """a*x^2 + b*x + c = (a*x + b)*x + c."""
    try:
        found = polynomial(node)
    except TooLarge:
        return
    for letter in letters(found):
        n = degree(found, letter)
        if n >= 2 and len(found) <= 12:
            result = node_of(leading(found, letter, n))
            for k in range(n - 1, -1, -1):
                lower = leading(found, letter, k)
                result = result * letter + node_of(lower) if lower else result * letter
            yield result


@MOVES.procedure("a*b - c*d, each product's rounding error added back", (SUB,))
def kahan(node: Node) -> Iterator[Node]:
    """Kahan's difference of products: fma(a, b, -w) + fma(-c, d, w) with w = c*d, exact but for two roundings."""
    a, b = (factors(n) for n in node.args)
    if a is None or b is None:
        return
    (p, q), (r, s) = halves(*a), halves(*b)
    if p is None or q is None or r is None or s is None:
        return
    w = r * s
    yield FMA(p, q, negated(w)) + FMA(negated(r), s, w)


def halves(c: Fraction, powers: dict[Node, int]) -> tuple[Node | None, Node | None]:
    """A product as two factors."""
    items = [n for n, e in powers.items() for _ in range(e)]
    if any(e < 0 for e in powers.values()) or not 1 <= len(items) <= 2 or c.denominator != 1:
        return None, None
    if len(items) == 1:
        return (const(c.numerator), items[0]) if c != 1 else (None, None)
    return product(c, {items[0]: 1}), items[1]
