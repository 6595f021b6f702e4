"""One-sided limits and slopes, by a table of points where functions break."""

from __future__ import annotations

import math
from functools import partial

import pytest

from symgrad import parse
from symgrad.certified.prove import Budget, prove_by_taylor
from symgrad.certified.sides import Side, Sides, nearest, one_sided, same, settled, text
from symgrad.graph import Node, apply, const, var, variables
from symgrad.ops import OPS
from tests.accuracy import rows

INF, PI = math.inf, math.pi
OUT = "outside the domain"
OPEN = (None, None)
"""Not decided, with a reason."""

x = var("x")
Expected = tuple[float | None, float | None] | str

# formula; limit and slope from the left; limit and slope from the right; x = 0 unless the formula says "@"
TABLE: list[tuple[str, Expected, Expected]] = [
    # kinks
    ("abs(x)", (0, -1), (0, 1)),
    ("relu(x)", (0, 0), (0, 1)),
    ("max(x, 0)", (0, 0), (0, 1)),
    ("clip(x, 0, 1)", (0, 0), (0, 1)),
    ("clip(x, 0, 1) @ 1", (1, 1), (1, 0)),
    ("leaky_relu(x)", (0, 0.01), (0, 1)),
    ("selu(x)", (0, 1.0507009873554805 * 1.6732632423543772), (0, 1.0507009873554805)),
    ("elu(x)", (0, 1), (0, 1)),
    ("softsign(x)", (0, 1), (0, 1)),
    ("max(x, 0) - max(-x, 0)", (0, 1), (0, 1)),
    ("max(x, x)", (0, 1), (0, 1)),
    ("max(x^2, x^3)", (0, 0), (0, 0)),
    ("sin(abs(x))", (0, -1), (0, 1)),
    ("sqrt(x^2)^2", (0, 0), (0, 0)),
    ("abs(x)^3", (0, 0), (0, 0)),
    ("x*abs(x)", (0, 0), (0, 0)),
    ("sqrt(1 - cos(x))", (0, -math.sqrt(0.5)), (0, math.sqrt(0.5))),
    ("hypot(x, 0)", (0, -1), (0, 1)),
    ("sqrt(x^2 + 0^2)", (0, -1), (0, 1)),
    ("softplus(x)", (math.log(2), 0.5), (math.log(2), 0.5)),
    # jumps
    ("floor(x) @ 2", (1, 0), (2, 0)),
    ("ceil(x) @ 2", (2, 0), (3, 0)),
    ("trunc(x)", (0, 0), (0, 0)),
    ("round(x) @ 2.5", (2, 0), (3, 0)),
    ("round(x) @ -2.5", (-3, 0), (-2, 0)),
    ("sign(x)", (-1, 0), (1, 0)),
    ("heaviside(x)", (0, 0), (1, 0)),
    ("copysign(2, x)", (-2, 0), (2, 0)),
    ("mod(x, 2) @ 4", (2, 1), (0, 1)),
    ("mod(4, x) @ 2", (0, -2), (2, -1)),
    ("fmod(x, 3) @ -6", (0, 1), (-3, 1)),
    ("x/abs(x)", (-1, 0), (1, 0)),
    ("atan2(x, 0)", (-PI / 2, 0), (PI / 2, 0)),
    ("atan2(x, -1)", (-PI, -1), (PI, -1)),
    ("atan2(0, x)", (PI, 0), (0, 0)),
    # conditions
    ("if(x == 0, 0, x)", (0, 1), (0, 1)),
    ("if(x == 0, 5, x)", (0, 1), (0, 1)),
    ("if(x > 0, x*log(x), 0)", (0, 0), (0, -INF)),
    ("if(x > 0, sqrt(x), 0)", (0, 0), (0, INF)),
    ("if(x != 0, 1/x, 0)", (-INF, -INF), (INF, -INF)),
    ("if(x > 0, if(x < 1, x, 1), 0)", (0, 0), (0, 1)),
    ("if(x > 0, if(x < 1, x, 1), 0) @ 1", (1, 1), (1, 0)),
    ("if(x > 0 and log(x) < 0, x, 0)", (0, 0), (0, 1)),
    ("if(log(x) < 0 and x > 0, x, 0)", (0, 0), (0, 1)),
    ("if(log(x) < 0, x, 0)", OPEN, (0, 1)),
    ("if(x - x == 0, x, 7)", (0, 1), (0, 1)),
    ("if(sin(1/x) > 0, x^2, -x^2)", (0, 0), (0, 0)),
    ("if(sin(1/x) > 0, x, -x)", (0, None), (0, None)),
    # removable points
    ("sin(x)/x", (1, 0), (1, 0)),
    ("(exp(x) - 1)/x", (1, 0.5), (1, 0.5)),
    ("(1 - cos(x))/x^2", (0.5, 0), (0.5, 0)),
    ("(x - sin(x))/x^3", (1 / 6, 0), (1 / 6, 0)),
    ("(sin(x) - x + x^3/6)/x^5", (1 / 120, 0), (1 / 120, 0)),
    ("x/x", (1, 0), (1, 0)),
    ("0/x", (0, 0), (0, 0)),
    ("(x^2 - 1)/(x - 1) @ 1", (2, 1), (2, 1)),
    ("log(1 + x)/x", (1, -0.5), (1, -0.5)),
    ("cot(x) - 1/x", (0, -1 / 3), (0, -1 / 3)),
    ("(1 + x)^(1/x)", (math.e, -math.e / 2), (math.e, -math.e / 2)),
    ("1/gamma(x)", (0, 1), (0, 1)),
    ("x*gamma(x)", (1, -0.5772156649015329), (1, -0.5772156649015329)),
    ("(1 - j0(x))/x^2", (0.25, 0), (0.25, 0)),
    ("sinpi(x)/(x - 1) @ 1", (-PI, 0), (-PI, 0)),
    ("sinc(x)", (1, 0), (1, 0)),
    ("sqrt(2)^2 - 2 + x", (0, 1), (0, 1)),
    # roots and logarithms
    ("sqrt(x)", OUT, (0, INF)),
    ("sqrt(x - 1)", OUT, OUT),
    ("sqrt(abs(x))", (0, -INF), (0, INF)),
    ("cbrt(x)", (0, INF), (0, INF)),
    ("x^1.5", OUT, (0, 0)),
    ("x^(1/3)", OUT, (0, INF)),
    ("(x^3)^(1/3)", OUT, (0, 1)),
    ("x^pi", OUT, (0, 0)),
    ("sqrt(x + sqrt(x))", OUT, (0, INF)),
    ("x*log(x)", OUT, (0, -INF)),
    ("x*log(x)^2", OUT, (0, INF)),
    ("x^x", OUT, (1, -INF)),
    ("abs(x)^x", (1, -INF), (1, -INF)),
    ("x^2*log(abs(x))", (0, 0), (0, 0)),
    ("1/log(x)", OUT, (0, -INF)),
    ("x/log(x)", OUT, (0, 0)),
    ("x^(1/log(x))", OUT, (math.e, 0)),
    ("xlogy(x, x)", OUT, (0, -INF)),
    ("0^x", OUT, (0, 0)),
    ("0^x @ 2", (0, 0), (0, 0)),
    ("x^0", (1, 0), (1, 0)),
    ("x^2.0 + x^1.0 + x^0.0", (1, 1), (1, 1)),
    ("(-2)^x @ 3", OUT, OUT),
    ("tanh(log(x))", OUT, (-1, 0)),
    # poles
    ("1/x", (-INF, -INF), (INF, -INF)),
    ("1/x^2", (INF, INF), (INF, -INF)),
    ("log(x)", OUT, (-INF, INF)),
    ("log(abs(x))", (-INF, -INF), (-INF, INF)),
    ("1/(x - x)", OUT, OUT),
    ("cot(x)", (-INF, -INF), (INF, -INF)),
    ("tand(x) @ 90", (INF, INF), (-INF, INF)),
    ("gamma(x)", (-INF, -INF), (INF, -INF)),
    ("gamma(x) @ -1", (INF, INF), (-INF, INF)),
    ("gamma(x) @ -150", (-INF, -INF), (INF, -INF)),
    ("lgamma(x) @ -1", (INF, INF), (INF, -INF)),
    ("digamma(x) @ -2", (INF, INF), (-INF, INF)),
    ("zeta(x) @ 1", (-INF, -INF), (INF, -INF)),
    ("k0(x)", OUT, (INF, -INF)),
    ("x*k1(x)", OUT, (1, 0)),
    ("yv(2, x)", OUT, (-INF, INF)),
    ("ei(x)", (-INF, -INF), (-INF, INF)),
    # ends of domains
    ("asin(x) @ 1", (PI / 2, INF), OUT),
    ("asin(x) @ -1", OUT, (-PI / 2, INF)),
    ("acos(x) @ 1", (0, -INF), OUT),
    ("acos(x) @ -1", OUT, (PI, -INF)),
    ("acosh(x) @ 1", OUT, (0, INF)),
    ("atanh(x) @ 1", (INF, INF), OUT),
    ("erfinv(x) @ 1", (INF, INF), OUT),
    ("ellipe(x) @ 1", (1, -INF), OUT),
    ("ellipk(x) @ 1", (INF, INF), OUT),
    ("gammainc(0.5, x)", OUT, (0, INF)),
    # infinity inside
    ("atan(1/x)", (-PI / 2, -1), (PI / 2, -1)),
    ("tanh(1/x)", (-1, 0), (1, 0)),
    ("erf(1/x)", (-1, 0), (1, 0)),
    ("sigmoid(1/x)", (0, 0), (1, 0)),
    ("exp(1/x)", (0, 0), (INF, -INF)),
    ("exp(-1/x)", (INF, INF), (0, 0)),
    ("exp(-1/x^2)", (0, 0), (0, 0)),
    ("x/(1 + exp(1/x))", (0, 1), (0, 0)),
    ("(exp(1/x) - 1)/(exp(1/x) + 1)", (-1, 0), OPEN),
    ("exp(1/x) + exp(2/x) - exp(1/x)", (0, 0), OPEN),
    ("1/(1/x)", (0, 1), (0, 1)),
    # no limit
    ("sin(1/x)", OPEN, OPEN),
    ("x*sin(1/x)", (0, None), (0, None)),
    ("x^2*sin(1/x)", (0, 0), (0, 0)),
    ("abs(x*sin(1/x)) - x*sin(1/x)", (0, None), (0, None)),
    ("x*floor(1/x)", (1, None), (1, None)),
    ("sin(sin(exp(exp(exp(2.5)))))", OPEN, OPEN),
    ("x^(pi - 3)", OUT, (0, None)),
    ("gammainc(exp(1), x)", OUT, OPEN),
    ("log(abs(log(x)))", OUT, OPEN),
    ("(sqrt(2)^2 - 2)/x", OPEN, OPEN),
]


def budget() -> Budget:
    """As long as it takes: tests run on slow machines."""
    return Budget(seconds=60)


def sides_of(formula: str) -> Sides:
    """Both sides of a formula of x, at 0 or at what stands behind the @."""
    body, _, at = formula.partition("@")
    return one_sided(parse(body).node, {x: float(at or 0)}, x, budget())


def shown(side: Side) -> Expected:
    """One side as the table has it."""
    return (nearest(side.limit), nearest(side.slope)) if side.defined else OUT


def close(a: float | None, b: float | None) -> bool:
    """Whether two entries of the table are the same, up to the rounding of the table."""
    return a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=4e-16))


@pytest.mark.parametrize(("formula", "left", "right"), TABLE, ids=[row[0] for row in TABLE])
def test_sides(formula: str, left: Expected, right: Expected) -> None:
    """Limits and slopes are what mathematics has; whatever is not decided or not defined has a reason."""
    sides = sides_of(formula)
    for side, expected in ((sides.left, left), (sides.right, right)):
        found = shown(side)

        assert isinstance(found, str) == isinstance(expected, str), side
        if not isinstance(found, str) and not isinstance(expected, str):
            assert all(map(close, expected, found)), side
        assert bool(side.reason) == (isinstance(expected, str) or None in expected)


@pytest.mark.parametrize(
    ("formula", "smooth", "value", "agrees"),
    [
        ("if(x == 0, 0, x)", True, 0.0, True),
        ("if(x == 0, 5, x)", True, 5.0, False),
        ("abs(x)", False, 0.0, True),
        ("sign(x)", False, 0.0, False),
        ("sin(x)/x", True, math.nan, False),
        ("1/x^2", False, INF, False),
        ("cbrt(x)", False, 0.0, True),
        ("exp(x) @ 0.1", True, math.exp(0.1), True),
        ("exp(x) @ 0.1", True, math.exp(0.1) * (1 + 1e-12), False),
    ],
)
def test_smooth_and_agreeing(formula: str, smooth: bool, value: float, agrees: bool) -> None:
    """Smooth is a finite limit and a finite slope on both sides; the value at the point is asked apart."""
    sides = sides_of(formula)

    assert smooth == sides.smooth
    assert agrees == sides.agree_with(value)


def test_the_other_variables_stay() -> None:
    """Along one axis x^y at the origin is smooth, along the other it has one side only."""
    y = var("y")
    bound = {x: 0.0, y: 0.0}
    power = apply(OPS["pow"], (x, y), {})

    assert [(1, 0), (1, 0)] == [shown(s) for s in _both(one_sided(power, bound, x, budget()))]
    assert [OUT, (0, 0)] == [shown(s) for s in _both(one_sided(power, bound, y, budget()))]


def _both(sides: Sides) -> tuple[Side, Side]:
    return sides.left, sides.right


def test_settled_asks_value_limits_and_slopes() -> None:
    """The derivative is proved only where the value at the point is the limit."""
    ask = partial(settled, bound={x: 0.0}, along=x, budget=budget())
    slope = ask(parse("if(x == 0, 0, x)").node)

    assert slope is not None
    assert 1.0 == slope.nearest
    for formula in ("if(x == 0, 5, x)", "abs(x)", "sin(x)/x", "sqrt(x)"):
        assert ask(parse(formula).node) is None


def test_text_of_numbers() -> None:
    """Proven numbers are written in decimal, infinities in letters, nothing as nothing."""
    limit = sides_of("atan(1/x)").right.limit

    assert "1.5707963" == text(limit, 8)
    assert ["inf", "-inf", ""] == [text(n) for n in (INF, -INF, None)]


def test_long_chains_stay_within_their_budget() -> None:
    """Two thousand ops in a row are decided on both sides; a spent budget says so and does not raise."""
    chain: Node = x
    for _ in range(1000):
        chain = apply(OPS["mul"], (apply(OPS["relu"], (chain,), {}), const(1.01)), {})
    sides = one_sided(chain, {x: 0.0}, x, budget())

    assert (0, 0) == shown(sides.left)
    assert math.isclose(1.01**1000, nearest(sides.right.slope) or 0, rel_tol=1e-9)
    spent = one_sided(chain, {x: 0.0}, x, Budget(seconds=0.0))
    assert "out of time" == spent.left.reason == spent.right.reason
    small = one_sided(chain, {x: 0.0}, x, Budget(nodes=10))
    assert small.left.reason.startswith("too large")


def test_what_germs_do_not_do_has_a_reason() -> None:
    """Arrays and conditions are no scalar functions; nothing is raised."""
    for root in (parse("sum([x, 2])").node, parse("x > 0").node):
        assert one_sided(root, {x: 0.0}, x, budget()).left.reason


def test_regular_points_are_smooth() -> None:
    """Where Taylor arithmetic proves a derivative, both sides prove the same one."""
    proved = 0
    for row in list(rows("herbie"))[::40]:
        root, point = parse(row["expr"]).node, row["points"][0]
        bound = {v: float(point[v.name]) for v in variables(root)}
        for v in list(bound)[:1]:
            value, slope = prove_by_taylor(root, bound, [v], budget())[0].enclosures
            if value is not None and slope is not None and value.tight and slope.tight:
                sides = one_sided(root, bound, v, budget())
                proved += 1

                assert sides.smooth, row["expr"]
                assert same(sides.left.limit, value), row["expr"]
                assert same(sides.right.slope, slope), row["expr"]

    assert proved > 5
