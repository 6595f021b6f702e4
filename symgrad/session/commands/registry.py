"""The registry: every command once, for the command line, the session, `:help`, completion and the documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from symgrad.errors import UsageMistake, did_you_mean
from symgrad.session.results import Counted, Learned, Result
from symgrad.session.session import Session
from symgrad.session.workspace import Workspace


@dataclass(frozen=True)
class Arguments:
    """What a command is given: expressions, names and numbers as texts; values are in the session already.

    Attributes:
        budget: seconds for a check.
        should_stop: asked now and then by what takes long; only a face knows when a user wants that.
        ranges: from where to where variables go, for commands that take ranges.
        options: those that its usage names: {"-o": "g.svg", "--errors": "", "open": "f"}.
        piped: whether standard input and output are free for tables.
    """

    texts: tuple[str, ...] = ()
    budget: float = 2.0
    should_stop: Callable[[], bool] = lambda: False
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    piped: bool = False


@dataclass(frozen=True)
class Request:
    """What only a face can do: `quit`, `edit`, `history`, `recover`, `watch`."""

    what: str
    argument: str = ""


@dataclass(frozen=True)
class Ongoing:
    """A report of something that is still going on; what follows takes its place."""

    report: Learned | Counted


Given = Result | Workspace | Request | Ongoing
"""What a command yields: results to show, and the workspace from there on where it changes."""
Function = Callable[[Workspace, Arguments], Iterator[Given]]
F = TypeVar("F", bound=Callable[[Session, Arguments], Iterator[Result]])
G = TypeVar("G", bound=Function)


@dataclass(frozen=True)
class Command:
    """A command: how it is written, what it does in one sentence, an example, and the function.

    Attributes:
        verb: whether it is one on the command line too.
        inside: whether it is a `:command` of sessions.
        whole: whether its one argument is the rest of the line, commas and all.
        without: what to do instead of giving numbers to variables, where it takes none.
    """

    name: str
    usage: str
    about: str
    example: str
    least: int
    most: int
    function: Function
    verb: bool = True
    inside: bool = True
    without: str = ""

    @property
    def ranged(self) -> bool:
        """Whether a variable may be given a range."""
        return RANGES in self.usage

    @property
    def options(self) -> dict[str, bool]:
        """The options that its usage names (`[-o FILE]`, `[--errors]`, `[open=GROUP]`): whether each has a value."""
        return {name: bool(value) for name, value in OPTION.findall(self.usage)}

    def run(self, workspace: Workspace | Session, arguments: Arguments) -> Iterator[Given]:
        """The results, one after the other.

        Raises:
            UsageMistake: SG515, there are too few or too many arguments.
            SymgradError: whatever the command finds wrong.
        """
        if not self.least <= len(arguments.texts) <= self.most:
            what = (
                "arguments are missing"
                if len(arguments.texts) < self.least
                else f"`{arguments.texts[self.most]}` is too much"
            )
            inside = isinstance(workspace, Workspace)
            usage, example = (self.typed, self.shown) if inside else (self.usage, self.example)
            raise UsageMistake("SG515", f"{self.name}: {what}", hint=f"usage: {usage}, as in: {example}")
        return self.function(
            workspace if isinstance(workspace, Workspace) else Workspace(workspace), arguments
        )

    def refuse(self, values: Mapping[str, Any]) -> None:
        """Refuse numbers where they would be ignored; an array says at least what type its name has.

        Raises:
            UsageMistake: SG515, the command takes none.
        """
        for name, value in values.items():
            if self.without and isinstance(value, int | float):
                shown = repr(value).removesuffix(".0")
                message = f"{self.name}: there is no use for {name}={shown} here"
                raise UsageMistake("SG515", message, hint=self.without)

    @property
    def typed(self) -> str:
        """How it is written in a session: arguments are separated by commas, as in a call."""
        usage = OPTION.sub("", self.usage)
        name, *words = [word for word in usage.split() if not word.strip("[").startswith("NAME=")]
        parted = ", " if "EXPR" in self.usage or "LEFT" in self.usage else " "
        typed = f":{name} {parted.join(words)}".strip().replace(", [", " [, ")
        return " ".join([typed, *(found[0] for found in OPTION.finditer(self.usage))])

    @property
    def shown(self) -> str:
        """The example as one types it in a session."""
        if "'" not in self.example:
            return f":{self.example}"
        import shlex

        name, *words = shlex.split(self.example)
        values = [word for word in words if "=" in word]
        options = [w for before, w in pairwise([name, *words]) if w.startswith("-") or before == "-o"]
        texts = [word for word in words if word not in values and word not in options]
        return f":{name} {', '.join(texts)} {' '.join([*values, *options])}".strip()

    @property
    def brief(self) -> str:
        """The usage without its options, which have a list of their own."""
        return " ".join(OPTION.sub("", self.usage).split())


OPTION = re.compile(r"\[(--?[a-z]+|[a-z]+(?==))[ =]?([A-Z.]*)\]")
"""An option in the usage of a command."""
RANGES = "[NAME=LOW..HIGH...]"
"""In the usage of a command that takes ranges."""

COMMANDS: dict[str, Command] = {}
ALIASES = {"q": "quit", "exit": "quit", "h": "help", "?": "help", "is": "equal"}
"""Short names; nothing else is abbreviated, so that a later command can never change what a short name means."""
RESERVED = ("compile", "fit", "graph", "parse", "serve")
"""Words that later versions will give a meaning to; until then they are no expressions on the command line."""


def command(
    usage: str, about: str, example: str, least: int = 1, most: int = 1, without: str = ""
) -> Callable[[F], F]:
    """Enter a function of a session into the registry; its name is the first word of its usage."""

    def enter(function: F) -> F:
        name = usage.split(maxsplit=1)[0]

        def on_session(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
            return function(workspace.session, arguments)

        COMMANDS[name] = Command(name, usage, about, example, least, most, on_session, without=without)
        return function

    return enter


def explorer_command(
    usage: str, about: str, example: str, least: int = 0, most: int = 1, *, verb: bool = False
) -> Callable[[G], G]:
    """Enter a function of a whole workspace; it may yield another one."""

    def enter(function: G) -> G:
        name = usage.split(maxsplit=1)[0]
        COMMANDS[name] = Command(name, usage, about, example, least, most, function, verb)
        return function

    return enter


def named(word: str) -> Command:
    """The command that a word after `:` means.

    Raises:
        UsageMistake: SG523, there is none.
    """
    found = COMMANDS.get(ALIASES.get(word, word))
    if found is not None and found.inside:
        return found
    near = did_you_mean(word, [c.name for c in COMMANDS.values() if c.inside])
    hint = f"did you mean `:{near}`?" if near else "`:help` lists all commands"
    raise UsageMistake("SG523", f"there is no command `:{word}`", hint=hint)
