"""What `symgrad --help` prints: examples first, then everything from the tables; and the help on one verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symgrad.cli.options import BY_NAME, OPTIONS
from symgrad.session.display import Segments

if TYPE_CHECKING:
    from symgrad.session.commands import Command

EXAMPLES = (
    ("symgrad 'x^2*sin(y)' x=2 y=3", "value, derivatives and a verdict"),
    ("symgrad '-x^2' x=3", "a minus at the start is fine"),
    ("symgrad diff 'sin(x*y)' x", "a derivative as a formula"),
    ("symgrad 'a*exp(-b*t)' a=2 b=1/2 t=1 --json", "for programs"),
    ("printf 'x^2\\nx^3\\n' | symgrad - x=2", "one expression on each line"),
)
CODES = (
    ("0", "fine"),
    (
        "1",
        "not to be trusted: undefined, a mismatch, or no right digit (--strict: also a convention, or not checked)",
    ),
    ("2", "usage or syntax"),
    ("3", "a limit was reached"),
    ("70", "a bug in symgrad"),
    ("130", "interrupted"),
)


def help_text() -> Segments:
    """The whole help."""
    from symgrad.session.commands import COMMANDS

    segments: Segments = [
        ("strong", "symgrad EXPR [NAME=VALUE...]"),
        ("", "   the value of an expression, its derivatives, and whether they can be trusted\n"),
        ("strong", "symgrad"),
        ("", "                        an interactive session\n"),
    ]
    segments += _section("Examples", EXAMPLES)
    segments += _section("Commands", [(f"symgrad {c.brief}", c.about) for c in COMMANDS.values() if c.verb])
    options = [(f"{o.name} {o.value}".rstrip(), o.help) for o in OPTIONS if o.help]
    segments += _section(
        "Options", [("-", "as the expression: read one from each line of the input"), *options]
    )
    segments += _section("Exit codes", CODES)
    return segments


def verb_text(command: Command) -> Segments:
    """The help on one verb: how it is written, what it does, an example, and its options."""
    from symgrad.session.commands import COMMANDS

    segments: Segments = [("strong", f"symgrad {command.usage}"), ("", f"\n  {command.about}\n")]
    segments += _section("Example", [(f"symgrad {command.example}", "")])
    rows = []
    for name in command.options:
        option = BY_NAME.get(name)
        if option is not None:
            whose, parted, said = option.help.partition(": ")
            own = parted and all(word in COMMANDS for word in whose.split(", "))
            rows.append((f"{name} {option.value}".rstrip(), said if own else option.help))
    segments += _section("Options", rows) if rows else []
    if "SETTING" in command.usage:
        from symgrad.session.recipes import USAGE

        segments.append(("", f"\n{USAGE}\n"))
    segments.append(("dim", "\nsymgrad --help tells of the options that all commands share.\n"))
    return segments


def _section(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Segments:
    size = max(len(left) for left, _ in rows)
    segments: Segments = [("strong", f"\n{title}\n")]
    for left, right in rows:
        segments += [
            ("label", f"  {left.ljust(size) if right else left}"),
            ("", f"   {right}\n" if right else "\n"),
        ]
    return segments
