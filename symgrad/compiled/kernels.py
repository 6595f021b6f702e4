"""Kernels: expressions compiled together, called on numbers or on arrays of points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from symgrad.compiled.forms import Form
from symgrad.compiled.plan import Plan
from symgrad.compiled.point import Point
from symgrad.compiled.stages import kinds_of
from symgrad.compiled.usual import Into, Usual
from symgrad.errors import NameMistake, TypeMistake, UsageMistake, did_you_mean
from symgrad.graph import Node, Program


class Source(NamedTuple):
    """What a kernel was made of, and is made of again after it was pickled."""

    roots: tuple[Node, ...]
    variables: tuple[Node, ...]
    follow: bool


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
        source: Source,
        plan: Plan,
        form: Form,
        tier: str | None = None,
    ) -> None:
        from symgrad.compiled.blocks import Runner  # NumPy

        self._source, self.form, self.tier = source, form, tier
        variables = tuple(Variable(v.name, v.type.kind, v.type.shape) for v in source.variables)
        shapes = tuple(root.type.shape for root in source.roots)
        self.variables, self.shapes, self.names = variables, shapes, tuple(v.name for v in variables)
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
        self._usual: Usual | None = None
        self._into: Into | None = None
        small = self.names and shapes and len(self.names) + len(shapes) <= MOST_NUMBERS
        self._point = Point(native, self.names, len(shapes)) if native and plain and small else None
        self._quick = self._point.way(form) if self._point else None

    def __call__(
        self,
        bindings: Mapping[str, Any] | None = None,
        /,
        *others: Any,
        out: Any = None,
        threads: int | None = None,
        **named: Any,
    ) -> Any:
        """The results at a point, or at many.

        Args:
            bindings: variable -> number or array; or give keywords (variables called `out` or `threads` only so).
            others: none; values without names are refused.
            out: what a call returned for as many points: it is written to, and no new arrays are made.
            threads: how many threads share the points; default by the work.
            named: the bindings as keywords.

        Raises:
            NameMistake: SG103, a variable has no value; SG104, a keyword is none.
            TypeMistake: SG211, a value is no number or has no name; SG213, shapes do not fit, or `out` is not what a
                call returns. UsageMistake: SG511, so many threads there cannot be.
        """
        plainly = out is not None and not named and not others and threads in ONE_THREAD
        if plainly and self._into is not None and self._into(bindings, out):
            return out
        if bindings is not None:
            if others or type(bindings) is not dict:
                check_named(bindings, others)
            if named:
                check_names(self.names, named)
            named = {**bindings, **named} if named else bindings if type(bindings) is dict else dict(bindings)
        elif len(named) > len(self.names):
            check_names(self.names, named)
        if out is None and self._quick is not None:
            try:
                found = self._quick(named)
            except KeyError:  # the long way says what lacks
                return self._many(named, out, threads)
            if found is not None:
                return found
        if threads is not None:
            _check_threads(threads)
        if self._plain:
            usual = self._usual
            if usual is None:
                usual = self._usual = Usual(self._runner, self.names, len(self.shapes))
            if out is not None and self._into is None:
                self._into = usual.into(self.form.keys)
            results = usual.call(named, None if out is None else self._flat(out), threads)
            if results is not None:
                return self.form.pack(results) if out is None else out
        return self._many(named, out, threads)

    def _flat(self, out: Any) -> list[Any]:
        """What a call returned, as a list."""
        try:
            found = self.form.flat(out)
        except (TypeError, LookupError):
            found = []
        if len(found) != len(self.shapes):
            hint = "as in: out = k(x=xs); k(x=xs, out=out)"
            message = f"`out` is what a call returns ({self.form}), found {type(out).__name__}"
            raise TypeMistake("SG213", message, hint=hint)
        return found

    def with_form(self, form: Form) -> Kernel:
        """The same machine code, with results in another form."""
        other = object.__new__(Kernel)
        vars(other).update(vars(self))
        vars(other).update(form=form, _into=None, _quick=self._point.way(form) if self._point else None)
        return other

    def __reduce__(self) -> tuple[Any, ...]:
        """Machine code is not pickled: it is compiled again from its expressions."""
        return _again, (self._source, self.form, self.tier)

    def __copy__(self) -> Kernel:
        return self  # it never changes

    def __deepcopy__(self, memo: object) -> Kernel:
        return self

    def __repr__(self) -> str:
        ops = sum(1 for node in Program(self._source.roots).nodes if node.args)
        return f"<kernel: {self.form} by {', '.join(self.names) or 'no variables'}, {ops:,} operations>"

    def _many(self, named: Mapping[str, Any], out: Any, threads: int | None) -> Any:
        from symgrad.compiled.arrays import read, result_arrays

        points = read(self.variables, named, self._plain, fresh=out is None)
        results = result_arrays(points, self.shapes, self.truths, None if out is None else self._flat(out))
        self._runner.run(points, results, threads)
        if out is not None:
            return out
        return self.form.pack([points.finished(r) for r in results])


def check_named(bindings: object, others: object) -> None:
    """Refuse values without names.

    Raises:
        TypeMistake: SG211.
    """
    if isinstance(bindings, Mapping) and not others:
        return
    hint = "as in k(x=1.0) or k({'x': xs}), for numbers and arrays"
    raise TypeMistake("SG211", "values are given by name: as keywords, or as one mapping", hint=hint)


def check_names(names: Sequence[str], named: Mapping[str, Any]) -> None:
    """Refuse keywords that are no variables; a mapping may hold more.

    Raises:
        NameMistake: SG104.
    """
    for name in named:
        if name not in names:
            near = did_you_mean(name, names)
            raise NameMistake("SG104", f"there is no variable `{name}` in this kernel", hint=near)


def _check_threads(threads: object) -> None:
    if not isinstance(threads, int) or threads < 1:
        raise UsageMistake("SG511", f"threads are a positive whole number, found {threads!r}")


def _again(source: Source, form: Form, tier: str | None) -> Kernel:
    from symgrad.compiled import kernel

    return kernel(source.roots, source.variables, form=form, follow=source.follow, tier=tier)


MOST_NUMBERS = 4000
"""Inputs and outputs of one point that are kept on the stack."""

ONE_THREAD = (None, 1)
"""What callers say where the points are few, or for one thread."""
