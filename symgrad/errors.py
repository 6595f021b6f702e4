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
        """The 1-based place of the span's start in the text; the end of the input is length + 1."""
        return None if self.span is None else self.span.start + 1

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
    best: tuple[tuple[int, bool, bool, int], str] | None = None
    for position, candidate in enumerate(candidates):
        if candidate.lower() == word.lower():
            return candidate
        allowed = 1 if min(len(word), len(candidate)) <= 4 else 2
        if abs(len(word) - len(candidate)) > allowed or len(word) < 2:
            continue
        d = distance(word.lower(), candidate.lower())
        # Of equally near ones: the same letters in another order, the same beginning, what stands first in the table.
        rank = (d, sorted(word) != sorted(candidate), word[0] != candidate[0], position)
        if d <= allowed and d < len(word) and (best is None or rank < best[0]):
            best = rank, candidate
    return None if best is None else best[1]


CODES: dict[str, str] = {
    # The text
    "SG001": "There is no expression: the text is empty, or all of it is blanks and comments.",
    "SG002": "A character that the language does not use. Names are made of Latin and Greek letters, digits and `_`.",
    "SG003": "An invisible character, usually from pasted text. It is refused because nobody could see what it does.",
    "SG004": "A letter that only looks like another, such as a Cyrillic `x`, or a name with marks over its letters.",
    "SG005": "Not a number. Numbers are decimal: `2`, `.5`, `1_000`, `1.5e-3`.",
    "SG006": "A number beyond the largest double, about 1.8e308.",
    "SG007": "Separators between the digits of a number. Only `_` may separate them; `.` is the decimal point.",
    "SG008": "An argument without a name after one with a name: `sum(axis=0, v)`.",
    "SG010": "An operator lacks one of its sides.",
    "SG011": "The text ends too early: inside brackets, after an operator, or before `then` or `else`.",
    "SG012": "A closing bracket that closes nothing, or one of another kind than what was opened.",
    "SG013": "Two values stand side by side. A sign may be left out only after a number, a bracket or a call.",
    "SG014": "A product without a sign behind `/` or `^`, as in `1/2x`: people read it in two ways, so write it out.",
    "SG015": "A function without brackets, as in `sin x`.",
    "SG016": "Nothing stands between two brackets, or between brackets and a comma.",
    "SG017": "Braces. All brackets around expressions are round; vectors have square ones.",
    "SG018": "The spelling of an operator in another language, such as `&&` or `//`.",
    "SG019": "A definition or a second expression where a single expression is expected, or `=` where `==` is meant.",
    "SG020": "Quotes. There is no text in the language, only numbers, names and operations.",
    "SG021": "A part, as in `x.y`, where there is none: only models and data sets have some: `net.0.w`, `data.x`.",
    "SG022": "A derivative by prime without an argument. `f'(x)` is one, `x'` is not.",
    "SG023": "`if`, `then` or `else` out of order.",
    "SG024": "A comma where there is no list.",
    "SG025": "A double factorial. `x!!` means different things to different people, so it means nothing here.",
    "SG026": "A derivative in Leibniz's notation, as in `d/dx x^2`. It is written `diff(x^2, x)`.",
    "SG027": "A `|` without a partner.",
    "SG028": "A range `a..b` inside an expression.",
    "SG030": "Something stands where nothing of its kind can stand.",
    "SG031": "Only names and functions can be defined, and only names can be given values.",
    "SG032": "The parameters of a function must be different names.",
    "SG033": "`:=` needs as many values as names.",
    "SG034": "Only names can be declared.",
    "SG035": "Not a type. The types are `real`, `bool`, and with a shape `real[3]`, `real[2, 3]`.",
    # Names
    "SG101": "What is called here is no function, but a variable or a constant.",
    "SG102": "There is no function of this name.",
    "SG103": "A variable has no value. All variables without one are named.",
    "SG104": "The expression has no such variable.",
    "SG105": "A function stands without an argument.",
    "SG106": "A function that was defined stands without an argument.",
    "SG107": "A definition that needs itself. A definition is a formula, not a step: `:=` makes a step.",
    "SG108": "`ans`, the last answer, is too large to be written into a definition.",
    "SG109": "A name that cannot be defined: it belongs to the language.",
    "SG110": "The expression has no variable of this name.",
    "SG111": "Derivatives are not available where this text is read.",
    # Types and shapes
    "SG112": "Not a name for a variable: names are letters, digits and `_`, and `pi` and `e` are constants.",
    "SG201": "A condition where a number is needed, or a number where a condition is needed.",
    "SG202": "A single number where a vector or matrix is needed. Declare the shape of a variable before it is used.",
    "SG203": "Shapes that do not fit together.",
    "SG204": "An index outside of its axis, or a slice without elements. Indices count from 0, ranges are half-open.",
    "SG205": "There is no such axis. Axes count from 0.",
    "SG206": "An array cannot take this shape: it has more or fewer elements.",
    "SG207": "The elements of a vector must be of one type.",
    "SG208": "A square matrix is needed.",
    "SG209": "A function has too few or too many arguments.",
    "SG210": "This derivative is not known.",
    "SG211": "A value that is no number, condition or array of them.",
    "SG212": "A stored graph that is damaged.",
    "SG213": "A value has another shape than its variable.",
    "SG214": "Only a single real number has a gradient.",
    "SG215": "A single number is needed, and this is an array or several expressions.",
    "SG216": "This is about one point, and many were given.",
    "SG219": "A derivative by a subexpression that does not occur: it is taken by all its equal occurrences.",
    "SG221": "Indices, counts and shapes must be integers that are known before anything is evaluated.",
    "SG222": "A function lacks an argument that must be named, such as `shape=`.",
    "SG223": "There is no argument of this name, or it is given twice.",
    "SG225": "`>>` joins two models, the first of which makes what the second takes.",
    "SG226": "A model or data set where a number is needed.",
    "SG224": "Several expressions, such as a gradient, cannot be one operand.",
    # Values
    "SG301": "The value is not finite, so it cannot be kept.",
    # Limits
    "SG401": "The text is too long.",
    "SG402": "The text has too many words.",
    "SG403": "There are too many brackets inside brackets.",
    "SG404": "The expression is too large once its definitions are written out.",
    "SG405": "An array is too large.",
    "SG406": "The order of a derivative is too high.",
    "SG407": "The expression has too many steps to be told one by one.",
    "SG420": "The expression is too large for SymPy.",
    "SG421": "The expression is too large to be written out in single numbers.",
    "SG422": "The graph is too large for an answer that shows every node of it.",
    "SG423": "The expression is too large to be compiled.",
    "SG499": "There is not enough memory.",
    # Usage
    "SG502": "The order of a derivative or Taylor polynomial is negative or absurdly high.",
    "SG503": "Something else was given where a text is needed.",
    "SG505": "Many points were given where one is needed.",
    "SG510": "There is no such option.",
    "SG511": "An option has a wrong value, or lacks one.",
    "SG512": "A word on the command line that is neither the expression nor a value.",
    "SG513": "A variable is given two values.",
    "SG515": "A command was given what it cannot use.",
    "SG516": "A word that later versions use for a command.",
    "SG517": "There are values, but no expression.",
    "SG518": "A file cannot be read.",
    "SG519": "There is no such operation.",
    "SG520": "There is no such setting.",
    "SG521": "A setting cannot have this value.",
    "SG522": "A file cannot be written.",
    "SG523": "There is no such command. Commands stand at the beginning of a line, behind a colon.",
    "SG524": "A document shows other answers than symgrad gives.",
    "SG526": "A language has no function for an operation.",
    "SG530": "A picture cannot have this format.",
    "SG531": "No program that lays out graphs is installed, or it failed.",
    "SG533": "Matplotlib, which writes this kind of plot, is not installed.",
    "SG532": "A drawing has no group of this name.",
    "SG601": "SymPy has no counterpart for a part of the expression.",
    "SG602": "JavaScript lacks a function of the expression, or of its derivatives, so that no page can compute it.",
    # Nets
    "SG701": "There is no way of drawing initial values of this name.",
    "SG702": "A parameter that its model does not use, or two different parameters of one name.",
    "SG703": "An operation that cannot be applied to many samples at once.",
    "SG704": "An activation takes one number and gives one (or a vector for a vector, as softmax).",
    "SG705": "A setting of a layer, a data set or a training that has no meaning: sizes are positive whole numbers.",
    "SG706": "There is no optimiser, schedule or loss of this name, or it has no such setting.",
    "SG707": "There is no data set of this name.",
    "SG708": "A column that does not exist, or whose entries are not numbers.",
    "SG709": "Values are missing. They are never dropped silently: say what shall become of them.",
    "SG710": "A file of parameters that is damaged: it was cut off, or changed after it was written.",
    "SG711": "A file of parameters that is from another model or a later version.",
    "SG712": "Something in the model has no counterpart in the format it is exported to.",
    "SG713": "There is nothing to train: no parameters, no data, or a loss that does not depend on them.",
    "SG714": "A library that this needs is not installed. The hint says how to get it.",
    "SG715": "Training was asked to be compiled, and machine code cannot do this loss.",
}
"""Every code with its explanation: what it means and why it is so. Codes are never given another meaning."""
