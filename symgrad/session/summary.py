"""The gradient of a net on the screen: a line for each parameter, with its size and its largest entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symgrad.session.display import Segments, shorten, width
from symgrad.session.held import largest, numbers_in
from symgrad.session.numbers import number

if TYPE_CHECKING:
    from symgrad.session.results import Evaluated

GAP = "   "
DIGITS = 4
MOST_LINES = 24


def in_one_line(result: Evaluated, columns: int, precision: int | None) -> Segments:
    """`loss = 0.98   337 partials, largest 0.54 at net.2.w[7, 0]`."""
    shown = number(result.value, precision)
    count = counted(result)
    room = max(columns - len(count) - len(shown) - 6, 12)
    return [
        ("strong", shorten(" ".join(result.text.split()), room)),
        ("", " = "),
        ("number", shown),
        ("label", f"{GAP}{count}"),
        ("", "\n"),
    ]


def counted(result: Evaluated) -> str:
    """How many partial derivatives there are, and the largest."""
    place, value = largest(result.grad)
    return f"{numbers_in(result.grad):,} partials, largest {number(value, DIGITS)} at {place}"


def table(result: Evaluated) -> Segments:
    """A line for each variable: its shape, the length of its gradient, its largest entry."""
    import numpy as np

    rows = []
    for name, g in result.grad.items():
        shape = getattr(g, "shape", ())
        kind = f"real[{', '.join(map(str, shape))}]" if shape else "real"
        place, value = largest({name: g})
        length = number(float(np.sqrt(np.sum(np.square(g)))), DIGITS)
        where = f" at {place}" if shape else ""
        rows.append((f"∂/∂{name}", kind, f"length {length}", f"largest {number(value, DIGITS)}{where}"))
    hidden = rows[MOST_LINES:]
    rows = rows[:MOST_LINES]
    sizes = [max(map(width, column)) for column in zip(*rows, strict=True)]
    segments: Segments = [("", "\n")]
    for label, *cells in rows:
        segments.append(("label", f"  {label}{' ' * (sizes[0] - width(label))}"))
        line = "".join(GAP + cell.ljust(size) for cell, size in zip(cells, sizes[1:], strict=True))
        segments.append(("", f"{line.rstrip()}\n"))
    if hidden:
        segments.append(("dim", f"  and {len(hidden)} more\n"))
    return segments


def note(result: Evaluated) -> Segments:
    """What is known about so many numbers."""
    doubtful = "does not agree" in result.looked
    return [("", "\n"), ("bad" if doubtful else "dim", f"? {result.looked}\n")]
