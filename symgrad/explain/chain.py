"""The chain rule told with numbers: how the value comes about, then how each derivative is passed back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from symgrad.engine.evaluate import run
from symgrad.engine.gradient import gradient
from symgrad.engine.pullback import pullback
from symgrad.errors import LimitReached, TypeMistake
from symgrad.explain.backward import slope
from symgrad.explain.rules import shortly
from symgrad.graph import CONST, VAR, Node, Program, apply, var
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.text import text

MOST = 200
"""Steps: a longer story is not read."""
EXACT = 1e-9
"""The story may differ from the sweep by rounding alone."""


@dataclass(frozen=True)
class Made:
    """A step forward: a node's name, its operation on the names of its operands, and its value."""

    node: Node
    name: str
    formula: str
    value: Any


@dataclass(frozen=True)
class Link:
    """One operand of a step: the step above it, and the derivative of that by the operand as formula and number."""

    above: Node
    formula: str
    number: float


@dataclass(frozen=True)
class Passed:
    """A step back: the steps that a node goes into, and the sum of what they pass on."""

    node: Node
    name: str
    links: tuple[Link, ...]
    adjoint: float
    rule: str


@dataclass(frozen=True)
class Chain:
    """The story of a value and its derivatives at a point.

    Attributes:
        root: what it is about, and `top` what that is called.
        names: what the nodes are called; constants have no name.
        forward: the steps in the order in which they are computed.
        backward: the steps from the result back to the variables; that of the result itself is 1.
        value: the value of the root.
    """

    root: Node
    top: str
    names: Mapping[Node, str]
    forward: tuple[Made, ...]
    backward: tuple[Passed, ...]
    value: float

    @cached_property
    def adjoints(self) -> Mapping[Node, float]:
        """The derivative of the result by each node that it depends on."""
        return {self.root: 1.0, **{step.node: step.adjoint for step in self.backward}}

    @cached_property
    def grad(self) -> Mapping[str, float]:
        """The derivatives by the variables."""
        return {node.name: x for node, x in self.adjoints.items() if node.op is VAR}

    def paired(self, step: Passed) -> Iterator[tuple[float, Link]]:
        """The products of a step back: the derivative of the result by the node above, times the link."""
        for link in step.links:
            yield self.adjoints[link.above], link


def chain(root: Node, bound: Mapping[Node, Any], defined: Mapping[Node, str], top: str = "") -> Chain:
    """Tell how a real scalar of scalars comes about at a point, and how its derivatives do.

    Args:
        root: what is explained.
        bound: the values of its variables.
        defined: what its parts are called; the others get names u1, u2, ...
        top: what the whole is called, or "".

    Raises:
        TypeMistake: SG214, it is no single real number; SG215, an array takes part; SG210, an op has no derivative.
        LimitReached: SG407, it has too many steps.
    """
    program = Program([root])
    _check(root, program)
    values = run(program, bound)
    names = _names(program, defined, top)
    by_node = dict(zip(program.nodes, values, strict=True))
    forward = tuple(
        Made(node, names[node], text(_local(node, names)), by_node[node])
        for node in program.nodes
        if node.args and node in names
    )
    links = _links(program, values, names)
    backward = tuple(_backward(program, names, links))
    found = Chain(root, names.get(root, "y"), names, forward, backward, float(by_node[root]))
    _compare(found, program, values)
    return found


def _check(root: Node, program: Program) -> None:
    if root.type.kind != "real" or root.type.shape:
        raise TypeMistake("SG214", f"only a single real number has a gradient, and this is {root.type}")
    if any(node.type.shape for node in program.nodes):
        hint = "`grad` and `jacobian` work with arrays"
        raise TypeMistake("SG215", "the story is told for single numbers, and an array takes part", hint=hint)
    steps = sum(1 for node in program.nodes if node.args)
    if steps > MOST:
        hint = "explain a part of it, or `:grad` for the derivatives alone"
        raise LimitReached("SG407", f"this takes {steps} steps: the limit is {MOST}", hint=hint)


def _names(program: Program, defined: Mapping[Node, str], top: str) -> dict[Node, str]:
    """What each step is called: as it is defined, else u1, u2, ...; constants and conditions have no name."""
    root = program.nodes[program.outputs[0]]
    taken = {*defined.values(), top, *(v.name for v in program.variables)}
    fresh = (f"u{i}" for i in count(1) if f"u{i}" not in taken)
    whole = (
        top or defined.get(root) or ("y" if "y" not in taken else "f" if "f" not in taken else next(fresh))
    )
    result: dict[Node, str] = {}
    for node in program.nodes:
        if node.op is VAR:
            result[node] = node.name
        elif node.args and node.type.kind == "real":
            result[node] = whole if node is root else defined.get(node) or next(fresh)
    return result


def _local(node: Node, names: Mapping[Node, str]) -> Node:
    """A step alone: its operation on variables that are called like its operands."""
    operands = {a: var(names[a], a.type) for a in node.args if a in names}
    return apply(node.op, tuple(operands.get(a, a) for a in node.args), dict(node.attrs))


def _links(program: Program, values: Sequence[Any], names: Mapping[Node, str]) -> dict[Node, list[Link]]:
    """For each node the steps it goes into, with the local derivatives; a node that goes in twice has one link."""
    links: dict[Node, list[Link]] = {node: [] for node in program.nodes}
    for slot, node in enumerate(program.nodes):
        if node not in names or not node.args:
            continue
        local = _local(node, names)
        xs = [values[a] for a in program.args[slot]]
        for operand in dict.fromkeys(a for a in node.args if a in names and a.type.kind == "real"):
            places = [i for i, a in enumerate(node.args) if a is operand]
            slopes = [slope(node, i, 1.0, values[slot], xs) for i in places]
            if all(live is None for live, _ in slopes):
                continue
            number = float(sum(x for _, x in slopes))
            formula = text(simplify(gradient(local, [var(names[operand], operand.type)]))[0])
            links[operand].append(Link(node, formula if number - number == 0 else str(number), number))
    return links


def _backward(
    program: Program, names: Mapping[Node, str], links: Mapping[Node, list[Link]]
) -> Iterator[Passed]:
    """From the value back to the variables."""
    root = program.nodes[program.outputs[0]]
    adjoints: dict[Node, float] = {root: 1.0}
    for node in reversed(program.nodes):
        if node is root or node.op is CONST or node not in names or node.type.kind != "real":
            continue
        parts = tuple(link for link in links[node] if link.above in adjoints)
        if parts:
            adjoints[node] = float(sum(adjoints[link.above] * link.number for link in parts))
            rule = ", ".join(dict.fromkeys(shortly(link.above.op) for link in parts))
            yield Passed(node, names[node], parts, adjoints[node], rule)


def _compare(found: Chain, program: Program, values: Sequence[Any]) -> None:
    """The story and the sweep are two computations of the same numbers: if they differ, that is our mistake.

    Both may lose digits where paths cancel, so the difference is measured by the size of all paths together.
    """
    wanted = [program.slot[node] for node in found.adjoints]
    swept = pullback(program, values, program.outputs[0], 1.0, wanted)
    size = {found.root: 1.0}
    for step in found.backward:
        size[step.node] = sum(size[link.above] * abs(link.number) for link in step.links)
        told, true = step.adjoint, swept.get(program.slot[step.node], 0.0)
        if math.isfinite(size[step.node]) and math.isfinite(true):
            wrong = abs(told - true) > EXACT * size[step.node] + TINY
            assert not wrong, f"d/d{step.name}: told {told!r}, the sweep finds {true!r}"


TINY = 1e-290
"""Below this products lose digits by underflow."""
