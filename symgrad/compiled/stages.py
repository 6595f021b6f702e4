"""A plan cut where NumPy has to be asked: machine code, some calls, machine code again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from symgrad.compiled.plan import Plan
from symgrad.compiled.share import needed
from symgrad.compiled.simple import TRUTHS

FIXED = ("constant", "truth")


class Call(NamedTuple):
    """A function of NumPy's on arrays: result and operands are rows of the whole plan."""

    function: Callable[..., Any]
    attrs: Mapping[str, Any]
    args: tuple[int, ...]
    result: int


class Stage(NamedTuple):
    """Machine code, then calls.

    Attributes:
        plan: what is computed; None if nothing is.
        kinds: of its inputs.
        sources: the rows of the whole plan that its inputs are.
        results: and its outputs.
        calls: what NumPy does then.
    """

    plan: Plan | None
    kinds: tuple[str, ...]
    sources: tuple[int, ...]
    results: tuple[int, ...]
    calls: tuple[Call, ...]


def kinds_of(plan: Plan, kinds: Sequence[str]) -> list[str]:
    """What each row is, "real" or "bool"."""
    found: list[str] = []
    for name, args, extra in plan.rows:
        if name == "input":
            found.append(kinds[extra])
        elif name in TRUTHS:
            found.append("bool")
        else:  # a choice is what its branches are; all else are numbers made of numbers
            found.append(found[args[-1]] if args else "real")
    return found


def split(plan: Plan, kinds: Sequence[str]) -> list[Stage]:
    """The stages of a plan."""
    level: list[int] = []
    last = 0
    for name, args, _ in plan.rows:
        here = max((level[a] + (plan.rows[a].name == "numpy") for a in args), default=0)
        level.append(here)
        last = max(last, here + (name == "numpy"))
    kind = kinds_of(plan, kinds)
    wanted = needed(plan.rows, plan.outputs)
    stages = []
    for k in range(last + 1):
        calls = tuple(
            Call(row.extra[0].array_fn, dict(row.extra[1]), row.args, i)
            for i, row in enumerate(plan.rows)
            if wanted[i] and row.name == "numpy" and level[i] == k
        )
        stages.append(_stage(plan, level, k, wanted, kind, calls))
    return stages


def _stage(
    plan: Plan, level: list[int], k: int, wanted: list[bool], kind: list[str], calls: tuple[Call, ...]
) -> Stage:
    rows = plan.rows
    own = [
        wanted[i] and level[i] == k and row.name not in ("input", "numpy", *FIXED)
        for i, row in enumerate(rows)
    ]
    later = {
        a
        for i, row in enumerate(rows)
        if wanted[i] and (level[i] > k or row.name == "numpy")
        for a in row.args
    }
    results = [i for i, mine in enumerate(own) if mine and (i in later or i in plan.outputs)]
    out = Plan()
    moved: dict[int, int] = {}
    sources: list[int] = []
    for i, mine in enumerate(own):
        if not mine:
            continue
        for a in rows[i].args:
            if a not in moved and rows[a].name in FIXED:
                moved[a] = out.row(rows[a].name, extra=rows[a].extra)
            elif a not in moved:
                moved[a] = out.row("input", extra=len(sources))
                sources.append(a)
        moved[i] = out.row(rows[i].name, *[moved[a] for a in rows[i].args], extra=rows[i].extra)
    out.outputs = [moved[i] for i in results]
    out.inputs = [None] * len(sources)
    return Stage(
        out if results else None, tuple(kind[a] for a in sources), tuple(sources), tuple(results), calls
    )
