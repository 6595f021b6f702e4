"""Expressions in other clothes: SymPy, LaTeX."""

from __future__ import annotations

from typing import Any

from symgrad.expression.base import Formula


class Forms(Formula):
    """How an expression is shown and passed on."""

    def to_sympy(self) -> Any:
        """The expression in SymPy, with real symbols of the same names.

        Raises:
            SymgradError: SG601, something in it has no counterpart in SymPy.
        """
        from symgrad.symbolic.sympy_bridge import to_sympy

        return to_sympy(self.node)[0]

    def to_latex(self) -> str:
        """The expression in LaTeX."""
        from symgrad.symbolic.latex import latex

        return latex(self.node)
