"""Forms, the part of the language that works on whole expressions: `diff(f, x)`, `grad(f)`, `f'(x)`.

What they compute is given from outside (see `scope.Form`); here their arguments are read. A defined name that one
differentiates by is cut: it becomes a variable of its own, and its definition is put back into the result.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, Span, SymgradError, TypeMistake
from symgrad.graph import Node, substitute, var
from symgrad.syntax import bundles
from symgrad.syntax.arguments import known_integer
from symgrad.syntax.ast import Ast, Call, Name, ungrouped
from symgrad.syntax.limits import limit_reached
from symgrad.syntax.scope import Bundle, Constructor, Definition, Result

if TYPE_CHECKING:
    from symgrad.syntax.machine import Env, Machine

# What arguments are: expressions, what to differentiate by (variable, defined name, subexpression), counts.
EXPRESSION, BY, COUNT = "expression", "by", "count"
MAYBE_BY, MAYBE_COUNT = "by, or by everything", "count, or once"
MAYBE = (MAYBE_BY, MAYBE_COUNT)
ROLES = {
    "diff": (EXPRESSION, BY, MAYBE_COUNT),
    "grad": (EXPRESSION, MAYBE_BY),
    "hessian": (EXPRESSION,),
    "jacobian": (EXPRESSION, BY),
    "taylor": (EXPRESSION, BY, EXPRESSION, COUNT),
}
ON_MODELS = ("l1", "l2")
"""Forms that take a whole model as well: the penalties of its weights."""


def visit(machine: Machine, tree: Call, env: Env) -> None:
    """Start on a form: first the definition that is cut, if one is, then the arguments."""
    roles = ROLES.get(tree.name, ())
    by = next((i for i, role in enumerate(roles) if role in (BY, MAYBE_BY)), len(tree.args))
    target = ungrouped(tree.args[by]) if by < len(tree.args) else None
    if type(target) is Name and _is_defined(machine, target.id, env):
        machine.then(lambda: _cut(machine, tree, env, target))
        machine.visit([target], env)
    else:
        machine.then(lambda: _finish(machine, tree, env, {}))
        machine.visit(tree.args, env)


def _is_defined(machine: Machine, name: str, env: Env) -> bool:
    """Whether a name stands for an expression, so that it must be cut to differentiate by it."""
    if name in env.parameters:
        return True
    cut = any(name == other for other, _ in env.cut)
    return not cut and isinstance(machine.scope.get(name), Definition)


def _cut(machine: Machine, tree: Call, env: Env, target: Name) -> None:
    """Read the arguments of diff(L, y) with y as a variable of its own."""
    meaning = machine.operand(machine.results.pop(), machine.place(target, env))
    if target.id in env.parameters:
        variable = machine.fresh(target.id, meaning.type)
        inner = env._replace(parameters={**env.parameters, target.id: variable})
    else:
        variable = var(target.id, meaning.type)
        inner = env._replace(cut=(*env.cut, (target.id, variable)))
    machine.then(lambda: _finish(machine, tree, env, {variable: meaning}))
    machine.visit(tree.args, inner)


def _finish(machine: Machine, tree: Call, env: Env, restore: Mapping[Node, Node]) -> None:
    """Apply the form to its arguments."""
    args = machine.take(len(tree.args))
    place = machine.place(tree, env)
    if tree.keywords:
        raise TypeMistake("SG223", f"`{tree.name}` has no argument `{tree.keywords[0].name}=`", place)
    for i, role in enumerate(ROLES.get(tree.name, ())[: len(args)]):
        if role in (COUNT, MAYBE_COUNT):
            args[i] = checked_count(machine, args[i], machine.place(tree.args[i], env))
    result = applied(machine, tree.name, args, place)
    machine.results.append(restored(machine, result, restore, tree, env))


def checked_count(machine: Machine, node: Any, place: Span) -> int:
    """How often to differentiate.

    Raises:
        TypeMistake: SG221, it is no count. LimitReached: SG406.
    """
    number = node if type(node) is int else known_integer(node, place)
    if number < 0:
        raise TypeMistake("SG221", "a count cannot be negative", place)
    if number > machine.limits.order:
        raise limit_reached("SG406", f"a derivative of order {number}", machine.limits.order, "order", place)
    return number


def applied(machine: Machine, name: str, args: Sequence[Any], place: Span) -> Result:
    """What a form makes of its arguments: nodes and counts."""
    form = machine.forms[name]
    assert not isinstance(form, Constructor), "constructors are read by bundles.py"
    least, most = _counts(name, form)
    if not least <= len(args) <= most:
        wanted = f"{least}" if least == most else f"{least} or {most}"
        plural = "" if wanted == "1" else "s"
        raise TypeMistake("SG209", f"`{name}` takes {wanted} argument{plural}, found {len(args)}", place)
    for arg in args:
        if name in ON_MODELS and isinstance(arg, Bundle):
            bundles.use(machine, arg, place)
        elif type(arg) is not int:
            machine.operand(arg, place)
    try:
        return form(*args)
    except SymgradError as error:
        raise error.at(place) from None


def _counts(name: str, form: Callable[..., Any]) -> tuple[int, int]:
    """How many arguments a form takes, at least and at most."""
    roles = ROLES.get(name)
    if roles is not None:
        return len([role for role in roles if role not in MAYBE]), len(roles)
    parameters = inspect.signature(form).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 0, sys.maxsize
    return len([p for p in parameters if p.default is p.empty]), len(parameters)


def restored(machine: Machine, result: Result, restore: Mapping[Node, Node], tree: Ast, env: Env) -> Result:
    """The result with what was cut put back, its nodes placed."""
    if isinstance(result, Bundle):
        return result
    if type(result) is Node:
        node = substitute([result], restore)[0] if restore else result
        return machine.placed(node, tree, env)
    if isinstance(result, Mapping):
        nodes = {key: restored(machine, node, restore, tree, env) for key, node in result.items()}
        return {key: machine.operand(node) for key, node in nodes.items()}
    assert isinstance(result, tuple), "a form gives a node, a record or a tuple"
    return tuple(restored(machine, part, restore, tree, env) for part in result)


def visit_derivative(machine: Machine, tree: Call, env: Env) -> None:
    """f''(u): f of a fresh variable, differentiated twice, with u put in."""
    place = machine.place(tree, env)
    if len(tree.args) != 1 or tree.keywords:
        hint = f"write `diff({tree.name}(...), x)`"
        raise TypeMistake("SG209", "a derivative by prime takes one argument", place, hint=hint)
    if "diff" not in machine.forms:
        raise NameMistake("SG111", "derivatives are not available here", place)
    order = checked_count(machine, tree.primes, place)

    def differentiate() -> None:
        meaning = machine.operand(machine.results.pop(), place)
        variable = machine.fresh("x", meaning.type)
        machine.then(lambda: finish(variable, meaning))
        machine.call(tree, (variable,), env)

    def finish(variable: Node, meaning: Node) -> None:
        result = applied(machine, "diff", [*machine.take(1), variable, order], place)
        machine.results.append(restored(machine, result, {variable: meaning}, tree, env))

    machine.then(differentiate)
    machine.visit(tree.args, env)
