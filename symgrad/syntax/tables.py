"""The parse tables: made from `grammar/*.lark` by Lark (`python -m symgrad.syntax.tables`), read from plain JSON.

Building the tables takes Lark half a second, reading them takes milliseconds, and with our own loop over them (see
parse.py) Lark need not be imported to parse. They are JSON and not a pickle: data that cannot run.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NamedTuple

from symgrad.syntax.grammar import CHECKOUT, STARTS, TABLES, parser, read

END = "$END"
ERROR = "$ERROR"


class Rule(NamedTuple):
    """`origin` is made from `symbols`; `alias` names the operation, None for a rung that only passes through."""

    origin: str
    alias: str | None
    symbols: tuple[str, ...]


class Tables:
    """What the parser's loop needs, with terminals as small integers: the group numbers of the one big pattern."""

    def __init__(self, data: dict[str, Any]) -> None:
        words = [name for name, _ in data["terminals"]]
        self.names: list[str] = [END, *words, *data["declared"], ERROR]
        self.kinds: dict[str, int] = {name: i for i, name in enumerate(self.names)}
        self.keywords: dict[str, int] = {word: self.kinds[name] for word, name in data["keywords"].items()}
        self.actions: list[dict[int, int]] = [
            {self.kinds[name]: action for name, action in row.items()} for row in data["actions"]
        ]
        self.gotos: list[dict[str, int]] = data["gotos"]
        self.rules = [Rule(origin, alias, tuple(symbols)) for origin, alias, symbols in data["rules"]]
        self.starts: dict[str, int] = data["starts"]
        self.jumps = Jumps(self)
        # Blanks are skipped inside the match of the word that follows: half as many matches. The group is atomic, so
        # that no blank is given back, and a comment is always followed by a line's end.
        groups = [f"({pattern})" for _, pattern in data["terminals"]]
        groups += ["((?!))"] * len(data["declared"]) + ["(.)"]
        skipped = "".join(f"(?:{pattern})?" for pattern in data["ignored"])
        self.pattern = re.compile(f"(?>{skipped})(?:{'|'.join(groups)}|\\Z)", re.DOTALL)


class Jumps(dict[tuple[int, int, int], int]):
    """(state below, state, next word) -> the state after all rungs of the ladder that only pass through.

    An operand climbs up to ten rungs before the next operator; remembering where it arrives halves the parser's time.
    """

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self.tables = tables

    def __missing__(self, key: tuple[int, int, int]) -> int:
        below, state, kind = key
        while (action := self.tables.actions[state].get(kind, 0)) < 0:
            rule = self.tables.rules[~action]
            if rule.alias is not None or len(rule.symbols) != 1:
                break
            state = self.tables.gotos[below][rule.origin]
        self[key] = state
        return state


@cache
def load() -> Tables:
    """The tables that were shipped."""
    return Tables(json.loads(read(TABLES)))


def build(strict: bool = False) -> dict[str, Any]:
    """Let Lark make the tables from the grammar. `strict` refuses every conflict and needs interegular."""
    lark: Any = parser(list(STARTS), strict=strict)  # Any: what follows is below Lark's documented interface
    table = lark.parser.parser._parse_table  # noqa: SLF001  # Lark has no public way to it
    terminals = [(t.name, t.pattern.to_regexp()) for t in lark.parser.lexer.root_lexer.terminals]
    name = re.compile(dict(terminals)["NAME"])
    ignored = {t: pattern for t, pattern in terminals if t in lark.ignore_tokens}
    keywords = {pattern: t for t, pattern in terminals if name.fullmatch(pattern)}
    rules = sorted(set(lark.rules), key=lambda r: (r.origin.name, r.order, [s.name for s in r.expansion]))
    number = {rule: i for i, rule in enumerate(rules)}
    order = _breadth_first(table)
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in order:
        actions.append({})
        gotos.append({})
        for symbol, (move, target) in sorted(table.states[state].items()):
            shift = move.name == "Shift"
            row = gotos[-1] if shift and not _is_terminal(symbol) else actions[-1]
            row[symbol] = order[target] if shift else ~number[target]
    for (
        end
    ) in table.end_states.values():  # Lark stops in this state; for our loop the end is a word to be taken
        actions[order[end]][END] = order[end]
    words = [[t, p] for t, p in terminals if t not in ignored and t not in keywords.values()]
    used = {symbol for row in actions for symbol in row} - {END} - set(keywords.values())
    return {
        "terminals": words,
        "keywords": keywords,
        "declared": sorted(used - {t for t, _ in words}) + sorted(keywords.values()),
        "ignored": [ignored[t] for t in lark.ignore_tokens],
        "starts": {start: order[table.start_states[start]] for start in STARTS},
        "rules": [[r.origin.name, _alias(r), [s.name for s in r.expansion]] for r in rules],
        "actions": actions,
        "gotos": gotos,
    }


def _is_terminal(symbol: str) -> bool:
    return symbol == symbol.upper()


def _alias(rule: Any) -> str | None:
    """The name of what a rule makes; None where a single symbol passes through."""
    if rule.alias or (len(rule.expansion) == 1 and not rule.origin.name.startswith("__")):
        return rule.alias and str(rule.alias)
    return "list" if rule.origin.name.startswith("__") else str(rule.origin.name)


def _breadth_first(table: Any) -> dict[int, int]:
    """Lark's state -> our number. Lark's own numbers differ from run to run, and the file should not."""
    queue = [table.start_states[start] for start in STARTS]
    order = {state: i for i, state in enumerate(queue)}
    for state in queue:
        for _, (move, target) in sorted(table.states[state].items(), key=lambda item: str(item[0])):
            if move.name == "Shift" and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order


def dump(data: dict[str, Any]) -> str:
    """The tables as JSON, one rule or state a line, so that a change of the grammar can be reviewed."""
    parts = []
    for key, value in data.items():
        if isinstance(value, list):
            lines = ",\n  ".join(json.dumps(item, ensure_ascii=True) for item in value)
            parts.append(f"{json.dumps(key)}: [\n  {lines}\n ]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


if __name__ == "__main__":
    (CHECKOUT / TABLES).write_text(dump(build()), encoding="utf-8")
    print(f"wrote {CHECKOUT / TABLES}")
