"""Products as one number times powers: equal factors join, numbers multiply, the rest is put in the order of writing.

A product stays defined wherever it was; it may become defined at more points (x*(1/x) = 1), which is what mathematics
means by simplifying. Factors whose work is to keep something from overflowing (`ROBUST`) are divided by one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from symgrad.graph import Node, apply, const
from symgrad.ops import OPS
from symgrad.symbolic.simplify.numbers import (
    EXACT,
    MINUS_ONE,
    ONE,
    Ratio,
    as_nodes,
    is_number,
    negative,
    power,
    ratio,
    times,
)
from symgrad.symbolic.simplify.order import DIV, MUL, NEG, POW, PRODUCTS, SUB, Names, in_order

SQRT = OPS["sqrt"]
ROBUST = frozenset((OPS["hypot"], OPS["norm"]))
MOST = 32
"""Operations up to which a product is looked into, for its number and for what it has in common with another term."""
MANY = 16
"""A factor that is a product itself is taken apart only if it is short: otherwise chains would cost their square."""

Exponent = int | float


class Product(NamedTuple):
    """number * base^exponent * ..."""

    number: Ratio
    powers: dict[Node, Exponent]


class Factors:
    """A product while its factors are collected; `rules` are the names of what happened on the way."""

    __slots__ = ("number", "powers", "rules")

    def __init__(self) -> None:
        self.number = ONE
        self.powers: dict[Node, Exponent] = {}
        self.rules: list[str] = []

    def product(self) -> Product:
        """What was collected, square roots joined with what they are roots of."""
        powers = self.powers
        for root in [base for base in powers if base.op is SQRT]:
            if root not in powers:  # a root of a root may be gone by now
                continue
            under, e = root.args[0], powers[root]
            outside = powers.get(under, 0)
            if type(e) is not int or type(outside) is not int or (e % 2 and outside * e >= 0):
                continue
            halves = e + 2 * outside
            odd = 0 if halves % 2 == 0 else 1 if halves > 0 else -1
            self.rules.append("sqrt(x)^2 = x")
            for base, exponent in ((root, odd), (under, 0)):
                powers.pop(base, None)
                if exponent:
                    powers[base] = exponent
            self.power(under, (halves - odd) // 2)
        return Product(self.number, powers)

    def power(self, base: Node, exponent: int) -> None:
        """Multiply by a power of something that may be a number."""
        if exponent and is_number(base) and (base.value or exponent > 0):
            self.scale(ratio(base), exponent)
        elif exponent:
            self.join(base, exponent)

    def scale(self, number: Ratio, e: int) -> None:
        """Multiply by a power of a number: exactly, or else as a factor of its own."""
        value = number if e == 1 else power(number, e)
        product = None if value is None else times(self.number, value)
        if product is not None:
            if product.num == 0:
                self.rules.append("0*x = 0")
            elif value == ONE:
                self.rules.append("1*x = x")
            elif self.number not in (ONE, MINUS_ONE) and value != MINUS_ONE:
                self.rules.append("numbers multiply")
            self.number = product
            return
        num, den = as_nodes(number)
        self.join(num, e)
        if den is not None:
            self.join(den, -e)

    def join(self, base: Node, exponent: Exponent) -> None:
        """Multiply by base^exponent."""
        powers = self.powers
        before = powers.get(base)
        if before is None:
            powers[base] = exponent
            return
        total = before + exponent
        if abs(total) > EXACT or (type(total) is float and total - before != exponent):
            self.join(apply(POW, (base, const(exponent))), 1)  # these exponents do not add up exactly
            return
        self.rules.append("a^m*a^n = a^(m + n)" if total else "a/a = 1")
        if total == 0:
            del powers[base]
        else:
            powers[base] = int(total) if total == int(total) else total

    def multiply(self, product: Product, e: int) -> None:
        """Multiply by another product, or divide by it."""
        if product.number is not ONE:
            self.scale(product.number, e)
        for base, exponent in product.powers.items():
            self.join(base, exponent * e)


class Products:
    """Taking products apart and putting them together; each node is taken apart once."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.few: dict[Node, Product | None] = {}
        self.many: dict[Node, Product | None] = {}

    def short(self, node: Node) -> Product | None:
        """A node as a product of few factors; None if there are more."""
        if node not in self.few:
            self.few[node] = self._taken_apart(node, MANY)
        return self.few[node]

    def of(self, node: Node) -> Product | None:
        """A node as a product; None if that is a long one."""
        few = self.short(node)
        if few is not None:
            return few
        if node not in self.many:
            self.many[node] = self._taken_apart(node, MOST)
        return self.many[node]

    def gather(self, parts: Iterable[tuple[Node, int]], *, deep: bool = True) -> Factors:
        """Collect the factors of (factor, exponent) pairs; unless `deep`, factors that are products stay closed."""
        found = Factors()
        for node, e in parts:
            op = node.op
            if is_number(node) and (node.value or e > 0):
                found.scale(ratio(node), e)
            elif (op is POW or op is NEG or (deep and op in PRODUCTS)) and (product := self.short(node)):
                found.multiply(product, e)
            else:
                found.join(node, e)
        return found

    def _taken_apart(self, root: Node, most: int) -> Product | None:
        found = Factors()
        todo: list[tuple[Node, int]] = [(root, 1)]
        left = most
        while todo:
            node, e = todo.pop()
            op = node.op
            left -= 1
            if left < 0:
                return None
            if is_number(node) and (node.value or e > 0):
                found.scale(ratio(node), e)
            elif op is NEG:
                if e % 2:
                    found.number = negative(found.number)
                todo.append((node.args[0], e))
            elif op is MUL and e in (1, -1):
                todo += [(node.args[1], e), (node.args[0], e)]
            elif op is DIV and e in (1, -1):
                todo += [(node.args[1], -e), (node.args[0], e)]
            elif op is POW and (n := whole(node.args[1])) is not None and abs(n * e) < EXACT:
                if n:
                    todo.append((node.args[0], n * e))
            elif op is POW and e in (1, -1) and is_number(node.args[1]):
                found.join(node.args[0], e * node.args[1].value)
            else:
                found.join(node, e)
        return found.product()

    def build(self, product: Product) -> Node:
        """The node of a product in the order of writing: number, numerator / denominator."""
        top, bottom = as_nodes(product.number)
        above, below, robust = [], [], []
        for base in in_order(product.powers, self.names):
            e = product.powers[base]
            if e > 0 or type(e) is float:
                above.append(base if e == 1 else apply(POW, (base, const(e))))
            elif base.op in ROBUST and -e <= MANY:
                robust += [base] * int(-e)
            else:
                below.append(base if e == -1 else apply(POW, (base, const(-e))))
        if len(robust) == 1 and not below:
            below, robust = robust, []
        result = _numerator(top, above)
        if bottom is not None:
            below.insert(0, bottom)
        if below:
            result = apply(DIV, (result, _chain(below)))
        for base in robust:
            result = apply(DIV, (result, base))
        return result

    def scaled(self, product: Product, number: Ratio) -> Node:
        """The product with another number in front."""
        return self.build(Product(number, product.powers))


def whole(node: Node) -> int | None:
    """The integer that a number is."""
    if not is_number(node) or node.value != int(node.value) or abs(node.value) > EXACT:
        return None
    return int(node.value)


def _chain(factors: list[Node]) -> Node:
    result = factors[0]
    for factor in factors[1:]:
        result = apply(MUL, (result, factor))
    return result


def _numerator(number: Node, factors: list[Node]) -> Node:
    """number * factor * ...; a factor 1 is left out, and -1 becomes a sign before the first factor."""
    if not factors or number.value not in (1, -1):
        return _chain([number, *factors])
    if number.value == 1:
        return _chain(factors)
    first = factors[0]
    flipped = apply(SUB, first.args[::-1]) if first.op is SUB else apply(NEG, (first,))
    return _chain([flipped, *factors[1:]])
