"""Why float64 lost digits: the operation to blame, and what happened there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from symgrad.check.verdict import Partial
from symgrad.check.words import brief
from symgrad.engine.backprop import evaluate
from symgrad.engine.evaluate import run
from symgrad.engine.flags import Flag
from symgrad.engine.pullback import pullback
from symgrad.engine.rounding import Attribution, attribute, attribute_partials
from symgrad.graph import Node, Program
from symgrad.ops.types import elementwise
from symgrad.symbolic.text import text

MOST_NODES = 2_000
"""In larger graphs no operation is blamed: attribution runs on every node at high precision."""
MAGNIFIED = 1e3
"""An operation is named when it makes relative errors of an operand so many times larger."""
MOST_TEXT = 40


def of_value(found: Partial, root: Node, bound: Mapping[Node, float]) -> Partial:
    """The same verdict with the operation to blame, where float64 lost digits of the value."""
    if found.status != "rounding" or len(Program([root]).nodes) > MOST_NODES:
        return found
    return _blamed(found, attribute(root, bound), [root], bound)


def of_partial(found: Partial, root: Node, along: Node, rule: Node, bound: Mapping[Node, float]) -> Partial:
    """The same verdict with the operation to blame, where float64 lost digits of a partial derivative."""
    if len(Program([root, rule]).nodes) > MOST_NODES:
        return found
    return _blamed(found, attribute_partials(root, bound, [along])[0], [root, rule], bound)


def _blamed(
    found: Partial, blame: Attribution, graphs: Sequence[Node], bound: Mapping[Node, float]
) -> Partial:
    """Name the operation whose error arrives, and the one that magnified it, if there is one."""
    if not blame.causes:
        return found
    source, size = blame.causes[0]
    if math.isinf(size):
        faded = _faded(graphs, bound)
        if faded is not None:  # x^2/x^2 is 0/0 where squares are too small
            return replace(found, cause=faded, mechanism=f"{_shown(faded)} underflows here")
        return replace(found, cause=source, mechanism=f"{_shown(source)} overflows here")
    if found.number == 0 == found.certified_float:
        return replace(found, cause=source, mechanism=f"{_shown(source)} underflows here")
    whole = "all" if size >= 0.95 * blame.bound else "most" if size >= 0.5 * blame.bound else "a part"
    origin = f"{whole} of the error comes from {_shown(source)}"
    for graph in graphs:
        magnifier = _magnifier(graph, source, bound)
        if magnifier is not None:
            node, how = magnifier
            return replace(found, cause=node, mechanism=f"{how}: {origin}")
    return replace(found, cause=source, mechanism=origin)


def _faded(graphs: Sequence[Node], bound: Mapping[Node, float]) -> Node | None:
    """The first operation that becomes 0 because its value is too small, where none is too large."""
    found: list[Flag] = []
    for graph in graphs:
        program = Program([graph])
        found += evaluate(program, {v.name: bound[v] for v in program.variables}, []).flags
    if any(flag.kind == "overflow" for flag in found):
        return None
    return next((flag.node for flag in found if flag.kind == "underflow"), None)


def _magnifier(root: Node, source: Node, bound: Mapping[Node, float]) -> tuple[Node, str] | None:
    """The operation between a node and the root that magnifies relative errors most, and how, in words."""
    program = Program([root])
    if source not in program.slot:
        return None
    values = run(program, bound)
    above = {program.slot[source]}
    best, most = None, MAGNIFIED
    for slot in range(program.slot[source] + 1, len(program.nodes)):
        args = program.args[slot]
        if not above.intersection(args):
            continue
        above.add(slot)
        xs, y = [values[a] for a in args], values[slot]
        if program.nodes[slot].op.result is not elementwise or not all(map(math.isfinite, [*xs, y])):
            continue
        for i, slope in _slopes(program, slot, values).items():
            factor = _factor(slope, xs[i], y)
            if args[i] in above and factor > most:
                best, most = (program.nodes[slot], _how(program.nodes[slot], xs, slope, factor)), factor
    return best


def _slopes(program: Program, slot: int, values: list[float]) -> dict[int, float]:
    """The derivative of one operation by each of its operands."""
    args = program.args[slot]
    found = {}
    for i, a in enumerate(args):
        g = pullback(program, values, slot, 1.0, [a]).get(a)
        if type(g) is float and math.isfinite(g):
            found[i] = g
    return found


def _factor(slope: float, x: float, y: float) -> float:
    """By how much a relative error grows."""
    if slope * x == 0:
        return 0.0
    return abs(slope * x / y) if y else math.inf


def _how(node: Node, xs: list[float], slope: float, factor: float) -> str:
    """`1 - 1 cancels here`."""
    if node.op.infix and len(xs) == 2 and abs(slope) == 1:
        left, right = map(_operand, xs)
        return f"{left} {node.op.infix.strip()} {right} cancels here"
    shown = f"{node.op.name}({', '.join(map(brief, xs))})"
    return f"{shown} magnifies relative errors {factor:.0e} times"


def _operand(x: float) -> str:
    return f"({brief(x)})" if x < 0 else brief(x)


def _shown(node: Node) -> str:
    written = text(node)
    return written if len(written) <= MOST_TEXT else f"{written[: MOST_TEXT - 3]}..."
