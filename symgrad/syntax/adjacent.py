"""Two operands side by side: a sign is missing, or brackets are, or the product can be read in two ways."""

from __future__ import annotations

import re
from typing import Any

from symgrad.errors import SyntaxMistake
from symgrad.syntax.ast import Apply
from symgrad.syntax.place import CLOSERS, OPENERS, Place, short

STARTS_OPERAND = ("NAME", "FUNCTION", "NUMBER", "LPAR", "BAR_OPEN", "ROOT", "IF", "NOT")
TIGHT = (*STARTS_OPERAND, *OPENERS, *CLOSERS, "POWER", "SUPERSCRIPT", "FACTORIAL")
WORD_OPERATORS = {
    "mod": "mod(x, y)",
    "rem": "fmod(x, y)",
    "div": "floor(x/y)",
    "times": "x*y",
    "plus": "x + y",
    "over": "x/y",
}
LEIBNIZ = re.compile(r"(?<![A-Za-z0-9_])d[ ]?/[ ]?d([A-Za-z][A-Za-z0-9_]{0,30})[ ]?\Z")


def derivative(p: Place) -> SyntaxMistake | None:
    """d/dx in front of what it differentiates."""
    if p.kind not in STARTS_OPERAND:
        return None
    found = LEIBNIZ.search(p.text[max(0, p.span.start - 40) : p.span.start])
    if found is None:
        return None
    rest = short(p.text[p.span.start :].strip())
    return p.mistake("SG026", "derivatives are written as a function", f"write `diff({rest}, {found[1]})`")


def open_bar(p: Place, opened: int) -> SyntaxMistake:
    """The mistake of a bar without a partner, unless it is half of `||`."""
    span = p.span_at(opened)
    if p.kind_at(opened + 1) == "BAR_OPEN" and p.span_at(opened + 1).start == span.end and opened:
        both = span._replace(end=span.end + 1)
        return p.mistake("SG018", "`||` is not in the language", "write `or`", both)
    hint = "the absolute value is written `|x|` or `abs(x)`"
    return p.mistake("SG027", "this `|` has no partner", hint, span)


def side_by_side(p: Place) -> SyntaxMistake | None:
    """Two operands without an operator between them."""
    if p.kind not in STARTS_OPERAND or not p.after_operand:
        return None
    if "\n" in p.text[p.span_at(p.i - 1).end : p.span.start]:
        hint = "remove it, or use a session or script"
        return p.mistake("SG019", "one expression is expected here, and a second line begins", hint)
    if p.kind == "BAR_OPEN" and "BAR_CLOSE" not in (p.kind_at(i) for i in range(p.i, len(p.words))):
        return open_bar(p, p.i)
    if p.kind == "NAME" and p.word in WORD_OPERATORS:
        return p.mistake("SG018", f"`{p.word}` is not an operator", f"write `{WORD_OPERATORS[p.word]}`")
    if p.before == "NAME" and _is_function(p.left):
        return p.mistake("SG015", f"the function `{p.left}` needs brackets", f"write `{_with_brackets(p)}`")
    factor = p.factor(p.i)
    hint = f"write `{_operand(p)}*{factor}` for a product"
    return _ambiguous(p, factor) or p.mistake("SG013", f"an operator is missing before `{p.word}`", hint)


def _is_function(name: str) -> bool:
    from symgrad.syntax.names import is_function  # the table of operations is needed for this message alone

    return is_function(name)


def _with_brackets(p: Place) -> str:
    """`sin cos 2x^2` as it should be written: what follows, up to the next loose operator, in brackets."""
    functions, i = [p.left], p.i
    while p.kind_at(i) == "NAME" and _is_function(p.word_at(i)):
        functions.append(p.word_at(i))
        i += 1
    start, depth = p.span_at(i).start, 0
    while i < len(p.words) - 1:
        kind = p.kind_at(i)
        depth += (kind in OPENERS) - (kind in CLOSERS)
        if depth < 0 or (depth == 0 and kind not in TIGHT):
            break
        i += 1
    argument = short(p.text[start : p.span_at(i).start].strip())
    return "".join(f"{name}(" for name in functions) + argument + ")" * len(functions)


def _operand(p: Place) -> str:
    """The text of what stands before: the whole bracket or call, not its last word."""
    value = p.values[-1]
    return p.left if type(value) is tuple else short(p.text[value.start : value.end])


def _ambiguous(p: Place, factor: str) -> SyntaxMistake | None:
    """1/2x and 2^3x: both readings are offered."""
    parts = _power_or_quotient(p, p.values)
    if parts is None:
        return None
    left, operator, right = (short(p.text[start:end]) for start, end in parts)
    whole = short(p.text[parts[0][0] : parts[2][1]])
    hint = f"write `({whole})*{factor}` or `{left}{operator}({right}*{factor})`"
    return p.mistake("SG014", "this product without a sign can be read in two ways", hint)


def _power_or_quotient(p: Place, values: list[Any]) -> list[tuple[int, int]] | None:
    """The places of left side, `^` or `/`, and right side, when that is what stands before."""
    last = values[-1]
    if type(last) is Apply and last.op == "pow":
        base, exponent = last.args
        start, end = last.mark
        operator = (start, end) if exponent.start != start else (end, end)  # x²: the exponent is its own sign
        return [(base.start, base.end), operator, (exponent.start, exponent.end)]
    i = len(values) - 2
    while i > 0 and type(values[i]) is tuple and p.text[slice(*values[i])] in "-−–+":
        i -= 1
    if i < 1 or type(values[i]) is not tuple or type(values[i - 1]) is tuple:
        return None
    if p.text[slice(*values[i])] not in ("^", "**", "/", "÷", "∕", "⁄"):
        return None
    first = values[i + 1]
    start = first[0] if type(first) is tuple else first.start
    return [(values[i - 1].start, values[i - 1].end), values[i], (start, p.span_at(p.i - 1).end)]
