"""A trained model written out as formulas of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.errors import NameMistake, TypeMistake
from symgrad.graph import Node, const, substitute
from symgrad.graph.scalarise import scalarise
from symgrad.nn.model import Model

MOST = 2000
"""Scalar operations beyond which nobody reads a formula."""


def formulas(
    model: Model, parameters: Mapping[str, Any], digits: int | None = None, most: int = MOST
) -> list[Node]:
    """For each number that the model gives, its formula in the elements of the inputs: tanh(2*x[0] - x[1] + 0.5).

    Args:
        model: a model.
        parameters: the values that are written in.
        digits: significant digits to which values are rounded; None: all.
        most: scalar operations.

    Raises:
        LimitReached: SG421, it would take more.
        NameMistake: SG103, a parameter has no value; TypeMistake: SG203, one has another shape.
    """
    from symgrad.symbolic.simplify import simplify

    lacking = [p.name for p in model.parameters if p.name not in parameters]
    if lacking:
        raise NameMistake("SG103", f"these parameters have no value: {', '.join(lacking)}")
    values = {p.node: const(_rounded(parameters[p.name], digits)) for p in model.parameters}
    for node, value in values.items():
        if node.type.shape != value.type.shape:
            raise TypeMistake("SG203", f"`{node.name}` is {node.type}, and its value {value.type}")
    (elements,) = scalarise(substitute([model.output], values), most)
    return simplify(list(elements.reshape(-1)))


def formula(model: Model, parameters: Mapping[str, Any], digits: int | None = 4, most: int = MOST) -> str:
    """The formulas of a model as text in the language; see `formulas`."""
    from symgrad.symbolic.text import text

    written = [text(node) for node in formulas(model, parameters, digits, most)]
    return written[0] if not model.output.type.shape else f"[{', '.join(written)}]"


def _rounded(values: Any, digits: int | None) -> Any:
    import numpy as np

    array = np.asarray(values, dtype=float)
    if digits is None:
        return array
    return np.array([float(f"{v:.{digits}g}") for v in array.reshape(-1)]).reshape(array.shape)
