"""One expression, or one on each line: the numbers are on the screen before the check has begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from symgrad.cli.options import Options
from symgrad.console.screen import Screen
from symgrad.errors import Span, SymgradError
from symgrad.session import Session, jsonform, plain
from symgrad.session.diagnostic import diagnostic
from symgrad.session.display import Segments
from symgrad.session.numbers import number
from symgrad.session.render import Layout, in_one_line, render
from symgrad.session.results import Compared, Drawn, Evaluated, Improved, Result, Several, Text
from symgrad.session.sentences import later

FINE, DOUBTFUL = 0, 1
Checkable = TypeVar("Checkable", Evaluated, Several)


def warm_up(options: Options) -> None:
    """Start SymPy's process first of all: it needs a while, and nothing here waits for it."""
    if not options.on("--no-check"):
        from symgrad.symbolic.sympy_client import shared

        shared()


def one(text: str, options: Options, screen: Screen) -> int:
    """Evaluate one expression, show it, check it, show the verdict; return the exit code."""
    session = Session().bind(point(options.values))
    result = session.evaluate(text, expected=options.values)
    if not isinstance(result, Evaluated):
        several = checked(result, options)
        show(several, options, screen)
        return exit_code(several, strict=options.on("--strict"))
    if options.on("--json"):
        result = checked(result, options)
        screen.line(jsonform.line(jsonform.data(result)))
    elif options.on("--quiet"):
        screen.line(number(result.value, options.precision))
        result = checked(result, options)
    elif options.on("--plain"):
        screen.show([("", plain.numbers(result, options.precision))])
        result = checked(result, options)
        screen.show([("", plain.verdict(result))])
    else:
        result = _in_two_steps(result, options, screen)
    return exit_code(result, strict=options.on("--strict"))


def _in_two_steps(result: Evaluated, options: Options, screen: Screen) -> Evaluated:
    """The numbers first; the ticks beside them where the screen can be written over, else below."""
    layout = Layout(screen.columns, options.precision)
    first = render(result, layout)
    if result.unchecked or options.on("--no-check"):
        screen.show(first)
        return result
    if not result.defined:  # whether float64 or the formula is to blame, only the check can tell
        result = checked(result, options)
        screen.show(render(result, layout))
        return result
    if screen.animated:
        screen.show_for_now([*first, ("dim", "\nchecking …\n")])
        result = checked(result, options)
        screen.replace(render(result, layout))
    else:
        screen.show(first)
        result = checked(result, options)
        screen.show(later(result, options.precision, screen.columns))
    return result


def checked(result: Checkable, options: Options) -> Checkable:
    """The result with a verdict, unless none is wanted."""
    return result if options.on("--no-check") else result.checked(budget=options.budget)


def judged(result: Evaluated | Several, options: Options) -> Evaluated | Several:
    """The same for what may be one number or several."""
    if options.on("--no-check"):
        return result
    return result.checked(budget=options.budget)


def lines(stream: Iterable[str], options: Options, screen: Screen) -> int:
    """One expression on each line, one result on each line; a line that fails does not stop the others.

    Empty lines and comments give nothing. The exit code is the worst of all lines.
    """
    session = Session().bind(point(options.values))
    worst = FINE
    for count, line in enumerate(stream, 1):
        text = line.strip("\r\n")
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            result = judged(session.evaluate(text, formulas=options.on("--json")), options)
            worst = max(worst, exit_code(result, strict=options.on("--strict")))
            _show_line(result, options, screen)
        except SymgradError as error:
            worst = max(worst, error.exit_code)
            show_error(error, options, screen, f"line {count}: ")
    return worst


def _show_line(result: Result, options: Options, screen: Screen) -> None:
    if options.on("--json") or not isinstance(result, Evaluated):
        show(result, options, screen)
    elif options.on("--quiet"):
        screen.line(number(result.value, options.precision))
    elif options.on("--plain"):
        screen.show([("", plain.in_one_line(result, options.precision))])
    else:
        screen.show(in_one_line(result, options.precision))


def show(result: Result, options: Options, screen: Screen) -> None:
    """Show a result that is complete."""
    if options.on("--json"):
        screen.line(jsonform.line(jsonform.data(result)))
        return
    if isinstance(result, Compared | Improved) and options.on("--quiet"):
        screen.line(result.equality.status if isinstance(result, Compared) else str(result.improvement.after))
        return
    if isinstance(result, Compared | Improved) and options.on("--plain"):
        made = plain.compared(result) if isinstance(result, Compared) else plain.improved(result)
        screen.show([("", made)])
        return
    if isinstance(result, Text) and options.on("--quiet") and result.aside:
        return
    if isinstance(result, Text) and options.on("--plain") and result.rows:
        screen.show([("", plain.tabbed(result.rows))])
        return
    if isinstance(result, Drawn) and not result.file and not options.on("--plain"):
        screen.picture(result.picture)
    signs = "ascii" if options.on("--plain") else screen.signs
    screen.show(render(result, Layout(screen.columns, options.precision, screen.rows, signs)))


def show_error(error: SymgradError, options: Options, screen: Screen, where: str = "") -> None:
    """Show an error: on the error stream, or as JSON where the answer would stand."""
    if options.on("--json"):
        screen.line(jsonform.line(jsonform.error_data(error)))
        return
    segments: Segments = diagnostic(error, screen.columns)
    screen.tell([("dim", where), *segments] if where else segments)


def point(values: Mapping[str, str]) -> dict[str, Any]:
    """The values of a command line; each is an expression without variables.

    Raises:
        SymgradError: a value is wrong; the place is in the word as it was typed.
    """
    session = Session()
    found: dict[str, Any] = {}
    for name, text in values.items():
        try:
            found.update(session.assigned(name, text))
        except SymgradError as error:
            raise _moved(error, f"{name}=") from None
    return found


def _moved(error: SymgradError, prefix: str) -> SymgradError:
    """An error in a value, shown in the whole word `x=...`."""
    if error.text is not None and error.span is not None:
        error.text = prefix + error.text
        error.span = Span(error.span.start + len(prefix), error.span.end + len(prefix))
    return error


def exit_code(result: Evaluated | Several, *, strict: bool = False) -> int:
    """0 if the numbers can be trusted, else 1; `strict` also where they are conventions or could not be checked."""
    verdict = result.verdict
    if isinstance(result, Evaluated) and not result.defined:
        return DOUBTFUL
    if verdict is None:
        doubts = isinstance(result, Evaluated) and bool(result.flags or result.unchecked)
        return DOUBTFUL if strict and doubts else FINE
    for part in verdict.parts:
        if part.status in ("undefined", "mismatch") or (part.status == "rounding" and not part.digits):
            return DOUBTFUL
        if part.status in ("unchecked", "rounding") and part.number - part.number != 0:
            return DOUBTFUL
        if strict and part.status in ("convention", "unchecked"):
            return DOUBTFUL
    return FINE
