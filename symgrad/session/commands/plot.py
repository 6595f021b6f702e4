"""The command that plots functions of one or two variables: on the screen, or in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import Node, var, variables
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.results import Plotted, Result
from symgrad.session.session import Session
from symgrad.syntax.scope import FunctionDefinition

if TYPE_CHECKING:
    from symgrad.plot import Figure, Surface

ON = re.compile(r"\s+(on|for|over)\s*$")
PRIMED = re.compile(r"([^\W\d]\w*)(['′]*)")
AROUND = 5.0
"""Without a range so much is shown on both sides of the current point."""
MOST_CURVES = 4


@command(
    "plot EXPR [EXPR...] [NAME=VALUE...] [NAME=LOW..HIGH...] [at=POINT] [--second] [-o FILE]",
    "a function and its derivative as curves, or two variables as a map; in a file: svg, png, pdf, txt",
    "plot 'x^3 - 2x' x=-2..2",
    1,
    MOST_CURVES,
)
def _plot(session: Session, arguments: Arguments) -> Iterator[Result]:
    texts = [t for text in arguments.texts if (t := ON.sub("", text).strip().rstrip(",").strip())]
    if not texts:
        raise UsageMistake("SG515", "plot: what?", hint="as in: :plot sin(x)/x on x=-10..10")
    spans = dict(arguments.ranges)
    roots = [(text, _root(session, text, spans)) for text in texts]
    names = list(dict.fromkeys(v.name for _, root in roots for v in variables(root) if v.type.kind == "real"))
    along = _along(names, spans, session, texts)
    spans = {name: spans.get(name) or _around(session, name) for name in along}
    nodes = {v.name: v for _, root in roots for v in variables(root)}
    _check(nodes, along, session)
    fixed = {nodes[name]: float(session.values[name]) for name in nodes if name not in along}
    at = _current(session, arguments.options.get("at", ""), along)
    title = ", ".join(texts)
    if len(along) == 2:
        from symgrad.plot import surface

        if len(roots) > 1:
            raise UsageMistake("SG515", "plot: two variables are for one function at a time")
        x, y = along
        start = (at[0], at[1]) if at else None
        both = (_node(nodes, x), _node(nodes, y))
        plot: Figure | Surface = surface(roots[0][1], both, (spans[x], spans[y]), fixed, start, title)
    else:
        from symgrad.plot import figure

        (name,) = along
        second = 2 if "--second" in arguments.options else 1
        point = at[0] if at else None
        plot = figure(
            roots, _node(nodes, name), spans[name], fixed, derivatives=second, at=point, title=title
        )
    file = arguments.options.get("-o", "")
    if file:
        from symgrad.plot.files import write

        write(plot, Path(file).expanduser())
    yield Plotted(title, plot, file)


def _node(nodes: Mapping[str, Node], name: str) -> Node:
    return nodes[name] if name in nodes else var(name)


def _root(session: Session, text: str, spans: Mapping[str, object]) -> Node:
    """What is plotted: an expression, or a function by its name, f or f', of the variable with the range."""
    found = PRIMED.fullmatch(text)
    meaning = session.scope.get(found[1]) if found else None
    if isinstance(meaning, FunctionDefinition):
        free = [*spans, *(p for p in meaning.parameters if p not in spans)]
        names = (
            free[: len(meaning.parameters)]
            if len(spans) == len(meaning.parameters)
            else list(meaning.parameters)
        )
        text = f"{text}({', '.join(names)})"
    held = {name: value for name, value in session.scope.items() if name not in spans}
    root = Session(MappingProxyType(held), session.limits).expression(text).node
    if root.type.kind != "real" or root.type.shape:
        raise TypeMistake("SG214", f"only single real numbers are plotted, and `{text}` is {root.type}")
    return root


def _along(names: list[str], spans: Mapping[str, object], session: Session, texts: list[str]) -> list[str]:
    """The variables that run: those with a range, else those without a value, else the only ones."""
    if spans:
        found = list(spans)
    else:
        free = [name for name in names if name not in session.values]
        found = free or (names if len(names) <= 2 else [])
    if not 1 <= len(found) <= 2:
        said = f"the variables of {', '.join(texts)} are: {', '.join(names) or 'none'}"
        raise UsageMistake(
            "SG515", "plot: along one or two variables", hint=f"{said}; give a range, as in x=-2..2"
        )
    return found


def _around(session: Session, name: str) -> tuple[float, float]:
    middle = session.values.get(name, 0.0)
    middle = middle if isinstance(middle, float) else 0.0
    return middle - AROUND, middle + AROUND


def _check(nodes: Mapping[str, Node], along: list[str], session: Session) -> None:
    """Every other variable has a value, and all are single numbers."""
    arrays = [name for name, node in nodes.items() if node.type.shape]
    if arrays:
        raise TypeMistake("SG215", f"`{arrays[0]}` is an array: only functions of single numbers are plotted")
    missing = [name for name in nodes if name not in along and name not in session.values]
    if missing:
        values = " ".join(f"{name}=..." for name in missing)
        raise UsageMistake("SG515", f"plot: no value for {', '.join(missing)}", hint=f"give {values}")


def _current(session: Session, text: str, along: list[str]) -> tuple[float, ...] | None:
    """The current point: as given by `at=`, or the values that the variables have."""
    if text:
        parts = [part for part in re.split(r"[,;]", text.strip("()")) if part]
        if len(parts) != len(along):
            raise UsageMistake(
                "SG515", f"plot: at={text} is no point for {', '.join(along)}", hint="as in at=1 or at=1,2"
            )
        found = [value for part in parts for value in session.assigned("at", part).values()]
    else:
        found = [session.values.get(name) for name in along]
    return tuple(found) if all(isinstance(value, float) for value in found) else None
