"""Proven numbers: precision is raised until enough digits of an enclosure are certain, or a budget ends."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from symgrad import balls
from symgrad.balls import make
from symgrad.certified.interpret import (
    NoEnclosure,
    enclose,
    expand_series,
    has_ball,
    has_series,
    moving,
    prepared,
)
from symgrad.graph import Node, Program, substitute, var

FIRST_BITS = 96
MOST_BITS = 1 << 14
TIGHT_BITS = 62
"""Relative accuracy that proves 17 digits (57 bits) with room for the comparison with float64."""

HOPELESS_BITS = 3072
"""What is still indeterminate here lacks no precision: float64's whole range needs about 2100 bits."""

NOWHERE = "not defined here, or at the border of a domain"

COARSE_BITS = 47
"""float64's 53 bits, less the ulps that its functions and the order of a sum may cost."""

SMALLEST = 2.0**-1022
"""The smallest normal double."""

LARGEST = sys.float_info.max

NOTHING_BITS = 6000
"""An enclosure of zero narrower than 2^-6000 is taken for zero: sums whose terms a double can hold cancel sooner."""


class Enclosure:
    """A proven interval that contains a number.

    Attributes:
        ball: midpoint and radius (`flint.arb`), computed at `bits` bits.
    """

    __slots__ = ("ball", "bits")

    def __init__(self, ball: Any, bits: int) -> None:
        self.ball = ball
        self.bits = bits

    @property
    def finite(self) -> bool:
        """Whether it bounds anything at all."""
        return bool(self.ball.is_finite())

    @property
    def tight(self) -> bool:
        """Whether it proves 17 digits, or that the number is zero in float64."""
        if not self.finite:
            return False
        return self.ball.rel_accuracy_bits() >= TIGHT_BITS or self.zero

    @property
    def zero(self) -> bool:
        """Whether it proves that the number is zero, or that nothing tells it from zero."""
        return self.finite and make.vanishes(self.ball, NOTHING_BITS)

    @property
    def nearest(self) -> float | None:
        """The double nearest to the number (an infinity where it exceeds float64), if that is certain."""
        if not self.finite or self.zero:
            return 0.0 if self.finite else None
        with balls.precision(self.bits):
            return balls.to_double(self.ball)

    def contains(self, x: float) -> bool:
        """Whether the number could be exactly `x`."""
        return bool(self.ball.contains(balls.constant(x))) if math.isfinite(x) else False

    def overlaps(self, other: Enclosure) -> bool:
        """Whether both could be the same number."""
        return bool(self.ball.overlaps(other.ball))

    def error_of(self, x: float) -> tuple[float, float]:
        """Upper bounds of the absolute and the relative error of `x`; (0, 0) for an exact zero."""
        with balls.precision(max(self.bits, 128)):
            off = (self.ball - balls.constant(x)).abs_upper()
            least = self.ball.abs_lower()
            relative = _up(off / least) if least > 0 else (0.0 if off == 0 else math.inf)
            return _up(off), relative

    def text(self, digits: int = 17) -> str:
        """The number in decimal, as many digits as are proved, at most `digits`."""
        if self.zero:
            return "0"
        proved = int(max(self.ball.rel_accuracy_bits(), 4) * math.log10(2))
        shown: str = self.ball.str(min(digits, proved), radius=False)
        return shown

    def __repr__(self) -> str:
        return f"Enclosure({self.ball.str(20)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_enclosure, (*make.parts(self.ball), self.bits))


def _enclosure(middle: tuple[int, int] | None, radius: tuple[int, int] | None, bits: int) -> Enclosure:
    """An enclosure from what was pickled."""
    return Enclosure(make.from_parts(middle, radius), bits)


def _up(x: Any) -> float:
    """A bound as a double that is not smaller."""
    rounded = float(x)
    return rounded if rounded == 0 and x == 0 else math.nextafter(rounded, math.inf)


@dataclass
class Budget:
    """What a proof may cost: seconds, bits of precision, and nodes."""

    seconds: float = 1.0
    bits: int = MOST_BITS
    nodes: int = 200_000
    started: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds that are left; negative when the time is up."""
        return self.seconds - (time.monotonic() - self.started)

    def spent(self) -> bool:
        """Whether the time is up."""
        return self.left() < 0

    def check(self) -> None:
        """Raise `Spent` when the time is up."""
        if self.spent():
            raise Spent


class Spent(Exception):
    """The budget ended in the middle of a pass; what was proved before stands."""


@dataclass(frozen=True)
class Proof:
    """What could be proved: an enclosure for each number asked for, or the reason there is none."""

    enclosures: list[Enclosure | None]
    reason: str = ""


def prove(
    roots: Sequence[Node], bound: Mapping[Node, float], budget: Budget, known: Program | None = None
) -> Proof:
    """Enclosures of scalar roots at an exact point.

    Args:
        roots: scalar real nodes.
        bound: the exact double of each variable below them.
        budget: where to stop.
        known: their program, if the caller has it.
    """
    program = prepared(list(roots), has_ball, known)
    if len(program.nodes) > budget.nodes:
        return Proof([None] * len(roots), f"too large: {len(program.nodes)} operations")
    return _tighten(
        lambda _: [enclose(program, bound, budget.check)[slot] for slot in program.outputs],
        len(roots),
        budget,
    )


def explained_by_rounding(root: Node, bound: Mapping[Node, float], number: float) -> bool:
    """Whether float64 may have come to `number`: whether ball arithmetic as coarse as float64 leaves room for it.

    A few bits coarser, as functions in float64 are a few ulps off. What overflows, or stands so near a border that
    rounding decides on which side, has an unbounded ball: there everything is explained.
    """
    program = prepared([root], has_ball)
    try:
        with balls.precision(COARSE_BITS):
            found = enclose(program, bound, lambda: None)
            ball = found[program.outputs[0]]
            if not ball.is_finite() or not math.isfinite(number) or ball.contains(balls.constant(number)):
                return True
            return any(map(_beyond_float64, found))  # balls know no smallest number and no largest one
    except NoEnclosure:
        return True


def _beyond_float64(x: Any) -> bool:
    """Whether an enclosed number is too small for float64's full precision, and not zero; or too large."""
    if isinstance(x, bool | None):
        return False
    return bool(x.abs_upper() < SMALLEST and x != 0) or bool(x.abs_upper() > LARGEST)


def prove_by_taylor(
    root: Node,
    bound: Mapping[Node, float],
    wrt: Sequence[Node],
    budget: Budget,
    order: int = 1,
    known: Program | None = None,
) -> list[Proof]:
    """For each variable, enclosures of the derivatives of `root` by it, orders 0 to `order`, by Taylor arithmetic.

    This runs on the original graph and uses no derivative rule of the op table.
    """
    program = prepared([root], has_series, known)
    if len(program.nodes) > budget.nodes:
        reason = f"too large: {len(program.nodes)} operations"
        return [Proof([None] * (order + 1), reason) for _ in wrt]
    still: dict[int, list[Any]] | None = {} if len(wrt) > 1 else None
    compute = partial(_derivatives, program, bound, order=order, budget=budget, still=still)
    moves = moving(program, wrt)
    return [
        _tighten(partial(compute, along=v, moves=m), order + 1, budget, order + 1)
        for v, m in zip(wrt, moves, strict=True)
    ]


def prove_mixed(root: Node, bound: Mapping[Node, float], a: Node, b: Node, budget: Budget) -> Proof:
    """An enclosure of the second derivative by two variables, by Taylor arithmetic along both diagonals.

    f(a + t, b + t) and f(a + t, b - t) have second coefficients whose difference is twice that derivative.
    """
    t = var(" t")
    diagonals = [substitute([root], {a: a + t, b: other})[0] for other in (b + t, b - t)]
    program = prepared(diagonals, has_series)
    if len(program.nodes) > budget.nodes:
        return Proof([None], f"too large: {len(program.nodes)} operations")

    def compute(_: int) -> list[Any]:
        found = expand_series(program, {**bound, t: 0.0}, t, budget.check)
        plus, minus = (make.coefficients(found[slot], 3)[2] for slot in program.outputs)
        return [(plus - minus) / 2]

    return _tighten(compute, 1, budget, 3)


def _derivatives(
    program: Program,
    bound: Mapping[Node, float],
    bits: int,
    *,
    along: Node,
    order: int,
    budget: Budget,
    still: dict[int, list[Any]] | None,
    moves: list[int],
) -> list[Any]:
    """The first derivatives along one variable; several share in `still` the balls of each precision."""
    if still is not None and bits not in still:
        still[bits] = enclose(program, bound, budget.check)
    known = None if still is None else (still[bits], moves)
    top = expand_series(program, bound, along, budget.check, known)[program.outputs[0]]
    return [c * math.factorial(k) for k, c in enumerate(make.coefficients(top, order + 1))]


def _tighten(
    compute: Callable[[int], list[Any]], count: int, budget: Budget, terms: int | None = None
) -> Proof:
    """Run `compute` at rising precision until all its balls are tight; keep the best of each."""
    best: list[Enclosure | None] = [None] * count
    bits = FIRST_BITS
    while bits <= budget.bits:
        try:
            with balls.precision(bits, terms):
                found = compute(bits)
        except Spent:
            return Proof(best, "out of time")
        except NoEnclosure as error:
            return Proof(best, str(error))
        for i, ball in enumerate(found):
            if ball.is_finite():
                best[i] = Enclosure(ball, bits)
        if all(e is not None and e.tight for e in best):
            return Proof(best)
        if bits >= HOPELESS_BITS and None in best:
            return Proof(best, NOWHERE)
        if budget.spent():
            return Proof(best, "out of time")
        bits *= 2
    return Proof(best, "out of precision")
