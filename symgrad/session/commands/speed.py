"""The command about time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from symgrad.session.commands.registry import Arguments, command
from symgrad.session.results import Result, Text
from symgrad.session.session import Session
from symgrad.session.timing import measure, span


@command(
    "time EXPR [NAME=VALUE...]",
    "how long value and gradient take: at one point, and for each of many by every way of computing",
    "time 'sin(x)^2' x=1",
)
def _time(session: Session, arguments: Arguments) -> Iterator[Result]:
    start = time.perf_counter()
    expression = session.expression(arguments.texts[0])
    read = time.perf_counter() - start
    point = {name: v for name, v in session.values.items() if name in expression.variables}
    found = measure(expression, point)
    lines = [f"reading {span(read)}, value and gradient at one point {span(found.evaluate)}"]
    if found.ways:
        lines.append(f"each of {found.points:,} points (ready after)".replace(",", "_"))
    for way, (ready, each) in found.ways.items():
        chosen = "   taken for so many" if way == found.chosen else ""
        after = f"({span(ready)})" if way != "engine" else ""
        lines.append(f"  {way:9}{span(each):>9}  {after:10}{chosen}".rstrip())
    ways = {way: {"ready": ready, "point": each} for way, (ready, each) in found.ways.items()}
    data = {
        "read": read,
        "evaluate": found.evaluate,
        "points": found.points,
        "ways": ways,
        "chosen": found.chosen,
    }
    yield Text("\n".join(lines), data)
