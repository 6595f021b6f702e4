"""The verdict: a tick only where the printed digits are proved, and never when a witness is made to lie."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from mpmath import mp, mpf

import symgrad
from symgrad import balls
from symgrad.certified import interpret
from symgrad.check import Verdict, check
from symgrad.check.verdict import correct_digits
from symgrad.engine.gradient import gradient, real_variables
from symgrad.graph import Node, const, var
from symgrad.ops import OPS

x, y = var("x"), var("y")
sin, cos, exp, log, where, eq = (OPS[n] for n in ("sin", "cos", "exp", "log", "where", "eq"))


def by_rules(root: Node) -> Callable[[], dict[str, Any]]:
    """A symbolic witness that needs no SymPy: here the gradient graph plays its part."""
    wrt = real_variables(root)
    return lambda: {v.name: d for v, d in zip(wrt, gradient(root, wrt), strict=True)}


def test_a_right_gradient_is_verified_with_its_digits() -> None:
    """The example of the README: both partials are right to 16 digits, and every witness is named."""
    f = x**2 * sin(y)
    verdict = check(f, {"x": 2.0, "y": 3.0}, by_rules(f))

    assert verdict
    assert verdict.status == "verified"
    assert {name: p.digits for name, p in verdict.partials.items()} == {"x": 16, "y": 16}
    assert verdict.explanation == "backprop, SymPy and certified arithmetic agree"
    assert verdict.partials["y"].certified == "-3.9599699864017818"


@pytest.mark.parametrize(
    ("f", "point", "status", "truth"),
    [
        ((1 - cos(x)) / x**2, 1e-8, "rounding", -8.333333333333334e-10),
        ((exp(x) - 1) / x, 1e-12, "rounding", 0.5000000000003333),
        (log(1 + exp(x)), 800.0, "rounding", 1.0),
        (1 / (1 + exp(-x)), -800.0, "rounding", 0.0),
        (OPS["sqrt"](x + 1) - OPS["sqrt"](x), 1e16, "verified", -2.5e-25),
        (exp(x), 1000.0, "rounding", math.inf),
        (OPS["tanh"](x), 20.0, "verified", 1.699341737022186e-17),
        (sin(const(1e6) * x), 1.0, "verified", 936752.1275314122),
        (log(x), 1e-7, "verified", 1e7),
        (OPS["sqrt"](x), 1e-9, "verified", 15811.388300841896),
        (abs(x) + y, 0.0, "convention", None),
        (OPS["max"](x, 0), 0.0, "convention", None),
        (where(eq(x, 0), 0, x), 0.0, "verified", 1.0),
        (where(eq(x, 0), 5, x), 0.0, "convention", None),
        (OPS["floor"](x), 2.0, "convention", None),
        (log(x), -1.0, "undefined", None),
        (sin(x) / x, 0.0, "undefined", None),
        (1 / x, 0.0, "undefined", None),
        (OPS["asin"](x), 2.0, "undefined", None),
        (where(x > 0, OPS["sqrt"](x), const(0.0)), -1.0, "verified", 0.0),
    ],
)
def test_awkward_points_get_the_status_they_deserve(
    f: Node, point: float, status: str, truth: float | None
) -> None:
    """Cancellation, overflow, kinks, branches and domains are told apart, and the truth is given where there is one."""
    verdict = check(f, {"x": point, "y": 1.0})
    partial = verdict.partials["x"]

    assert partial.status == status, partial
    assert bool(verdict) is (verdict.status == "verified")
    if truth is not None:
        assert partial.certified_float == pytest.approx(truth, rel=1e-11)
    if status == "undefined":
        assert math.isnan(partial.number)


def test_digits_are_counted_conservatively() -> None:
    """N digits are claimed when the relative error is at most half a unit in the N-th."""
    assert [correct_digits(e, 1.0) for e in (0.0, 1e-16, 4.9e-16, 5.1e-16, 4.9e-11, 0.4, 0.6, math.inf, math.nan)] == [
        17, 16, 16, 15, 11, 1, 0, 0, 0]  # fmt: skip


@pytest.mark.parametrize("truth", [1.0, 1.999, 5.001, 9.999, 0.0474, 3e-290, 7e290])
def test_a_counted_digit_is_right(truth: float) -> None:
    """The error is at most half a unit in the last digit counted, whatever the leading digits are."""
    for error in (1e-16, 3.07e-15, 4e-9, 0.04):
        digits = correct_digits(error, truth)
        assert digits == 16 or abs(truth) * error > 0.5 * 10.0 ** (math.floor(math.log10(truth)) - digits)
        assert abs(truth) * error <= 0.5 * 10.0 ** (math.floor(math.log10(truth)) - digits + 1)


OVERFLOWS = [
    ("x/sqrt(x^2 + 1)", 1e200, "x^2"), ("sqrt(x^2 + 1) - x", 1e200, "x^2"), ("sqrt(x*x)", 1e200, "x*x"),
    ("x/(x^2 + 1)", 1e200, "x^2"), ("exp(x)/(1 + exp(x))^2", 400, "(1 + exp(x))^2"),
    ("x^2/(x^3 + 1)", 1e110, "x^3"), ("x^3/(x^4 + 1)", 1e80, "x^4"), ("1/(1 + x^2)", 1e200, "x^2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "cause"), OVERFLOWS)
def test_an_overflow_inside_is_no_bug(text: str, at: float, cause: str) -> None:
    """Where float64 overflows on the way the numbers are wrong, and the rule is not: the overflow is named."""
    verdict = symgrad.parse(text).check(x=at, sympy=False)

    assert ["rounding", "rounding"] == [part.status for part in verdict.parts]
    assert all(part.mechanism == f"{cause} overflows here" for part in verdict.parts)


FAR = [("sin(x + 1)", {"x": 1e16}), ("cos(x - 1)", {"x": 1e20}), ("sin(x - y)", {"x": 2.0, "y": 1e300})]


@pytest.mark.parametrize(("text", "at"), FAR)
def test_a_low_part_that_is_not_small_is_left_out(text: str, at: dict[str, float]) -> None:
    """Of sin(1e16 + 1) float64 has no digit, which is rounding; its slope is that of plain doubles, at most 1."""
    f = symgrad.parse(text)
    one, many = f.evaluate(**at), f.evaluate(**{name: [x, x] for name, x in at.items()})
    verdict = f.verdict(one, at, sympy=False)

    assert {"rounding"} == {part.status for part in verdict.parts}
    assert all(abs(g) <= 1 and g == many.grad[name][0] for name, g in one.grad.items())


def test_minus_zero_may_stand_for_the_left_side() -> None:
    """Where a function jumps at 0 float64's -0.0 belongs to the left by convention, as docs/conventions.md says."""
    f = symgrad.parse("atan2(x, y)")
    left, right = (f.check(x=x, y=-1.0, sympy=False) for x in (-0.0, 0.0))

    assert ("convention", "verified") == (left.value.status, right.value.status)
    assert ("convention", "verified") == (left.partials["x"].status, left.partials["y"].status)
    assert "jump: the limit from the left, as x is -0.0; at x = 0 it is 3.14159" in left.value.explanation


# Fault injection: each witness is made to lie about sin, in turn and together. The truth is mpmath's.

FORMULA = x**2 * sin(x) + exp(y) * sin(y * x)
POINT = {"x": 1.3, "y": 0.4}


def truth() -> dict[str, mpf]:
    """The partial derivatives of `FORMULA` at the exact doubles of `POINT`, to 50 digits."""
    with mp.workdps(50):
        a, b = mpf(POINT["x"]), mpf(POINT["y"])
        wrt_x = 2 * a * mp.sin(a) + a**2 * mp.cos(a) + mp.exp(b) * b * mp.cos(a * b)
        wrt_y = mp.exp(b) * (mp.sin(a * b) + a * mp.cos(a * b))
        return {"x": wrt_x, "y": wrt_y}


@contextmanager
def lying_float(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """float64's cosine is off by one part in a million."""
    patch.setitem(OPS["cos"].__dict__, "scalar_fn", lambda v: math.cos(v) * (1 + 1e-6))
    yield


@contextmanager
def lying_rule(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """The VJP rule of sin has a wrong factor."""
    patch.setattr(OPS["sin"], "rules", (lambda g, _, x: g * cos(x) * 1.000001,))
    yield


@contextmanager
def lying_balls(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Arb's sine, as value and as power series, is another function."""
    ball, series = balls.ball("sin"), interpret.series_of("sin")
    assert ball is not None
    assert series is not None
    original_ball, original_series = balls.ball, interpret.series_of

    def wrong(v: Any) -> Any:
        return ball(v) * balls.constant(1.000001)

    def wrong_series(v: Any) -> Any:
        return series(v) * balls.constant(1.000001)

    patch.setattr(balls, "ball", lambda name: wrong if name == "sin" else original_ball(name))
    patch.setattr(
        interpret, "series_of", lambda name: wrong_series if name == "sin" else original_series(name)
    )
    yield


LIARS = {"float": lying_float, "rule": lying_rule, "balls": lying_balls}
WHO_LIES = [c for n in range(5) for c in itertools.combinations(("float", "rule", "balls", "sympy"), n)]


@pytest.mark.parametrize("liars", WHO_LIES, ids="+".join)
def test_a_tick_is_seen_only_where_the_digits_are_right(
    liars: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever lies, in turn or together: a tick's number agrees with the truth to the digits it claims."""
    honest = {v.name: d for v, d in zip((x, y), gradient(FORMULA, [x, y]), strict=True)}
    told = {name: d * const(1.000001) for name, d in honest.items()} if "sympy" in liars else honest
    with ExitStack() as stack:
        for liar in liars:
            if liar in LIARS:
                stack.enter_context(LIARS[liar](monkeypatch))
        verdict: Verdict = check(FORMULA, POINT, lambda: told)

    for name, exact in truth().items():
        partial = verdict.partials[name]
        if partial.status == "verified":
            assert partial.digits is not None
            assert abs(mpf(partial.number) - exact) <= abs(exact) * mpf(10) ** (1 - partial.digits)
    assert bool(verdict) is (not liars)


@pytest.mark.parametrize(("liar", "named"), [("rule", "the certified gradient graph"), ("sympy", "SymPy")])
def test_a_mismatch_names_the_one_who_is_off(liar: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With three witnesses the majority decides who is wrong."""
    honest = {v.name: d for v, d in zip((x, y), gradient(FORMULA, [x, y]), strict=True)}
    told = {name: d * const(1.000001) for name, d in honest.items()} if liar == "sympy" else honest
    with ExitStack() as stack:
        if liar in LIARS:
            stack.enter_context(LIARS[liar](monkeypatch))
        verdict = check(FORMULA, POINT, lambda: told)

    assert verdict.status == "mismatch"
    assert verdict.partials["x"].explanation.startswith(f"{named} contradicts")


def test_a_refusal_of_sympy_leaves_the_other_witnesses() -> None:
    """Without SymPy's opinion the verdict rests on certified arithmetic, and does not name SymPy."""
    verdict = check(x * sin(x), {"x": 1.0}, lambda: {"x": "SymPy leaves it unevaluated"})

    assert verdict
    assert "SymPy" not in verdict.explanation
    assert verdict.partials["x"].witnesses[2].reason == "SymPy leaves it unevaluated"


def test_a_spent_budget_is_no_tick_and_no_hang() -> None:
    """Without time for a proof the verdict says that nothing was checked."""
    f = x
    for _ in range(3000):
        f = sin(f) + x
    verdict = check(f, {"x": 0.5}, None, budget=0.0)

    assert verdict.status == "unchecked"
    assert "not checked" in verdict.explanation


def test_a_proved_zero_is_exact() -> None:
    """Where the true slope is zero, 0.0 is exact, and rounding noise has no right digit."""
    even = check(sin(x) * sin(x) + cos(x) * cos(x), {"x": 0.5})
    noise = check((x + const(0.1)) - x, {"x": 0.3})

    assert even.partials["x"].digits in (0, 17)
    assert (even.partials["x"].status == "verified") is (even.partials["x"].number == 0)
    assert noise.partials["x"].digits == 17
    assert noise.partials["x"].certified == "0"


@pytest.mark.parametrize(
    ("text", "x"), [("x/sqrt(x^2 + 1)", 1e153), ("tanh(x) - 1", 800.0), ("exp(-x)", 800.0)]
)
def test_a_number_too_small_for_float64_is_no_proven_zero(text: str, x: float) -> None:
    """Where the truth is 1e-459 and float64 says 0, no digit is right, and nobody calls that exact."""
    verdict = symgrad.parse(text).check(x=x, sympy=False)
    worst = [part for part in (verdict.value, *verdict.partials.values()) if part.number == 0]

    assert worst
    assert all(part.status == "rounding" and "e-" in (part.certified or "") for part in worst)
