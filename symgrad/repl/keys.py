"""The keys that are ours: Enter asks the parser, F4 changes the mode, pasted conversations lose their prompts."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import emacs_mode, has_focus, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from symgrad.session.dialogue import is_incomplete
from symgrad.session.transcript import unprompted


class Dropped(Exception):
    """Ctrl-C with something on the line."""


def bindings() -> KeyBindings:
    """All of them."""
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=typing)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        text = buffer.text
        if is_incomplete(text) and not text.endswith("\n") and not _navigating():
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    # In vi's mode Escape and then Enter are two keys: leave inserting, and submit.
    @keys.add("escape", "enter", filter=typing & emacs_mode)
    def _newline(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c", filter=typing)
    def _drop(event: KeyPressEvent) -> None:
        event.app.exit(
            exception=Dropped if event.current_buffer.text else KeyboardInterrupt, style="class:dim"
        )

    @keys.add("f4")
    def _mode(event: KeyPressEvent) -> None:
        vi = event.app.editing_mode is EditingMode.VI
        event.app.editing_mode = EditingMode.EMACS if vi else EditingMode.VI

    @keys.add(Keys.BracketedPaste, filter=typing)
    def _paste(event: KeyPressEvent) -> None:
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        event.current_buffer.insert_text(unprompted(text).rstrip("\n"))

    return keys


def _navigating() -> bool:
    """Whether vi takes keys as commands."""
    return get_app().editing_mode is EditingMode.VI and vi_navigation_mode()
