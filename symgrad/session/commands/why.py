"""Commands that explain a number: why it is nan, infinite, zero or wrong, and where its rounding error comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from symgrad.errors import LimitReached, Span, UsageMistake
from symgrad.expression import Expression
from symgrad.graph import variables
from symgrad.session import held
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.evaluation import expression_of
from symgrad.session.results import Accounted, Explained, Result
from symgrad.session.session import Session
from symgrad.syntax.ast import Name, ungrouped
from symgrad.syntax.scope import Definition

PARTIAL = re.compile(r"(?:^|\s)(?:d/d|∂/∂|∂)\s*([^\W\d]\w*(?:\[[\d, ]+\])?)$")
"""How one asks about a partial derivative: `d/dx`, `∂x`."""


@command(
    "why [EXPR] [d/dNAME] [NAME=VALUE...]",
    "why a number is nan, infinite, zero or wrong, and what helps; without EXPR about the last answer",
    "why 'x*log(x)' x=0",
    0,
    2,
)
def _why(session: Session, arguments: Arguments) -> Iterator[Result]:
    text, of = _asked(arguments.texts)
    expression, shown, point = _held(session, text, "why")
    found = tuple(expression.why(point, of=of, budget=arguments.budget))
    result = expression.evaluate(point)
    yield Explained(expression, shown, point, result.value, result.grad, found)


@command(
    "rounding [EXPR] [NAME=VALUE...]",
    "where the rounding error of the value and of each partial comes from, predicted and true",
    "rounding '(1 - cos(x))/x^2' x=1e-8",
    0,
)
def _rounding(session: Session, arguments: Arguments) -> Iterator[Result]:
    expression, shown, point = _held(session, arguments.texts[0] if arguments.texts else "ans", "rounding")
    found = expression.rounding(point, budget=arguments.budget)
    yield Accounted(expression, shown, point, tuple(found.values()))


def _held(session: Session, text: str, command: str) -> tuple[Expression, str, dict[str, Any]]:
    """The expression that a text means, its data held fixed, and where it is looked at.

    Raises:
        LimitReached: SG422, it is too large to be told about operation by operation.
    """
    expression, shown = meant(session, text)
    expression = held.without(expression, session.values, session.data)
    point = {name: v for name, v in session.values.items() if name in expression.variables}
    count, work = held.numbers_in(point), held.operations(expression.node)
    arrays = any(v.type.shape for v in variables(expression.node)) or session.data
    if arrays and (count > held.MOST_NUMBERS or work > held.MOST_OPERATIONS):
        s = "s" * (count != 1)
        raise LimitReached(
            "SG422",
            f"{command}: {count:_} partial{s} of {work:_} operations are too many to be told one by one",
            hint="take fewer samples, as in `data = moons(3)`, or a part of the expression",
        )
    return expression, shown, point


def _asked(texts: tuple[str, ...]) -> tuple[str, str | None]:
    """The expression asked about, and which partial derivative of it (None: whatever is in trouble)."""
    text = " ".join(texts)
    partial = PARTIAL.search(text)
    if partial is None and len(texts) > 1:
        raise UsageMistake("SG515", f"why: `{texts[1]}` is no partial derivative", hint="write d/dx, or ∂x")
    of = None if partial is None else partial[1]
    return (text if partial is None else text[: partial.start()]).strip() or "ans", of


def meant(session: Session, text: str) -> tuple[Expression, str]:
    """The expression that a text means, with the places of its parts; a defined name stands for its definition."""
    meaning = session.scope.get(text)
    for _ in session.scope:  # the answer to `L` is what L means
        name = ungrouped(meaning.value) if isinstance(meaning, Definition) else None
        further = session.scope.get(name.id) if type(name) is Name else None
        if not isinstance(further, Definition):
            break
        meaning = further
    if isinstance(meaning, Definition):
        found = session.understand(meaning.value, meaning.text)
        start = meaning.value.start  # places count from where the line began in which it was defined
        origins = {
            node: Span(place.start - start, place.end - start) for node, place in found.origins.items()
        }
        return Expression(expression_of(found).node, meaning.text, origins, found.uses), meaning.text
    if text == "ans":
        hint = "give an expression, and values where they are needed, as in: x*log(x) x=0"
        raise UsageMistake("SG515", "there is no last answer that this could be about", hint=hint)
    return session.expression(text), text
