"""The words of a command line: options, an expression (quoted or not, also with a leading minus), values.

Not argparse: there a word such as `-x^2` is an option, and an unquoted expression has no place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from symgrad.errors import UsageMistake, did_you_mean


class Option(NamedTuple):
    """An option, the kind of its value ("" for a switch) and what it does."""

    name: str
    value: str
    help: str


OPTIONS = (
    Option("-e", "EXPR", "take the next word as the expression, whatever it looks like"),
    Option("--json", "", "print JSON: one object, or one for each line of `-`"),
    Option("--plain", "", "print tab-separated lines of plain words"),
    Option("--quiet", "", "print the value alone"),
    Option(
        "-o",
        "FILE",
        "draw, plot, view, map, code: write to this file; its ending says what kind (map: - writes CSV to the output)",
    ),
    Option("--errors", "", "draw: add the share that each operation has in the rounding error"),
    Option("--second", "", "plot: draw the second derivative too"),
    Option("--flags", "", "draw: add what must be read with care"),
    Option("--precision", "N", "print N significant digits (default: as many as identify the number)"),
    Option("--no-check", "", "do not check the numbers: no verdict, and SymPy is not started"),
    Option("--strict", "", "exit with 1 also for conventions (kinks) and for what could not be checked"),
    Option("--drop", "", "map: leave the columns of the table out of the result"),
    Option("--comma", "", "map: decimals of text have a comma, as in 1,5"),
    Option("--way", "WAY", "map: compute by engine, blocked or compiled (default: what suits the work)"),
    Option("--budget", "S", "spend at most S seconds on the check (default 2)"),
    Option("--color", "WHEN", "auto, always or never (also: --no-color, NO_COLOR, FORCE_COLOR)"),
    Option("--no-color", "", ""),
    Option("--no-banner", "", "start a session without a greeting"),
    Option("--generate-config", "", "print a config.toml with every setting and what it does"),
    Option("--debug", "", "show the traceback of an internal error"),
    Option("--version", "", "print the version"),
    Option("--help", "", "print this help (also: -h)"),
)
BY_NAME = {option.name: option for option in OPTIONS}
WHEN = ("auto", "always", "never")

BINDING = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", re.DOTALL)
FIRST_BINDING = re.compile(r"([^\W\d]\w*)=(?!=)(.*)", re.DOTALL)
LOOKS_LIKE_OPTION = re.compile(r"--[a-z][a-z-]+(=.*)?", re.DOTALL)


@dataclass(frozen=True)
class Options:
    """A command line, understood.

    Attributes:
        words: what stands before the first value: a verb and its arguments, or an expression.
        expression: what `-e` or `--` gave, or None.
        values: name -> text of its value.
        switches: the options that were given, with their values.
    """

    words: tuple[str, ...] = ()
    expression: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)

    def on(self, name: str) -> bool:
        """Whether a switch was given."""
        return name in self.switches

    @property
    def precision(self) -> int | None:
        """How many digits are printed."""
        text = self.switches.get("--precision")
        if text is None:
            return None
        if not text.isdecimal() or not 1 <= int(text) <= 17:
            raise UsageMistake("SG511", f"--precision takes a number from 1 to 17, found `{text}`")
        return int(text)

    @property
    def budget(self) -> float:
        """Seconds for the check."""
        text = self.switches.get("--budget", "2")
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not 0 < seconds <= 1e6:
            raise UsageMistake("SG511", f"--budget takes a number of seconds, found `{text}`")
        return seconds

    def validate(self) -> None:
        """Look at every value before anything is computed.

        Raises:
            UsageMistake: SG511, a value is wrong.
        """
        _ = self.precision, self.budget, self.color

    @property
    def color(self) -> str:
        """auto, always or never."""
        if self.on("--no-color"):
            return "never"
        when = self.switches.get("--color", "auto")
        if when not in WHEN:
            raise UsageMistake("SG511", f"--color takes auto, always or never, found `{when}`")
        return when


def understand(argv: Sequence[str]) -> Options:
    """Sort the words of a command line.

    Raises:
        UsageMistake: SG510, there is no such option; SG511, its value is missing or wrong; SG512, a word stands
            after the values; SG513, a name has two values.
    """
    switches: dict[str, str] = {}
    words: list[str] = []
    expression: str | None = None
    rest = list(argv)[::-1]
    while rest:
        word = rest.pop()
        if word == "--":
            found, rest = rest[::-1], []
            cut = next((i for i, w in enumerate(found) if i and BINDING.fullmatch(w)), len(found))
            expression = " ".join(found[:cut]) if found else None
            words += found[cut:]
        elif word == "-h":
            switches["--help"] = ""
        elif (word in BY_NAME and (word != "-o" or words)) or LOOKS_LIKE_OPTION.fullmatch(word):
            name, value = _option(word, rest)
            if name == "-e":
                expression = value
            else:
                switches[name] = value
        else:
            words.append(word)
    return _with_values(words, expression, switches)


def _option(word: str, rest: list[str]) -> tuple[str, str]:
    """An option and its value, from the same word or the next."""
    name, _, value = word.partition("=")
    option = BY_NAME.get(name)
    if option is None:
        near = did_you_mean(name, BY_NAME)
        hint = f"did you mean `{near}`?" if near else f"if it is an expression, write `-- {word}`"
        raise UsageMistake("SG510", f"there is no option `{name}`", hint=hint)
    if not option.value and "=" in word:
        raise UsageMistake("SG511", f"{name} takes no value")
    if not option.value or "=" in word:
        return name, value
    if not rest:
        raise UsageMistake("SG511", f"{name} needs a value: {name} {option.value}")
    return name, rest.pop()


def _with_values(words: list[str], expression: str | None, switches: dict[str, str]) -> Options:
    """Cut the words where the values begin."""
    first = 0 if expression is not None else 1
    cut = next((i for i, word in enumerate(words) if i >= first and BINDING.fullmatch(word)), len(words))
    if words and first and FIRST_BINDING.fullmatch(words[0]):
        cut = 0
    values: dict[str, str] = {}
    for word in words[cut:]:
        found = BINDING.fullmatch(word)
        if found is None:
            hint = "the expression comes first, then values such as `x=2`; quotes keep an expression together"
            raise UsageMistake("SG512", f"`{word}` stands after the values", hint=hint)
        name, value = found.groups()
        if name in values:
            raise UsageMistake("SG513", f"`{name}` is given two values: {values[name]} and {value}")
        values[name] = value
    if expression is not None and words[:cut]:
        hint = "one expression at a time, or one on each line of `-`"
        raise UsageMistake("SG512", f"`{words[0]}` stands beside the expression `{expression}`", hint=hint)
    options = Options(tuple(words[:cut]), expression, values, switches)
    options.validate()
    return options
