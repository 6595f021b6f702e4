"""Forward mode: truncated Taylor series pushed through a graph, with coefficients of any arithmetic.

Coefficients are floats, arrays (many points), nodes, or enclosures. Only + - * / know about series. Every other op
follows from its derivative rules: y(t) = y(0) + the integral of sum_i rule_i(1, y, xs)(t) * x_i'(t), where the rules
run on series one order lower; so the depth of the recursion is the order, and a result is as right as the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops import arithmetic
from symgrad.ops.arithmetic import constant_of, div
from symgrad.ops.carrier import Arithmetic
from symgrad.ops.logic import where
from symgrad.ops.op import Guarded, Op
from symgrad.ops.types import comparison, selection

Series = Sequence[Any]


class Jet(Arithmetic):
    """c[0] + c[1]*t + c[2]*t^2 + ... for small t > 0, up to a known order; or a constant, which has every order.

    Comparisons are decided by the first coefficient that differs, as for a small positive t.
    """

    __slots__ = ("c", "fixed", "memo", "shorter", "whole")
    shape = ()

    def __init__(self, coefficients: Series, *, fixed: bool = False, whole: Jet | None = None) -> None:
        self.c = tuple(coefficients)
        self.fixed = fixed
        self.whole = whole
        """What this is a shorter copy of: a comparison looks at all that is known."""
        self.shorter: Jet | None = None
        self.memo: dict[Any, tuple[Any, Jet]] = {}

    def __repr__(self) -> str:
        return f"Jet({', '.join(map(repr, self.c))})"

    @property
    def order(self) -> int:
        """The highest known power of t."""
        return len(self.c) - 1

    def cut(self) -> Jet:
        """The same series, one order shorter."""
        if self.shorter is None:
            self.shorter = Jet(self.c[:-1], whole=self if self.whole is None else self.whole)
        return self.shorter

    def known(self) -> Series:
        """All coefficients that are known."""
        return self.c if self.whole is None else self.whole.c

    def constant(self, entry: Op) -> Jet:
        """A nullary op in the arithmetic of the coefficients."""
        return Jet((constant_of(entry, self.c[0]),), fixed=True)

    @staticmethod
    def lift(value: float) -> Jet:
        """A number as a jet."""
        return Jet((float(value),), fixed=True)

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """An op on jets and numbers: a jet, or for a comparison its truth."""
        args = tuple(a.c[0] if type(a) is Jet and a.fixed else a for a in args)
        jets = [a for a in args if type(a) is Jet]
        if not jets:
            return _constant(op(*args, **attrs))
        if op.result is comparison:
            return _compared(op, *(a.known() if type(a) is Jet else (a,) for a in args))
        if op.result is selection:
            return _selected(op, *args)
        native = NATIVE.get(op)
        if native is not None:
            order = min(j.order for j in jets)
            return Jet(native(*(a.c[: order + 1] if type(a) is Jet else (a,) for a in args)))
        key = (op, tuple(attrs.items()), tuple(id(a) if type(a) is Jet else (type(a), repr(a)) for a in args))
        found = jets[0].memo.get(key)
        if found is None:
            found = jets[0].memo[key] = (args, _through_rules(op, args, attrs, min(j.order for j in jets)))
        return found[1]


def _constant(value: Any) -> Any:
    return value if type(value) is bool or type(value) is Jet else Jet((value,), fixed=True)


def variable(value: Any, order: int, direction: Any = 1.0) -> Jet:
    """The series value + direction*t of an order."""
    return Jet((value, direction, *[0.0] * (order - 1))[: order + 1])


def _through_rules(op: Op, args: Sequence[Any], attrs: Mapping[str, Any], order: int) -> Jet:
    """An op from its value and its derivative rules."""
    heads = [a.c[0] if type(a) is Jet else a for a in args]
    if op.jump and all(isinstance(x, float | int) for x in heads) and _at_kink(op, heads):
        if op.expand is not None:
            body = op.expand(*args, **attrs)
            return body if type(body) is Jet and not body.fixed else Jet((_head(body), *[0.0] * order))
        heads = [_nudged(a) for a in args]
    y0 = op(*heads, **attrs)
    if isinstance(y0, float) and y0 != y0:
        return Jet((y0,) * (order + 1))
    if order == 0 or all(op.rule(i) is None for i in range(len(args))):
        return Jet((y0, *[0.0] * order))
    lower = [a.cut() if type(a) is Jet and a.order == order else a for a in args]
    y = Jet.apply(op, lower, attrs)
    slopes: Series = (0.0,) * order
    for i, a in enumerate(args):
        rule = op.rule(i) if type(a) is Jet else None
        if rule is None:
            continue
        out = rule(Jet.lift(1.0), y, *lower, **attrs)
        if type(out) is Guarded:
            out = out.value if out.guard is True else where(out.guard, out.value, 0.0)
        if type(out) is Jet and out.fixed:
            out = out.c[0]
        rate = [k * c for k, c in enumerate(a.c[: order + 1])][1:]
        slopes = _sum(slopes, _product(out.c[:order] if type(out) is Jet else (out,), rate))
    return Jet((y0, *(s if _is_zero(s) else div(s, float(k)) for k, s in enumerate(slopes, 1))))


def _head(x: Any) -> Any:
    return x.c[0] if type(x) is Jet else x


def _at_kink(op: Op, xs: Sequence[Any]) -> bool:
    return bool(op.kinks(*xs)) if callable(op.kinks) else xs[0] in op.kinks


def _nudged(a: Any) -> Any:
    """The number just beside a kink, on the side where the series goes."""
    import math

    if type(a) is not Jet:
        return a
    later = next((c for c in a.known()[1:] if c != 0), 0.0)
    return math.nextafter(a.c[0], math.copysign(math.inf, later)) if later else a.c[0]


def _is_zero(c: Any) -> bool:
    """Whether a coefficient is absent: zero times infinity is zero then."""
    return (type(c) is float or type(c) is int) and c == 0


def _sum(a: Series, b: Series) -> Series:
    """a + b; a constant has one coefficient."""
    n = max(len(a), len(b))
    padded = [(*s, *[0.0] * (n - len(s))) for s in (a, b)]
    return [y if _is_zero(x) else x if _is_zero(y) else x + y for x, y in zip(*padded, strict=True)]


def _negative(a: Series) -> Series:
    return [-a[0], *(x if _is_zero(x) else -x for x in a[1:])]


def _difference(a: Series, b: Series) -> Series:
    return [a[0] - b[0], *_sum(a[1:], _negative(b)[1:])]


def _product(a: Series, b: Series) -> Series:
    """The Cauchy product; a constant has one coefficient."""
    n = max(len(a), len(b))
    out: list[Any] = [0.0] * n
    out[0] = a[0] * b[0]
    for i, x in enumerate(a):
        for j, y in enumerate(b[: n - i]):
            if i + j and not _is_zero(x) and not _is_zero(y):
                out[i + j] = x * y if _is_zero(out[i + j]) else out[i + j] + x * y
    return out


def _quotient(a: Series, b: Series) -> Series:
    """The series of a/b; a factor t common to both cancels, and what is known is shorter then."""
    n = max(len(a), len(b))
    a, b = [*a, *[0.0] * (n - len(a))], [*b, *[0.0] * (n - len(b))]
    while len(a) > 1 and _is_zero(a[0]) and _is_zero(b[0]):
        a, b = a[1:], b[1:]
    out: list[Any] = []
    for k, x in enumerate(a):
        known = x
        for j, q in enumerate(out):
            if not _is_zero(q) and not _is_zero(b[k - j]):
                known = known - q * b[k - j]
        out.append(0.0 if k and _is_zero(known) else div(known, b[0]))
    return out


NATIVE: dict[Op, Callable[..., Series]] = {
    arithmetic.add: lambda a, b: [a[0] + b[0], *_sum(a[1:], b[1:])],
    arithmetic.sub: _difference,
    arithmetic.mul: _product,
    arithmetic.div: _quotient,
    arithmetic.neg: _negative,
}


def _compared(op: Op, a: Series, b: Series) -> Any:
    """The truth of a comparison just after t = 0."""
    n = max(len(a), len(b))
    pairs = list(zip((*a, *[0.0] * (n - len(a))), (*b, *[0.0] * (n - len(b))), strict=True))
    if all(isinstance(x, float | int) for pair in pairs for x in pair):
        return op(*next((pair for pair in pairs if pair[0] != pair[1]), (0.0, 0.0)))
    if any(hasattr(type(x), "apply") for pair in pairs for x in pair):
        return op(*pairs[0])
    truth = op(*pairs[-1])
    for x, y in reversed(pairs[:-1]):
        truth = where(x != y, op(x, y), truth)
    return truth


def _selected(op: Op, condition: Any, a: Any, b: Any) -> Any:
    """The branch that a condition takes; over many points, coefficient by coefficient."""
    if type(condition) is bool:
        chosen = a if condition else b
        return chosen if type(chosen) is Jet else _constant(chosen)
    n = min(j.order for j in (a, b) if type(j) is Jet) + 1
    rows = [(j.c if type(j) is Jet else (j, *[0.0] * n))[:n] for j in (a, b)]
    return Jet([op(condition, x, y) for x, y in zip(*rows, strict=True)])


def push(program: Program, inputs: Mapping[Node, Any]) -> Any:
    """The program's first output, given for each variable a jet, a number, or an object array of them."""
    values: list[Any] = []
    for node, slots in zip(program.nodes, program.args, strict=True):
        if node.op is CONST:
            values.append(float(node.value) if type(node.value) is int else node.value)
        elif node.op is VAR:
            values.append(inputs[node])
        else:
            args = [values[i] for i in slots]
            plain = node.op.pointwise and not node.type.shape
            values.append((node.op if plain else _on_arrays(node.op))(*args, **dict(node.attrs)))
    y = values[program.outputs[0]]
    return Jet((y,), fixed=True) if isinstance(y, float) else y


def _on_arrays(op: Op) -> Callable[..., Any]:
    """An op on arrays of jets: element by element, as the mathematics of the op says it."""

    def values(*args: Any, **attrs: Any) -> Any:
        import numpy as np

        def boxed(x: Any) -> Any:
            if isinstance(x, np.ndarray):
                return x.astype(object)
            box = np.empty((), dtype=object)
            box[()] = x
            return box

        out = op.compute([boxed(a) for a in args], attrs)
        return out.item() if isinstance(out, np.ndarray) and out.shape == () else out

    return values


def jvp(program: Program, point: Mapping[Node, Any], direction: Mapping[Node, Any]) -> tuple[Any, Any]:
    """Value and derivative along a direction, forward; both may be arrays (many points)."""
    inputs = {v: variable(x, 1, direction[v]) if v in direction else x for v, x in point.items()}
    y = push(program, inputs)
    return y.c[0], y.c[1] if len(y.c) > 1 else 0.0


def taylor(program: Program, point: Mapping[Node, Any], along: Node, order: int) -> list[Any]:
    """The Taylor coefficients of the output in one variable at a point."""
    inputs = {v: variable(x, order) if v is along else x for v, x in point.items()}
    y = push(program, inputs)
    return [*y.c, *[0.0] * (order + 1 - len(y.c))] if y.fixed else list(y.c)
