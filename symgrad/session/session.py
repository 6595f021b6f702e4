"""A session is a value: what is defined. A line that fails gives no new session, so nothing is ever half-defined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError, TypeMistake
from symgrad.expression import Expression
from symgrad.graph import Node, Type
from symgrad.session import naming
from symgrad.session.evaluation import evaluated, expression_of
from symgrad.session.results import Defined, Evaluated, Result, Several, Symbolic
from symgrad.session.values import described, value_of
from symgrad.syntax.ast import Assign, Ast, Declare, Define, Evaluate, Parameter, Statement, span
from symgrad.syntax.characters import normal_name
from symgrad.syntax.elaborate import Elaborated, elaborate
from symgrad.syntax.limits import DEFAULT, Limits
from symgrad.syntax.parse import parse, parse_script
from symgrad.syntax.scope import (
    Bundle,
    Collection,
    Declared,
    Definition,
    Forms,
    FunctionDefinition,
    Initial,
    Meaning,
    Value,
)

if TYPE_CHECKING:
    from symgrad.session.learning import Training


@dataclass(frozen=True)
class Outcome:
    """The session after a text, and what each of its statements gave."""

    session: Session
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Session:
    """Names and their meanings. `run` returns a new session; this one stays as it is, which is all that undo needs.

    Attributes:
        scope: name -> value, declaration, definition or function.
        limits: how large texts may be.
        training: where the last training stands, so that it can go on.
    """

    scope: Mapping[str, Meaning] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = DEFAULT
    training: Training | None = None

    def run(self, text: str) -> Outcome:
        """Do what a text says: one or more statements, separated by `;` or line ends.

        Raises:
            SymgradError: something is wrong; this session is as it was, and no other was made.
        """
        session = self
        results: list[Result] = []
        for outcome in self.steps(text):
            session = outcome.session
            results += outcome.results
        return Outcome(session, tuple(results))

    def steps(self, text: str) -> Iterator[Outcome]:
        """The outcome of each statement in turn, for those who show results as they come. Raises as `run` does."""
        session = self
        for statement in parse_script(text, self.limits):
            try:
                outcome = session._step(statement, text)
            except SymgradError as error:
                raise error.at(None, text) from None
            session = outcome.session
            yield outcome

    def bind(self, values: Mapping[str, Any]) -> Session:
        """The session in which these names have these values."""
        return self.extended({name: Value(value) for name, value in values.items()})

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The names that have a value, with their values."""
        return {name: meaning.value for name, meaning in self.scope.items() if isinstance(meaning, Value)}

    @cached_property
    def data(self) -> frozenset[str]:
        """The names of data, by which nothing is differentiated."""
        return frozenset(n for n, m in self.scope.items() if isinstance(m, Value) and m.role == "data")

    def read(self, text: str) -> Elaborated:
        """The meaning of an expression here.

        Raises:
            SymgradError: it is not in the language, or its names, types or shapes do not fit.
        """
        return self.understand(parse(text, self.limits), text)

    def evaluate(
        self, text: str, *, expected: Iterable[str] = (), formulas: bool = True
    ) -> Evaluated | Several:
        """An expression's value, gradient and derivatives here; the names in `expected` have to occur.

        Raises:
            SymgradError: as `read`, or a variable has no value (all of them are named).
            NameMistake: SG110, an expected name does not occur.
        """
        tree = parse(text, self.limits)
        meaning = self.understand(tree, text)
        naming.check_all_used(meaning, expected, self.values)
        result = evaluated(meaning, tree, self.values, self.data, formulas=formulas)
        assert not isinstance(result, Symbolic), "nothing is missing"
        return result

    def assigned(self, name: str, text: str) -> dict[str, Any]:
        """The name (as the language spells it) with the value of a text without variables: `name := text`.

        Raises:
            SymgradError: the name is something else already, or the text has no value.
        """
        tree = parse(text, self.limits)
        name = normal_name(name, 0)
        naming.check_name(name, (-len(name) - 1, -1))
        meaning = self.understand(tree, text)
        missing = meaning.missing(self.values)
        if missing is not None:
            raise missing
        return {name: value_of(meaning, tree, self.values)}

    def expression(self, text: str, forms: Forms | None = None) -> Expression:
        """A text as an expression in which the definitions are written out; `forms` may be others than usual.

        Raises:
            TypeMistake: SG224, it is a record or a tuple of expressions.
            SymgradError: as `read`.
        """
        return expression_of(self.understand(parse(text, self.limits), text, forms))

    def extended(self, meanings: Mapping[str, Meaning]) -> Session:
        """The session in which these names mean this. Parts are lost with the last name whose bundle has them."""
        lost = tuple(f"{name}." for name in meanings if isinstance(self.scope.get(name), Collection))
        kept = self.scope
        if lost:
            bundles = [m.bundle for m in {**kept, **meanings}.values() if isinstance(m, Collection)]
            needed = {part for bundle in bundles for part in bundle.names()}
            kept = {n: m for n, m in kept.items() if n in needed or not n.startswith(lost)}
        return replace(self, scope=MappingProxyType({**kept, **meanings}))

    def understand(self, tree: Ast, text: str, forms: Forms | None = None) -> Elaborated:
        """The meaning of a tree of a text here. Raises as `read` does."""
        from symgrad.session.language import FORMS

        found = elaborate(tree, text, self.scope, forms or FORMS, self.limits)
        if isinstance(found.root, Mapping) and self.data:
            return replace(found, root={k: v for k, v in found.root.items() if k not in self.data})
        return found

    def _step(self, statement: Statement, text: str) -> Outcome:
        match statement:
            case Evaluate(value=tree):
                return self._evaluate(tree, text)
            case Define(parameters=None):
                return self._define(statement, text)
            case Define():
                return self._define_function(statement, text)
            case Assign():
                return self._assign(statement, text)
            case Declare():
                return self._declare(statement)
            case Parameter():
                return self._parameter(statement, text)

    def _evaluate(self, tree: Ast, text: str) -> Outcome:
        meaning = self.understand(tree, text)
        if isinstance(meaning.root, Bundle | Initial):
            return Outcome(self, (described(meaning.root),))
        result = evaluated(meaning, tree, self.values, self.data)
        answer = naming.without_answer(tree, meaning, self.limits)
        if answer is None:
            return Outcome(self, (result,))
        last = Definition(*answer)
        return Outcome(self.extended(dict.fromkeys(naming.ANSWERS, last)), (result,))

    def _define(self, statement: Define, text: str) -> Outcome:
        """`x = 2` gives a value, `y = x^2` a definition that follows x."""
        tree, name = statement.value, statement.name
        naming.check_name(name, statement.mark, self.data)
        source = text[tree.start : tree.end]
        before = self.understand(tree, text)
        if isinstance(before.root, Bundle):
            return self._collect(name, before.root, tree, source)
        if isinstance(before.root, Node) and not before.variables:
            value = value_of(before, tree, {})
            return Outcome(self.extended({name: Value(value)}), (Defined(name, "value", source, value),))
        fixed = naming.without_answer(tree, before, self.limits)
        if fixed is None:
            raise TypeMistake(
                "SG108",
                "`ans` is too large to be a part of a definition",
                hint=f"use `{name} := {source[:40]}`",
            )
        defined = self.extended({name: Definition(*fixed)})
        defined.understand(tree, text)  # a name that is defined by itself is found here
        return Outcome(defined, (Defined(name, "expression", source),))

    def _collect(self, name: str, bundle: Bundle, tree: Ast, source: str) -> Outcome:
        """`net = dense(2, 1)`: its parts get values under their full names. A second name shares them."""
        new = bundle if bundle.name else bundle.named(name)
        values = {} if bundle.name else new.values()
        session = self.extended({name: Collection(new, tree, source)}).extended(values)
        return Outcome(session, (Defined(name, "collection", source, new.about()),))

    def _parameter(self, statement: Parameter, text: str) -> Outcome:
        """`param w: real[3] = glorot(seed=1)`: a value that training may change."""
        name, tree = statement.name.id, statement.value
        naming.check_name(name, (statement.name.start, statement.name.end))
        type_ = Type(statement.kind, statement.shape)
        meaning = self.understand(tree, text)
        value = meaning.root.of(type_) if isinstance(meaning.root, Initial) else self._given(meaning, tree)
        value = naming.fitting(name, value, type_, span(tree))
        return Outcome(
            self.extended({name: Value(value, "parameter")}),
            (Defined(name, "value", text[tree.start : tree.end], value),),
        )

    def _given(self, meaning: Elaborated, tree: Ast) -> Any:
        """The value of a tree whose variables all have one. Raises NameMistake SG103 where they have not."""
        missing = meaning.missing(self.values)
        if missing is not None:
            raise missing
        return value_of(meaning, tree, self.values)

    def _define_function(self, statement: Define, text: str) -> Outcome:
        """`f(x, a) = a*x^2`: names in its body are looked at now, shapes when it is called."""
        assert statement.parameters is not None
        tree, name = statement.value, statement.name
        naming.check_function_name(name, statement.mark)
        for parameter in statement.parameters:
            naming.check_name(parameter.id, (parameter.start, parameter.end))
        naming.check_no_answer(tree)
        parameters = tuple(p.id for p in statement.parameters)
        source = text[tree.start : tree.end]
        defined = self.extended({name: FunctionDefinition(parameters, tree, source)})
        inside = defined.extended({p: Declared(Type("real")) for p in parameters})
        with suppress(TypeMistake):  # a parameter may stand for a vector: the call will tell
            inside.understand(tree, text)
        return Outcome(defined, (Defined(name, "function", f"{name}({', '.join(parameters)}) = {source}"),))

    def _assign(self, statement: Assign, text: str) -> Outcome:
        """`w, b := ..., ...`: all values are computed before any name changes."""
        for target in statement.targets:
            naming.check_target(target, self.scope)
        found: dict[str, Meaning] = {}
        results = []
        for target, tree in zip(statement.targets, statement.values, strict=True):
            value = self._given(self.understand(tree, text), tree)
            before = self.scope.get(target.id)
            role = before.role if isinstance(before, Value) else ""
            if role and isinstance(before, Value):
                value = naming.fitting(target.id, value, before.type, span(tree))
            found[target.id] = Value(value, role)
            results.append(Defined(target.id, "value", text[tree.start : tree.end], value))
        return Outcome(self.extended(found), tuple(results))

    def _declare(self, statement: Declare) -> Outcome:
        name = statement.name.id
        naming.check_name(name, (statement.name.start, statement.name.end))
        type_ = Type(statement.kind, statement.shape)
        return Outcome(self.extended({name: Declared(type_)}), (Defined(name, "type", str(type_)),))
