"""Arrays taken apart into scalar nodes: the same values and gradients, under a budget."""

from __future__ import annotations

import numpy as np
import pytest

from symgrad.engine.backprop import value_of
from symgrad.engine.gradient import gradient
from symgrad.errors import LimitReached
from symgrad.graph import Node, Program, const, postorder, real, var, variables
from symgrad.graph.scalarise import scalarise, scalarise_point
from symgrad.ops import OPS

V, W, M, B = var("v", real(3)), var("w", real(3)), var("M", real(3, 3)), var("B", real(2, 3))
X = var("x")
AT = {
    "v": np.array([0.3, 1.7, 0.9]),
    "w": np.array([2.0, 0.4, 1.1]),
    "M": np.array([[2.0, 0.3, 0.1], [0.2, 1.5, 0.4], [0.7, 0.6, 3.0]]),
    "B": np.array([[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]),
    "x": 0.75,
}


def op(name: str, *args: Node | float, **attrs: object) -> Node:
    """A node of the table."""
    made: Node = OPS[name](*args, **attrs)
    return made


GRAPHS = {
    "sum": op("sum", M),
    "sum of an axis": op("sum", M, axis=0),
    "sum of the last axis": op("sum", B, axis=-1),
    "mean": op("mean", B, axis=1),
    "prod": op("prod", V),
    "others": op("prod_others", B, axis=1),
    "amax": op("amax", M),
    "amax of an axis": op("amax", M, axis=1),
    "amin": op("amin", V),
    "norm": op("norm", V),
    "norm of an axis": op("norm", B, axis=0),
    "logsumexp": op("logsumexp", V),
    "logsumexp of an axis": op("logsumexp", B, axis=1),
    "softmax": op("softmax", B),
    "log_softmax of a vector": op("log_softmax", V),
    "log_softmax": op("log_softmax", B),
    "reshape": op("reshape", B, shape=(3, 2)),
    "broadcast": op("broadcast_to", X, shape=(2, 2)),
    "broadcast of a vector": op("broadcast_to", V, shape=(2, 3)),
    "transpose": op("transpose", B),
    "element": op("index", B, key=(1, 2)),
    "slice": op("index", B, key=((0, 2, 1), 1)),
    "scatter": op("scatter", X, key=(1,), shape=(3,)),
    "scatter of a slice": op("scatter", V, key=(1,), shape=(2, 3)),
    "stack": op("stack", X, X * X, const(2)),
    "stack of vectors": op("stack", V, W),
    "concat": op("concat", V, W),
    "matrix and vector": op("matmul", B, V),
    "vector and matrix": op("matmul", V, M),
    "matrices": op("matmul", B, M),
    "vectors": op("matmul", V, W),
    "dot": op("dot", V, W),
    "outer": op("outer", V, W),
    "trace": op("trace", M),
    "diagonal": op("diagonal", X, n=2),
    "det": op("det", M),
    "inv": op("inv", M),
    "solve": op("solve", M, V),
    "solve for a matrix": op("solve", M, op("transpose", B)),
    "elementwise": op("sin", V) * X + W / 2,
    "broadcasting": B * V + op("reshape", op("sum", B, axis=1), shape=(2, 1)),
    "choice": op("where", op("lt", V, W), V * V, const(0.5)),
    "clip": op("clip", V, const(0.5), X),
    "constants": const([1.0, 2.0, 3.0]) * V + const([[True, False, True]]).type.size,
    "a layer": op("tanh", op("matmul", B, V) + X),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_elements_have_the_array_s_values(name: str) -> None:
    """Each element, computed alone, is the element of the array."""
    root = GRAPHS[name]
    elements = scalarise([root])[0]
    split = {v.name: value for v, value in scalarise_point({v: AT[v.name] for v in (V, W, M, B, X)}).items()}

    assert elements.shape == root.type.shape
    assert all(not n.type.shape for n in postorder(elements.ravel()))
    got = [value_of(Program([e]), split) for e in elements.ravel()]
    np.testing.assert_allclose(np.ravel(value_of(Program([root]), AT)), got, rtol=1e-13)


def test_gradients_can_be_taken_apart() -> None:
    """The gradient's graph, made by the sweep on nodes, is taken apart like any other."""
    root = op("sum", op("log_softmax", op("tanh", op("matmul", B, M))) * B)
    parts = gradient(root, [B, M])
    taken = scalarise(parts)
    apart = scalarise([root])[0].item()

    for part, elements in zip(parts, taken, strict=True):
        assert elements.shape == part.type.shape
    names = [v for v in variables(apart) if v.name.startswith("B")]
    split = {f"{k}[{i}, {j}]": AT[k][i, j] for k in ("B", "M") for i, j in np.ndindex(AT[k].shape)}
    one = [value_of(Program([g]), split) for g in gradient(apart, names)]
    order = {v.name: value for v, value in zip(names, one, strict=True)}
    whole = {f"B[{i}, {j}]": value_of(Program([taken[0][i, j]]), split) for i, j in np.ndindex(2, 3)}
    assert whole == pytest.approx(order, rel=1e-12)


def test_variables_are_named_as_they_are_written() -> None:
    """An array variable becomes its elements v[0], v[1] and M[0, 1]; conditions stay conditions."""
    flags = var("b", GRAPHS["choice"].args[0].type)

    assert [str(n.name) for n in scalarise([V])[0]] == ["v[0]", "v[1]", "v[2]"]
    assert scalarise([B])[0][1, 2].name == "B[1, 2]"
    assert scalarise([flags])[0][0].type.kind == "bool"


def test_a_scalar_graph_stays_as_it_is() -> None:
    """Without arrays nothing is built anew: identity is kept."""
    root = op("sin", X * X) + 1

    assert scalarise([root])[0].item() is root


@pytest.mark.parametrize(
    "root",
    [
        op("sum", op("broadcast_to", X, shape=(1000, 1000))),
        op("matmul", var("P", real(300, 300)), var("Q", real(300, 300))),
        op("outer", var("p", real(300)), var("q", real(300))),
        op("det", var("D", real(20, 20))),
        op("inv", var("D", real(12, 12))),
    ],
)
def test_the_budget_is_kept(root: Node) -> None:
    """What would take too many scalar operations is refused before they are made."""
    with pytest.raises(LimitReached) as caught:
        scalarise([root])
    assert "SG421" == caught.value.code


def test_deep_graphs_do_not_recurse() -> None:
    """A chain of 20,000 vector operations is taken apart without recursion."""
    root = V
    for _ in range(20_000):
        root = root + 1

    assert (3,) == scalarise([root], limit=100_000)[0].shape
