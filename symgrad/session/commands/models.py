"""Commands that bring data in, and models out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.errors import UsageMistake
from symgrad.session.commands.registry import Arguments, Given, explorer_command
from symgrad.session.workspace import Workspace

TABLE = re.compile(r"(\S+)\s+(.+?)(?:\s+target\s+(\S+))?(?:\s+missing=(\w+))?\s*\Z")


@explorer_command(
    "data NAME FILE [target COLUMN] [missing=drop]",
    "a CSV or Parquet file as data set; its last column is the target unless you say which",
    "data birds birds.csv target species missing=drop",
    1,
)
def _data(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.parameters import data

    text = " ".join(arguments.texts)
    found = TABLE.match(text)
    if found is None:
        raise UsageMistake("SG515", "data: a name and a file are needed", hint="as in: :data birds birds.csv")
    name, path, target, missing = found.groups()
    session, said = data(workspace.session, name, path, target or "", missing or "refuse")
    yield workspace.advanced(session, f":data {text}")
    yield said


@explorer_command(
    "export NET FILE", "a model as ONNX, C or Python: .onnx, .c or .py", "export net net.onnx", 1
)
def _export(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.parameters import export

    name, _, path = " ".join(arguments.texts).partition(" ")
    yield export(workspace.session, name, path.strip())


@explorer_command("formula NET", "a trained model as a formula of its inputs", "formula net", 1)
def _formula(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.parameters import formula

    yield formula(workspace.session, arguments.texts[0])
