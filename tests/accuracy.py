"""How near float64 comes to the truth: values and partials of the data files, measured exactly in ulps.

Developers run `python -m tests.accuracy herbie` to see a file's worst points; tests/test_data.py asserts.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import symgrad

DATA = Path(__file__).parent / "data"
FORMULAS = ("fpbench", "herbie", "feynman", "nist_grad", "rubi", "sympydiff")
SPECIAL = frozenset(
    ("chi", "ci", "digamma", "ei", "erfi", "fresnelc", "fresnels", "igamma", "lambertw", "lgamma", "li")
) | {"shi", "si", "tgamma"}
SPECIAL_RELATIVE = 1e-13

Row = dict[str, Any]


def rows(name: str) -> Iterator[Row]:
    """The lines of a data file."""
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@dataclass(frozen=True)
class Number:
    """A computed number beside the truth."""

    what: str  # "value", or the variable of a partial
    got: float
    truth: str
    ulps: float
    relative: float


@dataclass(frozen=True)
class Point:
    """All numbers of a formula at one point, or why there are none."""

    row: Row
    index: int
    numbers: tuple[Number, ...] = ()
    failure: str = ""

    @property
    def at(self) -> Mapping[str, float]:
        """The variables' values."""
        at: Mapping[str, float] = self.row["points"][self.index]
        return at

    @property
    def naive(self) -> float | None:
        """The error that the data allows for, None where plain double precision overflows or fails."""
        naive: float | None = self.row["naive"][self.index]
        return naive

    def within(self, number: Number) -> bool:
        """Whether a number is as good as this file asks."""
        if "fn" in self.row:
            if self.row["fn"] in SPECIAL and number.relative <= SPECIAL_RELATIVE:
                return True
            return number.ulps <= (4 if number.what == "value" else 8)
        return number.ulps <= 4 or number.relative <= 10 * (self.naive or 0.0)

    @property
    def good(self) -> bool:
        """Whether there are numbers, and all are as good as they have to be."""
        return bool(self.numbers) and all(map(self.within, self.numbers))

    @property
    def badness(self) -> float:
        """For sorting: the worst error in ulps, infinite without numbers."""
        return max(
            (n.ulps for n in self.numbers if not self.within(n)), default=0.0 if self.numbers else math.inf
        )


def error(got: float, truth: str) -> tuple[float, float]:
    """The exact error of a float, in ulps of the truth and relative to it; infinite if one is not finite.

    Where the truth is zero, the relative error is the absolute one, as in the `naive` field of the data.
    """
    exact = Fraction(truth)
    try:
        nearest = float(exact)
    except OverflowError:
        nearest = math.inf if exact > 0 else -math.inf
    if not math.isfinite(got) or not math.isfinite(nearest):
        return (0.0, 0.0) if got == nearest else (math.inf, math.inf)
    off = abs(Fraction(got) - exact)
    return ratio(off, Fraction(math.ulp(nearest))), ratio(off, abs(exact) or Fraction(1))


def ratio(a: Fraction, b: Fraction) -> float:
    """A quotient of exact numbers, infinite where a float is too small for it."""
    if not a:
        return 0.0
    try:
        return float(a / b)
    except (ZeroDivisionError, OverflowError):
        return math.inf


def measure(row: Row) -> list[Point]:
    """Evaluate a formula at all its points; what goes wrong is part of the result."""
    indices = range(len(row["points"]))
    try:
        f = symgrad.parse(row["expr"])
    except Exception as e:  # noqa: BLE001 - any exception is a finding here
        return [Point(row, i, failure=f"parse: {type(e).__name__}: {e}") for i in indices]
    return [measure_at(f, row, i) for i in indices]


def measure_at(f: symgrad.Expression, row: Row, index: int) -> Point:
    """Evaluate a formula at one of its points."""
    try:
        result = f.evaluate(row["points"][index])
        got = {"value": result.value, **result.grad}
        truths = {"value": row["value"][index], **row["grad"][index]}
        numbers = [Number(w, float(got[w]), t, *error(float(got[w]), t)) for w, t in truths.items()]
    except Exception as e:  # noqa: BLE001 - any exception is a finding here
        return Point(row, index, failure=f"evaluate: {type(e).__name__}: {e}")
    return Point(row, index, tuple(numbers))


@dataclass(frozen=True)
class Report:
    """The points of a file: those that count, those without a naive error, and those that raised."""

    counted: list[Point]
    uncounted: list[Point]

    @property
    def raised(self) -> list[Point]:
        """Points at which something was raised."""
        return [p for p in self.counted + self.uncounted if p.failure]

    @property
    def bad(self) -> list[Point]:
        """Points that count and are not good enough, worst first."""
        return sorted((p for p in self.counted if not p.good), key=lambda p: -p.badness)

    @property
    def share(self) -> float:
        """The share of the counted points that is good enough."""
        return 1 - len(self.bad) / len(self.counted)


def report(name: str) -> Report:
    """Measure a whole file."""
    points = [p for row in rows(name) for p in measure(row)]
    single = [p for p in points if p.naive is not None or "fn" in p.row]
    return Report(single, [p for p in points if p.naive is None and "fn" not in p.row])


def describe(point: Point) -> str:
    """A bad point in a few lines."""
    naive = "null" if point.naive is None else f"{point.naive:.2g}"
    lines = [f"{point.row['id']}  {point.row['expr'][:160]}", f"    at {point.at}  naive {naive}"]
    if point.failure:
        lines.append(f"    {point.failure}")
    lines += [
        f"    {n.what}: {n.got!r} for {n.truth}  {n.ulps:.3g} ulp  relative {n.relative:.2g}"
        for n in point.numbers
        if not point.within(n)
    ]
    return "\n".join(lines)


def main() -> None:
    """Print how good each named file is, and its worst points."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=[*FORMULAS, "fnpoints"], help="names of data files")
    parser.add_argument("--worst", type=int, default=10, help="how many points to show of each")
    parser.add_argument("--fn", help="of fnpoints, only this function")
    options = parser.parse_args()
    for name in options.files:
        start = time.perf_counter()
        found = report(name)
        bad = [p for p in found.bad if options.fn in (None, p.row.get("fn"))]
        inexact = [p for p in bad if not p.failure]
        for point in inexact[: options.worst] + found.raised[: options.worst]:
            print(describe(point))
        print(
            f"{name}: {len(found.counted)} points, {100 * found.share:.2f} % good, {len(bad)} bad, "
            f"{len(found.raised)} raised, {len(found.uncounted)} without a naive error, "
            f"{time.perf_counter() - start:.1f} s"
        )


if __name__ == "__main__":
    main()
