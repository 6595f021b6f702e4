"""The comparison of two expressions as text and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from symgrad.session.display import Segments
from symgrad.session.results import Compared
from symgrad.session.verdicts import SIGNS, STYLES

if TYPE_CHECKING:  # the comparison itself is needed by one command
    from symgrad.equality import Equality, Found

LIKE = {"equal": "verified", "different": "mismatch", "undecided": "unchecked"}
"""What the answers look like: the statuses of a check whose signs and colours they share."""
NO, UNKNOWN = 1, 3


def exit_code(result: Compared, *, strict: bool = False) -> int:
    """0 where they are equal, 1 where not (strictly: also where one alone is undefined), 3 where nothing is decided."""
    found = result.equality
    if found.status == "undecided":
        return UNKNOWN
    return NO if found.status == "different" or (strict and found.gaps) else 0


def rendered(result: Compared) -> Segments:
    """The answer and what speaks for it, a line each."""
    found = result.equality
    like = LIKE[found.status]
    said = found.explanation if found.counterexample is None else _different(found.counterexample)
    segments: Segments = [(STYLES[like], f"{SIGNS[like]} {said}\n")]
    lines = [*_values(result), *gaps(found.gaps)]
    if found.agreed and found.status == "equal":
        points = "1 certified point agrees" if found.agreed == 1 else f"{found.agreed} certified points agree"
        lines.insert(0, f"{points} to {found.digits} digits")
    segments += [("", f"  {line}\n") for line in lines]
    for hint in found.hints:
        segments += [("dim", "  help: ") if found.status == "different" else ("", "  "), ("", f"{hint}\n")]
    if found.status == "undecided" and found.agreed:
        segments += [
            ("dim", "  help: "),
            ("", "a larger budget may help, or a point of yours: evaluate LEFT - RIGHT there\n"),
        ]
    return segments


def _different(found: Found) -> str:
    at = _listed([found.point])
    if found.left is None or found.right is None:
        return "different: there is no point where both are defined"
    return f"different{' in element ' + found.element if found.element else ''}{' at ' + at if at else ''}"


def _values(result: Compared) -> list[str]:
    found = result.equality.counterexample
    if found is None or found.left is None or found.right is None:
        return []
    values = [_truth(v) if result.condition else v for v in (found.left, found.right)]
    sizes = [0 if result.condition else len(v.partition(".")[0]) for v in values]
    names = ("left: ", "right:")
    return [f"{name} {' ' * (max(sizes) - n)}{v}" for name, n, v in zip(names, sizes, values, strict=True)]


def _listed(points: list[Any]) -> str:
    from symgrad.equality.mistakes import listed

    return listed(points)


def _truth(value: str) -> str:
    return "false" if value == "0" else "true"


def gaps(found: Sequence[Found]) -> list[str]:
    """Where only one of both is defined, a line for each side."""
    lines = []
    for name, other, these in (
        ("left", "right", [f for f in found if f.left is None]),
        ("right", "left", [f for f in found if f.right is None]),
    ):
        for what, bent in (("is undefined", False), ("has no derivative", True)):
            alike = [f for f in these if f.bent is bent]
            if not alike:
                continue
            values = ", ".join(str(f.right if f.left is None else f.left) for f in alike)
            at = _listed([f.point for f in alike])
            lines.append(
                f"the {name} side {what}{f' at {at}, where' if at else ', and'} the {other} side is {values}"
            )
    return lines


def data(result: Compared) -> dict[str, Any]:
    """The answer as data; README describes the fields."""
    found: Equality = result.equality
    point = found.counterexample
    return {
        "left": result.left,
        "right": result.right,
        "equal": {"equal": True, "different": False}.get(found.status),
        "status": found.status,
        "explanation": found.explanation,
        "proof": found.proof or None,
        "counterexample": None if point is None else _found(point),
        "undefined": [_found(gap) for gap in found.gaps],
        "agreed": found.agreed,
        "digits": found.digits,
        "hints": list(found.hints),
    }


def _found(found: Found) -> dict[str, Any]:
    point = {"at": dict(found.point), "left": found.left, "right": found.right, "element": found.element}
    if found.left is None or found.right is None:
        point["reason"] = "no derivative" if found.bent else "undefined"
    return point
