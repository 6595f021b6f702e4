"""Expressions in other clothes: SymPy, LaTeX, a page for the browser."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from symgrad.errors import SymgradError
from symgrad.expression.base import Bindings, Formula
from symgrad.graph import Node

MOST_FORMULAS, MOST_DIFFERENTIATED = 12, 200
"""Variables, and operations, of an expression whose derivatives a page shows as formulas."""


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

    def to_html(
        self, bindings: Bindings | None = None, /, *, parameters: Collection[str] = (), **named: Any
    ) -> str:
        """A page that can be touched: one HTML file with sliders, the graph, the chain rule step by step, a plot.

        Args:
            bindings: variable name -> value, or keywords: where the sliders stand at first. Variables without a value
                start where the expression has one.
            parameters: names of variables that steps of gradient descent change.
            named: values as keywords.

        Raises:
            SymgradError: SG214, this is no real number; SG422, it is too large; SG602, JavaScript lacks a function.
        """
        from symgrad.page import page

        for name in parameters:
            self._target(name)
        point = self._started({**(bindings or {}), **named})
        return page(self.node, point, self.text, parameters, self._formulas(), self.variables)

    def _started(self, given: Bindings) -> dict[str, Any]:
        """Values for all variables."""
        from symgrad.engine.backprop import value_of
        from symgrad.engine.evaluate import bind
        from symgrad.page.ranges import start

        lacking = [v for v in self._variables if v.name not in given]
        point = {v.name: given[v.name] for v in self._variables if v.name in given}
        if lacking:

            def whole(values: dict[str, float]) -> dict[str, Any]:
                return {**point, **{v.name: _filled(v, values[v.name]) for v in lacking}}

            def finite(values: dict[str, float]) -> bool:
                value = value_of(self._program, whole(values))
                return isinstance(value, float) and math.isfinite(value)

            point = whole(start([v.name for v in lacking], finite))
        bind(self._variables, point)
        return point

    def _formulas(self) -> dict[str, Node]:
        """The partial derivatives by numbers, where they can be read."""
        from symgrad import calculus

        wrt = [v for v in self._variables if v.type.kind == "real" and not v.type.shape]
        if len(wrt) > MOST_FORMULAS or len(self._program.nodes) > MOST_DIFFERENTIATED or self.type.shape:
            return {}
        try:
            return {v.name: g for v, g in zip(wrt, calculus.grad(self.node, wrt), strict=True)}
        except SymgradError:  # the page itself says what is missing
            return {}


def _filled(variable: Node, value: float) -> Any:
    """A value of a variable's shape."""
    if not variable.type.shape:
        return value
    import numpy as np

    return np.full(variable.type.shape, value)
