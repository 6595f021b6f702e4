"""Whether verdicts keep what they claim: check at the points of the data files, beside the truth in the data.

`python -m tests.verdicts rubi` checks a whole file, SymPy included, and prints what is claimed too much; the tests do
the same with a seeded tenth. tests/benchmarks/README.md records the last full run.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

import symgrad
from tests.accuracy import FORMULAS, Row, rows

TRUTH = Fraction(1, 10**19)
"""The data's own relative accuracy: 20 digits."""

ZERO = Fraction(1, 10**100)
"""What the data call zero: at some points they lost a partial such as exp(-702) to cancellation at 100 digits."""


@dataclass
class Tally:
    """Verdicts counted by status, and those that claim too much."""

    statuses: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    with_sympy: int = 0
    wrong: list[str] = field(default_factory=list)


def sample(name: str, share: float) -> Iterator[tuple[Row, int]]:
    """A seeded share of the points of a file."""
    chance = random.Random(name)
    for row in rows(name):
        for index in range(len(row["points"])):
            if chance.random() < share:
                yield row, index


def overclaims(partial: symgrad.Partial, truth: str) -> Iterator[str]:
    """What a verdict on one number says that the truth does not bear out."""
    exact = Fraction(truth)
    if exact == 0:
        if abs(partial.number) > ZERO and partial.status == "verified":
            yield f"{partial.number!r} verified"
        return
    if partial.digits is not None and partial.digits > 0:
        allowed = (
            Fraction(1, 2) * Fraction(10) ** (1 - partial.digits) if partial.digits < 17 else Fraction(0)
        )
        if abs(Fraction(partial.number) - exact) > (allowed + TRUTH) * abs(exact):
            yield f"{partial.digits} digits of {partial.number!r} claimed"
    elif partial.status == "verified" and Fraction(partial.number) != exact:
        yield f"{partial.number!r} verified"
    if partial.certified is not None:
        digits = sum(c.isdigit() for c in partial.certified.split("e")[0].lstrip("-0."))
        if abs(Fraction(partial.certified) - exact) > (Fraction(10) ** (1 - digits) + TRUTH) * abs(exact):
            yield f"{partial.certified} certified"
    if partial.status in ("mismatch", "undefined"):
        yield f"{partial.status}: {partial.explanation}"


def tally(name: str, share: float, *, sympy: bool = True, part: tuple[int, int] = (0, 1)) -> Tally:
    """Check a share of the points of a file; `part`: of that share every n-th point from the i-th on, for (i, n)."""
    found = Tally()
    for row, index in islice(sample(name, share), part[0], None, part[1]):
        verdict = symgrad.parse(row["expr"]).check(row["points"][index], sympy=sympy)
        found.statuses[verdict.status] += 1
        truths = {"": row["value"][index], **row["grad"][index]}
        for what, partial in {"": verdict.value, **verdict.partials}.items():
            found.numbers[partial.status] += 1
            found.with_sympy += any(w.name == "SymPy" and w.speaks for w in partial.witnesses)
            found.wrong += [
                f"{row['id']} at {row['points'][index]}: {what or 'value'}: {claim}, truth {truths[what]}"
                for claim in overclaims(partial, truths[what])
            ]
    return found


def main() -> None:
    """Check whole files and print what the verdicts were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=FORMULAS, help="names of data files")
    parser.add_argument("--share", type=float, default=1.0, help="of the points")
    parser.add_argument("--no-sympy", action="store_true", help="leave SymPy out")
    options = parser.parse_args()
    for name in options.files:
        start = time.perf_counter()
        found = tally(name, options.share, sympy=not options.no_sympy)
        for line in found.wrong:
            print(line)
        print(f"{name}: {time.perf_counter() - start:.0f} s, {len(found.wrong)} claims too many")
        print(f"    points: {dict(found.statuses.most_common())}")
        print(
            f"    numbers: {dict(found.numbers.most_common())}, {found.with_sympy} with SymPy's word",
            flush=True,
        )


if __name__ == "__main__":
    main()
