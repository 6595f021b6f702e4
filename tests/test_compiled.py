"""Kernels agree with evaluation: every op at hard points, random graphs, all shapes of calls; what they refuse."""

from __future__ import annotations

import contextlib
import copy
import gc
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgrad
from symgrad import compiled
from symgrad.compiled import cache, entry_point, machine, native
from symgrad.compiled.kernels import Kernel
from symgrad.compiled.math import MATH
from symgrad.compiled.plan import FORMS, NATIVE, lacking
from symgrad.engine.evaluate import run
from symgrad.engine.gradient import gradient
from symgrad.errors import SymgradError
from symgrad.graph import BOOL, Node, Program, apply, const, var
from symgrad.ops import OPS
from symgrad.ops.op import Op
from symgrad.ops.types import comparison, elementwise
from tests.benchmarks.compiled import FORMULAS
from tests.strategies import X, Y, Z, formulas, points

pytest.importorskip("llvmlite")

INF, NAN = math.inf, math.nan
HARD = np.array(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        2.0,
        -2.0,
        3.0,
        7.0,
        -7.0,
        0.1,
        1.5,
        -1.5,
        1e-08,
        -1e-08,
        40.0,
        -40.0,
        10000000000.0,
        -10000000000.0,
        1e300,
        -1e300,
        1e-300,
        -1e-300,
        5e-324,
        -5e-324,
        2.2250738585072014e-308,
        INF,
        -INF,
        NAN,
        1.7976931348623157e308,
    ]
)
FORMULA = "x^2*sin(y)/(1+x^2) + exp(-y)*sqrt(x)"


def kernel_of(text: str, **options: object) -> tuple[symgrad.Expression, Kernel]:
    """An expression and its kernel."""
    f = symgrad.parse(text)
    return f, f.compile(**options)


def numbers(n: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Values for x and y."""
    draw = np.random.default_rng(seed)
    return {"x": draw.uniform(0.5, 1.5, n), "y": draw.uniform(-2, 2, n)}


def same(a: object, b: object, ulps: float = 64, floor: float = 1e-290) -> bool:
    """Whether numbers agree within some ulps, where neither is subnormal; nans and infinities exactly."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(all="ignore"):
        near = np.abs(a - b) <= ulps * np.spacing(np.abs(b)) + floor
    return bool(np.all(near | (a == b) | (np.isnan(a) & np.isnan(b))))


# Ops

POINTWISE = [op for op in OPS.values() if op.pointwise and op.arity and not op.hidden]


@pytest.mark.parametrize("op", POINTWISE, ids=lambda op: op.name)
def test_every_op_agrees_with_its_own_function(op: Op) -> None:
    """At hard points, alone and in pairs, a kernel of one op gives what the table's function gives."""
    names = [X, Y, Z][: op.arity]
    if op.result not in (elementwise, comparison):
        variables = [
            var(f"c{i}", BOOL) if op.name in ("and", "or", "not") or i == 0 else names[i]
            for i in range(op.arity)
        ]
    else:
        variables = names
    root = apply(op, tuple(variables), {})
    k = compiled.kernel([root], variables)
    tame = HARD[(np.abs(HARD) < 41) | ~np.isfinite(HARD)] if lacking(op) or op.name not in NATIVE else HARD
    grids = np.meshgrid(*[tame] * min(op.arity, 2), *[HARD[:6]] * (op.arity - 2))
    columns = {}
    for v, g in zip(variables, grids, strict=True):
        columns[v.name] = g.ravel() > 0 if v.type.kind == "bool" else g.ravel()
    program = Program([root])
    with np.errstate(all="ignore"):
        wanted = run(program, {v: columns[v.name] for v in variables})[program.outputs[0]]
    (got,) = k(columns)
    bound = MATH[op.name].bound if op.name in MATH and hasattr(MATH[op.name], "bound") else 8
    inside = np.ones(len(got), bool)
    if op.name in MATH:
        finite = [np.where(np.isfinite(c), c, 1.0) for c in columns.values()]
        inside = np.array([bool(MATH[op.name].holds(*map(float, xs))) for xs in zip(*finite, strict=True)])
    if lacking(op):  # a body in other ops loses digits and overflows before the op does
        inside &= np.isfinite(wanted) & (np.abs(wanted) < 1e100) & (np.abs(wanted) > 1e-100)
        bound = 1e6
    off = ~np.array([same(a, b, bound + 4) for a, b in zip(got, wanted, strict=True)]) & inside
    for i in np.flatnonzero(off):  # NumPy's function has its own errors: the one for single numbers decides
        off[i] = not same(got[i], op.scalar_fn(*[c[i].item() for c in columns.values()]), bound + 4)
    shown = [(tuple(c[i] for c in columns.values()), got[i], wanted[i]) for i in np.flatnonzero(off)[:5]]
    assert not off.any(), shown


BODIES = [op for op in OPS.values() if op.pointwise and op.arity and (op.attrs or lacking(op))]
TAME = [0.0, 1.0, 2.0, 0.5, 3.0, 0.1, -0.7, 1e-8, -1e-3]


@pytest.mark.parametrize("op", BODIES, ids=lambda op: op.name)
def test_bodies_lose_no_digits(op: Op) -> None:
    """What is computed by other ops is right near 0 too, where a body may cancel or be 0/0."""
    for attrs in ({"n": 1}, {"n": 2}) if op.attrs else ({},):
        names = [X, Y, Z][: op.arity]
        k = compiled.kernel([apply(op, tuple(names), attrs)], names)
        columns = [c.ravel() for c in np.meshgrid(*[np.array(TAME)] * op.arity)]
        (got,) = k(dict(zip("xyz", columns, strict=False)))
        wanted = [op.scalar_fn(*map(float, xs), **attrs) for xs in zip(*columns, strict=True)]
        off = [i for i, (a, b) in enumerate(zip(got, wanted, strict=True)) if not same(a, b) and b == b]
        assert not off, [([float(c[i]) for c in columns], got[i], wanted[i]) for i in off[:5]]


@pytest.mark.parametrize("text", ["ei(x)", "expint(-x)", "shi(x)", "shi(-x)", "chi(x)"])
def test_slopes_overflow_no_earlier_than_they_must(text: str) -> None:
    """exp(x)/x and its like have numbers where exp(x) has none: the same at one point, at many, and in a kernel."""
    f = symgrad.parse(text)
    k = f.compile()
    for x in (699.5, 701.0, 710.0, 712.0, 715.5):
        with np.errstate(all="ignore"):
            half = np.exp(x / 2)
        truth = (half / x) * half * (0.5 if "hi" in text else 1.0)
        truth = -truth if text in ("expint(-x)", "shi(-x)") else truth
        for slope in (k(x=x)[1]["x"], k(x=np.full(9, x))[1]["x"][5], f.value_and_grad(x=x)[1]["x"]):
            assert math.isclose(slope, truth, rel_tol=1e-13), x


def test_the_root_of_minus_zero_has_its_sign() -> None:
    """1/sqrt(-0.0) is -inf, as IEEE 754 has it, and its slope too: the same at one point, at many, and in a kernel."""
    f = symgrad.parse("rsqrt(x)")
    k = f.compile()
    for zero, value in ((0.0, INF), (-0.0, -INF)):
        many = np.full(9, zero)
        assert k(x=zero) == f.value_and_grad(x=zero) == (value, {"x": -INF})
        assert (k(x=many)[0] == value).all()
        assert (f.value_and_grad(x=many, way="engine")[0] == value).all()
        assert (k(x=many)[1]["x"] == -INF).all()


def test_division_is_ieees() -> None:
    """Zero, infinite and subnormal divisors, alone and shared by several quotients."""
    for text in ("x/y", "x/y + (x+1)/y + 1/y"):
        k = symgrad.parse(text).compile()
        a, b = (g.ravel() for g in np.meshgrid(HARD, HARD))
        f = symgrad.parse(text)
        assert same(k(x=a, y=b)[0], f(x=a, y=b), ulps=8), text


def test_a_nan_value_has_a_nan_gradient() -> None:
    """Also by variables that the nan does not come from."""
    _, k = kernel_of("sqrt(x) + y")
    value, grad = k(x=np.array([-1.0, 4.0]), y=1.0)
    assert np.isnan(value[0])
    assert np.isnan(grad["x"][0])
    assert np.isnan(grad["y"][0])
    assert grad["x"][1] == 0.25
    assert grad["y"][1] == 1.0
    assert math.isnan(k(x=-1.0, y=1.0)[1]["y"])


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(x) + y",
        "sqrt(x)*" + "*".join(f"(y+{i})" for i in range(12)),
        "+".join(f"sqrt(x*{i})/(y + {i})" for i in range(1, 200)),
    ],
    ids=["short", "many values", "long"],
)
def test_nans_are_followed_at_their_points_alone(text: str) -> None:
    """Wherever they stand among many points, of both sizes; infinities are none."""
    _, k = kernel_of(text)
    for dtype in (np.float64, np.float32):
        x, y = np.linspace(1, 2, 1003).astype(dtype), np.linspace(3, 4, 1003).astype(dtype)
        clean, slopes = k(x=x, y=y)
        x[[0, 5, 700, 1002]] = (-1.0, NAN, INF, -2.0)
        for options in (
            {},
            {"threads": 2},
            {"out": (np.empty(1003, dtype), {v: np.empty(1003, dtype) for v in "xy"})},
        ):
            value, grad = k(x=x, y=y, **options)
            assert np.flatnonzero(np.isnan(value)).tolist() == [0, 5, 1002]
            assert np.flatnonzero(np.isnan(grad["y"])).tolist() == [0, 5, 1002]
            assert np.isinf(value[700])
            rest = np.isfinite(value)
            assert np.array_equal(value[rest], clean[rest])
            assert all(np.array_equal(grad[v][rest], slopes[v][rest]) for v in "xy")


@pytest.mark.parametrize("name", ["kepler2", "jetengine", "rosenbrock", "doppler"])
def test_four_points_at_a_time_give_the_same_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many points go through registers at once depends on the processor; results do not."""
    found = []
    for narrow in (True, False):
        monkeypatch.setattr(machine, "narrow", lambda narrow=narrow: narrow)
        cache._KEPT.clear()
        f = symgrad.parse(FORMULAS[name])
        draw = np.random.default_rng(1)
        value, grad = f.compile()({v: draw.uniform(0.5, 1.5, 101) for v in f.variables})
        found.append(np.array([value, *grad.values()]))
    assert np.array_equal(*found)


def test_conditions_follow_the_live_branch() -> None:
    """What the branch not taken would be, nan or infinite, does not matter; a condition is a result too."""
    f, k = kernel_of("if(x > 0, log(x), y/x)")
    for x in (-2.0, 0.0, 3.0, NAN, INF):
        wanted = f.value_and_grad(x=np.array([x]), y=np.array([2.0]))
        got = k(x=np.array([x]), y=2.0)
        assert (same(got[0], wanted[0]) and all(same(got[1][n], wanted[1][n]) for n in "xy")) or x == 0
    value, grad = symgrad.parse("x < y").compile()(x=np.arange(4.0), y=2)
    assert value.dtype == bool
    assert value.tolist() == [True, True, False, False]
    assert grad == {}


# Flags

FLAGGED = (
    "x^2*sin(y)",
    "abs(x) + y",
    "max(x, y)*exp(x)",
    "log(x)/y",
    "if(x > y, x^2, 1/y)",
    "floor(x)*y",
    "x^y",
    "exp(-x^2)*y",
    "gamma(x)*y",
    "tan(x) + asin(y)",
    "hypot(x, y) + erf(x)*y^0.5",
)


@pytest.mark.parametrize("text", FLAGGED)
def test_masks_are_those_of_evaluate(text: str) -> None:
    """Flags on request: the same bits at every point, and the same slopes at kinks and borders."""
    f = symgrad.parse(text)
    k = f.compile(flags=True)
    x, y = (g.ravel() for g in np.meshgrid(HARD[::2], HARD[1::2]))
    value, grad, masks = k(x=x, y=y)
    wanted = f.evaluate(x=x, y=y, way="engine")
    assert masks.dtype == np.uint16
    assert masks.tolist() == wanted.masks.tolist()
    assert masks.any()
    assert same(value, wanted.value)
    assert all(same(grad[n], wanted.grad[n], ulps=1e5) for n in "xy")
    assert [k(x=a, y=b)[2] for a, b in zip(x[:40].tolist(), y[:40].tolist(), strict=True)] == masks[
        :40
    ].tolist()


def test_masks_keep_shapes_and_arrays() -> None:
    """Points of any shape, arrays to write to (the inputs among them), names of bits, and what has no flags."""
    f = symgrad.parse("abs(x)*y")
    k = f.compile(flags=True)
    x = np.arange(-6.0, 6.0).reshape(3, 4)
    value, grad, masks = out = k(x=x, y=2.0)
    assert value.shape == grad["x"].shape == masks.shape == (3, 4)
    assert k.kinds(masks[1, 2]) == ("kink",)
    assert np.count_nonzero(masks) == 1
    masks[...] = 7
    assert k(x=x, y=2.0, out=out)[2] is masks
    assert np.count_nonzero(masks) == 1
    again = (x, {"x": np.empty((3, 4)), "y": np.empty((3, 4))}, np.empty((3, 4), np.uint16))
    k(x=x, y=2.0, out=again)
    assert np.array_equal(x, value)
    assert again[2].tolist() == masks.tolist()
    for options in ({"hessian": True}, {"results": [f]}):
        with pytest.raises(SymgradError, match="SG511"):
            f.compile(flags=True, **options)
    with pytest.raises(SymgradError, match="SG511"):
        symgrad.parse("x < y").compile(flags=True)


# Random graphs


def spread_of(root: Node, bound: dict[Node, np.ndarray]) -> np.ndarray:
    """How far the value moves when every operation's result is off by some ulps: what rounding may do."""
    program = Program([root])
    draw = np.random.default_rng(0)
    found = []
    for _ in range(4):
        values: list[object] = []
        for node, args in zip(program.nodes, program.args, strict=True):
            if not args:
                (y,) = run(Program([node]), bound)
            else:
                with np.errstate(all="ignore"):
                    y = node.op.compute([np.asarray(values[a]) for a in args], dict(node.attrs))
            if np.asarray(y).dtype.kind == "f" and args:
                with np.errstate(all="ignore"):
                    y = y * (1 + 32 * 2.3e-16 * draw.uniform(-1, 1, np.shape(y)))
            values.append(y)
        found.append(np.broadcast_to(np.asarray(values[program.outputs[0]], float), (8,)))
    with np.errstate(all="ignore"):
        return np.ptp(np.array(found), axis=0)


CHEAP = [
    op
    for op in OPS.values()
    if op.result is elementwise
    and op.arity
    and not op.attrs
    and not op.hidden
    and (op.name in MATH or op.name in FORMS)
]


@settings(max_examples=60, deadline=None)
@given(formulas(ops=CHEAP), st.lists(points(), min_size=8, max_size=8))
def test_random_graphs_agree(root: Node, at: list[dict[str, float]]) -> None:
    """Value and gradient of random graphs agree with evaluation but for rounding."""
    variables = [X, Y, Z]
    bound = {v: np.array([p[v.name] for p in at]) for v in variables}
    roots = [root, *gradient(root, variables)]
    k = compiled.kernel(roots, variables)
    got = k({v.name: a for v, a in bound.items()})
    for r, y in zip(roots, got, strict=True):
        program = Program([r])
        with np.errstate(all="ignore"):
            wanted = np.broadcast_to(run(program, bound)[program.outputs[0]], (8,))
        allowed = spread_of(r, bound)
        for i, (a, b, room) in enumerate(zip(y, wanted, allowed, strict=True)):
            if not (math.isfinite(room) and abs(b) < 1e290) or same(a, b) or abs(a - b) <= 16 * room + 1e-290:
                continue
            # NumPy's functions have errors of their own: those for single numbers decide.
            single = run(program, {v: float(c[i]) for v, c in bound.items()})[program.outputs[0]]
            assert same(a, single) or abs(a - single) <= 16 * room + 1e-290, (r, a, single, room, at[i])


# Calls


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8, 9, 15, 16, 17, 100, 4097, 10_001])
def test_any_number_of_points(n: int) -> None:
    """Tails are computed, and nothing beyond them is written."""
    f, k = kernel_of(FORMULA)
    xs = numbers(n)
    room = np.full((3, n + 32), 7.0)
    out = (room[0, 16 : 16 + n], {"x": room[1, 16 : 16 + n], "y": room[2, 16 : 16 + n]})
    assert k(xs, out=out) is out
    value, grad = k(xs)
    assert np.array_equal(out[0], value)
    assert all(np.array_equal(out[1][v], grad[v]) for v in "xy")
    assert (room[:, :16] == 7).all()
    assert (room[:, 16 + n :] == 7).all()
    if n:
        wanted = f.value_and_grad(xs)
        assert same(value, wanted[0])
        assert all(same(grad[v], wanted[1][v]) for v in "xy")


def test_any_arrays() -> None:
    """Strides, reversed and broadcast arrays, Fortran order, float32, integers, lists, read-only: the same bits."""
    _, k = kernel_of(FORMULA)
    xs = numbers(240)
    value, grad = k(xs)
    wide = np.zeros((240, 3))
    wide[:, 1] = xs["x"]
    backwards = xs["y"][::-1].copy()[::-1]
    fixed = xs["x"].copy()
    fixed.flags.writeable = False
    for x, y in (
        (wide[:, 1], xs["y"]),
        (xs["x"], backwards),
        (xs["x"].tolist(), xs["y"]),
        (fixed, xs["y"]),
        (xs["x"].astype(">f8"), xs["y"]),
    ):
        again = k(x=x, y=y)
        assert np.array_equal(again[0], value)
        assert np.array_equal(again[1]["x"], grad["x"])
    square = k(x=xs["x"].reshape(12, 20), y=np.asfortranarray(xs["y"].reshape(12, 20)))
    assert square[0].shape == (12, 20)
    assert np.array_equal(square[0].ravel(), value)
    column = k(x=xs["x"][:12, None], y=xs["y"][:20])
    assert column[0].shape == (12, 20)
    assert column[0][3, 5] == k(x=float(xs["x"][3]), y=float(xs["y"][5]))[0]
    single = k(x=xs["x"].astype(np.float32), y=xs["y"].astype(np.float32))
    assert single[0].dtype == np.float32
    assert np.allclose(single[0], value, rtol=1e-5)
    assert k(x=np.arange(1, 5), y=2)[0].dtype == np.float64
    strided = (np.zeros(480)[::2], {"x": np.zeros(240), "y": np.zeros(240, np.float32)})
    k(xs, out=strided)
    assert np.array_equal(strided[0], value)
    assert np.array_equal(strided[1]["x"], grad["x"])


def test_one_point_takes_all_kinds_of_numbers() -> None:
    """Integers, truths and NumPy's numbers are numbers; an array of one point stays an array."""
    _, k = kernel_of("x^2*sin(y)")
    wanted = k(x=1.0, y=2.0)
    for one in (1, True, np.float64(1), np.float32(1), np.int8(1), np.array(1.0)):
        assert k(x=one, y=2.0) == wanted, one
        assert k({"x": one, "y": 2}) == wanted
    assert list(k(x=1.0, y=2.0)[1]) == ["x", "y"]
    value, grad = k(x=np.array([1.0]), y=2.0)
    assert value.shape == grad["x"].shape == (1,)


def test_one_point_leaks_nothing() -> None:
    """Results of one point are new objects, and the objects that a call touches are let go again."""
    f, k = kernel_of("x^2*sin(y)")
    pair = compiled.kernel([f.node, f.node], f._variables)
    point = {"x": 1.5, "y": 2.5}
    held = [sys.getrefcount(o) for o in (point["x"], *k.names, None)]
    first = k(point)
    for _ in range(200):
        value, grad = k(point)
        k({"x": 1, "y": 2.5})
        with pytest.raises(SymgradError):
            k({"x": 1.5})
        assert pair(point) == (value, value)
    assert (value, grad) == first
    assert sys.getrefcount(grad) <= 2 + 1
    now = [sys.getrefcount(o) for o in (point["x"], *k.names, None)]
    assert all(abs(a - b) < 50 for a, b in zip(held, now, strict=True))


@pytest.mark.parametrize("familiar", [True, False])
def test_both_ways_of_one_point_agree(familiar: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where objects do not lie in memory as expected, a point takes the way of plain Python."""
    monkeypatch.setattr(entry_point, "familiar", lambda: familiar)
    cache._KEPT.clear()
    _, k = kernel_of("x^3*cos(y) + 1/x")
    for x in (0.5, -2.0, INF, NAN, 0.0):
        got = k(x=x, y=0.25)
        assert [type(v) for v in (got[0], *got[1].values())] == [float] * 3
        wanted = k(x=np.full(8, x), y=0.25)
        assert same(
            [got[0], got[1]["x"], got[1]["y"]], [wanted[0][0], wanted[1]["x"][0], wanted[1]["y"][0]], 0
        )
    many = symgrad.parse("+".join(f"v{i}*sin(v{i})" for i in range(300)))
    point = {f"v{i}": i / 7 for i in range(300)}
    value, grad = many.compile()(point)
    assert same(value, many(point), 1e4)
    assert list(grad) == list(many.variables)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("x^x", {"x": 2.2250738585e-313}),
        ("x^y", {"x": 5e-324, "y": 2e-137}),
        ("x^y", {"x": 5e-324, "y": -1e-300}),
        ("log10(x)", {"x": 1.7e308}),
        ("asec(x)", {"x": -4e159}),
        ("acsch(x)", {"x": 4e159}),
        ("acot(x)^0", {"x": 0.0}),
    ],
)
def test_slopes_near_overflow(text: str, point: dict[str, float]) -> None:
    """Where a power, a product or a reciprocal on the way is beyond all doubles, the slope is not."""
    f, k = kernel_of(text)
    _, wanted = f.value_and_grad(point)
    _, found = k(point)
    _, of_arrays = f.value_and_grad({name: np.full(9, x) for name, x in point.items()})
    for name in point:
        assert same(found[name], wanted[name], floor=2e-323)
        assert same(of_arrays[name][3], wanted[name], floor=2e-323)


@pytest.mark.parametrize("familiar", [True, False])
def test_results_of_an_earlier_call_are_written_to(familiar: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way writes the bits of a fresh call, for tuples too; whatever is otherwise takes another way."""
    monkeypatch.setattr(entry_point, "familiar", lambda: familiar)
    cache._KEPT.clear()
    f, k = kernel_of("x/(y - 1) + sqrt(x)")
    pair = compiled.kernel([f.node, f.node], f._variables)
    xs = numbers(100)
    for kernel in (k, pair):
        out = kernel(numbers(100, seed=2))
        for changed in (
            xs,
            xs,
            {**xs, "z": None},
            {**xs, "y": 3.0},
            {**xs, "x": 2},
            {**xs, "y": xs["y"][::-1]},
        ):
            named = {name: changed[name] for name in "xy"}
            assert kernel(changed, out=out) is out
            assert all(map(np.array_equal, flat(out), flat(kernel(named)), [True] * 3))
            assert kernel(out=out, **named) is out
        at_infinity = {**xs, "y": np.ones(100)}
        assert all(
            map(np.array_equal, flat(kernel(at_infinity, out=out)), flat(kernel(at_infinity)), [True] * 3)
        )
        held = [sys.getrefcount(o) for o in (out, xs, xs["x"], flat(out)[0], True, None)]
        for _ in range(300):
            kernel(xs, out=out)
            kernel({**xs, "x": 1.0}, out=out)
        now = [sys.getrefcount(o) for o in (out, xs, xs["x"], flat(out)[0], True, None)]
        assert all(abs(a - b) < 50 for a, b in zip(held, now, strict=True))
        with pytest.raises(SymgradError):
            kernel({"x": xs["x"]}, out=out)
        with pytest.raises(SymgradError):
            kernel({name: x[1:] for name, x in xs.items()}, out=out)
        with pytest.raises(SymgradError):
            kernel(xs, out=out[:1])
    bare = k(xs)
    del bare[1]["y"]
    with pytest.raises(SymgradError):
        k(xs, out=bare)


def flat(out: tuple[object, ...]) -> list[np.ndarray]:
    """The arrays that a call returned."""
    return [out[0], *(out[1].values() if isinstance(out[1], dict) else out[1:])]


def test_one_point_has_the_bits_of_many() -> None:
    """A number gives a float, of the same bits as in an array."""
    _, k = kernel_of(FORMULA)
    xs = numbers(50)
    value, grad = k(xs)
    for i in range(50):
        v, g = k(x=float(xs["x"][i]), y=float(xs["y"][i]))
        assert type(v) is float
        assert v == value[i]
        assert g["y"] == grad["y"][i]
    assert k({"x": 1, "y": np.float64(2)})[0] == k(x=1.0, y=2.0)[0] == k(x=np.array(1.0), y=2)[0]


def test_output_may_be_input() -> None:
    """`out=` may share memory with what is read."""
    _, k = kernel_of(FORMULA)
    xs = numbers(1003)
    value, grad = k(xs)
    x, y, extra = xs["x"].copy(), xs["y"].copy(), np.empty(1003)
    k(x=x, y=y, out=(x, {"x": y, "y": extra}))
    assert np.array_equal(x, value)
    assert np.array_equal(y, grad["x"])
    assert np.array_equal(extra, grad["y"])


def test_threads_give_the_same_bits() -> None:
    """However many share the work, forced or chosen, also called from several threads at once."""
    _, k = kernel_of(FORMULA)
    xs = numbers(30_011)
    value, _ = k(xs, threads=1)
    for count in (2, 3, 8, None):
        assert np.array_equal(k(xs, threads=count)[0], value)
    strided = {name: np.repeat(a, 2)[::2] for name, a in xs.items()}
    assert np.array_equal(k(strided, threads=3)[0], value)
    found: list[bool] = []
    work = [
        threading.Thread(
            target=lambda: found.append(
                all(k(x=1.0 + i, y=2.0)[0] == k(x=np.full(9, 1.0 + i), y=2.0)[0][3] for i in range(200))
            )
        )
        for _ in range(4)
    ]
    for t in work:
        t.start()
    for t in work:
        t.join()
    assert found == [True] * 4


FORK = """
import os
import numpy as np
import symgrad
k = symgrad.parse("x*sin(y)").compile()
xs = np.linspace(-1, 1, 5000)
value, _ = k(x=xs, y=0.5, threads=2)
child = os.fork()
if child == 0:
    again, _ = k(x=xs, y=0.5, threads=2)
    os._exit(0 if (again == value).all() else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_has_threads_of_its_own() -> None:
    """The child of a process whose kernel has used threads computes too, and does not wait for those threads."""
    child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", FORK], start_new_session=True)
    try:
        assert child.wait(timeout=60) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def test_tiers_agree_and_follow_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both tiers agree; which one serves depends on the size of the call alone."""
    f, quick = kernel_of(FORMULA, tier="quick")
    full = f.compile(tier="full")
    xs = numbers(1000)
    assert same(quick(xs)[0], full(xs)[0], ulps=8)
    monkeypatch.setattr(native, "FULL_WORK", 1e4)
    monkeypatch.setattr(native, "FULL_POINTS", 10_000)
    k = compiled.kernel([f.node, *gradient(f.node, [X])], [X, Y], tier=None)
    piece = k._runner.only
    assert piece.tier(10) == machine.QUICK
    assert piece.tier(10_000) == machine.FULL
    with pytest.raises(SymgradError, match="tier"):
        f.compile(tier="slow")


def test_more_than_gradients() -> None:
    """The Hessian, any list of expressions, and arrays as variables and results."""
    f = symgrad.parse("x^2*sin(y)")
    value, grad, second = f.compile(hessian=True)(x=2.0, y=3.0)
    rows = f.hessian()
    assert second["x", "y"] == second["y", "x"]
    assert same(second["x", "y"], rows[0][1](x=2.0, y=3.0))
    assert same(second["y", "y"], rows[1][1](x=2.0, y=3.0))
    assert same(grad["x"], f.diff("x")(x=2.0, y=3.0))
    assert same(value, f(x=2.0, y=3.0))
    both = f.compile(results=[f, f.diff("x")])(x=np.ones(3), y=1.0)
    assert len(both) == 2
    assert both[1].shape == (3,)
    v = symgrad.parse("sum(v*v*w)", types={"v": "real[3]", "w": "real[3]"})
    value, grad = v.compile()(v=np.ones((5, 3)), w=[1, 2, 3])
    assert value.tolist() == [6.0] * 5
    assert grad["v"].shape == (5, 3)
    assert grad["v"][0].tolist() == [2.0, 4.0, 6.0]
    assert v.compile()(v=[1, 1, 1], w=[1, 2, 3])[0] == 6.0


def test_numpy_is_asked_for_what_machine_code_lacks() -> None:
    """Machine code, NumPy, machine code: stages agree with evaluation."""
    f, k = kernel_of("sin(x)*jv(2, x*y) + exp(jv(1, jv(2, x) + y))")
    for n in (1, 5, 5000):
        xs = numbers(n)
        wanted = f.value_and_grad(xs)
        got = k(xs)
        assert np.allclose(got[0], wanted[0], rtol=1e-10)
        assert all(np.allclose(got[1][v], wanted[1][v], rtol=1e-8) for v in "xy")


def test_long_programs_are_cut() -> None:
    """A program of several functions gives what the graph gives, values and conditions passed between them."""
    root: Node = X
    condition = OPS["lt"](X, Y)
    for i in range(400):
        root = (
            OPS["sin"](root) + 0.1 * Y * (1 + i / 7)
            if i % 3
            else OPS["where"](condition, root * X, OPS["tanh"](root))
        )
    k = compiled.kernel([root, *gradient(root, [X, Y])], [X, Y])
    xs = numbers(37)
    program = Program([root])
    wanted = run(program, {X: xs["x"], Y: xs["y"]})[program.outputs[0]]
    assert np.allclose(k(xs)[0], wanted, rtol=1e-9)


# Limits


def test_a_huge_graph_is_refused_at_once() -> None:
    """A million operations are told so, not compiled."""
    root: Node = X
    for _ in range(30_000):
        root = OPS["sin"](root) + Y
    with pytest.raises(SymgradError) as told:
        symgrad.Expression(root).compile()
    assert told.value.code == "SG423"


def test_without_llvmlite_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mistake names the extra."""
    monkeypatch.setattr(machine, "available", lambda: False)
    with pytest.raises(SymgradError) as told:
        symgrad.parse("x").compile()
    assert told.value.code == "SG714"
    assert "symgrad[jit]" in told.value.hint


def test_a_long_formula_at_few_points_is_shared_out() -> None:
    """Threads take parts of 64 points; fewer than two such parts are not divided."""
    f = symgrad.parse("+".join(f"sin(x*{i})*y" for i in range(1, 60)))
    k = f.compile()
    for n in (8, 63, 64, 65, 100, 127, 130):
        xs = numbers(n)
        value, _ = k(xs, threads=1)
        for count in (2, 3, 7):
            assert np.array_equal(k(xs, threads=count)[0], value)


def test_unusual_arrays() -> None:
    """Numbers of other kinds, empty arrays and arrays without axes are numbers too."""
    f, k = kernel_of(FORMULA)
    for dtype in (">f8", "<f2", np.longdouble, np.uint8, bool):
        x = np.arange(1, 10).astype(dtype)
        assert same(k(x=x, y=1.0)[0], f(x=x.astype(float), y=1.0))
    assert k(x=np.empty((0, 3)), y=1.0)[1]["x"].shape == (0, 3)
    assert type(k(x=np.array(1.0), y=1.0)[0]) is float


def test_mistakes_in_calls() -> None:
    """Values that lack, are no numbers, or do not fit together."""
    _, k = kernel_of(FORMULA)
    for bindings, code in (
        ({"x": 1.0}, "SG103"),
        ({"x": "a", "y": 1.0}, "SG211"),
        ({"x": None, "y": 1.0}, "SG211"),
        ({"x": np.ones(3), "y": np.ones(4)}, "SG213"),
    ):
        with pytest.raises(SymgradError) as told:
            k(bindings)
        assert told.value.code == code
    with pytest.raises(SymgradError) as told:
        k(numbers(20), out=(np.empty(19), {"x": np.empty(20), "y": np.empty(20)}))
    assert told.value.code == "SG213"
    for wrong in (3, (np.empty(20),), (np.empty(20), {"x": np.empty(20)})):
        with pytest.raises(SymgradError) as told:
            k(numbers(20), out=wrong)
        assert told.value.code == "SG213"
    for threads in (0, -1, "two"):
        with pytest.raises(SymgradError) as told:
            k(numbers(20), threads=threads)
        assert told.value.code == "SG511"
    with pytest.raises(SymgradError) as told:
        k(x=10**400, y=1.0)
    assert told.value.code == "SG211"


@pytest.mark.parametrize("n", [3, 20])
@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda a: a.astype(int), "int64"),
        (lambda a: a.astype(complex), "complex128"),
        (lambda a: a.astype(object), "object"),
        (lambda a: a.astype(bool), "bool"),
        (lambda a: a.astype(np.float16), "float16"),
        (lambda a: np.broadcast_to(a[:1], a.shape), "read-only"),
        (lambda a: np.lib.stride_tricks.as_strided(a, a.shape, (0,)), "broadcast"),
        (lambda a: a.tolist(), "found list"),
        (np.ma.array, "MaskedArray"),
        (lambda a: a[:-1], "shape"),
    ],
)
def test_results_go_only_where_they_fit(n: int, bad: Callable[[np.ndarray], object], says: str) -> None:
    """Nothing is truncated into integers, and nothing written to what is read-only, lists or masked arrays."""
    _, k = kernel_of(FORMULA)
    held = np.full(n, 7.0)
    for out in (
        (bad(held), {"x": np.empty(n), "y": np.empty(n)}),
        (np.empty(n), {"x": np.empty(n), "y": bad(held)}),
    ):
        with pytest.raises(SymgradError, match=says) as told:
            k(numbers(n), out=out)
        assert told.value.code == "SG213"
    assert (held == 7).all()


@pytest.mark.parametrize("n", [3, 20])
def test_results_share_no_memory(n: int) -> None:
    """One array for two results is refused, columns of one array are not; a truth needs an array of bool."""
    f, k = kernel_of(FORMULA)
    one, many = np.empty(n), np.empty((n, 3))
    with pytest.raises(SymgradError, match="share memory"):
        k(numbers(n), out=(one, {"x": np.empty(n), "y": one}))
    k(numbers(n), out=(many[:, 0], {"x": many[:, 1], "y": many[:, 2]}))
    assert np.array_equal(many[:, 0], k(numbers(n))[0])
    truth = f.compile(results=[f, f > 1])
    _, found = truth(numbers(n), out=(np.empty(n), np.empty(n, bool)))
    assert np.array_equal(found, truth(numbers(n))[0] > 1)
    with pytest.raises(SymgradError, match="of bool, found float64"):
        truth(numbers(n), out=(np.empty(n), np.empty(n)))


def test_masks_are_not_lost() -> None:
    """An array with masked elements is refused; one that could have some, and has none, is not."""
    _, k = kernel_of(FORMULA)
    xs = numbers(20)
    masked = np.ma.array(xs["x"], mask=xs["y"] > 0)
    with pytest.raises(SymgradError, match="masked") as told:
        k(x=masked, y=1.0)
    assert told.value.code == "SG211"
    assert np.array_equal(k(x=np.ma.array(xs["x"]), y=1.0)[0], k(x=xs["x"], y=1.0)[0])


def test_flags_go_only_where_they_fit() -> None:
    """A kernel with flags wants value, gradient and masks to write to."""
    k = symgrad.parse(FORMULA).compile(flags=True)
    xs = numbers(20)
    value, grad, masks = k(xs)
    for out in (3, (value, grad), (value, grad, None), (value, grad, value), (value, grad, masks[:-1])):
        with pytest.raises(SymgradError) as told:
            k(xs, out=out)
        assert told.value.code == "SG213"


def test_mistakes_in_options() -> None:
    """What to compile is told by names and expressions; what contradicts itself is refused."""
    f = symgrad.parse(FORMULA)
    for names in ((1,), (None,), (["x"],)):
        with pytest.raises(SymgradError) as told:
            f.compile(*names)
        assert told.value.code == "SG211"
    for results in (f, [], ["x^2"], [1], [None], "x"):
        with pytest.raises(SymgradError) as told:
            f.compile(results=results)
        assert told.value.code == "SG211"
    with pytest.raises(SymgradError) as told:
        f.compile("x", "y", "x")
    assert told.value.code == "SG513"
    for names, options in ((("x",), {}), ((), {"hessian": True})):
        with pytest.raises(SymgradError) as told:
            f.compile(*names, results=[f], **options)
        assert told.value.code == "SG511"


@pytest.mark.parametrize("at", [1.0, np.ones(20)])
@pytest.mark.parametrize("flags", [False, True])
def test_mistakes_in_names(at: object, flags: bool) -> None:
    """A keyword that is no variable is refused, more in a mapping are not; values without names are refused."""
    k = symgrad.parse("x^2*sin(y) + z").compile(flags=flags)
    k({"x": at, "y": at, "z": at, "more": at})
    for call in (lambda: k(x=at, y=at, z=at, yy=at), lambda: k({"x": at, "z": at}, y=at, yy=at)):
        with pytest.raises(SymgradError, match="yy") as told:
            call()
        assert told.value.code == "SG104"
    for call in (lambda: k([1, 2]), lambda: k(3.0), lambda: k(at, at, at), lambda: k({"x": at}, at)):
        with pytest.raises(SymgradError, match="by name") as told:
            call()
        assert told.value.code == "SG211"


def test_kernels_are_printed_copied_and_pickled() -> None:
    """A kernel says what it is; a pickled one is compiled again, in all its forms."""
    f = symgrad.parse(FORMULA)
    for k in (f.compile(), f.compile("y"), f.compile(hessian=True), f.compile(results=[f])):
        assert repr(k).startswith("<kernel: ")
        assert copy.deepcopy(k) is copy.copy(k) is k
        assert repr(pickle.loads(pickle.dumps(k))(x=1.0, y=2.0)) == repr(k(x=1.0, y=2.0))


def test_kernels_are_kept_and_let_go() -> None:
    """The same graph gives the same kernel; old ones leave, and their code with them."""
    f = symgrad.parse(FORMULA)
    assert f.compile()._runner is symgrad.parse(FORMULA).compile()._runner
    gone = weakref.ref(compiled.kernel([X * const(1234567)], [X])._runner)
    for i in range(cache.MOST_KEPT):
        compiled.kernel([X * const(i)], [X], tier="quick")
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("text", ["[x, y] @ [x, 1]", "sum([x, y, x*y]^2)", "prod([x, y, 2])", "norm([x, y])"])
def test_arrays_inside_a_formula_of_numbers(text: str) -> None:
    """Vectors that are neither variables nor results are taken apart as well."""
    f = symgrad.parse(text)
    kernel = f.compile()
    for point in ({"x": 1.5, "y": 2.0}, {"x": np.array([1.5, -2.0, 0.25]), "y": 2.0}):
        value, grad = kernel(point)
        right, partials = f.value_and_grad(point, way="engine")
        assert np.allclose(value, right, rtol=1e-14)
        for name, partial in partials.items():
            assert np.allclose(grad[name], partial, rtol=1e-14)


@pytest.mark.parametrize("text", ["besselj(1, x)", "zeta(x)", "ei(x)*2", "x*fresnels(x)"])
def test_functions_that_numpy_computes_are_roots_too(text: str) -> None:
    """Where NumPy has the value and machine code the slopes, both arrive, and a nan is followed."""
    f = symgrad.parse(text)
    xs = np.append(np.linspace(1.5, 3, 10), np.nan)
    value, grad = f.compile()(x=xs)
    wanted, slopes = f.value_and_grad(x=xs, way="engine")
    assert np.allclose(value, wanted, rtol=1e-13, equal_nan=True)
    assert np.allclose(grad["x"], slopes["x"], rtol=1e-13, equal_nan=True)


@pytest.mark.parametrize("n", [0.5, -0.5, 1.5, -1.5, 0.25, 1.75, -0.75, 3.25, -3.5, 15.5, 16.25])
@pytest.mark.parametrize("way", ["quick", "full", "blocked"])
def test_powers_of_quarters_are_products_of_roots(n: float, way: str) -> None:
    """Value and slope are those at one point, at the borders of the domain too; zeros have a sign in kernels."""
    f = symgrad.parse(f"x^({n})")
    xs = np.array([-INF, -1.0, -0.0, 0.0, 1e-310, 1e-15, 0.3, 2.0, 7.7, 1e15, INF, NAN])
    computed = f.value_and_grad(x=xs, way=way) if way == "blocked" else f.compile(tier=way)(x=xs)
    alone = [f.value_and_grad(x=float(x)) for x in xs]
    assert same(computed[0], np.array([value for value, _ in alone]), ulps=4 + abs(n))
    assert same(computed[1]["x"], np.array([grad["x"] for _, grad in alone]), ulps=4 + abs(n))
    if way != "blocked":
        assert np.array_equal(np.signbit(computed[0][2:4]), np.signbit([value for value, _ in alone[2:4]]))
