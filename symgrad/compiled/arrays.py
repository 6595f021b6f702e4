"""What a caller gives, as columns of numbers: one for each number of a variable."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symgrad.errors import NameMistake, TypeMistake

if TYPE_CHECKING:
    from symgrad.compiled.kernels import Variable

DOUBLE, SINGLE, TRUTH = np.dtype(np.float64), np.dtype(np.float32), np.dtype(np.bool_)


def _by_attribute(x: Any) -> int:
    """Where an array's elements are."""
    return int(x.ctypes.data)


def _by_layout(x: Any) -> int:
    """The same, read from the array's own structure, whose first field this is: ten times as fast."""
    return _WORD(id(x) + _HEAD).value


_WORD, _HEAD = ctypes.c_size_t.from_address, object.__basicsize__
_PROBE = np.zeros(1)
address: Callable[[Any], int] = _by_attribute
if sys.implementation.name == "cpython" and _by_layout(_PROBE) == _by_attribute(_PROBE):
    address = _by_layout


@cache
def familiar() -> bool:
    """Whether arrays and floats lie in memory as `calls.MANY` reads them: each field is looked at in a probe."""
    if sys.implementation.name != "cpython" or 2 * ctypes.sizeof(ctypes.c_void_p) != _HEAD or _HEAD != 16:
        return False
    x = np.arange(24.0)[::2][3:]
    at = id(x)
    small = ctypes.c_int.from_address
    fields = (
        _WORD(at + 8).value == id(np.ndarray),
        _WORD(at + 16).value == x.ctypes.data,
        small(at + 24).value == 1,
        _WORD(_WORD(at + 32).value).value == x.size,
        _WORD(_WORD(at + 40).value).value == x.strides[0],
        _WORD(at + 56).value == id(x.dtype) == id(DOUBLE),
        small(at + 64).value & 0x501 == 0x500,
    )
    x.flags.writeable = False
    number = 8.125
    return (
        all(fields)
        and small(at + 64).value & 0x501 == 0x100
        and ctypes.c_double.from_address(id(number) + 16).value == number
    )


class Points(NamedTuple):
    """Where to compute.

    Attributes:
        columns: an array or a number for each number of each variable.
        number: how many points.
        batch: their shape; None for one point given as numbers.
        storage: "float" where all arrays of points are float32, else "double".
        direct: whether all columns can be read by machine code as they are.
        fresh: whether results go to new arrays.
    """

    columns: Sequence[Any]
    number: int
    batch: tuple[int, ...] | None
    storage: str
    direct: bool
    fresh: bool

    @property
    def numbers(self) -> bool:
        """Whether some columns are numbers."""
        return any(type(x) is not np.ndarray for x in self.columns)

    def finished(self, result: Any) -> Any:
        """A result as the caller gets it: a number for one point."""
        if self.batch is None:
            return result[0].item() if result.ndim == 1 else result[0]
        return result


def read(variables: Sequence[Variable], named: Mapping[str, Any], direct: bool, fresh: bool) -> Points:
    """The columns of a call.

    Args:
        variables: what is expected.
        named: what was given.
        direct: whether all variables are single numbers.
        fresh: whether results go to new arrays.

    Raises:
        NameMistake: SG103. TypeMistake: SG211, SG213.
    """
    if direct and (quick := _usual(variables, named, fresh)) is not None:
        return quick
    lacking = [v.name for v in variables if v.name not in named]
    if lacking:
        raise NameMistake("SG103", f"these variables have no value: {', '.join(lacking)}")
    arrays = [_array(v, named[v.name]) for v in variables]
    shapes = [a.shape[: a.ndim - len(v.shape)] for v, a in zip(variables, arrays, strict=True)]
    try:
        batch = np.broadcast_shapes(*shapes)
    except ValueError:
        listed = ", ".join(f"`{v.name}` {list(shape)}" for v, shape in zip(variables, shapes, strict=True))
        raise TypeMistake("SG213", f"the points do not fit together: {listed}") from None
    many = [a.dtype for a, shape in zip(arrays, shapes, strict=True) if shape]
    single = bool(many) and all(d in (SINGLE, TRUTH) for d in many) and SINGLE in many
    columns: list[Any] = []
    for v, a in zip(variables, arrays, strict=True):
        columns += _columns(a, v.shape, batch)
    count = int(np.prod(batch, dtype=np.int64))
    whole = None if all(shape == () for shape in shapes) else tuple(batch)
    return Points(columns, count, whole, "float" if single else "double", direct=False, fresh=fresh)


def _usual(variables: Sequence[Variable], named: Mapping[str, Any], fresh: bool) -> Points | None:
    """The usual case without its checks: contiguous arrays of doubles of one length, and numbers."""
    columns: list[Any] = []
    shape = None
    for v in variables:
        x = named.get(v.name)
        if type(x) is np.ndarray:
            if x.dtype is not DOUBLE or not x.flags.c_contiguous or x.ndim != 1:
                return None
            if shape is None:
                shape = x.shape
            elif shape != x.shape:
                return None
        elif type(x) is not float:
            return None
        columns.append(x)
    return None if shape is None else Points(columns, shape[0], shape, "double", True, fresh)


def _array(v: Variable, value: Any) -> Any:
    """A binding as an array of numbers."""
    found = None
    if np.ma.is_masked(value):
        raise TypeMistake(
            "SG211",
            f"the value of `{v.name}` has masked elements, which a kernel would read as numbers",
            hint="x.filled(nan) has nan for them, x.compressed() leaves them out",
        )
    if value is not None and not isinstance(value, str):
        try:
            found = np.asarray(value)
            if found.dtype.kind not in ("b" if v.kind == "bool" else "fiub"):
                found = (
                    None
                    if found.dtype.kind in "USVcmM"
                    else np.asarray(value, bool if v.kind == "bool" else float)
                )
        except (TypeError, ValueError, OverflowError):
            found = None
    if found is None:
        hint = "give a number or an array of numbers"
        raise TypeMistake("SG211", f"the value of `{v.name}` is no {v.kind}", hint=hint)
    rank = len(v.shape)
    if rank and found.shape[-rank:] != v.shape:
        raise TypeMistake(
            "SG213", f"`{v.name}` is declared {v.kind}{list(v.shape)} and was given {list(found.shape)}"
        )
    return found


def _columns(a: Any, shape: tuple[int, ...], batch: tuple[int, ...]) -> list[Any]:
    """The columns of one variable: an array of all points for each of its numbers, or the number."""
    own = a.shape[: a.ndim - len(shape)]
    if int(np.prod(own, dtype=np.int64)) == 1:
        numbers: list[Any] = a.reshape(-1).tolist()
        return numbers
    if own != batch:
        a = np.broadcast_to(a, batch + shape)
    flat = a if len(batch) == 1 else a.reshape((-1, *shape))
    return [flat[(slice(None), *key)] for key in np.ndindex(*shape)]


def result_arrays(
    points: Points, shapes: Sequence[tuple[int, ...]], truths: Sequence[bool], out: Sequence[Any] | None
) -> list[Any]:
    """Arrays for the results, points first.

    Raises:
        TypeMistake: SG213, an array of `out` cannot hold its result: shape, type, memory.
    """
    batch = (1,) if points.batch is None else points.batch
    dtype = SINGLE if points.storage == "float" else DOUBLE
    if out is None:
        return [np.empty(batch + s, TRUTH if t else dtype) for s, t in zip(shapes, truths, strict=True)]
    for given, s, t in zip(out, shapes, truths, strict=True):
        if refused := _refused(given, batch + s, truth=t):
            raise TypeMistake(
                "SG213", f"`out` needs {refused}", hint="as in: out = k(x=xs); k(x=xs, out=out)"
            )
    order = sorted(out, key=address)
    if any(np.shares_memory(a, b) for a, b in itertools.pairwise(order)):
        raise TypeMistake(
            "SG213", "arrays of `out` share memory, and results differ", hint="give each result an array"
        )
    return [*out]


def _refused(given: Any, shape: tuple[int, ...], *, truth: bool) -> str:
    """What a result cannot be written to, as the end of a sentence; nothing if it can."""
    if not isinstance(given, np.ndarray) or isinstance(given, np.ma.MaskedArray):
        return f"NumPy's arrays, found {type(given).__name__}"
    if given.shape != shape:
        return f"arrays of shape {list(shape)}, found {list(given.shape)}"
    if given.dtype.kind != ("b" if truth else "f") or given.dtype.itemsize not in (1, 4, 8):
        return f"arrays of {'bool' if truth else 'float64 or float32'}, found {given.dtype}"
    if not given.flags.writeable:
        return "arrays that can be written to, found a read-only one"
    if any(step == 0 and length > 1 for step, length in zip(given.strides, given.shape, strict=True)):
        return "arrays whose elements lie apart, found a broadcast one"
    return ""
