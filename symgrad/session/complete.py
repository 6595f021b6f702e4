"""What could be meant by a word that is half typed: a pure function of the text, the cursor and the names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symgrad.ops import ALIASES, OPS
from symgrad.session import help as topics
from symgrad.session.commands import COMMANDS
from symgrad.session.settings import SETTINGS
from symgrad.session.workspace import Workspace
from symgrad.syntax import names
from symgrad.syntax.accepts import accepted
from symgrad.syntax.scope import Collection, Declared, FunctionDefinition, Value


class Candidate(NamedTuple):
    """A word to put in from a place of the text on, and what it is."""

    text: str
    start: int
    kind: str
    about: str = ""


LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
SIGNS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
GREEK = dict(zip(LETTERS.split(), SIGNS, strict=True)) | {
    "partial": "∂",
    "sqrt": "√",
    "times": "×",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
}
WORD = re.compile(r"[^\W\d]\w*(?:\.\w*)*\Z")
ESCAPED = re.compile(r"\\([A-Za-z]*)\Z")
FILES = ("save", "load", "run", "transcript", "test")
BEHIND = ("data", "export")
"""Commands whose second argument is a file."""
ON_EXPRESSIONS = ("EXPR", "LOSS", "NET")


def complete(text: str, cursor: int, workspace: Workspace) -> list[Candidate]:
    """The candidates for the word that ends at the cursor, the likeliest first."""
    before = text[:cursor]
    line = before[before.rfind("\n") + 1 :]
    escaped = ESCAPED.search(before)
    if escaped is not None:
        found = [
            Candidate(sign, escaped.start(), "symbol", f"\\{n}")
            for n, sign in GREEK.items()
            if n.startswith(escaped[1])
        ]
        return sorted(found, key=lambda c: (len(c.about), c.about))
    if "#" in line:
        return []
    command = re.match(r"\s*:(\w*)(\s+)?", before)
    if command is not None:
        return _of_command(before, command, workspace)
    if before.lstrip().startswith("?"):
        return _topics(before, workspace)
    return _names(before, before, workspace)


def is_file_argument(text: str) -> str | None:
    """The beginning of a file's name, where a command takes one."""
    found = re.match(r"\s*:(\w+)\s+(.*)\Z", text, re.DOTALL)
    if found is None or (found[1] not in FILES and found[1] not in BEHIND):
        return None
    if found[1] in FILES:
        return found[2]
    _, blank, path = found[2].partition(" ")
    return path if blank and " " not in path else None


def _of_command(before: str, command: re.Match[str], workspace: Workspace) -> list[Candidate]:
    """A command's name, or its arguments."""
    word = command[1]
    if command[2] is None:
        return [
            Candidate(c.name, command.start(1), "command", c.about)
            for c in COMMANDS.values()
            if c.inside and c.name.startswith(word)
        ]
    rest = before[command.end() :]
    if word in ("help", "h"):
        return _topics(before, workspace)
    if word == "set":
        return list(_settings(rest, command.end()))
    if word in COMMANDS and any(kind in COMMANDS[word].usage for kind in ON_EXPRESSIONS):
        return _names(before, rest.rpartition(",")[2], workspace)
    return []


def _settings(rest: str, start: int) -> Iterator[Candidate]:
    name, blank, value = rest.partition(" ")
    for setting in SETTINGS:
        if not blank and setting.name.startswith(name):
            yield Candidate(setting.name, start, "setting", setting.about)
        elif blank and setting.name == name:
            for choice in setting.choices:
                if choice.startswith(value):
                    yield Candidate(choice, start + len(name) + 1, "value", "")


def _topics(before: str, workspace: Workspace) -> list[Candidate]:
    """What there is help on."""
    found = re.search(r"[:\w]*\Z", before)
    assert found is not None
    word, start = found[0], found.start()
    everything = [
        *_all_names(start, workspace),
        *(Candidate(c.name, start, "command", c.about) for c in COMMANDS.values()),
    ]
    known = {c.text.rstrip("("): c for c in reversed(everything)}
    return [c._replace(text=name) for name, c in sorted(known.items()) if name.startswith(word) and word]


def _names(before: str, expression: str, workspace: Workspace) -> list[Candidate]:
    """Names that can stand at the end of a text: nothing where only an operator can."""
    found = WORD.search(before)
    start = found.start() if found is not None else len(before)
    word = before[start:]
    kinds = accepted(expression[: len(expression) - len(word)])
    if "NAME" not in kinds and not kinds & {"THEN", "ELSE", "AND", "OR"}:
        return []
    words = [
        Candidate(w, start, "word") for w in ("if", "then", "else", "and", "or", "not") if w.upper() in kinds
    ]
    everything = list(_all_names(start, workspace, dotted="." in word)) if "NAME" in kinds else []
    fitting = [c for c in everything + words if c.text.startswith(word)]
    if not word:
        fitting = [c for c in fitting if c.kind not in ("function", "word")]
    return fitting


def _all_names(start: int, workspace: Workspace, *, dotted: bool = False) -> Iterator[Candidate]:
    """Own names first, then functions, each followed by its bracket; parts of names where a dot was typed."""
    scope = workspace.session.scope
    for name, meaning in scope.items():
        if "." in name and not dotted:
            continue
        if isinstance(meaning, Collection):
            yield Candidate(name, start, "with parts", meaning.bundle.about())
        elif isinstance(meaning, FunctionDefinition):
            yield Candidate(f"{name}(", start, "own function", meaning.text)
        elif name not in ("_", "ans"):
            kind = "variable" if isinstance(meaning, Value | Declared) else "definition"
            yield Candidate(name, start, kind)
    if "ans" in scope:
        yield Candidate("ans", start, "answer", "the last answer")
    for form, (_, about) in topics.FORMS.items():
        yield Candidate(f"{form}(", start, "derivative", about)
    for name, (_, remark) in topics.nets().items():
        yield Candidate(f"{name}(", start, "nets", remark)
    for op in OPS.values():
        if op.hidden or op.infix or op.prefix or op.postfix:
            continue
        if op.arity == 0:
            yield Candidate(op.name, start, "constant", op.doc)
        elif names.is_function(op.name):
            yield Candidate(f"{op.name}(", start, "function", op.doc)
    for alias, name in ALIASES.items():
        if alias.isidentifier() and names.is_function(alias):
            yield Candidate(f"{alias}(", start, "function", OPS[name].doc)
