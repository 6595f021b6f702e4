"""Find `grammar/`, the language as a document, wherever symgrad was installed or checked out."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark

FILES = ("statement.lark", "expression.lark", "tokens.lark")
STARTS = ("expression", "script")
TABLES = "tables.json"
CHECKOUT = Path(__file__).parents[2] / "grammar"


def read(name: str) -> str:
    """A file of `grammar/`: from the installed package `symgrad.grammar`, else from beside the package (a checkout)."""
    try:
        data = pkgutil.get_data("symgrad.grammar", name)
    except ModuleNotFoundError:
        data = None
    return ((CHECKOUT / name).read_bytes() if data is None else data).decode("utf-8")


def source() -> str:
    """The whole grammar, as Lark reads it."""
    return "\n".join(map(read, FILES))


def parser(start: str | list[str] = "expression", *, strict: bool = False) -> Lark:
    """Lark's own parser of the grammar: the oracle of tests and benchmarks. `strict` refuses every conflict."""
    from lark import Lark

    return Lark(source(), parser="lalr", start=start, strict=strict)
