"""What went wrong when the parser cannot go on: from the words around the place to a cause and a way out.

Each recogniser looks at one kind of mistake and says nothing when it is another; the first that speaks is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symgrad.errors import Span, SyntaxMistake
from symgrad.syntax import names
from symgrad.syntax.adjacent import derivative, open_bar, side_by_side
from symgrad.syntax.characters import foreign
from symgrad.syntax.place import CLOSERS, OPENERS, Place
from symgrad.syntax.tables import END, ERROR

COMPARISONS = ("LESSTHAN", "MORETHAN", "LE", "GE", "EQ", "NE", "EQUAL")
OPERATORS = (
    "PLUS",
    "MINUS",
    "TIMES",
    "OVER",
    "AT",
    "POWER",
    "SUPERSCRIPT",
    "FACTORIAL",
    "AND",
    "OR",
    "NOT",
    *COMPARISONS,
)
SPELLINGS = {
    "//": "`floor(x/y)` rounds down",
    "===": "`==` compares",
    "!==": "`!=` compares",
    "<>": "`!=` compares",
    "=<": "`<=` compares",
    "=>": "`>=` compares",
}
CHOICE = "write `if c then a else b` or `if(c, a, b)`"
SESSION = "definitions belong to a session or script; values are given as `NAME=...` beside the expression"


def mistake(p: Place) -> SyntaxMistake:
    """The message for the place where the parser stands."""
    for recognise in RECOGNISERS:
        found = recognise(p)
        if found is not None:
            return found
    expected = "an operator" if p.after_operand else "a number, a name or a bracket"
    return p.mistake("SG030", f"unexpected `{p.word}`", f"expected {expected}")


def _character(p: Place) -> SyntaxMistake | None:
    """A character that belongs to no word."""
    if p.kind != ERROR:
        return None
    start, character = p.span.start, p.word
    following = p.text[start + 1 : start + 2]
    if character == ".":
        return _point(p, following)
    if character == "!" and p.after_operand:
        return p.mistake("SG025", "there is no double factorial", "`(x!)!` is the factorial of a factorial")
    if character in "'′" and p.before == "NUMBER" and following.isdigit():
        return p.mistake("SG007", f"a number has no separator `{character}`", "write `1000` or `1_000`")
    if character in "'′" and p.before == "NAME" and p.is_adjacent:
        hint = f"write `{p.left}'(x)`, or `diff({p.left}, x)`"
        return p.mistake("SG022", "a derivative by prime needs an argument", hint)
    if character in "'′" and p.after_operand:
        return p.mistake(
            "SG022", "a prime stands behind the name of a function", "a derivative is written `f'(x)`"
        )
    if character == "&" and following == "&":
        return p.mistake("SG018", "`&&` is not in the language", "write `and`", Span(start, start + 2))
    return foreign(character, start)


def _point(p: Place, following: str) -> SyntaxMistake:
    """A `.` that belongs to no number."""
    if following == ".":
        return p.mistake("SG028", "a range `a..b` has no place here", "`v[a:b]` takes a part of a vector")
    if p.before == "NUMBER" and p.is_adjacent:
        return p.mistake("SG005", f"`{p.left}.` is not a number", "a number has one decimal point")
    if p.after_operand:
        return p.mistake("SG021", "nothing here has attributes", "functions are called by name: `f(x)`")
    return p.mistake("SG005", "`.` alone is not a number", "write `0.5` or `.5`")


def _number(p: Place) -> SyntaxMistake | None:
    """1.2.3 and 1 000."""
    if p.kind != "NUMBER" or p.before != "NUMBER":
        return None
    if p.is_adjacent:
        whole = Span(p.span_at(p.i - 1).start, p.span.end)
        return p.mistake(
            "SG005", f"`{p.left}{p.word}` is not a number", "a number has one decimal point", whole
        )
    if re.fullmatch("[0-9]{3}", p.word):
        hint = f"write `{p.left}{p.word}` or `{p.left}_{p.word}`"
        return p.mistake("SG007", "the digits of a number are not separated by blanks", hint)
    return None


def _comma(p: Place) -> SyntaxMistake | None:
    """A comma outside a list, or with nothing before it."""
    if p.kind != "COMMA":
        return None
    if not p.after_operand:
        return p.mistake("SG016", "nothing stands before this comma", "remove it, or write what is missing")
    if p.before == "NUMBER" and re.match(r",[0-9]{3}(?![0-9])", p.text[p.span.start : p.span.start + 5]):
        hint = f"write `{p.left}{p.word_at(p.i + 1)}`; `.` is the decimal point"
        return p.mistake("SG007", "a number has no separator `,`", hint)
    if p.opener == "BAR_OPEN" and p.opened is not None:
        return open_bar(p, p.opened)
    if p.opened is not None and p.kind_at(p.opened - 1) == "IF":
        return p.mistake("SG024", "a choice has three parts", CHOICE)
    where = "brackets around one expression" if p.opener else "outside brackets"
    hint = "a vector is written `[x, y]`" + ("" if p.opener else "; `.` is the decimal point")
    return p.mistake("SG024", f"a comma {'in ' if p.opener else ''}{where}", hint)


def _end(p: Place) -> SyntaxMistake | None:
    """The text ends too early. SG011 tells a REPL that more lines may follow."""
    if p.kind != END:
        return None
    if p.i == 0:
        return p.mistake("SG001", "there is no expression", "type one, such as `x^2*sin(y)`")
    if p.before in ("IF", "THEN", "ELSE"):
        return p.mistake("SG011", f"the input ends after `{p.left}`", CHOICE)
    if p.opener == "BAR_OPEN" and p.opened is not None:
        return open_bar(p, p.opened)
    if p.opener:
        wanted = f"`{')' if p.opener == 'LPAR' else ']'}` or an operator" if p.after_operand else "an operand"
        return p.mistake("SG011", f"the input ends inside {p.bracket()}", f"expected {wanted} here")
    if not p.after_operand:
        return p.mistake("SG011", f"the input ends after `{p.left}`", "write what comes after it")
    missing = _missing_branch(p)
    if missing is not None:
        return p.mistake("SG011", f"this `if` has no `{missing}`", CHOICE)
    hint = "names and values are given as in `w, b := 1, 2`; a vector is written `[x, y]`"
    return p.mistake("SG024", "a list of expressions outside brackets", hint)


def _missing_branch(p: Place) -> str | None:
    """`then` or `else` if an `if` still waits for it."""
    waiting: list[str] = []
    for i in range(p.i):
        kind = p.kind_at(i)
        if kind == "IF":
            waiting.append("then")
        elif kind == "THEN":
            waiting[-1:] = ["else"]
        elif kind == "ELSE" and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


def _closing(p: Place) -> SyntaxMistake | None:
    """A closing bracket where something is missing, or with nothing to close."""
    if p.kind not in CLOSERS:
        return None
    if p.opened is None:
        return p.mistake("SG012", f"this `{p.word}` closes nothing", "remove it, or open the bracket before")
    if p.opened == p.i - 1 and p.opener == CLOSERS[p.kind]:
        pair = Span(p.span_at(p.opened).start, p.span.end)
        return p.mistake("SG016", "nothing stands between these brackets", "write an expression there", pair)
    if p.before == "COMMA":
        return p.mistake(
            "SG016", "nothing stands after the last comma", "remove it, or write what is missing"
        )
    if not p.after_operand and p.before not in OPENERS:
        return p.mistake("SG010", f"nothing stands after `{p.left}`", "write its right side")
    if p.opener == "BAR_OPEN":
        return open_bar(p, p.opened)
    if p.opener != CLOSERS[p.kind]:
        return p.mistake("SG012", f"{p.bracket()}, is closed by `{p.word}`", "brackets close as they open")
    if p.kind_at(p.opened - 1) == "IF":
        return p.mistake("SG024", "a choice has three parts", CHOICE)
    return None


def _operator(p: Place) -> SyntaxMistake | None:
    """An operator without a left side, or a spelling from another language."""
    if p.kind not in OPERATORS or p.after_operand:
        return None
    pair = p.left + p.word if p.is_adjacent else ""
    if pair in SPELLINGS:
        both = Span(p.span_at(p.i - 1).start, p.span.end)
        return p.mistake("SG018", f"`{pair}` is not in the language", SPELLINGS[pair], both)
    if p.kind == "NOT":
        return p.mistake("SG010", f"`not` cannot stand after `{p.left}`", "put it in brackets: `(not a)`")
    if p.kind == "FACTORIAL":
        return p.mistake("SG018", "`!` stands behind: it is the factorial", "the opposite is written `not x`")
    behind = f" (after `{p.left}`)" if p.i else ""
    return p.mistake(
        "SG010", f"nothing stands before `{p.word}`{behind}", "write its left side, or remove it"
    )


def _statement(p: Place) -> SyntaxMistake | None:
    """A definition or a second statement where one expression is expected, and `=` for `==`."""
    if p.kind == "EQUAL" and p.text[p.span.start : p.span.start + 2] in SPELLINGS:
        pair = p.text[p.span.start : p.span.start + 2]
        both = p.span._replace(end=p.span.start + 2)
        return p.mistake("SG018", f"`{pair}` is not in the language", SPELLINGS[pair], both)
    if p.kind == "EQUAL" and p.kind_at(0) == "PARAM":
        return p.mistake(
            "SG019",
            "a parameter says what it is",
            "as in `param w: real = 3` or `param w: real[3] = glorot()`",
        )
    if p.kind == "EQUAL" and (p.script or p.opened is not None):
        return p.mistake("SG019", "`=` defines, and cannot stand inside an expression", "`==` compares")
    if p.kind in ("EQUAL", "ASSIGN"):
        hint = SESSION if p.kind == "ASSIGN" else f"{SESSION}; `==` compares"
        return p.mistake("SG019", "one expression is expected here, not a definition", hint)
    if p.kind == "SEMICOLON":
        hint = "remove it, or use a session or script"
        return p.mistake("SG019", "one expression is expected here: `;` separates statements", hint)
    if p.kind == "COLON":
        hint = "`x: real[3]` declares a name in a session, `v[0:2]` takes a part of a vector"
        return p.mistake("SG030", "a `:` has no place here", hint)
    return None


def _keyword(p: Place) -> SyntaxMistake | None:
    """`if`, `then` and `else` out of order."""
    if "IF" in (p.kind, p.before) and not p.after_operand:
        hint = "put it in brackets: `(if c then a else b)`"
        place = p.span if p.kind == "IF" else p.span_at(p.i - 1)
        return p.mistake("SG023", "inside a larger expression `if` needs brackets", hint, place)
    if p.kind == "IF" and p.kind_at(p.i + 1) != "LPAR":
        return p.mistake("SG023", "`if` stands before its condition", CHOICE)
    if p.kind in ("THEN", "ELSE"):
        what = "cannot stand here" if p.after_operand else "comes too early"
        return p.mistake("SG023", f"`{p.word}` {what}", CHOICE)
    return None


def _attribute(p: Place) -> SyntaxMistake | None:
    """sin.part: functions of the language have no parts, whatever comes after."""
    for kind, start, end in p.words[: p.i + 1]:
        whole, dot, _ = p.text[start:end].partition(".")
        if dot and p.tables.names[kind] in ("NAME", "FUNCTION") and names.function(whole) is not None:
            place = Span(start + len(whole), end)
            return p.mistake(
                "SG021", "functions have no parts", "functions are called by name: `f(x)`", place
            )
    return None


RECOGNISERS: tuple[Callable[[Place], SyntaxMistake | None], ...] = (
    _attribute,
    _character,
    _number,
    _comma,
    _end,
    _closing,
    _operator,
    _statement,
    derivative,
    _keyword,
    side_by_side,
)
