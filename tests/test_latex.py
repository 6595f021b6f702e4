"""Graphs as LaTeX: the templates of the table, brackets where they are needed, names as mathematicians set them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from symgrad.graph import Node, apply, const, real, var
from symgrad.ops import OPS
from symgrad.symbolic.latex import latex, variable
from symgrad.syntax.elaborate import read
from tests.strategies import X, language_graphs

FORMULAS = {
    "x^2*sin(y)": r"x^{2}\,\sin\left(y\right)",
    "-a*t*exp(-b*t)": r"-a\,t\,e^{-b\,t}",
    "(x + y)^2/2": r"\frac{\left(x + y\right)^{2}}{2}",
    "(-x)^2": r"\left(-x\right)^{2}",
    "exp(x)^2": r"\left(e^{x}\right)^{2}",
    "(x^y)^z": r"\left(x^{y}\right)^{z}",
    "x^y^z": r"x^{y^{z}}",
    "sqrt(x)^3": r"\sqrt{x}^{3}",
    "2*3*x": r"2 \cdot 3\,x",
    "x*(y + 1)": r"x \cdot \left(y + 1\right)",
    "2*(y + 1)": r"2\,\left(y + 1\right)",
    "x*(y*z)": r"x\,y\,z",
    "x - (y - z)": r"x - \left(y - z\right)",
    "x + (y - z)": r"x + \left(y - z\right)",
    "x/(y/z)": r"\frac{x}{\frac{y}{z}}",
    "x*(y/z)": r"x\,\frac{y}{z}",
    "(x/y)^2": r"\left(\frac{x}{y}\right)^{2}",
    "-(x + y)": r"-\left(x + y\right)",
    "x*(-2)": r"x \cdot \left(-2\right)",
    "1.5e-5*x": r"1.5 \cdot 10^{-5}\,x",
    "1.5e-5^x": r"\left(1.5 \cdot 10^{-5}\right)^{x}",
    "abs(x)^2": r"\left|x\right|^{2}",
    "log10(x)": r"\log_{10}\left(x\right)",
    "atan2(y, x)": r"\mathrm{atan2}\left(y, x\right)",
    "if(x < 1, x, -y)": r"\begin{cases} x & \text{if } x < 1 \\ -y & \text{otherwise} \end{cases}",
    "pi*r^2": r"\pi\,r^{2}",
    "sum([x, y])": r"\sum \begin{pmatrix} x \\ y \end{pmatrix}",
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_writes(formula: str) -> None:
    """Formulas look as they are set in print."""
    assert FORMULAS[formula] == latex(read(formula).root)


def test_writes_arrays() -> None:
    """Elements are subscripts, matrices stand side by side."""
    v, m = var("v", real(2)), var("M", real(2, 2))
    element = apply(OPS["index"], (v,), {"key": (0,)})

    assert r"v_{0}\,\det M" == latex(element * apply(OPS["det"], (m,)))
    assert r"M\,v" == latex(m @ v)
    assert r"M^{\mathsf{T}}" == latex(apply(OPS["transpose"], (m,)))
    assert r"\mathrm{sum}\left(M,\ \mathrm{axis} = 0\right)" == latex(apply(OPS["sum"], (m,), {"axis": 0}))
    assert r"\begin{pmatrix} 1.0 & 2.0 \\ 3.0 & 4.5 \end{pmatrix}" == latex(const([[1, 2], [3, 4.5]]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("alpha", r"\alpha"),
        ("λ", r"\lambda"),
        ("x_1", "x_{1}"),
        ("x12", "x_{12}"),
        ("x₁", "x_{1}"),
        ("theta_max", r"\theta_{\mathrm{max}}"),
        ("rate", r"\mathrm{rate}"),
        ("a_b_c", r"a_{\mathrm{b\_c}}"),
        ("net.0.w", r"\mathrm{net.0.w}"),
        ("a$b#c", r"\mathrm{a\$b\#c}"),
    ],
)
def test_names(name: str, expected: str) -> None:
    """Greek letters, subscripts and words are set as such, and nothing in a name is a command."""
    assert expected == variable(name)


@given(language_graphs())
def test_is_well_formed(root: Node) -> None:
    """Braces and brackets match, and no exponent stands on an exponent, over the whole table."""
    written = latex(root)
    plain = re.sub(r"\\[{}]", "", written)

    assert plain.count("{") == plain.count("}")
    assert written.count(r"\left") == written.count(r"\right") + written.count(r"\leftarrow")
    assert written.count(r"\begin") == written.count(r"\end")
    assert not double_superscript(plain)


def double_superscript(written: str) -> bool:
    """Whether a^{b}^{c} occurs, which LaTeX refuses."""
    depth, closed = 0, {}
    raised: list[bool] = []
    for i, c in enumerate(written):
        if c == "{":
            raised.append(written[i - 1] == "^")
            depth += 1
        elif c == "}":
            depth -= 1
            if raised.pop():
                closed[i + 1] = True
    return any(written[i : i + 1] == "^" for i in closed)


def test_double_superscript_can_fail() -> None:
    """The search for exponents on exponents finds one."""
    assert double_superscript("{x}^{a}^{b}")


def test_shared_parts_are_aligned() -> None:
    """A graph whose tree is large becomes aligned definitions."""
    f = X
    for _ in range(40):
        f = apply(OPS["sin"], (f,)) * f
    written = latex(f)

    assert written.startswith("\\begin{aligned}\nt_{1} &= ")
    assert 6000 > len(written)
