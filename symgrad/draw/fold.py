"""What of a graph is drawn: every node, or groups that stand as one box each until they are opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from symgrad.draw.alike import alike, chains
from symgrad.draw.parts import Group, Part, Partition, elements, gather_constants, partition
from symgrad.errors import UsageMistake, did_you_mean
from symgrad.graph import Program

LIMIT = 150
"""More boxes than this are folded."""
PIECES = 24
"""A part of a graph in which nothing repeats is cut into so many pieces."""
EVERYTHING = "all"


@dataclass
class Unit:
    """One box: a slot, or the slots of a folded group."""

    group: int
    slots: list[int] = field(default_factory=list)
    level: int = 0


@dataclass(frozen=True)
class Folding:
    """What is drawn: units in an order in which operands come first, and the groups that were opened."""

    partition: Partition
    units: list[Unit]
    unit_of: list[int]
    opened: frozenset[int]


def fold(
    program: Program, parts: Iterable[Part] = (), opened: Collection[str] = (), limit: int = LIMIT
) -> Folding:
    """Fold a graph into at most about `limit` boxes; small graphs stay as they are.

    Raises:
        UsageMistake: SG532, a group that should be opened does not exist.
    """
    found = partition(program, parts)
    known = {group.name for group in found.groups}
    if EVERYTHING in opened:
        limit = len(program.nodes)
    if (len(program.nodes) <= limit and not opened) or EVERYTHING in opened:
        found = Partition(program)
    wanted = set(opened) - {EVERYTHING}
    if len(program.nodes) <= limit and not wanted & known:
        wanted -= _small(found, wanted)
    chosen = _refine(found, wanted, limit)
    gather_constants(found)
    _check(found, wanted)
    units, unit_of = _units(found, chosen)
    return Folding(found, *_ordered(program, units, unit_of), frozenset(chosen))


def _small(found: Partition, wanted: set[str]) -> set[str]:
    """In a graph that is not folded nothing has to be opened; an unknown name is still a mistake."""
    return wanted if not found.groups and EVERYTHING in wanted else set()


def _refine(found: Partition, wanted: set[str], limit: int) -> set[int]:
    """Cut regions that are too large into groups without a name of their own; return which groups are open."""
    opened: set[int] = set()
    if not found.groups and len(found.owner) <= limit and not wanted:
        return opened
    _cut(found, -1, [slot for slot, owner in enumerate(found.owner) if owner < 0], limit)
    index = 0
    while index < len(found.groups):  # groups are added on the way
        group = found.groups[index]
        if any(name == group.name or name.startswith(f"{group.name}.") for name in wanted):
            open_ = group.name in wanted or _inside(found, index, wanted)
            if open_ and (group.parent < 0 or group.parent in opened or group.name in wanted):
                around = index
                while around >= 0:
                    opened.add(around)
                    around = found.groups[around].parent
                _cut(found, index, [s for s in group.slots if found.owner[s] == index], limit)
        index += 1
    return opened


def _inside(found: Partition, index: int, wanted: set[str]) -> bool:
    """Whether a wanted group may be found inside this one: `net.0.alike1` in `net.0`."""
    known = {group.name for group in found.groups}
    prefix = f"{found.groups[index].name}."
    return any(name.startswith(prefix) and name not in known for name in wanted)


def _check(found: Partition, wanted: set[str]) -> None:
    known = [group.name for group in found.groups]
    for name in sorted(wanted - set(known)):
        near = did_you_mean(name, known)
        listed = ", ".join(known[:12]) + (" ..." if len(known) > 12 else "")
        hint = (
            f"did you mean `{near}`?" if near else f"groups: {listed}" if known else "nothing is folded here"
        )
        raise UsageMistake("SG532", f"there is no group `{name}` in this drawing", hint=hint)


def _cut(found: Partition, region: int, slots: list[int], limit: int) -> None:
    """Fold a region that has too many nodes of its own: by what repeats, then into pieces."""
    if len(slots) <= limit:
        return
    group = found.groups[region] if region >= 0 else None
    prefix = f"{group.name}." if group is not None else ""
    if group is not None and group.instances:
        for i, instance in enumerate(group.instances[:limit], 1):
            found.add(Group(f"{prefix}{i}", "part", f"{group.name} {i}", region, instance))
        return
    elements(found, slots, region)
    alike(found, slots, prefix, region)
    chains(found, slots, prefix, region)
    rest = sum(found.owner[slot] == region for slot in slots)
    if rest + sum(child.parent == region for child in found.groups) > limit:
        _pieces(found, region, prefix, limit)


def _pieces(found: Partition, region: int, prefix: str, limit: int) -> None:
    """Cut a region, with the groups in it, into pieces of about the same size along the way from leaves to result."""
    opened = set()
    around = region
    while around >= 0:
        opened.add(around)
        around = found.groups[around].parent
    units, unit_of = _units(found, opened)
    ordered, _ = _ordered(found.program, units, unit_of)
    inside = [unit for unit in ordered if _region_of(found, unit) == region]
    pieces = _cut_along(found, inside, keep=True)
    if sum(len(piece) if kept else 1 for kept, piece in pieces) > limit:
        pieces = _cut_along(found, inside, keep=False)
    parts = [piece for kept, piece in pieces if not kept]
    for number, piece in enumerate(parts, 1):
        slots = tuple(slot for unit in piece if unit.group < 0 for slot in unit.slots)
        title = f"part {number} of {len(parts)}"
        index = found.add(Group(found.named(f"{prefix}part{number}"), "part", title, region, slots))
        for unit in piece:
            if unit.group >= 0:
                found.groups[unit.group].parent = index


def _region_of(found: Partition, unit: Unit) -> int:
    return found.groups[unit.group].parent if unit.group >= 0 else found.owner[unit.slots[0]]


def _cut_along(found: Partition, units: list[Unit], *, keep: bool) -> list[tuple[bool, list[Unit]]]:
    """Units cut into pieces of neighbours; `keep`: groups with a name of their own stay outside (marked true)."""
    size = max(2, -(-len(units) // PIECES))
    pieces: list[tuple[bool, list[Unit]]] = []
    for unit in units:
        kept = keep and unit.group >= 0 and found.groups[unit.group].sort in NAMED
        if kept or not pieces or pieces[-1][0] or len(pieces[-1][1]) >= size:
            pieces.append((kept, []))
        pieces[-1][1].append(unit)
    return pieces


NAMED = ("layer", "definition", "elements")


def _units(found: Partition, opened: set[int]) -> tuple[list[Unit], list[int]]:
    """A unit for every slot of an open region, and one for every closed group: the outermost."""
    outermost: dict[int, int] = {}
    for index in range(len(found.groups)):
        closed, around = -1, index
        while around >= 0:
            if around not in opened:
                closed = around
            around = found.groups[around].parent
        outermost[index] = closed
    units: list[Unit] = []
    of_group: dict[int, int] = {}
    unit_of: list[int] = []
    for slot, owner in enumerate(found.owner):
        closed = outermost[owner] if owner >= 0 else -1
        if closed < 0 or closed not in of_group:
            if closed >= 0:
                of_group[closed] = len(units)
            units.append(Unit(closed))
        number = of_group[closed] if closed >= 0 else len(units) - 1
        units[number].slots.append(slot)
        unit_of.append(number)
    return units, unit_of


def _ordered(program: Program, units: list[Unit], unit_of: list[int]) -> tuple[list[Unit], list[int]]:
    """The units with operands first. Where folding made a circle, groups are split by how far down they stand."""
    order = _sorted(program, units, unit_of)
    if order is None:
        units, unit_of = _split(program, units, unit_of)
        order = _sorted(program, units, unit_of)
        assert order is not None, "levels rise along every edge"
    place = {number: i for i, number in enumerate(order)}
    return [units[number] for number in order], [place[number] for number in unit_of]


def _sorted(program: Program, units: list[Unit], unit_of: list[int]) -> list[int] | None:
    """An order of the units in which operands come first, near to that of the slots; None if there is a circle."""
    below: list[set[int]] = [set() for _ in units]
    users: dict[int, list[int]] = defaultdict(list)
    for slot, args in enumerate(program.args):
        for a in args:
            if unit_of[a] != unit_of[slot] and unit_of[a] not in below[unit_of[slot]]:
                below[unit_of[slot]].add(unit_of[a])
                users[unit_of[a]].append(unit_of[slot])
    missing = [len(tails) for tails in below]
    ready = [number for number, count in enumerate(missing) if count == 0][::-1]
    order: list[int] = []
    while ready:
        number = ready.pop()
        order.append(number)
        for user in reversed(users[number]):
            missing[user] -= 1
            if missing[user] == 0:
                ready.append(user)
    return order if len(order) == len(units) else None


def _split(program: Program, units: list[Unit], unit_of: list[int]) -> tuple[list[Unit], list[int]]:
    """Units divided by level: how often the way from the leaves changes from one unit to another."""
    level = [0] * len(unit_of)
    for slot, args in enumerate(program.args):
        for a in args:
            level[slot] = max(level[slot], level[a] + (unit_of[a] != unit_of[slot]))
    found: dict[tuple[int, int], int] = {}
    split: list[Unit] = []
    numbers: list[int] = []
    for slot, number in enumerate(unit_of):
        key = (number, level[slot])
        if key not in found:
            found[key] = len(split)
            split.append(Unit(units[number].group, level=level[slot]))
        split[found[key]].slots.append(slot)
        numbers.append(found[key])
    return split, numbers
