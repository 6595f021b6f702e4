"""Arrays taken apart: the same graph with one node for each element, for interpreters that know single numbers only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symgrad.errors import LimitReached
from symgrad.graph.node import CONST, VAR, Node, apply, const, var
from symgrad.graph.walk import expand, postorder
from symgrad.ops.op import Op
from symgrad.ops.types import Type, comparison, elementwise, logical, selection

Elements = Any
"""A NumPy array of nodes, of the shape of the node it replaces: NumPy is imported at first use."""

LIMIT = 20_000
"""Scalar nodes made on the way, by default."""

_EACH = (elementwise, comparison, logical, selection)


def element_name(name: str, key: tuple[int, ...]) -> str:
    """The name of an element of an array variable, as it is written: v[0], m[1, 2]."""
    return f"{name}[{', '.join(map(str, key))}]" if key else name


def scalarise(roots: Iterable[Node], limit: int = LIMIT) -> list[Elements]:
    """For each root the array of its elements as scalar nodes (an array without axes for a scalar root).

    An array variable `v: real[3]` becomes the scalar variables `v[0]`, `v[1]`, `v[2]`.

    Raises:
        LimitReached: SG421, more than `limit` scalar operations would be needed.
    """
    import numpy as np

    roots = expand(roots, _lacks_array)
    made: dict[Node, Elements] = {}
    cost = 0
    for node in postorder(roots):
        if not node.type.shape and not any(a.type.shape for a in node.args):
            made[node] = _scalar(node, made)
            continue
        cost += _cost(node)
        if cost > limit:
            raise LimitReached(
                "SG421",
                f"the arrays take more than {limit:,} operations one by one".replace(",", "_"),
                hint="use smaller arrays",
            )
        made[node] = _array(node, made)
    out = []
    for root in roots:
        elements = np.empty(root.type.shape, dtype=object)
        elements[...] = made[root]
        out.append(elements)
    return out


def scalarise_point(bound: Mapping[Node, Any]) -> dict[Node, Any]:
    """Values of variables as values of their elements, under the names that `scalarise` gives."""
    import numpy as np

    point: dict[Node, Any] = {}
    for node, value in bound.items():
        if not node.type.shape:
            point[node] = value
            continue
        array = np.asarray(value)
        for key in np.ndindex(*node.type.shape):
            point[var(element_name(node.name, key), Type(node.type.kind))] = array[key].item()
    return point


def _lacks_array(op: Op) -> bool:
    """Whether an op of arrays is only known by its body."""
    return op.array is None and op.scalar is None and op.result not in _EACH


def _scalar(node: Node, made: dict[Node, Elements]) -> Node:
    args = tuple([made[a] for a in node.args])
    return node if args == node.args else apply(node.op, args, dict(node.attrs))


def _cost(node: Node) -> int:
    """About how many scalar operations a node takes: exactly that for elementwise ops and for products of matrices.

    (m*k, k*n and m*n elements: the root of their product is the m*k*n multiplications.)
    """
    sizes = [a.type.size for a in node.args]
    most = max([node.type.size, *sizes])
    if len(sizes) == 2 and node.op.result not in _EACH:
        product = node.type.size * sizes[0] * sizes[1]
        most = max(most, int(product**0.5))
    return most


def _array(node: Node, made: dict[Node, Elements]) -> Elements:
    """A node of arrays, by its op's array function on arrays of nodes."""
    import numpy as np

    shape = node.type.shape
    if node.op is CONST:
        return _filled(shape, lambda key: const(node.value[key].item()))
    if node.op is VAR:
        element = Type(node.type.kind)
        return _filled(shape, lambda key: var(element_name(node.name, key), element))
    args = [np.array(made[a], dtype=object) if type(made[a]) is Node else made[a] for a in node.args]
    attrs = dict(node.attrs)
    if node.op.result in _EACH:
        value = np.frompyfunc(lambda *xs: node.op(*xs, **attrs), len(args), 1)(*args)
    else:
        value = node.op.array_fn(*args, **attrs)
    if not shape:
        return _lifted(value.item() if isinstance(value, np.ndarray) else value)
    return np.frompyfunc(_lifted, 1, 1)(np.asarray(value, dtype=object).reshape(shape))


def _lifted(value: Any) -> Node:
    """An element as a node: array functions also put plain zeros and ones in place."""
    return value if type(value) is Node else const(value)


def _filled(shape: tuple[int, ...], element: Any) -> Elements:
    import numpy as np

    out = np.empty(shape, dtype=object)
    for key in np.ndindex(*shape):
        out[key] = element(key)
    return out
