"""What a line of a conversation does: statements, `:commands`, `?help`; the same for terminal, pipe and script."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace

from symgrad.errors import Span, SymgradError, UsageMistake
from symgrad.session.commands.registry import ALIASES, Arguments, Command, Given, named
from symgrad.session.numbers import brief
from symgrad.session.ranges import evaluated, parted
from symgrad.session.results import Defined, Result, Text
from symgrad.session.session import Session
from symgrad.session.workspace import Workspace
from symgrad.syntax.parse import parse_script
from symgrad.syntax.scope import Definition

FILE = r"('[^']+'|\"[^\"]+\"|[^\s,]*\.\w+)"
WORD = r"([^\s]+?)"
HELP = re.compile(r"\?\s*(\S*)|(\S+?)\s*\?")
BARE = ("help", "quit", "exit")
BINDING = re.compile(r"(?:^|\s)([^\W\d]\w*)=(?!=)(\S+)\s*$")


def is_command(text: str) -> bool:
    """Whether a line is no statement but a `:command` or a question."""
    text = text.strip()
    return text.startswith((":", "?")) or HELP.fullmatch(text) is not None


def is_incomplete(text: str) -> bool:
    """Whether the parser waits for more: then Enter makes a new line."""
    if is_command(text):
        return False
    try:
        parse_script(text)
    except SymgradError as error:
        return error.code == "SG011"
    return False


def entries(text: str) -> Iterator[tuple[int, str]]:
    """What a text of several lines says, one entry after the other, each with its place in the text."""
    start, position = 0, 0
    for line in text.splitlines(keepends=True):
        position += len(line)
        entry = text[start:position]
        if not entry.strip():
            start = position
        elif position == len(text) or not is_incomplete(entry):
            yield start, entry.rstrip("\r\n")
            start = position


def never() -> bool:
    """Nobody wants anything to stop."""
    return False


def submit(workspace: Workspace, text: str, should_stop: Callable[[], bool] = never) -> Iterator[Given]:
    """Do what one entry says. What it yields last as a workspace holds from there on.

    Raises:
        SymgradError: something is wrong; then no workspace is yielded, and all is as it was.
    """
    text = text.strip("\r\n")
    if not text.strip():
        if workspace.lesson is not None:
            from symgrad.session import tour

            yield from tour.typed_for(workspace)
        return
    command = _command(text, workspace)
    if command is not None:
        yield from _commanded(workspace, *command, should_stop)
        return
    outcome = workspace.session.run(text)
    after = workspace.advanced(outcome.session, text.strip())
    yield after
    if not text.rstrip().endswith(";"):
        yield from filter(None, (told(after.session, result) for result in outcome.results))
    if workspace.lesson is not None:
        from symgrad.session import tour

        yield from tour.answered(after, text)


def told(session: Session, result: Result) -> Result | None:
    """What is worth telling of a result: of a definition its value, of `x = 2` nothing that was not typed."""
    if not isinstance(result, Defined):
        return result
    if result.kind == "value":
        return None if result.text.strip() in (brief(result.value), repr(result.value)) else result
    if result.kind != "expression" or not isinstance(session.scope.get(result.name), Definition):
        return result
    meaning = session.read(result.name)
    if meaning.missing(session.values) is not None:
        return result
    return session.evaluate(result.name)


def replay(workspace: Workspace, text: str, should_stop: Callable[[], bool] = never) -> Iterator[Given]:
    """Do what a file says. An error is shown in its line of the whole text."""
    for start, part in parts(text):
        try:
            found = submit(workspace, part, should_stop) if is_command(part) else _stepwise(workspace, part)
            for given in found:
                if isinstance(given, Workspace):
                    workspace = given
                yield given
        except SymgradError as error:
            raise moved(error, start, part, text) from None


def parts(text: str) -> Iterator[tuple[int, str]]:
    """A text cut at the lines that are commands."""
    start, position = 0, 0
    for line in text.splitlines(keepends=True):
        if line.startswith((":", "?")):
            if position > start:
                yield start, text[start:position]
            yield position, line
            start = position + len(line)
        position += len(line)
    if position > start:
        yield start, text[start:]


def _stepwise(workspace: Workspace, text: str) -> Iterator[Given]:
    """Statements whose results come one by one, so that those before a mistake are seen."""
    for outcome in workspace.session.steps(text):
        yield replace(workspace, session=outcome.session)
        yield from outcome.results


def moved(error: SymgradError, start: int, part: str, text: str) -> SymgradError:
    """An error in a part of a text, shown in the whole."""
    if error.span is not None and error.text == part:
        error.span = Span(error.span.start + start, error.span.end + start)
        error.text = text
    return error


def _command(text: str, workspace: Workspace) -> tuple[Command, str] | None:
    """The command of a line, and what stands behind it; None for statements."""
    text = text.strip()
    if text.startswith(":"):
        word, _, rest = text[1:].lstrip().partition(" ")
        if not word:
            return named("help"), ""
        return _at(text, word), rest.strip()
    question = HELP.fullmatch(text)
    if question is not None:
        return named("help"), question[1] or question[2] or ""
    word, _, rest = text.partition(" ")
    if word in BARE and word not in workspace.session.scope and (not rest or word == "help"):
        return named(ALIASES.get(word, word)), rest.strip()
    return None


def _at(text: str, word: str) -> Command:
    try:
        return named(word)
    except UsageMistake as error:
        start = text.index(word)
        raise error.at(Span(start, start + len(word)), text) from None


def _commanded(
    workspace: Workspace, command: Command, rest: str, should_stop: Callable[[], bool]
) -> Iterator[Given]:
    """Run a command on the rest of its line, with the values that stand at its end."""
    inside = workspace
    ranges: dict[str, tuple[float, float]] = {}
    options: dict[str, str] = {}
    if command.options:
        rest, options = optioned(command, rest)
    if "EXPR" in command.usage:
        rest, values = bindings(rest, alone=not command.least)
        if command.ranged:
            values, texts = parted(values)
            ranges = evaluated(workspace.session, texts)
        found = {
            k: v for name, value in values.items() for k, v in workspace.session.assigned(name, value).items()
        }
        inside = replace(workspace, session=workspace.session.bind(found)) if found else workspace
    arguments = Arguments(split(command, rest), workspace.settings.budget, should_stop, ranges, options)
    yield from command.run(inside, arguments)


def optioned(command: Command, rest: str) -> tuple[str, dict[str, str]]:
    """`f x=2, open=g -o g.svg` without its options; a file is told from a minus and a variable by its ending."""
    options: dict[str, str] = {}
    for name, valued in command.options.items():
        sign = "=" if name.isalpha() else r"[ =]\s*"
        value = FILE if name == "-o" else WORD
        found = re.search(rf"(?:^|[\s,]+){re.escape(name)}{sign + value if valued else ''}(?=,?\s|,?$)", rest)
        if found is not None:
            options[name] = found[1].strip("'\"") if valued else ""
            rest = f"{rest[: found.start()]} {rest[found.end() :].lstrip(', ')}".strip()
    return rest, options


def bindings(rest: str, *, alone: bool = False) -> tuple[str, dict[str, str]]:
    """`x^2*y x=2 y=3` taken apart; values are written without blanks; `alone`: they may stand without an expression."""
    values: dict[str, str] = {}
    while (found := BINDING.search(rest)) is not None and (alone or found.start() > 0):
        values = {found[1]: found[2], **values}
        rest = rest[: found.start()]
    return rest.strip(), values


def split(command: Command, rest: str) -> tuple[str, ...]:
    """The arguments of a command: the whole rest, or what stands between commas; quotes as in a shell are taken off."""
    if not rest or command.most == 0:
        return (rest,) if rest else ()
    if rest[0] in "'\"":
        try:
            return tuple(shlex.split(rest))
        except ValueError:
            return (rest,)
    if command.name == "set":
        return tuple(rest.replace("=", " ").split())
    return (rest,) if command.most == 1 else tuple(_between_commas(rest))


def _between_commas(text: str) -> Iterator[str]:
    """The pieces between the commas outside of brackets."""
    depth = start = 0
    for i, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            yield text[start:i].strip()
            start = i + 1
    yield text[start:].strip()


def said(text: str) -> Text:
    """A plain remark."""
    return Text(text, {"note": text})
