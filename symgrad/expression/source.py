"""Expressions as source code in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.expression.base import Formula


class Source(Formula):
    """What an expression is in another language."""

    def code(self, language: str, *names: str, at: Mapping[str, Any] | None = None) -> str:
        """Value and partials as source code that tests itself: `print(f.code("c"))`.

        Args:
            language: c, python, numpy, jax or latex.
            names: the variables to differentiate by; default all.
            at: a point that the test begins with, if it can be certified there.

        Raises:
            UsageMistake: SG515, there is no such language; SG526, it cannot express an operation.
            TypeMistake: SG214, an array is no single number.
        """
        from symgrad.codeout import code
        from symgrad.symbolic.text import text

        wrt = self._targets(names) if self.node.type.kind == "real" else []
        point = {v: at[v.name] for v in self._variables if at is not None and v.name in at}
        return code(self.node, wrt, language, self.source or text(self.node), point)
