"""The command that writes a formula in another language."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import UsageMistake
from symgrad.graph import variables
from symgrad.session.commands.registry import Arguments, command
from symgrad.session.results import Result, Text
from symgrad.session.session import Session


@command(
    "code LANGUAGE EXPR [NAME=VALUE...] [-o FILE]",
    "value and gradient as source code (c, python, numpy, jax, latex) with a test of itself",
    "code c 'x^2*sin(y)'",
    1,
    2,
)
def _code(session: Session, arguments: Arguments) -> Iterator[Result]:
    from symgrad.codeout import code, refuse_ending

    target, *rest = arguments.texts
    if " " in target:  # `:code c x^2`, without a comma
        target, text = target.split(maxsplit=1)
        rest = [text, *rest]
    if not rest:
        raise UsageMistake(
            "SG515",
            "code: of what?",
            hint="a language and a formula: symgrad code c 'x^2*sin(y)', or :code c x^2*sin(y) in a session",
        )
    target, file = target.lower(), arguments.options.get("-o")
    if file is not None:
        refuse_ending(target, file)
    expression = session.expression(rest[0])
    found = variables(expression.node)
    wrt = [v for v in found if v.type.kind == "real"] if expression.type.kind == "real" else []
    point = {v: session.values[v.name] for v in found if v.name in session.values}
    text = str(expression) if rest[0].isidentifier() else rest[0]  # a name says little outside its session
    source = code(expression.node, wrt, target, text, point)
    if file is not None:
        from symgrad.session.files import write

        place = write(file, source)
        yield Text(f"written: {place}", {"target": target, "file": str(place)}, aside=True)
    else:
        yield Text(source.rstrip("\n"), {"target": target, "code": source})
