"""Where a library user starts: expressions from text, and variables to build them from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from symgrad import graph
from symgrad.errors import NameMistake, Span, TypeMistake, UsageMistake
from symgrad.expression import Expression
from symgrad.graph import Node, Type
from symgrad.ops import find

if TYPE_CHECKING:
    from symgrad.syntax.limits import Limits


def parse(
    text: str, types: Mapping[str, str | Type] | None = None, *, limits: Limits | None = None
) -> Expression:
    """The expression that a text means.

    Args:
        text: one expression of the language; statements are errors.
        types: variable name -> type where it is no real number, as in {"v": "real[3]"}.
        limits: how much text is taken; the default suits a person at a keyboard.

    Raises:
        SymgradError: with code, span and hint, whatever is wrong with the text.
    """
    if not isinstance(text, str):
        raise UsageMistake("SG503", f"a text is needed to read, and a {type(text).__name__} was given")
    from symgrad.calculus import FORMS
    from symgrad.syntax.elaborate import read, read_type
    from symgrad.syntax.limits import DEFAULT

    declared = {name: read_type(type_) for name, type_ in (types or {}).items()}
    found = read(text, types=declared, forms=FORMS, limits=limits or DEFAULT)
    if not isinstance(found.root, Node):
        raise TypeMistake(
            "SG224",
            "this means several expressions, and one is needed",
            Span(0, len(text)),
            hint="use a session, or f.grad() and f.hessian() of one expression",
            text=text,
        )
    return Expression(found.root, text, found.origins, found.uses)


def var(name: str, type: str | Type | None = None) -> Expression:  # noqa: A002  # the natural word
    """A variable as an expression; `type` as in "real[2, 3]" (default: a real number).

    Raises:
        NameMistake: SG112, the language has no variable of this name.
        SyntaxMistake: SG035, the type is not written as a type.
    """
    entry = find(name)
    if not name.isidentifier() or (entry is not None and entry.arity == 0):
        raise NameMistake("SG112", f"{name!r} is no name for a variable", hint="take letters, digits and _")
    if type is None:
        return Expression(graph.var(name))
    from symgrad.syntax.elaborate import read_type

    return Expression(graph.var(name, read_type(type)))
