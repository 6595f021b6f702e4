"""A large graph of numbers at one point: a flat tape forward, all slopes op by op at once, a flat tape back.

The reverse rules are asked once for each op, on arrays of all its places in the graph; what is left of the sweep is one
product and one sum for each edge. Whatever is out of the ordinary (an infinite slope, a nan, a flag) is left to the
general sweep, so nothing here decides on conventions.
"""

from __future__ import annotations

import itertools
import math
import weakref
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from symgrad.engine.flags import at_kink
from symgrad.graph import CONST, VAR, Node, Program
from symgrad.graph.bulk import undisturbed
from symgrad.ops.op import NO_RULES, Guarded, Op
from symgrad.ops.types import comparison

Array = np.ndarray[Any, Any]

WHOLE, NONE = -2, -1


class Group(NamedTuple):
    """All places of one op (with its attributes, if it has any).

    Attributes:
        slots: where it stands.
        operands: for each operand the slots it stands in.
        conditions: which operands are conditions.
    """

    op: Op
    attrs: Mapping[str, Any]
    slots: Array
    operands: list[Array]
    conditions: list[bool]


class Tape:
    """A program of scalars as flat lists, operands before what is made of them.

    Attributes:
        live: which slots depend on a variable that one can differentiate by.
    """

    def __init__(self, program: Program) -> None:
        self._nodes, self._args, self._output = program.nodes, program.args, program.outputs[0]
        with undisturbed(len(program.nodes)):
            self._table()
            self._forward()
            self._back()

    def _table(self) -> None:
        """Which op stands where, by number, and the slots of all first, second, ... operands."""
        nodes, args = self._nodes, self._args
        kinds = [(node.op, node.attrs) if node.attrs and node.args else node.op for node in nodes]
        self._kinds = list(dict.fromkeys(kinds))
        numbers = {kind: k for k, kind in enumerate(self._kinds)}
        self._codes = [numbers[kind] for kind in kinds]
        most = max(map(len, args))
        self._columns = [[a[i] if len(a) > i else NONE for a in args] for i in range(max(most, 2))]

    def _forward(self) -> None:
        """The steps: slot, function, and its operands' slots where there are one or two of them."""
        nodes, args = self._nodes, self._args
        functions = [_bare(kind) for kind in self._kinds]
        steps: list[Any] = [functions[k] for k in self._codes]
        first, second = (column.copy() for column in self._columns[:2])
        for slot, a in enumerate(args):
            if len(a) > 2 or steps[slot] is None:
                steps[slot] = _call(nodes[slot], a) if a else None
                first[slot], second[slot] = WHOLE, NONE
        inner = [slot for slot, a in enumerate(args) if a]
        self._start: list[Any] = [None] * len(nodes)
        self._variables: list[tuple[int, Node]] = []
        for slot, a in enumerate(args):
            if not a:
                self._leaf(slot, nodes[slot])
        self._slots, self._steps = inner, [steps[s] for s in inner]
        self._first, self._second = [first[s] for s in inner], [second[s] for s in inner]

    def _leaf(self, slot: int, node: Node) -> None:
        if node.op is VAR:
            self._variables.append((slot, node))
        elif node.op is CONST:
            value = node.value
            self._start[slot] = float(value) if type(value) is int else value
        else:
            self._start[slot] = node.op.scalar_fn()

    def _back(self) -> None:
        """The edges from results to operands, in the order of the sweep, and the groups that know their slopes."""
        size = len(self._nodes)
        codes = np.array(self._codes)
        columns = [np.array(column) for column in self._columns]
        self.live = np.array(self._depend())
        ends = np.searchsorted(
            codes[order := np.argsort(codes, kind="stable")], np.arange(len(self._kinds) + 1)
        )
        self._groups = []
        sends = np.zeros((len(columns), len(self._kinds)), dtype=bool)
        self._refused = False
        for k, (start, stop) in enumerate(itertools.pairwise(ends)):
            node = self._nodes[order[start]]
            if node.args:
                slots = order[start:stop]
                operands = [column[slots] for column in columns[: len(node.args)]]
                conditions = [a.type.kind == "bool" for a in node.args]
                self._groups.append(Group(node.op, dict(node.attrs), slots, operands, conditions))
                rules = [node.op.rule(i) for i in range(len(node.args))]
                self._refused |= any(rule in NO_RULES for rule in rules)
                sends[: len(rules), k] = [rule is not None for rule in rules]
        to = np.stack([column[::-1] for column in columns], axis=1)
        there = (to >= 0) & self.live[to] & sends.T[codes[::-1]]
        there[: size - 1 - self._output] = False
        self._edges(to, there, codes)
        del self._codes, self._columns

    def _edges(self, to: Array, there: Array, codes: Array) -> None:
        """Number the edges: first those that have to be gone one by one, then those to variables.

        What is used once, by a sum, has the adjoint of the sum: `_same` says whose, and it needs no edge.
        """
        size = len(codes)
        start = np.broadcast_to(np.arange(size)[::-1, None], to.shape)
        whole = np.array([[_passes_on(kind, i) for kind in self._kinds] for i in range(to.shape[1])])
        uses = np.bincount(to[there], minlength=size)
        passed = there & whole.T[codes[::-1]] & (uses[to] == 1)
        self._same = np.arange(size)
        self._same[to[passed]] = start[passed]
        while not np.array_equal(further := self._same[self._same], self._same):
            self._same = further
        leaf = np.zeros(size, dtype=bool)
        leaf[[slot for slot, _ in self._variables]] = True
        inner, last = there & ~passed & ~leaf[to], there & ~passed & leaf[to]
        numbers = np.full(to.shape, NONE)
        self._inner = int(inner.sum())
        numbers[inner] = np.arange(self._inner)
        numbers[last] = np.arange(self._inner, self._inner + int(last.sum()))
        self._edge = numbers[::-1]  # by slot and operand
        self._to: list[int] = to[inner].tolist()
        self._from: list[int] = self._same[start[inner]].tolist()
        self._leaf_to, self._leaf_from = to[last], self._same[start[last]]

    def _depend(self) -> list[bool]:
        wanted = {slot for slot, node in self._variables if node.type.kind == "real"}
        live = [slot in wanted for slot in range(len(self._nodes))]
        columns = zip(*self._columns, strict=True)
        live.append(False)  # where the operands are that are not there
        for slot, args in enumerate(columns):
            if args[0] >= 0:
                for a in args:
                    if live[a]:
                        live[slot] = True
                        break
        live.pop()
        return live

    def values(self, bound: Mapping[Node, Any]) -> list[Any]:
        """The value of every slot, as `evaluate.run` has it."""
        values = self._start.copy()
        for slot, node in self._variables:
            values[slot] = bound[node]
        steps = zip(self._slots, self._steps, self._first, self._second, strict=True)
        while True:
            slot = NONE
            try:
                for slot, function, a, b in steps:
                    if b >= 0:
                        values[slot] = function(values[a], values[b])
                    elif a >= 0:
                        values[slot] = function(values[a])
                    else:
                        values[slot] = function(values)
            except (ValueError, OverflowError):  # Python's own, where IEEE has a result
                xs = [values[i] for i in self._args[slot]]
                values[slot] = self._nodes[slot].op.compute(xs, {})
            else:
                return values

    def array(self, values: list[Any]) -> Array:
        """The same as an array of doubles."""
        return np.fromiter(values, float, len(values))

    def calm(self, numbers: Array) -> bool:
        """Whether nothing happened at this point that `flags` could report."""
        if not np.isfinite(numbers).all():
            return False
        for group in self._groups:
            op = group.op
            if op.fades and not numbers[group.slots].all():
                return False
            if op.kinks or op.result is comparison:
                xs = [numbers[a] for a in group.operands]
                hit = xs[0] == xs[1] if op.result is comparison else at_kink(op, xs, group.attrs)
                if np.any(hit & self.live[group.slots]):
                    return False
        return True

    def adjoints(self, numbers: Array, wanted: list[int]) -> list[float] | None:
        """The derivatives of the first output by some slots; None where the general sweep has to be asked."""
        if self._refused or not self.live[wanted].all():
            return None
        slopes = self._slopes(numbers)
        if slopes is None:
            return None
        totals = [0.0] * len(numbers)
        totals[self._output] = 1.0
        for slot, a, slope in zip(self._from, self._to, slopes[: self._inner].tolist(), strict=True):
            totals[a] += totals[slot] * slope
        found = self.array(totals)[self._same]
        with np.errstate(all="ignore"):
            parts = found[self._leaf_from] * slopes[self._inner :]
            found += np.bincount(self._leaf_to, parts, len(found))
        adjoints = found[wanted]
        return adjoints.tolist() if np.isfinite(adjoints).all() else None

    def _slopes(self, numbers: Array) -> Array | None:
        """The slope of each edge; None if one is not finite, or underflows where it would not with a large adjoint."""
        slopes = np.zeros(self._inner + len(self._leaf_to))
        with np.errstate(all="ignore"):
            for group in self._groups:
                edges = self._edge[group.slots]
                if not (edges >= 0).any():
                    continue
                y = numbers[group.slots]
                given = zip(group.operands, group.conditions, strict=True)
                xs = [numbers[a] != 0 if condition else numbers[a] for a, condition in given]
                for i in range(len(xs)):
                    where = edges[:, i] >= 0
                    rule = group.op.rule(i) if where.any() else None
                    if rule is not None:
                        out = _at_once(rule, 1.0, y, xs, group.attrs)
                        small = where & (np.abs(out) < LEAST)
                        if small.any():
                            again = _at_once(rule, LARGE, y[small], [x[small] for x in xs], group.attrs)
                            if (again != out[small] * LARGE).any():
                                return None
                        slopes[edges[where, i]] = out[where]
        return slopes if np.isfinite(slopes).all() else None


LEAST, LARGE = 2.0**-1000, 2.0**1000
"""Slopes below the first are computed again with the second as adjoint."""


def _at_once(rule: Any, g: float, y: Array, xs: list[Array], attrs: Mapping[str, Any]) -> Array:
    """A rule for one adjoint at many places of its op."""
    out = rule(np.full(len(y), g), y, *xs, **attrs)
    if type(out) is Guarded:
        out = np.where(out.guard, out.value, 0.0)
    return np.broadcast_to(out, y.shape)


def _passes_on(kind: Any, i: int) -> bool:
    """Whether the rule of an operand gives the very adjoint that it is given, as that of a sum does."""
    if type(kind) is not Op or kind.arity is None or i >= kind.arity:
        return False
    rule = kind.rule(i)
    if rule is None or rule in NO_RULES:
        return False
    g = np.float64(2.0)
    with np.errstate(all="ignore"):
        return rule(g, *[np.float64(math.nan)] * (kind.arity + 1)) is g


def _bare(kind: Any) -> Callable[..., Any] | None:
    """The function of an op without what catches Python's errors; None for leaves and ops with attributes."""
    if type(kind) is not Op:
        return None
    function: Callable[..., Any] = kind.scalar_fn
    return getattr(function, "__wrapped__", function)


def _call(node: Node, args: tuple[int, ...]) -> Callable[..., Any]:
    """An op of more than two operands, or with attributes, as a function of all values."""
    attrs = dict(node.attrs)
    return lambda values: node.op.compute([values[i] for i in args], attrs)


_TAPES: weakref.WeakKeyDictionary[Program, Tape] = weakref.WeakKeyDictionary()


def tape(program: Program) -> Tape:
    """The tape of a program of scalars, kept as long as the program is."""
    found = _TAPES.get(program)
    if found is None:
        found = _TAPES[program] = Tape(program)
    return found
