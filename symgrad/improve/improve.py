"""A better form of an expression on a range: sampled, searched for, and accepted only where nothing gets worse."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from symgrad.certified.prove import Budget, prove
from symgrad.errors import TypeMistake
from symgrad.graph import Node, variables
from symgrad.improve import branches, series
from symgrad.improve.measure import ALL, Errors, Measure
from symgrad.improve.sample import ANYTHING, Range, draws
from symgrad.improve.search import Form, Search
from symgrad.improve.truth import Truth, bound, truth

POINTS, MORE_POINTS = 12, 32
"""How many points are sampled for a neighbourhood and for a wide range; as many again judge the result."""

FOR_TRUTH = 0.3
"""The share of the time that certified arithmetic gets at the start."""

SLACK = 2.0
"""Bits that a number may lose anywhere, if it is still good to `FINE` bits or has not lost more than these."""

FINE = 4.0
WRONG = 48.0
"""So many wrong bits leave no digit: one such number is as bad as another."""

LEAST_GAIN = 1.0
PER_OPERATION = 0.1
"""A form has to save a bit on the average, of the value or of one partial, and more if it is longer."""

MOST_JUDGED = 25
SAME = 2.0**-50
"""A series may be so far from the formula, relatively."""

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True)
class Bits:
    """Wrong bits of a number over all points, of the 64 that a double has."""

    mean: float
    worst: float


@dataclass(frozen=True)
class Quantity:
    """The value (no name) or the partial by a variable, before and after."""

    name: str
    before: Bits
    after: Bits


@dataclass(frozen=True)
class Applied(Generic[T]):
    """One rewrite: the identity, where it holds ("" wherever the left side is defined), and what it did."""

    rule: str
    where: str
    before: T
    after: T


@dataclass(frozen=True)
class Improvement(Generic[T]):
    """What was found.

    Attributes:
        before, after: the expression as given, and the better form (the same where there is none).
        quantities: the value and each partial, with their wrong bits in plain float64.
        rules: the rewrites in their order.
        ranges: the range of each variable.
        points: how many points were measured.
        proof: how sure it is that both forms are the same function: "identity" (each rule holds where its left side
            is defined), "conditions" (the rules' side conditions held at all points), "series", or "" for nothing.
        limit: why nothing better was found.
    """

    before: T
    after: T
    quantities: tuple[Quantity, ...]
    rules: tuple[Applied[T], ...]
    ranges: Mapping[str, Range]
    points: int
    proof: str = ""
    limit: str = ""

    def __bool__(self) -> bool:
        return self.before != self.after

    def of(self, before: S, made: Callable[[T], S]) -> Improvement[S]:
        """The same about another kind of expression: `made` turns one kind into the other."""
        rules = tuple(Applied(r.rule, r.where, made(r.before), made(r.after)) for r in self.rules)
        after = made(self.after) if self else before
        return Improvement(
            before, after, self.quantities, rules, self.ranges, self.points, self.proof, self.limit
        )


def improve(
    root: Node, given: Mapping[str, float | Range], seconds: float = 2.5, *, seed: int = 0
) -> Improvement[Node]:
    """The form of a scalar expression with the fewest wrong bits in value and partials that the time allows to find.

    Args:
        root: a real number of real variables.
        given: for each variable a range, or a number, which stands for its neighbourhood; others may be anything.
        seconds: the time for everything.
        seed: which points are drawn.

    Raises:
        TypeMistake: SG214, the expression is no number, or has arrays in it.
    """
    started = time.monotonic()
    wrt = variables(root)
    if root.type.kind != "real" or root.type.shape or any(v.type.shape for v in wrt):
        raise TypeMistake(
            "SG214", f"only numbers can be improved, this is {root.type}", hint="take an element of it"
        )
    ranges = {v.name: _range(given.get(v.name)) for v in wrt}
    center = {name: x for name, x in given.items() if not isinstance(x, Range) and name in ranges}
    count = POINTS if len(center) == len(ranges) else MORE_POINTS
    budget = Budget(FOR_TRUTH * seconds)
    known = truth(root, wrt, draws(ranges, center, seed), 2 * count, budget)
    if not wrt or not known.points:
        reason = (
            "it has no variables" if not wrt else "no point of the range was found at which it is defined"
        )
        return Improvement(root, root, (), (), ranges, 0, limit=reason)
    searched, _ = known.halves()
    measure, everywhere = Measure(searched), Measure(known)
    search = Search(root, measure, series.series_forms(measure.values))
    forms = search.run(started + 0.85 * seconds)
    best = _accepted(search.first, forms, measure, everywhere, started + seconds)
    return _reported(root, best, everywhere, ranges)


def _range(given: float | Range | None) -> Range:
    if given is None:
        return ANYTHING
    return given if isinstance(given, Range) else Range.around(given)


def _accepted(
    first: Form, forms: Sequence[Form], measure: Measure, everywhere: Measure, until: float
) -> Form | None:
    """The best form that stands up to all points, in both ways of computing partials; None if none does in time."""
    candidates = [form for form in forms[:MOST_JUDGED] if form is not first]
    choice = branches.joined(forms, measure) if forms and not forms[0].good else None
    if choice is not None:
        candidates.insert(0, choice)
    plain, single = everywhere.plain(first.root), everywhere.single(first.root)
    for i, form in enumerate(candidates):
        if i and time.monotonic() > until:
            break
        after = everywhere.plain(form.root)
        if (
            gains(plain, after) >= LEAST_GAIN + PER_OPERATION * max(0, form.size - first.size)
            and not worse(plain, after)
            and not worse(single, everywhere.single(form.root))
            and same_function(form, everywhere.truth)
        ):
            return form
    return None


def gains(before: Errors, after: Errors) -> float:
    """How many wrong bits fewer the value or a partial has on the average, whichever gains most."""
    return float((before.mean(axis=1) - after.mean(axis=1)).max())


def worse(before: Errors, after: Errors) -> bool:
    """Whether any number at any point has lost digits that were right, or is no number any more."""
    import numpy as np

    lost = (after > np.maximum(before + SLACK, FINE)) & (before < WRONG)
    gone = (after == ALL) & (before < ALL)
    return bool((lost | gone).any())


def same_function(form: Form, known: Truth) -> bool:
    """Whether the form's value, enclosed, is the original's at all points; a series only nearly."""
    exact = not any(step.rule == series.RULE.name for step in form.steps)
    budget = Budget(1.0)
    for point, value in zip(known.points, known.enclosures, strict=True):
        found = prove([form.root], bound(known.wrt, point), budget).enclosures[0]
        if found is None or not found.finite:
            return False
        if not found.overlaps(value) and (exact or not near(found.ball, value.ball)):
            return False
    return True


def near(a: object, b: object) -> bool:
    """Whether two balls are the same number but for what a series leaves out."""
    difference = abs(a - b)  # type: ignore[operator]  # balls, which mypy does not see into
    return bool(difference < abs(b) * SAME)  # type: ignore[arg-type]


def _reported(
    root: Node, best: Form | None, everywhere: Measure, ranges: Mapping[str, Range]
) -> Improvement[Node]:
    known = everywhere.truth
    before = everywhere.plain(root)
    after = before if best is None else everywhere.plain(best.root)
    names = ["", *[v.name for v in known.wrt]]
    quantities = tuple(
        Quantity(name, bits(b), bits(a)) for name, b, a in zip(names, before, after, strict=True)
    )
    if best is None:
        return Improvement(root, root, quantities, (), ranges, len(known.points), limit=limit(known, before))
    rules = tuple(Applied(s.rule, s.where, s.before, s.after) for s in best.steps)
    return Improvement(root, best.root, quantities, rules, ranges, len(known.points), certainty(best))


def certainty(form: Form) -> str:
    """How sure the equality of a form with the original is."""
    if any(step.rule == series.RULE.name for step in form.steps):
        return "series"
    return "conditions" if any(step.where for step in form.steps) else "identity"


def bits(row: Errors) -> Bits:
    """A row of errors in two numbers."""
    return Bits(float(row.mean()), float(row.max()))


def limit(known: Truth, errors: Errors) -> str:
    """What stands in the way where nothing better was found."""
    worst = int(errors.max(axis=0).argmax())
    if errors.max() <= FINE:
        return "hardly a bit is lost: there is nothing to improve"
    value, *partials = known.values[worst]
    point = known.points[worst]
    if value:
        parts = [
            abs(d * point[v.name] / value) for v, d in zip(known.wrt, partials, strict=True) if d is not None
        ]
        condition = max(parts, default=0.0)
        if condition > 2**6 and math.isfinite(condition) and errors[0].max() > FINE:
            lost = math.log2(condition)
            return (
                f"the value is ill-conditioned: a relative change of its variables grows by {condition:.1e} "
                f"({lost:.0f} bits), so rounding them would already cost as much"
            )
    return "no rule of the table helps on this range"
