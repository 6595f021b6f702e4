"""The matrix of ops and interpreters has no empty cell, and the written reference is the table's."""

from __future__ import annotations

from pathlib import Path

import pytest

from symgrad.ops import OPS
from symgrad.ops.op import Op, op, remove
from symgrad.ops.reference import reference
from symgrad.ops.support import EMPTY, INTERPRETERS, Refused, gaps, support


@pytest.mark.parametrize("entry", OPS.values(), ids=lambda entry: entry.name)
def test_every_cell_is_filled(entry: Op) -> None:
    """Each interpreter serves each op natively or through its body, or says why not."""
    cells = {name: support(entry, name) for name in INTERPRETERS}

    assert {} == {name: cell for name, cell in cells.items() if cell == EMPTY}
    assert all(cell in ("native", "expanded") or isinstance(cell, Refused) for cell in cells.values())


def test_an_empty_cell_is_seen() -> None:
    """An op without a body, a ball or a SymPy counterpart fails the test above."""
    entry = op("lonely", "An op that only computes.", "lonely(1) = 1", lambda g, y, x: g, scalar=lambda x: x)
    try:
        assert {"ball", "series", "sympy"} == {n for n in INTERPRETERS if support(entry, n) == EMPTY}
    finally:
        remove("lonely")


def test_refusals_give_reasons() -> None:
    """What is refused is refused for a reason, also the derivative by one argument."""
    reasons = [
        c.reason for o in OPS.values() for n in INTERPRETERS if isinstance(c := support(o, n), Refused)
    ]
    reasons += [why for o in OPS.values() for why in gaps(o).values()]

    assert reasons
    assert all(len(reason.split()) > 3 for reason in reasons)


def test_the_reference_is_up_to_date(root: Path) -> None:
    """docs/ops.md is what `python -m symgrad.ops.reference` writes."""
    assert reference() == (root / "docs" / "ops.md").read_text(encoding="utf-8")
