"""Numbers and operations in few characters, as there is room for in a box."""

from __future__ import annotations

import math
from typing import Any

from symgrad.graph import CONST, VAR, Node

DIGITS = 6
FEW = 3
"""Elements of an array that are shown."""
LONGEST = 28
"""Characters of a name or number in a box."""


def number(value: Any) -> str:
    """A number, a condition, or an array: `0.56448`, `true`, `[1, 2, 3]`, `16×16`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return _digits(float(value))
    shape: tuple[int, ...] = getattr(value, "shape", ())
    if shape == ():
        return number(value.item())
    if len(shape) == 1 and shape[0] <= FEW:
        return f"[{', '.join(number(x.item()) for x in value)}]"
    if len(shape) == 1:
        return f"[{number(value[0].item())}, … {number(value[-1].item())}]"
    return "×".join(map(str, shape))


def constant(value: Any) -> str:
    """A constant as it was written, if it is short."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        exact = repr(value).removesuffix(".0")
        return exact if len(exact) <= SHORT else number(value)
    return number(value)


SHORT = 12


def _digits(x: float) -> str:
    """Six digits; an exponent is written as short as the language takes it."""
    text = f"{x:.{DIGITS}g}"
    if "e" not in text:
        return text
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"


def magnitude(value: Any) -> float | None:
    """The size of a number, or the length of an array; None where there is none."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float | int):
        return abs(float(value))
    import numpy as np

    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(np.asarray(value, dtype=float)))))


def length(values: list[Any]) -> float | None:
    """The length of several gradients together; None where none is known."""
    sizes = [size for value in values if (size := magnitude(value)) is not None]
    return math.hypot(*sizes) if sizes else None


def gradient(g: Any) -> str:
    """`grad -2`, or of an array `|grad| 0.5`."""
    if getattr(g, "shape", ()) == ():
        return f"grad {number(g)}"
    return f"|grad| {number(magnitude(g))}"


def title(node: Node) -> str:
    """What stands in a node's box: the sign or the name of its op, a variable's name, a number."""
    if node.op is CONST:
        return constant(node.value)
    if node.op is VAR:
        return clipped(node.name)
    op = node.op
    sign = op.infix.strip() or op.prefix.strip() or op.postfix.strip()
    return str(sign or op.name)


def clipped(text: str, most: int = LONGEST) -> str:
    """A text without its middle if it is long."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1]}…{text[-tail:]}"


def share(part: float) -> str:
    """A part of an error in percent."""
    percent = 100 * part
    return "error < 1 %" if 0 < percent < 1 else f"error {percent:.0f} %"


def weights(sizes: list[float | None]) -> list[float | None]:
    """How strong each colour is: by the logarithm, from the largest down to a hundredth of it."""
    largest = max((s for s in sizes if s is not None and math.isfinite(s)), default=0.0)
    return [_weight(size, largest) for size in sizes]


DECADES = 2


def _weight(size: float | None, largest: float) -> float | None:
    if size is None or not math.isfinite(size):
        return None
    if size == 0 or largest == 0:
        return 0.0
    return max(0.0, 1 + (math.log10(size) - math.log10(largest)) / DECADES)
