"""Malformed, ambiguous and hostile inputs: each gets one of its fair readings; every message is a snapshot."""

from __future__ import annotations

import ast
import json
import math
from pathlib import Path
from typing import Any

import pytest

import symgrad
from symgrad.errors import CODES, SymgradError
from symgrad.expression import Expression
from tests.conftest import ROOT
from tests.errors import FOLDER, STAGES, mistake, snapshot

DATA = ROOT / "tests" / "data" / "errors.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").split("\n") if line]


def fair_columns(row: dict[str, Any]) -> list[int]:
    """The columns that a mistake may be marked at."""
    return [column for reading in readings(row) for column in reading.get("column_ok", [])]


def readings(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What a tool may make of an input."""
    return [row[kind] for kind in ("strict", "lenient") if row.get(kind)]


def values(row: dict[str, Any]) -> list[float]:
    """The values that an input may have."""
    found = [float(reading["value"]) for reading in readings(row) if reading["expect"] == "value"]
    if "the value" in row.get("note", ""):
        found.append(row["at"]["x"])  # a thousand brackets around x: "the value, or a clean error"
    return found


def outcome(row: dict[str, Any]) -> tuple[float | None, SymgradError | None]:
    """The value of an input at its point, or the mistake that it is."""
    try:
        f: Expression = symgrad.parse(row["input"])
        value = f({name: x for name, x in row["at"].items() if name in f.variables})
    except SymgradError as error:
        return None, error
    return float(value) if not hasattr(value, "tolist") else float(value.item()), None


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_each_input_gets_a_fair_reading(row: dict[str, Any]) -> None:
    """A value that a reading has, or a mistake at a place that a reading has; nothing else, and no crash."""
    value, error = outcome(row)
    domain = any(reading["expect"] == "domain" for reading in readings(row))

    if error is not None:
        assert domain or error.column in fair_columns(row), error
        assert error.span is not None
        assert 0 <= error.span.start <= error.span.end <= len(row["input"])
        assert error.hint or error.code not in ("SG013", "SG102")
    elif domain and not values(row):
        assert value is not None
        assert not math.isfinite(value)
    else:
        assert value is not None
        assert any(math.isclose(value, wanted, rel_tol=1e-12) for wanted in values(row)), value


@pytest.mark.parametrize("stage", STAGES)
def test_messages_are_as_they_were(stage: str) -> None:
    """Every message a text can cause is a snapshot; `python -m tests.errors` writes them anew."""
    assert (FOLDER / f"{stage}.txt").read_text(encoding="utf-8") == snapshot(stage)


def raised(folder: Path) -> set[str]:
    """The codes that stand in the source of a folder or file."""
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.py"))
    found = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) == 5:
                found |= {node.value} if node.value.startswith("SG") and node.value[2:].isdigit() else set()
    return found


def test_every_code_is_explained() -> None:
    """A code without an explanation could not be looked up."""
    assert set() == raised(ROOT / "symgrad") - set(CODES)


def test_every_message_of_the_reader_is_a_snapshot() -> None:
    """Each code that the reader of texts raises is caused by a text of the snapshots."""
    met = {
        error.code
        for stage, (_, texts) in STAGES.items()
        for text in texts
        if (error := mistake(stage, text))
    }
    not_a_text = {"SG111"}  # a caller without derivatives

    assert set() == raised(ROOT / "symgrad" / "syntax") - met - not_a_text
