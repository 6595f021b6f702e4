"""The command that tells derivatives: with symbols and with numbers, at once or step by step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symgrad.errors import LimitReached, NameMistake, UsageMistake, did_you_mean
from symgrad.expression import Expression
from symgrad.graph import Node, postorder, variables
from symgrad.session import reference, story
from symgrad.session.commands.registry import Arguments, Given, explorer_command
from symgrad.session.results import Text, Told
from symgrad.session.session import Session
from symgrad.session.workspace import Workspace
from symgrad.syntax.scope import Definition

if TYPE_CHECKING:
    from symgrad.explain import Chain, Tale

CODE = re.compile(r"(?i)(?:SG)?\d{1,3}")
OVER = re.compile(r"[d∂]([^\W\d]\w*)\s*/\s*[d∂]([^\W\d]\w*(?:\[[\d, ]+\])?)")
"""dL/dx"""
BEFORE = re.compile(r"[d∂]\s*/\s*[d∂]([^\W\d]\w*)\s+(.+)", re.DOTALL)
"""d/dx x^2"""
STEP = re.compile(r"(.*\S)\s+step\s*", re.DOTALL)
FEW = 4
"""Variables for which the rules are told without being asked for."""
ELEMENTS = 300
"""Operations on single numbers into which arrays are taken apart."""


@explorer_command(
    "explain [EXPR] [BY] [NAME=VALUE...]",
    "how a derivative comes about: rule by rule, node by node, path by path; or what an error code means",
    "explain '(a*b + c)*f' a=2 b=-3 c=10 f=-2",
    0,
    2,
    verb=True,
)
def _explain(workspace: Workspace, arguments: Arguments) -> Iterator[Given]:
    if not arguments.texts:
        yield reference.codes()
        return
    text = ", ".join(arguments.texts).strip()
    if CODE.fullmatch(text):
        yield reference.code(text)
        return
    stepwise = STEP.fullmatch(text)
    told = tell(
        workspace.session, *_asked(workspace.session, stepwise[1] if stepwise else text), arguments.budget
    )
    if stepwise:
        told = replace(told, page=0)
    yield replace(workspace, story=replace(told, page=told.page if stepwise else -1))
    yield told


@explorer_command("next", "the next step of the story that `:explain` told", "next", 0, 0)
def _next(workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield from _turned(workspace, 1)


@explorer_command("back", "the step before", "back", 0, 0)
def _back(workspace: Workspace, _arguments: Arguments) -> Iterator[Given]:
    yield from _turned(workspace, -1)


def _turned(workspace: Workspace, by: int) -> Iterator[Given]:
    told = workspace.story
    if told is None or told.page is None:
        yield Text("there is no story to go through: `:explain EXPR` tells one", {"step": None})
        return
    at = told.page + by
    if not 0 <= at < story.count(told):
        yield Text(f"this is the {'end' if by > 0 else 'beginning'} of the story", {"step": None})
        return
    told = replace(told, page=at)
    yield replace(workspace, story=told)
    yield told


def _asked(session: Session, text: str) -> tuple[str, str]:
    """The expression, and by what (""): `L`, `L, x`, `dL/dx`, `d/dx x^2`."""
    over = OVER.fullmatch(text)
    if over is not None and not {f"d{over[1]}", f"d{over[2]}"} & set(session.scope):
        return over[1], over[2]
    before = BEFORE.fullmatch(text)
    if before is not None:
        return before[2], before[1]
    *parts, last = _pieces(text)
    return (", ".join(parts), last) if parts else (last, "")


def _pieces(text: str) -> list[str]:
    """What stands between the commas outside of brackets."""
    pieces, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece.strip() for piece in pieces]


def tell(session: Session, text: str, by: str, budget: float) -> Told:
    """The story of an expression at the session's values.

    Raises:
        NameMistake: SG104, there is no such variable in it.
        TypeMistake: SG214, it is no single real number.
        LimitReached: SG407, it takes too many steps.
    """
    from symgrad.explain import certified, chain, paths

    expression = session.expression(text)
    known = {name: session.values[name] for name in expression.variables if name in session.values}
    expression, values, defined = _taken_apart(expression, known, _definitions(session))
    root = expression.node
    complete = set(expression.variables) <= set(values)
    point = {v: values[v.name] for v in variables(root)} if complete else None
    found = None
    if point is not None:
        found = chain(root, point, defined, text if text.isidentifier() else "")
    target = _target(session, expression, by, defined) if by else None
    proofs, tales = {}, []
    for node in _told_by(expression, target, complete=complete):
        tale = _tale(root, node, by if node is target else node.name, session.scope)
        tales.append(tale)
        proofs[tale.name] = certified(tale, None if point is None else point, budget / 2)
    ways = paths(found, target) if found is not None and target is not None else None
    verdict = None if found is None else _checked(expression, found, values, budget)
    return Told(
        _title(text, by),
        tuple(tales),
        found,
        ways,
        proofs,
        verdict,
        hint=_hint(expression, target, tales, text),
    )


def _title(text: str, by: str) -> str:
    if not by:
        return text
    return f"d{text}/d{by}" if text.isidentifier() else f"d/d{by} {text}"


def _hint(expression: Expression, target: Node | None, tales: list[Tale], text: str) -> str:
    """What else there is to ask."""
    if target is None and not tales and expression.variables:
        name = text if text.isidentifier() else "EXPR"
        return f"`:explain {name}, {expression.variables[0]}` tells the rules and the paths for one of them"
    return ""


def _told_by(expression: Expression, target: Node | None, *, complete: bool) -> list[Node]:
    """The variables for which the rules are told: the one asked for, the only one, or, without numbers, a few."""
    if target is not None:
        return [target]
    found = [v for v in variables(expression.node) if v.type.kind == "real"]
    return found[:FEW] if len(found) == 1 or not complete else []


def _tale(root: Node, by: Node, name: str, taken: Iterable[str]) -> Tale:
    from symgrad.explain import tell as told

    return told(root, by, name, taken)


def _checked(expression: Expression, found: Chain, values: Mapping[str, Any], budget: float) -> Any:
    """The verdict on the numbers of the story."""
    from symgrad.engine.backprop import Result

    if not found.grad:
        return None
    flags = expression.evaluate(values).flags
    return expression.verdict(
        Result(found.value, dict(found.grad), flags), values, budget=budget, sympy=False
    )


def _target(session: Session, expression: Expression, by: str, defined: Mapping[Node, str]) -> Node:
    """The variable, or the defined part, by which the derivative is told."""
    named = {name: node for node, name in defined.items()} | {v.name: v for v in variables(expression.node)}
    inside = set(postorder([expression.node]))
    node = named.get(by)
    if node is None and by not in session.scope:
        node = named.get(" ".join(by.split()))
    if node is None or node not in inside:
        known = [name for name, other in named.items() if other in inside]
        near = did_you_mean(by, known)
        hint = f"did you mean `{near}`?" if near else "it is made of: " + ", ".join(known[:12])
        raise NameMistake("SG104", f"there is no `{by}` in what is explained", hint=hint)
    if node.type.kind != "real":
        raise UsageMistake("SG515", f"`{by}` is a condition: there is no derivative by it")
    return node


def _definitions(session: Session) -> dict[Node, str]:
    """What the parts of an expression are called."""
    named: dict[Node, str] = {}
    for name, meaning in session.scope.items():
        if isinstance(meaning, Definition) and name not in ("ans", "_"):
            found = session.understand(meaning.value, meaning.text).root
            if isinstance(found, Node) and found.args:
                named.setdefault(found, name)
    return named


def _taken_apart(
    expression: Expression, values: Mapping[str, Any], defined: Mapping[Node, str]
) -> tuple[Expression, Mapping[str, Any], Mapping[Node, str]]:
    """The same with each array as single numbers: v[0], v[1], ...; nothing changes where there is none.

    Raises:
        LimitReached: SG407, the arrays are large.
    """
    from symgrad.graph.scalarise import element_name, scalarise, scalarise_point

    root = expression.node
    if root.type.shape or not any(node.type.shape for node in postorder([root])):
        return expression, values, defined
    inside = set(postorder([root]))
    parts = [node for node in defined if node in inside]
    try:
        whole, *found = scalarise([root, *parts], ELEMENTS)
    except LimitReached as error:
        hint = "explain a part of it with smaller arrays, or `:grad` for the derivatives alone"
        raise LimitReached(
            "SG407", "these arrays are too large to be told number by number", hint=hint
        ) from error
    names = {
        elements[key]: element_name(defined[part], key)
        for part, elements in zip(parts, found, strict=True)
        for key in _keys(part.type.shape)
        if elements[key].args
    }
    bound = {v: values[v.name] for v in variables(root) if v.name in values}
    point = {node.name: value for node, value in scalarise_point(bound).items()}
    scalar = whole.item()
    kept = {v.name for v in variables(scalar)}
    return Expression(scalar), {name: x for name, x in point.items() if name in kept}, names


def _keys(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    import itertools

    return itertools.product(*map(range, shape))
