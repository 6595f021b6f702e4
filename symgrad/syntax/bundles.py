"""Names with parts, such as models and data sets: what builds them, what calls them, and what `net.0.w` means.

What they are is given from outside (see `scope.Bundle` and `scope.Constructor`); here their texts are read.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, Span, SymgradError, TypeMistake
from symgrad.syntax import names
from symgrad.syntax.ast import Apply, Ast, Call, Name, Number, ungrouped
from symgrad.syntax.scope import Bundle, Collection, Constructor, Scope, Value

if TYPE_CHECKING:
    from symgrad.graph import Node
    from symgrad.syntax.machine import Env, Machine


def find(name: str, scope: Scope) -> Bundle | None:
    """The bundle that a name means: `net`, or with its parts `net.0`."""
    whole, *parts = name.split(".")
    meaning = scope.get(whole)
    bundle = meaning.bundle if isinstance(meaning, Collection) else None
    for part in parts:
        bundle = None if bundle is None else bundle.part(part)
    return bundle


def no_such_part(name: str, place: Span, scope: Scope) -> NameMistake:
    """The mistake of `x.y` where x has no part y; the place is the dot's."""
    whole, _, part = name.partition(".")
    place = Span(place.start + len(whole), place.end)
    meaning = scope.get(whole)
    if not isinstance(meaning, Collection):
        hint = (
            f"for a product write `{whole}*0.{part}`"
            if part.isdecimal()
            else "functions are called by name: `f(x)`"
        )
        return NameMistake(
            "SG021", f"`{whole}` has no parts: only models and data sets have some", place, hint=hint
        )
    known = [key.removeprefix(f"{whole}.") for key in scope if key.startswith(f"{whole}.")]
    return NameMistake(
        "SG021", f"`{whole}` has no part `{part}`", place, hint=f"its parts: {', '.join(known[:8])}"
    )


def no_number(bundle: Bundle, place: Span | None) -> TypeMistake:
    """The mistake of calculating with a model or a data set."""
    data = bundle.kind == "data set"
    name = bundle.name or ("data" if data else "net")
    use = f"its parts are numbers: `{name}.x`" if data else f"it is called: `{name}(x)`"
    hint = use if bundle.name else f"give it a name first, such as `{name} = ...`; {use}"
    what = f"`{bundle.name}`" if bundle.name else f"this {bundle.kind}"
    return TypeMistake("SG226", f"{what} is no number", place, hint=hint)


def visit(machine: Machine, tree: Call, env: Env, constructor: Constructor) -> None:
    """Build something from literal arguments, such as `dense(2, 16, relu)`; the first ones may be expressions."""
    written = tree.args[: constructor.expressions]

    def build() -> None:
        place = machine.place(tree, env)
        found = machine.take(len(written))
        nodes = [node if isinstance(node, Bundle) else machine.operand(node, place) for node in found]
        try:
            rest = [literal(arg, machine.scope) for arg in tree.args[constructor.expressions :]]
            keywords = {keyword.name: literal(keyword.value, machine.scope) for keyword in tree.keywords}
            machine.results.append(_made(constructor, [*nodes, *rest], keywords))
        except SymgradError as error:
            raise error.at(place) from None

    machine.then(build)
    machine.visit(written, env)


def _made(constructor: Constructor, args: list[Any], keywords: dict[str, Any]) -> Any:
    try:
        inspect.signature(constructor.make).bind(*args, **keywords)
    except TypeError as error:
        raise TypeMistake(
            "SG209", f"arguments that do not fit: {error}", hint=f"as in `{constructor.example}`"
        ) from None
    return constructor.make(*args, **keywords)


def literal(tree: Ast, scope: Scope) -> Any:
    """A number, a list of them, the value of a name, or the name of a function.

    Raises:
        TypeMistake: SG221, it is none of these.
    """
    tree = ungrouped(tree)
    if type(tree) is Number:
        return tree.value
    if type(tree) is Name:
        meaning = scope.get(tree.id)
        if isinstance(meaning, Value) and isinstance(meaning.value, float | int):
            return int(meaning.value) if meaning.value == int(meaning.value) else meaning.value
        if names.function(tree.id) is not None:
            return tree.id
    if type(tree) is Apply and tree.op == "neg":
        value = literal(tree.args[0], scope)
        if isinstance(value, float | int):
            return -value
    if type(tree) is Apply and tree.op == "stack":
        return [literal(item, scope) for item in tree.args]
    hint = "as in `dense(2, 16, relu)` or `moons(100, noise=0.1)`"
    raise TypeMistake(
        "SG221",
        "a number, a list of numbers or the name of a function is needed here",
        Span(tree.start, tree.end),
        hint=hint,
    )


def call(machine: Machine, bundle: Bundle, tree: Call, args: tuple[Any, ...], env: Env) -> None:
    """`net(x)`: the expression that a model is, its parameters as variables."""
    place = machine.place(tree, env)
    for arg in args:
        if isinstance(arg, Bundle) and arg.kind == "data set" and arg.name:
            hint = f"write `{tree.name}({arg.name}.x)`"
            raise TypeMistake("SG226", f"`{arg.name}` is no number", place, hint=hint)
    nodes: list[Node] = [machine.operand(arg, place) for arg in args]
    if tree.keywords:
        raise TypeMistake("SG223", f"`{tree.name}` has no argument `{tree.keywords[0].name}=`", place)
    try:
        node = bundle.call(nodes)
    except SymgradError as error:
        raise error.at(place) from None
    use(machine, bundle, place)
    machine.results.append(machine.placed(node, tree, env))


def use(machine: Machine, bundle: Bundle, place: Span) -> None:
    """Remember that all parts of a model are used at a place. Raises TypeMistake SG226 for a data set."""
    if bundle.kind == "data set":
        raise no_number(bundle, place)
    for name in bundle.names():
        machine.uses.setdefault(name, place)


def composed(first: Any, second: Any) -> Bundle:
    """`a >> b`: what b makes of what a makes.

    Raises:
        TypeMistake: SG225, one of them is no model; or the model says that shapes do not fit.
    """
    if not isinstance(first, Bundle) or not isinstance(second, Bundle):
        hint = "as in `net = dense(2, 16, tanh) >> dense(16, 1)`"
        raise TypeMistake("SG225", "`>>` joins two models", hint=hint)
    return first.then(second)
