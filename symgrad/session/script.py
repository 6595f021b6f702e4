"""A session as a script: the text that, run in an empty session, defines all of it again."""

from __future__ import annotations

from typing import Any

from symgrad.session.dependencies import ordered
from symgrad.session.naming import ANSWERS
from symgrad.session.session import Session
from symgrad.syntax.scope import Collection, Declared, Definition, FunctionDefinition, Meaning, Scope, Value

HEAD = "# A session of symgrad. Run it with: symgrad run FILE, or :load FILE in a session.\n"


def script(session: Session) -> str:
    """Declarations and values first, then what is built on them, the last answer at the end."""
    mine = {name: meaning for name, meaning in session.scope.items() if name not in ANSWERS}
    order = ordered(mine)
    given = [name for name in order if isinstance(mine[name], Value | Declared | Collection)]
    built = [name for name in order if isinstance(mine[name], Definition | FunctionDefinition)]
    lines = [statement(name, mine[name]) for name in [*given, *built] if not follows(name, mine)]
    last = session.scope.get(ANSWERS[0])
    if isinstance(last, Definition):
        lines.append(f"{_one_line(last.text)};")
    return HEAD + "".join(f"{line}\n" for line in lines)


def follows(name: str, scope: Scope) -> bool:
    """Whether a value is a part that comes with its whole unchanged: the columns of a data set."""
    meaning = scope[name]
    return "." in name and isinstance(meaning, Value) and meaning.role == "data"


def statement(name: str, meaning: Meaning) -> str:
    """The statement that gives a name its meaning; numbers are exact."""
    match meaning:
        case Value(value=value, role="parameter") if "." not in name:
            return f"param {name}: {meaning.type} = {exact(value)}"
        case Value(value=value):
            return f"{name} {':=' if '.' in name else '='} {exact(value)}"
        case Collection(text=text) if text.startswith(":"):
            return text
        case Collection(text=text):
            return f"{name} = {_one_line(text)}"
        case Declared(type=type_):
            return f"{name}: {type_}"
        case Definition(text=text):
            return f"{name} = {_one_line(text)}"
        case FunctionDefinition(parameters=parameters, text=text):
            return f"{name}({', '.join(parameters)}) = {_one_line(text)}"


def _one_line(text: str) -> str:
    """A text without its line ends and the comments before them, which could end the statement."""
    return " ".join(line.partition("#")[0].strip() for line in text.splitlines()).strip()


def exact(value: Any) -> str:
    """A value as text that reads back as the same value."""
    if isinstance(value, bool):
        return "1 == 1" if value else "1 == 2"
    if isinstance(value, float | int):
        return repr(float(value))
    rows = [value]
    pieces: list[str] = []
    while rows:  # nested rows from left to right, brackets and commas between them
        row = rows.pop()
        if isinstance(row, str):
            pieces.append(row)
        elif getattr(row, "shape", ()):
            rows.append("]")
            for i in range(len(row) - 1, -1, -1):
                rows.append(row[i])
                rows.append(", " if i else "[")
        else:
            pieces.append(exact(row.item()))
    return "".join(pieces)
