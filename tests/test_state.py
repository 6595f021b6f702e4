"""What is kept on disk: history, journals, settings; with crashes, torn lines and neighbours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symgrad.repl.history import LONGEST, OwnHistory, is_kept, loaded
from symgrad.session import Session, config, store
from symgrad.session.journal import KEPT, Journal, restored, statements
from symgrad.session.settings import Settings, template

WRITER = """
import sys
from pathlib import Path
from symgrad.repl.history import OwnHistory
history = OwnHistory(Path(sys.argv[1]))
for i in range(200):
    history.append_string(f"{sys.argv[2]} {i} " + "x" * 3000)
"""


def test_history(tmp_path: Path) -> None:
    """Entries come back in order, lines and all; the file is its owner's alone."""
    path = tmp_path / "state" / "history"
    history = OwnHistory(path)
    for entry in ("x = 2", "(x +\n1)", " secret", "x = 2", "x = 2", "é∂", "a" * LONGEST):
        history.append_string(entry)

    assert ["x = 2", "(x +\n1)", "x = 2", "é∂"] == loaded(path)
    assert ["é∂", "x = 2", "(x +\n1)", "x = 2"] == list(OwnHistory(path).load_history_strings())
    assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
    assert not is_kept(" x")
    assert not is_kept("  ")


def test_two_histories_at_once(tmp_path: Path) -> None:
    """Two processes that write at the same time lose no entry and tear none."""
    path = tmp_path / "history"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name], cwd=tmp_path) for name in "ab"]
    assert [0, 0] == [writer.wait(120) for writer in writers]
    found = loaded(path)
    for name in "ab":
        assert list(range(200)) == [int(entry.split()[1]) for entry in found if entry.startswith(name)]


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    """Half a line from a crash costs that line alone, also when others are written after it."""
    path = tmp_path / "history"
    path.write_text('"x = 1"\n"x = ', encoding="utf-8")
    OwnHistory(path).append_string("x = 3")
    assert ["x = 1", "x = 3"] == loaded(path)


def test_a_history_that_cannot_be_written(tmp_path: Path) -> None:
    """A path that is no file ends no session."""
    history = OwnHistory(tmp_path / "file" / "history")
    (tmp_path / "file").write_text("", encoding="utf-8")
    history.append_string("x = 2")
    assert ["x = 2"] == history.get_strings()


def test_sealed_lines() -> None:
    """A changed or shortened line is told from a whole one."""
    line = store.sealed({"set": {"x": "x = 1"}})
    assert {"set": {"x": "x = 1"}} == store.unsealed(line)
    assert all(store.unsealed(line[:i]) is None for i in range(len(line)))
    assert store.unsealed(line.replace("x = 1", "x = 2")) is None


def test_a_journal(tmp_path: Path) -> None:
    """What was defined last is brought back, undo and all, whatever the order; a clean end leaves nothing."""
    journal = Journal(tmp_path)
    sessions = [Session()]
    for text in ("g(t) = 2t", "f(t) = g(t) + 1", "x = 0.1", "y = f(x)", "x = 3", "g(t) = 4t"):
        sessions.append(sessions[-1].run(text).session)
        journal.record(sessions[-2], sessions[-1])
    undone = sessions[-2]
    journal.record(sessions[-1], undone)
    (path,) = tmp_path.iterdir()
    assert 0o600 == path.stat().st_mode & 0o777
    assert [] == Journal(tmp_path).left()

    with path.open("ab") as file:
        file.write(b'{"crc":1,"da')
    session, lost = restored(Session(), statements(path))
    assert [] == lost
    assert (undone.evaluate("y").value, set(undone.scope)) == (
        session.evaluate("y").value,
        set(session.scope),
    )
    journal.close()
    assert [] == list(tmp_path.iterdir())


def test_journals_that_were_left(tmp_path: Path) -> None:
    """Those of dead processes are offered, the newest first; very old ones go."""
    for i in range(KEPT + 2):
        (tmp_path / f"2026010{i}-000000-1.jsonl").write_text(
            store.sealed({"set": {"x": f"x = {i}"}, "drop": []}) + "\n"
        )
    left = Journal(tmp_path).left()
    assert KEPT == len(left) == len(list(tmp_path.iterdir()))
    assert {"x": f"x = {KEPT + 1}"} == statements(left[0])


def test_a_journal_without_a_disk(tmp_path: Path) -> None:
    """A folder that cannot be made ends no session."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    journal = Journal(tmp_path / "file")
    journal.record(Session(), Session().bind({"x": 1.0}))
    assert [] == journal.left()
    journal.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for settings."""
    monkeypatch.delenv("SYMGRAD_CONFIG", raising=False)
    monkeypatch.delenv("SYMGRAD_HISTORY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "symgrad").mkdir()
    return tmp_path / "symgrad"


@pytest.mark.skipif(sys.platform == "win32" or sys.platform == "darwin", reason="folders are others there")
def test_config(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known keys are taken, wrong ones are warned about one by one, and nothing stops."""
    assert (Settings(), []) == config.load()
    (folder / "config.toml").write_text(
        'preview = false\nkeys = "vi"\nprecison = 3\nbudget = "x"\n', encoding="utf-8"
    )
    settings, warnings = config.load()
    assert Settings(preview=False, keys="vi") == settings
    assert 2 == len(warnings)
    assert "did you mean `precision`?" in warnings[0]
    (folder / "config.toml").write_text("preview = ", encoding="utf-8")
    assert Settings() == config.load()[0]
    assert 1 == len(config.load()[1])
    (folder / "config.toml").write_text(template(), encoding="utf-8")
    assert (Settings(), []) == config.load()
    monkeypatch.setenv("SYMGRAD_CONFIG", "none")
    assert (None, (Settings(), [])) == (config.folder(), config.load())


def test_nothing_is_read_from_where_one_stands(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files called so in the current folder mean nothing."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    (here / "config.toml").write_text("preview = false\n", encoding="utf-8")
    (here / "init.sg").write_text("x = 1\n", encoding="utf-8")
    assert (Settings(), []) == config.load()
    assert config.init_script() is None


def test_places(folder: Path) -> None:
    """`symgrad config` tells where everything lies."""
    places = {name: path for name, path, _ in config.places()}
    assert str(folder / "config.toml") == places["config.toml"]
    assert {"config.toml", "init.sg", "history", "sessions"} == set(places)
    assert json.dumps(places)
    assert os.sep in places["history"]
