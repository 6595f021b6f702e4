"""The chain rule told with numbers: how the value comes about, then how each derivative is passed back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from symgrad.engine.backprop import evaluate
from symgrad.engine.evaluate import bind, run
from symgrad.errors import LimitReached, TypeMistake
from symgrad.graph import CONST, VAR, Node, Program, apply, const, var
from symgrad.session.display import width
from symgrad.session.numbers import brief
from symgrad.session.results import Text
from symgrad.session.session import Session
from symgrad.syntax.scope import Definition

MOST = 60
"""Steps: a longer story is not read."""


@dataclass(frozen=True)
class Link:
    """One operand of a step: the derivative of the step by it, as a formula and as a number."""

    above: Node
    formula: str
    number: float


def story(session: Session, text: str) -> Text:
    """The steps of an expression at the session's values, and the chain rule along them.

    Raises:
        NameMistake: SG103, a variable has no value.
        TypeMistake: SG214, it is no single real number; SG215, an array takes part.
        LimitReached: SG407, it has too many steps.
    """
    expression = session.expression(text)
    meaning = session.read(text)
    missing = meaning.missing(session.values)
    if missing is not None:
        raise missing
    program = Program([expression.node])
    _check(expression.node, program)
    bound, _ = bind(program.variables, {name: session.values[name] for name in expression.variables})
    values = dict(zip(program.nodes, run(program, bound), strict=True))
    names = _names(session, program, text.strip())
    links = _links(program, values, names)
    forward = [
        (names[n], f"= {_written(n, names)}", f"= {brief(values[n])}")
        for n in program.nodes
        if n.args and n in names
    ]
    backward, adjoints = _backward(program, names, links)
    grad = {n.name: adjoints.get(n, 0.0) for n in program.variables if n.type.kind == "real"}
    lines = [*_table(forward), *[""] * bool(forward), *_table(backward)]
    return Text(
        "\n".join(lines), {"expr": text, "value": values[expression.node], "grad": grad, "steps": lines}
    )


def _check(root: Node, program: Program) -> None:
    if root.type.kind != "real" or root.type.shape:
        raise TypeMistake("SG214", f"only a single real number has a gradient, and this is {root.type}")
    if any(node.type.shape for node in program.nodes):
        hint = "`grad` and `jacobian` work with arrays"
        raise TypeMistake("SG215", "the story is told for single numbers, and an array takes part", hint=hint)
    steps = sum(1 for node in program.nodes if node.args)
    if steps > MOST:
        hint = "explain a part of it, or `:grad` for the derivatives alone"
        raise LimitReached("SG407", f"this takes {steps} steps: the limit is {MOST}", hint=hint)


def _names(session: Session, program: Program, text: str) -> dict[Node, str]:
    """What each step is called: as it is defined, else u1, u2, ...; constants have no name."""
    root = program.nodes[program.outputs[0]]
    named: dict[Node, str] = {}
    for name, meaning in session.scope.items():
        if isinstance(meaning, Definition) and name not in ("ans", "_"):
            found = session.understand(meaning.value, meaning.text).root
            if isinstance(found, Node):
                named.setdefault(found, name)
    if text.isidentifier():
        named[root] = text
    taken = {*session.scope, *(v.name for v in program.variables)}
    fresh = (f"u{i}" for i in count(1) if f"u{i}" not in taken)
    result: dict[Node, str] = {}
    for node in program.nodes:
        if node.op is VAR:
            result[node] = node.name
        elif node.args and node.type.kind == "real":
            result[node] = named.get(node) or ("y" if node is root and "y" not in taken else next(fresh))
    return result


def _local(node: Node, names: Mapping[Node, str]) -> Node:
    """A step alone: its operation on variables that are called like its operands."""
    return _applied(node, {a: var(names[a], a.type) for a in node.args if a in names})


def _applied(node: Node, operands: Mapping[Node, Node]) -> Node:
    return apply(node.op, tuple(operands.get(a, a) for a in node.args), dict(node.attrs))


def _written(node: Node, names: Mapping[Node, str]) -> str:
    from symgrad.symbolic.text import text

    return text(_local(node, names))


def _links(program: Program, values: Mapping[Node, Any], names: Mapping[Node, str]) -> dict[Node, list[Link]]:
    """For each node the steps it goes into, with the local derivatives."""
    from symgrad import calculus
    from symgrad.symbolic.text import text

    links: dict[Node, list[Link]] = {node: [] for node in program.nodes}
    for node in program.nodes:
        if node not in names or not node.args:
            continue
        local = _local(node, names)
        operands = {a: var(names[a], a.type) for a in node.args if a in names and a.type.kind == "real"}
        point = {names[a]: values[a] for a in node.args if a in names}
        conditions = {a: const(values[a]) for a in node.args if a.type.kind == "bool"}
        fixed = _applied(node, {**operands, **conditions})
        numbers = evaluate(Program([fixed]), point, list(operands.values())).grad if operands else {}
        for operand, variable in operands.items():
            formula = text(calculus.diff(local, variable))
            links[operand].append(Link(node, formula, float(numbers[names[operand]])))
    return links


def _backward(
    program: Program, names: Mapping[Node, str], links: Mapping[Node, list[Link]]
) -> tuple[list[tuple[str, ...]], dict[Node, float]]:
    """From the value back to the variables: each line a product for every step that the node goes into."""
    root = program.nodes[program.outputs[0]]
    top = names.get(root, "y")
    adjoints: dict[Node, float] = {root: 1.0}
    rows: list[tuple[str, ...]] = [(f"d{top}/d{top}", "= 1")]
    for node in reversed(program.nodes):
        if node is root or node.op is CONST or node not in names or node.type.kind != "real":
            continue
        parts = [link for link in links[node] if link.above in adjoints]
        if not parts:
            continue
        adjoints[node] = sum(adjoints[link.above] * link.number for link in parts)
        rows.append(tuple(_line(node, top, root, names, parts, adjoints)))
    return rows, adjoints


def _line(
    node: Node,
    top: str,
    root: Node,
    names: Mapping[Node, str],
    parts: list[Link],
    adjoints: Mapping[Node, float],
) -> Iterator[str]:
    """`dL/da = dL/de · de/da = -2 · b = -2 · -3 = 6`, where each equals sign begins a column."""
    name = names[node]
    total = brief(adjoints[node])
    ways = [f"d{top}/d{names[p.above]} · d{names[p.above]}/d{name}" for p in parts if p.above is not root]
    yield f"d{top}/d{name}"
    if not ways:
        (only,) = parts
        said = only.formula.removesuffix(".0")
        yield f"= {only.formula}" + (f" = {total}" if said != total else "")
        return
    direct = [f"d{top}/d{name} directly" for p in parts if p.above is root]
    yield "= " + " + ".join([*ways, *direct])
    formulas = [f"{brief(adjoints[p.above])}·{_factor(p.formula)}" for p in parts]
    yield "= " + " + ".join(formulas)
    yield f"= {total}"


def _factor(formula: str) -> str:
    """A formula as a factor: in brackets where it is a sum."""
    return f"({formula})" if " " in formula or formula.startswith("-") else formula


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows in columns."""
    sizes: dict[int, int] = {}
    for row in rows:
        for i, cell in enumerate(row[:-1]):
            sizes[i] = max(sizes.get(i, 0), width(cell))
    return [
        "  " + " ".join(cell + " " * (sizes.get(i, 0) - width(cell)) for i, cell in enumerate(row)).rstrip()
        for row in rows
    ]
