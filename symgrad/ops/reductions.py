"""Reductions of arrays, and what nets make of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.ops.arithmetic import div, number
from symgrad.ops.logic import eq, where
from symgrad.ops.op import OPS, Guarded, op, section, shape_of
from symgrad.ops.powers import exp, log, sqrt
from symgrad.ops.tensor import broadcast_to, numpy_function, reshape, transpose
from symgrad.ops.types import Type, real

Axis = int | tuple[int, ...] | None
Attrs = Mapping[str, Any]


def axes_of(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes a reduction runs over, as sorted non-negative numbers.

    Raises:
        TypeMistake: SG205, there is no such axis.
    """
    chosen = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    for a in chosen:
        if not -rank <= a < rank:
            raise TypeMistake("SG205", f"there is no axis {a}: the array has {rank}", hint="axes count from 0")
    return tuple(sorted({a % rank for a in chosen}))


def kept_shape(shape: Sequence[int], axis: Axis) -> tuple[int, ...]:
    """`shape` with the reduced axes as ones."""
    axes = axes_of(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def reduction(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of a reduction over `axis`."""
    shape = types[0].shape
    if types[0].kind != "real" or not shape:
        raise TypeMistake("SG202", "this needs a vector or matrix, and was given a single number",
                          hint="declare its shape first, as in v: real[3]")
    axes = axes_of(attrs.get("axis"), len(shape))
    return real(*(n for i, n in enumerate(shape) if i not in axes))


def spread(g: Any, x: Any, axis: Axis) -> Any:
    """A reduced quantity put back beside the elements of `x` that it came from."""
    shape = shape_of(x)
    return broadcast_to(reshape(g, shape=kept_shape(shape, axis)), shape=shape)


def count(x: Any, axis: Axis) -> int:
    """How many elements go into each reduced one."""
    shape = shape_of(x)
    return math.prod(shape[i] for i in axes_of(axis, len(shape)))


def extreme(name: str) -> Any:
    """max or min over an axis; on arrays of carriers by pairs of the op of that name."""

    def function(x: Any, axis: Axis = None) -> Any:
        import numpy as np

        if x.dtype != object:
            return getattr(np, name)(x, axis=axis)
        moved = np.moveaxis(x, axes_of(axis, x.ndim), range(len(axes_of(axis, x.ndim))))
        flat = moved.reshape(count(x, axis), *(n for i, n in enumerate(x.shape) if i not in axes_of(axis, x.ndim)))
        pairwise = np.frompyfunc(OPS[name], 2, 1)
        best = flat[:1]
        for i in range(1, len(flat)):
            best = pairwise(best, flat[i : i + 1])
        return best[0]

    return function


section("Reductions")

sum_ = op("sum", "Sum of the elements, over all axes or one.", "sum([1, 2, 3]) = 6",
          lambda g, y, x, axis=None: spread(g, x, axis), scalar=numpy_function("sum"), array=numpy_function("sum"), result=reduction,
          attrs=("axis",), latex=r"\sum {0}")
mean = op("mean", "Mean of the elements, over all axes or one.", "mean([1, 2, 3]) = 2",
          lambda g, y, x, axis=None: div(spread(g, x, axis), count(x, axis)), scalar=numpy_function("mean"), array=numpy_function("mean"),
          result=reduction, attrs=("axis",), expand=lambda x, axis=None: div(sum_(x, axis=axis), count(x, axis)))
prod = op("prod", "Product of the elements, over all axes or one.", "prod([2, 3, 4]) = 24",
          lambda g, y, x, axis=None: spread(g, x, axis) * prod_others(x, axis=axis), scalar=numpy_function("prod"),
          array=numpy_function("prod"), result=reduction, attrs=("axis",), latex=r"\prod {0}")


def others(x: Any, axis: Axis = None) -> Any:
    """For each element the product of all the others, without division, so that zeros are right."""
    import numpy as np

    axes = axes_of(axis, x.ndim)
    rest = [i for i in range(x.ndim) if i not in axes]
    flat = np.transpose(x, (*rest, *axes)).reshape(*(x.shape[i] for i in rest), -1)
    ones = np.ones_like(flat[..., :1])
    before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([ones, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    back = (before * after).reshape(*(x.shape[i] for i in (*rest, *axes)))
    return np.transpose(back, np.argsort((*rest, *axes)))


prod_others = op("prod_others", "For each element the product of all the others.", "prod_others([2, 3, 4])[0] = 12",
                 lambda g, y, x, axis=None: div(spread(_total(g * y, axis), x, axis) - g * y, x), scalar=others,
                 array=others, result=lambda types, attrs: types[0], attrs=("axis",), hidden=True,
                 expand=lambda x, axis=None: others_in_words(x, axis))


def others_in_words(x: Any, axis: Axis) -> Any:
    """The product of each row of a table that has ones in its diagonal and the elements everywhere else."""
    axes = axes_of(axis, len(shape_of(x)))
    order = (*(i for i in range(len(shape_of(x))) if i not in axes), *axes)
    moved = x if order == tuple(range(len(order))) else transpose(x, axes=order)
    n, rest = count(x, axis), shape_of(moved)[: len(order) - len(axes)]
    table = where(eq(OPS["diagonal"](number(1, x), n=n), 1), 1, reshape(moved, shape=(*rest, 1, n) if rest else (n,)))
    back = reshape(prod(table, axis=len(rest) + 1), shape=shape_of(moved))
    return back if moved is x else transpose(back, axes=tuple(sorted(range(len(order)), key=order.__getitem__)))


def _total(x: Any, axis: Axis) -> Any:
    return sum_(x, axis=axis)


def _ties(g: Any, y: Any, x: Any, axis: Axis) -> Any:
    """The adjoint shared equally by the elements that attain the extreme."""
    attained = eq(x, spread(y, x, axis))
    weight = where(attained, 1.0, 0.0)
    return Guarded(attained, spread(div(g, _total(weight, axis)), x, axis))


def _tied(y: Any, x: Any, axis: Axis) -> Any:
    """Whether several elements attain the extreme."""
    return eq(x, spread(y, x, axis)).sum(axis=axis) > 1


amax = op("amax", "Largest element, over all axes or one; max(v) means this.", "amax([1, 3, 2]) = 3",
          lambda g, y, x, axis=None: _ties(g, y, x, axis), scalar=extreme("max"), array=extreme("max"),
          kinks=lambda x, axis=None: _tied(amax(x, axis=axis), x, axis), tie=True, bend=(0.0, 1.0), result=reduction, attrs=("axis",), latex=r"\max {0}")
amin = op("amin", "Smallest element, over all axes or one; min(v) means this.", "amin([1, 3, 2]) = 1",
          lambda g, y, x, axis=None: _ties(g, y, x, axis), scalar=extreme("min"), array=extreme("min"),
          kinks=lambda x, axis=None: _tied(amin(x, axis=axis), x, axis), tie=True, bend=(0.0, 1.0), result=reduction, attrs=("axis",), latex=r"\min {0}")
norm = op("norm", "Euclidean length of a vector; root of the sum of squares of any array.", "norm([3, 4]) = 5",
          lambda g, y, x, axis=None: Guarded(spread(y, x, axis) > 0, spread(g, x, axis) * div(x, spread(y, x, axis))),
          scalar=lambda x, axis=None: scaled_norm(x, axis), array=lambda x, axis=None: scaled_norm(x, axis),
          kinks=lambda x, axis=None: norm(x, axis=axis) == 0, bend=(-1.0, 1.0), result=reduction, attrs=("axis",), latex=r"\left\lVert {0} \right\rVert",
          expand=lambda x, axis=None: sqrt(sum_(x * x, axis=axis)))


def scaled_norm(x: Any, axis: Axis = None) -> Any:
    """The root of the sum of squares, scaled by the largest element so that nothing overflows."""
    import numpy as np

    if x.dtype == object:
        return np.frompyfunc(sqrt, 1, 1)(np.asarray((x * x).sum(axis=axis), dtype=object))
    largest = np.max(np.abs(x), axis=axis, keepdims=True)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return np.sqrt(np.sum((x / scale) ** 2, axis=axis)) * np.squeeze(scale, axis=axes_of(axis, x.ndim))


logsumexp = op("logsumexp", "log(sum(exp(v))) without overflow.", "logsumexp([0, 0]) = log(2)",
               lambda g, y, x, axis=None: spread(g, x, axis) * _weights(y, x, axis),
               scalar=lambda x, axis=None: shifted_logsumexp(x, axis), array=lambda x, axis=None: shifted_logsumexp(x, axis),
               result=reduction, attrs=("axis",), expand=lambda x, axis=None: log(sum_(exp(x), axis=axis)))


def _weights(y: Any, x: Any, axis: Axis) -> Any:
    """exp(x - y), the slopes of logsumexp: for a vector by softmax, which does not lose the digits that y has lost."""
    return softmax(x) if len(shape_of(x)) == 1 else exp(x - spread(y, x, axis))


def shifted_logsumexp(x: Any, axis: Axis = None) -> Any:
    """log(sum(exp(x))) relative to the largest element."""
    import numpy as np

    if x.dtype == object:
        return np.frompyfunc(log, 1, 1)(np.asarray(np.frompyfunc(exp, 1, 1)(x).sum(axis=axis), dtype=object))
    largest = np.max(x, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    total = np.sum(np.exp(x - shift), axis=axis)
    return np.log(total) + np.squeeze(shift, axis=axes_of(axis, x.ndim))


def same_type(types: Sequence[Type], attrs: Attrs) -> Type:
    """An op on a vector (or matrix, along its last axis) that keeps the type."""
    if types[0].kind != "real" or not types[0].shape:
        raise TypeMistake("SG202", "this needs a vector or matrix, and was given a single number",
                          hint="declare its shape first, as in v: real[3]")
    return types[0]


softmax = op("softmax", "exp(v)/sum(exp(v)) along the last axis, without overflow.", "softmax([0, 0])[0] = 0.5",
             lambda g, y, x: y * (g - spread(sum_(g * y, axis=-1), x, -1)),
             scalar=lambda x: softmax_values(x), array=lambda x: softmax_values(x), result=same_type,
             expand=lambda x: exp(x - spread(logsumexp(x, axis=-1), x, -1)))
log_softmax = op("log_softmax", "log of softmax along the last axis, without overflow.",
                 "log_softmax([0, 0])[0] = -log(2)",
                 lambda g, y, x: g - exp(y) * spread(sum_(g, axis=-1), x, -1), result=same_type,
                 expand=lambda x: x - spread(logsumexp(x, axis=-1), x, -1))


def softmax_values(x: Any) -> Any:
    """softmax along the last axis of an array."""
    import numpy as np

    t = np.frompyfunc(exp, 1, 1)(x) if x.dtype == object else np.exp(x - np.max(x, axis=-1, keepdims=True))
    return t / t.sum(axis=-1, keepdims=True)
