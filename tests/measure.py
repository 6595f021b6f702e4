"""How exact every op is over its whole domain, measured against certified arithmetic that knows no derivative rule.

Developers run `python -m tests.measure sin atan2 --count 2000`; tests/test_ops.py asserts.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgrad import balls
from symgrad.certified.interpret import NoEnclosure, enclose, expand_series, has_ball, has_series, prepared
from symgrad.domain import Domain
from symgrad.engine.evaluate import run
from symgrad.engine.gradient import gradient
from symgrad.engine.pullback import pullback
from symgrad.graph import Node, Program, apply, var
from symgrad.ops import OPS, Op
from symgrad.ops.op import NO_RULES

Point = tuple[float, ...]
BITS = (128, 512, 2048, 4096)
SMALLEST = 2.2250738585072014e-308
ATTRS: dict[str, Any] = {"n": 1}
COSTLY = {
    *(
        "jv",
        "iv",
        "jv_slope",
        "yv_slope",
        "iv_slope",
        "kv_slope",
        "j0",
        "j1",
        "y0",
        "y1",
        "i0",
        "i1",
        "k0",
        "k1",
    ),
    *("gamma", "digamma", "factorial", "lgamma", "beta", "beta_slope", "digamma_gap"),
}
"""Ops whose truth takes milliseconds a point ..."""

COSTLIEST = {
    *(
        "polygamma",
        "igamma",
        "igamma_order",
        "gammainc",
        "gammaincc",
        "gammaincc_order",
        "zeta",
        "zeta_slope",
    ),
    *("yv", "kv"),
}
"""... and a tenth of a second."""

SPECIAL_POINTS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -2.0,
    3.0,
    0.5,
    -0.5,
    10.0,
    5e-324,
    -5e-324,
    1e-310,
    1e-300,
    1e300,
    -1e300,
)


def attrs_of(op: Op) -> dict[str, Any]:
    """Attributes for an op of numbers that needs them."""
    return {name: ATTRS[name] for name in op.attrs}


def scalar_ops() -> list[Op]:
    """The ops that act on numbers element by element and give numbers."""
    from symgrad.ops.types import elementwise

    return [op for op in OPS.values() if op.result is elementwise and op.arity]


def special(domain: Domain) -> list[float]:
    """The points of a domain that formulas stumble over: small integers, zeros, subnormals, borders, huge ones."""
    ends = [end for piece in domain.intervals for end in (piece.low, piece.high) if math.isfinite(end)]
    near = [x for end in ends for x in (end, math.nextafter(end, -math.inf), math.nextafter(end, math.inf))]
    return [x for x in (*SPECIAL_POINTS, *near) if x in domain]


def points(op: Op, count: int, seed: int = 0) -> list[Point]:
    """Points of an op's domain: bit patterns drawn uniformly, ordinary sizes, and the special ones."""
    rng = random.Random(f"{op.name} {seed}")
    domains = [op.domain_of(i) for i in range(op.arity or 0)]
    if op.name == "polygamma":
        orders = [float(rng.randrange(1, 30)) for _ in range(count)]
        return list(zip(orders, domains[1].sample(count, rng), strict=True))
    rows: list[Point] = []
    while len(rows) < count:
        kind = rng.randrange(3)
        row = tuple(draw(d, kind, rng) for d in domains)
        if op.valid is None or op.valid(*row):
            rows.append(row)
    edges = [special(d) for d in domains]
    if len(domains) == 1:
        rows += [(x,) for x in edges[0]]
    else:
        rows += [tuple(rng.choice(e) for e in edges) for _ in range(40)]
    return [row for row in dict.fromkeys(rows) if op.valid is None or op.valid(*row)]


def sampled(entry: Op, count: int = 120) -> list[Point]:
    """Points for one test run: fewer where certified arithmetic is slow."""
    rows = points(entry, count)
    if entry.name in COSTLY:
        return random.Random(entry.name).sample(rows, 20)
    return random.Random(entry.name).sample(rows, 5) if entry.name in COSTLIEST else rows


def draw(domain: Domain, kind: int, rng: random.Random) -> float:
    """One number: any bit pattern, or one of ordinary size."""
    for _ in range(50):
        x = rng.gauss(0, 3) if kind == 1 else rng.uniform(-40, 40)
        if kind and x in domain:
            return x
    return domain.sample(1, rng)[0]


def never() -> None:
    """No deadline."""


class Subject:
    """An op as a graph of one node, with its truth and its three ways of computing a derivative."""

    def __init__(self, op: Op) -> None:
        self.op = op
        self.vars = [var(f"x{i}") for i in range(op.arity or 0)]
        self.root = apply(op, tuple(self.vars), attrs_of(op))
        self.program = Program([self.root])
        self.on_balls = prepared([self.root], has_ball)
        self.on_series = prepared([self.root], has_series)
        self.gradients: dict[tuple[int, ...], Program] = {}

    def value(self, point: Point) -> float | None:
        """The correctly rounded value; None where no ball can say it."""
        bound = self.bound(self.on_balls, point)
        return refined(lambda: enclose(self.on_balls, bound, never)[self.on_balls.outputs[0]])

    def slope(self, point: Point, i: int, order: int) -> float | None:
        """The correctly rounded derivative of an order by argument i; None where there is no enclosure."""
        bound = self.bound(self.on_series, point)
        out = self.on_series.outputs[0]

        def coefficient() -> Any:
            y = expand_series(self.on_series, bound, self.vars[i], never)[out]
            return y[order] * math.factorial(order) if hasattr(y, "prec") else balls.constant(0)

        return refined(coefficient, order + 1)

    def bound(self, program: Program, point: Point) -> dict[Node, float]:
        """Variable -> number."""
        return dict(zip(self.vars, point, strict=True))

    def computed(self, point: Point) -> tuple[float, list[float]]:
        """Value and partials by backprop."""
        values = run(self.program, self.bound(self.program, point))
        wanted = [self.program.slot[v] for v in self.vars]
        live = [s for i, s in enumerate(wanted) if differentiable(self.op, i)]
        found = pullback(self.program, values, self.program.outputs[0], 1.0, live)
        return values[self.program.outputs[0]], [float(found.get(slot, 0.0)) for slot in wanted]

    def graph_slope(self, point: Point, i: int, order: int) -> float:
        """A derivative through the gradient graph."""
        program = self.gradients.get((i, order))
        if program is None:
            root = self.root
            for _ in range(order):
                root = gradient(root, [self.vars[i]])[0]
            program = self.gradients[i, order] = Program([root])
        return float(run(program, self.bound(program, point))[program.outputs[0]])


def differentiable(op: Op, i: int) -> bool:
    """Whether an op has a derivative by its argument i."""
    return op.rule(i) not in NO_RULES


def refined(compute: Callable[[], Any], terms: int | None = None) -> float | None:
    """The double that a ball narrows down to as precision rises."""
    for bits in BITS:
        with balls.precision(bits, terms):
            y = compute()
            value = balls.to_double(y) if y.is_finite() or not y.is_nan() else None
        if value is not None:
            return value
        if y.is_nan() and bits >= 512:
            return None
    return None


def ulps(got: float, truth: float) -> float:
    """The distance from the truth in units of its last place."""
    if got == truth:
        return 0.0
    if not (math.isfinite(got) and math.isfinite(truth)):
        largest = math.nextafter(math.inf, 0)
        return 1.0 if {abs(got), abs(truth)} == {largest, math.inf} and got * truth > 0 else math.inf
    return abs(got - truth) / math.ulp(truth)


def at_kink(op: Op, point: Point) -> bool:
    """Whether the derivative is a convention here."""
    if callable(op.kinks):
        return bool(op.kinks(*point))
    return any(x in op.kinks for x in point)


@dataclass
class Worst:
    """The largest error of one way of computing, and where."""

    ulps: float = 0.0
    point: Point = ()
    got: float = 0.0
    truth: float = 0.0
    count: int = 0
    unknown: int = 0
    seen: list[tuple[float, Point, float, float]] = field(default_factory=list)

    def add(self, got: float, truth: float | None, point: Point) -> None:
        """Count one point."""
        if truth is None:
            self.unknown += 1
            return
        off = ulps(got, truth)
        self.count += 1
        self.seen.append((off, point, got, truth))
        if off > self.ulps or not self.count:
            self.ulps, self.point, self.got, self.truth = off, point, got, truth


def measure(op: Op, rows: Sequence[Point], *, second: bool = True) -> dict[str, Worst]:
    """The worst error of each interpreter on float64."""
    subject, found = Subject(op), {k: Worst() for k in ("value", "points", "pullback", "gradient", "second")}
    array = op.array_fn(*columns(rows), **attrs_of(op))
    for row, many in zip(rows, array.tolist(), strict=True):
        truth = subject.value(row)
        value, partials = subject.computed(row)
        found["value"].add(value, truth, row)
        found["points"].add(many, truth, row)
        if truth is None or not lives(value, truth) or at_kink(op, row):
            continue
        for i, got in enumerate(partials):
            if op.rule(i) is None or not differentiable(op, i):
                continue
            true_slope = subject.slope(row, i, 1)
            found["pullback"].add(got, true_slope, row)
            found["gradient"].add(subject.graph_slope(row, i, 1), true_slope, row)
            if second and true_slope is not None and math.isfinite(true_slope):
                found["second"].add(subject.graph_slope(row, i, 2), subject.slope(row, i, 2), row)
    return found


def lives(value: float, truth: float) -> bool:
    """Whether the value neither overflowed nor lost digits by underflow."""
    return math.isfinite(value) and (abs(truth) >= SMALLEST or truth == 0)


def columns(rows: Sequence[Point]) -> list[Any]:
    """Points as one array per argument."""
    import numpy as np

    return [np.array(column) for column in zip(*rows, strict=True)]


def lines(names: Sequence[str], count: int, seed: int, limit: float) -> Iterator[str]:
    """A report, an op a line, and its worst points where they exceed a limit."""
    for op in scalar_ops():
        if names and op.name not in names:
            continue
        start = time.perf_counter()
        try:
            found = measure(op, points(op, count, seed))
        except NoEnclosure as error:
            yield f"{op.name}: {error}"
            continue
        cells = "  ".join(
            f"{k} {w.ulps:.3g} of {w.count}" + f" ?{w.unknown}" * bool(w.unknown) for k, w in found.items()
        )
        yield f"{op.name}: {cells}  {time.perf_counter() - start:.2f} s"
        for kind, w in found.items():
            if w.ulps > limit and kind != "second":
                bad = sum(off > limit for off, *_ in w.seen)
                yield f"    {kind}: {bad} bad, at {w.point} {w.got!r} for {w.truth!r}"


def main() -> None:
    """Print the worst errors of the named ops, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ops", nargs="*")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=4.0)
    options = parser.parse_args()
    for line in lines(options.ops, options.count, options.seed, options.limit):
        print(line, flush=True)


if __name__ == "__main__":
    main()
