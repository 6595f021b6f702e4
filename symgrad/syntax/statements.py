"""What the rules for statements make of their parts; left sides were parsed as expressions and are judged here."""

from __future__ import annotations

from typing import Any

from symgrad.errors import Span, SyntaxMistake
from symgrad.syntax.ast import (
    Apply,
    Assign,
    Ast,
    Call,
    Declare,
    Define,
    Evaluate,
    Name,
    Number,
    Parameter,
    span,
)
from symgrad.syntax.parts import nodes

FUNCTION_HINT = "as in `f(x, a) = a*x^2`"


def evaluate(values: list[Any], _: str) -> Evaluate:
    """An expression that stands alone."""
    return Evaluate(values[0], *span(values[0]))


def define(values: list[Any], text: str) -> Define:
    """y = x^2 and f(x, a) = a*x^2."""
    target, _, value = values
    if type(target) is Name:
        return Define(target.id, None, value, target.start, value.end, (target.start, target.end))
    if type(target) is Call and not target.primes and not target.keywords:
        return Define(target.name, _parameters(target, text), value, target.start, value.end, target.mark)
    hint = "define a name (`y = x^2`) or a function (`f(x) = x^2`); `==` compares"
    raise SyntaxMistake("SG031", f"`{_written(target, text)}` cannot be defined", span(target), hint=hint)


def _written(node: Ast, text: str) -> str:
    return (
        text[node.start : node.end]
        if node.end - node.start <= 40
        else text[node.start : node.start + 37] + "..."
    )


def _parameters(target: Call, text: str) -> tuple[Name, ...]:
    seen: dict[str, Name] = {}
    for argument in target.args:
        if type(argument) is not Name or argument.id in seen:
            what = "this parameter appears twice" if type(argument) is Name else "a parameter must be a name"
            message = f"{what}: `{_written(argument, text)}`"
            raise SyntaxMistake("SG032", message, span(argument), hint=FUNCTION_HINT)
        seen[argument.id] = argument
    if not seen:
        hint = f"a definition without parameters is `{target.name} = ...`"
        raise SyntaxMistake("SG032", f"`{target.name}()` has no parameters", span(target), hint=hint)
    return tuple(seen.values())


def assign(values: list[Any], text: str) -> Assign:
    """w, b := ..., ...: as many names as values."""
    targets, results = list(nodes([values[0]])), list(nodes([values[2]]))
    for target in targets:
        if type(target) is not Name:
            message = f"`{_written(target, text)}` cannot be given a value"
            hint = "names go before `:=`, as in `w, b := w - 0.1, b + 0.1`"
            raise SyntaxMistake("SG031", message, span(target), hint=hint)
    if len(targets) != len(results):
        message = f"{len(targets)} names and {len(results)} values"
        place = Span(results[0].start, results[-1].end)
        raise SyntaxMistake("SG033", message, place, hint="give one value for each name")
    return Assign(tuple(targets), tuple(results), targets[0].start, results[-1].end)


def declare(values: list[Any], text: str) -> Declare:
    """W: real[2, 3]."""
    name, _, type_ = values
    if type(name) is not Name:
        message = f"only a name can be declared, not `{_written(name, text)}`"
        raise SyntaxMistake("SG034", message, span(name), hint="as in `x: real[3]`")
    return Declare(name, *type_of(type_, text), name.start, type_.end)


def parameter(values: list[Any], text: str) -> Parameter:
    """param W: real[2, 3] = glorot(seed=1)."""
    first, name, _, type_, _, value = values
    if type(name) is not Name:
        message = f"only a name can be a parameter, not `{_written(name, text)}`"
        raise SyntaxMistake("SG034", message, span(name), hint="as in `param w: real[3] = glorot(seed=1)`")
    return Parameter(name, *type_of(type_, text), value, first[0], value.end)


def type_of(tree: Ast, text: str) -> tuple[str, tuple[int, ...]]:
    """Kind and shape of a type that was parsed as a name, or a name with indices.

    Raises:
        SyntaxMistake: SG035, it is no type.
    """
    sizes: list[Ast] = []
    base = tree
    if type(tree) is Apply and tree.op == "index":
        base, *sizes = tree.args
    shape = tuple(
        size.value for size in sizes if type(size) is Number and type(size.value) is int and size.value > 0
    )
    if type(base) is not Name or base.id not in ("real", "bool") or len(shape) != len(sizes):
        hint = "the types are `real`, `bool`, and with a shape `real[3]`, `real[2, 3]`"
        raise SyntaxMistake("SG035", f"`{_written(tree, text)}` is not a type", span(tree), hint=hint)
    return base.id, shape
