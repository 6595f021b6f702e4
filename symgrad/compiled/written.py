"""Ops of arrays written out in those that loops of machine code know: sums, largest elements, products."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from symgrad.graph import Node, rebuild
from symgrad.graph.walk import same
from symgrad.ops import OPS
from symgrad.ops.reductions import spread


def _made(name: str, *args: Any, **attrs: Any) -> Node:
    made: Node = OPS[name](*args, **attrs)
    return made


def _shift(x: Node, axis: Any) -> Node:
    """The largest element, or 0 where that is infinite."""
    largest = _made("amax", x, axis=axis)
    return _made("where", _made("lt", abs(largest), math.inf), largest, 0.0)


def _logsumexp(x: Node, axis: Any = None) -> Node:
    """Relative to the largest element, as NumPy's function in the table."""
    shift = _shift(x, axis)
    total = _made("sum", _made("exp", x - spread(shift, x, axis)), axis=axis)
    return _made("add", _made("log", total), shift)


def _softmax(x: Node) -> Node:
    t = _made("exp", x - spread(_made("amax", x, axis=-1), x, -1))
    return _made("div", t, spread(_made("sum", t, axis=-1), x, -1))


FORMS: dict[str, Callable[..., Node]] = {
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "log_softmax": lambda x: x - spread(_logsumexp(x, axis=-1), x, -1),
}
"""Ops that are written out otherwise than by their body, which would overflow."""

KNOWN = frozenset(
    ("sum", "amax", "amin", "matmul", "reshape", "broadcast_to", "transpose", "index", "scatter")
)


def written(roots: Sequence[Node]) -> list[Node]:
    """The roots with these ops, and those that have a body, written out."""

    def change(node: Node, args: tuple[Node, ...]) -> Node:
        if not args:
            return node
        op = node.op
        form = FORMS.get(op.name) or (None if op.name in KNOWN or op.pointwise else op.expand)
        return same(node, args) if form is None else form(*args, **dict(node.attrs))

    current = list(roots)
    while True:
        changed = rebuild(current, change)
        if changed == current:
            return current
        current = changed
