"""Sums: like terms join, opposite ones vanish, signs become subtractions, polynomials are written by falling degree.

Brackets in a sum are the writer's, and may be what saves its digits: z + (x - y) with x close to y. They are taken away
only if at most two terms are left, where the order of adding no longer matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from symgrad.graph import Node, apply
from symgrad.symbolic.simplify.numbers import ONE, ZERO, Ratio, as_nodes, negative, plus
from symgrad.symbolic.simplify.order import ADD, SUB, SUMS, Degrees
from symgrad.symbolic.simplify.products import MANY, Product, Products

Key = frozenset[tuple[Node, int | float]]


class Term(NamedTuple):
    """number * product; `node` is the term as it stood, if it still stands alone."""

    number: Ratio
    product: Product
    node: Node | None


class Sums:
    """Taking sums apart and putting them together."""

    def __init__(self, products: Products, degrees: Degrees) -> None:
        self.products = products
        self.degrees = degrees
        self.keys: dict[Node, tuple[Product, Key]] = {}

    def keyed(self, node: Node) -> tuple[Product, Key]:
        """A term as a product, and what it must share with another term to join it."""
        if node not in self.keys:
            product = self.products.of(node) or Product(ONE, {node: 1})
            self.keys[node] = product, frozenset(product.powers.items())
        return self.keys[node]

    def collect(self, parts: Iterable[tuple[Node, int]], rules: list[str]) -> list[Term]:
        """Join like terms of (term, sign) pairs, in the order of their first appearance."""
        terms: dict[object, Term] = {}
        for node, sign in parts:
            product, key = self.keyed(node)
            number = product.number if sign > 0 else negative(product.number)
            if number.num == 0:
                rules.append("x + 0 = x")
                continue
            before = terms.get(key)
            if before is None:
                terms[key] = Term(number, product, node)
                continue
            total = plus(before.number, number)
            if total is None:
                terms[len(terms), key] = Term(number, product, node)
                continue
            rules.append("m*x + n*x = (m + n)*x" if total.num else "x - x = 0")
            terms[key] = Term(total, product, None)
        return [term for term in terms.values() if term.number.num]

    def opened(self, parts: Iterable[tuple[Node, int]]) -> list[tuple[Node, int]] | None:
        """The terms with every bracket taken away; None if there are too many."""
        found: list[tuple[Node, int]] = []
        todo = list(parts)[::-1]
        while todo:
            node, sign = todo.pop()
            if node.op in SUMS:
                a, b = node.args
                todo += [(b, sign if node.op is ADD else -sign), (a, sign)]
            else:
                found.append((node, sign))
            if len(found) + len(todo) > MANY:
                return None
        return found

    def build(self, terms: list[Term]) -> Node:
        """The node of a sum, its first positive term first."""
        if not terms:
            return as_nodes(ZERO)[0]
        terms = self.ordered(terms)
        result = self.term(terms[0], terms[0].number)
        for term in terms[1:]:
            if term.number.num < 0:
                result = apply(SUB, (result, self.term(term, negative(term.number))))
            else:
                result = apply(ADD, (result, self.term(term, term.number)))
        return result

    def term(self, term: Term, number: Ratio) -> Node:
        """A term with this number in front."""
        if term.node is not None and number == term.product.number:
            return term.node
        return self.products.scaled(term.product, number)

    def ordered(self, terms: list[Term]) -> list[Term]:
        """Terms by falling degree, the first positive one in front; 1 + x and 1 + x^2 stay as they are."""
        if len(terms) == 2 and not terms[0].product.powers and terms[0].number.num > 0:
            second = terms[1]
            if len(second.product.powers) == 1 and second.number == ONE:
                return terms
        ordered = sorted(terms, key=self._falling)
        for i, term in enumerate(ordered):
            if term.number.num > 0:
                return [term, *ordered[:i], *ordered[i + 1 :]]
        return ordered

    def _falling(self, term: Term) -> float:
        return -sum([self.degrees.of(base) * e for base, e in term.product.powers.items()])
