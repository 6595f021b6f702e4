"""Data sets in the language: names with parts by which nobody differentiates, and gradients of many numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.session import held
from symgrad.session.answers import answer
from symgrad.session.display import plain
from symgrad.session.preview import as_text, preview
from symgrad.session.render import Layout
from symgrad.session.results import Evaluated, Several
from symgrad.session.script import script
from symgrad.session.session import Session

NET = "data = moons(60, seed=1); net = dense(2, 8, tanh) >> dense(8, 1); L = hinge(net(data.x), data.y); "


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("moons(20, noise=0.1, seed=1)", "x y", "20 samples of x, y, 2 classes"),
        ("grid(16)", "x", "16 samples of x, y"),
        ("iris()", "x y", "150 samples"),
        ("penguins()", "x y", "2 of 344 rows were left out"),
        ("classify(q > sin(p), n=20, p=[-3, 3])", "x y", "20 samples of p, q"),
        ("sample(log(t), t=[-1, 1], n=10)", "x y", "5 of 10 points were left out"),
        ("split(xor(8), 0.5)", "x y train.x train.y test.x test.y", "4 in train, 4 in test"),
        ("standardise(split(iris(), 0.8, seed=1))", "x y train.x train.y test.x test.y", "standardised as"),
    ],
)
def test_a_data_set_is_a_name_with_columns(text: str, names: str, said: str) -> None:
    """Its parts are values; what it is, and what is missing, is told when it gets its name; a script rebuilds it."""
    outcome = Session().run(f"data = {text}")

    assert {f"data.{name}" for name in names.split()} == set(outcome.session.values)
    assert said in plain(answer(outcome.results[0], Layout(200)))
    assert script(outcome.session).splitlines()[1:] == [f"data = {text}"]


def test_standardised_on_the_part_to_learn_from() -> None:
    """Nothing is measured on what is held out."""
    values = Session().run("data = standardise(split(iris(), 0.8, seed=1))").session.values

    assert values["data.train.x"].mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert abs(values["data.test.x"].mean()) > 1e-3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("moons(100, nois=1)", "SG209"),
        ("d(1)", "SG226"),
        ("d >> d", "SG225"),
        ("d.y := 2", "SG109"),
        ("d.z", "SG021"),
        ("split(3, 0.5)", "SG221"),
        ("split(d, 1.5)", "SG705"),
        ("classify(x + y)", "SG201"),
        ("classify(y > x, z=[0, 1])", "SG209"),
    ],
)
def test_mistakes(text: str, code: str) -> None:
    """Each mistake is told, and nothing is defined."""
    with pytest.raises(SymgradError) as caught:
        Session().run(f"d = moons(4); {text}")

    assert code == caught.value.code


def test_nobody_differentiates_by_data() -> None:
    """Neither a gradient nor a record of one has an entry for data."""
    *_, L, record = Session().run(f"{NET} L; grad(L)").results
    assert isinstance(L, Evaluated)
    assert isinstance(record, Several)

    parameters = {"net.0.w", "net.0.b", "net.1.w", "net.1.b"}
    assert parameters == set(L.grad) == set(record.entries)


def test_the_preview_sums_up_too() -> None:
    """While a line is typed, a net's gradient is a count and its largest entry; data are no variables."""
    session = Session().run(NET).session

    assert "33 partials, largest" in as_text(preview(session, "L", seconds=5))
    assert "= 0" == as_text(preview(session, "sum(data.y)", seconds=5))


def test_a_gradient_of_many_numbers_is_summed_up_and_looked_at() -> None:
    """A net's loss gives one line, and a difference quotient agrees; with a wrong gradient it does not."""
    session = Session().run(NET).session
    (result,) = session.run("L").results
    assert isinstance(result, Evaluated)
    shown = plain(answer(result, Layout()))
    wrong: dict[str, Any] = {name: 1.01 * g for name, g in result.grad.items()}

    assert shown.count("\n") == 1
    assert "33 partials, largest" in shown
    assert "agrees to" in result.unchecked
    assert "does not agree" in held.looked_at(result.expression, result.point, wrong)
