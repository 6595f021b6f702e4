"""The layers one starts with: neuron, dense, mlp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from symgrad.errors import NameMistake, UsageMistake, did_you_mean
from symgrad.graph import real, var
from symgrad.nn.init import Init, zeros
from symgrad.nn.model import Model, Parameter, compose
from symgrad.ops import OPS, find
from symgrad.ops.reductions import same_type

Activation = str | Callable[..., Any] | None
"""The name of an op, the op itself, or None for a linear layer."""

HALVING = {"relu", "leaky_relu", "elu", "selu", "silu", "gelu", "softplus"}
"""Activations that let about half of a signal through: `he` makes up for that."""


def neuron(inputs: int, act: Activation = "tanh", init: Init | None = None) -> Model:
    """One neuron: act(x @ w + b), a number for a vector."""
    x, op = var("x", real(_size(inputs, "inputs"))), activation(act)
    w = Parameter("w", real(inputs), init or _fitting(op))
    b = Parameter("b", real(), zeros())
    output = x @ w.node + b.node
    words = ", ".join(
        [str(inputs), *([op.name] if op is not TANH else [])] if op else [str(inputs), "linear"]
    )
    return Model((x,), op(output) if op else output, (w, b), f"neuron({words})")


def dense(inputs: int, outputs: int, act: Activation = None, init: Init | None = None) -> Model:
    """A layer of neurons that all see the same vector: act(x @ w + b)."""
    x, op = var("x", real(_size(inputs, "inputs"))), activation(act)
    w = Parameter("w", real(inputs, _size(outputs, "outputs")), init or _fitting(op))
    b = Parameter("b", real(outputs), zeros())
    output = x @ w.node + b.node
    words = ", ".join([str(inputs), str(outputs), *([op.name] if op else [])])
    return Model((x,), op(output) if op else output, (w, b), f"dense({words})")


def mlp(
    inputs: int, hidden: Sequence[int], outputs: int, act: Activation = "tanh", init: Init | None = None
) -> Model:
    """Dense layers of these sizes, the hidden ones with the activation, the last one linear."""
    if not isinstance(hidden, list | tuple | range):
        hint = f"write [{hidden}]" if str(hidden).isdecimal() else "as in `mlp(2, [16, 16], 1)`"
        raise UsageMistake("SG705", f"the hidden layers are a list of sizes, not {hidden}", hint=hint)
    sizes = [inputs, *hidden]
    layers = [dense(a, b, act, init) for a, b in pairwise(sizes)]
    made = compose([*layers, dense(sizes[-1], outputs, None, init)])
    op = activation(act)
    words = f"{inputs}, [{', '.join(map(str, hidden))}], {outputs}"
    return replace(made, spelling=f"mlp({words}{f', {op.name}' if op and op is not TANH else ''})")


TANH = OPS["tanh"]


def activation(act: Activation) -> Any:
    """The op of an activation; None for none.

    Raises:
        NameMistake: SG102, there is no such function; UsageMistake: SG704, it takes more than one number.
    """
    if act is None or act == "linear":
        return None
    name = act if isinstance(act, str) else getattr(act, "name", "")
    op = find(name) if name else None
    if op is None:
        candidates = [n for n, o in OPS.items() if o.arity == 1 and not o.hidden]
        near = did_you_mean(name, candidates)
        raise NameMistake(
            "SG102", f"unknown function `{name or act}`", hint=f"did you mean `{near}`?" if near else None
        )
    if op.arity != 1 or not (op.pointwise or op.result is same_type):
        raise UsageMistake("SG704", f"`{op.name}` is no activation: it does not take one number for another")
    return op


def _fitting(op: Any) -> Init:
    """The usual initial values before this activation."""
    return Init("he" if op is not None and op.name in HALVING else "glorot")


def _size(n: int, what: str) -> int:
    if type(n) is not int or n < 1:
        raise UsageMistake("SG705", f"a layer has a positive whole number of {what}, not {n}")
    return n
