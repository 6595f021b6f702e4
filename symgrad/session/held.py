"""Expressions of data and of many parameters: data are held fixed, and thousands of derivatives looked at."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from symgrad.expression import Expression
from symgrad.graph import Node, Program, const, substitute, variables

MOST_NUMBERS = 24
"""Partial derivatives: more are summed up, a line for each variable."""
MOST_OPERATIONS = 400
"""On single numbers: of larger expressions the certified check would take too long."""
STEPS = (1e-4, 1e-5, 1e-6)


def without(expression: Expression, values: Mapping[str, Any], names: Collection[str]) -> Expression:
    """An expression with the values of some variables written in, so that nobody differentiates by them."""
    known = {v: const(values[v.name]) for v in variables(expression.node) if v.name in names}
    if not known:
        return expression
    old = list(expression.origins)
    root, *new = substitute([expression.node, *old], known)
    origins = dict(zip(new, expression.origins.values(), strict=True))
    return Expression(root, expression.source, origins, expression.uses)


def numbers_in(values: Mapping[str, Any]) -> int:
    """How many numbers there are."""
    return sum(math.prod(getattr(value, "shape", ())) for value in values.values())


def operations(root: Node) -> int:
    """About how many operations on single numbers an expression takes."""
    total = 0
    for node in Program([root]).nodes:
        size = math.prod(node.type.shape)
        if node.op.name == "matmul":
            size *= 2 * node.args[0].type.shape[-1]
        elif node.args:
            size = max(size, *(math.prod(a.type.shape) for a in node.args))
        total += size if node.args else 0
    return total


def looked_at(expression: Expression, point: Mapping[str, Any], grad: Mapping[str, Any]) -> str:
    """What a difference quotient along a random direction says about a gradient."""
    import numpy as np

    random = np.random.default_rng(0)
    along = {name: random.normal(size=getattr(g, "shape", ())) for name, g in grad.items()}
    terms = [np.sum(along[name] * g) for name, g in grad.items()]
    slope, scale = float(sum(terms)), float(sum(map(abs, terms)))
    best = math.inf
    for step in STEPS:
        ends = [
            float(
                expression(dict(point) | {name: point[name] + side * step * v for name, v in along.items()})
            )
            for side in (1, -1)
        ]
        best = min(best, abs((ends[0] - ends[1]) / (2 * step) - slope))
    count = numbers_in(grad)
    why = f"{count:,} partial{'s' * (count != 1)} of {operations(expression.node):,} operations"
    if not best <= 1e-3 * scale:
        return f"not checked ({why}): a difference quotient along a random direction does not agree"
    digits = min(15, math.floor(-math.log10(best / scale))) if best else 15
    return f"not certified ({why}): a difference quotient along a random direction agrees to {digits} digits"


def largest(grad: Mapping[str, Any]) -> tuple[str, float]:
    """The partial derivative that is greatest in size, by its variable's name."""
    import numpy as np

    from symgrad.graph.scalarise import element_name

    best, place = -1.0, ("", 0.0)
    for name, g in grad.items():
        array = np.asarray(g)
        if array.size and float(np.max(np.abs(array))) > best:
            i = np.unravel_index(int(np.argmax(np.abs(array))), array.shape)
            best = float(abs(array[i]))
            place = (element_name(name, tuple(map(int, i))) if array.shape else name, float(array[i]))
    return place
