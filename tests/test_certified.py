"""Proven numbers: enclosures against mpmath, and a Taylor witness that knows no derivative rule."""

from __future__ import annotations

import math
import random

import pytest
from mpmath import mp, mpf

from symgrad.certified.prove import Budget, Enclosure, Proof, explained_by_rounding, prove, prove_by_taylor
from symgrad.engine.gradient import gradient
from symgrad.graph import Node, apply, const, var
from symgrad.ops import OPS

x, y = var("x"), var("y")
sin, exp, log = OPS["sin"], OPS["exp"], OPS["log"]
BUDGET = Budget(seconds=3600)  # its clock runs from here, through all tests


def only(proof: Proof, i: int = 0) -> Enclosure:
    """An enclosure that must be there."""
    found = proof.enclosures[i]
    assert found is not None
    return found


@pytest.mark.parametrize("point", [1e-8, 0.3, -2.5, 1e10, 1e300])
def test_values_and_partials_are_enclosed_to_17_digits(point: float) -> None:
    """The ball holds mpmath's value, is tight, and rounds to the nearest double, also where float64 knows nothing."""
    f = sin(x) * sin(x) + (1 - OPS["cos"](x)) / x**2
    proof = prove([f, gradient(f, [x])[0]], {x: point}, BUDGET)
    with mp.workdps(400):
        a = mpf(point)
        value = mp.sin(a) ** 2 + (1 - mp.cos(a)) / a**2
        slope = mp.sin(2 * a) + mp.sin(a) / a**2 - 2 * (1 - mp.cos(a)) / a**3
        for found, truth in zip(proof.enclosures, (value, slope), strict=True):
            assert found is not None
            assert found.tight
            assert abs(mpf(found.ball.mid().str(40, radius=False)) - truth) <= abs(truth) * mpf(2) ** -60
            assert found.nearest == float(truth)


def test_taylor_arithmetic_agrees_with_the_rules() -> None:
    """Derivatives up to the third, from power series of the original graph and from the rules applied three times."""
    f = exp(sin(x) * y) / (1 + x**2) + OPS["tanh"](x)
    bound = {x: 0.7, y: 1.9}
    series = prove_by_taylor(f, bound, [x], BUDGET, order=3)[0]
    rule = f
    for order in range(4):
        ruled = only(prove([rule], bound, BUDGET))

        assert only(series, order).overlaps(ruled)
        assert only(series, order).tight
        rule = gradient(rule, [x])[0]


def test_a_constant_direction_has_zero_derivative() -> None:
    """Along a variable that does not occur the derivative is exactly zero."""
    assert only(prove_by_taylor(sin(y) + 0 * x, {x: 1.0, y: 2.0}, [x], BUDGET)[0], 1).text() == "0"


@pytest.mark.parametrize("f", [log(x), OPS["sqrt"](x), OPS["asin"](x), 1 / (x + 1)])
def test_nothing_is_proved_outside_the_domain(f: Node) -> None:
    """At -1 these have no finite value (asin has no slope): no ball, and a reason."""
    proof = prove_by_taylor(f, {x: -1.0}, [x], BUDGET)[0]

    assert proof.enclosures[1] is None
    assert proof.reason


@pytest.mark.parametrize(
    "f",
    [
        abs(x),
        OPS["max"](x, 0),
        OPS["where"](OPS["eq"](x, 0), 0, x),
        OPS["sign"](x),
        OPS["where"](x**3 > 0, x, 2 * x),
    ],
)
def test_the_taylor_witness_is_silent_at_kinks_and_branch_points(f: Node) -> None:
    """On the border the derivative is a convention, and nothing is proved."""
    assert prove_by_taylor(f, {x: 0.0}, [x], BUDGET)[0].enclosures[1] is None
    assert only(prove_by_taylor(f, {x: 2.0}, [x], BUDGET)[0], 1).tight


def test_errors_of_doubles_are_bounded_from_above() -> None:
    """The error of a double against an enclosure is never understated."""
    rng = random.Random(3)
    third = only(prove([const(1) / const(3)], {}, BUDGET))
    with mp.workdps(50):
        for _ in range(100):
            guess = 1 / 3 * (1 + rng.uniform(-1, 1) * 10.0 ** rng.randint(-18, 0))
            absolute, relative = third.error_of(guess)
            exact = abs(mpf(guess) - mpf(1) / 3)
            assert exact <= absolute <= exact * (1 + mpf(10) ** -9) + mpf(10) ** -25
            assert 3 * exact * (1 - mpf(10) ** -9) <= relative


def test_a_conditions_three_values() -> None:
    """A condition that a ball cannot decide takes both branches into the hull."""
    f = OPS["where"](x * x - 2 > 0, 1 + 0 * x, 3 + 0 * x)
    decided = only(prove([f], {x: 1.5}, BUDGET))

    assert decided.nearest == 1.0
    assert not only(
        prove([OPS["where"](sin(apply(OPS["pi"], ())) > 0, 1, 3)], {}, Budget(seconds=60, bits=200))
    ).tight


def test_budgets_end_proofs_with_a_reason() -> None:
    """Time, precision and size are bounded; what was proved before stands."""
    far = (x + const(1e100)) - const(1e100)

    assert prove([far], {x: 1.0}, Budget(seconds=60, bits=128)).reason == "out of precision"
    assert prove([far], {x: 1.0}, Budget(seconds=0)).reason == "out of time"
    assert prove([far], {x: 1.0}, Budget(nodes=1)).reason.startswith("too large")


def test_ops_without_balls_are_expanded_or_refused() -> None:
    """A derived op is enclosed through its body."""
    assert only(prove([OPS["softsign"](x)], {x: 3.0}, BUDGET)).nearest == 0.75
    assert math.isclose(only(prove([OPS["npdf"](x)], {x: 0.5}, BUDGET)).nearest or 0, 0.3520653267642995)


def test_unknown_conditions_are_decided_where_one_side_is_enough() -> None:
    """Of two unknown sides nothing follows; False and unknown is False."""
    unknown = sin(apply(OPS["pi"], ())) > 0
    bound = {x: 1.0}
    both = only(
        prove([OPS["where"](OPS["and"](unknown, unknown), 1, 3)], bound, Budget(seconds=60, bits=200))
    )
    one = only(prove([OPS["where"](OPS["and"](x < 0, unknown), 1, 3)], bound, BUDGET))

    assert not both.tight
    assert one.nearest == 3.0


def test_rounding_explains_lost_digits_and_underflow_but_no_wrong_number() -> None:
    """What float64 may come to is told from what only a mistake can explain."""
    cancelled = (1 - OPS["cos"](x)) / x**2
    under = gradient(-(1 / (3 * exp(x**3))) - x**3 / (3 * exp(x**3)), [x])[0]

    assert explained_by_rounding(cancelled, {x: 1e-8}, 0.0)
    assert explained_by_rounding(under, {x: 8.66}, -6.6e-281)
    assert not explained_by_rounding(cancelled, {x: 1.0}, 0.4596976941318602 * (1 + 1e-12))
