"""Results on the screen of a conversation: the numbers at once, their ticks a moment later."""

from __future__ import annotations

from symgrad.console.live import Live
from symgrad.console.screen import Screen
from symgrad.errors import SymgradError
from symgrad.session import jsonform, plain
from symgrad.session.answers import answer
from symgrad.session.diagnostic import diagnostic
from symgrad.session.display import Segments
from symgrad.session.render import Layout
from symgrad.session.results import Counted, Drawn, Evaluated, Learned, Result, Several
from symgrad.session.settings import Settings
from symgrad.session.transcript import COLUMNS


class Show:
    """Shows results; `animated` where the lines of a result may be written over when its check is done."""

    def __init__(self, screen: Screen, *, animated: bool) -> None:
        self.screen = screen
        self.animated = animated and screen.animated
        self.code = 0
        self._live = Live(screen, animated=self.animated)

    def ongoing(self, report: Learned | Counted) -> None:
        """Show what has been done so far."""
        self._live.report(report)

    def dropped(self) -> None:
        """What was going on has ended without a result."""
        self._live.ended()

    def mistake(self, error: SymgradError) -> None:
        """Show what was wrong with an entry."""
        self.screen.tell(diagnostic(error, self.screen.columns))

    def result(self, result: Result, settings: Settings) -> Segments:
        """Show a result, and return what a transcript keeps of it."""
        signs = "ascii" if settings.plain else self.screen.signs
        layout = Layout(self.screen.columns, settings.digits, self.screen.rows, signs)
        self.code = 0
        self._live.ended()
        if isinstance(result, Learned):
            self._live.result(result, plain=settings.plain)
            self.code = int(result.ended == "diverged")
        elif isinstance(result, Evaluated):
            result = self._evaluated(result, settings, layout)
            self.code = int(not result.defined)
        elif isinstance(result, Several) and settings.check:
            result = result.checked(budget=settings.budget)
            self.screen.show(answer(result, layout))
        elif settings.plain:
            self.screen.show([("", text) for _, text in answer(result, layout)])
        else:
            if isinstance(result, Drawn) and not result.file:
                self.screen.picture(result.picture)
            self.screen.show(answer(result, layout))
        return answer(result, Layout(COLUMNS, settings.digits))

    def _evaluated(self, result: Evaluated, settings: Settings, layout: Layout) -> Evaluated:
        wanted = settings.check and not result.unchecked
        if settings.plain:
            self.screen.show([("", plain.numbers(result, settings.digits))])
            result = _checked(result, settings) if wanted else result
            self.screen.show([("", plain.verdict(result))])
        elif wanted and self.animated and result.defined and self.screen.fits(answer(result, layout)):
            self.screen.show_for_now([*answer(result, layout), ("dim", "checking …\n")])
            result = _checked(result, settings)
            self.screen.replace(answer(result, layout))
        else:
            result = _checked(result, settings) if wanted else result
            self.screen.show(answer(result, layout))
        return result


class JsonShow(Show):
    """Shows each result and each mistake as one line of JSON."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen, animated=False)

    def ongoing(self, report: Learned | Counted) -> None:
        """A program asks for the end only."""

    def mistake(self, error: SymgradError) -> None:
        """The mistake stands where the answer would."""
        self.screen.line(jsonform.line(jsonform.error_data(error)))

    def result(self, result: Result, settings: Settings) -> Segments:
        """Show a result with its verdict, unless checks are switched off."""
        if isinstance(result, Evaluated) and settings.check and not result.unchecked:
            result = _checked(result, settings)
        elif isinstance(result, Several) and settings.check:
            result = result.checked(budget=settings.budget)
        diverged = isinstance(result, Learned) and result.ended == "diverged"
        self.code = int(diverged or (isinstance(result, Evaluated) and not result.defined))
        self.screen.line(jsonform.line(jsonform.data(result)))
        return answer(result, Layout(COLUMNS, settings.digits))


def _checked(result: Evaluated, settings: Settings) -> Evaluated:
    """The result with its verdict; Ctrl-C keeps the numbers and leaves the verdict."""
    try:
        return result.checked(budget=settings.budget)
    except KeyboardInterrupt:
        return result
