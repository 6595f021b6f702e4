"""Every mistake a user can make, as data: a stable code, a place in the text, a cause and a way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of character offsets in the text that was typed."""

    start: int
    end: int


@dataclass(eq=False)
class SymgradError(Exception):
    """The one family of errors that a user can cause.

    Attributes:
        code: stable identifier such as ``SG102``; `CODES` explains it.
        message: one sentence saying what is wrong.
        span: where in the text, or None when there is no text (library calls).
        hint: what to do instead, or None.
        text: the text that `span` points into, filled in by whoever knows it.
        label: a few words shown at the caret, or "".
    """

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    text: str | None = None
    label: str = ""

    exit_code = 2

    def __post_init__(self) -> None:
        super().__init__(self.code, self.message)

    @property
    def column(self) -> int | None:
        """The 1-based column of the span's start in its line; end of input is length + 1."""
        if self.span is None:
            return None
        line_start = 0 if self.text is None else self.text.rfind("\n", 0, self.span.start) + 1
        return self.span.start - line_start + 1

    def at(self, span: Span | None, text: str | None = None) -> SymgradError:
        """Fill in the place (and text) where they are still unknown, and return the error itself."""
        if self.span is None:
            self.span = span
        if self.text is None:
            self.text = text
        return self

    def __str__(self) -> str:
        hint = f" (help: {self.hint})" if self.hint else ""
        column = f" at column {self.column}" if self.column is not None else ""
        return f"{self.code}: {self.message}{column}{hint}"


class SyntaxMistake(SymgradError):
    """The text is not in the language (SG0xx)."""


class NameMistake(SymgradError):
    """A name that means nothing here, or has no value (SG1xx)."""


class TypeMistake(SymgradError):
    """Arities, types or shapes that do not fit (SG2xx)."""


class DomainMistake(SymgradError):
    """A value or derivative that does not exist at this point (SG3xx)."""

    exit_code = 1


class LimitReached(SymgradError):
    """A stated limit was reached; the hint says how to raise it (SG4xx)."""

    exit_code = 3


class UsageMistake(SymgradError):
    """The command line or the library was called in a way that cannot work (SG5xx)."""


def distance(a: str, b: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours."""
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate closest to `word` when it is close enough to be a slip of the finger, else None."""
    if len(word) > 40:
        return None
    best: tuple[float, str] | None = None
    for candidate in candidates:
        if candidate.lower() == word.lower():
            return candidate
        allowed = 1 if min(len(word), len(candidate)) <= 4 else 2
        if abs(len(word) - len(candidate)) > allowed or len(word) < 2:
            continue
        d = distance(word.lower(), candidate.lower())
        if d <= allowed and d < len(word) and (best is None or (d, candidate) < best):
            best = (d, candidate)
    return None if best is None else best[1]
