"""Ball functions: they contain the truth, also on wide balls, and round to the right double."""

from __future__ import annotations

import contextlib
import json
import math
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import symgrad
from symgrad import balls
from symgrad.balls import ball, constant, nearest, precision, series, to_double
from symgrad.balls.limits import LIMITS, ODD, ODD_POLES, POLES, SEVERAL
from symgrad.balls.table import BALLS
from symgrad.errors import SymgradError
from tests.conftest import Run
from tests.reference import ATTRS, DIGITS, REFERENCES, rounded, truth

FNPOINTS = Path(__file__).parent / "data" / "fnpoints.jsonl"
ALIASES = {"fabs": "abs", "fmax": "max", "fmin": "min", "tgamma": "gamma"}
CONSTANTS = {"pi", "e"}


def as_ball(y: Any) -> arb:
    """An mpmath number as an exact ball."""
    sign, mantissa, exponent, _ = y._mpf_
    return arb((-int(mantissa) if sign else int(mantissa), exponent))


def function(name: str) -> Any:
    """A ball function, which must exist."""
    f = ball(name)
    assert f is not None
    return f


def misses(enclosure: arb, y: Any, digits: int) -> bool:
    """Whether a ball lacks a number that is known to so many digits."""
    with precision(800):
        t = as_ball(y)
        return not (enclosure - t).abs_lower() <= abs(t) * arb(10) ** -digits


@pytest.mark.parametrize("name", REFERENCES)
def test_balls_contain_what_mpmath_says_and_round_to_it(name: str) -> None:
    """All over the domain the ball holds the truth, and `nearest` is the double next to it."""
    reference, attrs, digits = REFERENCES[name], ATTRS.get(name, {}), DIGITS.get(name, 65)
    for point in reference.points:
        y = truth(reference.value, point, digits)
        for bits in (64, 192, 512, 2048):
            with precision(bits):
                enclosure = function(name)(*map(arb, point), **attrs)
            assert not (enclosure.is_finite() and misses(enclosure, y, digits)), (point, bits)
            if enclosure.is_finite() and enclosure.rad() <= abs(enclosure) * arb(1e-15):
                break
        else:
            pytest.fail(f"{name} is not tight at {point}")
        with mp.workdps(200):  # silu(5e-324) is a tie but for its 324th digit
            slack = mpf(10) ** (3 - digits)
            ends = {rounded(y * (1 - slack)), rounded(y * (1 + slack))}
        assert nearest(name, *point, **attrs) in ends, point


def test_the_comparison_can_fail() -> None:
    """A ball that is off in its 60th digit is caught."""
    y = truth(mp.sin, [1.0])
    with precision(256):
        right = arb(1).sin()

        assert not misses(right, y, 65)
        assert misses(right * (1 + arb(10) ** -60), y, 65)


def test_every_function_has_a_reference_and_a_series() -> None:
    """No ball function is left untested, and each has a series."""
    assert set(BALLS) - CONSTANTS == set(REFERENCES)
    assert [] == [name for name in REFERENCES if series(name) is None]
    assert ball("no such function") is None
    assert series("no such function") is None


def test_edges_belong_to_functions() -> None:
    """The tables of limits and poles name ball functions only."""
    assert set() == ({*LIMITS, *POLES, *ODD_POLES, *SEVERAL, *ODD}) - set(BALLS)


def test_constants() -> None:
    """pi and e are the true constants, at any precision."""
    with precision(300), mp.workdps(80):
        for name, y in (("pi", +mp.pi), ("e", +mp.e)):
            assert not misses(function(name)(), y, 75)


def rows() -> Iterator[tuple[str, list[float], str]]:
    """Function, arguments and value of each row of fnpoints.jsonl."""
    with FNPOINTS.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            call = re.fullmatch(r"(\w+)\((.*)\)", row["expr"])
            assert call is not None
            (point,) = row["points"]
            args = [point[a] if a in point else float(a) for a in call[2].split(", ")]
            yield ALIASES.get(call[1], call[1]), args, row["value"][0]


def test_points_of_the_data_file() -> None:
    """All single functions at the easy and hard arguments of the data file round to the double of their 20 digits."""
    for name, args, text in rows():
        y = Fraction(text)
        ends = {float(y), float(y * (1 - Fraction(1, 10**19))), float(y * (1 + Fraction(1, 10**19)))}
        assert nearest(name, *args) in ends, (name, args)


# Outside their domain, at poles, and where real values end.
UNDEFINED = [
    *[
        ("sqrt", -1.0),
        ("log", 0.0),
        ("log", -1.0),
        ("log1p", -1.5),
        ("rsqrt", 0.0),
        ("logit", 0.0),
        ("logit", 1.0),
    ],
    *[
        ("asin", 1.5),
        ("acos", -1.0000000000000002),
        ("acosh", 0.5),
        ("atanh", 1.0),
        ("acoth", 0.5),
        ("asech", 0.0),
    ],
    *[("asec", 0.5), ("acsc", 0.0), ("acot", 0.0), ("acsch", 0.0), ("cot", 0.0), ("csc", 0.0), ("coth", 0.0)],
    *[
        ("gamma", 0.0),
        ("gamma", -3.0),
        ("lgamma", -3.0),
        ("digamma", -1.0),
        ("factorial", -1.0),
        ("zeta", 1.0),
    ],
    *[("erfinv", 1.5), ("erfcinv", 2.5), ("ei", 0.0), ("ci", 0.0), ("ci", -1.0), ("chi", -1.0), ("li", 1.0)],
    *[
        ("li", -1.0),
        ("lambertw", -0.37),
        ("ellipk", 1.0),
        ("ellipk", 2.0),
        ("ellipe", 2.0),
        ("y0", 0.0),
        ("k0", -1.0),
    ],
]
UNDEFINED_2 = [
    *[("div", 1.0, 0.0), ("pow", -2.0, 0.5), ("pow", 0.0, -1.0), ("pow", 0.0, -0.5), ("mod", 4.0, 0.0)],
    *[
        ("fmod", 4.0, 0.0),
        ("xlogy", 1.0, 0.0),
        ("xlogy", 0.0, -1.0),
        ("xlog1py", 1.0, -2.0),
        ("jv", 0.5, -1.0),
    ],
    *[
        ("iv", 0.5, -1.0),
        ("yv", 0.0, -1.0),
        ("kv", 1.0, -1.0),
        ("polygamma", 0.5, 1.0),
        ("polygamma", -1.0, 1.0),
    ],
    *[("igamma", 2.0, -1.0), ("igamma", -1.0, 0.0), ("gammainc", -1.0, 1.0), ("beta", 0.0, 1.0)],
]


@pytest.mark.parametrize(("name", "args"), [(name, args) for name, *args in (*UNDEFINED, *UNDEFINED_2)])
def test_outside_the_domain_nothing_is_known(name: str, args: list[float]) -> None:
    """A ball function outside its real domain, or at a pole, gives no finite ball; so on nan."""
    with precision(128):
        assert not function(name)(*map(arb, args)).is_finite()


@pytest.mark.parametrize("name", REFERENCES)
def test_nan_stays_nan(name: str) -> None:
    """What is unknown stays unknown: no function gives a finite ball for an indeterminate argument."""
    arity = len(REFERENCES[name].points[0])
    for i in range(arity):
        args = [arb.nan() if i == j else arb(1.5) for j in range(arity)]
        with precision(64):
            assert not function(name)(*args, **ATTRS.get(name, {})).is_finite()


WIDE = st.tuples(
    st.sampled_from(sorted(set(REFERENCES) - {"igamma_order", "zeta_slope", "sinc_slope"})),
    st.integers(0, 10**6),
    st.sampled_from([1e-12, 1e-3, 0.1, 0.5, 1.0, 3.0]),
    st.lists(st.integers(-64, 64), min_size=3, max_size=3),
)


@given(WIDE)
def test_a_wide_ball_encloses_what_its_points_give(case: tuple[str, int, float, list[int]]) -> None:
    """The enclosure law: the value at any point inside the input balls lies inside the output ball."""
    name, index, width, places = case
    points, attrs = REFERENCES[name].points, ATTRS.get(name, {})
    with precision(128):
        middles = [arb(x) for x in points[index % len(points)]]
        radii = [abs(x) * arb(width).mid() if width < 0.1 else arb(width) for x in middles]
        wide = [m + arb(0, 1) * r for m, r in zip(middles, radii, strict=True)]
        if name == "polygamma":
            wide[0] = middles[0]
        inside = [(m + r * k / 64).mid() for m, r, k in zip(middles, radii, places, strict=False)]
        # beside 1e100 a radius of 0.1 is less than a rounding: such a place may lie outside
        inside = [x if w.contains(x) else m for x, w, m in zip(inside, wide, middles, strict=True)]
        result = function(name)(*wide, **attrs)
        if not result.is_finite():
            return
        value = function(name)(*inside, **attrs)

        assert value.is_finite()
        assert result.overlaps(value)


@pytest.mark.parametrize(
    ("name", "low", "high", "below", "above"),
    [
        ("abs", -1.0, 2.0, 0.0, 2.0),
        ("floor", 0.5, 2.5, 0.0, 2.0),
        ("ceil", 0.5, 2.5, 1.0, 3.0),
        ("trunc", -1.5, 1.5, -1.0, 1.0),
        ("round", -0.75, 2.5, -1.0, 3.0),
        ("sign", -1.0, 1.0, -1.0, 1.0),
        ("heaviside", -1.0, 1.0, 0.0, 1.0),
        ("relu", -1.0, 2.0, 0.0, 2.0),
        ("elu", -1.0, 2.0, math.expm1(-1), 2.0),
        ("cbrt", -8.0, 8.0, -2.0, 2.0),
        ("digamma", 2.5, 3.5, 0.7031566406, 1.1031566407),
        ("ellipe", 0.1, 0.9, 1.1047747330, 1.5307576369),
    ],
)
def test_a_ball_across_a_border_gives_the_hull(
    name: str, low: float, high: float, below: float, above: float
) -> None:
    """A ball that straddles a kink or a jump, or is too wide for Arb, gives the hull of both sides."""
    with precision(64):
        y = function(name)(arb(low).union(arb(high)))

        assert y.is_finite()
        assert float(y.lower()) <= below + 1e-9
        assert float(y.upper()) >= above - 1e-9
        assert float(y.upper() - y.lower()) <= 2.5 * (above - below)


def test_powers_across_zero() -> None:
    """Powers of a ball around 0 or beginning there, and huge exponents of negative bases."""
    power = function("pow")
    with precision(64):
        around, right = arb(0, 1), arb(0).union(arb(4))
        assert power(around, arb(3)).overlaps(arb(-1))
        assert power(around, arb(2)).overlaps(arb(1))
        assert power(arb(-2), arb(2.0**60)) > 0
        assert power(arb(-1), arb(3)) == -1
        assert not power(around, arb(-1)).is_finite()
        assert not power(around, arb(0.5)).is_finite()
        assert not power(arb(-2), arb(3, 0.1)).is_finite()
        assert 0 == power(arb(0), arb(0.5)) == power(arb(0), arb(3.7))
        assert power(arb(0), arb(0)) == 1
        assert not (power(right, arb(0.5)) > 2.1)


@pytest.mark.parametrize(
    ("a", "b"), [(5e-324, 1e308), (1e308, 5e-324), (-7.5, 1e-320), (6.0, -3.0), (-0.1, 1e300)]
)
def test_remainders_are_exact(a: float, b: float) -> None:
    """mod and fmod of doubles are exact at 64 bits, however far apart the arguments are."""
    with precision(64):
        mod, fmod = function("mod")(arb(a), arb(b)), function("fmod")(arb(a), arb(b))
    x, y = Fraction(a), Fraction(b)

    assert float(x - y * math.floor(x / y)) == nearest("mod", a, b)
    assert math.fmod(a, b) == nearest("fmod", a, b)
    assert fmod.is_exact()
    assert mod.is_exact() or abs(a) < abs(b)


def test_exact_values() -> None:
    """Values that are rational come out exactly, so that a floor or a comparison of them is decided."""
    with precision(64):
        for name, x, y in [
            *[
                ("sind", 30.0, 0.5),
                ("sind", -390.0, -0.5),
                ("cosd", 60.0, 0.5),
                ("tand", 45.0, 1.0),
                ("tand", 135.0, -1.0),
            ],
            *[
                ("sinpi", 0.5, 1.0),
                ("cospi", 0.5, 0.0),
                ("sind", 1e300, None),
                ("cosd", 90.0, 0.0),
                ("sind", 180.0, 0.0),
            ],
            *[("exp2", 10.0, 1024.0), ("log2", 8.0, 3.0), ("log10", 1000.0, 3.0), ("exp10", 3.0, 1000.0)],
            *[("sqrt", 9.0, 3.0), ("gamma", 5.0, 24.0), ("digamma", 1.0, None), ("round", -2.5, -3.0)],
        ]:
            result = function(name)(arb(x))
            assert y is None or result == y, name


@pytest.mark.parametrize(
    ("expected", "name", "args"),
    [
        *[(math.inf, "gamma", (0.0,)), (-math.inf, "gamma", (-0.0,)), (math.nan, "gamma", (-1.0,))],
        *[
            (math.inf, "gamma", (math.inf,)),
            (math.inf, "lgamma", (-1.0,)),
            (math.inf, "lgamma", (-math.inf,)),
        ],
        *[
            (-math.inf, "digamma", (0.0,)),
            (math.inf, "digamma", (-0.0,)),
            (math.inf, "polygamma", (1.0, -2.0)),
        ],
        *[
            (0.0, "polygamma", (1.0, math.inf)),
            (math.nan, "polygamma", (2.0, -2.0)),
            (-math.inf, "polygamma", (2.0, 0.0)),
        ],
        *[
            (-math.inf, "y0", (0.0,)),
            (math.inf, "k0", (0.0,)),
            (0.0, "j0", (math.inf,)),
            (-math.inf, "yv", (2.0, 0.0)),
        ],
        *[(math.inf, "kv", (2.0, 0.0)), (math.inf, "iv", (2.0, math.inf)), (0.0, "jv", (2.0, math.inf))],
        *[
            (math.nan, "jv", (math.inf, 1.0)),
            (-math.inf, "ei", (0.0,)),
            (-math.inf, "li", (1.0,)),
            (0.0, "li", (0.0,)),
        ],
        *[
            (math.inf, "igamma", (0.0, 0.0)),
            (0.0, "igamma", (2.0, math.inf)),
            (math.nan, "igamma", (math.inf, 1.0)),
        ],
        *[(math.inf, "beta", (0.0, 1.0)), (-math.inf, "beta", (-0.0, 1.0)), (0.0, "beta", (math.inf, 1.0))],
        *[(math.inf, "erfinv", (1.0,)), (-math.inf, "erfcinv", (2.0,)), (-math.inf, "logit", (0.0,))],
        *[
            (math.inf, "cot", (0.0,)),
            (-math.inf, "cot", (-0.0,)),
            (math.nan, "sqrt", (-1.0,)),
            (math.inf, "zeta", (1.0,)),
        ],
        *[
            (math.inf, "logaddexp", (math.inf, 1.0)),
            (1.0, "logaddexp", (-math.inf, 1.0)),
            (1.0, "zeta", (math.inf,)),
        ],
        *[
            (math.inf, "hypot", (math.inf, 1.0)),
            (math.nan, "sin", (math.inf,)),
            (math.nan, "erf", (math.nan,)),
        ],
        *[
            (math.inf, "expsq", (1e10,)),
            (0.0, "expnegsq", (1e10,)),
            (math.inf, "exp", (1e300,)),
            (0.0, "exp", (-1e300,)),
        ],
        *[
            (math.inf, "gamma", (1e300,)),
            (math.inf, "i0", (1e15,)),
            (0.0, "k0", (1e300,)),
            (0.0, "erfc", (1e300,)),
        ],
    ],
)
def test_edges_are_ieee(expected: float, name: str, args: tuple[float, ...]) -> None:
    """At poles, infinities, overflow and underflow `nearest` is what C and NumPy return."""
    value = nearest(name, *args)

    assert expected == value or (math.isnan(expected) and math.isnan(value))


@pytest.mark.parametrize("name", sorted(ODD - {"lambertw"}))
def test_the_sign_of_zero_survives(name: str) -> None:
    """An odd function of -0.0 is -0.0."""
    assert -1.0 == math.copysign(1.0, nearest(name, -0.0))
    assert 1.0 == math.copysign(1.0, nearest(name, 0.0))


@pytest.mark.parametrize("name", ["erf", "ei", "airyai", "j0", "fresnels", "si", "ci", "sinc"])
@pytest.mark.parametrize("x", [1e15, 1e100, 1e200, sys.float_info.max])
def test_huge_arguments_end(name: str, x: float) -> None:
    """The largest doubles get a rounded value, within the precision that `nearest` may use."""
    assert not math.isnan(nearest(name, x))


def test_ties_are_rounded_to_even() -> None:
    """A value half way between two doubles is no endless search: (209^4)^1.75 = 209^7 has 54 bits."""
    assert float(209**7) == nearest("pow", 209.0**4, 1.75)


@given(st.integers(-(2**120), 2**120), st.integers(-1200, 950))
def test_to_double_rounds_like_a_fraction(mantissa: int, exponent: int) -> None:
    """An exact ball becomes the double nearest to it: subnormals, ties and overflow included."""
    try:
        expected = float(Fraction(mantissa) * Fraction(2) ** exponent)
    except OverflowError:
        expected = math.copysign(math.inf, mantissa)
    with precision(128):
        assert expected == to_double(arb((mantissa, exponent)))


def test_to_double_refuses_what_is_not_determined() -> None:
    """A ball around two doubles, or around nothing known, has no double; a narrow one has, also in the subnormals."""
    with precision(128):
        half = arb(2) ** -1075
        assert to_double(arb(1, 1e-3)) is None
        assert to_double(arb.nan()) is None
        assert to_double(arb(0, "inf")) is None
        assert to_double(half + arb(0, 1) * half * arb(1e-20)) is None
        assert 5e-324 == to_double(half * (1 + arb(2) ** -100))
        assert 0.0 == to_double(arb(0, 1e-320) * arb(1e-300))
        assert math.inf == to_double(arb(10) ** 400)
        assert str(to_double(-(arb(10) ** -400))) == "-0.0"


def test_constants_of_the_language_are_exact() -> None:
    """Integers beyond the working precision and doubles become balls of radius 0."""
    with precision(53):
        for value in (2**200 + 1, -7, 0.1, 5e-324, True):
            assert constant(value).is_exact()
        assert constant(2**200 + 1) - constant(2**200) == 1


def test_precision_is_given_back() -> None:
    """Precision and number of terms are as before, also after an error and inside each other."""

    def fail() -> None:
        with precision(300, 7):
            with precision(100):
                assert (100, 7) == (ctx.prec, ctx.cap)
            nearest("digamma", 0.3)
            assert (300, 7) == (ctx.prec, ctx.cap)
            raise ZeroDivisionError

    before = ctx.prec, ctx.cap
    with pytest.raises(ZeroDivisionError):
        fail()

    assert before == (ctx.prec, ctx.cap)


def test_threads_do_not_share_a_precision() -> None:
    """python-flint's precision belongs to the process: threads take turns, and all get the right value."""

    def work(bits: int) -> bool:
        with precision(bits):
            return all(arb(2).sqrt().rel_accuracy_bits() >= bits - 5 for _ in range(50))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, [64, 1000] * 20))


def test_importing_is_light(run: Run) -> None:
    """The package can be imported, and its names asked for, without loading python-flint."""
    code = "import sys, symgrad.balls as b; b.nearest; sys.exit('flint' in sys.modules)"

    assert 0 == run(sys.executable, "-c", code).returncode


def test_names_of_the_package_are_its_functions() -> None:
    """No submodule takes the place of a function once it is loaded."""
    for name in ("sin", "digamma"):
        ball(name)
        series(name)

    assert all(callable(getattr(balls, name)) for name in balls.__all__)


@pytest.mark.parametrize("n", [1e300, 1e9, 1001.0, 1000.0, float("inf"), float("nan"), -1.0, 0.5])
@pytest.mark.parametrize("x", [-1.0, -0.5, 0.0, -0.0, 0.5, 1e300, -1e300, float("inf"), float("nan")])
def test_polygamma_of_any_order_ends(n: float, x: float) -> None:
    """Huge orders, for which Arb would take all memory, are left alone: a number or nan comes back, soon."""
    f = symgrad.parse("polygamma(n, x)")
    for ask in (f.evaluate, f.certify, lambda point: f.check(point, budget=0.2, sympy=False)):
        with contextlib.suppress(SymgradError):
            ask({"n": n, "x": x})


def test_incomplete_gammas_of_large_equal_arguments_say_nothing_soon() -> None:
    """Where Arb's complex function loses all digits no precision is tried in vain; elsewhere bounds are close."""
    with precision(4096):
        assert not BALLS["igamma_order"](arb(1e15), arb(1e15), 1).is_finite()
        assert not BALLS["igamma_order"](arb(1e15), arb(1e15), 1).is_nan()
    with precision(64):
        for a, x in ((1000.0, 300.0), (1e5, 9e4), (3.0, 300.0), (1e6, 1e3)):
            slope = BALLS["igamma_order"](arb(a), arb(x), 1)
            assert slope.rel_accuracy_bits() > 50
            with precision(256):
                h = arb(2) ** -60
                secant = (arb(x).gamma_upper(a + h) - arb(x).gamma_upper(a - h)) / (2 * h)
                assert abs(slope - secant).abs_upper() < abs(secant) * arb(2) ** -45
