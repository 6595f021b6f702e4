"""Watching a net learn: what the keys do, and the picture, as pure functions of a state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symgrad.session.curves import in_ascii, spark, thinned
from symgrad.session.display import Segments
from symgrad.session.learning import KEPT, Training, begun, moved, remarks, reported
from symgrad.session.plane import Plane, plane
from symgrad.session.progress import percent
from symgrad.session.recipes import recipe, words
from symgrad.session.results import Learned
from symgrad.session.tasks import Goal, held_out

if TYPE_CHECKING:
    from symgrad.nn.task import Progress
    from symgrad.session.session import Session

STEPS = "1000"
FASTER = 1.5
KEYS = "space pauses · s one step · + - rate · r from the start · q ends"


@dataclass(frozen=True, eq=False)
class Watch:
    """What is watched.

    Attributes:
        session: where it began.
        wanted: what is learned.
        first: the training before its first step.
        training: where it stands.
        last: the last report.
        tests: the loss on what is held out, if anything is.
        paused: whether it waits for a key.
        single: whether one step is to be done, and no more.
        ended: whether the user has seen enough.
        said: why it waits.
    """

    session: Session
    wanted: Goal
    first: Training
    training: Training
    last: Progress | None = None
    tests: tuple[float, ...] = ()
    paused: bool = False
    single: bool = False
    ended: bool = False
    said: str = ""


def opened(session: Session, text: str) -> Watch:
    """The first state, of the words behind `:watch`. Raises as `:train` does."""
    found = words(text)
    wanted, training = begun(session, found.loss, found.by, recipe({"steps": STEPS, **found.settings}))
    return Watch(session, wanted, training, training)


def pressed(watch: Watch, key: str) -> Watch:
    """The state after a key."""
    done = watch.training.state.step >= watch.training.recipe.steps
    if key in ("q", "\x03", "\x1b", "\x04"):
        return replace(watch, ended=True)
    if key == " ":
        return watch if done else replace(watch, paused=not watch.paused, single=False, said="")
    if key == "s":
        return watch if done else replace(watch, paused=True, single=True, said="")
    if key == "r":
        return replace(watch, training=watch.first, last=None, tests=(), said="", paused=False, single=False)
    if key in "+=-_":
        return _faster(watch, FASTER if key in "+=" else 1 / FASTER)
    return watch


def _faster(watch: Watch, factor: float) -> Watch:
    """The state with another rate."""
    own = watch.training.recipe
    schedule = replace(own.schedule, rate=own.schedule.rate * factor, end=own.schedule.end * factor)
    return replace(watch, training=replace(watch.training, recipe=replace(own, rate=schedule)))


def learning(watch: Watch) -> Iterator[Watch]:
    """The states that follow, one for each step; a single one where that is wanted. A new rate needs a new iterator."""
    from symgrad.nn.training import train

    own, tested = watch.training.recipe, held_out(watch.session, watch.wanted)
    for report in train(watch.wanted.task, own, watch.training.state):
        if watch.last is not None and report.step == watch.last.step and not report.ended:
            continue  # where the iterator begins nothing has happened yet
        losses = (*watch.training.losses, report.loss)
        losses = tuple(thinned(losses, KEPT)) if len(losses) > 2 * KEPT else losses
        tests = watch.tests
        if tested is not None:
            tests = (*tests, tested(report.state.parameters)[0])
            tests = tuple(thinned(tests, KEPT)) if len(tests) > 2 * KEPT else tests
        state = watch.training.state if report.ended == "diverged" else report.state
        ended = {"diverged": "it diverges: r begins again, - lowers the rate"}.get(report.ended, report.ended)
        watch = replace(
            watch,
            training=replace(watch.training, state=state, losses=losses),
            last=report,
            tests=tests,
            said=ended,
            paused=watch.paused or bool(report.ended),
            single=False,
        )
        yield watch


def kept(watch: Watch) -> Session:
    """The session with the parameters as they are now."""
    state = watch.training.state
    return moved(watch.session, state.parameters, watch.training) if state.step else watch.session


def summed_up(watch: Watch, last: Progress) -> Learned:
    """What has been learned when the user has seen enough."""
    ended = last.ended if last.ended in ("finished", "converged") else "stopped"
    end = replace(last, ended=ended)
    return reported(
        watch.training, end, watch.training.losses, remarks(watch.session, watch.wanted, watch.training, end)
    )


def frame(watch: Watch, columns: int, rows: int, *, plain: bool = False) -> Segments:
    """What is on a screen of this size: the loss, the border, the keys."""
    state, own = watch.training.state, watch.training.recipe
    last = watch.last
    head = f"step {state.step}/{own.steps}  rate {own.schedule(state.step, own.steps):.3g}"
    if last is not None:
        accuracy = "" if last.accuracy is None else f"  accuracy {percent(last.accuracy)}"
        head += f"  loss {last.loss:.4g}{accuracy}  gradient {last.gradient_norm:.2g}"
    waits = f"paused {watch.said}".strip() if watch.paused else ""
    lines: list[Segments] = [[("strong", head[:columns])]]
    room = max(8, columns - 24)
    for name, losses in (("loss", watch.training.losses), ("test", watch.tests)):
        if losses:
            lines.append([("", f"{name}  "), ("label", spark(losses, room)), ("", f" {losses[-1]:.4g}")])
    seen = plane(watch.wanted, state.parameters)
    if seen is not None:
        lines += drawn(seen, columns, rows - len(lines) - 2, plain=plain)
    lines += [[("warn", waits[:columns])], [("dim", KEYS[:columns])]]
    joined: Segments = []
    for i, line in enumerate(lines[:rows]):
        joined += [*([("", "\n")] if i else []), *line]
    return [("", in_ascii(text)) for _, text in joined] if plain else joined


def drawn(seen: Plane, columns: int, rows: int, *, plain: bool) -> list[Segments]:
    """The plane on so many lines."""
    rows = min(rows, max(4, columns // 3))
    across = max(1, min(columns, round(2 * rows * seen.ratio)))
    if rows < 3:
        return []
    if plain:
        return [[("", line)] for line in seen.letters(across, rows)]
    grid: Any = seen.colours(across, 2 * rows)
    lines: list[Segments] = []
    for k in range(rows):
        line: Segments = []
        for top, bottom in zip(grid[2 * k], grid[2 * k + 1], strict=True):
            style = f"38;5;{top};48;5;{bottom}"
            if line and line[-1][0] == style:
                line[-1] = (style, line[-1][1] + "▀")
            else:
                line.append((style, "▀"))
        lines.append(line)
    return lines
