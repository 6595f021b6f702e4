"""Completion on Tab: what the session knows, offered by prompt_toolkit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from symgrad.session.complete import complete, is_file_argument
from symgrad.session.display import shorten
from symgrad.session.workspace import Workspace

ABOUT = 50


class WorkspaceCompleter(Completer):
    """Names and commands of the workspace; files where a command takes one."""

    def __init__(self, workspace: Callable[[], Workspace]) -> None:
        self.workspace = workspace
        self.paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The candidates, each with its kind."""
        beginning = is_file_argument(document.text_before_cursor)
        if beginning is not None:
            return self.paths.get_completions(Document(beginning), complete_event)
        return self._known(document)

    def _known(self, document: Document) -> Iterator[Completion]:
        for candidate in complete(document.text, document.cursor_position, self.workspace()):
            about = f"{candidate.kind}: {candidate.about}" if candidate.about else candidate.kind
            yield Completion(
                candidate.text, candidate.start - document.cursor_position, display_meta=shorten(about, ABOUT)
            )
