"""Both expressions at exact points, as certified numbers: they agree, exclude each other, or one is undefined."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from symgrad import balls
from symgrad.certified.interpret import NoEnclosure, enclose, has_ball, prepared
from symgrad.certified.prove import Budget, Enclosure, Spent
from symgrad.engine.backprop import evaluate
from symgrad.equality.guard import guards
from symgrad.equality.verdict import Found
from symgrad.graph import Node, Program, variables

BITS = (320, 1280, 4096)
SURE_BITS = 200
"""Relative accuracy at which numbers that overlap are said to agree."""
TINY = 2.0**-300
NOWHERE = ("domain", "pole", "undefined")


class Kind(Enum):
    """How two numbers compare."""

    AGREE = 1
    DIFFER = 2
    LEFT = 3  # only the left one is defined
    RIGHT = 4
    NEITHER = 5
    UNKNOWN = 6


@dataclass(frozen=True)
class Seen:
    """Both sides at a point."""

    point: Mapping[str, float]
    kind: Kind
    left: Enclosure | None
    right: Enclosure | None
    bent: tuple[bool, bool] = (False, False)  # which of them would be the derivative at a kink or a jump

    def found(self, element: str) -> Found:
        """The same in words: as many digits as tell the numbers apart."""
        a, b = self.left, self.right
        digits = 17
        while a and b and digits < 100 and a.text(digits) == b.text(digits):
            digits += 5
        texts = [None if x is None else shown(x, digits) for x in (a, b)]
        bent = any(text is None and bent for text, bent in zip(texts, self.bent, strict=True))
        return Found(self.point, texts[0], texts[1], element, bent)


def shown(x: Enclosure, digits: int = 17) -> str:
    """A number without zeros at its end, where it may be exactly that."""
    text = x.text(digits)
    mantissa, e, power = text.partition("e")
    if "." not in mantissa:
        return text
    short = mantissa.rstrip("0").removesuffix(".") + e + power
    exact = Fraction(short)
    with balls.precision(x.bits):
        off = x.ball * balls.constant(exact.denominator) - balls.constant(exact.numerator)
    return short if off.contains(0) else text


class Side:
    """One expression, prepared for many points."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self._program = prepared([root], has_ball)
        self._plain = Program([root])
        self.variables = variables(root)
        self._guards = guards(root)

    def at(self, point: Mapping[Node, float], bits: int, budget: Budget) -> Enclosure | None:
        """An enclosure of the value, if there is one."""
        with balls.precision(bits):
            ball = enclose(self._program, point, budget.check)[self._program.outputs[0]]
        return Enclosure(ball, bits) if ball.is_finite() else None

    def undefined(self, point: Mapping[Node, float], budget: Budget) -> bool:
        """Whether the expression is certainly undefined: some operation stands outside of its domain, proven so."""
        named = {v.name: point[v] for v in self.variables}
        for flag in evaluate(self._plain, named, []).flags:
            if flag.kind in NOWHERE and _outside(flag.node, point, budget):
                return True
        return False

    def bent(self, point: Mapping[Node, float], budget: Budget) -> bool | None:
        """Whether a derivative in it is certainly none at a point; None: not decided."""
        found = [guard.bent(point, budget) for guard in self._guards]
        return True if any(found) else None if None in found else False


def _outside(node: Node, point: Mapping[Node, float], budget: Budget) -> bool:
    """Whether an operation's arguments are exactly those at which float64 found it undefined, or provably outside."""
    program = prepared(list(node.args), has_ball)
    with balls.precision(BITS[0]):
        found = enclose(program, point, budget.check)
    args = [found[slot] for slot in program.outputs]
    if any(isinstance(x, bool) or x is None or not x.is_finite() for x in args):
        return False
    values = [float(x.mid()) for x in args]
    exact = [x == balls.constant(v) for x, v in zip(args, values, strict=True)]
    if all(exact):
        y = node.op.scalar_fn(*values, **dict(node.attrs))
        return not math.isfinite(y)
    for i, x in enumerate(args):
        pieces = node.op.domain_of(i).intervals
        if not any(x.overlaps(_between(piece.low, piece.high)) for piece in pieces):
            return True
    # Which arguments are valid together changes at integers only: a ball around 1/3 is as good as any number in it.
    between = all(sure or not x.contains_integer() for x, sure in zip(args, exact, strict=True))
    return bool(between and node.op.valid is not None and not node.op.valid(*values))


def _between(low: float, high: float) -> Any:
    """All numbers of an interval."""
    return balls.constant(low).union(balls.constant(high))


def compare(left: Side, right: Side, point: Mapping[str, float], budget: Budget) -> Seen:
    """Both sides at one point; precision is raised until they differ or agree to many digits."""
    bound = {v: point[v.name] for v in (*left.variables, *right.variables)}
    a: Enclosure | None = None
    b: Enclosure | None = None
    try:
        bent = left.bent(bound, budget), right.bent(bound, budget)
    except (NoEnclosure, Spent):
        bent = None, None
    if None in bent:
        return Seen(point, Kind.UNKNOWN, None, None)
    for bits in BITS:
        try:
            a, b = left.at(bound, bits, budget), right.at(bound, bits, budget)
        except (NoEnclosure, Spent):
            return Seen(point, Kind.UNKNOWN, None, None)
        if any(bent):
            return _bent(point, (bool(bent[0]), bool(bent[1])), a, b)
        if a is not None and b is not None:
            if not a.overlaps(b):
                return Seen(point, Kind.DIFFER, a, b)
            if _sure(a) and _sure(b):
                return Seen(point, Kind.AGREE, a, b)
        elif bits == BITS[0]:
            kind = _undefined(left, right, bound, a, b, budget)
            if kind is not None:
                return Seen(point, kind, a, b)
    return Seen(point, Kind.UNKNOWN, a, b)


def _bent(
    point: Mapping[str, float], bent: tuple[bool, bool], a: Enclosure | None, b: Enclosure | None
) -> Seen:
    """Where a derivative is a convention it is no value."""
    a, b = None if bent[0] else a, None if bent[1] else b
    if all(bent):
        return Seen(point, Kind.NEITHER, None, None, bent)
    kind = Kind.UNKNOWN if a is b else Kind.LEFT if b is None else Kind.RIGHT
    return Seen(point, kind, a, b, bent)


def _sure(x: Enclosure) -> bool:
    return bool(x.ball.rel_accuracy_bits() >= SURE_BITS or x.ball.abs_upper() < TINY)


def _undefined(
    left: Side,
    right: Side,
    bound: Mapping[Node, float],
    a: Enclosure | None,
    b: Enclosure | None,
    budget: Budget,
) -> Kind | None:
    """Which side is undefined, where that is certain."""
    try:
        lost = [x is None and side.undefined(bound, budget) for side, x in ((left, a), (right, b))]
    except (NoEnclosure, Spent):
        return None
    if all(lost):
        return Kind.NEITHER
    if lost[0] and b is not None:
        return Kind.RIGHT
    return Kind.LEFT if lost[1] and a is not None else None
