"""The words of a text with what they are, for colours: from the parser's own lexer, wrong texts included."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from symgrad.syntax import names, tables
from symgrad.syntax.scope import Scope


class Piece(NamedTuple):
    """A part of the text: number, name, defined, function, unknown, constant, keyword, operator, comment, error, ""."""

    kind: str
    text: str


OPENING, CLOSING = "([", ")]"
STATEMENTS = ("param",)
FORMS = ("diff", "grad", "hessian", "jacobian", "taylor")


def pieces(text: str, scope: Scope, forms: Collection[str] = FORMS) -> list[Piece]:
    """The whole text in pieces, blanks between them included; `forms` are functions of whole expressions."""
    if not text.strip():
        return [Piece("", text)] if text else []  # the first prompt needs no tables
    table = tables.load()
    found: list[Piece] = []
    position = 0
    for match in table.pattern.finditer(text):
        if not match.lastindex:
            continue
        start, end = match.span(match.lastindex)
        if start > position:
            found.append(_gap(text[position:start]))
        word = text[start:end]
        found.append(Piece(_kind(table.names[match.lastindex], word, table, scope, forms), word))
        position = end
    if position < len(text):
        found.append(_gap(text[position:]))
    return found


def _gap(text: str) -> Piece:
    return Piece("comment" if "#" in text else "", text)


def _kind(name: str, word: str, table: tables.Tables, scope: Scope, forms: Collection[str]) -> str:
    if name == "NUMBER":
        return "number"
    if name == "FUNCTION":
        called = word.rstrip("'′")
        known = called.split(".")[0] in scope or called in forms or names.function(called) is not None
        return "function" if known else "unknown"
    if name == "NAME":
        if word in table.keywords:
            return "keyword"
        if word in scope:
            return "defined"
        return "constant" if names.constant(word) is not None else "name"
    if word in STATEMENTS:
        return "keyword"
    if name == tables.ERROR:
        return "error"
    return "operator"


def unclosed(text: str) -> str:
    """The brackets that would close what is open at the end of a text: `)]` after `f([1, 2`."""
    table = tables.load()
    stack: list[str] = []
    for match in table.pattern.finditer(text):
        word = match[match.lastindex] if match.lastindex else ""
        if word in ("(", "["):
            stack.append(CLOSING[OPENING.index(word)])
        elif word and word in CLOSING and stack and stack[-1] == word:
            stack.pop()
    return "".join(reversed(stack))
