"""Findings and rounding errors as text and as data: what happened, where in the text, and what helps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from symgrad.session.display import Segments, display_safe, shorten, width
from symgrad.session.numbers import brief, number
from symgrad.session.places import pointed, written

if TYPE_CHECKING:
    from symgrad.explain import Account, Finding, Line
    from symgrad.expression import Expression
    from symgrad.graph import Node
    from symgrad.session.results import Accounted, Explained

MOST_LINES = 5
"""Operations shown for each number; JSON has all of them."""
LEAST = 0.01
"""The part of an error that is worth a line."""
LONGEST = 40
ROOM = 20
"""Columns that the share and the size of an error take."""
MOST_FINDINGS = 8


def explained(result: Explained, columns: int) -> Segments:
    """Each finding once, with the numbers that it is about, the place in the text, and the way out."""
    trouble = any(f.trouble for f in result.findings)
    at = ", ".join(f"{name} = {brief(value)}" for name, value in result.point.items())
    segments: Segments = []
    if not trouble:
        segments += [("good", "nothing is wrong here"), ("dim", f" ({at})" if at else ""), ("", "\n\n")]
    groups: dict[tuple[str, Node, str], list[Finding]] = {}
    for finding in result.findings:
        groups.setdefault((finding.mechanism, finding.node, finding.detail), []).append(finding)
    last = ""
    for i, group in enumerate(list(groups.values())[:MOST_FINDINGS]):
        if i and trouble:
            segments.append(("", "\n"))
        segments += _finding(result, group, columns, last)
        last = group[-1].cure
    if len(groups) > MOST_FINDINGS:
        segments.append(("dim", f"\nand {len(groups) - MOST_FINDINGS} more\n"))
    return segments


def _finding(result: Explained, group: list[Finding], columns: int, told: str) -> Segments:
    first = group[0]
    names = _numbers(result, group, max(columns - len(first.mechanism) - 6, 20))
    style = "warn" if first.trouble else "dim"
    segments: Segments = [("label", names)]
    if first.trouble:
        segments += [("", "   "), (style, first.mechanism)]
    segments.append(("", "\n"))
    picture = pointed(result.expression, first.place, columns - 4)
    if picture is None:
        segments += [("", f"    {display_safe(written(result.expression, first.place, columns - 4))}\n")]
        segments += [("caret", f"    {display_safe(first.detail)}\n")]
    else:
        line, carets = picture
        apart = width(carets) + width(first.detail) + 5 > columns
        said = display_safe(first.detail)
        segments += [("", f"    {line}\n"), ("caret", f"    {carets}")]
        segments += [("caret", f"\n    {said}\n" if apart else f" {said}\n")]
    if first.cure and first.cure != told:
        segments += [("dim", "  help: "), ("", display_safe(first.cure)), ("", "\n")]
    return segments


def _numbers(result: Explained, group: list[Finding], room: int) -> str:
    """The numbers that a finding is about, as many as there is room for."""
    names = _number(result, group[0].target)
    for finding in group[1:]:
        more = f"{names}   {_number(result, finding.target)}"
        if width(more) > room:
            return f"{names} …"
        names = more
    return names


def _number(result: Explained, target: str) -> str:
    """`value = nan`, `∂/∂x = inf`."""
    name = f"∂/∂{target}" if target else "value"
    found = result.grad.get(target) if target else result.value
    return f"{name} = {brief(found)}" if isinstance(found, float) else name


def accounted(result: Accounted, columns: int) -> Segments:
    """For each number its predicted and its true error, and the operations they come from."""
    segments: Segments = []
    for i, account in enumerate(result.accounts):
        name = f"∂/∂{account.target}" if account.target else "value"
        if i:
            segments.append(("", "\n"))
        segments += [
            ("label", name),
            ("", " = "),
            ("number", number(account.number)),
            ("", f"   {_errors(account)}\n"),
        ]
        known = account.lines if math.isfinite(account.number) else ()
        rows = [line for line in known if not line.share < LEAST][:MOST_LINES]
        names = [display_safe(shorten(_operation(line), max(columns - ROOM, 16))) for line in rows]
        size = max(map(width, names), default=0)
        for line, shown in zip(rows, names, strict=True):
            share = "     " if math.isnan(line.share) else f"{line.share:4.0%} "
            gap = " " * (size - width(shown))
            segments.append(("", f"  {share}  {shown}{gap}   {_amount(line.error)}\n"))
        rest = len(known) - len(rows)
        if rest and rows:
            segments.append(("dim", f"         and {rest} with less\n"))
    return segments


def _errors(account: Account) -> str:
    """`error: 0.5 predicted, 0.5 true`."""
    if not math.isfinite(account.number):
        return "no error can be told: `why` says where this began"
    if not account.lines and account.actual == 0:
        return "exact: nothing is rounded"
    predicted = (
        "not predicted" if math.isnan(account.predicted) else f"{_amount(account.predicted)} predicted"
    )
    return (
        f"error: {predicted}, {'not known' if account.actual is None else f'{_amount(account.actual)} true'}"
    )


def _amount(x: float) -> str:
    """The size of an error: two digits are enough."""
    return "0" if x == 0 else f"{x:.2g}".replace("e+", "e").replace("e0", "e").replace("e-0", "e-")


def _operation(line: Line) -> str:
    """An operation as one would write it: what stands in a gradient only is simplified."""
    if line.node is line.place:
        return _text(line.node)
    from symgrad.symbolic.simplify import simplify

    return _text(simplify([line.node])[0])


def _text(node: Node) -> str:
    from symgrad.symbolic.text import text

    return shorten(text(node), LONGEST)


def explained_data(result: Explained) -> dict[str, Any]:
    """Findings as data."""
    return {
        "expr": result.text,
        "at": result.point,
        "value": result.value,
        "grad": result.grad,
        "findings": [_finding_data(result.expression, f) for f in result.findings],
    }


def _finding_data(expression: Expression, finding: Finding) -> dict[str, Any]:
    better = finding.better
    return {
        "of": finding.target,
        "mechanism": finding.mechanism,
        "detail": finding.detail,
        "node": _text(finding.node),
        "span": _span(expression, finding.place),
        "help": finding.cure or None,
        "better": None if better is None else {"instead_of": _text(better[0]), "write": _text(better[1])},
    }


def _span(expression: Expression, node: Node) -> list[int] | None:
    place = expression.origins.get(node)
    return None if place is None else [place.start, place.end]


def accounted_data(result: Accounted) -> dict[str, Any]:
    """Rounding errors as data."""
    numbers = [
        {
            "of": account.target,
            "number": account.number,
            "predicted": account.predicted,
            "bound": account.bound,
            "actual": account.actual,
            "operations": [
                {
                    "node": _text(line.node),
                    "span": _span(result.expression, line.place),
                    "share": line.share,
                    "error": line.error,
                }
                for line in account.lines
            ],
        }
        for account in result.accounts
    ]
    return {"expr": result.text, "at": result.point, "rounding": numbers}
