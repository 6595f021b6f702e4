"""Many points by the way that suits them: the sweep, NumPy on blocks, or machine code.

The choice depends on the graph, the number of points and what is asked for, never on what was computed before. The
fast ways know nothing of flags; where something is in doubt (see `doubt`) the sweep has the last word, so all ways
agree within rounding, and at kinks and borders exactly.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symgrad import compiled
from symgrad.compiled.blocked import Blocked
from symgrad.engine import backprop
from symgrad.engine.backprop import Bound, Result, sweep
from symgrad.engine.doubt import doubt, not_finite
from symgrad.engine.gradient import gradient
from symgrad.engine.shapes import name_of
from symgrad.errors import LimitReached, Span, UsageMistake
from symgrad.graph import CONST, Node, Program, const, var
from symgrad.graph.scalarise import element_name, scalarise
from symgrad.ops import OPS
from symgrad.ops.types import Type

ENGINE, BLOCKED, COMPILED = "engine", "blocked", "compiled"
WAYS = (ENGINE, BLOCKED, COMPILED)

LEAST_POINTS = 2048
"""Fewer points are swept: until here a sweep takes less time than making the graph of the gradient and its plan."""

MOST_NODES = 5000
"""Larger graphs are swept: their gradient as a graph would take longer than the sweep itself."""

MOST_ELEMENTS = 2000
"""Scalar operations that arrays may be taken apart into."""

COMPILED_POINTS, COMPILED_WORK = 200_000, 2e6
MOST_COMPILED = 3000
"""Points, and operations of all points, from which compiling pays although a kernel is used once (both times grow with
the graph, so it is the number of points that decides); and the largest graph for it."""

Array = np.ndarray[Any, Any]


def choose(program: Program, points: int, way: str | None = None) -> str:
    """The way to compute value and partials of a program at many points.

    Raises:
        UsageMistake: SG714, the way that is asked for cannot be gone here.
    """
    if way is not None:
        return _asked(way)
    size = len(program.nodes)
    if points < LEAST_POINTS or size > MOST_NODES:
        return ENGINE
    much = points >= COMPILED_POINTS and points * size >= COMPILED_WORK
    return COMPILED if much and size <= MOST_COMPILED and compiled.available() else BLOCKED


def _asked(way: str) -> str:
    if way not in WAYS:
        raise UsageMistake("SG511", f"a way of computing is one of {', '.join(WAYS)}, found {way!r}")
    if way == COMPILED and not compiled.available():
        hint = "pip install 'symgrad[jit]'"
        raise UsageMistake("SG714", "machine code needs llvmlite, which is not installed", hint=hint)
    return way


def value_of(program: Program, bindings: Mapping[str, Any], way: str | None = None) -> Any:
    """The value of the first output, at one point or at many; see `backprop.value_of`."""
    if way is not None:
        _asked(way)

    def many(program: Program, bound: Bound, points: int) -> Any:
        chosen = choose(program, points, way)
        form = None if chosen == ENGINE else formula(program, (), flags=False)
        if form is None:
            return backprop.value_of(program, bindings)
        value = form.numbers(chosen, bound, points)[0]
        return _finished(program, form, value, bound)

    return backprop.value_of(program, bindings, many=many)


def _finished(program: Program, form: Formula, values: Sequence[Array], bound: Bound) -> Any:
    """Elements put together; what is not finite is what the sweep says."""
    value = form.joined(values)
    if value.dtype != bool:
        bad = np.flatnonzero(~np.isfinite(value.reshape(len(value), -1)).all(axis=1))
        if bad.size:
            with np.errstate(all="ignore"):
                value[bad] = backprop.value_of(program, {v.name: x[bad] for v, x in bound.items()})
    return value


def evaluate(
    program: Program,
    bindings: Mapping[str, Any],
    wrt: list[Node] | None = None,
    places: Mapping[Node, Span] | None = None,
    *,
    way: str | None = None,
    flags: bool = True,
    out: Sequence[Array] | None = None,
) -> Result:
    """Value, gradient and flags, at one point or at many; see `backprop.evaluate`.

    Args:
        program: its first output is a real scalar.
        bindings: variable name -> value.
        wrt: the nodes to differentiate by; default all real variables.
        places: where nodes stand in the text.
        way: engine, blocked or compiled: how many points are computed; default what suits them.
        flags: whether flags are wanted; without them the fast ways are faster.
        out: arrays for the value and each partial (of numbers), which the fast ways write to.
    """
    if way is not None:
        _asked(way)

    def many(program: Program, bound: Bound, wrt: list[Node], points: int) -> Result:
        chosen = choose(program, points, way)
        form = None if chosen == ENGINE or not wrt else formula(program, tuple(wrt), flags=flags)
        return (
            sweep(program, bound, wrt, points)
            if form is None
            else _checked(program, form, chosen, bound, wrt, points, out)
        )

    return backprop.evaluate(program, bindings, wrt, places, many=many)


def _checked(
    program: Program,
    form: Formula,
    way: str,
    bound: Bound,
    wrt: list[Node],
    points: int,
    out: Sequence[Array] | None,
) -> Result:
    """The numbers of a fast way, with those of the sweep where the value is missing, which says that it is in doubt."""
    (value,), *partials = form.numbers(way, bound, points, out)
    grad = {name_of(v): _joined(g, v.type.shape) for v, g in zip(wrt, partials, strict=True)}
    masks = np.zeros(points, dtype=np.uint16)
    if not points or not np.isnan(value.min()):
        return Result(value, grad, (), masks)
    bad = np.flatnonzero(np.isnan(value))
    few = sweep(program, {v: x[bad] for v, x in bound.items()}, wrt, bad.size)
    value[bad] = few.value
    for name, g in grad.items():
        g[bad] = few.grad[name]
    masks[bad] = few.masks
    return Result(value, grad, few.flags, masks)


class Formula:
    """Value and partials of a program as scalar graphs.

    Attributes:
        shape: of the value at one point.
        variables: the program's, each with the scalar variables that are its elements.
        parts: for the value and each partial its elements; with partials the value is nan where anything is in doubt.
    """

    def __init__(
        self, shape: tuple[int, ...], variables: list[tuple[Node, list[Node]]], parts: list[list[Node]]
    ) -> None:
        self.shape, self.variables, self.parts = shape, variables, parts
        self._roots = [root for part in parts for root in part]
        self._inputs = [element for _, elements in variables for element in elements]
        self._blocked: Blocked | None = None

    def numbers(
        self, way: str, bound: Bound, points: int, out: Sequence[Array] | None = None
    ) -> list[list[Array]]:
        """For each part the numbers of its elements at all points."""
        columns = [column for v, elements in self.variables for column in _columns(bound[v], elements)]
        compute = self._compiled if way == COMPILED else self.blocked
        found = compute(columns, points, out)
        rest = iter(found)
        return [[next(rest) for _ in part] for part in self.parts]

    @property
    def blocked(self) -> Blocked:
        """The program of NumPy's functions."""
        if self._blocked is None:
            self._blocked = Blocked(self._roots, self._inputs)
        return self._blocked

    def _compiled(
        self, columns: list[Any], points: int, out: Sequence[Array] | None = None
    ) -> Sequence[Array]:
        varying = [root for root in self._roots if root.op is not CONST]
        kernel = compiled.kernel(varying, self._inputs)
        given = {v.name: x for v, x in zip(self._inputs, columns, strict=True)}
        results = iter(kernel(given, out=out if out and len(varying) == len(out) else None))
        every = [np.asarray(next(results)) if r.op is not CONST else np.asarray(r.value) for r in self._roots]
        kinds = [bool if r.type.kind == "bool" else float for r in self._roots]
        return [
            a if a.shape == (points,) else np.full(points, a, kind)
            for a, kind in zip(every, kinds, strict=True)
        ]

    def joined(self, values: Sequence[Array]) -> Array:
        """The elements of the value as one array, points first."""
        return _joined(values, self.shape)


def _joined(values: Sequence[Array], shape: tuple[int, ...]) -> Array:
    if not shape:
        return values[0]
    return np.stack(values, axis=1).reshape(-1, *shape)


def _columns(value: Any, elements: list[Node]) -> list[Any]:
    """A variable's values as one column for each of its elements; one number where all points have the same."""
    flat = (
        np.asarray(value).reshape(len(value), -1) if len(elements) != 1 else np.asarray(value).reshape(-1, 1)
    )
    same = flat.strides[0] == 0
    return [flat[0, i].item() if same else flat[:, i] for i in range(len(elements))]


_KNOWN: weakref.WeakKeyDictionary[Program, dict[Any, Formula | None]] = weakref.WeakKeyDictionary()


def formula(program: Program, wrt: tuple[Node, ...], *, flags: bool) -> Formula | None:
    """The graphs of value and partials; None where only the sweep can compute them. Kept with the program."""
    known = _KNOWN.setdefault(program, {})
    key = (wrt, flags)
    if key not in known:
        try:
            known[key] = _formula(program, wrt, flags=flags)
        except LimitReached:
            known[key] = None
    return known[key]


def _formula(program: Program, wrt: tuple[Node, ...], *, flags: bool) -> Formula | None:
    root = program.nodes[program.outputs[0]]
    if any(v.args for v in wrt):
        return None
    variables = [(v, _elements(v)) for v in program.variables]
    parts = [_parts(root)] if program.has_arrays else [[root]]
    if not wrt:
        return Formula(root.type.shape, variables, parts)
    flat = Program(parts[0]) if program.has_arrays else program
    by = dict(variables)
    targets = [element for v in wrt for element in by.get(v, [v])]
    slopes = gradient(parts[0][0], targets)
    rest = iter(slopes)
    parts += [[next(rest) for _ in by.get(v, [v])] for v in wrt]
    asked = OPS["or"](doubt(flat, targets, flags=flags), not_finite([parts[0][0], *slopes]))
    parts[0] = [OPS["where"](asked, const(math.nan), parts[0][0])]
    return Formula(root.type.shape, variables, parts)


def _elements(v: Node) -> list[Node]:
    if not v.type.shape:
        return [v]
    kind = Type(v.type.kind)
    return [var(element_name(v.name, key), kind) for key in np.ndindex(*v.type.shape)]


def _parts(root: Node) -> list[Node]:
    return list(scalarise([root], MOST_ELEMENTS)[0].reshape(-1))
