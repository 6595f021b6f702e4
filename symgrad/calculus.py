"""Derivatives as a reader wants them: taken by the sweep, then simplified."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from symgrad.engine import gradient as raw
from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import Node, const, postorder, substitute
from symgrad.ops import OPS
from symgrad.symbolic.conditions import lost
from symgrad.symbolic.occurrences import expose
from symgrad.symbolic.simplify import simplify
from symgrad.syntax.scope import Form, Result

MOST_ORDERS = 100
"""Higher derivatives than this are taken for a slip: the graphs double with every order."""


def diff(root: Node, by: Node, order: int = 1) -> Node:
    """The `order`-th derivative of a scalar by a variable or any subexpression (all its equal occurrences).

    Products and sums are regrouped where that makes the subexpression visible: x*y occurs in sin(x*y)*x*y.

    Raises:
        UsageMistake: SG502, the order is negative or absurdly high.
        TypeMistake: SG214, `root` is no real scalar; SG219, there is no such subexpression in it.
    """
    if not 0 <= order <= MOST_ORDERS:
        raise UsageMistake(
            "SG502", f"the order of a derivative lies between 0 and {MOST_ORDERS}, found {order}"
        )
    if by.op is OPS["stack"]:  # by a vector of variables: a vector of derivatives
        return Node.apply(by.op, [diff(root, part, order) for part in by.args], {})
    for done in range(order):
        exposed = expose(root, by)
        if by.args and not done and by not in postorder([exposed]):
            hint = "write the expression in terms of it: diff((x^2)^2, x^2) is 2*x^2"
            raise TypeMistake("SG219", "what is differentiated has no such part", hint=hint)
        root = simplify([raw.gradient(exposed, [by])[0]])[0]
    return root


def assumed(root: Node, by: Node | None = None, order: int = 1) -> list[str]:
    """What must hold for what `diff` (without `by`: `simplify`) gives to be right, and is not to be seen in it."""
    found: dict[str, None] = {}
    for _ in range(order):
        before = [root if by is None else raw.gradient(expose(root, by), [by])[0]]
        after = simplify(before)
        found |= dict.fromkeys(lost(before, after))
        root = after[0]
    return list(found)


def grad(root: Node, wrt: Sequence[Node]) -> list[Node]:
    """The partial derivatives of a scalar, simplified together so that they share subexpressions."""
    return simplify(raw.gradient(root, wrt))


def jacobian(root: Node, wrt: Sequence[Node]) -> list[list[Node]]:
    """For each element of `root` (row-major) its partial derivatives."""
    rows = raw.jacobian(root, wrt)
    flat = simplify([entry for row in rows for entry in row])
    return [flat[i * len(wrt) : (i + 1) * len(wrt)] for i in range(len(rows))]


def hessian(root: Node, wrt: Sequence[Node]) -> list[list[Node]]:
    """The second partial derivatives of a scalar by scalar variables, in the order of `wrt`.

    Raises:
        TypeMistake: SG215, a variable is an array.
    """
    for v in wrt:
        if v.type.shape:
            raise TypeMistake(
                "SG215",
                f"the Hessian is taken by numbers, and {v.name} is {v.type}",
                hint="take hvp(...), the product with a direction, instead",
            )
    first = grad(root, wrt)
    flat = simplify([entry for row in first for entry in raw.gradient(row, wrt)])
    return [flat[i * len(wrt) : (i + 1) * len(wrt)] for i in range(len(wrt))]


def jvp(root: Node, wrt: Sequence[Node], direction: Sequence[Node]) -> Node:
    """The derivative of `root` along a direction."""
    return simplify([raw.jvp(root, wrt, direction)])[0]


def hvp(root: Node, wrt: Sequence[Node], direction: Sequence[Node]) -> list[Node]:
    """The Hessian of a scalar times a direction."""
    return simplify(raw.hvp(root, wrt, direction))


def taylor(root: Node, by: Node, around: Node, order: int = 3) -> Node:
    """The Taylor polynomial of a scalar in one variable: the sum of f^(k)(a)/k! * (x - a)^k for k up to `order`.

    Raises:
        UsageMistake: SG502, the order is negative or absurdly high.
    """
    if not 0 <= order <= MOST_ORDERS:
        raise UsageMistake(
            "SG502", f"the order of a Taylor polynomial lies between 0 and {MOST_ORDERS}, found {order}"
        )
    total, derivative, step = None, root, by - around
    for k in range(order + 1):
        if k:
            derivative = diff(derivative, by)
        value = substitute([derivative], {by: around})[0]
        term: Node = (
            value if k == 0 else value / const(math.factorial(k)) * (step if k == 1 else step ** const(k))
        )
        total = term if total is None else total + term
    assert total is not None
    return simplify([total])[0]


# The parts of the language that work on whole expressions; `syntax` is handed them, as it knows no derivatives.


def _grad(root: Node, by: Node | None = None) -> Result:
    """`grad(f)` is a record of expressions, `grad(f, x)` one of them, `grad(f, [x, y])` a vector of them."""
    if by is not None:
        return diff(root, by)
    wrt = raw.real_variables(root)
    return {v.name: g for v, g in zip(wrt, grad(root, wrt), strict=True)}


def _hessian(root: Node) -> Result:
    return tuple(map(tuple, hessian(root, raw.real_variables(root))))


def _jacobian(root: Node, by: Node) -> Result:
    wrt = by.args if by.op is OPS["stack"] else [by]
    return tuple(map(tuple, jacobian(root, wrt)))


FORMS: Mapping[str, Form] = {
    "diff": diff,
    "grad": _grad,
    "hessian": _hessian,
    "jacobian": _jacobian,
    "taylor": taylor,
}
