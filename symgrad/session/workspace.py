"""What an explorer works in: the session with its settings, and the way back and forth through what was done.

A value like the session itself. Undo is not computed: it takes the session before from where it was kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from symgrad.session.results import Told
from symgrad.session.session import Session
from symgrad.session.settings import Settings

MOST_STEPS = 500
"""So many steps can be undone."""


@dataclass(frozen=True)
class Step:
    """What was typed, and the session before it (in the past) or after it (in the future)."""

    text: str
    session: Session


@dataclass(frozen=True)
class Workspace:
    """A session, its settings and its history.

    Attributes:
        past: what changed the session, oldest first, each with the session before.
        future: what was undone, the last undone last, each with the session after.
        lesson: how far the tour has come; None outside the tour.
        transcript: the file that records input and output, or "".
        story: what `:explain` told last, with the step that was shown last.
    """

    session: Session = field(default_factory=Session)
    settings: Settings = field(default_factory=Settings)
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    lesson: int | None = None
    transcript: str = ""
    story: Told | None = None

    def advanced(self, session: Session, text: str) -> Workspace:
        """The workspace after a line that led to this session; a line that only asked is no step."""
        if same_definitions(session, self.session):
            return replace(self, session=session)
        past = (*self.past, Step(text, self.session))[-MOST_STEPS:]
        return replace(self, session=session, past=past, future=())

    def undone(self) -> tuple[Workspace, Step] | None:
        """The workspace before the last step, and that step; None if there is none."""
        if not self.past:
            return None
        *past, step = self.past
        future = (*self.future, Step(step.text, self.session))
        return replace(self, session=step.session, past=tuple(past), future=future), step

    def redone(self) -> tuple[Workspace, Step] | None:
        """The workspace after the step that was undone last, and that step; None if there is none."""
        if not self.future:
            return None
        *future, step = self.future
        past = (*self.past, Step(step.text, self.session))
        return replace(self, session=step.session, past=past, future=tuple(future)), step


def same_definitions(a: Session, b: Session) -> bool:
    """Whether nothing but the last answer differs."""
    from symgrad.session.naming import ANSWERS

    names = {*a.scope, *b.scope} - set(ANSWERS)
    return all(a.scope.get(name) is b.scope.get(name) for name in names)
