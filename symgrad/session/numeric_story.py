"""The chain rule with numbers as text: forward, backward, and path by path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from symgrad.session.display import width
from symgrad.session.numbers import brief, number
from symgrad.session.pages import INDENT, Page, folded_lines, table, wrapped
from symgrad.session.results import Told
from symgrad.session.verdicts import mark_of

if TYPE_CHECKING:
    from symgrad.check import Partial
    from symgrad.explain import Chain, Passed, Path, Paths
    from symgrad.graph import Node

DIGITS_CANCEL = 1.0
"""So many digits that cancel among the paths are worth a word."""


def forward(story: Chain, columns: int, precision: int | None) -> list[str]:
    """How the value comes about: a line for each step."""
    rows = [(m.name, f"= {m.formula}", f"= {_number(m.value, precision)}") for m in story.forward]
    return table(rows, columns)


def backward(result: Told, story: Chain, columns: int, precision: int | None) -> Iterator[Page]:
    """How the derivatives come about: a page for each step, from the result back to the variables."""
    rows: list[tuple[str, ...]] = [(f"d{story.top}/d{story.top}", "= 1")]
    rows += [tuple(_passed(story, step, precision)) for step in story.backward]
    rules = ["", *(step.rule for step in story.backward)]
    marks = [None, *(result.mark(step.name) if not step.node.args else None for step in story.backward)]
    lines = table(rows, columns)
    beside = [
        rule and "\n" not in line and width(line) + len(rule) + 3 <= columns
        for line, rule in zip(lines, rules, strict=True)
    ]
    size = max((width(line) for line, on in zip(lines, beside, strict=True) if on), default=0)
    for line, rule, on, mark in zip(lines, rules, beside, marks, strict=True):
        at = min(size, columns - len(rule) - 3)
        shown = line + " " * (at - width(line)) + f"   {rule}" if on else line
        page: Page = [("", part) for part in shown.split("\n")]
        yield [*page, *_doubt(mark, columns)]
    good = [step.name for step, mark in zip(story.backward, marks[1:], strict=True) if _good(mark)]
    if good:
        names = ", ".join(sorted(good))
        said = f"{INDENT}✓ certified: the derivative{'s' * (len(good) > 1)} by {names}"
        yield [("good", line) for line in wrapped(said, columns)]


def _good(mark: Partial | None) -> bool:
    return mark is not None and mark.status == "verified"


def _doubt(mark: Partial | None, columns: int) -> Page:
    """What the check says against a number."""
    if mark is None or _good(mark):
        return []
    said = mark_of(mark)
    truth = f"; the true derivative is {mark.truth}" if mark.truth is not None else ""
    return [(said.style, line) for line in wrapped(f"{INDENT * 3}{said.text}{truth}", columns)]


def _passed(story: Chain, step: Passed, precision: int | None) -> Iterator[str]:
    """`dL/da = dL/de · de/da = -2 · b = -2 · -3 = 6`, where each equals sign begins a column."""
    top, name = story.top, step.name
    total = _number(step.adjoint, precision)
    yield f"d{top}/d{name}"
    pairs = list(story.paired(step))
    if [link.above for _, link in pairs] == [story.root]:
        formula = pairs[0][1].formula
        yield f"= {formula}" if formula == total else f"= {formula} = {total}"
        return
    over = [
        f"∂{top}/∂{name}"
        if link.above is story.root
        else f"d{top}/d{name_of(story, link.above)} · d{name_of(story, link.above)}/d{name}"
        for _, link in pairs
    ]
    yield "= " + " + ".join(over)
    formulas = " + ".join(_product(g, link.formula, link.above is story.root, precision) for g, link in pairs)
    numbers = " + ".join(
        _product(g, _number(link.number, precision), link.above is story.root, precision) for g, link in pairs
    )
    yield f"= {formulas}"
    if numbers != formulas:
        yield f"= {numbers}"
    yield f"= {total}"


def _product(g: float, factor: str, direct: bool, precision: int | None) -> str:
    return factor if direct else f"{_number(g, precision)} · {_factor(factor)}"


def name_of(story: Chain, node: Node) -> str:
    """What a node is called."""
    return story.names.get(node, story.top)


def _factor(formula: str) -> str:
    """A formula as a factor: in brackets where it is a sum."""
    return f"({formula})" if " " in formula else formula


def paths(result: Told, story: Chain, found: Paths, columns: int, precision: int | None) -> Iterator[Page]:
    """The paths, largest first; what remains; how much cancels."""
    top, by = story.top, name_of(story, found.by)
    ways = "one path" if found.count == 1 else f"{found.count:,} paths".replace(",", "_")
    head = f"d{top}/d{by} = {_number(found.total, precision)}: the sum over {ways}"
    yield [("strong", f"{INDENT}{head}")]
    rows = [_path(story, path, found.by, precision) for path in found.largest]
    for line in table(rows, columns):
        yield [("", part) for part in line.split("\n")]
    lines: Page = []
    more = found.count - len(found.largest)
    if more:
        ways = f"{more:,} more path{'s' * (more > 1)}".replace(",", "_")
        left = f"{ways}, each no larger, together {_number(found.rest, precision)}"
        lines += folded_lines(f"{INDENT}{left}", columns, INDENT * 2)
    if found.cancelled >= DIGITS_CANCEL:
        lost = "nothing" if not found.total else f"1/{10**found.cancelled:.3g} of that"
        said = f"the products cancel: {found.size:.3g} in size together, of which {lost} remains"
        lines += folded_lines(f"{INDENT}{said}", columns, INDENT * 2, "warn")
    mark = result.mark(by)
    if _good(mark):
        lines.append(("good", f"{INDENT}✓ certified"))
    yield [*lines, *_doubt(mark, columns)]


MOST_LINKS = 8
"""Of a longer path the beginning and the end are shown; the factors between are multiplied."""


def _path(story: Chain, path: Path, by: Node, precision: int | None) -> tuple[str, ...]:
    nodes = [*(name_of(story, link.above) for link in path.links), name_of(story, by)]
    numbers = [link.number for link in path.links]
    if len(numbers) > MOST_LINKS:
        half = MOST_LINKS // 2
        nodes = [*nodes[:half], "...", *nodes[-half:]]
        numbers = [*numbers[:half], math.prod(numbers[half:-half]), *numbers[-half:]]
    factors = [_number(x, precision) for x in numbers]
    total = _number(path.product, precision)
    product = " · ".join(factors)
    return (" ← ".join(nodes), f"= {product}" if product != total else "", f"= {total}")


def _number(value: Any, precision: int | None) -> str:
    return brief(value) if precision is None else number(value, precision)
