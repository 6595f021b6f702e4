"""Where a pattern fits a node: operands of sums and products may stand in any order, and among others.

A pattern is itself a node; its variables stand for anything. What the pattern does not use is handed back as the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice

from symgrad.graph import CONST, VAR, Node, substitute
from symgrad.symbolic.stable.chains import (
    NEG,
    POW,
    PRODUCTS,
    SUMS,
    Powers,
    Terms,
    factors,
    negated,
    number,
    product,
    root_of,
    terms,
    total,
    whole,
)  # fmt: skip
from symgrad.symbolic.stable.rational import identical

Binding = dict[Node, Node]
MOST_FITS = 12
"""Ways to fit one pattern to one node that are looked at."""


def fits(pattern: Node, node: Node) -> list[tuple[Binding, Rest]]:
    """The ways in which a pattern fits at a node, each with what it leaves over."""
    if pattern.op in SUMS:
        found = _sum_at_root(pattern, node)
    elif pattern.op in PRODUCTS:
        found = _product_at_root(pattern, node)
    else:
        found = ((binding, Rest()) for binding in _inside(pattern, node, {}))
    return list(islice(found, MOST_FITS))


class Rest:
    """What stands around the part of a chain that a pattern took.

    Attributes:
        terms: the other operands of a sum.
        sign: of the part itself within the sum.
        coefficient, powers: the number and the other operands of a product.
        exponent: how often the part itself stands in the product.
    """

    __slots__ = ("coefficient", "exponent", "powers", "sign", "terms")

    def __init__(
        self,
        terms: Terms | None = None,
        sign: int = 1,
        coefficient: Fraction = Fraction(1),
        powers: Mapping[Node, int] | None = None,
        exponent: int = 1,
    ) -> None:
        self.terms = terms or []
        self.sign = sign
        self.coefficient = coefficient
        self.powers = dict(powers or {})
        self.exponent = exponent

    def around(self, part: Node) -> Node:
        """The whole chain again with another part. In a sum the part stays together: it is added last."""
        if self.terms or self.sign < 0:
            return total([*self.terms, (self.sign, part)]) if self.terms else negated(part)
        if self.powers or self.coefficient != 1 or self.exponent != 1:
            powers = dict(self.powers)
            powers[part] = powers.get(part, 0) + self.exponent
            return product(self.coefficient, powers)
        return part


def filled(pattern: Node, binding: Binding) -> Node:
    """A pattern with its variables replaced."""
    return substitute([pattern], binding)[0]


def _inside(pattern: Node, node: Node, binding: Binding) -> Iterator[Binding]:
    """A pattern that has to fit a whole node."""
    if pattern.op is VAR:
        bound = binding.get(pattern)
        if bound is None:
            yield {**binding, pattern: node}
        elif identical(bound, node):
            yield binding
    elif pattern.op is CONST:
        if node.op is CONST and number(pattern) == number(node):
            yield binding
    elif pattern.op is NEG and pattern.args[0].op is VAR:
        yield from _inside(pattern.args[0], negated(node), binding)
    elif pattern.op in SUMS:
        yield from _whole_sum(pattern, node, binding)
    elif pattern.op in PRODUCTS or (pattern.op is POW and node.op in PRODUCTS):
        yield from _whole_product(pattern, node, binding)
    elif node.op is pattern.op and node.attrs == pattern.attrs and len(node.args) == len(pattern.args):
        found: Iterator[Binding] = iter((binding,))
        for p, n in zip(pattern.args, node.args, strict=True):
            found = _each(found, p, n)
        yield from found


def _each(bindings: Iterator[Binding], pattern: Node, node: Node) -> Iterator[Binding]:
    for binding in bindings:
        yield from _inside(pattern, node, binding)


def _parted(parts: Terms) -> tuple[Terms, Terms]:
    """Operands that have a form, and those that are only a letter of the pattern."""
    return [p for p in parts if p[1].op is not VAR], [p for p in parts if p[1].op is VAR]


def _taken(
    wanted: Terms, given: Terms, sign: int, binding: Binding, used: tuple[int, ...] = ()
) -> Iterator[tuple[Binding, tuple[int, ...]]]:
    """Ways to take the wanted operands out of the given ones, all signs turned by `sign`."""
    if not wanted:
        yield binding, used
        return
    (s, pattern), *others = wanted
    for i, (t, node) in enumerate(given):
        if i in used:
            continue
        turned = negated(node) if s * sign != t else node
        if turned is not node and pattern.op is not CONST and number(pattern) is None:
            continue
        for found in _inside(pattern, turned, binding):
            yield from _taken(others, given, sign, found, (*used, i))


def _sum_at_root(pattern: Node, node: Node) -> Iterator[tuple[Binding, Rest]]:
    wanted, given = terms(pattern), terms(node)
    if wanted is None or given is None or len(given) < len(wanted):
        return
    formed, free = _parted(wanted)
    for sign in (1, -1):
        for binding, used in _taken(formed, given, sign, {}):
            left = [(i, part) for i, part in enumerate(given) if i not in used]
            if not free:
                yield binding, Rest([part for _, part in left], sign)
            elif len(free) == 1:
                s, letter = free[0]
                for chosen in _groups([part for _, part in left]):
                    whole = total([(t * s * sign, n) for t, n in chosen])
                    rest = [part for _, part in left if part not in chosen]
                    for found in _inside(letter, whole, binding):
                        yield found, Rest(rest, sign)


def _groups(parts: Terms) -> list[Terms]:
    """What a free letter may stand for: all that is left, or one operand of it."""
    return [parts] if len(parts) == 1 else [parts, *[[p] for p in parts]] if parts else []


def _whole_sum(pattern: Node, node: Node, binding: Binding) -> Iterator[Binding]:
    wanted, given = terms(pattern), terms(node)
    if wanted is None or given is None or len(given) < len(wanted):
        return
    formed, free = _parted(wanted)
    for found, used in _taken(formed, given, 1, binding):
        left = [part for i, part in enumerate(given) if i not in used]
        yield from _shared_out(free, left, found)


def _shared_out(free: Terms, left: Terms, binding: Binding) -> Iterator[Binding]:
    """The letters of a sum get all that is left."""
    if not free:
        if not left:
            yield binding
        return
    (s, letter), *others = free
    if not others:
        if left:
            yield from _inside(letter, total([(t * s, n) for t, n in left]), binding)
        return
    for i, (t, n) in enumerate(left):
        rest = [part for k, part in enumerate(left) if k != i]
        for found in _inside(letter, n if t * s > 0 else negated(n), binding):
            yield from _shared_out(others, rest, found)


def _product_at_root(pattern: Node, node: Node) -> Iterator[tuple[Binding, Rest]]:
    wanted, given = factors(pattern), factors(node)
    if wanted is None or given is None or node.op is NEG:
        return
    formed = [(n, e) for n, e in wanted[1].items() if n.op is not VAR]
    free = [(n, e) for n, e in wanted[1].items() if n.op is VAR]
    for binding, sign, left in _factors_taken(formed, given[1], {}):
        for found, c, rest in _letters_taken(free, left, binding):
            yield _often(wanted, found, c * sign * given[0] / wanted[0], rest)


def _often(
    wanted: tuple[Fraction, Powers], binding: Binding, coefficient: Fraction, rest: Powers
) -> tuple[Binding, Rest]:
    """The part may stand in the product several times: sin(x)^2/x^2 is (sin(x)/x)^2."""
    part = factors(filled(product(Fraction(1), wanted[1]), binding))
    exponent = 1
    while part is not None and part[0] > 0 and part[1] and exponent < 4:
        again = {n: rest.get(n, 0) - e for n, e in part[1].items()}
        if any(rest.get(n, 0) * e <= 0 or abs(rest[n]) < abs(e) for n, e in part[1].items()):
            break
        rest = {n: e for n, e in {**rest, **again}.items() if e}
        coefficient /= part[0] * wanted[0]
        exponent += 1
    return binding, Rest(coefficient=coefficient, powers=rest, exponent=exponent)


def _factors_taken(
    wanted: list[tuple[Node, int]], given: Powers, binding: Binding, sign: int = 1
) -> Iterator[tuple[Binding, int, Powers]]:
    """Ways to take operands with a form out of a product; a sum may also stand there with all its signs turned."""
    if not wanted:
        yield binding, sign, given
        return
    (pattern, e), *others = wanted
    for n, k in given.items():
        if k * e <= 0 or abs(k) < abs(e):
            continue
        left = {m: j for m, j in {**given, n: k - e}.items() if j}
        for found in _inside(pattern, n, binding):
            yield from _factors_taken(others, left, found, sign)
        if pattern.op in SUMS and n.op in SUMS:
            for found in _inside(pattern, negated(n), binding):
                yield from _factors_taken(others, left, found, -sign if e % 2 else sign)


def _letters_taken(
    free: list[tuple[Node, int]], given: Powers, binding: Binding
) -> Iterator[tuple[Binding, Fraction, Powers]]:
    """Letters of a product pattern: bound ones are divided out, one that is not bound takes one operand."""
    if not free:
        yield binding, Fraction(1), given
        return
    (letter, e), *others = free
    bound = binding.get(letter)
    if bound is None:
        for n, k in given.items():
            if k * e > 0 and abs(k) >= abs(e):
                left = {m: j for m, j in {**given, n: k - e}.items() if j}
                yield from _letters_taken(others, left, {**binding, letter: n})
        return
    inside = factors(bound)
    if inside is None:
        return
    c, powers = inside
    left = dict(given)
    for n, k in powers.items():
        have = left.get(n, 0)
        if have * k * e <= 0 or abs(have) < abs(k * e):
            return
        left[n] = have - k * e
    for found, d, rest in _letters_taken(others, {m: j for m, j in left.items() if j}, binding):
        yield found, d * c ** (-e), rest


def _square(pattern: Node, node: Node, binding: Binding) -> Iterator[Binding]:
    """A letter's square fits a product of squares."""
    root = root_of(node) if whole(pattern.args[1]) == 2 else None
    if root is not None:
        yield {**binding, pattern.args[0]: root}


def _whole_product(pattern: Node, node: Node, binding: Binding) -> Iterator[Binding]:
    if pattern.op is POW and pattern.args[0].op is VAR and pattern.args[0] not in binding:
        yield from _square(pattern, node, binding)
        return
    wanted, given = factors(pattern), factors(node)
    if wanted is None or given is None:
        return
    formed = [(n, e) for n, e in wanted[1].items() if n.op is not VAR]
    free = [(n, e) for n, e in wanted[1].items() if n.op is VAR]
    unbound = [n for n, e in free if n not in binding and abs(e) == 1]
    for found, sign, left in _factors_taken(formed, given[1], binding):
        coefficient = sign * given[0] / wanted[0]
        if not free:
            if coefficient == 1 and not left:
                yield found
        elif len(free) == 1 and len(unbound) == 1 and unbound[0] not in found:
            e = free[0][1]
            yield from _inside(
                free[0][0], product(coefficient**e, {n: k * e for n, k in left.items()}), found
            )
        else:
            for bound, c, rest in _letters_taken(free, left, found):
                if c * coefficient == 1 and not rest:
                    yield bound
