"""Pairs of doubles against exact fractions, and backprop on them against plain backprop and the truth."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from symgrad.engine import compensated
from symgrad.engine.backprop import evaluate
from symgrad.engine.evaluate import run
from symgrad.engine.pullback import pullback
from symgrad.graph import Node, Program, const, var
from symgrad.ops import OPS, pairs

x, y = var("x"), var("y")
doubles = st.floats(min_value=1e-60, max_value=1e60) | st.floats(min_value=-1e60, max_value=-1e60 / 1e120)
lows = st.floats(min_value=-1, max_value=1)
PAIRS = st.tuples(doubles, lows).map(lambda p: pairs.settled(p[0], p[1] * math.ulp(p[0]) / 2))


def exact(a: pairs.Pair) -> Fraction:
    """The number that a pair stands for."""
    return Fraction(a[0]) + Fraction(a[1])


@given(PAIRS, PAIRS)
def test_pairs_have_about_32_digits(a: pairs.Pair, b: pairs.Pair) -> None:
    """Product and quotient are right to 2^-100, sum and difference to that of the larger operand."""
    size = abs(exact(a)) + abs(exact(b))

    assert abs(exact(pairs.add(a, b)) - (exact(a) + exact(b))) <= size / 2**100
    assert abs(exact(pairs.sub(a, b)) - (exact(a) - exact(b))) <= size / 2**100
    assert abs(exact(pairs.mul(a, b)) - exact(a) * exact(b)) <= abs(exact(a) * exact(b)) / 2**100
    assert abs(exact(pairs.div(a, b)) - exact(a) / exact(b)) <= abs(exact(a) / exact(b)) / 2**100


@given(PAIRS, st.integers(min_value=-5, max_value=5))
def test_roots_and_powers_of_pairs(a: pairs.Pair, n: int) -> None:
    """A root squared, and a power against exact fractions."""
    root = pairs.sqrt((abs(a[0]), math.copysign(1.0, a[0]) * a[1]))
    small = pairs.settled(math.frexp(a[0])[0], 0.0)

    powered = exact(small) ** n

    assert abs(exact(root) ** 2 - abs(exact(a))) <= abs(exact(a)) / 2**98
    assert abs(exact(pairs.power(small, n)) - powered) <= abs(powered) / 2**95


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (pairs.div((1.0, 0.0), (0.0, 0.0)), math.inf),
        (pairs.div((1.0, 0.0), (-0.0, 0.0)), -math.inf),
        (pairs.div((0.0, 0.0), (0.0, 0.0)), math.nan),
        (pairs.mul((1e200, 0.0), (1e200, 0.0)), math.inf),
        (pairs.add((math.inf, 0.0), (-math.inf, 0.0)), math.nan),
        (pairs.sqrt((-1.0, 0.0)), math.nan),
        (pairs.sqrt((0.0, 0.0)), 0.0),
        (pairs.sqrt((math.inf, 0.0)), math.inf),
    ],
)
def test_edges_are_those_of_ieee(result: pairs.Pair, expected: float) -> None:
    """Infinities and nans are results, and have no low part."""
    assert result[0] == expected or (math.isnan(expected) and math.isnan(result[0]))
    assert result[1] == 0.0


CANCELLING = [
    ((x + 1) ** const(0.5) - OPS["sqrt"](x), 1e16),
    (((x + const(1e8)) - const(1e8)) * const(1e8), 1e-9),
    (-(1 / (4 * OPS["exp"](2 * x))) - x / (2 * OPS["exp"](2 * x)) - x * x / (2 * OPS["exp"](2 * x)), 0.01),
    (x**8 - 8 * x**7 + 28 * x**6 - 56 * x**5 + 70 * x**4 - 56 * x**3 + 28 * x * x - 8 * x + 1, 1.01),
]
TRUTHS = [
    lambda a: 1 / (2 * mp.sqrt(a + 1)) - 1 / (2 * mp.sqrt(a)),
    lambda a: mpf(1e8),
    lambda a: a**2 * mp.exp(-2 * a),
    lambda a: 8 * (a - 1) ** 7,
]


@pytest.mark.parametrize(("f", "truth"), list(zip(CANCELLING, TRUTHS, strict=True)), ids=range(4))
def test_partials_survive_cancellation(f: tuple[Node, float], truth: object) -> None:
    """Where terms cancel the partial is right to a few ulps, as rounding errors are carried along."""
    node, point = f
    found = evaluate(Program([node]), {"x": point}).grad["x"]
    with mp.workdps(60):
        wanted = float(truth(mpf(point)))  # type: ignore[operator]

    assert found == pytest.approx(wanted, rel=4e-15)


def test_what_plain_doubles_say_of_infinities_stands() -> None:
    """At a vertical tangent and where pairs overflow the gradient is that of plain backprop."""
    steep = evaluate(Program([OPS["sqrt"](x)]), {"x": 0.0}).grad
    huge = OPS["exp"](x) / (OPS["exp"](x) - 1)
    program = Program([huge])
    plain = pullback(program, run(program, {x: 709.5}), program.outputs[0], 1.0, [program.slot[x]])

    assert steep == {"x": math.inf}
    assert math.isfinite(evaluate(program, {"x": 709.5}).grad["x"])
    assert evaluate(program, {"x": 709.5}).grad["x"] == pytest.approx(plain[program.slot[x]], abs=1e-290)


def test_branches_and_conditions_on_pairs_are_those_on_doubles() -> None:
    """Conditions look at the high parts; the branch taken is the one that the value takes."""
    f = OPS["where"](OPS["and"](x > 0, OPS["not"](x > 2)), OPS["max"](x * y, y), OPS["abs"](x) * y)
    for point in ({"x": 1.5, "y": 2.0}, {"x": 3.0, "y": 2.0}, {"x": -1.0, "y": -4.0}):
        program = Program([f])
        slots = [program.slot[x], program.slot[y]]
        bound = {x: point["x"], y: point["y"]}
        on_pairs = pullback(
            program, compensated.run(program, bound), program.outputs[0], compensated.Pair.lift(1.0), slots
        )
        plain = pullback(program, run(program, bound), program.outputs[0], 1.0, slots)

        assert {slot: float(g) for slot, g in on_pairs.items()} == plain


def test_large_graphs_are_swept_in_plain_doubles() -> None:
    """Beyond a fixed size nothing is compensated: the bits depend on the graph alone."""
    f: Node = x
    for _ in range(compensated.MOST_NODES):
        f = f + const(0.1)
    cancelled = (f - f) * y + x
    assert evaluate(Program([cancelled]), {"x": 0.3, "y": 1.0}).grad["x"] == 1.0
