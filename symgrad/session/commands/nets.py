"""Commands about learning: train, look at rates, list parameters."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import UsageMistake
from symgrad.session.commands.registry import Arguments, Given, Ongoing, explorer_command
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
