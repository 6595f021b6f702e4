"""Two quotients over one denominator, where the numerator is short: the quotient rule as it is usually written."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.graph import Node
from symgrad.symbolic.simplify.numbers import ONE, negative
from symgrad.symbolic.simplify.order import SUMS
from symgrad.symbolic.simplify.products import MANY, Exponent, Factors, Product
from symgrad.symbolic.simplify.sums import Sums, Term

Powers = dict[Node, Exponent]


def over_one_denominator(terms: Sequence[Term], sums: Sums) -> Node | None:
    """p/v^n + q/v^(n + 1) as (p*v + q)/v^(n + 1), if v is a sum and at most two terms are left above.

    Two terms have one rounding however they are grouped, so this cannot cost a digit; and it may save many.
    """
    one, other = (term.product.powers for term in terms)
    if not any(v.op in SUMS and {one.get(v, 0), other.get(v, 0)} in DENOMINATORS for v in (*one, *other)):
        return None
    outside = {base: _common(base, one.get(base, 0), other.get(base, 0)) for base in (*one, *other)}
    above: list[tuple[Node, int]] = []
    for term in terms:
        inside = {base: e - outside[base] for base, e in _union(term.product.powers, outside).items()}
        written_out = _distributed(Product(term.number, {b: e for b, e in inside.items() if e}), sums)
        if written_out is None:
            return None
        above += written_out
    left = sums.collect(above, [])
    if len(left) > 2:
        return None
    result = Factors()
    result.multiply(sums.products.gather([(sums.build(left), 1)]).product(), 1)
    result.multiply(Product(ONE, {base: e for base, e in outside.items() if e}), 1)
    return sums.products.build(result.product())


DENOMINATORS = ({0, -1}, {-1, -2}, {-2, -3})


def _union(powers: Powers, outside: Powers) -> Powers:
    return {**dict.fromkeys(outside, 0), **powers}


def _common(base: Node, a: Exponent, b: Exponent) -> Exponent:
    """The power of a base that is put outside the bracket: the whole denominator, and what both numerators share."""
    low = min(a, b)
    return low if low < 0 or base.op not in SUMS else max(low, 0)


def _distributed(product: Product, sums: Sums) -> list[tuple[Node, int]] | None:
    """A product as a sum of products: its only bracket is multiplied out; None if it has more, or is a quotient."""
    brackets = [base for base in product.powers if base.op in SUMS]
    if len(brackets) > 1 or any(e != int(e) or e < 0 for e in product.powers.values()):
        return None
    if not brackets:
        return [(sums.products.build(product), 1)]
    (bracket,) = brackets
    opened = sums.opened([(bracket, 1)])
    if product.powers[bracket] != 1 or opened is None or len(opened) > MANY:
        return None
    rest = Product(product.number, {base: e for base, e in product.powers.items() if base is not bracket})
    found = []
    for node, sign in opened:
        factors = sums.products.gather([(node, 1)])
        factors.multiply(rest, 1)
        made = factors.product()
        found.append(
            (sums.products.build(made if sign > 0 else Product(negative(made.number), made.powers)), 1)
        )
    return found
