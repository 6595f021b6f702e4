"""Commands that ask something of a session and leave it as it is: verbs of the command line, `:commands` inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symgrad.calculus import assumed
from symgrad.errors import UsageMistake
from symgrad.expression import Expression
from symgrad.graph import variables
from symgrad.session import reference
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.commands.why import meant
from symgrad.session.places import witness_said
from symgrad.session.results import Evaluated, Listing, Origin, Result, Several, Symbolic, Text
from symgrad.session.session import Session


@command("grad EXPR [NAME=VALUE...]", "the partial derivatives by all variables", "grad 'x^2*sin(y)'")
def _grad(session: Session, arguments: Arguments) -> Iterator[Result]:
    (text,) = arguments.texts
    expression = session.expression(text)
    derivatives = {v: d for v, d in expression.grad().items() if v not in session.data}
    origins = {v.name: Origin(expression.node, (v,)) for v in variables(expression.node)}
    yield _with_values(Several(text, derivatives, label="∂/∂{}", origins=origins), expression, session)


def _with_values(formulas: Several, original: Expression, session: Session) -> Several:
    """Derivatives with their values, of those whose variables have one."""
    if not session.values:
        return formulas
    known = set(session.values)
    values = {key: e(session.values) for key, e in formulas.entries.items() if set(e.variables) <= known}
    complete = set(original.variables) <= known
    origins = formulas.origins if complete else {}
    return replace(formulas, values=values, point=session.values, origins=origins)


@command(
    "diff EXPR BY [ORDER] [NAME=VALUE...]",
    "the derivative by a variable or a subexpression",
    "diff 'sin(x*y)*x*y' 'x*y'",
    1,
    3,
)
def _diff(session: Session, arguments: Arguments) -> Iterator[Result]:
    text, *rest = arguments.texts
    expression = session.expression(text)
    if not rest and len(expression.variables) != 1:
        names = ", ".join(expression.variables) or "none"
        raise UsageMistake("SG515", "diff: by which variable?", hint=f"the variables of {text} are: {names}")
    by = session.expression(rest[0]) if rest else expression.variables[0]
    order = _count(rest[1]) if len(rest) > 1 else 1
    if isinstance(by, Expression) and by.node.args == () and by.variables:
        by = by.variables[0]
    derivative = expression.diff(by, order)
    name = by if isinstance(by, str) else ""
    along = tuple(v for v in variables(expression.node) if v.name == name)
    origin = Origin(expression.node, along * order) if along else Origin()
    target = along[0] if along else None if isinstance(by, str) else by.node
    where: Sequence[str] = (
        () if target is None or target.type.shape else assumed(expression.node, target, order)
    )
    yield _formula(derivative, session, origin, expression, where)


def _formula(
    expression: Expression, session: Session, origin: Origin, original: Expression, where: Sequence[str]
) -> Result:
    """An expression as it is printed, with its value if all variables have one."""
    text = str(expression)
    if not session.values or set(expression.variables) - set(session.values):
        return Symbolic(expression, text, where=tuple(where))
    from symgrad.session.evaluation import value_alone

    complete = not set(original.variables) - set(session.values)
    return value_alone(expression, text, session.values, origin if complete else Origin())


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise UsageMistake("SG515", f"diff: the order is a small whole number, found `{text}`")
    return int(text)


@command(
    "check [EXPR] [NAME=VALUE...]",
    "the verdict on each number, and what each witness says; without EXPR about the last answer",
    "check 'x^2*sin(y)' x=2 y=3",
    0,
    1,
)
def _check(session: Session, arguments: Arguments) -> Iterator[Result]:
    text = arguments.texts[0].strip().rstrip(",").rstrip() if arguments.texts else ""
    result = session.evaluate(text or meant(session, "ans")[1])
    if isinstance(result, Evaluated):
        result = result.checked(budget=arguments.budget)
    yield result
    if isinstance(result, Evaluated) and result.verdict is not None:
        rows = []
        for partial in result.verdict.parts:
            name = f"∂/∂{partial.name}" if partial.name in result.verdict.partials else f"value{partial.name}"
            rows.append((name, "float64", repr(partial.number)))
            rows += [("", witness.name, witness_said(witness)) for witness in partial.witnesses]
        yield Listing("Witnesses", tuple(rows))


@command("type EXPR", "the type of an expression and of its variables", "type '[x, y]/2'")
def _type(session: Session, arguments: Arguments) -> Iterator[Result]:
    expression = session.expression(arguments.texts[0])
    types = {v.name: str(v.type) for v in variables(expression.node)}
    names = "".join(f"\n  {name}: {type_}" for name, type_ in types.items())
    yield Text(f"{expression.type}{names}", {"type": str(expression.type), "variables": types})


@command("simplify EXPR", "an equal expression that is no larger", "simplify 'x*x + 0*y'")
def _simplify(session: Session, arguments: Arguments) -> Iterator[Result]:
    original = session.expression(arguments.texts[0])
    where = assumed(original.node)
    yield _formula(original.simplify(), session, Origin(original.node), original, where)


@command("hessian EXPR", "the matrix of second derivatives", "hessian 'x^2*sin(y)'")
def _hessian(session: Session, arguments: Arguments) -> Iterator[Result]:
    (text,) = arguments.texts
    expression = session.expression(text)
    wrt = [v for v in variables(expression.node) if v.type.kind == "real"]
    rows = expression.hessian()
    places = {f"{a.name}, {b.name}": (i, j) for i, a in enumerate(wrt) for j, b in enumerate(wrt)}
    entries = {key: rows[i][j] for key, (i, j) in places.items()}
    origins = {key: Origin(expression.node, (wrt[i], wrt[j])) for key, (i, j) in places.items()}
    yield _with_values(Several(text, entries, label="∂²/∂{}", origins=origins), expression, session)


@command("latex EXPR", "the expression in LaTeX", "latex 'x^2/sqrt(y)'")
def _latex(session: Session, arguments: Arguments) -> Iterator[Result]:
    latex = session.expression(arguments.texts[0]).to_latex()
    yield Text(latex, {"expr": arguments.texts[0], "latex": latex})


@command("ops [NAME]", "all functions, or one with its derivative", "ops sin", 0, 1)
def _ops(_session: Session, arguments: Arguments) -> Iterator[Result]:
    if arguments.texts:
        yield reference.operation(arguments.texts[0])
    else:
        yield from reference.operations()


@command("doctor", "versions, what is installed, where files lie", "doctor", 0, 0)
def _doctor(_session: Session, _arguments: Arguments) -> Iterator[Result]:
    from symgrad.session.doctor import report

    yield report()
