"""The tape of a Value: what it was computed from, in the order in which that was made, and the sweep back over it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.engine.value import Value


def tape_of(root: Value) -> list[Value]:
    """All results on the way to `root`, latest first, their gradients set to zero."""
    tape: list[Value] = [root]
    seen: set[Any] = {root}
    note, append = seen.add, tape.append
    for v in tape:  # it grows meanwhile
        v.grad = 0
        for x in (v.left, v.right) if v.by_left is not None else v.left.unseen(v, seen):
            if x is not None and x.left is not None and x not in seen:
                note(x)
                append(x)
    tape.sort(key=attrgetter("born"), reverse=True)
    return tape


def sweep(tape: Iterable[Value]) -> None:
    """Send the gradient of each result on to its operands."""
    for v in tape:
        slope = v.by_left
        if slope is None:
            v.left.push(v)
            continue
        g, right = v.grad, v.right
        v.left.grad += g * slope
        if right is not None:
            right.grad += g * v.by_right
