"""What plain C and plain Python have in common: how ops and arrays are written, and the test vectors."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.graph import CONST, VAR, Node, postorder
from symgrad.nn.export.loops import Loop, Ref, expanded, loops
from symgrad.nn.model import Model

CALLS = (
    *(
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "acosh",
        "atanh",
        "atan2",
    ),
    *(
        "exp",
        "expm1",
        "log",
        "log1p",
        "log2",
        "log10",
        "sqrt",
        "erf",
        "erfc",
        "hypot",
        "floor",
        "ceil",
        "pow",
    ),
)
"""Functions that C's and Python's mathematics share by name and meaning."""

SHARED = {
    **{name: name + "({0}, {1})" if name in ("atan2", "hypot", "pow") else name + "({0})" for name in CALLS},
    "copy": "{0}",
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0}*{1}",
    "neg": "-{0}",
    "square": "{0}*{0}",
    "abs": "fabs({0})",
    "sigmoid": "sigmoid({0})",
    "softplus": "softplus({0})",
    "relu": "relu({0})",
    "max": "larger({0}, {1})",
    "min": "smaller({0}, {1})",
    "lt": "({0} < {1})",
    "le": "({0} <= {1})",
    "gt": "({0} > {1})",
    "ge": "({0} >= {1})",
    "eq": "({0} == {1})",
    "ne": "({0} != {1})",
    "pi": "3.141592653589793",
    "e": "2.718281828459045",
}
"""How ops on numbers are written in both languages."""


@dataclass(frozen=True)
class Vectors:
    """Inputs and what the model gives for them."""

    inputs: tuple[tuple[tuple[float, ...], ...], ...]
    outputs: tuple[tuple[float, ...], ...]


def vectors(model: Model, parameters: Mapping[str, Any], count: int = 4, seed: int = 0) -> Vectors:
    """Some normal inputs and the model's answers."""
    from symgrad.nn.init import generator

    random = generator("vectors", seed)
    inputs, outputs = [], []
    for _ in range(count):
        xs = [random.normal(size=v.type.shape) for v in model.inputs]
        inputs.append(tuple(tuple(x.reshape(-1).tolist()) for x in xs))
        outputs.append(tuple(model.value(parameters, *xs).reshape(-1).tolist()))
    return Vectors(tuple(inputs), tuple(outputs))


class Names:
    """What arrays are called: inputs and parameters by their names, the rest by numbers."""

    def __init__(self, model: Model, nodes: Sequence[Node]) -> None:
        """Name every array that a program has."""
        self.of: dict[Node, str] = {}
        for node in nodes:
            if node.op is VAR:
                word = re.sub(r"\W", "_", node.name)
                self.of[node] = (
                    "x"
                    if node in model.inputs and word == "x"
                    else f"{'in' if node in model.inputs else 'p'}_{word}"
                )
            else:
                self.of[node] = f"{'c' if node.op is CONST else 't'}{len(self.of)}"

    def element(self, ref: Ref) -> str:
        """An element, with its place as a sum of counters."""
        terms = [f"i{k}*{s}" if s != 1 else f"i{k}" for k, s in enumerate(ref.strides) if s]
        terms += [str(ref.offset)] if ref.offset or not terms else []
        return f"{self.of[ref.array]}[{' + '.join(terms)}]"


def statement(loop: Loop, names: Names, words: Mapping[str, str]) -> str:
    """The assignment in the middle of a loop."""
    target = names.element(loop.target)
    value = words[loop.op].format(*map(names.element, loop.operands))
    if loop.gather:
        value = words[loop.gather].format(target, value)
    return f"{target} = {value}"


def numbers(values: Any, inf: str, nan: str) -> str:
    """Numbers in full, with commas between them."""
    import numpy as np

    flat = np.asarray(values, dtype=float).reshape(-1).tolist()
    written = [repr(v) if math.isfinite(v) else nan if v != v else inf if v > 0 else f"-{inf}" for v in flat]
    return ", ".join(written)


def prepared(model: Model, words: Mapping[str, str]) -> tuple[Node, list[Loop], Names, list[Node]]:
    """A model as loops: its root, the loops, what arrays are called, and all arrays."""
    known: Callable[[str], bool] = words.__contains__
    (root,) = expanded([model.output], known)
    nodes = [*model.inputs, *(n for n in postorder([root]) if n not in model.inputs)]
    return root, loops([root], known), Names(model, nodes), nodes
