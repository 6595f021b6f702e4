"""A sweep as JavaScript: one straight line of assignments, made from the table's templates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from symgrad.errors import UsageMistake
from symgrad.graph import CONST, VAR, Node, Program, expand
from symgrad.ops import Op
from symgrad.page.sweep import Sweep
from symgrad.page.table import REFUSED, TEMPLATES


def function(sweep: Sweep) -> str:
    """A function from the values of the variables to the numbers of every node.

    It takes an array, in the order of the variables in `sweep.nodes`, and returns {data, grad, slope}: for each node
    its value, the derivative of the output by it, and its derivative by each operand (null where nothing flows).

    Raises:
        UsageMistake: SG602, JavaScript lacks a function of the graph or of its derivatives.
    """
    flat = [slope for row in sweep.slopes for slope in row if slope is not None]
    roots = [sweep.root, *sweep.nodes, *sweep.grads, *flat]
    program = Program(expand(roots, lacks))
    lines, spelled = _assignments(program, [node for node in sweep.nodes if node.op is VAR])
    made = [spelled[slot] for slot in program.outputs]
    count = len(sweep.nodes)
    output, data, grad = made[0], made[1 : count + 1], made[count + 1 : 2 * count + 1]
    rest = iter(made[2 * count + 1 :])
    rows = [_list(["null" if s is None else next(rest) for s in row]) for row in sweep.slopes]
    return "\n".join(
        [
            "function sweep(v) {",
            *(f"  {line}" for line in lines),
            f"  const data = {_list(data)};",
            f"  const grad = {_list(grad)};",
            f"  const slope = {_list(rows)};",
            f"  if (Number.isNaN({output})) grad.fill(NaN);",  # as everywhere: nan has no derivative
            "  return { data, grad, slope };",
            "}",
        ]
    )


def lacks(op: Op) -> bool:
    """Whether JavaScript computes an op by its body."""
    return op.name not in TEMPLATES


def _assignments(program: Program, variables: Sequence[Node]) -> tuple[list[str], list[str]]:
    """A line for each instruction, and how each slot is called from there on."""
    place = {node: i for i, node in enumerate(variables)}
    lines: list[str] = []
    spelled: list[str] = []
    for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
        if node.op is CONST:
            spelled.append(literal(node.value))
            continue
        value = f"v[{place[node]}]" if node.op is VAR else _call(node, [spelled[a] for a in args])
        lines.append(f"const t{slot} = {value};")
        spelled.append(f"t{slot}")
    return lines, spelled


def _call(node: Node, operands: list[str]) -> str:
    template = TEMPLATES.get(node.op.name)
    if template is None:
        reason = REFUSED.get(node.op.name, "there is no JavaScript for it")
        raise UsageMistake(
            "SG602",
            f"a page cannot have `{node.op.name}`: {reason}",
            hint="`symgrad draw` shows the graph with its numbers at one point",
        )
    return template.format(*operands, **dict(node.attrs))


def literal(value: Any) -> str:
    """A number or condition in JavaScript; a negative one in brackets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    number = float(value)
    if not math.isfinite(number):
        return "NaN" if number != number else "Infinity" if number > 0 else "(-Infinity)"
    spelled = repr(number).removesuffix(".0")
    return f"({spelled})" if spelled.startswith("-") else spelled


def _list(parts: list[str]) -> str:
    return f"[{', '.join(parts)}]"
