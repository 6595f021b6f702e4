"""A better form of an expression as text and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.session.display import Segments, display_safe, folded, width
from symgrad.session.numbers import brief
from symgrad.session.results import Improved

if TYPE_CHECKING:  # it brings python-flint along
    from symgrad.expression import Expression
    from symgrad.improve import Bits, Improvement, Quantity, Range

PROOFS = {
    "identity": "every step is an identity wherever its left side is defined",
    "conditions": "every step is an identity under its condition, which held wherever the original was defined",
    "series": "the series differs from the formula by less than 2^-60 of it; the other steps are identities",
}
"""How sure it is that the forms are equal."""

MARGIN = "  "


def rendered(result: Improved, columns: int) -> Segments:
    """The better form, what it saves, and why it is the same function."""
    found = result.improvement
    written = display_safe(" ".join(result.text.split()))
    if not found:
        lines = folded(found.limit, columns - 2 * len(MARGIN))
        segments: Segments = [
            ("strong", written),
            ("", "\n"),
            ("", f"{MARGIN}no better form was found{_near(found)}\n"),
        ]
        segments += [("dim", f"{MARGIN}{line}\n") for line in lines]
        return [*segments, *_table(found)] if found.quantities else segments
    segments = [("strong", written), ("", f"\n{MARGIN}is better written{_near(found)}\n\n")]
    segments += [("", MARGIN), ("strong", str(found.after)), ("", "\n\n"), *_table(found), ("", "\n")]
    segments += _steps(found)
    proved = PROOFS[found.proof] if found.rules else "simplification alone gives this form"
    proof = f"{proved}; certified arithmetic found the same values at {found.points} points"
    return [*segments, *[("dim", f"{MARGIN}{line}\n") for line in folded(proof, columns - 2 * len(MARGIN))]]


def _near(found: Improvement[Expression]) -> str:
    """For which points that was looked at."""
    if not found.ranges:
        return ""
    return " for " + ", ".join(_where(name, r) for name, r in found.ranges.items())


def _where(name: str, r: Range) -> str:
    if r.center is not None:
        return f"{name} near {_short(r.center)}"
    return f"{name} in {_short(r.low)}..{_short(r.high)}"


def _short(x: float) -> str:
    """A number as one would type it: 1e15 and not 1000000000000000."""
    short = f"{x:.6g}".replace("e+", "e").replace("e0", "e")
    return short if float(short) == x else brief(x)


def _table(found: Improvement[Expression]) -> Segments:
    """Wrong bits of each number before and after."""
    names = [_name(q) for q in found.quantities]
    size = max(map(width, names))
    head = f"{MARGIN}{' ' * size}   wrong bits: mean worst"
    if found:
        head += "     now: mean worst"
    segments: Segments = [("dim", head + "\n")]
    for name, q in zip(names, found.quantities, strict=True):
        line = f"{MARGIN}{name}{' ' * (size - width(name))}               {_bits(q.before)}"
        if found:
            line += f"          {_bits(q.after)}"
        segments.append(("", line + "\n"))
    return segments


def _bits(b: Bits) -> str:
    return f"{b.mean:4.1f}    {b.worst:2.0f}"


def _name(q: Quantity) -> str:
    return f"∂/∂{q.name}" if q.name else "value"


def _steps(found: Improvement[Expression]) -> Segments:
    segments: Segments = []
    for i, step in enumerate(found.rules, 1):
        segments.append(("", f"{MARGIN}{i}. {step.rule}"))
        segments.append(("dim", f"   ({step.where})\n" if step.where else "\n"))
    return segments


def data(result: Improved) -> dict[str, Any]:
    """The same for programs."""
    found = result.improvement
    numbers = {q.name: {"before": _pair(q.before), "after": _pair(q.after)} for q in found.quantities}
    return {
        "expr": result.text,
        "improved": bool(found),
        "form": str(found.after),
        "ranges": {name: [r.low, r.high] for name, r in found.ranges.items()},
        "points": found.points,
        "bits": {"value": numbers.pop("", None), "partials": numbers},
        "rules": [
            {"rule": s.rule, "where": s.where, "before": str(s.before), "after": str(s.after)}
            for s in found.rules
        ],
        "proof": found.proof,
        "limit": found.limit,
    }


def _pair(b: Bits) -> dict[str, float]:
    return {"mean": round(b.mean, 2), "worst": round(b.worst, 2)}
