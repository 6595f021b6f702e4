"""Pictures of graphs: every format is made, and looked into."""

from __future__ import annotations

import json
import random
import re
import struct
import sys
import time
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

import symgrad
from symgrad.console.image import codes, protocol
from symgrad.draw import files, render
from symgrad.draw.dot import dot, visible
from symgrad.draw.fold import fold
from symgrad.draw.mermaid import mermaid
from symgrad.draw.picture import Picture
from symgrad.draw.text import text
from symgrad.engine.anatomy import anatomy
from symgrad.errors import UsageMistake
from symgrad.graph import VAR, Node, Program, Type, const, var
from symgrad.graph.scalarise import scalarise, scalarise_point
from symgrad.ops import OPS
from symgrad.session import Session
from symgrad.session.dialogue import submit
from symgrad.session.results import Drawn
from symgrad.session.workspace import Workspace
from tests.conftest import Run
from tests.strategies import language_graphs

FORMULA = symgrad.parse("(a*b + c)*f + x*x + sin(a*b)^2")
POINT = {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0, "x": 1.5}
HOSTILE = (
    "<b>", "</svg>",
    "{a|b}", "|", "\\", "\\N", "\\\\", "\\n", '"', "'; DROP", "&amp;", "&", "<script>alert(1)</script>",
    "αβγ", "λ_1", "ℵ", "end", "a\nb", "a\tb", "\x1b[31m", "a\u202eb", "]]>", "<!--", "-->", "%%", "#35;", "`x`", "$x$",
    "graph", "<TABLE>", "x;y", "[x]", "(x)", "{{x}}", "é", "数", "<p0>x", "n0:n", "{", "}", "a->b", "--",
)  # fmt: skip
ALPHABET = "<>{}|\\\"&;#'`%[]()ab αλ/=-~^$@!?,.:_*+\n0N"
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> set[str]:
    """What is written in an SVG."""
    return {"".join(e.itertext()).strip() for e in ET.fromstring(svg).iter(f"{SVG}text")}


def count(svg: str, kind: str) -> int:
    """The number of nodes or edges that an SVG shows."""
    return sum(e.get("class") == kind for e in ET.fromstring(svg).iter(f"{SVG}g"))


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height, and the different bytes of rows of a PNG whose checksums are right."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, data, size = 8, b"", (0, 0)
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        body = png[place + 8 : place + 8 + length]
        assert (
            zlib.crc32(kind + body) == struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0]
        )
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        data += body if kind == b"IDAT" else b""
        place += 12 + length
    rows = zlib.decompress(data)
    step = len(rows) // size[1]
    return *size, {rows[i : i + step] for i in range(0, len(rows), step)}


def net(sizes: tuple[int, ...]) -> tuple[symgrad.Expression, dict[str, Any]]:
    """A net in single numbers, its parameters called net.0.w[0, 0] and so on, with a point."""
    x = var("x", Type("real", sizes[:1]))
    point: dict[Node, Any] = {x: [0.1 * i for i in range(sizes[0])]}
    h = x
    for i, (m, n) in enumerate(pairwise(sizes)):
        w, b = var(f"net.{i}.w", Type("real", (m, n))), var(f"net.{i}.b", Type("real", (n,)))
        point[w] = [[((3 * j + 5 * k) % 7 - 3) / m for k in range(n)] for j in range(m)]
        point[b] = [0.1] * n
        h = OPS["add"](OPS["matmul"](h, w), b)
        h = OPS["tanh"](h) if i < len(sizes) - 2 else h
    loss = OPS["pow"](OPS["sub"](OPS["sum"](h), var("y")), const(2))
    (root,) = scalarise([loss], limit=10**7)
    found = {v.name: value for v, value in scalarise_point(point).items()}
    return symgrad.Expression(root.item()), {**found, "y": 1.0}


@pytest.fixture(scope="module")
def picture() -> Picture:
    """A picture with a shared part, a square as a product, and numbers."""
    return FORMULA.picture(POINT)


def test_the_anatomy_is_the_gradient() -> None:
    """Variables have the numbers that evaluation gives; inner nodes the derivative by that subexpression."""
    found = anatomy(Program([FORMULA.node]), POINT)
    by_node = dict(zip(found.program.nodes, found.adjoints, strict=True))
    inner = symgrad.parse("a*b")

    assert {v: by_node[var(v)] for v in POINT} == FORMULA.evaluate(POINT).grad
    assert by_node[inner.node] == pytest.approx(FORMULA.diff(inner)(POINT), rel=1e-14)
    assert 1.0 == by_node[FORMULA.node]


def test_the_anatomy_of_a_large_graph() -> None:
    """Beyond the size at which rounding errors are carried along the numbers are those of evaluation too."""
    expression, point = net((16, 40, 20, 1))
    found = anatomy(Program([expression.node]), point)
    grad = {n.name: g for n, g in zip(found.program.nodes, found.adjoints, strict=True) if n.op is VAR}

    assert len(found.values) > 2000
    assert expression.evaluate(point).grad == grad


def test_a_box_for_each_node(picture: Picture) -> None:
    """Shared nodes stand once, a product of x by itself has two arrows, a constant stands where it is used."""
    operands = picture.operands()
    titles = {box.key: box.title for box in picture.boxes}
    square = next(tails for tails in operands.values() if [titles[t] for t in tails] == ["x", "x"])

    assert len(Program([FORMULA.node]).nodes) == len(picture.boxes)
    assert square[0] == square[1]
    assert ["a", "b", "c", "f", "x"] == sorted(box.title for box in picture.boxes if box.kind == "variable")
    assert 2 == sum(tails.count(key) for key in titles if titles[key] == "*" for tails in operands.values()
                    if [titles[t] for t in operands[key]] == ["a", "b"])  # fmt: skip
    assert picture.boxes[-1].key == picture.root
    twice = symgrad.parse("x^2 + y^2").picture()
    assert 2 == sum(box.title == "2" for box in twice.boxes)


def test_svg_shows_everything(picture: Picture) -> None:
    """Every title, value and gradient is text in the SVG; each arrow is there; it says what it is."""
    svg = files.encoded(picture, "svg").decode()
    written = texts(svg)

    for box in picture.boxes:
        assert box.title.replace("*", "×").replace("-", "−") in written or box.title in written
        assert set(box.lines) <= written
    assert len(picture.boxes) == count(svg, "node")
    assert len(picture.edges) == count(svg, "edge")
    assert "graph of (a*b + c)*f" in ET.fromstring(svg).get("aria-label", "")
    assert "<a " not in svg


def test_png_shows_something(picture: Picture) -> None:
    """A PNG is large enough and not blank."""
    width, height, rows = pixels(files.encoded(picture, "png"))

    assert width > 400 < height * 2
    assert len(rows) > height / 4


def test_pdf_or_a_clear_error(picture: Picture) -> None:
    """A PDF where the renderer makes one, else a mistake that names it."""
    try:
        found = files.encoded(picture, "pdf")
    except UsageMistake as error:
        found = f"{error}".encode()
    assert found.startswith(b"%PDF") or (b"SG530" in found and b"makes no pdf" in found)


def test_other_formats(picture: Picture) -> None:
    """DOT, Mermaid, Markdown, HTML and text have every box; the page runs and fetches nothing."""
    source, chart = files.encoded(picture, "dot").decode(), files.encoded(picture, "mmd").decode()
    page = files.encoded(picture, "html").decode()

    assert source.count(" -> ") == len(picture.edges)
    assert chart.startswith("flowchart LR\n")
    assert chart.count(" --> ") == len(picture.edges)
    assert files.encoded(picture, "md").decode().startswith("```mermaid\nflowchart LR")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert files.encoded(picture, "txt").decode() == text(picture, 120)
    with pytest.raises(UsageMistake, match="SG530") as caught:
        files.encoded(picture, "pgn")
    assert "did you mean `png`?" == caught.value.hint


def test_hostile_names_are_only_text(tmp_path: Path) -> None:
    """Names with markup, escapes, controls and other scripts are drawn letter by letter in every format."""
    root = OPS["add"](const(0), const(1))
    chance = random.Random(5)
    invented = ["".join(chance.choices(ALPHABET, k=chance.randrange(1, 12))) for _ in range(150)]
    names = [name for name in dict.fromkeys([*HOSTILE, *invented]) if name.strip()]
    for name in names:
        root = OPS["add"](root, var(name))
    expression = symgrad.Expression(root)
    picture = expression.picture(dict.fromkeys(names, 1.0), limit=1000)
    svg = files.encoded(picture, "svg").decode()
    chart = mermaid(picture)

    assert {" ".join(visible(name).split()) for name in names} <= {
        " ".join(shown.split()) for shown in texts(svg)
    }
    assert len(picture.boxes) == count(svg, "node")
    assert len(picture.edges) == count(svg, "edge")
    assert "<script" not in svg + files.page(picture)
    labels = re.findall(r'^  n\w+[(\[]+"(.*)"[)\]]+:::', chart, re.MULTILINE)
    assert len(picture.boxes) == len(labels)
    for label in labels:
        assert not set('"<>{}[]()`\\') & set(label.replace("<br/>", ""))
    assert "\x1b" not in text(picture)
    assert "\u202e" not in text(picture) + svg + chart


@settings(max_examples=60, deadline=None)
@given(language_graphs())
def test_folding_makes_no_circles(root: Node) -> None:
    """However tightly a graph is folded: each slot is in one box, and operands come first."""
    program = Program([root])
    folding = fold(program, limit=4)

    assert sorted(slot for unit in folding.units for slot in unit.slots) == list(range(len(program.nodes)))
    for slot, args in enumerate(program.args):
        assert all(folding.unit_of[a] <= folding.unit_of[slot] for a in args)


def test_a_net_folds_into_its_layers() -> None:
    """A net of 56,000 single numbers is drawn as its layers, within seconds; a layer can be opened."""
    expression, point = net((64, 128, 64, 32, 1))
    start = time.perf_counter()
    picture = expression.picture(point)
    shown = text(picture)
    spent = time.perf_counter() - start
    layers = [box for box in picture.boxes if box.kind == "group" and box.title.startswith("net.")]

    assert sum(box.size for box in picture.boxes) > 55_000
    assert ["net.0", "net.1", "net.2", "net.3"] == [box.title for box in layers]
    assert "8,320 parameters" in layers[0].lines
    assert len(picture.boxes) < 12
    assert max(map(len, shown.splitlines())) <= 80
    assert spent < 10, "5 s where nothing else runs"


def test_groups_open() -> None:
    """An opened layer has a frame; a group that is not there is a mistake with a hint."""
    expression, point = net((8, 16, 8, 1))
    opened = expression.picture(point, opened=["net.1"])
    frame = next(opened.all_frames())

    assert "net.1" == frame.title
    assert {"net.1.w[…]", "net.1.b[…]"} < {box.title for box in opened.boxes if box.key in frame.members}
    assert "net.1" in texts(files.encoded(opened, "svg").decode())
    assert 'subgraph f0 ["net.1"]' in mermaid(opened)
    with pytest.raises(UsageMistake, match="SG532") as caught:
        expression.picture(point, opened=["net.7"])
    assert "net." in (caught.value.hint or "")


def test_repeated_structure_folds() -> None:
    """A sum of many terms of one shape is two boxes and the variables, drawn within two seconds."""
    terms = " + ".join(f"sin({i}*x + y)*exp(-z*{i}.5)" for i in range(100))
    expression = symgrad.parse(terms)
    start = time.perf_counter()
    picture = expression.picture(x=1.0, y=2.0, z=0.1)
    files.encoded(picture, "svg")
    spent = time.perf_counter() - start

    assert len(Program([expression.node]).nodes) > 700
    assert any(box.title.startswith("100 × sin(") for box in picture.boxes)
    assert any(box.title == "+ of 100" for box in picture.boxes)
    assert len(picture.boxes) < 12
    assert spent < 6, "2 s where nothing else runs"


def test_what_does_not_repeat_is_cut() -> None:
    """A long chain without names or repetition is cut into parts that can be opened one inside the other."""
    lines = "; ".join(
        f"t{i + 1} = sin(t{i})*x + {'exp' if i % 3 else 'cos'}(t{i})/{i + 2}" for i in range(200)
    )
    expression = symgrad.parse(f"t0 = x; {lines}; t200")
    closed = expression.picture(x=0.5)
    opened = expression.picture({"x": 0.5}, opened=["part3"])

    assert len(closed.boxes) < 40
    assert "part3" in closed.folded
    assert len(opened.boxes) > len(closed.boxes)


def test_definitions_and_calls_name_boxes() -> None:
    """In a session boxes bear the names of definitions and calls, and a large graph folds into them."""
    session = Session().run("x = 2; f(u) = sin(u)^2 + u; p = f(x) + f(3*x); L = p*x").session
    (drawn,) = submit(Workspace(session), ":draw L")
    assert isinstance(drawn, Drawn)
    titles = [box.title for box in drawn.picture.boxes]

    assert {"* L", "+ p", "+ f(x)", "+ f(3*x)"} <= set(titles)
    (opened,) = submit(Workspace(session), ":draw L, open=p")
    assert isinstance(opened, Drawn)
    assert {"f(x)", "f(3*x)"} <= {box.title for box in opened.picture.boxes}


def test_the_tree_refers_to_shared_nodes(picture: Picture) -> None:
    """Text: the result on top, a shared node told once and referred to by its number, and the same in ASCII."""
    lines = text(picture).splitlines()
    plain = text(picture, ascii_only=True)

    assert lines[0].startswith("+ = ")
    assert 1 == sum("* #1 = -6" in line for line in lines)
    assert 1 == sum("* #1 above" in line for line in lines)
    assert plain.isascii()
    assert len(plain.splitlines()) == len(lines)


def test_deep_trees_stay_within_the_screen() -> None:
    """What is too deep for the screen goes on at the margin, under its number."""
    lines = "; ".join(f"t{i + 1} = sin(t{i})*x + t{i}" for i in range(40))
    picture = symgrad.parse(f"t0 = x; {lines}; t40").picture({"x": 0.5}, opened=["all"])
    shown = text(picture, 60).splitlines()

    assert max(map(len, shown)) <= 60
    assert any(line.endswith("below") for line in shown)
    assert {box.title for box in picture.boxes} <= {w for line in shown for w in re.findall(r"[\w*+]+", line)}


def test_errors_and_flags_on_request() -> None:
    """Shares of the rounding error and flags are drawn where they are asked for, and what is wrong is marked."""
    shares = symgrad.parse("(1 - cos(x))/x^2").picture({"x": 1e-8}, errors=True)
    wrong = symgrad.parse("log(x) + y").picture({"x": 0.0, "y": 1.0}, flags=True)
    log = next(box for box in wrong.boxes if box.title == "log")

    assert "error 100 %" in next(box.lines for box in shares.boxes if box.title == "cos")
    assert "! pole" in log.lines
    assert log.warn
    assert not any("error" in line for box in wrong.boxes for line in box.lines)
    assert dot(wrong).count("#b3261e") > 1


def test_colours_follow_the_gradient(picture: Picture) -> None:
    """The largest gradient has the strongest colour; constants have none."""
    weights = {box.title: box.weight for box in picture.boxes}

    assert max(w for w in weights.values() if w is not None) == weights["a"] == 1
    assert weights["2"] is None
    assert 0 < (weights["x"] or 0) < 1


def test_the_pip_installable_renderer_is_found(monkeypatch: pytest.MonkeyPatch, picture: Picture) -> None:
    """Without any program on PATH pictures come from the Graphviz that pip installed."""
    pytest.importorskip("importlib.metadata")
    monkeypatch.delenv("SYMGRAD_DOT", raising=False)
    monkeypatch.setenv("PATH", "")

    assert "graphviz-pure" in Path(next(iter(render.renderers()), "")).name
    assert len(picture.boxes) == count(files.svg(picture), "node")


def test_without_renderer_there_is_text_and_advice(run: Run, tmp_path: Path) -> None:
    """Without any renderer: the tree of text, the .dot file, and one line of advice."""
    result = run(
        sys.executable, "-m", "symgrad", "draw", "x*x", "x=2", "-o", "g.svg",
        cwd=tmp_path, SYMGRAD_DOT="",
    )  # fmt: skip

    assert 2 == result.returncode
    assert "* = 4  grad 1" in result.stdout
    assert "digraph" in (tmp_path / "g.dot").read_text(encoding="utf-8")
    assert 'pip install "symgrad[draw]"' in result.stderr
    assert "ExecutableNotFound" not in result.stderr
    assert not (tmp_path / "g.svg").exists()


def test_the_command_writes_files(run: Run, tmp_path: Path) -> None:
    """`symgrad draw EXPR -o FILE` for several endings; as JSON without one."""
    for name in ("g.svg", "g.png", "g.html", "g.mmd", "g.txt"):
        words = ("draw", "x*y + x", "x=2", "y=3", "-o", name)
        result = run(sys.executable, "-m", "symgrad", *words, cwd=tmp_path)
        assert f"{name}   4 boxes\n" == result.stdout, result.stderr
        assert (tmp_path / name).stat().st_size > 80
    result = run(sys.executable, "-m", "symgrad", "draw", "x*y + x", "x=2", "--json", cwd=tmp_path)
    found = json.loads(result.stdout)
    assert ["x", "y", "*", "+"] == [box["title"] for box in found["boxes"]]
    result = run(sys.executable, "-m", "symgrad", "grad", "x*y", "-o", "g.svg", cwd=tmp_path)
    assert "SG510" in result.stderr


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"KITTY_WINDOW_ID": "1", "TERM": "xterm-kitty"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ({"TERM_PROGRAM": "iTerm.app", "TMUX": "/tmp/t"}, ""),
        ({"KITTY_WINDOW_ID": "1", "TERM": "screen-256color"}, ""),
        ({"TERM": "xterm-256color"}, ""),
    ],
)
def test_terminals_with_pictures(environment: dict[str, str], kind: str) -> None:
    """Terminals are known by their variables; inside tmux and screen nothing is sent."""
    assert kind == protocol(environment)


def test_kitty_takes_pieces() -> None:
    """kitty gets a PNG in pieces of 4096 characters, of which all but the last say that more follows."""
    sent = codes(bytes(range(256)) * 40, "kitty")
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)

    assert ["m=1"] * (len(pieces) - 1) + ["m=0"] == [control.split(",")[-1] for control, _ in pieces]
    assert pieces[0][0].startswith("a=T,f=100,")
    assert all(len(data) <= 4096 for _, data in pieces)


def test_notebooks_show_formula_and_graph() -> None:
    """An expression brings text, LaTeX and its graph; a verdict a table in which everything is escaped."""
    bundle = symgrad.parse("x^2*sin(y)")._repr_mimebundle_()
    verdict = symgrad.parse("x^2").check(x=3.0)._repr_mimebundle_()

    assert {"text/plain", "text/latex", "image/svg+xml"} == set(bundle)
    assert "sin" in texts(bundle["image/svg+xml"])
    assert verdict["text/plain"].startswith("verified")
    ET.fromstring(f"<div>{verdict['text/html']}</div>")


def test_the_notebook_is_a_session() -> None:
    """Cells share definitions; results bring their point into the picture; values may stand behind an expression."""
    from symgrad.notebook import Notebook

    notebook = Notebook()
    notebook.run("a = 2\nb = a^2 + 1")
    (shown,) = notebook.run("a*b")
    (drawn,) = notebook.run(":draw b")
    (valued,) = notebook.run("z*a z=4")

    assert 10.0 == shown.value
    assert "= 10" in texts(shown._repr_mimebundle_()["image/svg+xml"])
    assert "+ b = 5" in repr(drawn)
    assert "image/svg+xml" in drawn._repr_mimebundle_()
    assert 8.0 == valued.value


def test_the_magics(run: Run, tmp_path: Path) -> None:
    """`%load_ext symgrad`, `%symgrad` and `%%symgrad` in IPython, if it is installed."""
    pytest.importorskip("IPython")
    code = (
        "from IPython.testing.globalipapp import start_ipython; ip = start_ipython()\n"
        "ip.run_line_magic('load_ext', 'symgrad')\n"
        "print(ip.run_line_magic('symgrad', 'x^2 x=3').value)\n"
        "print(ip.run_cell_magic('symgrad', '', 'a = 2\\nb = a + 5\\nb*a').value)\n"
        "ip.run_line_magic('symgrad', 'sqrtt(4)')\n"
    )
    result = run(sys.executable, "-c", code, cwd=tmp_path, IPYTHONDIR=str(tmp_path))

    assert "9.0\n" in result.stdout, result.stderr
    assert "14.0\n" in result.stdout
    assert "SG102" in result.stdout
