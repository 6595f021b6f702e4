"""Series functions: their Taylor coefficients are proven, and where there is no derivative there is no number."""

from __future__ import annotations

import json
import math
import random
import re
from fractions import Fraction
from typing import Any

import pytest
from flint import acb, arb, arb_series
from mpmath import mp, mpf

from symgrad.balls import ball, precision, series
from symgrad.balls.cauchy import holomorphic
from symgrad.balls.series_special import bessel_bound, igamma_bound, reach_of
from symgrad.balls.series_table import SERIES
from tests.reference import ATTRS, REFERENCES
from tests.test_balls import ALIASES, FNPOINTS, misses

SLOW = {
    "sinc_slope",
    "zeta_slope",
    "igamma",
    "igamma_order",
    "igamma_lower",
    "gammainc",
    "gammaincc",
    "polygamma",
}
SLOW |= {"yv", "kv", "y0", "y1", "k0", "k1", "erfcinv"}
STEPPED = {
    "floor",
    "ceil",
    "trunc",
    "round",
    "mod",
    "fmod",
    "sign",
    "heaviside",
    "clip",
    "relu",
    "leaky_relu",
    "selu",
}
KINKS = {
    "abs",
    "copysign",
    "max",
    "min",
    "elu",
    "softsign",
    "hypot",
    "asin",
    "acos",
    "acosh",
    "asec",
    "acsc",
    "asech",
}
KINKS |= {"ellipe", "sqrt", "cbrt", "atan2"}
INTEGER_ONLY = {"polygamma"}
CHOSEN: dict[str, list[tuple[float, ...]]] = {
    "pow": [(0.3, 0.3), (2.5, 2.0), (12.5, -3.0)],
    "power_slope": [(0.3, 0.7), (2.5, 3.0)],
    "power_log": [(0.3, 0.7), (2.5, 3.0)],
    "erfcinv": [(0.3,), (1.75,)],
    "clip": [(0.3, -1.0, 2.5), (-5.25, -1.0, 2.5), (5.25, -1.0, 2.5)],
}


def function(name: str) -> Any:
    """A series function, which must exist."""
    f = series(name)
    assert f is not None
    return f


def ordinary(name: str) -> list[tuple[float, ...]]:
    """Points inside the domain, of ordinary size and off the integers where there could be a kink or a border."""

    def fits(point: tuple[float, ...]) -> bool:
        free = point[1:] if name in INTEGER_ONLY else point
        kinky = name in STEPPED | KINKS
        return all(0.05 <= abs(x) <= 12 and not (kinky and 2 * x == int(2 * x)) for x in free)

    points = [p for p in REFERENCES[name].points if fits(p)]
    points = CHOSEN.get(name, points)
    return points[:: max(1, len(points) // (2 if name in SLOW else 5))]


def along(point: tuple[float, ...], directions: tuple[float, ...]) -> list[arb | arb_series]:
    """x + d t + t^2/2 for the arguments that move, the constant x for those that do not."""
    return [
        arb_series([arb(x), arb(d), arb(0.5)]) if d else arb(x)
        for x, d in zip(point, directions, strict=True)
    ]


def taylor(value: Any, point: tuple[float, ...], directions: tuple[float, ...], order: int) -> list[Any]:
    """The Taylor coefficients of the same curve by mpmath's numerical differentiation."""

    def curve(t: Any) -> Any:
        return value(
            *(mpf(x) + d * t + t * t / 2 if d else mpf(x) for x, d in zip(point, directions, strict=True))
        )

    with mp.workdps(60):
        return [mp.re(c) for c in mp.taylor(curve, 0, order)]


def differences(name: str, point: tuple[float, ...], directions: tuple[float, ...]) -> list[Any]:
    """The first three coefficients by differences of the ball function: for functions that mpmath is slow at."""
    h = arb(2) ** -60
    plain = ball(name)
    assert plain is not None
    with precision(600):
        before, here, after = (
            plain(
                *(x + t * d + t * t / 2 if d else arb(x) for x, d in zip(point, directions, strict=True)),
                **ATTRS.get(name, {}),
            )
            for t in (-h, 0 * h, h)
        )
        return [here, (after - before) / (2 * h), (after - 2 * here + before) / (2 * h * h)]


def moves(name: str, arity: int) -> list[tuple[float, ...]]:
    """Each argument alone, and all together in a skew direction."""
    if name in INTEGER_ONLY:
        return [(0.0, 1.0)]
    each = [tuple(float(i == j) for j in range(arity)) for i in range(arity)]
    together = tuple(1.0 - 0.75 * j for j in range(arity))
    return [*each, together] if arity > 1 and name != "igamma_order" else each


@pytest.mark.parametrize("name", REFERENCES)
def test_coefficients_are_those_of_numerical_differentiation(name: str) -> None:
    """Value, first and second coefficient enclose mpmath's, along each argument and along all at once."""
    reference, attrs = REFERENCES[name], ATTRS.get(name, {})
    points = ordinary(name)
    assert points
    for point in points:
        for directions in moves(name, len(point)):
            slow = name in SLOW
            expected = (
                differences(name, point, directions)
                if slow
                else taylor(reference.value, point, directions, 2)
            )
            with precision(256, 3):
                y = function(name)(*along(point, directions), **attrs)
            for k, c in enumerate(expected):
                assert y[k].is_finite(), (point, directions, k)
                error = abs(float(y[k]) - float(c))
                assert error <= 1e-11 * max(1.0, *map(abs, map(float, expected))), (point, directions, k)
                assert float(y[k].rad()) <= 1e-30 * max(1.0, abs(float(c)))


@pytest.mark.parametrize(
    "name", ["sin", "tanh", "gamma", "airyai", "sinc", "j0", "jv", "erfinv", "lambertw", "ellipe"]
)
def test_high_orders(name: str) -> None:
    """Eight coefficients are right and tight, whichever way the series was made."""
    point = (1.25, 0.7) if name == "jv" else (0.7,)
    directions = (0.0, 1.0) if name == "jv" else (1.0,)
    expected = taylor(REFERENCES[name].value, point, directions, 7)
    with precision(512, 8):
        y = function(name)(*along(point, directions))
    for k, c in enumerate(expected):
        assert not misses(y[k], mpf(c), 5)
        assert abs(float(y[k]) - float(c)) <= 1e-5 * max(1.0, abs(float(c)))
        assert y[k].rel_accuracy_bits() > 200


def test_points_of_the_data_file() -> None:
    """Every partial derivative of the single functions in the data file, at easy and at hard arguments."""
    checked = 0
    with FNPOINTS.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            call = re.fullmatch(r"(\w+)\((.*)\)", row["expr"])
            assert call is not None
            name, words, (point,) = ALIASES.get(call[1], call[1]), call[2].split(", "), row["points"]
            for variable, text in row["grad"][0].items():
                truth = Fraction(text)
                for bits in (128, 256, 512, 1024, 2048):
                    with precision(bits, 2):
                        args = [
                            arb_series([point[w], 1])
                            if w == variable
                            else arb(point.get(w) or float(w == "1"))
                            for w in words
                        ]
                        slope = function(name)(*args)[1]
                        exact = arb(truth.numerator) / truth.denominator
                        assert slope.is_finite(), (name, point)
                        assert (slope - exact).abs_lower() <= abs(exact) * 1e-19, (name, point)
                        if slope.rad() <= abs(slope) * 1e-20:
                            checked += 1
                            break
                else:
                    pytest.fail(f"{name} is not tight at {point}")
    assert checked > 1800


# Where there is no derivative. t alone, and t^2, of which a series with two terms does not see the end.
SINGULAR = [
    *[
        ("sqrt", 0.0),
        ("cbrt", 0.0),
        ("asin", 1.0),
        ("asin", -1.0),
        ("acos", 1.0),
        ("acosh", 1.0),
        ("asec", -1.0),
    ],
    *[
        ("acsc", 1.0),
        ("asech", 1.0),
        ("abs", 0.0),
        ("relu", 0.0),
        ("leaky_relu", 0.0),
        ("selu", 0.0),
        ("sign", 0.0),
    ],
    *[("heaviside", 0.0), ("floor", 2.0), ("ceil", -3.0), ("trunc", 1.0), ("round", 0.5), ("round", -1.5)],
    *[
        ("log", 0.0),
        ("log1p", -1.0),
        ("ellipe", 1.0),
        ("ellipk", 1.0),
        ("li", 0.0),
        ("li", 1.0),
        ("erfinv", 1.0),
    ],
    *[
        ("gamma", -2.0),
        ("lgamma", 0.0),
        ("digamma", -1.0),
        ("zeta", 1.0),
        ("ei", 0.0),
        ("ci", 0.0),
        ("reciprocal", 0.0),
    ],
    *[("logit", 0.0), ("atanh", 1.0), ("acoth", 1.0), ("cot", 0.0), ("acot", 0.0), ("y0", 0.0), ("k1", 0.0)],
]
SINGULAR_2 = [
    *[("max", 2.0, 2.0), ("min", 2.0, 2.0), ("hypot", 0.0, 0.0), ("atan2", 0.0, 0.0), ("atan2", 0.0, -1.0)],
    *[
        ("mod", 4.0, 2.0),
        ("fmod", 4.0, 2.0),
        ("mod", 0.0, 2.0),
        ("pow", 0.0, 0.5),
        ("pow", 0.0, -1.0),
        ("pow", 0.0, 1.5),
    ],
    *[
        ("div", 0.0, 0.0),
        ("div", 1.0, 0.0),
        ("xlogy", 1.0, 0.0),
        ("igamma", 2.5, 0.0),
        ("copysign", 3.0, 0.0),
    ],
    *[("jv", 0.5, 0.0), ("kv", 0.5, 0.0), ("copysign", 0.0, 3.0), ("pow", -2.0, 3.0)],
]


@pytest.mark.parametrize(("name", "x"), SINGULAR)
def test_no_derivative_no_number(name: str, x: float) -> None:
    """At kinks, jumps, vertical tangents and poles the first coefficient is no finite ball."""
    with precision(128, 2):
        for coefficients in ([x, 1], [x, 0], [x]):
            assert not function(name)(arb_series(coefficients))[1].is_finite()


@pytest.mark.parametrize(("name", "a", "b"), SINGULAR_2)
def test_no_derivative_no_number_of_two(name: str, a: float, b: float) -> None:
    """Likewise for functions of two arguments that both move."""
    with precision(128, 2):
        for tails in ((1, 1), (0, 0), (1, -1)):
            y = function(name)(*(arb_series([x, d]) for x, d in zip((a, b), tails, strict=True)))
            assert not y[1].is_finite()


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_unknown_arguments_give_unknown_series(name: str) -> None:
    """A series of which nothing is known leads to one of which nothing is known."""
    arity = len(REFERENCES[name].points[0])
    for i in range(arity):
        args: list[Any] = [arb_series([arb.nan()] * 3) if i == j else arb(1) for j in range(arity)]
        with precision(64, 3):
            try:
                y = function(name)(*args, **ATTRS.get(name, {}))
            except NotImplementedError:
                continue
            assert not any(y[k].is_finite() for k in range(3))


@pytest.mark.parametrize(
    ("expected", "name", "args"),
    [
        *[(0.0, "trunc", (0.0,)), (0.0, "floor", (0.5,)), (1.0, "softsign", (0.0,)), (1.0, "elu", (0.0,))],
        *[(0.0, "sinc", (0.0,)), (0.5, "j1", (0.0,)), (-1 / 3, "sinc_prime", (0.0,)), (0.0, "cosd", (0.0,))],
        *[(math.pi / 180, "cosd", (-90.0,)), (2 * math.pi / 180, "tand", (45.0,)), (1.0, "lambertw", (0.0,))],
        *[
            (math.pi / 8, "ellipk", (0.0,)),
            (-math.pi / 8, "ellipe", (0.0,)),
            (math.sqrt(math.pi) / 2, "erfinv", (0.0,)),
        ],
    ],
)
def test_slopes_that_look_singular(expected: float, name: str, args: tuple[float, ...]) -> None:
    """Removable singularities, and functions that are smooth on both sides with one slope, have it."""
    with precision(128, 2):
        y = function(name)(*(arb_series([x, 1]) for x in args))

        assert abs(y[1] - arb(expected)) < 1e-15
        assert y[1].rad() < 1e-30


def test_constant_arguments_make_the_difference() -> None:
    """x^2 at a negative x, 0^y, fmod through 0: fine with a constant, which only a ball declares."""
    with precision(128, 2):
        x = arb_series([-2, 1])
        assert function("pow")(x, arb(2))[1] == -4
        assert function("pow")(x, arb(3))[1] == 12
        assert function("pow")(x, arb(2.0**60))[1] < 0
        assert function("pow")(arb_series([0, 1]), arb(1))[1] == 1
        assert function("pow")(arb_series([0, 1]), arb(0))[1] == 0
        assert function("pow")(arb(0), arb_series([2, 1]))[1] == 0
        assert not function("pow")(arb(0), arb_series([0, 1]))[1].is_finite()
        assert not function("pow")(arb(-2), arb_series([3, 1]))[1].is_finite()
        assert function("power_slope")(arb_series([0, 1]), arb(0))[1] == 0
        assert function("power_log")(arb(0), arb_series([2, 1]), n=1)[1] == 0
        assert function("xlogy")(arb(0), arb_series([2, 1]))[1] == 0
        assert function("fmod")(arb_series([0, 1]), arb(3))[1] == 1
        assert function("copysign")(arb_series([-2, 1]), arb(0))[1] == -1
        assert function("atan2")(arb(0), arb_series([-1, 1]))[1] == 0
        assert function("hypot")(arb_series([-3, 1]), arb(0))[1] == -1
        assert function("max")(x, x)[1] == 1
        assert function("clip")(x, arb(-5), arb(5))[1] == 1
        assert function("clip")(x, arb(0), arb(5))[1] == 0
        assert function("binomial")(arb_series([-1.5, 1]), arb(2))[1] == -2


def test_refusals_say_why() -> None:
    """Where a series in an argument makes no sense or is not implemented, a sentence says so."""
    with precision(128, 2):
        moving = arb_series([2, 1])
        with pytest.raises(NotImplementedError, match="integer"):
            function("polygamma")(moving, arb(1.5))
        with pytest.raises(NotImplementedError, match="both"):
            function("igamma_order")(moving, moving, n=1)


def test_constant_terms_are_those_of_the_ball_functions() -> None:
    """The first law of series functions: the constant term is the ball function's enclosure."""
    for name in SERIES:
        point = ordinary(name)[0]
        plain, attrs = ball(name), ATTRS.get(name, {})
        assert plain is not None
        with precision(128, 1):
            args = [
                arb(p) if i == 0 and name in INTEGER_ONLY else arb_series([p]) for i, p in enumerate(point)
            ]
            if name == "igamma_order":
                args[1] = arb(point[1])
            assert str(plain(*map(arb, point), **attrs)) == str(function(name)(*args, **attrs)[0]), name


def test_lost_terms_are_unknown() -> None:
    """t/t would be known to one term less than t; a quotient whose divisor may vanish is not known at all."""
    with precision(128, 3):
        t = arb_series([0, 1])
        y = function("div")(t, t)

        assert not any(y[k].is_finite() for k in range(3))


@pytest.mark.parametrize("terms", [1, 2, 3, 6])
def test_every_series_has_all_its_terms(terms: int) -> None:
    """The result has as many coefficients as asked for, and the first ones do not depend on how many follow."""
    for name in ("sin", "tanh", "sinc", "j0", "erfinv", "elu", "floor", "digamma", "asin", "div"):
        with precision(128, terms):
            x = arb_series([0.3, 1, 0.25])
            y = function(name)(*[x] * (2 if name == "div" else 1))
            assert terms == y.prec
        with precision(128, 1):
            assert y[0].overlaps(function(name)(*[x] * (2 if name == "div" else 1))[0])


def test_wide_centres_enclose_their_points() -> None:
    """The enclosure law for coefficients: those at a point inside a wide centre lie inside those of the centre."""
    generator = random.Random(7)
    for name in sorted(set(SERIES) - SLOW):
        for point in ordinary(name):
            for width in (1e-9, 1e-3, 0.2, 2.0):
                offsets = [generator.uniform(-1, 1) * width for _ in point]
                with precision(128, 3):
                    wide = function(name)(
                        *(arb_series([arb(x, width), 1, 0.5]) for x in point), **ATTRS.get(name, {})
                    )
                    sharp = function(name)(
                        *(arb_series([arb(x) + arb(d), 1, 0.5]) for x, d in zip(point, offsets, strict=True)),
                        **ATTRS.get(name, {}),
                    )
                    for k in range(3):
                        assert not wide[k].is_finite() or wide[k].overlaps(sharp[k]), (name, point, width, k)


def test_cauchy_encloses_known_series() -> None:
    """The coefficients from the circle are those of exp, at several precisions, centres, directions and lengths."""
    for bits in (64, 200, 500):
        for terms in (1, 2, 3, 8):
            for inner in ([0.3, 1], [-2.5, 0.001, 3], [1e-5, 1e100], [4, 0, 1e-200], [1]):
                with precision(bits, terms):
                    x = arb_series(inner)
                    y = holomorphic(acb.exp, x, reach=arb(1), bound=(x[0] + 1).exp())
                    exact = x.exp()
                    for k in range(terms):
                        assert y[k].overlaps(exact[k])
                        scale = abs(exact[k]) + x[0].exp() * abs(x[1]) ** k * arb(2) ** (16 * k) * (
                            1 if k else 0
                        )
                        assert (
                            y[k].rad() <= arb(2) ** (8 - bits) * (scale + abs(x[0]).exp())
                            or inner[-1] == 1e-200
                        )


def test_cauchy_refuses_without_a_bound() -> None:
    """Without a finite bound, room to move or a finite series there is no proof."""
    with precision(64, 2):
        x = arb_series([1, 1])
        for reach, bound, inner in ((0, 1, x), (1, "inf", x), (1, 1, arb_series([1, arb.nan()]))):
            y = holomorphic(acb.exp, inner, reach=arb(reach), bound=arb(bound))
            assert not y[1].is_finite()


BESSEL = ((acb.bessel_j, 0), (acb.bessel_y, 0), (acb.bessel_i, 1), (acb.bessel_k, -1))


@pytest.mark.parametrize(("f", "growth"), BESSEL)
def test_the_bound_of_bessel_functions_holds(f: Any, growth: int) -> None:
    """The hand-made bound behind their proven coefficients, at random corners of the region it speaks of."""
    generator = random.Random(11)
    for _ in range(300):
        v, x = generator.uniform(-4, 4), 10 ** generator.uniform(-2, 1.5)
        with precision(128):
            slack = reach_of(arb(x))
            bound = bessel_bound(arb(v), arb(x), slack) * (growth * arb(x) + 1).exp()
            turn, twist = (acb(generator.uniform(-1, 1) * 2).exp_pi_i() * slack for _ in range(2))
            assert abs(f(acb(x) + turn, acb(v) + twist)) <= bound


def test_the_bound_of_the_incomplete_gamma_function_holds() -> None:
    """Likewise for igamma, with its first argument near poles of gamma too."""
    generator = random.Random(13)
    for _ in range(300):
        a, x = generator.choice([-2.0, -1.0, generator.uniform(-4, 6)]), 10 ** generator.uniform(-2, 1.5)
        with precision(256):
            slack = reach_of(arb(x))
            turn, twist = (acb(generator.uniform(-1, 1) * 2).exp_pi_i() * slack for _ in range(2))
            assert abs((acb(x) + turn).gamma_upper(acb(a) + twist)) <= igamma_bound(arb(a), arb(x), slack)
