"""What names mean to a text: plain data that the caller keeps; nothing is evaluated here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from symgrad.graph import Node, Type, const
from symgrad.syntax.ast import Ast

Result: TypeAlias = "Node | Mapping[str, Node] | tuple[Result, ...]"
"""What a text can mean: an expression, a record of them (`grad(f)`) or a tuple (`hessian(f)`)."""


@dataclass(frozen=True)
class Value:
    """`x = 2`: the name stays a variable of the graph, to differentiate by; its value is bound later."""

    value: Any

    @cached_property
    def type(self) -> Type:
        """The type of the value."""
        return const(self.value).type


@dataclass(frozen=True)
class Declared:
    """`x: real[3]`: a variable of this type, without a value."""

    type: Type


@dataclass(frozen=True)
class Definition:
    """`y = x^2 + 1`: read anew at every use, so that y follows x."""

    value: Ast
    text: str


@dataclass(frozen=True)
class FunctionDefinition:
    """`f(x, a) = a*x^2`: written out at every call."""

    parameters: tuple[str, ...]
    body: Ast
    text: str


Meaning: TypeAlias = Value | Declared | Definition | FunctionDefinition
Scope: TypeAlias = Mapping[str, Meaning]


class Form(Protocol):
    """A part of the language that works on whole expressions, such as `diff`; given by a layer that has a derivative.

    Arguments are nodes, and plain integers where the form counts something (the order of a derivative).
    """

    def __call__(self, *args: Any) -> Result:
        """What the form makes of its arguments."""


Forms: TypeAlias = Mapping[str, Form]
