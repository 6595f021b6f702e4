"""The library's face: an expression that can be evaluated, differentiated, checked, printed and drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad import graph
from symgrad.expression.derivatives import Derivatives
from symgrad.expression.drawing import Drawing
from symgrad.expression.forms import Forms
from symgrad.expression.machine import Machine
from symgrad.expression.reasons import Reasons
from symgrad.expression.source import Source
from symgrad.graph import Node
from symgrad.ops.op import Op

MOST_SHOWN = 2000
"""Operations of an expression whose text a prompt still shows."""


class Expression(Reasons, Derivatives, Drawing, Forms, Machine, Source):
    """A formula: a node of the graph, the text it came from, and where in the text each node stands.

    Immutable. `==` compares structure. Built by `symgrad.parse`, `symgrad.var` and operators and ops on expressions.
    Points are given as keywords or as one mapping; arrays of numbers are many points.

    Attributes:
        node: the graph.
        source: the text it was parsed from, or None.
        origins: node -> span in `source`.
        uses: variable name -> span of its first use in `source`, in that order.
    """

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Expression:
        """Build the expression of an op on expressions and numbers: how expressions act as a carrier."""
        return Expression(op(*(a.node if isinstance(a, Expression) else Node.lift(a) for a in args), **attrs))

    @staticmethod
    def lift(value: Any) -> Expression:
        """A number as an expression."""
        return Expression(graph.const(value))

    def __str__(self) -> str:
        from symgrad.symbolic.text import text

        return text(self.node)

    def __repr__(self) -> str:
        size = len(self._program.nodes)
        if size > MOST_SHOWN:
            return f"<{size} operations on {len(self._variables)} variables: {self.type}>"
        shown = str(self)
        return f"<{shown if len(shown) <= 200 else shown[:197] + '...'}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.node is self.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __getitem__(self, key: Any) -> Expression:
        from symgrad.ops import OPS

        keys = key if isinstance(key, tuple) else (key,)
        sizes = (*self.type.shape, *[0] * len(keys))  # too many keys are the op's to refuse
        chosen = tuple(_key(k, n) for k, n in zip(keys, sizes, strict=False))
        return Expression.apply(OPS["index"], [self], {"key": chosen})

    def __iter__(self) -> Iterator[Expression]:
        if not self.type.shape:
            raise TypeError("a single number cannot be iterated over")
        return (self[i] for i in range(self.type.shape[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Expression, (self.node, self.source))


def _key(k: Any, n: int) -> Any:
    return k.indices(n) if isinstance(k, slice) else int(k)
