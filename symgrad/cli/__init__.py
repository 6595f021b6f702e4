"""The command line: `symgrad EXPR NAME=VALUE...`, verbs, and what happens when something goes wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from symgrad.cli.options import Options, understand
from symgrad.errors import LimitReached, SymgradError, UsageMistake

if TYPE_CHECKING:
    from symgrad.console.screen import Screen
    from symgrad.session.commands import Command
    from symgrad.session.display import Segments

USAGE, BUG, INTERRUPTED = 2, 70, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Do what a command line says and return the exit code."""
    words = [_decoded(word) for word in (sys.argv[1:] if argv is None else argv)]
    options = Options(switches={name: "" for name in ("--json", "--no-color", "--debug") if name in words})
    try:
        try:
            options = understand(words)
            return _run(options)
        except SymgradError as error:
            return _fail(error, options)
        except MemoryError:
            return _fail(LimitReached("SG499", "there is not enough memory for this"), options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        _silence()
        sys.stderr.write(f"symgrad: the answer cannot be written: {error.strerror}\n")
        return 1
    except Exception as error:  # noqa: BLE001  # the outermost loop: whatever arrives here is our bug
        return _bug(error, words, debug=options.on("--debug"))


def _silence() -> None:
    """Nobody can be told more. Python would complain again when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _decoded(word: str) -> str:
    """A word as it was typed, also where the locale says that arguments are ASCII and the terminal sends UTF-8."""
    if word.isascii() or not any("\udc80" <= character <= "\udcff" for character in word):
        return word
    try:
        return os.fsencode(word).decode()
    except UnicodeError:
        return word


def _screen(options: Options, *, beside: bool = False) -> Screen:
    """Where the answer goes; `beside`: what is said goes to the error stream, as the output is a file."""
    from symgrad.console.screen import Screen

    return Screen(options.color, sys.stderr if beside else None)


def _run(options: Options) -> int:
    """Find out which form this is, and run it."""
    if options.on("--version"):
        from symgrad import __version__

        _screen(options).line(f"symgrad {__version__}")
        return 0
    if options.on("--generate-config"):
        from symgrad.session.settings import template

        _screen(options).show([("", template())])
        return 0
    nothing = not options.words and options.expression is None and not options.values
    if options.on("--help") or options.words[:1] == ("help",):
        asked = _asked(options)
        if asked or options.on("--help") or options.words == ("help",):
            _screen(options).show(_help(asked))
            return 0
    if nothing or options.words == ("repl",):
        return _explore(options)
    if options.expression is None and options.words and _is_verb(options.words[0]):
        return _verb(options)
    return _evaluate(options)


def _explore(options: Options) -> int:
    """The interactive session; lines from a pipe are the same conversation."""
    from symgrad.repl import start

    switches: dict[str, object] = {}
    if options.on("--plain") or options.on("--quiet"):
        switches["plain"] = True
    if options.on("--no-check"):
        switches["check"] = False
    if options.on("--precision"):
        switches["precision"] = options.precision
    if options.on("--budget"):
        switches["budget"] = options.budget
    if options.color != "auto":
        switches["color"] = options.color
    if options.on("--no-banner"):
        switches["banner"] = False
    code = start(switches=switches, json=options.on("--json"))
    if code is None:  # no terminal, no lines: nobody knows what this should do
        _screen(options).show(_help(""))
        return USAGE
    return code


def _asked(options: Options) -> str:
    """The verb that help is asked on (`symgrad map --help`, `symgrad help map`), if it is one."""
    words = options.words[1:] if options.words[:1] == ("help",) else options.words
    return words[0] if words and options.expression is None and _is_verb(words[0]) else ""


def _help(verb: str) -> Segments:
    from symgrad.cli.help import help_text, verb_text
    from symgrad.session.commands import COMMANDS

    return verb_text(COMMANDS[verb]) if verb else help_text()


def _is_verb(word: str) -> bool:
    if not word.isidentifier():
        return False
    from symgrad.session.commands import COMMANDS, RESERVED

    if word in RESERVED:
        hint = f"to evaluate a variable of this name write: symgrad -e {word} {word}=..."
        raise UsageMistake("SG516", f"`{word}` is reserved for a command of a later version", hint=hint)
    return word in COMMANDS and COMMANDS[word].verb


def _evaluate(options: Options) -> int:
    """The one-line form, or `-`."""
    from symgrad.cli import answer

    answer.warm_up(options)
    screen = _screen(options)
    if options.words == ("-",):
        return answer.lines(sys.stdin, options, screen)
    text = " ".join(options.words) if options.expression is None else options.expression
    if not text and options.values:
        hint = "the expression comes first: symgrad 'x^2' x=2"
        raise UsageMistake("SG517", "there are values, but no expression", hint=hint)
    return answer.one(text, options, screen)


def _verb(options: Options) -> int:
    from symgrad.cli.answer import exit_code, judged, point, show
    from symgrad.console.interrupt import interruptible
    from symgrad.console.live import Live
    from symgrad.session import Session, comparison
    from symgrad.session.commands import COMMANDS, Arguments, Ongoing
    from symgrad.session.ranges import evaluated, parted
    from symgrad.session.results import Compared, Evaluated, Learned, Result, Several, Text

    command = COMMANDS[options.words[0]]
    extra, values = _extra(command, options)
    screen = _screen(options, beside=extra.get("-o") == "-")
    values, texts = parted(values) if command.ranged else (values, {})
    given = point(values)
    command.refuse(given)
    session = Session().bind(given)
    ranges = evaluated(session, texts)
    arguments = Arguments(options.words[1:], options.budget, ranges=ranges, options=extra, piped=True)
    worst = 0
    apart = False
    told = not any(map(options.on, ("--json", "--plain", "--quiet")))
    live = Live(screen, animated=screen.animated and told)
    for result in interruptible(command, session, arguments):
        if isinstance(result, Ongoing) and told:
            live.report(result.report)
        if not isinstance(result, Result):
            continue  # what is defined ends with the process
        live.ended()
        if isinstance(result, Learned):
            worst = max(worst, int(result.ended == "diverged"))
        if isinstance(result, Evaluated | Several):
            result = judged(result, options)  # noqa: PLW2901  # the same result, with a verdict
            worst = max(worst, exit_code(result, strict=options.on("--strict")))
        if isinstance(result, Text) and result.doubtful:
            worst = max(worst, 1)
        if isinstance(result, Compared):
            worst = max(worst, comparison.exit_code(result, strict=options.on("--strict")))
        if apart and not options.on("--json"):
            screen.line("")
        show(result, options, screen)
        apart = isinstance(result, Evaluated) and bool(result.grad)
    return worst


def _extra(command: Command, options: Options) -> tuple[dict[str, str], dict[str, str]]:
    """The options of a command, and the values without those options that are written like values.

    Raises:
        UsageMistake: SG510, a file is given to a command that writes none.
    """
    extra = {name: options.switches[name] for name in command.options if options.on(name)}
    if options.on("-o") and "-o" not in extra:
        from symgrad.session.commands import COMMANDS

        writers = [c.name for c in COMMANDS.values() if c.verb and "-o" in c.options]
        raise UsageMistake(
            "SG510", f"`{command.name}` writes no file", hint=f"-o is for: {', '.join(writers)}"
        )
    extra |= {name: text for name, text in options.values.items() if name in command.options}
    return extra, {name: text for name, text in options.values.items() if name not in extra}


def _fail(error: SymgradError, options: Options) -> int:
    """Show a user's mistake."""
    from symgrad.cli.answer import show_error
    from symgrad.console.screen import Screen

    show_error(error, options, Screen("never" if options.on("--no-color") else "auto"))
    return error.exit_code


def _bug(error: Exception, words: list[str], *, debug: bool) -> int:
    """Our own mistake: one line for the user, the rest in a file."""
    from symgrad.console.report import save

    if debug:
        import traceback

        traceback.print_exception(error)
    place = save(error, words)
    sys.stderr.write(f"internal error: {type(error).__name__}; this is a bug in symgrad, not in your input\n")
    if place is not None:
        sys.stderr.write(f"  a report is in {place}; please send it to the maintainers\n")
    return BUG
