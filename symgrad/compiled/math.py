"""The vector mathematics: for each op that has one, its function in LLVM instructions, beside the error it promises.

An op that is not here is computed by its body in other ops, or by NumPy.
"""

from __future__ import annotations

from symgrad.compiled import (
    math_algebraic,
    math_error,
    math_exponential,
    math_gamma,
    math_hyperbolic,
    math_inverse,
    math_power,
    math_trigonometric,
)
from symgrad.compiled.entry import Entry

MATH: dict[str, Entry] = {
    **math_exponential.TABLE,
    **math_trigonometric.TABLE,
    **math_hyperbolic.TABLE,
    **math_inverse.TABLE,
    **math_power.TABLE,
    **math_error.TABLE,
    **math_gamma.TABLE,
    **math_algebraic.TABLE,
}
"""Op name -> function of (emitter, *arguments)."""

FUSED: dict[tuple[str, str], Entry] = {("square", "sech"): Entry(math_hyperbolic.sech_squared, 4)}
"""(outer op, inner op) -> a function of the inner op's argument that is better than one after the other."""
