"""The table of operations: importing this package fills `OPS`, in the order of the docs."""

from symgrad.ops import (  # noqa: I001  # the order of the table is the order of the docs
    arithmetic,
    powers,
    trigonometric,
    hyperbolic,
    piecewise,
    logic,
    gaussian,
    gammas,
    integrals,
    bessel,
    activations,
    tensor,
    reductions,
    linalg,
)
from symgrad.ops.op import ALIASES, OPS, Guarded, Op, find, lookup, op

__all__ = [
    "ALIASES",
    "OPS",
    "Guarded",
    "Op",
    "activations",
    "arithmetic",
    "bessel",
    "find",
    "gammas",
    "gaussian",
    "hyperbolic",
    "integrals",
    "linalg",
    "logic",
    "lookup",
    "op",
    "piecewise",
    "powers",
    "reductions",
    "tensor",
    "trigonometric",
]
