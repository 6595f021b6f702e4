"""Whether rounding is predicted: the first-order error beside the true one, where float64 loses more than six digits.

`python -m tests.rounding` measures whole data files and prints the points that were predicted badly; tests take a part.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import symgrad
from symgrad.engine.rounding import attribute, attribute_partials
from symgrad.graph import variables
from tests.accuracy import Row, ratio, rows

LOST = Fraction(1, 10**10)
"""A relative error above this: of float64's sixteen digits more than six are gone."""

FACTOR = 100.0


@dataclass(frozen=True)
class Prediction:
    """A number that lost its digits: its true absolute error, and the predicted one."""

    row: Row
    index: int
    what: str  # "" for the value, or the variable of a partial
    actual: float
    predicted: float

    @property
    def good(self) -> bool:
        """Whether it is right within the factor; an overflow is predicted by an infinite error."""
        if math.isinf(self.actual):
            return self.actual == self.predicted
        return self.actual / FACTOR <= self.predicted <= self.actual * FACTOR


def predictions(chosen: Iterable[Row]) -> Iterator[Prediction]:
    """All numbers of these formulas that lost more than six digits."""
    for row in chosen:
        f = symgrad.parse(row["expr"])
        for index, at in enumerate(row["points"]):
            result = f.evaluate(at)
            got = {"": result.value, **result.grad}
            truths = {"": row["value"][index], **row["grad"][index]}
            errors = {what: _error(got[what], Fraction(truth)) for what, truth in truths.items()}
            lost = {what: error for what, error in errors.items() if error is not None}
            bound = {v: at[v.name] for v in variables(f.node)}
            wrt = [v for v in bound if v.name in lost]
            found = {
                v.name: a.total for v, a in zip(wrt, attribute_partials(f.node, bound, wrt), strict=True)
            }
            found[""] = attribute(f.node, bound).total if "" in lost else 0.0
            for what, error in lost.items():
                yield Prediction(row, index, what, error, found[what])


def _error(got: float, truth: Fraction) -> float | None:
    """The absolute error of a number that lost more than six digits; infinite if it is not finite."""
    if not math.isfinite(got):
        return math.inf
    off = abs(Fraction(got) - truth)
    return ratio(off, Fraction(1)) if off > LOST * abs(truth) and truth else None


def share(found: list[Prediction]) -> float:
    """The share of good predictions."""
    return sum(p.good for p in found) / max(len(found), 1)


def main() -> None:
    """Print the shares, and what was predicted badly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=["herbie", "fpbench"], help="names of data files")
    options = parser.parse_args()
    start = time.perf_counter()
    found = [p for name in options.files for p in predictions(rows(name))]
    for p in found:
        if not p.good:
            print(
                f"{p.row['id']}  {p.row['expr'][:100]}\n    {p.what or 'value'} at {p.row['points'][p.index]}"
            )
            print(f"    predicted {p.predicted:.2g}, is {p.actual:.2g}")
    values, partials = [p for p in found if not p.what], [p for p in found if p.what]
    for name, part in (("values", values), ("partials", partials), ("together", found)):
        good = sum(p.good for p in part)
        print(f"{name}: {good} of {len(part)} within a factor of {FACTOR:.0f} ({100 * share(part):.1f} %)")
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
