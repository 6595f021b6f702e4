"""A way out: a form of the expression that would be right, tried before it is recommended."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from symgrad.check.verdict import Partial, correct_digits
from symgrad.engine.backprop import evaluate
from symgrad.graph import Node, Program, postorder, substitute
from symgrad.symbolic.stable import suggest
from symgrad.symbolic.text import text

MOST_NODES = 200
"""In larger expressions no better form is looked for here; `symgrad improve` takes its time."""
MOST_TRIED = 60
SECONDS = 0.2
ENOUGH = 14
"""A form is recommended when so many digits of all numbers are right with it."""
MOST_TEXT = 120


def better(root: Node, point: Mapping[str, float], value: Partial, partials: Mapping[str, Partial]) -> str:
    """A form of the expression that gives the digits which are missing, in a sentence; "" if none is found."""
    bad = [p for p in (value, *partials.values()) if p.status == "rounding" and _can_be_mended(p)]
    best, most, mended = "", 0, bad[:0]
    for form in _forms(root) if bad else ():
        digits = dict(zip(bad, _digits(form, point, bad), strict=True))
        right = [p for p, count in digits.items() if count >= ENOUGH]
        written = text(form) if len(right) > len(mended) else ""
        if 0 < len(written) <= MOST_TEXT:
            best, most, mended = written, min(digits[p] for p in right), right
        if len(mended) == len(bad):
            break
    if any(map(_beyond, mended)):
        return f"{best} comes without overflow to the nearest double of {_listed(mended)}"
    return f"{best} gives {most} digits for {_listed(mended)}" if best else ""


def _can_be_mended(p: Partial) -> bool:
    """Whether float64 can have a better number, or the same one without an overflow on the way."""
    return p.certified_float is not None and (not _beyond(p) or p.mechanism.endswith("overflows here"))


def _beyond(p: Partial) -> bool:
    """Whether the truth is too small or too large for float64."""
    return p.certified_float == 0 or (p.certified_float is not None and math.isinf(p.certified_float))


def _forms(root: Node) -> Iterator[Node]:
    """The expression with one of its parts in another form, then with two."""
    seen = {root}
    waiting = deque([root])
    started = time.monotonic()
    while waiting and len(seen) < MOST_TRIED:
        current = waiting.popleft()
        nodes = postorder([current])
        for node in nodes if len(nodes) <= MOST_NODES else ():
            for suggestion in suggest(node) if node.args else ():
                form = substitute([current], {node: suggestion.node})[0]
                if form not in seen:
                    seen.add(form)
                    waiting.append(form)
                    yield form
                if time.monotonic() - started > SECONDS:
                    return


def _digits(form: Node, point: Mapping[str, float], bad: list[Partial]) -> Iterator[int]:
    """How many digits of each number are right with another form."""
    result = evaluate(Program([form]), point)
    overflows = any(flag.kind == "overflow" for flag in result.flags)
    for p in bad:
        truth = p.certified_float
        number = float(result.grad.get(p.name, 0.0) if p.name else result.value)
        assert truth is not None
        if number == truth:
            yield 0 if _beyond(p) and overflows else 16
        elif number - truth != number - truth or truth == 0:
            yield 0
        else:
            yield correct_digits(abs(number - truth) / abs(truth), truth)


def _listed(bad: list[Partial]) -> str:
    names = [f"∂/∂{p.name}" if p.name else "the value" for p in bad]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def with_hint(partial: Partial, hint: str) -> Partial:
    """The same, with a way out where digits were lost."""
    return replace(partial, hint=hint) if partial.status == "rounding" and hint else partial
