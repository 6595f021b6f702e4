"""Numbers as text: shortest digits that read back the same, or as many as were asked for."""

from __future__ import annotations

import math
from typing import Any

MOST_ELEMENTS = 12
MOST_IN_ROWS = 36
DIGITS = 6
"""Of the numbers of an array that is not shown in full."""


def number(value: Any, precision: int | None = None) -> str:
    """A value as the language writes it: `0.5`, `true`, `[1.0, 2.0]`; long arrays with their middle left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return (
            repr(float(value)) if precision is None or not math.isfinite(value) else f"{value:.{precision}g}"
        )
    return _array(value, precision)


def _array(value: Any, precision: int | None) -> str:
    """An array (rows are few levels deep: shapes are written by hand)."""
    if getattr(value, "shape", ()) == ():
        return number(value.item(), precision)
    rows = list(value)
    wide = value.ndim > 1 and value.size > MOST_IN_ROWS
    if len(rows) <= MOST_ELEMENTS and not wide:
        return f"[{', '.join(_array(row, precision) for row in rows)}]"
    head, tail = (rows[:1], rows[1:][-1:]) if wide else (rows[: MOST_ELEMENTS // 2], rows[-2:])
    gap = ["…"] * (len(head) + len(tail) < len(rows))
    return f"[{', '.join([*(_few(row, precision) for row in head), *gap, *(_few(row, precision) for row in tail)])}]"


def _few(value: Any, precision: int | None) -> str:
    """A part of an array that is not shown in full: nobody reads it back, so it needs few digits."""
    if getattr(value, "shape", ()):
        inner = [_few(row, precision) for row in value]
        gap = inner[MOST_ELEMENTS // 2 : -2] if len(inner) > MOST_ELEMENTS else []
        inner = [*inner[: MOST_ELEMENTS // 2], "…", *inner[-2:]] if gap else inner
        return f"[{', '.join(inner)}]"
    shown = number(value.item(), precision)
    return shown if len(shown) <= DIGITS + 2 else number(value.item(), DIGITS)


def brief(value: Any) -> str:
    """A number as one would say it: `x = 0`, not `x = 0.0`."""
    return number(value).removesuffix(".0") if isinstance(value, float) else number(value)


def jsonable(value: Any) -> Any:
    """A value that strict JSON can hold: numbers that are none become strings, arrays lists."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, list | tuple):
        return [jsonable(v) for v in value]
    return {str(k): jsonable(v) for k, v in value.items()}
