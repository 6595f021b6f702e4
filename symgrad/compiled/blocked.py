"""Expressions over many points without a compiler: NumPy, a block of points at a time that stays in the cache.

A plan is ready in about a millisecond. Each step is one NumPy function on a block; blocks of results are used again
as soon as nothing needs them. A point's numbers depend neither on the size of blocks nor on the number of threads.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from symgrad.compiled.native import parallel
from symgrad.compiled.plan import FORMS as PLANNED
from symgrad.compiled.plan import Plan
from symgrad.compiled.powers import rooted
from symgrad.compiled.share import needed
from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops.op import Op, lookup
from symgrad.ops.types import comparison, logical

BLOCK = 4096
"""Points of a block: a handful of blocks stays in the second cache, and NumPy's calls cost little beside them."""

Array = np.ndarray[Any, Any]


class Step(NamedTuple):
    """One operation on a block.

    Attributes:
        function: of arrays.
        ufunc: whether it writes to an array that it is given.
        args: the places of its operands.
        place: where the result goes.
    """

    function: Callable[..., Any]
    ufunc: bool
    args: tuple[int, ...]
    place: int


class Blocked:
    """Expressions as NumPy's functions on blocks.

    Attributes:
        size: how many steps a block takes.
    """

    def __init__(self, roots: Sequence[Node], inputs: Sequence[Node]) -> None:
        self._plan = plan = make(roots, inputs)
        self._inputs = len(inputs)
        self._truths = _truths(plan, inputs)
        self._assign(plan)
        self.size = len(self._steps)

    def _assign(self, plan: Plan) -> None:
        """Give each row a place: an input, a constant, a result, or a block that is used again by and by."""
        wanted = needed(plan.rows, plan.outputs)
        last = {a: i for i, row in enumerate(plan.rows) if wanted[i] for a in row.args}
        self._places: list[Any] = [None] * self._inputs
        self._blocks: list[tuple[int, bool]] = []
        self._copied: list[tuple[int, int]] = []
        self._steps: list[Step] = []
        self.outputs: list[int] = []
        place: dict[int, int] = {}
        for i, row in enumerate(plan.rows):
            if row.name == "input":
                place[i] = row.extra
        results = {o: k for k, o in reversed(list(enumerate(plan.outputs)))}
        direct = [o for o in results if plan.rows[o].args]
        first = self._inputs
        for o in direct:
            place[o] = self._new()
        self._results = [(results[o], first + k) for k, o in enumerate(direct)]
        free: dict[bool, list[int]] = {True: [], False: []}
        for i, row in enumerate(plan.rows):
            if not wanted[i] or row.name == "input":
                continue
            if not row.args:
                place[i] = self._new(np.array(row.extra[0] if row.name == "constant" else row.extra))
                continue
            function, ufunc = _function(row.name, row.extra)
            args = tuple(place[a] for a in row.args)
            for a in dict.fromkeys(row.args):
                if last[a] == i and plan.rows[a].args and a not in results:
                    free[self._truths[a]].append(place[a])
            if i not in place:
                spare = free[self._truths[i]]
                place[i] = spare.pop() if spare else self._block(self._truths[i])
            self._steps.append(Step(function, ufunc, args, place[i]))
        for k, o in enumerate(plan.outputs):
            if results[o] != k or not plan.rows[o].args:
                if o not in place:
                    extra = plan.rows[o].extra
                    place[o] = self._new(np.array(extra[0] if plan.rows[o].name == "constant" else extra))
                self._copied.append((k, place[o]))

    def _new(self, value: Any = None) -> int:
        self._places.append(value)
        return len(self._places) - 1

    def _block(self, truth: bool) -> int:
        place = self._new()
        self._blocks.append((place, truth))
        return place

    def __call__(
        self, columns: Sequence[Any], points: int, out: Sequence[Array] | None = None, threads: int = 1
    ) -> list[Array]:
        """The results at all points.

        Args:
            columns: for each input an array of that many doubles (or truths), or one number.
            points: how many.
            out: arrays to write to; default new ones.
            threads: how many share the work.
        """
        kinds = [bool if self._truths[o] else float for o in self._plan.outputs]
        results = [np.empty(points, kind) for kind in kinds] if out is None else list(out)
        given = [_column(c) for c in columns]

        def work(start: int, stop: int) -> int:
            with np.errstate(all="ignore"):
                self._span(given, results, start, stop)
            return 0

        parallel(work, points, threads)
        return results

    def _span(self, columns: Sequence[Array], results: Sequence[Array], start: int, stop: int) -> None:
        """The results from one point to another, by blocks."""
        places = list(self._places)
        size = min(BLOCK, stop - start)
        blocks = [(place, np.empty(size, bool if truth else float)) for place, truth in self._blocks]
        for place, block in blocks:
            places[place] = block
        many = [(i, c) for i, c in enumerate(columns) if c.ndim]
        for i, c in enumerate(columns):
            places[i] = c
        for at in range(start, stop, BLOCK):
            end = min(at + BLOCK, stop)
            if end - at < size:
                size = end - at
                for place, block in blocks:
                    places[place] = block[:size]
            for i, c in many:
                piece = c[at:end]
                places[i] = piece if piece.flags.c_contiguous else piece.copy()
            for k, place in self._results:
                places[place] = results[k][at:end]
            self._block_of(places)
            for k, place in self._copied:
                results[k][at:end] = places[place]

    def _block_of(self, places: list[Any]) -> None:
        """All steps on one block."""
        for function, ufunc, args, place in self._steps:
            if not ufunc:
                places[place][...] = function(*[places[a] for a in args])
            elif len(args) == 2:
                function(places[args[0]], places[args[1]], out=places[place])
            else:
                function(*[places[a] for a in args], out=places[place])


def _column(c: Any) -> Array:
    """An input as an array of doubles or truths."""
    array = np.asarray(c)
    return array if array.dtype in (float, bool) else array.astype(float)


def make(roots: Sequence[Node], inputs: Sequence[Node]) -> Plan:
    """The steps: arithmetic as machine code has it, all else as the table's functions of arrays."""
    program = Program(roots)
    plan = Plan()
    plan.inputs = list(inputs)
    at = {node: plan.row("input", extra=i) for i, node in enumerate(inputs)}
    for node, args in zip(program.nodes, program.args, strict=True):
        if node.op is VAR:
            continue
        if node.op is CONST:
            value = node.value
            at[node] = plan.row("truth", extra=value) if type(value) is bool else plan.number(float(value))
        else:
            at[node] = _row(plan, node, [at[program.nodes[a]] for a in args])
    plan.outputs = [at[root] for root in roots]
    return plan


def _row(plan: Plan, node: Node, rows: list[int]) -> int:
    """The row of an operation; of one on constants alone its value."""
    known = [plan.value(row) for row in rows]
    if node.type.kind == "real" and None not in known:
        return plan.number(float(node.op.compute(known, dict(node.attrs))))
    form = FORMS.get(node.op.name)
    if form is None or node.attrs:
        return plan.row(node.op.name, *rows, extra=node.attrs or None)
    return form(plan, *rows)


def _power(plan: Plan, a: int, b: int) -> int:
    """a^b: by products and roots where b is a small multiple of 1/4."""
    found = plan.power(a, b)
    if found is None:
        found = rooted(plan, a, b, plan.root)
    return plan.row("pow", a, b) if found is None else found


def _power_slope(plan: Plan, a: int, b: int) -> int:
    """b*a^(b - 1) likewise."""
    n = plan.value(b)
    if n is None or rooted(plan, a, b, plan.root) is None:
        return PLANNED["power_slope"](plan, a, b)
    return plan.mul(b, _power(plan, a, plan.number(n - 1)))


FORMS = {**PLANNED, "pow": _power, "power_slope": _power_slope}
"""Ops that are more than one function of their operands: name -> (plan, operands' rows) -> row."""


def _truths(plan: Plan, inputs: Sequence[Node]) -> list[bool]:
    """Which rows are conditions."""
    found: list[bool] = []
    for name, args, extra in plan.rows:
        if name == "input":
            found.append(inputs[extra].type.kind == "bool")
        elif not args:
            found.append(name == "truth")
        else:
            found.append(_conditional(lookup(name)))
    return found


@cache
def _conditional(op: Op) -> bool:
    return op.result in (comparison, logical)


def _function(name: str, attrs: Any) -> tuple[Callable[..., Any], bool]:
    """An op's function of arrays, and whether it is one that writes where it is told."""
    op = lookup(name)
    if attrs:
        named = dict(attrs)
        return (lambda *xs: op.array_fn(*xs, **named)), False
    return _of_arrays(op)


@cache
def _of_arrays(op: Op) -> tuple[Callable[..., Any], bool]:
    if isinstance(op.array, str):
        module, _, attribute = op.array.rpartition(".")
        found = getattr(importlib.import_module(module), attribute)
        if isinstance(found, np.ufunc):
            return found, True
        return found, False
    return op.array_fn, False


__all__ = ["BLOCK", "Blocked"]
