"""The answer to a line that is still being typed: value and gradient, at once or not at all, and never a complaint."""

from __future__ import annotations

from dataclasses import replace

from symgrad.errors import SymgradError
from symgrad.graph import Node
from symgrad.session import held
from symgrad.session.dialogue import HELP, is_command
from symgrad.session.display import Segments, plain, shorten, width
from symgrad.session.numbers import number
from symgrad.session.session import Session
from symgrad.session.stopwatch import TooLate, at_most
from symgrad.syntax.ast import Assign, Ast, Declare, Define, Evaluate, Statement
from symgrad.syntax.elaborate import Elaborated
from symgrad.syntax.highlight import unclosed
from symgrad.syntax.limits import Limits
from symgrad.syntax.parse import parse_script

LIMITS = Limits(text=2_000, words=1_000, depth=100, nodes=2_000, elements=1_000, order=3)
"""What can be looked at within a few milliseconds: nothing larger is previewed."""
SECONDS = 0.03
"""Of the thread's own time: what takes longer is not shown."""
MOST_FORMULA = 40
DIGITS = 6


def preview(session: Session, text: str, columns: int = 80, seconds: float = SECONDS) -> Segments | None:
    """What a line would give; None where there is nothing to say. Nothing is defined, nothing is checked."""
    if not text.strip():
        return []
    if is_command(text):
        return _command(text)
    closing = unclosed(text)
    try:
        with at_most(seconds):
            shown = _of_statements(replace(session, limits=LIMITS), text + closing)
    except (SymgradError, OverflowError, ValueError, ZeroDivisionError, TooLate):
        return None  # whatever is wrong will be told when the line is entered
    if not shown:
        return []
    note = f"   with `{closing}`" if closing else ""
    return [*_fitted(shown, columns - len(note)), ("dim", note)]


def _of_statements(session: Session, text: str) -> Segments:
    """What the last statement of a text gives after those before it."""
    *earlier, last = parse_script(text, LIMITS) or (None,)
    for statement in earlier:
        session = _after(session, statement, text)
    return _shown(session, last, text) if last is not None else []


def _after(session: Session, statement: Statement | None, text: str) -> Session:
    """The session after a statement, which is the caller's to forget."""
    if statement is None or type(statement) is Evaluate:
        return session
    return session.run(text[statement.start : statement.end]).session


def _shown(session: Session, statement: Statement, text: str) -> Segments:
    _after(session, statement, text)  # what cannot be defined is not shown as if it were
    match statement:
        case Evaluate(value=tree):
            return _answer(session, tree, text)
        case Define(parameters=None, value=tree):
            return _answer(session, tree, text)
        case Assign(values=(tree,)):
            return _answer(session, tree, text)
        case Define(name=name):
            return [("dim", f"a function: {name}(...) from here on")]
        case Declare():
            return [("dim", "a variable of this type")]
        case _:
            return []


def _answer(session: Session, tree: Ast, text: str) -> Segments:
    """`= 0.564   ∂x 0.564   ∂y -3.96`; formulas where values are missing."""
    meaning = session.understand(tree, text)
    root = meaning.root
    if not isinstance(root, Node):
        return []
    values = session.values
    missing = [name for name in meaning.variables if name not in values]
    if missing:
        return _open(meaning, missing)
    from symgrad.session.evaluation import expression_of

    expression = held.without(expression_of(meaning), values, session.data)
    point = {name: values[name] for name in expression.variables}
    if expression.type.kind == "bool" or expression.type.shape:
        return [("", "= "), ("number", number(expression(point), DIGITS))]
    result = expression.evaluate(point)
    segments: Segments = [("", "= "), ("number", number(result.value, DIGITS))]
    if result.value - result.value != 0:
        return [("dim", "undefined here" if result.value != result.value else "infinite here")]
    if held.numbers_in(result.grad) > held.MOST_NUMBERS:
        place, most = held.largest(result.grad)
        count = f"   {held.numbers_in(result.grad):,} partials, largest "
        return [*segments, ("label", count), ("number", number(most, DIGITS)), ("", f" at {place}")]
    for name, g in result.grad.items():
        segments += [("", "   "), ("label", f"∂{name} "), ("number", number(g, DIGITS))]
    return segments


def _open(meaning: Elaborated, missing: list[str]) -> Segments:
    """The derivative of a small expression as a formula, where a number is not to be had."""
    from symgrad import calculus
    from symgrad.graph import variables
    from symgrad.symbolic.text import text

    root = meaning.root
    assert isinstance(root, Node)
    segments: Segments = []
    if (
        root.type.kind == "real"
        and not root.type.shape
        and len(meaning.origins) <= MOST_FORMULA
        and root.args
    ):
        for variable in variables(root):
            if not variable.type.shape and variable.type.kind == "real":
                formula = text(calculus.diff(root, variable))
                segments += [("label", f"∂{variable.name} "), ("", f"{formula}   ")]
    return [*segments, ("dim", f"no value: {', '.join(missing[:6])}")]


def _command(text: str) -> Segments:
    """How a command is used, while it is typed."""
    from symgrad.session.commands import ALIASES, COMMANDS

    word = text.strip()[1:].split(" ", 1)[0]
    command = COMMANDS.get(ALIASES.get(word, word))
    if HELP.fullmatch(text.strip()) or command is None or not command.inside:
        return []
    return [("label", command.typed), ("dim", f"   {command.about}")]


def _fitted(segments: Segments, columns: int) -> Segments:
    """As much as fits on one line."""
    room = columns
    shown: Segments = []
    for style, text in segments:
        if width(text) > room:
            return [*shown, ("dim", shorten(text, room) if room > 12 else "…")]
        shown.append((style, text))
        room -= width(text)
    return shown


def as_text(segments: Segments | None) -> str:
    """A preview without its styles."""
    return plain(segments or [])
