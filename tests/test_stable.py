"""Accuracy rewrites: every rule is an identity, and what is suggested for a formula is what a textbook says."""

from __future__ import annotations

import inspect
import random

import pytest

import symgrad
from symgrad.certified.prove import Budget, prove
from symgrad.graph import Node, variables
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.stable import MOVES, REMEDIES, RULES, Rule, replaced, suggest
from symgrad.symbolic.text import text

IDENTITIES = [rule for rule in RULES if rule.left is not None]
PROCEDURES = {
    "over one denominator, cancelled exactly": "1/(x + 1) - 1/x",
    "a^2 - b^2 = (a - b)*(a + b)": "x^2 - 9*y^2 + z",
    "over one denominator": "1/(x + 1) + 1/y",
    "expanded": "(x + y)*(x - y)^2",
    "quotient and remainder": "z*(x + 2*y)/(x*z - y)",
    "(a + b)/c = a/c + b/c": "(x - y)/(2*x*y)",
    "a/(a + b) = 1/(1 + b/a)": "(x + 1)/(x + y)",
    "a*b + a*c = a*(b + c)": "x*y - x*z + 1",
    "(a + b) + c = a + (b + c)": "x + y - z",
    "cos(a)^2 = 1 - sin(a)^2": "1 - 3*cos(x)^2 + 2*cos(x)^4",
    "factored by its roots": "1 - 16*x^2 + 15*x^4",
    "Horner's form": "3*x^3 - 2*x + y",
    "a*b - c*d, each product's rounding error added back": "y^2 - 4*x*z",
}


def points(rule: Rule, count: int) -> list[tuple[float, ...]]:
    """Points that fulfil the side condition of an identity."""
    assert rule.left is not None
    rng = random.Random(rule.name)
    n = len(letters(rule))
    found: list[tuple[float, ...]] = []
    for k in range(4000):
        size = (0.9, 3.0, 30.0)[k % 3]
        point = tuple(rng.uniform(-size, size) for _ in range(n))
        if rule.valid is None or rule.valid(*point):
            found.append(point)
        if len(found) == count:
            break
    return found


def letters(rule: Rule) -> list[Node]:
    """The letters of a rule in the order in which its condition takes them."""
    assert rule.left is not None
    return sorted(variables(rule.left), key=lambda v: v.name)


def agrees(left: Node, right: Node, bound: dict[Node, float]) -> bool | None:
    """Whether both forms enclose the same number here; None where the left one is not defined."""
    a = prove([left], bound, Budget(0.5, 2048)).enclosures[0]
    b = prove([right], bound, Budget(0.5, 2048)).enclosures[0]
    if a is None or not a.finite:
        return None
    return b is not None and b.finite and a.overlaps(b)


@pytest.mark.parametrize("rule", IDENTITIES, ids=lambda rule: rule.name)
def test_rules_are_identities(rule: Rule) -> None:
    """At random points of the side condition, certified arithmetic finds both sides to be the same number."""
    assert rule.left is not None
    assert rule.right is not None
    seen = 0
    for point in points(rule, 120):
        bound = dict(zip(letters(rule), point, strict=True))
        same = agrees(rule.left, rule.right, bound)
        assert same is not False, (rule.name, point)
        seen += same is True
        if seen == 6:
            break

    assert seen >= 3


def test_a_wrong_identity_would_be_found() -> None:
    """The comparison tells different functions apart."""
    x = symgrad.parse("1 - cos(x)").node
    wrong = symgrad.parse("2*sin(x)^2").node

    assert agrees(x, wrong, {variables(x)[0]: 0.5}) is False


@pytest.mark.parametrize("rule", [r for r in RULES if r.left is None], ids=lambda rule: rule.name)
def test_procedures_keep_the_value(rule: Rule) -> None:
    """A procedure gives other forms of the same function."""
    node = symgrad.parse(PROCEDURES[rule.name]).node
    forms = list(rule.change(node))
    rng = random.Random(rule.name)

    assert any(form is not node for form in forms)
    for form in forms:
        for _ in range(4):
            assert agrees(node, form, {v: rng.uniform(0.1, 5) for v in variables(node)}), text(form)


SUGGESTED = [
    ("exp(x) - 1", "expm1(x)"),
    ("y + exp(2*x) - 1", "y + expm1(2*x)"),
    ("log(1 - x)", "log1p(-x)"),
    ("1 - cos(x)", "2*sin(x/2)^2"),
    ("sin(x*y)/(y*x)*z", "z*sinc(x*y)"),
    ("sin(x/2)^2/x^2", "sinc(x/2)^2/4"),
    ("sqrt(x + 1) - sqrt(x)", "1/(sqrt(x + 1) + sqrt(x))"),
    ("-b - sqrt(b*b - a*c)", "a*c/(sqrt(b^2 - a*c) - b)"),
    ("1/(x + 1) - 2/x + 1/(x - 1)", "2/(x*(x + 1)*(x - 1))"),
    ("cos(x + h) - cos(x)", "-2*sin(h/2)*sin((2*x + h)/2)"),
    ("log((1 + x)/(1 - x))", "2*atanh(x)"),
    ("1/(1 + exp(-x))", "sigmoid(x)"),
    ("2/(1 + exp(-2*x)) - 1", "tanh(x)"),
    ("log(1 + exp(x))", "softplus(x)"),
    ("log(exp(x) + exp(y))", "logaddexp(x, y)"),
    ("log(tan(pi/4 + x))", "2*atanh(tan(x))"),
    ("pi/2 - 2*asin(sqrt((1 - x)/2))", "asin(x)"),
    ("exp(x) - exp(-x)", "2*sinh(x)"),
    ("exp(x) - 2 + exp(-x)", "4*sinh(x/2)^2"),
    ("sqrt(x^2 + y^2)", "hypot(x, y)"),
    ("(x + 1)^2 - x^2", "2*x + 1"),
]


@pytest.mark.parametrize(("given", "expected"), SUGGESTED)
def test_suggestions(given: str, expected: str) -> None:
    """The first suggestion for a formula is the form that a reader would hope for."""
    node = simplify([symgrad.parse(given).node])[0]

    assert expected == text(suggest(node)[0].node)


def test_most_nodes_have_no_suggestion() -> None:
    """What is well written is left alone: hints are not given for the sake of it."""
    for given in ("x", "x + y", "x*y", "sin(x)", "x/(x + 1)", "2*sin(x/2)^2", "exp(x)*y", "-(x + sin(y))"):
        assert [] == suggest(symgrad.parse(given).node), given


def test_names_and_conditions() -> None:
    """Rules have different names unless one pattern has several forms, and every condition is said in words."""
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names))
    assert all(rule.where for rule in RULES if rule.valid is not None)
    assert all(rule.direct for rule in REMEDIES)
    assert not any(rule.direct for rule in MOVES)


def test_a_part_is_replaced_everywhere() -> None:
    """A suggestion for a part becomes one for the whole."""
    f = symgrad.parse("(1 - cos(x))*y + (1 - cos(x))").node
    part = symgrad.parse("1 - cos(x)").node
    new = replaced(f, part, suggest(part)[0].node)

    assert text(new) == "2*sin(x/2)^2*y + 2*sin(x/2)^2"


def test_everything_is_finite_work() -> None:
    """Sums of a thousand terms and deep nests are given back untouched, and soon."""
    x = symgrad.var("x").node
    wide = x
    for k in range(1000):
        wide = wide + x**k
    deep = x
    for _ in range(5000):
        deep = 1 / (1 + deep)

    assert [] == suggest(wide)
    assert [] == suggest(deep)


def test_letters_of_conditions_come_in_order() -> None:
    """Conditions take their letters in alphabetical order, as the tests above rely on."""
    for rule in IDENTITIES:
        if rule.valid is not None:
            assert len(inspect.signature(rule.valid).parameters) in (1, len(letters(rule)))
