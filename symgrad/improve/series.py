"""Series near a point where a formula cancels: sinh(x)/x as 1 + x^2/6 + ... for small x, as it stands elsewhere.

The coefficients are exact (germs), and the choice between series and formula stands in the result for all to see.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad import balls
from symgrad.certified.germs import Germ
from symgrad.certified.germs_interpret import has_germ, side_of
from symgrad.certified.interpret import prepared
from symgrad.certified.prove import Budget, Spent
from symgrad.graph import Node, const, postorder, substitute, var, variables
from symgrad.improve.search import SERIES
from symgrad.ops.logic import where
from symgrad.symbolic.stable import Rule, Suggestion
from symgrad.symbolic.stable.chains import NEG, factors, product, total

BITS = 320
TERMS = 24
MOST_KEPT = 9
"""Coefficients of a polynomial that takes the place of a formula."""

LEAST = 0.001
"""A series reaches at least so far."""

EXACT = 2**53

TRUNCATION = 2.0**-60
"""What is cut off is smaller than this part of the whole."""

RADII = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4)
CLOSE = 0.1
CENTERS = (0, 1, -1)
MOST_NODES = 25
SECONDS = 0.1

RULE = Rule(SERIES, "", lambda _node: iter(()), direct=False)


@dataclass(frozen=True)
class Expansion:
    """t^valuation * (c0 + c1 t + ...), where t is how far `core` is from `center`."""

    valuation: int
    coefficients: tuple[Fraction, ...]


def series_forms(values: Callable[[Node], list[float]]) -> Callable[[Node], list[Suggestion]]:
    """A source of suggestions for a search; `values` are a node's at the sampled points."""

    def suggested(node: Node) -> list[Suggestion]:
        if not _promising(node):
            return []
        found = []
        for core in cores(node):
            center = _center(values(core))
            if center is None:
                continue
            expansion = expanded(node, core, center)
            if expansion is not None:
                near = [abs(x - center) for x in values(core) if abs(x - center) < CLOSE]
                forms = written(node, core, center, expansion, max(near))
                found += [Suggestion(RULE, form) for form in forms]
        return found

    return suggested


def _promising(node: Node) -> bool:
    """Whether a node is a function, or a quotient or a difference with functions below."""
    if not node.args or node.type.shape or node.op.prefix:
        return False
    below = postorder([node])
    return (
        len(below) <= MOST_NODES
        and any(n.args and not n.op.infix and not n.op.prefix for n in below)
        and not any(n.type.kind == "bool" for n in below)
    )


def cores(node: Node) -> list[Node]:
    """The parts of which a node is a function of one variable: the variable, or the largest common part."""
    names = variables(node)
    if len(names) == 1:
        return names
    found = []
    for part in postorder([node]):
        if part.args and part is not node and len(variables(part)) == len(names):
            rest = substitute([node], {part: STAND_IN})[0]
            if variables(rest) == [STAND_IN]:
                found.append(part)
                break
    return found


STAND_IN = var("_core")


def _center(values: list[float]) -> int | None:
    """The whole number to which some of the values are close."""
    finite = [x for x in values if math.isfinite(x)]
    return next((c for c in CENTERS if any(abs(x - c) < CLOSE for x in finite)), None)


def expanded(node: Node, core: Node, center: int) -> Expansion | None:
    """The Laurent series of a node in core - center; None where there is none, or it is no better than the node."""
    root = substitute([node], {core: STAND_IN})[0]
    right = _germ(root, center, 1)
    left = _germ(root, center, -1)
    if right is None or left is None:
        return None
    a, b = _laurent(right), _laurent(left)
    if a is None or b is None or a.valuation != b.valuation:
        return None
    turned = tuple(c * (-1) ** (a.valuation + k) for k, c in enumerate(b.coefficients))
    n = min(len(a.coefficients), len(turned))
    return a if a.coefficients[:n] == turned[:n] and n > 2 else None


def _germ(root: Node, center: int, side: int) -> Germ | None:
    program = prepared([root], has_germ)
    bound: Mapping[Node, float] = {STAND_IN: float(center)}
    try:
        with balls.precision(BITS, TERMS):
            found = side_of(program, bound, STAND_IN, side, Budget(SECONDS).check)
    except Spent:
        return None
    return found if isinstance(found, Germ) else None


def _laurent(germ: Germ) -> Expansion | None:
    """A germ as coefficients of whole powers, if it has no others, and all are rational numbers."""
    if germ.huge or germ.flat or germ.order is None or not germ.terms:
        return None
    powers: dict[int, Fraction] = {}
    for (e, j), c in germ.terms:
        exact = _fraction(c)
        if j != 0 or Fraction(e).denominator != 1 or exact is None:
            return None
        powers[int(e)] = exact
    first = min(powers)
    end = math.ceil(germ.order[0])
    return Expansion(first, tuple(powers.get(k, Fraction(0)) for k in range(first, end)))


def _fraction(c: Any) -> Fraction | None:
    """A rational coefficient; None for a ball."""
    return Fraction(int(c.p), int(c.q)) if hasattr(c, "p") and hasattr(c, "q") else None


def written(node: Node, core: Node, center: int, expansion: Expansion, far: float = CLOSE) -> list[Node]:
    """The forms of a node that an expansion gives: the power drawn out, or inside the choice.

    As many terms are kept as a distance of `far` from the center needs, if that is not too many.
    """
    t = core - const(center) if center else core
    step = 2 if not any(expansion.coefficients[1::2]) else 1
    every = expansion.coefficients[::step]
    for kept in range(2, MOST_KEPT):
        radius = reach(every, kept, step)
        if radius is not None and (radius >= max(2 * far, LEAST) or kept == MOST_KEPT - 1):
            break
    else:
        return []
    if not any(every[1:kept]):
        return []
    near = horner(every[:kept], t**2 if step == 2 else t)
    v = expansion.valuation
    small = abs(t) < const(radius)
    if v == 0:
        return [where(small, near, node)] if node.op.infix else []
    c, parts = factors(t) or (Fraction(1), {t: 1})
    power = product(
        c**v, {n: e * v for n, e in parts.items()}
    )  # of a product in parts, which may cancel outside
    if not node.op.infix:  # a function by itself does not cancel, but what is drawn out may do so outside
        return [power * where(small, near, node / power)]
    return [power * where(small, near, node / power), where(small, power * near, node)]


def reach(coefficients: tuple[Fraction, ...], kept: int, step: int) -> float | None:
    """How far from the center the terms that are not kept do not matter; None if nowhere."""
    rest = [abs(float(c)) for c in coefficients[kept:]]
    if not any(rest):
        return None
    whole = abs(float(coefficients[0])) * TRUNCATION
    for r in RADII:
        if sum(8 * (kept + k) * c * r ** (step * (kept + k)) for k, c in enumerate(rest)) < whole:
            return r
    return None


def horner(coefficients: tuple[Fraction, ...], t: Node) -> Node:
    """The polynomial c0 + t*(c1 + t*(c2 + ...)); coefficients are quotients of whole numbers where those are short."""
    last = max(k for k, c in enumerate(coefficients) if c)
    result = _times(t, coefficients[last])
    for c in coefficients[last - 1 : 0 : -1]:
        result = t * total([_number(c), _signed(result)]) if c else t * result
    return total([_number(coefficients[0]), _signed(result)])


def _times(t: Node, c: Fraction) -> Node:
    """c*t."""
    if max(abs(c.numerator), c.denominator) < EXACT:
        return product(c, {t: 1})
    return Node.lift(const(float(c)) * t)


def _signed(node: Node) -> tuple[int, Node]:
    """A node as an operand of a sum."""
    return (-1, node.args[0]) if node.op is NEG else (1, node)


def _number(c: Fraction) -> tuple[int, Node]:
    """A coefficient as an operand of a sum: a quotient of whole numbers, or the nearest double."""
    size = abs(c)
    short = max(size.numerator, size.denominator) < EXACT
    return (1 if c > 0 else -1), product(size, {}) if short else const(float(size))
