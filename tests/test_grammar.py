"""The grammar is free of conflicts, its tables are in step with it, and the loop over them agrees with Lark's."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import LarkError

from symgrad.errors import SymgradError
from symgrad.ops import OPS
from symgrad.syntax import grammar, tables
from symgrad.syntax.build import BUILDERS
from symgrad.syntax.parse import parse
from tests.conftest import Run

WORDS = [
    "x",
    "y",
    "f(",
    "2",
    ".5",
    "+",
    "-",
    "*",
    "/",
    "^",
    "@",
    "(",
    ")",
    "[",
    "]",
    ",",
    "!",
    "²",
    "√",
    "=",
    ":",
    "<",
    "==",
]
WORDS += ["if", "then", "else", "and", "or", "not", "f'("]


@cache
def lark() -> Lark:
    """Lark's own parser of the grammar, where words of the language are never names."""
    return Lark(grammar.source(), parser="lalr", lexer="basic", start="expression")


def test_the_grammar_has_no_conflicts() -> None:
    """Lark resolves conflicts in silence unless it is asked to be strict."""
    assert grammar.parser(list(grammar.STARTS), strict=True)


def test_the_tables_are_in_step_with_the_grammar() -> None:
    """`python -m symgrad.syntax.tables` was run after the last change of the grammar."""
    assert tables.dump(tables.build()) == grammar.read(grammar.TABLES)


def test_tables_survive_json() -> None:
    """Nothing in the tables is lost on the way through the file."""
    built = tables.build()

    assert built == json.loads(tables.dump(built))


def test_every_alias_is_an_operation() -> None:
    """What a rule makes is an operation of the table, or one of the few structures that have a builder."""
    aliases = {rule.alias for rule in tables.load().rules} - {None}

    assert set() == aliases - set(OPS) - set(BUILDERS)
    assert set() == set(BUILDERS) - aliases


def test_parsing_needs_no_lark(run: Run) -> None:
    """Lark makes the tables; whoever only parses does not wait for its import."""
    code = "import sys; from symgrad.syntax.parse import parse; parse('x+1'); print('lark' in sys.modules)"

    assert "False" == run(sys.executable, "-c", code).stdout.strip()


def test_the_tables_are_read_at_once() -> None:
    """Reading the tables costs a one-line answer less than a blink."""
    best = min(_seconds(lambda: tables.Tables(json.loads(grammar.read(grammar.TABLES)))) for _ in range(5))

    assert best < 0.05


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_our_loop_accepts_what_lark_accepts(text: str) -> None:
    """The loop over the tables and Lark's own parser take the same texts."""
    named_before_unnamed = "SG008"  # our builders judge what the grammar lets through

    assert _code(lambda: lark().parse(text)) == _code(lambda: parse(text)) or named_before_unnamed == _code(
        lambda: parse(text)
    )


def _code(read: Callable[[], object]) -> str | None:
    """Why a text is refused; None if it is not."""
    try:
        read()
    except LarkError:
        return "refused"
    except SymgradError as error:
        return error.code if error.code == "SG008" else "refused"
    return None


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", ["1", "_", " ", "a", "1_", "1.", "1e", "'", "(", "#", "²", "x'", "|", "é", "\t\n", "0x1", "\x00"]
)
def test_words_are_found_in_linear_time(piece: str) -> None:
    """No pattern of a word can be made to backtrack: fifty thousand characters would take minutes."""
    text = piece * (50_000 // len(piece))

    for t in (text, "x" + text, text + "$"):
        with suppress(SymgradError):
            assert parse(t)
