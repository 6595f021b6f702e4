"""From tree to typed graph: what the names mean, which types come out, and where each node was written.

A machine with a stack of tasks and a stack of results instead of recursion: trees may be deeper than Python's own stack.
Defined names and functions are written out; each is written out once for the same arguments, so shared parts stay shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from symgrad.errors import NameMistake, Span, SymgradError, TypeMistake
from symgrad.graph import CONST, VAR, Node, Type, apply, const, var, variables
from symgrad.ops import OPS
from symgrad.syntax import calls, names
from symgrad.syntax.ast import Apply, Ast, Call, Group, Keyword, Name, Number, Slice, ungrouped
from symgrad.syntax.limits import DEFAULT, Limits, limit_reached, undisturbed
from symgrad.syntax.parse import parse
from symgrad.syntax.scope import Declared, Definition, Forms, FunctionDefinition, Result, Scope, Value

COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))


class Env(NamedTuple):
    """What a tree is read in: parameters of a function, names that `diff` cuts, and the place to blame for all inside."""

    parameters: Mapping[str, Node]
    cut: tuple[tuple[str, Node], ...] = ()
    place: Span | None = None


Task: TypeAlias = tuple[Callable[[Any, Env], None] | None, Any, Env]


@dataclass(frozen=True, eq=False)
class Elaborated:
    """A text's meaning.

    Attributes:
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
        found = [node.name for node in variables(*graphs(self.root))]
        order = {name: i for i, name in enumerate(self.uses)}
        return tuple(sorted(dict.fromkeys(found), key=lambda name: order.get(name, len(order))))

    def missing(self, bindings: Iterable[str]) -> NameMistake | None:
        """The mistake of evaluating with too few values: all missing names at once. None if there are enough."""
        given = set(bindings)
        lacking = {name: self.uses.get(name) for name in self.variables if name not in given}
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
        else:
            todo.extend(reversed(list(item.values() if isinstance(item, Mapping) else item)))
    return found


def read(
    text: str,
    scope: Scope | None = None,
    *,
    types: Mapping[str, Type] | None = None,
    forms: Forms | None = None,
    limits: Limits = DEFAULT,
) -> Elaborated:
    """The meaning of a single expression; `types` declares names beside those of `scope`.

    Raises:
        SymgradError: it is not in the language, or its names, types or shapes do not fit.
    """
    known = dict(scope or {}) | {name: Declared(type_) for name, type_ in (types or {}).items()}
    return elaborate(parse(text, limits), text, known, forms, limits)


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
        with undisturbed(text):
            root = machine.run(tree)
    except SymgradError as error:
        raise error.at(Span(tree.start, tree.end), text) from None
    return Elaborated(text, root, machine.origins, machine.uses)


class Machine:
    """One elaboration: tasks to do (a tree to visit, or an action on finished parts) and the results so far."""

    def __init__(self, text: str, scope: Scope, forms: Forms, limits: Limits) -> None:
        self.text, self.scope, self.forms, self.limits = text, scope, forms, limits
        self.todo: list[Task] = []
        self.results: list[Any] = []
        self.origins: dict[Node, Span] = {}
        self.uses: dict[str, Span] = {}
        self.leaves: dict[str, Node] = {}
        self.written: dict[Any, Result] = {}
        self.active: dict[str, None] = {}
        self.right: dict[int, Node] = {}
        self.made = 0
        self.fresh = count(1).__next__

    def run(self, tree: Ast) -> Result:
        """Work until nothing is left to do."""
        todo, results, leaves = self.todo, self.results, self.leaves
        todo.append((None, tree, Env({})))
        while todo:
            action, item, env = todo.pop()
            if action is not None:
                action(item, env)
                continue
            kind = type(item)
            if kind is Name:
                if item.id in leaves and not env.parameters and not env.cut:
                    results.append(leaves[item.id])
                else:
                    self._name(item, env)
            elif kind is Number:
                results.append(self.placed(const(item.value), item, env))
            elif kind is Group:
                todo.append((None, item.inner, env))
            elif kind is Apply:
                todo.append((self._operate, item, env))
                todo.extend([(None, arg, env) for arg in item.args[::-1]])
            elif kind is Call:
                calls.visit(self, item, env)
            elif kind is Slice:
                todo.append((self._slice, item, env))
                todo.extend([(None, part, env) for part in item.parts[::-1] if part is not None])
            else:
                assert kind is not Keyword, "keywords are read by their call"
        result: Result = results.pop()
        return result

    def placed(self, node: Node, tree: Ast, env: Env) -> Node:
        """Remember where a node was written first."""
        if node not in self.origins:
            self.origins[node] = env.place or Span(tree.start, tree.end)
        return node

    def make(self, op: str, args: tuple[Any, ...], attrs: Mapping[str, Any] | None = None) -> Node:
        """A node, within the limits."""
        for arg in args:
            if type(arg) is not Node:
                raise TypeMistake("SG215", "a record or tuple of expressions is no operand", hint="it can only stand alone")
        self.made += 1
        if self.made > self.limits.nodes:
            raise limit_reached("SG404", "the expression, written out, is too large", self.limits.nodes, "nodes")
        node = apply(OPS[op], args, attrs)
        if node.type.shape and node.type.size > self.limits.elements:
            raise limit_reached("SG405", f"an array of {node.type.size:_} elements", self.limits.elements, "elements")
        return node

    def _name(self, tree: Name, env: Env) -> None:
        """A name that is not called: parameter, cut name, defined name, constant or variable."""
        name = tree.id
        node = env.parameters.get(name) or next((node for cut, node in env.cut if cut == name), None)
        meaning = self.scope.get(name) if node is None else None
        if isinstance(meaning, Definition):
            self.expand(name, ("name", name, env.cut), meaning.value, env._replace(parameters={}), tree)
            return
        if isinstance(meaning, FunctionDefinition):
            hint = f"write `{name}({', '.join(meaning.parameters)})`"
            raise NameMistake("SG106", f"`{name}` is a function", self.place(tree, env), hint=hint)
        if node is None:
            node = self._leaf(tree, meaning.type if isinstance(meaning, Value | Declared) else None, env)
        self.results.append(self.placed(node, tree, env))

    def _leaf(self, tree: Name, type_: Type | None, env: Env) -> Node:
        """A constant or variable."""
        name = tree.id
        if type_ is None and names.constant(name) is not None:
            self.leaves[name] = self.make(name, ())
            return self.leaves[name]
        if type_ is None and names.only_a_function(name):
            hint = f"write `{name}(x)`"
            raise NameMistake("SG105", f"`{name}` is a function and no value", self.place(tree, env), hint=hint)
        self.uses.setdefault(name, self.place(tree, env))
        self.leaves[name] = var(name) if type_ is None else var(name, type_)
        return self.leaves[name]

    def expand(self, name: str, key: Any, tree: Ast, env: Env, user: Ast) -> None:
        """Write out what a name is defined as, once for each key; `user` is the tree that names it."""
        if key in self.written:
            self.results.append(self.written[key])
            return
        place = self.place(user, env)
        if name in self.active:
            circle = [*list(self.active)[list(self.active).index(name) :], name]
            message = f"`{name}` is defined by itself: {' -> '.join(circle)}"
            raise NameMistake("SG107", message, place, hint="`:=` gives a name a new value computed from its old one")
        self.active[name] = None
        self.todo.append((self._expanded, (name, key), env))
        self.todo.append((None, tree, env._replace(place=place)))

    def _expanded(self, what: tuple[str, Any], env: Env) -> None:
        name, key = what
        del self.active[name]
        self.written[key] = self.results[-1]

    def place(self, tree: Ast, env: Env) -> Span:
        """The place to blame for a tree: its operator or name, or the use of the definition that it stands in."""
        start, end = getattr(tree, "mark", (tree.start, tree.end))
        return env.place or Span(start, end if end > start else tree.end)

    def _operate(self, tree: Apply, env: Env) -> None:
        """An operation of the ladder, its operands done."""
        cut = len(self.results) - len(tree.args)
        args = tuple(self.results[cut:])
        del self.results[cut:]
        try:
            node = self._operation(tree, args, env)
        except SymgradError as error:
            raise calls.explained(error, tree.args, args).at(self.place(tree, env)) from None
        self.results.append(self.placed(node, tree, env))

    def _operation(self, tree: Apply, args: tuple[Any, ...], env: Env) -> Node:
        op = tree.op
        if op in COMPARISONS:
            self.right[id(tree)] = args[1]
            left = tree.args[0]
            if type(left) is Apply and left.op in COMPARISONS:  # a < b < c: the middle operand is in both
                return self.make("and", (args[0], self.make(op, (self.right[id(left)], args[1]))))
        elif op == "pow" and args[0] is self._e and type(ungrouped(tree.args[0])) is Name:
            return self.make("exp", args[1:])
        elif op == "index":
            return calls.index(self, args[0], args[1:])
        elif op == "factorial":
            return calls.factorial(self, args[0])
        return self.make(op, args)

    @cached_property
    def _e(self) -> Node:
        return self.make("e", ())

    def _slice(self, tree: Slice, env: Env) -> None:
        """`a:b` as Python's slice; the numbers must be known now."""
        parts: list[int | None] = []
        for part in reversed(tree.parts):
            parts.append(None if part is None else calls.known_integer(self.results.pop(), self.place(part, env)))
        parts.reverse()
        step = parts[2] if len(parts) > 2 else None
        if step is not None and step < 1:
            raise TypeMistake("SG212", "the step of a slice must be positive", self.place(tree, env))
        self.results.append(slice(parts[0], parts[1] if len(parts) > 1 else None, step))


__all__ = ["CONST", "VAR", "Elaborated", "Env", "Machine", "elaborate", "graphs", "read"]
