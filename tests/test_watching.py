"""`:watch`: what keys do to the state, what is on the screen, and all of it in a real terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from symgrad.errors import SymgradError
from symgrad.session.display import plain
from symgrad.session.session import Session
from symgrad.session.watching import Watch, frame, kept, learning, opened, pressed

TEXT = "data = split(moons(60, seed=1), 0.8); net = mlp(2, [8], 1, tanh); L = hinge(net(data.train.x), data.train.y)"
WORDS = "L optimiser=adam rate=0.05 steps=200"


def watching(text: str = TEXT, words: str = WORDS) -> Watch:
    """The first state."""
    return opened(Session().run(text).session, words)


def test_it_learns_and_keeps_what_it_learned() -> None:
    """One state for each step; at the end the session has the parameters, and a training to go on with."""
    *_, end = learning(watching())
    session = kept(end)

    assert end.last is not None
    assert end.last.accuracy == 1
    assert end.paused
    assert len(end.tests) == 201
    assert session.training is end.training
    assert session.values["net.0.w"].tobytes() == end.training.state.parameters["net.0.w"].tobytes()
    assert "net.0.w" in kept(watching()).values


def test_keys() -> None:
    """Space pauses and goes on, s makes one step, + and - change the rate, r begins again, q ends."""
    first = watching()
    steps = learning(first)
    for _ in range(5):
        watch = next(steps)
    paused = pressed(watch, " ")
    stepped = next(learning(pressed(paused, "s")))
    after = next(learning(pressed(stepped, "s")))
    slower = pressed(pressed(watch, "-"), "+")

    assert paused.paused
    assert not pressed(paused, " ").paused
    assert stepped.paused
    assert not stepped.single
    assert after.training.state.step == stepped.training.state.step + 1
    assert slower.training.recipe.schedule(0, 1) == pytest.approx(0.05)
    assert pressed(watch, "+").training.recipe.schedule(0, 1) == pytest.approx(0.075)
    assert pressed(watch, "r").training is first.training
    assert pressed(watch, "q").ended
    assert pressed(watch, "x") is watch


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 12), (20, 6), (200, 60), (8, 2)])
def test_frames_fit_their_screens(columns: int, rows: int) -> None:
    """No line is longer, and none is below the end; half blocks in colours, letters without."""
    *_, end = learning(watching(words=f"{WORDS} steps=3"))
    for simple in (False, True):
        lines = plain(frame(end, columns, rows, plain=simple)).split("\n")
        assert len(lines) <= rows
        assert columns >= 40 or rows < 12 or max(map(len, lines)) <= columns
        if rows >= 12:
            assert max(map(len, lines)) <= columns
            assert ("▀" in "".join(lines)) is not simple
    assert plain(frame(end, 80, 24, plain=True)).isascii()


def test_the_border_lies_between_the_classes() -> None:
    """After learning, samples lie on their sides; a problem without a plane shows the loss alone."""
    *_, end = learning(watching())
    text = plain(frame(end, 80, 24, plain=True))
    *_, line = learning(watching("param w: real = 1; L = (w - 3)^2", "L steps=5"))

    assert {".", ":", "o", "x"} <= set(text)
    assert "loss  " in plain(frame(line, 80, 24))
    assert "▀" not in plain(frame(line, 80, 24))


def test_three_classes_have_three_colours() -> None:
    """The largest of several scores decides."""
    text = "data = blobs(60, seed=1); net = dense(2, 3); L = cross_entropy(net(data.x), data.y)"
    *_, end = learning(watching(text, "L steps=50 rate=0.5"))

    assert {".", ":", "*", "o", "x", "v"} <= set(plain(frame(end, 80, 24, plain=True)))


def test_divergence_waits_and_changes_nothing() -> None:
    """The last good parameters stay, and the screen says what to do."""
    *_, end = learning(watching("param w: real = 1; L = (w - 3)^4", "L steps=50 rate=5"))

    assert "diverges" in plain(frame(end, 80, 24))
    assert abs(kept(end).values["w"]) < float("inf")
    with pytest.raises(SymgradError):
        watching(words="q*2")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_in_a_terminal(tmp_path: Path) -> None:
    """Keys work, the screen is put back, and the session has learned."""
    from tests.terminal import Terminal

    home = {name: str(tmp_path) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME")}
    screen = Terminal(str(Path(sys.executable).with_name("symgrad")), **home)  # type: ignore[arg-type]  # by name
    try:
        screen.wait(r"^∂")
        screen.line("data = moons(60, seed=1); net = mlp(2, [8], 1, tanh)")
        screen.line("L = hinge(net(data.x), data.y)")
        screen.type(":watch L steps=100000 rate=0.1\r")
        screen.wait(r"step \d+/100000(.|\n)*▀(.|\n)*space pauses")
        screen.type(" ")
        screen.wait("^paused")
        screen.type("+")
        screen.wait("rate 0.15")
        screen.type("q")
        screen.wait(r"/100000  loss (.|\n)*^∂$")
        screen.line("L", r"L = 0\.\d+ +33 partials")
    finally:
        screen.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_ctrl_c_pauses_a_training(tmp_path: Path) -> None:
    """The line of progress goes, what was learned stays, and `:train` goes on; Ctrl-C works again then."""
    from tests.terminal import Terminal

    home = {name: str(tmp_path) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME")}
    screen = Terminal(str(Path(sys.executable).with_name("symgrad")), **home)  # type: ignore[arg-type]  # by name
    try:
        screen.wait(r"^∂")
        screen.line("data = moons(60, seed=1); net = mlp(2, [8], 1, tanh)")
        screen.type(":train hinge(net(data.x), data.y) steps=10000000\r")
        screen.wait(r"/10000000  loss (.|\n)*Ctrl-C pauses")
        screen.type("\x03")
        screen.wait(r"paused at step \d+ of 10000000; `:train` goes on")
        assert "Ctrl-C pauses" not in screen.text
        screen.type(":train\r")
        screen.wait("Ctrl-C pauses")
        screen.type("\x03")
        screen.wait(r"(?s)paused at.*paused at")
        screen.line("x = 2; x^2", "= 4")
    finally:
        screen.close()
