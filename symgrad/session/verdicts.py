"""What is said beside each number: a mark, and what is wrong with a value that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from symgrad.session.display import Segments
from symgrad.session.numbers import brief, number
from symgrad.session.results import Evaluated, Several

if TYPE_CHECKING:
    from symgrad.check import Partial
    from symgrad.graph import Node

SIGNS = {
    "verified": "✓",
    "convention": "⚠",
    "unchecked": "?",
    "rounding": "~",
    "undefined": "⚠",
    "mismatch": "✗",
}
STYLES = {
    "verified": "good",
    "convention": "warn",
    "unchecked": "warn",
    "rounding": "warn",
    "undefined": "warn",
    "mismatch": "bad",
}
WORST_FIRST = ("mismatch", "undefined", "rounding", "unchecked", "convention", "verified")
CAUSES = ("domain", "pole", "undefined", "overflow")


class Mark(NamedTuple):
    """A style and what stands beside a number."""

    style: str
    text: str


def mark_of(partial: Partial) -> Mark:
    """A sign and a few words: `✓ 16 digits`."""
    if partial.status == "rounding":
        said = lost(partial)
    elif partial.status == "verified" and not partial.digits:
        said = "proved"
    else:
        said = without(partial.explanation, partial.status)
    return Mark(STYLES[partial.status], f"{SIGNS[partial.status]} {said}")


def lost(partial: Partial) -> str:
    """How many digits of float64's number are right."""
    if not partial.digits:
        return "no digit is right"
    return f"only {partial.digits} digit{'s are' if partial.digits > 1 else ' is'} right"


def without(said: str, status: str) -> str:
    """An explanation without its first word where the sign says it already."""
    return said.removeprefix(f"{status}: ").removeprefix("not checked: ").strip() or status


def comment(value: Partial) -> Mark | None:
    """What is said beside the value."""
    if value.status == "verified":
        return None
    mark = mark_of(value)
    if value.status == "rounding" and value.truth is not None:
        return Mark(mark.style, f"{mark.text}; the true value is {value.truth}")
    return mark


def mark_at(result: Several, key: str) -> Mark | None:
    """The mark on one of several numbers; the worst of an array's elements."""
    if result.verdict is None:
        return None
    parts = [p for name, p in result.verdict.elements.items() if name == key or name.startswith(f"{key}[")]
    return mark_of(min(parts, key=_badness)) if parts else None


def _badness(p: Partial) -> tuple[int, int]:
    """The worst first."""
    return WORST_FIRST.index(p.status), p.digits or 0


def parts_of(result: Evaluated, name: str) -> list[Partial]:
    """The verdicts on a variable: one, or one for each element of an array."""
    assert result.verdict is not None
    partials = result.verdict.partials
    if name in partials:
        return [partials[name]]
    return [partial for key, partial in partials.items() if key.startswith(f"{name}[")]


def details(
    result: Evaluated, name: str, precision: int | None
) -> tuple[Mark | None, tuple[tuple[str, str], ...]]:
    """The mark on a partial derivative; where float64's digits are wrong, both numbers stand below it."""
    parts = parts_of(result, name)
    if not parts:
        return None, ()
    worst = min(parts, key=_badness)
    mark = mark_of(worst)
    if len(parts) > 1 and worst.status != "verified":
        mark = Mark(mark.style, f"{mark.text} ({worst.name})")
    if len(parts) > 1 or worst.status not in ("rounding", "mismatch") or worst.truth is None:
        return mark, ()
    ours, truth = number(worst.number, precision), worst.truth
    signed = ours.startswith("-") or truth.startswith("-")
    pair = tuple(" " * (signed and not text.startswith("-")) + text for text in (ours, truth))
    return mark, (("float64", pair[0]), ("true   ", pair[1]))


def undefined(result: Evaluated) -> Segments:
    """`is undefined at x = 0 (0/0)`."""
    where = ", ".join(f"{name} = {brief(value)}" for name, value in result.point.items())
    what = "is undefined" if _has_nan(result.value) else "is infinite"
    cause = _cause(result)
    return [
        ("warn", f" {what}"),
        ("", f" at {where}" if where else ""),
        ("dim", f" ({cause})" if cause else ""),
    ]


def _has_nan(value: Any) -> bool:
    """Whether a number is nan, or an element of an array."""
    if isinstance(value, float):
        return value != value
    import numpy as np

    return bool(np.any(np.isnan(value)))


def _cause(result: Evaluated) -> str:
    """The operation that went wrong, with its operands' values: `0/0`, `log(-1)`."""
    flag = next((flag for flag in result.flags if flag.kind in CAUSES), None)
    if flag is None:
        return ""
    operands = [_value_of(node, result.point) for node in flag.node.args]
    if any(operand is None for operand in operands):
        return flag.detail
    op = flag.node.op
    if op.infix and len(operands) == 2:
        left, right = (f"({text})" if text.startswith("-") else text for text in map(str, operands))
        return f"{left}{op.infix}{right}"
    shown = f"{op.name}({', '.join(map(str, operands))})"
    return f"{shown}: {flag.detail.rpartition(', not at')[0]}" if ", not at" in flag.detail else shown


def _value_of(node: Node, point: Any) -> str | None:
    """The value of an operand at the point, if it is a number."""
    from symgrad.expression import Expression

    value = Expression(node)(point)
    return brief(value) if isinstance(value, float) else None
