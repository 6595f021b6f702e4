"""Derivatives as they are written on paper, d/dx f and d^2/dx^2 f, turned into diff(f, x) and diff(f, x, 2)."""

from __future__ import annotations

import re

from symgrad.errors import Span, SymgradError, SyntaxMistake

OPERATOR = re.compile(
    r"(?<![\w.])(?P<d>[d∂])(?:\^?(?P<order>[2-9]|[²³]))?[ ]?/[ ]?(?P=d)"
    r"(?P<name>[^\W\d]\w{0,30}?)(?:\^?(?P<power>[2-9]|[²³]))?(?=[\s(|])"
)
SUPERSCRIPTS = {"²": "2", "³": "3"}
ENDS = "+-)],=<>"


class Rewritten:
    """A text in the language, that knows where in the original each of its characters comes from.

    Attributes:
        text: what is to be read.
        original: what was typed.
    """

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self._places = list(range(len(original)))
        found = list(OPERATOR.finditer(original))
        for operator in reversed(found):
            self._rewrite(operator)

    def moved(self, error: SymgradError) -> SymgradError:
        """An error about the text, shown in the original."""
        if error.text == self.text and error.span is not None and self._places:
            start, end = error.span
            last = len(self._places) - 1
            from_ = self._places[start] if start <= last else len(self.original)
            to = self._places[min(end - 1, last)] + 1 if end > start else from_
            error.span, error.text = Span(from_, max(from_, to)), self.original
        return error

    def _rewrite(self, operator: re.Match[str]) -> None:
        """Put `diff(` and `, x)` around what an operator stands in front of."""
        order = self._order(operator)
        start = operator.end()  # what stands before it has not been changed yet
        while self.text[start : start + 1].isspace():
            start += 1
        end = self._end(operator, start)
        operand = self.text[start:end].rstrip()
        end = start + len(operand)
        if not operand:
            raise self._mistake(
                operator, "nothing stands behind the derivative", f"write {operator[0]} (x^2)"
            )
        head, tail = "diff(", f", {operator['name']}{f', {order}' if order != '1' else ''})"
        first, last = operator.start(), self._places[end - 1]
        self.text = self.text[:first] + head + operand + tail + self.text[end:]
        self._places = [
            *self._places[:first],
            *[first] * len(head),
            *self._places[start:end],
            *[last] * len(tail),
            *self._places[end:],
        ]

    def _order(self, operator: re.Match[str]) -> str:
        above, below = (SUPERSCRIPTS.get(n, n) for n in (operator["order"] or "1", operator["power"] or "1"))
        if above != below:
            raise self._mistake(
                operator,
                "the orders of this derivative differ",
                f"write {operator['d']}^2/{operator['d']}{operator['name']}^2",
            )
        return above

    def _end(self, operator: re.Match[str], start: int) -> int:
        """Where the operand ends: behind its bracket, or at the end of a term that is the last one."""
        opened: list[int] = []
        for i in range(start, len(self.text)):
            c = self.text[i]
            if not opened and c in ENDS and not self._sign(start, i):
                if c in "+-" and not self._bracketed(start, i):
                    raise self._mistake(
                        operator,
                        "this can be read in two ways",
                        f"write {operator[0]} ({self.text[start:].strip()})"
                        f" or {operator[0]} ({self.text[start:i].strip()}) {self.text[i:].strip()}",
                    )
                return i
            if c in "([":
                opened.append(i)
            elif c in ")]":
                opened.pop()
        if opened:
            place = Span(self._places[opened[-1]], self._places[opened[-1]] + 1)
            raise SyntaxMistake("SG011", "this bracket is not closed", place, text=self.original)
        return len(self.text)

    def _sign(self, start: int, i: int) -> bool:
        """Whether a sign belongs to what follows it, as in x^-2 or 1e-3."""
        before = self.text[start:i].rstrip()
        exponent = re.search(r"(?<![\w.])[\d.]+[eE]\Z", before)
        return self.text[i] in "+-" and (not before or before[-1] in "*/^" or exponent is not None)

    def _bracketed(self, start: int, end: int) -> bool:
        """Whether a part of the text is one bracket, as in (x + 1)."""
        part = self.text[start:end].strip()
        depth = 0
        for i, c in enumerate(part):
            depth += (c in "([") - (c in ")]")
            if depth == 0:
                return part.startswith("(") and i == len(part) - 1
        return False

    def _mistake(self, operator: re.Match[str], message: str, hint: str) -> SyntaxMistake:
        return SyntaxMistake("SG026", message, Span(*operator.span()), hint=hint, text=self.original)
