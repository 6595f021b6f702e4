"""From a graph to a file: simplified, its shared parts named, every operation spelled by the target's table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from symgrad.codeout import c, jax, latex, numpy, python
from symgrad.codeout.names import distinct
from symgrad.codeout.spell import ATOM, Piece, Target, Unit
from symgrad.codeout.vectors import vectors
from symgrad.engine.gradient import gradient
from symgrad.errors import TypeMistake, UsageMistake, did_you_mean
from symgrad.graph import CONST, VAR, Node, Program, expand, postorder
from symgrad.graph.scalarise import scalarise, scalarise_point
from symgrad.symbolic.simplify import simplify

TARGETS: Mapping[str, Target] = {t.name: t for t in (c.TARGET, python.TARGET, numpy.TARGET, jax.TARGET)}
NAMES = (*TARGETS, "latex")
ENDINGS = {".c": ("c",), ".h": ("c",), ".cpp": ("c",), ".py": ("python", "numpy", "jax"), ".tex": ("latex",)}
"""What files with these endings are written in."""
LONGEST = 12
"""Operations on one line: what is longer gets a name in between."""


def code(
    root: Node, wrt: Sequence[Node], target: str, text: str, point: Mapping[Node, Any] | None = None
) -> str:
    """The source of a function that gives value and partials, with a test of itself.

    Args:
        root: a number or a condition.
        wrt: the variables to differentiate by.
        target: c, python, numpy, jax or latex.
        text: the formula, for a comment.
        point: a point that the test begins with.

    Raises:
        UsageMistake: SG515, there is no such target; SG526, it cannot express an operation.
        TypeMistake: SG214, the root is an array. LimitReached: SG421, its arrays are too large.
    """
    if target not in NAMES:
        near = did_you_mean(target, NAMES)
        hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(NAMES)}"
        raise UsageMistake("SG515", f"code: no target is called `{target}`", hint=hint)
    if root.type.shape:
        raise TypeMistake("SG214", f"code is written for one number, and this is an array ({root.type})")
    variables = [v for v in postorder([root]) if v.op is VAR]
    inputs = [v for array in scalarise(variables) for v in array.reshape(-1)]
    partials = [g for array in scalarise(gradient(root, wrt)) for g in array.reshape(-1)] if wrt else []
    by = [v for array in scalarise(wrt) for v in array.reshape(-1)]
    roots = simplify([scalarise([root])[0].item(), *partials])
    first = scalarise_point({v: x for v, x in (point or {}).items() if v in variables})
    if target == "latex":
        return latex.write(roots, [v.name for v in by], inputs, vectors(roots, inputs, first))
    language = TARGETS[target]
    unit = _unit(language, roots, inputs, [v.name for v in by], text)
    unit.tests.extend(vectors(roots, inputs, first))
    return language.module(unit)


def refuse_ending(target: str, file: str) -> None:
    """Refuse a file whose ending says that it is in another language.

    Raises:
        UsageMistake: SG515.
    """
    suffix = PurePath(file).suffix.lower()
    meant = ENDINGS.get(suffix, (target,))
    if target not in meant and target in NAMES:
        own = next(ending for ending, names in ENDINGS.items() if target in names)
        hint = f"name a file with {own}, or write it in {' or '.join(meant)}"
        raise UsageMistake("SG515", f"code: `{file}` is no file of {target} by its ending", hint=hint)


def _unit(target: Target, roots: list[Node], inputs: list[Node], by: list[str], text: str) -> Unit:
    """The function's parts."""
    spelled = expressible(target, roots)
    helpers = set(target.helpers)
    names = distinct([v.name for v in inputs], target.reserved | helpers | {"f", "grad", "value"})
    taken = {*names.values(), *target.reserved, *helpers}
    lines, results = _body(target, spelled, names, taken)
    parameters = [(names[v.name], v.type.kind == "bool") for v in inputs]
    needed = _helpers(target, "\n".join([*lines, *results]))
    truth = roots[0].type.kind == "bool"
    return Unit(target, text, "f", parameters, lines, results, [names[v] for v in by], truth, needed)


def expressible(target: Target, roots: list[Node]) -> list[Node]:
    """The roots with bodies in place of operations that the target has no word for.

    Raises:
        UsageMistake: SG526, something has neither word nor body.
    """
    spelled, lacking = _said(target, roots)
    if lacking:
        words = ", ".join(f"`{name}`" for name in lacking)
        others = [
            name for name, other in TARGETS.items() if other is not target and not _said(other, roots)[1]
        ]
        hint = (
            f"{', '.join(others)} and latex have a way to write it"
            if others
            else "latex has a way to write it"
        )
        value = set(_said(target, roots[:1])[1])
        where = "" if value or len(roots) == 1 else ", which the derivatives need"
        raise UsageMistake("SG526", f"{target.name} has no function for {words}{where}", hint=hint)
    return spelled


def _said(target: Target, roots: list[Node]) -> tuple[list[Node], list[str]]:
    """The roots in the target's words and the names of ops that are lacking."""
    spelled = expand(roots, lambda op: op.name not in target.table)
    ops = [node.op for node in postorder(spelled) if node.op not in (CONST, VAR)]
    return spelled, list(dict.fromkeys(op.name for op in ops if op.name not in target.table))


def _body(
    target: Target, roots: list[Node], names: Mapping[str, str], taken: set[str]
) -> tuple[list[str], list[str]]:
    """The lines that name what is used again or is long, and the sources of the results."""
    program = Program(roots)
    uses = [0] * len(program.nodes)
    for args in program.args:
        for a in args:
            uses[a] += 1
    for output in program.outputs:
        uses[output] += 1
    fresh = (f"t{k}" for k in range(1, 10**9) if f"t{k}" not in taken)
    made: list[Piece] = []
    lines = []
    for slot, (node, args) in enumerate(zip(program.nodes, program.args, strict=True)):
        piece = _piece(target, node, [made[a] for a in args], names)
        if args and (uses[slot] > 1 or (piece.size >= LONGEST and slot not in program.outputs)):
            name = next(fresh)
            lines.append(target.assign(name, piece.text, node.type.kind == "bool"))
            piece = Piece(name, ATOM, 0, node)
        made.append(piece)
    return lines, [made[output].text for output in program.outputs]


def _piece(target: Target, node: Node, operands: list[Piece], names: Mapping[str, str]) -> Piece:
    if node.op is VAR:
        return Piece(names[node.name], ATOM, 0, node)
    if node.op is CONST:
        return Piece(*target.number(node.value), 0, node)
    text, binds = target.table[node.op.name](*operands, **dict(node.attrs))
    return Piece(text, binds, 1 + sum(o.size for o in operands), node)


def _helpers(target: Target, text: str) -> list[str]:
    """The sources of the helpers that a text mentions, and of those that they mention, in the table's order."""
    needed: set[str] = set()
    pending = [text]
    while pending:
        words = set(re.findall(r"(\w+)\(", pending.pop()))
        for name in target.helpers.keys() & words - needed:
            needed.add(name)
            pending.append(target.helpers[name])
    return [source for name, source in target.helpers.items() if name in needed]


__all__ = ["NAMES", "TARGETS", "code", "expressible", "refuse_ending"]
