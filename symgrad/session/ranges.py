"""Ranges of variables as they are written behind an expression: x=1e-9..1e-3."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symgrad.errors import UsageMistake
from symgrad.session.session import Session

RANGE = re.compile(r"(.+?)\.\.(.+)")


def parted(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Values and ranges apart: what has two dots between two numbers is a range.

    Raises:
        UsageMistake: SG515, a range has one end, or none.
    """
    for name, text in values.items():
        if text.startswith("..") or text.endswith(".."):
            raise UsageMistake(
                "SG515", f"{name}={text}: a range has two ends", hint=f"as in {name}=1e-9..1e3"
            )
    ranges = {name: found.groups() for name, text in values.items() if (found := RANGE.fullmatch(text))}
    return {name: text for name, text in values.items() if name not in ranges}, {
        name: (low, high) for name, (low, high) in ranges.items()
    }


def evaluated(session: Session, ranges: Mapping[str, tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """The ends of ranges, as numbers.

    Raises:
        UsageMistake: SG515, a range is empty, or its ends are no numbers.
        SymgradError: an end is wrong as an expression.
    """
    found: dict[str, tuple[float, float]] = {}
    for name, ends in ranges.items():
        values = [session.assigned(name, end) for end in ends]
        (key,) = values[0]
        low, high = (value[key] for value in values)
        shown = "..".join(ends)
        if not (isinstance(low, float) and isinstance(high, float) and low - low == high - high == 0):
            raise UsageMistake("SG515", f"the ends of {name}={shown} are not finite numbers")
        if not low <= high:
            raise UsageMistake("SG515", f"{name}={shown} is empty", hint=f"write {name}={ends[1]}..{ends[0]}")
        found[key] = low, high
    return found
