"""A graph prepared to be computed again and again: NumPy calls into buffers that are allocated once.

Everything that does not change between two runs happens when the plan is made: constants and what follows from them,
and every op whose result is a view of its operand (a reshape, a transpose, a slice). What is left is a list of calls
whose arguments are bound already.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, TypeMistake
from symgrad.graph import CONST, VAR, Node, Program, Type
from symgrad.ops import Op

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Call = Callable[[], Any]


class Plan:
    """Some roots over typed inputs, computed at once.

    `inputs` maps names to buffers: whoever writes there and then calls `run()` finds the values in `outputs`. Both
    belong to the plan: they are overwritten by the next run. Calling the plan does all three, and copies.

    Attributes:
        inputs: variable name -> its buffer.
        outputs: for each root its buffer.
        calls: how many NumPy calls one run takes.
    """

    __slots__ = ("_calls", "_free", "_into", "_uses", "inputs", "outputs")

    def __init__(
        self,
        roots: Sequence[Node],
        fixed: Mapping[str, Any] | None = None,
        buffers: Mapping[str, Any] | None = None,
        into: Mapping[Node, Any] | None = None,
    ) -> None:
        """Prepare the roots.

        Args:
            roots: what is computed.
            fixed: values of variables that stay the same in all runs.
            buffers: arrays to be used as buffers of some inputs, of the right shape.
            into: arrays into which some results are to be computed, if they are computed at all.
        """
        import numpy as np

        program = Program(roots)
        self.inputs: dict[str, Any] = {}
        self._calls: list[Call] = []
        self._free: dict[tuple[Any, ...], list[Any]] = {}
        self._uses = _last_uses(program)
        self._into = dict(into or {})
        with np.errstate(all="ignore"):
            self.outputs = self._prepare(program, dict(fixed or {}), dict(buffers or {}))

    @property
    def calls(self) -> int:
        """How many NumPy calls one run takes."""
        return len(self._calls)

    def run(self) -> None:
        """Compute the outputs from what is in the inputs."""
        import numpy as np

        with np.errstate(all="ignore"):
            for call in self._calls:
                call()

    def __call__(self, values: Mapping[str, Any]) -> list[Array]:
        """The roots at these values of the inputs.

        Raises:
            NameMistake: SG103, an input has no value; TypeMistake: SG213, a value has another shape.
        """
        lacking = [name for name in self.inputs if name not in values]
        if lacking:
            raise NameMistake("SG103", f"these variables have no value: {', '.join(lacking)}")
        for name, buffer in self.inputs.items():
            buffer[...] = fitting(name, values[name], buffer.shape)
        self.run()
        return [output.copy() for output in self.outputs]

    def _prepare(self, program: Program, fixed: dict[str, Any], buffers: dict[str, Any]) -> list[Any]:
        """Go through the program once; afterwards every slot that is needed has an array of its own."""
        import numpy as np

        arrays: list[Any] = []
        moving: list[bool] = []
        owner: list[int] = []  # the slot whose buffer a view looks into
        for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
            owner.append(slot)
            if node.op is CONST or (node.op is VAR and node.name in fixed):
                value = (
                    node.value if node.op is CONST else fitting(node.name, fixed[node.name], node.type.shape)
                )
                arrays.append(np.array(value, dtype=_dtype(node)))
                moving.append(False)
            elif node.op is VAR:
                given = buffers.get(node.name)
                arrays.append(np.zeros(node.type.shape, _dtype(node)) if given is None else given)
                moving.append(True)
                self.inputs[node.name] = arrays[slot]
            else:
                xs = [arrays[a] for a in args]
                moving.append(any(moving[a] for a in args))
                value = np.asarray(_value(node, xs, fixed=not moving[slot]), _dtype(node))
                view = next((a for a in args if value.base is not None and _inside(value, arrays[a])), None)
                if view is not None or not moving[slot]:
                    owner[slot] = slot if view is None else owner[view]
                    arrays.append(value)
                else:
                    given = self._into.get(node)
                    arrays.append(self._buffer(value) if given is None else given)
                    still = [not moving[a] for a in args]
                    self._calls.append(_call(node.op, xs, dict(node.attrs), arrays[slot], still))
            self._release(slot, program, arrays, moving, owner)
        return [arrays[slot] for slot in program.outputs]

    def _buffer(self, like: Any) -> Any:
        """A buffer for a result: one that is not needed any more, or a new one."""
        import numpy as np

        free = self._free.get((like.shape, like.dtype.kind))
        return free.pop() if free else np.empty(like.shape, like.dtype)

    def _release(
        self, slot: int, program: Program, arrays: list[Any], moving: list[bool], owner: list[int]
    ) -> None:
        """Give back the buffers that were used here for the last time; a view keeps the buffer it looks into."""
        uses = self._uses
        uses[owner[slot]] = max(uses[owner[slot]], uses[slot])
        for at in {owner[a] for a in (*program.args[slot], slot)}:
            if uses[at] <= slot and moving[at] and program.nodes[at].args:
                array = arrays[at]
                self._free.setdefault((array.shape, array.dtype.kind), []).append(array)
                uses[at] = len(program.nodes)  # once


def fitting(name: str, value: Any, shape: tuple[int, ...]) -> Any:
    """A value that has the shape of its variable.

    Raises:
        TypeMistake: SG213, it has not.
    """
    import numpy as np

    array = np.asarray(value)
    if array.shape != shape:
        raise TypeMistake(
            "SG213", f"`{name}` is declared {Type('real', shape)} and was given {Type('real', array.shape)}"
        )
    return array


def _last_uses(program: Program) -> list[int]:
    """For each slot the last slot that reads it; outputs are read after the end."""
    uses = list(range(len(program.nodes)))
    for slot, args in enumerate(program.args):
        for a in args:
            uses[a] = slot
    for slot in program.outputs:
        uses[slot] = len(uses)
    return uses


def _value(node: Node, xs: list[Any], *, fixed: bool) -> Any:
    """What an op gives; numbers that stay the same have the bits that evaluation gives them."""
    attrs = dict(node.attrs)
    if fixed and not any(x.shape for x in xs):
        return node.op.compute([x.item() for x in xs], attrs)
    return node.op.array_fn(*xs, **attrs)


def _dtype(node: Node) -> Any:
    return bool if node.type.kind == "bool" else float


def _inside(value: Any, array: Any) -> bool:
    """Whether a result is a view of an operand."""
    import numpy as np

    return bool(np.may_share_memory(value, array))


def _call(op: Op, xs: list[Any], attrs: dict[str, Any], out: Any, still: list[bool]) -> Call:
    """One NumPy call that writes what an op gives into a buffer; `still` operands keep their values."""
    import numpy as np

    maker = INTO.get(op.name)
    if maker is _where and still[2] and _is_zero(xs[2]) and xs[0].shape == out.shape:
        return _masked(np, xs[0], xs[1], out)
    if maker is not None:
        return maker(np, xs, out, **attrs)
    function = _ufunc(op)
    if function is not None and not attrs:
        return partial(function, *xs, out=out)
    values = op.array_fn

    def call() -> None:
        np.copyto(out, values(*xs, **attrs))

    return call


def _ufunc(op: Op) -> Any:
    """The NumPy or SciPy function of an op if it can write into a buffer."""
    import numpy as np

    if not isinstance(op.array, str):
        return None
    module, _, attribute = op.array.rpartition(".")
    function = getattr(importlib.import_module(module), attribute)
    return function if isinstance(function, np.ufunc) else None


def _product(np: Any, xs: list[Any], out: Any) -> Call:
    """np.dot starts sooner than np.matmul, and has no loop of its own for columns and rows."""
    flat = all(x.ndim <= 2 for x in xs) and out.flags.c_contiguous
    return partial(np.dot if flat else np.matmul, *xs, out)


def _sum(np: Any, xs: list[Any], out: Any, axis: Any = None) -> Call:
    return partial(np.add.reduce, xs[0], axis, None, out)


def _mean(np: Any, xs: list[Any], out: Any, axis: Any = None) -> Call:
    count = np.array(xs[0].size / out.size)
    total, divide = partial(np.add.reduce, xs[0], axis, None, out), partial(np.true_divide, out, count, out)

    def call() -> None:
        total()
        divide()

    return call


def _is_zero(x: Any) -> bool:
    """Whether an operand is the number 0.0."""
    return not x.shape and x.dtype == float and x == 0 and math.copysign(1.0, x) > 0


def _where(np: Any, xs: list[Any], out: Any) -> Call:
    choose, copy = partial(np.where, *xs), partial(np.copyto, out)
    return lambda: copy(choose())


def _masked(np: Any, condition: Any, a: Any, out: Any) -> Call:
    """`a` where a condition holds, else 0: the bits of `a` with a mask, which no branch slows down."""
    mask = np.empty(out.shape, np.int64)
    spread = partial(np.negative, condition.view(np.int8), mask)
    choose = partial(np.bitwise_and, a.view(np.int64), mask, out.view(np.int64))

    def call() -> None:
        spread()
        choose()

    return call


INTO: dict[str, Callable[..., Call]] = {
    "dot": _product,
    "matmul": _product,
    "mean": _mean,
    "relu": lambda np, xs, out: partial(np.maximum, xs[0], np.zeros(()), out=out),
    "sum": _sum,
    "where": _where,
}
"""Ops whose array function cannot write into a buffer, and how NumPy does it: all others are computed and copied."""
