"""The call for contiguous arrays of doubles, some numbers among them, with little around the machine code."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.compiled import entry_point, machine
from symgrad.compiled.entry_point import arrays_method, function
from symgrad.compiled.native import THREAD_WORK

if TYPE_CHECKING:
    from symgrad.compiled.blocks import Runner

LEAST = 8
"""Machine code computes so many points at least."""

SHORT = 1e6
"""Operations (of all points) of a call during which other threads may wait."""

Way = Callable[[Mapping[str, Any], "Sequence[Any] | None", "int | None"], Any]
"""Bindings, arrays for the results, threads -> the results; None where something is otherwise."""


def way(runner: Runner, names: Sequence[str], outputs: int) -> Way:
    """The call, made when there are arrays for the first time: it needs NumPy."""
    import numpy as np

    from symgrad.compiled import arrays

    native = runner.only
    assert native is not None
    if not arrays.familiar() or not names:
        return lambda *_: None
    array, empty, call, tier = np.ndarray, np.empty, machine.many(), runner.tier
    get, alone = operator.itemgetter(*names), len(names) == 1
    shared = 2 * THREAD_WORK / max(native.size, 1)
    pack = struct.Struct(f"={1 + len(names) + outputs}Q").pack
    every = range(outputs)
    header = struct.Struct("=6Q")
    kinds = (len(names), outputs, id(np.ndarray), id(float), id(arrays.DOUBLE))
    heads: dict[str, tuple[bytes, Any]] = {}
    short = SHORT / max(native.size, 1)

    def head(asked: str) -> tuple[bytes, Any]:
        block = header.pack(native.code("double", asked).address, *kinds)
        direct = function(arrays_method(), block) if entry_point.familiar() else None
        return heads.setdefault(asked, (block, direct))

    def way(named: Mapping[str, Any], results: Sequence[Any] | None, threads: int | None) -> Any:
        try:
            given = get(named)
        except KeyError:
            return None
        if alone:
            given = (given,)
        n = 0
        for x in given:
            if type(x) is array:
                n = x.size
                break
        if n < LEAST or (n >= shared if threads is None else threads > 1):
            return None
        if results is None:
            results = [empty(n) for _ in every]
        elif len(results) != outputs:
            return None
        asked = tier or native.tier(n)
        block, direct = heads.get(asked) or head(asked)
        if n < short and direct is not None:
            return results if direct(n, *given, *results) else None
        return None if call(block + pack(n, *map(id, given), *map(id, results))) else results

    return way
