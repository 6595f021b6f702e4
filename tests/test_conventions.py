"""Awkward points: value, slopes and flags of the table of conventions, in every way of computing."""

from __future__ import annotations

import dataclasses
import itertools
import math
import subprocess
import sys
from collections.abc import Iterable, Mapping

import numpy as np
import pytest

from symgrad import parse
from symgrad.engine import jets
from symgrad.engine.flags import BITS, Flag, kinds_in
from symgrad.graph import Program
from tests.conventions import Row, page, rows

ROWS = rows()
BENT = {"kink", "tie", "jump", "branch"}
each_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row.section}: {row}" for row in ROWS])


def same(got: float, wanted: float) -> bool:
    """Equal within 4 ulp; nan equals nan, and a negative zero that is asked for has to be one."""
    if wanted != wanted:
        return got != got
    if wanted == 0 and math.copysign(1, wanted) < 0 <= math.copysign(1, got):
        return False
    return got == wanted or (math.isfinite(wanted) and abs(got - wanted) <= 4 * math.ulp(wanted))


def differences(
    row: Row, value: float, grad: Mapping[str, float] | None = None, kinds: Iterable[str] | None = None
) -> list[str]:
    """What is not as the table says."""
    found = [] if same(value, row.value) else [f"value {value!r}, not {row.value!r}"]
    if grad is not None:
        found += [
            f"∂/∂{v} {grad[v]!r}, not {g!r}" for v, g in row.grad.items() if not same(float(grad[v]), g)
        ]
    if kinds is not None and set(kinds) != set(row.flags):
        found.append(f"flags {sorted(set(kinds))}, not {list(row.flags)}")
    return found


def kinds_of(flags: Iterable[Flag]) -> set[str]:
    """The kinds of some flags."""
    return {flag.kind for flag in flags}


def many(row: Row, *, beside: bool = False) -> dict[str, np.ndarray]:
    """The point of a row as arrays: alone, or as the second of four points."""
    steps = np.array([0.375, 0.0, -0.6875, 1.3125]) if beside else np.zeros(1)
    return {name: np.where(steps == 0, x, x + steps) for name, x in row.at.items()}


@each_row
def test_one_point(row: Row) -> None:
    """Value, partials, flags, the interval of slopes, and what is proved, at one point."""
    result = parse(row.expr).evaluate(row.at)

    assert [] == differences(row, result.value, result.grad, kinds_of(result.flags))
    assert set(row.proved) == set(result.proved)
    if row.slopes is not None:
        assert row.slopes in [flag.slopes for flag in result.flags]


@each_row
def test_many_points(row: Row) -> None:
    """The same numbers and flags from arrays; at the points beside, what one point gives there."""
    f = parse(row.expr)
    alone = f.evaluate(many(row))
    single = differences(row, alone.value[0], None if row.wide else {k: g[0] for k, g in alone.grad.items()})
    mixed = f.evaluate(many(row, beside=True))

    assert [] == single
    assert set(row.flags) - {"precision"} == set(kinds_in(int(alone.masks[0])))
    assert set(row.flags) - {"precision"} == kinds_of(alone.flags)
    for i in range(len(mixed.value)):
        point = {name: float(x[i]) for name, x in many(row, beside=True).items()}
        one = f.evaluate(point)
        assert same(mixed.value[i], one.value)
        assert kinds_of(one.flags) - {"precision"} == set(kinds_in(int(mixed.masks[i]))), point
        for name, g in mixed.grad.items():
            assert row.wide or _near(g[i], one.grad[name]), (point, name)


def _near(a: float, b: float) -> bool:
    return same(float(a), b) or abs(a - b) <= 1e-7 * abs(b)


@each_row
def test_inside_branches(row: Row) -> None:
    """In a branch that is taken nothing changes; in one that is not there is no value, no slope and no flag."""
    f = parse(f"if(taken > 0, {row.expr}, 7)")
    taken = f.evaluate({**row.at, "taken": 1.0})
    skipped = f.evaluate({**row.at, "taken": -1.0})
    both = f.evaluate({**row.at, "taken": np.array([1.0, -1.0])})

    assert [] == differences(row, taken.value, taken.grad, kinds_of(taken.flags))
    assert (7.0, set(), ()) == (skipped.value, {g for g in skipped.grad.values() if g != 0}, skipped.flags)
    assert [0.0, 7.0] == [both.value[1] - 7.0, both.value[1]]
    assert [] == differences(
        row, both.value[0], None if row.wide else {k: g[0] for k, g in both.grad.items()}
    )
    assert 0 == both.masks[1]
    assert all(g[1] == 0 for g in both.grad.values())


@each_row
def test_derivatives_as_formulas(row: Row) -> None:
    """The formula of a derivative gives the same number, or the one that the table notes."""
    f = parse(row.expr)
    if row.wide:
        return
    for name, g in f.grad().items():
        wanted = row.graph.get(name, row.grad[name])
        assert _near(float(g(row.at)), wanted), (name, str(g))


@each_row
def test_forward_mode(row: Row) -> None:
    """Off kinks and where all is finite, jets agree with backprop."""
    if BENT & set(row.flags) or row.wide or row.proved or not all(map(math.isfinite, row.grad.values())):
        return
    f = parse(row.expr)
    program = Program([f.node])
    point = {v: row.at[v.name] for v in program.variables}
    for v in program.variables:
        value, slope = jets.jvp(program, point, {v: 1.0})
        assert same(value, row.value)
        assert _near(slope, row.grad[v.name])


@pytest.mark.parametrize("row", [r for r in ROWS if r.truth], ids=str)
def test_the_truth_is_certified(row: Row) -> None:
    """Where float64 has no right digit, certified arithmetic has them."""
    verdict = parse(row.expr).check(row.at, sympy=False)

    for name, truth in row.truth.items():
        assert not verdict
        assert verdict.partials[name].certified_float == pytest.approx(truth, rel=1e-15)


def test_the_tests_can_fail() -> None:
    """A wrong value, slope or flag, a finite slope for nan and a zero of the wrong sign are told."""
    row = next(r for r in ROWS if r.expr == "sqrt(x)")
    negative = next(r for r in ROWS if r.expr == "-x")

    assert [] == differences(row, 0.0, {"x": math.inf}, ["vertical"])
    assert 1 == len(differences(row, 5e-324 * 5, {"x": math.inf}, ["vertical"]))
    assert 1 == len(differences(row, 0.0, {"x": 0.0}, ["vertical"]))
    assert 1 == len(differences(row, 0.0, {"x": math.inf}, []))
    assert 3 == len(differences(row, math.nan, {"x": math.nan}, ["kink"]))
    assert 1 == len(differences(dataclasses.replace(row, grad={"x": math.nan}), 0.0, {"x": 1.0}))
    assert 1 == len(differences(negative, 0.0))


def test_flags_name_nodes_and_places() -> None:
    """A flag has the node and its place in the text, at one point and at many."""
    f = parse("1 + abs(x)*sqrt(y)")
    one = f.evaluate(x=0.0, y=0.0)
    several = f.evaluate(x=np.array([1.0, 0.0, 2.0]), y=np.array([1.0, 4.0, 0.0]))

    for flags in (one.flags, several.flags):
        assert {"abs(x)", "sqrt(y)"} == {
            "1 + abs(x)*sqrt(y)"[flag.span.start : flag.span.end] for flag in flags if flag.span
        }
    assert [0, BITS["kink"], BITS["vertical"]] == several.masks.tolist()


BRANCHES = {
    "if(x > 0, sqrt(x), -x)": (-1.0, 0),
    "if(x > 0 and log(x) > 1, x, 2)": (-1.0, 0),
    "if(x < 0 or log(x) > 1, x, 2)": (-1.0, 0),
    "max(abs(x), 5)": (0.0, 0),
    "relu(abs(x) - 5)": (0.0, 0),
    "if(floor(x) == 2, x, 0)": (3.0, BITS["jump"]),
    "if(x >= 0 and x < 1, x, 5)": (0.0, BITS["branch"]),
    "clip(abs(x) - 7, 0, 1)": (0.0, 0),
    "sum(if([x, x + 3] > 0, log([x, x + 3]), [0, 0]))": (-1.0, 0),
    "abs(3 - 3) + x": (1.0, 0),
    "sqrt(0) + x": (1.0, 0),
}


@pytest.mark.parametrize("text", BRANCHES)
def test_flags_come_from_what_matters(text: str) -> None:
    """What a choice leaves out, what an `and` need not ask, and constants raise no flags; jumps in conditions do."""
    x, mask = BRANCHES[text]
    f = parse(text)
    one, several = f.evaluate(x=x), f.evaluate(x=np.array([x, 10.5]))

    assert kinds_in(mask) == tuple(kinds_of(one.flags))
    assert [mask, 0] == several.masks.tolist()


def test_arrays_are_flagged_by_element() -> None:
    """Kinks, ties and domains of array elements are found, and told in the words of the first one."""
    f = parse("sum(relu(v)) + max(v) + norm(w)", types={"v": "real[3]", "w": "real[2]"})
    result = f.evaluate(v=np.array([1.0, 0.0, 1.0]), w=np.zeros(2))

    assert {("kink", "relu(0.0)"), ("tie", "amax([1.0, 0.0, 1.0])"), ("kink", "norm([0.0, 0.0])")} == {
        (flag.kind, flag.detail) for flag in result.flags
    }
    logs = parse("sum(log(v))", types={"v": "real[3]"}).evaluate(v=np.array([1.0, -2.0, 0.0]))
    assert {"domain", "pole"} == kinds_of(logs.flags)


def test_all_subnormals_survive_in_batches() -> None:
    """Nothing is flushed: differences and products of subnormals are exact, and equal those of one point."""
    tiny = np.array([5e-324, 1e-323, 2.2250738585072014e-308, -5e-324])
    f = parse("3*x - x")

    assert (2 * tiny).tolist() == f(x=tiny).tolist() == [f(x=float(t)) for t in tiny]


def test_ordinary_points_do_not_wait_for_certified_arithmetic() -> None:
    """Off kinks and borders neither flint nor one-sided series are imported; at one point NumPy is not, either."""
    code = (
        "import sys, symgrad; f = symgrad.parse('if(x > 0, sqrt(abs(x))*x, exp(x)/max(x, 2))')\n"
        "f.evaluate(x=2.0); f.evaluate(x=-1.0)\n"
        "assert 'numpy' not in sys.modules\n"
        "import numpy; f.evaluate(x=numpy.array([1.0, -2.0])).masks\n"
        "assert 'flint' not in sys.modules\n"
        "f.evaluate(x=0.0)\n"
        "assert 'flint' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_many_points_say_which_partials_are_proved() -> None:
    """At a border a batch tells proved partials from conventions, point by point, also of programs with arrays."""
    f = parse("if(x == 0, 0, x) + abs(y)").evaluate(x=np.array([0.0, 1.0, 0.0]), y=np.array([1.0, 0.0, 0.0]))
    v = parse("if(x == 0, 0, x) + sum(v)", types={"v": "real[2]"}).evaluate(x=np.zeros(2), v=np.ones((2, 2)))

    assert [1.0, 1.0, 1.0] == f.grad["x"].tolist()
    assert {"x": [True, False, True]} == {name: where.tolist() for name, where in f.proved.items()}
    assert {"x": [True, True]} == {name: where.tolist() for name, where in v.proved.items()}
    assert {} == parse("x^2").evaluate(x=np.ones(2)).proved


def test_many_distinct_points_on_a_border_are_settled_up_to_a_number() -> None:
    """Each of the first distinct points on a border gets its proven slope; equal ones are asked once."""
    from symgrad.engine.many import MOST_SETTLED

    f = parse("if(x == y, x, y)")
    points = np.repeat(np.arange(1.0, MOST_SETTLED + 11), 2)
    slopes = f.evaluate(x=points, y=points).grad["y"]

    assert [1.0] * 2 * MOST_SETTLED == slopes[: 2 * MOST_SETTLED].tolist()
    assert len(set(slopes[2 * MOST_SETTLED :])) == 1


def test_predicates_serve_numbers_and_arrays() -> None:
    """`kinks`, `valid` and domains of every op say the same of an array as of each of its numbers."""
    from tests.measure import SPECIAL_POINTS, scalar_ops

    grid = np.array([*SPECIAL_POINTS, 1.5, -2.5, 90.0, math.inf, -math.inf, math.nan])
    with np.errstate(all="ignore"):
        for op in scalar_ops():
            count = op.arity or 0
            xs = [grid, np.roll(grid, 1), np.roll(grid, 2)][:count]
            for predicate in (op.kinks, op.valid):
                if callable(predicate):
                    wanted = [bool(predicate(*map(float, row))) for row in zip(*xs, strict=True)]
                    assert wanted == np.broadcast_to(predicate(*xs), grid.shape).tolist(), op
            for i in range(count):
                assert [float(x) in op.domain_of(i) for x in grid] == op.domain_of(i).holds(grid).tolist(), op


def test_the_page_is_up_to_date(root: object) -> None:
    """docs/conventions.md is what `python -m tests.conventions` writes."""
    from tests.conftest import ROOT

    assert page() == (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")


GRID = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -2.5, 5e-324, -1e-310, 1e300, -1000.0, math.inf, -math.inf, math.nan)
SLOW = ("igamma", "gammaincc", "gammainc", "beta", "polygamma", "jv", "yv", "iv", "kv", "zeta")
"""Functions whose certified values take long at the ends of the number line."""


@pytest.mark.parametrize("count", [1, 2])
def test_one_point_and_many_say_the_same(count: int) -> None:
    """At zeros, subnormals, huge numbers, infinities and nan no op raises, and the flags are the same both ways."""
    from symgrad.engine.backprop import evaluate
    from symgrad.graph import apply, var
    from tests.measure import attrs_of, scalar_ops

    points = list(itertools.product(GRID, repeat=count))
    for op in scalar_ops():
        if op.arity != count or op.hidden or op.name in SLOW:
            continue
        variables = [var(f"x{i}") for i in range(count)]
        program = Program([apply(op, tuple(variables), attrs_of(op))])
        columns = dict(
            zip((v.name for v in variables), map(np.array, zip(*points, strict=True)), strict=True)
        )
        together = evaluate(program, columns)
        for i, point in enumerate(points):
            alone = evaluate(program, dict(zip(columns, point, strict=True)))
            assert kinds_of(alone.flags) - {"precision"} == set(kinds_in(int(together.masks[i]))), (op, point)
            assert np.isfinite(alone.value) == np.isfinite(together.value[i]), (op, point)
            slopes = np.array([[g, together.grad[name][i]] for name, g in alone.grad.items()])
            if alone.value != alone.value:
                assert np.isnan(slopes).all(), (op, point)
            if "pole" in kinds_of(alone.flags) and math.isinf(alone.value):
                assert not np.isfinite(slopes).any(), (op, point)


def test_nothing_warns() -> None:
    """NumPy's warnings do not reach the user: not from reductions, not from their slopes, not from infinities."""
    vectors = {"v": "real[2]"}
    zero, huge = np.zeros(2), np.array([1e300, -math.inf])
    for text in ("norm(v)/sum(v)", "sqrt(sum(v^2))", "max(v)^min(v)", "log(sum(v))*norm(v)", "sum(v^v/v)"):
        for v in (zero, huge, np.stack([zero, huge])):
            result = parse(text, types=vectors).evaluate(v=v)
            assert result.flags or np.all(np.isfinite(result.value))
    for text in ("x^y", "floor(x*y)^x", "mod(x, y)/(x - y)"):
        for x, y in itertools.product(GRID, repeat=2):
            result = parse(text).evaluate(x=x, y=y)
            assert isinstance(result.value, float)
