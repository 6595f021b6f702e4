"""Results and errors as JSON: strict (numbers that are none are strings), ASCII only, one object, versioned."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError
from symgrad.session.numbers import jsonable
from symgrad.session.results import Defined, Evaluated, Learned, Listing, Result, Several, Symbolic, Text

if TYPE_CHECKING:
    from symgrad.check import Partial

VERSION = 1


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
            return {
                "expr": result.text,
                "formula": str(result.expression),
                "variables": list(result.expression.variables),
            }
        case Several():
            formulas = {key: str(entry) for key, entry in result.entries.items()}
            return {"expr": result.text, "formulas": formulas, "values": result.values}
        case Defined():
            return {"name": result.name, "kind": result.kind, "text": result.text, "value": result.value}
        case Listing():
            return {"title": result.title, "rows": result.rows}
        case Learned():
            return asdict(result)
        case Text():
            return {**result.data} if result.data else {"text": result.text}


def _evaluated(result: Evaluated) -> dict[str, Any]:
    from symgrad.symbolic.text import text

    found = {
        "expr": result.text,
        "at": result.point,
        "value": result.value,
        "grad": result.grad,
        "derivatives": {name: text(d.node) for name, d in result.derivatives.items()},
        "flags": [{"kind": f.kind, "detail": f.detail} for f in result.flags],
        "check": _check(result),
    }
    return found if result.reading is None else {**found, "reading": result.reading}


def _check(result: Evaluated) -> dict[str, Any]:
    verdict = result.verdict
    if verdict is None:
        status = "unchecked" if result.defined else "undefined"
        return {"status": status, "explanation": result.unchecked or "not asked for", "partials": {}}
    partials = {name: _partial(partial) for name, partial in verdict.partials.items()}
    return {
        "status": verdict.status,
        "explanation": verdict.explanation,
        "value": _partial(verdict.value),
        "partials": partials,
    }


def _partial(partial: Partial) -> dict[str, Any]:
    return {
        "status": partial.status,
        "digits": partial.digits,
        "ulp": partial.ulp,
        "certified": partial.certified,
        "explanation": partial.explanation,
    }
