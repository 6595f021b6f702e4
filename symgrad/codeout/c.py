"""C: one function, helpers that <math.h> lacks, and a `main` that tests it. C99 and later."""

from __future__ import annotations

import math
from typing import Any

from symgrad.codeout.spell import ATOM, Piece, Spelling, Target, Unit, call, infix, prefix, written

TERNARY, OR, AND, EQUAL, COMPARE, SUM, PRODUCT, UNARY = 5, 10, 20, 30, 40, 50, 60, 70


def number(value: Any) -> tuple[str, int]:
    """A constant: doubles with all their digits."""
    if isinstance(value, bool):
        return ("true" if value else "false"), ATOM
    if math.isnan(value):
        return "NAN", ATOM
    if math.isinf(value):
        return ("INFINITY", ATOM) if value > 0 else ("-INFINITY", UNARY)
    text = repr(float(value))
    return text, ATOM if not text.startswith("-") else UNARY


def power(a: Piece, b: Piece) -> tuple[str, int]:
    """a^b: a short product where b is 2 or 3 and a is a name."""
    if b.constant in (2, 3) and a.size == 0 and a.binds == ATOM:
        return "*".join([a.text] * int(b.constant)), PRODUCT
    return f"pow({a.text}, {b.text})", ATOM


def choice(condition: Piece, a: Piece, b: Piece) -> tuple[str, int]:
    """One of two values."""
    return f"{condition.within(OR)} ? {a.within(OR)} : {b.within(TERNARY)}", TERNARY


def either(a: Piece, b: Piece) -> tuple[str, int]:
    """Or: compilers like brackets around `and` in it."""
    return f"{a.within(AND + 1)} || {b.within(AND + 1)}", OR


SAME = (
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt"
    " hypot erf erfc floor ceil trunc round fmod copysign fma lgamma"
)
TABLE: dict[str, Spelling] = {
    **{name: call(name) for name in SAME.split()},
    "pi": lambda: (repr(math.pi), ATOM),
    "e": lambda: (repr(math.e), ATOM),
    "add": infix("+", SUM), "sub": infix("-", SUM), "mul": infix("*", PRODUCT), "div": infix("/", PRODUCT),
    "neg": prefix("-", UNARY), "pow": power, "square": lambda a: power(a, TWO), "where": choice,
    "lt": infix("<", COMPARE), "le": infix("<=", COMPARE), "gt": infix(">", COMPARE), "ge": infix(">=", COMPARE),
    "eq": infix("==", EQUAL), "ne": infix("!=", EQUAL), "and": infix("&&", AND), "or": either,
    "not": prefix("!", UNARY), "abs": call("fabs"), "gamma": call("tgamma"), "exp10": written("pow(10.0, {0})"),
    "max": call("larger"), "min": call("smaller"), "sign": call("sign"), "mod": call("modulo"),
    "heaviside": written("0.5*(1.0 + sign({0}))", PRODUCT), "sigmoid": call("sigmoid"), "softplus": call("softplus"),
    "sinc": call("sinc"), "xlogy": call("xlogy"), "logaddexp": call("logaddexp"), "relu": written("larger({0}, 0.0)"),
    "digamma": call("digamma"),
    "root_one_minus_sq": written("sqrt((1.0 - {0})*(1.0 + {0}))"), "root_one_plus_sq": written("hypot(1.0, {0})"),
}  # fmt: skip

HELPERS = {
    "larger": """\
static double larger(double a, double b) {  /* not a number if either is none */
    return isnan(a) || isnan(b) ? NAN : a >= b ? a : b;
}
""",
    "smaller": """\
static double smaller(double a, double b) {
    return isnan(a) || isnan(b) ? NAN : a <= b ? a : b;
}
""",
    "sign": """\
static double sign(double x) {
    return isnan(x) ? x : (double)((x > 0.0) - (x < 0.0));
}
""",
    "modulo": """\
static double modulo(double a, double b) {  /* with the sign of b */
    double r = fmod(a, b);
    return r != 0.0 && (r < 0.0) != (b < 0.0) ? r + b : r;
}
""",
    "sigmoid": """\
static double sigmoid(double x) {
    double t = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : t) / (1.0 + t);
}
""",
    "softplus": """\
static double softplus(double x) {  /* log(1 + exp(x)) without overflow */
    return larger(x, 0.0) + log1p(exp(-fabs(x)));
}
""",
    "sinc": """\
static double sinc(double x) {  /* sin(x)/x */
    return x == 0.0 ? 1.0 : sin(x) / x;
}
""",
    "xlogy": """\
static double xlogy(double a, double b) {  /* a*log(b), and 0 where a is 0 */
    return a == 0.0 && b >= 0.0 ? 0.0 : a * log(b);
}
""",
    "digamma": """\
static double digamma(double x) {  /* the slope of log(gamma(x)), by its asymptotic series */
    double total = 0.0, t;
    if (x <= 0.0) {
        const double pi = 3.141592653589793;
        if (x == floor(x)) return NAN;
        total = -pi / tan(pi * x);
        x = 1.0 - x;
    }
    for (; x < 12.0; x += 1.0) total -= 1.0 / x;
    t = 1.0 / (x * x);
    t *= 1./12 - t*(1./120 - t*(1./252 - t*(1./240 - t*(1./132 - t*(691./32760 - t/12)))));
    return total + log(x) - 0.5 / x - t;
}
""",
    "logaddexp": """\
static double logaddexp(double a, double b) {  /* log(exp(a) + exp(b)) without overflow */
    return a == b ? a + log(2.0) : larger(a, b) + log1p(exp(-fabs(a - b)));
}
""",
}
ORDER = (
    "larger",
    "smaller",
    "sign",
    "modulo",
    "sigmoid",
    "softplus",
    "sinc",
    "xlogy",
    "logaddexp",
    "digamma",
)

RESERVED = frozenset(
    (
        "auto break case char const continue default do double else enum extern float for goto if inline int long"
        " register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"
        " bool true false main printf size_t cases count failed got want k i isnan fabs pow tgamma NAN INFINITY "
        + SAME
    ).split()
)


class _Two:
    """What `square` has for an exponent."""

    constant = 2
    text = "2.0"


TWO: Any = _Two()


def assign(name: str, source: str, truth: bool) -> str:
    """A line that names a value."""
    return f"const {'bool' if truth else 'double'} {name} = {source};"


def module(unit: Unit) -> str:
    """The whole file."""
    n = len(unit.partials)
    given = [f"{'bool' if truth else 'double'} {name}" for name, truth in unit.parameters]
    if n:
        given.append(f"double grad[{n}]")
    kind = "bool" if unit.truth else "double"
    comment = " ".join(unit.text.split()).replace("*/", "* /").replace("/*", "/ *")
    said = f"/* f = {comment}"
    if n:
        order = ", ".join(f"grad[{i}] = df/d{name}" for i, name in enumerate(unit.partials))
        said += f"\n   {order}"
    body = [f"    {line}" for line in unit.lines]
    body += [f"    grad[{i}] = {source};" for i, source in enumerate(unit.results[1:])]
    body.append(f"    return {unit.results[0]};")
    head = [
        "/* Made by symgrad. Compile and test: cc -O2 FILE.c -lm && ./a.out",
        "   (-DNO_SELF_TEST leaves main out.) */",
        "#include <math.h>",
        "#include <stdbool.h>",
        "#include <stdio.h>",
        "",
    ]
    signature = f"{kind} {unit.function}({', '.join(given) or 'void'}) {{"
    return "\n".join([*head, *unit.helpers, said + " */", signature, *body, "}", "", *_test(unit)]) + "\n"


def _test(unit: Unit) -> list[str]:
    """The self-test; where nothing could be certified a `main` that says so."""
    if not unit.tests:
        said = 'printf("no point could be certified: nothing was tested\\n");'
        return ["#ifndef NO_SELF_TEST", "int main(void) {", f"    {said}", "    return 0;", "}", "#endif"]
    m, n = len(unit.parameters), len(unit.partials)
    rows = ["{" + ", ".join(number(float(x))[0] for x in row) + "}" for row in unit.tests]
    call_ = ", ".join(
        [f"cases[k][{i}]" + (" != 0.0" if t else "") for i, (_, t) in enumerate(unit.parameters)]
    )
    call_ += (", " if call_ else "") + "got + 1" if n else ""
    return [
        "#ifndef NO_SELF_TEST",
        "/* Points, and the value and partial derivatives there: the doubles nearest to certified numbers. */",
        f"static const double cases[{len(rows)}][{m + n + 1}] = {{",
        *[f"    {row}," for row in rows],
        "};",
        "",
        "int main(void) {",
        "    int failed = 0;",
        f"    for (int k = 0; k < {len(rows)}; k++) {{",
        f"        double got[{n + 1}];",
        f"        got[0] = {unit.function}({call_});",
        f"        for (int i = 0; i < {n + 1}; i++) {{",
        f"            const double want = cases[k][{m} + i];",
        "            if (!(fabs(got[i] - want) <= 1e-11*fabs(want))) {",
        '                printf("case %d, number %d: %.17g, and %.17g is right\\n", k, i, got[i], want);',
        "                failed++;",
        "            }",
        "        }",
        "    }",
        f'    printf("%s: {len(rows)} points\\n", failed ? "FAILED" : "passed");',
        "    return failed != 0;",
        "}",
        "#endif",
    ]


TARGET = Target(
    name="c",
    table=TABLE,
    helpers={name: HELPERS[name] for name in ORDER},
    number=number,
    assign=assign,
    reserved=RESERVED,
    module=module,
)
