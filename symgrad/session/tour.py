"""A lesson of a few minutes: from a value to a derivative, through the chain rule, to a neuron that learns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from symgrad.errors import UsageMistake
from symgrad.session.results import Text
from symgrad.session.workspace import Workspace

if TYPE_CHECKING:
    from symgrad.session.commands.registry import Given


class Lesson(NamedTuple):
    """What is said, and what to type then."""

    say: str
    type: str


LESSONS = (
    Lesson("A name gets a value.", "x = 3"),
    Lesson(
        "A definition is a formula. Beside its value stands how fast it changes with x: the derivative.",
        "y = x^2 + 1",
    ),
    Lesson("Give x another value, and y follows; its name asks for it.", "x = 5; y"),
    Lesson("The derivative is a formula too: 2*x, so 10 at x = 5.", "diff(y, x)"),
    Lesson(
        "Now a formula in three steps. Small steps have simple derivatives.",
        "a = 2; b = -3; c = 10; p = a*b; q = p + c; L = q^2",
    ),
    Lesson(
        "The chain rule multiplies the derivatives of the steps along the way from L back to a. That is all that "
        "backpropagation does.",
        ":explain L",
    ),
    Lesson("The same in one line; ✓ says that three independent computations agree.", "L"),
    Lesson(
        "A neuron weighs its input, adds a bias, and bends the result.",
        "w = 0.5; bias = 0; out = tanh(w*2 + bias)",
    ),
    Lesson("It should say 1. The loss is how far off it is.", "loss = (out - 1)^2"),
    Lesson("The derivative by w says which way to turn w so that the loss falls.", "loss"),
    Lesson(
        "So take a step against it. `:=` computes now.",
        "w, bias := w - 0.5*diff(loss, w), bias - 0.5*diff(loss, bias)",
    ),
    Lesson(
        "The loss has fallen. Repeat that a million times with more neurons, and it is deep learning.", "loss"
    ),
)
END = "That was the tour. `:vars` shows what you made, `:help` everything else, `:undo` takes steps back."


def begin(workspace: Workspace, word: str) -> Iterator[Given]:
    """Start, go on, jump to a step, or stop.

    Raises:
        UsageMistake: SG515, there is no such step.
    """
    if word in ("stop", "off", "quit"):
        yield replace(workspace, lesson=None)
        yield Text("The tour ends here; `:tour` starts it again.", prose=True)
        return
    if word and not (word.isdecimal() and 1 <= int(word) <= len(LESSONS)):
        hint = f"steps are 1 to {len(LESSONS)}; `:tour stop` ends it"
        raise UsageMistake("SG515", f"the tour has no step `{word}`", hint=hint)
    step = int(word) - 1 if word else workspace.lesson or 0
    yield replace(workspace, lesson=step)
    yield _said(
        step, "Type what is shown, or anything else; Enter alone types it for you. `:tour stop` ends it.\n\n"
    )


def _said(step: int, before: str = "") -> Text:
    lesson = LESSONS[step]
    return Text(
        f"{before}[{step + 1}/{len(LESSONS)}] {lesson.say}\n    {lesson.type}", {"step": step + 1}, prose=True
    )


def typed_for(workspace: Workspace) -> Iterator[Given]:
    """Enter alone: the line of the lesson is typed."""
    from symgrad.session.dialogue import submit

    assert workspace.lesson is not None
    line = LESSONS[workspace.lesson].type
    yield Text(f"∂ {line}", {"typed": line})
    if line.startswith(":"):
        yield from submit(replace(workspace, lesson=None), line)
        yield from answered(workspace, line)
    else:
        yield from submit(workspace, line)


def answered(workspace: Workspace, text: str) -> Iterator[Given]:
    """The next lesson if this line was what the last one asked for."""
    step = workspace.lesson
    if step is None or _same(text) != _same(LESSONS[step].type):
        return
    if step + 1 == len(LESSONS):
        yield replace(workspace, lesson=None)
        yield Text(f"\n{END}", prose=True)
        return
    yield replace(workspace, lesson=step + 1)
    yield _said(step + 1, "\n")


def _same(text: str) -> str:
    return "".join(text.split()).replace("**", "^")
