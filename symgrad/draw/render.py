"""DOT to SVG, PNG and more by whatever Graphviz there is: the system's `dot`, or the pip-installable one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from symgrad.errors import UsageMistake

SECONDS = 30.0
"""A layout that takes longer is given up."""
QUIET_SECONDS = 5.0
"""The same where nobody asked for a picture, as in a notebook."""
PIP_PACKAGE = "graphviz-pure"
ADVICE = 'pip install "symgrad[draw]" adds a program that makes pictures of graphs'
FORMATS = ("svg", "png", "pdf")
DPI = 144
"""Dots of a PNG to an inch: twice as many as of a screen of old, so that small print is sharp."""


def renderers() -> list[str]:
    """All programs that can lay graphs out, the preferred one first; $SYMGRAD_DOT set to nothing: none."""
    chosen = os.environ.get("SYMGRAD_DOT")
    if chosen is not None:
        candidates = [chosen]
    else:
        beside = Path(sys.executable).parent
        candidates = ["dot", PIP_PACKAGE, str(beside / PIP_PACKAGE)]
    found = [path for name in candidates if name and (path := shutil.which(name))]
    if chosen is None and not found:
        found = _installed()
    return list(dict.fromkeys(found))


def _installed() -> list[str]:
    """The program of the pip-installable Graphviz, wherever pip has put it."""
    try:
        files = metadata.files(PIP_PACKAGE) or []
    except metadata.PackageNotFoundError:
        return []
    places = (
        file.locate() for file in files if file.stem == PIP_PACKAGE and file.parent.name in ("bin", "Scripts")
    )
    return [os.path.normpath(place) for place in places if os.access(place, os.X_OK)]


def rendered(source: str, form: str, seconds: float = SECONDS) -> bytes:
    """The picture of a DOT text as svg, png or pdf, by the first program that can make it.

    Raises:
        UsageMistake: SG531, no program is installed, or none can make this; SG530, none knows this format.
    """
    programs = renderers()
    if not programs:
        raise UsageMistake("SG531", "no Graphviz is installed that could make a picture", hint=ADVICE)
    said = ""
    for program in programs:
        try:
            done = subprocess.run(  # noqa: S603  # a program that the user installed, on a text of our own making
                [program, f"-T{form}", *((f"-Gdpi={DPI}",) if form == "png" else ())],
                input=source.encode(),
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            said = f"{Path(program).name}: {error}"
            continue
        if done.returncode == 0 and done.stdout:
            return done.stdout
        said = done.stderr.decode(errors="replace").strip()
    if "not recognized" in said:
        name = Path(programs[-1]).name
        hint = "an svg can be printed to pdf by a browser; the system's Graphviz (`dot`) makes pdf files"
        raise UsageMistake("SG530", f"{name}, which is installed here, makes no {form}", hint=hint)
    line = said.splitlines()[-1] if said else "it gave no picture"
    raise UsageMistake("SG531", f"Graphviz failed: {line[:200]}", hint="draw less of it, or as txt or dot")


def svg(source: str, seconds: float = SECONDS) -> str:
    """The picture of a DOT text as an SVG element. Raises as `rendered` does."""
    found = rendered(source, "svg", seconds).decode()
    return found[found.index("<svg") :]
