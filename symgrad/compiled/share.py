"""One reciprocal for all quotients by one divisor, and the rows that nothing needs left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from symgrad.compiled.plan import OVER, TIMES, Plan, Row, mild

MOST_POWER = 3


class Quotient(NamedTuple):
    """a/(factor*base^power)."""

    row: int
    above: int
    below: int
    factor: float
    base: int
    power: int


def needed(rows: list[Row], outputs: Iterable[int]) -> list[bool]:
    """Which rows the outputs are made of."""
    wanted = [False] * len(rows)
    for o in outputs:
        wanted[o] = True
    for i in range(len(rows) - 1, -1, -1):
        if wanted[i]:
            for a in rows[i].args:
                wanted[a] = True
    return wanted


def quotients(plan: Plan, wanted: list[bool]) -> dict[int, list[Quotient]]:
    """The quotients by what their divisors are powers and multiples of."""
    found: dict[int, list[Quotient]] = {}
    for i, (name, args, _) in enumerate(plan.rows):
        if wanted[i] and name == OVER:
            factor, below = 1.0, args[1]
            inner = plan.scaled(below)
            if inner is not None and mild(inner[0]):
                factor, below = inner
            base, power = root_of(plan, below)
            found.setdefault(base, []).append(Quotient(i, args[0], below, factor, base, power))
    return {base: group for base, group in found.items() if len(group) > 1}


def root_of(plan: Plan, row: int) -> tuple[int, int]:
    """(u, k) with the row being the product of k times u."""
    name, args, _ = plan.rows[row]
    if name != TIMES:
        return row, 1
    if args[0] == args[1]:
        return args[0], 2
    inner = plan.rows[args[0]]
    return (args[1], 3) if inner.name == TIMES and inner.args == (args[1], args[1]) else (row, 1)


def shared(plan: Plan, strict: bool) -> Plan:
    """The plan with shared reciprocals (not if `strict`), and without rows that are not needed."""
    wanted = needed(plan.rows, plan.outputs)
    groups = {} if strict else quotients(plan, wanted)
    by_row = {q.row: (q, {p.power for p in group}) for group in groups.values() for q in group}
    out = Plan()
    out.inputs = plan.inputs
    moved: dict[int, int] = {}
    for i, row in enumerate(plan.rows):
        if not wanted[i]:
            continue
        if i in by_row:
            moved[i] = _quotient(out, moved, *by_row[i])
        else:
            given = [moved[a] for a in row.args]
            form = SIMPLIFIED.get(row.name)
            moved[i] = out.row(row.name, *given, extra=row.extra) if form is None else form(out, *given)
    out.outputs = [moved[o] for o in plan.outputs]
    kept = needed(out.rows, out.outputs)
    return out if all(kept) else shared(out, strict=True)


SIMPLIFIED: dict[str, Callable[..., int]] = {
    "add": Plan.add,
    "sub": Plan.sub,
    "mul": Plan.mul,
    "neg": Plan.neg,
}
"""Rows that may become simpler as their operands did."""


def _quotient(out: Plan, moved: dict[int, int], q: Quotient, powers: set[int]) -> int:
    """The quotient as a product."""
    if len(powers) == 1:
        inverse = out.row("inverse", moved[q.below])
    else:
        first = out.row("inverse", moved[q.base])
        inverse = first
        for _ in range(q.power - 1):
            inverse = out.row("inverse times", inverse, first)
    if q.factor != 1:
        inverse = out.mul(out.number(1 / q.factor), inverse)
    return out.mul(moved[q.above], inverse)
