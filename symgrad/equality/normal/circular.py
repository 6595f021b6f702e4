"""Trigonometric functions in normal form: sines and cosines of single terms, with sin^2 + cos^2 = 1."""

from __future__ import annotations

from fractions import Fraction

from symgrad.equality.normal.powers import Powers
from symgrad.equality.normal.ratio import Part, Ratio, TooLargeError

MOST_TERMS = 4
"""Terms of an argument that the addition theorems take apart."""
MULTIPLE = 12
TURN = "pi"
Pair = tuple[Ratio, Ratio]
"""Sine and cosine."""


def both(field: Powers, u: Ratio) -> Pair:
    """sin(u) and cos(u)."""
    parts = field.parts(u)
    turn = field.pi()
    key = field.parts(turn)[0].key
    if sum(part.key != key for part in parts) > MOST_TERMS:
        return _atoms(field, u)
    result = field.zero, field.one
    for part in parts:
        pair = _turned(field, part.factor) if part.key == key else _of_part(field, part)
        result = _sum(field, result, pair)
    return result


def _sum(field: Powers, a: Pair, b: Pair) -> Pair:
    """Sine and cosine of a sum."""
    (s, c), (t, d) = a, b
    sine = field.add(field.mul(s, d), field.mul(c, t))
    return sine, field.sub(field.mul(c, d), field.mul(s, t))


def _multiple(field: Powers, pair: Pair, n: int) -> Pair:
    """Sine and cosine of n times an angle."""
    if abs(n) > MULTIPLE:
        raise TooLargeError
    result = field.zero, field.one
    for _ in range(abs(n)):
        result = _sum(field, result, pair)
    return (field.neg(result[0]), result[1]) if n < 0 else result


def _turned(field: Powers, factor: Fraction) -> Pair:
    """Sine and cosine of a rational multiple of pi: numbers where they are roots."""
    quarters, rest = divmod(factor * 2, 1)
    base = field.zero, field.one
    if rest:
        half = field.number(Fraction(1, 2))
        exact = {
            Fraction(1, 3): (half, field.mul(half, field.root(field.number(3), Fraction(1, 2)))),
            Fraction(1, 2): (field.root(half, Fraction(1, 2)),) * 2,
        }
        exact[Fraction(2, 3)] = exact[Fraction(1, 3)][::-1]
        if rest not in exact:
            return _of_part(field, Part(factor, TURN, field.pi()))
        base = exact[rest]
    for _ in range(int(quarters) % 4):
        base = base[1], field.neg(base[0])
    return base


def _of_part(field: Powers, part: Part) -> Pair:
    """Sine and cosine of one term, as multiples of a smallest angle."""
    unit = field.unit(("angle", part.key), part.factor.denominator)
    known = _inverse(field, part.rest) if unit == 1 else None
    if known is None:
        made = field.generator(("sin", part.key, unit))
        other = field.generator(("cos", part.key, unit), 2, field.one_poly - field.times(made.num, made.num))
        known = made, other
    return _multiple(field, known, int(part.factor * unit))


def _inverse(field: Powers, rest: Ratio) -> Pair | None:
    """Sine and cosine of asin(u) and atan(u)."""
    kind, *known = field.about.get(str(rest.num), ("",)) if rest.den.is_one() else ("",)
    if kind not in ("asin", "atan"):
        return None
    u: Ratio = known[0]
    if kind == "asin":
        return u, field.root(field.sub(field.one, field.mul(u, u)), Fraction(1, 2))
    cosine = field.inverse(field.root(field.add(field.one, field.mul(u, u)), Fraction(1, 2)))
    return field.mul(u, cosine), cosine


def _atoms(field: Powers, u: Ratio) -> Pair:
    """Sine and cosine of a long argument, as they are but for its sign."""
    negative = field.parts(u)[0].factor < 0
    v = field.neg(u) if negative else u
    name = f"{v.num}/{v.den}"
    sine = field.generator(("sin", name, 0))
    cosine = field.generator(("cos", name, 0), 2, field.one_poly - field.times(sine.num, sine.num))
    return (field.neg(sine) if negative else sine), cosine
