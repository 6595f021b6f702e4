"""Where the parser stands when it cannot go on, and what a message may want to know about the words around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symgrad.errors import Span, SyntaxMistake
from symgrad.syntax.lexer import OPERAND_ENDS, Word
from symgrad.syntax.tables import Tables

OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "BAR_OPEN": "BAR_CLOSE"}
CLOSERS = {close: opener for opener, close in OPENERS.items()}


@dataclass(frozen=True)
class Place:
    """The word that the parser cannot take, and what came before.

    Attributes:
        text: the whole text.
        tables: the parser's tables, which name the kinds of words.
        words: all words of the text.
        i: the word in question.
        script: whether statements are read, not a single expression.
    """

    text: str
    tables: Tables
    words: list[Word]
    i: int
    script: bool

    def kind_at(self, i: int) -> str:
        """The name of a word's kind; "" outside the text."""
        if not 0 <= i < len(self.words):
            return ""
        kind, start, end = self.words[i]
        name = self.tables.names[kind]
        return (
            self.tables.names[self.tables.keywords.get(self.text[start:end], kind)]
            if name == "NAME"
            else name
        )

    def word_at(self, i: int) -> str:
        """A word as it was written, shortened; "" outside the text."""
        return short(self.text[slice(*self.words[i][1:])]) if 0 <= i < len(self.words) else ""

    def span_at(self, i: int) -> Span:
        """The place of a word."""
        return Span(*self.words[i][1:])

    @cached_property
    def kind(self) -> str:
        """The kind of the word in question."""
        return self.kind_at(self.i)

    @cached_property
    def before(self) -> str:
        """The kind of the word before it."""
        return self.kind_at(self.i - 1)

    @cached_property
    def word(self) -> str:
        """The word in question."""
        return self.word_at(self.i)

    @cached_property
    def left(self) -> str:
        """The word before it."""
        return self.word_at(self.i - 1)

    @cached_property
    def span(self) -> Span:
        """The place of the word in question."""
        return self.span_at(self.i)

    @cached_property
    def after_operand(self) -> bool:
        """Whether an operator could stand here."""
        return self.before in OPERAND_ENDS

    @cached_property
    def is_adjacent(self) -> bool:
        """Whether no blank separates this word from the one before."""
        return self.i > 0 and self.span_at(self.i - 1).end == self.span.start

    @cached_property
    def opened(self) -> int | None:
        """The index of the innermost open bracket."""
        stack: list[int] = []
        for i in range(self.i):
            kind = self.kind_at(i)
            if kind in OPENERS:
                stack.append(i)
            elif kind in CLOSERS and stack:
                stack.pop()
        return stack[-1] if stack else None

    @cached_property
    def opener(self) -> str:
        """The kind of the innermost open bracket; "" if none is open."""
        return "" if self.opened is None else self.kind_at(self.opened)

    def bracket(self) -> str:
        """The innermost open bracket as a user would call it: `sin(`, or `(`, and where it stands."""
        assert self.opened is not None
        named = self.opener == "LPAR" and self.kind_at(self.opened - 1) in ("FUNCTION", "IF")
        name = self.word_at(self.opened - 1) if named else ""
        return f"`{name}{self.word_at(self.opened)}`, opened at column {self.span_at(self.opened).start + 1}"

    def between(self, first: int, last: int) -> str:
        """The text from one word to another, shortened."""
        return short(self.text[self.span_at(first).start : self.span_at(last).end])

    def factor_end(self, i: int) -> int:
        """The last word of the factor that starts at a word: a name, a number, or up to the matching bracket."""
        depth = 0
        while i < len(self.words) - 1:
            kind = self.kind_at(i)
            depth += (kind in OPENERS) - (kind in CLOSERS)
            if depth <= 0 and kind not in ("FUNCTION", "ROOT"):
                break
            i += 1
        return i

    def operand_start(self, i: int) -> int:
        """The first word of the operand that ends at a word: with its brackets, indices and what is called."""
        depth = 0
        while i > 0:
            kind = self.kind_at(i)
            depth += (kind in CLOSERS) - (kind in OPENERS)
            behind = self.kind_at(i - 1)
            called = kind == "LPAR" and behind in ("FUNCTION", "IF")
            indexed = kind == "LSQB" and behind in OPERAND_ENDS
            if depth <= 0 and not called and not indexed and kind not in ("FACTORIAL", "SUPERSCRIPT"):
                break
            i -= 1
        return i

    def mistake(
        self, code: str, message: str, hint: str | None = None, span: Span | None = None
    ) -> SyntaxMistake:
        """The mistake of this place, or of another span."""
        return SyntaxMistake(code, message, span or self.span, hint=hint)


def short(text: str) -> str:
    """A piece of the text that fits into a message."""
    return text if len(text) <= 40 else text[:18] + " ... " + text[-17:]
