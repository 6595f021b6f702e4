"""Expressions as numbers: the value at a point, the gradient by backprop, a proven enclosure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.engine import backprop
from symgrad.expression.base import Bindings, Formula

if TYPE_CHECKING:
    from symgrad.certified.prove import Enclosure


class Numbers(Formula):
    """What an expression is worth at a point, or at many."""

    def __call__(self, bindings: Bindings | None = None, /, **named: Any) -> Any:
        """The value at a point (a float), or at many (an array).

        Raises:
            NameMistake: SG103, a variable has no value. TypeMistake: SG213, a value has the wrong shape.
        """
        return backprop.value_of(self._program, self._point(bindings, named))

    def evaluate(self, bindings: Bindings | None = None, /, **named: Any) -> backprop.Result:
        """Value, gradient (by backprop) and flags at a point or at many; raises as `__call__` does."""
        return backprop.evaluate(self._program, self._point(bindings, named), places=self.origins)

    def value_and_grad(self, bindings: Bindings | None = None, /, **named: Any) -> tuple[Any, dict[str, Any]]:
        """The value and the gradient as a pair; see `evaluate`."""
        result = self.evaluate(bindings, **named)
        return result.value, result.grad

    def certify(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, **named: Any
    ) -> Enclosure | None:
        """A proven enclosure of the value at one point, tight to 17 digits where the budget (seconds) allows it."""
        from symgrad.certified.prove import Budget, prove
        from symgrad.check import scalar_point

        root, bound = scalar_point(self.node, self._point(bindings, named))
        return prove([root], bound, Budget(seconds=budget)).enclosures[0]
