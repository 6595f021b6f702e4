"""From graphs to kernels, each made once as long as it is in use or was of late. Nothing is kept on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from symgrad.compiled import machine
from symgrad.compiled.forms import Form
from symgrad.compiled.kernels import Kernel, Source
from symgrad.compiled.plan import OBJECTS, Plan, make
from symgrad.errors import LimitReached, UsageMistake
from symgrad.graph import Node, Program, var
from symgrad.graph.bulk import undisturbed
from symgrad.graph.scalarise import element_name, scalarise
from symgrad.ops.types import Type

MOST_KEPT = 128
"""Kernels in memory, those used last, with the graphs that they were made from: both are kept alive so long."""

MOST_OPS = 20_000
"""Operations of a kernel: beyond that LLVM takes too long, and too much memory."""

_LOCK = threading.Lock()
_KEPT: OrderedDict[Any, Kernel] = OrderedDict()


def kernel(
    roots: Sequence[Node],
    variables: Sequence[Node],
    *,
    form: Form | None = None,
    follow: bool = False,
    tier: str | None = None,
) -> Kernel:
    """Machine code for some expressions together.

    Args:
        roots: the expressions.
        variables: the inputs, in any order; all variables of the roots are among them.
        form: how the results are given back; default as a tuple.
        follow: whether results are nan where the first one is, as a gradient is where its value is.
        tier: "quick" or "full": how thoroughly code is compiled; default by the work of each call.

    Raises:
        UsageMistake: SG714, llvmlite is not installed.
        LimitReached: SG423, the expressions have too many operations.
    """
    if not machine.available():
        raise UsageMistake(
            "SG714", "machine code needs llvmlite, which is not installed", hint="pip install 'symgrad[jit]'"
        )
    if tier not in (None, machine.QUICK, machine.FULL):
        raise UsageMistake("SG511", f"a tier is `{machine.QUICK}` or `{machine.FULL}`, found {tier!r}")
    form = form or Form()
    key = (tuple(roots), tuple(variables), follow, tier)
    with _LOCK:
        found = _KEPT.get(key)
        if found is not None:
            _KEPT.move_to_end(key)
            return found if found.form == form else found.with_form(form)
    made = _make(key[0], key[1], form, follow=follow, tier=tier)
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return made


def _make(
    roots: tuple[Node, ...], variables: tuple[Node, ...], form: Form, *, follow: bool, tier: str | None
) -> Kernel:
    program = Program(roots)
    if len(program.nodes) > MOST_OPS:
        raise too_large(len(program.nodes))
    inputs = [element for v in variables for element in _elements(v)]
    if program.has_arrays:
        try:
            parts = scalarise(roots, MOST_OPS)
        except LimitReached:
            raise too_large(None) from None
        flat = [element for part in parts for element in part.reshape(-1)]
    else:
        flat = list(roots)
    with undisturbed(OBJECTS * len(program.nodes)):
        plan = make(flat, inputs)
        if follow:
            _follow(plan)
    if len(plan.rows) > MOST_OPS:
        raise too_large(len(plan.rows))
    return Kernel(Source(roots, variables, follow), plan, form, tier)


def too_large(count: int | None) -> LimitReached:
    """The mistake of an expression that is too large to compile."""
    has = "it has more" if count is None else f"it has {count:,}".replace(",", "_")
    return LimitReached(
        "SG423",
        f"a kernel has up to {MOST_OPS:,} operations".replace(",", "_") + f", and {has}",
        hint="evaluate(...) takes expressions of any size",
    )


def _elements(v: Node) -> list[Node]:
    """The numbers of a variable, as `scalarise` calls them."""
    if not v.type.shape:
        return [v]
    import numpy as np

    kind = Type(v.type.kind)
    return [var(element_name(v.name, tuple(key)), kind) for key in np.ndindex(*v.type.shape)]


def _follow(plan: Plan) -> None:
    """Make all outputs nan where the first one is."""
    first = plan.outputs[0]
    plan.outputs = [first, *(plan.row("unless nan", first, o) for o in plan.outputs[1:])]
