"""Quotients of what grows like exp, also where that overflows and the quotient does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgrad.compiled.plan import Plan

LARGE, STEP = 700.0, 8.0
BACK = math.exp(STEP)


def over(plan: Plan, name: str, x: int) -> int:
    """f(x)/x; for large |x| as e^8*f(|x| - 8)/|x| with the sign, where the step is exact and overflows later."""
    none, one = plan.number(0.0), plan.number(1.0)
    large = plan.row("gt", plan.row("abs", x), plan.number(LARGE))
    step = plan.row("where", large, plan.row("copysign", plan.number(STEP), x), none)
    back = plan.row("where", large, plan.number(BACK), one)
    return plan.mul(plan.div(plan.row(name, plan.sub(x, step)), x), back)


def exp_over(plan: Plan, x: int) -> int:
    """exp(x)/x."""
    none, one = plan.number(0.0), plan.number(1.0)
    large = plan.row("gt", x, plan.number(LARGE))
    grown = plan.row("exp", plan.sub(x, plan.row("where", large, plan.number(STEP), none)))
    return plan.mul(plan.div(grown, x), plan.row("where", large, plan.number(BACK), one))


def sinhc(plan: Plan, x: int) -> int:
    """sinh(x)/x, and 1 at 0."""
    none, one = plan.number(0.0), plan.number(1.0)
    return plan.row("where", plan.row("eq", x, none), one, over(plan, "sinh", x))
