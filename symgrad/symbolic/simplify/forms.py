"""The ways in which a chain of products or of sums can be written, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symgrad.graph import Node
from symgrad.symbolic.simplify.order import Degrees, Names
from symgrad.symbolic.simplify.products import Products
from symgrad.symbolic.simplify.quotients import over_one_denominator
from symgrad.symbolic.simplify.sums import Sums

Parts = list[tuple[Node, int]]
Built = tuple[Node, list[str]] | None
"""A new form of a chain and the rules that made it; None if it does not count as one."""


class Workshop:
    """What the sweeps of one simplification share: everything about a node is found out once."""

    def __init__(self) -> None:
        names = Names()
        self.products = Products(names)
        self.sums = Sums(self.products, Degrees())
        self.built: dict[object, Built] = {}


class Form(NamedTuple):
    """A way to write a chain; `order` names what it does where no rule fires."""

    order: str
    deep: bool
    build: Callable[[Workshop, Parts], Built]


def _open_product(workshop: Workshop, parts: Parts) -> Built:
    """Products inside the product are taken apart."""
    factors = workshop.products.gather(parts)
    return workshop.products.build(factors.product()), factors.rules


def _closed_product(workshop: Workshop, parts: Parts) -> Built:
    """They are left as they are, since they stand elsewhere too."""
    factors = workshop.products.gather(parts, deep=False)
    return workshop.products.build(factors.product()), factors.rules


def _open_sum(workshop: Workshop, parts: Parts) -> Built:
    """Brackets are taken away, if at most two terms remain."""
    opened = workshop.sums.opened(parts)
    if opened is None:
        return None
    rules: list[str] = []
    terms = workshop.sums.collect(opened, rules)
    return (workshop.sums.build(terms), rules) if len(terms) <= 2 else None


def _one_quotient(workshop: Workshop, parts: Parts) -> Built:
    """1/(x + 1) - x/(x + 1)^2 = 1/(x + 1)^2: quotients are joined where that makes them shorter."""
    terms = workshop.sums.collect(parts, [])
    joined = None if len(terms) != 2 else over_one_denominator(terms, workshop.sums)
    return None if joined is None else (joined, ["a/x + b/x^2 = (a*x + b)/x^2"])


def _closed_sum(workshop: Workshop, parts: Parts) -> Built:
    """Brackets stay."""
    rules: list[str] = []
    return workshop.sums.build(workshop.sums.collect(parts, rules)), rules


PRODUCT_FORMS = (
    Form("factors in order", True, _open_product),
    Form("factors in order", False, _closed_product),
)
SUM_FORMS = (
    Form("terms in order", True, _one_quotient),
    Form("terms in order", True, _open_sum),
    Form("terms in order", False, _closed_sum),
)
