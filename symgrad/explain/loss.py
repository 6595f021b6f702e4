"""Why digits are lost: the node that made the error, and the one that made it large."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from symgrad import balls
from symgrad.engine.evaluate import run
from symgrad.engine.rounding import Attribution, attribute, precise
from symgrad.engine.wide import Wide
from symgrad.errors import TypeMistake
from symgrad.explain.findings import Finding, operation, short
from symgrad.graph import Node, Program, postorder
from symgrad.ops.op import Guarded
from symgrad.symbolic.text import text

MAGNIFIED = 100.0
"""An operation that makes relative errors so many times larger has cost two digits."""

LOST = 1e-6
"""The part of a small operand that is lost beside a large one."""

LONGEST = 40
"""Of an operation that is named in a sentence."""


def lost_zero(node: Node, bound: Mapping[Node, float]) -> list[Finding]:
    """Why a node is zero in float64 that is none: nothing if it is zero indeed."""
    found = attribute(node, bound)
    return lost_digits(node, bound, found) if found.total > 0 else []


def lost_digits(
    root: Node,
    bound: Mapping[Node, float],
    found: Attribution,
    target: str = "",
    inside: AbstractSet[Node] = frozenset(),
) -> list[Finding]:
    """Where the largest part of a predicted error comes from, and what magnified it.

    Args:
        root: the number's graph.
        bound: the value of each variable.
        found: its predicted error.
        target: "" or the variable of a partial.
        inside: nodes that are blamed rather than others: those of the expression, where `root` is its gradient.
    """
    if not found.causes:
        return []
    cause, part = found.causes[0]
    share = part / found.bound if math.isfinite(part) and found.bound else 1.0
    program = Program([root])
    floats = run(program, bound)
    slot = program.slot[cause]
    xs, y = [floats[a] for a in program.args[slot]], floats[slot]
    source = f"{'all' if share > 0.99 else f'{share:.0%}'} of the error comes from {name(cause)}"
    said = _own(cause, xs, y)
    loud = _loudest(program, bound, floats, cause, inside)
    if said is not None:
        mechanism, sentence = said
        if mechanism == "absorption" and loud is not None and len(_real(loud[0].args)) > 1:
            sentence = f"{sentence}; {_magnified(program, floats, *loud)[1]}"
        return [Finding(mechanism, cause, cause, target, sentence)]
    if loud is None:
        sentence = f"no operation magnifies errors here; {source}"
        return [Finding("accumulation", cause, cause, target, sentence)]
    mechanism, sentence = _magnified(program, floats, *loud)
    return [Finding(mechanism, loud[0], loud[0], target, f"{sentence}; {source}")]


def name(node: Node) -> str:
    """A node as it is named in a sentence."""
    found = text(node)
    return found if len(found) <= LONGEST else f"{found[: LONGEST - 2]} …"


def _own(node: Node, xs: Sequence[Any], y: Any) -> tuple[str, str] | None:
    """What went wrong at the node itself, if it was not plain rounding."""
    numbers = [x for x in xs if type(x) is float]
    if not math.isfinite(y):
        return "overflow", f"{operation(node, list(xs))} exceeds float64's largest number, 1.8e308"
    if abs(y) < sys.float_info.min:
        return "underflow", f"{operation(node, list(xs))} is too small for float64: {short(y)} is left of it"
    small = min((abs(x) for x in numbers if x), default=0.0)
    if len(numbers) > 1 and small < LOST * abs(y) and max(map(abs, numbers)) < 2 * abs(y):
        rest = abs(y) - max(map(abs, numbers))
        what = "nothing" if rest == 0 else "not all"
        return "absorption", f"{operation(node, list(xs))} = {short(y)}: of {short(small)} {what} is left"
    return None


def _magnified(program: Program, floats: Sequence[Any], node: Node, factor: float) -> tuple[str, str]:
    """The mechanism and a sentence for an operation that magnifies errors."""
    xs = [floats[a] for a in program.args[program.slot[node]]]
    times = f"{factor:.1g}".replace("e+", "e") if factor < 1e300 else "without bound"
    times = f"{times} times" if factor < 1e300 else times
    if len(_real(node.args)) > 1:
        return "cancellation", f"{operation(node, xs)} cancels"
    return "amplification", f"{operation(node, xs)} makes the error of its operand {times} larger"


def _real(nodes: Iterable[Node]) -> list[Node]:
    return [n for n in nodes if n.type.kind == "real"]


def _loudest(
    program: Program,
    bound: Mapping[Node, float],
    floats: Sequence[Any],
    cause: Node,
    inside: AbstractSet[Node],
) -> tuple[Node, float] | None:
    """Of the operations between a node and the result the one that magnifies relative errors most."""
    above = {cause}
    found: list[tuple[bool, float, Node]] = []
    try:
        bits, values = precise(program, bound, floats)
        with balls.precision(bits):
            for slot, args in enumerate(program.args):
                node = program.nodes[slot]
                ways = [i for i, a in enumerate(args) if program.nodes[a] in above]
                if not ways or node.type.kind == "bool":
                    continue
                above.add(node)
                factor = max(_factor(node, i, values[slot], [values[a] for a in args]) for i in ways)
                if factor >= MAGNIFIED:
                    found.append((node in inside, factor, node))
    except (NotImplementedError, TypeMistake):
        return None
    if not found:
        return None
    _, factor, node = max(found, key=lambda entry: entry[:2])
    return node, factor


def _factor(node: Node, i: int, y: Any, xs: list[Any]) -> float:
    """The condition number |x/y * dy/dx| of an operation in one operand."""
    rule = node.op.rule(i)
    if rule is None or type(y) is not Wide or type(xs[i]) is not Wide:
        return 0.0
    out = rule(Wide.lift(1.0), y, *xs, **dict(node.attrs))
    if type(out) is Guarded:
        if out.guard is False:
            return 0.0
        out = out.value
    slope = out.ball if type(out) is Wide else balls.constant(out)
    if y.ball.mid() == 0:
        return 0.0 if slope == 0 or xs[i].ball.mid() == 0 else math.inf
    factor = abs(xs[i].ball.mid() * slope.mid() / y.ball.mid())
    return float(factor) if factor.is_finite() else 0.0


def place_of(node: Node, inside: set[Node]) -> Node:
    """The nearest node of the expression for a node of its gradient: itself, or the largest that it is made of."""
    if node in inside:
        return node
    order = postorder([node])
    return next((n for n in reversed(order) if n in inside and n.args), next(iter(inside & set(order)), node))
