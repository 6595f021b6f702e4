"""The page: its generated JavaScript gives the engine's numbers, its texts are harmless, and it works in a browser."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import itertools
import json
import math
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import symgrad
from symgrad import graph
from symgrad.engine.evaluate import run
from symgrad.engine.pullback import pullback
from symgrad.errors import SymgradError
from symgrad.graph import Program
from symgrad.ops import OPS
from symgrad.ops.types import elementwise
from symgrad.page.document import MOST_BOXES
from symgrad.page.javascript import function
from symgrad.page.layout import layout
from symgrad.page.ranges import around
from symgrad.page.sweep import sweep
from symgrad.page.table import REFUSED, TEMPLATES
from symgrad.symbolic.mathml import mathml
from tests import browser

SPECIAL = Path(symgrad.__file__).parent / "page" / "special.js"
EXPRESSIONS = {
    "x^2*sin(y)": [{"x": 2.0, "y": 3.0}, {"x": 0.0, "y": -1e-9}, {"x": -1e200, "y": 1e10}],
    "(a*b + c)*f": [{"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0}],
    "x*x + x": [{"x": 3.0}],
    "max(x, y)*min(x, 2)": [{"x": 1.0, "y": 1.0}, {"x": 2.0, "y": 1.0}, {"x": -1.0, "y": 1.0}],
    "abs(x) + relu(x) + sign(x)": [{"x": 0.0}, {"x": -0.0}, {"x": -2.0}],
    "if(x > 0, x*log(x), x^2)": [{"x": 0.0}, {"x": 1.5}, {"x": -2.0}],
    "if(x < 1 and not x == 0, sqrt(x), exp(x))": [{"x": 0.0}, {"x": 0.5}, {"x": 3.0}],
    "log(x) + 1/x": [{"x": 0.0}, {"x": -1.0}, {"x": 1e-300}],
    "sqrt(x)/x^y": [{"x": 4.0, "y": 0.5}, {"x": 0.0, "y": 0.0}],
    "clip(x, 0, 1)^3 + floor(x) + mod(x, 3)": [{"x": 1.0}, {"x": -0.5}, {"x": 7.25}],
    "exp(-x^2/2)*erf(x) + gamma(x)": [{"x": 1.25}, {"x": -2.5}],
    "softplus(w*x + b) + logaddexp(x, w) + sigmoid(b)": [{"w": 0.5, "x": -2.0, "b": 40.0}],
    "hypot(x, y) + atan2(y, x)": [{"x": 3.0, "y": 4.0}, {"x": 0.0, "y": 0.0}, {"x": -1.0, "y": 0.0}],
    "2*pi": [{}],
}
NETS = {
    "sum((softmax(m @ v) - [1, 0])^2)": {"m": [[0.5, -0.3, 0.2], [0.1, 0.4, -0.7]], "v": [1.0, -2.0, 0.5]},
    "norm(v)*det(m @ transpose(m))": {"m": [[0.5, -0.3, 0.2], [0.1, 0.4, -0.7]], "v": [1.0, -2.0, 0.5]},
}
HOSTILE = [
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"' onfocus=alert(1) x='", "`${alert(1)}`",
    "a\u202ebc\u2028d", "\ud800", "]]>-->", "\\u003c/script>", "{0.__class__}", "$policy",
]  # fmt: skip


def close(expected: Any, actual: Any, tolerance: float = 1e-12) -> bool:
    """Whether two numbers agree: infinities and nans exactly, others to a relative error."""
    if expected == actual or (expected != expected and actual != actual):
        return True
    return bool(abs(expected - actual) <= tolerance * max(abs(expected), abs(actual)))


class Engine:
    """JavaScript without a browser."""

    def __init__(self, code: str) -> None:
        quickjs = pytest.importorskip("quickjs")
        self.context = quickjs.Context()
        self.context.eval(SPECIAL.read_text())
        self.context.eval(code)
        self.context.eval(
            "const plain = (x) => Array.isArray(x) ? x.map(plain) : typeof x === 'number' ? String(x) : x;"
            "const call = (f, text) => JSON.stringify(plain(f(JSON.parse(text).map(Number))));"
        )

    def __call__(self, expression: str, values: list[float]) -> Any:
        """A function of an array of numbers."""
        spelled = json.dumps([str(v).replace("inf", "Infinity").replace("nan", "NaN") for v in values])
        self.context.set("given", spelled)
        return _numbers(json.loads(self.context.eval(f"call({expression}, given)")))


def _numbers(found: Any) -> Any:
    """Numbers from their spelling."""
    if isinstance(found, list):
        return [_numbers(x) for x in found]
    return float(found) if isinstance(found, str) else found


def taken_apart(
    expression: symgrad.Expression, point: dict[str, Any]
) -> tuple[graph.Node, dict[graph.Node, float]]:
    """An expression and its point as single numbers."""
    from symgrad.graph.scalarise import scalarise, scalarise_point

    (root,) = scalarise([expression.node])
    values = scalarise_point({v: point[v.name] for v in graph.variables(expression.node)})
    return root.item(), {v: float(x) for v, x in values.items()}


def by_engine(root: graph.Node, point: dict[graph.Node, float], nodes: Any) -> tuple[list[Any], list[float]]:
    """Data and gradient of each node, from the engine's own run and sweep on numbers."""
    program = Program([root])
    values = run(program, point)
    slots = {program.slot[n] for n in nodes if n.type.kind == "real"}
    adjoints = pullback(program, values, program.outputs[0], 1.0, slots)
    undefined = values[program.outputs[0]] != values[program.outputs[0]]
    grads = [math.nan if undefined else float(adjoints.get(program.slot[n], 0.0)) for n in nodes]
    return [values[program.slot[n]] for n in nodes], grads


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every expression with each of its points."""
    for text, points in EXPRESSIONS.items():
        for point in points:
            yield text, point
    yield from NETS.items()


def parsed(text: str, point: dict[str, Any]) -> symgrad.Expression:
    """An expression whose arrays have the shape of their values."""
    import numpy as np

    shapes = {n: "real" + (str(list(np.shape(v))) if np.shape(v) else "") for n, v in point.items()}
    return symgrad.parse(text, types={n: s for n, s in shapes.items() if s != "real"})


def test_every_op_has_javascript_or_a_reason() -> None:
    """Each op that acts on numbers has a template, a body, or a reason why a page cannot have it; none is made up."""
    for op in OPS.values():
        if op.pointwise:
            assert op.name in TEMPLATES or op.name in REFUSED or op.expand is not None, op.name
    assert set(TEMPLATES) | set(REFUSED) <= set(OPS)
    assert not set(TEMPLATES) & set(REFUSED)


GRID = [-25.5, -8.3, -2.0, -1.3, -1.0, -0.9, -0.5, -0.2, -1e-3, 0.0, 1e-9, 1e-3, 0.2, 0.37, 0.5, 0.9, 1.0,
        1.7, 2.0, 2.5, 4.2, 7.7, 13.0, 25.0, 90.0]  # fmt: skip


@pytest.mark.parametrize(
    "name", [n for n, op in OPS.items() if n in TEMPLATES and op.result is elementwise and op.arity]
)
def test_ops_in_javascript_give_the_values_of_the_table(name: str) -> None:
    """A template gives what the op gives, to 1e-12, on a grid with kinks, poles and places outside the domain."""
    op = OPS[name]
    attrs = [dict.fromkeys(op.attrs, n) for n in ((2, 3) if op.attrs else (0,))]
    points = list(itertools.product(GRID, repeat=op.arity or 0))
    if len(points) > 60:
        points = random.Random(name).sample(points, 60)
    for given in attrs:
        operands = [f"v[{i}]" for i in range(op.arity or 0)]
        engine = Engine(f"const op = (v) => {TEMPLATES[name].format(*operands, **given)};")
        for point in points:
            expected, actual = op.compute(point, given), engine("op", list(point))
            assert close(float(expected), actual), (name, given, point, expected, actual)


@pytest.mark.parametrize(("text", "point"), list(cases()))
def test_generated_code_gives_the_engines_numbers(text: str, point: dict[str, Any]) -> None:
    """Data and gradient of every node are the engine's to 1e-12, also at kinks, poles and where nothing is defined."""
    root, values = taken_apart(parsed(text, point), point)
    found = sweep(root, list(values))
    engine = Engine(function(found))
    nodes = [n for n in found.nodes if n in Program([root]).slot]
    assert len(nodes) == len(found.nodes)
    expected = by_engine(root, values, found.nodes)
    data, grad = engine("(v) => { const s = sweep(v); return [s.data, s.grad]; }", list(values.values()))
    for i, node in enumerate(found.nodes):
        assert close(expected[0][i], data[i]), (node, expected[0][i], data[i])
        assert close(expected[1][i], grad[i]), (node, expected[1][i], grad[i])


def refused(root: graph.Node) -> bool:
    """Whether a page of an expression is refused for want of a function."""
    try:
        function(sweep(root))
    except SymgradError as error:
        return error.code == "SG602"
    return False


def test_every_derivative_rule_runs_in_javascript() -> None:
    """f of each op with a template, composed with x/2 + 1/3, has the engine's gradients on every node."""
    for name, op in OPS.items():
        if name not in TEMPLATES or op.result is not elementwise or not op.arity or op.hidden:
            continue
        point = {graph.var(c): v for c, v in zip("abc", (0.61, 0.35, 0.83), strict=False)}
        operands = [v * 0.5 + 1 / 3 for v in list(point)[: op.arity]]
        if name in ("acosh", "asec", "acsc", "acoth", "lambertw", "polygamma"):
            operands = [v + 2 for v in operands]
        if name == "polygamma":
            operands[0] = graph.const(1)
        root = graph.apply(op, tuple(operands), {})
        found = sweep(root)
        if refused(root):
            continue
        engine = Engine(function(found))
        values = [point[n] for n in found.nodes if n.op is graph.VAR]
        expected = by_engine(root, point, found.nodes)
        data, grad = engine("(v) => { const s = sweep(v); return [s.data, s.grad]; }", values)
        assert all(map(close, expected[0], data)), name
        assert all(map(close, expected[1], grad)), (name, expected[1], grad)


def test_slopes_and_gradients_are_the_chain_rule() -> None:
    """What an operation sends to its operands adds up to their gradients."""
    text = "(a*b + c)*sin(a) + a*a"
    root, values = taken_apart(symgrad.parse(text), {"a": 2.0, "b": -3.0, "c": 10.0})
    found = sweep(root, list(values))
    engine = Engine(function(found))
    grad, slope = engine("(v) => { const s = sweep(v); return [s.grad, s.slope]; }", list(values.values()))
    total = [1.0 if node is root else 0.0 for node in found.nodes]
    for head, row in enumerate(found.operands):
        for operand, local in zip(row, slope[head], strict=True):
            if operand is not None and local is not None:
                total[operand] += grad[head] * local
    assert all(map(close, total, grad))


def test_bessel_functions_are_refused_with_a_reason() -> None:
    """A function that JavaScript cannot have is named, with the reason; so is a graph that is too large."""
    with pytest.raises(SymgradError) as caught:
        symgrad.parse("j0(x)").to_html(x=1)
    assert "SG602" == caught.value.code
    assert "`j0`" in caught.value.message
    large = symgrad.var("x")
    for _ in range(MOST_BOXES):
        large = large * large + 1
    with pytest.raises(SymgradError) as caught:
        large.to_html(x=0.5)
    assert "SG422" == caught.value.code
    with pytest.raises(SymgradError) as caught:
        symgrad.parse("v*2", types={"v": "real[2]"}).to_html(v=[1, 2])
    assert "SG214" == caught.value.code


class Outline(html.parser.HTMLParser):
    """What a browser would see: elements with their attributes, and the texts of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.tags.append((tag, dict(attrs)))
        self.inside = tag if tag in self.raw else ""

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        self.inside = ""

    def handle_data(self, data: str) -> None:
        """A text."""
        if self.inside:
            self.raw[self.inside].append(data)


def hostile() -> str:
    """A page whose variables have the worst of names."""
    total = symgrad.Expression.lift(0)
    for name in HOSTILE:
        total = (
            total + symgrad.Expression(graph.var(name)) ** 2
        )  # `symgrad.var` takes names of the language only
    return total.to_html(dict.fromkeys(HOSTILE, 1.0), parameters=HOSTILE[:3])


def test_the_policy_allows_exactly_our_script_and_style() -> None:
    """Nothing is fetched, no attribute runs or styles, and the digests are those of our script and our style."""
    for page in (symgrad.parse("x^2*sin(y)").to_html(x=2, y=3), hostile()):
        outline = Outline(page)
        tags = [tag for tag, _ in outline.tags]
        policy = next(a["content"] for t, a in outline.tags if t == "meta" and "http-equiv" in a) or ""
        assert "default-src 'none'" in policy
        assert (1, 1) == (tags.count("script"), tags.count("style"))
        for kind in ("script", "style"):
            (content,) = ["".join(outline.raw[kind])]
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy
        for tag, attributes in outline.tags:
            assert not [
                a for a in attributes if a.startswith("on") or a in ("style", "src", "href", "srcdoc")
            ], tag
        assert "http" not in re.sub(r"http-equiv|http://www\.w3\.org/2000/svg", "", page)
        assert not {"img", "iframe", "object", "link"} & set(tags)
        page.encode()
        assert "\u202e" not in page


def test_the_same_expression_gives_the_same_page() -> None:
    """A page has no clock and no randomness in it."""
    assert symgrad.parse("x*y").to_html(x=1, y=2) == symgrad.parse("x*y").to_html(x=1, y=2)


def test_boxes_do_not_overlap_and_arrows_go_right() -> None:
    """In a random graph no two boxes touch, operands stand to the left, and x*x has two arrows."""
    rng = random.Random(4)
    sizes = [(rng.uniform(60, 200), 60.0) for _ in range(80)]
    edges = [(rng.randrange(head), head) for head in range(1, 80) for _ in range(2)] + [(0, 79), (0, 79)]
    found = layout(sizes, edges)
    boxes = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(found.places, sizes, strict=True)]
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for (tail, head), route in zip(edges, found.routes, strict=True):
        assert boxes[tail][2] < boxes[head][0]
        assert route[0][0] == pytest.approx(boxes[tail][2])
        assert route[-1][0] == pytest.approx(boxes[head][0])
    assert len(set(found.routes[-2:])) == 2


def test_sliders_stay_inside_the_domain() -> None:
    """A range surrounds its value, on round numbers, and ends where the function does."""
    for value in (0.0, 2.0, -3.7, 1e-5, 1e300, 123456.0):
        low, high, step = around(value, lambda _: True)
        assert low < value < high
        assert 20 < (high - low) / step < 1000
    assert around(0.5, lambda x: x > 0).low >= 0
    assert around(0.5, lambda x: x > 0).low < 0.02


@pytest.mark.parametrize(
    "name", [*(n for n, op in OPS.items() if op.result is elementwise and op.arity), *HOSTILE[:5]]
)
def test_mathml_is_well_formed(name: str) -> None:
    """Each op, and a hostile name in an index, becomes an element that an XML parser takes."""
    if name in OPS:
        node = graph.apply(
            OPS[name], tuple(map(graph.var, "abc"[: OPS[name].arity])), dict.fromkeys(OPS[name].attrs, 2)
        )
    else:
        node = graph.var(f"x_{name}") / graph.var(name)
    assert "math" == ET.fromstring(mathml(node)).tag


def test_mathml_says_what_latex_says() -> None:
    """Fractions, roots, powers, indices, cases and matrices."""
    cases = {
        "x/2": "<mfrac><mi>x</mi><mn>2</mn></mfrac>",
        "sqrt(x)": "<msqrt><mi>x</mi></msqrt>",
        "cbrt(x)": "<mroot><mi>x</mi><mn>3</mn></mroot>",
        "x_1^2": "<msup><msub><mi>x</mi><mn>1</mn></msub><mn>2</mn></msup>",
        "if(x > 0, 1, 2)": "<mtd><mn>1</mn></mtd>",
        "alpha": "<mi>α</mi>",
    }
    for text, part in cases.items():
        assert part in mathml(symgrad.parse(text).node), text


needs_browser = pytest.mark.skipif(
    browser.found() is None, reason="no Chromium here: apt-get install chromium"
)


@pytest.fixture(scope="module")
def tab() -> Iterator[browser.Browser]:
    """A browser for the tests of this file."""
    with browser.Browser() as found:
        yield found


def opened(tab: browser.Browser, page: str, folder: Path) -> None:
    """Show a page."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    tab.open(file)


TABLE = "[...document.querySelectorAll('[data-row]')].map(r => [...r.querySelectorAll('td')].map(d => d.textContent))"


def compare(tab: browser.Browser, text: str, point: dict[str, Any]) -> None:
    """Hold the table of all numbers against the engine."""
    root, values = taken_apart(parsed(text, point), point)
    nodes = sweep(root, list(values)).nodes
    expected = by_engine(root, values, nodes)
    shown = tab.run(TABLE)
    assert len(nodes) == len(shown)
    for node, data, grad, row in zip(nodes, *expected, shown, strict=True):
        if node.type.kind == "bool":
            assert str(data).lower() == row[0]
            continue
        assert close(data, float(row[0])), (text, point, node, data, row)
        assert close(grad, float(row[1])), (text, point, node, grad, row)


@needs_browser
def test_ops_in_a_browser_give_the_values_of_the_table(tab: browser.Browser) -> None:
    """Chromium's own elementary functions are as good as those of the other engine, on the same grid."""
    tab.call("Page.navigate", url="about:blank")
    tab.run(SPECIAL.read_text().replace("const sg", "globalThis.sg"))
    for name, op in OPS.items():
        if name not in TEMPLATES or op.result is not elementwise or not op.arity:
            continue
        given = dict.fromkeys(op.attrs, 2)
        points = list(itertools.product(GRID, repeat=op.arity))
        points = random.Random(name).sample(points, min(len(points), 60))
        call = TEMPLATES[name].format(*(f"v[{i}]" for i in range(op.arity)), **given)
        found = tab.run(f"{json.dumps(points)}.map((v) => String({call}))")
        for point, actual in zip(points, found, strict=True):
            expected = float(op.compute(point, given))
            assert close(expected, float(actual)), (name, point, expected, actual)


@needs_browser
def test_moving_a_slider_gives_the_engines_numbers(tab: browser.Browser, tmp_path: Path) -> None:
    """On every node, to 1e-12, for typed numbers and moved sliders; nothing is complained about, nothing fetched."""
    for text in ("x^2*sin(y)", "exp(-x^2/2)*erf(x)*gamma(y) + max(x, y)", "if(x > 0, x*log(x), x^2)*y"):
        opened(tab, symgrad.parse(text).to_html(x=2, y=3), tmp_path)
        compare(tab, text, {"x": 2.0, "y": 3.0})
        for x in (0.1, -1.5, 3.0, 0.0):
            tab.run(
                f"(s => {{ s.value = {x}; s.dispatchEvent(new Event('input')); }})(document.getElementById('s0'))"
            )
            moved = float(tab.run("document.getElementById('n0').value"))
            compare(tab, text, {"x": moved, "y": 3.0})
        tab.run(
            "(n => { n.value = '-0.7310585786300049'; n.dispatchEvent(new Event('input')); })"
            "(document.getElementById('n1'))"
        )
        compare(tab, text, {"x": moved, "y": -0.7310585786300049})
        assert [] == tab.complaints
        assert 1 == len(tab.requests)


@needs_browser
def test_a_slider_moves_by_keyboard(tab: browser.Browser, tmp_path: Path) -> None:
    """An arrow key on a focused slider changes the numbers."""
    opened(tab, symgrad.parse("x^3").to_html(x=2), tmp_path)
    tab.run("document.getElementById('s0').focus()")
    tab.press("ArrowRight")
    moved = float(tab.run("document.getElementById('n0').value"))
    assert moved > 2
    compare(tab, "x^3", {"x": moved})


@needs_browser
def test_steps_by_keyboard_tell_the_chain_rule(tab: browser.Browser, tmp_path: Path) -> None:
    """Home, space and arrows go through the steps; each says what is computed; at the end stand all gradients."""
    opened(tab, symgrad.parse("a*b + a").to_html(a=2, b=-3), tmp_path)
    told = "document.getElementById('told').textContent"
    tab.run("document.activeElement.blur()")
    tab.press("Home")
    assert "variables are given" in tab.run(told)
    tab.press(" ")
    assert tab.run(told).startswith("forward: u1 = a*b = -6")
    tab.press("ArrowRight")
    tab.press("ArrowRight")
    assert "∂f/∂f = 1" in tab.run(told)
    tab.press("ArrowRight")
    assert "∂f/∂u1 += ∂f/∂f · ∂f/∂u1 = 1 · (1) = 1 · 1 = 1" in tab.run(told)
    tab.press("ArrowRight")
    assert "∂f/∂a += ∂f/∂u1 · ∂u1/∂a = 1 · (b) = 1 · -3 = -3" in tab.run(told)
    assert "-2" == tab.run("document.querySelector('[data-box=\"0\"] .grad').textContent")
    tab.press("ArrowLeft")
    assert "1" == tab.run("document.querySelector('[data-box=\"0\"] .grad').textContent")
    tab.press("End")
    assert "All steps are done" in tab.run(told)
    assert "-2" == tab.run("document.querySelector('[data-box=\"0\"] .grad').textContent")
    assert [] == tab.complaints


@needs_browser
def test_hostile_names_are_shown_and_run_nothing(tab: browser.Browser, tmp_path: Path) -> None:
    """No dialog, no error, no request; and the names stand there, letter by letter."""
    opened(tab, hostile(), tmp_path)
    tab.press("Home")
    tab.press("End")
    tab.run("document.querySelectorAll('button').forEach(b => b.click())")
    tab.run("new Promise(done => setTimeout(done, 50))")
    assert [] == tab.complaints
    assert 1 == len(tab.requests)
    labels = tab.run("[...document.querySelectorAll('label')].map(l => l.textContent)")
    assert set(HOSTILE[:4]) <= set(labels)
    assert "a<U+202E>bc<U+2028>d" in labels


@needs_browser
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -0.0])
def test_odd_values_are_shown_as_such(tab: browser.Browser, tmp_path: Path, value: float) -> None:
    """A page can start at nan and infinity, and at a pole."""
    for text in ("1/x", "x*2", "log(x)"):
        opened(tab, symgrad.parse(text).to_html(x=value), tmp_path)
        compare(tab, text, {"x": value})
        assert [] == tab.complaints


@needs_browser
def test_the_policy_stops_what_is_put_in_later(tab: browser.Browser, tmp_path: Path) -> None:
    """A script that gets into the page anyway does not run."""
    opened(tab, symgrad.parse("x").to_html(x=1), tmp_path)
    tab.run(
        "(s => { s.append('window.hacked = 1'); document.body.append(s); })(document.createElement('script'))"
    )
    assert tab.run("window.hacked") is None
    assert tab.complaints


@needs_browser
def test_a_training_step_is_a_step_of_gradient_descent(tab: browser.Browser, tmp_path: Path) -> None:
    """Parameters move by the rate times their gradient, the others stay; ten more steps lower the loss."""
    text, point = (
        "sum((tanh(w @ x + b) - 0.3)^2)",
        {"w": [[0.5, -0.3], [0.1, 0.4]], "x": [1.0, 2.0], "b": [0.1, 0.0]},
    )
    loss = parsed(text, point)
    opened(tab, loss.to_html(point, parameters=["w", "b"]), tmp_path)
    tab.run("document.getElementById('train').click()")
    result = loss.evaluate(point)
    moved = {n: v if n == "x" else v - 0.1 * result.grad[n] for n, v in point.items()}
    compare(tab, text, moved)
    for _ in range(5):
        tab.run("document.getElementById('train10').click()")
    assert float(tab.run("document.getElementById('value').textContent")) < result.value / 2
    assert "51 steps" == tab.run("document.getElementById('trained').textContent")


@needs_browser
def test_the_plot_is_cut_at_poles(tab: browser.Browser, tmp_path: Path) -> None:
    """1/x and floor are drawn in pieces, x^3 in one."""
    for text, pieces in (("1/x", 2), ("x^3", 1), ("floor(x)", 5)):
        opened(tab, symgrad.parse(text).to_html(x=1), tmp_path)
        curve = "document.querySelector('.curve[d]').getAttribute('d')"
        script = f"new Promise(done => setTimeout(() => done({curve}), 60))"
        tab.run("document.getElementById('from').value = -1.01; document.getElementById('to').value = 2.9; "
                "document.getElementById('to').dispatchEvent(new Event('input'))")  # fmt: skip
        drawn = tab.run(script)
        assert pieces == drawn.count("M"), (text, drawn[:200])


@needs_browser
def test_nothing_overflows_on_any_screen(tab: browser.Browser, tmp_path: Path) -> None:
    """The page is as wide as the window on a phone, a desktop and paper, in light and dark."""
    page = symgrad.parse("(a*b + c)*f*tanh(a)^2 + exp(b)/(1 + c^2)").to_html(a=2, b=-3, c=10, f=-2)
    for width, features in ((360, {}), (1400, {"prefers_color_scheme": "dark"}), (800, {"media": "print"})):
        tab.screen(width, 900, **features)
        opened(tab, page, tmp_path)
        assert tab.run("document.documentElement.scrollWidth") <= width, (width, features)
    tab.screen(1280, 900)
