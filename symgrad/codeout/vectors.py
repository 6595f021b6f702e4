"""Certified test vectors: points at which value and partials are proved, and float64 has no trouble finding them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.certified.prove import Budget, prove
from symgrad.engine.evaluate import run
from symgrad.graph import Node, Program

COUNT = 5
"""Points of a test."""

TRIES = 500
"""Points to look at: most cost little, as formulas are nan outside their domains."""

SECONDS = 5.0
"""Hardly ever used up, even where a machine is busy: what a file tests must not hang on that."""

NEAR = 1e-13
"""Of float64's numbers and the certified ones, relative: worse points test the conditioning, not the code."""

GOLDEN = (math.sqrt(5) - 1) / 2


def vectors(roots: Sequence[Node], inputs: Sequence[Node], first: Mapping[Node, Any]) -> list[list[Any]]:
    """Rows of numbers: the inputs, and the outputs there, each the double nearest to the truth.

    Args:
        roots: value and partials, scalars.
        inputs: their variables, in order.
        first: a point to begin with, if it has all variables.
    """
    program = Program(roots)
    out: list[list[Any]] = []
    budget = Budget(seconds=SECONDS)
    for point in itertools.islice(_points(inputs, first), TRIES):
        row = _row(program, roots, point, budget)
        if row is not None:
            out.append([*point.values(), *row])
        if len(out) == COUNT:
            break
    return out


def _row(program: Program, roots: Sequence[Node], point: dict[Node, Any], budget: Budget) -> list[Any] | None:
    """The certified numbers at a point; None where something is not proved, or float64 finds something else."""
    values = run(program, point)
    plain = [values[slot] for slot in program.outputs]
    numbers = [i for i, root in enumerate(roots) if root.type.kind == "real"]
    if not all(math.isfinite(plain[i]) for i in numbers):
        return None
    if len(numbers) < len(roots):
        return plain  # a condition is what it is
    enclosures = prove(roots, point, budget).enclosures
    found = [e.nearest if e is not None and e.tight else None for e in enclosures]
    near = zip(found, plain, strict=True)
    return found if all(c is not None and abs(c - x) <= NEAR * abs(c) for c, x in near) else None


def _points(inputs: Sequence[Node], first: Mapping[Node, Any]) -> Iterator[dict[Node, Any]]:
    """Points to try: the one that was given, then some between 1/2 and 2, about 0, and further out, with few digits."""
    if all(v in first for v in inputs):
        yield {v: first[v] for v in inputs}
    for k in itertools.count(1):
        low, high = ((0.5, 2.0), (-1.0, 1.0), (0.05, 0.95), (1.0, 4.0))[k % 4]
        share = [(GOLDEN * (k + 1) * (i + 1) + 0.37 * i) % 1 for i in range(len(inputs))]
        yield {
            v: round(low + (high - low) * s, 3) if v.type.kind == "real" else s < 0.5
            for v, s in zip(inputs, share, strict=True)
        }
