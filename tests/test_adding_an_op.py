"""Adding an op is one entry: the one that CONTRIBUTING.md shows works everywhere as soon as it is in the table."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import symgrad
from symgrad.ops import ALIASES, OPS


@pytest.fixture
def haversine(root: Path) -> Iterator[str]:
    """The entry of CONTRIBUTING.md, in the table for one test."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    entry = re.search(r"```python\n(haversine = .*?)```", text, re.DOTALL)
    assert entry is not None
    namespace = {"op": __import__("symgrad.ops").ops.op, **OPS}
    try:
        exec(entry[1], namespace)
        yield "haversine"
    finally:
        OPS.pop("haversine", None)
        ALIASES.pop("hav", None)


def test_the_entry_is_enough(haversine: str) -> None:
    """Language, value, gradient, arrays, derivatives, certified check, SymPy and printing follow from the entry."""
    f = symgrad.parse("hav(2*x)")
    x = 0.75
    value, gradient = f.value_and_grad(x=x)

    assert "haversine(2*x)" == str(f)
    assert math.sin(x) ** 2 == pytest.approx(value, rel=1e-15)
    assert math.sin(2 * x) == pytest.approx(gradient["x"], rel=1e-15)
    assert [0.0, value] == pytest.approx(list(f(x=[0.0, x])), rel=1e-15)
    assert 2 * math.cos(2 * x) == pytest.approx(f.diff("x", 2)(x=x), rel=1e-15)
    assert f.check(x=x)
    assert "sin(x)**2" == str(f.to_sympy())
    assert "haversine" in f.to_latex()


def test_its_mistakes_follow_too(haversine: str) -> None:
    """So do the arity check and the suggestion for a misspelling."""
    with pytest.raises(symgrad.SymgradError, match="haversine"):
        symgrad.parse("haversine(1, 2)")
    with pytest.raises(symgrad.SymgradError, match="did you mean `haversine`"):
        symgrad.parse("haversin(1)")
