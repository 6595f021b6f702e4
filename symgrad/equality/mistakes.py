"""Why two expressions differ: a factor, a sign, a constant, one term, or equal on a part of the domain only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgrad import balls
from symgrad.certified.prove import Budget, Enclosure, prove
from symgrad.equality import normal
from symgrad.equality.compare import Kind, Seen
from symgrad.equality.points import special
from symgrad.graph import Node, const, postorder, substitute, var, variables
from symgrad.ops import OPS
from symgrad.ops.types import selection
from symgrad.symbolic.exact import exact
from symgrad.symbolic.text import text

LEAST = 3
"""Points that have to say the same."""
DENOMINATOR = 1000
MOST_TERMS = 8
OUTSIDE = 10
"""So many points outside of a range may agree for each that differs; where more do the range says nothing."""
LONGEST = 60
_add, _sub, _neg = OPS["add"], OPS["sub"], OPS["neg"]


def listed(points: Iterable[Mapping[str, float]]) -> str:
    """`x = 0, -1`, or `x = 1, y = 2; x = 0, y = 3`."""
    points = [dict(p) for p in points]
    if not points or not points[0]:
        return ""
    if len(points[0]) == 1:
        (name,) = points[0]
        return f"{name} = {', '.join(brief(p[name]) for p in points)}"
    return "; ".join(", ".join(f"{name} = {brief(x)}" for name, x in p.items()) for p in points)


def brief(x: float) -> str:
    """A double, exactly: 1 rather than 1.0."""
    return repr(x).removesuffix(".0")


def explain(a: Node, b: Node, seen: Sequence[Seen], budget: Budget) -> tuple[str, ...]:
    """What may have gone wrong, in a few words each; the left side is `a`."""
    if not variables(a, b):
        return _constants(seen)
    if len(seen) >= LEAST:
        said = _factor(seen) or _offset(seen) or _reciprocal(seen) or _term(a, b, seen, budget)
        if said:
            return (said,)
        budget.check()
    said = _part(a, b, seen, budget)
    return (said,) if said else ()


def _constants(seen: Sequence[Seen]) -> tuple[str, ...]:
    """How near two numbers are."""
    for s in seen:
        if s.left is not None and s.right is not None:
            with balls.precision(s.left.bits):
                gap = Enclosure(s.right.ball - s.left.ball, s.left.bits)
            return (f"right - left = {gap.text(6)}",)
    return ()


def _steady(seen: Sequence[Seen], combine: Callable[[Any, Any], Any]) -> Enclosure | None:
    """The one number that a combination of both sides is at all points; None if it varies."""
    found = []
    for s in seen:
        if s.left is None or s.right is None:
            return None
        with balls.precision(s.left.bits):
            value = combine(s.left.ball, s.right.ball)
        if value.is_finite():
            found.append(value)
        elif not (s.left.ball.contains(0) and s.right.ball.contains(0)):
            return None
    if len(found) < LEAST or any(not value.overlaps(found[0]) for value in found):
        return None
    best = max(found, key=lambda value: int(value.rel_accuracy_bits()))
    return Enclosure(best, 320) if best.rel_accuracy_bits() > 100 else None


def fraction(x: Enclosure) -> Fraction | None:
    """The simple fraction that a number is, as far as its enclosure tells."""
    near = Fraction(float(x.ball.mid())).limit_denominator(DENOMINATOR)
    with balls.precision(x.bits):
        distance = x.ball * near.denominator - near.numerator
    return near if distance.contains(0) else None


def _shown(x: Enclosure) -> str:
    simple = fraction(x)
    return x.text(10) if simple is None else str(simple)


def _factor(seen: Sequence[Seen]) -> str:
    """right = 2*left."""
    ratio = _steady(seen, lambda x, y: y / x)
    if ratio is None or fraction(ratio) == 0:
        return ""
    if fraction(ratio) == -1:
        return "the sign: right = -left"
    shown = _shown(ratio)
    return f"a factor: right = {f'({shown})' if '/' in shown else shown}*left"


def _offset(seen: Sequence[Seen]) -> str:
    """right - left = 3."""
    gap = _steady(seen, lambda x, y: y - x)
    if gap is None:
        return ""
    return f"they differ by a constant: right - left = {_shown(gap)} (as antiderivatives of one function may)"


def _reciprocal(seen: Sequence[Seen]) -> str:
    """right = 1/left."""
    product = _steady(seen, lambda x, y: x * y)
    return "right = 1/left" if product is not None and fraction(product) == 1 else ""


def terms(root: Node) -> list[Node]:
    """The terms of a sum without their signs."""
    found, todo = [], [root]
    while todo:
        node = todo.pop()
        if node.op in (_add, _sub, _neg):
            todo += node.args
        else:
            found.append(node)
    return found[::-1]


def _term(a: Node, b: Node, seen: Sequence[Seen], budget: Budget) -> str:
    """One term of the right side has a wrong sign or factor, is missing, or is too much: with it both are equal."""
    here, there = terms(b), terms(a)
    if len(here) + len(there) > 2 * MOST_TERMS:
        return ""
    for term in here if len(here) > 1 else ():
        times = _times(a, b, term, seen, budget)
        if times in (1, -1):
            return f"the term {_name(term)} of the right side is too much"
        if times in (2, -2):
            return f"the sign of the term {_name(term)} of the right side"
        if times is not None:
            return f"the term {_name(term)} of the right side has a wrong factor"
    for term in there if len(there) > 1 else ():
        if _times(a, b, term, seen, budget) in (1, -1):
            return f"the term {_name(term)} of the left side is missing on the right side"
    return ""


def _times(a: Node, b: Node, term: Node, seen: Sequence[Seen], budget: Budget) -> Fraction | None:
    """How many times a term the right side is too large, where that is proved."""
    steady = _steady(_beside(term, seen), lambda t, gap: gap / t)
    times = None if steady is None else fraction(steady)
    if not times:
        return None
    factor = exact(times.numerator, times.denominator)
    return times if normal.difference(a, b - factor * term, budget.check) == 0 else None


def _name(term: Node) -> str:
    shown = text(term)
    return f"`{shown}`" if len(shown) <= LONGEST else f"`{shown[:LONGEST]}...`"


def _beside(term: Node, seen: Sequence[Seen]) -> list[Seen]:
    """A term and the difference of both sides, at each point."""
    found = []
    for s in seen[: 2 * LEAST]:
        if s.left is None or s.right is None:
            continue
        with balls.precision(s.left.bits):
            gap = Enclosure(s.right.ball - s.left.ball, s.left.bits)
        bound = {v: s.point[v.name] for v in variables(term)}
        value = prove([term], bound, Budget(seconds=0.1, bits=512)).enclosures[0]
        if value is not None:
            found.append(Seen(s.point, s.kind, Enclosure(value.ball, 320), gap))
    return found


def _part(a: Node, b: Node, seen: Sequence[Seen], budget: Budget) -> str:
    """x >= 0, where that tells the points that agree from those that do not; or all but one number."""
    agree = [s.point for s in seen if s.kind is Kind.AGREE]
    differ = [s.point for s in seen if s.kind is Kind.DIFFER]
    for v in variables(a, b):
        place = differ[0][v.name]
        alone = all(p[v.name] == place for p in differ)
        if alone and all(on_side(a, b, v, place, sign, budget) for sign in (1, -1)):
            return f"they are equal except at {v.name} = {brief(place)}"
        for border in (0.0, *special([a, b])):
            for sign, word in ((1, ">"), (-1, "<")):
                inside = [p for p in agree if sign * (p[v.name] - border) >= 0]
                if (
                    len(inside) < LEAST
                    or any(sign * (p[v.name] - border) >= 0 for p in differ)
                    or len(agree) - len(inside) > OUTSIDE * len(differ)
                ):
                    continue
                budget.check()
                edge = any(p[v.name] == border for p in inside)
                said = f"they agree at all {len(inside)} points with"
                if on_side(a, b, v, border, sign, budget) and (
                    not edge or at_border(a, b, v, border, budget)
                ):
                    said = "they are equal for"
                return f"{said} {v.name} {word}{'=' * edge} {brief(border)}"
    return ""


def on_side(a: Node, b: Node, v: Node, border: float, sign: int, budget: Budget) -> bool:
    """Whether normal forms prove equality for v > border (sign 1) or v < border (sign -1)."""
    step = var(v.name)
    edge = exact(*border.as_integer_ratio()) if border else const(0)
    moved = edge + step if sign > 0 else edge - step
    left, right = substitute([a, b], {v: moved})
    return normal.difference(left, right, budget.check, [step]) == 0


def at_border(a: Node, b: Node, v: Node, border: float, budget: Budget) -> bool:
    """Whether normal forms prove equality at v = border, where both are defined."""
    edge = exact(*border.as_integer_ratio()) if border else const(0)
    left, right = substitute([a, b], {v: edge})
    return normal.difference(left, right, budget.check) == 0


def by_cases(a: Node, b: Node, budget: Budget, holes: Collection[float]) -> bool:
    """Whether normal forms prove equality above, below and at a number where something happens.

    Nothing has to be proved at the `holes`, where neither side is defined.
    """
    if not any(n.args and (n.op.kinks or n.op.result is selection) for n in postorder([a, b])):
        return False
    for v in variables(a, b):
        for border in (0.0, *[x for x in special([a, b]) if x]):
            if all(on_side(a, b, v, border, sign, budget) for sign in (1, -1)) and (
                border in holes or at_border(a, b, v, border, budget)
            ):
                return True
    return False
