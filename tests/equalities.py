"""Whether the comparison of expressions keeps what it claims: equations that hold, and the same ones corrupted.

`python -m tests.equalities rubi` differentiates each antiderivative, compares it with its integrand, changes a number
or a sign of the integrand, and compares again. tests/benchmarks/README.md records the last full run.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import symgrad
from symgrad.certified.prove import Budget, prove
from symgrad.equality import normal
from symgrad.graph import CONST, Node, const, postorder, rebuild, variables
from symgrad.graph.walk import same
from symgrad.ops import OPS
from tests.accuracy import Row, rows

OTHER = {"add": "sub", "sub": "add"}
TRIES = 8


@dataclass
class Tally:
    """Answers counted, and those that are wrong."""

    holds: Counter[str] = field(default_factory=Counter)
    proofs: Counter[str] = field(default_factory=Counter)
    corrupted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0


def sample(name: str, share: float) -> Iterator[Row]:
    """A seeded share of a file."""
    chance = random.Random(name)
    return (row for row in rows(name) if chance.random() < share)


def sides(row: Row) -> tuple[symgrad.Expression, symgrad.Expression]:
    """A derivative, and what it is said to be."""
    derivative = symgrad.parse(row["expr"]).diff(row["wrt"])
    return derivative, symgrad.parse(row.get("integrand") or row["derivative"])


def corrupted(root: Node, row: Row, chance: random.Random) -> tuple[Node, str] | None:
    """The graph with a number or a sign changed so that another function comes out, and what was changed."""
    for _ in range(TRIES):
        wrong = _changed(root, chance)
        if wrong is not None and _differs(root, wrong[0], row):
            return wrong
    return None


def _changed(root: Node, chance: random.Random) -> tuple[Node, str] | None:
    places = [n for n in postorder([root]) if n.op is CONST or (n.args and n.op.name in OTHER)]
    kinds: list[Any] = [*places, None]
    chosen = chance.choice(kinds)
    if chosen is None:
        return -root, "negated"
    if chosen.op is CONST:
        new = const(chosen.value + chance.choice((1, -1, 2))) if chance.random() < 0.7 else -chosen
        said = f"{chosen.value} changed"
    else:
        new, said = OPS[OTHER[chosen.op.name]](*chosen.args), f"{chosen.op.name} changed"
    (made,) = rebuild([root], lambda node, args: new if node is chosen else same(node, args))
    return made, said


def _differs(a: Node, b: Node, row: Row) -> bool:
    """Whether two graphs are proved to differ at a point of the data."""
    for at in row["points"]:
        bound = {v: float(at[v.name]) for v in variables(a, b)}
        x, y = prove([a, b], bound, Budget(seconds=0.5)).enclosures
        if x is not None and y is not None and not x.overlaps(y):
            return True
    return False


def tally(name: str, share: float, *, sympy: bool = True, budget: float = 2.0) -> Tally:
    """Compare a share of the equations of a file, right and corrupted."""
    found = Tally()
    for row in sample(name, share):
        left, right = sides(row)
        start = time.perf_counter()
        answer = left.equals(right, sympy=sympy, budget=budget)
        found.slowest = max(found.slowest, time.perf_counter() - start)
        found.holds[answer.status] += 1
        found.proofs[answer.proof or answer.reason or "-"] += 1
        if answer.status == "different":
            found.wrong.append(f"{row['id']} refuted: {answer.explanation}")
        bad = corrupted(right.node, row, random.Random(row["id"]))
        if bad is not None:
            said = left.equals(symgrad.Expression(bad[0]), sympy=False, budget=budget)
            found.corrupted[said.status] += 1
            if normal.difference(left.node, bad[0], Budget(seconds=budget).check) == 0:
                found.wrong.append(f"{row['id']} with {bad[1]}: normal forms prove what is refuted")
            if said.status != "different":
                found.wrong.append(f"{row['id']} with {bad[1]}: {said.explanation}")
    return found


def describe(name: str, found: Tally, seconds: float) -> str:
    """The counts in a few lines."""
    reasons: Counter[str] = Counter()
    for why, n in found.proofs.items():
        reasons["no proof" if "certified point" in why else why] += n
    return (
        f"{name}: {seconds:.0f} s, slowest {found.slowest:.1f} s\n"
        f"    right: {dict(found.holds.most_common())}, by {dict(reasons.most_common())}\n"
        f"    corrupted: {dict(found.corrupted.most_common())}"
    )


def main() -> None:
    """Compare whole files and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=["sympydiff", "rubi"], help="names of data files")
    parser.add_argument("--share", type=float, default=1.0, help="of the equations")
    parser.add_argument("--budget", type=float, default=2.0, help="seconds for each, and the same for SymPy")
    parser.add_argument("--no-sympy", action="store_true", help="leave SymPy out")
    options = parser.parse_args()
    for name in options.files:
        start = time.perf_counter()
        found = tally(name, options.share, sympy=not options.no_sympy, budget=options.budget)
        for line in found.wrong:
            print(line)
        print(describe(name, found, time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main()
