"""Calls: functions of the table, functions of the user (written out), and the forms that work on whole expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, Span, SymgradError, TypeMistake
from symgrad.graph import CONST, VAR, Node, const, substitute, var
from symgrad.ops import Op
from symgrad.syntax import names
from symgrad.syntax.ast import Ast, Call, Keyword, Name, ungrouped
from symgrad.syntax.limits import limit_reached
from symgrad.syntax.scope import Definition, FunctionDefinition, Result

if TYPE_CHECKING:
    from symgrad.syntax.elaborate import Env, Machine

# Functions of two numbers that take more, pair by pair, and what they are called on the elements of one vector.
FOLDS = {"max": "amax", "min": "amin", "hypot": "norm"}

# What the arguments of a form are: an expression, a variable or subexpression to differentiate by, a number known now.
EXPRESSION, WITH_RESPECT_TO, COUNT = "expression", "with respect to", "count"
FORMS = {
    "grad": (EXPRESSION,),
    "hessian": (EXPRESSION,),
    "diff": (EXPRESSION, WITH_RESPECT_TO, COUNT),
    "jacobian": (EXPRESSION, WITH_RESPECT_TO),
    "taylor": (EXPRESSION, WITH_RESPECT_TO, EXPRESSION, COUNT),
}
LISTS = ("shape", "axes")
"""Attributes that are lists, also of a single number."""


def visit(machine: Machine, tree: Call, env: Env) -> None:
    """Start on a call: read its arguments first, then apply what is called."""
    name = tree.name
    roles = FORMS.get(name, ())
    is_form = name in machine.forms and not isinstance(machine.scope.get(name), FunctionDefinition)
    if is_form and not tree.primes:
        target = ungrouped(tree.args[roles.index(WITH_RESPECT_TO)]) if len(tree.args) > 1 and roles else None
        if type(target) is Name and _is_defined(machine, target.id, env):
            machine.todo.append((lambda t, e: _cut(machine, t, e, target), tree, env))
            machine.todo.append((None, target, env))
            return
        action = lambda t, e: _form(machine, t, e, {})  # noqa: E731  # one line says it
    else:
        _check_callable(machine, tree, env)
        action = lambda t, e: _call(machine, t, e)  # noqa: E731  # likewise
    machine.todo.append((action, tree, env))
    machine.todo.extend([(None, argument, env) for argument in tree.args[::-1]])


def _is_defined(machine: Machine, name: str, env: Env) -> bool:
    """Whether a name stands for an expression, so that differentiating by it means cutting it off."""
    cut = any(name == other for other, _ in env.cut)
    return name in env.parameters or isinstance(machine.scope.get(name), Definition) and not cut


def _cut(machine: Machine, tree: Call, env: Env, target: Name) -> None:
    """diff(L, y) where y is defined: y becomes a variable of its own, and its definition is put back afterwards."""
    meaning = machine.results.pop()
    if type(meaning) is not Node:
        raise TypeMistake("SG215", "a record or tuple of expressions is no variable", machine.place(target, env))
    if target.id in env.parameters:
        # No name of a user has a prime: the parameter cannot be taken for a variable of the expression around.
        fresh = var(f"{target.id}'{machine.fresh()}", meaning.type)
        inner = env._replace(parameters={**env.parameters, target.id: fresh})
    else:
        fresh = var(target.id, meaning.type)
        inner = env._replace(cut=(*env.cut, (target.id, fresh)))
    machine.todo.append((lambda t, e: _form(machine, t, e, {fresh: meaning}), tree, env))
    machine.todo.extend([(None, argument, inner) for argument in tree.args[::-1]])


def _form(machine: Machine, tree: Call, env: Env, restore: Mapping[Node, Node]) -> None:
    """Apply a form to its arguments."""
    args = _taken(machine, len(tree.args))
    place = machine.place(tree, env)
    if tree.keywords:
        raise TypeMistake("SG214", f"`{tree.name}` has no argument `{tree.keywords[0].name}`", place)
    for i, (role, arg) in enumerate(zip(FORMS.get(tree.name, ()), args, strict=False)):
        if role == COUNT:
            args[i] = _count(machine, arg, machine.place(tree.args[i], env))
    result = _formed(machine, tree.name, args, place)
    machine.results.append(_restored(machine, result, restore, tree, env))


def _count(machine: Machine, node: Any, place: Span) -> int:
    """How often to differentiate."""
    number = known_integer(node, place)
    if number < 0:
        raise TypeMistake("SG212", "a count cannot be negative", place)
    if number > machine.limits.order:
        raise limit_reached("SG406", f"a derivative of order {number}", machine.limits.order, "order", place)
    return number


def _formed(machine: Machine, name: str, args: Sequence[Any], place: Span) -> Result:
    required = len([role for role in FORMS.get(name, ()) if role != COUNT or name == "taylor"]) or 1
    most = len(FORMS.get(name, ())) or None
    if len(args) < required or most is not None and len(args) > most:
        wanted = f"{required}" if most in (None, required) else f"{required} or {most}"
        raise TypeMistake("SG209", f"`{name}` takes {wanted} arguments, found {len(args)}", place)
    for arg in args:
        if type(arg) is not Node and type(arg) is not int:
            raise TypeMistake("SG215", "a record or tuple of expressions is no operand", place, hint="it can only stand alone")
    try:
        return machine.forms[name](*args)
    except SymgradError as error:
        raise error.at(place) from None


def _restored(machine: Machine, result: Result, restore: Mapping[Node, Node], tree: Ast, env: Env) -> Result:
    """The result with cut names put back, its nodes placed."""
    if type(result) is Node:
        node = substitute([result], restore)[0] if restore else result
        return machine.placed(node, tree, env)
    if isinstance(result, Mapping):
        return {key: _restored(machine, node, restore, tree, env) for key, node in result.items()}  # type: ignore[misc]  # records hold nodes
    assert isinstance(result, tuple)
    return tuple(_restored(machine, part, restore, tree, env) for part in result)


def _taken(machine: Machine, count: int) -> list[Any]:
    """The last results, taken off the stack."""
    cut = len(machine.results) - count
    taken = machine.results[cut:]
    del machine.results[cut:]
    return taken


def _check_callable(machine: Machine, tree: Call, env: Env) -> None:
    """Unknown names are reported before their arguments are looked at."""
    name, place = tree.name, machine.place(tree, env)
    if isinstance(machine.scope.get(name), FunctionDefinition) or name in machine.forms:
        return
    found = names.function(name)
    argument = machine.text[tree.args[0].start : tree.args[-1].end] if len(tree.args) == 1 and env.place is None else None
    if name in env.parameters or found is None and name in machine.scope:
        hint = f"for a product write `{name}*({argument})`" if argument else None
        raise NameMistake("SG103", f"`{name}` is no function", place, hint=hint)
    if found is None:
        others = [*machine.forms, *(n for n, m in machine.scope.items() if isinstance(m, FunctionDefinition))]
        raise names.unknown_function(name, argument, place, others)
    if found.arity == 0:
        hint = f"for a product write `{name}*({argument})`" if argument else None
        raise NameMistake("SG103", f"`{name}` is a constant and no function", place, hint=hint)


def _call(machine: Machine, tree: Call, env: Env) -> None:
    """Apply a function to its arguments; with primes, its derivative."""
    args = _taken(machine, len(tree.args))
    if tree.primes:
        _derivative(machine, tree, args, env)
    else:
        _function(machine, tree, tuple(args), env)


def _derivative(machine: Machine, tree: Call, args: list[Any], env: Env) -> None:
    """f''(u): f of a fresh variable, differentiated twice, with u put in."""
    place = machine.place(tree, env)
    if len(args) != 1:
        hint = f"write `diff({tree.name}(...), x)`"
        raise TypeMistake("SG209", "a derivative by prime takes one argument", place, hint=hint)
    if "diff" not in machine.forms:
        raise NameMistake("SG108", "derivatives are not available here", place)
    if type(args[0]) is not Node:
        raise TypeMistake("SG215", "a record or tuple of expressions is no operand", place)
    if tree.primes > machine.limits.order:
        raise limit_reached("SG406", f"a derivative of order {tree.primes}", machine.limits.order, "order", place)
    fresh = var(f"x'{machine.fresh()}", args[0].type)

    def finish(tree: Call, env: Env) -> None:
        result = _formed(machine, "diff", [*_taken(machine, 1), fresh, tree.primes], place)
        machine.results.append(_restored(machine, result, {fresh: args[0]}, tree, env))

    machine.todo.append((finish, tree, env))
    _function(machine, tree, (fresh,), env)


def _function(machine: Machine, tree: Call, args: tuple[Any, ...], env: Env) -> None:
    """A function of the user, written out, or one of the table."""
    defined = machine.scope.get(tree.name)
    if isinstance(defined, FunctionDefinition):
        if len(args) != len(defined.parameters) or tree.keywords:
            wanted = f"{tree.name}({', '.join(defined.parameters)})"
            message = f"`{tree.name}` takes {len(defined.parameters)} arguments, found {len(args) + len(tree.keywords)}"
            raise TypeMistake("SG209", message, machine.place(tree, env), hint=f"it is defined as `{wanted}`")
        inner = env._replace(parameters=dict(zip(defined.parameters, args, strict=True)))
        machine.expand(tree.name, (tree.name, args, env.cut), defined.body, inner, tree)
        return
    found = names.function(tree.name)
    assert found is not None, "checked before the arguments were read"
    try:
        node = _applied(machine, found, tree, args, _attributes(machine, found, tree.keywords, env))
    except SymgradError as error:
        raise explained(error, tree.args, args).at(machine.place(tree, env)) from None
    machine.results.append(machine.placed(node, tree, env))


def _attributes(machine: Machine, op: Op, keywords: Sequence[Keyword], env: Env) -> dict[str, Any]:
    """The static arguments, numbers known now."""
    attributes: dict[str, Any] = {}
    for keyword in keywords:
        place = machine.place(keyword, env)
        if keyword.name not in op.attrs or keyword.name in attributes:
            problem = "is given twice" if keyword.name in attributes else "is unknown"
            takes = ", ".join(f"`{name}=`" for name in op.attrs)
            hint = f"`{op.name}` takes {takes}" if takes else f"`{op.name}` takes no arguments with a name"
            raise TypeMistake("SG214", f"the argument `{keyword.name}=` {problem}", place, hint=hint)
        attributes[keyword.name] = _known_list(keyword, place)
    return attributes


def _known_list(keyword: Keyword, place: Span) -> int | tuple[int, ...]:
    """An integer or a list of integers as it is written: `axis=-1`, `shape=[2, 3]`."""
    value = ungrouped(keyword.value)
    items = list(value.args) if getattr(value, "op", "") == "stack" else [value]  # type: ignore[union-attr]  # it has an op
    numbers = []
    for item in items:
        sign, inner = 1, ungrouped(item)
        while getattr(inner, "op", "") == "neg":
            sign, inner = -sign, ungrouped(inner.args[0])  # type: ignore[union-attr]  # it has an op
        number = getattr(inner, "value", None)
        if type(number) is not int:
            raise TypeMistake("SG212", f"`{keyword.name}` must be an integer, or a list of integers", place)
        numbers.append(sign * number)
    if keyword.name == "shape" and min(numbers) < 1:
        raise TypeMistake("SG212", "the sizes of a shape are at least 1", place)
    return tuple(numbers) if keyword.name in LISTS or items[0] is not value else numbers[0]


def _applied(machine: Machine, op: Op, tree: Call, args: tuple[Any, ...], attributes: dict[str, Any]) -> Node:
    name = op.name
    if name in FOLDS and len(args) == 1 and type(args[0]) is Node and args[0].shape:
        return machine.make(FOLDS[name], args, attributes)
    if name in FOLDS and len(args) == 1:
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
        raise TypeMistake("SG213", "elements are taken with brackets", hint="write `v[0]` or `v[0:2]`")
    try:
        return machine.make(name, args, attributes)
    except KeyError as missing:
        raise TypeMistake("SG213", f"`{name}` needs `{missing.args[0]}=`", hint=op.example) from None


def factorial(machine: Machine, x: Any) -> Node:
    """x!: the table's own operation where it has one, else the gamma function."""
    if names.function("factorial") is not None:
        return machine.make("factorial", (x,))
    return machine.make("gamma", (machine.make("add", (x, const(1))),))


def index(machine: Machine, base: Any, items: Sequence[Any]) -> Node:
    """v[i], v[a:b], m[i, j]: integers known now; slices as (start, stop, step) within the axis."""
    if type(base) is not Node:
        raise TypeMistake("SG215", "a record or tuple of expressions has no elements here")
    key: list[Any] = []
    for axis, item in enumerate(items):
        if not isinstance(item, slice):
            key.append(known_integer(item, None))
        else:
            size = base.shape[axis] if axis < len(base.shape) else 0
            start, stop, step = item.indices(size)
            if axis < len(base.shape) and stop <= start:
                raise TypeMistake("SG204", f"this slice has no elements: the axis has {size}", hint="ranges are half-open")
            key.append((start, stop, step))
    return machine.make("index", (base,), {"key": tuple(key)})


def known_integer(node: Any, place: Span | None) -> int:
    """The integer that a node is.

    Raises:
        TypeMistake: SG212, its value is not known before evaluation, or is no integer.
    """
    sign = 1
    while type(node) is Node and node.op not in (CONST, VAR) and node.op.name == "neg":
        sign, node = -sign, node.args[0]
    if type(node) is not Node or node.op is not CONST or type(node.value) is not int:
        raise TypeMistake("SG212", "an integer is needed here, such as 0 or 2", place, hint="indices and counts are fixed numbers")
    return sign * int(node.value)


def explained(error: SymgradError, trees: Sequence[Ast], args: Sequence[Any]) -> SymgradError:
    """Where a vector was needed and an undeclared variable given, say how it is declared."""
    if error.code == "SG202":
        for tree, arg in zip(trees, args, strict=False):
            if type(ungrouped(tree)) is Name and type(arg) is Node and arg.op is VAR and not arg.shape:
                error.message = f"`{arg.name}` is a single number here, and this needs a vector or matrix"
                error.hint = f'declare it first: `{arg.name}: real[3]`, or types={{"{arg.name}": "real[3]"}} in the library'
                break
    return error
