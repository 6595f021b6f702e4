"""Values of a graph in float64: at one point, or at many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.errors import NameMistake, TypeMistake
from symgrad.graph import CONST, REAL, VAR, Node, Program, Type

Values = list[Any]
"""For each slot its value: float or bool, or an array of the node's shape (many points: points first)."""

FLOATS = frozenset((float,))


def bind(variables: list[Node], bindings: Mapping[str, Any]) -> tuple[dict[Node, Any], int | None]:
    """The value of each variable, and the number of points (None for one point).

    A binding's shape is the declared shape, or that with one leading axis of points.

    Raises:
        NameMistake: SG103, a variable has no value.
        TypeMistake: SG213, a value's shape is not the declared one; SG211, it is no number.
    """
    plain = {v: bindings.get(v.attrs[0][1]) for v in variables}
    if FLOATS.issuperset(map(type, plain.values())) and all(v.type is REAL for v in variables):
        return plain, None
    lacking = [v.name for v in variables if v.name not in bindings]
    if lacking:
        raise NameMistake("SG103", f"these variables have no value: {', '.join(lacking)}")
    bound: dict[Node, Any] = {}
    points: int | None = None
    for node in variables:
        value = bindings[node.name]
        if node.type == REAL and (
            isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**1000)
        ):
            bound[node] = float(value)
            continue
        value, batch = _array(node, value)
        bound[node] = value
        if batch is not None:
            if points not in (None, 1, batch) and batch != 1:
                raise TypeMistake("SG213", f"`{node.name}` has {batch} points where others have {points}")
            points = batch if points in (None, 1) else points
    if points is not None:
        bound = {node: _spread(value, node.type, points) for node, value in bound.items()}
    return bound, points


def _array(node: Node, value: Any) -> tuple[Any, int | None]:
    """A binding as float, bool or array of the declared type, and its number of points if it has many."""
    declared = node.type
    array = _numbers(node, value)
    if array.shape == declared.shape:
        return (array.item() if declared.shape == () else array), None
    if array.shape[1:] == declared.shape:
        return array, len(array)
    found = Type(declared.kind, array.shape)
    rank = len(declared.shape)
    hint = f"declare it: types={{'{node.name}': '{found}'}}, or {node.name}: {found} in a session"
    if array.ndim > rank + 1 and array.shape[array.ndim - rank :] == declared.shape:
        flat = f"reshape({', '.join(map(str, (-1, *declared.shape)))})" if rank else "ravel()"
        hint = f"many points have one axis: {node.name}.{flat}; for one array {hint}"
    raise TypeMistake("SG213", f"`{node.name}` is declared {declared} and was given {found}", hint=hint)


def _numbers(node: Node, value: Any) -> Any:
    """A binding as an array of floats or bools: of what is one, not of all that NumPy would make one from."""
    import numpy as np

    hint = "give a number or an array of numbers"
    try:
        given = np.asarray(value)
        kind = given.dtype.kind
        if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
            hint = f"a mask is not seen here: {node.name}.filled(np.nan), or {node.name}.compressed()"
        elif kind in "fiub" or (kind == "O" and not any(isinstance(x, NO_NUMBERS) for x in given.flat)):
            return np.asarray(given, dtype=bool if node.type.kind == "bool" else float)
    except (TypeError, ValueError, OverflowError):
        pass
    raise TypeMistake("SG211", f"the value of `{node.name}` is no {node.type}", hint=hint)


NO_NUMBERS = (str, bytes, type(None))
"""Of these NumPy makes numbers, and nan."""


def _spread(value: Any, type_: Type, points: int) -> Any:
    """A binding with the leading axis of points; nothing is copied, and nothing may be written to it."""
    import numpy as np

    return np.broadcast_to(value, (points, *type_.shape))


def run(program: Program, bound: Mapping[Node, Any]) -> Values:
    """The value of every slot, in IEEE arithmetic: infinities and nans are values here, never exceptions."""
    values: Values = []
    append = values.append
    for node, args in zip(program.nodes, program.args, strict=True):
        if args:
            if node.attrs:
                append(_plain(node.op.compute([values[i] for i in args], dict(node.attrs))))
            elif len(args) == 1:
                x = values[args[0]]
                append(node.op.scalar_fn(x) if type(x) is float else _plain(node.op.compute((x,), {})))
            else:
                append(_plain(node.op.compute([values[i] for i in args], {})))
        elif node.op is CONST:
            value = node.value
            append(float(value) if type(value) is int else value)
        elif node.op is VAR:
            append(bound[node])
        else:
            append(node.op.scalar_fn())
    return values


def _plain(value: Any) -> Any:
    """A number as Python's: NumPy's, of which reductions of arrays are made, warn."""
    return value.item() if getattr(value, "shape", None) == () else value


def has_arrays(program: Program) -> bool:
    """Whether any node is an array, so that many points have to be taken one by one."""
    return program.has_arrays
