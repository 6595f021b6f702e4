"""Commands about files: a session as a script, scripts, and transcripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from symgrad.session import files, parameters
from symgrad.session.commands.registry import Arguments, Given, explorer_command
from symgrad.session.results import Text
from symgrad.session.script import script
from symgrad.session.workspace import Workspace


@explorer_command(
    "save FILE",
    "a script that rebuilds this session; as .safetensors its parameters and where training stands",
    "save curve.sg",
    1,
)
def _save(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    if arguments.texts[0].endswith(parameters.SUFFIX):
        yield parameters.save(workspace.session, arguments.texts[0])
        return
    place = files.write(arguments.texts[0], script(workspace.session))
    yield Text(f"saved: symgrad run {place}", {"saved": str(place)})


@explorer_command(
    "load FILE",
    "take over the definitions of a script, or the parameters of a .safetensors file",
    "load curve.sg",
    1,
)
def _load(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    if arguments.texts[0].endswith(parameters.SUFFIX):
        session, said = parameters.load(workspace.session, arguments.texts[0])
        yield workspace.advanced(session, f":load {arguments.texts[0]}")
        yield said
        return
    from symgrad.session.dialogue import replay

    text = files.read(arguments.texts[0])
    before = set(workspace.session.scope)
    session = workspace.session
    for given in replay(workspace, text, arguments.should_stop):
        session = given.session if isinstance(given, Workspace) else session
    new = [name for name in session.scope if name not in before and name not in ("ans", "_")]
    yield workspace.advanced(session, f":load {arguments.texts[0]}")
    yield Text(f"loaded: {', '.join(new) or 'nothing new'}", {"loaded": new})


@explorer_command("run FILE", "the lines of a file, one after the other", "run script.sg", 1, verb=True)
def _run(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.dialogue import replay

    text = files.read(arguments.texts[0])
    step = f":run {arguments.texts[0]}"
    latest = workspace
    for given in replay(workspace, text, arguments.should_stop):
        if isinstance(given, Workspace):
            latest = given
        else:
            yield given
    yield (
        replace(latest, past=workspace.past, future=workspace.future).advanced(latest.session, step)
        if (latest.session is not workspace.session)
        else latest
    )


@explorer_command(
    "transcript [FILE]",
    "record input and output in a document from here on; `off` ends it",
    "transcript notes.md",
)
def _transcript(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    (wanted,) = arguments.texts or ("",)
    if wanted in ("", "off"):
        said = (
            f"the transcript is in {workspace.transcript}"
            if workspace.transcript
            else "there is no transcript"
        )
        if wanted == "off":
            yield replace(workspace, transcript="")
        yield Text(said, {"transcript": workspace.transcript})
        return
    place = Path(wanted).expanduser()
    from symgrad.session.transcript import opening

    files.write(wanted, (files.read(wanted) if place.exists() else "") + opening(workspace))
    yield replace(workspace, transcript=str(place.absolute()))
    yield Text(f"recording in {place}; `symgrad test {place}` checks it", {"transcript": str(place)})


@explorer_command(
    "test FILE", "repeat the sessions in a document, and compare", "test notes.md", 1, verb=True
)
def _test(_workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    from symgrad.session.transcript import compared

    yield from compared(files.read(arguments.texts[0]), arguments.texts[0])
