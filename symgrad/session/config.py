"""Where settings are kept: config.toml and init.sg in the user's folder, never in the one where symgrad is started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from symgrad.errors import SymgradError
from symgrad.session.doctor import state_folder
from symgrad.session.settings import Settings

NONE = "none"


def folder() -> Path | None:
    """The folder of config.toml and init.sg; None if SYMGRAD_CONFIG=none says that they are not to be read."""
    said = os.environ.get("SYMGRAD_CONFIG", "")
    if said.lower() == NONE:
        return None
    if said:
        return Path(said).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or "~"
    elif sys.platform == "darwin":
        base = "~/Library/Application Support"
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "symgrad"


def load() -> tuple[Settings, list[str]]:
    """The settings of config.toml, and a warning for each line that is wrong; a wrong line changes nothing."""
    place = folder()
    path = place / "config.toml" if place is not None else None
    if path is None or not path.is_file():
        return Settings(), []
    import tomllib

    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        return Settings(), [f"{path} is not used: {error}"]
    settings, warnings = Settings(), []
    for name, value in data.items():
        try:
            settings = settings.changed(name, value)
        except SymgradError as error:
            warnings.append(f"{path}: {error.message}" + (f" ({error.hint})" if error.hint else ""))
    return settings, warnings


def init_script() -> Path | None:
    """The script that is run when a session starts, if there is one."""
    place = folder()
    path = place / "init.sg" if place is not None else None
    return path if path is not None and path.is_file() else None


def history_file() -> Path:
    """Where the lines of all sessions are kept."""
    said = os.environ.get("SYMGRAD_HISTORY")
    return Path(said).expanduser() if said else state_folder() / "history"


def places() -> tuple[tuple[str, str, str], ...]:
    """Every file that is read or written, and whether it exists."""
    place = folder()
    found = {"history": history_file(), "sessions": state_folder() / "sessions"}
    if place is not None:
        found = {"config.toml": place / "config.toml", "init.sg": place / "init.sg", **found}
    return tuple((name, str(path), "" if path.exists() else "(none yet)") for name, path in found.items())
