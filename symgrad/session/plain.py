"""Results for programs and screen readers that want neither JSON nor columns: tab-separated lines of ASCII words."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.session.display import display_safe
from symgrad.session.numbers import number
from symgrad.session.results import Compared, Evaluated, Improved


def numbers(result: Evaluated, precision: int | None) -> str:
    """`value`, then a line `d/dx`, formula, number for each variable."""
    lines: list[tuple[str, ...]] = [("value", display_safe(result.text), number(result.value, precision))]
    if result.defined:
        lines += [
            (f"d/d{name}", str(result.derivatives.get(name, "")), number(g, precision))
            for name, g in result.grad.items()
        ]
    return tabbed(lines)


def verdict(result: Evaluated) -> str:
    """`check`, the name, its status, digits and certified number for each; `verdict` for all."""
    if result.verdict is None:
        return tabbed([("verdict", "unchecked", result.unchecked)]) if result.unchecked else ""
    found = result.verdict
    lines = []
    for name, partial in {"value": found.value, **{f"d/d{n}": p for n, p in found.partials.items()}}.items():
        digits = "" if partial.digits is None else str(partial.digits)
        lines.append(("check", name, partial.status, digits, partial.certified or ""))
    return tabbed([*lines, ("verdict", found.status, found.explanation)])


def compared(result: Compared) -> str:
    """`equal`, the status and how it was proved; then points where the sides differ or one is undefined."""
    found = result.equality
    points = [*([found.counterexample] if found.counterexample else []), *found.gaps]
    rows = [
        (
            "at",
            " ".join(f"{name}={x!r}" for name, x in f.point.items()),
            *(["undefined" if v is None else v for v in (f.left, f.right)]),
        )
        for i, f in enumerate(points)
        if f not in points[:i]
    ]
    return tabbed([("equal", found.status, found.proof), *rows])


def improved(result: Improved) -> str:
    """`form`, the better form (or the same), and how sure it is; wrong bits before and after for each number."""
    found = result.improvement
    rows = [
        (f"d/d{q.name}" if q.name else "value", f"{q.before.mean:.1f}", f"{q.after.mean:.1f}")
        for q in found.quantities
    ]
    return tabbed([("form", str(found.after), found.proof or "unchanged"), *rows])


def in_one_line(result: Evaluated, precision: int | None) -> str:
    """The expression, its value, `d/dx=...` for each variable, and the status of the verdict."""
    cells = [display_safe(result.text.strip()), number(result.value, precision)]
    cells += [f"d/d{name}={number(g, precision)}" for name, g in result.grad.items()]
    return tabbed([(*cells, result.verdict.status if result.verdict is not None else "unchecked")])


def tabbed(rows: Sequence[Sequence[str]]) -> str:
    """Rows of words, with tabs between them."""
    return "".join("\t".join(cell.replace("∂/∂", "d/d") for cell in row).rstrip("\t") + "\n" for row in rows)
