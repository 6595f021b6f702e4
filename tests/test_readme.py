"""README's tables say what the program does; its commands and sessions are run by tests/test_docs.py."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from symgrad.check.verdict import STATUSES
from symgrad.cli.options import BY_NAME
from symgrad.session import Session
from symgrad.session.commands import COMMANDS
from symgrad.session.verdicts import SIGNS
from tests.test_cli import ran


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    """The text of README."""
    return (root / "README.md").read_text(encoding="utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table after a heading, without its head."""
    after = text.split(f"## {heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert lines is not None
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[0].splitlines()[2:]]
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in rows]


def test_verdicts(readme: str) -> None:
    """Every verdict stands in the table, with its sign."""
    rows = table(readme, "What the verdict means")
    assert {status: SIGNS[status] for status in STATUSES} == {row[0]: row[1] for row in rows}


def test_json_fields(readme: str) -> None:
    """The fields of JSON are those of the table."""
    shown = {field for row in table(readme, "JSON") for field in re.findall(r"`([\w.]+)`", row[0])}
    answer = json.loads(ran("2x^2", "x=1", "--json").out)
    found = {key for key in answer if key != "check"} | {f"check.{key}" for key in answer["check"]}
    error = json.loads(ran("2x^", "--json").out)

    assert shown == found | (set(error) - {"symgrad"})


def test_language(readme: str) -> None:
    """Every example of the language's tables is in the language."""
    scope = "c = 2 > 1; a = 1; b = 2; x = 3; n = 4; L = w^2; w = 1; y = 2; v = [1, 2, 3]; A = [[1, 2, 3]]; g(x) = x^2"
    before = Session().run(scope).session
    for row in table(readme, "The language"):
        for example in re.findall(r"`([^`]+)`", row[0]):
            text = example.replace("f'(x)", "g'(x)").replace("(f,", "(sin(x*y),").replace("(f)", "(x^2)")
            if text in ("+ - * /", "^", "**", "==", "!=", "and", "or", "not", "×", "≤"):
                continue
            before.run(
                text.replace("jacobian(v, x)", "jacobian([x, x^2], x)").replace("log(x, b)", "log(x, 2)")
            )
    statements = re.findall(r"^\| `([^`]+)` \|", readme.split("there are statements", 1)[1], re.MULTILINE)
    assert len(statements) >= 4
    for text in statements:
        before.run(text.replace("b: bool", "q: bool"))


def test_commands_and_options(readme: str) -> None:
    """README names no command or option that does not exist."""
    text = re.sub(r"(?s)## In Python.*(?=## JSON)", "", readme)
    verbs = set(re.findall(r"symgrad ([a-z]+)(?= [A-Z'`]|`)", text)) | set(
        re.findall(r"\$ symgrad ([a-z]+) ", text)
    )
    options = set(re.findall(r"`(--?[a-z][a-z-]*)", text)) | set(re.findall(r"(?<=\s)(--[a-z][a-z-]+)", text))

    assert set() == verbs - set(COMMANDS)
    assert set() == options - set(BY_NAME)
