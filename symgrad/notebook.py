"""Notebooks: `%load_ext symgrad`, then `%symgrad x^2*sin(y) x=2 y=3` and cells that begin with `%%symgrad`.

The one module that imports IPython, and only when IPython asks for it.
"""

from __future__ import annotations

from typing import Any

from symgrad.errors import SymgradError
from symgrad.session.answers import answer
from symgrad.session.diagnostic import diagnostic
from symgrad.session.dialogue import bindings, entries, is_command, submit
from symgrad.session.display import plain
from symgrad.session.render import Layout
from symgrad.session.results import Drawn, Evaluated, Result, Several, Symbolic
from symgrad.session.workspace import Workspace


class Shown:
    """A result as a notebook shows it: text as in a session; also LaTeX and a picture where there is one."""

    def __init__(self, result: Result, workspace: Workspace) -> None:
        self.result = result
        self._layout = Layout(precision=workspace.settings.digits)

    def __repr__(self) -> str:
        return plain(answer(self.result, self._layout)).rstrip("\n")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.result, name)

    def _repr_mimebundle_(self, **_only: Any) -> dict[str, str]:
        from symgrad.expression.drawing import bundle, with_picture

        text = repr(self)
        if isinstance(self.result, Drawn):
            return with_picture({"text/plain": text}, self.result.picture)
        if isinstance(self.result, Evaluated):
            return bundle(self.result.expression, self.result.point, text)
        if isinstance(self.result, Symbolic):
            return bundle(self.result.expression, None, text)
        return {"text/plain": text}


class Notebook:
    """The session of a notebook: what one cell defines, the next ones know."""

    def __init__(self) -> None:
        self.workspace = Workspace()

    def run(self, text: str) -> list[Shown]:
        """What a text gives: statements and `:commands`, as in a session; values may stand behind an expression.

        Raises:
            SymgradError: something is wrong; what stands before it is done.
        """
        found: list[Shown] = []
        for _, entry in entries(text):
            rest, values = ("", {}) if is_command(entry) else bindings(entry)
            if values:
                found.append(self._valued(rest, values))
                continue
            for given in submit(self.workspace, entry):
                if isinstance(given, Workspace):
                    self.workspace = given
                elif isinstance(given, Result):
                    found.append(Shown(self._checked(given), self.workspace))
        return found

    def _valued(self, text: str, values: dict[str, str]) -> Shown:
        """`x^2*y x=2 y=3`: the values hold for this line only."""
        session = self.workspace.session
        given = {k: v for name, value in values.items() for k, v in session.assigned(name, value).items()}
        return Shown(self._checked(session.bind(given).evaluate(text)), self.workspace)

    def _checked(self, result: Result) -> Result:
        settings = self.workspace.settings
        if settings.check and isinstance(result, Evaluated | Several):
            return result.checked(budget=settings.budget)
        return result


def load(shell: Any) -> None:
    """Give a notebook the magics: what `%load_ext symgrad` does."""
    from IPython import display  # as a module: its functions have no types
    from IPython.core.magic import register_line_cell_magic

    notebook = Notebook()
    show: Any = display.display

    @register_line_cell_magic
    def symgrad(line: str, cell: str | None = None) -> Shown | None:
        """Do lines of symgrad: `%symgrad EXPR NAME=VALUE`, or a cell of statements and :commands below `%%symgrad`."""
        text = line if cell is None else "\n".join(part for part in (line, cell) if part.strip())
        try:
            shown = notebook.run(text)
        except SymgradError as error:
            print(plain(diagnostic(error, 80)), end="")
            return None
        for result in shown[:-1]:
            show(result)
        return shown[-1] if shown else None

    shell.user_ns.setdefault("symgrad_notebook", notebook)
