"""Ops on balls, natively or through their bodies: the source of correctly rounded values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.balls import ball, constant, nearest, precision, to_double
from symgrad.ops.carrier import Arithmetic

if TYPE_CHECKING:
    from symgrad.ops.op import Op

BITS = (64, 128, 256, 512, 1024, 2048, 4096)
HOPELESS = 2048
"""A ball that is still nan here is no lack of precision, even beside a subnormal number."""


class Enclosure(Arithmetic):
    """A ball as a carrier: bodies written with operators and ops run on it."""

    __slots__ = ("ball",)
    shape = ()

    def __init__(self, ball: Any) -> None:
        self.ball = ball

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Enclosure:
        """An op on enclosures and numbers."""
        return Enclosure(enclose(op, [a.ball if type(a) is Enclosure else constant(a) for a in args], attrs))

    @staticmethod
    def lift(value: float) -> Enclosure:
        """A number as an enclosure of radius 0."""
        return Enclosure(constant(value))


def enclose(op: Op, xs: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
    """The ball of an op on balls.

    Raises:
        NotImplementedError: it has neither a ball function nor a body.
    """
    function = ball(op.ball or op.name)
    if function is not None:
        return function(*xs, **attrs)
    if op.expand is None:
        raise NotImplementedError(f"{op.name} has neither a ball function nor a body")
    body = op.expand(*map(Enclosure, xs), **attrs)
    return body.ball if type(body) is Enclosure else constant(body)


def rounded(op: Op, xs: Sequence[float], attrs: Mapping[str, Any]) -> float:
    """The correctly rounded value of an op at doubles, through its body if it has no ball function.

    Where no ball can say it (poles, infinite arguments), its body in float64, which follows IEEE.
    """
    xs = tuple(map(float, xs))
    if ball(op.ball or op.name) is not None:
        return nearest(op.ball or op.name, *xs, **attrs)
    if all(map(math.isfinite, xs)):
        for bits in BITS:
            with precision(bits):
                y = enclose(op, [constant(x) for x in xs], attrs)
                value = to_double(y)
                if value is not None:
                    return value
                if y.is_nan() and bits >= HOPELESS:
                    break
    return in_floats(op, xs, attrs)


def in_floats(op: Op, xs: Sequence[float], attrs: Mapping[str, Any]) -> float:
    """The body of an op in float64; nan if it has none."""
    import numpy as np

    if op.expand is None:
        return math.nan
    with np.errstate(all="ignore"):
        return float(op.expand(*map(np.float64, xs), **attrs))
