"""Kernels: expressions compiled together, called on numbers or on arrays of points."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from symgrad.compiled.plan import Plan
from symgrad.compiled.point import Point
from symgrad.compiled.stages import kinds_of
from symgrad.compiled.usual import Way, way


class Form(NamedTuple):
    """How a caller sees the results.

    Attributes:
        pack: list of results -> what a call returns.
        flat: what a call returned -> list of results.
        keys: if a call returns the first result and the others in a dictionary, their keys.
    """

    pack: Callable[[Sequence[Any]], Any] = tuple
    flat: Callable[[Any], Sequence[Any]] = list
    keys: tuple[str, ...] | None = None


def gradient_form(names: Sequence[str]) -> Form:
    """Value and partials, as a pair of a number and a dictionary."""
    names = tuple(names)
    partials = operator.itemgetter(*names) if len(names) > 1 else lambda grad: [grad[n] for n in names]

    def pack(results: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        return results[0], dict(zip(names, results[1:]))  # noqa: B905  # counted when it was made

    return Form(pack, lambda out: [out[0], *partials(out[1])], names)


def hessian_form(names: Sequence[str]) -> Form:
    """Value, partials, and second partials by pairs of names; those of (b, a) are those of (a, b)."""
    names = tuple(names)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]

    def pack(results: Sequence[Any]) -> tuple[Any, dict[str, Any], dict[tuple[str, str], Any]]:
        n = len(names)
        value, first, second = results[0], results[1 : n + 1], results[n + 1 :]
        both = dict(zip(pairs, second, strict=True))
        both.update({(b, a): both[a, b] for a, b in pairs})
        return value, dict(zip(names, first, strict=True)), both

    def flat(out: Any) -> list[Any]:
        return [out[0], *(out[1][name] for name in names), *(out[2][pair] for pair in pairs)]

    return Form(pack, flat)


class Variable(NamedTuple):
    """An input as the caller knows it."""

    name: str
    kind: str
    shape: tuple[int, ...]


class Kernel:
    """Compiled expressions.

    Call it with a value for each variable, by keywords or one mapping: numbers, or arrays of points, which broadcast.
    Where all arrays are float32 the results are, though computed in float64.

    Attributes:
        variables: the inputs.
        shapes: the shapes of the results at one point.
        size: about how many instructions it takes for eight points.
    """

    def __init__(
        self,
        plan: Plan,
        variables: Sequence[Variable],
        shapes: Sequence[tuple[int, ...]],
        form: Form,
        tier: str | None = None,
    ) -> None:
        from symgrad.compiled.blocks import Runner  # NumPy

        self.variables, self.shapes, self.form, self.tier = tuple(variables), tuple(shapes), form, tier
        self.names = tuple(v.name for v in variables)
        kinds = [v.kind for v in variables for _ in range(math.prod(v.shape))]
        self._runner = Runner(plan, kinds, tier)
        row_kinds, starts = kinds_of(plan, kinds), itertools.accumulate(map(math.prod, shapes), initial=0)
        self.truths = [row_kinds[plan.outputs[at]] == "bool" for at in list(starts)[:-1]]
        self.size = self._runner.size
        plain = (
            not any(v.shape or v.kind == "bool" for v in variables)
            and not any(shapes)
            and not any(self.truths)
        )
        native = self._runner.only
        self._plain = plain and native is not None
        self._usual: Way | None = None
        small = self.names and shapes and len(self.names) + len(shapes) <= MOST_NUMBERS
        self._point = Point(native, self.names, len(shapes)) if native and plain and small else None
        self._quick = self._point.way(form) if self._point else None

    def __call__(
        self,
        bindings: Mapping[str, Any] | None = None,
        /,
        *,
        out: Any = None,
        threads: int | None = None,
        **named: Any,
    ) -> Any:
        """The results at a point, or at many.

        Args:
            bindings: variable -> number or array; or give keywords (variables called `out` or `threads` only so).
            out: what a call returned for as many points: it is written to, and no new arrays are made.
            threads: how many threads share the points; default by the work.
            named: the bindings as keywords.

        Raises:
            NameMistake: SG103, a variable has no value. TypeMistake: SG211, a value is no number; SG213, shapes do
                not fit.
        """
        if bindings is not None:
            named = {**bindings, **named} if named else bindings if type(bindings) is dict else dict(bindings)
        if out is None and self._quick is not None:
            try:
                found = self._quick(named)
            except (
                KeyError,
                OverflowError,
            ):  # the long way knows what lacks, and integers beyond all doubles
                return self._many(named, out, threads)
            if found is not None:
                return found
        if self._plain:
            usual = self._usual
            if usual is None:
                usual = self._usual = way(self._runner, self.names, len(self.shapes))
            results = usual(named, None if out is None else self.form.flat(out), threads)
            if results is not None:
                return self.form.pack(results) if out is None else out
        return self._many(named, out, threads)

    def with_form(self, form: Form) -> Kernel:
        """The same machine code, with results in another form."""
        other = object.__new__(Kernel)
        vars(other).update(vars(self), form=form, _quick=self._point.way(form) if self._point else None)
        return other

    def __copy__(self) -> Kernel:
        return self

    def __deepcopy__(self, memo: Any) -> Kernel:
        return self  # nothing in it ever changes for whoever calls it

    def __reduce__(self) -> Any:
        raise TypeError(
            "a kernel is machine code of this process: pickle the expression, and compile it there"
        )

    def _many(self, named: Mapping[str, Any], out: Any, threads: int | None) -> Any:
        from symgrad.compiled.arrays import read, result_arrays

        points = read(self.variables, named, self._plain, fresh=out is None)
        results = result_arrays(
            points, self.shapes, self.truths, None if out is None else self.form.flat(out)
        )
        self._runner.run(points, results, threads)
        if out is not None:
            return out
        return self.form.pack([points.finished(r) for r in results])


MOST_NUMBERS = 4000
"""Inputs and outputs of one point that are kept on the stack."""
