"""All ways of computing agree: a sample of the data files, random graphs, and the two functions of each op."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

import symgrad
from symgrad import compiled
from symgrad.compiled.bodies import NEAR
from symgrad.ops import OPS, Op
from symgrad.ops.types import elementwise
from tests import agreement
from tests.accuracy import FORMULAS

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, math.inf, -math.inf, math.nan, 5e-324, 1e308, 2.0**53)
SHARES = {"rubi": 0.005, "herbie": 0.01, "fnpoints": 0.03, "nist_grad": 0.4}
SHORT = (0.0, -0.0, 1.0, -2.0, math.inf, math.nan)

SIGNLESS = {
    *("atan2_slope", "trunc_quotient", "csch", "erfinv", "max", "min", "clip"),
}
"""Ops whose array function may give a zero of the other sign: NumPy's maximum of 0 and -0 is either of them."""

FUNCTIONS = [op for op in OPS.values() if op.result is elementwise and op.arity and not op.attrs]


@pytest.mark.parametrize("name", [*FORMULAS, "fnpoints"])
def test_the_data_files(name: str) -> None:
    """A share of each file: all numbers lie in the ball that holds them, all infinities and masks are the same."""
    tally = agreement.of_file(name, SHARES.get(name, 0.1))
    assert tally.points
    assert not tally.mistakes, tally.mistakes[:3]


def test_random_graphs() -> None:
    """Random graphs at infinities, nans, zeros, subnormal and huge numbers among plain ones."""
    tally = agreement.of_graphs(15, seed=3)
    assert tally.numbers > 50
    assert not tally.mistakes, tally.mistakes[:3]


def test_a_wrong_digit_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison fails where a way loses digits: sin(x) by a series that ends too soon."""
    f = symgrad.parse("sin(x)*y")
    tally = agreement.Tally()
    agreement.compare(f, [{"x": 1.0, "y": 3.0}], tally)
    assert not tally.wrong
    monkeypatch.setattr(OPS["sin"], "array_fn", lambda x: np.sin(x) * (1 + 1e-14))
    agreement.compare(symgrad.parse("sin(x)*y + y"), [{"x": 1.0, "y": 3.0}], tally)
    assert tally.kinds["apart"]


def special_points(op: Op) -> list[tuple[float, ...]]:
    """Special numbers for each operand, in all pairs; fewer where a value takes milliseconds."""
    assert op.arity
    few = op.arity > 2 or (op.arity == 2 and op.scalar == "ball")
    return list(itertools.product(SHORT if few else SPECIAL, repeat=op.arity))


@pytest.mark.parametrize("op", FUNCTIONS, ids=lambda op: op.name)
def test_one_number_and_an_array(op: Op) -> None:
    """The function of arrays gives what the function of numbers gives: the same nans, infinities and zeros."""
    points = special_points(op)
    columns = [np.array(column) for column in zip(*points, strict=True)]
    many = np.broadcast_to(np.asarray(op.compute(columns, {}), float), len(points))
    for point, found in zip(points, many.tolist(), strict=True):
        wanted = float(op.compute(list(point), {}))
        assert alike(found, wanted, signed=op.name not in SIGNLESS), (point, found, wanted)


@pytest.mark.parametrize("name", sorted(NEAR))
def test_bodies_that_serve(name: str) -> None:
    """What kernels compute by its body is as good as the function: within 4 ulps, and special where that is."""
    op = OPS[name]
    assert op.expand is not None
    assert op.arity
    rng = np.random.default_rng(7)
    plain = np.concatenate(
        [rng.uniform(-4, 4, 100), 10 ** rng.uniform(-8, 2, 50), [x for x in SPECIAL if abs(x) != 1e308]]
    )
    columns = [plain if i == 0 else rng.permutation(plain) for i in range(op.arity)]
    with np.errstate(all="ignore"):
        body = np.asarray(op.expand(*columns), float)
    for found, wanted in zip(body.tolist(), op.compute(columns, {}).tolist(), strict=True):
        assert alike(found, wanted, signed=False), (name, found, wanted)


def alike(a: float, b: float, *, signed: bool = True) -> bool:
    """Whether two numbers are the same nan, infinity or zero, or within 4 ulps."""
    if math.isfinite(a) and math.isfinite(b) and a != b:
        return abs(a - b) <= 4 * math.ulp(b)
    same = (a != a and b != b) or a == b
    return same and (not signed or a != 0 or math.copysign(1, a) == math.copysign(1, b))


@pytest.mark.skipif(not compiled.available(), reason="machine code needs llvmlite")
@pytest.mark.parametrize(("text", "at"), [("sinc(x)", 1e-10), ("shi(x)", -0.0), ("fresnels(x)", 2.0)])
def test_slopes_whose_body_cancels(text: str, at: float) -> None:
    """A kernel has the derivative's digits where its body loses them, or divides by zero."""
    f = symgrad.parse(text)
    point: Any = {"x": np.full(9, at)}
    assert f.value_and_grad(point, way="compiled")[1]["x"][0] == pytest.approx(
        f.diff("x")(x=at), rel=1e-14, abs=0
    )
