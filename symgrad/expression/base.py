"""What every expression has: a graph, where it came from, its variables, and points to look at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from symgrad import graph
from symgrad.engine.gradient import real_variables
from symgrad.errors import NameMistake, Span, UsageMistake, did_you_mean
from symgrad.graph import Node, Program, Type
from symgrad.ops.carrier import Arithmetic

Bindings = Mapping[str, Any]


class Formula(Arithmetic):
    """The part of an `Expression` that its other parts build on."""

    def __init__(
        self,
        node: Node,
        source: str | None = None,
        origins: Mapping[Node, Span] | None = None,
        uses: Mapping[str, Span] | None = None,
    ) -> None:
        self.node = node
        self.source = source
        self.origins: Mapping[Node, Span] = origins or {}
        self.uses: Mapping[str, Span] = uses or {}

    def _of(self, node: Node) -> Self:
        """Another expression, without a text."""
        return type(self)(node)

    @property
    def text(self) -> str:
        """The expression in the language: as it was typed, or printed."""
        return str(self) if self.source is None else self.source

    @property
    def type(self) -> Type:
        """Kind and shape."""
        return self.node.type

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, in order of first appearance."""
        return tuple(v.name for v in self._variables)

    @cached_property
    def _variables(self) -> list[Node]:
        order = {name: i for i, name in enumerate(self.uses)}
        found = graph.variables(self.node)
        return sorted(found, key=lambda v: order.get(v.name, len(order)))

    @cached_property
    def _program(self) -> Program:
        return Program([self.node])

    def _point(self, bindings: Any, named: Bindings) -> dict[str, Any]:
        """Mapping and keywords as one dictionary that has every variable.

        Raises:
            NameMistake: SG103, a variable has no value; SG104, the text has none of a keyword's name.
            UsageMistake: SG511, it is no mapping from names.
        """
        if bindings is not None and not (
            isinstance(bindings, Mapping) and all(isinstance(name, str) for name in bindings)
        ):
            raise self._call_misread()
        point = {**(bindings or {}), **named}
        if self.source is not None:  # a derivative has fewer variables than what it is taken of
            for name in named:
                if name not in self.variables and name not in self.uses:
                    self._target(name)
        lacking = {name: self.uses.get(name) for name in self.variables if name not in point}
        if lacking:
            from symgrad.syntax.names import unbound

            raise unbound(lacking, set(point)).at(None, self.source)
        return point

    def _call_misread(self) -> UsageMistake:
        """The mistake of who gives values without names."""
        names, more = self.variables[:3], ["..."] if len(self.variables) > 3 else []
        keywords = ", ".join([*(f"{name}=..." for name in names), *more])
        mapping = ", ".join([*(f"{name!r}: ..." for name in names), *more])
        hint = f"f({keywords}), or f({{{mapping}}})"
        return UsageMistake("SG511", "values are given by name: as keywords, or as one mapping", hint=hint)

    def _targets(self, names: tuple[str, ...]) -> list[Node]:
        return [self._target(name) for name in names] if names else real_variables(self.node)

    def _target(self, by: str | Formula) -> Node:
        if isinstance(by, Formula):
            return by.node
        for v in self._variables:
            if v.name == by:
                return v
        near = did_you_mean(by, self.variables)
        hint = (
            f"did you mean `{near}`?" if near else f"the variables are: {', '.join(self.variables) or 'none'}"
        )
        raise NameMistake("SG104", f"there is no variable `{by}` here", hint=hint)
