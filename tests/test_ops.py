"""Every op of the table: its example, its domain, and how exact it is over the whole of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import symgrad
from symgrad.certified.interpret import NoEnclosure
from symgrad.domain import Domain, Interval
from symgrad.engine.flags import flags
from symgrad.engine.jets import taylor
from symgrad.graph import Program, apply, const, real, var
from symgrad.ops import ALIASES, OPS, find, reductions
from symgrad.ops.op import Op, op, remove
from symgrad.ops.reference import reference
from symgrad.ops.support import INTERPRETERS, support
from tests.measure import (
    COSTLIEST,
    COSTLY,
    Point,
    Subject,
    Worst,
    at_kink,
    attrs_of,
    columns,
    differentiable,
    lives,
    points,
    sampled,
    scalar_ops,
    ulps,
)

DATA = Path(__file__).parent / "data"
NUMERIC = scalar_ops()
VISIBLE = [entry for entry in NUMERIC if not entry.hidden]
NEAR_ONE = {"gammainc", "gammaincc"}
"""Their second derivatives by the first argument are differences of numbers near 1."""

SCALED_TAILS = {"erfc", "ncdf", "gelu"}
"""On arrays these are products of a scaled function and an exponential: within 8 ulp."""

VALUE_ULPS, SLOPE_ULPS, HIDDEN_ULPS = 4.0, 8.0, 8.0
SECOND_RELATIVE = 1e-9


def name_of(entry: Op) -> str:
    """For the names of parametrised tests."""
    return entry.name


@pytest.mark.parametrize("entry", NUMERIC, ids=name_of)
def test_values_are_exact(entry: Op) -> None:
    """One point and many: within 4 ulp of certified arithmetic (8 for the hidden ops of derivatives)."""
    subject, rows = Subject(entry), sampled(entry)
    many = entry.array_fn(*columns(rows), **attrs_of(entry)).tolist()
    single, array = Worst(), Worst()
    for row, got in zip(rows, many, strict=True):
        if at_kink(entry, row) and any(x == 0 and math.copysign(1, x) < 0 for x in row):
            continue  # a ball has no -0, and here the sign of zero decides
        truth = subject.value(row)
        single.add(float(entry(*row, **attrs_of(entry))), truth, row)
        array.add(got, truth, row)
    limit = HIDDEN_ULPS if entry.hidden else VALUE_ULPS
    array_limit = HIDDEN_ULPS if entry.name in SCALED_TAILS else limit

    assert (True, True) == (single.ulps <= limit, array.ulps <= array_limit), (single, array)
    assert single.unknown <= (0.6 if entry.name in COSTLY | COSTLIEST else 0.1) * len(rows)


def slopes(entry: Op, rows: list[Point]) -> Iterator[tuple[str, Point, int, float, float]]:
    """Where an op is smooth: each partial by the sweep on numbers and by the gradient graph, and the truth."""
    subject = Subject(entry)
    for row in rows:
        value, partials = subject.computed(row)
        truth = subject.value(row)
        if truth is None or not lives(value, truth) or at_kink(entry, row):
            continue
        for i, got in enumerate(partials):
            if differentiable(entry, i) and entry.rule(i) is not None:
                true = subject.slope(row, i, 1)
                if true is not None:
                    yield "numbers", row, i, got, true
                    yield "nodes", row, i, subject.graph_slope(row, i, 1), true


@pytest.mark.parametrize("entry", VISIBLE, ids=name_of)
def test_rules_are_exact(entry: Op) -> None:
    """Each rule, on numbers and on nodes: within 8 ulp of a certified series that knows no rule."""
    bad = [found for found in slopes(entry, sampled(entry)) if ulps(found[3], found[4]) > SLOPE_ULPS]

    assert [] == bad


@pytest.mark.parametrize("entry", VISIBLE, ids=name_of)
def test_rules_of_rules_are_right(entry: Op) -> None:
    """The second derivative, as a graph of a graph, is that of certified series at points of ordinary size."""
    subject = Subject(entry)
    rows = [row for row in points(entry, 60, seed=1) if all(1e-3 < abs(x) < 30 for x in row)]
    for row in rows[: 4 if entry.name in COSTLY | COSTLIEST else 12]:
        if at_kink(entry, row):
            continue
        for i, x in enumerate(row):
            if not differentiable(entry, i):
                continue
            slope, truth = subject.slope(row, i, 1), subject.slope(row, i, 2)
            if slope is None or truth is None or not math.isfinite(truth) or not math.isfinite(slope):
                continue
            got = subject.graph_slope(row, i, 2)
            scale = abs(truth) + abs(slope) * (1 + 1 / abs(x)) + (entry.name in NEAR_ONE)
            assert abs(got - truth) <= SECOND_RELATIVE * scale, (row, i, got, truth)


@pytest.mark.parametrize("entry", VISIBLE, ids=name_of)
def test_outside_the_domain_is_flagged(entry: Op) -> None:
    """Outside its domain an op gives nan or an infinity, never an exception, and a flag says what happened."""
    domains = [entry.domain_of(i) for i in range(entry.arity or 0)]
    variables = [var(f"x{i}") for i in range(len(domains))]
    program = Program([apply(entry, tuple(variables), attrs_of(entry))])
    for i, domain in enumerate(domains):
        for x in (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0):
            if x in domain:
                continue
            row = [0.5 if 0.5 in d else 2.0 for d in domains]
            row[i] = x
            value = entry(*row)
            values = [dict(zip(variables, row, strict=True)).get(node, value) for node in program.nodes]

            assert not math.isfinite(value), (row, value)
            assert flags(program, values, program.outputs[0])[0].kind in ("domain", "pole"), row


@pytest.mark.parametrize("entry", NUMERIC, ids=name_of)
def test_what_is_not_finite_raises_nothing(entry: Op) -> None:
    """At infinities and nan an op and its rules give numbers, one point as many; nan in is nan out."""
    subject = Subject(entry)
    for special in (math.inf, -math.inf, math.nan):
        row = (special,) * (entry.arity or 0)
        value, partials = subject.computed(row)
        (many,) = entry.array_fn(*columns([row]), **attrs_of(entry)).tolist()

        assert all(isinstance(float(p), float) for p in partials)
        assert ulps(many, value) <= VALUE_ULPS or (many != many and value != value), (row, many, value)
        assert value != value or special == special or entry.arity == 0


SPOKEN = [entry for entry in OPS.values() if not entry.hidden]


@pytest.mark.parametrize("entry", SPOKEN, ids=name_of)
def test_examples_hold(entry: Op) -> None:
    """Both sides of the example have the same value."""
    left, right = entry.example.split(" = ")

    assert symgrad.parse(right)() == pytest.approx(symgrad.parse(left)(), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("entry", OPS.values(), ids=name_of)
def test_entries_read_well(entry: Op) -> None:
    """One sentence with a period, a group, an example, and a domain in words."""
    assert entry.doc.endswith((".", ")."))
    assert entry.doc[0].isupper() or entry.doc.split("(")[0].split(" ")[0].islower() or entry.doc[0] in "-01|"
    assert entry.group
    assert " = " in entry.example
    assert all(domain.describe() for domain in entry.domain)


def test_spellings_are_unique() -> None:
    """No alias is the name of another op, and every alias leads to an op of the language."""
    assert set() == set(ALIASES) & set(OPS)
    assert all(find(alias) is OPS[name] for alias, name in ALIASES.items())


def test_hidden_ops_have_no_spelling() -> None:
    """An op that serves rules only cannot be called."""
    assert all(find(entry.name) is None for entry in OPS.values() if entry.hidden)


def test_every_function_of_the_data_is_known() -> None:
    """Each function and alias of the checklist, and each name in the formulas, is an op."""
    names: set[str] = set()
    for path in sorted(DATA.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            names.update(row.get("functions", []))
            names.update([row["fn"]] if "fn" in row else [])
            if path.stem == "checklist":
                names.update([*row["name"].split(), *row["aliases"]])

    assert len(names) > 100
    assert [] == sorted(name for name in names if find(name) is None)


def test_a_conflict_of_names_is_an_error() -> None:
    """Two entries cannot claim one spelling."""
    with pytest.raises(ValueError, match="sin is in the table already"):
        op("sin", "Again.", "sin(0) = 0", None)
    with pytest.raises(ValueError, match="ln is in the table already"):
        op("log_e", "Again.", "log_e(1) = 0", None, aliases=("ln",))
    assert "log_e" not in OPS


ARRAYS = {
    "sum": ([(2, 3)], {}), "mean": ([(2, 3)], {"axis": 1}), "prod": ([(4,)], {}), "amax": ([(2, 3)], {"axis": 0}),
    "amin": ([(5,)], {}), "norm": ([(3,)], {}), "logsumexp": ([(2, 3)], {"axis": 1}), "softmax": ([(2, 3)], {}),
    "log_softmax": ([(4,)], {}), "reshape": ([(2, 3)], {"shape": (3, 2)}), "transpose": ([(2, 3)], {}),
    "broadcast_to": ([(1, 3)], {"shape": (2, 3)}), "index": ([(3, 2)], {"key": (1, (0, 2, 1))}),
    "stack": ([(2,), (2,)], {}), "concat": ([(2,), (3,)], {}), "matmul": ([(2, 3), (3, 2)], {}),
    "dot": ([(3,), (3,)], {}), "outer": ([(2,), (3,)], {}), "trace": ([(3, 3)], {}), "diagonal": ([()], {"n": 3}),
    "det": ([(3, 3)], {}), "cofactors": ([(3, 3)], {}), "inv": ([(3, 3)], {}), "solve": ([(3, 3), (3,)], {}),
    "scatter": ([(2,)], {"key": ((0, 2, 1),), "shape": (4,)}), "prod_others": ([(4,)], {}),
}  # fmt: skip


def test_all_array_ops_are_measured() -> None:
    """Whoever adds an array op gives it a case above."""
    assert {entry.name for entry in OPS.values() if not entry.pointwise} == set(ARRAYS)


@pytest.mark.parametrize("name", ARRAYS)
def test_rules_of_array_ops(name: str) -> None:
    """The gradient of a weighted sum of the result, on numbers and on nodes, is that of certified scalar series."""
    import numpy as np

    from symgrad.engine.backprop import evaluate
    from symgrad.engine.evaluate import run
    from symgrad.engine.gradient import gradient
    from symgrad.graph.scalarise import scalarise, scalarise_point

    shapes, attrs = ARRAYS[name]
    rng = np.random.default_rng(7)
    variables = [var(f"v{i}", real(*shape)) for i, shape in enumerate(shapes)]
    y = apply(OPS[name], tuple(variables), attrs)
    weights = rng.uniform(0.5, 2, y.type.shape)
    root = y * const(weights) if y.type.shape else y * const(float(weights))
    root = reductions.sum_(root) if root.type.shape else root
    point = {v: rng.uniform(-2, 2, v.type.shape) if v.type.shape else 0.7 for v in variables}
    by_sweep = evaluate(Program([root]), {v.name: value for v, value in point.items()})
    scalar_root = scalarise([root])[0].item()
    scalars = scalarise_point(point)
    graph = Program(gradient(root, variables))
    on_nodes = run(graph, point)

    for v, slot in zip(variables, graph.outputs, strict=True):
        graph_gradient = np.broadcast_to(on_nodes[slot], v.type.shape)
        for key in np.ndindex(*v.type.shape):
            element = next(
                s for s in scalars if s.name == (f"{v.name}[{', '.join(map(str, key))}]" if key else v.name)
            )
            truth = taylor(Program([scalar_root]), scalars, element, 1)[1]
            swept = float(np.asarray(by_sweep.grad[v.name])[key])
            assert truth == pytest.approx(swept, rel=1e-12, abs=1e-13)
            assert truth == pytest.approx(float(graph_gradient[key]), rel=1e-12, abs=1e-13)


def faulty(entry: Op, rule: Any) -> Op:
    """An op with its first rule replaced."""
    return op(
        "faulty", entry.doc, "faulty(1) = 1", rule,
        scalar=entry.scalar_fn, ball=entry.name, series=entry.name, domain=entry.domain,
    )  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        lambda g, y, x: -g * OPS["cos"](x),
        lambda g, y, x: 2 * g * OPS["cos"](x),
        lambda g, y, x: g * OPS["cos"](x) * (1 + 1e-14),
        lambda g, y, x: g * OPS["cos"](x) + 1e-13,
        lambda g, y, x: g * OPS["sin"](x),
    ],
    ids=["sign", "factor", "45 ulp", "offset", "other function"],
)
def test_a_corrupt_rule_is_seen(rule: Any) -> None:
    """The measurement fails for a wrong sign, a wrong factor and a few dozen ulps."""
    entry = faulty(OPS["sin"], rule)
    try:
        with pytest.raises(AssertionError):
            test_rules_are_exact(entry)
    finally:
        remove("faulty")


def test_a_corrupt_value_is_seen() -> None:
    """The measurement fails for a value that is off by a few ulps at huge arguments only."""
    entry = op("faulty", "Wrong far out.", "faulty(1) = 1", lambda g, y, x: g, ball="sin",
               scalar=lambda x: math.sin(x if abs(x) < 1e5 else math.fmod(x, 2 * math.pi)))  # fmt: skip
    try:
        with pytest.raises(AssertionError):
            test_values_are_exact(entry)
    finally:
        remove("faulty")


def test_adding_an_op_is_one_entry() -> None:
    """A new entry has value, arrays, gradient, series, balls, text, LaTeX, SymPy, docs and support at once."""
    square = OPS["square"]
    op("versin", "Versed sine, 1 - cos(x).", "versin(pi) = 2", lambda g, y, x: g * OPS["sin"](x),
       expand=lambda x: 2 * square(OPS["sin"](x / 2)), aliases=("ver",))  # fmt: skip
    try:
        entry = find("ver")
        assert entry is OPS["versin"]
        f = symgrad.parse("versin(2*x)")
        assert 1 - math.cos(1.5) == pytest.approx(f(x=0.75), rel=1e-15)
        assert 2 * math.sin(1.5) == pytest.approx(f.evaluate(x=0.75).grad["x"], rel=1e-15)
        assert 2 * math.sin(1.5) == pytest.approx(f.diff("x")(x=0.75), rel=1e-15)
        assert "versin(2*x)" == str(f)
        assert "versin" in f.to_latex()
        assert "2*sin(x)**2" in str(f.to_sympy())
        assert f.check(x=0.75, sympy=False)
        assert "| `versin` (ver) | Versed sine, 1 - cos(x). |" in reference()
        assert {"native", "expanded"} == {str(support(entry, i)) for i in INTERPRETERS}
        test_values_are_exact(entry)
        test_rules_are_exact(entry)
        test_examples_hold(entry)
    finally:
        remove("versin")
    assert find("ver") is None


def test_domains_describe_themselves() -> None:
    """Points left out are said to be left out."""
    two = Domain((Interval(-math.inf, 0.0, False, True), Interval(0.0, math.inf, True)))

    assert ["x != 0", "x >= 0, x != 1", "x <= -1 or x >= 1"] == [
        d.describe() for d in (two, OPS["li"].domain[0], OPS["asec"].domain[0])
    ]


def test_no_op_lacks_an_enclosure() -> None:
    """Every op of numbers can be certified, value and series."""
    for entry in NUMERIC:
        subject = Subject(entry)
        row = points(entry, 3)[0]
        try:
            subject.value(row)
            for i in range(len(row)):
                if differentiable(entry, i) and entry.rule(i) is not None:
                    subject.slope(row, i, 1)
        except NoEnclosure as error:
            pytest.fail(f"{entry.name}: {error}")
