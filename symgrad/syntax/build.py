"""What each rule of the grammar makes of its parts: one small function per kind of node."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from symgrad.errors import Span, SyntaxMistake
from symgrad.syntax import statements
from symgrad.syntax.ast import Apply, Ast, Call, Group, Keyword, Name, Number, Slice, implied
from symgrad.syntax.characters import normal_name
from symgrad.syntax.lexer import number
from symgrad.syntax.parts import Builder, nodes, outer
from symgrad.syntax.tables import Rule

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
TREES = ("NAME", "NUMBER")
"""The words that are trees of their own; the value of any other is its place."""


def infix(op: str) -> Builder:
    """An operator between two operands."""

    def build(values: list[Any], _: str) -> Apply:
        a, mark, b = values
        return Apply(op, (a, b), a.start, b.end, mark)

    return build


def operation(op: str) -> Builder:
    """Any other operation: its mark is its first word."""

    def build(values: list[Any], _: str) -> Apply:
        mark = next(value for value in values if type(value) is tuple)
        return Apply(op, tuple(nodes(values)), *outer(values), mark)

    return build


def group(values: list[Any], _: str) -> Group:
    """Brackets, or a unary plus."""
    return Group(values[1], *outer(values))


def implicit(values: list[Any], text: str) -> Apply:
    """2x: a product whose sign is an empty place before its second factor. Catches 3e, 0x1F and 1__0 as well."""
    a, b = values
    left = a.args[1] if implied(a) else a
    if type(left) is Number and left.end == b.start:
        digits, word = text[left.start : left.end], _leftmost(b)
        other_base = digits == "0" and word[:1] in tuple("xXbBoO") and word.isalnum() and not word.isalpha()
        if word in ("e", "E") or word.startswith("_") or other_base:
            raise SyntaxMistake(
                "SG005",
                f"`{digits}{word}` is not a number",
                Span(left.start, b.start + len(word)),
                hint=f"write `{digits}e5` for a power of ten, or `{digits}*e` for a product"
                if word in ("e", "E")
                else "write decimal digits, with single underscores between them if you like: 1_000",
            )
    return Apply("mul", (a, b), a.start, b.end, (b.start, b.start))


def _leftmost(node: Ast) -> str:
    """The name that a factor starts with, or ""."""
    while type(node) is Apply:
        node = node.args[0]
    return node.id if type(node) is Name else ""


def superscript(values: list[Any], text: str) -> Apply:
    """x²: a power."""
    base, (start, end) = values
    written = text[start:end].translate(SUPERSCRIPTS)
    size = number(written.lstrip("-"), start)
    exponent = Number(-size if written.startswith("-") else size, start, end)
    return Apply("pow", (base, exponent), base.start, end, (start, end))


def call(values: list[Any], text: str) -> Call:
    """A function's name with its primes, and its arguments; those with a name come last."""
    start, end = values[0]
    name = text[start:end].rstrip("'′")
    primes = end - start - len(name)
    found = list(nodes(values))
    for argument, following in pairwise(found):
        if type(argument) is Keyword and type(following) is not Keyword:
            raise SyntaxMistake(
                "SG008",
                "arguments without a name come before those with one",
                Span(following.start, following.end),
                hint=f"move it before `{argument.name}=`",
            )
    return Call(
        name if name.isascii() else normal_name(name, start),
        primes,
        tuple(node for node in found if type(node) is not Keyword),
        tuple(node for node in found if type(node) is Keyword),
        start,
        values[-1][1],
        (start, end - primes),
    )


def keyword(values: list[Any], _: str) -> Keyword:
    """axis=0."""
    name, _mark, value = values
    return Keyword(name.id, value, name.start, value.end, (name.start, name.end))


def index(values: list[Any], _: str) -> Apply:
    """v[0, 1:3]: the operation `index` of the indexed thing and its indices."""
    base, mark, inner, closing = values
    return Apply("index", (base, *nodes([inner])), base.start, closing[1], mark)


def slice_(values: list[Any], _: str) -> Slice:
    """a:b:c, each part of which may be missing."""
    parts: list[Ast | None] = [None]
    for value in values:
        if type(value) is tuple:
            parts.append(None)
        else:
            parts[-1] = value
    return Slice(tuple(parts), *outer(values))


def repetition(values: list[Any], _: str) -> list[Any]:
    """The list that a `( ... )*` of the grammar grows; growing it in place keeps long ones linear."""
    if values and type(values[0]) is list:
        values[0].extend(nodes(values[1:]))
        return values[0]
    return list(nodes(values))


def sequence(values: list[Any], _: str) -> list[Any]:
    """Trees in a row."""
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
    "evaluate": statements.evaluate,
    "define": statements.define,
    "assign": statements.assign,
    "declare": statements.declare,
    "parameter": statements.parameter,
    "compose": infix("compose"),
    "expressions": sequence,
    "script": sequence,
}
"""Aliases that are no operations of the table, or need more than their operands."""


def builder(rule: Rule) -> Builder:
    """What makes the node of this rule."""
    assert rule.alias is not None
    if rule.alias in BUILDERS:
        return BUILDERS[rule.alias]
    words = [symbol.isupper() and symbol not in TREES for symbol in rule.symbols]
    return infix(rule.alias) if words == [False, True, False] else operation(rule.alias)
