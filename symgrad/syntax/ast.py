"""What was written: the tree of a text, every node with its exact place.

Nodes are named tuples: immutable, and quick to make (a megabyte of text has half a million of them). Trees can be
deeper than Python's stack, so nothing here or elsewhere recurses over them; compare two by `outline`, not by `==`.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from symgrad.errors import Span

Mark: TypeAlias = tuple[int, int]
"""Start and end of an operator or bracket; as tuples they need no conversion in the parser's loop."""


class Number(NamedTuple):
    """`2`, `.5`, `1e-3`: exact integers below 2^53, floats otherwise."""

    value: int | float
    start: int
    end: int


class Name(NamedTuple):
    """A variable, constant or defined name."""

    id: str
    start: int
    end: int


class Group(NamedTuple):
    """Brackets (or a unary plus) around an expression: no meaning of its own, but the place belongs to it."""

    inner: Ast
    start: int
    end: int


class Apply(NamedTuple):
    """An operation from the ladder; `op` is its name in the table, `mark` the operator (empty where it is implied)."""

    op: str
    args: tuple[Ast, ...]
    start: int
    end: int
    mark: Mark


class Call(NamedTuple):
    """`f(x, axis=0)`, with `primes` derivatives (`f''(x)`); `mark` is the name."""

    name: str
    primes: int
    args: tuple[Ast, ...]
    keywords: tuple[Keyword, ...]
    start: int
    end: int
    mark: Mark


class Keyword(NamedTuple):
    """`axis=0` between a call's brackets; `mark` is the name."""

    name: str
    value: Ast
    start: int
    end: int
    mark: Mark


class Slice(NamedTuple):
    """`a:b` (or `a:b:step`) between index brackets."""

    parts: tuple[Ast | None, ...]
    start: int
    end: int


Ast: TypeAlias = Number | Name | Group | Apply | Call | Keyword | Slice


class Evaluate(NamedTuple):
    """An expression that stands alone."""

    value: Ast
    start: int
    end: int


class Define(NamedTuple):
    """`y = x^2`; a function if there are `parameters`: `f(x, a) = a*x^2`. `mark` is the name."""

    name: str
    parameters: tuple[Name, ...] | None
    value: Ast
    start: int
    end: int
    mark: Mark


class Assign(NamedTuple):
    """`w, b := ..., ...`: evaluated now, all from the old values."""

    targets: tuple[Name, ...]
    values: tuple[Ast, ...]
    start: int
    end: int


class Declare(NamedTuple):
    """`W: real[2, 3]`."""

    name: Name
    kind: str
    shape: tuple[int, ...]
    start: int
    end: int


class Parameter(NamedTuple):
    """`param W: real[2, 3] = glorot(seed=1)`: a variable with a first value, to be trained."""

    name: Name
    kind: str
    shape: tuple[int, ...]
    value: Ast
    start: int
    end: int


Statement: TypeAlias = Evaluate | Define | Assign | Declare | Parameter


def span(node: Ast | Statement) -> Span:
    """The place of a node."""
    return Span(node.start, node.end)


def children(node: Ast) -> tuple[Ast, ...]:
    """The nodes directly below."""
    match node:
        case Number() | Name():
            return ()
        case Group(inner=inner):
            return (inner,)
        case Apply(args=args):
            return args
        case Call(args=args, keywords=keywords):
            return (*args, *keywords)
        case Keyword(value=value):
            return (value,)
        case Slice(parts=parts):
            return tuple(part for part in parts if part is not None)


def ungrouped(node: Ast) -> Ast:
    """The node inside any brackets."""
    while type(node) is Group:
        node = node.inner
    return node


def implied(node: Ast) -> bool:
    """Whether this is a product without a sign between its factors."""
    return type(node) is Apply and node.op == "mul" and node.mark[0] == node.mark[1]


def head(node: Ast) -> str:
    """A node's word in an outline."""
    match node:
        case Number(value=value):
            return repr(value)
        case Name(id=name):
            return name
        case Apply(op=op):
            return op
        case Call(name=name, primes=primes):
            return name + "'" * primes
        case Keyword(name=name):
            return f"{name}="
        case Slice(parts=parts):
            return "slice" + "".join("_" if part is None else "." for part in parts)
        case Group():
            return "group"


def outline(root: Ast) -> str:
    """The tree as text, fully bracketed: `add(x, mul(2, y))`; brackets of the text leave no trace."""
    return "".join(_pieces(root))


def _pieces(root: Ast) -> list[str]:
    pieces: list[str] = []
    todo: list[Ast | str] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        node = ungrouped(item)
        pieces.append(head(node))
        below = children(node)
        if below or type(node) is Call:
            todo.append(")")
            for i, child in reversed(list(enumerate(below))):
                todo.append(child)
                todo.append(", " if i else "(")
            if not below:
                todo.append("(")
    return pieces
