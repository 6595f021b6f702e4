"""The page as one file: formula, sliders, graph, steps, plot and numbers, with everything that they need inside."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import Any

from symgrad.engine.evaluate import run
from symgrad.errors import LimitReached, TypeMistake
from symgrad.graph import Node, Program
from symgrad.graph.scalarise import scalarise, scalarise_point
from symgrad.graph.walk import variables
from symgrad.page import parts
from symgrad.page.javascript import function, literal
from symgrad.page.picture import svg, titles
from symgrad.page.ranges import Range, around
from symgrad.page.sweep import Sweep, slopes, spoken, sweep
from symgrad.page.words import escaped, script, shown
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.text import text

MOST_BOXES = 300
"""Boxes of a graph that a page draws: beyond, nobody finds anything in it."""


@dataclass(frozen=True)
class View:
    """What a page shows.

    Attributes:
        sweep: the graph, and what the chain rule says of it.
        values: of its variables, which come first among the nodes.
        data: the value of each node.
        grad: the derivative of the output by each node.
        ranges: of the sliders.
        parameters: the places of the variables that a training step changes.
    """

    sweep: Sweep
    values: tuple[float, ...]
    data: tuple[float | bool, ...]
    grad: tuple[float, ...]
    ranges: tuple[Range, ...]
    parameters: tuple[int, ...]


def page(
    root: Node,
    point: Mapping[str, Any],
    source: str,
    parameters: Collection[str] = (),
    derivatives: Mapping[str, Node] | None = None,
    order: Sequence[str] = (),
) -> str:
    """The HTML document.

    Args:
        root: a real number made of real variables; arrays are taken apart.
        point: variable name -> value, where the sliders stand at first.
        source: the expression as it was typed.
        parameters: names of variables that gradient descent may change.
        derivatives: variable name -> formula that is shown.
        order: names of the variables in the order of their sliders.

    Raises:
        TypeMistake: SG214, the expression is no real number; SG210, an op has no derivative.
        LimitReached: SG422, the graph has more than `MOST_BOXES` nodes.
        UsageMistake: SG602, JavaScript lacks a function.
    """
    seen = view(root, point, parameters, order)
    code = function(seen.sweep)
    style, program = _asset("page.css"), _program(seen, code)
    output = seen.sweep.names[seen.sweep.place]
    return Template(_asset("page.html")).substitute(
        policy=f"default-src 'none'; script-src '{_hash(program)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
        title=escaped(parts.shortened(source, 80)),
        style=style,
        script=program,
        formula=parts.formula(root, output, source),
        source=escaped(parts.shortened(source, 2000)),
        value=parts.full(parts.number(seen)),
        controls=parts.controls(seen.sweep, seen.values, seen.grad, seen.ranges, seen.parameters),
        graph=svg(seen.sweep, seen.data, seen.grad, set(seen.parameters)),
        plot=parts.plot(seen.sweep, len(seen.values)),
        derivatives=parts.derivatives(seen.sweep, seen.grad, derivatives or {}),
        rows=parts.rows(seen.sweep, seen.data, seen.grad),
        count=len(seen.sweep.nodes),
    )


def view(
    root: Node, point: Mapping[str, Any], parameters: Collection[str] = (), order: Sequence[str] = ()
) -> View:
    """The numbers and shapes of a page."""
    if root.type.kind != "real" or root.type.shape:
        hint = "use sum(...), or one element, to make it one number"
        raise TypeMistake("SG214", f"a page shows one number, and this is {root.type}", hint=hint)
    place = {name: i for i, name in enumerate(order)}
    given = sorted(variables(root), key=lambda v: place.get(v.name, len(place)))
    condition = next((v for v in given if v.type.kind != "real"), None)
    if condition is not None:
        raise TypeMistake("SG201", f"a page has sliders for numbers, and `{condition.name}` is a condition")
    marked = [v for v in given if v.name in parameters]
    values = scalarise_point({v: point[v.name] for v in given})
    steered = scalarise_point({v: point[v.name] for v in marked})
    (scalars,) = scalarise([root])
    found = sweep(scalars.item(), list(values))
    if len(found.nodes) > MOST_BOXES:
        raise LimitReached(
            "SG422",
            f"the graph has {len(found.nodes):_} nodes, and a page shows up to {MOST_BOXES}",
            hint="`symgrad draw` folds large graphs",
        )
    bound = {v: float(x) for v, x in values.items()}
    data, grad = _numbers(found, bound)
    return View(
        found,
        tuple(bound.values()),
        tuple(data),
        tuple(grad),
        tuple(_ranges(found.root, bound)),
        tuple([i for i, v in enumerate(values) if v in steered]),
    )


def _numbers(found: Sweep, bound: Mapping[Node, float]) -> tuple[list[float | bool], list[float]]:
    """The value of each node, and the derivative of the output by it."""
    program = Program([*found.nodes, *found.grads, found.root])
    slots = run(program, bound)
    *values, output = [slots[i] for i in program.outputs]
    count = len(found.nodes)
    grad = [math.nan if output != output else float(g) for g in values[count:]]
    return values[:count], grad


def _ranges(root: Node, bound: dict[Node, float]) -> list[Range]:
    program = Program([root])
    made = []
    for variable, value in bound.items():

        def defined(x: float, variable: Node = variable) -> bool:
            return bool(math.isfinite(run(program, {**bound, variable: x})[program.outputs[0]]))

        made.append(around(value, defined))
    return made


def _program(seen: View, code: str) -> str:
    """The script: functions that JavaScript lacks, data, the generated sweep, and what the page does with them."""
    found = seen.sweep
    data = {
        "names": [shown(name) for name in found.names],
        "titles": [shown(title) for title in titles(found)],
        "operands": found.operands,
        "slopes": _spoken_slopes(found),
        "root": found.place,
        "parameters": seen.parameters,
    }
    values = ", ".join(map(literal, seen.values))
    return "\n".join(
        [
            '"use strict";',
            "(() => {",
            _asset("special.js"),
            f"const page = {script(data)};",
            f"page.values = [{values}];",
            code,
            _asset("page.js"),
            "})();",
        ]
    )


def _spoken_slopes(found: Sweep) -> list[list[str | None]]:
    """The derivative of each operation by each of its operands in words: b for the a of a*b."""
    names = dict(zip(found.nodes, found.names, strict=True))
    made: list[list[str | None]] = []
    for node, row in zip(found.nodes, found.slopes, strict=True):
        spelled = slopes(spoken(node, names)) if any(s is not None for s in row) else row
        made.append(
            [
                None if own is None or s is None else shown(text(simplify([s])[0]))
                for own, s in zip(row, spelled, strict=True)
            ]
        )
    return made


def _hash(content: str) -> str:
    """What the policy calls a script or a style sheet that may run: its digest."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    return resources.files("symgrad.page").joinpath(name).read_text(encoding="utf-8")
