"""The machine that turns a tree into a graph: a stack of tasks and a stack of results instead of recursion.

Trees may be deeper than Python's own stack. Defined names and functions are written out, each once for the same
arguments, so that what is shared stays shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from symgrad.errors import NameMistake, Span, SymgradError, TypeMistake
from symgrad.graph import Node, Type, apply, const, var
from symgrad.ops import OPS
from symgrad.syntax import bundles, calls, forms, names
from symgrad.syntax.arguments import explained, index_key, known_integer, known_slice
from symgrad.syntax.ast import Apply, Ast, Call, Group, Name, Number, Slice, ungrouped
from symgrad.syntax.limits import Limits, limit_reached
from symgrad.syntax.scope import (
    Bundle,
    Collection,
    Constructor,
    Declared,
    Definition,
    Forms,
    FunctionDefinition,
    Result,
    Scope,
    Value,
)

COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))


class Env(NamedTuple):
    """What a tree is read in: parameters of a function, names that are cut, and the place to blame for all inside."""

    parameters: Mapping[str, Node]
    cut: tuple[tuple[str, Node], ...] = ()
    place: Span | None = None


Task: TypeAlias = tuple[Callable[..., None] | None, Any, Env | None]
"""A tree to visit, if there is no action; else an action on finished parts, with the tree it belongs to."""


class Machine:
    """One elaboration.

    Attributes:
        origins: the place of each node that was written.
        uses: every variable by its first use in the text, in that order.
    """

    def __init__(self, text: str, scope: Scope, forms: Forms, limits: Limits) -> None:
        self.text, self.scope, self.forms, self.limits = text, scope, forms, limits
        self.results: list[Any] = []
        self.origins: dict[Node, Span] = {}
        self.uses: dict[str, Span] = {}
        self._todo: list[Task] = []
        self._leaves: dict[str, Node] = {}
        self._written: dict[Any, Result] = {}
        self._active: dict[str, None] = {}
        self._right: dict[int, Node] = {}
        self._made = 0
        self._numbers = count(1)

    def run(self, tree: Ast) -> Result:
        """Work until nothing is left to do."""
        todo, results, leaves = self._todo, self.results, self._leaves
        self.visit([tree], Env({}))
        while todo:
            action, item, env = todo.pop()
            if env is None:
                assert action is not None
                action()
            elif action is not None:
                action(item, env)
            elif type(item) is Name:
                if item.id in leaves and not env.parameters and not env.cut:
                    results.append(leaves[item.id])
                else:
                    self._name(item, env)
            elif type(item) is Number:
                results.append(self.placed(const(item.value), item, env))
            elif type(item) is Apply:
                todo.append((self._operate, item, env))
                self.visit(item.args, env)
            elif type(item) is Group:
                todo.append((None, item.inner, env))
            else:
                self._visit_other(item, env)
        result: Result = results.pop()
        return result

    def _visit_other(self, tree: Ast, env: Env) -> None:
        """Calls and slices."""
        if type(tree) is Slice:
            self._todo.append((self._slice, tree, env))
            self.visit([part for part in tree.parts if part is not None], env)
            return
        assert type(tree) is Call, "keywords are read by their call"
        if (
            tree.name in self.forms
            and not tree.primes
            and not isinstance(self.scope.get(tree.name), FunctionDefinition)
        ):
            form = self.forms[tree.name]
            if isinstance(form, Constructor):
                bundles.visit(self, tree, env, form)
            else:
                forms.visit(self, tree, env)
            return
        calls.check(self, tree, env)
        if tree.primes:
            forms.visit_derivative(self, tree, env)
        else:
            self._todo.append((self._call, tree, env))
            self.visit(tree.args, env)

    # What the readers of calls and forms build on

    def visit(self, trees: Sequence[Ast], env: Env) -> None:
        """Do these trees next, from left to right; their results will lie on top of the stack."""
        self._todo.extend([(None, tree, env) for tree in trees[::-1]])

    def then(self, action: Callable[[], None]) -> None:
        """Do this after what is put on the stack of tasks next."""
        self._todo.append((action, None, None))

    def take(self, count: int) -> list[Any]:
        """The last results, taken off the stack."""
        cut = len(self.results) - count
        taken = self.results[cut:]
        del self.results[cut:]
        return taken

    def operand(self, result: Any, place: Span | None = None) -> Node:
        """A result that must be a single expression.

        Raises:
            TypeMistake: SG224, it is a record or a tuple.
        """
        if isinstance(result, Bundle):
            raise bundles.no_number(result, place)
        if type(result) is not Node:
            raise TypeMistake(
                "SG224", "several expressions cannot be one operand", place, hint="they can only stand alone"
            )
        return result

    def make(self, op: str, args: tuple[Any, ...], attrs: Mapping[str, Any] | None = None) -> Node:
        """A node, within the limits."""
        for arg in args:
            if type(arg) is not Node:
                self.operand(arg)
        self._made += 1
        if self._made > self.limits.nodes:
            raise limit_reached(
                "SG404", "the expression, written out, is too large", self.limits.nodes, "nodes"
            )
        node = apply(OPS[op], args, attrs)
        if node.type.shape and node.type.size > self.limits.elements:
            raise limit_reached(
                "SG405", f"an array of {node.type.size:_} elements", self.limits.elements, "elements"
            )
        return node

    def fresh(self, name: str, type_: Type) -> Node:
        """A variable unlike any other: no name of a user has a prime."""
        return var(f"{name}'{next(self._numbers)}", type_)

    def placed(self, node: Node, tree: Ast, env: Env) -> Node:
        """Remember where a node was written first."""
        if node not in self.origins:
            self.origins[node] = env.place or Span(tree.start, tree.end)
        return node

    def place(self, tree: Ast, env: Env) -> Span:
        """The place to blame for a tree: its operator or name, or the use of the definition that it stands in."""
        start, end = getattr(tree, "mark", (tree.start, tree.end))
        return env.place or Span(start, end if end > start else tree.end)

    def call(self, tree: Call, args: tuple[Any, ...], env: Env) -> None:
        """Apply what a call names to these arguments."""
        calls.apply(self, tree, args, env)

    def expand(self, name: str, key: Any, tree: Ast, env: Env, user: Ast) -> None:
        """Write out what a name is defined as, once for each key; `user` is the tree that names it."""
        if key in self._written:
            self.results.append(self._written[key])
            return
        place = self.place(user, env)
        if name in self._active:
            active = list(self._active)
            circle = " -> ".join([*active[active.index(name) :], name])
            hint = "`:=` gives a name a new value computed from its old one"
            raise NameMistake("SG107", f"`{name}` is defined by itself: {circle}", place, hint=hint)
        self._active[name] = None

        def done() -> None:
            del self._active[name]
            self._written[key] = self.results[-1]

        self.then(done)
        self._todo.append((None, tree, env._replace(place=place)))

    # The actions

    def _name(self, tree: Name, env: Env) -> None:
        """A name that is not called: parameter, cut name, defined name, constant or variable."""
        name = tree.id
        node = env.parameters.get(name)
        if node is None:
            node = next((variable for cut, variable in env.cut if cut == name), None)
        meaning = self.scope.get(name) if node is None else None
        if isinstance(meaning, Definition):
            self.expand(name, (name, None, env.cut), meaning.value, env._replace(parameters={}), tree)
            return
        if isinstance(meaning, FunctionDefinition):
            hint = f"write `{name}({', '.join(meaning.parameters)})`"
            raise NameMistake("SG106", f"`{name}` is a function", self.place(tree, env), hint=hint)
        if isinstance(meaning, Collection) or (node is None and meaning is None and "." in name):
            bundle = bundles.find(name, self.scope)
            if bundle is None:
                raise bundles.no_such_part(name, self.place(tree, env), self.scope)
            self.results.append(bundle)
            return
        if node is None:
            node = self._leaf(tree, meaning.type if isinstance(meaning, Value | Declared) else None, env)
            self._leaves[name] = node
        self.results.append(self.placed(node, tree, env))

    def _leaf(self, tree: Name, type_: Type | None, env: Env) -> Node:
        """A constant or variable."""
        name = tree.id
        if type_ is None and names.constant(name) is not None:
            return self.make(name, ())
        if type_ is None and names.only_a_function(name):
            message = f"`{name}` is a function, and stands here without an argument"
            raise NameMistake("SG105", message, self.place(tree, env), hint=f"write `{name}(x)`")
        self.uses.setdefault(name, self.place(tree, env))
        return var(name) if type_ is None else var(name, type_)

    def _operate(self, tree: Apply, env: Env) -> None:
        """An operation of the ladder, its operands done."""
        args = tuple(self.take(len(tree.args)))
        try:
            node = self._operation(tree, args)
        except SymgradError as error:
            raise explained(error, tree.args, args).at(self.place(tree, env)) from None
        self.results.append(self.placed(node, tree, env) if type(node) is Node else node)

    def _operation(self, tree: Apply, args: tuple[Any, ...]) -> Node | Bundle:
        op, first = tree.op, tree.args[0]
        if op == "compose":
            return bundles.composed(*args)
        if op in COMPARISONS:
            self._right[id(tree)] = args[1]
            if type(first) is Apply and first.op in COMPARISONS:  # a < b < c: the middle operand is in both
                return self.make("and", (args[0], self.make(op, (self._right[id(first)], args[1]))))
        elif op == "neg" and type(first) is Number and first.value:
            return const(-first.value)  # -2 is a number: what simplify makes of it prints and reads alike
        elif op == "pow" and args[0] is self._e and type(ungrouped(first)) is Name:
            return self.make("exp", args[1:])
        elif op == "index":
            return self.make(op, args[:1], {"key": index_key(self.operand(args[0]), args[1:])})
        return self.make(op, args)

    @cached_property
    def _e(self) -> Node:
        return self.make("e", ())

    def _call(self, tree: Call, env: Env) -> None:
        calls.apply(self, tree, tuple(self.take(len(tree.args))), env)

    def _slice(self, tree: Slice, env: Env) -> None:
        written = [part for part in tree.parts if part is not None]
        nodes = self.take(len(written))
        places = [self.place(part, env) for part in written]
        parts = [known_integer(node, place) for node, place in zip(nodes, places, strict=True)]
        self.results.append(known_slice(tree, parts, self.place(tree, env)))
