"""What is installed works: wheel, sdist, editable install, plain checkout, each outside the source tree."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import site
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import symgrad
from tests.conftest import ROOT, Run

WAYS = ("wheel", "sdist", "editable", "checkout")
PROBE = """
import json, pathlib, symgrad
f = symgrad.parse("x^2*sin(y)")
print(json.dumps([symgrad.__version__, symgrad.__file__, f(x=2.0, y=3.0), f.diff("x")(x=2.0, y=3.0)]))
"""
INSTALL = (
    "install",
    "--quiet",
    "--no-deps",
    "--no-index",
    "--no-build-isolation",
    "--disable-pip-version-check",
)
UNSHIPPED = (".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True)
class Built:
    """A copy of the source tree, and what was built from it."""

    tree: Path
    wheel: Path
    sdist: Path
    wheel_of_sdist: Path


def require(result: object, what: str) -> None:
    """Fail with both streams of a command that should have worked."""
    assert 0 == result.returncode, f"{what}\n{result.stdout}{result.stderr}"  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, run: Run, worker_id: str) -> Built:
    """Build once in a copy, so that a test run leaves nothing in the working tree; all workers share the result."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "packaging"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build(folder, run)
            (folder / "done").touch()
    return Built(
        folder / "tree",
        next((folder / "direct").glob("*.whl")),
        next((folder / "dist").glob("*.tar.gz")),
        next((folder / "dist").glob("*.whl")),
    )


def build(folder: Path, run: Run) -> None:
    """A wheel from the tree, an sdist, and a wheel from the sdist."""
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*UNSHIPPED))
    command = [sys.executable, "-m", "build", "--no-isolation"]
    require(run(*command, "--wheel", "--outdir", folder / "direct", tree), "build --wheel")
    shutil.rmtree(tree / "build")  # else the next build would ship what this one left
    require(run(*command, "--outdir", folder / "dist", tree), "build")


@pytest.fixture(scope="session", params=WAYS)
def python(
    request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory, run: Run
) -> tuple[Path, dict[str, str]]:
    """An interpreter that has symgrad in one of the four ways, and what its environment must say.

    Its libraries come through a path file from the environment of this test run: no network is needed, and
    path files of that environment (its own editable symgrad) are not followed.
    """
    home = tmp_path_factory.mktemp(request.param)
    venv.create(home, with_pip=False, symlinks=True)
    interpreter = home / "bin" / "python"
    libraries = next((home / "lib").glob("python3*")) / "site-packages"
    (libraries / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    tree = shutil.copytree(built.tree, home / "tree")  # two workers may be installing at the same time
    what: list[str | Path] = {
        "wheel": [built.wheel],
        "sdist": [built.wheel_of_sdist],
        "editable": ["--editable", tree],
        "checkout": [],
    }[request.param]
    if what:
        pip = [sys.executable, "-m", "pip", "--python", interpreter]
        require(run(*pip, *INSTALL, *what, cwd=home), f"pip install {what}")
        return interpreter, {}
    return interpreter, {"PYTHONPATH": str(tree)}


def test_the_library_works(python: tuple[Path, dict[str, str]], run: Run, tmp_path: Path) -> None:
    """The grammar and the tables are found, and a formula has its value and its derivative."""
    interpreter, env = python
    result = run(interpreter, "-c", PROBE, cwd=tmp_path, **env)
    require(result, "the library")
    version, file, value, slope = json.loads(result.stdout)

    assert (symgrad.__version__, 0.5644800322394689, 0.5644800322394689) == (version, value, slope)
    assert not Path(file).is_relative_to(ROOT)


def test_the_command_works(python: tuple[Path, dict[str, str]], run: Run, tmp_path: Path) -> None:
    """`python -m symgrad` prints the value of a formula."""
    interpreter, env = python
    line = ("x^2*sin(y)", "x=2", "y=3", "--no-check")
    result = run(interpreter, "-m", "symgrad", *line, cwd=tmp_path, **env)
    require(result, "python -m symgrad")

    assert "0.5644800322394689" in result.stdout
    script = interpreter.with_name("symgrad")
    if not env:
        assert result.stdout == run(script, *line, cwd=tmp_path).stdout


def sources(folder: Path) -> Iterator[str]:
    """What belongs into the wheel, by its place in the source tree."""
    for path in folder.rglob("*"):
        kinds = {".csv", ".py", ".lark", ".json", ".css", ".html", ".js"}
        if path.suffix in kinds or path.name in {"SOURCES.txt", "py.typed"}:
            yield path.relative_to(folder.parent).as_posix()


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    """Every module, grammar file and table is in; tests and strays are not."""
    grammar = {f"symgrad/{name}" for name in sources(built.tree / "grammar")}
    expected = grammar | set(sources(built.tree / "symgrad"))
    names = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}

    assert expected == names
    assert {"symgrad/py.typed", "symgrad/grammar/__init__.py"} < names


def test_both_wheels_are_the_same(built: Built) -> None:
    """The wheel built from the sdist has what the wheel built from the tree has."""
    first, second = zipfile.ZipFile(built.wheel), zipfile.ZipFile(built.wheel_of_sdist)

    assert set(first.namelist()) == set(second.namelist())


def test_no_artefact_says_where_it_was_built(built: Built) -> None:
    """No file in the wheel or the sdist holds a path of the machine that built it."""
    archive = zipfile.ZipFile(built.wheel)
    texts = {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(built.sdist) as tar:
        texts |= {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]
    places = [f"{p}/".encode() for p in (ROOT, built.tree, Path(sys.prefix), Path.home()) if len(str(p)) > 1]

    assert [] == [name for name, text in texts.items() for place in places if place in text]


def test_the_sdist_can_be_tested(built: Built) -> None:
    """Who gets the sources gets the tests, the examples' folder, the language and the licence."""
    with tarfile.open(built.sdist) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}

    assert {"LICENSE", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"} <= names
    assert {"grammar/__init__.py", "tests/test_packaging.py", "pyproject.toml", "setup.py"} <= names


def test_the_metadata_is_complete(built: Built) -> None:
    """Version, licence and dependencies are what pyproject.toml and symgrad.__version__ say."""
    archive = zipfile.ZipFile(built.wheel)
    metadata = next(archive.read(n).decode() for n in archive.namelist() if n.endswith("dist-info/METADATA"))
    core = set(re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", metadata, re.MULTILINE))

    assert f"\nVersion: {symgrad.__version__}\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata
    assert {"graphviz", "lark", "numpy", "prompt_toolkit", "python-flint", "scipy", "sympy"} == core


def test_the_readme_has_the_two_commands(root: Path) -> None:
    """The README's first command runs the main job, its second is what .ci/run runs, word for word."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    commands = [line.strip(" $`") for line in readme.splitlines() if "python3 -m venv .venv &&" in line]
    checks = (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()

    assert 2 == len(commands)
    assert commands[0].endswith(".venv/bin/symgrad 'x^2*sin(y)' x=2 y=3")
    assert commands[1] == checks[-1]
