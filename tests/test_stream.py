"""`symgrad map`: every row of a table comes out with value and gradient, or with the reason why not."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symgrad
from symgrad.errors import SymgradError
from symgrad.stream import map_file, text
from symgrad.stream.table import CHUNK
from tests.conftest import ROOT
from tests.test_cli import ran

pq = pytest.importorskip("pyarrow.parquet")
pa = pytest.importorskip("pyarrow")

F = symgrad.parse("x^2*log(y)")
COUNT = 200_000


def numbers() -> dict[str, Any]:
    """Columns of random numbers."""
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=COUNT), "y": rng.uniform(0.5, 2, COUNT)}


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """A CSV file, read by Python's own reader."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_row_has_value_and_gradient(tmp_path: Path, kind: str) -> None:
    """200 000 rows, in both formats: bits of the library, columns carried along, nothing left beside the result."""
    columns = numbers()
    source, target = tmp_path / "d.parquet", tmp_path / f"o.{kind}"
    pq.write_table(
        pa.table({"name": [f"r{i}" for i in range(COUNT)], **columns}), source, row_group_size=70_000
    )
    report = map_file(F.node, source, target)
    assert (report.rows, report.nulls.count, report.bad.count) == (COUNT, 0, 0)
    value, grad = F.value_and_grad(columns, way=report.way)
    if kind == "csv":
        found = rows(target)
        assert [row["name"] for row in found[:3]] == ["r0", "r1", "r2"]
        assert [float(row["value"]) for row in found] == value.tolist()
        assert [float(row["d_y"]) for row in found] == grad["y"].tolist()
    else:
        table = pq.read_table(target)
        assert table.column_names == ["name", "x", "y", "value", "d_x", "d_y"]
        assert (table["value"].to_numpy() == value).all()
        assert (table["d_x"].to_numpy() == grad["x"]).all()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([source.name, target.name])


TROUBLE = (
    'name,x,y,"a, b"\n'
    'one,1,2,"quoted ""here"", and\nover two lines"\n'
    "two,,2,\n"
    "\n"
    "three,oops,2,\n"
    "four,1\n"
    "five,1,0,NA\n"
    "six,1,1_000,\n"
    "seven, 2 ,0x3,\n"
    "eight,2,3,ü\n"
)


def test_trouble_is_told_and_nothing_is_dropped(tmp_path: Path) -> None:
    """Missing numbers, words, short rows, logarithms of zero: each row is there, and each kind is counted."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("\ufeff" + TROUBLE, encoding="utf-8")
    report = map_file(F.node, source, target)
    found = rows(target)
    assert [row["name"] for row in found] == ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    assert [bool(row["value"]) for row in found] == [True, False, False, False, True, False, False, True]
    assert found[0]["a, b"] == 'quoted "here", and\nover two lines'
    assert found[7]["a, b"] == "ü"
    assert (report.nulls.count, report.bad.count, report.undefined.count) == (1, 4, 1)
    assert report.bad.places == [
        (4, "2 fields, where the header has 4"), (3, "x: 'oops' is no number"), (6, "y: '1_000' is no number"),
    ]  # fmt: skip
    assert found[7]["value"] == repr(F(x=2.0, y=3.0))


def test_nulls_of_parquet(tmp_path: Path) -> None:
    """A null in a column that is computed with makes nulls; one beside it is carried along; integers are numbers."""
    source, target = tmp_path / "d.parquet", tmp_path / "o.parquet"
    pq.write_table(pa.table({"x": [1, None, 3], "y": [1.0, 2.0, None], "z": [None, "a", "b"]}), source)
    report = map_file(symgrad.parse("x + c").node, source, target, {"c": 2.0})
    assert pq.read_table(target).to_pylist() == [
        {"x": 1, "y": 1.0, "z": None, "value": 3.0, "d_x": 1.0},
        {"x": None, "y": 2.0, "z": "a", "value": None, "d_x": None},
        {"x": 3, "y": None, "z": "b", "value": 5.0, "d_x": 1.0},
    ]
    assert report.nulls.places == [(2, "")]


def test_columns_are_stored_as_they_were(tmp_path: Path) -> None:
    """Compression and dictionaries are kept; results say that none is missing where the table says so."""
    source, target = tmp_path / "d.parquet", tmp_path / "o.parquet"
    table = pa.table({"x": np.linspace(1, 2, 5000), "s": ["a", "b"] * 2500, "p": [{"q": 1}] * 5000})
    pq.write_table(table, source, compression={"x": "zstd", "s": "gzip"}, use_dictionary=["s"])
    map_file(symgrad.parse("x^2").node, source, target)
    found = pq.read_table(target)
    assert found.select(["x", "s", "p"]).equals(table)
    assert [found.schema.field(name).nullable for name in ("x", "value", "d_x")] == [True, False, False]
    group = pq.ParquetFile(target).metadata.row_group(0)
    stored = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert [stored[name].compression for name in ("x", "s", "p.q", "value")] == [
        "ZSTD", "GZIP", "UNCOMPRESSED", "UNCOMPRESSED",
    ]  # fmt: skip
    assert [stored[name].has_dictionary_page for name in ("x", "s", "value")] == [False, True, False]
    pq.write_table(table, source, write_statistics=False)
    map_file(symgrad.parse("x^2").node, source, target)
    assert pq.read_schema(target).field("value").nullable


def test_a_model_of_columns(tmp_path: Path) -> None:
    """Parameters are arrays with values; columns are numbers."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x,y\n1,2\n3,4\n")
    f = symgrad.parse("sum(w*[x, y]) + x*x", types={"w": "real[2]"})
    map_file(f.node, source, target, {"w": np.array([10.0, 100.0])})
    assert [[float(row[k]) for k in ("value", "d_x", "d_y")] for row in rows(target)] == [
        [211.0, 12.0, 100.0], [439.0, 16.0, 100.0],
    ]  # fmt: skip


def test_conditions_constants_and_empty_tables(tmp_path: Path) -> None:
    """A condition has no gradient; a formula may use no column at all; a table may have no rows."""
    source = tmp_path / "d.csv"
    source.write_text("x\n1\n\n-1\n")  # in a table of one column an empty line is a row
    for kind in ("csv", "parquet"):
        target = tmp_path / f"o.{kind}"
        assert map_file(symgrad.parse("x > 0").node, source, target).columns == ["value"]
        assert map_file(symgrad.parse("2 + 3").node, source, target, drop=True).rows == 3
    assert rows(tmp_path / "o.csv") == [{"value": "5.0"}] * 3
    source.write_text("x\n")
    assert map_file(F.node, source, target, {"y": 2.0}).rows == 0


@pytest.mark.parametrize(
    ("content", "expression", "code"),
    [
        ("x,z\n1,2\n", "x*y", "SG103"),
        ("x,value\n1,2\n", "x", "SG515"),
        ("x,x\n1,2\n", "x", "SG518"),
        ("", "x", "SG518"),
        ('x\n"1\n', "x", "SG518"),
        ("x,y\n1,2\n", "[x, y]", "SG214"),
    ],
)
def test_mistakes(tmp_path: Path, content: str, expression: str, code: str) -> None:
    """What is wrong with a table or a formula is said, and no file is left."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text(content)
    with pytest.raises(SymgradError) as caught:
        map_file(symgrad.parse(expression).node, source, target)
    assert caught.value.code == code
    assert [p.name for p in tmp_path.iterdir()] == ["d.csv"]


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"1,2\n3,4\n", "the first line of a table names its columns"),
        (b"x 1,y\n3,4\n", "rename `x 1` if it is meant"),
        (b"x,y\n1,2\n\xe4,2\n", "iconv"),
        (b"\x1f\x8b\x08\x00", "gunzip it first"),
    ],
)
def test_mistakes_show_a_way_out(tmp_path: Path, content: bytes, hint: str) -> None:
    """Tables without a header, with other names, in another encoding, compressed."""
    source = tmp_path / "d.csv"
    source.write_bytes(content)
    with pytest.raises(SymgradError) as caught:
        map_file(F.node, source, tmp_path / "o.csv")
    assert hint in (caught.value.hint or "")


def test_the_report_counts_as_people_do(tmp_path: Path) -> None:
    """One row lacks, two rows lack; a decimal comma is named."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x;y\n;1\n1,5;1\n1;-1\n2;-1\n")
    said = ran("map", "log(y)*x", str(source), "-o", str(target)).out
    assert "1 row lacks a number: row 1\n" in said
    assert (
        "1 row cannot be read: row 2 (x: '1,5' is no number: decimals have a point, or with --comma a comma)\n"
        in said
    )
    assert "2 rows have no finite value: row 3 (nan), row 4 (nan)\n" in said


def test_results_do_not_depend_on_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows read a few at a time give the same file."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x;y\n" + "".join(f"{i};{i + 1.5}\n" for i in range(100)))
    map_file(F.node, source, target)
    whole = target.read_bytes()
    monkeypatch.setattr(text, "ROWS", 7)
    map_file(F.node, source, target)
    assert target.read_bytes() == whole
    assert rows(target, ";")[0]["x"] == "0"
    assert CHUNK > 7


def test_the_command(tmp_path: Path) -> None:
    """On the command line: a report, its JSON, and an exit code that says whether all rows have a number."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x\n1\n2\n")
    said = ran("map", "x^2*c", str(source), "-o", str(target), "c=3", "--drop")
    assert said.code == 0
    assert "2 rows" in said.out
    assert target.read_text() == "value,d_x\n3.0,6.0\n12.0,12.0\n"
    source.write_text("x\n1\nx\n")
    said = ran("map", "x^2", str(source), "-o", str(target), "--json")
    assert said.code == 1
    assert json.loads(said.out)["bad"] == {"count": 1, "first": [[2, "x: 'x' is no number"]]}
    assert ran("map", "x^2", str(source), "-o", str(source)).code == 2
    assert "where does the result go" in ran("map", "x^2", str(source)).err


def test_decimal_commas(tmp_path: Path) -> None:
    """With `comma` 1,5 is a number, 1.5 is none, and results have commas too; numbers of Parquet are no text."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x;y\n1,5;2\n3.5;1\n")
    report = map_file(symgrad.parse("x^2*y").node, source, target, comma=True)
    assert target.read_text() == "x;y;value;d_x;d_y\n1,5;2;4,5;6,0;2,25\n3.5;1;;;\n"
    assert report.bad.places == [(2, "x: '3.5' is no number: with --comma decimals have a comma")]
    pq.write_table(pa.table({"x": [1.5]}), tmp_path / "d.parquet")
    with pytest.raises(SymgradError, match="no text"):
        map_file(symgrad.parse("x").node, tmp_path / "d.parquet", target, comma=True)


def test_a_report_for_programs(tmp_path: Path) -> None:
    """`--plain` has tabs between words, `--quiet` says nothing; the exit code tells of lost rows in both."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x\n1\nx\n")
    said = ran("map", "x^2", str(source), "-o", str(target), "--plain")
    expected = f"rows\t2\nfile\t{target}\ncolumns\tvalue\td_x\nbad\t1\trow 2 x: 'x' is no number\n"
    assert (said.code, said.out) == (1, expected)
    assert ran("map", "x^2", str(source), "-o", str(target), "--quiet")[:2] == (1, "")


def test_pipes(tmp_path: Path) -> None:
    """`-` is a table on the standard input or output; the report goes to the error stream; sessions have no pipe."""
    words = [sys.executable, "-m", "symgrad", "map", "x^2", "-", "-o", "-"]
    done = subprocess.run(
        words, input="x;y\n3;a\n\n4;b\n", capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "x;y;value;d_x\n3;a;9.0;6.0\n4;b;16.0;8.0\n"
    assert "2 rows" in done.stderr
    assert "in the output" in done.stderr
    done = subprocess.run(words, input=b"x\n\xe4\n", capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no text in UTF-8" in done.stderr
    assert "a session has no pipe" in ran(stdin=f":map x^2, - -o {tmp_path / 'o.csv'}\n").err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_half_file(tmp_path: Path, number: int, code: int) -> None:
    """Ctrl-C and an end from outside: the exit code says it, no file, and what was there before is untouched."""
    source, target = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("x\n" + "".join(f"{i}\n" for i in range(1_000_000)))
    target.write_text("old")
    words = [sys.executable, "-m", "symgrad", "map", "sin(x)^2", str(source), "-o", str(target)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(600):
        if len(list(tmp_path.iterdir())) > 2 or process.poll() is not None:
            break
        time.sleep(0.02)
    os.kill(process.pid, number)
    process.communicate(timeout=60)
    assert process.returncode == code
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.csv", "o.csv"]
    assert target.read_text() == "old"
