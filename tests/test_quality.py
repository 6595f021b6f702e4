"""The gates on the source itself: format, lint, types, layers, and the few rules no tool knows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run

GATES = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "--output-format", "concise", "."],
    "types": ["mypy", "--strict", "symgrad"],
    "layers": ["lint-imports", "--no-cache"],
}
SOURCES = sorted((ROOT / "symgrad").rglob("*.py"))
INTERPRETERS = {"engine", "certified", "symbolic", "compiled", "draw"}
LONGEST = 300
FORBIDDEN_CALLS = {"eval", "exec", "sympify", "parse_expr", "lambdify", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
# Written in halves so that this file does not mention them itself.
MACHINE_PATHS = ("/" + "work/", "/" + "home/", "/" + "root/", "shared" + "/", "C:" + "\\Users")


@pytest.mark.parametrize("gate", GATES)
def test_gate(gate: str, run: Run) -> None:
    """Every linter that a developer runs by hand passes."""
    tool, *arguments = GATES[gate]
    result = run(Path(sys.executable).with_name(tool), *arguments)

    assert 0 == result.returncode, f"{' '.join(GATES[gate])}\n{result.stdout}{result.stderr}"


def forbidden(tree: ast.AST) -> Iterator[str]:
    """Where a module runs text as code, or reads a format that does."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in FORBIDDEN_CALLS:
                yield f"line {node.lineno}: {name}()"
            case ast.Import(names=names):
                yield from (f"line {node.lineno}: {a.name}" for a in names if a.name in FORBIDDEN_MODULES)
            case ast.ImportFrom(module=module, names=names):
                found = {module, *(a.name for a in names)} & (FORBIDDEN_MODULES | FORBIDDEN_CALLS)
                yield from (f"line {node.lineno}: {name}" for name in found)
            case _:
                pass


def named_ops(tree: ast.AST, names: set[str]) -> Iterator[str]:
    """Where a condition compares something with the name of an op, or with an op."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symgrad.ops")
        for alias in node.names
        if alias.name in names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        else:
            continue
        for part in parts:
            inside = part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]
            for leaf in inside:
                match leaf:
                    case ast.Constant(value=str(name)) if name in names:
                        yield f"line {leaf.lineno}: {name!r}"
                    case ast.Name(id=name) if name in imported:
                        yield f"line {leaf.lineno}: {name}"
                    case _:
                        pass


def op_names() -> set[str]:
    """The names in the table, but those that are also words of Python or of the graph."""
    from symgrad.ops import OPS

    return set(OPS) - {"e", "pi"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_text_becomes_code(path: Path) -> None:
    """Nothing a user types can reach Python's evaluator, SymPy's parser or a pickle."""
    assert [] == list(forbidden(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_hold_one_idea(path: Path) -> None:
    """No source file is longer than one idea: beyond the cap it is split."""
    assert LONGEST >= len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCES if INTERPRETERS & set(p.parts) and "simplify" not in str(p)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_interpreters_name_no_op(path: Path) -> None:
    """An interpreter asks the table, never which op this is (rewrite rules are mathematics and may)."""
    assert [] == list(named_ops(ast.parse(path.read_text(encoding="utf-8")), op_names()))


def test_the_repository_names_no_machine(root: Path) -> None:
    """No file tells where it was written."""
    kinds = {".py", ".md", ".toml", ".lark", ".json", ".in", ".sg"}
    files = [*root.glob("*"), *(root / ".ci").glob("*")]
    files += [p for folder in ("symgrad", "grammar", "tests", "examples") for p in (root / folder).rglob("*")]
    text = {
        p: p.read_text(encoding="utf-8")
        for p in files
        if p.is_file() and (p.suffix in kinds or p.parent.name == ".ci")
    }

    assert [] == [f"{p}: {word}" for p, content in text.items() for word in MACHINE_PATHS if word in content]


def test_every_folder_is_a_package(root: Path) -> None:
    """A folder without __init__.py would be left out of the wheel."""
    folders = {p.parent for p in SOURCES} | {root / "grammar"}

    assert [] == sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file())


@pytest.mark.parametrize(
    "source",
    ["eval('1')", "import pickle", "from sympy import sympify", "sympy.parse_expr(t)", "builtins.exec(t)"],
)
def test_forbidden_can_fail(source: str) -> None:
    """The search for evaluated text finds it."""
    assert list(forbidden(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "if node.op.name == 'sin': pass",
        "y = 1 if op.name in ('exp', 'sin') else 2",
        "match op.name:\n  case 'sin': pass",
        "from symgrad.ops import sin\nif node.op is sin: pass",
    ],
)
def test_named_ops_can_fail(source: str) -> None:
    """The search for op names in conditions finds each way to write one."""
    assert list(named_ops(ast.parse(source), {"sin"}))
