"""What every expression has: a graph, where it came from, its variables, and points to look at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from symgrad import graph
from symgrad.engine.gradient import real_variables
from symgrad.errors import NameMistake, Span, did_you_mean
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

    def _point(self, bindings: Bindings | None, named: Bindings) -> dict[str, Any]:
        """Mapping and keywords as one dictionary that has every variable."""
        point = {**(bindings or {}), **named}
        lacking = {name: self.uses.get(name) for name in self.variables if name not in point}
        if lacking:
            from symgrad.syntax.names import unbound

            raise unbound(lacking, set(point)).at(None, self.source)
        return point

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
