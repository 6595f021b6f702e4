"""How often a better form is found: the points of the data files at which float64 loses more than six digits.

Developers run `python -m tests.improving` (the case's point is all that `improve` is given); tests/test_improve.py
asserts on a few. A case counts as improved if the worst of its numbers gains three digits, each number that had lost
six gains three, and none gets worse. The truth is the data file's, not that of the program.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

import symgrad
from symgrad.improve import Range, improve
from symgrad.symbolic.text import text
from tests.accuracy import Row, error, rows

FILES = ("herbie", "fpbench")
LOST = 1e-10
"""Six of sixteen digits."""

GAIN = 3.0
RIGHT = 1e-15
"""As good as a number can be expected to be."""


@dataclass(frozen=True)
class Case:
    """A formula at a point where float64 is bad, and what became of it."""

    row: Row
    index: int
    before: dict[str, float]
    after: dict[str, float] = field(default_factory=dict)
    form: str = ""
    rules: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def gained(self) -> float:
        """Digits that the worst number gained."""
        return digits(max(self.before.values()), max(self.after.values()))

    @property
    def improved(self) -> bool:
        """Whether it gained as much as it should."""
        pairs = [(self.before[name], self.after[name]) for name in self.before]
        return (
            self.gained >= GAIN
            and all(digits(b, a) >= GAIN or a < 1e-12 for b, a in pairs if b > LOST)
            and all(a <= max(10 * b, 1e-13) for b, a in pairs)
        )


def digits(before: float, after: float) -> float:
    """How many digits lie between two relative errors."""
    low, high = (min(max(e, RIGHT), 1.0) if e == e else 1.0 for e in (after, before))
    return math.log10(high / low)


def errors(f: symgrad.Expression, row: Row, index: int, *, plain: bool) -> dict[str, float]:
    """The relative error of each number against the file's truth: at one point, or as arrays compute it."""
    point = row["points"][index]
    given = {k: np.array([v, v]) for k, v in point.items()} if plain else point
    with np.errstate(all="ignore"):
        result = f.evaluate(given)
    got = {"value": result.value, **{name: result.grad.get(name, 0.0) for name in row["grad"][index]}}
    truths = {"value": row["value"][index], **row["grad"][index]}
    return {name: error(float(np.ravel(got[name])[0]), truth)[1] for name, truth in truths.items()}


def bad_points(names: tuple[str, ...], *, plain: bool, ids: Collection[str] = ()) -> Iterator[Case]:
    """The points at which float64 loses more than six digits, of all rows or some."""
    for name in names:
        for row in rows(name):
            if ids and row["id"] not in ids:
                continue
            f = symgrad.parse(row["expr"])
            for index in range(len(row["points"])):
                found = errors(f, row, index, plain=plain)
                if max(found.values()) > LOST:
                    yield Case(row, index, found)


def attempt(case: Case, seconds: float, *, plain: bool, wide: bool = False) -> Case:
    """The case after `improve`, given the point alone or the source's sampling range."""
    f = symgrad.parse(case.row["expr"])
    given: dict[str, float | Range] = dict(case.row["points"][case.index])
    if wide:
        given = {
            k: _range(case.row.get("ranges", {}).get(k), x) for k, x in given.items() if isinstance(x, float)
        }
    start = time.perf_counter()
    found = improve(f.node, given, seconds)
    spent = time.perf_counter() - start
    after = errors(symgrad.Expression(found.after), case.row, case.index, plain=plain)
    rules = tuple(a.rule for a in found.rules)
    return Case(case.row, case.index, case.before, after, text(found.after), rules, spent)


def _range(given: list[float | None] | None, x: float) -> float | Range:
    if not given or None in given:
        return x
    low, high = given
    assert low is not None
    assert high is not None
    return Range(low, high)


def main() -> None:
    """Print what became of each case, and the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(FILES))
    parser.add_argument("--seconds", type=float, default=2.5, help="for each case")
    parser.add_argument(
        "--plain", action="store_true", help="partials in plain doubles, as arrays compute them"
    )
    parser.add_argument("--wide", action="store_true", help="give the source's ranges instead of the point")
    parser.add_argument("--failures", action="store_true", help="only what was not improved")
    parser.add_argument("--id", action="append", help="only this row")
    options = parser.parse_args()
    done: list[Case] = []
    for case in bad_points(tuple(options.files), plain=options.plain, ids=options.id or ()):
        found = attempt(case, options.seconds, plain=options.plain, wide=options.wide)
        done.append(found)
        if not (options.failures and found.improved):
            word = "improved" if found.improved else "FAILED  "
            print(
                f"{word} {case.row['id']} point {case.index}: {found.gained:.0f} digits, {found.seconds:.1f} s"
            )
            print(
                f"    {case.row['expr'][:200]}\n    {found.form[:200]}\n    {'; '.join(found.rules)}",
                flush=True,
            )
    good = sum(case.improved for case in done)
    print(
        f"{good} of {len(done)} cases improved ({100 * good / max(len(done), 1):.0f} %), "
        f"{sum(case.seconds for case in done):.0f} s"
    )


if __name__ == "__main__":
    main()
