"""The library's face: what a user can do with an expression, and how it refuses."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symgrad
from symgrad import Expression, Limits, SymgradError, parse, var
from symgrad.errors import NameMistake, UsageMistake
from symgrad.session import doctor

F = parse("x^2*sin(y)")
POINT = {"x": 2.0, "y": 3.0}


def test_numbers_come_by_keyword_or_mapping() -> None:
    """Value, gradient and pair are the same however the point is given."""
    assert F.variables == ("x", "y")
    assert F(POINT) == F(x=2, y=3) == 0.5644800322394689
    assert F.value_and_grad(POINT) == (F(POINT), F.evaluate(x=2, y=3).grad)


def test_arrays_are_many_points() -> None:
    """Each point keeps its own value and gradient."""
    value, grad = F.value_and_grad(x=np.array([1.0, 2.0]), y=3.0)

    assert value == pytest.approx([F(x=1, y=3), F(x=2, y=3)])
    assert grad["y"] == pytest.approx([F.evaluate(x=x, y=3).grad["y"] for x in (1, 2)])


def test_derivatives_are_expressions() -> None:
    """diff, grad, hessian, jacobian, jvp, hvp and taylor print as a textbook has them."""
    assert str(F.diff("x")) == "2*x*sin(y)"
    assert str(F.diff("x", 2)) == "2*sin(y)"
    assert {name: str(d) for name, d in F.grad().items()} == {"x": "2*x*sin(y)", "y": "x^2*cos(y)"}
    assert str(F.hessian()[0][1]) == "2*x*cos(y)"
    assert str(parse("[x*y, x]").jacobian("x")[0][0]) == "y"
    assert str(F.jvp({"x": 1.0, "y": 0.0})) == "2*x*sin(y)"
    assert F.hvp({"x": 1.0})["x"](POINT) == pytest.approx(F.diff("x", 2)(POINT))
    assert parse("sin(x)").taylor("x", 0, 3)(x=0.1) == pytest.approx(0.1 - 0.1**3 / 6)


def test_expressions_are_built_and_compared_in_python() -> None:
    """Operators and ops build; equality is that of structure."""
    x, y = var("x"), var("y")

    assert x**2 * symgrad.sin(y) == F
    assert hash(x**2 * symgrad.sin(y)) == hash(F)
    assert 2 * x != x * 2
    assert [str(e) for e in var("v", "real[2]")] == ["v[0]", "v[1]"]
    assert (var("m", "real[2, 3]") @ var("v", "real[3]")).type.shape == (2,)


def test_expressions_survive_copies_and_pickles() -> None:
    """Identity is structure, so a copy is equal."""
    for other in (pickle.loads(pickle.dumps(F)), copy.deepcopy(F), copy.copy(F)):
        assert other == F
        assert other(POINT) == F(POINT)


def test_other_forms() -> None:
    """SymPy, LaTeX, DOT and what a notebook shows."""
    bundle = F._repr_mimebundle_(include=None, exclude=None)

    assert str(F.to_sympy()) == "x**2*sin(y)"
    assert F.to_latex() == r"x^{2}\,\sin\left(y\right)"
    assert F.to_dot().startswith("digraph")
    assert bundle["text/plain"] == "<x^2*sin(y)>"
    assert bundle["image/svg+xml"].startswith("<svg")


def test_certified_values_are_enclosures() -> None:
    """`certify` proves 17 digits, where float64 has none as well."""
    enclosure = parse("(1 - cos(x))/x^2").certify(x=1e-8)

    assert enclosure is not None
    assert enclosure.text() == "0.50000000000000000"
    assert not enclosure.contains(0.0)


def test_the_numbers_shown_are_the_numbers_judged() -> None:
    """Arrays are checked element by element against what backprop on arrays gave."""
    for text, point in [
        ("det(m)", {"m": [[1, 2, 3], [4, 5, 6], [7, 8, 10]]}),
        ("logsumexp(v)", {"v": [300, 300]}),
        ("norm(v)", {"v": [1e200, 1e200]}),
        ("inv(m)[0, 0]", {"m": [[-1.0, -1.0], [1.0000000509200058, 0.9999999929681778]]}),
    ]:
        types = {name: f"real[{', '.join(map(str, np.shape(value)))}]" for name, value in point.items()}
        f = parse(text, types=types)
        verdict, shown = f.check(point, sympy=False), f.evaluate(point)
        for name, partial in verdict.partials.items():
            key = tuple(int(k) for k in name[2:-1].split(", "))
            assert partial.number == shown.grad[name[0]][key]
            assert partial.certified is not None
            if partial:
                assert partial.number == pytest.approx(float(partial.certified), rel=4e-15)
        assert verdict.status in ("verified", "rounding")


def test_slopes_of_a_singular_determinant_exist() -> None:
    """They are the cofactors; the second derivatives are right where the matrix is regular."""
    m = var("m", "real[2, 2]")
    det = symgrad.det(m)

    assert det.evaluate(m=[[1, 2], [2, 4]]).grad["m"].tolist() == [[4.0, -2.0], [-2.0, 1.0]]
    assert det.hvp({"m": np.array([[1.0, 0], [0, 0]])})["m"](m=[[1, 2], [3, 5]]) == pytest.approx(
        np.array([[0.0, 0], [0, 1]]), abs=1e-12
    )


def test_underflow_is_no_tick() -> None:
    """Zero for a number that is not zero has no right digit."""
    verdict = parse("exp(-x)").check(x=800, sympy=False)

    assert verdict.status == "rounding"
    assert verdict.partials["x"].digits == 0


def test_derivatives_by_lists_and_by_what_does_not_occur() -> None:
    """A list of variables gives a list of derivatives; a part that is not there is a mistake, not zero."""
    assert str(parse("grad(x*y, [x, y])")) == "[y, x]"
    assert str(parse("diff(sin(x*y)*x*y, x*y)")) == "x*y*cos(x*y) + sin(x*y)"
    assert parse("x^2").diff(var("z"))() == 0
    with pytest.raises(SymgradError) as absent:
        parse("diff(x^4, x^2)")
    assert absent.value.code == "SG219"


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (lambda: F(x=1), "SG103"),
        (lambda: F(x=1, y=None), "SG211"),
        (lambda: F(x=1, y=10**400), "SG211"),
        (lambda: F(x=1, y="1"), "SG211"),
        (lambda: F(x=[[1.0]], y=1), "SG213"),
        (lambda: F(1, 2), "SG511"),
        (lambda: F([1, 2]), "SG511"),
        (lambda: F.evaluate({1: 2}), "SG511"),
        (lambda: F.value_and_grad(x=1, y=2, yy=3), "SG104"),
        (lambda: F.diff("z"), "SG104"),
        (lambda: F.diff("x", -1), "SG502"),
        (lambda: parse(None), "SG503"),  # type: ignore[arg-type]
        (lambda: parse("x" * 50, limits=Limits(text=10)), "SG401"),
        (lambda: parse("hessian(x^2)"), "SG224"),
        (lambda: var("pi"), "SG112"),
        (lambda: var("2x"), "SG112"),
        (lambda: var("v", "real[x]"), "SG035"),
        (lambda: var("x")[0], "SG202"),
        (lambda: parse("[x, y]").evaluate(x=1, y=2), "SG214"),
        (lambda: F.check(x=[1, 2], y=3), "SG216"),
    ],
)
def test_every_mistake_has_a_code(attempt: Any, code: str) -> None:
    """What a caller can do wrong raises the one family of errors."""
    with pytest.raises(SymgradError) as mistake:
        attempt()
    assert mistake.value.code == code


def test_a_number_has_no_elements() -> None:
    """Iterating over a scalar ends at once instead of never."""
    with pytest.raises(TypeError, match="iterated"):
        list(var("x"))


def test_a_lift_is_an_expression() -> None:
    """Numbers become expressions where one is needed."""
    assert isinstance(Expression.lift(2), Expression)
    assert Expression.lift(2)() == 2


def test_plots_and_explains(tmp_path: Path) -> None:
    """The methods give what the commands show, as data; a plot also as a file."""
    f = parse("x^2*sin(y)")
    figure = f.plot(tmp_path / "f.svg", x=(-2, 2), y=1.0)
    assert "<svg" in (tmp_path / "f.svg").read_text(encoding="utf-8")
    assert "x" == figure.along
    assert "x^2*sin(y)" == f.plot(x=(-2, 2), y=(0, 1)).title
    with pytest.raises(UsageMistake, match="one range or two"):
        f.plot(x=1.0, y=1.0)
    with pytest.raises(NameMistake):
        f.plot(x=(0, 1))
    assert f.value_and_grad(x=2.0, y=3.0)[1] == dict(f.explain(x=2.0, y=3.0).grad)
    assert "constant factor" == f.rules("x").steps[0].rule


@pytest.mark.parametrize(
    "value",
    [
        1j,
        np.array([1 + 2j]),
        b"1",
        ["1.5"],
        np.array(["1.5"], object),
        np.array([None, 1.0]),
        np.array(["2020-01-01"], "datetime64[D]"),
        np.timedelta64(3),
        np.ma.array([1.0, 2.0], mask=[False, True]),
    ],
    ids=repr,
)
def test_values_are_numbers_and_nothing_that_could_be_made_one(value: Any) -> None:
    """Imaginary parts, texts, dates and masks are refused, not dropped."""
    for ask in (parse("x^2"), parse("x^2").value_and_grad, parse("x^2").evaluate):
        with pytest.raises(SymgradError) as mistake:
            ask(x=value)
        assert mistake.value.code == "SG211"
        assert ("x.filled(np.nan)" in str(mistake.value)) == isinstance(value, np.ma.MaskedArray)


def test_a_grid_of_points_is_told_to_be_one_axis() -> None:
    """Who gives points in two axes is told how to give them in one, before how to declare an array."""
    with pytest.raises(SymgradError, match=r"x\.ravel\(\).*types="):
        parse("x^2 + m").value_and_grad(x=np.ones((3, 4)), m=0.5)


def test_a_derivative_is_asked_at_the_point_of_its_function() -> None:
    """A derivative may lack a variable of what it was taken of; its value is still asked with all of them."""
    assert parse("x^2 + y").diff("x")(x=3, y=2) == 6
    assert parse("x^2")({"x": 3, "z": 1}) == 9


def test_the_doctor_names_what_every_extra_installs() -> None:
    """A bug report says of each optional library whether it is there."""
    rows = doctor.report().data["versions"]
    assert {"pyarrow", "matplotlib", "llvmlite", "onnx", "safetensors"} <= set(rows)
