"""The order in which factors and terms are written, which is also what makes equal products the same node.

Factors: numbers, constants, variables by name, powers with a variable exponent, sums, functions in the order of the
table, choices. Terms: by falling degree, as polynomials are written; otherwise as they come.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

from symgrad.graph import CONST, VAR, Node
from symgrad.ops import OPS
from symgrad.ops.types import selection

POSITION = {op: i for i, op in enumerate(OPS.values())}
LABEL = 24
"""Length of the names by which factors of the same kind are compared; what still agrees is compared by fingerprint."""

MUL, DIV, NEG, ADD, SUB, POW, INDEX = (
    OPS[name] for name in ("mul", "div", "neg", "add", "sub", "pow", "index")
)
SUMS = frozenset((ADD, SUB))
PRODUCTS = frozenset((MUL, DIV, NEG))


def rank(base: Node) -> tuple[int, int, str]:
    """The kind of a factor, in the order of writing."""
    op = base.op
    if op is VAR:
        return 2, 0, base.name
    if op is CONST:
        return 0, 0, ""
    if not base.args:
        return 1, POSITION[op], ""
    if op is INDEX and base.args[0].op is VAR:
        return 2, 0, f"{base.args[0].name} {base.attrs}"
    if op is POW:
        return 3, 0, ""
    if op in SUMS:
        return 4, 0, ""
    return (6 if op.result is selection else 5), POSITION[op], ""


class Names:
    """Labels and fingerprints of nodes, each computed once: the same in every run, unlike the addresses of objects."""

    def __init__(self) -> None:
        self.known: dict[Node, tuple[int, str, int]] = {}
        self.ranks: dict[Node, tuple[int, int, str]] = {}

    def rank(self, base: Node) -> tuple[int, int, str]:
        """`rank`, remembered."""
        found = self.ranks.get(base)
        if found is None:
            found = self.ranks[base] = rank(base)
        return found

    def of(self, root: Node) -> tuple[int, str, int]:
        """A name that tells a node from others of its kind."""
        known = self.known
        todo = [root]
        while todo:
            node = todo[-1]
            if node in known:
                todo.pop()
                continue
            pending = [a for a in node.args if a not in known]
            if pending:
                todo += pending
            else:
                todo.pop()
                known[node] = self._name(node)
        return known[root]

    def _name(self, node: Node) -> tuple[int, str, int]:
        if not node.args:
            own = repr(node.attrs) if node.op is CONST else node.name if node.op is VAR else node.op.name
            return len(own), own[:LABEL], zlib.crc32(own.encode())
        below = [self.known[a] for a in node.args]
        own = f"{node.op.name}{node.attrs or ''}"
        label = " ".join([own, *[label for _, label, _ in below]])
        return len(label), label[:LABEL], hash((zlib.crc32(own.encode()), *[mark for *_, mark in below]))


def in_order(bases: Iterable[Node], names: Names) -> list[Node]:
    """Factors in the order of writing."""
    factors = list(bases)
    if len(factors) < 2:
        return factors
    keyed = sorted([(names.rank(base), i) for i, base in enumerate(factors)])
    if any(a[0] == b[0] for a, b in pairwise(keyed)):
        keyed = [(key, i) for key, _, i in sorted([(key, names.of(factors[i]), i) for key, i in keyed])]
    return [factors[i] for _, i in keyed]


def symmetric(node: Node, names: Names) -> tuple[Node, ...]:
    """The operands of a symmetric operation in order, first those of its own kind: f(f(a, b), c)."""
    return tuple(sorted(in_order(node.args, names), key=lambda a: a.op is not node.op))


class Degrees:
    """The degree of polynomial parts: 1 for a variable, 0 for a function of variables."""

    def __init__(self) -> None:
        self.known: dict[Node, float] = {}

    def of(self, root: Node) -> float:
        """The degree of a node."""
        known = self.known
        todo = [root]
        while todo:
            node = todo[-1]
            if node in known:
                todo.pop()
                continue
            inner = (
                node.args
                if node.op in PRODUCTS or node.op in SUMS
                else node.args[:1]
                if node.op is POW
                else ()
            )
            pending = [a for a in inner if a not in known]
            if pending:
                todo += pending
            else:
                todo.pop()
                known[node] = self._degree(node, [known[a] for a in inner])
        return known[root]

    def _degree(self, node: Node, below: Sequence[float]) -> float:
        op = node.op
        if op is VAR:
            return 1
        if op is MUL:
            return below[0] + below[1]
        if op is DIV:
            return below[0] - below[1]
        if op is NEG:
            return below[0]
        if op in SUMS:
            return max(below)
        if op is POW:
            exponent = node.args[1]
            return below[0] * exponent.value if exponent.op is CONST and not exponent.shape else 0
        return 1 if op is INDEX and node.args[0].op is VAR else 0
