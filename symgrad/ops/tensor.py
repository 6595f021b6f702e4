"""Arrays: shapes, indexing, stacking."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.ops.arithmetic import number
from symgrad.ops.op import OPS, op, section, shape_of
from symgrad.ops.types import Type, broadcast

Attrs = Mapping[str, Any]


def numpy_function(name: str) -> Any:
    """A NumPy function by name, imported at the first call."""

    def function(*args: Any, **attrs: Any) -> Any:
        import numpy as np

        return getattr(np, name)(*args, **attrs)

    return function


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
    return reshape(OPS["sum"](x, axis=axes) if axes else x, shape=shape)


reshape = op("reshape", "The same elements in another shape.", "reshape([1, 2, 3, 4], shape=[2, 2])[1, 0] = 3",
             lambda g, y, x, shape: reshape(g, shape=shape_of(x)), scalar=numpy_function("reshape"),
             array=lambda x, shape: numpy_function("reshape")(x, shape), result=reshaped, attrs=("shape",))
broadcast_to = op("broadcast_to", "Repeat along new or single axes.", "sum(broadcast_to(2, shape=[3])) = 6",
                  lambda g, y, x, shape: sum_to(g, shape_of(x)), scalar=lambda x, shape: numpy_function("full")(shape, x),
                  array=lambda x, shape: numpy_function("broadcast_to")(x, shape), result=spread_type, attrs=("shape",))
transpose = op("transpose", "Axes reversed, or in a given order.", "transpose([[1, 2], [3, 4]])[0, 1] = 3",
               lambda g, y, x, axes=None: transpose(g, axes=None if axes is None else _inverse(axes)),
               scalar=numpy_function("transpose"), array=lambda x, axes=None: numpy_function("transpose")(x, axes), result=permuted,
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
    out[as_index(key)] = x[()]  # an array without axes would be put into an object array as it is
    return out


index = op("index", "An element or slice, v[i], v[a:b], m[i, j]; indices count from 0.", "[5, 6, 7][1] = 6",
           lambda g, y, x, key: scatter(g, key=key, shape=shape_of(x)), scalar=lambda x, key: x,
           array=lambda x, key: x[as_index(key)], result=indexed, attrs=("key",), precedence=90)
scatter = op("scatter", "Zeros with an array put at a place.", "sum(scatter(2)) = 2",
             lambda g, y, x, key, shape: index(g, key=key), scalar=scattered, array=scattered,
             result=lambda types, attrs: Type(types[0].kind, tuple(attrs["shape"])), attrs=("key", "shape"), hidden=True,
             expand=lambda x, key, shape: put_between_zeros(x, key, shape))


def put_between_zeros(x: Any, key: Key, shape: tuple[int, ...]) -> Any:
    """What `scatter` makes, joined axis by axis from the array and zeros."""
    places = [range(n) for n in shape]
    for axis, k in enumerate(key):
        places[axis] = range(k % shape[axis], k % shape[axis] + 1) if isinstance(k, int) else range(*slice(*k).indices(shape[axis]))
    x = reshape(x, shape=tuple(map(len, places)))
    for axis, place in enumerate(places):
        if place != range(shape[axis]):
            order = (axis, *(i for i in range(len(shape)) if i != axis))
            back = tuple(sorted(range(len(shape)), key=order.__getitem__))
            x = _between_zeros(x if not axis else transpose(x, axes=order), place, shape[axis])
            x = x if not axis else transpose(x, axes=back)
    return x


def _between_zeros(x: Any, place: range, n: int) -> Any:
    """The rows of an array at these places among n, zeros elsewhere."""
    rest = shape_of(x)[1:]
    whole = place.step == 1
    rows = [(place.start, x)] if whole else sorted(((p, index(x, key=((i, i + 1, 1),))) for i, p in enumerate(place)), key=lambda row: row[0])
    parts, done = [], 0
    for start, row in [*rows, (n, None)]:
        if start > done:
            parts.append(broadcast_to(number(0, x), shape=(start - done, *rest)))
        if row is not None:
            parts.append(row)
            done = start + shape_of(row)[0]
    return parts[0] if len(parts) == 1 else concat(*parts)


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
           brackets=("[", "]"),
           scalar=lambda *xs: numpy_function("array")(xs), array=lambda *xs: numpy_function("stack")(numpy_function("broadcast_arrays")(*xs)),
           result=stacked)
concat = op("concat", "Arrays joined along their first axis.", "sum(concat([1, 2], [3])) = 6", each=_concat_rule,
            scalar=lambda *xs: numpy_function("concatenate")(xs), array=lambda *xs: numpy_function("concatenate")(xs), result=joined)
