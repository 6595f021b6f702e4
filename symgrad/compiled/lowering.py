"""A graph of arrays taken to steps: elementwise ops together where they can be, the rest one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from symgrad.compiled.fields import (
    ALIKE,
    DATA,
    EACH,
    PARAMETERS,
    Array,
    Copied,
    Each,
    Field,
    Fixed,
    Place,
    Product,
    Reduced,
    Step,
    Unwritten,
    affine,
    aligned,
    aligned_all,
)
from symgrad.compiled.written import written
from symgrad.graph import CONST, VAR, Node, Program, apply, const
from symgrad.ops.reductions import axes_of

MOST_MEMBERS, MOST_COPIED = 24, 2000
"""Ops of a step that is done element by element, and elements that are copied one by one."""


class Builder:
    """Graphs taken to steps.

    Attributes:
        steps: what is done once, and what is done for every block of samples.
        constants: places and values of what is known beforehand.
        sizes: of each memory.
        sinks: owner -> where its sum over all samples goes instead of memory.
        read: the owners whose results are read from memory.
    """

    def __init__(
        self,
        parameters: Mapping[str, tuple[int, tuple[int, ...]]],
        samples: Mapping[str, tuple[int, tuple[int, ...]]],
        fixed: Mapping[str, Any],
        sizes: tuple[int, int],
    ) -> None:
        self._fixed = fixed
        self.steps: dict[bool, list[Step]] = {False: [], True: []}
        self.constants: list[tuple[int, Array]] = []
        self.sizes = [sizes[0], 0, sizes[1], 0]
        self.sinks: dict[int, int] = {}
        self.read: set[int] = set()
        self._owners = 0
        self._made_in: dict[int, int] = {}
        self._known: dict[Node, Place] = {}
        self._named = {
            name: self._field(space, start, shape)
            for space, group in ((PARAMETERS, parameters), (DATA, samples))
            for name, (start, shape) in group.items()
        }

    # Memory

    def _field(self, space: int, start: int, shape: tuple[int, ...], kind: str = "real") -> Field:
        self._owners += 1
        ids = np.arange(start, start + math.prod(shape)).reshape(shape)
        return Field(space, ids, kind, self._owners)

    def room(self, space: int, shape: tuple[int, ...], kind: str = "real") -> Field:
        """New memory."""
        start = self.sizes[space]
        self.sizes[space] += math.prod(shape)
        return self._field(space, start, shape, kind)

    def field_of(self, place: Place) -> Field:
        """Anything as a field with regular places."""
        if isinstance(place, Fixed):
            kind = "bool" if place.value.dtype == bool else "real"
            made = self.room(ALIKE, place.value.shape, kind)
            self.constants.append((int(made.ids.flat[0]), place.value.astype(float).reshape(-1)))
            return made
        return place if affine(place.ids) is not None else self._copied([place], place.ids)

    # The walk

    def places(self, roots: Sequence[Node]) -> list[Place]:
        """Where the values of some expressions are."""
        program = Program(written(roots))
        for node in program.nodes:
            if node not in self._known:
                self._known[node] = self._visit(node)
        return [self._known[program.nodes[slot]] for slot in program.outputs]

    def _visit(self, node: Node) -> Place:
        if node.op is CONST:
            return Fixed(np.asarray(node.value))
        if node.op is VAR:
            if node.name in self._fixed:
                return Fixed(np.asarray(self._fixed[node.name], dtype=float))
            return self._named[node.name]
        if not node.args:
            return Fixed(np.asarray(node.op.scalar_fn()))
        args = [self._known[a] for a in node.args]
        attrs = dict(node.attrs)
        if all(isinstance(a, Fixed) for a in args):
            with np.errstate(all="ignore"):
                value = node.op.array_fn(*[a.value for a in args if isinstance(a, Fixed)], **attrs)
            return Fixed(np.asarray(value).reshape(node.type.shape))
        if node.op.pointwise:
            return self._pointwise(node, args)
        rule = RULES.get(node.op.name)
        if rule is None:
            raise Unwritten(f"machine code for trainings has no `{node.op.name}`")
        return rule(self, node, args)

    def _pointwise(self, node: Node, args: list[Place]) -> Field:
        shape = tuple(n for n in node.type.shape if n != 1)
        given = [a if isinstance(a, Fixed) and _uniform(a.value) else self.field_of(a) for a in args]
        fields = [g for g in given if isinstance(g, Field)]
        many = any(g.many for g in fields)
        steps = self.steps[many]
        first = max((self._earliest(g, shape, many) for g in fields), default=0)
        for at in range(first, len(steps)):
            group = steps[at]
            if isinstance(group, Each) and group.shape == shape and len(group.values) < MOST_MEMBERS:
                break
        else:
            at, group = len(steps), Each(shape, many)
            steps.append(group)
        assert isinstance(group, Each)
        scalars = [
            const(g.value.flat[0].item()) if isinstance(g, Fixed) else group.load(g, node.type.shape)
            for g in given
        ]
        self._reads([g for g in fields if g.owner not in group.values])
        out = self.room(EACH if many else ALIKE, node.type.shape, node.type.kind)
        group.values[out.owner] = apply(node.op, tuple(scalars), dict(node.attrs))
        group.results[out.owner] = out
        self._made_in[out.owner] = at
        return out

    def _earliest(self, given: Field, shape: tuple[int, ...], many: bool) -> int:
        """The first step that may read a field."""
        at = self._made_in.get(given.owner)
        if at is None or given.many != many:
            return 0
        group = self.steps[many][at]
        if isinstance(group, Each) and group.shape == shape and aligned(given, group.results[given.owner]):
            return at
        return at + 1

    def _reads(self, fields: Sequence[Field]) -> None:
        self.read.update(f.owner for f in fields)

    def _append(self, step: Step, out: Field) -> Field:
        self.steps[step.many].append(step)
        self._made_in[out.owner] = len(self.steps[step.many]) - 1
        return out

    def structural(self, node: Node, args: list[Place]) -> Place:
        """An op that moves elements about."""
        attrs = dict(node.attrs)
        if len(args) == 1:
            (given,) = args
            assert isinstance(given, Field)
            return given._replace(ids=np.asarray(node.op.array_fn(given.ids + 1, **attrs)) - 1)
        fields = [self.field_of(a) for a in args]
        codes = [f.ids + 1 + (i << 40) for i, f in enumerate(fields)]
        return self._copied(fields, np.asarray(node.op.array_fn(*codes, **attrs)) - 1)

    def _copied(self, fields: list[Field], codes: Array) -> Field:
        """Elements of some fields in a new order: the number of the field is above bit 40."""
        if codes.size > MOST_COPIED:
            raise Unwritten("elements of large arrays are put in another order")
        sources = []
        for code in codes.reshape(-1).tolist():
            source = fields[max(code, 0) >> 40]
            sources.append(None if code < 0 else (source.space, code & ((1 << 40) - 1)))
        self._reads(fields)
        many = any(f.many for f in fields)
        out = self.room(EACH if many else ALIKE, codes.shape, fields[0].kind)
        return self._append(Copied(tuple(sources), out, many), out)

    def reduced(self, node: Node, args: list[Place]) -> Place:
        """A reduction, one axis after the other from the last."""
        given = self.field_of(args[0])
        axes = axes_of(dict(node.attrs).get("axis"), given.ids.ndim)
        flat = [a for a in axes if given.ids.shape[a] != 1]
        if len(flat) == given.ids.ndim - given.ids.shape.count(1) and aligned_all(given.ids):
            given, flat = given._replace(ids=given.ids.reshape(-1)), [0] * (given.ids.size > 1)
        for axis in reversed(flat):
            given = self._along(PAIRS[node.op.name], given, axis)
        return given._replace(ids=given.ids.reshape(node.type.shape))

    def _along(self, name: str, given: Field, axis: int) -> Field:
        moved = np.moveaxis(given.ids, axis, -1)
        operand = given._replace(ids=moved)
        out = self.room(EACH if given.many else ALIKE, moved.shape[:-1], given.kind)
        self._reads([given])
        made = self._append(Reduced(name, operand, out, given.many), out)
        return made._replace(ids=np.expand_dims(made.ids, axis))

    def product(self, node: Node, args: list[Place]) -> Place:
        """A product of matrices, of vectors as rows and columns."""
        a, b = (self.field_of(x) for x in args)
        self._reads([a, b])
        many = a.many or b.many
        out = self.room(EACH if many else ALIKE, node.type.shape)
        one, two = (x.ids for x in (a, b))
        left = one[None] if one.ndim == 1 else one
        right = two[:, None] if two.ndim == 1 else two
        shape = (*np.broadcast_shapes(left.shape[:-2], right.shape[:-2]), left.shape[-2], right.shape[-1])
        full = out._replace(ids=out.ids.reshape(shape))
        self._append(Product(a._replace(ids=left), b._replace(ids=right), full, many), out)
        return out

    # Results

    def gather(self, place: Place, many: bool, target: int) -> None:
        """Let a result end at a place of the sums over samples (or, `many` false, of what is computed once)."""
        if isinstance(place, Fixed):
            if many:
                assert not place.value.any(), "the weights of the samples are in every slope"
                return
            self.constants.append((target, place.value.astype(float).reshape(-1)))
            return
        whole = self._storage(place)
        if (
            place.owner in self.read
            or place.owner in self.sinks
            or whole is None
            or not aligned(place, whole)
        ):
            group = Each(tuple(n for n in place.ids.shape if n != 1), many)
            given = self.field_of(place)
            value = group.load(given, place.ids.shape)
            self._reads([given])
            whole = self._field(EACH, 0, place.ids.shape)
            group.values[whole.owner], group.results[whole.owner] = value, whole
            self._append(group, whole)
        self.sinks[whole.owner] = target

    def _storage(self, place: Field) -> Field | None:
        at = self._made_in.get(place.owner)
        if at is None:
            return None
        step = self.steps[place.many][at]
        return step.results.get(place.owner) if isinstance(step, Each) else step.out


def _uniform(value: Array) -> bool:
    """Whether all elements are the same number."""
    flat = value.reshape(-1)
    return bool((flat == flat[0]).all()) and not (flat[0] == 0 and np.signbit(flat.astype(float)).any())


PAIRS = {"sum": "add", "amax": "max", "amin": "min"}
"""Reductions, and what they do with two elements."""

RULES: dict[str, Callable[[Builder, Node, list[Place]], Place]] = {
    "matmul": Builder.product,
    **dict.fromkeys(PAIRS, Builder.reduced),
    **dict.fromkeys(
        ("reshape", "broadcast_to", "transpose", "index", "scatter", "stack", "concat"), Builder.structural
    ),
}
"""Ops of arrays that can be written."""
