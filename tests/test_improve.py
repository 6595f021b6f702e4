"""Better forms of expressions: measured bits, what is accepted and what is rejected, and what a user sees."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pytest

import symgrad
from symgrad.certified.prove import Budget
from symgrad.cli import main
from symgrad.errors import NameMistake, TypeMistake
from symgrad.graph import Node, variables
from symgrad.improve import Applied, Bits, Improvement, Quantity, Range, improve, ranged
from symgrad.improve.branches import threshold
from symgrad.improve.improve import same_function, worse
from symgrad.improve.measure import ALL, Measure, score
from symgrad.improve.sample import draws, from_ordinal, ordinal
from symgrad.improve.search import Form, Search
from symgrad.improve.series import cores, expanded, written
from symgrad.improve.truth import truth
from symgrad.session import jsonform
from symgrad.session.dialogue import submit
from symgrad.session.display import plain
from symgrad.session.render import Layout, render
from symgrad.session.results import Improved, Result
from symgrad.session.workspace import Workspace
from symgrad.symbolic.stable import Rule, Suggestion
from symgrad.symbolic.text import text
from tests import snapshot
from tests.accuracy import rows
from tests.improving import attempt, bad_points
from tests.test_cli import ran

# expression, what is given, the better form
FOUND: list[tuple[str, dict[str, float | Range], str]] = [
    ("(1 - cos(x))/x^2", {"x": 1e-8}, "sinc(x/2)^2/2"),
    ("sqrt(x + 1) - sqrt(x)", {"x": Range(1.0, 1e15)}, "1/(sqrt(x + 1) + sqrt(x))"),
    ("(-b + sqrt(b^2 - 4*a*c))/(2*a)", {"a": 2.0, "b": 1e8, "c": 3.0}, "-2*c/(b + sqrt(b^2 - 4*a*c))"),
    ("(exp(x) - 1)*y", {"x": Range(-1e-3, 1e-3), "y": 2.0}, "y*expm1(x)"),
    ("log(1 + exp(x))", {"x": Range(-1e3, 1e3)}, "softplus(x)"),
    ("1/(x + 1) - 2/x + 1/(x - 1)", {"x": 1e7}, "2/(x*(x + 1)*(x - 1))"),
    ("sinh(x)/x", {"x": 1e-9}, "if(abs(x) < 0.002, x^2*(x^2/120 + 1/6) + 1, sinh(x)/x)"),
    ("(x - y)/(2*x*y)", {"x": -7e-4, "y": 1e-9}, "1/(2*y) - 1/(2*x)"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "where", "expected"), FOUND)
def test_better_forms(given: str, where: dict[str, float | Range], expected: str) -> None:
    """Textbook cases are repaired as a textbook does, and no number is worse than before."""
    found = improve(symgrad.parse(given).node, where, 10.0)

    assert found
    assert expected == text(found.after)
    assert all(q.after.worst <= max(q.before.worst + 2, 4) for q in found.quantities)
    assert max(q.before.worst for q in found.quantities) > 15
    assert max(q.after.worst for q in found.quantities) < 5


def test_one_form_is_not_enough() -> None:
    """Where cancellation changes sides with a sign, each side gets its form."""
    f = symgrad.parse("(-b + sqrt(b*b - 4*a*c))/(2*a)")
    found = f.improve(a=(1e-3, 1e3), b=(-1e8, 1e8), c=(-1e3, 1e3), budget=3.0)

    assert found
    assert str(found.after).startswith("if(b <")
    assert found.rules[-1].rule == "one form below a threshold, another above"
    assert max(q.after.mean for q in found.quantities) < 2


@pytest.mark.parametrize(
    ("given", "where", "reason"),
    [
        ("x + y", {"x": 1.0, "y": 2.0}, "hardly a bit"),
        ("sqrt(x) + log(x)", {"x": Range(-2.0, -1.0)}, "no point of the range"),
        ("2 + 3", {}, "no variables"),
        ("sin(x)", {"x": 1e22}, "hardly a bit"),
        ("x - 0.1*y", {"x": 0.1, "y": 1.0}, "ill-conditioned"),
    ],
)
def test_nothing_better(given: str, where: dict[str, float | Range], reason: str) -> None:
    """Where nothing is found the expression stays as it is, and the answer says what limits it."""
    f = symgrad.parse(given)
    found = improve(f.node, where, 1.0)

    assert not found
    assert found.after is f.node
    assert reason in found.limit


def measured(given: str, where: dict[str, Range], count: int = 16) -> tuple[Node, Measure]:
    """An expression with the measure of its forms."""
    node = symgrad.parse(given).node
    return node, Measure(truth(node, variables(node), draws(where, {}), count, Budget(2.0)))


WRONG = [
    ("1 - cos(x)", "2*sin(x/2)^2*(1 + 1e-9)"),  # as good as before, but another function
    ("1 - cos(x)", "x^2/2"),  # right for small x only
    ("exp(x) - 1", "x"),
    ("sqrt(x + 1) - sqrt(x)", "1/(2*sqrt(x))"),
]


@pytest.mark.parametrize(("left", "right"), WRONG)
def test_a_wrong_rule_is_rejected(left: str, right: str) -> None:
    """A form that is another function is refused, by its bits or by certified arithmetic."""
    node, measure = measured(left, {"x": Range(1e-3, 1.0)})
    bad = symgrad.parse(right).node
    errors = measure.plain(bad)
    form = Form(bad, errors, score(errors), 1)

    assert not same_function(form, measure.truth)
    assert not same_function(form, measure.truth) or worse(measure.plain(node), errors)


def test_a_wrong_rule_in_the_search_does_no_harm() -> None:
    """With a false identity among the rules the result is still right."""
    false = Rule("tan(a) - a = a^3/3", "", lambda _: iter(()))
    node, measure = measured("(tan(x) - x)/x", {"x": Range(1e-6, 1.0)})
    part = symgrad.parse("tan(x) - x").node
    wrong = symgrad.parse("x^3/3").node
    search = Search(node, measure, lambda n: [Suggestion(false, wrong)] if n is part else [])
    forms = search.run(time.monotonic() + 0.5)
    accepted = [form for form in forms if same_function(form, measure.truth)]

    assert any(step.rule == false.name for form in forms for step in form.steps)
    assert not any(step.rule == false.name for form in accepted for step in form.steps)


def test_bits_of_error() -> None:
    """Bits count the doubles between a number and the truth; what is undefined has all bits wrong."""
    node, measure = measured("x*y", {"x": Range(1.0, 2.0), "y": Range(1.0, 2.0)})

    assert measure.plain(node).max() == 0
    assert measure.plain(symgrad.parse("x*y + 0*log(-x)").node).min() == ALL
    assert 50 < measure.plain(symgrad.parse("x*y*2").node)[0].min() <= 53
    assert np.array_equal(measure.plain(node), measure.single(node))


def test_points_in_the_domain_only() -> None:
    """Points outside of the domain are left out, and the truth of a partial may be missing."""
    _, measure = measured("sqrt(x)", {"x": Range(-1.0, 1.0)})

    assert all(point["x"] >= 0 for point in measure.truth.points)
    assert len(measure.truth.points) == 16


def test_samples_are_the_same_every_time() -> None:
    """Ranges are sampled from both ends, always in the same way; a given point comes first."""
    where = {"x": Range(-3.0, 1e9), "y": Range.around(0.0)}
    first, second = ([p for p, _ in zip(draws(where, {}), range(60), strict=False)] for _ in range(2))

    assert first == second
    assert first[0]["x"] == -3.0
    assert first[1]["x"] == 1e9
    assert all(-3 <= p["x"] <= 1e9 and abs(p["y"]) < 1e-8 for p in first)
    assert next(draws(where, {"x": 0.1, "y": 0.0})) == {"x": 0.1, "y": 0.0}


@pytest.mark.parametrize("x", [0.0, 5e-324, -5e-324, 1.0, -1.5, 1e308, math.pi])
def test_ordinals(x: float) -> None:
    """Every double has a place, the next one the next place."""
    assert x == from_ordinal(ordinal(x))
    assert ordinal(math.nextafter(x, math.inf)) == ordinal(x) + 1


@pytest.mark.parametrize(("low", "high", "expected"), [(-1.0, 2.0, 0.0), (1.0, 9.0, 3.0), (-1e9, -1e3, -1e6)])
def test_thresholds_are_short(low: float, high: float, expected: float) -> None:
    """A choice is made at a number that one can read."""
    assert expected == pytest.approx(threshold(low, high), rel=0.5)
    assert low < threshold(low, high) <= high


SERIES = [
    ("sinh(x)/x", 0, 0),
    ("1/x - 1/tan(x)", 0, 1),
    ("(x - sin(x))/(x - tan(x))", 0, 0),
    ("log(x)/(x - 1)", 1, 0),
    ("1/sinh(a*b)^2", 0, -2),
    ("x - sin(x)", 0, 3),
]


@pytest.mark.parametrize(("given", "center", "valuation"), SERIES)
def test_series_meet_the_formula(given: str, center: int, valuation: int) -> None:
    """Inside its radius a series encloses the formula's value to 2^-50."""
    node = symgrad.parse(given).node
    (core,) = cores(node)
    expansion = expanded(node, core, center)
    assert expansion is not None
    names = variables(node)
    for form in written(node, core, center, expansion):
        point = {v.name: center + 0.0007 if len(names) == 1 else 0.02 for v in names}
        truths = truth(node, names, iter([point]), 1, Budget(2.0))
        steps = Search(node, Measure(truths)).first.steps
        errors = Measure(truths).plain(form)
        assert not steps
        assert errors[0].max() < 4

    assert valuation == expansion.valuation


def test_no_series_where_there_is_none() -> None:
    """Kinks, logarithms and roots have no power series, polynomials need none."""
    for given in ("abs(x)/x", "log(x)/x", "sqrt(x) - x", "exp(-1/x)/x"):
        node = symgrad.parse(given).node
        assert expanded(node, variables(node)[0], 0) is None, given


def test_the_data_is_improved() -> None:
    """A few points of the data files, with their own truth, gain three digits (all: python -m tests.improving)."""
    wanted = {"herbie-0512", "herbie-0528", "herbie-0363", "herbie-0116", "herbie-0689", "fpbench-0077"}
    known = {row["id"] for name in ("herbie", "fpbench") for row in rows(name)}
    found = [
        attempt(case, 10.0, plain=True) for case in bad_points(("herbie", "fpbench"), plain=True, ids=wanted)
    ]

    assert {case.row["id"] for case in found} == wanted & known
    assert [] == [case.row["id"] for case in found if not case.improved]


def test_the_library() -> None:
    """`Expression.improve` takes pairs and numbers, and gives expressions."""
    f = symgrad.parse("y*(sqrt(x + 1) - sqrt(x))")
    found = f.improve({"y": 2}, x=(1, 1e12), budget=10.0)

    assert found
    assert found.before == f
    assert isinstance(found.after, symgrad.Expression)
    assert str(found.after) == "y/(sqrt(x + 1) + sqrt(x))"
    assert found.proof == "identity"
    assert not symgrad.parse("x + 1").improve(x=2.0)


@pytest.mark.parametrize("value", [(2, 1), (1, math.inf), (1,), "1", (1, 2, 3), math.nan, None])
def test_ranges_that_are_none(value: object) -> None:
    """A range is a finite number, or two in order."""
    with pytest.raises(TypeMistake) as caught:
        ranged({"x": value}, ("x",))

    assert caught.value.code == "SG211"


def test_unknown_names_and_arrays() -> None:
    """Only variables have ranges, and only numbers can be improved."""
    with pytest.raises(NameMistake):
        symgrad.parse("x").improve(y=1.0)
    with pytest.raises(TypeMistake):
        symgrad.parse("[x, x]").improve(x=1.0)


def example() -> Improved:
    """A result with everything in it, whose numbers depend on no machine."""
    before, after = symgrad.parse("(1 - cos(x))*y/x^2"), symgrad.parse("y*sinc(x/2)^2/2")
    quantities = tuple(
        Quantity(n, Bits(61.96, 62.0), Bits(0.25, 1.0)) if n != "y" else Quantity(n, Bits(0, 0), Bits(0, 0))
        for n in ("", "x", "y")
    )
    rules = (
        Applied("1 - cos(a) = 2*sin(a/2)^2", "", before, after),
        Applied("log(a*b) = log(a) + log(b)", "a, b > 0", before, after),
    )
    where = {"x": Range.around(1e-8), "y": Range(1.0, 1e15)}
    return Improved(
        "(1 - cos(x))*y/x^2", Improvement(before, after, quantities, rules, where, 24, "conditions")
    )


def nothing() -> Improved:
    """A result where nothing was found."""
    f = symgrad.parse("x - 0.1*y")
    limit = "the value is ill-conditioned: a relative change of its variables grows by 1.8e+16 (54 bits), so rounding"
    bits = (Quantity("", Bits(54.0, 55.0), Bits(54.0, 55.0)),)
    return Improved("x - 0.1*y", Improvement(f, f, bits, (), {"x": Range.around(0.1)}, 24, limit=limit))


def test_what_a_user_sees() -> None:
    """The better form, the bits before and after, the rules, and why it is the same; or what limits."""
    parts = [plain(render(r, Layout(columns))) for r in (example(), nothing()) for columns in (80, 50)]
    parts += [json.dumps(jsonform.data(r), indent=1) + "\n" for r in (example(), nothing())]

    snapshot.check("improve.txt", "\n".join(parts))


def test_the_command_line() -> None:
    """`symgrad improve EXPR x=LOW..HIGH` answers with exit code 0, also in JSON."""
    shown = ran("improve", "sqrt(x + 1) - sqrt(x)", "x=1..1e15", "--budget", "10")
    data = json.loads(ran("improve", "exp(x) - 1", "x=1e-8", "--json", "--budget", "10").out)

    assert shown.code == 0
    assert "1/(sqrt(x + 1) + sqrt(x))" in shown.out
    assert "x in 1..1e15" in shown.out
    assert data["improved"] is True
    assert data["form"] == "expm1(x)"
    assert data["rules"][0]["rule"] == "exp(a) - 1 = expm1(a)"


@pytest.mark.parametrize("value", ["2..1", "1..[1, 2]", "1..y", "1.."])
def test_wrong_ranges(value: str) -> None:
    """A range that is none is a mistake of the user."""
    assert ran("improve", "x", f"x={value}").code == 2


def test_in_a_session() -> None:
    """`:improve EXPR, x=...` takes ranges, and values that the session has."""
    workspace = Workspace()
    found: list[Result] = []
    for line in ("x = 1e-9", ":improve exp(x) - 1", ":improve log(1 + y), y=-1e-6..1e-6"):
        for given in submit(workspace, line):
            if isinstance(given, Workspace):
                workspace = given
            elif isinstance(given, Result):
                found.append(given)

    assert [str(r.improvement.after) for r in found if isinstance(r, Improved)] == ["expm1(x)", "log1p(y)"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--quiet",), "-1/(x*(x + 1))\n"),
        (("--plain",), "form\t-1/(x*(x + 1))\tidentity\nvalue\t"),
        ((), "simplification alone gives this form"),
    ],
)
def test_the_command_line_has_one_form_for_each_reader(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The form alone, tab-separated lines, or sentences; nothing is said of steps where there are none."""
    assert 0 == main(["improve", "1/(x+1)-1/x", "x=1e10", *words])
    assert said in capsys.readouterr().out
