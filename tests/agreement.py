"""Whether all ways of computing agree: one point, many points, NumPy on blocks, machine code, the tape, the plan.

A bound says how far they may be apart. The formula and its partials are enclosed in ball arithmetic in which each
operation may be wrong by the ulps that it promises, whichever way computes it: so all results lie in one ball, unless
one is wrong. Infinities, nans, flags and masks have to be equal. Developers run `python -m tests.agreement herbie`, or
`--graphs 20000` for random graphs at special points; tests/test_agreement.py runs a sample.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import hypothesis
import numpy as np
from hypothesis import strategies as st

import symgrad
from symgrad import balls, compiled
from symgrad.certified.interpret import CONDITIONS, NoEnclosure, _condition, has_ball, prepared
from symgrad.compiled.math import MATH
from symgrad.compiled.simple import SIMPLE
from symgrad.engine import flags
from symgrad.engine.backprop import mask_of
from symgrad.engine.evaluate import bind, run
from symgrad.engine.flags import BORDERS
from symgrad.engine.flat import Tape
from symgrad.engine.gradient import gradient
from symgrad.engine.plan import Plan
from symgrad.engine.pullback import pullback
from symgrad.errors import LimitReached, TypeMistake
from symgrad.graph import CONST, VAR, Node, Program
from symgrad.ops.op import Op
from tests.accuracy import FORMULAS, rows
from tests.measure import COSTLIEST
from tests.strategies import SCALAR, formulas

ARITHMETIC, FUNCTION, OTHER = 2.0, 4.0, 512.0
"""Ulps that an operation may be wrong by: sums, products and quotients (a quotient may be a product by a reciprocal,
and constant factors merge); functions at least, which promise 1 to 8; those whose bodies are computed instead."""

POWER = 16.0
"""Powers by small integers are products."""

TINY = 2.0**-1068
"""What underflow may take from any operation."""

SAME = math.ulp(1.0)
UNLISTED = {"precision"}
"""Flags that only one point knows: they come from computing with twice the digits."""


def allowed(op: Op) -> float:
    """How many ulps an operation may be wrong by."""
    if op.name in SIMPLE:
        return ARITHMETIC
    if op.name in MATH:
        return max(FUNCTION, MATH[op.name].bound) if op.name not in ("pow", "power_slope") else POWER
    return OTHER


@cache
def _inflated(op: Op) -> Callable[..., Any] | None:
    """An op's function on balls that holds all results within the ulps that are allowed; None if there is none."""
    function = balls.ball(op.ball or op.name)
    if function is None:
        return None
    from flint import arb

    factor, tiny = arb(1, allowed(op) * 2.0**-52), _tiny()

    def inflated(*xs: Any, **attrs: Any) -> Any:
        return function(*xs, **attrs) * factor + tiny

    return inflated


def bounds(
    roots: Sequence[Node], point: Mapping[str, float], function: Callable[[Op], Any] | None = None
) -> list[tuple[float, float]] | None:
    """For each root the middle and the radius of a ball in which all ways have to be; None where there is none.

    `function` is what an op is on balls; default one that is wrong by what is allowed.
    """
    program = prepared(list(roots), has_ball)
    bound, _ = bind(program.variables, point)
    try:
        with balls.precision(96):
            values = _enclosures(program, bound, function or _inflated, signed=function is None)
            found = [values[slot] for slot in program.outputs]
            return [
                (float(v.mid()), float(v.rad())) if v.is_finite() else (math.nan, math.inf) for v in found
            ]
    except NoEnclosure:
        return None


@cache
def _tiny() -> Any:
    from flint import arb

    return arb(0, TINY)


def overflows(roots: Sequence[Node], point: Mapping[str, float], i: int) -> bool:
    """Whether something on the way to a root is beyond all doubles, though the root is not."""

    def function(op: Op) -> Any:
        inflated = _inflated(op)
        return inflated and (lambda *xs, **attrs: _double(inflated(*xs, **attrs)))

    found = bounds(roots, point, function)
    return found is not None and not math.isfinite(found[i][1])


def _double(ball: Any) -> Any:
    """A ball, or what knows nothing if it reaches beyond the largest double."""
    return ball if ball.abs_upper() < sys.float_info.max else ball * math.inf - ball * math.inf


def hangs(roots: Sequence[Node], point: Mapping[str, float], found: Sequence[tuple[float, float]]) -> bool:
    """Whether the last digit decides what is finite here.

    There is no bound, and yet the truth is a number; or it hangs on a number that no finite precision has, such as
    acosh(x/x) with a rounded x.
    """
    if all(math.isfinite(radius) for _, radius in found):
        return False
    rounded = False

    def function(op: Op) -> Any:
        exact = balls.ball(op.ball or op.name)

        def called(*xs: Any, **attrs: Any) -> Any:
            nonlocal rounded
            y = exact(*xs, **attrs)
            inexact = any(type(x) is not bool and x.is_finite() and not x.is_exact() for x in xs)
            rounded |= not y.is_finite() and inexact and all(type(x) is bool or x.is_finite() for x in xs)
            return y

        return exact and called

    exact = bounds(roots, point, function)
    return exact is not None and (rounded or all(math.isfinite(radius) for _, radius in exact))


def _enclosures(
    program: Program, bound: Mapping[Node, float], functions: Callable[[Op], Any], *, signed: bool
) -> list[Any]:
    """The ball or the three-valued truth of every slot; balls know no -0: `signed` makes them reach below 0 there."""
    values: list[Any] = []
    for node, args in zip(program.nodes, program.args, strict=True):
        xs = [values[a] for a in args]
        if node.op is CONST:
            values.append(node.value if type(node.value) is bool else balls.constant(node.value))
        elif node.op is VAR:
            lower = signed and bound[node] == 0 and math.copysign(1.0, bound[node]) < 0
            values.append((_tiny() - TINY) / 2 if lower else balls.constant(bound[node]))
        elif node.op.result in CONDITIONS:
            values.append(_condition(node.op, xs, series=False))
        else:
            function = functions(node.op)
            if function is None:
                raise NoEnclosure(node.op.name)
            try:
                values.append(function(*xs, **dict(node.attrs)))
            except NotImplementedError:
                raise NoEnclosure(node.op.name) from None
    return values


Numbers = np.ndarray[Any, Any]
"""Value and partials (rows) at all points (columns)."""


RAW = ("sweep", "tape", "plan", "quick", "full", "quick, many", "full, many", "scalar")


def raw(f: symgrad.Expression, points: list[dict[str, float]]) -> dict[str, Numbers]:
    """The ways of `RAW`, without flags and conventions."""
    variables = f._variables
    roots = [f.node, *gradient(f.node, variables)]
    found: dict[str, list[list[float]]] = {"sweep": [], "tape": [], "plan": []}
    program = Program([f.node])
    tape, plan = Tape(program), Plan(roots)
    slots = [program.slot[v] for v in variables]
    for point in points:
        bound, _ = bind(program.variables, point)
        values = run(program, bound)
        value = float(values[program.outputs[0]])
        with np.errstate(all="ignore"):
            adjoints = pullback(program, values, program.outputs[0], 1.0, slots)
        found["sweep"].append([value, *(float(adjoints.get(slot, 0.0)) for slot in slots)])
        flat = tape.values(bound)
        slopes = tape.adjoints(tape.array(flat), slots)
        found["tape"].append(
            [float(flat[program.outputs[0]]), *(found["sweep"][-1][1:] if slopes is None else slopes)]
        )
        found["plan"].append([float(x) for x in plan({name: point[name] for name in plan.inputs})])
    numbers = {name: np.array(rows).T for name, rows in found.items()}
    if compiled.available():
        columns = {name: np.array([p[name] for p in points]) for name in points[0]}
        try:
            for tier in ("quick", "full"):
                kernel = compiled.kernel(roots, variables, tier=tier)
                numbers[tier] = np.array([np.broadcast_to(x, len(points)) for x in kernel(columns)])
                numbers[f"{tier}, many"] = _among_many(kernel, columns, len(points))
            scalar = compiled.kernel(roots, variables)
            numbers["scalar"] = np.array([scalar(p) for p in points], dtype=float).T
        except LimitReached:
            pass
    return numbers


MANY = 11
"""How often points are repeated: enough of them for whole blocks, and for a rest that fills none."""


def _among_many(kernel: Any, columns: Mapping[str, Numbers], size: int) -> Numbers:
    """What a kernel has for the last of many copies of the points; nan and a number where copies differ in a bit."""
    many = np.array(
        [np.broadcast_to(x, size * MANY) for x in kernel({k: np.tile(a, MANY) for k, a in columns.items()})]
    )
    copies = many.reshape(len(many), MANY, size)
    last: Numbers = copies[:, -1]
    same = ((copies == last[:, None]) | ((copies != copies) & (last != last)[:, None])).all(axis=1)
    return np.where(same, last, np.where(np.isfinite(last), np.nan, 0.0))


def settled(
    f: symgrad.Expression, points: list[dict[str, float]]
) -> tuple[dict[str, Numbers], dict[str, list[int]]]:
    """The ways that know flags and conventions: numbers, and masks."""
    numbers, masks = {}, {}
    columns = {name: np.array([p[name] for p in points]) for name in points[0]}
    for way in ("engine", "blocked", *(["compiled"] if compiled.available() else [])):
        result = f.evaluate(columns, way=way)
        numbers[way] = np.array([result.value, *result.grad.values()])
        masks[way] = [int(m) for m in result.masks]
    single = [f.evaluate(p) for p in points]
    numbers["one"] = np.array([[r.value, *r.grad.values()] for r in single], dtype=float).T
    listed = [tuple(flag for flag in r.flags if flag.kind not in UNLISTED) for r in single]
    masks["one"] = [mask_of(found) for found in listed]
    return numbers, masks


@dataclass
class Tally:
    """What was compared, and what differs.

    Attributes:
        formulas: how many.
        points: of all formulas.
        numbers: compared pairs of results with a bound.
        unbounded: results that hang on a border (or on nothing that is known): only infinities were compared.
        refused: formulas that no way differentiates.
        largest: the largest distance from the middle of the ball, in units of its radius.
        widths: the radius of each ball, in ulps.
        wrong: what differs.
        kinds: of these. "border" is no mistake: the truth is a number, but rounding alone decides whether a square root
            or an inverse function is still inside its domain, and functions of numbers and of arrays differ by an ulp.
        loud: whether what differs is printed at once.
    """

    formulas: int = 0
    points: int = 0
    numbers: int = 0
    unbounded: int = 0
    refused: int = 0
    largest: float = 0.0
    widths: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    loud: bool = False

    @property
    def mistakes(self) -> list[str]:
        """What differs, without what hangs on a border."""
        return [text for text in self.wrong if not text.startswith("border")]

    def note(self, kind: str, text: str) -> None:
        """Add what differs."""
        self.kinds[kind] += 1
        self.wrong.append(f"{kind}: {text}")
        if self.loud:
            print(self.wrong[-1], flush=True)


def compare(f: symgrad.Expression, points: list[dict[str, float]], tally: Tally, name: str = "") -> None:
    """Compute everything by every way, and tell what differs."""
    name = name or repr(f)
    tally.formulas += 1
    tally.points += len(points)
    try:
        numbers, masks = settled(f, points)
    except TypeMistake as refused:
        tally.refused += 1
        _all_refuse(f, points, refused, tally, name)
        return
    roots = [f.node, *gradient(f.node, f._variables)]
    whats = ["value", *(f"d/d{v.name}" for v in f._variables)]
    everything = {**numbers, **raw(f, points)}
    for j, point in enumerate(points):
        where = f"{name} at {point}"
        found = bounds(roots, point) or [(math.nan, math.inf)] * len(roots)
        differ = []
        if len({m[j] for m in masks.values()}) > 1:
            told = {way: [k for k in flags.KINDS if m[j] & flags.BITS[k]] for way, m in masks.items()}
            differ.append(f"masks: {where}: {told}")
        for i, what in enumerate(whats):
            flagged = {way: a[i, j] for way, a in numbers.items()}
            differ += _special(flagged, f"{where}: {what}")
            calm = math.isfinite(numbers["engine"][0, j]) and not masks["engine"][j]
            near = {way: a[i, j] for way, a in (everything if calm else numbers).items()}
            border = i > 0 and bool(masks["engine"][j] & BORDERS)
            elsewhere = partial(overflows, roots, point, i)
            _near(near, *found[i], f"{where}: {what}", tally, (lambda: True) if border else elsewhere)
        if differ:
            tally.note("border" if hangs(roots, point, found) else "special", "; ".join(differ))


def _all_refuse(
    f: symgrad.Expression, points: list[dict[str, float]], refused: TypeMistake, tally: Tally, name: str
) -> None:
    columns = {name: np.array([p[name] for p in points]) for name in points[0]}
    for way in ("engine", "blocked", *(["compiled"] if compiled.available() else [])):
        try:
            f.evaluate(columns, way=way)
        except TypeMistake as again:
            if again.message == refused.message:
                continue
        tally.note("refusal", f"{name}: {way} does not say: {refused.message}")


def _special(found: Mapping[str, float], where: str) -> list[str]:
    """What is not finite is the same by all ways."""
    kinds = {"number" if math.isfinite(x) else "nan" if x != x else str(x) for x in found.values()}
    return [f"{where}: {_shown(found)}"] if len(kinds) > 1 else []


def _shown(found: Mapping[str, float]) -> str:
    return ", ".join(f"{way} {float(x)!r}" for way, x in found.items())


def _near(
    found: Mapping[str, float],
    middle: float,
    radius: float,
    where: str,
    tally: Tally,
    elsewhere: Callable[[], bool],
) -> None:
    """What is finite lies in the ball, or in one of its size elsewhere, after an overflow or by a convention."""
    if not math.isfinite(radius) or not math.isfinite(middle):
        tally.unbounded += 1
        return
    ulp = math.ulp(middle)
    tally.widths.append(radius / ulp)
    tally.numbers += len(found)
    off = {way: abs(float(x) - middle) / (radius + ulp) for way, x in found.items() if math.isfinite(x)}
    numbers = [float(found[way]) for way in off]
    if max(off.values(), default=0.0) > 1:
        if max(numbers) - min(numbers) <= 2 * (radius + ulp) and elsewhere():
            tally.unbounded += 1
            return
        tally.note("apart", f"{where}: {_shown(found)} for {middle!r}±{radius:.2g}")
    tally.largest = max(tally.largest, *off.values(), 0.0)
    plain = [way in off for way in found if way in RAW]
    if any(plain) and not all(plain):
        tally.note("infinite", f"{where}: {_shown(found)} for {middle!r}±{radius:.2g}")


# The data files


def cases(name: str, share: float) -> Iterator[tuple[str, str, list[dict[str, float]]]]:
    """Formulas of a file with all their points: (id, text, points); points of one formula are together."""
    together: dict[str, tuple[str, list[dict[str, float]]]] = {}
    for row in rows(name):
        together.setdefault(row["expr"], (row["id"], []))[1].extend(row["points"])
    chance = random.Random(name)
    for text, (key, points) in together.items():
        if chance.random() < share and points[0]:
            yield key, text, points


def of_file(name: str, share: float, piece: tuple[int, int] = (0, 1)) -> Tally:
    """Compare a share of a file; `piece` (k, n) is the k-th of n parts of it."""
    tally = Tally()
    for count, (key, text, points) in enumerate(cases(name, share)):
        if count % piece[1] == piece[0]:
            compare(symgrad.parse(text), points, tally, f"{key} {text[:120]}")
    return tally


# Random graphs

SPECIAL = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 4.0, math.inf, -math.inf, math.nan, 5e-324, -2e-310, 1e-300),
    *(1e300, -1e200, 1.7976931348623157e308, 2.0**52, 2.0**53 + 2, 710.0, -745.0, 1e-17, 0.1, math.pi / 2),
    *(1.5, -2.5, 7.5, -0.5, 2.0**31 + 0.5, 2.2250738585072014e-308, -1e-300, 171.5, 1 + 2.0**-52),
)

QUICK = [op for op in SCALAR if op.name not in COSTLIEST]
"""Without ops whose slopes take seconds where their arguments are far out."""


COSTLY = [op for op in SCALAR if op.name in COSTLIEST]


@st.composite
def graphs(draw: Any, ops: Sequence[Op] = QUICK) -> tuple[Node, list[dict[str, float]]]:
    """A graph, and points for it: special numbers among plain ones, as variables and as constants."""
    node = draw(formulas(ops=ops, constants=st.sampled_from([x for x in SPECIAL if math.isfinite(x)])))
    number = st.sampled_from(SPECIAL) | st.floats(-4, 4, width=32) | st.floats()
    points = [{name: draw(number) for name in ("x", "y", "z")} for _ in range(draw(st.integers(1, 6)))]
    return node, points


def of_graphs(count: int, seed: int = 0, *, ops: Sequence[Op] = QUICK, loud: bool = False) -> Tally:
    """Compare random graphs of these ops; `loud` prints what differs as soon as it is found."""
    tally = Tally(loud=loud)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(graphs(ops))
    def one(drawn: tuple[Node, list[dict[str, float]]]) -> None:
        node, points = drawn
        f = symgrad.Expression(node)
        if f.variables and f.type.kind == "real":
            compare(f, [{name: p[name] for name in f.variables} for p in points], tally)

    one()
    return tally


def describe(name: str, tally: Tally, seconds: float) -> str:
    """One line of the table."""
    widths = sorted(tally.widths) or [math.nan]
    middle, high = widths[len(widths) // 2], widths[int(len(widths) * 0.9)]
    return (
        f"| {name} | {tally.formulas} | {tally.points} | {tally.numbers} | {tally.largest:.3f} | "
        f"{middle:.0f}, {high:.2g} | "
        f"{tally.unbounded} | {dict(tally.kinds) or 'none'} | {seconds:.0f} s |"
    )


HEAD = """\
| file | formulas | points | numbers | largest distance, in radii | ulps of a radius: median, 90 % | no bound | \
exceptions | time |
|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Compare whole files, or random graphs, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="names of data files; default all, or none with --graphs")
    parser.add_argument("--share", type=float, default=1.0, help="of the formulas")
    parser.add_argument("--piece", default="0/1", help="k/n: the k-th of n parts")
    parser.add_argument("--graphs", type=int, default=0, help="how many random graphs")
    parser.add_argument(
        "--costly", action="store_true", help="graphs of the functions that take longest only"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random graphs")
    parser.add_argument("--worst", type=int, default=20, help="how many exceptions to show")
    options = parser.parse_args()
    k, n = map(int, options.piece.split("/"))
    files = options.files or ([] if options.graphs else [*FORMULAS, "fnpoints"])
    work: list[tuple[str, Callable[[], Tally]]] = [
        (name, lambda name=name: of_file(name, options.share, (k, n)))
        for name in files  # type: ignore[misc]
    ]
    if options.graphs:
        ops = COSTLY if options.costly else QUICK
        work.append(
            (
                f"seed {options.seed}",
                lambda: of_graphs(options.graphs, options.seed, ops=ops, loud=True),
            )
        )
    lines = []
    for name, measure in work:
        start = time.perf_counter()
        tally = measure()
        for text in tally.wrong[: options.worst]:
            print(text)
        lines.append(describe(name, tally, time.perf_counter() - start))
        print(lines[-1], flush=True)
    print("\n".join([HEAD, *lines]))


if __name__ == "__main__":
    main()
