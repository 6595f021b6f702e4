"""The table of awkward points, and the page written from it: `python -m tests.conventions > docs/conventions.md`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symgrad.engine.flags import KINDS
from tests.conftest import ROOT

PAGE = """\
# Conventions at awkward points

Written from tests/data/conventions.jsonl by `python -m tests.conventions > docs/conventions.md`; a test keeps it up to
date, and others hold every row against the program: at one point, at many, inside branches, as a formula.

- Real numbers only. Where a function has no real value, value and slopes are `nan`, with a flag.
- No slope without a value: a value of `nan` has a gradient of `nan`. Where the value is infinite at a pole, slopes are
  infinite or `nan`.
- A branch that is not taken contributes nothing: no value, no slope, no flag.
- At a kink, a tie, a jump, or the border of a condition each op has one convention, given below, and a flag says so.
  Where certified series from both sides show that limits are the value and slopes agree, the derivative exists: it
  replaces the convention, and what backprop made of inf*0 ("proved"). This is tried for graphs of up to 300 operations
  and 8 variables, and at the first 64 distinct such points of many; beyond, the convention stays.
- Partials are independent: one that is missing does not spoil the others.
- Numbers are those of IEEE 754: gradual underflow, infinities, and zeros with a sign (`-0.0`).
- The columns of others were measured: JAX 0.10.2, PyTorch 1.13, TensorFlow 2.21, autograd 1.9.1, SymPy 1.14 (real
  symbols, simultaneous substitution; `zoo` is its complex infinity), CasADi, PyTensor, SymEngine, Alkahest.

A flag is one of these; with many points `result.masks` has a bit for each (`symgrad.engine.flags.BITS`).

| flag | it says |
|---|---|
| domain | an argument lies outside the domain |
| pole | the value is infinite, or would be |
| overflow, underflow | the value is too large, or too small, for float64 |
| undefined | no value, as for 0/0, or no slope by one of the operands |
| kink | the slope jumps here; the interval of slopes is given where the op knows it |
| tie | the arguments of a maximum or minimum are equal |
| jump | the value jumps here |
| branch | the point lies on the border of a condition |
| vertical | an infinite slope at a finite value |
| precision | twice the digits give another value: most digits of float64 are lost (at one point only) |
"""

TITLES = {
    "edges": ("Edges", "Value ; slopes, in the order of the variables."),
    "traps": ("Traps", "The slope alone in the columns of others; *ok* is the truth."),
    "checkers": (
        "What gradient checkers say",
        "Of right gradients unless noted. A tolerance cannot tell; a proof can.",
    ),
}


@dataclass(frozen=True)
class Row:
    """One awkward point, and what evaluation gives there.

    Attributes:
        graph: where the derivative's formula, evaluated on its own, gives something else than `grad`.
        truth: where float64 has no right digit.
        wide: the slope needs the twice as many digits that backprop has at one point, and not at many.
    """

    section: str
    expr: str
    at: Mapping[str, float]
    value: float
    grad: Mapping[str, float]
    flags: tuple[str, ...]
    proved: tuple[str, ...] = ()
    slopes: tuple[float, float] | None = None
    graph: Mapping[str, float] = field(default_factory=dict)
    truth: Mapping[str, float] = field(default_factory=dict)
    wide: bool = False
    note: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.expr} at {', '.join(f'{k} = {_short(x)}' for k, x in self.at.items())}"


def rows() -> list[Row]:
    """The table."""
    lines = (ROOT / "tests" / "data" / "conventions.jsonl").read_text(encoding="utf-8").splitlines()
    return [_row(json.loads(line)) for line in lines]


def _row(data: dict[str, Any]) -> Row:
    for name in ("at", "grad", "graph", "truth"):
        data[name] = {key: float(x) for key, x in data.get(name, {}).items()}
    for name in ("flags", "proved"):
        data[name] = tuple(data.get(name, ()))
    data["value"] = float(data["value"])
    data["slopes"] = tuple(data["slopes"]) if "slopes" in data else None
    assert set(data["flags"]) <= set(KINDS), data
    return Row(**data)


def page() -> str:
    """The document."""
    table = rows()
    parts = [PAGE]
    for section, (title, words) in TITLES.items():
        own = [row for row in table if row.section == section]
        peers = list(dict.fromkeys(name for row in own for name in row.others))
        head = ["function", "at", "symgrad", "flags", *peers, "remarks"]
        lines = [_line(head), _line(["---"] * len(head))]
        lines += [_line(_cells(row, peers)) for row in own]
        parts.append("\n".join([f"## {title}", "", words, "", *lines, ""]))
    return "\n".join(parts)


def _cells(row: Row, peers: list[str]) -> list[str]:
    point = ", ".join(f"{name} = {_short(x)}" for name, x in row.at.items())
    given = f"{_short(row.value)} ; {', '.join(map(_short, row.grad.values()))}"
    flags = ", ".join(row.flags)
    if row.slopes is not None:
        flags += f" [{_short(row.slopes[0])}, {_short(row.slopes[1])}]"
    if row.proved:
        flags += "; proved"
    remarks = [row.note] if row.note else []
    if row.truth:
        truth = ", ".join(map(_short, row.truth.values()))
        remarks.append(f"the check gives the true slope: {truth}")
    return [
        f"`{row.expr}`",
        point,
        given,
        flags,
        *(row.others.get(name, "") for name in peers),
        "; ".join(remarks),
    ]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _short(x: float) -> str:
    """A number in at most six digits; -0.0 and integers as they are."""
    if x == 0 and math.copysign(1, x) < 0:
        return "-0.0"
    return f"{x:.6g}"


if __name__ == "__main__":
    print(page(), end="")
