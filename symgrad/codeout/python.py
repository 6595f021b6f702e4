"""Python with nothing but `math`; and the frame that NumPy and JAX share."""

from __future__ import annotations

import builtins
import keyword
import math
from typing import Any

from symgrad.codeout.spell import ATOM, Piece, Spelling, Target, Unit, call, infix, prefix, written

CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER = 5, 10, 20, 30, 40, 50, 60, 70, 80


EXACT = 2**53
"""Larger integers are not all doubles."""


def constants(module: str) -> Any:
    """How numbers are written, with this module's names for what has no digits."""

    def number(value: Any) -> tuple[str, int]:
        if not isinstance(value, bool) and not math.isfinite(value):
            name = "nan" if value != value else "inf"
            return f"{'-' if value < 0 else ''}{module}.{name}", UNARY if value < 0 else ATOM
        if not isinstance(value, bool) and abs(value) > EXACT:
            value = float(value)  # arrays have no such integers
        text = repr(value)
        return text, UNARY if text.startswith("-") else ATOM

    return number


def power(a: Piece, b: Piece) -> tuple[str, int]:
    """a**b, of doubles."""
    if isinstance(a.constant, int) and isinstance(b.constant, int):
        return f"{float(a.constant)!r}**{b.within(UNARY)}", POWER
    return f"{a.within(POWER + 1)}**{b.within(UNARY)}", POWER


def square(a: Piece) -> tuple[str, int]:
    """a**2."""
    return f"{a.within(POWER + 1)}**2", POWER


def choice(condition: Piece, a: Piece, b: Piece) -> tuple[str, int]:
    """One of two values."""
    return f"{a.within(OR)} if {condition.within(OR)} else {b.within(CHOICE)}", CHOICE


OPERATORS: dict[str, Spelling] = {
    "add": infix("+", SUM), "sub": infix("-", SUM), "mul": infix("*", PRODUCT), "div": infix("/", PRODUCT),
    "neg": prefix("-", UNARY), "pow": power, "square": square, "lt": infix("<", COMPARE + 1),
    "le": infix("<=", COMPARE + 1), "gt": infix(">", COMPARE + 1), "ge": infix(">=", COMPARE + 1),
    "eq": infix("==", COMPARE + 1), "ne": infix("!=", COMPARE + 1),
}  # fmt: skip

SAME = (
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt"
    " hypot erf erfc gamma lgamma fmod copysign"
)
TABLE: dict[str, Spelling] = {
    **OPERATORS,
    **{name: call(f"math.{name}") for name in SAME.split()},
    "pi": lambda: ("math.pi", ATOM), "e": lambda: ("math.e", ATOM), "where": choice, "and": infix("and", AND),
    "or": infix("or", OR), "not": prefix("not ", NOT), "abs": call("abs"), "exp10": written("10.0**{0}", POWER),
    "floor": written("float(math.floor({0}))"), "ceil": written("float(math.ceil({0}))"),
    "trunc": written("float(math.trunc({0}))"), "round": call("half_away"), "max": call("larger"),
    "min": call("smaller"), "sign": call("sign"), "mod": infix("%", PRODUCT),
    "heaviside": written("0.5*(1.0 + sign({0}))", PRODUCT), "sigmoid": call("sigmoid"), "softplus": call("softplus"),
    "sinc": call("sinc"), "xlogy": call("xlogy"), "logaddexp": call("logaddexp"), "relu": written("larger({0}, 0.0)"),
    "digamma": call("digamma"),
    "root_one_minus_sq": written("math.sqrt((1 - {0})*(1 + {0}))"),
    "root_one_plus_sq": written("math.hypot(1.0, {0})"),
}  # fmt: skip

HELPERS = {
    "half_away": '''\
def half_away(x):
    """The nearest integer, halves away from zero."""
    whole = math.floor(abs(x))
    return math.copysign(whole + (abs(x) - whole >= 0.5), x)
''',
    "larger": '''\
def larger(a, b):
    """The larger of two; nan if either is nan."""
    return a + b if a != a or b != b else a if a >= b else b
''',
    "smaller": '''\
def smaller(a, b):
    """The smaller of two; nan if either is nan."""
    return a + b if a != a or b != b else a if a <= b else b
''',
    "sign": '''\
def sign(x):
    """-1, 0 or 1."""
    return x if x != x else float((x > 0) - (x < 0))
''',
    "sigmoid": '''\
def sigmoid(x):
    """1/(1 + exp(-x)) without overflow."""
    t = math.exp(-abs(x))
    return (1.0 if x >= 0 else t)/(1.0 + t)
''',
    "softplus": '''\
def softplus(x):
    """log(1 + exp(x)) without overflow."""
    return larger(x, 0.0) + math.log1p(math.exp(-abs(x)))
''',
    "sinc": '''\
def sinc(x):
    """sin(x)/x."""
    return math.sin(x)/x if x else 1.0
''',
    "xlogy": '''\
def xlogy(a, b):
    """a*log(b), and 0 where a is 0."""
    return 0.0 if a == 0 and b >= 0 else a*math.log(b)
''',
    "digamma": '''\
def digamma(x):
    """The slope of log(gamma(x)): shifted to where its asymptotic series is accurate."""
    if x <= 0:
        return digamma(1 - x) - math.pi/math.tan(math.pi*x) if x != math.floor(x) else math.nan
    total = 0.0
    while x < 12:
        total -= 1/x
        x += 1
    t = 1/(x*x)
    series = t*(1/12 - t*(1/120 - t*(1/252 - t*(1/240 - t*(1/132 - t*(691/32760 - t/12))))))
    return total + math.log(x) - 0.5/x - series
''',
    "logaddexp": '''\
def logaddexp(a, b):
    """log(exp(a) + exp(b)) without overflow."""
    return a + math.log(2) if a == b else larger(a, b) + math.log1p(math.exp(-abs(a - b)))
''',
}
RESERVED = frozenset(
    [*keyword.kwlist, *dir(builtins), "math", "np", "jnp", "jax", "special", "want", "got", "k"]
)


def assign(name: str, source: str, truth: bool) -> str:  # noqa: ARG001  # the same for all types
    """A line that names a value."""
    return f"{name} = {source}"


def framed(unit: Unit, imports: list[str], about: str, compare: list[str]) -> str:
    """A module: imports, helpers, the function, certified numbers, and the test of them."""
    given = ", ".join(name for name, _ in unit.parameters)
    partials = ", ".join(f"df/d{name}" for name in unit.partials)
    doc = " ".join(unit.text.split()).replace("\\", "\\\\").replace('"""', "'''")
    returns = f"value, ({partials}{',' * (len(unit.partials) == 1)})" if partials else "value"
    body = [f"    {line}" for line in unit.lines]
    value, *rest = unit.results
    if rest:
        body += [f"    value = {value}", f"    grad = ({', '.join(rest)}{',' * (len(rest) == 1)})"]
        body.append("    return value, grad")
    else:
        body.append(f"    return {value}")
    lines = [f'"""Made by symgrad: a function and its partial derivatives. {about}"""', "", *imports, ""]
    for helper in unit.helpers:
        lines += ["", helper]
    lines += [
        "",
        f"def {unit.function}({given}):",
        f'    """{doc}',
        "",
        f"    Returns {returns}.",
        '    """',
        *body,
    ]
    return "\n".join([*lines, "", "", *_test(unit, compare)]) + "\n"


def _test(unit: Unit, compare: list[str]) -> list[str]:
    if not unit.tests:
        return ['if __name__ == "__main__":', '    print("no point could be certified: nothing was tested")']
    m = len(unit.parameters)
    rows = [f"    ({_row(row[:m])}, {_row(row[m:])})," for row in unit.tests]
    return [
        "# Points, and value and partial derivatives there: the doubles nearest to certified numbers.",
        "CASES = [",
        *rows,
        "]",
        "",
        'if __name__ == "__main__":',
        *[f"    {line}" for line in compare],
        f'    print("passed: {len(unit.tests)} points")',
    ]


def _row(numbers: list[Any]) -> str:
    return f"({', '.join(repr(x if isinstance(x, bool) else float(x)) for x in numbers)}{',' * (len(numbers) == 1)})"


def flat(unit: Unit) -> str:
    """How a result becomes one list of numbers."""
    return "[got[0], *got[1]]" if unit.partials else "[got]"


def module(unit: Unit) -> str:
    """The whole file."""
    compare = [
        "for point, want in CASES:",
        f"    got = {unit.function}(*point)",
        f"    for a, b in zip({flat(unit)}, want):",
        "        assert math.isclose(a, b, rel_tol=1e-11), (point, a, b)",
    ]
    about = "Numbers in, numbers out."
    return framed(unit, ["import math"], about, compare)


TARGET = Target(
    name="python",
    table=TABLE,
    helpers=HELPERS,
    number=constants("math"),
    assign=assign,
    reserved=RESERVED,
    module=module,
)
