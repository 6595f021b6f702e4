"""The example scripts that learn: the lecture from first to last line as a transcript, and six data sets."""

from __future__ import annotations

import math
import os
import re
import time

from symgrad.session.dialogue import replay
from symgrad.session.results import Learned
from symgrad.session.transcript import block, spoken
from symgrad.session.workspace import Workspace
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
CURVE = re.compile("[\u2800-\u28ff]+")


def transcript(text: str) -> str:
    """A script as a conversation: remarks as they are, entries with their answers."""
    workspace, pieces = Workspace(), []
    for line in text.splitlines():
        if line.startswith("#"):
            pieces.append(line + "\n")
        elif line.strip():
            workspace, output = spoken(workspace, line)
            pieces.append(block(line, output).rstrip("\n") + "\n")
        else:
            pieces.append("\n")
    return "".join(pieces)


def test_the_lecture_is_told_as_it_was_written_down() -> None:
    """From a*b + c to a trained net: the words are those of lecture.txt, the numbers too, but for rounding."""
    file = EXAMPLES / "lecture.txt"
    found = transcript((EXAMPLES / "lecture.sg").read_text(encoding="utf-8"))
    if os.environ.get("SYMGRAD_SNAPSHOTS") == "write":
        file.write_text(found, encoding="utf-8", newline="\n")
    expected = file.read_text(encoding="utf-8")
    for ours, theirs in zip(found.splitlines(), expected.splitlines(), strict=True):
        assert _words(ours) == _words(theirs)
        for a, b in zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True):
            assert math.isclose(float(a), float(b), rel_tol=0.02, abs_tol=1e-9), (ours, theirs)


def _words(line: str) -> str:
    """A line without its numbers, and without curves, which turn on the last digits."""
    return " ".join(CURVE.sub("", NUMBER.sub("0", line)).replace("-0", "0").replace("█", "").split())


def test_six_data_sets_are_learned_by_a_line_each() -> None:
    """Points in the plane to 99 %, each in less than ten seconds; flowers and penguins to 95 % of the held-out ones."""
    start = time.perf_counter()
    reports = [
        given
        for given in replay(Workspace(), (EXAMPLES / "learning.sg").read_text(encoding="utf-8"))
        if isinstance(given, Learned)
    ]
    held_out = [re.search(r"accuracy (\S+) %", " ".join(report.said)) for report in reports[4:]]

    assert 6 == len(reports)
    assert all(report.accuracy is not None and report.accuracy >= 0.99 for report in reports[:4])
    assert all(found is not None and float(found[1]) >= 95 for found in held_out)
    assert all(report.seconds < 10 for report in reports), time.perf_counter() - start
