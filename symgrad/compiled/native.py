"""A plan as machine code, compiled when it is first needed, one piece for each kind of storage and tier."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from symgrad.compiled import machine
from symgrad.compiled.module import Layout, write
from symgrad.compiled.pieces import size
from symgrad.compiled.plan import OBJECTS, Plan
from symgrad.compiled.share import shared
from symgrad.compiled.stages import kinds_of
from symgrad.graph.bulk import undisturbed

FULL_POINTS, FULL_WORK = 500_000, 1e8
"""Points of one call, and operations of them all, from which the full pipeline pays."""

THREAD_WORK = 4e6
"""Operations for each thread that are worth waking it."""

INLINE_FULL = 600
"""Instructions up to which the full pipeline gets the mathematical functions written out, if registers are many.

With 16 registers of four doubles, calls were as fast or up to 1.4 times faster, but for `pow`.
"""

GRAIN = 64

SHARES, LEAST_SHARE = 8, 8192
"""Parts for each thread, and points of one, at least."""


class Native:
    """Machine code of one plan.

    Attributes:
        size: about how many instructions it takes for eight points.
    """

    def __init__(self, plan: Plan, kinds: Sequence[str]) -> None:
        self.plan, self.kinds = plan, tuple(kinds)
        self.size = size(plan)
        self._codes: dict[tuple[Layout, str, bool], machine.Code] = {}
        self._lock = threading.Lock()

    def code(self, layout: Layout, tier: str, strict: bool = False) -> machine.Code:
        """The code for one kind of arrays; `strict`: every quotient is a division."""
        key = (layout, tier, strict)
        found = self._codes.get(key)
        if found is None:
            with self._lock:
                found = self._codes.get(key)
                if found is None:
                    inline = INLINE_FULL if tier == machine.FULL and not machine.narrow() else 0
                    with undisturbed(OBJECTS * len(self.plan.rows)):
                        text = write(shared(self.plan, strict), self.kinds, layout, inline, machine.narrow())
                    found = self._codes[key] = machine.Code(text, tier)
        return found

    def tier(self, points: int) -> str:
        """How thoroughly code is compiled: by the work of one call, so that results do not depend on earlier calls."""
        large = points >= FULL_POINTS and points * self.size >= FULL_WORK
        return machine.FULL if large else machine.QUICK

    def run(
        self, args: bytes, points: int, layout: Layout, tier: str | None = None, threads: int | None = None
    ) -> None:
        """Compute.

        Args:
            args: 64-bit words: address and step of each input, address of each output.
            points: at least eight.
            layout: what is there.
            tier: quick or full; default by the work.
            threads: how many; default by the work and the processor.
        """
        tier = tier or self.tier(points)
        threads = self.threads(points) if threads is None else threads
        if self._all(self.code(layout, tier), args, points, threads):
            self._all(self.code(layout, tier, strict=True), args, points, threads)

    def threads(self, points: int) -> int:
        """How many threads the work is worth."""
        return min(processors(), int(points * self.size / THREAD_WORK))

    @staticmethod
    def _all(code: machine.Code, args: bytes, points: int, threads: int) -> int:
        return parallel(lambda a, b: int(code.run(args, a, b)), points, threads)

    @property
    def result_kinds(self) -> list[str]:
        """What the outputs are, "real" or "bool"."""
        kinds = kinds_of(self.plan, self.kinds)
        return [kinds[o] for o in self.plan.outputs]


def parallel(work: Callable[[int, int], int], points: int, threads: int) -> int:
    """`work(start, stop)` on several threads, this one among them; whether any part answered with other than 0.

    Of many points a thread takes a part at a time: other programs may slow one of them down.
    """
    count = max(threads, min(SHARES * threads, points // LEAST_SHARE))
    step = -(-points // max(count, 1) // GRAIN) * GRAIN
    if threads <= 1 or points <= step:
        return work(0, points)
    starts = range(0, points - GRAIN, step)  # the last part takes what is left, eight points at least
    parts = deque(zip(starts, [*starts[1:], points], strict=True))

    def run() -> int:
        bad = 0
        while True:
            try:
                a, b = parts.popleft()
            except IndexError:
                return bad
            bad |= work(a, b)

    others = [_pool().submit(run) for _ in range(min(threads, len(parts)) - 1)]
    bad = run()
    return bad | max((other.result() for other in others), default=0)


@cache
def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(processors(), 8), thread_name_prefix="symgrad-kernel")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # its threads are the parent's
