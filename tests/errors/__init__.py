"""Every message that a text can cause, as it stands in the snapshots beside this file.

`python -m tests.errors` writes the snapshots anew; read the difference before committing it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from symgrad import calculus
from symgrad.errors import SymgradError
from symgrad.nn import language
from symgrad.nn.language import ModelBundle
from symgrad.nn.layers import dense
from symgrad.syntax.ast import Define
from symgrad.syntax.elaborate import read
from symgrad.syntax.limits import UNTRUSTED
from symgrad.syntax.parse import parse, parse_script
from symgrad.syntax.scope import Collection, Definition, FunctionDefinition, Meaning

FOLDER = Path(__file__).parent

TEXTS = [
    *[
        "",
        "x ¿ y",
        "x\u200b+1",
        "x\x07",
        "\u202ex",
        "х+1",
        "Α*2",
        "x̄",
        "é",
        "x＋1",
        "2½",
        "∞",
        "5€",
        "x — 1",
        "$5",
        "\\sin(x)",
        "~x",
    ],
    *[
        "3e",
        "1e+",
        "0x1F",
        "0b101",
        "1__0",
        "1_",
        "1.2.3",
        "1.2.",
        ".",
        "1e400",
        "9" * 400,
        "x^" + "⁹" * 400,
    ],
    *["1,000", "1'000", "1 000", "f(a=1, x)"],
    *["x +* y", "^2", "x* *2", "(x + )", "x and and y", "-not x"],
    *["(", "((x)", "2+sin(pi", "if", "if x > 0", "if x > 0 then 1", "x +", "[1, 2", "v[0", "x + (y - 1"],
    *["(x))", "(x]", "sin(x]", "x)"],
    *["x y", "x 2", "(x) 2", "x!y", "v[0] y", "sin(x) 2", "x√2"],
    *["1/2x", "2^3x", "2^2(x+1)", "1/2 sin(x)", "1/-2x", "a*b/2x", "x²y", "2^-3x", "(1+2)/3(x+1)"],
    *["sin x", "log x^2", "sin cos 2x + 1", "sin 2"],
    *["()", "[]", "sin(,x)", "max(x,,y)", "log(x,)", "(,)", "||"],
    *["{x}", "x^{2}", "x && y", "x || y", "x & y", "x // y", "x === y", "x =< y", "x <> y", "x mod y", "!x"],
    *["sin^2(x)", "sin²(x)", "sin^-1(x)", "sinh^2 x", "2 + 7 mod 3"],
    *[
        "y = x^2",
        "x := 3",
        "x; y",
        "x\ny",
        "if(x = 1, 2, 3)",
        '"x"',
        "`x`",
        "2.x.y",
        "sin.__class__",
        "x'",
        "2'",
    ],
    *["x if c else y", "2*if c then 1 else 2", "then 1", "x then y", "else"],
    *["(x, y)", "x, y", "if(c, 1)", "if(c, 1, 2, 3)", "x ? 1 : 2"],
    *[
        "3!!",
        "d/dx x^2",
        "d/dx sin(x)",
        "|x",
        "x|",
        "(|x)",
        "|x, y|",
        "x[1..3]",
        "x: real",
        "f(x) y",
        "√√x",
        "x:",
    ],
]
SCRIPTS = [
    *["2 + 3 = 4", "(y) = 1", "f'(x) = 1", "f(2) = 1", "f(x, x) = 1", "f() = 1"],
    *[
        "w, b := 1",
        "2 := 1",
        "2: real",
        "x: int",
        "x: real[0]",
        "x: real[n]",
        "a, b",
        "a = b = c",
        "param 2: real = 1",
        "param w = 1",
        "y = ",
        "x = 1; y z",
    ],
]
MEANINGS = [
    *[
        "x(y+1)",
        "pi(2)",
        "y(x)",
        "sqrtt(4) + y",
        "tg(x)",
        "foo(x)",
        "foo()",
        "sin",
        "x*sin",
        "f + 1",
        "loop",
        "sin(x)'(y)",
    ],
    *[
        "sin()",
        "f(1)",
        "max(x)",
        "diff(x)",
        "atan2'(x)",
        "x and y",
        "not x",
        "1 + (x < y)",
        "if(x, 1, 2)",
        "x[0]",
        "sum(x)",
    ],
    *[
        "[1, 2] + [1, 2, 3]",
        "[1, 2][5]",
        "[1, 2][2:1]",
        "sum([1, 2], axis=3)",
        "reshape([1, 2], shape=3)",
        "[1, [2, 3]]",
    ],
    *[
        "det([1, 2])",
        "[1, 2][x]",
        "[1, 2][::-1]",
        "sum([1, 2], axis=x)",
        "diff(x, x, -1)",
        "reshape([1, 2])",
        "index([1, 2])",
    ],
    *[
        "sum([1, 2], axes=0)",
        "sum([1, 2], axis=0, axis=1)",
        "1 + grad(x)",
        "broadcast_to(1, shape=[99999, 99999])",
    ],
    *["diff(x, x, 1000)", "g(1)"],
    *["x.y", "x.5", "net.7", "net.7(x)", "net + 1", "net(1, 2)", "net([1, 2], k=1)", "x >> y", "net >> net"],
    *[
        "dense(2)",
        "dense(x, 2)",
        "dense(2, 3, frobnicate)",
        "dense(2, k=3)",
        "mse([1, 2], [1, 2, 3])",
        "mse(net, 1)",
    ],
]
UNBOUND = ["x + y", "alpha*x", "x*PI", "xt", "inf", "sgn*x", "E^x", "True"]
LIMITED = ["x" * 10_001, "x+" * 1_500 + "x", "(" * 300 + "x" + ")" * 300, "h9(h9(h9(h9(x))))"]
DEFINITIONS = (
    "f(x, a) = a*x; y = 2; loop = loop2 + 1; loop2 = loop; g(t) = [t, 1] + [1, 2, 3]; h0(x) = x*x + x; "
    + "; ".join(f"h{i}(x) = h{i - 1}(2*x) + h{i - 1}(3 + x)" for i in range(1, 10))
)


def _scope() -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for statement in parse_script(DEFINITIONS):
        assert isinstance(statement, Define)
        names = None if statement.parameters is None else tuple(p.id for p in statement.parameters)
        value = statement.value
        found[statement.name] = (
            Definition(value, DEFINITIONS) if names is None else FunctionDefinition(names, value, DEFINITIONS)
        )
    net = ModelBundle.of(dense(2, 3)).named("net")
    found["net"] = Collection(net, parse("dense(2, 3)"), "dense(2, 3)")
    return {**found, **net.values()}


def _meaning(text: str) -> object:
    return read(
        text, _scope(), forms={**language.FORMS, "diff": calculus.diff, "grad": lambda node: {"x": node}}
    )


def _unbound(text: str) -> None:
    error = read(text).missing(["x", "alhpa", "t"])
    if error is not None:
        raise error


def _limited(text: str) -> object:
    return read(text, _scope(), limits=UNTRUSTED)


STAGES: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "text": (parse, TEXTS),
    "script": (parse_script, SCRIPTS),
    "meaning": (_meaning, MEANINGS),
    "unbound": (_unbound, UNBOUND),
    "limits": (_limited, LIMITED),
}


def mistake(stage: str, text: str) -> SymgradError | None:
    """The mistake that a text is at a stage."""
    try:
        STAGES[stage][0](text)
    except SymgradError as error:
        return error
    return None


def shown(stage: str, text: str) -> str:
    """One entry of a snapshot: the text, what is marked in it, the message and the hint."""
    error = mistake(stage, text)
    line = ascii(text)[1:-1]
    line = line if len(line) <= 100 else f"{line[:60]} ... {len(text)} characters"
    if error is None:
        return f"> {line}\n  read without a mistake\n"
    assert error.span is not None
    marked = ascii(text[slice(*error.span)])[1:-1][:40]
    hint = "" if error.hint is None else f"  help: {error.hint}\n"
    return f"> {line}\n  {error.code} {error.span.start}..{error.span.end} [{marked}] {error.message}\n{hint}"


def snapshot(stage: str) -> str:
    """All entries of a stage."""
    return "\n".join(shown(stage, text) for text in STAGES[stage][1])
