"""Transcripts: a conversation in a document, which can be pasted back, and which is a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from symgrad.errors import DomainMistake, SymgradError
from symgrad.session.answers import answer
from symgrad.session.diagnostic import diagnostic
from symgrad.session.dialogue import submit
from symgrad.session.display import plain
from symgrad.session.render import Layout
from symgrad.session.results import Evaluated, Result, Several, Text
from symgrad.session.script import script
from symgrad.session.settings import Settings
from symgrad.session.workspace import Workspace

PROMPT, MORE = "∂ ", "… "
COLUMNS = 80


class Exchange(NamedTuple):
    """An entry of a document, its line number, and the output shown below it."""

    line: int
    entry: str
    output: str


def unprompted(text: str) -> str:
    """What was typed in a pasted conversation: without prompts and without output; other texts as they are."""
    lines = text.splitlines()
    if not any(line.lstrip().startswith(PROMPT) for line in lines):
        return text
    typed: list[str] = []
    going_on = False
    for line in map(str.lstrip, lines):
        if line.startswith(PROMPT) or (going_on and line.startswith(MORE)):
            typed.append(line[len(PROMPT) :])
            going_on = True
        else:
            going_on = False
    return "\n".join(typed)


def prompted(entry: str) -> str:
    """An entry as the screen shows it."""
    first, *rest = entry.split("\n")
    return "".join([f"{PROMPT}{first}\n", *(f"{MORE}{line}\n" for line in rest)])


def block(entry: str, output: str) -> str:
    """An entry and its output as a part of a document."""
    text = prompted(entry) + output
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines()) + "\n"


def opening(workspace: Workspace) -> str:
    """The entries that bring an empty session to this one: what a transcript begins with."""
    replayed = Workspace(settings=replace(Settings(), precision=workspace.settings.precision))
    pieces = []
    for line in script(workspace.session).splitlines()[1:]:
        replayed, output = spoken(replayed, line)
        pieces.append(block(line, output))
    return "".join(pieces)


def exchanges(text: str) -> Iterator[Exchange]:
    """The entries of a document: in indented or fenced blocks, each line behind a prompt."""
    for first, block in _blocks(text):
        starts = [i for i, line in enumerate(block) if line.startswith(PROMPT)]
        for start, end in pairwise([*starts, len(block)]):
            lines = block[start:end]
            count = 1
            while count < len(lines) and lines[count].startswith(MORE):
                count += 1
            entry = "\n".join(line[len(PROMPT) :] for line in lines[:count])
            output = "\n".join(line.rstrip() for line in lines[count:])
            yield Exchange(first + start, entry, output.strip("\n"))


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The indented and the fenced blocks of a document, with their first line numbers."""
    block: list[str] = []
    fenced = False
    for number, line in enumerate([*text.splitlines(), "end"], 1):
        fence = line.startswith("```")
        inside = (fenced and not fence) or (not fenced and line.startswith("    "))
        if inside or (block and not line.strip() and not fence):
            block.append(line if fenced else line.removeprefix("    "))
        elif block:
            yield number - len(block), block
            block = []
        fenced ^= fence


def spoken(workspace: Workspace, entry: str) -> tuple[Workspace, str]:
    """The workspace after an entry, and what the screen shows for it, without colours on 80 columns."""
    pieces: list[str] = []
    layout = Layout(COLUMNS, workspace.settings.digits)
    try:
        for given in submit(workspace, entry):
            if isinstance(given, Workspace):
                workspace = given
            elif isinstance(given, Result):
                pieces.append(plain(answer(checked(given, workspace), layout)))
    except SymgradError as error:
        pieces.append(plain(diagnostic(error, COLUMNS)))
    return workspace, "".join(pieces)


def checked(result: Result, workspace: Workspace) -> Result:
    """A result with its verdict, where one is wanted."""
    if isinstance(result, Evaluated | Several) and workspace.settings.check:
        return result.checked(budget=workspace.settings.budget)
    return result


def compared(text: str, name: str) -> Iterator[Text]:
    """The differences between what a document shows and what is answered.

    Raises:
        DomainMistake: SG524, there are differences.
    """
    workspace = Workspace()
    count = wrong = 0
    for exchange in exchanges(text):
        workspace, output = spoken(workspace, exchange.entry)
        found = "\n".join(line.rstrip() for line in output.splitlines()).strip("\n")
        count += 1
        if found != exchange.output:
            wrong += 1
            shown = "\n".join(f"  - {line}" for line in exchange.output.splitlines())
            real = "\n".join(f"  + {line}" for line in found.splitlines())
            where = f"{name}:{exchange.line}: {exchange.entry}"
            yield Text(
                "\n".join(filter(None, [where, shown, real])), {"line": exchange.line, "answer": found}
            )
    if wrong:
        raise DomainMistake("SG524", f"{wrong} of {count} answers in `{name}` differ")
    yield Text(f"{count} answers are as `{name}` shows them", {"answers": count})
