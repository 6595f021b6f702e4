"""What each operation is in normal form; operations without an entry are expanded, or stand for themselves."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgrad.equality.normal.circular import both
from symgrad.equality.normal.powers import Powers
from symgrad.equality.normal.ratio import Ratio, TooLargeError

Make = Callable[..., Ratio]
HALF = Fraction(1, 2)
SHIFTS = 12
"""Steps by which a recurrence brings an argument near zero."""


def _sqrt_of(f: Powers, u: Ratio) -> Ratio:
    return f.root(u, HALF)


def _sum_with(f: Powers, u: Ratio, n: int) -> Ratio:
    return f.add(u, f.number(n))


def atom(f: Powers, name: str, *args: Ratio, **attrs: Any) -> Ratio:
    """A function that is known by its name and arguments only."""
    key = [f"{a.num}/{a.den}" for a in args]
    return f.generator((name, str([*key, *sorted(attrs.items())])), about=args)


def _negative(f: Powers, u: Ratio) -> bool:
    """Whether of u and -u this is the one that is not written."""
    return bool(u.num) and f.factors(u)[0] < 0


def odd(name: str) -> Make:
    """A function with f(-x) = -f(x)."""

    def make(f: Powers, u: Ratio) -> Ratio:
        if not u.num:
            return f.zero
        return f.neg(atom(f, name, f.neg(u))) if _negative(f, u) else atom(f, name, u)

    return make


def _sign(f: Powers, u: Ratio) -> Ratio:
    return f.div(u, f.abs(u))


def _tanh(f: Powers, u: Ratio) -> Ratio:
    e = f.exp(f.mul(f.number(2), u))
    return f.div(_sum_with(f, e, -1), _sum_with(f, e, 1))


def _hyperbolic(sign: int) -> Make:
    def make(f: Powers, u: Ratio) -> Ratio:
        e = f.exp(u)
        return f.mul(f.number(HALF), f.add(e, f.mul(f.number(sign), f.inverse(e))))

    return make


def _asinh(f: Powers, u: Ratio) -> Ratio:
    if _negative(f, u):
        return f.neg(_asinh(f, f.neg(u)))
    return f.log(f.add(u, _sqrt_of(f, f.add(f.mul(u, u), f.one))))


def _acosh(f: Powers, u: Ratio) -> Ratio:
    return f.log(f.add(u, f.mul(_sqrt_of(f, _sum_with(f, u, -1)), _sqrt_of(f, _sum_with(f, u, 1)))))


def _atanh(f: Powers, u: Ratio) -> Ratio:
    logs = f.sub(f.log(f.add(f.one, u)), f.log(f.sub(f.one, u)))
    return f.mul(f.number(HALF), logs)


def _shifted(f: Powers, u: Ratio) -> tuple[Ratio, int]:
    """u as v + n with the number in v between 0 and 1."""
    n = 0
    for part in f.parts(u):
        if f.constant(part.rest) == 1:
            n = part.factor.numerator // part.factor.denominator
    if abs(n) > SHIFTS:
        return u, 0
    return _sum_with(f, u, -n), n


def _risen(f: Powers, v: Ratio, n: int, step: Callable[[Ratio], Ratio], join: Make, part: Make) -> Ratio:
    """Steps of a recurrence from v up to v + n, or down."""
    found = step(v)
    for k in range(n) if n > 0 else range(-1, n - 1, -1):
        found = (join if n > 0 else part)(found, _sum_with(f, v, k))
    return found


def _gamma(f: Powers, u: Ratio) -> Ratio:
    v, n = _shifted(f, u)
    if not v.num:  # gamma of a whole number
        if n < 1:
            raise TooLargeError
        v, n = f.one, n - 1
    number = f.constant(v)
    start = f.one if number == 1 else _sqrt_of(f, f.pi()) if number == HALF else atom(f, "gamma", v)
    return _risen(f, v, n, lambda _: start, f.mul, f.div)


def _digamma(f: Powers, u: Ratio) -> Ratio:
    v, n = _shifted(f, u)
    if not v.num:
        v, n = f.one, n - 1
    return _risen(
        f,
        v,
        n,
        lambda w: atom(f, "digamma", w),
        lambda a, b: f.add(a, f.inverse(b)),
        lambda a, b: f.sub(a, f.inverse(b)),
    )


def _lgamma(f: Powers, u: Ratio) -> Ratio:
    v, n = _shifted(f, u)
    if not v.num:
        v, n = f.one, n - 1
    return _risen(
        f, v, n, lambda w: f.zero if f.constant(w) == 1 else atom(f, "lgamma", w),
        lambda a, b: f.add(a, f.log(f.abs(b))), lambda a, b: f.sub(a, f.log(f.abs(b))),
    )  # fmt: skip


def _igamma(f: Powers, a: Ratio, x: Ratio) -> Ratio:
    v, n = _shifted(f, a)
    if not v.num and n > 0:
        v, n = f.one, n - 1
    start = f.exp(f.neg(x)) if f.constant(v) == 1 else atom(f, "igamma", v, x)

    def jump(s: Ratio) -> Ratio:
        return f.mul(f.pow(x, s), f.exp(f.neg(x)))

    return _risen(
        f,
        v,
        n,
        lambda _: start,
        lambda g, s: f.add(f.mul(s, g), jump(s)),
        lambda g, s: f.div(f.sub(g, jump(s)), s),
    )


def _max(sign: int) -> Make:
    def make(f: Powers, a: Ratio, b: Ratio) -> Ratio:
        gap = f.mul(f.number(sign), f.abs(f.sub(a, b)))
        return f.mul(f.number(HALF), f.add(f.add(a, b), gap))

    return make


def _less(f: Powers, a: Ratio, b: Ratio) -> Ratio:
    """The number 1 where a < b, else 0."""
    gap = f.sub(b, a)
    known = f.constant(gap)
    if known is not None:
        return f.one if known > 0 else f.zero
    sign = f.sign(gap)
    if sign is not None:
        return f.one if sign > 0 else f.zero
    scale = f.number(1 / abs(f.factors(gap)[0]))
    return _truth(f, "lt", f.mul(gap, scale))


def _same(f: Powers, a: Ratio, b: Ratio) -> Ratio:
    gap = f.sub(b, a)
    known = f.constant(gap)
    if known is not None:
        return f.zero if known else f.one
    if f.sign(gap) == 1 or f.sign(f.neg(gap)) == 1:
        return f.zero
    return _truth(f, "eq", f.mul(gap, f.number(1 / f.factors(gap)[0])))


def _truth(f: Powers, name: str, gap: Ratio) -> Ratio:
    """A condition as a number t with t^2 = t."""
    key = (name, f"{gap.num}/{gap.den}")
    made = f.generator(key)
    f.obey(made, 2, made.num)
    return made


def _not(f: Powers, a: Ratio) -> Ratio:
    return f.sub(f.one, a)


def _where(f: Powers, c: Ratio, a: Ratio, b: Ratio) -> Ratio:
    return f.add(b, f.mul(c, f.sub(a, b)))


def _angle(name: str) -> Make:
    return lambda f, u: both(f, f.mul(u, f.div(f.pi(), f.number(180))))[0 if name == "sin" else 1]


def _exp_of_base(base: int) -> Make:
    return lambda f, u: f.exp(f.mul(u, f.log(f.number(base))))


def _log_of_base(base: int) -> Make:
    return lambda f, u: f.div(f.log(u), f.log(f.number(base)))


TABLE: dict[str, Make] = {
    "pi": lambda f: f.pi(), "e": lambda f: f.exp(f.one),
    "add": lambda f, a, b: f.add(a, b), "sub": lambda f, a, b: f.sub(a, b), "mul": lambda f, a, b: f.mul(a, b),
    "div": lambda f, a, b: f.div(a, b), "neg": lambda f, a: f.neg(a),
    "pow": lambda f, a, b: f.pow(a, b), "sqrt": _sqrt_of, "cbrt": lambda f, a: f.cbrt(a),
    "hypot": lambda f, a, b: _sqrt_of(f, f.add(f.mul(a, a), f.mul(b, b))),
    "exp": lambda f, a: f.exp(a), "exp2": _exp_of_base(2), "exp10": _exp_of_base(10),
    "log": lambda f, a: f.log(a), "log2": _log_of_base(2), "log10": _log_of_base(10),
    "xlogy": lambda f, a, b: f.mul(a, f.log(b)),
    "logaddexp": lambda f, a, b: f.log(f.add(f.exp(a), f.exp(b))),
    "abs": lambda f, a: f.abs(a), "sign": _sign, "max": _max(1), "min": _max(-1),
    "heaviside": lambda f, a: f.mul(f.number(HALF), f.add(f.one, _sign(f, a))),
    "sin": lambda f, a: both(f, a)[0], "cos": lambda f, a: both(f, a)[1], "tan": lambda f, a: f.div(*both(f, a)),
    "sinpi": lambda f, a: both(f, f.mul(f.pi(), a))[0], "cospi": lambda f, a: both(f, f.mul(f.pi(), a))[1],
    "sind": _angle("sin"), "cosd": _angle("cos"), "tand": lambda f, a: f.div(_angle("sin")(f, a), _angle("cos")(f, a)),
    "sinc": lambda f, a: f.div(both(f, a)[0], a),
    "asin": odd("asin"), "atan": odd("atan"),
    "acos": lambda f, a: f.sub(f.div(f.pi(), f.number(2)), odd("asin")(f, a)),
    "sinh": _hyperbolic(-1), "cosh": _hyperbolic(1), "tanh": _tanh,
    "asinh": _asinh, "acosh": _acosh, "atanh": _atanh,
    **{name: odd(name) for name in ("erf", "erfi", "si", "shi", "fresnels", "fresnelc", "erfinv")},
    "erfc": lambda f, a: f.sub(f.one, odd("erf")(f, a)),
    "li": lambda f, a: atom(f, "ei", f.log(a)),
    "gamma": _gamma, "digamma": _digamma, "lgamma": _lgamma, "igamma": _igamma,
    "beta": lambda f, a, b: f.div(f.mul(_gamma(f, a), _gamma(f, b)), _gamma(f, f.add(a, b))),
    "lt": _less, "gt": lambda f, a, b: _less(f, b, a), "ge": lambda f, a, b: _not(f, _less(f, a, b)),
    "le": lambda f, a, b: _not(f, _less(f, b, a)), "eq": _same, "ne": lambda f, a, b: _not(f, _same(f, a, b)),
    "and": lambda f, a, b: f.mul(a, b), "or": lambda f, a, b: f.sub(f.add(a, b), f.mul(a, b)), "not": _not,
    "where": _where,
}  # fmt: skip
"""Operation -> its normal form, of the normal forms of its arguments."""
