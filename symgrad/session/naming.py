"""What a name may be, and the name `ans` (also `_`) for the last answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from symgrad.errors import NameMistake, Span, TypeMistake, did_you_mean
from symgrad.graph import Node, Type, const
from symgrad.syntax import names
from symgrad.syntax.ast import Ast, Mark, Name, children
from symgrad.syntax.bundles import no_such_part
from symgrad.syntax.elaborate import Elaborated
from symgrad.syntax.limits import Limits
from symgrad.syntax.parse import parse
from symgrad.syntax.scope import Scope, Value

ANSWERS = ("ans", "_")
FORMS = ("diff", "grad", "hessian", "jacobian", "taylor")


def check_name(name: str, mark: Mark, data: Collection[str] = ()) -> None:
    """Refuse names that are something already; those in `data` do not change at all.

    Raises:
        NameMistake: SG109.
    """
    span = Span(*mark)
    if name in data:
        raise _fixed(name, span)
    if "." in name:
        whole, part = name.split(".", 1)
        hint = f"give it a new value with `{name} := ...`"
        raise NameMistake("SG109", f"`{part}` is a part of `{whole}`", span, hint=hint)
    if name in ANSWERS:
        raise NameMistake("SG109", f"`{name}` is the last answer", span, hint="choose another name")
    if names.constant(name) is not None:
        raise NameMistake(
            "SG109", f"`{name}` is a constant", span, hint=f"choose another name, such as `{name}0`"
        )
    if names.only_a_function(name):
        raise NameMistake(
            "SG109", f"`{name}` is a function", span, hint=f"choose another name, such as `{name}0`"
        )


def check_target(target: Name, scope: Scope) -> None:
    """Refuse names that cannot be given a value; a part must exist already: `net.0.w := ...`.

    Raises:
        NameMistake: SG109. SG021, there is no such part.
    """
    if "." not in target.id:
        check_name(target.id, (target.start, target.end))
        return
    place, meaning = Span(target.start, target.end), scope.get(target.id)
    if not isinstance(meaning, Value):
        raise no_such_part(target.id, place, scope)
    if meaning.role == "data":
        raise _fixed(target.id, place)


def _fixed(name: str, place: Span) -> NameMistake:
    return NameMistake("SG109", f"`{name}` is data, which do not change", place, hint="make another data set")


def fitting(name: str, value: Any, type_: Type, place: Span) -> Any:
    """A parameter's new value, which keeps the parameter's shape.

    Raises:
        TypeMistake: SG213.
    """
    if const(value).type != type_:
        hint = f"as in `{name} := ...` with a value of that shape"
        raise TypeMistake("SG213", f"`{name}` is {type_}, and this is {const(value).type}", place, hint=hint)
    return value


def check_function_name(name: str, mark: Mark) -> None:
    """Refuse names of functions of the language, which formulas rely on.

    Raises:
        NameMistake: SG109.
    """
    if names.function(name) is not None or name in FORMS:
        hint = f"choose another name, such as `my_{name}`"
        raise NameMistake("SG109", f"`{name}` is a function of the language", Span(*mark), hint=hint)
    check_name(name, mark)


def answer_in(tree: Ast) -> Name | None:
    """Where a tree names the last answer, if it does."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if type(node) is Name and node.id in ANSWERS:
            return node
        todo.extend(children(node))
    return None


def check_no_answer(tree: Ast) -> None:
    """Refuse `ans` in the body of a function.

    Raises:
        NameMistake: SG109.
    """
    found = answer_in(tree)
    if found is not None:
        hint = "give the answer a name first: `y = ans`"
        raise NameMistake(
            "SG109", f"`{found.id}` changes with every line", Span(found.start, found.end), hint=hint
        )


def without_answer(tree: Ast, meaning: Elaborated, limits: Limits) -> tuple[Ast, str] | None:
    """The tree, and its text, with `ans` written out, so that both keep their meaning; None if that is too large."""
    if answer_in(tree) is None:
        return tree, meaning.text[tree.start : tree.end]
    root = meaning.root
    if not isinstance(root, Node):
        return None
    from symgrad.symbolic.text import text_many

    definitions, (body,) = text_many([root])
    return None if definitions else (parse(body, limits), body)


def check_all_used(meaning: Elaborated, expected: Iterable[str], values: Iterable[str]) -> None:
    """Every variable has a value, and every value is used.

    Raises:
        NameMistake: SG101, variables have no value; SG110, a name that was given a value does not occur.
    """
    unused = [name for name in expected if name not in meaning.uses]
    missing = meaning.missing(values)
    if missing is not None:
        lacking = [name for name in meaning.variables if name not in set(values)]
        for name in unused:
            near = did_you_mean(name, lacking)
            if near is not None:
                missing.hint = f"a value was given to `{name}`: did you mean `{near}`?"
        raise missing
    if unused:
        listed = ", ".join(f"`{name}`" for name in unused)
        near = did_you_mean(unused[0], meaning.variables)
        known = ", ".join(meaning.variables)
        hint = (
            f"did you mean `{near}`?"
            if near
            else f"its variables are: {known}"
            if known
            else "it has no variables"
        )
        raise NameMistake("SG110", f"the expression has no variable {listed}", hint=hint)
