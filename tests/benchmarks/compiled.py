"""Value and gradient over many points: symgrad's kernels beside C and the peers that are installed, in one run.

`python -m tests.benchmarks.compiled [--points 10000 1000000] [--rounds N] [--only NAME ...] [--peers [NAME ...]]` prints, for each
formula, times relative to C. C is generated from the same gradient graph, compiled by `gcc -O3 -march=native -ffast-math`
with the vector mathematics of glibc, and writes into arrays that are there already, as the kernel does with `out=`.
Sides take turns, and the best of each counts: the machine may be busy.
"""

# ruff: noqa: E501  # formulas are lines

from __future__ import annotations

import argparse
import ctypes
import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import symgrad
from symgrad.compiled import machine
from symgrad.engine.gradient import gradient, real_variables
from symgrad.graph import CONST, VAR, Node, Program, expand
from tests.benchmarks.peers import PEERS, SPELLED

D1 = "(log(S/K)+(r+v^2/2)*t)/(v*sqrt(t))"
D2 = "(log(S/K)+(r-v^2/2)*t)/(v*sqrt(t))"


def big(count: int) -> str:
    """A long sum of products of the usual functions in eight variables."""
    kinds = (
        "sin(a{0}*a{1})*a{2}",
        "exp(-a{0}^2)*a{1}",
        "a{0}*a{1}/(1+a{2}^2)",
        "tanh(a{0}+a{1})*cos(a{2})",
        "sqrt(1+a{0}^2)*log(2+a{1}^2)",
    )
    return "+".join(
        kinds[k % 5].format(k % 8, (3 * k + 1) % 8, (5 * k + k // 8 + 2) % 8) + f"*{1 + k / 7:.3f}"
        for k in range(count)
    )


FORMULAS = {
    "doppler": "-(331.4+0.6*T)*v/(331.4+0.6*T+u)^2",
    "kepler2": "x1*x4*(-x1+x2+x3-x4+x5+x6)+x2*x5*(x1-x2+x3+x4-x5+x6)+x3*x6*(x1+x2-x3+x4+x5-x6)-x2*x3*x4-x1*x3*x5-x1*x2*x6-x4*x5*x6",
    "sinenewton": "x-(x-x^3/6+x^5/120+x^7/5040)/(1-x^2/2+x^4/24+x^6/720)",
    "gaussian": "exp(-(x-m)^2/(2*s^2))/(s*sqrt(2*pi))",
    "planck": "2*h*c^2/l^5/(exp(h*c/(l*k*T))-1)",
    "blackscholes": f"S*(1+erf({D1}/sqrt(2)))/2-K*exp(-r*t)*(1+erf({D2}/sqrt(2)))/2",
    "tanhneuron": "tanh(w1*x1+w2*x2+b)",
    "trigmix": "sin(x)*cos(y)+sin(x*y)+cos(x-y)*sin(x+y)",
    "relativity": "m*c^2/sqrt(1-v^2/c^2)",
    "big200": big(40),
    "jetengine": "x1+((2*x1*((3*x1*x1+2*x2-x1)/(x1*x1+1))*((3*x1*x1+2*x2-x1)/(x1*x1+1)-3)+x1*x1*(4*((3*x1*x1+2*x2-x1)/(x1*x1+1))-6))*(x1*x1+1)+3*x1*x1*((3*x1*x1+2*x2-x1)/(x1*x1+1))+x1*x1*x1+x1+3*((3*x1*x1-2*x2-x1)/(x1*x1+1)))",
    "rosenbrock": "(1-x)^2+100*(y-x^2)^2+(1-y)^2+100*(z-y^2)^2",
    "logistic": "log(1+exp(-y*(w1*x1+w2*x2+b)))",
    "lennardjones": "4*e0*((s/r)^12-(s/r)^6)",
    "pendulum": "m*l^2*w^2/2+m*g*l*(1-cos(q))",
    "haversine": "2*R*asin(sqrt(sin((p-q)/2)^2+cos(p)*cos(q)*sin((a-b)/2)^2))",
    "vanderwaals": "(p+a*n^2/V^2)*(V-n*b)-n*R*T",
    "powerlaw": "a*x^b+c*log(x)",
}
NARROW = {
    "relativity": {"v": (0.1, 0.4)},
    "haversine": {"p": (0.9, 1.1), "q": (0.5, 0.7), "a": (0.4, 0.6), "b": (0.8, 1.2)},
}
"""Where a variable does not lie between 1/2 and 3/2."""

# C from the gradient graph

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
C_NAMES = {"abs": "fabs", "max": "fmax", "min": "fmin"}


def c_value(node: Node, args: Sequence[str]) -> str:
    """A node in C."""
    name = node.op.name
    if name in INFIX:
        return f"{args[0]} {INFIX[name]} {args[1]}"
    if name == "neg":
        return f"-{args[0]}"
    if name == "square":
        return f"{args[0]} * {args[0]}"
    if name == "pow" and node.args[1].op is CONST:
        n = float(node.args[1].value)
        if n == 0.5:
            return f"sqrt({args[0]})"
        if n.is_integer() and 0 < abs(n) <= 16:
            return f"__builtin_powi({args[0]}, {int(n)})"
    return f"{C_NAMES.get(name, name)}({', '.join(args)})"


def c_source(roots: Sequence[Node], wrt: Sequence[Node]) -> str:
    """A loop over the points, every shared subexpression once."""
    program = Program(expand(roots, lambda op: op.name not in SPELLED))
    lines, word = [], {}
    for i, node in enumerate(program.nodes):
        if node.op is VAR:
            word[node] = f"in_{node.name}[i]"
        elif node.op is CONST:
            word[node] = repr(float(node.value))
        elif not node.args:
            word[node] = repr(float(node.op.scalar_fn()))
        else:
            word[node] = f"t{i}"
            lines.append(f"    double t{i} = {c_value(node, [word[a] for a in node.args])};")
    outs = [program.nodes[o] for o in program.outputs]
    lines += [f"    out_{j}[i] = {word[node]};" for j, node in enumerate(outs)]
    inputs = "".join(f", const double *restrict in_{v.name}" for v in wrt)
    outputs = "".join(f", double *restrict out_{j}" for j in range(len(outs)))
    return "\n".join(
        [HEAD, f"void f(long n{inputs}{outputs}) {{", "  for (long i = 0; i < n; i++) {", *lines, "  }", "}"]
    )


HEAD = """#include <math.h>
__attribute__((simd("notinbranch"), const)) double sin(double);
__attribute__((simd("notinbranch"), const)) double cos(double);"""
"""Without gcc's own knowledge of sin and cos it has to be told that they have vector forms."""

FLAGS = (
    "-O3",
    "-march=native",
    "-ffast-math",
    "-mprefer-vector-width=512",
    "-fno-builtin-sin",
    "-fno-builtin-cos",
    "-shared",
    "-fPIC",
)


def compile_c(source: str, folder: Path, name: str) -> tuple[Any, float]:
    """The function and the seconds it took to compile. gcc would fuse sin and cos and vectorise neither."""
    path = folder / f"{name}.c"
    path.write_text(source, encoding="utf-8")
    start = time.perf_counter()
    library = path.with_suffix(".so")
    subprocess.run(["gcc", *FLAGS, str(path), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library)).f, time.perf_counter() - start


# Sides: name -> a function that computes all once


def sides(
    name: str, points: int, folder: Path, peers: Sequence[str]
) -> tuple[dict[str, Callable[[], Any]], dict[str, float]]:
    """What is compared for one formula, and how long each took to build, in ms."""
    f = symgrad.parse(FORMULAS[name])
    wrt = real_variables(f.node)
    draw = np.random.default_rng(7)
    ranges = NARROW.get(name, {})
    xs = {v.name: draw.uniform(*ranges.get(v.name, (0.5, 1.5)), points) for v in wrt}
    made: dict[str, Callable[[], Any]] = {}
    build: dict[str, float] = {}
    start = time.process_time()
    kernel = symgrad.parse(FORMULAS[name]).compile()
    kernel(dict.fromkeys(xs, 1.0))
    build["symgrad"] = (time.process_time() - start) * 1e3
    out = kernel(xs)
    made["symgrad"] = lambda: kernel(xs, out=out, threads=1)
    full = f.compile(tier="full")
    made["full"] = lambda: full(xs, out=out, threads=1)
    made["2 threads"] = lambda: kernel(xs, out=out, threads=2)
    made["fresh"] = lambda: kernel(xs, threads=1)
    roots = [f.node, *gradient(f.node, wrt)]
    if shutil.which("gcc"):
        function, seconds = compile_c(c_source(roots, wrt), folder, name)
        build["gcc"] = seconds * 1e3
        results = [np.empty(points) for _ in roots]
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*xs.values(), *results)]
        count = ctypes.c_long(points)
        made["gcc"] = lambda: (function(count, *pointers), results)  # the arrays must stay alive
        made["gcc"]()
        for ours, theirs in zip((out[0], *out[1].values()), results, strict=True):
            off = np.max(np.abs(ours - theirs) / (np.abs(theirs) + np.mean(np.abs(theirs)) + 1e-300))
            assert off < 1e-9, (name, off)
    for peer in peers:
        try:
            start = time.perf_counter()
            made[peer] = PEERS[peer](f, xs)
            made[peer]()
            build[peer] = (time.perf_counter() - start) * 1e3
        except ImportError:
            made.pop(peer, None)
        except Exception as problem:  # noqa: BLE001  # a peer's own limits
            made.pop(peer, None)
            print(f"  {peer} on {name}: {type(problem).__name__}: {str(problem)[:80]}")
    return made, build


def measure(made: dict[str, Callable[[], Any]], points: int, rounds: int) -> dict[str, float]:
    """Nanoseconds for each point: the best of rounds in which all take turns; slow sides get fewer."""
    best = dict.fromkeys(made, math.inf)
    for r in range(rounds):
        for name, run in made.items():
            if r > 3 and best[name] * points > 2e8:
                continue
            repeat = max(1, int(2e5 / (best[name] * points))) if math.isfinite(best[name]) else 1
            run()  # the side before may still have threads awake, and other arrays in the caches
            start = time.perf_counter_ns()
            for _ in range(repeat):
                run()
            best[name] = min(best[name], (time.perf_counter_ns() - start) / repeat / points)
    return best


def geometric(values: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, values)) / len(values))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--only", nargs="+", default=list(FORMULAS))
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), help="all, if none is named")
    options = parser.parse_args()
    peers = [] if options.peers is None else options.peers or list(PEERS)
    print(
        f"{machine.processor()}; times relative to C (gcc), and C in ns a point; one thread but where it says two"
    )
    with tempfile.TemporaryDirectory() as folder:
        for points in options.points:
            ratios: dict[str, list[float]] = {}
            for name in options.only:
                made, build = sides(name, points, Path(folder), peers)
                best = measure(
                    made, points, options.rounds if points < 100_000 else max(6, options.rounds // 3)
                )
                base = best.get("gcc", best["symgrad"])
                shown = []
                for side, ns in best.items():
                    if side != "gcc":
                        ratios.setdefault(side, []).append(ns / base)
                        shown.append(f"{side} {ns / base:.2f}")
                print(
                    f"{points:>8} {name:13s} gcc {base:8.2f} ns | {' | '.join(shown)} | build ms {', '.join(f'{k} {v:.0f}' for k, v in build.items())}",
                    flush=True,
                )
            print(
                f"{points:>8} geometric mean | {' | '.join(f'{k} {geometric(v):.2f} (worst {max(v):.2f})' for k, v in ratios.items())}"
            )


if __name__ == "__main__":
    main()
