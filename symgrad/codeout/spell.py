"""Pieces of source code: how an operation is written, and when an operand needs brackets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from symgrad.graph import CONST, Node

ATOM, TIGHT = 100, 90
"""What never needs brackets, and what only a postfix would open."""


class Piece(NamedTuple):
    """An expression in a language.

    Attributes:
        text: the source.
        binds: how tightly its outermost operator binds.
        size: how many operations are in it.
        node: what it computes.
    """

    text: str
    binds: int
    size: int
    node: Node

    def within(self, binds: int) -> str:
        """The source as an operand of an operator that binds this tightly."""
        return self.text if self.binds >= binds else f"({self.text})"

    @property
    def constant(self) -> Any:
        """The number it is, if it is one; else None."""
        return self.node.value if self.node.op is CONST else None


Spelling = Callable[..., tuple[str, int]]
"""(pieces of the operands) -> source, and how tightly it binds."""


def infix(sign: str, binds: int) -> Spelling:
    """An operator between its operands; those on its right may not be of the same kind without brackets."""
    return lambda a, b: (f"{a.within(binds)} {sign} {b.within(binds + 1)}", binds)


def prefix(sign: str, binds: int) -> Spelling:
    """An operator before its operand."""
    return lambda a: (f"{sign}{a.within(binds + 1)}", binds)


def call(name: str) -> Spelling:
    """A function."""
    return lambda *xs: (f"{name}({', '.join(x.text for x in xs)})", ATOM)


def written(template: str, binds: int = ATOM) -> Spelling:
    """A template with {0}, {1}, ... for operands in brackets where they need them."""
    return lambda *xs: (template.format(*[x.within(TIGHT) for x in xs]), binds)


@dataclass(frozen=True)
class Target:
    """A language.

    Attributes:
        name: what it is called.
        table: op name -> how it is written.
        helpers: name of a function that the language lacks -> its source.
        number: a constant.
        assign: (name, source, whether it is a condition) -> a line.
        reserved: names that variables must not have.
        module: (Unit) -> the whole file.
        indent: before each line of the function's body.
    """

    name: str
    table: Mapping[str, Spelling]
    helpers: Mapping[str, str]
    number: Callable[[Any], tuple[str, int]]
    assign: Callable[[str, str, bool], str]
    reserved: frozenset[str]
    module: Callable[[Unit], str]
    indent: str = "    "


@dataclass(frozen=True)
class Unit:
    """What a file is made of.

    Attributes:
        target: the language.
        text: the formula in our own.
        function: the function's name.
        parameters: its parameters, and which of them are conditions.
        lines: the body before the results.
        results: the sources of value and partials.
        partials: the names of what they are partial derivatives by.
        truth: whether the value is a condition.
        helpers: functions that the language lacks.
        tests: rows of numbers: a point, the value and the partials there, certified.
    """

    target: Target
    text: str
    function: str
    parameters: list[tuple[str, bool]]
    lines: list[str]
    results: list[str]
    partials: list[str]
    truth: bool
    helpers: list[str]
    tests: list[list[Any]] = field(default_factory=list)
