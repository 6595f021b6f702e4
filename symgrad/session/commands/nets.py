"""Commands about learning: train, look at rates, list parameters."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import UsageMistake
from symgrad.session.commands.registry import Arguments, Given, Ongoing, Request, explorer_command
from symgrad.session.session import Session
from symgrad.session.workspace import Workspace


@explorer_command(
    "train [LOSS] [SETTING=VALUE...] [by NAMES]",
    "change parameters until the loss is small; alone: go on",
    "train (x - 3)^2 steps=20 by x",
)
def _train(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.learning import begun, learning, resumed
    from symgrad.session.recipes import recipe, words

    session = workspace.session
    text = "".join(arguments.texts)
    found = words(text)
    old = session.training
    if found.loss:
        wanted, training = begun(session, found.loss, found.by, recipe(found.settings))
        if old is not None and old.paused and (old.loss, old.by) == (training.loss, training.by):
            same = old.recipe == training.recipe
            wanted, training = resumed(session, old) if same else (wanted, training)
    elif old is None:
        raise UsageMistake("SG515", "train: which loss?", hint="as in: :train loss steps=100 rate=0.1")
    elif found.settings or found.by:
        raise UsageMistake(
            "SG515", "train: settings need a loss", hint=f"as in: :train {old.loss} {text}; alone it goes on"
        )
    else:
        wanted, training = resumed(session, old)
    for given in learning(session, wanted, training, arguments.should_stop):
        if isinstance(given, Session):
            yield workspace.advanced(given, f":train {text}".strip())
        else:
            yield given if given.ended else Ongoing(given)


@explorer_command(
    "sweep LOSS [SETTING=VALUE...] [by NAMES]",
    "train at several learning rates, and compare; nothing changes",
    "sweep (x - 3)^2 rates=0.01..10 steps=20 by x",
    1,
)
def _sweep(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.rates import sweep

    yield from sweep(workspace.session, _whole(arguments), arguments.should_stop)


@explorer_command(
    "curvature LOSS [SETTING=VALUE...] [by NAMES]",
    "the largest curvature, and the learning rates that it allows",
    "curvature (x - 3)^2 by x",
    1,
)
def _curvature(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.rates import curvature
    from symgrad.session.recipes import words

    found = words(_whole(arguments))
    yield from curvature(workspace.session, found.loss, found.by, dict(found.settings))


def _whole(arguments: Arguments) -> str:
    """The text with the settings that its usage names, which were taken out of it."""
    return " ".join([*arguments.texts, *(f"{name}={value}" for name, value in arguments.options.items())])


@explorer_command(
    "params [NET or LOSS]",
    "parameters with shapes, counts and sizes; of a loss their gradients too",
    "params",
)
def _params(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.parameters import listing

    yield from listing(workspace.session, "".join(arguments.texts))


@explorer_command(
    "watch LOSS [SETTING=VALUE...] [by NAMES]",
    "see it learn: the loss, and with two inputs the border between the classes",
    "watch (x - 3)^2 steps=20 by x",
    1,
)
def _watch(_workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    yield Request("watch", arguments.texts[0])
