"""Whether every number in an explanation is true: each printed product and sum is computed again, by reading it.

`python -m tests.explaining` explains every elementary case of the integration rules at each of its points. A line such
as `dy/du1 = dy/du3 · du3/du1 = 2 · u2 = 2 · 0.91 = 1.82` is taken apart at its equals signs; what is between them is
read by the language itself, with the values that the lines before have given to their names.
"""

from __future__ import annotations

import argparse
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import symgrad
from symgrad.engine.backprop import Result
from symgrad.errors import SymgradError
from symgrad.explain import certified, chain, paths, tell
from symgrad.graph import var, variables
from symgrad.session import numeric_story
from symgrad.session.results import Told
from symgrad.symbolic.text import text
from tests.accuracy import Row
from tests.equalities import sample

EXACT = 1e-9
OVER = re.compile(r"[d∂][\w\[\], ]+/[d∂]")


@dataclass
class Tally:
    """What was explained, and what was wrong."""

    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def checked(line: str, known: dict[str, float]) -> Iterator[str]:
    """What is wrong in a line; a name at its beginning gets the number at its end."""
    name, *cells = re.split(r"\s+= ", line.strip())
    said = [cell for cell in cells if not OVER.match(cell)]
    said = [*said[:-1], re.split(r"\s{3,}", said[-1])[0]] if said else []
    try:
        numbers = [read(cell, known) for cell in said]
    except SymgradError as error:
        yield f"{line}: {error}"
        return
    if not numbers:
        yield f"{line}: no number"
        return
    *others, (last, _) = numbers
    for value, size in others:
        if not (abs(value - last) <= EXACT * size or (value != value and last != last) or value == last):
            yield f"{line}: {value!r} is not {last!r}"
    known[name] = last


def read(cell: str, known: Mapping[str, float]) -> tuple[float, float]:
    """A sum of products as it is printed: its value, and the size of its terms."""
    values = [_value("*".join(f"({f})" for f in term.split(" · ")), known) for term in _terms(cell)]
    return sum(values), sum(map(abs, values))


def _terms(cell: str) -> list[str]:
    """The terms of a printed sum of products; a formula alone is one."""
    if " · " not in cell:
        return [cell]
    terms = [""]
    for part in re.split(r"( \+ |[()])", cell):
        balanced = terms[-1].count("(") == terms[-1].count(")")
        terms = [*terms, ""] if part == " + " and balanced else [*terms[:-1], terms[-1] + part]
    return terms


def _value(formula: str, known: Mapping[str, float]) -> float:
    names = {name: f"v{i}" for i, name in enumerate(known) if "/" not in name}
    for name in sorted((n for n in names if "[" in n), key=len, reverse=True):
        formula = formula.replace(name, names[name])
    f = symgrad.parse(formula)
    inverse = {short: name for name, short in names.items()}
    given = {**known, "inf": math.inf, "nan": math.nan}
    return float(f({v: given[inverse[v] if v in inverse and v not in known else v] for v in f.variables}))


def mistakes(told: Told, point: Mapping[str, float]) -> Iterator[str]:
    """What is wrong with the numbers of a story, as it is printed."""
    assert told.chain is not None
    known = dict(point)
    for line in numeric_story.forward(told.chain, 100_000, None):
        yield from checked(line, known)
    pages = [*numeric_story.backward(told, told.chain, 100_000, None)]
    if told.paths is not None:
        pages += [page[:1] for page in numeric_story.paths(told, told.chain, told.paths, 100_000, None)]
    for page in pages:
        for _, line in page:
            if " = " in line and "the sum over" not in line:
                yield from checked(line, known)


def explained(row: Row, index: int) -> Told:
    """The story of a row at one of its points."""
    f = symgrad.parse(row["expr"])
    point = {v: float(row["points"][index][v.name]) for v in variables(f.node)}
    by = var(row["wrt"])
    numbers = chain(f.node, point, {}, "")
    return Told(row["expr"], (tell(f.node, by),), numbers, paths(numbers, by))


def tally(share: float, *, proofs: bool = True) -> Tally:
    """Explain a share of the elementary rows."""
    found = Tally()
    for row in sample("rubi", share):
        if row["class"] != "elementary":
            continue
        found.found["rows"] += 1
        f = symgrad.parse(row["expr"])
        for index, point in enumerate(row["points"]):
            told = explained(row, index)
            bad = list(mistakes(told, {name: float(x) for name, x in point.items()}))
            found.wrong += [f"{row['id']} {line}" for line in bad]
            assert told.chain is not None
            assert told.paths is not None
            truth = float(row["grad"][index][row["wrt"]])
            off = abs(told.chain.grad.get(row["wrt"], 0.0) - truth)
            right = off <= EXACT * abs(truth)
            found.found["points"] += 1
            found.found["numbers that end in the derivative"] += right
            found.found["numbers that lost digits (and are marked)"] += not right
            if not right and not doubted(told, f, point, row["wrt"]):
                found.wrong.append(f"{row['id']} {point}: {told.chain.grad[row['wrt']]} for {truth}")
        (tale,) = told.tales
        found.found["formulas that end in diff"] += text(tale.result) == str(f.diff(row["wrt"]))
        if proofs:
            found.found["formulas certified"] += (
                certified(tale) is not None or certified(tale, _point(row)) is not None
            )
    return found


def doubted(told: Told, f: symgrad.Expression, point: Mapping[str, float], by: str) -> bool:
    """Whether the check says that a number of the story has lost digits, as is printed beside it."""
    assert told.chain is not None
    result = Result(told.chain.value, dict(told.chain.grad), f.evaluate(point).flags)
    return f.verdict(result, point, sympy=False).partials[by].status != "verified"


def _point(row: Row) -> dict[symgrad.graph.Node, float]:
    f = symgrad.parse(row["expr"])
    return {v: float(row["points"][0][v.name]) for v in variables(f.node)}


def main() -> None:
    """Explain all rows and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    options = parser.parse_args()
    start = time.perf_counter()
    found = tally(options.share)
    for line in found.wrong:
        print(line[:400])
    print(f"{len(found.wrong)} mistakes, {time.perf_counter() - start:.0f} s")
    for what, n in found.found.items():
        print(f"    {n:6} {what}")


if __name__ == "__main__":
    main()
