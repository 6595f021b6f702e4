"""What the documents show is true: every command, session and link in them."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from symgrad.session.commands.manual import manual
from symgrad.session.transcript import compared
from tests.conftest import ROOT, Run
from tests.test_cli import ran

DOCUMENTS = sorted(ROOT.glob("*.md"))


class Shown(NamedTuple):
    """A command that a document shows, and the output it shows below it."""

    line: int
    command: str
    output: str


def blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The indented and the fenced blocks of a document, each with its first line number."""
    block: list[str] = []
    fenced = False
    for number, line in enumerate([*text.splitlines(), "end"], 1):
        fence = line.startswith("```")
        inside = (fenced and not fence) or line.startswith("    ")
        if inside or (block and not line.strip() and not fence):
            block.append(line.removeprefix("    ") if not fenced else line)
        elif block:
            yield number - len(block), block
            block = []
        fenced ^= fence


def shown(text: str) -> Iterator[Shown]:
    """The `$ symgrad ...` commands of a document, each with the output below it."""
    for first, block in blocks(text):
        starts = [i for i, line in enumerate(block) if line.startswith("$ ")]
        for start, end in pairwise([*starts, len(block)]):
            if block[start].startswith("$ symgrad"):
                output = "\n".join(line.rstrip() for line in block[start + 1 : end])
                yield Shown(first + start, block[start].removeprefix("$ "), output.strip("\n"))


EXAMPLES = [
    pytest.param(example, id=f"{document.name}-{example.line}")
    for document in DOCUMENTS
    for example in shown(document.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_commands(example: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command that a document shows prints what is shown below it, first its output, then its complaints.

    (That the installed program does the same as this process is tests/test_cli.py's.)
    """
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    answer = ran(*shlex.split(example.command, comments=True)[1:], encoding="utf-8")
    lines = (answer.out + answer.err).splitlines()

    assert example.output == "\n".join(line.rstrip() for line in lines).strip("\n")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_python(document: Path) -> None:
    """Each Python session that a document shows has the results shown."""
    failed, _ = doctest.testfile(str(document), module_relative=False, encoding="utf-8")

    assert 0 == failed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_links(document: Path) -> None:
    """A link or a code span that looks like a place in the repository leads to one."""
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    files = re.findall(r"`((?:symgrad|tests|grammar|examples)/[\w/.]*\w)`", text)

    assert [] == [place for place in links + files if not (ROOT / place).exists()]


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.name)
def test_examples(example: Path, run: Run, tmp_path: Path) -> None:
    """Each example runs to its end without a warning; its assertions are its own."""
    result = run(sys.executable, "-W", "error", example, cwd=tmp_path, MPLBACKEND="Agg")

    assert 0 == result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_sessions(document: Path) -> None:
    """Each session that a document shows gives the answers shown."""
    *differences, last = compared(document.read_text(encoding="utf-8"), document.name)

    assert [] == [difference.text for difference in differences]
    assert document.name != "README.md" or "15 answers" in last.text


def test_the_commands_are_a_document() -> None:
    """docs/commands.md is what `python -m symgrad.session.commands.manual` writes."""
    assert manual() == (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_shown_finds_commands() -> None:
    """Commands are found in indented and in fenced blocks, with all of their output."""
    text = "A\n\n    $ symgrad 'x' x=1\n    x = 1.0\n\n      more\n    $ ls\n\n```\n$ symgrad -h\nusage\n```"
    expected = [Shown(3, "symgrad 'x' x=1", "x = 1.0\n\n  more"), Shown(10, "symgrad -h", "usage")]

    assert expected == list(shown(text))
    assert os.linesep not in expected[1].output
