"""One form below a threshold and another above it, where no single form is good on a whole range."""

from __future__ import annotations

import math
from collections.abc import Sequence

from symgrad.graph import Node, const
from symgrad.improve.measure import Measure, weights
from symgrad.improve.sample import from_ordinal, ordinal
from symgrad.improve.search import NOISE, SHORT, Form, Step
from symgrad.ops.logic import where
from symgrad.symbolic.text import text

MOST_FORMS = 400
LEAST_GAIN = 1.5
ZERO_BONUS = 0.5
"""A choice has to save so many bits on the average."""

RULE = "one form below a threshold, another above"


def joined(forms: Sequence[Form], measure: Measure) -> Form | None:
    """The best choice between two of the forms by the size of one variable, if it is much better than one of them."""
    import numpy as np

    candidates = list(forms[:MOST_FORMS])
    table = np.array([np.maximum(weights(f.errors), NOISE) + SHORT * f.size for f in candidates])
    best, found = float(table.mean(axis=1).min()) - LEAST_GAIN, None
    for v, xs in measure.points.items():
        order = np.argsort(xs, kind="stable")
        sums = np.cumsum(table[:, order], axis=1)
        for cut in range(1, len(order)):
            low, high = xs[order[cut - 1]], xs[order[cut]]
            left, right = sums[:, cut - 1], sums[:, -1] - sums[:, cut - 1]
            mean = float(left.min() + right.min()) / len(order)
            bonus = ZERO_BONUS if low < 0 <= high or low == 0 else 0.0
            mean -= bonus
            if low < high and mean < best:
                best = mean
                found = border(v, float(low), float(high)), int(left.argmin()), int(right.argmin())
    if found is None:
        return None
    condition, a, b = found
    return _choice(condition, candidates[a], candidates[b], measure)


def _choice(condition: Node, first: Form, second: Form, measure: Measure) -> Form:
    root = where(condition, first.root, second.root)
    errors = measure.plain(root)
    steps = tuple(dict.fromkeys((*first.steps, *second.steps)))
    return Form(
        root, errors, float(weights(errors).mean()), first.size + second.size + 1,
        (*steps, Step(RULE, f"chosen by {text(condition)}", first.root, second.root)),
    )  # fmt: skip


def border(v: Node, low: float, high: float) -> Node:
    """A condition that holds for a variable up to `low`, and not from `high` on."""
    if low == 0:
        return Node.lift(v <= const(0))
    cut = threshold(low, high)
    return Node.lift(v < const(int(cut) if cut.is_integer() and abs(cut) < 1e6 else cut))


def threshold(low: float, high: float) -> float:
    """A short number between two: 0, or the middle of the floats between them with as few digits as it can have."""
    if low < 0 <= high:
        return 0.0
    middle = from_ordinal((ordinal(low) + ordinal(high)) // 2)
    for digits in range(1, 17):
        short = float(f"{middle:.{digits - 1}e}")
        if low < short <= high and math.isfinite(short):
            return short
    return high
