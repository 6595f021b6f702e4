"""The vector mathematics keeps its promises: errors, special values, and the same bits at every width."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

pytest.importorskip("llvmlite.binding")

import numpy as np

from symgrad.compiled.emit import Emitter, Lane
from symgrad.compiled.math import FUSED, MATH
from symgrad.compiled.math_power import PLAIN, pow_
from symgrad.ops.op import OPS
from tests import coefficients
from tests.vector_math import DOCUMENT, Kernel, arity, compiled, errors, points_of, sample, specials, ulps

POINTS = 700
PRODUCT_BOUND = 2


@pytest.mark.parametrize("name", MATH)
def test_errors_are_within_the_bound(name: str) -> None:
    """No error over all doubles is larger than the bound stated."""
    found = errors(name, points_of(name, POINTS))

    assert len(found) > 200
    assert MATH[name].bound >= max(found)[0], max(found)


@pytest.mark.parametrize("name", MATH)
def test_special_values(name: str) -> None:
    """Infinities, nans and zeros come out as from the op's function of one number."""
    assert [] == specials(name)


@pytest.mark.parametrize("name", MATH)
def test_widths_agree(name: str) -> None:
    """One lane and eight lanes give the same bits."""
    columns = [np.array(column) for column in zip(*points_of(name, 200), strict=True)]
    one, eight = compiled(name, 1)(*columns), compiled(name, 8)(*columns)

    assert np.array_equal(np.nan_to_num(one, nan=7.0).view(int), np.nan_to_num(eight, nan=7.0).view(int))


def test_every_function_is_an_op() -> None:
    """The table knows every function, and its example."""
    assert [] == [name for name in MATH if name not in OPS or arity(name) == 0]


@pytest.mark.parametrize("exponent", [*PLAIN, *range(5, 20), 64.0, -3.0, -5.0, -20.0, 2.5, 1 / 3])
def test_known_exponents(exponent: float) -> None:
    """A power with a known exponent is as good as any, and as special."""
    points = [x for (x,) in points_of("exp", 100)]

    def function(e: Emitter, x: Lane) -> Lane:
        return pow_(e, x, e.constant(exponent))

    got = Kernel(function, 1, 8)(np.array(points)).tolist()
    for x, y in zip(points, got, strict=True):
        wanted = OPS["pow"].scalar_fn(x, float(exponent))
        if math.isfinite(wanted) and wanted != 0 and x != 0 and math.isfinite(x):
            error = ulps(y, lambda a: a ** type(a)(exponent), (x,))
            assert error is not None
            assert error <= PRODUCT_BOUND, (x, y, wanted)
        elif not (wanted == 0 and x != 0):
            assert (x, str(wanted)) == (x, str(y))


@pytest.mark.parametrize("names", FUSED)
def test_fused_functions(names: tuple[str, str]) -> None:
    """A function in place of two is as good as it says."""
    from symgrad import balls

    outer, inner = (balls.ball(name) for name in names)
    assert outer is not None
    assert inner is not None
    points = sample(800)
    got = Kernel(FUSED[names].function, 1, 8)(np.array(points)).tolist()
    off = [ulps(y, lambda x: outer(inner(x)), (x,)) for x, y in zip(points, got, strict=True)]

    assert max(o for o in off if o is not None) <= FUSED[names].bound


def test_a_wrong_function_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exponential that is wrong in its thirteenth digit exceeds its bound."""
    wrong: Any = lambda e, x: MATH["exp"](e, x) * (1 + 1e-13)
    monkeypatch.setattr("tests.vector_math.compiled", lambda name, lanes=8: Kernel(wrong, 1, lanes))

    assert max(errors("exp", [(1.0,), (2.0,)]))[0] > 100


@pytest.mark.parametrize("name", coefficients.FITS)
def test_polynomials_are_reproducible(name: str) -> None:
    """The coefficients are those that the generator finds."""
    assert coefficients.entry(name) in coefficients.FILE.read_text(encoding="utf-8")


def test_there_are_no_other_polynomials() -> None:
    """The file has what the generator writes, in its order, and nothing else."""
    written = coefficients.FILE.read_text(encoding="utf-8")

    assert written.startswith(coefficients.HEAD)
    assert list(coefficients.FITS) == re.findall(r"^(\w+) = \($", written, re.MULTILINE)
    assert written.count("\n#") == len(coefficients.FITS)


def test_the_document_states_the_bounds() -> None:
    """docs/vector-math.md has every function with the bound that the code promises."""
    rows = re.findall(
        r"^\| (\w+) \| ([\d.]+)(?: \((.*?)\))? \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert rows == [(name, f"{entry.bound:g}", entry.where) for name, entry in MATH.items()]
