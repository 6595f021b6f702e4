"""Depth and size are no crash: with Python's recursion limit at 200, huge graphs go through everything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conftest import Run

HEAD = """
import pickle, sys
import numpy, symgrad, symgrad.expression, symgrad.symbolic.text, symgrad.calculus
from symgrad.graph import postorder
sys.setrecursionlimit(200)
"""

CHAIN = """
n = 60_000
x = symgrad.var("x")
f = x
for i in range(n // 2):
    f = symgrad.sin(f) + x
assert len(postorder([f.node])) == n + 1
value, gradient = f.value_and_grad(x=0.3)
assert 0.3 < value < 1.5 and gradient["x"] > 1
assert len(repr(f)) <= 210
data = pickle.dumps(f)
assert pickle.loads(data) == f
del f
print("done")
"""

PRODUCT = """
n = 30_000
factors = [symgrad.var(f"x{i}") for i in range(n)]
f = factors[0]
for x in factors[1:]:
    f = f * x
point = {f"x{i}": 1 + 1e-9 * i for i in range(n)}
value, gradient = f.value_and_grad(point)
assert abs(gradient["x5"] * point["x5"] / value - 1) < 1e-9
from symgrad.engine.gradient import gradient as graphs
raw = graphs(f.node, [x.node for x in factors])
nodes = postorder(raw)
assert len(nodes) < 5 * n
g = symgrad.Expression(raw[n // 2])
assert abs(g(point) / gradient[f"x{n // 2}"] - 1) < 1e-9
assert str(g).count("x") >= n - 1 and len(str(f)) > 6 * n
assert pickle.loads(pickle.dumps(g)) == g
del f, g, raw, nodes
print("done")
"""

PRODUCT_SIMPLIFIED = """
n = 2_000
f = symgrad.var("x0")
for i in range(1, n):
    f = f * symgrad.var(f"x{i}")
partials = f.grad()
assert len(partials) == n
assert all(f"x{i}" in str(partials["x1"]) for i in (0, 2, n - 1)) and "x1*" not in str(partials["x1"])
print("done")
"""

SUM = """
n = 30_000
f = symgrad.parse(" + ".join(f"x{i}" for i in range(n)))
point = {f"x{i}": float(i) for i in range(n)}
value, gradient = f.value_and_grad(point)
assert value == n * (n - 1) / 2 and set(gradient.values()) == {1.0} and len(gradient) == n
assert {str(d) for d in f.grad().values()} == {"1"}
assert symgrad.parse(str(f)) == f
f.to_latex()
print("done")
"""

NESTED = """
n = 5_000
assert symgrad.parse("(" * n + "x" + ")" * n) == symgrad.var("x")
f = symgrad.parse("sin(" * n + "x" + ")" * n)
value, gradient = f.value_and_grad(x=1.0)
d = f.diff("x")
assert abs(d(x=1.0) / gradient["x"] - 1) < 1e-9
assert str(d).count("cos") >= n and symgrad.parse(str(f)) == f
verdict = f.check(x=1.0)
assert verdict.status != "mismatch"
f.to_latex(), f.to_dot(), repr(f), pickle.loads(pickle.dumps(d))
print("done")
"""


@pytest.mark.parametrize(
    "program",
    [CHAIN, PRODUCT, PRODUCT_SIMPLIFIED, SUM, NESTED],
    ids=["chain", "product", "product-simplified", "sum", "nested"],
)
def test_deep_and_large_graphs(program: str, run: Run, root: Path) -> None:
    """A chain of 60,000 ops, a product of 30,000 variables, a typed sum of as many terms, 5,000 brackets.

    (The benchmark scale.py takes the chain to a million.)
    """
    done = run(sys.executable, "-c", HEAD + program, PYTHONPATH=str(root))

    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr[-2000:]
