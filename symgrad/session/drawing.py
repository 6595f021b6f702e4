"""Pictures of graphs in a session: which definitions a graph was written with, the tree of text, and the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from symgrad.draw.parts import Part
from symgrad.draw.text import segments
from symgrad.errors import SymgradError, TypeMistake
from symgrad.expression import Expression
from symgrad.graph import Node, var
from symgrad.session.dependencies import names_in
from symgrad.session.display import Segments, display_safe, shorten
from symgrad.syntax.ast import Ast, Call, children
from symgrad.syntax.bundles import find
from symgrad.syntax.scope import Definition, FunctionDefinition

if TYPE_CHECKING:
    from symgrad.session.results import Drawn
    from symgrad.session.session import Session

MOST_LABEL = 24
MOST_CALLS = 200
"""Calls of functions that become groups of their own."""


def model(session: Session, text: str) -> Expression | None:
    """What a model makes of an input x, or of inputs x1, x2; None where a text names no model.

    Raises:
        TypeMistake: SG226, it names a data set.
    """
    from symgrad.nn.language import ModelBundle

    bundle = find(text, session.scope)
    if bundle is None:
        return None
    if not isinstance(bundle, ModelBundle):
        hint = f"draw what is made of its parts: {', '.join(list(bundle.names())[:4])}"
        raise TypeMistake("SG226", f"`{text}` is a {bundle.kind}, which has no graph", hint=hint)
    inputs = bundle.model.inputs
    names = ["x"] if len(inputs) == 1 else [f"x{i}" for i in range(1, len(inputs) + 1)]
    nodes = [var(name, x.type) for name, x in zip(names, inputs, strict=True)]
    return Expression(bundle.call(nodes), text)


def parts(session: Session, tree: Ast, text: str) -> list[Part]:
    """The definitions that a text uses, also through others, and its calls of functions."""
    found: list[Part] = []
    todo: list[tuple[Ast, str, int]] = [(tree, text, 0)]
    seen: set[str] = set()
    while todo:
        tree, text, start = todo.pop()
        found += _calls(session, tree, text, start)
        for name in names_in(tree):
            meaning = session.scope.get(name)
            if isinstance(meaning, Definition) and name not in seen:
                seen.add(name)
                root = session.understand(meaning.value, meaning.text).root
                if isinstance(root, Node):
                    found.append(Part(name, root))
                todo.append((meaning.value, meaning.text, meaning.value.start))
    return found


def _calls(session: Session, tree: Ast, text: str, start: int) -> Iterator[Part]:
    """The calls in a text of functions that were defined; nodes are interned, so the same call is the same node.

    `start` is where the text of a definition began in the line that defined it: places count from there.
    """
    todo, count = [tree], 0
    while todo and count < MOST_CALLS:
        part = todo.pop()
        todo.extend(reversed(children(part)))
        if type(part) is not Call or part.primes:
            continue
        if isinstance(session.scope.get(part.name), FunctionDefinition):
            count += 1
            try:
                root = session.understand(part, text).root
                arguments = [session.understand(a, text).root for a in part.args]
            except SymgradError:  # it only has a meaning where it stands, as in d(f(x))
                continue
            if isinstance(root, Node):
                written = shorten(" ".join(text[part.start - start : part.end - start].split()), MOST_LABEL)
                yield Part(part.name, root, tuple(a for a in arguments if isinstance(a, Node)), written)


def rendered(result: Drawn, columns: int) -> Segments:
    """The graph as a tree of text, or where its picture was written to."""
    if result.file:
        count = len(result.picture.boxes)
        shown: Segments = [
            ("strong", display_safe(result.file)),
            ("", f"   {count} box{'es' * (count != 1)}"),
            ("dim", f", {result.nodes:,} nodes\n" if result.nodes != count else "\n"),
        ]
        shown += [("dim", f"folded: {_listed(result)}\n")] if result.picture.folded else []
    else:
        shown = segments(result.picture, columns)
    return [*shown, ("dim", f"{result.note}\n")] if result.note else shown


def _listed(result: Drawn, most: int = 6) -> str:
    names = result.picture.folded
    return display_safe(", ".join(names[:most])) + (", ..." if len(names) > most else "")


def data(result: Drawn) -> dict[str, Any]:
    """The picture as data."""
    picture = asdict(result.picture)
    return {"expr": result.text, "at": result.point, "file": result.file or None, **picture}
