"""How near the vector mathematics comes to the truth, and how fast: every function measured over all doubles.

`python -m tests.vector_math` prints the table, `python -m tests.vector_math NAME 100000` measures one function at more
points, and `--write` puts the table into docs/vector-math.md. The truth is certified arithmetic, at as many bits as
it takes; an error is counted in ulps of the double nearest to the truth.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import random
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from symgrad import balls
from symgrad.compiled.emit import FLOAT, Emitter, Lane
from symgrad.compiled.helpers import provide
from symgrad.compiled.math import MATH
from symgrad.ops.op import OPS

DOCUMENT = Path(__file__).parents[1] / "docs" / "vector-math.md"
Arrays = Sequence[Any]


class Kernel:
    """One function compiled for a number of lanes, called on arrays whose length that number divides."""

    def __init__(self, function: Callable[..., Lane], arity: int, lanes: int) -> None:
        import llvmlite.binding as llvm

        self.text, helpers = loop(function, arity, lanes)
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        provide(helpers, machine)
        start = time.process_time()
        module = llvm.parse_assembly(self.text)
        self.engine = llvm.create_mcjit_compiler(module, machine())  # kept: it owns the code
        self.engine.finalize_object()
        self.seconds = time.process_time() - start
        types = [ctypes.c_int64, *[ctypes.c_void_p] * (arity + 1)]
        self.call = ctypes.CFUNCTYPE(None, *types)(self.engine.get_function_address("kernel"))
        self.lanes = lanes

    def __call__(self, *arrays: Any) -> Any:
        """The values at all points."""
        short = -len(arrays[0]) % self.lanes
        padded = [np.ascontiguousarray(np.append(a, np.ones(short)), float) for a in arrays]
        out = np.empty(len(padded[0]))
        self.into(out, *padded)
        return out[: len(arrays[0])]

    def into(self, out: Any, *arrays: Any) -> None:
        """The values, written to an array."""
        self.call(len(out), out.ctypes.data, *[a.ctypes.data for a in arrays])


def machine() -> Any:
    """Code for this processor."""
    import llvmlite.binding as llvm

    return llvm.Target.from_default_triple().create_target_machine(
        opt=3, cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten()
    )


def loop(function: Callable[..., Lane], arity: int, lanes: int) -> tuple[str, dict[str, str]]:
    """The text of a module with a loop over a function, and the helpers that it calls."""
    e = Emitter(lanes)
    vector = e.type(FLOAT)
    lanes_of = [Lane(e, f"%x{i}", FLOAT) for i in range(arity)]
    for i in range(arity):
        e.lines.append(f"  %p{i} = getelementptr double, ptr %in{i}, i64 %i")
        e.lines.append(f"  %x{i} = load {vector}, ptr %p{i}, align 8")
    e.block = "loop"
    y = function(e, *lanes_of)
    given = "".join(f", ptr noalias %in{i}" for i in range(arity))
    lines = [
        *e.declared,
        f"define void @kernel(i64 %n, ptr noalias %out{given}) {{",
        "entry:",
        "  br label %loop",
        "loop:",
        f"  %i = phi i64 [ 0, %entry ], [ %j, %{e.block} ]",
        *e.lines,
        "  %po = getelementptr double, ptr %out, i64 %i",
        f"  store {vector} {y.name}, ptr %po, align 8",
        f"  %j = add i64 %i, {lanes}",
        "  %more = icmp slt i64 %j, %n",
        "  br i1 %more, label %loop, label %end",
        "end:",
        "  ret void",
        "}",
    ]
    return "\n".join(lines), e.helpers


@cache
def compiled(name: str, lanes: int = 8) -> Kernel:
    """A function of the table, compiled."""
    return Kernel(MATH[name].function, arity(name), lanes)


def arity(name: str) -> int:
    """How many arguments a function takes."""
    found = OPS[name].arity if name in OPS else 1
    assert found is not None
    return found


# Points


def double(bits: int) -> float:
    """The double of 64 bits."""
    return float(struct.unpack("<d", struct.pack("<Q", bits % 2**64))[0])


SPECIAL = (0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0)
EDGES = (
    5e-324, 2.225e-308, 2.2250738585072014e-308, 1e-300, 1e-160, 1e-20, 1e-8, 0.25,
    0.9999999999999999, 1.0000000000000002, 1.5, 4.0, 7.0, 10.0, 20.0, 26.5,
    27.3, 36.0, 38.5, 40.0, 100.0, 170.6, 171.62, 172.0,
    340.0, 371.0, 372.5, 500.0, 700.0, 708.3, 709.0, 709.78,
    709.7827128933841, 709.79, 710.0, 710.4758, 710.5, 744.0, 745.13, 745.14,
    746.0, 1000.0, 1022.5, 1023.9999, 1024.0, 1074.9, 1075.0, 1e4,
    1e6, 4194304.0, 1e8, 1e15, 4503599627370497.5, 1e16, 1e22, 1e100,
    1e154, 1.4e154, 1e200, 1e300, 1e308, 1.7976931348623157e308,
)  # fmt: skip


def hard() -> Iterator[float]:
    """Points where reductions and cases meet: multiples of pi/4, 1/2 and log(2)/2, neighbours of 1."""
    for n in [*range(1, 40), 100, 355, 710, 1000, 12345, 10**5, 10**6, 2**22, 10**8]:
        for unit in (
            math.pi / 2,
            math.pi / 4,
            0.5,
            math.log(2) / 2,
            math.log(10),
            math.sqrt(2),
            math.sqrt(0.5),
        ):
            x = n * unit
            yield from (x, math.nextafter(x, math.inf), math.nextafter(x, 0))
    for k in range(1, 53):
        yield from (1 + 2.0**-k, 1 - 2.0**-k, 2.0**k, 2.0**-k)
    yield 6381956970095103.0 * 2.0**797  # the double nearest to a multiple of pi/2


def sample(count: int, seed: int = 1) -> list[float]:
    """Points over all doubles: by bit pattern, by size in the middle, and the hard ones, of both signs."""
    draw = random.Random(seed)
    points = [double(draw.getrandbits(64)) for _ in range(count // 4)]
    points += [draw.choice((-1, 1)) * 10 ** draw.uniform(-10, 4) for _ in range(count // 4)]
    points += [draw.uniform(-1.5, 1.5) for _ in range(count // 4)]
    points += [draw.gauss(0, 12) for _ in range(count // 4)]
    return [x for x in points if x == x]


def points_of(name: str, count: int, seed: int = 1) -> list[tuple[float, ...]]:
    """The arguments at which a function is measured, special ones included."""
    edges = [*SPECIAL, *(s * x for x in [*EDGES, *hard()] for s in (1, -1))]
    singles = edges + sample(count, seed)
    if arity(name) == 1:
        return [(x,) for x in singles]
    draw = random.Random(seed)
    n = arity(name)
    crossed = [(x, y, 1.0)[:n] for x in SPECIAL for y in SPECIAL]
    mixed = [tuple(draw.choice(singles) for _ in range(n)) for _ in range(count)]
    near = [tuple(draw.choice((-1, 1)) * 10 ** draw.gauss(0, 1) for _ in range(n)) for _ in range(count)]
    close = [(x, math.nextafter(x, 0) if n == 2 else x, x)[:n] for x in draw.sample(singles, 100)]
    return crossed + mixed + near + close


# Truth


def truth_of(name: str) -> Callable[..., Any] | None:
    """A function on balls."""
    if name in TRUTH:
        return TRUTH[name]
    return balls.ball(OPS[name].ball or name)


def error(name: str, got: float, xs: tuple[float, ...]) -> float | None:
    """The error of a number in ulps; None where there is no finite truth."""
    if name in QUOTIENTS:
        return (
            ulps_apart(got, float(QUOTIENTS[name](Fraction(xs[0]) / Fraction(xs[1]))))
            if abs(got) < 1e300
            else None
        )
    f = truth_of(name)
    assert f is not None
    return ulps(got, f, xs)


QUOTIENTS: dict[str, Callable[[Fraction], int]] = {"floor_quotient": math.floor, "trunc_quotient": math.trunc}


def gelu_slope(x: Any) -> Any:
    """ncdf(x) + x*npdf(x)."""
    ncdf, npdf = (balls.ball(name) for name in ("ncdf", "npdf"))
    assert ncdf is not None
    assert npdf is not None
    return ncdf(x) + x * npdf(x)


TRUTH: dict[str, Callable[..., Any]] = {
    "exp_neg_sq": lambda x: (-x * x).exp(),
    "exp_sq": lambda x: (x * x).exp(),
    "silu_slope": lambda x: (1 + x / (1 + x.exp())) / (1 + (-x).exp()),
    "gelu_slope": gelu_slope,
    "sinc_slope": lambda x: (x.cos() - x.sin() / x) / x,
    "sigmoid_gap": lambda a, b: 1 / (1 + (b - a).exp()),
    "atan_slope": lambda x: 1 / (1 + x * x),
    "atanh_slope": lambda x: 1 / (1 - x * x),
    "atan2_slope": lambda a, b: a / (a * a + b * b),
    "hypot_slope": lambda a, b: a / (a * a + b * b).sqrt(),
    "root_one_minus_sq": lambda x: (1 - x * x).sqrt(),
    "root_one_plus_sq": lambda x: (1 + x * x).sqrt(),
    "root_sq_minus_one": lambda x: (x * x - 1).sqrt(),
    "power_slope": lambda a, b: b * a ** (b - 1),
    "power_log": lambda a, b: a**b * a.log(),
}


def ulps(got: float, f: Callable[..., Any], xs: tuple[float, ...]) -> float | None:
    """The error of a number in ulps; None where certified arithmetic has no finite value."""
    from flint import arb

    for bits in (160, 512, 2048, 8192):
        with balls.precision(bits):
            y = f(*map(arb, xs))
            if not y.is_finite():
                continue
            nearest = float(y.mid())
            if math.isinf(nearest):
                return 0.0 if got == nearest else math.inf
            if got != got:
                return math.inf
            unit = math.ulp(nearest)
            given = arb(got) if math.isfinite(got) else arb(2) ** 1024 * (1 if got > 0 else -1)
            off = abs(given - y) / arb(unit)
            if float(off.rad()) < 1e-3:
                return float(off.mid())
    return None


class Worst(NamedTuple):
    """The largest error met, and where."""

    ulps: float
    at: tuple[float, ...]
    count: int


def errors(
    name: str, points: Sequence[tuple[float, ...]], lanes: int = 8
) -> list[tuple[float, tuple[float, ...], float]]:
    """The error at each point that has a truth."""
    entry = MATH[name]
    arrays = [np.array(column) for column in zip(*points, strict=True)]
    found = []
    for y, xs in zip(compiled(name, lanes)(*arrays).tolist(), points, strict=True):
        if all(map(math.isfinite, xs)) and entry.holds(*xs) and not (len(xs) > 1 and 0 in xs):
            off = error(name, y, xs)
            if off is not None:
                found.append((off, xs, y))
    return found


def worst(name: str, count: int, seed: int = 1) -> Worst:
    """The largest error of a function."""
    found = errors(name, points_of(name, count, seed))
    top = max(found, key=lambda item: item[0])
    return Worst(top[0], top[1], len(found))


def same(a: float, b: float) -> bool:
    """Whether two numbers are the same, nan and the sign of zero included."""
    return (a != a and b != b) or (a == b and math.copysign(1, a) == math.copysign(1, b))


def specials(name: str) -> list[tuple[tuple[float, ...], float, float]]:
    """Where a function is not its op's nan, infinity or zero, or is not right at one: (x, got, wanted)."""
    f, attrs = OPS[name].scalar_fn, dict.fromkeys(OPS[name].attrs, 1)
    points = points_of(name, 400)
    arrays = [np.array(column) for column in zip(*points, strict=True)]
    differ = []
    for y, xs in zip(compiled(name)(*arrays).tolist(), points, strict=True):
        if not MATH[name].holds(*xs) and not any(x != x or math.isinf(x) for x in xs):
            continue
        wanted = float(f(*xs, **attrs))
        edge = any(math.isinf(x) or x == 0 for x in xs)
        if not edge and wanted == y == 0:  # underflow: the sign is not looked at
            continue
        far = wanted != wanted or math.isinf(wanted) or wanted == 0 or edge
        if (
            far
            and not same(wanted, y)
            and (
                wanted == y == 0
                or (edge and math.isinf(wanted))
                or not ulps_apart(wanted, y) <= MATH[name].bound
            )
        ):
            differ.append((xs, y, wanted))
    return differ


def ulps_apart(a: float, b: float) -> float:
    """How many doubles lie between two numbers of one sign."""
    if a == b:
        return 0.0
    if a != a or b != b or math.copysign(1, a) != math.copysign(1, b):
        return math.inf
    x, y = (struct.unpack("<q", struct.pack("<d", abs(v)))[0] for v in (a, b))
    return float(abs(x - y))


# Speed

SPEED_POINTS = 10_000


def nanoseconds(call: Callable[[], Any]) -> float:
    """Time for each point, best of several."""
    best = math.inf
    for _ in range(15):
        start = time.perf_counter_ns()
        call()
        best = min(best, time.perf_counter_ns() - start)
    return best / SPEED_POINTS


def speeds(name: str) -> tuple[float, float | None]:
    """Nanoseconds for each point: ours and NumPy's, where it has the function."""
    entry = MATH[name]
    draw = np.random.default_rng(1)
    low, high = entry.typical
    arrays = [draw.uniform(low, high, SPEED_POINTS) for _ in range(arity(name))]
    out = np.empty(SPEED_POINTS)
    kernel = compiled(name)
    ours = nanoseconds(lambda: kernel.into(out, *arrays))
    spec = OPS[name].array if name in OPS else None
    if not isinstance(spec, str):
        return ours, None
    f = OPS[name].array_fn
    return ours, nanoseconds(lambda: f(*arrays))


# The table


def shown(at: tuple[float, ...]) -> str:
    """A point in a few characters."""
    return ", ".join(f"{x:.6g}" for x in at)


def row(name: str, count: int) -> str:
    """A line of the table."""
    entry, found = MATH[name], worst(name, count)
    ours, numpys = speeds(name)
    beside = "" if numpys is None else f"{numpys:.1f}"
    promise = f"{entry.bound:g}" + (f" ({entry.where})" if entry.where else "")
    size = compiled(name).text.count("\n") - 14
    return f"| {name} | {promise} | {found.ulps:.2f} | {shown(found.at)} | {ours:.1f} | {beside} | {size} |"


HEAD = """\
| function | bound | measured | at | ns | NumPy | lines |
|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure, print, and write the document if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="only this function")
    parser.add_argument("points", nargs="?", type=int, default=2000, help="how many points of each kind")
    parser.add_argument("--write", action="store_true", help="write docs/vector-math.md")
    parser.add_argument("--worst", type=int, default=0, help="show so many of the worst points")
    options = parser.parse_args()
    print(HEAD)
    lines = []
    names = [n for n in MATH if n.startswith(options.name.rstrip("*"))] if options.name else list(MATH)
    for name in [options.name] if options.name in MATH else names:
        lines.append(row(name, options.points))
        print(lines[-1], flush=True)
        for bad in specials(name)[:8] if name in OPS else ():
            print("    special:", bad)
        if options.worst:
            found = sorted(errors(name, points_of(name, options.points)), key=lambda item: -item[0])
            for error, at, got in found[: options.worst]:
                print(f"    {error:.3f} ulp at {at!r}: {got!r}")
    if options.write:
        DOCUMENT.write_text(INTRODUCTION + HEAD + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


INTRODUCTION = """\
# Vector mathematics

What compiled kernels compute with: eight doubles at a time, in plain LLVM instructions (`symgrad/compiled/math.py` and
the files beside it). Ops that are not in this table are computed by their bodies in other ops.

*bound*: the largest error in ulps that the code promises over all doubles, or where it says; a test checks it against
certified arithmetic. *measured*: the largest error found, and *at* where. *ns*: time for a point, one thread, 10,000
points in the cache, on an AMD EPYC with AVX2, with other work going on; beside it *NumPy*'s, where NumPy has the
function. *lines*: LLVM instructions. `python -m tests.vector_math --write` measures and writes this page anew.

Infinities, nans, zeros of both signs, subnormal numbers and huge angles give what the op's function of one number
gives. Rare arguments take a slow lane, one number at a time: angles beyond 2^22 (our own exact reduction), and by the
C library the bases of `pow` that are zero, subnormal, infinite or nan, `gamma` and `lgamma` below 0, and quotients
beyond 2^52 of remainders. Known exponents (small integers, halves) are products.

Below 0 digamma has a root between any two poles and is reflected: near a root its error is small beside the terms of
the reflection, not beside the result, of which it can be hundreds of ulps (over 100 at -11.713155996827187). The slopes
of gamma and lgamma have it too.

"""

if __name__ == "__main__":
    main()
