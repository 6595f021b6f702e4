"""Starting: settings, the reader that fits the streams, the banner, what was left from a crash, and the end."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from symgrad.console.screen import Screen
from symgrad.repl.loop import Loop
from symgrad.repl.reader import PlainReader, Reader
from symgrad.repl.show import JsonShow, Show
from symgrad.session import config, files
from symgrad.session.dialogue import replay
from symgrad.session.journal import Journal, statements
from symgrad.session.settings import Settings
from symgrad.session.workspace import Workspace


def start(*, switches: dict[str, object] | None = None, json: bool = False) -> int | None:
    """Explore until the user has enough; the exit code, or None if the input was empty.

    Args:
        switches: settings that the command line gives; they win over config.toml.
        json: whether what lines from a pipe give is one JSON object each.
    """
    settings, warnings = config.load()
    settings = replace(settings, **(switches or {}))  # type: ignore[arg-type]  # the command line gives the right kinds
    interactive = _is_terminal(sys.stdin) and _is_terminal(sys.stdout)
    screen = Screen("never" if settings.plain else settings.color)
    for warning in warnings:
        screen.tell([("warn", f"{warning}\n")])
    workspace = _initialised(Workspace(settings=settings), screen)
    journal = Journal() if interactive and settings.autosave else None
    reader = _reader(settings, screen, interactive=interactive)
    show = JsonShow(screen) if json and not interactive else Show(screen, animated=reader.interactive)
    loop = Loop(workspace, screen, reader, journal, show)
    if interactive:
        _greet(screen, settings, journal)
    try:
        code = loop.run()
    except SystemExit:
        if journal is not None:
            journal.close(keep=True)
        raise
    if journal is not None:
        journal.close()
    return code if interactive or loop.heard else None


def _is_terminal(stream: object) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())


def _reader(settings: Settings, screen: Screen, *, interactive: bool) -> Reader:
    """The rich one in a terminal that can move its cursor."""
    if not interactive or settings.plain or os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return PlainReader(interactive=interactive)
    from symgrad.repl.terminal import TerminalReader

    return TerminalReader(settings, colored=screen.colored(sys.stdout))


def _initialised(workspace: Workspace, screen: Screen) -> Workspace:
    """The workspace after init.sg."""
    path = config.init_script()
    if path is None:
        return workspace
    from symgrad.errors import SymgradError
    from symgrad.session.diagnostic import diagnostic

    try:
        for given in replay(workspace, files.read(str(path))):
            if isinstance(given, Workspace):
                workspace = given
    except SymgradError as error:
        screen.tell([("warn", f"{path}:\n"), *diagnostic(error, screen.columns)])
    return replace(workspace, past=(), future=())


def _greet(screen: Screen, settings: Settings, journal: Journal | None) -> None:
    from symgrad import __version__

    if settings.banner:
        screen.show([("strong", f"symgrad {__version__}"), ("dim", " · :help · :tour · :quit\n")])
    left = journal.left() if journal is not None else []
    if left:
        names = list(statements(left[0]))
        what = f"{', '.join(names[:6])}{' ...' if len(names) > 6 else ''}" if names else "nothing"
        screen.show([("warn", f"a session was cut off ({what}); "), ("", ":recover brings it back\n")])
