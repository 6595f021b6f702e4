"""Structure that repeats: formulas of one shape on other numbers, as the neurons of a layer or the terms of a sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from symgrad.draw.parts import Group, Partition
from symgrad.graph import CONST, VAR, Node

FEWEST = 4
"""So many formulas of one shape are worth a box."""
DEEPEST = 3
LEAF = -1


def alike(found: Partition, region: Sequence[int], prefix: str, parent: int) -> None:
    """Put formulas of the same shape in a region into groups, the largest first.

    Those of one group are equally far from the leaves, so none is made of another, and groups never form a circle.
    """
    shapes, size = _shapes(found, region)
    depth = depths(found)
    classes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for slot, shape in shapes.items():
        classes[shape, depth[slot]].append(slot)
    worth = [slots for slots in classes.values() if len(slots) >= FEWEST and size[slots[0]] > 1]
    free = set(region)
    count = 0
    for slots in sorted(worth, key=lambda slots: (-size[slots[0]], slots[0])):
        instances = tuple(_tree(found, slot, shapes) for slot in slots if slot in free)
        if len(instances) < FEWEST:
            continue
        count += 1
        members = sorted({slot for tree in instances for slot in tree})
        free.difference_update(members)
        name = found.named(f"{prefix}alike{count}")
        title = f"{len(instances)} × {sketch(found.program.nodes[slots[0]])}"
        found.add(Group(name, "alike", title, parent, tuple(members), instances))


def depths(found: Partition) -> list[int]:
    """For each slot the length of the longest way down to a leaf."""
    depth: list[int] = []
    for args in found.program.args:
        depth.append(1 + max(depth[a] for a in args) if args else 0)
    return depth


def chains(found: Partition, region: Sequence[int], prefix: str, parent: int) -> None:
    """Put long sums and products, which are a chain of one operation, into a group each."""
    program = found.program
    free = {slot for slot in region if found.owner[slot] == parent}
    linked: dict[int, list[int]] = {}
    for slot in sorted(free, reverse=True):
        node = program.nodes[slot]
        if not node.args or not node.op.infix:
            continue
        links = linked.pop(slot, [])
        links.append(slot)
        further = [
            a
            for a in program.args[slot]
            if a in free and len(found.users[a]) == 1 and program.nodes[a].op is node.op
        ]
        if len(further) == 1:
            linked[further[0]] = links
        elif len(links) >= LONG:
            name = found.named(f"{prefix}chain{1 + sum(group.sort == 'chain' for group in found.groups)}")
            title = f"{node.op.infix.strip()} of {len(links) + 1}"
            found.add(Group(name, "chain", title, parent, tuple(links[::-1])))


LONG = 8
"""So many operations of one kind in a row are worth a box."""


def _shapes(found: Partition, region: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """For each operation of a region a number for its shape, and how many operations that has.

    A shape ends where something is used twice, so that formulas of one shape never share an operation.
    """
    program = found.program
    inside = {slot for slot in region if program.nodes[slot].args}
    known: dict[tuple[object, ...], int] = {}
    shape: dict[int, int] = {}
    size: dict[int, int] = {}
    for slot in sorted(inside):
        node = program.nodes[slot]
        below = [a if a in inside and len(found.users[a]) == 1 else LEAF for a in program.args[slot]]
        key = (node.op, node.attrs, *(shape[a] if a >= 0 else LEAF for a in below))
        shape[slot] = known.setdefault(key, len(known))
        size[slot] = 1 + sum(size[a] for a in below if a >= 0)
    return shape, size


def _tree(found: Partition, root: int, inside: dict[int, int]) -> tuple[int, ...]:
    """The slots of one formula of a shape, with the constants that nothing else uses."""
    program = found.program
    tree, todo = [root], [root]
    while todo:
        for a in program.args[todo.pop()]:
            if len(found.users[a]) != 1:
                continue
            if a in inside:
                todo.append(a)
                tree.append(a)
            elif program.nodes[a].op is CONST and found.owner[a] < 0:
                tree.append(a)
    return tuple(tree)


def sketch(node: Node, depth: int = DEEPEST) -> str:
    """A formula with its details left out: relu(·*· + ·)."""
    if node.op is VAR:
        return "·"
    if node.op is CONST:
        return short(node)
    done: list[tuple[Node, int]] = []
    todo = [(node, depth)]
    while todo:
        part, left = todo.pop()
        done.append((part, left))
        if left > 0:
            todo += [(a, left - 1) for a in part.args]
    texts: dict[tuple[Node, int], Spelled] = {}
    for part, left in reversed(done):
        if left == 0 and any(a.args for a in part.args):
            texts[part, left] = CUT
        else:
            below = [texts[a, left - 1] if left > 0 else DETAIL for a in part.args]
            texts[part, left] = _spelled(part, below)
    return texts[node, depth].text


class Spelled(NamedTuple):
    """A text, and how tightly it holds together."""

    text: str
    precedence: float


CLOSED = 1000.0
DETAIL, CUT = Spelled("·", CLOSED), Spelled("…", CLOSED)
TIGHT = 60
"""Operators that bind so tightly are written without blanks."""


def short(node: Node) -> str:
    """A constant in few characters."""
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, int | float) else "·"


def _spelled(node: Node, operands: Sequence[Spelled]) -> Spelled:
    """An operation on texts, with brackets where they are needed."""
    op = node.op
    if op is VAR:
        return DETAIL
    if op is CONST:
        return Spelled(short(node), CLOSED)
    least = op.precedence
    if op.infix and len(operands) == 2:
        sign = op.infix.strip()
        a, b = _held(operands[0], least + op.right), _held(operands[1], least + (not op.right))
        return Spelled(f"{a}{sign}{b}" if least >= TIGHT else f"{a} {sign} {b}", least)
    if op.prefix and len(operands) == 1:
        return Spelled(f"{op.prefix}{_held(operands[0], least)}", least)
    if op.postfix and len(operands) == 1:
        return Spelled(f"{_held(operands[0], least)}{op.postfix}", least)
    inside = ", ".join(x.text for x in operands)
    return Spelled(f"{op.name}({inside})" if operands else str(op.name), CLOSED)


def _held(operand: Spelled, least: float) -> str:
    return operand.text if operand.precedence >= least else f"({operand.text})"
