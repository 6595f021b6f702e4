"""Constants, the four operations and negation."""

from __future__ import annotations

import math
import operator
from typing import Any

from symgrad.domain import nonzero, reals
from symgrad.ops import pairs
from symgrad.ops.op import op, section


def divide(a: float, b: float) -> float:
    """IEEE division: 1/0 is an infinity and 0/0 a nan, where Python raises."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0 or a != a:
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)


def fused(a: float, b: float, c: float) -> float:
    """a*b + c rounded once, from exact fractions; IEEE where something is not finite."""
    plain = a * b + c
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return plain
    from fractions import Fraction

    exact = Fraction(a) * Fraction(b) + Fraction(c)
    try:
        return float(exact) if exact else plain
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


section("Constants")

pi = op("pi", "The ratio of a circle's circumference to its diameter.", "pi = 3.141592653589793",
        scalar=lambda: math.pi, pair=lambda: (math.pi, 1.2246467991473532e-16), sympy=lambda sp: sp.pi, latex=r"\pi", series="")
e = op("e", "Euler's number, the base of natural logarithms.", "e = 2.718281828459045",
       scalar=lambda: math.e, pair=lambda: (math.e, 1.4456468917292502e-16), sympy=lambda sp: sp.E, latex="e", series="")

section("Arithmetic")

add = op(
    "add", "Sum.", "1 + 2 = 3",
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    scalar=operator.add, array="numpy.add", pair=pairs.add, sympy=lambda sp, a, b: a + b,
    infix="+", precedence=50, latex="{0} + {1}", aliases=("Add", "plus"), told=("sum rule",),
)
sub = op(
    "sub", "Difference.", "3 - 2 = 1",
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    scalar=operator.sub, array="numpy.subtract", pair=pairs.sub, sympy=lambda sp, a, b: a - b,
    infix="-", precedence=50, latex="{0} - {1}", aliases=("minus", "subtract"), told=("sum rule",),
)
mul = op(
    "mul", "Product.", "2*3 = 6",
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    scalar=operator.mul, array="numpy.multiply", pair=pairs.mul, fades=True, sympy=lambda sp, a, b: a * b,
    infix="*", precedence=60, latex=r"{0} \cdot {1}", aliases=("Mul", "multiply"),
    told=("product rule", "constant factor", "constant factor"),
)
div = op(
    "div", "Quotient.", "6/3 = 2",
    lambda g, y, a, b: div(g, b),
    lambda g, y, a, b: -div(g * y, b),
    scalar=divide, array="numpy.true_divide", pair=pairs.div, fades=True, sympy=lambda sp, a, b: a / b,
    domain=(reals, nonzero), infix="/", precedence=60, latex=r"\frac{{{0}}}{{{1}}}", aliases=("divide", "true_divide"),
    told=("quotient rule", "constant divisor", "reciprocal rule"),
)
neg = op(
    "neg", "Negative.", "-(2) = -2",
    lambda g, y, x: -g,
    scalar=operator.neg, array="numpy.negative", pair=pairs.neg, sympy=lambda sp, x: -x,
    prefix="-", precedence=65, latex="-{0}", aliases=("negative",), told=("constant factor",),
)
fma = op(
    "fma", "Fused multiply-add: a*b + c, rounded once.", "fma(2, 3, 4) = 10",
    lambda g, y, a, b, c: g * b,
    lambda g, y, a, b, c: g * a,
    lambda g, y, a, b, c: g,
    scalar=fused, expand=lambda a, b, c: a * b + c, aliases=("muladd",), told=("product rule and sum rule",),
)
addcmul = op(
    "addcmul", "a + b*c, rounded once.", "addcmul(4, 2, 3) = 10",
    lambda g, y, a, b, c: g,
    lambda g, y, a, b, c: g * c,
    lambda g, y, a, b, c: g * b,
    scalar=lambda a, b, c: fused(b, c, a), expand=lambda a, b, c: a + b * c, told=("product rule and sum rule",),
)
square = op(
    "square", "Square.", "square(3) = 9",
    lambda g, y, x: g * (2 * x),
    scalar=lambda x: x * x, array="numpy.square", fades=True, expand=lambda x: x * x, aliases=("abs2", "sq"), told=("power rule",),
)
reciprocal = op(
    "reciprocal", "Reciprocal.", "reciprocal(4) = 0.25",
    lambda g, y, x: -g * (y * y),
    scalar=lambda x: divide(1.0, x), array="numpy.reciprocal", domain=(nonzero,), fades=True, expand=lambda x: div(1, x),
    told=("reciprocal rule",),
)
deg2rad = op(
    "deg2rad", "Degrees to radians.", "deg2rad(180) = pi",
    lambda g, y, x: g * div(pi_of(g), 180),
    scalar="ball", array="numpy.deg2rad", expand=lambda x: x * pi_of(x) / 180, aliases=("radians",),
)
rad2deg = op(
    "rad2deg", "Radians to degrees.", "rad2deg(pi) = 180",
    lambda g, y, x: g * div(180, pi_of(g)),
    scalar="ball", array="numpy.rad2deg", expand=lambda x: x * 180 / pi_of(x), aliases=("degrees",),
)


def pi_of(x: Any) -> Any:
    """pi in the arithmetic of `x`: a node beside nodes, so that every witness has the exact constant, else a float."""
    return constant_of(pi, x)


def constant_of(entry: Any, x: Any) -> Any:
    """A nullary op in the arithmetic of `x`: a carrier builds it its own way, numbers get the nearest double."""
    own = getattr(type(x), "constant", None)  # a carrier over another arithmetic asks that one
    if own is not None:
        return own(x, entry)
    act = getattr(type(x), "apply", None)
    return entry.scalar_fn() if act is None else act(entry, (), {})


def number(value: float, x: Any) -> Any:
    """A plain number in the arithmetic of `x`: beside nodes a constant that every witness reads exactly."""
    lift = getattr(type(x), "lift", None)
    return float(value) if lift is None else lift(value)
