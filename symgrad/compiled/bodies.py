"""Which ops machine code may compute by their bodies, though the table has a function for them."""

from __future__ import annotations

from symgrad.ops.op import Op

NEAR = frozenset(
    [
        "acsch_slope",
        "asec_slope",
        "cot",
        "coth",
        "csc",
        "deg2rad",
        "elu",
        "log10_slope",
        "rad2deg",
        "sec",
        "selu",
    ]
)
"""Ops whose bodies are as good as their functions: within 4 ulps below 1e307, with the same infinities and nans."""


def body_serves(op: Op) -> bool:
    """Whether the table has no better value than the body: most functions have one where the body divides by zero."""
    own = op.scalar is None and op.array is None and op.ball is None
    return own or not op.pointwise or op.name in NEAR
