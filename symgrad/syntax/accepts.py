"""What may come next: the kinds of words that the parser could take after a text, for completion."""

from __future__ import annotations

from symgrad.errors import SymgradError
from symgrad.syntax import lexer, tables
from symgrad.syntax.limits import DEFAULT


def accepted(text: str, start: str = "script") -> frozenset[str]:
    """The kinds of words that can follow a text; none if the text is wrong already."""
    table = tables.load()
    try:
        words = lexer.words(text, table, DEFAULT, start == "script")[:-1]
    except SymgradError:
        return frozenset()
    name = table.kinds["NAME"]
    states = [table.starts[start]]
    for given, begin, end in words:
        kind = table.keywords.get(text[begin:end], name) if given == name else given
        if not _take(states, kind, table):
            return frozenset()
    return frozenset(
        table.names[kind] for kind in table.actions[states[-1]] if _take(list(states), kind, table)
    )


def _take(states: list[int], kind: int, table: tables.Tables) -> bool:
    """Let the parser take a word, values aside; whether it can."""
    while (action := table.actions[states[-1]].get(kind)) is not None and action < 0:
        rule = table.rules[~action]
        if rule.symbols:
            del states[-len(rule.symbols) :]
        states.append(table.gotos[states[-1]][rule.origin])
    if action is not None:
        states.append(action)
    return action is not None
