"""Names for parts of a graph, so that a large one can be folded: definitions and calls, layers, elements of arrays.

A partition of the slots of a program. Pure structure: nothing here knows a value, and no op by name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from symgrad.graph import VAR, Node, Program

Sort = Literal["definition", "layer", "elements", "alike", "chain", "part"]
PARAMETER = re.compile(r"([^\[\]]+)\.[^.\[\]]+(?:\[[\d, ]*\])?")
ELEMENT = re.compile(r"([^\[\]]+)\[[\d, ]+\]")
FEWEST_ELEMENTS = 4
"""Fewer elements of an array are drawn one by one."""


@dataclass(frozen=True)
class Part:
    """A definition, or a call of a function, that a graph was written with.

    Attributes:
        name: what it is called.
        root: what it means.
        arguments: the graphs it was called with; they are not inside.
    """

    name: str
    root: Node
    arguments: tuple[Node, ...] = ()
    label: str = ""

    @property
    def shown(self) -> str:
        """How it is written: `g(a)`."""
        return self.label or self.name


@dataclass
class Group:
    """A named set of slots.

    Attributes:
        name: what one opens it by.
        sort: where it comes from.
        title: what its box says.
        parent: the index of the group around it, or -1.
        slots: what is in it and in no group inside it.
        instances: for groups of alike formulas the slots of each.
    """

    name: str
    sort: Sort
    title: str
    parent: int = -1
    slots: tuple[int, ...] = ()
    instances: tuple[tuple[int, ...], ...] = ()


class Partition:
    """Which group each slot of a program is in: -1 for none."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.owner = [-1] * len(program.nodes)
        self.groups: list[Group] = []
        self.users: list[list[int]] = [[] for _ in program.nodes]
        for slot, args in enumerate(program.args):
            for a in args:
                self.users[a].append(slot)

    def add(self, group: Group) -> int:
        """Enter a group, and take its slots from whoever had them."""
        index = len(self.groups)
        self.groups.append(group)
        for slot in group.slots:
            self.owner[slot] = index
        return index

    def named(self, name: str) -> str:
        """A name that no other group has: f, f.2, f.3."""
        taken = {group.name for group in self.groups}
        found, count = name, 1
        while found in taken:
            count += 1
            found = f"{name}.{count}"
        return found


def partition(program: Program, parts: Iterable[Part] = ()) -> Partition:
    """The groups that have names of their own."""
    found = Partition(program)
    _layers(found)
    _definitions(found, parts)
    elements(found, range(len(found.owner)), -1)
    return found


def _layers(found: Partition) -> None:
    """Parameters are called net.0.w: what is made with those of one prefix, and of nothing else, is a layer."""
    program = found.program
    layer: dict[str, int] = {}
    members: list[list[int]] = []
    of: list[int] = [-1] * len(program.nodes)  # the layer of each slot
    own = [False] * len(program.nodes)  # whether it is a parameter
    for slot, node in enumerate(program.nodes):
        if node.op is VAR:
            match = PARAMETER.fullmatch(node.name)
            if match is not None:
                of[slot] = layer.setdefault(match[1], len(layer))
                own[slot] = True
        elif node.args:
            of[slot] = _layer_of(program, program.args[slot], of, own)
    members = [[] for _ in layer]
    for slot, index in enumerate(of):
        if index >= 0:
            members[index].append(slot)
    for name, index in layer.items():
        found.add(Group(found.named(name), "layer", name, slots=tuple(members[index])))


def _layer_of(program: Program, args: Sequence[int], of: list[int], own: list[bool]) -> int:
    """The layer of an operation: that of its parameter; without one that of all its operands, if they agree."""
    latest = max((of[a] for a in args if own[a]), default=-1)
    if latest >= 0:
        return latest
    around = {of[a] for a in args if not _is_number(program.nodes[a])}
    return around.pop() if len(around) == 1 else -1


def _is_number(node: Node) -> bool:
    """A single number, that belongs to whatever it is used in; arrays of numbers are data."""
    return not node.args and node.op is not VAR and not node.type.shape


def _definitions(found: Partition, parts: Iterable[Part]) -> None:
    """What a definition means, less what its parts and arguments mean; the smaller ones first."""
    program = found.program
    known = [part for part in parts if part.root in program.slot and part.root.args]
    output = program.outputs[0]
    last: dict[int, Part] = {}
    for part in sorted(known, key=lambda part: program.slot[part.root]):
        slot = program.slot[part.root]
        if slot != output and (slot not in last or not part.arguments):
            last[slot] = part
    for slot, part in last.items():
        stops = {program.slot[a] for a in part.arguments if a in program.slot}
        inside = [s for s in _below(found, slot, stops) if program.nodes[s].args]
        if len(inside) > 1 or any(found.owner[a] >= 0 for a in program.args[slot]):
            name = found.named(part.name)
            found.add(Group(name, "definition", part.shown, slots=tuple(sorted(inside))))
    for index, group in enumerate(found.groups):
        if group.sort == "definition":
            group.parent = _only_user(found, index)


def _below(found: Partition, slot: int, stops: set[int]) -> list[int]:
    """The slots below one that no group has yet, down to the stops."""
    args, owner = found.program.args, found.owner
    seen, todo = {slot}, [slot]
    while todo:
        for a in args[todo.pop()]:
            if a not in seen and a not in stops and owner[a] < 0:
                seen.add(a)
                todo.append(a)
    return [s for s in seen if owner[s] < 0]


def _only_user(found: Partition, index: int) -> int:
    """The one definition that uses a group, if nothing else does."""
    owners = {
        found.owner[user]
        for slot in found.groups[index].slots
        for user in found.users[slot]
        if found.owner[user] != index
    }
    only = owners.pop() if len(owners) == 1 else -1
    return only if only >= 0 and found.groups[only].sort == "definition" else -1


def elements(found: Partition, region: Iterable[int], parent: int) -> None:
    """Put elements x[0], x[1], ... of one array that are in a region into a group."""
    arrays: dict[str, list[int]] = defaultdict(list)
    for slot in region:
        node = found.program.nodes[slot]
        if node.op is VAR and found.owner[slot] == parent:
            match = ELEMENT.fullmatch(node.name)
            if match is not None:
                arrays[match[1]].append(slot)
    for name, slots in arrays.items():
        if len(slots) >= FEWEST_ELEMENTS:
            found.add(Group(found.named(name), "elements", f"{name}[…]", parent, tuple(slots)))


def gather_constants(found: Partition) -> None:
    """Constants, and variables of a definition, that only one group uses are in it."""
    for slot, node in enumerate(found.program.nodes):
        if not node.args and node.op is not VAR and found.owner[slot] < 0:
            owners = {found.owner[user] for user in found.users[slot]}
            if len(owners) == 1 and (owner := owners.pop()) >= 0:
                found.owner[slot] = owner
                found.groups[owner].slots += (slot,)
