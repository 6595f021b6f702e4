"""Germs: their arithmetic, and random functions against balls beside the point."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from flint import arb, fmpq

from symgrad import balls, parse
from symgrad.balls import exact
from symgrad.certified import interpret
from symgrad.certified.germs import (
    ZERO,
    Germ,
    Outside,
    Unsettled,
    add,
    bounded,
    flat,
    huge,
    monomial,
    mul,
    negative,
    sign_of,
    sub,
    whole,
)
from symgrad.certified.germs_powers import divide, exp, log, power, reciprocal, sqrt
from symgrad.certified.germs_regular import regular
from symgrad.certified.prove import Budget, Enclosure
from symgrad.certified.sides import Number, Side, one_sided
from symgrad.graph import Node, apply, const, var
from symgrad.ops import OPS

INF = math.inf
x = var("x")
T = monomial((1, 0), fmpq(1))
"""The germ of t."""
LOG = monomial((0, -1), fmpq(-1))
"""The germ of log(t)."""


def terms(g: Germ) -> dict[tuple[object, object], object]:
    """The terms of a germ with rational coefficients."""
    return {m: exact.exactly(c) for m, c in g.terms}


LAWS: list[tuple[str, Callable[[], Germ], Germ]] = [
    ("log of exp", lambda: log(exp(T)), T),
    ("exp of log", lambda: exp(mul(whole(3), LOG)), power(T, 3)),
    ("log of a power", lambda: log(power(T, 2)), mul(whole(2), LOG)),
    ("square of a root", lambda: power(sqrt(T), 2), T),
    ("root of a square", lambda: sqrt(power(add(T, T), 2)), add(T, T)),
    ("reciprocal twice", lambda: reciprocal(reciprocal(power(T, 2))), power(T, 2)),
    ("quotient", lambda: divide(sub(power(T, 2), whole(1)), sub(T, whole(1))), add(T, whole(1))),
    ("sine and arc", lambda: regular("asin", regular("sin", T)), T),
    ("logarithm times t", lambda: divide(mul(T, LOG), T), LOG),
]


@pytest.mark.parametrize(("law", "left", "right"), LAWS, ids=[law for law, *_ in LAWS])
def test_laws(law: str, left: Callable[[], Germ], right: Germ) -> None:
    """Functions and their inverses give back what they were given, exactly, as far as terms go."""
    with balls.precision(128, 6):
        found = left()

        assert terms(right) == {m: c for m, c in terms(found).items() if m in terms(right)}
        assert not [m for m in terms(found) if m not in terms(right)]


def test_what_is_left_out_stays_left_out() -> None:
    """The order of a product is what the larger factor makes of the unknown rest of the other."""
    with balls.precision(128, 6):
        rest = bounded((2, 0), "a reason")
        product = mul(add(whole(1), rest), reciprocal(T))

        assert (1, 0) == product.order
        assert "a reason" == product.why
        assert (2, 0) == add(T, rest).order


def test_flat_and_huge() -> None:
    """exp(-1/t) is smaller than every power and exp(1/t) larger; their product is not decided."""
    with balls.precision(128, 6):
        tiny, vast = exp(negative(reciprocal(T))), exp(reciprocal(T))

        assert (1, True) == (sign_of(tiny), tiny.flat)
        assert vast.huge
        assert mul(tiny, power(T, -50)).flat
        assert mul(vast, power(T, 50)).huge
        assert reciprocal(vast).flat
        with pytest.raises(Unsettled):
            mul(tiny, vast)
        with pytest.raises(Unsettled):
            sub(vast, exp(reciprocal(T)))
        with pytest.raises(Unsettled):
            sign_of(flat())
        assert huge(-1).sign == -sign_of(vast)


def test_zero_is_proved_or_not_decided() -> None:
    """Exact zeros are zeros; a ball around 0 asks for bits, cancelled terms ask for terms, and 1/0 is nowhere."""
    with balls.precision(128, 6):
        assert 0 == sign_of(sub(T, T)) == sign_of(ZERO)
        with pytest.raises(Outside):
            reciprocal(sub(T, T))
        with pytest.raises(Unsettled) as bits:
            sign_of(monomial((0, 0), arb(0, 1)))
        with pytest.raises(Unsettled) as more:
            sign_of(sub(regular("sin", T), regular("sin", add(T, ZERO))))
        assert ("bits", "terms") == (bits.value.more, more.value.more)


# Random graphs: what is claimed of a side has to fit balls at points beside it.

CHOSEN = [
    OPS[name]
    for name in (
        *("add", "sub", "mul", "div", "add", "sub", "mul", "div", "pow", "neg", "abs", "sqrt", "exp", "log"),
        *(
            "sin",
            "cos",
            "tan",
            "atan",
            "tanh",
            "max",
            "min",
            "sign",
            "floor",
            "round",
            "square",
            "reciprocal",
        ),
        *(
            "cbrt",
            "hypot",
            "atan2",
            "asin",
            "acosh",
            "gamma",
            "erf",
            "log1p",
            "expm1",
            "sigmoid",
            "mod",
            "xlogy",
        ),
    )
]
NEAR, FAR, BITS = 60, 1500, 6000
"""The points beside are at 2^-60 and 2^-1500, so that 1/log(t) comes down by a factor of 25."""


def grown(rng: random.Random, depth: int) -> Node:
    """A random graph in x."""
    dice = rng.random()
    if depth == 0 or dice < 0.12:
        return x if rng.random() < 0.7 else const(rng.choice([0.0, 1.0, -1.0, 2.0, 0.5, 3.0]))
    if dice < 0.22:
        condition = apply(
            OPS[rng.choice(["lt", "le", "eq", "ne"])], (grown(rng, depth - 1), grown(rng, 0)), {}
        )
        return apply(OPS["where"], (condition, grown(rng, depth - 1), grown(rng, depth - 1)), {})
    op = rng.choice(CHOSEN)
    return apply(op, tuple(grown(rng, depth - 1) for _ in range(op.arity or 1)), {})


def beside(root: Node, at: float, side: int, k: int) -> arb:
    """The ball of a function at `at` + side 2^-k."""
    program = interpret.prepared([root], interpret.has_ball)
    point = arb(at) + side * arb(2) ** -k
    values = interpret._interpret(program, lambda _: point, balls.ball, lambda: None)
    return values[program.outputs[0]]


def grows(near: arb, far: arb, limit: float) -> bool:
    """Whether two values are on the way to an infinity; a ball that says nothing does not contradict."""
    size = int(math.copysign(1, limit))
    return not far.is_finite() or bool(far * size > 0 and abs(far) > abs(near) * 1.3) or bool(far.contains(0))


def comes(near: arb, far: arb, goal: arb) -> bool:
    """Whether two values are on the way to a goal."""
    off = abs(far - goal)
    return bool(off.abs_lower() < 1e-9) or bool(off.abs_lower() * 2 < abs(near - goal).abs_upper())


def fits(claim: Side, root: Node, at: float, side: int) -> bool:
    """Whether balls beside the point bear out what is claimed of one side."""
    with balls.precision(BITS):
        near, far = (beside(root, at, side, k) for k in (NEAR, FAR))
        if not claim.defined:
            return not (near.is_finite() and far.is_finite())
        if claim.limit is None or not far.is_finite() or not near.is_finite():
            return True
        if isinstance(claim.limit, float):
            return grows(near, far, claim.limit)
        goal = claim.limit.ball
        if claim.slope is None or not goal.is_exact():
            return comes(near, far, goal)
        quotients = [(value - goal) * side * arb(2) ** k for value, k in ((near, NEAR), (far, FAR))]
        if isinstance(claim.slope, float):
            return comes(near, far, goal) and grows(*quotients, claim.slope)
        return comes(near, far, goal) and comes(*quotients, claim.slope.ball)


@pytest.mark.parametrize("seed", range(8))
def test_claims_fit_balls_beside_the_point(seed: int) -> None:
    """Whatever is claimed of a random function is borne out at distances of 2^-60 and 2^-1500; nothing raises."""
    rng = random.Random(seed)
    for _ in range(25):
        root, at = grown(rng, rng.choice([1, 2, 3])), rng.choice([0.0, 0.0, 1.0, -1.0, 0.5, 2.0])
        sides = one_sided(root, {x: at}, x, Budget(seconds=60))

        assert fits(sides.left, root, at, -1), (root, at, sides.left)
        assert fits(sides.right, root, at, 1), (root, at, sides.right)


def number(value: float) -> Number:
    """A claim of the tests' own."""
    return value if math.isinf(value) else Enclosure(arb(value), 64)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": number(0.25)},
        {"limit": number(-INF)},
        {"slope": number(-1.0)},
        {"slope": number(INF)},
        {"defined": False},
    ],
)
def test_wrong_claims_do_not_fit(wrong: dict[str, Number]) -> None:
    """The check of random graphs notices a wrong limit, a wrong slope, and a domain that goes on."""
    root = parse("abs(x)").node
    claim = one_sided(root, {x: 0.0}, x, Budget(seconds=60)).right

    assert fits(claim, root, 0.0, 1)
    assert not fits(replace(claim, **wrong), root, 0.0, 1)
