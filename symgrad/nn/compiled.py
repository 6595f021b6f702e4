"""Training steps by machine code: the memory for them, and calls that do many steps at once."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symgrad.compiled import machine
from symgrad.compiled.calls import LANES
from symgrad.compiled.fields import Unwritten
from symgrad.compiled.lowering import Builder
from symgrad.compiled.nests import Shape
from symgrad.compiled.training import SLOTS, Batch, write
from symgrad.compiled.updates import Update
from symgrad.engine.gradient import gradient
from symgrad.graph import Node, var
from symgrad.nn.objective import Layout
from symgrad.nn.separable import MEAN, SUM, separated
from symgrad.nn.steps import Optimiser, State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rows = NDArray[np.int64]

WIDE, NARROW = Shape(2, 16), Shape(1, 6)
"""How blocks are cut for 32 registers of eight doubles, and for 16 of four."""


class Done(NamedTuple):
    """What a call did.

    Attributes:
        steps: how many steps were done; fewer than asked for where the loss or its gradient went out of bounds.
        losses: of each step; after a step too few the one that was not done.
        norms: the lengths of the gradients.
        vector, optimiser: where it stands.
    """

    steps: int
    losses: Array
    norms: Array
    vector: Array
    optimiser: State


class Machine:
    """The loss of a task over its samples, and the update, as machine code.

    Attributes:
        layout: where the parameters lie in a vector.
    """

    def __init__(
        self,
        loss: Node,
        layout: Layout,
        data: Mapping[str, Any],
        fixed: Mapping[str, Any],
        optimiser: Optimiser | None = None,
        clip: tuple[float, float] = (math.inf, math.inf),
    ) -> None:
        """Compile.

        Args:
            loss: a scalar over all samples, or over a batch of them.
            layout: the parameters.
            data: all samples.
            fixed: values of further variables.
            optimiser: how parameters move; None: only value and gradient are asked for.
            clip: the greatest element of a gradient, and its greatest length.

        Raises:
            Inseparable: the loss is no sum over samples.
            Unwritten: machine code lacks something in it.
        """
        self.layout = layout
        self._data = {name: np.ascontiguousarray(values, dtype=float) for name, values in data.items()}
        self._shape = NARROW if machine.narrow() else WIDE
        padded = self._padded = -(-layout.size // LANES) * LANES
        sizes = tuple(int(values[0].size) if len(values) else 0 for values in self._data.values())
        self._batch = Batch(sizes)
        builder = self._builder(loss, fixed)
        start = None if optimiser is None else optimiser.init(np.zeros(1))
        update = None if optimiser is None or start is None else traced(optimiser, start)
        self._arrays = [k for k, v in (start or {}).items() if not isinstance(v, int)]
        self._code = machine.Code(write(builder, self._shape, self._batch, padded, update), machine.QUICK)
        self._allocate(builder, clip)

    def _builder(self, loss: Node, fixed: Mapping[str, Any]) -> Builder:
        """The steps of value and gradient."""
        layout, padded = self.layout, self._padded
        parameters, at = {}, 0
        for name, shape in zip(layout.names, layout.shapes, strict=True):
            parameters[name] = (at, shape)
            at += math.prod(shape)
        samples: dict[str, tuple[int, tuple[int, ...]]] = {MEAN.name: (0, ()), SUM.name: (1, ())}
        at = 2
        for name, values in self._data.items():
            samples[name] = (at, (1, *values.shape[1:]))
            at += math.prod(values.shape[1:])
        builder = Builder(parameters, samples, fixed, (padded, at))
        builder.sizes[1] = padded + LANES
        parts = separated(loss, self._data)
        starts = [start for start, _ in parameters.values()]
        found = []
        for many, root in ((False, parts.rest), (True, parts.each)):
            if root is not None:
                roots = [root, *gradient(root, layout.nodes)]
                found.append((many, builder.places(roots)))
        for many, places in found:
            for place, target in zip(places, [padded, *starts], strict=True):
                builder.gather(place, many, target)
        return builder

    def _allocate(self, builder: Builder, clip: tuple[float, float]) -> None:
        """Memory, and the words of the context that stay."""
        padded, many = self._padded, LANES * self._shape.vectors
        n = len(next(iter(self._data.values()), ()))
        self._samples = n
        self._full: Any = None
        memory = {
            "p": padded,
            "u": builder.sizes[1],
            "d": self._batch.width * many,
            "s": max(builder.sizes[3], 1) * many,
            "a": (padded + LANES) * LANES,
            "g": padded,
            "o": max(len(self._arrays), 1) * padded,
        }
        self._memory = {name: aligned(size) for name, size in memory.items()}
        for start, values in builder.constants:
            self._memory["u"][start : start + len(values)] = values
        bits = {
            name: struct.unpack("<q", struct.pack("<d", x))[0]
            for name, x in zip(("clip", "length"), clip, strict=True)
        }
        self._words = np.zeros(len(SLOTS) + len(self._data), dtype=np.int64)
        for name, array in self._memory.items():
            self._set(name, array.ctypes.data)
        for name, value in bits.items():
            self._set(name, value)
        for i, values in enumerate(self._data.values()):
            self._words[len(SLOTS) + i] = values.ctypes.data

    def _set(self, name: str, value: int) -> None:
        self._words[SLOTS.index(name)] = value

    def _packed(self) -> Any:
        """All samples in blocks, the last sample repeated with weights of 0."""
        if not self._samples:
            return self._memory["d"]
        if self._full is None:
            n, many = self._samples, LANES * self._shape.vectors
            blocks = -(-n // many)
            order = np.minimum(np.arange(blocks * many), n - 1)
            real = np.arange(blocks * many) < n
            columns = [real[:, None] / n, real[:, None].astype(float)]
            columns += [values.reshape(n, -1)[order] for values in self._data.values()]
            whole = np.concatenate(columns, axis=1).reshape(blocks, many, -1).swapaxes(1, 2)
            self._full = aligned(whole.size)
            self._full[:] = whole.reshape(-1)
        return self._full

    def value(self, theta: Array, rows: Rows | None = None) -> tuple[float, Array]:
        """Loss and gradient (clipped, if that was asked for) at a vector; of all samples, or of some."""
        done = self._call(theta, {}, 1, rows if rows is None else rows[None], None, math.inf)
        return float(done.losses[0]), self._memory["g"][: self.layout.size].copy()

    def measure(self, theta: Array, rows: Rows | None = None) -> tuple[float, float]:
        """Loss and the length of its gradient at a vector."""
        done = self._call(theta, {}, 1, rows if rows is None else rows[None], None, math.inf)
        return float(done.losses[0]), float(done.norms[0])

    def steps(
        self,
        theta: Array,
        optimiser: State,
        rates: Sequence[float],
        rows: Sequence[Rows] | None = None,
        limit: float = math.inf,
    ) -> Done:
        """As many steps as there are rates.

        Args:
            theta: the parameters.
            optimiser: its state.
            rates: of each step.
            rows: the samples of each step; None: all.
            limit: a loss beyond it is not gone on from.
        """
        return self._call(theta, optimiser, len(rates), rows, rates, limit)

    def _call(
        self,
        theta: Array,
        optimiser: State,
        count: int,
        rows: Any,
        rates: Sequence[float] | None,
        limit: float,
    ) -> Done:
        size, many, memory = self.layout.size, LANES * self._shape.vectors, self._memory
        memory["p"][:size] = theta
        arrays = memory["o"].reshape(-1, self._padded)
        for k, name in enumerate(self._arrays):
            arrays[k, :size] = optimiser.get(name, 0.0)
        begun = next((v for v in optimiser.values() if isinstance(v, int)), 0)
        numbers = np.zeros((count, 2))
        numbers[:, 0], numbers[:, 1] = 0.0 if rates is None else rates, np.arange(begun, begun + count)
        losses, norms = np.zeros(count), np.zeros(count)
        table, counts = None, np.full(count, self._samples)
        if rows is not None:
            counts = np.array([len(r) for r in rows])
            width = -(-int(counts.max()) // many) * many
            table = np.empty((count, width), dtype=np.int64)
            for row, own in zip(table, rows, strict=True):
                row[: len(own)], row[len(own) :] = own, own[-1]
            self._set("stride", width)
        given = {"numbers": numbers, "losses": losses, "norms": norms, "counts": counts.astype(np.int64)}
        for name, array in given.items():
            self._set(name, array.ctypes.data)
        self._set("rows", 0 if table is None else table.ctypes.data)
        self._set("d", memory["d"].ctypes.data if table is not None else self._packed().ctypes.data)
        self._set("moves", rates is not None)
        self._set("limit", struct.unpack("<q", struct.pack("<d", limit))[0])
        done = int(self._code.run(self._words.ctypes.data, 0, count))
        state: dict[str, Any] = {
            name: value + done if isinstance(value, int) else arrays[self._arrays.index(name), :size].copy()
            for name, value in optimiser.items()
        }
        return Done(done, losses, norms, memory["p"][:size].copy(), state)


def aligned(size: int) -> Any:
    """Zeros that begin at a multiple of 64 bytes."""
    raw = np.zeros(size + 8)
    start = -(raw.ctypes.data // 8) % 8
    return raw[start : start + size]


def traced(optimiser: Optimiser, start: State) -> Update | None:
    """The optimiser's own formulas, called on variables instead of arrays; None if it does more than that."""
    if not optimiser.elementwise:
        return None
    theta, g, rate, count = (var(f" {name}") for name in ("theta", "g", "rate", "count"))
    arrays = {k: var(f" {k}.") for k, v in start.items() if not isinstance(v, int)}
    counters = {k: count for k, v in start.items() if isinstance(v, int)}
    moved, state = optimiser.step(theta, g, {**arrays, **counters}, rate)  # type: ignore[arg-type]  # a variable as a rate
    if len(counters) > 1 or any(state[k] is not count + 1 for k in counters):
        raise Unwritten("the optimiser counts otherwise")
    return Update([moved, *(state[k] for k in arrays)], theta, g, rate, count, list(arrays.values()))
