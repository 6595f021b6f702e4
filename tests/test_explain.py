"""Stories of derivatives: the rules come from the table, the numbers are true, the paths add up, the end is proved."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace

import pytest

import symgrad
from symgrad.explain import chain, paths, tell
from symgrad.explain.rules import law_of
from symgrad.graph import apply, var
from symgrad.ops import OPS
from symgrad.ops.op import NO_RULES
from symgrad.session.workspace import Workspace
from symgrad.symbolic.text import text
from tests import snapshot
from tests.explaining import checked, mistakes, tally
from tests.measure import attrs_of, scalar_ops
from tests.test_dialogue import QUIET, talked

OPERATIONS = [op for op in scalar_ops() if not op.hidden and None not in op.rules]  # type: ignore[operator]


def test_a_share_of_the_elementary_cases_is_explained_truly() -> None:
    """Each printed number is computed again from what is printed, and each formula ends in what `diff` prints."""
    found = tally(0.01)
    assert [] == found.wrong
    assert (
        found.found["rows"] == found.found["formulas that end in diff"] == found.found["formulas certified"]
    )


def test_the_examination_can_fail() -> None:
    """A number that is wrong in its tenth digit is found, in products and in sums."""
    assert [] == list(checked("  dL/da = dL/de · de/da = -2 · b = -2 · -3 = 6", {"b": -3.0}))
    assert list(checked("  dL/da = dL/de · de/da = -2 · b = -2 · -3.00000001 = 6", {"b": -3.0}))
    assert list(checked("  u1 = x^2 + 1 = 5", {"x": 2.0000001}))


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: str(op.name))
def test_every_operation_has_a_law(op: symgrad.ops.Op) -> None:
    """For whichever operands vary there is a rule with a name, on letters that differ."""
    letters = [var(f"x{i}") for i in range(op.arity or 0)]
    node = apply(op, tuple(letters), attrs_of(op))
    refused = [rule in NO_RULES for rule in op.rules]  # type: ignore[union-attr]
    for varies in itertools.product([True, False], repeat=len(letters)):
        if any(varies) and not any(no and on for no, on in zip(refused, varies, strict=True)):
            law = law_of(node, varies)
            assert law.name
            assert law.text.count("' = ") == 1


@pytest.mark.parametrize(
    ("formula", "law"),
    [
        ("x*y", "(u*v)' = u'*v + u*v'"), ("x/y", "(u/v)' = u'/v - u*v'/v^2"), ("sin(x)", "sin(u)' = cos(u)*u'"),
        ("x - y", "(u - v)' = u' - v'"), ("if(a > 0, x, y)", "(if(c, u, v))' = if(c, u', v')"),
    ],
)  # fmt: skip
def test_laws_read_as_in_a_book(formula: str, law: str) -> None:
    """They are made from the table, and are those that everybody knows."""
    node = symgrad.parse(formula).node
    assert law == law_of(node, tuple(a.type.kind == "real" for a in node.args)).text


def test_names_of_variables_are_no_letters() -> None:
    """Where u is a variable, the rule is told with other letters."""
    (step,) = tell(symgrad.parse("u*sin(v)").node, var("u")).steps
    assert "(u" not in step.law


STORIES = (
    (":explain x^2*sin(3x) + exp(x)",),
    ("a = 2; b = -3; c = 10; f = -2; g = a*b; d = g + c", "L = d*f", ":explain L"),
    ("a = 2; b = -3; c = 10; f = -2; g = a*b; d = g + c", "L = d*f", ":explain dL/da"),
    ("a = 2; b = -3; c = 10; f = -2; g = a*b; d = g + c", "L = d*f", ":explain dL/dg"),
    (":explain x^2*sin(x)/exp(x) x=2",),
    (":explain (1 - cos(x))/x^2, x x=1e-8",),
    (":explain d/dx x*x*x + 3x x=2",),
    ("w = [1, 2]", ":explain sum(tanh(w))*2"),
    (":explain if x > 1 then x^3 else x x=2",),
    (":explain x*y, z",),
)


def test_the_stories() -> None:
    """What a reader sees, with all that can be asked for."""
    pages = [f"∂ {lines[-1]}\n{talked(*lines)[1]}" for lines in STORIES]
    snapshot.check("stories.txt", "\n".join(pages))


def test_step_by_step() -> None:
    """`:next` and `:back` go through the story that was told last, and stop at its ends."""
    workspace, first = talked("x = 2", ":explain x^2 + x step")
    assert "step 1 of" in first
    workspace, second = talked(":next", workspace=workspace)
    assert "step 2 of" in second
    again, back = talked(":back", workspace=workspace)
    assert first == back
    assert "beginning" in talked(":back", workspace=again)[1]
    last = int(re.findall(r"of (\d+)", first)[0])
    for _ in range(last):
        workspace, output = talked(":next", workspace=workspace)
    assert "end of the story" in output
    assert "no story" in talked(":next")[1]
    whole, _ = talked("x = 2", ":explain x^2 + x")
    assert first == talked(":next", workspace=whole)[1]


def test_stories_survive_what_the_workspace_does() -> None:
    """A workspace stays a value: the story of one is not that of another."""
    workspace, _ = talked(":explain x^2")
    assert workspace.story is not None
    assert replace(workspace, story=None) != workspace
    assert Workspace().story is None
    assert QUIET.story is None


def test_many_paths() -> None:
    """2^40 paths are counted and summed without walking each; the largest come first."""
    formula = "x"
    for i in range(40):
        formula = f"(0.5*sin({formula}) + {1 + i % 3}*cos({formula}))" if i < 3 else formula
    node = symgrad.parse(formula).node
    by = var("x")
    for _ in range(37):
        node = symgrad.ops.OPS["sin"](node) * 0.7 + node * 0.4
    story = chain(node, {by: 0.3}, {})
    found = paths(story, by)
    assert found.count == 2**40
    assert len(found.largest) == 10
    sizes = [abs(path.product) for path in found.largest]
    assert sizes == sorted(sizes, reverse=True)
    assert math.fsum(p.product for p in found.largest) + found.rest == pytest.approx(found.total, rel=1e-12)


def test_all_paths_of_a_small_graph() -> None:
    """Where all paths are shown nothing remains, and their sum is the derivative."""
    f = symgrad.parse("(x*y + x)*(x - y)")
    point = {var("x"): 3.0, var("y"): 0.5}
    found = paths(chain(f.node, point, {}), var("x"))
    assert (3, 0.0) == (found.count, found.rest)
    assert f.evaluate(x=3.0, y=0.5).grad["x"] == pytest.approx(sum(p.product for p in found.largest))


def test_cancellation_is_told() -> None:
    """Paths whose products nearly cancel are a reason for lost digits, and are said to be."""
    output = talked("x = 3", "p = 1e9*x; q = x*1e9; L = p - q + x", ":explain dL/dx")[1]
    assert "cancel" in output


def test_large_ones_are_refused() -> None:
    """A story of hundreds of steps is not told; large arrays are not taken apart."""
    many = "+".join(f"sin({i}*x)" for i in range(300))
    assert "SG407" in talked(f":explain {many} x=1")[1]
    assert "SG407" in talked(f":explain {many}")[1]
    vector = f"v = [{', '.join(map(str, range(400)))}]"
    assert "too large" in talked(vector, ":explain sum(sin(v))")[1]


def test_numbers_of_kinks_and_guards() -> None:
    """What is chosen, and what is not, passes on what the sweep says."""
    for formula, x in (
        ("max(x, 2)*x", 3.0),
        ("relu(x) + abs(x)", -1.0),
        ("hypot(x, 0*x)", 0.0),
        ("x/x", 0.0),
    ):
        node = symgrad.parse(formula).node
        story = chain(node, {var("x"): x}, {})
        told = symgrad.session.results.Told(formula, chain=story)
        assert [] == list(mistakes(told, {"x": x}))


def test_the_table_names_rules_that_exist() -> None:
    """A name for each pattern of operands: one for all, or one more than there are operands."""
    for op in OPS.values():
        assert len(op.told) in (0, 1, 1 + (op.arity or 0))
    assert "product rule" in OPS["mul"].told
    assert text(tell(symgrad.parse("7").node, var("x")).result) == "0"
