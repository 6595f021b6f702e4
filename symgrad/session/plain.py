"""Results for programs and screen readers that want neither JSON nor columns: tab-separated lines of ASCII words."""

from __future__ import annotations

from symgrad.session.display import display_safe
from symgrad.session.numbers import number
from symgrad.session.results import Evaluated


def numbers(result: Evaluated, precision: int | None) -> str:
    """`value`, then a line `d/dx`, formula, number for each variable."""
    lines: list[tuple[str, ...]] = [("value", display_safe(result.text), number(result.value, precision))]
    if result.defined:
        lines += [
            (f"d/d{name}", str(result.derivatives.get(name, "")), number(g, precision))
            for name, g in result.grad.items()
        ]
    return _lines(lines)


def verdict(result: Evaluated) -> str:
    """`check`, the name, its status, digits and certified number for each; `verdict` for all."""
    if result.verdict is None:
        return _lines([("verdict", "unchecked", result.unchecked)]) if result.unchecked else ""
    found = result.verdict
    lines = []
    for name, partial in {"value": found.value, **{f"d/d{n}": p for n, p in found.partials.items()}}.items():
        digits = "" if partial.digits is None else str(partial.digits)
        lines.append(("check", name, partial.status, digits, partial.certified or ""))
    return _lines([*lines, ("verdict", found.status, found.explanation)])


def in_one_line(result: Evaluated, precision: int | None) -> str:
    """The expression, its value, `d/dx=...` for each variable, and the status of the verdict."""
    cells = [display_safe(result.text.strip()), number(result.value, precision)]
    cells += [f"d/d{name}={number(g, precision)}" for name, g in result.grad.items()]
    return _lines([(*cells, result.verdict.status if result.verdict is not None else "unchecked")])


def _lines(rows: list[tuple[str, ...]]) -> str:
    return "".join("\t".join(cell.replace("∂/∂", "d/d") for cell in row).rstrip("\t") + "\n" for row in rows)
