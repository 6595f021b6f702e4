"""Verdicts where functions bend, jump, end or have holes: both sides are told, and no tick rests on one witness."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import symgrad
from symgrad.certified.prove import Enclosure
from symgrad.certified.sides import Side, Sides, one_sided
from symgrad.check import Claim, Partial, Verdict, check_numbers, higher, sides
from symgrad.check.verdict import Witness
from symgrad.graph import variables
from symgrad.session import jsonform
from symgrad.session.results import Evaluated

inf = math.inf
CASES: list[tuple[str, dict[str, float], str, str, str, tuple[float | None, float | None]]] = [
    # expression, point, variable, status, words, slopes of both sides
    ("abs(x) + y", {"x": 0, "y": 1}, "x", "convention", "kink: slope -1 from the left, +1 from the right", (-1, 1)),
    ("relu(x)", {"x": 0}, "x", "convention", "kink: slope 0 from the left, +1 from the right; 0 is", (0, 1)),
    ("max(x, y)", {"x": 1, "y": 1}, "y", "convention", "tie: slope 0 from the left, +1 from the right; 0.5", (0, 1)),
    ("max(x, y, z)", {"x": 1, "y": 1, "z": 1}, "z", "convention", "tie: slope 0 from the left, +1", (0, 1)),
    ("clip(x, 0, 1)", {"x": 1}, "x", "convention", "kink: slope +1 from the left, 0 from the right; 1 is", (1, 0)),
    ("floor(x)*y", {"x": 2, "y": 3}, "x", "convention", "jump: 3 from the left, 6 from the right; 0 is", (0, 0)),
    ("sign(x)", {"x": 0}, "x", "convention", "jump: -1 from the left, 1 from the right, 0 here", (0, 0)),
    ("mod(x, y)", {"x": 4, "y": 2}, "y", "convention", "jump: 0 from the left, 2 from the right; -2 is", (-2, -1)),
    ("if(x == 0, 5, x)", {"x": 0}, "x", "convention", "jump: 0 on both sides, 5 here; 0 is", (1, 1)),
    ("hypot(x, y)", {"x": 0, "y": 0}, "x", "convention", "kink: slope -1 from the left, +1 from the right", (-1, 1)),
    ("sqrt(x^2 + y^2)", {"x": 0, "y": 0}, "x", "convention", "+1 from the right; backprop has no number", (-1, 1)),
    ("x^1.5", {"x": 0}, "x", "convention", "border: defined only to the right, with slope 0", (None, 0)),
    ("if(x < 1, 0, 1)", {"x": 1}, "x", "convention", "jump: 0 from the left, 1 from the right; 0 is", (0, 0)),
    ("if(x < 0, -1, 1)", {"x": 0}, "x", "convention", "jump: -1 from the left, 1 from the right", (0, 0)),
    ("if(x <= 1, 5, 7)", {"x": 1}, "x", "convention", "jump: 5 from the left, 7 from the right", (0, 0)),
    ("if(x == 1, 5, 7)", {"x": 1}, "x", "convention", "jump: 7 on both sides, 5 here", (0, 0)),
    ("y*if(x < 1, 0, 1)", {"x": 1, "y": 3}, "x", "convention", "jump: 0 from the left, 3 from the right", (0, 0)),
    ("if(x < 1, 0, 1) + x", {"x": 1}, "x", "convention", "jump: 1 from the left, 2 from the right", (1, 1)),
    ("if(x < 1, y, y^2)", {"x": 1, "y": 2}, "x", "convention", "jump: 2 from the left, 4 from the right", (0, 0)),
    ("if(x > 0 and y > 0, 1, 0)", {"x": 0, "y": 1}, "x", "convention", "jump: 0 from the left, 1 from", (0, 0)),
    ("floor(if(x < 1, 0.5, 1.5))", {"x": 1}, "x", "convention", "jump: 0 from the left, 1 from the right", (0, 0)),
    ("floor(x)", {"x": 1e16}, "x", "convention", "9999999999999999 from the left, 1e+16 from the right", (0, 0)),
    ("floor(x)", {"x": 1e300}, "x", "convention", "jump: 1e+300 from the left, 1 more from the right", (0, 0)),
    ("ceil(x)", {"x": 1e300}, "x", "convention", "jump: 1e+300 from the left, 1 more from the right", (0, 0)),
    ("floor(1e40*x)", {"x": 1}, "x", "convention", "jump: 1e+40 from the left, 1 more from the right", (0, 0)),
    ("floor(x) + sin(1)", {"x": 1e40}, "x", "unchecked", "both sides have the slope 0, but", (0, 0)),
    *[(f"abs(x)^{p}", {"x": 0}, "x", "verified", "exact; the slopes", (0, 0)) for p in (1.5, 1.1, 1.01, "(4/3)")],
    ("abs(x - 1)^1.1", {"x": 1}, "x", "verified", "exact; the slopes of both sides agree", (0, 0)),
    ("cbrt(x)^4", {"x": 0}, "x", "verified", "exact; the slopes of both sides agree", (0, 0)),
    ("if(x == 0, 0, x)", {"x": 0}, "x", "verified", "exact; the slopes of both sides agree", (1, 1)),
    ("if(x < 1, x^2, 2x - 1)", {"x": 1}, "x", "verified", "the slopes of both sides agree", (2, 2)),
    ("max(x, 0) - max(-x, 0)", {"x": 0}, "x", "verified", "the slopes of both sides agree", (1, 1)),
    ("sqrt(x^2)^2", {"x": 0}, "x", "verified", "the slopes of both sides agree", (0, 0)),
    ("x*abs(x)", {"x": 0}, "x", "verified", "the slopes of both sides agree", (0, 0)),
    ("sqrt(x)", {"x": 0}, "x", "undefined", "vertical tangent: defined only to the right, with slope", (None, inf)),
    ("asin(x)", {"x": 1}, "x", "undefined", "defined only to the left, with slope +inf", (inf, None)),
    ("x^x", {"x": 0}, "x", "undefined", "defined only to the right, with slope -inf", (None, -inf)),
    ("cbrt(x)", {"x": 0}, "x", "undefined", "vertical tangent: slope +inf from both sides", (inf, inf)),
    ("sqrt(abs(x))", {"x": 0}, "x", "undefined", "cusp: slope -inf from the left, +inf", (-inf, inf)),
    ("if(x > 0, x*log(x), 0)", {"x": 0}, "x", "convention", "slope 0 from the left, -inf from the right", (0, -inf)),
    ("x^y", {"x": 0, "y": 0}, "y", "undefined", "jump: 0 from the right, 1 here", (None, 0)),
    ("x^y", {"x": -2, "y": 3}, "y", "undefined", "on neither side of it", (None, None)),
    ("atan2(y, x)", {"x": 0, "y": 0}, "x", "undefined", "jump: 3.14159", (0, 0)),
    ("1/x", {"x": 0}, "x", "undefined", "pole: -inf from the left, +inf from the right", (-inf, -inf)),
    ("log(x)", {"x": 0}, "x", "undefined", "pole: -inf; defined only to the right", (None, inf)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "point", "name", "status", "words", "slopes"), CASES)
def test_both_sides_are_told(
    text: str, point: dict[str, float], name: str, status: str, words: str, slopes: tuple[Any, Any]
) -> None:
    """The status, the words and both slopes; a tick only where there is one derivative."""
    partial = symgrad.parse(text).check(point, sympy=False, budget=20).partials[name]

    assert (status, True) == (partial.status, words in partial.explanation), partial.explanation
    if all(s is None or abs(s) < inf for s in slopes):
        assert slopes == (partial.left, partial.right)
    assert bool(partial) is (status == "verified")


@pytest.mark.parametrize("text", ["y*if(x < 1, 0, 1)", "if(x < 1, y, y^2)"])
def test_a_jump_in_one_variable_is_none_in_another(text: str) -> None:
    """A variable that does not move the condition keeps its tick."""
    assert symgrad.parse(text).check(x=1, y=2, sympy=False).partials["y"]


HOLES = [
    ("sin(x)/x", {"x": 0}, 1, "it has a limit there, 1, with slope 0; sinc(x) is sin(x)/x with that value filled in"),
    ("sin(x)/x*y", {"x": 0, "y": 2}, 2, "it has a limit there as x alone moves, 2, with slope 0"),
    ("(x^2 - 1)/(x - 1)", {"x": 1}, 2, "it has a limit there, 2, with slope 1"),
    ("x*log(x)", {"x": 0}, None, "it has a limit there from the right, 0, with slope -inf; xlogy(x, x) is x*log(x)"),
    ("x^(1/3)", {"x": -8}, None, "cbrt(x) is the real root of a negative number"),
    ("log(x)", {"x": -1}, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "point", "limit", "hint"), HOLES)
def test_holes_have_limits(text: str, point: dict[str, float], limit: float | None, hint: str) -> None:
    """An undefined value comes with its limit, and with the function that has it as its value."""
    verdict = symgrad.parse(text).check(point, sympy=False, budget=20)

    assert "undefined" == verdict.status
    assert all(math.isnan(p.number) for p in verdict.partials.values())
    assert (limit, True) == (verdict.value.limit, hint in verdict.value.hint)


def moved(x: Any, factor: float) -> Any:
    """A proven number, told wrongly."""
    return Enclosure(x.ball * factor, x.bits) if isinstance(x, Enclosure) else x


def lied(side: Side) -> Side:
    """A side whose slope is told wrongly."""
    return replace(side, slope=moved(side.slope, 1.000001))


SMOOTH = "if(x == 0, 0, sin(x)*3)"


@pytest.mark.parametrize("engine_too", [False, True])
def test_lying_sides_get_no_tick(engine_too: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slopes of both sides that are wrong alike never give a tick, not even with a number that agrees with them."""

    def lying(*args: Any) -> Sides:
        found = one_sided(*args)
        return Sides(lied(found.left), lied(found.right))

    monkeypatch.setattr(sides, "one_sided", lying)
    f = symgrad.parse(SMOOTH)
    result = f.evaluate(x=0.0)
    shown = replace(result, grad={"x": 3.000003}) if engine_too else result

    assert not f.verdict(shown, {"x": 0.0}, sympy=False)


def test_lying_quotients_get_no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second witness of a smooth border can withhold the tick, and says why."""
    monkeypatch.setattr(
        sides, "quotients", lambda *_: Witness("difference quotients", reason="0 to the left")
    )
    partial = symgrad.parse(SMOOTH).check(x=0.0, sympy=False).partials["x"]

    assert "unchecked" == partial.status
    assert "0 to the left" in partial.explanation


def test_a_wrong_number_at_a_smooth_border_gets_no_tick() -> None:
    """Backprop's own convention there is called one, beside the slope of both sides."""
    f = symgrad.parse(SMOOTH)
    wrong = replace(f.evaluate(x=0.0), grad={"x": 0.0})
    partial = f.verdict(wrong, {"x": 0.0}, sympy=False).partials["x"]

    assert ("convention", 3.0, 3.0) == (partial.status, partial.left, partial.right)
    assert "both sides have the slope +3" in partial.explanation


def test_undecided_sides_are_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the series cannot decide is said, with its reason."""
    monkeypatch.setattr(sides, "one_sided", lambda *_: Sides(Side(reason="no series"), Side(reason="none")))
    partial = symgrad.parse("abs(x)").check(x=0.0, sympy=False).partials["x"]

    assert "unchecked" == partial.status
    assert (
        "not checked: neither a slope nor its absence is proved: no series (from the left)"
        == partial.explanation
    )


def test_digits_lost_have_a_cause_and_a_way_out() -> None:
    """The operation that cancelled, where the error comes from, and a form that was tried."""
    f = symgrad.parse("(1 - cos(x))/x^2")
    verdict = f.check(x=1e-8, sympy=False)

    assert verdict.value.cause is not None
    place = f.origins[verdict.value.cause]
    assert "1 - cos(x)" == f.text[place.start : place.end]
    assert "1 - 1 cancels here: all of the error comes from cos(x)" == verdict.value.mechanism
    form = verdict.value.hint.partition(" gives 16 digits for the value and ∂/∂x")[0]
    assert symgrad.parse(form).check(x=1e-8, sympy=False)
    assert "0.4999999999999999958" == verdict.value.truth


@pytest.mark.parametrize(
    ("text", "point", "hint"),
    [
        ("log(1 + exp(x))", {"x": 1000.0}, "softplus(x)"),
        ("1/(1 + exp(-x))", {"x": -1000.0}, "sigmoid(x)"),
        ("log(exp(x) + exp(y))", {"x": 1000.0, "y": 1000.0}, "logaddexp(x, y)"),
        ("log(1 - exp(-x))", {"x": 1e-17}, "log(-expm1(-x))"),
    ],
)
def test_stable_forms_are_offered(text: str, point: dict[str, float], hint: str) -> None:
    """Where float64 overflows or cancels, the function made for it is named."""
    assert symgrad.parse(text).check(point, sympy=False, budget=20).value.hint.startswith(hint)


def all_parts(verdict: Verdict) -> list[tuple[str, str]]:
    """Name and status of every number."""
    return [(p.name, p.status) for p in (*verdict.partials.values(), *verdict.elements.values())]


def test_arrays_and_conditions_get_a_verdict() -> None:
    """Each element is proved; one that is undefined makes the whole undefined; of a large array only a sample is."""
    assert [("[0]", "verified"), ("[1]", "verified")] == all_parts(symgrad.parse("[x, x^2]").check(x=3.0))
    assert "undefined" == symgrad.parse("[x, log(x)]").check(x=-1.0).status
    assert symgrad.parse("x > 1").check(x=2.0)
    assert "rounding" == symgrad.parse("(x + 1e16) - 1e16 == x").check(x=1.0).status
    large = symgrad.parse("2*v", types={"v": "real[1000]"}).check(v=[0.1] * 1000)
    assert ("unchecked", True) == (large.status, "of 1000 numbers a sample" in large.explanation)


def test_a_verdict_can_be_pickled() -> None:
    """A verdict survives a trip to another process, with its witnesses' enclosures."""
    import pickle

    verdict = symgrad.parse("x^2*sin(y) + abs(x)").check(x=0.0, y=3.0, sympy=False)
    again = pickle.loads(pickle.dumps(verdict))

    assert verdict.explanation == again.explanation
    for name, partial in verdict.partials.items():
        known = [w.enclosure for w in partial.witnesses]
        told = [w.enclosure for w in again.partials[name].witnesses]
        assert [e and (e.text(), e.tight) for e in known] == [e and (e.text(), e.tight) for e in told]


def test_a_mismatch_has_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that reproduces a mismatch is one the command line understands, with the same doubles."""
    f = symgrad.parse("x^2*sin(y)")
    wrong = replace(f.evaluate(x=0.1, y=3.0), grad={"x": 0.5, "y": 1.0})
    verdict = f.verdict(wrong, {"x": 0.1, "y": 3.0}, sympy=False)
    partial: Partial = verdict.partials["x"]

    assert "mismatch" == partial.status
    assert "backprop says 0.5, the truth is 0.02822400161197344" in partial.explanation
    assert "symgrad check 'x^2*sin(y)' x=0.1 y=3.0" == partial.reproduce


@pytest.mark.parametrize(
    ("formula", "by"), [("2*x*y", "x"), ("2*x", "xy"), ("x^2*0", "yy"), ("2*y", "xx"), ("2*x + 1e-9", "xy")]
)
def test_values_of_derivatives_are_compared_with_the_original(formula: str, by: str) -> None:
    """A formula's value has a tick only if Taylor arithmetic on the original finds the same derivative."""
    f, d = symgrad.parse("x^2*y"), symgrad.parse(formula)
    named = {v.name: v for v in variables(f.node)}
    point = {"x": 0.7, "y": 0.3}
    claim = Claim("", d.node, d(point), f.node, tuple(named[name] for name in by))
    verdict = check_numbers([claim], point)

    assert ("mismatch" if "1e-9" in formula else "verified") == verdict.status


HIGHER = [
    ("if(x == 0, 1, sin(x)/x)", "xx", 0.0, "convention", "both sides have the slope -0.3333333333333333; 0 is a"),
    ("abs(x)^3", "xx", 0.0, "verified", "the slopes of both sides agree (of the first derivative)"),
    ("if(x < 1, x^3, 3x^2 - 3x + 1)", "xx", 1.0, "verified", "exact; the slopes of both sides agree"),
    ("x*abs(x)", "xx", 0.0, "convention", "kink: slope -2 from the left, +2 from the right; 0 is a convention (of"),
    ("abs(x)", "xx", 0.0, "convention", "kink: slope -1 from the left, +1 from the right; 0 is a convention (of"),
    ("log(x)", "xx", -1.0, "undefined", "undefined: the function has no value here"),
    ("log(x)*y", "xy", -1.0, "undefined", "undefined: the function has no value here"),
    ("log(x)", "xxx", -1.0, "undefined", "undefined: the function has no value here"),
    ("abs(x)^5", "xxx", 0.0, "unchecked", "the function has a border here"),
    ("abs(x)*y", "xy", 0.0, "unchecked", "the function has a border here"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "by", "at", "status", "words"), HIGHER)
def test_higher_derivatives_at_borders(text: str, by: str, at: float, status: str, words: str) -> None:
    """A second derivative is the slope of the first; where the function has no value it has no derivatives."""
    f = symgrad.parse(text)
    named = {v.name: v for v in variables(f.node)}
    point = {"x": at, "y": 2.0} if "y" in named else {"x": at}
    d = f
    for name in by:
        d = d.diff(name)
    given = {v.name: point[v.name] for v in variables(d.node)}
    found = check_numbers(
        [Claim("", d.node, d(given), f.node, tuple(named[name] for name in by))], point
    ).value

    assert (status, True) == (found.status, words in found.explanation), found.explanation


def test_a_lying_rule_of_second_order_gets_no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second difference quotient knows no rule, and can withhold the tick."""
    wrong = Witness("difference quotients", reason="nothing beside the point")
    monkeypatch.setattr(higher, "second_quotient", lambda *_: wrong)
    f = symgrad.parse("abs(x)^3")
    x = variables(f.node)[0]
    claim = Claim("", f.diff("x").diff("x").node, 0.0, f.node, (x, x))

    assert "unchecked" == check_numbers([claim], {"x": 0.0}).status


def test_json_has_sides_limits_causes_and_hints() -> None:
    """The documented fields of a number that there is something to say about."""

    def partial(text: str, x: float) -> dict[str, Any]:
        result = symgrad.Session().bind({"x": x}).evaluate(text)
        assert isinstance(result, Evaluated)
        found = json.loads(
            jsonform.line(jsonform.data(result.checked(sympy=False))), parse_constant=pytest.fail
        )
        assert all({"kind", "detail", "node", "span"} == set(flag) for flag in found["flags"])
        return dict(found["check"]["partials"]["x"])

    kink, hole, lost = partial("abs(x)", 0.0), partial("sin(x)/x", 0.0), partial("(1 - cos(x))/x^2", 1e-8)

    assert (-1, 1) == (kink["left"], kink["right"])
    assert {"node": "abs(x)", "span": [0, 6], "text": ""} == kink["cause"]
    assert (1, 0, 0) == (hole["limit"], hole["left"], hole["right"])
    assert ([1, 11], True) == (lost["cause"]["span"], lost["hint"].startswith("sinc(x/2)^2/2 gives"))
    assert "inf" == partial("sqrt(x)", 0.0)["right"]


@pytest.mark.parametrize("text", ["copysign(x, y)", "copysign(x, -1*(-y))"])
def test_slopes_beside_a_signed_zero_are_those_of_the_value(text: str) -> None:
    """Where the sign of a zero chooses the value, it chooses the slope too: at one point and among many."""
    f = symgrad.parse(text)
    assert f.value_and_grad(x=1.5, y=-0.0) == (-1.5, {"x": -1.0, "y": 0.0})
    assert f.value_and_grad(x=1.5, y=0.0) == (1.5, {"x": 1.0, "y": 0.0})
    value, grad = f.value_and_grad(x=np.full(4, 1.5), y=np.array([0.0, -0.0, 2.0, -2.0]))
    assert value.tolist() == [1.5, -1.5, 1.5, -1.5]
    assert grad["x"].tolist() == [1.0, -1.0, 1.0, -1.0]
