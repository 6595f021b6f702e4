"""Put one product or sum in order without touching what it is made of: for bodies shown in place of a name."""

from __future__ import annotations

from symgrad.graph import Node, apply
from symgrad.ops import OPS
from symgrad.symbolic.simplify.numbers import is_number, negative, plus, ratio
from symgrad.symbolic.simplify.order import ADD, POW, PRODUCTS, SUB, SUMS, Names, symmetric
from symgrad.symbolic.simplify.products import Product, Products

HYPOT = OPS["hypot"]


class Regrouping:
    """A node with its factors, its operands, or the sign of its last term, in order."""

    def __init__(self) -> None:
        self.products = Products(Names())

    def tidy(self, node: Node) -> Node:
        """The node in order."""
        if node.op in PRODUCTS or node.op is POW:
            product = self.products.of(node)
            tidy = node if product is None else self.products.build(product)
        elif node.op in SUMS:
            tidy = self._subtracted(node)
        elif node.op is HYPOT:
            tidy = apply(HYPOT, symmetric(node, self.products.names))
        else:
            return node
        return tidy if tidy.type == node.type else node

    def _subtracted(self, node: Node) -> Node:
        """a + -b as a - b."""
        a, b = node.args
        if is_number(a) and is_number(b):
            total = plus(ratio(a), ratio(b) if node.op is ADD else negative(ratio(b)))
            return node if total is None else self.products.build(Product(total, {}))
        product = self.products.of(b) if b.op in PRODUCTS else None
        if product is None or product.number.num >= 0:
            return node
        positive: Node = self.products.scaled(product, negative(product.number))
        result: Node = (SUB if node.op is ADD else ADD)(a, positive)
        return result
