"""Thousands of formulas of others: each parses, and its value and partials are right where float64 can be."""

from __future__ import annotations

import math

import pytest

from symgrad import Partial
from tests.accuracy import FORMULAS, describe, error, report
from tests.verdicts import overclaims, tally

PARTS = {**dict.fromkeys(FORMULAS, 1), "herbie": 2, "rubi": 6}
"""Into how many tests the sample of a file is cut, so that processes share the work."""


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas(name: str) -> None:
    """Nothing raises; all numbers are within 4 ulp or 10 times the naive error at 99.5 % of the points."""
    found = report(name)
    worst = "\n".join(map(describe, found.raised[:5] + found.bad[:15]))

    assert [] == found.raised, worst
    assert 0.995 <= found.share, f"{100 * found.share:.2f} %\n{worst}"


def test_functions() -> None:
    """Functions are within 4 ulp, their partials within 8 (special ones 1e-13), at 99 % of the points."""
    found = report("fnpoints")
    worst = "\n".join(map(describe, found.raised[:5] + found.bad[:30]))

    assert [] == found.raised, worst
    assert 0.99 <= found.share, f"{100 * found.share:.2f} %\n{worst}"


@pytest.mark.parametrize(
    ("got", "truth", "ulps"),
    [
        (1.0, "1", 0.0),
        (1.0 + 2**-52, "1", 1.0),
        (-0.0, "0", 0.0),
        (5e-324, "0", 1.0),
        (math.inf, "1e400", 0.0),
        (math.nan, "1", math.inf),
        (math.inf, "1", math.inf),
        (3.0, "3.00000000000000044408920985006", 1.0),
        (0.1, "0.1", 0.4),
    ],
)
def test_the_measure_is_exact(got: float, truth: str, ulps: float) -> None:
    """Errors are computed without rounding, at the borders of the number line too."""
    assert ulps == pytest.approx(error(got, truth)[0], abs=1e-9)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name, parts in PARTS.items() for part in range(parts)]
)
def test_verdicts(name: str, part: int) -> None:
    """With every witness asked, no verdict claims a digit that the truth does not have (a seeded sample)."""
    found = tally(name, 0.03 if name == "rubi" else 0.08, part=(part, PARTS[name]))

    assert [] == found.wrong
    assert found.statuses["verified"] > sum(found.statuses.values()) / 2
    assert found.with_sympy > 0


@pytest.mark.parametrize(
    ("partial", "truth"),
    [
        (Partial("x", 1.0, "verified", 16), "1.000000000000001"),
        (Partial("x", 1.0, "verified", 17), "1.0000000000000001"),
        (Partial("x", 0.25, "rounding", 3), "0.2515"),
        (Partial("x", 0.25, "rounding", 0, certified="0.2510"), "0.2515"),
        (Partial("x", 1e-10, "verified", 17), "0"),
        (Partial("x", 0.25, "mismatch"), "0.25"),
    ],
)
def test_a_false_claim_is_found(partial: Partial, truth: str) -> None:
    """The comparison with the truth finds each kind of false claim."""
    assert list(overclaims(partial, truth))
