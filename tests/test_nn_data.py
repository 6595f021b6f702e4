"""Data sets: the same bits for the same seed, nothing lost silently, and learned as promised."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symgrad
from symgrad.errors import SymgradError, UsageMistake
from symgrad.graph import var
from symgrad.nn.data import (
    SHIPPED,
    TOYS,
    Data,
    blobs,
    classify,
    grid,
    iris,
    moons,
    penguins,
    read_csv,
    read_parquet,
    regression,
    sample,
    spirals,
)
from symgrad.nn.data.dataset import Standard
from symgrad.nn.fitting import fit
from symgrad.nn.layers import dense, mlp


@pytest.mark.parametrize("name", TOYS)
def test_toys(name: str) -> None:
    """The same seed gives the same bits, another seed others; classes are of equal size; nothing can be changed."""
    made = TOYS[name]
    first, again, other = made(60), made(60), made(60, noise=0.2, seed=1) if name != "grid" else made(80)

    assert first.x.tobytes() == again.x.tobytes()
    assert first.x.tobytes() != other.x.tobytes()
    assert not first.x.flags.writeable
    if first.classes:
        counts = np.unique(first.labels, return_counts=True)[1]
        assert len(first.classes) == len(counts)
        assert 1 >= counts.max() - counts.min()


def test_xor_has_four_corners() -> None:
    """Opposite corners of a square are alike."""
    data = TOYS["xor"]()

    assert {(-1, -1, -1), (1, 1, -1), (-1, 1, 1), (1, -1, 1)} == set(
        map(tuple, np.column_stack([data.x, data.labels]))
    )


@pytest.mark.parametrize("name", [*(set(TOYS) - {"grid", "regression"}), *SHIPPED])
def test_splits(name: str) -> None:
    """A split has every sample once, of each class the same part, and depends on its seed alone."""
    data = {**TOYS, **SHIPPED}[name]()
    if name == "xor":
        data = TOYS[name](40)
    learn, held = data.split(0.25, seed=1)

    assert sorted(map(tuple, data.x)) == sorted([*map(tuple, learn.x), *map(tuple, held.x)])
    assert held.x.tobytes() == data.split(0.25, seed=1)[1].x.tobytes()
    assert held.x.tobytes() != data.split(0.25, seed=2)[1].x.tobytes()
    for c in np.unique(data.labels):
        assert 0.5 >= abs(0.25 * (data.labels == c).sum() - (held.labels == c).sum())


def test_the_held_out_part_is_measured_by_the_other() -> None:
    """Mean and deviation come from the part to learn from, and can be undone."""
    learn, held = iris().split()
    ready, standard = learn.standardised()

    assert np.allclose(0, ready.x.mean(axis=0), atol=1e-12)
    assert np.allclose(1, ready.x.std(axis=0))
    assert not np.allclose(0, standard(held).x.mean(axis=0), atol=1e-3)
    assert np.allclose(held.x, standard.back(standard(held).x))
    assert (1.0, 0.0) == (
        Standard.of(Data("", np.ones((3, 1)), None, ("a",))).scale[0],
        Standard.of(ready).mean[0].round(9),
    )


def test_missing_values_are_counted() -> None:
    """Penguins that were not measured are left out aloud, filled in aloud, or refused."""
    dropped, filled = penguins(), penguins("mean")

    assert (342, 344) == (len(dropped), len(filled))
    assert dropped.notes[0].startswith("2 of 344 rows were left out: values are missing (2 in bill_length_mm")
    assert filled.notes[0].startswith("8 missing values became their column's mean")
    assert np.isfinite(filled.x).all()
    with pytest.raises(SymgradError, match="2 of 344 rows of penguins lack values"):
        penguins("refuse")


CSV = "size,colour,group\n1.5,red,a\n2,blue,b\nNA,red,a\n4,,b\n"


def test_csv(tmp_path: Path) -> None:
    """Columns are numbers or words, words become columns of 0 and 1, and missing cells are counted."""
    file = tmp_path / "things.csv"
    file.write_text(CSV)
    table = read_csv(file)
    data = table.data("group", ["size", "colour"], missing="drop")

    expected = "things: 4 rows of size (numbers), colour (words), group (words); 1 missing in size; 1 missing in colour"
    assert expected == repr(table)
    assert ("size", "colour=blue", "colour=red") == data.columns
    assert [[1.5, 0, 1], [2, 1, 0]] == data.x.tolist()
    assert ([-1.0, 1.0], ("a", "b")) == (data.labels.tolist(), data.classes)
    assert ("2 of 4 rows were left out: values are missing (1 in size, 1 in colour)",) == data.notes


def test_parquet(tmp_path: Path) -> None:
    """The same table from Parquet, where pyarrow is installed."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {
        "size": [1.5, 2.0, None, 4.0],
        "colour": ["red", "blue", "red", None],
        "group": ["a", "b", "a", "b"],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "things.parquet")
    (tmp_path / "things.csv").write_text(CSV)

    assert repr(read_csv(tmp_path / "things.csv")) == repr(read_parquet(tmp_path / "things.parquet"))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("SG708", "a,b\n1\n"),
        ("SG708", "a,a\n1,2\n"),
        ("SG708", "a,b\n"),
        ("SG518", None),
        ("SG518", "\xff\xfe"),
    ],
)
def test_files_that_are_no_tables(code: str, text: str | None, tmp_path: Path) -> None:
    """A file that cannot be read, or has ragged rows or one name twice, is refused."""
    file = tmp_path / "bad.csv"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SymgradError) as caught:
        read_csv(file)

    assert code == caught.value.code


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("SG708", lambda t: t.data("gruop")),
        ("SG709", lambda t: t.data("group")),
        ("SG709", lambda t: t.data("group", missing="ignore")),
        ("SG705", lambda t: moons(0)),
        ("SG705", lambda t: moons(10).split(0.0)),
        ("SG713", lambda t: TOYS["grid"]().labels),
        ("SG201", lambda t: classify(symgrad.parse("x + y"))),
        ("SG201", lambda t: sample(symgrad.parse("x > y"))),
        ("SG215", lambda t: sample(symgrad.parse("2 + 3"))),
        ("SG705", lambda t: sample(symgrad.parse("x"), ranges={"x": (1, 1)})),
        ("SG203", lambda t: fit(dense(3, 1), moons())),
        ("SG706", lambda t: fit(dense(2, 1), moons(), loss="hinje")),
    ],
)
def test_mistakes(code: str, mistake: Callable[[Any], object], tmp_path: Path) -> None:
    """What is no data set is refused with a code."""
    (tmp_path / "t.csv").write_text(CSV)
    with pytest.raises(SymgradError) as caught:
        mistake(read_csv(tmp_path / "t.csv"))

    assert code == caught.value.code


def test_a_condition_is_a_data_set() -> None:
    """Points are judged by the condition."""
    data = classify(symgrad.parse("y > sin(x)"), 50, {"x": (0, 6), "y": (-1, 1)})

    assert "y > sin(x)" == data.name
    assert ("x", "y") == data.columns
    assert np.array_equal(np.where(data.x[:, 1] > np.sin(data.x[:, 0]), 1.0, -1.0), data.labels)
    assert 6 >= data.x[:, 0].max() > 4


def test_a_function_is_a_data_set() -> None:
    """A function of one variable is sampled at equal distances; where it has no value is said."""
    data = sample(symgrad.parse("sin(x)"), 7, {"x": (0, 6)})

    assert np.array_equal(np.sin(np.arange(7.0)), data.labels)
    assert ("50 of 100 points were left out: the function has no finite value there",) == sample(
        symgrad.parse("log(x)")
    ).notes


LEARNED: dict[str, Callable[[], float]] = {
    "moons": lambda: fit(mlp(2, [16, 16], 1), TOYS["moons"]()).last.accuracy or 0,
    "circles": lambda: fit(mlp(2, [16, 16], 1), TOYS["circles"]()).last.accuracy or 0,
    "xor": lambda: fit(mlp(2, [4], 1), TOYS["xor"]()).last.accuracy or 0,
    "spirals": lambda: fit(mlp(2, [32, 32], 1), TOYS["spirals"](), steps=1000).last.accuracy or 0,
    "blobs": lambda: fit(mlp(2, [16], 3), TOYS["blobs"]()).last.accuracy or 0,
    "moons by relus and batches": lambda: (
        fit(mlp(2, [16, 16], 1, "relu"), moons(), batch=32).last.accuracy or 0
    ),
    "a condition": lambda: (
        fit(mlp(2, [16], 1), classify(symgrad.parse("x^2 + y^2 < 1/2"))).last.accuracy or 0
    ),
}


@pytest.mark.parametrize("name", LEARNED)
def test_shapes_are_learned(name: str) -> None:
    """One line learns each shape to 99 %, in less than ten seconds."""
    begun = time.perf_counter()

    assert 0.99 <= LEARNED[name]()
    assert 10 > time.perf_counter() - begun


@pytest.mark.parametrize("name", SHIPPED)
def test_species_are_learned(name: str) -> None:
    """Flowers and penguins that were held out are told apart to 95 %."""
    learn, held = SHIPPED[name]().split(0.2, seed=0)
    found = fit(mlp(4, [8], 3), learn, penalty=3e-3, steps=300)

    assert 0.95 <= found.accuracy(held)


def test_numbers_are_learned() -> None:
    """A linear function is found to its noise."""
    data = regression(noise=0.01)
    found = fit(dense(3, 1), data)

    assert 2e-4 > found.last.loss
    assert np.allclose(data.labels, found.scores(data.x)[:, 0], atol=0.05)


def test_a_fit_has_the_same_bits_each_time() -> None:
    """The same line gives the same parameters, bit for bit."""
    first, again = (fit(mlp(2, [8], 1), moons(), steps=30, batch=16).last.state.vector for _ in range(2))

    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: moons(100, noise=-1), "noise is a number from 0, not -1"),
        (lambda: moons(100, noise=float("nan")), "noise is a number from 0"),
        (lambda: spirals(1), "at least 2 samples, not 1"),
        (lambda: moons(0), "positive whole number of samples"),
        (lambda: moons(1.5), "positive whole number of samples"),  # type: ignore[arg-type]
        (lambda: moons(1e9), "at most 1e.07 samples, not 1e.09"),  # type: ignore[arg-type]
        (lambda: blobs(2, classes=3), "at least 3 samples"),
        (lambda: blobs(9, classes=1), "two classes or more"),
        (lambda: regression(9, inputs=0), "one or more inputs"),
        (lambda: grid(9, inputs=0), "one or more inputs"),
        (lambda: classify(var("x") > 0, n=0), "positive whole number of samples"),
        (lambda: sample(var("x"), n=-3), "positive whole number of samples"),
    ],
)
def test_sizes_and_noise_of_data_are_checked(make: Callable[[], Any], said: str) -> None:
    """What cannot be made is refused in words."""
    with pytest.raises(UsageMistake, match=said):
        make()


def test_a_float_that_is_whole_is_a_number_of_samples() -> None:
    """1e2 is 100."""
    assert len(moons(1e2)) == 100  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_separator_of_a_table_is_found(tmp_path: Path, mark: str) -> None:
    """Commas, semicolons, tabs."""
    path = tmp_path / "a.csv"
    path.write_text(f"a{mark}b{mark}c\n1{mark}2{mark}u\n3{mark}4{mark}v\n")
    data = read_csv(path).data("c")
    assert (data.columns, data.x.tolist()) == (("a", "b"), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n1\n2\n", "no column of numbers beside `a`"),
        ("b,a\n1,2\ninf,3\n", "1 entries of `b` are infinite"),
    ],
)
def test_tables_that_cannot_be_learned_are_refused(tmp_path: Path, text: str, said: str) -> None:
    """A column alone has no inputs, and what is infinite has no mean."""
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UsageMistake, match=said):
        read_csv(path).data("a")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"optimiser": "foo"}, "no optimiser called `foo`"),
        ({"optimiser": 3}, "is no optimiser"),
        ({"steps": 0}, "`steps` is a positive whole number"),
        ({"rate": 0}, "a rate is a positive number"),
        ({"batch": 2.5}, "`batch` is a positive whole number"),
        ({"stepz": 3}, "no setting `stepz`"),
    ],
)
def test_settings_of_a_fit_are_checked(settings: dict[str, Any], said: str) -> None:
    """In words, and before anything is done."""
    with pytest.raises(UsageMistake, match=said):
        fit(mlp(2, [4], 1), moons(), **settings)


def test_an_optimiser_may_be_given_by_name() -> None:
    """As in the language."""
    assert fit(mlp(2, [4], 1), moons(), optimiser="momentum", steps=2).last.step == 2
