"""NumPy: arrays of points in, arrays out; SciPy only where a function needs it."""

from __future__ import annotations

from symgrad.codeout.python import OPERATORS, POWER, PRODUCT, RESERVED, assign, constants, flat, framed
from symgrad.codeout.spell import ATOM, Spelling, Target, Unit, call, written

SAME = (
    "sin cos tan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p sqrt hypot floor ceil trunc fmod copysign sign"
    " logaddexp"
)
OTHER = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh", "abs": "abs", "max": "maximum", "min": "minimum", "mod": "mod", "where": "where",
    "and": "logical_and", "or": "logical_or", "not": "logical_not",
}  # fmt: skip
SPECIAL = {
    "erf": "erf", "erfc": "erfc", "gamma": "gamma", "lgamma": "gammaln", "digamma": "digamma", "erfinv": "erfinv",
    "sigmoid": "expit", "logit": "logit", "xlogy": "xlogy", "j0": "j0", "j1": "j1", "y0": "y0", "y1": "y1", "i0": "i0",
    "i1": "i1", "k0": "k0", "k1": "k1", "jv": "jv", "yv": "yv", "iv": "iv", "kv": "kv", "beta": "beta", "ei": "expi",
    "polygamma": "polygamma", "erfi": "erfi", "erfcinv": "erfcinv", "zeta": "zeta", "ellipk": "ellipk",
    "ellipe": "ellipe", "sind": "sindg", "cosd": "cosdg", "tand": "tandg",
}  # fmt: skip
SEVERAL: dict[str, Spelling] = {
    "si": written("special.sici({0})[0]"), "ci": written("special.sici({0})[1]"),
    "shi": written("special.shichi({0})[0]"), "chi": written("special.shichi({0})[1]"),
    "fresnels": written("special.fresnel({0})[0]"), "fresnelc": written("special.fresnel({0})[1]"),
    "airyai": written("special.airy({0})[0]"), "airyaiprime": written("special.airy({0})[1]"),
    "airybi": written("special.airy({0})[2]"), "airybiprime": written("special.airy({0})[3]"),
    "li": written("special.expi(np.log({0}))"), "lambertw": written("special.lambertw({0}).real"),
}  # fmt: skip
"""What SciPy's functions give among other things, or as something else."""


def spelled(module: str, other: dict[str, str], special: dict[str, str]) -> dict[str, Spelling]:
    """The table in terms of a module with NumPy's names, and one with SciPy's."""
    return {
        **OPERATORS,
        **{name: call(f"{module}.{name}") for name in SAME.split()},
        **{name: call(f"{module}.{theirs}") for name, theirs in other.items()},
        **{name: call(f"special.{theirs}") for name, theirs in special.items()},
        "cbrt": call(f"{module}.cbrt"),
        "pi": lambda: (f"{module}.pi", ATOM),
        "e": lambda: (f"{module}.e", ATOM),
        "exp10": written("10.0**{0}", POWER),
        "round": written(f"{module}.copysign({module}.floor({module}.abs({{0}}) + 0.5), {{0}})"),
        "heaviside": written(f"{module}.heaviside({{0}}, 0.5)"),
        "softplus": written(f"{module}.logaddexp(0.0, {{0}})"),
        "sinc": written(f"{module}.sinc({{0}}/{module}.pi)"),
        "relu": written(f"{module}.maximum({{0}}, 0.0)"),
        "root_one_minus_sq": written(f"{module}.sqrt((1 - {{0}})*(1 + {{0}}))"),
        "root_one_plus_sq": written(f"{module}.hypot(1.0, {{0}})"),
        "reciprocal": written("1/{0}", PRODUCT),
    }


def imports(unit: Unit, lines: list[str], special: str) -> list[str]:
    """What is imported: the module of special functions only where one is used."""
    used = any("special." in line for line in (*unit.lines, *unit.results))
    return [*lines, special] if used else lines


def module(unit: Unit) -> str:
    """The whole file."""
    compare = [
        "points = [np.array(column) for column in zip(*[point for point, _ in CASES])]",
        "wanted = zip(*[want for _, want in CASES])",
        f"got = {unit.function}(*points)",
        f"for a, b in zip({flat(unit)}, wanted):",
        "    np.testing.assert_allclose(np.broadcast_to(a, len(CASES)), b, rtol=1e-11)",
    ]
    lines = imports(unit, ["import numpy as np"], "from scipy import special")
    return framed(unit, lines, "Arrays in, arrays out.", compare)


TARGET = Target(
    name="numpy",
    table=spelled("np", OTHER, SPECIAL) | SEVERAL,
    helpers={},
    number=constants("np"),
    assign=assign,
    reserved=RESERVED,
    module=module,
)
