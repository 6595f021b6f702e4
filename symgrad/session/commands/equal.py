"""The command that compares two expressions: `symgrad equal A B`, and `:is A = B` in a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from symgrad.errors import Span, SymgradError, UsageMistake
from symgrad.expression import Expression
from symgrad.graph import Node
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.leibniz import Rewritten
from symgrad.session.results import Compared, Result
from symgrad.session.session import Session
from symgrad.syntax.scope import Forms
from symgrad.syntax.scope import Result as FormResult

MOST_GUARDED = 3
"""Derivatives in between, beside the function itself, that a higher derivative cannot do without."""
NUMBER = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
MOST_DIGITS = 40
LARGE = 1e22
EQUALS = re.compile(r"(?<![<>!:=])==?(?!=)")


@command(
    "equal LEFT RIGHT",
    "whether two expressions are equal, as a proof or a point where they differ; also :is LEFT = RIGHT",
    "equal 'd/dx x^x' 'x^x*(log(x) + 1)'",
    1,
    2,
    "expressions are compared wherever they are defined; to compare them at a point evaluate both, or LEFT - RIGHT",
)
def _equal(session: Session, arguments: Arguments) -> Iterator[Result]:
    left, right = arguments.texts if len(arguments.texts) == 2 else sides(arguments.texts[0])
    a, b = _read(session, left), _read(session, right)
    found = a.equals(b, budget=arguments.budget)
    found = replace(found, hints=(*found.hints, *rounded(f"{left} {right}")))
    yield Compared(left.strip(), right.strip(), found, condition=a.type.kind == "bool")


def rounded(text: str) -> list[str]:
    """What the numbers of a text were read as that are not what is written: 9007199254740993 is no double."""
    said = {}
    for word in NUMBER.findall(text):
        written, read = Fraction(word), float(word)
        if written not in (Fraction(read), Fraction(repr(read))):
            shown = f"{word[:MOST_DIGITS]}{'...' if len(word) > MOST_DIGITS else ''}"
            double = str(int(read)) if read.is_integer() and read < LARGE else repr(read)
            said[word] = f"{shown} is read as the double {double}"
    return list(said.values())


def sides(text: str) -> tuple[str, str]:
    """What stands before and behind the one sign of equality outside of brackets.

    Raises:
        UsageMistake: SG515, there is none, or there are several.
    """
    places = [m for m in EQUALS.finditer(text) if _outside(text, m.start())]
    if len(places) != 1:
        what = "there is no `=`" if not places else "there is more than one `=`"
        span = Span(*places[1].span()) if places else Span(0, len(text))
        hint = "write two expressions: :is sin(x)^2 = 1 - cos(x)^2"
        raise UsageMistake("SG515", f"equal: {what}", span, hint=hint, text=text)
    (sign,) = places
    return text[: sign.start()], text[sign.end() :]


def _outside(text: str, i: int) -> bool:
    """Whether a place is outside of all brackets."""
    before = text[:i]
    return sum(map(before.count, "([")) == sum(map(before.count, ")]"))


def _read(session: Session, text: str) -> Expression:
    """One side, in which d/dx may stand."""
    rewritten = Rewritten(text)
    try:
        return session.expression(rewritten.text, _forms())
    except SymgradError as error:
        raise rewritten.moved(error) from None


def _forms() -> Forms:
    """The parts of the language that work on whole expressions, where derivatives remember their originals."""
    from symgrad import calculus
    from symgrad.equality.guard import guarded
    from symgrad.session.language import FORMS

    def diff(root: Node, by: Node, order: int = 1) -> Node:
        found = calculus.diff(root, by, order)
        for done in range(min(order, MOST_GUARDED)):
            found = guarded(found, calculus.diff(root, by, done), by)
        return found

    def grad(root: Node, by: Node | None = None) -> FormResult:
        return calculus.FORMS["grad"](root) if by is None else diff(root, by)

    return {**FORMS, "diff": diff, "grad": grad}
