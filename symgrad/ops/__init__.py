"""The table of operations: importing this package fills `OPS`, in the order of the docs."""

from symgrad.ops import (  # noqa: I001  # the order of the table is the order of the docs
    arithmetic,
    powers,
    trigonometric,
    hyperbolic,
    piecewise,
    logic,
    special,
    activations,
    tensor,
    linalg,
)
from symgrad.ops.op import ALIASES, OPS, Guarded, Op, find, lookup, op

__all__ = ["ALIASES", "OPS", "Guarded", "Op", "activations", "arithmetic", "find", "hyperbolic", "linalg", "logic",
           "lookup", "op", "piecewise", "powers", "special", "tensor", "trigonometric"]
