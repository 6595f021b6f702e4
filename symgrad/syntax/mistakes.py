"""What went wrong when the parser cannot go on: from the words around the place to a cause and a way out.

Each recogniser looks at one kind of mistake and says nothing when it is another; the first that speaks is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symgrad.errors import Span, SyntaxMistake
from symgrad.syntax.ast import Apply
from symgrad.syntax.characters import foreign
from symgrad.syntax.lexer import OPERAND_ENDS, Word
from symgrad.syntax.tables import END, ERROR, Tables

OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "BAR_OPEN": "BAR_CLOSE"}
CLOSERS = {close: opener for opener, close in OPENERS.items()}
OPERATORS = ("PLUS", "MINUS", "TIMES", "OVER", "AT", "POWER", "LESSTHAN", "MORETHAN", "LE", "GE", "EQ", "NE", "AND", "OR", "NOT")
STARTS_OPERAND = ("NAME", "FUNCTION", "NUMBER", "LPAR", "BAR_OPEN", "ROOT", "IF", "NOT")
WORD_OPERATORS = {"mod": "mod(x, y)", "div": "floor(x/y)", "rem": "mod(x, y)", "times": "x*y", "plus": "x + y", "over": "x/y"}


@dataclass(frozen=True)
class Place:
    """Where the parser stands: the word it cannot take, and what came before.

    `values` are the trees and marks on the parser's stack, `script` tells statements from a single expression.
    """

    text: str
    tables: Tables
    words: list[Word]
    i: int
    values: list[Any]
    script: bool

    def kind_at(self, i: int) -> str:
        """The name of a word's kind; "" outside the text."""
        if not 0 <= i < len(self.words):
            return ""
        kind, start, end = self.words[i]
        name = self.tables.names[kind]
        return self.tables.names[self.tables.keywords.get(self.text[start:end], kind)] if name == "NAME" else name

    def word_at(self, i: int) -> str:
        """A word as it was written, shortened."""
        if not 0 <= i < len(self.words):
            return ""
        _, start, end = self.words[i]
        return self.text[start:end] if end - start <= 30 else self.text[start : start + 27] + "..."

    @cached_property
    def kind(self) -> str:
        return self.kind_at(self.i)

    @cached_property
    def before(self) -> str:
        return self.kind_at(self.i - 1)

    @cached_property
    def word(self) -> str:
        return self.word_at(self.i)

    @cached_property
    def span(self) -> Span:
        return Span(*self.words[self.i][1:])

    @cached_property
    def after_operand(self) -> bool:
        """Whether an operator could stand here."""
        return self.before in OPERAND_ENDS

    @cached_property
    def adjacent(self) -> bool:
        """Whether no blank separates this word from the one before."""
        return self.i > 0 and self.words[self.i - 1][2] == self.words[self.i][1]

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

    def bracket(self, i: int) -> str:
        """An opening bracket as a user would call it: `sin(` with the function, else `(`."""
        name = self.word_at(i - 1) if self.kind_at(i - 1) in ("FUNCTION", "IF") and self.kind_at(i) == "LPAR" else ""
        return name + self.word_at(i)

    def factor(self, i: int) -> str:
        """The text of the factor that starts at a word: a name, a number, or up to the matching bracket."""
        first, depth = i, 0
        while i < len(self.words) - 1:
            kind = self.kind_at(i)
            depth += (kind in OPENERS) - (kind in CLOSERS)
            if depth <= 0 and kind != "FUNCTION":
                break
            i += 1
        return _short(self.text[self.words[first][1] : self.words[i][2]])

    def mistake(self, code: str, message: str, hint: str | None = None, span: Span | None = None) -> SyntaxMistake:
        return SyntaxMistake(code, message, span or self.span, hint=hint)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:18] + " ... " + text[-17:]


def mistake(place: Place) -> SyntaxMistake:
    """The message for the place where the parser stands."""
    for recognise in RECOGNISERS:
        found = recognise(place)
        if found is not None:
            return found
    expected = "an operator" if place.after_operand else "a number, a name or a bracket"
    return place.mistake("SG030", f"unexpected `{place.word}`: expected {expected}")


def _character(p: Place) -> SyntaxMistake | None:
    """A character that belongs to no word."""
    if p.kind != ERROR:
        return None
    text, start = p.text, p.span.start
    character, following = p.word, text[start + 1 : start + 2]
    if character == "." and following == ".":
        return p.mistake("SG028", "a range `a..b` has no place in an expression", "`v[a:b]` takes a part of a vector", None)
    if character == "." and p.before == "NUMBER" and p.adjacent:
        return p.mistake("SG005", f"`{p.word_at(p.i - 1)}.` is not a number", "a number has one decimal point")
    if character == "." and p.after_operand:
        return p.mistake("SG021", "nothing here has attributes", "call functions by name: `f(x)`")
    if character == ".":
        return p.mistake("SG005", "`.` alone is not a number", "write `0.5` or `.5`")
    if character == "!" and p.after_operand:
        return p.mistake("SG025", "a double factorial is not in the language", "`(x!)!` is the factorial of a factorial")
    if character in "'′" and p.before == "NUMBER" and following.isdigit():
        return p.mistake("SG007", "a number has no separator `'`", "write `1000` or `1_000`")
    if character in "'′" and p.before == "NAME" and p.adjacent:
        name = p.word_at(p.i - 1)
        return p.mistake("SG022", "a derivative by prime needs a call", f"write `{name}'(x)`, or `diff({name}, x)`")
    if character == "&" and following == "&":
        return p.mistake("SG018", "`&&` is not in the language", "write `and`", Span(start, start + 2))
    return foreign(character, start)


def _number(p: Place) -> SyntaxMistake | None:
    """1.2.3 and 1 000."""
    if p.kind != "NUMBER" or p.before != "NUMBER":
        return None
    start = p.words[p.i - 1][1]
    if p.adjacent:
        whole = Span(start, p.span.end)
        return p.mistake("SG005", f"`{p.text[start : p.span.end]}` is not a number", "a number has one decimal point", whole)
    if re.fullmatch("[0-9]{3}", p.word):
        joined = p.word_at(p.i - 1) + p.word
        return p.mistake("SG007", "digits are not separated by blanks", f"write `{joined}` or `{p.word_at(p.i - 1)}_{p.word}`")
    return None


def _comma(p: Place) -> SyntaxMistake | None:
    """A comma outside a list, or with nothing before it."""
    if p.kind != "COMMA":
        return None
    if not p.after_operand:
        return p.mistake("SG016", "nothing stands before this comma", "remove it, or write what is missing")
    if p.before == "NUMBER" and re.match(r",[0-9]{3}(?![0-9])", p.text[p.span.start :]):
        number = p.word_at(p.i - 1)
        return p.mistake("SG007", "a number has no separator `,`", f"write `{number}{p.word_at(p.i + 1)}`; `.` is the decimal point")
    if p.opened is not None and p.kind_at(p.opened) == "LPAR" and p.kind_at(p.opened - 1) != "IF":
        return p.mistake("SG024", "these brackets hold one expression, not a list", "a vector is written `[x, y]`")
    if p.opened is not None and p.kind_at(p.opened) == "BAR_OPEN":
        return _open_bar(p, p.opened)
    if p.opened is not None:
        return p.mistake("SG024", "too many arguments", "a choice is written `if(c, a, b)`")
    return p.mistake("SG024", "a comma outside brackets", "a vector is written `[x, y]`; `.` is the decimal point")


def _open_bar(p: Place, opened: int) -> SyntaxMistake:
    span = Span(*p.words[opened][1:])
    if p.text[span.start : span.start + 2] == "||" and p.kind_at(opened - 1) in OPERAND_ENDS:
        return p.mistake("SG018", "`||` is not in the language", "write `or`", Span(span.start, span.start + 2))
    return p.mistake("SG027", "this `|` has no partner", "the absolute value is written `|x|` or `abs(x)`", span)


def _end(p: Place) -> SyntaxMistake | None:
    """The text ends too early. SG011 tells the REPL that more lines may follow."""
    if p.kind != END:
        return None
    if p.i == 0:
        return p.mistake("SG001", "there is no expression", "type one, such as `x^2*sin(y)`")
    if p.before in ("IF", "THEN", "ELSE"):
        return p.mistake("SG011", f"the input ends after `{p.word_at(p.i - 1)}`", "write `if c then a else b` or `if(c, a, b)`")
    if p.opened is not None:
        if p.kind_at(p.opened) == "BAR_OPEN":
            return _open_bar(p, p.opened)
        closer = ")" if p.kind_at(p.opened) == "LPAR" else "]"
        column = p.words[p.opened][1] + 1
        wanted = f"`{closer}` or an operator" if p.after_operand else "an operand"
        message = f"the input ends inside `{p.bracket(p.opened)}`, opened at column {column}"
        return p.mistake("SG011", message, f"expected {wanted} here")
    if p.after_operand and (missing := _missing_branch(p)) is not None:
        message = f"this `if` has no `{missing}`"
        return p.mistake("SG011", message, "write `if c then a else b` or `if(c, a, b)`")
    if p.script and p.after_operand:
        message = "a list of expressions outside brackets"
        return p.mistake("SG024", message, "names and values are given as in `w, b := 1, 2`; a vector is written `[x, y]`")
    return p.mistake("SG011", f"the input ends after `{p.word_at(p.i - 1)}`", "write what comes after it")


def _missing_branch(p: Place) -> str | None:
    """`then` or `else` if an `if` still waits for it."""
    waiting: list[str] = []
    for i in range(p.i):
        kind = p.kind_at(i)
        if kind == "IF" and p.kind_at(i + 1) != "LPAR":
            waiting.append("then")
        elif kind == "THEN":
            waiting[-1:] = ["else"]
        elif kind == "ELSE" and waiting:
            waiting.pop()
    if not waiting and any(p.kind_at(i) == "IF" for i in range(p.i)):
        return None
    return waiting[-1] if waiting else None


def _closing(p: Place) -> SyntaxMistake | None:
    """A closing bracket where something is missing, or with nothing to close."""
    if p.kind not in CLOSERS:
        return None
    if p.before in OPENERS and p.opened == p.i - 1 and p.kind_at(p.opened) == CLOSERS[p.kind]:
        pair = Span(p.words[p.i - 1][1], p.span.end)
        return p.mistake("SG016", "there is nothing between these brackets", "write an expression between them", pair)
    if p.before == "COMMA":
        return p.mistake("SG016", "nothing stands after the last comma", "remove the comma, or write what is missing")
    if p.opened is None:
        return p.mistake("SG012", f"this `{p.word}` closes nothing", "remove it, or open the bracket before")
    if not p.after_operand:
        return p.mistake("SG010", f"nothing stands after `{p.word_at(p.i - 1)}`", "write its right side before the bracket closes")
    if p.kind_at(p.opened) == "BAR_OPEN":
        return _open_bar(p, p.opened)
    if p.kind_at(p.opened) != CLOSERS[p.kind]:
        column = p.words[p.opened][1] + 1
        return p.mistake("SG012", f"`{p.bracket(p.opened)}`, opened at column {column}, is closed by `{p.word}`")
    return None


def _operator(p: Place) -> SyntaxMistake | None:
    """An operator without a left side, or a spelling from another language."""
    if p.kind not in (*OPERATORS, "EQUAL", "FACTORIAL", "SUPERSCRIPT") or p.after_operand:
        return None
    pair = p.word_at(p.i - 1) + p.word if p.adjacent else ""
    both = Span(p.words[p.i - 1][1], p.span.end) if pair else p.span
    foreign_pairs = {
        "//": ("floor(x/y)", "rounds down"),
        "===": ("==", "compares"),
        "=<": ("<=", "compares"),
        "=>": (">=", "compares"),
        "<>": ("!=", "compares"),
        "!==": ("!=", "compares"),
        "==<": ("<=", "compares"),
    }
    if pair in foreign_pairs:
        instead, what = foreign_pairs[pair]
        return p.mistake("SG018", f"`{pair}` is not in the language", f"`{instead}` {what}", both)
    if p.kind == "FACTORIAL":
        return p.mistake("SG018", "`!` stands after its operand: it is the factorial", "write `not x` for the opposite")
    if p.kind == "EQUAL":
        return p.mistake("SG019", "nothing to the left of `=` can take a value", "`==` compares")
    return p.mistake("SG010", f"nothing stands before `{p.word}`" + (f" (after `{p.word_at(p.i - 1)}`)" if p.i else ""))


def _statement(p: Place) -> SyntaxMistake | None:
    """A definition or a second statement where one expression is expected, and `=` for `==`."""
    if p.kind == "EQUAL":
        if p.script or p.opened is not None:
            return p.mistake("SG019", "`=` defines a name and cannot stand inside an expression", "write `==` to compare")
        hint = "definitions belong to a session or script; to give a value use `NAME=...` after the expression; `==` compares"
        return p.mistake("SG019", "one expression is expected here, not a definition", hint)
    if p.kind == "ASSIGN":
        hint = "`:=` belongs to a session or script; to give a value use `NAME=...` after the expression"
        return p.mistake("SG019", "one expression is expected here, not an assignment", hint)
    if p.kind == "SEMICOLON" and not p.script:
        return p.mistake("SG019", "one expression is expected here: `;` separates statements", "remove it, or use a session or script")
    if p.kind == "COLON":
        return p.mistake("SG030", "a `:` has no place here", "`x: real[3]` declares a name in a session, `v[0:2]` takes a part")
    return None


def _keyword(p: Place) -> SyntaxMistake | None:
    """`if`, `then` and `else` out of order."""
    if p.kind == "IF":
        hint = "write `if c then a else b`" + ("" if p.after_operand else ", in brackets when it is part of a larger expression")
        return p.mistake("SG023", "`if` cannot stand here", hint)
    if p.kind in ("THEN", "ELSE"):
        if not p.after_operand:
            return p.mistake("SG023", f"nothing stands before `{p.word}`", "write `if c then a else b` or `if(c, a, b)`")
        return p.mistake("SG023", f"`{p.word}` cannot stand here", "write `if c then a else b` or `if(c, a, b)`")
    return None


def _derivative(p: Place) -> SyntaxMistake | None:
    """d/dx in front of what it differentiates."""
    found = re.search(r"(?<![A-Za-z0-9_])d[ ]*/[ ]*d([A-Za-z][A-Za-z0-9_]*)[ ]*$", p.text[max(0, p.span.start - 80) : p.span.start])
    if p.kind not in STARTS_OPERAND or found is None:
        return None
    rest = _short(p.text[p.span.start :].strip())
    return p.mistake("SG026", "derivatives are written as a function", f"write `diff({rest}, {found[1]})`")


def _side_by_side(p: Place) -> SyntaxMistake | None:
    """Two operands without an operator between them."""
    if p.kind not in STARTS_OPERAND or not p.after_operand:
        return None
    left, word = p.word_at(p.i - 1), p.word
    factor = p.factor(p.i)
    if p.kind == "BAR_OPEN" and p.text[p.span.start : p.span.start + 2] == "||":
        return _open_bar(p, p.i)
    if p.kind == "BAR_OPEN" and p.text.find("|", p.span.end) < 0:
        return _open_bar(p, p.i)
    if p.kind == "NAME" and word in WORD_OPERATORS:
        return p.mistake("SG018", f"`{word}` is not an operator", f"write `{WORD_OPERATORS[word]}`")
    if p.before == "NAME" and _is_function(left):
        return p.mistake("SG015", f"the function `{left}` needs brackets", f"write `{left}({factor})`")
    ambiguous = _ambiguous(p, factor)
    if ambiguous is not None:
        return ambiguous
    if p.kind == "NUMBER":
        return p.mistake("SG013", f"no operator stands before `{word}`", f"write `{_operand(p)}*{factor}` for a product")
    return p.mistake("SG013", f"no operator stands between `{left}` and `{word}`", f"write `{_operand(p)}*{factor}` for a product")


def _operand(p: Place) -> str:
    """The text of what stands before: the whole bracket or call, not its last word."""
    value = p.values[-1]
    return p.word_at(p.i - 1) if type(value) is tuple else _short(p.text[value.start : value.end])


def _ambiguous(p: Place, factor: str) -> SyntaxMistake | None:
    """1/2x and 2^3x: both readings are offered."""
    marks = [i for i, value in enumerate(p.values) if type(value) is tuple]
    last = p.values[-1]
    if type(last) is Apply and last.op == "pow":
        base, operator, operand = last.args[0], "^", last.args[1]
        start = last.start
    else:
        while len(marks) > 1 and marks[-2] == marks[-1] - 1 and p.text[slice(*p.values[marks[-1]])] in "-−–+":
            marks.pop()
        if not marks or marks[-1] == 0 or len(p.values) - marks[-1] > 3:
            return None
        operator = p.text[slice(*p.values[marks[-1]])]
        base, operand = p.values[marks[-1] - 1], last
        if operator not in ("^", "**", "/", "÷", "∕", "⁄") or type(base) is tuple or type(operand) is tuple:
            return None
        start = base.start
        operand = operand._replace(start=p.values[marks[-1] + 1][0]) if type(p.values[marks[-1] + 1]) is tuple else operand
    left, upper = p.text[base.start : base.end], p.text[operand.start : operand.end]
    first = f"({_short(p.text[start : operand.end])})*{factor}"
    second = f"{_short(left)}{operator}({_short(upper)}*{factor})"
    return p.mistake("SG014", "this product without a sign can be read in two ways", f"write `{first}` or `{second}`")


def _is_function(name: str) -> bool:
    from symgrad.syntax.names import is_function  # the table of operations is needed for this message alone

    return is_function(name)


RECOGNISERS: tuple[Callable[[Place], SyntaxMistake | None], ...] = (
    _character,
    _number,
    _comma,
    _end,
    _closing,
    _operator,
    _statement,
    _derivative,
    _side_by_side,
    _keyword,
)
