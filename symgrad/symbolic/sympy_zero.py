"""Ways in which SymPy may find out that an expression is 0, the cheap ones first; they run in its process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _plain(expr: Any) -> Any:
    return expr.expand()


def _together(expr: Any) -> Any:
    return expr.together().as_numer_denom()[0].expand()


def _exponentials(expr: Any) -> Any:
    import sympy

    return sympy.powsimp(expr.rewrite(sympy.exp).expand()).expand()


def _logarithms(expr: Any) -> Any:
    import sympy

    return sympy.expand_log(expr).simplify()


def _functions(expr: Any) -> Any:
    import sympy

    return sympy.expand_func(expr).simplify()


def _simplified(expr: Any) -> Any:
    return expr.simplify()


WAYS: dict[str, Callable[[Any], Any]] = {
    "way: expand": _plain,
    "way: one fraction": _together,
    "way: exponentials": _exponentials,
    "way: simplify": _simplified,
    "way: logarithms": _logarithms,
    "way: functions": _functions,
}
"""Names that no variable has, as answers are kept by name; each takes an expression over real symbols."""
