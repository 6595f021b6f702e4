"""The tape of a Value: what it was computed from, in the order in which that was made, and the sweep back over it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.engine.value import Value


def tape_of(root: Value) -> list[Value]:
    """All results on the way to `root`, latest first, their gradients set to zero."""
    mark = float("nan")  # this very object stands in the gradient of what has been met
    root.grad = mark
    tape: list[Value] = []
    seen: set[Any] = set()
    open_ = [root]
    add, take, keep = open_.append, open_.pop, tape.append
    while open_:
        v = take()  # the latest: memory is walked backwards, and sorting finds most of its work done
        keep(v)
        if v.by_left is None:
            for x in v.left.unseen(v, seen):
                if x.left is not None and x.grad is not mark:
                    x.grad = mark
                    add(x)
            continue
        x = v.left
        if x.left is not None and x.grad is not mark:
            x.grad = mark
            add(x)
        x = v.right
        if x is not None and x.left is not None and x.grad is not mark:
            x.grad = mark
            add(x)
    tape.sort(key=attrgetter("born"), reverse=True)
    for v in tape:
        v.grad = 0
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
