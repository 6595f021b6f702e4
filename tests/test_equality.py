"""Are two expressions equal? Never a wrong answer: proofs and counterexamples only, and domains are told."""

from __future__ import annotations

import random

import pytest

import symgrad
from symgrad.certified.prove import Budget
from symgrad.cli import main
from symgrad.equality import Equality, mistakes, normal
from symgrad.equality.compare import Kind, Side, compare
from symgrad.equality.points import points
from symgrad.errors import SymgradError
from symgrad.session import Session
from symgrad.session.commands import COMMANDS, Arguments
from symgrad.session.commands.equal import rounded, sides
from symgrad.session.comparison import data, exit_code, gaps, rendered
from symgrad.session.dialogue import submit
from symgrad.session.display import plain
from symgrad.session.leibniz import Rewritten
from symgrad.session.results import Compared
from symgrad.session.workspace import Workspace
from symgrad.symbolic.sympy_client import SympyClient
from tests import equalities


def asked(left: str, right: str, *, sympy: bool = False) -> Equality:
    """The answer about two texts."""
    return symgrad.parse(left).equals(symgrad.parse(right), sympy=sympy)


EQUAL = [
    ("x^2 - 1", "(x - 1)*(x + 1)"), ("sin(2*x)", "2*sin(x)*cos(x)"), ("diff(x^x, x)", "x^x*(log(x) + 1)"),
    ("sqrt(x^2)", "abs(x)"), ("1/(sqrt(x) + 1)", "(sqrt(x) - 1)/(x - 1)"), ("exp(1)", "e"), ("sqrt(8)", "2*sqrt(2)"),
    ("cosh(x)^2 - sinh(x)^2", "1"), ("gamma(x + 1)", "x*gamma(x)"), ("sin(x + pi/2)", "cos(x)"),
    ("max(x, y) + min(x, y)", "x + y"), ("if(x > 0, x, 2)", "if(x <= 0, 2, x)"), ("cbrt(x^3)", "x"),
    ("2^x*2^y", "2^(x + y)"), ("sin(x)^4", "(3 - 4*cos(2*x) + cos(4*x))/8"), ("tan(x/2)", "sin(x)/(1 + cos(x))"),
    ("sqrt(sqrt(2) - 1)*sqrt(sqrt(2) + 1)", "1"), ("0.1*x", "x/10"), ("x > 0", "0 < x"), ("[x, 2*x]", "[x, x + x]"),
    ("abs(x)", "if(x >= 0, x, -x)"), ("log(c*x^n)/n", "log(c)/n + log(x)"), ("erf(-x)", "-erf(x)"),
    ("cos(pi/3)", "1/2"), ("relu(x)", "(x + abs(x))/2"), ("lambertw(x)*exp(lambertw(x))", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_what_is_equal_is_proved_and_points_agree(left: str, right: str) -> None:
    """Identities of all kinds are proved without SymPy, and certified points agree beside the proof."""
    found = asked(left, right)

    assert ("equal", True) == (found.status, bool(found)), found
    assert found.proof
    assert found.agreed
    assert found.digits >= 15


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_what_is_equal_differs_once_it_is_changed(left: str, right: str) -> None:
    """The same identities with something added to one side are refuted."""
    a, b = symgrad.parse(left), symgrad.parse(right)
    if a.type.kind == "real" and not a.type.shape:
        assert "different" == a.equals(b + symgrad.parse("x/1000 + 1"), sympy=False).status


@pytest.mark.parametrize(
    ("left", "right", "gap", "values"),
    [
        ("sqrt(x)^2", "x", {"x": -1.0}, (None, "-1")),
        ("x/x", "1", {"x": 0.0}, (None, "1")),
        ("log(x^2)", "2*log(x)", {"x": -1.0}, ("0", None)),
        ("sqrt(x*y)", "sqrt(x)*sqrt(y)", {"x": -1.0, "y": -1.0}, ("1", None)),
        ("x^2/x", "x", {"x": 0.0}, (None, "0")),
        ("exp(log(x))", "x", {"x": 0.0}, (None, "0")),
        ("asin(sin(asin(x)))", "asin(x) + 0/(x - 1/2)", {"x": 0.5}, ("0.52359877559829887", None)),
    ],
)
def test_domains_matter(left: str, right: str, gap: dict[str, float], values: tuple[str, str]) -> None:
    """Where only one side is defined they are equal where both are, and a point and the side are named."""
    found = asked(left, right)

    assert ("equal", True, False) == (found.status, bool(found), found.everywhere)
    assert gap == found.gaps[0].point
    assert values == (found.gaps[0].left, found.gaps[0].right)


@pytest.mark.parametrize(
    ("left", "right", "point", "values", "hint"),
    [
        ("sqrt(x^2)", "x", {"x": -1.0}, ("1", "-1"), "they are equal for x >= 0"),
        ("max(x, 1)", "x", {"x": 0.0}, ("1", "0"), "they are equal for x >= 1"),
        ("diff(sin(2*x), x)", "cos(2*x)", {"x": 1.0}, None, "right = (1/2)*left"),
        ("diff(cos(x), x)", "sin(x)", {"x": 1.0}, None, "the sign: right = -left"),
        ("x^2 + 3", "x^2", {"x": 1.0}, ("4", "1"), "differ by a constant: right - left = -3"),
        ("x^2 + 3*x + sin(x)", "x^2 - 3*x + sin(x)", {"x": 1.0}, None, "the sign of the term `3*x`"),
        ("x^2 + 3*x", "x^2", {"x": 1.0}, ("4", "1"), "`3*x` of the left side is missing"),
        ("x^2", "x^2 + 3*x", {"x": 1.0}, ("1", "4"), "`3*x` of the right side is too much"),
        ("x^2 + 3*x", "x^2 + 5*x", {"x": 1.0}, ("4", "6"), "`5*x` of the right side has a wrong factor"),
        ("x^2 + 1", "1/(x^2 + 1)", {"x": 1.0}, ("2", "0.5"), "right = 1/left"),
        ("pi", "22/7", {}, ("3.1415926535897932", "3.1428571428571429"), "right - left = 0.00126449"),
        ("x > 0", "x >= 0", {"x": 0.0}, ("0", "1"), ""),
        ("x^2*y", "x*y^2", {"x": 1.0, "y": 2.0}, ("2", "4"), ""),
        ("(x^2)^y", "x^(2*y)", {"x": -1.0, "y": 0.5}, ("1", "-1"), "with x >= 0"),
    ],
)
def test_what_differs_has_a_simple_counterexample(
    left: str, right: str, point: dict[str, float], values: tuple[str, str] | None, hint: str
) -> None:
    """A small whole point, both certified values, and what probably went wrong."""
    found = asked(left, right)

    assert found.counterexample is not None
    assert ("different", point) == (found.status, found.counterexample.point)
    if values is not None:
        assert values == (found.counterexample.left, found.counterexample.right)
    assert hint in " ".join(found.hints)


@pytest.mark.parametrize(
    ("left", "right"), [("jv(2, x)", "2*jv(1, x)/x - jv(0, x)"), ("1/0", "1/0"), ("log(-1)", "2*log(-1)")]
)
def test_what_is_not_proved_is_undecided(left: str, right: str) -> None:
    """Agreement at many points is no proof, and nothing is said about what has no value."""
    found = asked(left, right)

    assert ("undecided", False) == (found.status, bool(found))
    assert found.reason


def test_sympy_is_asked_where_we_have_no_proof() -> None:
    """SymPy's word counts where ours is missing, and its name stands beside it."""
    found = asked("jv(2, x)", "2*jv(1, x)/x - jv(0, x)", sympy=True)

    assert ("equal", "SymPy") == (found.status, found.proof)


def test_sympy_does_not_call_equal_what_is_not() -> None:
    """The question to SymPy is answered by no when the difference is not zero, and a second time from memory."""
    with SympyClient() as client:
        for text, expected in (
            ("sin(x)^2 + cos(x)^2 - 1", True),
            ("sin(x) - x", False),
            ("erfinv(x)", False),
        ):
            for _ in range(2):
                assert expected is bool(client.vanishes(symgrad.parse(text).node, 20.0))


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [("[x, 1]", "x", "SG203"), ("x > 0", "x", "SG201"), ("[x, 1]", "[x, 1, 2]", "SG203")],
)
def test_what_cannot_be_compared_is_a_mistake(left: str, right: str, code: str) -> None:
    """Shapes and kinds that can never be equal are errors, not answers."""
    with pytest.raises(SymgradError) as caught:
        asked(left, right)
    assert code == caught.value.code


def test_no_budget_no_answer() -> None:
    """Without time nothing is claimed, and nothing hangs."""
    a, b = symgrad.parse("jv(2, x)"), symgrad.parse("2*jv(1, x)/x - jv(0, x)")
    found = a.equals(b, budget=1e-9, sympy=False)

    assert ("undecided", 0) == (found.status, found.agreed)


def test_undefined_is_said_only_where_it_is_certain() -> None:
    """A square root of what is zero, and looks negative in float64, is not called undefined."""
    at_zero = Side(symgrad.parse("sqrt(sin(x)^2 + cos(x)^2 - 1)").node)
    seen = [
        compare(at_zero, Side(symgrad.parse("0*x").node), {"x": v / 8}, Budget(seconds=5))
        for v in range(1, 20)
    ]

    assert not [s for s in seen if s.kind in (Kind.RIGHT, Kind.NEITHER)]


def test_points_are_simple_first_and_the_same_each_time() -> None:
    """Whole numbers and halves come before any other double; no point comes twice."""
    root = symgrad.parse("x + y*7").node
    found = [tuple(p.values()) for p in points(["x", "y"], [root])]

    assert found == [tuple(p.values()) for p in points(["x", "y"], [root])]
    assert len(found) == len(set(found))
    assert all(x * 2 == int(x * 2) for point in found[:40] for x in point)
    assert any(7.0 in point for point in found)


@pytest.mark.parametrize(("name", "share"), [("sympydiff", 0.4), ("rubi", 0.02)])
def test_the_data_are_never_refuted_and_their_corruptions_always(name: str, share: float) -> None:
    """Derivatives of Rubi's antiderivatives and of SymPy's tests: right ones stand, changed ones fall."""
    found = equalities.tally(name, share, sympy=False, budget=10)

    assert [] == found.wrong
    assert found.holds["equal"] >= 0.7 * found.holds.total() > 0
    assert found.corrupted["different"] == found.corrupted.total() > 0


LETTERS = ("x", "y", "2", "0.5", "pi")
FORMS = (
    *("({a})+({b})", "({a})*({b})", "({a})-({b})", "({a})/({b})", "({a})^({b})", "max({a},{b})", "({a})^2"),
    *("sin({a})", "sqrt({a})", "exp({a})", "log({a})", "abs({a})", "cbrt({a})", "tanh({a})"),
)


def made(chance: random.Random, depth: int) -> str:
    """A random formula."""
    if depth == 0:
        return chance.choice(LETTERS)
    return chance.choice(FORMS).format(a=made(chance, depth - 1), b=made(chance, depth - 1))


@pytest.mark.parametrize("seed", range(20))
def test_normal_forms_never_prove_what_points_refute(seed: int) -> None:
    """Random formulas squared, rooted and multiplied out: what normal forms call equal, no certified point refutes."""
    chance = random.Random(seed)
    a, b = made(chance, 2), made(chance, 2)
    pairs = [
        (f"({a})^2", f"({b})^2"),
        (f"sqrt(({a})*({b}))", f"sqrt({a})*sqrt({b})"),
        (f"log(({a})*({b}))", f"log({a}) + log({b})"),
        (f"sqrt(({a})^2)", a),
        (f"(({a})^2)^({b})", f"({a})^(2*({b}))"),
        (f"exp(({b})*log({a}))", f"({a})^({b})"),
        (f"abs({a})*abs({b})", f"abs(({a})*({b}))"),
    ]
    for left, right in pairs:
        f, g = symgrad.parse(left), symgrad.parse(right)
        gap = normal.difference(f.node, g.node, Budget(seconds=2).check)
        if gap == 0:
            first, second = Side(f.node), Side(g.node)
            for point in list(points(["x", "y"], []))[:80]:
                assert Kind.DIFFER is not compare(first, second, point, Budget(seconds=2)).kind, (
                    left,
                    right,
                    point,
                )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("d/dx x^x", "diff(x^x, x)"), ("d/dx (x^2 + 1)", "diff((x^2 + 1), x)"),
        ("2*d/dt sin(t)", "2*diff(sin(t), t)"),
        ("d^2/dx^2 x^3", "diff(x^3, x, 2)"), ("d²/dx² x^3", "diff(x^3, x, 2)"),
        ("∂/∂y (x*y) + 1", "diff((x*y), y) + 1"),
        ("d/dx x^-2", "diff(x^-2, x)"), ("d/dx 1e-3*x", "diff(1e-3*x, x)"), ("1 + d/dx x", "1 + diff(x, x)"),
        ("d/dx d/dx x^3", "diff(diff(x^3, x), x)"), ("(d/dx x^2)^2", "(diff(x^2, x))^2"),
        ("d/dx", "d/dx"), ("x/y", "x/y"),
    ],
)  # fmt: skip
def test_derivatives_are_read_as_on_paper(typed: str, read: str) -> None:
    """d/dx stands in front of a bracket or of the last term."""
    assert read == Rewritten(typed).text


@pytest.mark.parametrize(
    ("typed", "code", "place"),
    [
        ("d/dx x^2 + 1", "SG026", "d/dx"), ("d/dx (x^2 + sinn(x)) + 3", "SG102", "sinn"), ("d/dx (x", "SG011", "("),
        ("y + d/dx cosh(x)*tann(x)", "SG102", "tann"), ("d^2/dx x", "SG026", "d^2/dx"), ("3*d/dx ", "SG026", "d/dx"),
    ],
)  # fmt: skip
def test_mistakes_in_derivatives_have_their_place(typed: str, code: str, place: str) -> None:
    """An error points into the text that was typed, not into what it was turned into."""
    with pytest.raises(SymgradError) as caught:
        list(COMMANDS["equal"].run(Session(), Arguments((typed, "1"))))
    error = caught.value

    assert error.span is not None
    assert (code, typed, place) == (error.code, error.text, typed[error.span.start : error.span.end])


def told(text: str) -> Compared:
    """What a session answers."""
    (found,) = (r for r in submit(Workspace(), text) if isinstance(r, Compared))
    return found


def test_a_session_is_asked_with_is() -> None:
    """`:is A = B`, `:is A == B` and `:equal A, B` are the same question, and x need not be free of a value."""
    for text in (":is d/dx x^2 = 2*x", ":is d/dx x^2 == 2*x", ":equal d/dx x^2, 2*x"):
        assert told(text).equality
    assert ("if(x == 1, 2, 3) ", " f(x=2)") == sides("if(x == 1, 2, 3) = f(x=2)")


@pytest.mark.parametrize(
    ("text", "code", "strictly", "said"),
    [
        (":is x + x = 2*x", 0, 0, "✓ equal: proved by simplification"),
        (":is x/x = 1", 0, 1, "the left side is undefined at x = 0, where the right side is 1"),
        (":is x = 2*x", 1, 1, "  left:  1\n  right: 2\n  help: a factor: right = 2*left\n"),
        (":is x > 0 = (x >= 0)", 1, 1, "left:  false\n  right: true"),
        (":is log(x) = log(-x)", 1, 1, "there is no point where both are defined"),
        (":is 1/0 = 2/0", 3, 3, "? could not decide: no point was found"),
    ],
)
def test_answers_are_short_and_have_exit_codes(text: str, code: int, strictly: int, said: str) -> None:
    """0 equal, 1 different (with --strict also where domains differ), 3 undecided; the reasons stand below."""
    found = told(text)

    assert said in plain(rendered(found))
    assert (code, strictly) == (exit_code(found), exit_code(found, strict=True))
    assert found.equality.status == data(found)["status"]
    assert len(gaps(found.equality.gaps)) <= 2


def test_positions_of_terms_are_found_without_recursion() -> None:
    """A sum of ten thousand terms is taken apart, and given up without a crash."""
    long = symgrad.parse(" + ".join(["x"] * 10_000))

    assert 10_000 == len(mistakes.terms(long.node))
    assert long.equals(symgrad.parse("10000*x"), sympy=False)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x^(1/3)", "cbrt(x)"),
        ("(x^3)^(1/3)", "x"),
        ("(x^(1/3))^3", "x"),
        ("x^(2/3)", "cbrt(x^2)"),
        ("x^0.3*x^0.7", "x"),
    ],
)
def test_fractions_as_exponents_take_no_negative_base(left: str, right: str) -> None:
    """1/3 is no double, and a power to it is undefined below 0 all the same."""
    found = asked(left, right)

    assert ("equal", False) == (found.status, found.everywhere)
    assert all(gap.left is None and gap.point["x"] < 0 for gap in found.gaps)


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (":is d/dx log(x) = d/dx log(-x)", "different", "no point where both are defined"),
        (":is d/dx sqrt(x)^2 = 1", "equal", "the left side is undefined at x = -1, -2, -0.5, where"),
        (":is d/dx (x/x) = 0", "equal", "the left side is undefined at x = 0, where the right side is 0"),
        (":is d/dx acosh(x) = 1/sqrt(x^2 - 1)", "equal", "the left side is undefined at x = -2"),
        (":is d^2/dx^2 log(x) = -1/x^2", "equal", "the left side is undefined at x = -1"),
        (
            ":is d/dx abs(x) = sign(x)",
            "equal",
            "the left side has no derivative at x = 0, where the right side is 0",
        ),
        (":is d/dx floor(x) = 0", "equal", "the left side has no derivative at x = 1, 2, 0, where"),
        (":is d/dx max(x, 0) = d/dx relu(x)", "equal", "  neither has a derivative at x = 0\n"),
        (":is d/dx x*abs(x) = 2*abs(x)", "equal", "✓ equal: proved"),
        (":is d/dx if(x == 0, 0, x) = 1", "undecided", "40 certified points agree"),
        (":is d/dx (3*x) = 4", "different", "right - left = 1"),
        (":is 1/0 = 1", "different", "the left side is undefined, and the right side is 1"),
    ],
)
def test_a_derivative_exists_only_where_its_function_has_one(text: str, status: str, said: str) -> None:
    """Outside of the domain, at kinks and at jumps rules give numbers, which are neither right nor counterexamples."""
    found = told(text)

    assert status == found.equality.status
    assert said in plain(rendered(found))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ":is 9007199254740993 = 9007199254740992",
            "  9007199254740993 is read as the double 9007199254740992\n",
        ),
        (":is 2^53 + 1 = 9007199254740993", "help: 9007199254740993 is read as the double 9007199254740992"),
        (":is 0.10000000000000000000001 = 0.1", "0.10000000000000000000001 is read as the double 0.1\n"),
    ],
)
def test_it_is_told_what_a_number_is_read_as(text: str, said: str) -> None:
    """A number with more digits than a double is not what is written, and the answer says so."""
    assert said in plain(rendered(told(text)))


def test_most_numbers_are_what_is_written() -> None:
    """Nothing is said of short decimals, large powers of ten and names with digits."""
    assert not rounded("0.1 + 2.50*x1 - 1e22 + 3e-5 + 1e308 + .5 + 9007199254740992")


def test_values_that_would_be_ignored_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """`equal A B x=1` compares at no point, and says what does; commands that use values go on taking them."""
    assert 2 == main(["equal", "x^2", "x^3", "x=1"])
    assert "equal: there is no use for x=1 here" in capsys.readouterr().err
    assert 0 == main(["simplify", "x*x", "x=3", "--no-check"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":is (x^a)^b = x^(a*b)", "different at x = -1, a = 2, b = 0.5\n"),
        (":is if(x == 7, 1, 0) = 0", "help: they are equal except at x = 7\n"),
        (":is log(abs(x)) = log(x^2)/2 + if(x < 0, 1, 0)", "help: they are equal for x > 0\n"),
        (":is erf(-x) = -erf(x)", "f(-x) = -f(x) of an odd function"),
    ],
)
def test_sentences_say_what_is_true(text: str, said: str) -> None:
    """Mixtures of negative numbers and halves refute rules of powers; a hint names the place where they differ."""
    assert said in plain(rendered(told(text)))


@pytest.mark.parametrize(("left", "right"), [("x", "0"), ("abs(x) + abs(y)", "x + y"), ("x*y", "0")])
def test_hints_are_not_given_where_they_would_be_wrong(left: str, right: str) -> None:
    """0 times the left side is no factor, and a term is not blamed unless both sides are equal without it."""
    assert not asked(left, right).hints


def test_what_is_not_decided_has_a_way_out() -> None:
    """More time, or a point."""
    found = symgrad.parse("jv(2, x)").equals(symgrad.parse("2*jv(1, x)/x - jv(0, x)"), sympy=False)

    assert "a larger budget may help" in plain(rendered(Compared("", "", found)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x^2", "x^3", "--quiet"), "different\n"),
        (("x^2", "x^3", "--plain"), "equal\tdifferent\nat\tx=2.0\t4\t8\n"),
        (("x/x", "1", "--plain"), "equal\tequal\tsimplification\nat\tx=0.0\tundefined\t1\n"),
    ],
)
def test_answers_for_programs_are_short(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One word, or tab-separated lines."""
    main(["equal", *words])
    assert said == capsys.readouterr().out
