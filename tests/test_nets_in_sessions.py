"""Rates, parameters, files and programs: what sessions do with nets beside training them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.session.journal import Journal, restored, statements
from symgrad.session.rates import rates_in
from symgrad.session.transcript import spoken
from symgrad.session.workspace import Workspace

NET = "net = dense(2, 4, tanh, seed=1) >> dense(4, 1)"
LOSS = "data = moons(30, seed=1); L = hinge(net(data.x), data.y)"


def talked(*lines: str) -> tuple[Workspace, str]:
    """The workspace after some lines, and what the last one gave."""
    workspace, said = Workspace(), ""
    for line in lines:
        workspace, said = spoken(workspace, line)
    return workspace, said


def bits(workspace: Workspace) -> dict[str, bytes]:
    """All values, exactly."""
    return {n: np.asarray(v).tobytes() for n, v in workspace.session.values.items()}


def test_a_sweep_tells_good_rates_from_bad_ones() -> None:
    """Of a parabola everything is known: where steps grow, and what is best; nothing changes."""
    workspace, said = talked("w = 1", ":sweep 3*(w - 2)^2 rates=0.1,0.2,0.5 steps=20 by w")

    assert "0.5    diverges at step" in said
    assert "best: rate 0.2, loss " in said
    assert "curvature is 6 (along w): above rate 0.33 steps grow; 0.17 is safe here" in " ".join(said.split())
    assert workspace.session.values["w"] == 1


def test_rates() -> None:
    """Rates are listed, or spread between two ends."""
    assert [0.1, 1.0] == rates_in("1,0.1")
    assert [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0] == rates_in("0.001..1000")
    with pytest.raises(SymgradError):
        rates_in("3..1")


def test_parameters_are_listed_with_the_gradient_of_a_loss() -> None:
    """Shapes, counts, sizes; of a part only its own."""
    _, all_of_them = talked(NET, LOSS, ":params L")
    _, part = talked(NET, ":params net.1")

    assert "net.0.w   real[2, 4]   8         " in all_of_them
    assert "gradient" in all_of_them
    assert "17 numbers in 4 parameters" in all_of_them
    assert "5 numbers in 2 parameters" in part


def test_a_saved_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    """Saved in one session, loaded in another: parameters, and where the optimiser stands."""
    file = tmp_path / "net.safetensors"
    line = ":train L steps=20 optimiser=adam rate=0.01 batch=7"
    whole, _ = talked(NET, LOSS, line, ":train")
    talked(NET, LOSS, line, f":save {file}")
    loaded, said = talked(f"data = moons(30, seed=1); {NET}; L = hinge(net(data.x), data.y)", f":load {file}")
    going_on, _ = spoken(loaded, ":train")
    _, bare = talked(f":load {file}")
    _, other = talked(f"data = moons(31, seed=1); {NET}; L = hinge(net(data.x), data.y)", f":load {file}")

    assert "loaded: net.0.w" in said
    assert bits(whole) == bits(going_on)
    assert "net = dense(2, 4, tanh) >> dense(4, 1)" in " ".join(bare.split())
    assert "cannot go on" in " ".join(other.split())


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    """Shapes have to be those of the session; nothing is changed."""
    file = tmp_path / "net.safetensors"
    talked(NET, f":save {file}")
    before, _ = talked("net = dense(2, 5) >> dense(5, 1)")
    after, said = spoken(before, f":load {file}")

    assert "SG711" in said
    assert bits(before) == bits(after)


def test_models_leave_as_programs(tmp_path: Path) -> None:
    """The Python program checks itself; a suffix that says nothing is refused."""
    workspace, said = talked(NET, f":export net {tmp_path / 'net.py'}")
    assert said.startswith("written")
    subprocess.run([sys.executable, tmp_path / "net.py"], check=True, timeout=60)
    assert "SG515" in spoken(workspace, f":export net {tmp_path / 'net.txt'}")[1]
    assert "SG106" in spoken(workspace, f":export data {tmp_path / 'net.c'}")[1]


def test_tables_are_data_sets(tmp_path: Path) -> None:
    """Missing values are told, and refused unless one says what becomes of them; scripts and journals read again."""
    table = tmp_path / "t.csv"
    table.write_text("a,b,kind\n1,2,p\n3,,q\n5,6,q\n")
    _, refused = talked(f":data d {table} target kind")
    workspace, said = talked(f":data d {table} target kind missing=drop")
    script = tmp_path / "s.sg"
    spoken(workspace, f":save {script}")
    loaded, _ = talked(f":load {script}")
    journal = Journal(tmp_path)
    journal.record(Workspace().session, workspace.session)
    journal.close(keep=True)
    (file,) = tmp_path.glob("*.jsonl")

    assert "SG709" in refused
    assert "1 of 3 rows were left out" in " ".join(said.split())
    assert bits(workspace) == bits(loaded)
    assert set(workspace.session.scope) == set(restored(Workspace().session, statements(file))[0].scope)


def test_settings_named_in_a_usage_reach_the_command() -> None:
    """`rate=` and `rates=` are heeded wherever they stand."""
    for line in (":curvature v^2 rate=5 by v", ":curvature v^2 by v rate=5"):
        assert "rate 5 is above 2/λmax = 1 " in talked("v = 1", line)[1]


def test_a_bundle_alone_is_no_expression() -> None:
    """Where one number is wanted, it is said what stands there instead."""
    for text, what in (("moons(10)", "a data set: 10 samples"), ("dense(2, 1)", r"a model: real\[2\]")):
        with pytest.raises(SymgradError, match=what):
            Workspace().session.evaluate(text)


def test_models_are_drawn() -> None:
    """Of any input, whatever value the name x has; a data set has no graph."""
    _, whole = talked(NET, "x = 3", ":draw net")
    _, part = talked(NET, ":draw net.0")

    assert "x  real[2]" in whole
    assert "net.1.b" in whole
    assert "net.0.w" in part
    assert "net.1" not in part
    assert "has no graph" in talked(LOSS.split(";", maxsplit=1)[0], ":draw data")[1]


@pytest.mark.parametrize("command", [":rounding L", ":why L"])
def test_large_losses_are_not_told_operation_by_operation(command: str) -> None:
    """They are refused at once; small ones are not differentiated by their data."""
    assert "error[SG422]" in talked(NET, LOSS, command)[1]
    _, small = talked("net = dense(2, 1)", "data = moons(2)", "L = mse(net(data.x), data.y)", command)
    assert "net.w[0, 0]" in small
    assert "∂/∂data" not in small


def test_parts_live_as_long_as_a_name_has_them() -> None:
    """A second name keeps them, and so does what is joined from them; else they go."""
    shared, _ = talked("net = dense(2, 1)", "b = net", "net = 3")
    joined, _ = talked("net = dense(2, 1)", "net = net >> dense(1, 1)")
    gone, _ = talked("net = dense(2, 1)", "net = 3")

    assert {"net.w", "net.b"} <= set(shared.session.values)
    assert {"net.w", "net.b", "net.1.w", "net.1.b"} == set(joined.session.values)
    assert {"net"} == set(gone.session.values)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("data.x = 3", "data, which do not change"),
        ("neuron(2)([1, 2])", "give it a name first, such as `net = ...`"),
        ("moons(10) + 1", "give it a name first, such as `data = ...`"),
        ("net(data)", "write `net(data.x)`"),
        ("sample(data, 10)", "a data set is no formula"),
        ("l2(data)", "`data` is no number"),
    ],
)
def test_hints_about_bundles(line: str, said: str) -> None:
    """They lead on, and not in a circle."""
    assert said in " ".join(talked(NET, LOSS, line)[1].split())
