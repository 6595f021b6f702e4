"""Which names are functions, and what was meant by a name that is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import symgrad.ops as table
from symgrad.errors import NameMistake, Span, did_you_mean
from symgrad.ops import Op

# Spellings of other languages and countries for what the table calls differently; offered, never taken silently.
MEANT = {
    "tg": "tan", "ctg": "cot", "cotan": "cot", "sen": "sin", "cosen": "cos", "arctg": "atan", "arcctg": "acot",
    "arcsen": "asin", "sh": "sinh", "ch": "cosh", "th": "tanh", "cth": "coth", "sqr": "square", "root": "sqrt",
    "cuberoot": "cbrt", "logn": "log", "loge": "log", "ln10": "log10", "ln2": "log2", "lb": "log2",
    "signum": "sign", "modulo": "mod", "int": "floor", "average": "mean", "avg": "mean", "derivative": "diff",
    "derive": "diff", "d": "diff", "gradient": "grad", "jac": "jacobian",
}  # fmt: skip

NO_VARIABLES = {
    "PI": "the constant is written `pi`",
    "Pi": "the constant is written `pi`",
    "E": "the constant is written `e`",
    "Exp": "write `e` or `exp(x)`",
    "inf": "there is no number for infinity",
    "Inf": "there is no number for infinity",
    "infinity": "there is no number for infinity",
    "nan": "there is no number that is none",
    "NaN": "there is no number that is none",
    "i": "there are no complex numbers here",
    "j": "there are no complex numbers here",
    "True": "a condition that holds is `1 == 1`",
    "true": "a condition that holds is `1 == 1`",
    "False": "a condition that never holds is `1 == 2`",
    "false": "a condition that never holds is `1 == 2`",
}

# Groups of the table whose names nobody gives to a variable. Other functions share theirs with variables of real
# formulas (gamma, chi, y0, mean), and are functions only where they are called.
ELEMENTARY = (
    "Exponentials and logarithms",
    "Powers and roots",
    "Trigonometric functions",
    "Inverse trigonometric functions",
    "Hyperbolic functions",
    "Inverse hyperbolic functions",
)
GREEK = ("beta", "chi", "eta", "gamma", "mu", "nu", "phi", "psi", "rho", "tau", "theta", "xi", "zeta")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def function(name: str) -> Op | None:
    """The operation that a called name means; `log₂` is `log2`."""
    return table.find(name) or table.find(name.translate(SUBSCRIPTS))


def is_function(name: str) -> bool:
    """Whether a name is a function that takes something."""
    found = function(name)
    return found is not None and found.arity != 0


def constant(name: str) -> Op | None:
    """The constant of this name: an operation without operands."""
    found = table.OPS.get(name)
    return found if found is not None and found.arity == 0 else None


def only_a_function(name: str) -> bool:
    """Whether a name cannot be meant as a variable: `sin`, but not `gamma`."""
    found = table.OPS.get(name)
    return found is not None and found.group in ELEMENTARY and len(name) > 2 and name not in GREEK


def unknown_function(name: str, argument: str | None, span: Span, others: Iterable[str]) -> NameMistake:
    """The mistake of calling what is no function; `argument` is the text of a single argument."""
    meant = MEANT.get(name.lower())
    meant = meant or did_you_mean(name, [*others, *filter(is_function, table.OPS)])
    meant = meant or did_you_mean(name, table.ALIASES)
    if meant is not None:
        hint = f"did you mean `{meant}`?"
    elif argument is not None and len(name) <= 2:
        hint = f"for a product write `{name}*({argument})`"
    else:
        hint = "functions are defined as in `f(x) = x^2`"
    return NameMistake("SG102", f"unknown function `{name}`", span, hint=hint)


def unbound(names: Mapping[str, Span | None], bindings: Iterable[str]) -> NameMistake:
    """The error of variables without values: all of them at once, the first one marked.

    Args:
        names: the variables without a value, with the places of their first use.
        bindings: the names that were given values.
    """
    given = list(bindings)
    first = next(iter(names))
    listed = ", ".join(f"`{name}`" for name in names)
    message = f"{listed} has no value" if len(names) == 1 else f"{listed} have no values"
    hints = [hint for name in names if (hint := _hint(name, given)) is not None]
    hint = hints[0] if hints else "give " + " ".join(f"{name}=..." for name in names)
    return NameMistake("SG103", message, names[first], hint=hint)


def _hint(name: str, given: list[str]) -> str | None:
    if name in NO_VARIABLES:
        return NO_VARIABLES[name]
    if is_function(name):
        return f"`{name}` is a function: write `{name}(x)`"
    for i in range(1, len(name)):
        if name[:i] in given and name[i:] in given:
            return f"for a product write `{name[:i]}*{name[i:]}`"
    meant = did_you_mean(name, given)
    return None if meant is None else f"did you mean `{meant}`?"
