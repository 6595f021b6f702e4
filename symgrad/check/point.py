"""What a check is about: one scalar expression, at one point, in scalar variables."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from symgrad.check.check import LEAST_SECONDS, SymbolicWitness
from symgrad.engine.backprop import Result
from symgrad.engine.evaluate import bind
from symgrad.engine.gradient import real_variables
from symgrad.errors import TypeMistake
from symgrad.graph import VAR, Node, Program, postorder
from symgrad.graph.scalarise import element_name, scalarise, scalarise_point
from symgrad.symbolic.sympy_client import shared


def scalar_point(
    root: Node, bindings: Mapping[str, Any], program: Program | None = None
) -> tuple[Node, dict[Node, float]]:
    """An expression and a point without arrays: an array variable becomes its elements, named v[0], v[1], ...

    Raises:
        TypeMistake: SG216, many points were given; SG214, the expression is an array.
        LimitReached: SG421, taken apart it is too large.
    """
    nodes = postorder([root]) if program is None else program.nodes
    bound, points = bind([node for node in nodes if node.op is VAR], bindings)
    if points is not None:
        raise TypeMistake("SG216", "this is about one point, and many were given")
    if root.type.shape:
        raise TypeMistake("SG214", f"this is an array ({root.type})", hint="take one element, or sum(...)")
    if not any(node.type.shape for node in nodes):
        return root, bound
    return scalarise([root])[0].item(), scalarise_point(bound)


def by_elements(result: Result) -> Result:
    """A result on arrays under the names that `scalar_point` gives: what is shown is what has to be judged."""
    import numpy as np

    grad: dict[str, Any] = {}
    for name, partial in result.grad.items():
        for key in np.ndindex(np.shape(partial)):
            grad[element_name(name, key)] = float(np.asarray(partial)[key])
    return Result(result.value, grad, result.flags)


def ask_sympy(root: Node, seconds: float, wrt: list[Node] | None = None) -> SymbolicWitness:
    """Send SymPy the question now; the answer is fetched when it is needed, and both share the seconds."""
    started = time.monotonic()
    job = shared().submit(root, real_variables(root) if wrt is None else wrt)

    def answer() -> Mapping[str, Any]:
        left = seconds - (time.monotonic() - started)
        return shared().collect(job, max(left, min(seconds, LEAST_SECONDS)))

    return answer
