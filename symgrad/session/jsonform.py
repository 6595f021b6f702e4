"""Results and errors as JSON: strict (numbers that are none are strings), ASCII only, one object, versioned."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError
from symgrad.session import comparison, drawing, improvement, plotting, reasons, story
from symgrad.session.numbers import jsonable
from symgrad.session.places import witness_said, written
from symgrad.session.results import (
    Accounted,
    Compared,
    Defined,
    Drawn,
    Evaluated,
    Explained,
    Improved,
    Learned,
    Listing,
    Plotted,
    Result,
    Several,
    Symbolic,
    Text,
    Told,
)

if TYPE_CHECKING:
    from symgrad.check import Partial, Verdict
    from symgrad.engine.flags import Flag
    from symgrad.expression import Expression
    from symgrad.graph import Node

VERSION = 1
MOST_NODE = 200
"""Characters of a part of an expression."""


def line(data: dict[str, Any]) -> str:
    """One line of JSON without a line end."""
    assert "symgrad" not in data, "that is the version of the format"
    text = json.dumps({"symgrad": VERSION, **jsonable(data)}, allow_nan=False)
    return text if "\\ud" not in text else _paired(text)


def _paired(text: str) -> str:
    """The same with halves of characters, which came from bytes that are no text, replaced."""
    whole = json.dumps(json.loads(text), ensure_ascii=False)
    return json.dumps(json.loads(whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")))


def error_data(error: SymgradError) -> dict[str, Any]:
    """An error as data."""
    span = None if error.span is None else list(error.span)
    fields = {
        "code": error.code,
        "message": error.message,
        "span": span,
        "column": error.column,
        "hint": error.hint,
    }
    return {"error": fields}


def data(result: Result) -> dict[str, Any]:
    """A result as data; README describes the fields."""
    match result:
        case Evaluated():
            return _evaluated(result)
        case Symbolic():
            shown: dict[str, Any] = {
                "expr": result.text,
                "formula": str(result.expression),
                "variables": list(result.expression.variables),
            }
            return {**shown, "where": list(result.where)} if result.where else shown
        case Several():
            formulas = {key: str(entry) for key, entry in result.entries.items()}
            found = {"expr": result.text, "formulas": formulas, "values": result.values}
            return found if result.verdict is None else {**found, "check": verdict_data(result.verdict, None)}
        case Defined():
            return {"name": result.name, "kind": result.kind, "text": result.text, "value": result.value}
        case Listing():
            return {"title": result.title, "rows": result.rows}
        case Learned():
            return asdict(result)
        case Text():
            return {**result.data} if result.data else {"text": result.text}
        case Compared():
            return comparison.data(result)
        case Explained():
            return reasons.explained_data(result)
        case Accounted():
            return reasons.accounted_data(result)
        case Drawn():
            return drawing.data(result)
        case Told():
            return story.data(result)
        case Plotted():
            return plotting.data(result)
        case Improved():
            return improvement.data(result)


def _evaluated(result: Evaluated) -> dict[str, Any]:
    from symgrad.symbolic.text import text

    found = {
        "expr": result.text,
        "at": result.point,
        "value": result.value,
        "grad": result.grad,
        "derivatives": {name: text(d.node) for name, d in result.derivatives.items()},
        "flags": [_flag(result.expression, f) for f in result.flags],
        "check": _check(result),
    }
    return found if result.reading is None else {**found, "reading": result.reading}


def _flag(expression: Expression, flag: Flag) -> dict[str, Any]:
    return {"kind": flag.kind, "detail": flag.detail, **_place(expression, flag.node)}


def _place(expression: Expression, node: Node) -> dict[str, Any]:
    """A part of an expression: as text, and where it stands in the text as it was typed (None if it does not)."""
    place = expression.origins.get(node)
    return {"node": written(expression, node, MOST_NODE), "span": None if place is None else list(place)}


def _check(result: Evaluated) -> dict[str, Any]:
    if result.verdict is None:
        status = "unchecked" if result.defined else "undefined"
        return {"status": status, "explanation": result.unchecked or "not asked for", "partials": {}}
    return verdict_data(result.verdict, result.expression)


def verdict_data(verdict: Verdict, expression: Expression | None) -> dict[str, Any]:
    """A verdict as data; places in the text where there is one."""
    found: dict[str, Any] = {
        "status": verdict.status,
        "explanation": verdict.explanation,
        "value": _partial(verdict.value, expression),
        "partials": {name: _partial(partial, expression) for name, partial in verdict.partials.items()},
    }
    if verdict.elements:
        found["elements"] = {name: _partial(p, expression) for name, p in verdict.elements.items()}
    return found


def _partial(partial: Partial, expression: Expression | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "status": partial.status,
        "digits": partial.digits,
        "ulp": partial.ulp,
        "certified": partial.certified,
        "explanation": partial.explanation,
    }
    more = {name: getattr(partial, name) for name in ("left", "right", "limit", "limits")}
    more |= {name: getattr(partial, name) or None for name in ("hint", "reproduce")}
    if partial.cause is not None and expression is not None:
        more["cause"] = {**_place(expression, partial.cause), "text": partial.mechanism}
    if partial.witnesses:
        more["witnesses"] = {w.name: witness_said(w) for w in partial.witnesses}
    return found | {name: value for name, value in more.items() if value is not None}
