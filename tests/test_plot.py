"""Plots: where curves break and are flat, what stands on the screen in any signs, SVG that is well formed, files."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import symgrad
from symgrad.errors import SymgradError
from symgrad.graph import var
from symgrad.plot import Figure, Surface, figure, files, surface
from symgrad.plot.surface import contour
from symgrad.plot.ticks import labels, ticks
from symgrad.session.display import width
from symgrad.session.plotting import data, rendered
from symgrad.session.results import Plotted
from tests import snapshot
from tests.test_dialogue import talked

X, Y = var("x"), var("y")


def plotted(formula: str, low: float, high: float, at: float | None = None) -> Figure:
    """The plot of one expression in x."""
    return figure([(formula, symgrad.parse(formula).node)], X, (low, high), {}, at=at)


@pytest.mark.parametrize(
    ("formula", "low", "high", "breaks"),
    [
        ("tan(x)", -5, 5, [(k * math.pi / 2, "pole") for k in (-3, -1, 1, 3)]), ("1/x", -2, 2, [(0, "pole")]),
        ("1/x", -2.1, 2, [(0, "pole")]), ("1/x^2", -2.1, 2, [(0, "pole")]), ("sin(x)/x", -10, 10, [(0, "hole")]),
        ("floor(x)", -1.5, 1.5, [(-1, "jump"), (0, "jump"), (1, "jump")]), ("sqrt(x)", -1, 1, [(0, "edge")]),
        ("abs(x)", -2, 2, []), ("x^3", -1, 1, []), ("exp(x)", -5, 50, []), ("1000*x", -1, 1, []),
        ("atan(1000*x)", -1, 1, []), ("tanh(1e4*x)", -1, 1, []), ("cbrt(x)", -1, 1, []),
    ],
)  # fmt: skip
def test_breaks(formula: str, low: float, high: float, breaks: list[tuple[float, str]]) -> None:
    """Poles, jumps, holes and edges are found and nothing else is; steep but continuous curves stay whole."""
    found = plotted(formula, low, high)
    assert [kind for _, kind in breaks] == [b.kind for b in found.breaks]
    assert [x for x, _ in breaks] == pytest.approx([b.x for b in found.breaks], abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "marks"),
    [
        ("x^3 - 2x", [(-math.sqrt(2 / 3), "maximum"), (math.sqrt(2 / 3), "minimum")]), ("x^3", [(0, "flat")]),
        ("x^4", [(0, "minimum")]), ("abs(x)", []), ("1/x", []), ("7", []), ("exp(x)", []), ("x", []),
    ],
)  # fmt: skip
def test_where_it_is_flat(formula: str, marks: list[tuple[float, str]]) -> None:
    """The roots of the derivative with what they are; a jump of the derivative is none."""
    found = plotted(formula, -2, 2)
    assert [kind for _, kind in marks] == [m.kind for m in found.marks]
    assert [x for x, _ in marks] == pytest.approx([m.x for m in found.marks], abs=1e-6)


def test_no_line_bridges_a_pole() -> None:
    """No two neighbours on a piece lie on different sides of a pole."""
    found = plotted("tan(x)", -5, 5)
    for xs, _ in found.curves[0].curve.pieces:
        assert not any(xs[0] < b.x - 1e-9 < b.x + 1e-9 < xs[-1] for b in found.breaks)


def test_many_extrema() -> None:
    """Of many flat places some are marked, and the others counted."""
    found = plotted("sin(30x)", -3, 3)
    assert len(found.marks) == 12
    assert found.unmarked > 30


def test_the_tangent() -> None:
    """It has the value and the slope at the point; outside of the range there is none."""
    t = plotted("x^2", -2, 2, at=1.5).tangent
    assert t is not None
    assert (1.5, 2.25, 3.0) == (t.x, t.y, t.slope)
    assert plotted("x^2", -2, 2, at=9.0).tangent is None


@pytest.mark.parametrize("signs", ["braille", "blocks", "ascii"])
@pytest.mark.parametrize("columns", [24, 40, 80, 120])
def test_the_screen_is_kept_to(columns: int, signs: str) -> None:
    """No line is wider than the screen, in any signs, of one variable or two."""
    for plot in (plotted("x^3 - 2x", -2, 2, 0.5), plotted("tan(x)", -5, 5), _bowl()):
        text = "".join(words for _, words in rendered(Plotted("f", plot), columns, 24, signs))
        pictured = [line for line in text.split("\n") if set(line) & set("│┼|└")]
        assert max(map(width, pictured)) <= columns
        if signs == "ascii":
            assert text.isascii()


def _bowl() -> Surface:
    return surface(
        symgrad.parse("x^2 + 3*y^2").node, (X, Y), ((-2, 2), (-1, 1)), {}, (1.5, 0.8), "x^2 + 3*y^2"
    )


def test_plots_on_the_screen() -> None:
    """What a reader sees."""
    lines = (
        ("f(x) = x^3 - 2x; x = 0.5", ":plot f, f' on x=-2..2"), (":plot tan(x) on x=-5..5",),
        (":plot x^2 + 3*y^2 x=-2..2 y=-1..1 at=1.5,0.8",), (":plot sin(a*x)",), (":plot x*y*z",),
        (":plot [x, 1] x=0..1",), (":plot sin(x) x=1..0",), (":plot sin(x) -o plot.xyz",),
    )  # fmt: skip
    snapshot.check("plots.txt", "\n".join(f"∂ {given[-1]}\n{talked(*given)[1]}" for given in lines))


def test_the_way_down() -> None:
    """It falls with every step, and ends where it is flat."""
    bowl = _bowl()
    heights = [x * x + 3 * y * y for x, y in bowl.path]
    assert heights == sorted(heights, reverse=True)
    assert math.hypot(*bowl.path[-1]) < 0.01
    assert "flat" in bowl.end


def test_contours_lie_at_their_height() -> None:
    """The ends of each piece of a contour have the height of its level, up to the grid."""
    n = 40
    rows = tuple(tuple((i / n) ** 2 + (j / n) for i in range(n + 1)) for j in range(n + 1))
    pieces = contour(rows, 0.7)
    assert len(pieces) > n
    for piece in pieces:
        for i, j in piece:
            assert (i / n) ** 2 + j / n == pytest.approx(0.7, abs=1e-3)
    assert contour(((math.nan, 1.0), (0.0, 1.0)), 0.5) == []


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", 'a"&\x00\x1b<b>', "α·β"])
def test_svg_is_well_formed_whatever_it_is_called(title: str) -> None:
    """It is parsed, has a title for screen readers, no script, and nothing in it comes from elsewhere."""
    root = symgrad.parse("x^2").node
    for plot in (
        figure([(title, root)], X, (-1, 1), {}, title=title),
        surface(root, (X, Y), ((-1, 1), (-1, 1)), {}, (0.5, 0.5), title),
    ):
        tree = ET.fromstring(files.encoded(plot, "svg"))
        names = [element.tag.rpartition("}")[2] for element in tree.iter()]
        assert names[:2] == ["svg", "title"]
        assert "script" not in names
        assert tree.get("role") == "img"
        assert not any("href" in key for element in tree.iter() for key in element.attrib)


def test_the_svg_has_what_is_marked() -> None:
    """Two curves in their pieces, a circle for each flat place, a line for each pole."""
    tree = ET.fromstring(files.encoded(plotted("1/(x^2 - 1)", -3, 3), "svg"))
    kinds = [element.get("class") or "" for element in tree.iter()]
    assert kinds.count("pole") == 2
    assert kinds.count("mark") == 1
    assert sum(kind.startswith("curve") for kind in kinds) == 3 + 3 + 2


def test_files(tmp_path: Path) -> None:
    """The ending of a file says what it is; what is not to be had is said with the way out."""
    plot = plotted("x^2", -1, 1)
    for name in ("a.svg", "a.txt"):
        files.write(plot, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 500
    if find_spec("matplotlib") is None:
        with pytest.raises(SymgradError) as caught:
            files.encoded(plot, "png")
        assert caught.value.code == "SG533"
        assert "svg" in (caught.value.hint or "")
    else:
        for shown in (plot, _bowl()):
            assert files.encoded(shown, "png").startswith(b"\x89PNG")
    with pytest.raises(SymgradError) as wrong:
        files.write(plot, tmp_path / "a.svgg")
    assert wrong.value.code == "SG530"


@pytest.mark.parametrize(
    ("low", "high"), [(-2, 2), (0, 1e-9), (-1e6, 3e6), (0.1, 0.12), (1e9, 1e9 + 1), (-5, 1234)]
)
def test_ticks_are_round_and_told_apart(low: float, high: float) -> None:
    """They lie in the range, evenly, and no two read the same."""
    found = ticks(low, high, 8)
    assert 2 <= len(found) <= 8
    assert all(low - 1e-9 * (high - low) <= x <= high + 1e-9 * (high - low) for x in found)
    assert len(set(labels(found))) == len(found)


def test_plots_for_programs() -> None:
    """JSON has the curves, the places and the breaks."""
    found = data(Plotted("f", plotted("1/x", -1, 1)))
    assert [{"x": 0.0, "kind": "pole"}] == found["breaks"]
    assert len(found["curves"][0]["pieces"]) == 2
    assert data(Plotted("g", _bowl()))["variables"] == ("x", "y")
