"""Expressions as pictures: drawn, saved, and shown by notebooks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError, UsageMistake
from symgrad.expression.base import Bindings, Formula
from symgrad.graph import Node, Program, postorder

if TYPE_CHECKING:
    from symgrad.draw.boxes import Known
    from symgrad.draw.parts import Part
    from symgrad.draw.picture import Picture
    from symgrad.engine.anatomy import Anatomy
    from symgrad.plot import Figure, Surface

MOST_WRITTEN = 60
"""Operations of a part that is written out for those who point at it."""
LONGEST = 90
MOST_VALUES = 8
MOST_IN_NOTEBOOK = 400
"""Nodes of a graph that a notebook draws without being asked."""


class Drawing(Formula):
    """How an expression is drawn."""

    def picture(
        self,
        bindings: Bindings | None = None,
        /,
        *,
        errors: bool = False,
        flags: bool = False,
        opened: Collection[str] = (),
        parts: Iterable[Part] = (),
        limit: int = 0,
        **named: Any,
    ) -> Picture:
        """The graph as a picture, to be turned into any format by `symgrad.draw`.

        Args:
            bindings: variable name -> value, or keywords; none for a picture without numbers.
            errors: with the share that each operation has in the rounding error of the value.
            flags: with what must be read with care.
            opened: names of groups to open, or "all".
            parts: definitions by which a large graph is folded; they name boxes too.
            limit: more boxes than this are folded (0: 150).
            named: the values as keywords.

        Raises:
            NameMistake: SG103, a variable has no value. UsageMistake: SG532, there is no such group.
        """
        from symgrad.draw import boxes
        from symgrad.draw.fold import LIMIT, fold

        parts = tuple(parts)
        folding = fold(self._program, parts, opened, limit or LIMIT)
        point = {**(bindings or {}), **named}
        point = self._point(point, {}) if point or not self.variables else {}
        known = self._known(point, parts, errors=errors, flags=flags)
        return boxes.picture(folding, known, self._caption(point))

    def draw(self, path: str | Path, bindings: Bindings | None = None, /, **named: Any) -> None:
        """Draw the graph into a file: svg, png, pdf, dot, mmd, md, html, txt; see `picture` for the arguments.

        Raises:
            UsageMistake: SG530, SG531: the format is unknown, or nothing here makes it; SG522, it cannot be written.
        """
        from symgrad.draw import files

        files.write(self.picture(bindings, **named), Path(path))

    def plot(
        self, path: str | Path | None = None, bindings: Bindings | None = None, /, **named: Any
    ) -> Figure | Surface:
        """Value and derivative along one variable, or a map of two: f.plot("f.svg", x=(-2, 2), a=1).

        Args:
            path: the file to write: svg, png, pdf, txt; None: the curves are only returned, as data.
            bindings: variable name -> its value, or the pair (low, high) of the range along which it is plotted.
            named: the same as keywords.

        Raises:
            NameMistake: SG103, SG104: a variable has no value, or there is no such variable.
            UsageMistake: SG515, the number of ranges is not one or two; SG530: the format is unknown.
        """
        from symgrad.plot import figure, surface

        given = {**(bindings or {}), **named}
        spans = {name: (float(v[0]), float(v[1])) for name, v in given.items() if isinstance(v, tuple)}
        if len(spans) not in (1, 2):
            hint = "as in f.plot(x=(-2, 2)); two ranges make a map"
            raise UsageMistake("SG515", f"a plot has one range or two, not {len(spans)}", hint=hint)
        point = self._point({**given, **{name: low for name, (low, _) in spans.items()}}, {})
        nodes = {v.name: v for v in self._variables}
        fixed = {nodes[name]: float(value) for name, value in point.items() if name not in spans}
        along, ends, title = [nodes[name] for name in spans], list(spans.values()), str(self)
        if len(ends) == 1:
            made: Figure | Surface = figure([(title, self.node)], along[0], ends[0], fixed, title=title)
        else:
            made = surface(self.node, (along[0], along[1]), (ends[0], ends[1]), fixed, title=title)
        if path is not None:
            from symgrad.plot.files import write

            write(made, Path(path))
        return made

    def to_dot(self, bindings: Bindings | None = None, /, **named: Any) -> str:
        """The graph in Graphviz's DOT language, left to right, shared nodes once; see `picture`."""
        from symgrad.draw.dot import dot

        return dot(self.picture(bindings, **named))

    def _caption(self, point: Mapping[str, Any]) -> str:
        from symgrad.draw.labels import clipped, number

        source = " ".join(self.source.split()) if self.source is not None else ""
        if not source and len(self._program.nodes) <= MOST_WRITTEN:
            source = str(self)
        if not source:
            return ""
        values = [f"{name} = {number(point[name])}" for name in self.variables[:MOST_VALUES] if name in point]
        at = (
            ""
            if not point
            else ", ".join(values)
            if len(self.variables) < MOST_VALUES
            else f"{len(self.variables)} variables"
        )
        return "   at ".join(clipped(part, LONGEST) for part in (source, at) if part)

    def _known(self, point: Mapping[str, Any], parts: Iterable[Part], *, errors: bool, flags: bool) -> Known:
        """Everything that a picture tells about the nodes."""
        from symgrad.draw.boxes import Known

        slot = self._program.slot
        known = [part for part in parts if part.root.args and part.root in slot]
        names = {slot[part.root]: part.shown for part in sorted(known, key=lambda part: not part.arguments)}
        write = _writer(self._program)
        if not point and self.variables:
            return Known(names=names, write=write)
        from symgrad.engine.anatomy import anatomy

        found = anatomy(self._program, point)
        shares = _shares(self.node, found, point) if errors else {}
        marks = _marks(found) if flags else {}
        return Known(found.values, found.adjoints, shares, marks, names, write)

    def _repr_mimebundle_(self, **_only: Any) -> dict[str, str]:
        """What a notebook shows: LaTeX and, where a Graphviz renderer is installed, the graph."""
        return bundle(self)


def bundle(expression: Any, point: Mapping[str, Any] | None = None, plain: str = "") -> dict[str, str]:
    """An expression for a notebook: text, LaTeX, and its graph where it is small and can be drawn."""
    found = {"text/plain": plain or repr(expression)}
    if len(postorder([expression.node])) > MOST_IN_NOTEBOOK:
        return found
    found["text/latex"] = f"$\\displaystyle {expression.to_latex()}$"
    return with_picture(found, expression.picture(point or {}))


def with_picture(found: dict[str, str], picture: Picture) -> dict[str, str]:
    """A bundle with the picture of a graph, where a program can make it; text and formula do without."""
    from symgrad.draw import files, render

    with suppress(SymgradError):
        found["image/svg+xml"] = files.svg(picture, render.QUIET_SECONDS)
    return found


def _writer(program: Program) -> Any:
    """A function that writes a node out, or sketches it where it is large."""
    from symgrad.draw.alike import sketch
    from symgrad.symbolic.text import text

    size: list[int] = []
    for args in program.args:
        size.append(min(1 + sum(size[a] for a in args), 10 * MOST_WRITTEN))

    def write(node: Node) -> str:
        return text(node) if size[program.slot[node]] <= MOST_WRITTEN else sketch(node)

    return write


def _shares(root: Node, found: Anatomy, point: Mapping[str, Any]) -> dict[int, float]:
    """The part of each slot in the predicted rounding error of the value."""
    from symgrad.engine.evaluate import bind, has_arrays
    from symgrad.engine.rounding import attribute

    program = found.program
    if has_arrays(program) or root.type.kind == "bool":
        hint = "write it out in single numbers, or leave the errors out"
        raise UsageMistake("SG515", "shares of the rounding error are known for single numbers", hint=hint)
    bound, _ = bind(program.variables, point)
    account = attribute(root, bound)
    if not 0 < account.bound < float("inf"):
        return {}
    return {program.slot[node]: size / account.bound for node, size in account.causes if node in program.slot}


def _marks(found: Anatomy) -> dict[int, tuple[str, ...]]:
    """The kinds of flags of each slot."""
    marks: dict[int, tuple[str, ...]] = {}
    for flag in found.flags:
        slot = found.program.slot.get(flag.node)
        if slot is not None and flag.kind not in marks.get(slot, ()):
            marks[slot] = (*marks.get(slot, ()), flag.kind)
    return marks
