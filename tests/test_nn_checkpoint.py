"""Checkpoints: bit for bit, atomic, told when damaged, and readable by others."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symgrad.errors import SymgradError
from symgrad.graph import real, var
from symgrad.nn import checkpoint, losses, safetensors
from symgrad.nn.data import moons
from symgrad.nn.layers import dense, mlp
from symgrad.nn.optimise import OPTIMISERS, optimiser
from symgrad.nn.schedules import schedule
from symgrad.nn.task import Recipe, Task, task_of
from symgrad.nn.training import train, trained
from tests import killing

NET = mlp(2, [6], 1).named("net")
DATA = moons(40)


def task(n: int = 40) -> Task:
    """Learning moons."""
    x, y = var("x", real(n, 2)), var("y", real(n))
    return task_of(losses.hinge(NET(x), y), x=DATA.x[:n], y=DATA.labels[:n])


@pytest.mark.parametrize("name", OPTIMISERS)
def test_training_goes_on_from_a_file(name: str, tmp_path: Path) -> None:
    """What was saved in the middle ends in the same bits, for every optimiser."""
    file = tmp_path / "net.safetensors"
    recipe = Recipe(steps=11, optimiser=optimiser(name), batch=16, rate=schedule("cosine", 0.05))
    whole = list(train(task(), recipe, NET.initial(1)))
    middle = whole[6].state
    checkpoint.save(file, middle.parameters, NET, middle, recipe, task())
    found = checkpoint.load(file)

    assert found.recipe == recipe
    assert trained(task(), recipe, checkpoint.resume(file, task())).state.vector.tobytes() == (
        whole[-1].state.vector.tobytes()
    )


def test_a_model_comes_back(tmp_path: Path) -> None:
    """Graph, names, parts and initial values are those that were saved."""
    file = tmp_path / "net.safetensors"
    params = NET.initial(1)
    checkpoint.save(file, params, NET)
    found = checkpoint.load(file)
    model = found.model

    assert model is not None
    assert repr(NET) == repr(model)
    assert (NET.output, NET.parts, NET.parameters) == (model.output, model.parts, model.parameters)
    assert all(np.array_equal(params[k], found.parameters[k]) for k in params)
    assert "tanh(x@net.0.w + net.0.b)@net.1.w + net.1.b" == safetensors.read(file)[1]["graph"]
    assert np.array_equal(model.initial(4)["net.0.w"], NET.initial(4)["net.0.w"])


def test_the_library_reads_ours_and_we_the_librarys(tmp_path: Path) -> None:
    """Files go both ways between this and the safetensors library."""
    library = pytest.importorskip("safetensors.numpy")
    tensors = {"a": np.arange(6.0).reshape(2, 3), "b": np.array(2.5), "c": np.zeros((0, 3))}
    safetensors.write(tmp_path / "ours", tensors, {"who": "é"})
    library.save_file(
        {**tensors, "i": np.arange(3), "h": np.ones(2, np.float16)}, tmp_path / "theirs", {"k": "v"}
    )
    ours, theirs = library.load_file(tmp_path / "ours"), safetensors.read(tmp_path / "theirs")

    assert all(np.array_equal(tensors[k], ours[k]) for k in tensors)
    assert all(np.array_equal(tensors[k], theirs[0][k]) for k in tensors)
    assert ([0, 1, 2], np.float16, {"k": "v"}) == (theirs[0]["i"].tolist(), theirs[0]["h"].dtype, theirs[1])


def _torn(content: bytes) -> bytes:
    return content[:-5]


def _header(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        (n,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + n])
        change(header)
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + content[8 + n :]

    return changed


@pytest.mark.parametrize(
    ("code", "damage"),
    [
        ("SG710", _torn),
        ("SG710", lambda c: c[:4]),
        ("SG710", lambda c: c[:40]),
        ("SG710", lambda c: c[:-1] + bytes([c[-1] ^ 1])),
        ("SG710", lambda c: struct.pack("<Q", 2**60) + c[8:]),
        ("SG710", lambda c: c[:8] + b"[" + c[9:]),
        ("SG710", _header(lambda h: h["net.0.w"].update(data_offsets=[0, 10**9]))),
        ("SG710", _header(lambda h: h["net.0.w"].update(dtype="BF16"))),
        ("SG710", _header(lambda h: h["net.0.w"].pop("shape"))),
        ("SG710", _header(lambda h: h["__metadata__"].update(model='{"rows": [["nothing", []]]}'))),
        ("SG711", _header(lambda h: h["__metadata__"].update(version="99"))),
    ],
)
def test_damaged_files_are_told(code: str, damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """A file that was cut off, changed, or is of a later version is refused with the reason."""
    file = tmp_path / "net.safetensors"
    checkpoint.save(file, NET.initial(1), NET)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(SymgradError) as caught:
        checkpoint.load(file)

    assert code == caught.value.code


@pytest.mark.parametrize("code", ["SG518", "SG522"])
def test_files_that_cannot_be(code: str, tmp_path: Path) -> None:
    """No file to read, no folder to write to."""
    absent = tmp_path / "absent" / "net"
    with pytest.raises(SymgradError) as caught:
        checkpoint.load(absent) if code == "SG518" else checkpoint.save(absent, NET.initial())

    assert code == caught.value.code


def test_another_task_does_not_go_on(tmp_path: Path) -> None:
    """A file of other data, or without a training, is refused where one wants to go on."""
    file = tmp_path / "net.safetensors"
    end = trained(task(), Recipe(steps=2), NET.initial(1)).state
    for state, given, words in ((end, task(), "other data"), (None, None, "no training")):
        checkpoint.save(file, end.parameters, NET, state, Recipe(), given)
        with pytest.raises(SymgradError, match=words):
            checkpoint.resume(file, task(39))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_write_keeps_the_old_file(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk fails, the old file is whole and nothing is left beside it."""
    file = tmp_path / "net.safetensors"
    checkpoint.save(file, NET.initial(1))
    before = file.read_bytes()

    def fails(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(SymgradError, match="No space left"):
        checkpoint.save(file, NET.initial(2))

    assert before == file.read_bytes()
    assert [file] == list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
def test_training_survives_kill_9(tmp_path: Path) -> None:
    """Killed at random moments, also while saving, training ends in the bits of one that was not."""
    expected, _ = killing.killed(tmp_path / "whole", 0, 0)

    assert expected == killing.killed(tmp_path / "killed", 2, seed=os.getpid())[0]


def test_other_programs_parameters_load(tmp_path: Path) -> None:
    """A bare safetensors file gives parameters and nothing else."""
    safetensors.write(tmp_path / "bare", {"w": np.ones(2)}, {})
    found = checkpoint.load(tmp_path / "bare")

    assert (None, None, [1.0, 1.0]) == (found.model, found.state, found.parameters["w"].tolist())


def test_named_parts_come_back(tmp_path: Path) -> None:
    """Shared models keep their names through a file."""
    shared = dense(2, 2, "tanh").named("d")
    net = (shared >> shared >> dense(2, 1)).named("n")
    checkpoint.save(tmp_path / "f", net.initial(), net)
    found = checkpoint.load(tmp_path / "f").model

    assert found is not None
    assert ["d.w", "d.b", "n.2.w", "n.2.b"] == [p.name for p in found.parameters]
