"""A model as a C function that needs the standard library alone, with test vectors it checks itself by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.graph import CONST, VAR
from symgrad.nn.export.code import SHARED, numbers, prepared, statement, vectors
from symgrad.nn.model import Model

IN_C = {
    **SHARED,
    "div": "{0}/{1}",
    "reciprocal": "1.0/{0}",
    "where": "({0} ? {1} : {2})",
    "and": "({0} && {1})",
    "or": "({0} || {1})",
    "not": "(!{0})",
}
C_HELPERS = """\
static inline double relu(double x) { return x > 0 || x != x ? x : 0.0; }
static inline double larger(double a, double b) { return a >= b || a != a ? a : b; }
static inline double smaller(double a, double b) { return a <= b || a != a ? a : b; }
static inline double sigmoid(double x) { double t = exp(-fabs(x)); return (x >= 0 ? 1.0 : t)/(1.0 + t); }
static inline double softplus(double x) { return (x > 0 ? x : 0.0) + log1p(exp(-fabs(x))); }
"""


def to_c(model: Model, parameters: Mapping[str, Any], name: str = "model") -> str:
    """A C function `void name(const double *x, double *out)`, and a `main` that checks it (with -DCHECK).

    Raises:
        UsageMistake: SG712, an op has no counterpart in plain code.
    """
    root, made, names, nodes = prepared(model, IN_C)
    lines = [
        f"/* {model!r}",
        f"   cc -O2 -DCHECK {name}.c -lm && ./a.out compares it with its test vectors. */",
    ]
    lines += ["#include <math.h>", "", C_HELPERS]
    for node in nodes:
        if node.op is CONST or (node.op is VAR and node not in model.inputs):
            values = node.value if node.op is CONST else parameters[node.name]
            lines.append(
                f"static const double {names.of[node]}[{node.type.size}] = {{{numbers(values, 'INFINITY', 'NAN')}}};"
            )
    arguments = ", ".join(f"const double *{names.of[v]}" for v in model.inputs)
    lines += ["", f"void {name}({arguments}, double *out)", "{"]
    lines += [
        f"    double {names.of[n]}[{n.type.size}];" for n in nodes if n.op is not CONST and n.op is not VAR
    ]
    for loop in made:
        heads = [(f"for (int i{k} = 0; i{k} < {n}; i{k}++) ", n) for k, n in enumerate(loop.sizes)]
        if loop.gather:
            size = loop.target.array.type.size
            first = numbers(loop.first, "INFINITY", "NAN")
            lines.append(f"    for (int i = 0; i < {size}; i++) {names.of[loop.target.array]}[i] = {first};")
        lines.append(f"    {''.join(h for h, n in heads)}{statement(loop, names, IN_C)};")
    lines += [f"    for (int i = 0; i < {root.type.size}; i++) out[i] = {names.of[root]}[i];", "}", ""]
    return "\n".join([*lines, *_c_check(model, parameters, name, root.type.size)]) + "\n"


def _c_check(model: Model, parameters: Mapping[str, Any], name: str, size: int) -> list[str]:
    """A main function that compares with the test vectors."""
    known = vectors(model, parameters)
    count = len(known.outputs)
    lines = ["#ifdef CHECK", "#include <stdio.h>", "int main(void)", "{"]
    for k, v in enumerate(model.inputs):
        rows = ", ".join("{" + numbers(row[k], "INFINITY", "NAN") + "}" for row in known.inputs)
        lines.append(f"    static const double in{k}[{count}][{v.type.size}] = {{{rows}}};")
    rows = ", ".join("{" + numbers(row, "INFINITY", "NAN") + "}" for row in known.outputs)
    lines.append(f"    static const double expected[{count}][{size}] = {{{rows}}};")
    given = ", ".join(f"in{k}[n]" for k in range(len(model.inputs)))
    return [
        *lines,
        "    double worst = 0;",
        f"    for (int n = 0; n < {count}; n++) {{",
        f"        double y[{size}];",
        f"        {name}({given}, y);",
        f"        for (int i = 0; i < {size}; i++)",
        "            worst = fmax(worst, fabs(y[i] - expected[n][i])/fmax(1, fabs(expected[n][i])));",
        "    }",
        f'    printf("largest difference from {count} test vectors: %g\\n", worst);',
        "    return !(worst <= 1e-12);",
        "}",
        "#endif",
    ]
