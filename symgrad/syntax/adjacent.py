"""Two operands side by side: a sign is missing, or brackets are, or the product can be read in two ways."""

from __future__ import annotations

import re

from symgrad.errors import SyntaxMistake
from symgrad.syntax.lexer import OPERAND_ENDS
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
TWO_WAYS = "this product without a sign can be read in two ways"
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
    if p.before == "NAME" and p.left in WORD_OPERATORS and p.kind_at(p.i - 2) in OPERAND_ENDS:
        return _word_operator(p)
    if p.before == "NAME" and _is_function(p.left):
        return p.mistake("SG015", f"the function `{p.left}` needs brackets", f"write `{_with_brackets(p)}`")
    factor = p.between(p.i, p.factor_end(p.i))
    hint = f"write `{p.between(p.operand_start(p.i - 1), p.i - 1)}*{factor}` for a product"
    return (
        _power_of_function(p, factor)
        or _ambiguous(p, factor)
        or p.mistake("SG013", f"an operator is missing before `{p.word}`", hint)
    )


def _word_operator(p: Place) -> SyntaxMistake:
    """`7 mod 3`, where the name of a function stands between its operands."""
    left = p.between(p.operand_start(p.i - 2), p.i - 2)
    right = p.between(p.i, p.factor_end(p.i))
    sides = {"x": left, "y": right}
    written = re.sub(r"\b[xy]\b", lambda m: sides[m[0]], WORD_OPERATORS[p.left])
    return p.mistake("SG018", f"`{p.left}` is not an operator", f"write `{written}`", p.span_at(p.i - 1))


def _power_of_function(p: Place, factor: str) -> SyntaxMistake | None:
    """`sin^2(x)` and `sin²(x)`: the exponent goes behind the argument; `sin^-1(x)` may mean two things."""
    start = p.i - 1
    while p.kind_at(start) in ("NUMBER", "MINUS", "SUPERSCRIPT", "POWER"):
        start -= 1
    name, exponent = p.word_at(start), p.between(start + 1, p.i - 1)
    if start == p.i - 1 or p.kind_at(start) != "NAME" or not _is_function(name):
        return None
    call = f"{name}{factor}" if p.kind == "LPAR" else f"{name}({factor})"
    hint = f"write `{call}{exponent}`"
    if exponent.lstrip("^*").replace(" ", "") in ("-1", "⁻¹"):
        inverse = f"a{name}"
        known = (
            f"`{call.replace(name, inverse, 1)}` for the inverse function, " if _is_function(inverse) else ""
        )
        hint = f"write {known}`1/{call}` for the reciprocal"
    return p.mistake("SG015", f"the function `{name}` needs its argument before the exponent", hint)


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


def _ambiguous(p: Place, factor: str) -> SyntaxMistake | None:
    """1/2x and 2^3x: both readings are offered."""
    last = p.i - 1
    if p.before == "SUPERSCRIPT":
        base = p.between(p.operand_start(last), last)
        return p.mistake("SG014", TWO_WAYS, f"write `{base}*{factor}` for a product")
    sign = p.operand_start(last)
    while sign > 0 and p.kind_at(sign - 1) in ("MINUS", "PLUS"):
        sign -= 1
    operator = sign - 1
    if operator < 1 or p.kind_at(operator) not in ("POWER", "OVER"):
        return None
    start = p.operand_start(operator - 1)
    while p.kind_at(start - 1) in ("TIMES", "OVER", "AT", "POWER"):
        start = p.operand_start(start - 2)
    left, right = p.between(start, operator - 1), p.between(sign, last)
    hint = f"write `({p.between(start, last)})*{factor}` or `{left}{p.word_at(operator)}({right}*{factor})`"
    return p.mistake("SG014", TWO_WAYS, hint)
