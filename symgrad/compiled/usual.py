"""The calls for contiguous arrays of doubles, some numbers among them, with little around the machine code."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.compiled import entry_arrays, entry_point, machine
from symgrad.compiled.entry_arrays import LEAST
from symgrad.compiled.module import Layout
from symgrad.compiled.native import THREAD_WORK

if TYPE_CHECKING:
    from symgrad.compiled.blocks import Runner

SHORT = 1e6
"""Operations (of all points) of a call during which other threads may wait."""

Way = Callable[[Mapping[str, Any], "Sequence[Any] | None", "int | None"], Any]
"""Bindings, arrays for the results, threads -> the results; None where something is otherwise."""

Into = Callable[[Any, Any], Any]
"""Bindings, what a call returned -> True; None where something is otherwise, and nothing is done."""

HEADER = struct.Struct("=7Q")


class Usual:
    """The calls of one kernel.

    Attributes:
        call: the call, with or without arrays for the results.
    """

    def __init__(self, runner: Runner, names: Sequence[str], outputs: int) -> None:
        import numpy as np

        from symgrad.compiled import arrays

        native = runner.only
        assert native is not None
        self._native, self._tier, self._names, self._outputs = native, runner.tier, tuple(names), outputs
        self._familiar = bool(names) and arrays.familiar()
        self._short = SHORT / max(native.size, 1)
        self._shared = 2 * THREAD_WORK / max(native.size, 1)
        self._kinds = (id(np.ndarray), id(float), id(arrays.DOUBLE))
        self.call = self._call() if self._familiar else _none

    def into(self, keys: Sequence[str] | None) -> Into:
        """The call that writes to what an earlier one returned, on one thread, of points that are soon done."""
        if not self._familiar or not entry_point.familiar():
            return _none
        most = int(min(self._short, self._shared))
        tier = self._tier or self._native.tier(most)
        return entry_arrays.into(self._header(tier, numbers=False), most, self._names, keys)

    def _header(self, tier: str, *, numbers: bool) -> bytes:
        """The head of `calls.MANY`."""
        code = self._native.code(Layout(numbers=numbers), tier)
        return HEADER.pack(code.address, len(self._names), self._outputs, *self._kinds, numbers)

    def _call(self) -> Way:
        import numpy as np

        array, empty, call, tier, native = np.ndarray, np.empty, machine.many(), self._tier, self._native
        names, outputs, short, shared = self._names, self._outputs, self._short, self._shared
        get, alone = operator.itemgetter(*names), len(names) == 1
        pack = struct.Struct(f"={1 + len(names) + outputs}Q").pack
        heads: dict[tuple[str, bool], tuple[bytes, Any]] = {}

        def head(asked: str, numbers: bool) -> tuple[bytes, Any]:
            block = self._header(asked, numbers=numbers)
            direct = entry_arrays.points(block) if entry_point.familiar() else None
            return heads.setdefault((asked, numbers), (block, direct))

        def way(named: Mapping[str, Any], results: Sequence[Any] | None, threads: int | None) -> Any:
            try:
                given = get(named)
            except KeyError:
                return None
            if alone:
                given = (given,)
            n, numbers = 0, False
            for x in given:
                if type(x) is array:
                    n = x.size
                else:
                    numbers = True
            if n < LEAST or (n >= shared if threads is None else threads > 1):
                return None
            if results is None:
                results = [empty(n) for _ in range(outputs)]
            elif len(results) != outputs:
                return None
            asked = tier or native.tier(n)
            block, direct = heads.get((asked, numbers)) or head(asked, numbers)
            if n < short and direct is not None:
                return results if direct(n, *given, *results) else None
            return None if call(block + pack(n, *map(id, given), *map(id, results))) else results

        return way


def _none(*_: object) -> None:
    return None
