"""Expressions and their derivatives, which are expressions again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from symgrad.expression.base import Formula
from symgrad.graph import Node


class Derivatives(Formula):
    """What follows from an expression by calculus."""

    def diff(self, by: str | Formula, order: int = 1) -> Self:
        """The derivative by a variable or any subexpression, as an expression.

        Raises:
            NameMistake: SG104, there is no such variable.
            TypeMistake: SG214, this is no real scalar.
        """
        from symgrad import calculus

        return self._of(calculus.diff(self.node, self._target(by), order))

    def grad(self, *names: str) -> dict[str, Self]:
        """The partial derivatives by these variables (default: all), as expressions that share subexpressions."""
        from symgrad import calculus

        wrt = self._targets(names)
        return {v.name: self._of(g) for v, g in zip(wrt, calculus.grad(self.node, wrt), strict=True)}

    def hessian(self, *names: str) -> tuple[tuple[Self, ...], ...]:
        """The matrix of second derivatives by these variables (default: all), rows and columns in their order."""
        from symgrad import calculus

        rows = calculus.hessian(self.node, self._targets(names))
        return tuple(tuple(map(self._of, row)) for row in rows)

    def jacobian(self, *names: str) -> tuple[tuple[Self, ...], ...]:
        """For each element of a vector (row-major) its derivatives by these variables (default: all)."""
        from symgrad import calculus

        rows = calculus.jacobian(self.node, self._targets(names))
        return tuple(tuple(map(self._of, row)) for row in rows)

    def jvp(self, direction: Mapping[str, Any]) -> Self:
        """The derivative along a direction (variable -> number, array or expression); other variables stay fixed."""
        from symgrad import calculus

        wrt = self._targets(tuple(direction))
        return self._of(calculus.jvp(self.node, wrt, [_as_node(v) for v in direction.values()]))

    def hvp(self, direction: Mapping[str, Any]) -> dict[str, Self]:
        """The Hessian times a direction: variable -> component."""
        from symgrad import calculus

        wrt = self._targets(tuple(direction))
        products = calculus.hvp(self.node, wrt, [_as_node(v) for v in direction.values()])
        return {v.name: self._of(p) for v, p in zip(wrt, products, strict=True)}

    def taylor(self, by: str, around: Any = 0, order: int = 3) -> Self:
        """The Taylor polynomial in one variable around a point (a number or an expression)."""
        from symgrad import calculus

        return self._of(calculus.taylor(self.node, self._target(by), _as_node(around), order))

    def simplify(self) -> Self:
        """An equal expression that is no larger and no less accurate."""
        from symgrad.symbolic.simplify import simplify

        return self._of(simplify([self.node])[0])


def _as_node(value: Any) -> Node:
    return value.node if isinstance(value, Formula) else Node.lift(value)
