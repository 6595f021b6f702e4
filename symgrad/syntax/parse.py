"""From text to tree: the loop that walks Lark's tables.

The grammar and its tables are Lark's (see tables.py). The loop is ours because it can then keep exact places, skip the
rungs of the ladder that only pass through, and leave Lark out of the start-up; it takes about a fifth of the time of
Lark's own loop. It keeps its own stacks and never recurses, so depth is no danger.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from symgrad.errors import SymgradError
from symgrad.graph.bulk import undisturbed
from symgrad.syntax import lexer, tables
from symgrad.syntax.ast import Ast, Name, Number, Statement
from symgrad.syntax.build import builder
from symgrad.syntax.characters import normal_name
from symgrad.syntax.limits import DEFAULT, Limits
from symgrad.syntax.mistakes import mistake
from symgrad.syntax.parts import Builder
from symgrad.syntax.place import Place


class Step(NamedTuple):
    """A rule, ready for the loop: how many values it takes, what it is called, what makes its node, if anything."""

    size: int
    origin: str
    build: Builder | None


def parse(text: str, limits: Limits = DEFAULT) -> Ast:
    """The tree of a single expression.

    Raises:
        SyntaxMistake: it is not in the language.
        LimitReached: it is longer or deeper than `limits` allow.
    """
    try:
        with undisturbed(len(text)):
            tree: Ast = _run(text, "expression", limits)
    except SymgradError as error:
        raise error.at(None, text) from None
    return tree


def parse_script(text: str, limits: Limits = DEFAULT) -> tuple[Statement, ...]:
    """The statements of a text, separated by `;` or line ends. Raises as `parse` does."""
    try:
        with undisturbed(len(text)):
            found = _run(text, "script", limits)
    except SymgradError as error:
        raise error.at(None, text) from None
    return tuple(found) if type(found) is list else (found,)


@cache
def _steps() -> list[Step]:
    rules = tables.load().rules
    return [Step(len(rule.symbols), rule.origin, builder(rule) if rule.alias else None) for rule in rules]


def _run(text: str, start: str, limits: Limits) -> Any:
    table = tables.load()
    actions, gotos, jumps, keywords, steps = table.actions, table.gotos, table.jumps, table.keywords, _steps()
    name_kind, number_kind = table.kinds["NAME"], table.kinds["NUMBER"]
    words = lexer.words(text, table, limits, start == "script")
    ascii_only = text.isascii()
    states = [table.starts[start]]
    values: list[Any] = []
    state = states[0]
    for i, (given, begin, end) in enumerate(words):
        kind: int = given
        value: Any = (begin, end)
        if kind == name_kind:
            word = text[begin:end]
            kind = keywords.get(word, name_kind)
            if kind == name_kind:
                value = Name(word if ascii_only else normal_name(word, begin), begin, end)
        elif kind == number_kind:
            value = Number(lexer.number(text[begin:end], begin), begin, end)
        while (action := actions[state].get(kind)) is not None and action < 0:
            size, origin, build = steps[~action]
            if build is None:  # nothing but a rung of the ladder: climb as far as it goes at once
                state = states[-1] = jumps[states[-2], state, kind]
                continue
            cut = len(values) - size
            values[cut:] = [build(values[cut:], text)]
            del states[cut + 1 :]
            state = gotos[states[-1]][origin]
            states.append(state)
        if action is None:
            raise mistake(Place(text, table, words, i, start == "script"))
        states.append(action)
        values.append(value)
        state = action
    return values[0]
