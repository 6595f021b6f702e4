"""Expressions in other clothes: SymPy, LaTeX, DOT, notebooks."""

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

    def to_dot(self) -> str:
        """The graph in Graphviz's DOT language, left to right, shared nodes once."""
        from symgrad.draw.dot import dot

        return dot(self.node)

    def _repr_mimebundle_(self, **_only: Any) -> dict[str, str]:
        """What a notebook shows: LaTeX and, where a Graphviz renderer is installed, the graph."""
        from symgrad.draw.render import svg

        bundle = {"text/plain": repr(self), "text/latex": f"$\\displaystyle {self.to_latex()}$"}
        picture = svg(self.to_dot())
        if picture is not None:
            bundle["image/svg+xml"] = picture
        return bundle
