"""A graph with all that one pass of the chain rule needs, as further nodes: adjoints, and each edge's derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.engine.gradient import zero_like
from symgrad.engine.pullback import NO_ATTRS, pullback
from symgrad.graph import CONST, VAR, Node, Program, apply, const, var
from symgrad.ops.logic import where
from symgrad.ops.op import Guarded
from symgrad.symbolic.notation import fresh_names


@dataclass(frozen=True)
class Sweep:
    """One output, and for each node that is shown what the chain rule says of it.

    Attributes:
        root: the output.
        nodes: variables and operations with operands, operands first; and the output, whatever it is.
        names: what each is called: a variable by its name, an operation u1, u2, ..., the output f.
        grads: the derivative of the output by each; zero for conditions.
        operands: for each the places of its operands in `nodes`, None for constants.
        slopes: for each and for each operand the derivative by that operand, None where nothing flows.
    """

    root: Node
    nodes: tuple[Node, ...]
    names: tuple[str, ...]
    grads: tuple[Node, ...]
    operands: tuple[tuple[int | None, ...], ...]
    slopes: tuple[tuple[Node | None, ...], ...]

    @property
    def place(self) -> int:
        """Where the output stands among the nodes."""
        return self.nodes.index(self.root)


def sweep(root: Node, order: Sequence[Node] = ()) -> Sweep:
    """The sweep of a real scalar graph without arrays.

    Args:
        root: the output.
        order: variables that come first, in this order, used or not.

    Raises:
        TypeMistake: SG210, an op on the way has no derivative by one of its arguments.
    """
    program = Program([root])
    nodes = [node for node in program.nodes if node is root or node.op is VAR or node.args]
    nodes = [*order, *(node for node in nodes if node not in set(order))]
    wanted = {program.slot[n]: n for n in nodes if n in program.slot and n.type.kind == "real"}
    found = pullback(program, program.nodes, program.outputs[0], const(1), wanted)
    grads = {wanted[slot]: Node.lift(g) for slot, g in found.items()}
    place = {node: i for i, node in enumerate(nodes)}
    return Sweep(
        root,
        tuple(nodes),
        tuple(_names(nodes, root)),
        tuple([grads.get(node, zero_like(node)) for node in nodes]),
        tuple([tuple([place.get(a) for a in node.args]) for node in nodes]),
        tuple([tuple(slopes(node)) for node in nodes]),
    )


OUTPUTS = ("f", "y", "L", "z")
"""What the output is called: the first of these that no variable has."""


def _names(nodes: list[Node], root: Node) -> list[str]:
    taken = {node.name for node in nodes if node.op is VAR}
    output = next((name for name in OUTPUTS if name not in taken), fresh_names(nodes, 1, "f")[0])
    made = iter(fresh_names(nodes, len(nodes), "u"))
    return [node.name if node.op is VAR else output if node is root else next(made) for node in nodes]


def slopes(node: Node) -> list[Node | None]:
    """The derivative of one operation by each of its operands, from the rules of its op."""
    return [_slope(node, i) for i in range(len(node.args))]


def _slope(node: Node, i: int) -> Node | None:
    rule = node.op.rule(i) if node.type.kind == "real" else None
    if rule is None or node.args[i].op is CONST or node.args[i].type.kind != "real":
        return None
    out = rule(const(1), node, *node.args, **(dict(node.attrs) if node.attrs else NO_ATTRS))
    if type(out) is Guarded:
        guard, out = out
        out = where(guard, out, 0.0)
    return Node.lift(out)


def spoken(node: Node, names: dict[Node, str]) -> Node:
    """One operation on operands that are called by their names."""
    if not node.args:
        return node
    args = tuple([a if a not in names else var(names[a], a.type) for a in node.args])
    return apply(node.op, args, dict(node.attrs))
