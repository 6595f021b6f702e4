"""Where a number that is none came from: the first node of a loss that is not finite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.engine.evaluate import bind, run
from symgrad.graph import CONST, VAR, Node, Program


@dataclass(frozen=True)
class Trouble:
    """The first node that is not finite though all its operands are.

    Attributes:
        node: where it is.
        what: the op or variable, in the language.
        value: "nan", "inf" or "-inf".
        count: how many elements of the node are not finite.
        size: how many it has.
    """

    node: Node
    what: str
    value: str
    count: int
    size: int

    def __str__(self) -> str:
        of = f" in {self.count} of {self.size} elements" if self.size > 1 else ""
        return f"{self.what} is {self.value}{of}"


def first_trouble(roots: Sequence[Node], values: Mapping[str, Any]) -> Trouble | None:
    """The first node below some roots that is not finite at these values of their variables; None if all are."""
    import numpy as np

    program = Program(roots)
    bound, _ = bind(program.variables, values)
    for node, value in zip(program.nodes, run(program, bound), strict=True):
        numbers = np.asarray(value, dtype=float)
        bad = ~np.isfinite(numbers)
        if bad.any() and node.op is not CONST:
            worst = "nan" if np.isnan(numbers).any() else str(float(numbers[bad][0]))
            what = f"`{node.name}`" if node.op is VAR else described(node)
            return Trouble(node, what, worst, int(bad.sum()), int(numbers.size))
    return None


def described(node: Node) -> str:
    """An op by its name, and the parameters among its operands, which say where in a net it stands."""
    from symgrad.symbolic.text import text

    written = text(node)
    return f"`{written}`" if len(written) <= 60 else f"a {node.op.name} behind {_last_parameter(node)}"


def _last_parameter(node: Node) -> str:
    """The variable that was met last on the way to a node."""
    program = Program([node])
    return f"`{program.variables[-1].name}`" if program.variables else "constants"
