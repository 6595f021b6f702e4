"""Bits of error: how many of the 64 bits of a double are wrong, in the value and in every partial, at every point.

The measure is Herbie's: the logarithm of how many doubles lie between the computed number and the true one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from symgrad.engine import compensated
from symgrad.engine.evaluate import run
from symgrad.engine.pullback import pullback
from symgrad.errors import TypeMistake
from symgrad.graph import Node, Program
from symgrad.improve.sample import ordinal
from symgrad.improve.truth import Truth, bound

ALL = 64.0
"""Nothing is right: what is undefined has so many bits of error."""

Errors = Any
"""An array of bits: a row for the value and one for each partial, a column for each point."""


class Measure:
    """Measures other forms of an expression at the points of a truth."""

    def __init__(self, truth: Truth) -> None:
        import numpy as np

        self.truth = truth
        self.points = {v: np.array([p[v.name] for p in truth.points]) for v in truth.wrt}
        rows = zip(*truth.values, strict=True)
        self.known = np.array([[x is not None for x in row] for row in zip(*truth.values, strict=True)])
        self.true = np.array([[ordinal(x or 0.0) for x in row] for row in rows], dtype=np.int64)

    def plain(self, root: Node) -> Errors:
        """The errors in plain doubles, as for many points at once and in compiled code."""
        import numpy as np

        program = Program([root])
        output, wrt = program.outputs[0], self.truth.wrt
        count = len(self.truth.points)
        slots = [program.slot[v] for v in wrt if v in program.slot]
        with np.errstate(all="ignore"):
            try:
                values = run(program, {v: x for v, x in self.points.items() if v in program.slot})
                found = pullback(program, values, output, np.ones(count), slots)
            except (TypeMistake, ZeroDivisionError, OverflowError):
                return np.full(self.true.shape, ALL)
        rows = [values[output], *[found.get(program.slot.get(v, -1), 0.0) for v in wrt]]
        numbers = np.array([np.broadcast_to(np.asarray(r, dtype=float), (count,)) for r in rows])
        numbers[:, np.isnan(numbers[0])] = np.nan  # where there is no value there is no gradient
        return self._bits(numbers)

    def values(self, node: Node) -> list[float]:
        """A part of the expression at the points."""
        import numpy as np

        program = Program([node])
        with np.errstate(all="ignore"):
            found = run(program, {v: x for v, x in self.points.items() if v in program.slot})
        row = np.broadcast_to(np.asarray(found[program.outputs[0]], dtype=float), (len(self.truth.points),))
        return [float(x) for x in row]

    def single(self, root: Node) -> Errors:
        """The errors at one point at a time, where backprop carries rounding errors along."""
        import numpy as np

        program = Program([root])
        output, wrt = program.outputs[0], self.truth.wrt
        slots = [program.slot[v] for v in wrt if v in program.slot]
        columns = []
        for point in self.truth.points:
            at = {v: x for v, x in bound(wrt, point).items() if v in program.slot}
            value = run(program, at)[output]
            partials = self._partials(program, at, output, slots)
            columns.append([value, *[partials.get(program.slot.get(v, -1), 0.0) for v in wrt]])
        return self._bits(np.array(columns, dtype=float).T)

    @staticmethod
    def _partials(
        program: Program, at: dict[Node, float], output: int, slots: Sequence[int]
    ) -> dict[int, float]:
        if len(program.nodes) <= compensated.MOST_NODES:
            pairs = compensated.run(program, at)
            found = pullback(program, pairs, output, compensated.Pair.lift(1.0), slots)
            partials = {slot: float(g) for slot, g in found.items()}
            if all(map(math.isfinite, partials.values())):
                return partials
        values = run(program, at)
        return {slot: float(g) for slot, g in pullback(program, values, output, 1.0, slots).items()}

    def _bits(self, computed: Any) -> Errors:
        """The bits between computed and true numbers; 0 where the truth is not known."""
        import numpy as np

        raw = np.ascontiguousarray(computed).view(np.int64)
        got = np.where(raw >= 0, raw, -(raw & np.int64(0x7FFF_FFFF_FFFF_FFFF)))
        off = np.abs(got.astype(float) - self.true.astype(float))
        near = np.abs(off) < 2**53  # there the difference of integers is exact
        off = np.where(near, np.abs(got - self.true), off)
        bits = np.where(np.isfinite(computed), np.log2(1.0 + off), ALL)
        return np.where(self.known, bits, 0.0)


def weights(errors: Errors) -> Any:
    """One number for each point: the value's bits, and the partials' (their mean and the worst of them)."""
    partials = errors[1:]
    if not len(partials):
        return errors[0]
    return errors[0] + 0.5 * partials.mean(axis=0) + 0.5 * partials.max(axis=0)


def score(errors: Errors) -> float:
    """One number for the search."""
    return float(weights(errors).mean())
