"""Numbers in the shape in which they are given back, at one point and at many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from symgrad.graph import Node


def name_of(node: Node) -> str:
    """What a partial derivative is called: by its variable, or by the expression."""
    if node.args:
        return repr(node)
    name: str = node.attrs[0][1]
    return name


def none_finite(g: Any) -> Any:
    """The partials of an infinite value: infinite ones stay, finite ones would be wrong."""
    if type(g) is float:
        return math.nan if math.isfinite(g) else g
    import numpy as np

    return np.where(np.isfinite(g), math.nan, g)


def partial(g: Any, value: Any, node: Node, points: int | None) -> Any:
    """A partial as it is shown: zero where nothing depends on the variable, nan where the value is nan."""
    if points is None and not node.type.shape:
        if value != value:
            return math.nan
        return 0.0 if g is None else float(g)
    import numpy as np

    shape = node.type.shape if points is None else (points, *node.type.shape)
    full = np.array(np.broadcast_to(0.0 if g is None else g, shape), dtype=float)
    undefined = np.isnan(value)
    full[undefined] = math.nan
    return full


def over(value: Any, points: int | None) -> Any:
    """A value over all points as an array of its own, also where it is a variable or depends on none."""
    if points is None:
        return value
    import numpy as np

    return np.broadcast_to(value, (points,)).copy()


def point_of(bound: Mapping[Node, Any], i: int) -> dict[Node, Any]:
    """One point of many."""
    return {node: value[i] if node.type.shape else value[i].item() for node, value in bound.items()}
