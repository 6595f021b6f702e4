"""A model as ONNX, for other programs: a node for each op, parameters as constants, samples along the first axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import UsageMistake
from symgrad.graph import CONST, VAR, Node, expand, postorder, real, rebuild, var
from symgrad.graph.walk import same
from symgrad.nn.model import Model
from symgrad.nn.safetensors import replace_file
from symgrad.ops import OPS, Op
from symgrad.ops.linalg import product_type
from symgrad.ops.reductions import axes_of

if TYPE_CHECKING:
    import numpy as np

OPSET = 18
"""The first in which reductions take their axes as an input."""

MANY = 7919
"""How many samples the graph is made for; wherever this number heads a shape, ONNX is told: as many as there are."""

PLAIN = {
    "add": "Add",
    "sub": "Sub",
    "mul": "Mul",
    "div": "Div",
    "neg": "Neg",
    "reciprocal": "Reciprocal",
    "pow": "Pow",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "abs": "Abs",
    "sign": "Sign",
    "floor": "Floor",
    "ceil": "Ceil",
    **{
        name: name.capitalize()
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
    },
    **{
        name: name.capitalize()
        for name in ("asinh", "acosh", "atanh", "sigmoid", "relu", "softplus", "softsign")
    },
    "erf": "Erf",
    "max": "Max",
    "min": "Min",
    "where": "Where",
    "and": "And",
    "or": "Or",
    "not": "Not",
    "lt": "Less",
    "le": "LessOrEqual",
    "gt": "Greater",
    "ge": "GreaterOrEqual",
    "eq": "Equal",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
}
"""Ops that ONNX has, with the same meaning."""

REDUCED = {
    "sum": "ReduceSum",
    "mean": "ReduceMean",
    "prod": "ReduceProd",
    "amax": "ReduceMax",
    "amin": "ReduceMin",
    "norm": "ReduceL2",
    "logsumexp": "ReduceLogSumExp",
}
"""Reductions that ONNX has."""


BODIES: dict[str, Callable[[Node], Node]] = {"erfc": lambda x: 1 - OPS["erf"](x)}
"""Ops that have neither a body in the table nor a node in ONNX; far out this one has fewer digits than ours."""


class Builder:
    """Collects the nodes and constants of an ONNX graph."""

    def __init__(self, onnx: Any) -> None:
        """Start with nothing."""
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names: dict[Node, str] = {}

    def constant(self, value: np.ndarray[Any, Any], name: str = "") -> str:
        """Keep an array; its name."""
        called = name or f"c{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(value, called))
        return called

    def add(self, node: Node) -> None:
        """Translate one node, whose operands are translated already.

        Raises:
            UsageMistake: SG712, ONNX has nothing like it.
        """
        import numpy as np

        attrs, given = dict(node.attrs), [self.names[a] for a in node.args]
        kind = PLAIN.get(node.op.name, "")
        more: dict[str, Any] = {}
        if node.op.result is product_type:
            kind = "MatMul"
        elif node.op.name in REDUCED:
            axes = axes_of(attrs.get("axis"), len(node.args[0].type.shape))
            given.append(self.constant(np.array(axes, dtype=np.int64)))
            kind, more = REDUCED[node.op.name], {"keepdims": 0}
        elif node.op.name in SHAPED:
            shape = [
                SHAPED[node.op.name][1] if n == MANY and not i else n for i, n in enumerate(attrs["shape"])
            ]
            given.append(self.constant(np.array(shape, dtype=np.int64)))
            kind = SHAPED[node.op.name][0]
        elif "axes" in node.op.attrs:
            rank = len(node.type.shape)
            kind, more = "Transpose", {"perm": list(attrs.get("axes") or range(rank)[::-1])}
        if not kind:
            raise UsageMistake("SG712", f"`{node.op.name}` has no counterpart in ONNX")
        self.names[node] = f"t{len(self.names)}"
        self.nodes.append(self.onnx.helper.make_node(kind, given, [self.names[node]], **more))


SHAPED = {"reshape": ("Reshape", -1), "broadcast_to": ("Expand", 1)}
"""Ops with a shape, and what stands there for as many samples as there are."""


def _served(op: Op) -> bool:
    known = op.name in PLAIN or op.name in REDUCED or op.name in SHAPED
    return known or op.result is product_type or "axes" in op.attrs


def to_onnx(model: Model, parameters: Mapping[str, Any]) -> Any:
    """The model as an ONNX ModelProto of doubles, checked against our own values by ONNX's reference evaluator.

    Raises:
        UsageMistake: SG714, the library is not installed; SG712, an op has no counterpart in ONNX.
    """
    try:
        import onnx
        import onnx.helper
        import onnx.numpy_helper
    except ImportError:
        raise UsageMistake("SG714", "ONNX needs its library", hint="pip install 'symgrad[nets]'") from None
    import numpy as np

    inputs = [var(v.name, real(MANY, *v.type.shape)) for v in model.inputs]
    (root,) = expand([model(*inputs)], lambda op: not _served(op))
    (root,) = rebuild([root], _bodied)
    builder = Builder(onnx)
    for node in postorder([root]):
        if node in inputs:
            builder.names[node] = node.name
        elif node.op is CONST:
            kind = bool if node.type.kind == "bool" else float
            builder.names[node] = builder.constant(np.asarray(node.value, dtype=kind))
        elif node.op is VAR:
            builder.names[node] = builder.constant(np.asarray(parameters[node.name], dtype=float), node.name)
        else:
            builder.add(node)
    made = builder.onnx.helper.make_model(
        _graph(builder, model, root),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        producer_name="symgrad",
    )
    made.ir_version = 8  # of the time of this opset, so that older runtimes take it
    onnx.checker.check_model(made, full_check=True)
    _compare(made, model, parameters)
    return made


def _bodied(node: Node, args: tuple[Node, ...]) -> Node:
    body = BODIES.get(node.op.name) if args else None
    return body(*args) if body else same(node, args)


def _graph(builder: Builder, model: Model, root: Node) -> Any:
    """The graph with its typed inputs and its output, `samples` of each."""
    helper, double = builder.onnx.helper, builder.onnx.TensorProto.DOUBLE
    inputs = [helper.make_tensor_value_info(v.name, double, ["samples", *v.type.shape]) for v in model.inputs]
    builder.nodes.append(helper.make_node("Identity", [builder.names[root]], ["output"]))
    output = helper.make_tensor_value_info("output", double, ["samples", *model.output.type.shape])
    return helper.make_graph(builder.nodes, model.name or "model", inputs, [output], builder.constants)


def _compare(made: Any, model: Model, parameters: Mapping[str, Any]) -> None:
    """Run the reference evaluator on a few samples; a difference is our mistake."""
    import numpy as np
    from onnx.reference import ReferenceEvaluator

    from symgrad.nn.init import generator

    random = generator("onnx")
    xs = {v.name: random.normal(size=(5, *v.type.shape)) for v in model.inputs}
    (found,) = ReferenceEvaluator(made).run(None, xs)
    expected = model.value(parameters, *xs.values())
    near = (
        1e-6 if any(node.op_type == "Erf" for node in made.graph.node) else 1e-9
    )  # the evaluator's erf is in float32
    assert np.allclose(expected, found, rtol=near, atol=near, equal_nan=True), "ONNX computes something else"


def save_onnx(path: str | Path, model: Model, parameters: Mapping[str, Any]) -> None:
    """Write the model as an ONNX file, atomically."""
    replace_file(Path(path), to_onnx(model, parameters).SerializeToString())
