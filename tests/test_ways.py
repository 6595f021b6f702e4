"""Many points come out the same whichever way computes them: swept, block by block, or by machine code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import symgrad
from symgrad import compiled
from symgrad.compiled import blocked
from symgrad.compiled.blocked import Blocked
from symgrad.engine import ways
from symgrad.engine.doubt import carries
from symgrad.engine.gradient import gradient
from symgrad.errors import SymgradError, TypeMistake
from symgrad.graph import Node
from symgrad.ops import OPS
from symgrad.ops.trigonometric import sinc_slopes
from symgrad.ops.types import elementwise
from tests.agreement import QUICK
from tests.measure import COSTLIEST
from tests.strategies import formulas

FAST = ["blocked", *(["compiled"] if compiled.available() else [])]
SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e-320, 1e200, -1e308, np.inf, -np.inf, np.nan, 4.0]
)

FORMULAS = """
abs(x)*y + max(x, y); if(x > y, x^2, y); if(x == 0, 0, x); sqrt(x)*log(y); 1/x + y/0; x^y; relu(x)*sigmoid(y)
exp(-x)*tanh(y); x^0.5 + y^-1.5; floor(x) + mod(x, y); hypot(x, y) + atan2(y, x); clip(x, -1, 1)*copysign(y, x)
x^-3*y^5; sin(x*y)*cos(x)^2 + pi; erf(x) + gamma(y); min(x, 1/y); if(x > 1 and y < 2 or not x == y, x*y, x/y)
round(x)*x; 7; x
""".replace(";", "\n").split("\n")[1:-1]  # fmt: skip


def grid() -> dict[str, Any]:
    """All pairs of special numbers, often enough to be many."""
    x, y = (a.ravel() for a in np.meshgrid(SPECIAL, SPECIAL))
    return {"x": np.tile(x, 4), "y": np.tile(y, 4)}


def assert_close(found: Any, wanted: Any, scale: float = 1.0, tiny: float = 1e-300) -> None:
    """Equal where special, else within many ulps (functions differ by a few, and cancellation makes more of them)."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    assert (np.isnan(found) == np.isnan(wanted)).all()
    near = np.isclose(found, wanted, rtol=1e-11 * scale, atol=tiny, equal_nan=True)
    assert near.all(), (found[~near][:3], wanted[~near][:3])


@pytest.mark.parametrize("way", FAST)
@pytest.mark.parametrize("text", [text.strip() for text in FORMULAS])
def test_ways_agree_at_special_points(text: str, way: str) -> None:
    """Values, partials, masks and flags at zeros, kinks, poles, infinities and nans."""
    f = symgrad.parse(text)
    point = {name: a for name, a in grid().items() if name in f.variables} or {"x": np.ones(3)}
    swept, fast = f.evaluate(point, way="engine"), f.evaluate(point, way=way)
    assert_close(fast.value, swept.value)
    assert fast.grad.keys() == swept.grad.keys()
    for name, g in swept.grad.items():
        assert_close(fast.grad[name], g)
        assert np.isnan(fast.grad[name][np.isnan(fast.value)]).all()
    if swept.masks is not None:
        assert (fast.masks == swept.masks).all()
        assert {(flag.kind, flag.node) for flag in fast.flags} == {
            (flag.kind, flag.node) for flag in swept.flags
        }
    assert_close(f(point, way=way), swept.value)
    value, grad = f.value_and_grad(point, way=way)
    assert_close(value, swept.value)
    for name, g in swept.grad.items():
        assert_close(grad[name], g)


@pytest.mark.parametrize("name", [n for n, o in OPS.items() if o.result is elementwise and o.arity in (1, 2)])
def test_every_op_blocked(name: str) -> None:
    """Each op of the table, at special points and plain ones."""
    op = OPS[name]
    xs = [symgrad.var("x"), symgrad.var("y")][: op.arity]
    f = symgrad.Expression.apply(op, xs, dict.fromkeys(op.attrs, 1))
    slow = name in COSTLIEST or name == "digamma_gap"  # proofs at special points would take their whole time
    some = np.concatenate([[] if slow else SPECIAL[:8], [0.3, 0.7, 1.7, 2.5]])
    x, y = (a.ravel() for a in np.meshgrid(some, some[::2]))
    point = {"x": x, "y": y} if op.arity == 2 else {"x": some}
    try:
        swept = f.evaluate(point, way="engine")
    except SymgradError:
        return
    fast = f.evaluate(point, way="blocked")
    assert_close(fast.value, swept.value)
    for v, g in swept.grad.items():
        assert_close(fast.grad[v], g, 1e3)
    assert (fast.masks == swept.masks).all()


@settings(max_examples=150, deadline=None)
@given(formulas(ops=QUICK))
def test_random_graphs_agree(node: Node) -> None:
    """Whatever the graph, all ways say the same where the numbers do not hang on the last digit."""
    f = symgrad.Expression(node)
    if not f.variables or f.type.kind == "bool":
        return
    rng = np.random.default_rng(1)
    point = {name: rng.choice([-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 3.0], 40) for name in f.variables}
    try:
        swept = f.evaluate(point, way="engine")
    except TypeMistake as refused:  # some ops have no derivative by their order: then no way has one
        for way in FAST:
            with pytest.raises(TypeMistake, match=re.escape(refused.message)):
                f.evaluate(point, way=way)
        return
    for way in FAST:
        fast = f.evaluate(point, way=way)
        size = np.abs(swept.value) + 1
        good = np.isfinite(swept.value)
        apart = np.abs(fast.value[good] - swept.value[good])
        assert not good.any() or (apart <= 1e-6 * size[good]).mean() > 0.9


def test_a_point_knows_nothing_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bits depend neither on the size of blocks, nor on threads, nor on where a point stands."""
    f = symgrad.parse("sin(x)*exp(y) + x^y/tanh(x + y) - log(x)*erf(y)")
    variables = f._variables
    rng = np.random.default_rng(0)
    columns = [rng.uniform(0.5, 2, 10_001) for _ in variables]
    program = Blocked([f.node, *gradient(f.node, variables)], variables)
    wanted = program(columns, 10_001)
    for size, threads in ((1000, 1), (4096, 3), (17, 1), (20_000, 2)):
        monkeypatch.setattr(blocked, "BLOCK", size)
        found = program(columns, 10_001, threads=threads)
        assert all((a == b).all() for a, b in zip(found, wanted, strict=True))
    shifted = program([c[4321:4330] for c in columns], 9)
    assert all((a == b[4321:4330]).all() for a, b in zip(shifted, wanted, strict=True))
    spread = program([np.repeat(c, 3)[::3] for c in columns], 10_001)
    assert all((a == b).all() for a, b in zip(spread, wanted, strict=True))


def test_blocked_reuses_its_blocks() -> None:
    """Memory is for what lives, not for every operation."""
    f = symgrad.parse(" + ".join(f"sin({k}*x)*y" for k in range(1, 60)))
    program = Blocked([f.node], f._variables)
    assert program.size > 200
    assert len(program._blocks) < 10


def test_arrays_are_taken_apart() -> None:
    """Many points of a formula with vectors take the fast ways too."""
    f = symgrad.parse("norm(v - [1, 2, 3])*x + sum(v)^2 + max(v)", types={"v": "real[3]"})
    rng = np.random.default_rng(0)
    point = {"v": rng.normal(size=(700, 3)), "x": rng.normal(size=700)}
    point["v"][5] = [1, 2, 3]
    point["v"][6] = [2, 2, 1]
    swept = f.evaluate(point, way="engine")
    for way in FAST:
        fast = f.evaluate(point, way=way)
        assert_close(fast.value, swept.value)
        assert_close(fast.grad["v"], swept.grad["v"])
        assert (fast.masks == swept.masks).all()
    g = symgrad.parse("v*x", types={"v": "real[3]"})
    for way in FAST:
        assert_close(g(point, way=way), g(point, way="engine"))


def test_the_choice() -> None:
    """Few points are swept, many go by blocks, and much work is compiled; nothing else counts."""
    program = symgrad.parse("sin(x)*y")._program
    assert ways.choose(program, 3) == "engine"
    assert ways.choose(program, 10_000) == "blocked"
    assert ways.choose(program, 10**9) == ("compiled" if compiled.available() else "blocked")
    assert ways.choose(program, 3, "blocked") == "blocked"
    assert [ways.choose(program, 10_000) for _ in range(3)] == ["blocked"] * 3


def test_a_way_that_is_none() -> None:
    """A way must be one of the three; a variable may be called `way`."""
    f = symgrad.parse("x^2")
    for ask in (f, f.evaluate, f.value_and_grad):
        with pytest.raises(SymgradError) as caught:
            ask(x=np.ones(3), way="quick")
        assert caught.value.code == "SG511"
    assert symgrad.parse("2*way")(way=3.0) == 6


def test_results_are_their_own() -> None:
    """What is returned may be written to, and shares nothing with what was given."""
    x = np.ones(1000)
    f = symgrad.parse("x + 0*y")
    for way in ("engine", *FAST):
        value, grad = f.value_and_grad(x=x, y=2.0, way=way)
        value[:] = 7
        grad["x"][:] = 8
        assert x[0] == 1
        same = symgrad.parse("x")(x=x, way=way)
        same[:] = 9
        assert x[0] == 1


def test_proven_slopes_replace_conventions_everywhere() -> None:
    """`if(x == 0, 0, x)` has slope 1 at 0, also among many points."""
    x = np.linspace(-1, 1, 2001)
    for way in ("engine", *FAST):
        _, grad = symgrad.parse("if(x == 0, 0, x)").value_and_grad(x=x, way=way)
        assert (grad["x"] == 1).all()


def test_ops_that_carry_infinities_do() -> None:
    """The test by samples is right about ops one knows."""
    assert all(carries(OPS[name]) for name in ("add", "mul", "sub", "sin", "sqrt"))
    assert not any(carries(OPS[name]) for name in ("div", "exp", "tanh", "max", "pow", "atan"))


def test_the_data_of_feynman() -> None:
    """Formulas of physics: value and gradient by all ways, at points of the size of one."""
    path = Path(__file__).parent / "data"
    found = [line for file in sorted(path.glob("*feynman*")) for line in file.read_text().splitlines()][:40]
    for line in found:
        text = json.loads(line).get("expr", "1")
        f = symgrad.parse(text)
        point = {v: np.random.default_rng(len(v)).uniform(1, 2, 50) for v in f.variables}
        swept = f.evaluate(point, way="engine")
        for way in FAST:
            assert_close(f.evaluate(point, way=way).value, swept.value, 1e2, 1e-13)


def test_slopes_of_powers_far_out_are_one_for_all() -> None:
    """By an infinite base, and beyond real powers, points have the slopes that one point has."""
    f = symgrad.parse("x^y")
    inf, nan = np.inf, np.nan
    xs = np.array([inf, -inf, nan, inf, inf, inf, inf, -2.0, -0.5, 2.0, 0.0])
    ys = np.array([-1.0, 2.0, 0.0, 0.0, 1.0, 0.5, 3.0, inf, -inf, 3.0, 2.0])
    one = [f.value_and_grad(x=x, y=y)[1]["x"] for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    np.testing.assert_array_equal(one, [0, -inf, nan, 0, 1, 0, inf, nan, nan, 12, 0])
    for way in ("engine", "blocked"):
        np.testing.assert_array_equal(f.value_and_grad(x=xs, y=ys, way=way)[1]["x"], one)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_derivatives_of_sinc_over_arrays_are_those_of_numbers(n: int) -> None:
    """Near zero, beside its extrema and far out an array has the digits of one number, mostly without asking for it."""
    op = OPS["sinc_slope"]
    xs = np.array(
        [0.0, -0.0, 1e-300, -1e-8, 0.3, -1.4, 1.6, 4.493409457909064, -7.7, 21.0, 1e9, -1e200, np.inf, np.nan]
    )
    exact = [op.scalar_fn(x, n=n) for x in xs.tolist()]
    np.testing.assert_allclose(op.array_fn(xs, n=n), exact, rtol=5e-15, atol=0)
    by_numpy = sinc_slopes(np.linspace(-20, 20, 500), n=n)
    assert np.isfinite(by_numpy).mean() > 0.6


def test_a_sum_of_guarded_parts_exists_where_one_does() -> None:
    """Where every part of an adjoint is left out, so is what lies below: no 0*inf on arrays either."""
    f = symgrad.parse("where(x > 1, sqrt(x), 0) + where(x > 2, sin(sqrt(x)), 0)")
    xs = np.array([0.0, 0.5, 1.5, 4.0])
    _, grad = f.value_and_grad({"x": xs}, way="engine")
    assert_close(grad["x"], np.array([f.value_and_grad(x=float(x))[1]["x"] for x in xs]))
