"""Fault injection: whatever is corrupted in an op's entry, in turn, the check never gives a tick to a wrong number.

Rules, kernels, SymPy's counterparts and Arb's lie one at a time, at a point where the lie changes the number and the
honest op gets a tick. Lies that no point can show are those that say the same on nodes, and those of `UNSEEN`.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from symgrad import balls
from symgrad.balls import make
from symgrad.certified import interpret
from symgrad.check import Verdict, check
from symgrad.engine.evaluate import run
from symgrad.engine.gradient import gradient
from symgrad.graph import Node, Program, apply, const, node_from_rows, var
from symgrad.ops import OPS
from symgrad.ops.op import NO_RULES, Guarded, Op, Rule
from symgrad.symbolic.sympy_worker import derivatives
from tests.measure import COSTLIEST, attrs_of, draw, scalar_ops

Point = tuple[float, ...]
Make = Callable[..., Any]

NUMERIC = scalar_ops()
FACTOR = 1.75
"""What the op is multiplied by, so that an adjoint that is lost can be seen."""
LEAST = 1e-6
"""Lies change a number by this much at least, relatively: what is smaller is measured in ulps elsewhere."""
BUDGET = 5.0
FEW = 5
"""Digits that stay right where a value is off by 0.00001."""

UNSEEN = {
    "relu output for input 0": "the output is positive where the input is",
    "leaky_relu output for input 0": "the output is positive where the input is",
    "selu output for input 0": "the output is positive where the input is",
    "npdf output for input 0": "the rule is -g*x*y, symmetric in both",
    "exp_sq output for input 0": "the rule is 2*g*x*y, symmetric in both",
    "exp_neg_sq output for input 0": "the rule is -2*g*x*y, symmetric in both",
    "beta_slope swapped 1": "the rule is symmetric in a and b",
    "digamma_gap swapped 1": "the rule asks for a + b only",
    "copysign swapped 0": "whether two signs differ is symmetric",
    "polygamma swapped 1": "an order that is no integer has no value: nan, and no tick",
    "polygamma output for input 1": "an order that is no integer has no value: nan, and no tick",
    "ellipe output for input 0": "the output is above 1, outside of the domain: nan, and no tick",
}
"""Op, lie and argument -> why the lie changes nothing anywhere."""


def name_of(entry: Op) -> str:
    """For the names of parametrised tests."""
    return entry.name


def fixed(entry: Op, i: int) -> bool:
    """Whether there is no derivative by an argument at all: it stays a constant."""
    return entry.rules[i] in NO_RULES


def root_of(entry: Op, row: Point) -> Node:
    """The op at variables x0, x1, ..., times a number (a product that is not the op itself)."""
    args = tuple(const(x) if fixed(entry, i) else var(f"x{i}") for i, x in enumerate(row))
    made = apply(entry, args, attrs_of(entry))
    return made / const(1 / FACTOR) if entry is OPS["mul"] else made * const(FACTOR)


def tame(entry: Op, count: int = 80) -> Iterator[Point]:
    """Points of ordinary size in the domain, the same ones each time."""
    chance = random.Random(f"faults {entry.name}")
    size = 4 if entry.name in COSTLIEST else 30
    for _ in range(count):
        row = tuple(
            draw(entry.domain_of(i), 1 + chance.randrange(2), chance) for i in range(entry.arity or 0)
        )
        row = tuple(float(chance.randrange(1, 4)) if fixed(entry, i) else x for i, x in enumerate(row))
        costly = entry.name in COSTLIEST and min(row) < 0
        if (
            all(1e-3 < abs(x) < size for x in row)
            and not costly
            and (entry.valid is None or entry.valid(*row))
        ):
            yield row


def judged(entry: Op, row: Point, symbolic: Any = None) -> Verdict:
    """What the check says about the op at a point."""
    return check(root_of(entry, row), {f"x{i}": x for i, x in enumerate(row)}, symbolic, BUDGET)


@functools.cache
def honest(entry: Op, row: Point) -> bool:
    """Whether the op as it is gets a tick there."""
    return bool(judged(entry, row))


def value_at(root: Node, row: Point) -> float:
    """A graph in float64; nan where it cannot be computed."""
    program = Program([root])
    bound = {v: row[int(v.name[1:])] for v in program.variables}
    try:
        return float(run(program, bound)[program.outputs[0]])
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def slope(entry: Op, i: int, row: Point) -> float:
    """A partial derivative by the op's rule, in float64."""
    return value_at(gradient(root_of(entry, row), [var(f"x{i}")])[0], row)


def seen(a: float, b: float) -> bool:
    """Whether two finite numbers differ by enough."""
    return math.isfinite(a) and math.isfinite(b) and abs(a - b) > LEAST * max(abs(a), abs(b))


# Derivative rules


RULE_LIES: dict[str, Callable[[Rule], Rule]] = {
    "sign": lambda r: lambda g, y, *xs, **attrs: r(-g, y, *xs, **attrs),
    "factor": lambda r: lambda g, y, *xs, **attrs: r(2 * g, y, *xs, **attrs),
    "nearly": lambda r: lambda g, y, *xs, **attrs: r(g * 1.00001, y, *xs, **attrs),
    "nothing": lambda r: lambda g, y, *xs, **attrs: r(0 * g, y, *xs, **attrs),
    "no adjoint": lambda r: lambda g, y, *xs, **attrs: r(g / g, y, *xs, **attrs),
    "swapped": lambda r: lambda g, y, *xs, **attrs: r(g, y, *xs[::-1], **attrs),
    "output for input": lambda r: lambda g, y, *xs, **attrs: r(g, xs[0], y, *xs[1:], **attrs),
    "a term": lambda r: lambda g, y, *xs, **attrs: _and_more(r(g, y, *xs, **attrs), g),
}
"""How a rule is wrong. A rule is linear in the adjoint g, so its sign and factor are those of g."""


def _and_more(contribution: Any, g: Any) -> Any:
    """A contribution and a term that does not belong there."""
    if isinstance(contribution, Guarded):
        return Guarded(contribution.guard, contribution.value + g / 8)
    return contribution + g / 8


def lied_rules(entry: Op) -> Iterator[tuple[str, int, Rule | None, Rule]]:
    """Every rule of an op, wrong in every way: the lie, the argument, the rule and the wrong one."""
    for i in range(entry.arity or 0):
        rule = entry.rules[i]
        if rule is None:
            yield "invented", i, rule, lambda g, y, *xs, **attrs: g
        elif not fixed(entry, i):
            for lie, make_ in RULE_LIES.items():
                yield lie, i, rule, make_(rule)


def same_words(entry: Op, rule: Rule | None, wrong: Rule) -> bool:
    """Whether two rules say the same on nodes: a rule that looks at no operand cannot confuse them."""
    g, y = var("g"), var("y")
    xs = [var(f"x{i}") for i in range(entry.arity or 0)]
    if rule is None:
        return False
    right, lied = (_plain(r(g, y, *xs, **attrs_of(entry))) for r in (rule, wrong))
    return bool(right == lied)


def _plain(said: Any) -> Any:
    return (said.guard, said.value) if isinstance(said, Guarded) else said


@pytest.mark.parametrize("entry", NUMERIC, ids=name_of)
def test_a_wrong_rule_is_a_mismatch(entry: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign, factor, adjoint, operands and terms of each rule, in turn: the partial is called a mismatch."""
    rules = list(entry.rules)
    true = functools.cache(functools.partial(slope, entry))
    for lie, i, rule, wrong in lied_rules(entry):
        lied = (*rules[:i], wrong, *rules[i + 1 :])
        found = False
        for row in tame(entry):
            right = true(i, row)
            with monkeypatch.context() as lying:
                lying.setattr(entry, "rules", lied)
                differs = seen(right, slope(entry, i, row))
            if differs and honest(entry, row):
                monkeypatch.setattr(entry, "rules", lied)
                assert "mismatch" == judged(entry, row).partials[f"x{i}"].status, f"{lie} {i} at {row}"
                monkeypatch.undo()
                found = True
                break
        assert found or f"{entry.name} {lie} {i}" in UNSEEN or same_words(entry, rule, wrong), (
            f"{lie} {i}: unseen"
        )


def test_what_is_unseen_is_still_so() -> None:
    """The table of lies without effect names ops and lies that exist."""
    known = {f"{entry.name} {lie} {i}" for entry in NUMERIC for lie, i, _, _ in lied_rules(entry)}

    assert set() == set(UNSEEN) - known
    assert all(UNSEEN.values())


# Kernels


KERNEL_LIES: dict[str, Make] = {
    "sign": lambda f: lambda *xs, **attrs: -f(*xs, **attrs),
    "nearly": lambda f: lambda *xs, **attrs: f(*xs, **attrs) * 1.00001,
    "nothing": lambda f: lambda *xs, **attrs: 0.0,
    "input": lambda f: lambda *xs, **attrs: f(xs[0] * 1.00001, *xs[1:], **attrs),
}


@pytest.mark.parametrize("entry", NUMERIC, ids=name_of)
def test_a_wrong_kernel_gets_no_tick(entry: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """float64's value by another function: the value is called a mismatch."""
    f, attrs = entry.scalar_fn, attrs_of(entry)
    for lie, make_ in KERNEL_LIES.items():
        wrong = make_(f)
        where = (row for row in tame(entry) if seen(f(*row, **attrs), wrong(*row, **attrs)))
        row = next((row for row in where if honest(entry, row)), None)
        if row is None:  # copysign does not ask how large its second argument is
            assert lie == "input", f"{lie}: unseen"
            continue
        monkeypatch.setitem(entry.__dict__, "scalar_fn", wrong)
        verdict = judged(entry, row)
        monkeypatch.setitem(entry.__dict__, "scalar_fn", f)
        assert doubted(verdict), f"{lie} at {row}"


def doubted(verdict: Verdict) -> bool:
    """Whether the value is called wrong.

    Where coarse balls are so wide that rounding could explain everything (k0 far out) that is what the verdict says.
    """
    value = verdict.value
    return not verdict and (
        value.status == "mismatch" or (value.status == "rounding" and (value.digits or 0) <= FEW)
    )


# Arb


BALL_LIES: dict[str, Make] = {
    "sign": lambda f: lambda *xs, **attrs: -f(*xs, **attrs),
    "nearly": lambda f: lambda *xs, **attrs: f(*xs, **attrs) * balls.constant(1.00001),
    "input": lambda f: lambda *xs, **attrs: f(xs[0] * balls.constant(1.00001), *xs[1:], **attrs),
}
SERIES_LIES: dict[str, Make] = {
    "slope's sign": lambda f: lambda *xs, **attrs: bent(f(*xs, **attrs), -1),
    "slope's factor": lambda f: lambda *xs, **attrs: bent(f(*xs, **attrs), 2),
}


def bent(series: Any, factor: int) -> Any:
    """A power series with another coefficient of t."""
    if make.is_ball(series):
        return series
    head, slope_, *rest = make.coefficients(series, 2)
    return type(series)([head, slope_ * factor, *rest])


@pytest.mark.parametrize("entry", [e for e in NUMERIC if interpret.has_ball(e)], ids=name_of)
def test_a_wrong_ball_function_gets_no_tick(entry: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arb's value is another function: float64 does not agree, and no tick is given."""
    name = entry.ball or entry.name
    function, original = balls.ball(name), balls.ball
    assert function is not None
    for lie, make_ in BALL_LIES.items():
        wrong = make_(function)
        where = (row for row in tame(entry) if other_ball(function, wrong, row, attrs_of(entry)))
        row = next((row for row in where if honest(entry, row)), None)
        if row is None:
            assert lie == "input", f"{lie}: unseen"
            continue
        monkeypatch.setattr(balls, "ball", lambda n, wrong=wrong: wrong if n == name else original(n))
        verdict = judged(entry, row)
        monkeypatch.setattr(balls, "ball", original)
        assert not verdict, f"{lie} at {row}"
        assert "mismatch" in (verdict.status, verdict.value.status) or doubted(verdict), f"{lie} at {row}"


def other_ball(function: Make, wrong: Make, row: Point, attrs: Mapping[str, Any]) -> bool:
    """Whether a lie changes the ball at a point."""
    with balls.precision(128):
        a, b = (f(*map(balls.constant, row), **attrs) for f in (function, wrong))
        return bool(b.is_finite() and abs(a - b) > LEAST * abs(a))


@pytest.mark.parametrize("entry", [e for e in NUMERIC if interpret.has_series(e)], ids=name_of)
def test_a_wrong_series_gets_no_tick(entry: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taylor arithmetic with another slope: it contradicts the rules, and no tick is given."""
    name = entry.series or entry.ball or entry.name
    original = interpret.series_of
    function = original(name)
    assert function is not None
    rows = list(itertools.islice((row for row in tame(entry) if honest(entry, row)), 1))
    for lie, make_ in SERIES_LIES.items():
        wrong = make_(function)
        monkeypatch.setattr(
            interpret, "series_of", lambda n, wrong=wrong: wrong if n == name else original(n)
        )
        for row in rows:
            for partial in judged(entry, row).partials.values():
                assert partial.number == 0 or partial.status == "mismatch", f"{lie} at {row}"
        monkeypatch.setattr(interpret, "series_of", original)


# SymPy


SYMPY_LIES: dict[str, Make] = {
    "sign": lambda f: lambda sp, *xs, **attrs: -f(sp, *xs, **attrs),
    "factor": lambda f: lambda sp, *xs, **attrs: 2 * f(sp, *xs, **attrs),
    "a term": lambda f: lambda sp, *xs, **attrs: f(sp, *xs, **attrs) + sum(x**2 for x in xs) / 8,
    "swapped": lambda f: lambda sp, *xs, **attrs: f(sp, *xs[::-1], **attrs),
}


def by_sympy(entry: Op, row: Point) -> dict[str, Node]:
    """SymPy's derivatives, taken in this process."""
    root = root_of(entry, row)
    names = [f"x{i}" for i in range(len(row)) if not fixed(entry, i)]
    found = derivatives(Program([root]).to_rows(), names)
    return {name: node_from_rows(answer["rows"]) for name, answer in found if "rows" in answer}


@pytest.mark.parametrize("entry", [e for e in NUMERIC if e.sympy], ids=name_of)
def test_a_wrong_counterpart_in_sympy_is_a_mismatch(entry: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SymPy calls the op is another function: its derivative contradicts ours."""
    said = entry.sympy
    f = said if callable(said) else lambda sp, *xs: getattr(sp, str(said))(*xs)
    for row in itertools.islice((row for row in tame(entry) if honest(entry, row)), 1):
        true = by_sympy(entry, row)
        for lie, make_ in SYMPY_LIES.items():
            monkeypatch.setattr(entry, "sympy", make_(f))
            told = by_sympy(entry, row)
            monkeypatch.setattr(entry, "sympy", said)
            wrong = [n for n in told if n in true and seen(value_at(true[n], row), value_at(told[n], row))]
            verdict = judged(entry, row, lambda told=told: told) if wrong else None
            assert [] == [n for n in wrong if verdict and verdict.partials[n].status != "mismatch"], (
                f"{lie} at {row}"
            )
