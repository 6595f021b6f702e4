"""LaTeX: value and partial derivatives as aligned equations, and the certified numbers as comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.graph import Node
from symgrad.symbolic.latex import latex, variable


def write(
    roots: Sequence[Node], by: Sequence[str], inputs: Sequence[Node], tests: Sequence[Sequence[Any]]
) -> str:
    """The equations."""
    left = ["f", *(rf"\frac{{\partial f}}{{\partial {variable(name)}}}" for name in by)]
    rows = [rf"{name} &= {latex(root)}" for name, root in zip(left, roots, strict=True)]
    lines = [r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"]
    if tests:
        lines.append("% certified: f and its partial derivatives in this order")
    for row in tests:
        at = ", ".join(f"{v.name} = {x!r}" for v, x in zip(inputs, row, strict=False))
        lines.append(f"% {at or 'everywhere'}: {', '.join(map(repr, row[len(inputs) :]))}")
    return "\n".join(lines) + "\n"
