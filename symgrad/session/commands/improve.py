"""The command that looks for a form of an expression that loses fewer digits."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.session.commands.registry import Arguments, command
from symgrad.session.commands.why import meant
from symgrad.session.results import Improved, Result
from symgrad.session.session import Session


@command(
    "improve [EXPR] [NAME=VALUE...] [NAME=LOW..HIGH...]",
    "a form that loses fewer digits, in value and slopes, on a range or near a point; without EXPR: the last answer",
    "improve 'sqrt(x + 1) - sqrt(x)' x=1..1e15",
    0,
    1,
)
def _improve(session: Session, arguments: Arguments) -> Iterator[Result]:
    text = arguments.texts[0].strip().rstrip(",").rstrip() if arguments.texts else ""
    expression, text = meant(session, text or "ans")
    values = {name: v for name, v in session.values.items() if name in expression.variables}
    given = {**values, **arguments.ranges}
    yield Improved(text, expression.improve(given, budget=arguments.budget + 0.5))
