"""Rules for powers and functions: exact values, exponents that are numbers, signs that can be drawn out."""

from __future__ import annotations

import math
from typing import Any

from symgrad.graph import CONST, Node, apply, const
from symgrad.ops import OPS
from symgrad.symbolic.simplify.numbers import MINUS_ONE, ONE, Ratio, is_number, negative, plus, ratio
from symgrad.symbolic.simplify.order import DIV, NEG, POW, symmetric
from symgrad.symbolic.simplify.products import Product, Products
from symgrad.symbolic.simplify.rule import Rules

RULES = Rules()
E, EXP, LOG = OPS["e"], OPS["exp"], OPS["log"]

# f(x) = y exactly; at other numbers the functions' values are not exact.
VALUES = (
    (0, 0, "sin tan sinh tanh asin atan asinh atanh sqrt cbrt expm1 log1p erf erfi sinpi sind relu softsign"),
    (0, 1, "cos cosh exp exp2 exp10 sech sec sinc erfc cospi cosd j0 i0"),
    (1, 0, "log log2 log10 acos acosh"),
    (1, 1, "sqrt cbrt rsqrt relu gamma"),
)
KNOWN = {(OPS[name], x): y for x, y, names in VALUES for name in names.split()}
EVEN = ("cos", "cosh", "abs", "sec", "sech", "sinc", "cospi", "cosd", "j0", "i0")
ODD = ("sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "cbrt", "erf", "erfi", "sign", "sinpi", "sind",
       "cot", "csc", "csch", "coth")  # fmt: skip


@RULES.on("a known value", *dict.fromkeys(op.name for op, _ in KNOWN))
def known_value(node: Node) -> Node | None:
    """sin(0) = 0, cos(0) = 1, log(1) = 0, ..."""
    x = node.args[0]
    if not is_number(x) or x.value not in (0, 1) or math.copysign(1.0, x.value) < 0:
        return None
    y = KNOWN.get((node.op, int(x.value)))
    return None if y is None else const(y)


@RULES.on("a function of a number", "abs", "sign", "floor", "ceil", "trunc", "round")
def rounding(node: Node) -> Node | None:
    """floor(2.5) = 2: these are exact."""
    x = node.args[0]
    return const(node.op.scalar_fn(float(x.value))) if is_number(x) else None


@RULES.on("max(x, x) = x", "max", "min")
def same_operands(node: Node) -> Node | None:
    """Also between two numbers, which is exact."""
    a, b = node.args
    if a is b:
        return a
    if is_number(a) and is_number(b):
        return a if node.op.scalar_fn(a.value, b.value) == a.value else b
    return None


@RULES.crafted("hypot(b, a) = hypot(a, b)", "hypot")
def operands_in_order(node: Node, products: Products) -> Node | None:
    """It is symmetric, to the last bit; in order, equal ones are one."""
    args = symmetric(node, products.names)
    return None if args == node.args else apply(node.op, args)


@RULES.on("log(e) = 1", "log")
def log_of_e(node: Node) -> Node | None:
    """log(e) = 1."""
    return const(1) if node.args[0].op is E else None


@RULES.on("log(exp(x)) = x", "log")
def log_of_exp(node: Node) -> Node | None:
    """True for every real x, and free of overflow."""
    return node.args[0].args[0] if node.args[0].op is EXP else None


@RULES.on("exp(log(x)) = x", "exp")
def exp_of_log(node: Node) -> Node | None:
    """True wherever log(x) is defined."""
    return node.args[0].args[0] if node.args[0].op is LOG else None


@RULES.on("e^x = exp(x)", "pow")
def power_of_e(node: Node) -> Node | None:
    """The exponential function is the accurate way to compute it."""
    return apply(EXP, (node.args[1],)) if node.args[0].op is E else None


@RULES.on("x^0 = 1, x^1 = x, 1^x = 1", "pow")
def trivial_power(node: Node) -> Node | None:
    """IEEE agrees, also for nan."""
    a, n = node.args
    if is_number(n) and n.value in (0, 1):
        return a if n.value else const(1)
    return const(1) if is_number(a) and a.value == 1 else None


@RULES.crafted("square(x) = x^2", "square")
def square_as_power(node: Node, products: Products) -> Node | None:
    """Powers of one base can be joined."""
    return products.build(products.gather([(apply(POW, (node.args[0], const(2))), 1)]).product())


@RULES.on("reciprocal(x) = 1/x", "reciprocal")
def reciprocal_as_quotient(node: Node) -> Node | None:
    """Quotients can be joined with what stands around."""
    return apply(DIV, (const(1), node.args[0]))


def fraction(node: Node) -> Ratio | None:
    """The exact value of a number, or of a fraction of two in lowest terms."""
    if is_number(node):
        return ratio(node)
    if node.op is not DIV or not is_number(node.args[0]) or not is_number(node.args[1]):
        return None
    a, b = ratio(node.args[0]), ratio(node.args[1])
    return Ratio(a.num, b.num) if a.den == b.den == 1 and b.num > 0 and math.gcd(a.num, b.num) == 1 else None


@RULES.crafted("(x^n)' = n*x^(n - 1)", "power_slope")
def slope_of_power(node: Node, products: Products) -> Node | None:
    """For an exponent that is a number, if n - 1 is exact."""
    a, n = node.args
    value = fraction(n)
    less = None if value is None else plus(value, MINUS_ONE)
    if value is None or less is None:
        return None
    if value.num == 0:
        return const(0)
    power = apply(POW, (a, products.build(Product(less, {}))))
    return products.build(products.gather([(products.build(Product(value, {})), 1), (power, 1)]).product())


@RULES.on("x*x^(x - 1) = x^x", "power_slope")
def slope_of_own_power(node: Node) -> Node | None:
    """For x^x, whose two partial derivatives then read alike."""
    a, b = node.args
    return apply(POW, (a, b)) if a is b else None


@RULES.crafted("(a^x)' = a^x*log(a)", "power_log")
def log_of_power(node: Node, products: Products) -> Node | None:
    """For a base that is a positive number or a constant; for others the hidden operation knows the limit at 0."""
    a, b = node.args
    named = a.op in OPS.values() and not a.args
    if not named and not (is_number(a) and a.value > 0):
        return None
    n: Any = dict(node.attrs)["n"]
    return products.build(Product(ONE, {apply(POW, (a, b)): 1, apply(LOG, (a,)): n}))


@RULES.crafted("f(-x) = f(x) of an even function, as cos", *EVEN)
def even(node: Node, products: Products) -> Node | None:
    """Even functions do not see a sign."""
    x = unsigned(node.args[0], products)
    return None if x is None else apply(node.op, (x,))


@RULES.crafted("f(-x) = -f(x) of an odd function, as sin", *ODD)
def odd(node: Node, products: Products) -> Node | None:
    """Odd functions hand a sign on."""
    x = unsigned(node.args[0], products)
    return None if x is None else apply(NEG, (apply(node.op, (x,)),))


def unsigned(x: Node, products: Products) -> Node | None:
    """x without its minus, if it has one."""
    if x.op is CONST or not (product := products.of(x)) or product.number.num >= 0:
        return None
    return products.scaled(product, negative(product.number))
