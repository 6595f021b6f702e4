"""The verdict on everything, in sentences: the worst first, where it happened, and a way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symgrad.session.display import Segments, beside, display_safe, folded
from symgrad.session.places import pointed, written
from symgrad.session.results import Evaluated
from symgrad.session.verdicts import SIGNS, STYLES, WORST_FIRST, comment, details, without

if TYPE_CHECKING:
    from symgrad.check import Partial, Verdict
    from symgrad.graph import Node

FEW = 8
"""With fewer right digits than this float64 is not enough; with more it lost the last ones."""
HAPPENS = {
    "kink": "has a kink here",
    "tie": "is at a tie here",
    "jump": "jumps here",
    "branch": "is at its border here",
    "vertical": "is vertical here",
}
ABSENT = {"undefined": "there is no derivative", "convention": "there is no single slope"}
MOST_NAMED = 3
COMMAND = "symgrad improve"
"""How a better form is asked for on the command line."""
NARROW = 24
"""Columns below which a remark starts on a line of its own."""


def summary(result: Evaluated, columns: int = 80, command: str = COMMAND) -> Segments:
    """The sentences at the end, after a blank line."""
    segments: Segments = [*_sentences(result, columns, command)]
    assert result.verdict is not None
    below = result.verdict.value.status == "undefined" and not result.defined  # it belongs to the line above
    return [*([] if below else [("", "\n")]), *segments] if segments else []


def summary_of(verdict: Verdict, columns: int) -> Segments:
    """The sentence about several numbers."""
    style, sign = STYLES[verdict.status], SIGNS[verdict.status]
    said = without(verdict.explanation, verdict.status)
    return [("", "\n"), *_lines(style, f"{sign} {verdict.status}: {said}", "  ", columns)]


def _sentences(result: Evaluated, columns: int, command: str) -> Iterator[tuple[str, str]]:
    """One sentence for each kind of trouble; where, and what to do, in lines below it."""
    verdict = result.verdict
    assert verdict is not None
    if verdict.status == "verified":
        yield from _lines("good", f"✓ verified: {verdict.explanation}", "  ", columns)
        return
    helped: list[str] = []
    for status in WORST_FIRST[:-1]:
        found = [p for p in verdict.parts if p.status == status]
        if not found:
            continue
        if status != "undefined" or result.defined:
            said = f"{SIGNS[status]} {status}: {_sentence(result, status, found)}"
            yield from _lines(STYLES[status], said, "  ", columns)
        yield from _places(result, status, found, columns)
        for text in dict.fromkeys(help_ for p in found for help_ in _help(p, command)):
            if text not in helped:
                helped.append(text)
                yield from _lines("", f"  help: {display_safe(text)}", "        ", columns)
        for line in dict.fromkeys(p.reproduce for p in found if p.reproduce):
            yield ("dim", f"  to reproduce: {display_safe(line)}\n")


def _help(partial: Partial, command: str) -> Iterator[str]:
    if partial.hint:
        yield f"{partial.hint} ({command})" if partial.status == "rounding" else partial.hint


def _places(result: Evaluated, status: str, found: list[Partial], columns: int) -> Iterator[tuple[str, str]]:
    """The operation that lost the digits, with carets below its place."""
    if status == "undefined" and not result.defined and result.verdict is not None:
        near = result.verdict.value.mechanism
        yield from _lines("", f"  {display_safe(near)}", "  ", columns) if near else ()
    if status != "rounding":
        return
    told: set[Node] = set()
    for p in found:
        if p.cause is None or p.cause in told or len(told) >= MOST_NAMED:
            continue
        told.add(p.cause)
        place = pointed(result.expression, p.cause, columns - 4)
        if place is None:
            name = written(result.expression, p.cause)
            said_there = p.mechanism if name in p.mechanism else f"{name}: {p.mechanism}"
            yield from _lines("", f"  {display_safe(said_there)}", "  ", columns)
            continue
        line, carets = place
        yield ("", f"  {line}\n")
        room = columns - len(carets) - 4
        said = folded(display_safe(p.mechanism), room) if room >= NARROW else []
        yield ("warn", f"  {carets}")
        yield ("", f"  {said[0]}\n" if said else "\n")
        for more in said[1:]:
            yield ("", f"{' ' * (len(carets) + 4)}{more}\n")
        if not said:
            yield from _lines("", f"  {display_safe(p.mechanism)}", "  ", columns)


def _sentence(result: Evaluated, status: str, found: list[Partial]) -> str:
    if status == "rounding":
        few = min(p.digits or 0 for p in found) < FEW
        return (
            f"the rule is right, float64 {'is not enough' if few else 'loses the last digits'} at this point"
        )
    assert result.verdict is not None
    if status == "convention":
        kinds = {flag.node: HAPPENS[flag.kind] for flag in result.verdict.flags if flag.kind in HAPPENS}
        causes = dict.fromkeys(p.cause for p in found if p.cause is not None and p.cause in kinds)
        named = [f"{display_safe(written(result.expression, node))} {kinds[node]}" for node in causes]
        if named:
            more = f", and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
            return f"{', '.join(named[:MOST_NAMED])}{more}: the slope shown follows a convention"
        if all(
            p.left is not None and p.left == p.right and (p.limit, p.limits) == (None, None) for p in found
        ):
            return "the number shown is a convention, not the slope of both sides"
    slopes = [display_safe(p.name) for p in found if p.name in result.verdict.partials]
    if status in ABSENT and len(slopes) == len(found):
        more = f" and {len(slopes) - MOST_NAMED} more" if len(slopes) > MOST_NAMED else ""
        return f"{ABSENT[status]} by {', '.join(slopes[:MOST_NAMED])}{more} here"
    if status in ABSENT and result.origin is not None:
        return f"{ABSENT[status]} here"
    explanations = dict.fromkeys(without(p.explanation, status) for p in found)
    where = ", ".join(f"∂/∂{name}" for name in slopes)
    return "; ".join(explanations) + (f" ({where})" if where and len(found) <= MOST_NAMED else "")


def _lines(style: str, text: str, indent: str, columns: int) -> Iterator[tuple[str, str]]:
    """A sentence on as many lines as it takes."""
    lead = text[: len(text) - len(text.lstrip())]
    first, *rest = folded(text.lstrip(), max(columns - max(len(lead), len(indent)), NARROW))
    yield (style, f"{lead}{first}\n")
    for line in rest:
        yield (style, f"{indent}{line}\n")


def later(result: Evaluated, precision: int | None, columns: int = 80) -> Segments:
    """The verdict as a block of its own, for output that cannot be rewritten: sentences, then each number by name."""
    assert result.verdict is not None
    segments = summary(result, columns)
    size = max((len(name) for name in result.grad), default=0)
    said = comment(result.verdict.value)
    if said is not None:
        size = max(size, 2)  # `value` is as wide as `∂/∂xy`
        segments += beside([("label", f"  {'value'.ljust(size + 3)}")], said.style, said.text, columns)
    for name in result.grad:
        mark, below = details(result, name, precision)
        if mark is None:
            continue
        segments += beside([("label", f"  ∂/∂{name.ljust(size)}")], mark.style, mark.text, columns)
        for label, text in below:
            segments += [("dim", f"  {' ' * (size + 3)}   {label}   "), ("number", text + "\n")]
    return segments
