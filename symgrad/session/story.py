"""Stories of derivatives as text, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symgrad.session.display import Segments, display_safe, folded
from symgrad.session.numbers import brief
from symgrad.session.numeric_story import backward, forward, paths
from symgrad.session.pages import INDENT, Page, folded_lines
from symgrad.session.results import Told
from symgrad.session.story_data import data

if TYPE_CHECKING:
    from symgrad.explain import Step, Tale


def rendered(result: Told, columns: int, precision: int | None) -> Segments:
    """The whole story, or the page that was asked for."""
    chapters = list(_chapters(result, columns, precision))
    pages = [page for chapter in chapters for page in chapter]
    if result.page is not None:
        at = min(result.page, len(pages) - 1)
        head = f"{display_safe(result.text)}   step {at + 1} of {len(pages)}"
        return _lines([("dim", head), ("", ""), *pages[at]])
    lines: Page = []
    for chapter in chapters:
        lines += [("", "")] * bool(lines) + [line for page in chapter for line in page]
    return _lines(
        [*lines, *[("dim", f"{INDENT}{line}") for line in folded(result.hint, columns - 2) if line]]
    )


def count(result: Told) -> int:
    """How many pages a story has."""
    return sum(len(chapter) for chapter in _chapters(result, 80, None))


def _lines(page: Page) -> Segments:
    return [(style, f"{line.rstrip()}\n") for style, line in page]


def _chapters(result: Told, columns: int, precision: int | None) -> Iterator[list[Page]]:
    for tale in result.tales:
        yield list(_rules(tale, result, columns))
    if result.chain is not None:
        if result.chain.forward:
            yield [[("", line)] for line in forward(result.chain, columns, precision)]
        if result.paths is None:
            yield list(backward(result, result.chain, columns, precision))
        else:
            yield list(paths(result, result.chain, result.paths, columns, precision))


def _rules(tale: Tale, result: Told, columns: int) -> Iterator[Page]:
    """The derivative with symbols: a page for each rule, one for the end."""
    from symgrad.symbolic.text import text

    label = f"d/d{tale.name}"
    digits = len(str(len(tale.steps)))
    margin = " " * (len(INDENT) + digits + 2)
    for i, step in enumerate(tale.steps, 1):
        law = f": {step.law}" if step.law else ""
        yield [
            *folded_lines(f"{INDENT}{i:>{digits}}  {step.rule}{law}", columns, margin + INDENT, "strong"),
            *folded_lines(f"{margin}with {_where(step)}", columns, margin + "     ")[: 99 * bool(step.where)],
            *folded_lines(
                f"{margin}{label}({text(step.of)}) = {text(step.result)}", columns, margin + INDENT * 2
            ),
        ]
    end = text(tale.result)
    lines: Page = []
    before = text(tale.together) if len(tale.steps) > 1 else text(tale.steps[0].result) if tale.steps else end
    if not tale.steps:
        said = "the variable itself" if tale.root is tale.by else f"{tale.name} does not occur in it"
        lines.append(("", f"{INDENT}{said}"))
    elif before != end:
        how = "multiplied out and simplified" if tale.expanded else "simplified"
        rules = f": {'; '.join(tale.rules)}" if tale.rules else ""
        lines += folded_lines(f"{INDENT}together: {before}", columns, INDENT * 3)
        lines += folded_lines(f"{INDENT}{how}{rules}", columns, INDENT * 3, "dim")
    lines += [("", "")] * bool(tale.steps)
    lines += folded_lines(f"{INDENT}{label}({text(tale.root)}) = {end}", columns, INDENT * 3, "strong")
    yield [*lines, *_proof(result, tale)]


def _proof(result: Told, tale: Tale) -> Page:
    """That the end is the derivative, where it is proved."""
    at = result.proofs.get(tale.name)
    if at is None:
        return []
    point = ", ".join(f"{name} = {brief(x)}" for name, x in list(at.items())[:4])
    more = ", ..." if len(at) > 4 else ""
    where = f" at {point}{more}" if point else ""
    return [("good", f"{INDENT}✓ certified arithmetic finds the same{where}")]


def _where(step: Step) -> str:
    said = [f"{_leibniz(step, name)} = {what}" for name, what in step.where]
    return ", ".join(said)


def _leibniz(step: Step, name: str) -> str:
    return f"d{name[:-1]}/d{step.by}" if name.endswith("'") else name


__all__ = ["count", "data", "rendered"]
