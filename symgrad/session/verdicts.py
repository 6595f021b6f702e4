"""What is said about the numbers: a mark for each, and a sentence for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from symgrad.session.display import Segments, display_safe, shorten
from symgrad.session.numbers import brief, number
from symgrad.session.results import Evaluated

if TYPE_CHECKING:
    from symgrad.check import Partial
    from symgrad.engine.flags import Flag
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
BORDERS = {
    "kink": "has a kink here",
    "tie": "is at a tie here",
    "jump": "jumps here",
    "branch": "is at its border here",
    "vertical": "is vertical here",
}
FEW = 8
"""With fewer right digits than this float64 is not enough; with more it lost the last ones."""
CAUSES = ("domain", "pole", "undefined", "overflow")


class Mark(NamedTuple):
    """A style and what stands beside a number."""

    style: str
    text: str


def mark_of(partial: Partial, border: str = "") -> Mark:
    """A sign and a few words: `✓ 16 digits`."""
    if partial.status == "rounding":
        said = lost(partial)
    elif partial.status == "verified" and not partial.digits:
        said = "proved"
    elif partial.status == "convention" and border:
        said = f"{border}: {brief(partial.number)} is a convention"
    else:
        said = _without(partial.explanation, partial.status)
    return Mark(STYLES[partial.status], f"{SIGNS[partial.status]} {said}")


def lost(partial: Partial) -> str:
    """How many digits of float64's number are right."""
    if not partial.digits:
        return "no digit is right"
    return f"only {partial.digits} digit{'s are' if partial.digits > 1 else ' is'} right"


def _without(said: str, status: str) -> str:
    """An explanation without its first word where the sign says it already."""
    return said.removeprefix(f"{status}: ").removeprefix("not checked: ").strip() or status


def comment(value: Partial) -> Mark | None:
    """What is said beside the value."""
    if value.status == "verified":
        return None
    mark = mark_of(value)
    if value.status == "rounding" and value.certified is not None:
        return Mark(mark.style, f"{mark.text}; the true value is {value.certified}")
    return mark


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
    worst = min(parts, key=lambda p: (WORST_FIRST.index(p.status), p.digits or 0))
    border = _border(result)
    mark = mark_of(worst, border.kind if border is not None else "")
    if len(parts) > 1 and worst.status != "verified":
        mark = Mark(mark.style, f"{mark.text} ({worst.name})")
    if len(parts) > 1 or worst.status not in ("rounding", "mismatch") or worst.certified is None:
        return mark, ()
    ours, truth = number(worst.number, precision), worst.certified
    signed = ours.startswith("-") or truth.startswith("-")
    pair = tuple(" " * (signed and not text.startswith("-")) + text for text in (ours, truth))
    return mark, (("float64", pair[0]), ("true   ", pair[1]))


def _border(result: Evaluated) -> Flag | None:
    """The first kink, tie, jump or branch that the point lies on."""
    return next((flag for flag in result.flags if flag.kind in BORDERS), None)


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


def sentences(result: Evaluated) -> list[Mark]:
    """The verdict on everything: the worst first, one sentence for each kind of trouble."""
    verdict = result.verdict
    assert verdict is not None
    if verdict.status == "verified":
        return [Mark("good", f"✓ verified: {verdict.explanation}")]
    parts = [verdict.value, *verdict.partials.values()]
    said: list[Mark] = []
    for status in WORST_FIRST[:-1]:
        found = [p for p in parts if p.status == status]
        if found and (status != "undefined" or result.defined):
            said.append(Mark(STYLES[status], f"{SIGNS[status]} {status}: {_sentence(result, status, found)}"))
    return said


def _sentence(result: Evaluated, status: str, found: list[Partial]) -> str:
    if status == "rounding":
        few = min(p.digits or 0 for p in found) < FEW
        return (
            f"the rule is right, float64 {'is not enough' if few else 'loses the last digits'} at this point"
        )
    border = _border(result)
    if status == "convention" and border is not None:
        written = display_safe(_written(result, border.node))
        return f"{written} {BORDERS[border.kind]}: the slope shown follows a convention"
    explanations = dict.fromkeys(_without(p.explanation, status) for p in found)
    where = ", ".join(f"∂/∂{p.name}" for p in found if p.name)
    return "; ".join(explanations) + (f" ({where})" if where and len(found) < 4 else "")


def _written(result: Evaluated, node: Node) -> str:
    """A node as it was typed, or printed where it was not."""
    place = result.expression.origins.get(node)
    if place is not None and result.expression.source is not None:
        return shorten(result.expression.source[place.start : place.end], 40)
    from symgrad.symbolic.text import text

    return shorten(text(node), 40)


def summary(result: Evaluated) -> Segments:
    """The sentences at the end, after a blank line."""
    segments: Segments = []
    for mark in sentences(result):
        segments += [(mark.style, mark.text), ("", "\n")]
    return [("", "\n"), *segments] if segments else []


def later(result: Evaluated, precision: int | None) -> Segments:
    """The verdict as a block of its own, for output that cannot be rewritten: sentences, then each number by name."""
    assert result.verdict is not None
    segments = summary(result)
    size = max((len(name) for name in result.grad), default=0)
    said = comment(result.verdict.value)
    if said is not None:
        size = max(size, 2)  # `value` is as wide as `∂/∂xy`
        segments += [
            ("label", f"  {'value'.ljust(size + 3)}"),
            ("", "   "),
            (said.style, said.text),
            ("", "\n"),
        ]
    for name in result.grad:
        mark, below = details(result, name, precision)
        if mark is None:
            continue
        segments += [("label", f"  ∂/∂{name.ljust(size)}"), ("", "   "), (mark.style, mark.text), ("", "\n")]
        for label, text in below:
            segments += [("dim", f"  {' ' * (size + 3)}   {label}   "), ("number", text + "\n")]
    return segments
