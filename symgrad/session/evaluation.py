"""From the meaning of a text to a result: numbers where all variables have values, formulas where they have not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from symgrad.errors import Span, TypeMistake
from symgrad.expression import Expression
from symgrad.graph import Node, variables
from symgrad.session import held
from symgrad.session.reading import reading
from symgrad.session.results import Evaluated, Origin, Several, Symbolic
from symgrad.syntax.ast import Ast, Name, ungrouped
from symgrad.syntax.elaborate import Elaborated
from symgrad.syntax.scope import Bundle, Initial

MOST_FORMULAS = 20_000
"""Operations: the derivatives of larger expressions are computed as numbers, and not shown as formulas."""


def expression_of(meaning: Elaborated, start: int = 0, end: int | None = None) -> Expression:
    """The expression that a text, or the part of it from `start` to `end`, means.

    Raises:
        TypeMistake: SG224, it is a record or a tuple of expressions.
    """
    if not isinstance(meaning.root, Node):
        raise TypeMistake(
            "SG224",
            "one expression is needed here, and this is several",
            Span(start, end or len(meaning.text)),
            text=meaning.text,
        )
    text = meaning.text
    if start == 0 and end in (None, len(text)):
        return Expression(meaning.root, text, meaning.origins, meaning.uses)
    origins = {node: Span(place.start - start, place.end - start) for node, place in meaning.origins.items()}
    return Expression(meaning.root, text[start:end], origins, meaning.uses)


def evaluated(
    meaning: Elaborated,
    tree: Ast,
    values: Mapping[str, Any],
    data: Collection[str] = (),
    *,
    formulas: bool = True,
) -> Evaluated | Symbolic | Several:
    """What a text gives where these names have these values; by those in `data` nothing is differentiated."""
    text = meaning.text[tree.start : tree.end]
    if isinstance(meaning.root, Bundle | Initial):
        raise TypeMistake(
            "SG226",
            f"this is no expression but {_kind(meaning.root)}",
            Span(tree.start, tree.end),
            hint="in a session it gets a name: `net = dense(2, 1)`, `data = moons(100)`",
            text=meaning.text,
        )
    if not isinstance(meaning.root, Node):
        return several(text, meaning.root, values)
    expression = expression_of(meaning, tree.start, tree.end)
    missing = tuple(name for name in meaning.variables if name not in values)
    if missing:
        return Symbolic(expression, text, missing)
    written = expression
    expression = held.without(expression, values, data)
    point = {name: values[name] for name in expression.variables}
    inner = ungrouped(tree)
    name = inner.id if type(inner) is Name else None
    read_as = reading(tree, meaning.text)
    if read_as is not None:
        read_as = read_as[tree.start : len(read_as) - len(meaning.text) + tree.end]
    if expression.type.kind == "bool" or expression.type.shape:
        note = "a condition has no derivative"
        if expression.type.shape:
            note = (
                f"an array has no gradient; its derivatives: jacobian({text.strip()})"
                if point
                else str(expression.type)
            )
        return Evaluated(expression, text, point, expression(point), reading=read_as, name=name, note=note)
    result = expression.evaluate(point)
    if held.numbers_in(result.grad) > held.MOST_NUMBERS or (
        written is not expression and held.operations(expression.node) > held.MOST_OPERATIONS
    ):
        looked = held.looked_at(expression, point, result.grad)
        return Evaluated(
            expression,
            text,
            point,
            result.value,
            result.grad,
            flags=result.flags,
            reading=read_as,
            name=name,
            unchecked=looked,
            looked=looked,
        )
    small = formulas and len(expression.origins) <= MOST_FORMULAS
    derivatives = {v: d for v, d in written.grad().items() if v in result.grad} if small else {}
    return Evaluated(
        expression, text, point, result.value, result.grad, derivatives, result.flags, read_as, name
    )


def _kind(root: Bundle | Initial) -> str:
    """`a data set: 10 samples of x1, x2`."""
    if isinstance(root, Initial):
        return "the first values of a parameter"
    return f"a {root.kind}: {root.about()}"


def entries_of(root: Any, prefix: str = "") -> dict[str, Node]:
    """The graphs of a record or tuple by their place: `x`, `0`, `0, 1`."""
    if isinstance(root, Node):
        return {prefix: root}
    pairs = root.items() if isinstance(root, Mapping) else enumerate(root)
    found: dict[str, Node] = {}
    for key, part in pairs:  # one or two levels: a gradient, a Hessian
        found |= entries_of(part, f"{prefix}, {key}" if prefix else str(key))
    return found


def several(text: str, root: Any, values: Mapping[str, Any]) -> Several:
    """A record or tuple, with the value of each entry whose variables all have one."""
    entries = {key: Expression(node) for key, node in entries_of(root).items()}
    known = {key: e(values) for key, e in entries.items() if all(name in values for name in e.variables)}
    return Several(text, entries, known, point=values)


def value_alone(expression: Expression, text: str, values: Mapping[str, Any], origin: Origin) -> Evaluated:
    """An expression's value without its gradient."""
    used = {v.name for root in (expression.node, origin.root) if root is not None for v in variables(root)}
    point = {name: value for name, value in values.items() if name in used}
    return Evaluated(expression, text, point, expression(point), origin=origin)
