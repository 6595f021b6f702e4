"""Calls: functions of the table, and functions of the user, which are written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, SymgradError, TypeMistake
from symgrad.graph import Node
from symgrad.ops import Op
from symgrad.syntax import bundles, names
from symgrad.syntax.arguments import explained, known_attribute
from symgrad.syntax.ast import Call, Keyword
from symgrad.syntax.scope import FunctionDefinition

if TYPE_CHECKING:
    from symgrad.syntax.machine import Env, Machine

# Functions of two numbers that take more, pair by pair, and what they are called on the elements of one vector.
FOLDS = {"max": "amax", "min": "amin", "hypot": "norm"}


def check(machine: Machine, tree: Call, env: Env) -> None:
    """Whether the name can be called; unknown names are reported before their arguments are looked at.

    Raises:
        NameMistake: SG101, it means something else; SG102, it means nothing.
    """
    name, place = tree.name, machine.place(tree, env)
    if isinstance(machine.scope.get(name), FunctionDefinition) or bundles.find(name, machine.scope):
        return
    if "." in name:
        raise bundles.no_such_part(name, place, machine.scope)
    found = names.function(name)
    argument = machine.text[tree.args[0].start : tree.args[0].end] if len(tree.args) == 1 else None
    argument = None if env.place is not None or argument is None or len(argument) > 60 else argument
    hint = f"for a product write `{name}*({argument})`" if argument else None
    if name in env.parameters or (found is None and name in machine.scope):
        raise NameMistake("SG101", f"`{name}` is no function", place, hint=hint)
    if found is None:
        defined = (n for n, meaning in machine.scope.items() if isinstance(meaning, FunctionDefinition))
        raise names.unknown_function(name, argument, place, [*machine.forms, *defined])
    if found.arity == 0:
        raise NameMistake("SG101", f"`{name}` is a constant and no function", place, hint=hint)


def apply(machine: Machine, tree: Call, args: tuple[Any, ...], env: Env) -> None:
    """Apply a function to arguments that are done."""
    place = machine.place(tree, env)
    defined = machine.scope.get(tree.name)
    bundle = bundles.find(tree.name, machine.scope)
    if bundle is not None:
        bundles.call(machine, bundle, tree, args, env)
        return
    if isinstance(defined, FunctionDefinition):
        wanted, given = len(defined.parameters), len(args) + len(tree.keywords)
        if wanted != given or tree.keywords:
            message = f"`{tree.name}` takes {wanted} argument{'s' * (wanted != 1)}, found {given}"
            hint = f"it is defined as `{tree.name}({', '.join(defined.parameters)})`"
            raise TypeMistake("SG209", message, place, hint=hint)
        for arg in args:
            machine.operand(arg, place)
        inner = env._replace(parameters=dict(zip(defined.parameters, args, strict=True)))
        machine.expand(tree.name, (tree.name, args, env.cut), defined.body, inner, tree)
        return
    op = names.function(tree.name)
    assert op is not None, "checked before the arguments were read"
    try:
        node = _function(machine, op, args, _attributes(machine, op, tree.keywords, env))
    except SymgradError as error:
        raise explained(error, tree.args, args).at(place) from None
    machine.results.append(machine.placed(node, tree, env))


def _attributes(machine: Machine, op: Op, keywords: Sequence[Keyword], env: Env) -> dict[str, Any]:
    """The arguments with a name: numbers known now."""
    attributes: dict[str, Any] = {}
    for keyword in keywords:
        place = machine.place(keyword, env)
        if keyword.name not in op.attrs or keyword.name in attributes:
            problem = "is given twice" if keyword.name in attributes else "is unknown"
            takes = ", ".join(f"`{name}=`" for name in op.attrs) or "no arguments with a name"
            hint = f"`{op.name}` takes {takes}"
            raise TypeMistake("SG223", f"the argument `{keyword.name}=` {problem}", place, hint=hint)
        attributes[keyword.name] = known_attribute(keyword, place)
    return attributes


def _function(machine: Machine, op: Op, args: tuple[Any, ...], attributes: dict[str, Any]) -> Node:
    """The node of a called operation, or of what the language makes of more or fewer arguments."""
    name = op.name
    if name in FOLDS and len(args) == 1:
        if machine.operand(args[0]).shape:
            return machine.make(FOLDS[name], args, attributes)
        raise TypeMistake("SG209", f"`{name}` takes two or more numbers, or one vector")
    if name in FOLDS and len(args) > 2:
        node = machine.make(name, args[:2])
        for arg in args[2:]:
            node = machine.make(name, (node, arg))
        return node
    if name == "log" and len(args) == 2:
        return machine.make("div", (machine.make("log", args[:1]), machine.make("log", args[1:])))
    if op.arity is None and not args:
        raise TypeMistake("SG209", f"`{name}` takes at least one argument, found 0")
    if "key" in op.attrs:
        raise TypeMistake("SG222", "elements are taken with brackets", hint="write `v[0]` or `v[0:2]`")
    try:
        return machine.make(name, args, attributes)
    except KeyError as missing:
        raise TypeMistake(
            "SG222", f"`{name}` needs `{missing.args[0]}=`", hint=f"as in `{op.example}`"
        ) from None
