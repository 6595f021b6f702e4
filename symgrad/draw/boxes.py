"""From a folded graph and what is known about its nodes to a picture. Everything known is given, nothing computed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symgrad.draw import labels
from symgrad.draw.fold import Folding, Unit
from symgrad.draw.parts import Group
from symgrad.draw.picture import Box, Edge, Frame, Kind, Picture
from symgrad.graph import CONST, VAR, Node


@dataclass(frozen=True)
class Known:
    """What is known about the slots of a program.

    Attributes:
        values: the value of each slot, if the graph was evaluated.
        adjoints: the gradient by each slot, or None.
        shares: slot -> its part of the rounding error of the result.
        flags: slot -> what must be read with care there.
        names: slot -> the name that a definition gave it.
        write: a node as text, for hovering.
    """

    values: Sequence[Any] = ()
    adjoints: Sequence[Any] = ()
    shares: Mapping[int, float] = field(default_factory=dict)
    flags: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    write: Callable[[Node], str] | None = None

    def value(self, slot: int) -> Any:
        """The value of a slot, or None."""
        return self.values[slot] if self.values else None

    def adjoint(self, slot: int) -> Any:
        """The gradient by a slot, or None."""
        return self.adjoints[slot] if self.adjoints else None


def picture(folding: Folding, known: Known, caption: str = "") -> Picture:
    """The picture of a folded graph. A box of one node is called n and its slot, a group's box g and its number."""
    program = folding.partition.program
    keys = [_key(i, unit) for i, unit in enumerate(folding.units)]
    sizes = [_size(folding, unit, known) for unit in folding.units]
    boxes = tuple(
        _single(program.nodes[unit.slots[0]], unit.slots[0], key, known, weight)
        if unit.group < 0
        else _folded(folding, unit, key, known, weight)
        for unit, key, weight in zip(folding.units, keys, labels.weights(sizes), strict=True)
    )
    folded = dict.fromkeys(
        folding.partition.groups[unit.group].name for unit in folding.units if unit.group >= 0
    )
    root = keys[folding.unit_of[program.outputs[0]]]
    apart, edges = _constants_apart(boxes, _edges(folding, keys), root)
    frames = _frames(folding, keys, {old: [box.key for box in new] for old, new in apart.items()})
    return Picture(
        tuple(box for new in apart.values() for box in new), edges, root, caption, frames, tuple(folded)
    )


def _constants_apart(
    boxes: tuple[Box, ...], edges: tuple[Edge, ...], root: str
) -> tuple[dict[str, list[Box]], tuple[Edge, ...]]:
    """Constants beside each operation that uses them, as on paper: arrows from one 2 to every square say nothing.

    A folded group has its constants in it.
    """
    found = {box.key: [] if box.kind == "constant" and box.key != root else [box] for box in boxes}
    by_key = {box.key: box for box in boxes}
    kept: list[Edge] = []
    for edge in edges:
        tail = by_key[edge.tail]
        if tail.kind == "constant":
            if by_key[edge.head].kind == "group":
                continue
            copies = found[tail.key]
            key = tail.key if not copies else f"{tail.key}_{len(copies) + 1}"
            copies.append(replace(tail, key=key))
            edge = replace(edge, tail=key)  # noqa: PLW2901  # the same arrow, from the copy
        kept.append(edge)
    return found, tuple(kept)


def _key(i: int, unit: Unit) -> str:
    return f"n{unit.slots[0]}" if unit.group < 0 else f"g{i}"


def _size(folding: Folding, unit: Unit, known: Known) -> float | None:
    """The size of the gradient that colours a box."""
    if unit.group < 0:
        node = folding.partition.program.nodes[unit.slots[0]]
        return None if node.op is CONST else labels.magnitude(known.adjoint(unit.slots[0]))
    shown = _shown(folding, unit)
    return labels.length([known.adjoint(slot) for slot in shown])


def _shown(folding: Folding, unit: Unit) -> list[int]:
    """The slots of a group whose gradient it shows: its parameters, else its outputs."""
    nodes = folding.partition.program.nodes
    return [slot for slot in unit.slots if nodes[slot].op is VAR] or _outputs(folding, unit)


def _outputs(folding: Folding, unit: Unit) -> list[int]:
    """The slots of a group that something outside uses, or that are the result."""
    inside, users = set(unit.slots), folding.partition.users
    output = folding.partition.program.outputs[0]
    return [s for s in unit.slots if s == output or any(user not in inside for user in users[s])]


def _single(node: Node, slot: int, key: str, known: Known, weight: float | None) -> Box:
    """The box of one node."""
    value, g = known.value(slot), known.adjoint(slot)
    constant = node.op is CONST
    name = known.names.get(slot, "")
    title = labels.title(node) + (f" {labels.clipped(name)}" if name else "")
    lines = [] if value is None or constant else [f"= {labels.number(value)}"]
    if not known.values and node.type.shape and not constant:
        lines.append(str(node.type))
    if g is not None and not constant:
        lines.append(labels.gradient(g))
    if slot in known.shares:
        lines.append(labels.share(known.shares[slot]))
    flags = known.flags.get(slot, ())
    lines += [f"! {flag}" for flag in flags]
    kind: Kind = "constant" if constant or (not node.args and node.op is not VAR) else "op"
    if node.op is VAR:
        kind = "parameter" if "." in node.name else "variable"
    note = known.write(node) if known.write is not None else ""
    warn = bool(flags) or _broken(value) or _broken(g)
    return Box(key, title, tuple(lines), weight, kind, note, 1, warn)


def _broken(x: Any) -> bool:
    """Whether a number is none, or infinite."""
    size = labels.magnitude(x)
    return size is not None and not math.isfinite(size)


def _folded(folding: Folding, unit: Unit, key: str, known: Known, weight: float | None) -> Box:
    """The box of a folded group."""
    group = folding.partition.groups[unit.group]
    nodes = folding.partition.program.nodes
    operations = sum(1 for slot in unit.slots if nodes[slot].args)
    leaves = sum(1 for slot in unit.slots if nodes[slot].op is VAR)
    counts = []
    if operations:
        counts.append(f"{_count(operations)} operation{'s' * (operations != 1)}")
    if leaves:
        what = "parameter" if group.sort == "layer" else "variable"
        counts.append(f"{_count(leaves)} {what}{'s' * (leaves != 1)}")
    lines = counts
    outputs = _outputs(folding, unit)
    if known.values and len(outputs) == 1 and operations:
        lines.append(f"= {labels.number(known.value(outputs[0]))}")
    shown = _shown(folding, unit)
    if known.adjoints and shown:
        size = labels.length([known.adjoint(slot) for slot in shown])
        if len(shown) == 1 and known.adjoint(shown[0]) is not None:
            lines.append(labels.gradient(known.adjoint(shown[0])))
        elif size is not None:
            lines.append(f"|grad| {labels.number(size)}")
    error = math.fsum(known.shares.get(slot, 0.0) for slot in unit.slots)
    if error:
        lines.append(labels.share(error))
    flags = Counter(flag for slot in unit.slots for flag in known.flags.get(slot, ()))
    lines += [f"! {count} × {flag}" if count > 1 else f"! {flag}" for flag, count in flags.items()]
    title = labels.clipped(group.title, 40)
    note = f"open={group.name}"
    warn = bool(flags) or any(_broken(known.value(s)) or _broken(known.adjoint(s)) for s in unit.slots)
    return Box(key, title, tuple(lines), weight, "group", note, len(unit.slots), warn)


def _count(n: int) -> str:
    return f"{n:,}"


def _edges(folding: Folding, keys: list[str]) -> tuple[Edge, ...]:
    """Arrows between boxes: of two nodes one for each operand, of groups one with the number of all."""
    program, unit_of = folding.partition.program, folding.unit_of
    edges: list[Edge] = []
    for head, unit in enumerate(folding.units):
        tails: Counter[int] = Counter()
        order: list[int] = []
        for slot in sorted(unit.slots):
            for a in program.args[slot]:
                if unit_of[a] != head:
                    order.append(unit_of[a])
                    tails[unit_of[a]] += 1
        for tail in order if unit.group < 0 else dict.fromkeys(order):
            if unit.group < 0 and folding.units[tail].group < 0:
                edges.append(Edge(keys[tail], keys[head]))
            elif tails[tail]:
                label = _count(tails[tail]) if tails[tail] > 1 else ""
                edges.append(Edge(keys[tail], keys[head], label))
                tails[tail] = 0
    return tuple(edges)


def _frames(folding: Folding, keys: list[str], copies: Mapping[str, list[str]]) -> tuple[Frame, ...]:
    """A frame around what an opened group shows."""
    groups, owner = folding.partition.groups, folding.partition.owner
    members: dict[int, list[str]] = {index: [] for index in folding.opened}
    for unit, key in zip(folding.units, keys, strict=True):
        around = groups[unit.group].parent if unit.group >= 0 else owner[unit.slots[0]]
        if around in members:
            members[around] += copies[key]
    made: dict[int, Frame] = {}
    for index in sorted(folding.opened, key=lambda index: -_depth(groups, index)):
        inner = tuple(made.pop(i) for i in sorted(made) if groups[i].parent == index)
        if members[index] or inner:
            made[index] = Frame(groups[index].title, tuple(members[index]), inner)
    return tuple(made[index] for index in sorted(made))


def _depth(groups: Sequence[Group], index: int) -> int:
    """How many groups are around one."""
    depth = 0
    while groups[index].parent >= 0:
        index = groups[index].parent
        depth += 1
    return depth
