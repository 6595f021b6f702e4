"""Expressions under scrutiny: whether their numbers can be trusted, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.expression.base import Bindings
from symgrad.expression.numbers import Numbers

if TYPE_CHECKING:
    from symgrad.check import Verdict


class Reasons(Numbers):
    """What can be said about the numbers of an expression."""

    def check(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, sympy: bool = True, **named: Any
    ) -> Verdict:
        """Cross-check value and partial derivatives at one point. The verdict is true only when all is proved.

        Args:
            bindings: variable name -> value; or give keywords.
            budget: seconds for certified arithmetic, and the same again for SymPy.
            sympy: whether SymPy (in a child process) is asked as a witness.
            named: the values as keywords.
        """
        from symgrad.check import ask_sympy, by_elements, check, scalar_point

        given = self._point(bindings, named)
        root, bound = scalar_point(self.node, given)
        point = {v.name: x for v, x in bound.items()}
        shown = None if root is self.node else by_elements(self.evaluate(given))
        return check(root, point, ask_sympy(root, budget) if sympy else None, budget, shown)
