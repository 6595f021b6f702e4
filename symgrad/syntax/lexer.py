"""From text to words: one compiled pattern, then the two decisions that need to know which brackets are open."""

from __future__ import annotations

import math
from typing import TypeAlias

from symgrad.errors import Span, SyntaxMistake
from symgrad.syntax.limits import Limits, limit_reached
from symgrad.syntax.tables import Tables

Word: TypeAlias = tuple[int, int, int]
"""Kind (a number of `Tables.names`), start, end."""

OPERAND_ENDS = ("NUMBER", "NAME", "SUPERSCRIPT", "FACTORIAL", "RPAR", "RSQB", "BAR_CLOSE")
MOST_EXACT = 2**53


def words(text: str, tables: Tables, limits: Limits, script: bool = False) -> list[Word]:
    """The words of a text and the end; whatever belongs to no word has the kind `$ERROR`."""
    if len(text) > limits.text:
        what = f"the text has {len(text):_} characters"
        raise limit_reached("SG401", what, limits.text, "text", Span(limits.text, len(text)))
    found = [(kind, *m.span(kind)) for m in tables.pattern.finditer(text) if (kind := m.lastindex)]
    if len(found) > limits.words:
        what = f"the text has {len(found):_} words"
        raise limit_reached("SG402", what, limits.words, "words", Span(*found[limits.words][1:]))
    if "|" in text or "\n" in text or text.count("(") + text.count("[") > limits.depth:
        found = _laid_out(found, text, tables, limits, script)
    found.append((0, len(text), len(text)))
    return found


def _laid_out(found: list[Word], text: str, tables: Tables, limits: Limits, script: bool) -> list[Word]:
    """Tell closing bars from opening ones, and drop the line ends that end no statement; watch the depth.

    A `|` closes if an operand stands before it and a bar is the innermost open bracket. A line goes on inside
    brackets and after an operator; in a single expression it always goes on.
    """
    kinds = tables.kinds
    operand_ends = {kinds[name] for name in OPERAND_ENDS}
    name, bar, bar_close, newline = (kinds[k] for k in ("NAME", "BAR_OPEN", "BAR_CLOSE", "NEWLINE"))
    openers, closers = {kinds["LPAR"], kinds["LSQB"]}, {kinds["RPAR"], kinds["RSQB"]}
    separators = {newline, kinds["SEMICOLON"]}
    result: list[Word] = []
    opened: list[int] = []
    before = newline
    for given, start, end in found:
        kind = tables.keywords.get(text[start:end], name) if given == name else given
        if kind == bar:
            if before in operand_ends and opened and opened[-1] == bar:
                opened.pop()
                kind = bar_close
            else:
                opened.append(bar)
        elif kind in openers:
            opened.append(kind)
        elif kind in closers:
            while opened and opened.pop() == bar:
                pass
        elif kind == newline and (not script or opened or before not in operand_ends | separators):
            continue
        if len(opened) > limits.depth:
            raise limit_reached(
                "SG403", "too many brackets inside brackets", limits.depth, "depth", Span(start, end)
            )
        result.append((kind, start, end))
        before = kind
    return result


def number(word: str, start: int) -> int | float:
    """The value of a number: an exact integer below 2^53, else the nearest double.

    Raises:
        SyntaxMistake: SG006, it is too large for a double.
    """
    if word.isdigit() and len(word) < 16:
        return int(word)
    value = float(word)
    if math.isinf(value):
        message = f"the number {word[:20]}{'...' if len(word) > 20 else ''} is too large"
        place = Span(start, start + len(word))
        raise SyntaxMistake("SG006", message, place, hint="the largest double is about 1.8e308")
    if value < MOST_EXACT and word.replace("_", "").isdigit():
        return int(value)
    return value
