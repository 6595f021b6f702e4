"""From SymPy to graphs: what SymPy answers, in ops of the table; what has no closed form is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

from symgrad.errors import LimitReached
from symgrad.graph import Node, apply, const, var
from symgrad.ops import OPS, Op
from symgrad.symbolic.exact import READABLE, exact, quotient
from symgrad.symbolic.sympy_bridge import Expr, no_form

NODES = 100_000
"""Distinct parts of one answer: beyond this it serves nobody."""
Build = Callable[..., Node]

_add, _sub, _mul, _div, _pow, _neg = (OPS[name] for name in ("add", "sub", "mul", "div", "pow", "neg"))
_sqrt, _gamma, _where, _heaviside = (OPS[name] for name in ("sqrt", "gamma", "where", "heaviside"))
_eq, _and, _or, _not = (OPS[name] for name in ("eq", "and", "or", "not"))
ZERO, ONE, HALF, TRUE = const(0), const(1), _div(const(1), const(2)), const(value=True)


def _sum(*terms: Node) -> Node:
    """Terms, negative ones subtracted: x - y rather than -y + x."""

    def joined(total: Node, term: Node) -> Node:
        made: Node = _sub(total, term.args[0]) if term.op is _neg else _add(total, term)
        return made

    return reduce(joined, sorted(terms, key=lambda term: term.op is _neg))


def _product(expr: Expr, *factors: Node) -> Node:
    """Factors, with negative powers below one fraction bar, and the sign in front."""
    above: list[Node] = []
    below: list[Node] = []
    first = expr.args[0]
    if first.is_Rational:
        factors = factors[1:]
        size = abs(first)
        readable = size.q <= READABLE
        if size.p != 1 or not readable:
            above.append(exact(int(size.p), 1 if readable else int(size.q)))
        if size.q != 1 and readable:
            below.append(const(int(size.q)))
    for factor in factors:
        if factor.op is _div and factor.args[0] is ONE:
            below.append(factor.args[1])
        else:
            above.append(factor)
    made: Node = reduce(_mul, above) if above else ONE
    if below:
        made = _div(made, reduce(_mul, below))
    return _neg(made) if first.is_Rational and first < 0 else made


def _power(expr: Expr, base: Node, exponent: Node) -> Node:
    """Powers: roots by name, negative exponents below a fraction bar."""
    n = expr.args[1]
    if not n.is_Rational:
        made: Node = _pow(base, exponent)
        return made
    size = abs(n)
    if size == 1:
        made = base
    elif (size.p, size.q) == (1, 2):
        made = _sqrt(base)
    else:
        made = _pow(base, exact(int(size.p), int(size.q)))
    return quotient(ONE, made) if n < 0 else made


def _choice(*parts: Node) -> Node:
    """Piecewise, as nested choices; where no condition holds there is no value."""
    made = const(math.nan)
    for value, condition in reversed(list(zip(parts[::2], parts[1::2], strict=True))):
        made = value if condition is TRUE else _where(condition, value, made)
    return made


def _step(x: Node, at_zero: Node = HALF) -> Node:
    """Heaviside, which may be given its value at 0."""
    made: Node = _heaviside(x)
    return made if at_zero is HALF else _where(_eq(x, ZERO), at_zero, made)


def _impulse(x: Node, *order: Node) -> Node:  # noqa: ARG001  # the same of every order
    """DiracDelta and its derivatives of any order as functions: 0 but at the jump, where they have no value."""
    made: Node = _where(_eq(x, ZERO), const(math.nan), ZERO)
    return made


def _polygamma(order: Node, x: Node) -> Node:
    """Polygamma, of order 0 by its own name."""
    made: Node = OPS["digamma"](x) if order is ZERO else OPS["polygamma"](order, x)
    return made


def _folded(name: str) -> Build:
    """An op of two arguments, over as many as there are."""
    return lambda *args: reduce(OPS[name], args)


def _compared(name: str) -> Build:
    """A comparison, of as many as there are in a row."""
    return lambda *args: reduce(_and, [OPS[name](a, b) for a, b in pairwise(args)])


BUILD: dict[str, Op | Build] = {
    **{entry.sympy: entry for entry in OPS.values() if isinstance(entry.sympy, str) and entry.sympy},
    "Add": _sum, "Piecewise": _choice, "ITE": _where, "Heaviside": _step, "DiracDelta": _impulse,
    "Max": _folded("max"), "Min": _folded("min"), "Mod": OPS["mod"],
    "And": _folded("and"), "Or": _folded("or"), "Not": _not,
    "Xor": lambda *args: reduce(lambda a, b: _or(_and(a, _not(b)), _and(_not(a), b)), args),
    "StrictLessThan": _compared("lt"), "LessThan": _compared("le"), "StrictGreaterThan": _compared("gt"),
    "GreaterThan": _compared("ge"), "Equality": _compared("eq"), "Unequality": _compared("ne"),
    "polygamma": _polygamma, "loggamma": OPS["lgamma"], "factorial": lambda x: _gamma(x + 1),
    "lowergamma": lambda a, x: _gamma(a) - OPS["igamma"](a, x),
    "erf2": lambda a, b: OPS["erf"](b) - OPS["erf"](a),
    "Pi": OPS["pi"], "Exp1": OPS["e"], "EulerGamma": lambda: -OPS["digamma"](ONE),
    "GoldenRatio": lambda: (1 + _sqrt(const(5))) / 2,
}  # fmt: skip
"""SymPy's class -> what makes it of nodes: what the table names, and what differs."""

OF_EXPRESSION: dict[str, Build] = {"Mul": _product, "Pow": _power}
"""The same for what depends on SymPy's numbers: called with the expression, then the nodes."""

REFUSED = {
    **dict.fromkeys(
        ("Derivative", "Subs", "Integral", "Sum", "Product", "Limit"), "SymPy has no closed form"
    ),
    **dict.fromkeys(
        ("Infinity", "NegativeInfinity", "ComplexInfinity", "NaN"), "SymPy's answer is not finite"
    ),
    **dict.fromkeys(("ImaginaryUnit", "re", "im", "arg", "conjugate"), "SymPy's answer is complex"),
    **dict.fromkeys(("hyper", "meijerg"), "SymPy answers with a hypergeometric function"),
}
"""SymPy's class -> why it is not read."""


class Reader:
    """Reads SymPy expressions; `symbols` says what the symbols stand for, or None: variables of their names."""

    def __init__(self, symbols: Mapping[Expr, Node] | None = None) -> None:
        import sympy

        self.sp: Any = sympy
        self.symbols = symbols
        self._made: dict[Expr, Node] = {}

    def read(self, root: Expr) -> Node:
        """The graph of an expression.

        Raises:
            UsageMistake: SG601, the expression has parts without a counterpart.
            LimitReached: SG420, it is too large.
        """
        if not isinstance(root, self.sp.Basic):
            raise no_form(f"a {type(root).__name__} is no SymPy expression")
        made = self._made
        stack = [root]
        while stack:
            expr = stack[-1]
            if expr in made:
                stack.pop()
                continue
            parts = self._parts(expr)
            pending = [part for part in parts if part not in made]
            if pending:
                stack += reversed(pending)
                continue
            stack.pop()
            made[expr] = self._node(expr, [made[part] for part in parts])
            if len(made) > NODES:
                raise LimitReached("SG420", f"SymPy's answer has more than {NODES} parts")
        return made[root]

    def _parts(self, expr: Expr) -> list[Expr]:
        name = type(expr).__name__
        if name in REFUSED:
            raise no_form(f"{REFUSED[name]} ({name})")
        if isinstance(expr, self.sp.Piecewise):
            return [part for pair in expr.args for part in pair.args]
        return list(expr.args)

    def _node(self, expr: Expr, args: Sequence[Node]) -> Node:
        sp = self.sp
        if isinstance(expr, sp.Symbol):
            return self._symbol(expr)
        if isinstance(expr, sp.Rational):
            return exact(int(expr.p), int(expr.q))
        if isinstance(expr, sp.Float):
            return const(float(expr))
        if expr in (sp.true, sp.false):
            return const(expr == sp.true)
        name = type(expr).__name__
        special = OF_EXPRESSION.get(name)
        if special is not None:
            return special(expr, *args)
        build = BUILD.get(name)
        if build is None:
            raise no_form(f"SymPy answers with {name}, which has no counterpart here")
        if not isinstance(build, Op):
            return build(*args)
        if build.arity != len(args):
            raise no_form(f"SymPy answers with {name} of {len(args)} arguments")
        return apply(build, tuple(args))

    def _symbol(self, symbol: Expr) -> Node:
        if self.symbols is None:
            return var(str(symbol.name))
        found = self.symbols.get(symbol)
        if found is None:
            raise no_form("SymPy's answer has a variable of its own")
        return found


def from_sympy(expr: Expr) -> Node:
    """The graph of a SymPy expression; its symbols become variables of their names.

    Raises:
        UsageMistake: SG601, the expression has parts without a counterpart.
        LimitReached: SG420, it is too large.
    """
    return Reader().read(expr)
