"""Rules that make an expression shorter and easier to read, and never less accurate.

Products and sums are regrouped and reordered; numbers are computed only where the result is exact. The result agrees
with the original wherever that is a finite number; it may be defined at more points (0*log(x) = 0, x/x = 1). It never
has more operations than before (one that has no spelling counts as the three or more that it stands for).
"""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.graph import Node, postorder
from symgrad.graph.bulk import undisturbed
from symgrad.symbolic.simplify.forms import Workshop
from symgrad.symbolic.simplify.rule import Step
from symgrad.symbolic.simplify.sweep import Sweep, size

SWEEPS = 20
"""Almost every expression is done after three; this is for the others."""


def simplify(roots: Iterable[Node], trace: list[Step] | None = None) -> list[Node]:
    """The roots, simplified together so that they go on sharing subexpressions; `trace` gets the rules that fired."""
    order = postorder(current := list(roots))
    with undisturbed(len(order)):
        return _swept(current, order, trace)


def _swept(current: list[Node], order: list[Node], trace: list[Step] | None) -> list[Node]:
    """Sweep until nothing changes any more."""
    workshop = Workshop()
    seen = {tuple(current)}
    for _ in range(SWEEPS):
        for deep in (True, False):
            steps: list[Step] = []
            new = Sweep(workshop, None if trace is None else steps, deep=deep).run(current, order)
            new_order = postorder(new)
            if size(new_order) <= size(order):
                break
        else:
            break
        if tuple(new) in seen:
            break
        seen.add(tuple(new))
        current, order = new, new_order
        if trace is not None:
            trace += steps
    return current


__all__ = ["Step", "simplify"]
