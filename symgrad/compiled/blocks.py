"""Running a plan over columns: at once where machine code can read and write them as they are, else through buffers."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from symgrad.compiled.arrays import DOUBLE, SINGLE, TRUTH, Points, address
from symgrad.compiled.module import CONTIGUOUS, Layout
from symgrad.compiled.native import Native, parallel
from symgrad.compiled.plan import Plan
from symgrad.compiled.stages import split
from symgrad.errors import TypeMistake

CHUNK = 4096
"""Points that pass through buffers at a time."""

LEAST = 8
"""Machine code computes so many points at least."""


class Runner:
    """A plan, cut where NumPy is asked.

    Attributes:
        only: its machine code, if that is all.
        size: about how many instructions it takes for eight points.
    """

    def __init__(self, plan: Plan, kinds: Sequence[str], tier: str | None) -> None:
        self.plan, self.kinds, self.tier = plan, tuple(kinds), tier
        whole = not any(row.name == "numpy" for row in plan.rows)
        self.only = Native(plan, kinds) if whole else None
        stages = [] if whole else split(plan, kinds)
        self._stages = [(s, None if s.plan is None else Native(s.plan, s.kinds)) for s in stages]
        natives = [self.only] if self.only else [native for _, native in self._stages if native]
        self.size = sum(native.size for native in natives)

    def run(self, points: Points, results: Sequence[Any], threads: int | None) -> None:
        """Compute all results."""
        n = points.number
        if n == 0:
            return
        if self.only is not None and n >= LEAST and (words := self._words(points, results)) is not None:
            self.only.run(words[0], n, Layout(points.storage, points.numbers), self.tier, threads)
            return
        columns = self._written_columns(results, n)
        aliased = any(_shared(x, r) for x in points.columns for r in results)
        targets = [np.empty(n, c.dtype) for c in columns] if aliased else columns
        if threads is None:
            threads = self._threads(n)
        parallel(lambda a, b: self._chunks(points, targets, a, b), n, threads)
        if aliased:
            for c, t in zip(columns, targets, strict=True):
                c[...] = t

    def _threads(self, n: int) -> int:
        return (
            max([native.threads(n) for _, native in self._stages if native], default=1)
            if not self.only
            else self.only.threads(n)
        )

    def _words(self, points: Points, results: Sequence[Any]) -> tuple[bytes, list[Any]] | None:
        """The addresses for machine code, and what must live as long; None if it cannot use things as they are."""
        wanted = SINGLE if points.storage == "float" else DOUBLE
        n = points.number
        words, held = [], []
        for x, kind in zip(points.columns, self.kinds, strict=True):
            if type(x) is not np.ndarray:
                if wanted is SINGLE or kind == "bool":
                    return None
                held.append(np.full(LEAST, x, DOUBLE))  # that one stays at
                words += [address(held[-1]), 0]
                continue
            if not points.direct and not _usable(x, TRUTH if kind == "bool" else wanted):
                return None
            words += [address(x), 1]
        places = []
        for r in results:
            if not _usable(r, wanted) or r.size != n:
                return None
            places.append(address(r))
        if not points.fresh and _overlapping(words[::2], places, n * wanted.itemsize):
            return None
        words += places
        return struct.pack(f"={len(words)}Q", *words), held

    def _written_columns(self, results: Sequence[Any], n: int) -> list[Any]:
        """A column of each number of each result, to write to."""
        columns: list[Any] = []
        per_point = len(self.plan.outputs)
        for r in results:
            flat = r.reshape((n, -1)) if r.size else r
            if not np.shares_memory(flat, r):
                raise TypeMistake("SG213", "`out` needs arrays that can be seen as rows of points")
            columns += [flat[:, k] for k in range(flat.shape[1])]
        assert len(columns) == per_point
        return columns

    def _chunks(self, points: Points, targets: Sequence[Any], start: int, stop: int) -> int:
        """The points from `start` to `stop`, through buffers."""
        buffers: dict[Any, Any] = {}
        for a in range(start, stop, CHUNK):
            self._chunk(points, targets, a, min(a + CHUNK, stop), buffers)
        return 0

    def _chunk(self, points: Points, targets: Sequence[Any], a: int, b: int, buffers: dict[Any, Any]) -> None:
        m = max(b - a, LEAST)

        def buffer(key: Any, kind: str) -> Any:
            found = buffers.get(key)
            if found is None:
                found = buffers[key] = np.zeros(CHUNK, TRUTH if kind == "bool" else DOUBLE)
            return found[:m]

        values: dict[int, Any] = {}
        inputs = [i for i, row in enumerate(self.plan.rows) if row.name == "input"]
        for i in inputs:
            k = self.plan.rows[i].extra
            column, held = points.columns[k], buffer(("in", k), self.kinds[k])
            if type(column) is np.ndarray:
                held[: b - a] = column[a:b]
                held[b - a :] = held[b - a - 1]
            else:
                held[...] = column
            values[i] = held
        if self.only is not None:
            order = sorted(inputs, key=lambda i: self.plan.rows[i].extra)
            given = {self.plan.rows[i].extra: values[i] for i in order}
            ins = [
                given.get(k, values[order[0]] if order else buffer("none", "real"))
                for k in range(len(self.kinds))
            ]
            outs = [buffer(("out", j), "bool" if t.dtype == TRUTH else "real") for j, t in enumerate(targets)]
            self._native(self.only, ins, outs, m)
        else:
            self._staged(values, buffer, b - a, m)
            outs = [self._value(values, row) for row in self.plan.outputs]
        for t, y in zip(targets, outs, strict=True):
            t[a:b] = y[: b - a] if type(y) is np.ndarray else y

    def _native(self, native: Native, ins: Sequence[Any], outs: Sequence[Any], m: int) -> None:
        words = [w for x in ins for w in (address(x), 1)]
        words += [address(y) for y in outs]
        native.run(_words(words), m, CONTIGUOUS, self.tier, 1)

    def _value(self, values: dict[int, Any], row: int) -> Any:
        name, _, extra = self.plan.rows[row]
        if name == "constant":
            return extra[0]
        return extra if name == "truth" else values[row]

    def _staged(self, values: dict[int, Any], buffer: Any, count: int, m: int) -> None:
        for stage, native in self._stages:
            if native is not None:
                ins = [values[row] for row in stage.sources]
                kinds = native.result_kinds
                outs = [buffer(("row", row), kind) for row, kind in zip(stage.results, kinds, strict=True)]
                self._native(native, ins, outs, m)
                values.update(zip(stage.results, outs, strict=True))
            for call in stage.calls:
                args = [self._value(values, row) for row in call.args]
                held = buffer(("row", call.result), "real")
                held[:count] = call.function(
                    *[x[:count] if type(x) is np.ndarray else np.full(count, x) for x in args], **call.attrs
                )
                held[count:] = held[count - 1]
                values[call.result] = held


def _usable(x: Any, wanted: Any) -> bool:
    """Whether machine code can use an array as it is."""
    flags = x.flags
    return x.dtype is wanted and flags.c_contiguous and flags.aligned


def _overlapping(inputs: Sequence[int], outputs: Sequence[int], size: int) -> bool:
    """Whether an output shares memory with an input or another output, all of them `size` bytes long."""
    order = sorted((*set(inputs), *outputs))
    return any(b - a < size for a, b in itertools.pairwise(order)) and (
        any(abs(a - b) < size for a in inputs for b in outputs)
        or any(abs(a - b) < size for i, a in enumerate(outputs) for b in outputs[:i])
    )


def _words(words: Sequence[int]) -> bytes:
    return struct.pack(f"={len(words)}Q", *words)


def _shared(x: Any, r: Any) -> bool:
    return type(x) is np.ndarray and np.may_share_memory(x, r)
