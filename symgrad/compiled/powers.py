"""Powers as rows of a plan: by products where the exponent is known and small, with roots where it is a fraction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgrad.compiled.plan import Plan

MOST_FACTORS = 16
"""Powers up to this one, of integers and quarters, are products of roots, within half an ulp for each."""

ROOT = "root power"
"""The row that is a^(1/2): +0 at -0 and infinite at -infinity, as powers are and square roots are not."""


def power(plan: Plan, a: int, b: int) -> int:
    """a^b."""
    found = plan.power(a, b)
    if found is None:
        found = rooted(plan, a, b, lambda x: plan.row(ROOT, x))
    return plan.row("pow", a, b) if found is None else found


def power_slope(plan: Plan, a: int, b: int) -> int:
    """b*a^(b - 1)."""
    known = plan.value(b)
    if known is not None and known != 0 and known - 1 != 0:
        less = plan.number(known - 1)
        lowered = plan.power(a, less)
        if lowered is None:
            lowered = rooted(plan, a, less, plan.root)
        if lowered is not None:
            return plan.mul(b, lowered)
    return plan.row("power_slope", a, b)


def power_nth(plan: Plan, a: int, b: int, n: int) -> int:
    """The n-th derivative of a^b by a, which is 0 where one of its factors is, also at a = 0."""
    zero, factor = plan.number(0.0), b
    for i in range(1, n):
        factor = plan.mul(factor, plan.sub(b, plan.number(float(i))))
    if plan.value(factor) == 0:
        return zero
    y = plan.mul(factor, power(plan, a, plan.sub(b, plan.number(float(n)))))
    return plan.row("where", plan.row("eq", factor, zero), zero, y) if plan.value(b) is None else y


def power_log(plan: Plan, a: int, b: int, n: int) -> int:
    """a^b*log(a)^n, which is 0 or nan at a = 0."""
    y = first = plan.row("power_log", a, b)
    if n > 1:
        y = plan.mul(first, plan.whole_power(plan.row("log", a), n - 1))
        y = plan.row("where", plan.row("eq", a, plan.number(0.0)), first, y)
    return y


def rooted(plan: Plan, a: int, b: int, root: Callable[[int], int]) -> int | None:
    """a^b of a known b that is a small multiple of 1/4 and no whole number, by products of roots; else None.

    Args:
        plan: where the rows go.
        a: the row of the base.
        b: the row of the exponent.
        root: the row of the square root of a row.
    """
    n = plan.value(b)
    if n is None or abs(n) > MOST_FACTORS or n.is_integer() or not (4 * n).is_integer():
        return None
    whole, quarters = divmod(int(4 * abs(n)), 4)
    half = root(a)
    product = half if quarters == 2 else root(half)
    if quarters == 3:
        product = plan.mul(half, product)
    if whole:
        base = plan.row("abs", a) if whole % 2 else a  # zero gets no sign
        product = plan.mul(plan.whole_power(base, whole), product)
    return product if n > 0 else plan.div(plan.number(1.0), product)
