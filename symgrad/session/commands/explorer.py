"""Commands of the explorer: help, what is defined, the way back, settings, and what only a face can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.session import config, help, settings, tour  # noqa: A004  # the module that writes help
from symgrad.session.commands.registry import Arguments, Given, Request, explorer_command
from symgrad.session.dependencies import listing
from symgrad.session.results import Listing, Text
from symgrad.session.workspace import Step, Workspace


@explorer_command(
    "help [TOPIC]", "help on a function, command, setting, name or error code", "help sin", verb=True
)
def _help(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    yield from help.topic(workspace, arguments.texts[0]) if arguments.texts else help.overview()


@explorer_command("vars", "what is defined, and what depends on what", "vars", 0, 0)
def _vars(workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield listing(workspace.session.scope)


@explorer_command("undo", "take back the last definition", "undo", 0, 0)
def _undo(workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield from _moved(workspace.undone(), "undone", "there is nothing to undo")


@explorer_command("redo", "do again what was undone", "redo", 0, 0)
def _redo(workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield from _moved(workspace.redone(), "redone", "there is nothing to redo")


def _moved(found: tuple[Workspace, Step] | None, what: str, nothing: str) -> Iterator[Given]:
    if found is None:
        yield Text(nothing, {what: None})
        return
    workspace, step = found
    yield workspace
    yield Text(f"{what}: {' '.join(step.text.split())}", {what: step.text})


@explorer_command(
    "set [NAME] [VALUE]", "the settings, or a new value of one for this session", "set precision 6", 0, 2
)
def _set(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    name, value = (*arguments.texts, "", "")[:2]
    if not name:
        yield Listing("", settings.rows(workspace.settings))
        return
    if value:
        workspace = replace(workspace, settings=workspace.settings.changed(name, value))
        yield workspace
    setting = settings.setting_named(name)
    now = settings.shown(getattr(workspace.settings, name))
    yield Text(
        f"{name} = {now}   {setting.about}", {"name": name, "value": getattr(workspace.settings, name)}
    )


@explorer_command("config", "the settings, and where they are read from", "config", 0, 0, verb=True)
def _config(workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield Listing("Settings", settings.rows(workspace.settings))
    yield Listing("Files", config.places())


@explorer_command("history [WORD]", "the lines typed before, or those with a word in them", "history sin")
def _history(_workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    yield Request("history", "".join(arguments.texts))


@explorer_command("edit", "write the next lines in your editor ($VISUAL or $EDITOR)", "edit", 0, 0)
def _edit(_workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield Request("edit")


@explorer_command("recover", "bring back the session that was cut off last", "recover", 0, 0)
def _recover(_workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield Request("recover")


@explorer_command("tour [STEP]", "a short lesson: from a value to the chain rule and a neuron", "tour")
def _tour(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    yield from tour.begin(workspace, "".join(arguments.texts))


@explorer_command("quit", "end the session", "quit", 0, 0)
def _quit(_workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield Request("quit")
