"""One point of a large graph: the tape says what the general sweep says."""

from __future__ import annotations

import gc
import math
import random
import weakref

import numpy as np
import pytest

import symgrad
from symgrad.engine import backprop, compensated
from symgrad.engine.evaluate import bind, run
from symgrad.engine.flags import flags
from symgrad.engine.flat import Tape, tape
from symgrad.engine.pullback import live_slots, pullback
from symgrad.graph import Program
from symgrad.ops import OPS

OPERATIONS = (
    "sin",
    "exp",
    "tanh",
    "abs",
    "sqrt",
    "log1p",
    "atan",
    "floor",
    "neg",
    "square",
    "relu",
    "sigmoid",
)
PAIRS = ("add", "mul", "sub", "div", "max", "min", "hypot", "atan2")


def tangle(seed: int, size: int) -> symgrad.Expression:
    """A graph in which everything is used again."""
    rng = random.Random(seed)
    made = [symgrad.var(name) for name in "xyz"] + [symgrad.var("x") * 0 + 1.5]
    while len(made) < size:
        a, b = rng.choices(made[-40:], k=2)
        kind = rng.random()
        if kind < 0.4:
            made.append(symgrad.Expression.apply(OPS[rng.choice(OPERATIONS)], [a], {}))
        elif kind < 0.9:
            made.append(symgrad.Expression.apply(OPS[rng.choice(PAIRS)], [a, b], {}))
        else:
            made.append(
                symgrad.Expression.apply(
                    OPS["where"], [symgrad.Expression.apply(OPS["lt"], [a, b], {}), a, b], {}
                )
            )
    total = made[0]
    for part in made[-30:]:
        total = total + symgrad.sin(part)
    return total


@pytest.mark.parametrize("seed", range(12))
def test_the_tape_agrees_with_the_general_sweep(seed: int) -> None:
    """Values are the same, slopes within rounding; where the sweep says nan or raises a flag the tape stays silent."""
    program = tangle(seed, 120)._program
    bound, _ = bind(program.variables, {"x": 0.7 + seed, "y": -1.3, "z": 2.1})
    values = run(program, bound)
    flat = Tape(program)
    found = flat.values(bound)
    assert all(a == b or (a != a and b != b) for a, b in zip(found, values, strict=True))
    wanted = [program.slot[v] for v in program.variables]
    output = program.outputs[0]
    numbers = flat.array(found)
    live = live_slots(program, set(wanted), output)
    assert not flat.calm(numbers) or not flags(program, values, output, live)
    slopes = flat.adjoints(numbers, wanted)
    if slopes is not None:
        swept = pullback(program, values, output, 1.0, wanted)
        size = max(1, *map(abs, slopes))
        for slot, slope in zip(wanted, slopes, strict=True):
            assert math.isclose(slope, swept.get(slot, 0.0), rel_tol=1e-9, abs_tol=1e-12 * size)


def test_most_tangles_are_for_the_tape() -> None:
    """The comparison above is not empty."""
    count = 0
    for seed in range(12):
        program = tangle(seed, 120)._program
        bound, _ = bind(program.variables, {"x": 0.7 + seed, "y": -1.3, "z": 2.1})
        flat = Tape(program)
        numbers = flat.array(flat.values(bound))
        count += flat.adjoints(numbers, [program.slot[v] for v in program.variables]) is not None
    assert count >= 4


def test_large_graphs_take_the_tape_and_flags_do_not() -> None:
    """Beyond the limit one point comes from the tape; a kink in the middle is still flagged."""
    x = symgrad.var("x")
    f = x
    for _ in range(compensated.MOST_NODES):
        f = symgrad.sin(f) + x
    assert backprop.large(f._program)
    value, grad = f.value_and_grad(x=0.3)
    derivative = (f(x=0.3 + 1e-6) - f(x=0.3 - 1e-6)) / 2e-6
    assert math.isclose(grad["x"], derivative, rel_tol=1e-6)
    assert value == f(x=0.3)
    bent = f + symgrad.abs(x - 0.3)
    result = bent.evaluate(x=0.3)
    assert "kink" in {flag.kind for flag in result.flags}
    assert result.grad["x"] == pytest.approx(grad["x"])
    assert math.isnan((f + symgrad.log(x - 1)).evaluate(x=0.3).grad["x"])
    overflow = (f + 0 * symgrad.exp(x * 1e4)).evaluate(x=0.3)
    assert math.isnan(overflow.value)
    assert {flag.kind for flag in overflow.flags} >= {"overflow"}


def test_a_tape_goes_with_its_program() -> None:
    """What is kept for a program is kept no longer than the program."""
    program = Program([tangle(1, 50).node])
    assert tape(program) is tape(program)
    gone = weakref.ref(tape(program))
    del program
    gc.collect()
    assert gone() is None


def test_numbers_are_doubles() -> None:
    """The result is made of Python's numbers."""
    x = symgrad.var("x")
    f = x
    for _ in range(3000):
        f = f + x
    result = f.evaluate(x=np.float64(2.0))
    assert type(result.value) is float
    assert type(result.grad["x"]) is float
    assert result.value == 6002


def test_a_slope_that_underflows_alone_is_left_to_the_sweep() -> None:
    """y/x underflows where the adjoint times it does not: the tape says nothing, and the gradient is right."""
    f = symgrad.parse("1e200*(1/x)")
    program = f._program
    bound, _ = bind(program.variables, {"x": 1e170})
    told = Tape(program)
    assert told.adjoints(told.array(told.values(bound)), [program.slot[v] for v in program.variables]) is None
    assert math.isclose(f.value_and_grad(x=1e170)[1]["x"], -1e-140)


def test_a_slope_far_below_all_numbers_counts_under_a_large_one() -> None:
    """(3.7/z)' is 0 in float64 at 1e300, and times lgamma's slope there it is -1e-300."""
    f = symgrad.parse("tanh(y) - lgamma(3.7/z)")
    program = f._program
    bound, _ = bind(program.variables, {"y": 0.0, "z": 1e300})
    told = Tape(program)
    assert told.adjoints(told.array(told.values(bound)), [program.slot[v] for v in program.variables]) is None
