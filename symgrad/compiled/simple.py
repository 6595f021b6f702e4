"""Operations that are a few instructions: arithmetic, comparisons, logic, choices, roundings."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.compiled.emit import Emitter, Lane


def _larger(e: Emitter, a: Lane, b: Lane) -> Lane:
    """The larger of two, nan if either is."""
    return e.where(a.is_nan(), a, e.where(a >= b, a, b))


def _smaller(e: Emitter, a: Lane, b: Lane) -> Lane:
    return e.where(a.is_nan(), a, e.where(a <= b, a, b))


def _sign(e: Emitter, x: Lane) -> Lane:
    one = e.copysign(e.constant(1.0), x)
    return e.where(x.is_nan(), x, e.where(x.equals(0.0), e.constant(0.0), one))


def _relu(e: Emitter, x: Lane) -> Lane:
    return e.where(e.constant(0.0) >= x, e.constant(0.0), x)


SIMPLE: dict[str, Callable[..., Lane]] = {
    "add": lambda e, a, b: a + b,
    "sub": lambda e, a, b: a - b,
    "mul": lambda e, a, b: a * b,
    "div": lambda e, a, b: e.exactly("div", a, b),
    "neg": lambda e, a: -a,
    "fma": lambda e, a, b, c: e.fma(a, b, c),
    "addcmul": lambda e, a, b, c: e.fma(b, c, a),
    "lt": lambda e, a, b: a < b,
    "le": lambda e, a, b: a <= b,
    "gt": lambda e, a, b: a > b,
    "ge": lambda e, a, b: a >= b,
    "eq": lambda e, a, b: a.equals(b),
    "ne": lambda e, a, b: a.differs(b),
    "and": lambda e, a, b: a & b,
    "or": lambda e, a, b: a | b,
    "not": lambda e, a: ~a,
    "where": lambda e, c, a, b: e.where(c, a, b),
    "abs": lambda e, x: e.abs(x),
    "sign": _sign,
    "heaviside": lambda e, x: e.where(x.is_nan(), x, 0.5 + 0.5 * _sign(e, x)),
    "floor": lambda e, x: e.floor(x),
    "ceil": lambda e, x: e.ceil(x),
    "trunc": lambda e, x: e.trunc(x),
    "round": lambda e, x: e.call("llvm.round", x),
    "max": _larger,
    "min": _smaller,
    "clip": lambda e, x, a, b: _smaller(e, _larger(e, x, a), b),
    "copysign": lambda e, a, b: e.copysign(a, b),
    "relu": _relu,
    "leaky_relu": lambda e, x: e.where(x > 0, x, 0.01 * x),
    "sqrt": lambda e, x: e.sqrt(x),
}
"""Op name -> function of (emitter, *operands)."""

TRUTHS = frozenset(("truth", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"))
"""Those whose result is a condition."""
