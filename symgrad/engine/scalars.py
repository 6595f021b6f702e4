"""Python's numbers, out of whatever other libraries hand over, and what IEEE arithmetic adds to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.errors import TypeMistake

if TYPE_CHECKING:
    from symgrad.ops.op import Op


def plain(x: Any) -> Any:
    """A number as Python's own; NotImplemented for anything else, as an operator answers it."""
    kind = type(x)
    if kind is float or kind is int or kind is bool:
        return x
    if getattr(x, "shape", ()) == () and hasattr(kind, "__float__"):
        return plain(x.item()) if hasattr(kind, "item") else float(x)
    return NotImplemented


def number(x: Any) -> Any:
    """A number as Python's own.

    Raises:
        TypeMistake: SG211, it is none.
    """
    n = plain(x)
    if n is NotImplemented:
        hint = "a list or array becomes [Value(x) for x in numbers]"
        raise TypeMistake("SG211", f"a Value holds one number, and a {type(x).__name__} is none", hint=hint)
    return n


def power(x: Any, n: Any) -> tuple[Any, Any]:
    """x**n and its slope by x: Python's, and IEEE's where Python raises or leaves the real numbers."""
    try:
        y, slope = x**n, n * x ** (n - 1)
    except (ZeroDivisionError, OverflowError):
        pass
    else:
        if not isinstance(y, complex) and not isinstance(slope, complex):
            return y, slope
    x, n = float(x), float(n)
    return lookup("pow").scalar_fn(x, n), lookup("power_slope").scalar_fn(x, n)


def lookup(name: str) -> Op:
    """An op of the table, which is imported at first use."""
    from symgrad.ops import OPS

    return OPS[name]
