"""Arrays: reductions, shapes, indexing and products."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.ops.arithmetic import div
from symgrad.ops.logic import eq, where
from symgrad.ops.op import Guarded, op, section, shape_of
from symgrad.ops.powers import exp, log, sqrt
from symgrad.ops.types import Type, broadcast, real

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


def _np(name: str) -> Any:
    """A NumPy function by name, imported at the first call."""

    def function(*args: Any, **attrs: Any) -> Any:
        import numpy as np

        return getattr(np, name)(*args, **attrs)

    return function


def extreme(name: str) -> Any:
    """max or min over an axis; on arrays of carriers by pairs of the op of that name."""

    def function(x: Any, axis: Axis = None) -> Any:
        import numpy as np

        from symgrad.ops.op import OPS

        if x.dtype != object:
            return getattr(np, name)(x, axis=axis)
        moved = np.moveaxis(x, axes_of(axis, x.ndim), range(len(axes_of(axis, x.ndim))))
        flat = moved.reshape(count(x, axis), *(n for i, n in enumerate(x.shape) if i not in axes_of(axis, x.ndim)))
        best = flat[0]
        for row in flat[1:]:
            best = np.frompyfunc(OPS[name], 2, 1)(best, row)
        return best

    return function


section("Reductions")

sum_ = op("sum", "Sum of the elements, over all axes or one.", "sum([1, 2, 3]) = 6",
          lambda g, y, x, axis=None: spread(g, x, axis), scalar=_np("sum"), array=_np("sum"), result=reduction,
          attrs=("axis",), latex=r"\sum {0}")
mean = op("mean", "Mean of the elements, over all axes or one.", "mean([1, 2, 3]) = 2",
          lambda g, y, x, axis=None: div(spread(g, x, axis), count(x, axis)), scalar=_np("mean"), array=_np("mean"),
          result=reduction, attrs=("axis",), expand=lambda x, axis=None: div(sum_(x, axis=axis), count(x, axis)))
prod = op("prod", "Product of the elements, over all axes or one.", "prod([2, 3, 4]) = 24",
          lambda g, y, x, axis=None: spread(g, x, axis) * prod_others(x, axis=axis), scalar=_np("prod"),
          array=_np("prod"), result=reduction, attrs=("axis",), latex=r"\prod {0}")


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
                 refused={"text": "has no body in other functions", "latex": "has no body in other functions"})


def _total(x: Any, axis: Axis) -> Any:
    return sum_(x, axis=axis)


def _ties(g: Any, y: Any, x: Any, axis: Axis) -> Any:
    """The adjoint shared equally by the elements that attain the extreme."""
    attained = eq(x, spread(y, x, axis))
    weight = where(attained, 1.0, 0.0)
    return Guarded(attained, spread(div(g, _total(weight, axis)), x, axis))


amax = op("amax", "Largest element, over all axes or one; max(v) means this.", "amax([1, 3, 2]) = 3",
          lambda g, y, x, axis=None: _ties(g, y, x, axis), scalar=extreme("max"), array=extreme("max"),
          result=reduction, attrs=("axis",), latex=r"\max {0}")
amin = op("amin", "Smallest element, over all axes or one; min(v) means this.", "amin([1, 3, 2]) = 1",
          lambda g, y, x, axis=None: _ties(g, y, x, axis), scalar=extreme("min"), array=extreme("min"),
          result=reduction, attrs=("axis",), latex=r"\min {0}")
norm = op("norm", "Euclidean length of a vector; root of the sum of squares of any array.", "norm([3, 4]) = 5",
          lambda g, y, x, axis=None: Guarded(spread(y, x, axis) > 0, spread(g, x, axis) * div(x, spread(y, x, axis))),
          scalar=lambda x, axis=None: scaled_norm(x, axis), array=lambda x, axis=None: scaled_norm(x, axis),
          result=reduction, attrs=("axis",), latex=r"\left\lVert {0} \right\rVert",
          expand=lambda x, axis=None: sqrt(sum_(x * x, axis=axis)))


def scaled_norm(x: Any, axis: Axis = None) -> Any:
    """The root of the sum of squares, scaled by the largest element so that nothing overflows."""
    import numpy as np

    if x.dtype == object:
        return np.frompyfunc(sqrt, 1, 1)((x * x).sum(axis=axis))
    largest = np.max(np.abs(x), axis=axis, keepdims=True)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return np.sqrt(np.sum((x / scale) ** 2, axis=axis)) * np.squeeze(scale, axis=axes_of(axis, x.ndim))


logsumexp = op("logsumexp", "log(sum(exp(v))) without overflow.", "logsumexp([0, 0]) = log(2)",
               lambda g, y, x, axis=None: spread(g, x, axis) * exp(x - spread(y, x, axis)),
               scalar=lambda x, axis=None: shifted_logsumexp(x, axis), array=lambda x, axis=None: shifted_logsumexp(x, axis),
               result=reduction, attrs=("axis",), expand=lambda x, axis=None: log(sum_(exp(x), axis=axis)))


def shifted_logsumexp(x: Any, axis: Axis = None) -> Any:
    """log(sum(exp(x))) relative to the largest element."""
    import numpy as np

    if x.dtype == object:
        return np.frompyfunc(log, 1, 1)(np.frompyfunc(exp, 1, 1)(x).sum(axis=axis))
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

    if x.dtype == object:
        t = np.frompyfunc(exp, 1, 1)(x)
    else:
        t = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return t / t.sum(axis=-1, keepdims=True)


section("Shapes")


def reshaped(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of a reshape: as many elements as before."""
    if math.prod(attrs["shape"]) != types[0].size:
        raise TypeMistake("SG206", f"{types[0].size} elements do not fill the shape {list(attrs['shape'])}")
    return Type(types[0].kind, tuple(attrs["shape"]))


def spread_type(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of a broadcast to a given shape."""
    shape = tuple(attrs["shape"])
    if broadcast([types[0].shape, shape]) != shape:
        raise TypeMistake("SG203", f"{types[0]} does not spread to the shape {list(shape)}")
    return Type(types[0].kind, shape)


def permuted(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of a transpose; without `axes` all axes are reversed."""
    shape = types[0].shape
    axes = attrs.get("axes")
    order = tuple(reversed(range(len(shape)))) if axes is None else tuple(axes)
    if sorted(order) != list(range(len(shape))):
        raise TypeMistake("SG205", f"{list(order)} is no order of the {len(shape)} axes")
    return Type(types[0].kind, tuple(shape[i] for i in order))


def sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Undo a broadcast: sum `x` over the axes that `shape` does not have or has as one."""
    have = shape_of(x)
    extra = len(have) - len(shape)
    axes = tuple(i for i, n in enumerate(have) if i < extra or (shape[i - extra] == 1 and n != 1))
    return reshape(sum_(x, axis=axes) if axes else x, shape=shape)


reshape = op("reshape", "The same elements in another shape.", "reshape([1, 2, 3, 4], shape=[2, 2])[1, 0] = 3",
             lambda g, y, x, shape: reshape(g, shape=shape_of(x)), scalar=_np("reshape"),
             array=lambda x, shape: _np("reshape")(x, shape), result=reshaped, attrs=("shape",))
broadcast_to = op("broadcast_to", "Repeat along new or single axes.", "sum(broadcast_to(2, shape=[3])) = 6",
                  lambda g, y, x, shape: sum_to(g, shape_of(x)), scalar=lambda x, shape: _np("full")(shape, x),
                  array=lambda x, shape: _np("broadcast_to")(x, shape), result=spread_type, attrs=("shape",))
transpose = op("transpose", "Axes reversed, or in a given order.", "transpose([[1, 2], [3, 4]])[0, 1] = 3",
               lambda g, y, x, axes=None: transpose(g, axes=None if axes is None else _inverse(axes)),
               scalar=_np("transpose"), array=lambda x, axes=None: _np("transpose")(x, axes), result=permuted,
               attrs=("axes",), latex=r"{0}^{{\mathsf{{T}}}}")


def _inverse(axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


Key = tuple[int | tuple[int, int, int], ...]


def as_index(key: Key) -> Any:
    """A key of ints and (start, stop, step) triples as NumPy wants it."""
    return tuple(k if isinstance(k, int) else slice(*k) for k in key)


def indexed(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of an element or slice.

    Raises:
        TypeMistake: SG204, the index is outside; SG202, there is nothing to index.
    """
    shape, key = types[0].shape, attrs["key"]
    if len(key) > len(shape):
        what = "a single number" if not shape else f"an array with {len(shape)} axes"
        raise TypeMistake("SG202", f"{what} has no {len(key)} indices", hint="declare its shape first, as in v: real[3]")
    out = []
    for k, n in zip(key, shape, strict=False):
        if not isinstance(k, int):
            out.append(len(range(*slice(*k).indices(n))))
        elif not -n <= k < n:
            raise TypeMistake("SG204", f"there is no element {k}: this axis has {n}", hint="indices count from 0")
    return Type(types[0].kind, (*out, *shape[len(key):]))


def scattered(x: Any, key: Key, shape: tuple[int, ...]) -> Any:
    """Zeros with `x` at the place `key`."""
    import numpy as np

    x = np.asarray(x)
    out = np.zeros(shape, dtype=x.dtype)
    if x.dtype == object:
        out[...] = 0.0
    out[as_index(key)] = x
    return out


index = op("index", "An element or slice, v[i], v[a:b], m[i, j]; indices count from 0.", "[5, 6, 7][1] = 6",
           lambda g, y, x, key: scatter(g, key=key, shape=shape_of(x)), scalar=lambda x, key: x,
           array=lambda x, key: x[as_index(key)], result=indexed, attrs=("key",), precedence=90)
scatter = op("scatter", "Zeros with an array put at a place.", "sum(scatter(2)) = 2",
             lambda g, y, x, key, shape: index(g, key=key), scalar=scattered, array=scattered,
             result=lambda types, attrs: Type(types[0].kind, tuple(attrs["shape"])), attrs=("key", "shape"), hidden=True,
             refused={"text": "has no body in other functions", "latex": "has no body in other functions"})


def stacked(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of elements stacked along a new first axis."""
    for t in types:
        if t != types[0]:
            raise TypeMistake("SG207", f"the elements of a vector must be of one type, found {types[0]} and {t}")
    return Type(types[0].kind, (len(types), *types[0].shape))


def joined(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of arrays joined along their first axis."""
    for t in types:
        if not t.shape or t.shape[1:] != types[0].shape[1:]:
            raise TypeMistake("SG207", f"{types[0]} and {t} cannot be joined")
    return Type(types[0].kind, (sum(t.shape[0] for t in types), *types[0].shape[1:]))


def _stack_rule(i: int) -> Any:
    return lambda g, y, *xs: index(g, key=(i,))


def _concat_rule(i: int) -> Any:
    def rule(g: Any, y: Any, *xs: Any) -> Any:
        start = sum(shape_of(x)[0] for x in xs[:i])
        return index(g, key=((start, start + shape_of(xs[i])[0], 1),))

    return rule


stack = op("stack", "A vector of its arguments, written [a, b, c].", "sum(stack(1, 2)) = 3", each=_stack_rule,
           scalar=lambda *xs: _np("array")(xs), array=lambda *xs: _np("stack")(_np("broadcast_arrays")(*xs)),
           result=stacked)
concat = op("concat", "Arrays joined along their first axis.", "sum(concat([1, 2], [3])) = 6", each=_concat_rule,
            scalar=lambda *xs: _np("concatenate")(xs), array=lambda *xs: _np("concatenate")(xs), result=joined)
