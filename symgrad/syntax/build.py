"""What each rule of the grammar makes of its parts: one small function per kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    Group,
    Keyword,
    Mark,
    Name,
    Number,
    Slice,
    Statement,
    implied,
    ungrouped,
)
from symgrad.syntax.characters import normal_name
from symgrad.syntax.tables import Rule

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
LEAVES = ("NAME", "NUMBER")

Builder = Callable[[list[Any], str], Any]
"""(the values of a rule's symbols, the text) -> value. A word's value is its `Mark`, a repetition's a list."""


def nodes(values: list[Any]) -> Iterator[Any]:
    """The trees among the values: words dropped, repetitions spliced in."""
    for value in values:
        if type(value) is list:
            yield from value
        elif type(value) is not tuple:
            yield value


def outer(values: list[Any]) -> tuple[int, int]:
    """From the start of the first value to the end of the last."""
    first, last = values[0], values[-1]
    return first[0] if type(first) is tuple else first.start, last[1] if type(last) is tuple else last.end


def infix(op: str) -> Builder:
    """An operator between two operands."""

    def build(values: list[Any], text: str) -> Apply:
        a, mark, b = values
        return Apply(op, (a, b), a.start, b.end, mark)

    return build


def other(op: str) -> Builder:
    """Any other operation: its mark is its first word."""

    def build(values: list[Any], text: str) -> Apply:
        mark = next(value for value in values if type(value) is tuple)
        return Apply(op, tuple(nodes(values)), *outer(values), mark)

    return build


def group(values: list[Any], text: str) -> Group:
    return Group(values[1], *outer([values[0], values[-1]]))


def implicit(values: list[Any], text: str) -> Apply:
    """2x: a product whose sign is an empty place before its second factor. Catches 3e, 0x1F and 1__0 as well."""
    a, b = values
    number = a.args[1] if implied(a) else a
    if type(number) is Number and number.end == b.start:
        word = _leftmost(b)
        hexadecimal = text[number.start : number.end] == "0" and word[:1] in "xXbBoO" and word[1:].isalnum()
        if word in ("e", "E") or word.startswith("_") or hexadecimal and not word.isalpha():
            raise SyntaxMistake(
                "SG005",
                f"`{text[number.start : b.start + len(word)]}` is not a number",
                Span(number.start, b.start + len(word)),
                hint=_number_hint(text[number.start : number.end], word),
            )
    return Apply("mul", (a, b), a.start, b.end, (b.start, b.start))


def _leftmost(node: Ast) -> str:
    """The name that a factor starts with, or ""."""
    while type(node) is Apply:
        node = node.args[0]
    return node.id if type(node) is Name else ""


def _number_hint(digits: str, word: str) -> str:
    if word in ("e", "E"):
        return f"write `{digits}e5` for a power of ten, or `{digits}*e` for a product"
    return "write decimal digits, with single underscores between them if you like: 1_000"


def superscript(values: list[Any], text: str) -> Apply:
    base, (start, end) = values
    exponent = Number(int(text[start:end].translate(SUPERSCRIPTS)), start, end)
    return Apply("pow", (base, exponent), base.start, end, (start, end))


def call(values: list[Any], text: str) -> Call:
    start, end = values[0]
    name = text[start:end].rstrip("'′")
    mark = (start, start + len(name))
    primes = end - mark[1]
    name = name if name.isascii() else normal_name(name, start)
    found = list(nodes(values))
    arguments = tuple(node for node in found if type(node) is not Keyword)
    keywords = tuple(node for node in found if type(node) is Keyword)
    for argument, following in zip(found, found[1:], strict=False):
        if type(argument) is Keyword and type(following) is not Keyword:
            raise SyntaxMistake(
                "SG008",
                "arguments without a name come before those with one",
                Span(following.start, following.end),
                hint=f"move it before `{argument.name}=`",
            )
    return Call(name, primes, arguments, keywords, start, values[-1][1], mark)


def keyword(values: list[Any], text: str) -> Keyword:
    name, _, value = values
    return Keyword(name.id, value, name.start, value.end, (name.start, name.end))


def index(values: list[Any], text: str) -> Apply:
    """v[0, 1:3]: the operation `index` of the indexed thing and its indices."""
    base, mark, inner, closing = values
    items = tuple(nodes(inner)) if type(inner) is list else (inner,)
    return Apply("index", (base, *items), base.start, closing[1], mark)


def slice_(values: list[Any], text: str) -> Slice:
    parts: list[Ast | None] = [None]
    for value in values:
        if type(value) is tuple:
            parts.append(None)
        else:
            parts[-1] = value
    return Slice(tuple(parts), *outer(values))


def repetition(values: list[Any], text: str) -> list[Any]:
    """The list that a `( ... )*` of the grammar grows; growing it in place keeps long ones linear."""
    if values and type(values[0]) is list:
        values[0].extend(nodes(values[1:]))
        return values[0]
    return list(nodes(values))


def sequence(values: list[Any], text: str) -> list[Any]:
    return list(nodes(values))


def evaluate(values: list[Any], text: str) -> Evaluate:
    return Evaluate(values[0], values[0].start, values[0].end)


def define(values: list[Any], text: str) -> Define:
    """The left side was parsed as an expression; here it is judged."""
    target, _, value = values
    inner = ungrouped(target)
    if type(inner) is Name and inner is target:
        return Define(inner.id, None, value, target.start, value.end, (inner.start, inner.end))
    if type(inner) is Call and inner is target and not inner.primes and not inner.keywords:
        return Define(inner.name, _parameters(inner, text), value, target.start, value.end, inner.mark)
    raise SyntaxMistake(
        "SG031",
        f"`{text[target.start : target.end]}` cannot be defined",
        Span(target.start, target.end),
        hint="define a name (`y = x^2`) or a function (`f(x) = x^2`); `==` compares",
    )


def _parameters(target: Call, text: str) -> tuple[Name, ...]:
    seen: dict[str, Name] = {}
    for argument in target.args:
        if type(argument) is not Name or argument.id in seen:
            what = "the parameter appears twice" if type(argument) is Name else "a parameter must be a name"
            raise SyntaxMistake(
                "SG032",
                f"{what}: `{text[argument.start : argument.end]}`",
                Span(argument.start, argument.end),
                hint="as in `f(x, a) = a*x^2`",
            )
        seen[argument.id] = argument
    if not seen:
        hint = f"a definition without parameters is `{target.name} = ...`"
        raise SyntaxMistake("SG032", f"`{target.name}()` has no parameters", Span(target.start, target.end), hint=hint)
    return tuple(seen.values())


def assign(values: list[Any], text: str) -> Assign:
    targets = [*nodes([values[0]])]
    results = [*nodes([values[2]])]
    for target in targets:
        if type(target) is not Name:
            raise SyntaxMistake(
                "SG031",
                f"`{text[target.start : target.end]}` cannot be given a value",
                Span(target.start, target.end),
                hint="names go before `:=`, as in `w, b := w - 0.1, b + 0.1`",
            )
    if len(targets) != len(results):
        raise SyntaxMistake(
            "SG033",
            f"{len(targets)} names and {len(results)} values",
            Span(results[0].start, results[-1].end),
            hint="give one value for each name",
        )
    return Assign(tuple(targets), tuple(results), targets[0].start, results[-1].end)


def declare(values: list[Any], text: str) -> Declare:
    """`W: real[2, 3]`: the type was parsed as an indexed name."""
    name, _, kind = values
    sizes: list[Ast] = []
    base: Ast = kind
    if type(kind) is Apply and kind.op == "index":
        base, *sizes = kind.args
    shape = tuple(size.value for size in sizes if type(size) is Number and isinstance(size.value, int) and size.value > 0)
    if type(name) is not Name:
        message = f"only a name can be declared, not `{text[name.start : name.end]}`"
        raise SyntaxMistake("SG034", message, Span(name.start, name.end), hint="as in `x: real[3]`")
    if type(base) is not Name or base.id not in ("real", "bool") or len(shape) != len(sizes):
        raise SyntaxMistake(
            "SG035",
            f"`{text[kind.start : kind.end]}` is not a type",
            Span(kind.start, kind.end),
            hint="the types are `real`, `bool`, and with a shape `real[3]`, `real[2, 3]`",
        )
    return Declare(name, base.id, shape, name.start, kind.end)


def script(values: list[Any], text: str) -> list[Statement]:
    return list(nodes(values))


BUILDERS: dict[str, Builder] = {
    "list": repetition,
    "group": group,
    "implicit": implicit,
    "superscript": superscript,
    "call": call,
    "keyword": keyword,
    "index": index,
    "indices": sequence,
    "slice": slice_,
    "evaluate": evaluate,
    "define": define,
    "assign": assign,
    "declare": declare,
    "expressions": sequence,
    "script": script,
}


def builder(rule: Rule) -> Builder:
    """What makes a node of this rule: by alias, else the alias is an operation."""
    assert rule.alias is not None
    if rule.alias in BUILDERS:
        return BUILDERS[rule.alias]
    middle_is_word = len(rule.symbols) == 3 and [s.isupper() and s not in LEAVES for s in rule.symbols] == [False, True, False]
    return infix(rule.alias) if middle_is_word else other(rule.alias)


__all__ = ["BUILDERS", "Builder", "Mark", "builder"]
