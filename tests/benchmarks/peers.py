"""Value and gradient over many points by other libraries: each takes what it would be given by its own users.

A peer is a function: expression and columns in, a function out that computes all once. Importing its library may fail.
"""

from __future__ import annotations

import operator
import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

import symgrad
from symgrad.engine.gradient import gradient, real_variables
from symgrad.graph import CONST, VAR, Node, Program, expand

Columns = Mapping[str, Any]
Run = Callable[[], Any]

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "neg": operator.neg, "pow": operator.pow, "square": lambda x: x * x,
}  # fmt: skip
SPELLED = {
    *OPERATORS, "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "sqrt", "erf",
}  # fmt: skip
"""What every peer has a function for; other operations are written out by their bodies."""

NUMPY_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


def spelled(roots: Sequence[Node]) -> Program:
    """The roots in operations that peers know."""
    return Program(expand(roots, lambda op: op.name not in SPELLED))


def walked(
    program: Program, leaves: Columns, functions: Any, number: Callable[[float], Any] = float
) -> list[Any]:
    """The outputs of a program, computed by the functions of a library on whatever the leaves are."""
    values: list[Any] = []
    for node, slots in zip(program.nodes, program.args, strict=True):
        given = [values[a] for a in slots]
        if node.op is VAR:
            values.append(leaves[node.name])
        elif node.op is CONST:
            values.append(number(float(node.value)))
        elif not given:
            values.append(number(node.op.scalar_fn()))
        elif node.op.name in OPERATORS:
            values.append(OPERATORS[node.op.name](*given))
        elif all(isinstance(x, float) for x in given):
            values.append(float(node.op.scalar_fn(*given)))
        else:
            values.append(functions(node.op.name)(*given))
    return [values[o] for o in program.outputs]


def named(module: ModuleType | Any, **others: Any) -> Callable[[str], Any]:
    """The functions of a library by the names of our operations."""
    return lambda name: (
        others.get(name) or getattr(module, NUMPY_NAMES.get(name, name), None) or getattr(module, name)
    )


def ours(f: symgrad.Expression) -> Program:
    """Value and gradient as symgrad has them, for peers that compile but do not differentiate."""
    return spelled([f.node, *gradient(f.node, real_variables(f.node))])


def by_sympy(f: symgrad.Expression) -> tuple[list[Any], list[Any]]:
    """SymPy's symbols, and value with gradient."""
    import sympy

    root = f.to_sympy()
    symbols = [sympy.Symbol(name, real=True) for name in f.variables]
    return symbols, [root, *(sympy.diff(root, s) for s in symbols)]


def lambdify(f: symgrad.Expression, xs: Columns) -> Run:
    """SymPy's lambdify with NumPy (scipy for erf)."""
    import sympy

    symbols, roots = by_sympy(f)
    function = sympy.lambdify(symbols, roots, modules=["scipy", "numpy"], cse=True)
    return lambda: function(*xs.values())


def numexpr(f: symgrad.Expression, xs: Columns) -> Run:
    """Numexpr, an expression at a time."""
    import numexpr

    numexpr.set_num_threads(1)
    texts = [str(r) for r in by_sympy(f)[1]]
    return lambda: [numexpr.evaluate(t, local_dict={**xs, "pi": np.pi, "E": np.e}) for t in texts]


def symengine(f: symgrad.Expression, xs: Columns) -> Run:
    """The LLVM backend of symengine."""
    import symengine

    symbols, roots = by_sympy(f)
    function = symengine.Lambdify(symbols, roots, backend="llvm", cse=True)
    block = np.ascontiguousarray(np.stack(list(xs.values()), axis=1))
    return lambda: function(block)


def casadi(f: symgrad.Expression, xs: Columns) -> Run:
    """The virtual machine of CasADi, with its own gradient, mapped over the points."""
    import casadi

    leaves = {name: casadi.SX.sym(name) for name in xs}
    value = walked(spelled([f.node]), leaves, named(casadi))[0]
    both = casadi.Function(
        "f", list(leaves.values()), [value, *(casadi.gradient(value, x) for x in leaves.values())]
    )
    many = both.map(len(next(iter(xs.values()))))
    rows = [x.reshape(1, -1) for x in xs.values()]
    return lambda: many(*rows)


def numba(f: symgrad.Expression, xs: Columns) -> Run:
    """Our gradient as a loop in Python, compiled by numba with fastmath."""
    import math

    import numba

    program = ours(f)
    names = {v.name: f"in_{v.name}[i]" for v in program.variables}
    lines: list[str] = []

    class Word(str):
        """A name of a number in the loop."""

        __slots__ = ()

    def call(name: str, *args: object) -> Word:
        form = {"add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}", "neg": "-{}"}.get(
            name
        )
        power = re.fullmatch(r"-?\d+\.0", str(args[-1])) if name == "pow" else None
        if power:
            form = "{} ** " + str(int(float(power[0])))
        elif name == "square":
            form = "{0} * {0}"
        lines.append(
            f"t{len(lines)} = " + (form.format(*args) if form else f"{name}({', '.join(map(str, args))})")
        )
        return Word(f"t{len(lines) - 1}")

    words: list[Any] = []
    for node, slots in zip(program.nodes, program.args, strict=True):
        if node.op is VAR:
            words.append(names[node.name])
        elif not node.args:
            words.append(repr(float(node.value if node.op is CONST else node.op.scalar_fn())))
        else:
            words.append(call(node.op.name, *[words[a] for a in slots]))
    lines += [f"out_{j}[i] = {words[o]}" for j, o in enumerate(program.outputs)]
    results = [np.empty(len(next(iter(xs.values())))) for _ in program.outputs]
    args = ", ".join([*(f"in_{name}" for name in xs), *(f"out_{j}" for j in range(len(results)))])
    scope = {name: getattr(math, name) for name in SPELLED if hasattr(math, name)}
    body = "\n        ".join(lines)
    exec(
        f"def f({args}):\n    for i in range(in_{next(iter(xs))}.size):\n        {body}\n", scope
    )  # a benchmark
    function = numba.njit(fastmath=True)(scope["f"])
    return lambda: function(*xs.values(), *results)


def torch(f: symgrad.Expression, xs: Columns) -> Run:
    """PyTorch, eager: the whole trace each time."""
    import torch

    torch.set_num_threads(1)
    program = spelled([f.node])

    def run() -> Any:
        leaves = {name: torch.tensor(x, requires_grad=True) for name, x in xs.items()}
        value = walked(program, leaves, named(torch))[0]
        return value, torch.autograd.grad(value.sum(), list(leaves.values()))

    return run


def autograd(f: symgrad.Expression, xs: Columns) -> Run:
    """HIPS autograd: the whole trace each time."""
    import autograd
    from autograd import numpy as anp
    from autograd.scipy.special import erf

    program = spelled([f.node])
    names = list(xs)

    def value(*args: Any) -> Any:
        return walked(program, dict(zip(names, args, strict=True)), named(anp, erf=erf))[0]

    grad = autograd.elementwise_grad(value, argnum=tuple(range(len(names))))
    columns = list(xs.values())
    return lambda: (value(*columns), grad(*columns))


def jax(f: symgrad.Expression, xs: Columns) -> Run:
    """JAX, jitted, on one thread."""
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    program = spelled([f.node])
    functions = named(jnp, erf=jax.scipy.special.erf)

    def value(*args: Any) -> Any:
        return walked(program, dict(zip(xs, args, strict=True)), functions)[0]

    function = jax.jit(jax.vmap(jax.value_and_grad(value, argnums=tuple(range(len(xs))))))
    return lambda: jax.block_until_ready(function(*xs.values()))


def heyoka(f: symgrad.Expression, xs: Columns, *, fast: bool = True) -> Run:
    """Our gradient, compiled by heyoka."""
    import heyoka

    heyoka.set_nthreads(1)
    leaves = {name: heyoka.make_vars(name) for name in xs}
    roots = walked(ours(f), leaves, named(heyoka), heyoka.expression)
    function = heyoka.cfunc(roots, list(leaves.values()), fast_math=fast)
    block = np.stack(list(xs.values()))
    out = np.empty((len(roots), block.shape[1]))
    return lambda: function(block, outputs=out)


PEERS: dict[str, Callable[[symgrad.Expression, Columns], Run]] = {
    "lambdify": lambdify, "numexpr": numexpr, "symengine": symengine, "casadi": casadi, "numba": numba,
    "torch": torch, "autograd": autograd, "jax": jax, "heyoka": partial(heyoka, fast=False), "heyoka fast": heyoka,
}  # fmt: skip
"""Name -> how it is made."""
