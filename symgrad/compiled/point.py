"""The call for one point: numbers in, results out, with as little as possible around the machine code."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.compiled import entry_point, machine
from symgrad.compiled.module import CONTIGUOUS
from symgrad.compiled.native import Native

if TYPE_CHECKING:
    from symgrad.compiled.forms import Form

HEADER = struct.Struct("=QQQ")
NUMBERS = frozenset((float, int, bool))

Way = Callable[[Mapping[str, Any]], Any]
"""Bindings -> what a call returns; None where it takes the long way: a value is no number, a quotient is unusual."""


class Point:
    """Blocks of memory that machine code reads numbers from and writes results to, each thread its own."""

    def __init__(self, native: Native, names: Sequence[str], outputs: int) -> None:
        self._native, self._names, self._outputs = native, tuple(names), outputs
        self._free: list[Any] = []
        native.code(CONTIGUOUS, machine.QUICK)

    def _block(self) -> tuple[bytearray, int, Any]:
        """A block for `machine.one`, its address, and what keeps it in place."""
        import ctypes

        code = self._native.code(CONTIGUOUS, machine.QUICK)
        header = HEADER.pack(code.address, len(self._names), self._outputs)
        block = bytearray(header + bytes(8 * (len(self._names) + self._outputs)))
        held = (ctypes.c_char * len(block)).from_buffer(block)
        return block, ctypes.addressof(held), held

    def _entry(self, form: Form) -> Way | None:
        """The same as a function of CPython's kind, where that is known to fit."""
        if not entry_point.familiar():
            return None
        address = self._native.code(CONTIGUOUS, machine.QUICK).address
        return entry_point.entry(address, self._names, self._outputs, form.keys)

    def way(self, form: Form) -> Way:
        """The call with results in some form."""
        names, keys, finish = self._names, form.keys, form.pack
        get = operator.itemgetter(*names)
        alone = len(names) == 1
        start, at = HEADER.size, HEADER.size + 8 * len(names)
        pack = struct.Struct(f"={len(names)}d").pack_into
        unpack = struct.Struct(f"={self._outputs}d").unpack_from
        call, pop, push, new = machine.one(), self._free.pop, self._free.append, self._block
        enter = self._entry(form)

        def way(named: Mapping[str, Any]) -> Any:
            if enter is not None and type(named) is dict:
                quickly = enter(named)
                if quickly is not None:
                    return quickly if keys is not None else finish(quickly)
            values = get(named)
            if alone:
                values = (values,)
            for x in values:
                if type(x) is not float and type(x) not in NUMBERS:
                    return None
            try:
                block, address, _ = slot = pop()
            except IndexError:
                block, address, _ = slot = new()
            try:
                pack(block, start, *values)
            except (OverflowError, struct.error):  # an integer beyond all doubles
                push(slot)
                return None
            bad = call(address)
            found = unpack(block, at)
            push(slot)
            if bad:
                return None
            return finish(found) if keys is None else (found[0], dict(zip(keys, found[1:])))  # noqa: B905  # counted

        return way
