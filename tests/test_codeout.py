"""Emitted code runs in its own language, and its own test passes; the test can fail."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from functools import reduce
from pathlib import Path

import pytest

import symgrad
from symgrad.codeout import TARGETS, code
from symgrad.codeout.names import distinct, safe
from symgrad.codeout.write import expressible
from symgrad.engine.gradient import real_variables
from symgrad.errors import SymgradError
from symgrad.graph import Node, Program, var
from symgrad.ops import OPS
from symgrad.ops.types import elementwise
from tests.test_cli import ran

GCC = shutil.which("gcc") or shutil.which("cc")

FORMULAS = [text.strip() for text in """
x^2*sin(y); if(x > 1 and y < 2 or not x == y, sigmoid(x), abs(λ₁))^3/3; -x^-y - (x - (y - 2)) + 2/(3/x); 7; x > y
gamma(x)*lgamma(y) + n!
max(x, y)*min(x, 1) + mod(7*x, y) + floor(3*x); softplus(x) + sinc(y) + x*log(y) + logaddexp(x, y); x*y/(y*x)
sqrt(2*pi)*exp(-x^2/2) + e^x; hypot(x, y) + atan2(y, x) + erf(x); 1e300*x + 1e-300*y + (-2.5)^3*x; x^(y^x); (x^y)^x
if(x > 0, if(x > 1, x, 2*x), 3*x) + (if(x > y, 1, 2))*x; relu(x - 1)^2 + sign(y) + round(4*x)
""".strip().replace("\n", ";").split(";")]  # fmt: skip


def source(text: str, target: str, types: dict[str, str] | None = None) -> str:
    """The code of a formula."""
    f = symgrad.parse(text, types=types)
    wrt = real_variables(f.node) if f.type.kind == "real" else []
    return code(f.node, wrt, target, text)


def check(target: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a file's own test."""
    if target == "c":
        if GCC is None:
            pytest.skip("there is no C compiler")
        place, program = folder / "f.c", folder / "f"
        place.write_text(text)
        words = [
            GCC,
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-Wno-unused-parameter",
            "-O1",
            place,
            "-o",
            program,
        ]
        subprocess.run([*map(str, words), "-lm"], check=True)
        return subprocess.run([str(program)], capture_output=True, text=True, check=False)
    if target == "jax" and importlib.util.find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    place = folder / "f.py"
    place.write_text(text, encoding="utf-8")
    return subprocess.run([sys.executable, str(place)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("target", TARGETS)
def test_formulas_pass_their_own_tests(target: str, tmp_path: Path) -> None:
    """Each formula's file runs, and says that certified points passed."""
    if target == "c":
        for text in FORMULAS:
            done = check(target, source(text, target), tmp_path)
            assert done.returncode == 0, (text, done.stdout, done.stderr)
            assert done.stdout.startswith("passed: "), text
        return
    if target == "jax":
        pytest.importorskip("jax")
    check_all([source(text, target) for text in FORMULAS], tmp_path)


def check_all(texts: list[str], folder: Path) -> None:
    """Run the tests of files of Python in one process: NumPy, SciPy and JAX take long to begin."""
    places = [folder / f"f{i}.py" for i in range(len(texts))]
    for place, text in zip(places, texts, strict=True):
        place.write_text(text, encoding="utf-8")
    program = "import runpy, sys; [runpy.run_path(p, run_name='__main__') for p in sys.argv[1:]]"
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, places)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout.count("passed: ") == len(texts)


@pytest.mark.parametrize("target", ["c", "python", "numpy"])
@pytest.mark.parametrize("at", [0.5, 1.7])
def test_every_op_that_a_language_has(target: str, at: float, tmp_path: Path) -> None:
    """The ops of the table, some at a time, with their derivatives: all that can be said passes."""
    said: list[Node] = []
    for name, op in OPS.items():
        if (
            op.hidden
            or op.result is not elementwise
            or not op.arity
            or op.attrs
            or name.startswith("erfcinv")
        ):
            continue
        node = op(*[var(f"x{len(said)}_{i}") for i in range(op.arity)])
        point = {v.name: at for v in Program([node]).variables}
        try:
            expressible(TARGETS[target], [node, *[g.node for g in symgrad.Expression(node).grad().values()]])
            value, grad = symgrad.Expression(node).value_and_grad(point)
        except SymgradError:
            continue
        if all(abs(x) < 1e6 for x in (value, *grad.values())):
            said.append(node)
    assert len(said) > 40
    texts = []
    for start in range(0, len(said), 9):
        f = symgrad.Expression(reduce(OPS["add"], said[start : start + 9]))
        point = dict.fromkeys(real_variables(f.node), at)
        texts.append(code(f.node, real_variables(f.node), target, "a sum", point))
    if target != "c":
        check_all(texts, tmp_path)
        return
    for text in texts:
        done = check(target, text, tmp_path)
        assert done.returncode == 0, (text, done.stdout, done.stderr)


@pytest.mark.parametrize("target", ["c", "python", "numpy"])
def test_the_test_can_fail(target: str, tmp_path: Path) -> None:
    """A wrong sign is found."""
    text = source("x^2*sin(y)", target)
    wrong = text.replace("cos(", "sin(")
    assert wrong != text
    assert check(target, wrong, tmp_path).returncode != 0


def test_arrays_are_written_element_by_element(tmp_path: Path) -> None:
    """A vector becomes its elements."""
    text = source("norm(v)*x + max(v)", "c", {"v": "real[3]"})
    assert "double v_0, double v_1" in text
    assert check("c", text, tmp_path).stdout.startswith("passed")


def test_shared_parts_are_computed_once() -> None:
    """A subexpression that value and gradient share has one line."""
    text = source("exp(x*y)/(1 + exp(x*y))*z", "python")
    assert text.count("math.exp(") == 1


def test_names() -> None:
    """Greek, indices, reserved words and clashes."""
    assert [safe(n) for n in ("α", "x₁", "v[0]", "net.0.w[1, 2]", "Δt", "жук")] == [
        "alpha", "x1", "v_0", "net_0_w_1_2", "Deltat", "u436u443u43a",
    ]  # fmt: skip
    assert distinct(["lambda", "λ", "x"], ["x"]) == {"lambda": "lambda", "λ": "lambda_", "x": "x_"}
    for target in TARGETS:
        done = source("int + lambda + t1*t1 + f + grad + math + np + double + sign(sign)", target)
        assert done
    assert "double int_" in source("int*2", "c")


@pytest.mark.parametrize("target", ["c", "python"])
def test_names_that_mean_something_compile(target: str, tmp_path: Path) -> None:
    """Variables called like keywords, functions and our own helpers do no harm."""
    text = source(
        "int*lambda + t1*f + math*grad + sign(sign)*sigmoid(sigmoid) + cases + k + got + exp(main)", target
    )
    assert check(target, text, tmp_path).stdout.startswith("passed")


def test_what_cannot_be_said_is_refused() -> None:
    """A Bessel function has no C, an unknown language no code, an array no single value."""
    for text, target, expected in (
        ("jv(2, x)", "c", "SG526"), ("x", "cobol", "SG515"), ("[x, 1]", "c", "SG214"),
    ):  # fmt: skip
        with pytest.raises(SymgradError) as caught:
            source(text, target)
        assert caught.value.code == expected
    with pytest.raises(SymgradError, match="`polygamma`, which the derivatives need") as caught:
        symgrad.parse("digamma(x)").code("c")
    assert caught.value.hint == "numpy, jax and latex have a way to write it"


def test_a_file_of_another_language_is_refused(tmp_path: Path) -> None:
    """C is not written into a .py file; endings that say nothing are no matter, nor is Python for arrays."""
    for target, name in (("c", "f.py"), ("python", "f.c"), ("latex", "f.py"), ("numpy", "F.TEX")):
        said = ran("code", target, "x^2", "-o", str(tmp_path / name))
        assert (said.code, "by its ending" in said.err) == (2, True)
        assert not (tmp_path / name).exists()
    for target, name in (("c", "f.c"), ("jax", "f.py"), ("latex", "f.tex"), ("c", "f.txt"), ("C", "f")):
        assert ran("code", target, "x^2", "-o", str(tmp_path / name)).code == 0


def test_the_library_writes_code() -> None:
    """`Expression.code` names variables to differentiate by, and a point to begin the test with."""
    f = symgrad.parse("x^2*y")
    text = f.code("python", "y", at={"x": 3, "y": 5})
    assert "((3.0, 5.0), (45.0, 9.0))" in text
    assert "grad[0] = df/dx, grad[1] = df/dy" in f.grad("x")["x"].code("c")


def test_numbers_that_are_no_small_integers(tmp_path: Path) -> None:
    """Integers beyond 2^53 are doubles: arrays have no others."""
    text = source("2^1023*x + 123456789012345678901234567890*y", "numpy")
    assert "1.2345678901234568e+29" in text
    assert check("numpy", text, tmp_path).stdout.startswith("passed")


def test_latex() -> None:
    """Aligned equations and certified numbers."""
    text = source("α^2*sin(y)", "latex")
    assert text.startswith("\\begin{aligned}\nf &= ")
    assert r"\frac{\partial f}{\partial \alpha} &=" in text
    assert "% certified" in text


def test_the_command(tmp_path: Path) -> None:
    """On the command line: code on the screen, as JSON, or in a file."""
    said = ran("code", "c", "x^2", "x=3")
    assert said.code == 0
    assert "{3.0, 9.0, 6.0}" in said.out
    assert "double f(double x" in json.loads(ran("code", "c", "x^2", "--json").out)["code"]
    target = tmp_path / "f.py"
    assert ran("code", "python", "x^2", "-o", str(target)).code == 0
    assert subprocess.run([sys.executable, str(target)], check=True, capture_output=True).stdout.startswith(
        b"passed"
    )
