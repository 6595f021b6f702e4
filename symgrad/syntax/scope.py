"""What names mean to a text: plain data that the caller keeps; nothing is evaluated here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, TypeAlias

from symgrad.graph import Node, Type, const
from symgrad.syntax.ast import Ast

Result: TypeAlias = "Node | Mapping[str, Node] | tuple[Result, ...] | Bundle | Initial"
"""What a text can mean: an expression, a record (`grad(f)`) or tuple (`hessian(f)`) of them, a model or a data set."""


@dataclass(frozen=True)
class Value:
    """`x = 2`: the name stays a variable of the graph, to differentiate by; its value is bound later.

    Attributes:
        role: `parameter` for what is trained, `data` for what no one differentiates by, else "".
    """

    value: Any
    role: str = ""

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


class Bundle(ABC):
    """What has named parts: a model with its parameters, a data set with its columns."""

    name: str
    """The name it was first given, which its parts bear too; "" before that."""
    kind: ClassVar[str] = "model"
    """What it is, in words."""

    @abstractmethod
    def named(self, name: str) -> Bundle:
        """The same under a name."""

    @abstractmethod
    def names(self) -> Sequence[str]:
        """The full names of the parts that are numbers."""

    @abstractmethod
    def values(self) -> Mapping[str, Value]:
        """What these parts are at first, by name."""

    @abstractmethod
    def part(self, name: str) -> Bundle | None:
        """A part that has parts itself: `net.0`."""

    @abstractmethod
    def call(self, args: Sequence[Node]) -> Node:
        """What it makes of its inputs. Raises TypeMistake where it cannot be called, or shapes do not fit."""

    @abstractmethod
    def then(self, after: Bundle) -> Bundle:
        """This, followed by another. Raises TypeMistake where they do not fit."""

    @abstractmethod
    def about(self) -> str:
        """What it is, in a line: `real[2] -> real[1], 337 parameters`."""


class Initial(ABC):
    """What a parameter starts with, before its shape is known: `glorot(seed=1)`."""

    @abstractmethod
    def of(self, type_: Type) -> Any:
        """The first value of a parameter of a type."""


@dataclass(frozen=True)
class Collection:
    """`net = dense(2, 1)`: a name with parts, which have values of their own beside it."""

    bundle: Bundle
    tree: Ast
    text: str


@dataclass(frozen=True)
class Constructor:
    """A call with literal arguments that builds a model, a data set or initial values.

    Attributes:
        make: called with numbers, lists and names of functions; `expressions` of its first arguments are nodes.
        example: how it is written.
    """

    make: Callable[..., Any]
    example: str
    about: str = ""
    expressions: int = 0


Meaning: TypeAlias = Value | Declared | Definition | FunctionDefinition | Collection
Scope: TypeAlias = Mapping[str, Meaning]


class Form(Protocol):
    """A part of the language that works on whole expressions, such as `diff`; given by a layer that has a derivative.

    Arguments are nodes, and plain integers where the form counts something (the order of a derivative).
    """

    def __call__(self, *args: Any) -> Result:
        """What the form makes of its arguments."""


Forms: TypeAlias = "Mapping[str, Form | Constructor]"
