"""A model as a Python function that needs the standard library alone, with test vectors it checks itself by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.graph import CONST, VAR
from symgrad.nn.export.code import CALLS, SHARED, numbers, prepared, statement, vectors
from symgrad.nn.model import Model

IN_PYTHON = {
    **SHARED,
    "div": "div({0}, {1})",
    "reciprocal": "div(1.0, {0})",
    "where": "({1} if {0} else {2})",
    "and": "({0} and {1})",
    "or": "({0} or {1})",
    "not": "(not {0})",
}

PYTHON_HELPERS = '''\
def quiet(function, beyond):
    """The function, with its IEEE value where Python raises."""
    def value(x):
        try:
            return function(x)
        except (ValueError, OverflowError):
            return beyond(x)
    return value


exp, expm1 = (quiet(f, lambda x: math.inf) for f in (math.exp, math.expm1))
log, log2, log10 = (quiet(f, lambda x: -math.inf if x == 0 else math.nan) for f in (math.log, math.log2, math.log10))
sqrt, log1p = quiet(math.sqrt, lambda x: math.nan), quiet(math.log1p, lambda x: -math.inf if x == -1 else math.nan)


def div(a, b):
    if b == 0:
        return math.nan if a == 0 or a != a else math.copysign(math.inf, a)*math.copysign(1.0, b)
    return a/b


def relu(x):
    return x if x > 0 or x != x else 0.0


def larger(a, b):
    return a if a >= b or a != a else b


def smaller(a, b):
    return a if a <= b or a != a else b


def sigmoid(x):
    t = exp(-abs(x))
    return (1.0 if x >= 0 else t)/(1.0 + t)


def softplus(x):
    return max(x, 0.0) + log1p(exp(-abs(x)))
'''


def to_python(model: Model, parameters: Mapping[str, Any], name: str = "model") -> str:
    """A Python function of lists of numbers that needs the standard library alone, and checks itself when run.

    Raises:
        UsageMistake: SG712, an op has no counterpart in plain code.
    """
    root, made, names, nodes = prepared(model, IN_PYTHON)
    arguments = ", ".join(names.of[v] for v in model.inputs)
    functions = sorted(set(CALLS) - {"exp", "expm1", "log", "log2", "log10", "log1p", "sqrt"} | {"fabs"})
    lines = [f'"""{model!r}', "", 'Run as a program it compares itself with its test vectors."""', ""]
    lines += ["import math", f"from math import {', '.join(functions)}", "", "", PYTHON_HELPERS, ""]
    for node in nodes:
        if node.op is CONST or (node.op is VAR and node not in model.inputs):
            values = node.value if node.op is CONST else parameters[node.name]
            lines.append(f"{names.of[node]} = [{numbers(values, 'math.inf', 'math.nan')}]")
    lines += ["", "", f"def {name}({arguments}):"]
    for v in model.inputs:
        lines.append(f'    assert len({names.of[v]}) == {v.type.size}, "{v.type}, flat"')
    for n in nodes:
        if n.op is not CONST and n.op is not VAR:
            lines.append(f"    {names.of[n]} = [0.0]*{n.type.size}")
    for loop in made:
        if loop.gather:
            array = loop.target.array
            lines.append(
                f"    {names.of[array]} = [{numbers(loop.first, 'math.inf', 'math.nan')}]*{array.type.size}"
            )
        lines += [f"{'    ' * (k + 1)}for i{k} in range({size}):" for k, size in enumerate(loop.sizes)]
        lines.append(f"{'    ' * (len(loop.sizes) + 1)}{statement(loop, names, IN_PYTHON)}")
    known = vectors(model, parameters)
    lines += [
        f"    return {names.of[root]}",
        "",
        "",
        f"INPUTS = {[list(map(list, row)) for row in known.inputs]!r}",
    ]
    lines += [f"OUTPUTS = {list(map(list, known.outputs))!r}", "", "", "def check():"]
    lines += ['    """The largest difference from the test vectors."""', "    worst = 0.0"]
    lines += ["    for xs, ys in zip(INPUTS, OUTPUTS):", f"        for a, b in zip({name}(*xs), ys):"]
    lines += ["            worst = max(worst, abs(a - b)/max(1.0, abs(b)))", "    return worst", "", ""]
    lines += ['if __name__ == "__main__":', "    worst = check()"]
    lines += [f'    print(f"largest difference from {len(known.outputs)} test vectors: {{worst:g}}")']
    lines += ["    raise SystemExit(not worst <= 1e-12)", ""]
    return "\n".join(lines)
