"""Training on the screen: a line while it runs, a line and remarks at its end."""

from __future__ import annotations

import math

from symgrad.session.curves import spark
from symgrad.session.display import Segments, width
from symgrad.session.results import Counted, Learned

CURVE = 20
NARROW = 8


def line(result: Learned, columns: int, *, timed: bool) -> Segments:
    """`100/100  loss 0.0104  accuracy 100 %  gradient 0.03  ⣿⣦⣀`; with times where they are wanted."""
    cells = [f"{result.step}/{result.steps}", f"loss {result.loss:.4g}"]
    if result.accuracy is not None:
        cells.append(f"accuracy {percent(result.accuracy)}")
    cells.append(f"gradient {result.gradient_norm:.2g}")
    if timed and result.speed > 0:
        cells.append(f"{_rounded(result.speed)} steps/s" + ", compiled" * (result.way == "compiled"))
    if timed and not result.ended and result.seconds_left >= 1:
        cells.append(f"{span(result.seconds_left)} left")
    text = "  ".join(cells)
    while width(text) > columns - 1 and len(cells) > 2:
        text = "  ".join(cells := cells[:-1])
    room = min(CURVE, columns - 3 - width(text))
    curve = f"  {spark(result.losses, room)}" if room >= NARROW and len(result.losses) > 1 else ""
    return [("", text), ("label", curve), ("", "\n")]


def rows(report: Counted) -> Segments:
    """`1_200_000 rows, 12 %, 4.1 million rows/s`."""
    cells = [f"{report.rows:,} rows".replace(",", "_")]
    if report.expected:
        cells.append(percent(min(0.99, math.floor(100 * report.rows / report.expected) / 100)))
    if report.seconds > 0:
        cells.append(rate(report.rows / report.seconds))
    return [("", ", ".join(cells) + "\n")]


def rate(speed: float) -> str:
    """A speed in rows a second."""
    return f"{speed / 1e6:.2g} million rows/s" if speed >= 1e6 else f"{float(f'{speed:.2g}'):_.0f} rows/s"


def percent(share: float) -> str:
    """A share; 100 % only where nothing is missing."""
    return f"{100 * share:.4g} %"


def _rounded(number: float) -> str:
    """A number for a person: two or three digits."""
    return f"{number:.2g}" if number < 10 else f"{float(f'{number:.3g}'):,.0f}"


def span(seconds: float) -> str:
    """A time to come."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def ended(result: Learned, columns: int, *, timed: bool = False) -> Segments:
    """All that is to be seen at the end; of a training that diverged only why."""
    if result.ended == "diverged":
        first, *others = result.said
        return [("warn", f"{first}\n"), *(("", f"  {text}\n") for text in others)]
    return [*line(result, columns, timed=timed), *(("dim", f"  {text}\n") for text in result.said)]
