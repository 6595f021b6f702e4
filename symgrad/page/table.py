"""How each op is computed in JavaScript: a template, or the reason why there is none. An op in neither uses its body.

Templates take operands as {0}, {1}, ... and attributes by name. What begins with `sg.` is in special.js. Elementary
functions are those of the browser, within an ulp or two. Errors of the functions in special.js, relative and away
from their zeros: error functions 4e-15, gamma 2e-14 and log-gamma 1e-14, digamma and polygamma 1e-14, incomplete
gamma functions 2e-13, the rest a few ulps.
"""

from __future__ import annotations

TEMPLATES: dict[str, str] = {
    "pi": "Math.PI", "e": "Math.E",
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}",
    "fma": "sg.fused({0}, {1}, {2})", "addcmul": "sg.fused({1}, {2}, {0})",
    "square": "{0} * {0}", "reciprocal": "1 / {0}",
    "deg2rad": "{0} * 0.017453292519943295", "rad2deg": "{0} * 57.29577951308232",
    "lt": "{0} < {1}", "le": "{0} <= {1}", "gt": "{0} > {1}", "ge": "{0} >= {1}", "eq": "{0} === {1}",
    "ne": "{0} !== {1}", "and": "{0} && {1}", "or": "{0} || {1}", "not": "!{0}", "where": "{0} ? {1} : {2}",
    # Exponentials, logarithms, powers
    "exp": "Math.exp({0})", "exp2": "Math.pow(2, {0})", "exp10": "Math.pow(10, {0})", "expm1": "Math.expm1({0})",
    "log": "Math.log({0})", "log2": "Math.log2({0})", "log10": "Math.log10({0})", "log1p": "Math.log1p({0})",
    "log10_slope": "0.4342944819032518 / {0}",
    "pow": "sg.power({0}, {1})", "power_slope": "sg.powerNth({0}, {1}, 1)",
    "power_nth": "sg.powerNth({0}, {1}, {n})", "power_log": "sg.powerLog({0}, {1}, {n})",
    "sqrt": "Math.sqrt({0})", "cbrt": "Math.cbrt({0})", "rsqrt": "1 / Math.sqrt({0})",
    "hypot": "Math.hypot({0}, {1})", "hypot_slope": "sg.direction({0}, {1})",
    "root_one_minus_sq": "Math.sqrt((1 - {0}) * (1 + {0}))", "root_one_plus_sq": "Math.hypot(1, {0})",
    "root_sq_minus_one": "sg.rootAboveOne({0})", "xlogy": "sg.xlogy({0}, {1})", "logit": "sg.logit({0})",
    # Trigonometric and hyperbolic functions
    "sin": "Math.sin({0})", "cos": "Math.cos({0})", "tan": "Math.tan({0})", "cot": "sg.cot({0})",
    "sec": "1 / Math.cos({0})", "csc": "1 / Math.sin({0})",
    "sinpi": "sg.sinTurn({0}, 2)", "cospi": "sg.cosTurn({0}, 2)",
    "sind": "sg.sinTurn({0}, 360)", "cosd": "sg.cosTurn({0}, 360)",
    "tand": "sg.tanDegrees({0})",
    "sinc": "sg.sincSlope({0}, 0)", "sinc_slope": "sg.sincSlope({0}, {n})",
    "asin": "Math.asin({0})", "acos": "Math.acos({0})", "atan": "Math.atan({0})",
    "atan_slope": "sg.angleSlope(1, {0})", "acot": "sg.acot({0})", "asec": "sg.asec({0})", "acsc": "sg.acsc({0})",
    "asec_slope": "1 / Math.abs({0}) / sg.rootAboveOne({0})",
    "atan2": "Math.atan2({0}, {1})", "atan2_slope": "sg.angleSlope({0}, {1})",
    "sinh": "Math.sinh({0})", "cosh": "Math.cosh({0})", "tanh": "Math.tanh({0})", "coth": "sg.coth({0})",
    "sech": "sg.sech({0})", "csch": "sg.csch({0})",
    "asinh": "Math.asinh({0})", "acosh": "Math.acosh({0})", "atanh": "Math.atanh({0})",
    "atanh_slope": "1 / (1 - {0}) / (1 + {0})", "acoth": "sg.acoth({0})", "asech": "sg.asech({0})",
    "acsch": "sg.acsch({0})", "acsch_slope": "1 / Math.abs({0}) / Math.hypot(1, {0})",
    # Kinks and jumps
    "abs": "Math.abs({0})", "sign": "Math.sign({0})", "heaviside": "0.5 * (1 + Math.sign({0}))",
    "floor": "Math.floor({0})", "ceil": "Math.ceil({0})", "trunc": "Math.trunc({0})", "round": "sg.round({0})",
    "mod": "sg.mod({0}, {1})", "fmod": "sg.fmod({0}, {1})",
    "floor_quotient": "sg.floorQuotient({0}, {1})", "trunc_quotient": "sg.truncQuotient({0}, {1})",
    "max": "sg.max({0}, {1})", "min": "sg.min({0}, {1})", "clip": "sg.min(sg.max({0}, {1}), {2})",
    "copysign": "sg.copysign({0}, {1})",
    # Error functions
    "exp_sq": "sg.bell({0}, 1)", "exp_neg_sq": "sg.bell({0}, -1)",
    "erf": "sg.erf({0})", "erfc": "sg.erfc({0})", "erfi": "sg.erfi({0})",
    "erfinv": "sg.erfinv({0})", "erfcinv": "sg.erfcinv({0})",
    "erfinv_slope": "sg.bell(sg.erfinv({0}), 1) * 0.886226925452758",
    "erfcinv_slope": "sg.bell(sg.erfcinv({0}), 1) * 0.886226925452758",
    "npdf": "sg.bell({0}, -0.5) * 0.3989422804014327", "ncdf": "sg.ncdf({0})",
    # Gamma functions
    "gamma": "sg.gamma({0})", "lgamma": "sg.lgamma({0})", "digamma": "sg.polygamma(0, {0})",
    "polygamma": "sg.polygamma({0}, {1})", "trigamma": "sg.polygamma(1, {0})",
    "factorial": "sg.gamma({0} + 1 || NaN)", "digamma_next": "sg.polygamma(0, {0} + 1)", "beta": "sg.beta({0}, {1})",
    "gammaincc": "sg.gammaPart({0}, {1}, true)",
    "gammainc": "sg.gammaPart({0}, {1}, false)",
    # Activations
    "sigmoid": "sg.sigmoid({0})", "softplus": "sg.softplus({0})", "logaddexp": "sg.logaddexp({0}, {1})",
    "sigmoid_gap": "sg.sigmoidGap({0}, {1})", "softsign": "sg.softsign({0})", "relu": "sg.relu({0})",
    "silu": "sg.weighted({0}, sg.sigmoid({0}))",
    "silu_slope": "sg.sigmoid({0}) * (1 + {0} * sg.sigmoid(-({0})))",
    "gelu": "sg.weighted({0}, sg.ncdf({0}))",
    "gelu_slope": "sg.ncdf({0}) + {0} * sg.bell({0}, -0.5) * 0.3989422804014327",
    "lambertw": "sg.lambertw({0})",
    "ellipk": "sg.elliptic({0}, true)", "ellipe": "sg.elliptic({0}, false)",
}  # fmt: skip
"""Op -> JavaScript."""

_INTEGRAL = "its integral has no accurate form in JavaScript"
_BESSEL = "Bessel functions have no accurate form in JavaScript"

REFUSED: dict[str, str] = {
    **dict.fromkeys(("ei", "si", "ci", "shi", "chi", "li", "fresnels", "fresnelc"), _INTEGRAL),
    **dict.fromkeys(("jv", "yv", "iv", "kv", "j0", "j1", "y0", "y1", "i0", "i1", "k0", "k1"), _BESSEL),
    **dict.fromkeys(("airyai", "airyaiprime", "airybi", "airybiprime"), _BESSEL),
    "igamma": "the incomplete gamma function has no accurate form in JavaScript for all orders",
    "igamma_order": "derivatives by the order of a function have no accurate form in JavaScript",
    **dict.fromkeys(("zeta", "zeta_slope"), "the zeta function has no accurate form in JavaScript"),
}
"""Op -> why JavaScript cannot have it."""
