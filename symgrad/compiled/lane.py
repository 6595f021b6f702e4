"""A value of all lanes, whose operators write instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.compiled.emit import Emitter

FLOAT, INTEGER, TRUTH = "double", "i64", "i1"
FAST = "contract arcp"
"""What may be rearranged: a product and a sum may share one rounding, a division by what divides often may be a product
with the reciprocal. Infinities and nans stay what IEEE makes of them."""


class Lane:
    """A value of all lanes: of doubles, 64-bit integers or truths."""

    __slots__ = ("e", "kind", "name")

    def __init__(self, e: Emitter, name: str, kind: str) -> None:
        self.e, self.name, self.kind = e, name, kind

    def _with(self, other: Any) -> Lane:
        return other if isinstance(other, Lane) else self.e.like(self, other)

    def _arithmetic(self, op: str, a: Lane, b: Lane) -> Lane:
        return self.e.binary(f"f{op} contract" if self.kind == FLOAT else op, a, b)

    def __add__(self, other: Any) -> Lane:
        return self._arithmetic("add", self, self._with(other))

    def __radd__(self, other: Any) -> Lane:
        return self._arithmetic("add", self._with(other), self)

    def __sub__(self, other: Any) -> Lane:
        return self._arithmetic("sub", self, self._with(other))

    def __rsub__(self, other: Any) -> Lane:
        return self._arithmetic("sub", self._with(other), self)

    def __mul__(self, other: Any) -> Lane:
        return self._arithmetic("mul", self, self._with(other))

    def __rmul__(self, other: Any) -> Lane:
        return self._arithmetic("mul", self._with(other), self)

    def __truediv__(self, other: Any) -> Lane:
        return self.e.binary(f"fdiv {FAST}", self, self._with(other))

    def __rtruediv__(self, other: Any) -> Lane:
        return self.e.binary(f"fdiv {FAST}", self._with(other), self)

    def __neg__(self) -> Lane:
        return self.e.negative(self) if self.kind == FLOAT else 0 - self

    # Comparisons of doubles are false where an operand is nan; of integers signed.

    def _compare(self, predicate: str, other: Any) -> Lane:
        other = self._with(other)
        if self.kind == FLOAT:
            return self.e.binary(f"fcmp o{predicate}", self, other, TRUTH)
        return self.e.binary(f"icmp s{predicate}", self, other, TRUTH)

    def __lt__(self, other: Any) -> Lane:
        return self._compare("lt", other)

    def __le__(self, other: Any) -> Lane:
        return self._compare("le", other)

    def __gt__(self, other: Any) -> Lane:
        return self._compare("gt", other)

    def __ge__(self, other: Any) -> Lane:
        return self._compare("ge", other)

    def equals(self, other: Any) -> Lane:
        """Whether two numbers are equal (`==` compares Python objects)."""
        other = self._with(other)
        return self.e.binary("fcmp oeq" if self.kind == FLOAT else "icmp eq", self, other, TRUTH)

    def differs(self, other: Any) -> Lane:
        """Whether two numbers differ; a nan differs from everything."""
        other = self._with(other)
        return self.e.binary("fcmp une" if self.kind == FLOAT else "icmp ne", self, other, TRUTH)

    def is_nan(self) -> Lane:
        """Whether it is not a number."""
        return self.e.binary("fcmp uno", self, self, TRUTH)

    # Bits, of integers and truths.

    def __and__(self, other: Any) -> Lane:
        return self.e.binary("and", self, self._with(other))

    def __or__(self, other: Any) -> Lane:
        return self.e.binary("or", self, self._with(other))

    def __xor__(self, other: Any) -> Lane:
        return self.e.binary("xor", self, self._with(other))

    def __invert__(self) -> Lane:
        return self.e.binary("xor", self, self.e.like(self, -1 if self.kind == INTEGER else True))

    def __lshift__(self, count: Any) -> Lane:
        return self.e.binary("shl", self, self._with(count))

    def __rshift__(self, count: Any) -> Lane:
        """Shifted right, the sign kept; see `logical` for zeros from the left."""
        return self.e.binary("ashr", self, self._with(count))

    def logical(self, count: Any) -> Lane:
        """Shifted right, zeros from the left."""
        return self.e.binary("lshr", self, self._with(count))
