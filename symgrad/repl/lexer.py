"""Colours for what is typed, from the words of the parser."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from symgrad.session.commands import ALIASES, COMMANDS
from symgrad.session.dialogue import is_command
from symgrad.session.language import FORMS
from symgrad.session.workspace import Workspace
from symgrad.syntax.highlight import pieces

LONGEST = 20_000
"""Characters: a longer text stays without colours."""


class WorkspaceLexer(Lexer):
    """The words of a text, coloured by what they mean in the workspace."""

    def __init__(self, workspace: Callable[[], Workspace]) -> None:
        self.workspace = workspace

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """For each line its pieces."""
        lines = coloured(document.text, self.workspace())
        return lambda number: lines[number] if number < len(lines) else []


def coloured(text: str, workspace: Workspace) -> list[StyleAndTextTuples]:
    """The lines of a text as pieces of (class, text)."""
    found: StyleAndTextTuples = []
    rest = text
    if is_command(text) and text.lstrip().startswith(":"):
        head, _, _ = text.partition(" ")
        known = head.strip().removeprefix(":")
        found.append(("class:command" if ALIASES.get(known, known) in COMMANDS else "", head))
        rest = text[len(head) :]
    if len(rest) > LONGEST:
        found.append(("", rest))
    else:
        scope = workspace.session.scope
        found += [(f"class:{kind}" if kind else "", piece) for kind, piece in pieces(rest, scope, FORMS)]
    lines: list[StyleAndTextTuples] = [[]]
    for style, piece, *_ in found:
        first, *others = piece.split("\n")
        lines[-1].append((style, first))
        lines += [[(style, line)] for line in others]
    return lines
