"""From tree to typed graph: what the names mean, which types come out, and where each node was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symgrad.errors import NameMistake, Span, SymgradError, SyntaxMistake
from symgrad.graph import Node, Type, variables
from symgrad.graph.bulk import undisturbed
from symgrad.syntax import names
from symgrad.syntax.ast import Ast, Define, Evaluate, span
from symgrad.syntax.limits import DEFAULT, Limits
from symgrad.syntax.machine import Machine
from symgrad.syntax.parse import parse, parse_script
from symgrad.syntax.scope import (
    Bundle,
    Declared,
    Definition,
    Forms,
    FunctionDefinition,
    Initial,
    Meaning,
    Result,
    Scope,
)
from symgrad.syntax.statements import type_of


@dataclass(frozen=True, eq=False)
class Elaborated:
    """A text's meaning.

    Attributes:
        text: as it was written.
        root: the graph; a record or tuple of graphs where the text asks for that (`grad(f)`).
        origins: the place of each node that was written.
        uses: every variable by its first use in the text, in that order.
    """

    text: str
    root: Result
    origins: dict[Node, Span]
    uses: dict[str, Span]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables of the graph, in order of first appearance in the text."""
        found = {node.name for node in variables(*graphs(self.root))}
        return tuple(name for name in self.uses if name in found)

    def missing(self, bindings: Iterable[str]) -> NameMistake | None:
        """The mistake of evaluating with too few values: all missing names at once. None if there are enough."""
        given = set(bindings)
        lacking = {name: self.uses[name] for name in self.variables if name not in given}
        if not lacking:
            return None
        error = names.unbound(lacking, given)
        error.at(None, self.text)
        return error


def graphs(result: Result) -> list[Node]:
    """The graphs in a result, from left to right."""
    found: list[Node] = []
    todo: list[Any] = [result]
    while todo:
        item = todo.pop()
        if type(item) is Node:
            found.append(item)
        elif not isinstance(item, Bundle | Initial):
            todo.extend(reversed(list(item.values() if isinstance(item, Mapping) else item)))
    return found


def read(
    text: str,
    scope: Scope | None = None,
    *,
    types: Mapping[str, Type | str] | None = None,
    forms: Forms | None = None,
    limits: Limits = DEFAULT,
) -> Elaborated:
    """The meaning of a single expression; `types` declares names beside those of `scope`.

    Definitions may stand before it, as in the text of a large formula: `t1 = x^2; t2 = t1 + 1; t1*t2`.

    Raises:
        SymgradError: it is not in the language, or its names, types or shapes do not fit.
    """
    declared = {name: Declared(read_type(type_)) for name, type_ in (types or {}).items()}
    known: dict[str, Meaning] = {**(scope or {}), **declared}
    try:
        tree = parse(text, limits)
    except SyntaxMistake as mistake:
        found = _with_definitions(text, limits) if mistake.code == DEFINITION else None
        if found is None:
            raise
        tree, definitions = found
        known.update(definitions)
    return elaborate(tree, text, known, forms, limits)


DEFINITION = "SG019"
"""The code of a definition where an expression is expected."""


def _with_definitions(text: str, limits: Limits) -> tuple[Ast, dict[str, Meaning]] | None:
    """An expression behind definitions, and what they define; None if the text is no such thing."""
    try:
        *before, last = parse_script(text, limits)
    except SyntaxMistake:
        return None
    definitions: dict[str, Meaning] = {}
    for statement in before:
        if not isinstance(statement, Define):
            return None
        if statement.parameters is None:
            definitions[statement.name] = Definition(statement.value, text)
        else:
            parameters = tuple(name.id for name in statement.parameters)
            definitions[statement.name] = FunctionDefinition(parameters, statement.value, text)
    return (last.value, definitions) if definitions and isinstance(last, Evaluate) else None


def read_type(type_: Type | str) -> Type:
    """A type as it is written: `real[2, 3]`.

    Raises:
        SyntaxMistake: SG035, it is no type.
    """
    if isinstance(type_, Type):
        return type_
    try:
        return Type(*type_of(parse(type_), type_))
    except SymgradError as error:
        raise error.at(None, type_) from None


def elaborate(
    tree: Ast, text: str, scope: Scope | None = None, forms: Forms | None = None, limits: Limits = DEFAULT
) -> Elaborated:
    """The meaning of a tree in a scope. `e^x` becomes exp(x), which is the accurate way to compute it.

    Raises:
        NameMistake: a called name is no function, or a function is not called.
        TypeMistake: arities, types or shapes do not fit.
        LimitReached: written out, the text is larger than `limits` allow.
    """
    machine = Machine(text, scope or {}, forms or {}, limits)
    try:
        with undisturbed(len(text)):
            root = machine.run(tree)
    except SymgradError as error:
        raise error.at(span(tree), text) from None
    return Elaborated(text, root, machine.origins, machine.uses)
