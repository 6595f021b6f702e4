"""What the tests of nets share: certified gradients, and small random data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from symgrad.certified.prove import Budget, prove_by_taylor
from symgrad.engine.plan import Plan
from symgrad.graph import Node, var, variables
from symgrad.graph.scalarise import element_name, scalarise, scalarise_point

Array = NDArray[np.float64]


def certified(root: Node, point: Mapping[str, Array], wrt: Sequence[Node]) -> list[Array]:
    """The value and the gradient of a scalar by Taylor arithmetic on its elements, which uses no derivative rule.

    Raises:
        AssertionError: something was not proved.
    """
    (elements,) = scalarise([root])
    values = {v: np.asarray(point[v.name], dtype=float) for v in variables(root)}
    bound = scalarise_point({v: x if x.shape else x.item() for v, x in values.items()})
    names = [[element_name(v.name, key) for key in np.ndindex(*v.type.shape)] for v in wrt]
    proofs = prove_by_taylor(
        elements.item(), bound, [var(n) for row in names for n in row], Budget(seconds=20)
    )
    proved = []
    for proof in proofs:
        enclosure = proof.enclosures[1]
        assert enclosure is not None, proof.reason
        nearest = enclosure.nearest
        assert nearest is not None
        proved.append(nearest)
    flat = iter(proved)
    return [
        np.array([next(flat) for _ in row]).reshape(v.type.shape) for v, row in zip(wrt, names, strict=True)
    ]


def computed(roots: Sequence[Node], point: Mapping[str, Array]) -> list[Array]:
    """The roots at a point, by a plan."""
    return Plan(roots)(point)


def close(expected: Sequence[Array], found: Sequence[Array], ulps: float = 64) -> bool:
    """Whether arrays agree to some units in the last place of their largest element."""
    return all(
        np.abs(a - b).max(initial=0) <= ulps * np.spacing(max(np.abs(a).max(initial=0), 1e-3))
        for a, b in zip(expected, found, strict=True)
    )
